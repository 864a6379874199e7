// M1: meeting notes say when and where the meeting was, who was there and who was not, for everybody who has them.
import { type Page, expect, test } from "@playwright/test";
import { createDocument } from "../steps/app.ts";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, state, untilEditable } from "../steps/paper.ts";
import { until } from "../steps/until.ts";

function names(page: Page, fact: string): Promise<string[]> {
  return page.locator(".fact", { has: page.locator(`label[for="fact-${fact}"]`) }).locator(".name-chip > span").allTextContents();
}

test("the facts of a meeting are written by two people, without a network too, and are there after a restart", async () => {
  const { server, pm, other: client, leave } = await pairIn("meeting_notes", "client", { viewport: { width: 390, height: 844 } });

  const facts = pm.page.locator(".facts");
  await facts.locator("#fact-date").fill("2026-11-23");
  await facts.locator("#fact-time").fill("14:00");
  await facts.locator("#fact-until").fill("15:30");
  await facts.locator("#fact-place").fill("腾讯会议 https://meeting.example/7");
  await facts.locator("#fact-attendees").fill("王敏、李伟，Anna Schmidt");
  await facts.locator("#fact-attendees").press("Enter");
  await facts.locator("#fact-absentees").click();
  await pm.composeWord("zhou", "周");
  await facts.locator("#fact-absentees").press("Enter");
  await expect(facts.locator("a.fact-link")).toHaveAttribute("href", "https://meeting.example/7");

  // On the phone all of it is one line until it is wanted.
  const theirs = client.page.locator(".facts");
  await expect(theirs.locator(".facts-line")).toContainText("2026-11-23 · 14:00 · 腾讯会议");
  await expect(theirs.locator("#fact-date")).toBeHidden();
  await theirs.locator(".facts-line").click();
  await expect(theirs.locator("#fact-date")).toHaveValue("2026-11-23");
  await expect(theirs.locator("#fact-until")).toHaveValue("15:30");
  await until("the client to see who was there", async () => (await names(client.page, "attendees")).join() === "王敏,李伟,Anna Schmidt");
  await until("the client to see who was not", async () => (await names(client.page, "absentees")).join() === "周");

  // Two facts at the same time, one of them without a network.
  await client.goOffline();
  await theirs.locator("#fact-place").fill("Room 3");
  await theirs.locator("#fact-place").press("Enter");
  await theirs.locator(".name-chip", { hasText: "李伟" }).locator("button").click();
  await facts.locator("#fact-time").fill("14:15");
  await facts.locator("#fact-time").press("Tab");
  await client.comeBack();
  await expect(facts.locator("#fact-place")).toHaveValue("Room 3");
  await expect(theirs.locator("#fact-time")).toHaveValue("14:15");
  await until("the PM to see one fewer", async () => (await names(pm.page, "attendees")).join() === "王敏,Anna Schmidt");
  await until("all of it to be on the server", async () => (await state(pm.page)).save === "server");

  await server.kill9();
  await server.serve();
  await pm.page.reload();
  await untilEditable(pm.page);
  await expect(facts.locator("#fact-place")).toHaveValue("Room 3");
  await expect(facts.locator("#fact-date")).toHaveValue("2026-11-23");
  expect(await names(pm.page, "attendees")).toEqual(["王敏", "Anna Schmidt"]);
  await leave();
});

test("somebody who only reads sees the facts and cannot change them", async () => {
  const { pm, other: reader, leave } = await pairIn("meeting_notes", "reader");
  const facts = pm.page.locator(".facts");
  await facts.locator("#fact-place").fill("3".repeat(5_000));
  await facts.locator("#fact-attendees").fill("王敏");
  await facts.locator("#fact-attendees").press("Enter");
  await until("all of it to be on the server", async () => (await state(pm.page)).save === "server");
  const shown = reader.page.locator(".facts");
  await expect(shown.locator("#fact-place")).toHaveValue(/^3{100,}$/);
  await expect(shown.locator("#fact-place")).toHaveAttribute("readonly", "");
  await expect(shown.locator(".name-chip")).toHaveText(["王敏"]);
  await expect(shown.locator(".name-chip button, .name-new")).toHaveCount(0);
  await leave();
});

