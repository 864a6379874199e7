// The application opens without a network: what was seen is there, what is written stays, and all of it arrives later.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";
import { createDocument } from "../steps/app.ts";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import { until } from "../steps/until.ts";

/** The worker holds the release's files and this page. */
async function untilKept(page: Page): Promise<void> {
  await until("the worker to have taken over", () => page.evaluate(() => navigator.serviceWorker?.controller !== null));
  await until("the shell to be kept", () => page.evaluate(async () => (await caches.match("/shell")) !== undefined));
  await untilAnswers(page, 1);
}

/** So many different answers are kept. */
async function untilAnswers(page: Page, count: number): Promise<void> {
  await until(`${count} answers to be kept`, () =>
    page.evaluate(async (count) => (await (await caches.open("countersign-answers-1")).keys()).length >= count, count),
  );
}

// I8
test("cold, without a network: a seen document opens, takes words, survives closing, and everything arrives when the line is back", async () => {
  const { pm, other: client, leave } = await pairIn("requirement_document", "client", { viewport: { width: 390, height: 844 }, locale: "zh-CN" });
  const address = client.page.url();
  const project = (await client.page.locator('.top-bar a[href^="/projects/"]').first().getAttribute("href"))!;
  await untilKept(client.page);
  await client.page.goto(project);
  await untilAnswers(client.page, 2);
  await client.page.goto("/");
  await expect(client.page.locator(`a[href="${project}"]`).first()).toBeVisible();
  await untilAnswers(client.page, 3);
  await client.goOffline();

  // A tab of its own, as after the phone was off.
  const cold = await client.context.newPage();
  const started = Date.now();
  await cold.goto(address);
  await untilEditable(cold);
  const took = Date.now() - started;
  await expect(cold.locator(".save-chip")).toHaveAttribute("data-save", "offline");
  await expect(cold.locator("html")).toHaveAttribute("lang", "zh-CN");
  const line = paragraphOf(cold, "background");
  await caretToEnd(line);
  for (const letter of "在火车上写的") await cold.keyboard.type(letter);
  await until("it to be on this device", async () => (await state(cold)).save === "offline");
  await cold.close();
  const again = await client.context.newPage();
  await again.goto("/");
  await expect(again.locator(".banner")).toContainText("现在离线");
  const { violations } = await new AxeBuilder({ page: again }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await again.screenshot({ path: "results/looks/offline-projects-390.png" });
  await again.locator(`a[href="${project}"]`).first().click();
  await again.locator(`a[href="${new URL(address).pathname}"]`).first().click();
  await expect(paragraphOf(again, "background")).toContainText("在火车上写的");
  await again.screenshot({ path: "results/looks/offline-document-390.png" });

  // Meanwhile, at the desk.
  await caretToEnd(paragraphOf(pm.page, "background"));
  await pm.type("桌前写的");
  await client.comeBack();
  for (const page of [pm.page, again]) {
    await expect(paragraphOf(page, "background")).toContainText("在火车上写的");
    await expect(paragraphOf(page, "background")).toContainText("桌前写的");
  }
  await until("all of it to be on the server", async () => (await state(again)).save === "server");
  await again.goto("/");
  await expect(again.locator(`a[href="${project}"]`).first()).toBeVisible();
  await expect(again.locator(".banner")).toHaveCount(0);
  console.log(`a document of a template opens cold, offline, in ${took} ms`);
  await leave();
});

test("a server that is down is like a network that is gone, and its return is noticed", async () => {
  const { server, pm, other, leave } = await pairIn("note");
  const address = pm.page.url();
  await untilKept(pm.page);
  await server.kill9();
  await pm.page.goto(address);
  await untilEditable(pm.page);
  await caretToEnd(pm.page.locator(".ProseMirror p").last());
  await pm.type("停机时写的");
  await until("it to be on this device", async () => (await state(pm.page)).save === "offline");
  await server.serve();
  await until("it to be on the server", async () => (await state(pm.page)).save === "server");
  await expect(other.page.locator(".ProseMirror")).toContainText("停机时写的");
  await leave();
});

// I3
test("whoever signs out leaves no answers behind, and what may not be seen any more is not shown again", async () => {
  const { pm, other, leave } = await pairIn("note");
  const address = pm.page.url();
  await untilKept(pm.page);
  await pm.page.goto("/");
  await untilAnswers(pm.page, 2);
  await pm.page.locator(".account button").click();
  await pm.page.waitForURL(/\/enter$/);
  await until("nothing to be kept", () => pm.page.evaluate(async () => !(await caches.has("countersign-answers-1"))));
  await pm.goOffline();
  await pm.page.goto(address);
  await expect(pm.page.locator("main[data-status]")).toBeVisible();
  expect(await pm.page.content()).not.toContain("王敏");
  await other.page.bringToFront();
  await leave();
});

test("what was written offline in two documents arrives without opening them, and the list says what waits", async () => {
  const { pm, other: client, leave } = await pairIn("requirement_document");
  const first = client.page.url();
  const project = (await client.page.locator('.top-bar a[href^="/projects/"]').first().getAttribute("href"))!;
  const second = await createDocument(pm, project, "note", "第二份");
  await untilKept(client.page);
  await client.page.goto(second);
  await untilEditable(client.page);
  await untilAnswers(client.page, 2);
  await client.page.goto(project);
  await untilAnswers(client.page, 3);
  await client.goOffline();
  for (const [address, words] of [[first, "written in a tunnel"], [second, "and under water"]] as const) {
    await client.page.goto(address);
    await untilEditable(client.page);
    await caretToEnd(client.page.locator(".ProseMirror p").last());
    await client.type(words);
    await until("it to be on this device", async () => (await state(client.page)).save === "offline");
  }
  await client.page.goto(project);
  const rows = client.page.locator(".document-line");
  await expect(rows.locator(".chip.warn")).toHaveCount(2);
  // Opened and left at once: it still waits.
  await client.page.goto(first);
  await client.page.goto(project);
  await expect(rows.locator(".chip.warn")).toHaveCount(2);
  await client.page.screenshot({ path: "results/looks/waiting-documents.png" });
  const { violations } = await new AxeBuilder({ page: client.page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await client.comeBack();
  await expect(client.page.locator(".toast")).toContainText("on the server now (documents: 2)");
  await expect(rows.locator(".chip.warn")).toHaveCount(0);
  await expect(pm.page.locator(".ProseMirror")).toContainText("and under water");
  await pm.page.goto(first);
  await expect(pm.page.locator("article[data-doc]")).toContainText("written in a tunnel");
  await leave();
});
