// What can be done with a whole item: its link, a copy of it, its place, its removal.
import { expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, state, untilEditable } from "../steps/paper.ts";
import { until } from "../steps/until.ts";

test("an item is passed on by its link, copied, removed and brought back", async () => {
  const { pm, other: client, leave } = await pairIn("requirement_document");
  await pm.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const mine = pm.page.locator('.item[data-kind="requirement"]');
  const theirs = client.page.locator('.item[data-kind="requirement"]');
  await caretToEnd(mine.first().locator(".item-title"));
  await pm.type("，一页下完");
  const number = await until("the item to have its number", async () => /^R-\d+$/.exec((await mine.first().locator(".num").textContent()) ?? "")?.[0]);

  await mine.first().locator(".num").click();
  const menu = pm.page.getByRole("listbox", { name: "对这个条目" });
  await menu.getByRole("option", { name: "复制链接" }).click();
  await expect(pm.page.locator(".toast-place")).toContainText("链接已复制");
  const link = await pm.page.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(`${new URL(pm.page.url()).origin}${new URL(pm.page.url()).pathname}#${number}`);
  await until("all of it to be on the server", async () => (await state(pm.page)).save === "server");
  await client.page.goto("/");
  await client.page.goto(new URL(link).pathname + new URL(link).hash);
  await untilEditable(client.page);
  await expect(theirs.first()).toBeInViewport();
  await expect(theirs.first()).toHaveClass(/has-caret/);

  // By keyboard: out of the text to the number, and down its menu.
  await caretToEnd(mine.first().locator(".item-title"));
  for (const key of ["Alt+Enter", "Enter", "ArrowDown", "Enter"]) await pm.page.keyboard.press(key);
  await expect(theirs).toHaveCount(2);
  await expect(theirs.nth(1).locator(".item-title")).toContainText("，一页下完");
  await expect(theirs.nth(1).locator(".num")).toHaveText(/^R-\d+$/);
  await expect(theirs.nth(1).locator(".num")).not.toHaveText(number);

  await mine.first().locator(".num").click();
  await menu.getByRole("option", { name: "移除" }).click();
  await expect(theirs).toHaveCount(1);
  await expect(pm.page.locator(".toast-place")).toContainText("可撤销");
  await pm.page.keyboard.press("Control+z");
  await expect(theirs).toHaveCount(2);
  await expect(theirs.first().locator(".num")).toHaveText(number);
  await leave();
});

// SPEC: D22
test("a removed item waits in the bin and comes back as the same one, days later, for whoever writes", async () => {
  const { pm, other: client, leave } = await pairIn("requirement_document");
  const mine = pm.page.locator('.item[data-kind="requirement"]');
  const theirs = client.page.locator('.item[data-kind="requirement"]');
  const number = await until("the item to have its number", async () => /^R-\d+$/.exec((await mine.first().locator(".num").textContent()) ?? "")?.[0]);
  const title = await mine.locator(".item-title").textContent();
  const criteria = await mine.locator(".item-criteria").textContent();
  await expect(pm.page.locator(".removed-link")).toHaveCount(0);
  await mine.locator(".num").click();
  await pm.page.getByRole("option", { name: "移除" }).click();
  await expect(theirs).toHaveCount(0);
  await until("the removal to be on the server", async () => (await state(pm.page)).save === "server");

  // Somebody else, whose editor has never seen the item.
  await client.page.reload();
  await untilEditable(client.page);
  await client.page.locator(".removed-link").click();
  const bin = client.page.getByRole("dialog", { name: "Removed items" });
  await expect(bin).toContainText(number);
  await expect(bin).toContainText("30 days left");
  await bin.getByRole("button", { name: `Restore “${title}”` }).click();
  await expect(bin).toBeHidden();
  for (const item of [mine, theirs]) {
    await expect(item.locator(".num")).toHaveText(number);
    await expect(item.locator(".item-title")).toHaveText(title!);
    await expect(item.locator(".item-criteria")).toHaveText(criteria!);
  }
  await expect(theirs).toBeInViewport();
  await expect(client.page.locator(".removed-link")).toHaveCount(0);
  await client.page.keyboard.press("Control+z");
  await expect(mine).toHaveCount(0);
  await expect(pm.page.locator(".removed-link")).toBeVisible();
  await leave();
});

test("somebody who only reads can pass an item on and do nothing else with it", async () => {
  const { other: reader, leave } = await pairIn("requirement_document", "reader");
  await expect(reader.page.locator(".ProseMirror")).toBeVisible();
  await reader.page.locator('.item[data-kind="requirement"] .num').first().click();
  await expect(reader.page.getByRole("option")).toHaveText(["Copy link"]);
  await reader.page.keyboard.press("Escape");
  await expect(reader.page.getByRole("option")).toHaveCount(0);
  await leave();
});