// SPEC: D19
test("topics have a presenter, minutes and one timer for everybody; what came of them stands under them", async () => {
  const { server, pm, other: client, leave } = await pairIn("meeting_notes", "client", { viewport: { width: 390, height: 844 } });
  const mine = pm.page.locator('.item[data-kind="topic"]');
  const theirs = client.page.locator('.item[data-kind="topic"]');
  await expect(mine).toHaveCount(1);
  await caretToEnd(mine.locator(".item-title"));
  await pm.composeWord("shangxian", "上线");
  // By keyboard alone: to the item's buttons, along them, and back into the text.
  const { keyboard } = pm.page;
  await keyboard.press("Alt+Enter");
  await keyboard.press("ArrowRight");
  await keyboard.press("Enter");
  await pm.type("李伟");
  await keyboard.press("Enter");
  await keyboard.press("Alt+Enter");
  await keyboard.press("ArrowRight");
  await keyboard.press("ArrowRight");
  await keyboard.press("Enter");
  await pm.type("１５");
  await keyboard.press("Enter");
  await expect(theirs.locator('.field[data-field="presenter"]')).toHaveText("李伟");
  await expect(theirs.locator('.field[data-field="minutes"]')).toHaveText("15 min");

  await theirs.locator(".timer").click();
  await expect(mine.locator(".timer")).toHaveClass(/is-running/);
  await expect(mine.locator(".timer-time")).not.toHaveText("0:00");
  await mine.locator(".timer").click();
  await expect(theirs.locator(".timer")).not.toHaveClass(/is-running/);
  await until("both to show the same time", async () => (await mine.locator(".timer-time").textContent()) === (await theirs.locator(".timer-time").textContent()));

  // On the phone with a button, at the desk with the slash menu, in the middle of the notes.
  await theirs.locator('.outcome[data-kind="action"]').click();
  await client.type("Check the logs");
  await caretToEnd(mine.locator(".item-body p").last());
  await pm.type("谈了日志。 /jueding");
  await keyboard.press("Enter");
  await pm.type("周五上线");
  const titles = (page: Page): Promise<string[]> => page.locator('section.part[data-role="content"] .item .item-title').allTextContents();
  for (const { page } of [pm, client]) {
    await until("what came of it to stand under the topic", async () => (await titles(page)).join() === "上线,Check the logs,周五上线");
  }
  const missing = pm.page.locator(".outline .chip.warn");
  await expect(missing).toHaveCount(1);
  await until("all of it to be on the server", async () => (await state(pm.page)).save === "server" && (await state(client.page)).save === "server");
  await server.kill9();
  await server.serve();
  await pm.page.reload();
  await untilEditable(pm.page);
  expect(await titles(pm.page)).toEqual(["上线", "Check the logs", "周五上线"]);
  await expect(mine.locator('.field[data-field="minutes"]')).toHaveText("15 分钟");
  await leave();
});

// SPEC: D20
test("new notes go on from the last meeting: what it left open comes along under its number", async () => {
  const { pm, other: client, leave } = await pairIn("meeting_notes");
  const project = await pm.page.locator(".top-bar a[href^='/projects/']").getAttribute("href");
  const first = new URL(pm.page.url()).pathname;
  const action = pm.page.locator('.item[data-kind="action"]').first();
  await caretToEnd(action.locator(".item-title"));
  await pm.type("查日志");
  const number = await until("the action to have its number", async () => /^A-\d+$/.exec((await action.locator(".num").textContent()) ?? "")?.[0]);
  await until("all of it to be on the server", async () => (await state(pm.page)).save === "server");

  const second = await createDocument(pm, project!, "meeting_notes", "第二次会议");
  await untilEditable(pm.page);
  await expect(action.locator(".item-title")).toHaveText("查日志");
  await expect(action.locator(".num")).toHaveText(number);
  await expect(action.locator('.field[data-field="source"]')).toContainText("官网改版");
  await expect(pm.page.locator(".facts .fact-link")).toHaveAttribute("href", first);

  // Closed in the second meeting, it is not in a third; and the client sees that too.
  await action.locator('.field[data-field="status"]').click();
  await pm.page.getByRole("option", { name: "已完成" }).click();
  await expect(action.locator('.field[data-field="status"]')).toHaveAttribute("data-value", "done");
  await until("all of it to be on the server", async () => (await state(pm.page)).save === "server");
  await client.page.goto(second);
  await untilEditable(client.page);
  await expect(client.page.locator('.item[data-kind="action"] .field[data-field="status"]').first()).toHaveAttribute("data-value", "done");
  await createDocument(pm, project!, "meeting_notes", "第三次会议");
  await untilEditable(pm.page);
  await expect(pm.page.locator(".item-title", { hasText: "查日志" })).toHaveCount(0);
  await leave();
});
