// Find and replace in the document: while one types, while others write, by keyboard alone, through an input method,
// on a phone, and for somebody who only reads. Everything that is replaced reaches the other and one undo takes it back.
import { type Page, expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, caretToStart, linesOnScreen, paragraphOf, untilEditable } from "../steps/paper.ts";
import type { Person } from "../steps/person.ts";
import { until, untilEqual } from "../steps/until.ts";

const bar = (page: Page) => page.locator(".find-bar");
const count = (page: Page) => page.locator(".find-count");
const query = (page: Page) => page.locator('.find-bar input[data-find="find_query"]');
const words = (page: Page) => page.locator('.find-bar input[data-find="find_replacement"]');
const matches = (page: Page) => page.locator(".find-match");
const current = (page: Page) => page.locator(".find-match.is-current");

/** Writes lines of one's own at the end of a part. */
async function write(person: Person, role: string, lines: readonly string[]): Promise<void> {
  await caretToEnd(paragraphOf(person.page, role));
  for (const line of lines) {
    await person.page.keyboard.press("Enter");
    if (line === lines[0]) await person.page.keyboard.press("Backspace");
    await person.type(line);
  }
}

/** Where the caret or selection is in the document, as text around it. */
function selected(page: Page): Promise<string> {
  return page.evaluate(() => getSelection()!.toString());
}

test("what is found follows the typing of both, and stepping through it leaves the focus where it is", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  const { page } = pm;
  await write(pm, "background", ["仓库系统 Alpha，仓库里有**仓**库。", "The Warehouse warehouse"]);
  await page.keyboard.press("Control+f");
  await expect(query(page)).toBeFocused();
  await pm.type("仓库");
  await expect(count(page)).toHaveText("1 / 3");
  await expect(matches(page)).toHaveCount(4); // one of the three stands across a mark and is drawn in two pieces
  await page.keyboard.press("Enter");
  await expect(count(page)).toHaveText("2 / 3");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("F3");
  await page.keyboard.press("Control+g");
  await expect(count(page)).toHaveText("3 / 3");
  await page.keyboard.press("Control+g");
  await expect(count(page)).toHaveText("1 / 3");
  await expect(query(page)).toBeFocused();
  await expect(page.locator('.find-bar [role="status"]')).toHaveText("第 1 处，共 3 处");
  await expect(page.locator('[data-find="find_word"]')).toBeDisabled();

  // The other writes in front of it: one more, and the current one stays the current one.
  await caretToStart(other.page.locator("h1.doc-title"));
  await other.type("仓库");
  await expect(count(page)).toHaveText("2 / 4");
  await expect(query(page)).toBeFocused();

  await query(page).fill("ware");
  await expect(count(page)).toHaveText("1 / 2");
  await page.locator('[data-find="find_case"]').click();
  await expect(count(page)).toHaveText("1 / 1");
  await expect(current(page)).toHaveText("ware");
  await page.locator('[data-find="find_word"]').click();
  await expect(count(page)).toHaveText("没有找到");
  await query(page).fill("warehouse");
  await expect(count(page)).toHaveText("1 / 1");
  await page.keyboard.press("Escape");
  await expect(bar(page)).toBeHidden();
  await expect(matches(page)).toHaveCount(0);
  expect(await selected(page)).toBe("warehouse");
  await pm.type("store");
  await expect(page.locator("article.paper")).toContainText("The Warehouse store");

  // What is selected is what is looked for.
  await page.keyboard.press("Shift+Control+ArrowLeft");
  await page.keyboard.press("Control+f");
  await expect(query(page)).toHaveValue("store");
  await leave();
});

test("replacing goes from one to the next; replacing all reaches the other, and one undo takes all of it back", async () => {
  const { pm, other, leave } = await pairIn("requirement_document", "client");
  const { page } = pm;
  await write(pm, "background", ["旧系统要停用，**旧系统**的数据要保留。", "旧系统的报表也要。"]);
  await untilEqual("both screens to show the same", async () => [await linesOnScreen(page), await linesOnScreen(other.page)]);
  await page.keyboard.press("Control+h");
  await expect(query(page)).toBeFocused();
  await pm.type("旧系统");
  await expect(count(page)).toHaveText("1 / 3");
  await words(page).focus();
  await pm.type("老平台");
  await page.keyboard.press("Enter");
  await expect(count(page)).toHaveText("1 / 2");
  await expect(words(page)).toBeFocused();
  await expect(page.locator("article.paper strong")).toHaveText("旧系统");
  const before = await untilEqual("both screens to show the same", async () => [await linesOnScreen(page), await linesOnScreen(other.page)]);
  // The other writes in the same line meanwhile, and keeps it.
  await caretToEnd(paragraphOf(other.page, "background", 2));
  await other.type("还有图表。");
  await expect(page.locator("article.paper")).toContainText("还有图表。");
  await page.locator('[data-find="replace_all"]').click();
  await expect(count(page)).toHaveText("已替换 2 处");
  await expect(page.locator('.find-bar [role="status"]')).toHaveText("已替换 2 处");
  await expect(page.locator("article.paper strong")).toHaveText("老平台");
  await expect(other.page.locator("article.paper strong")).toHaveText("老平台");
  await expect(other.page.locator("article.paper")).toContainText("老平台的报表也要。还有图表。");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+z");
  await expect(page.locator("article.paper strong")).toHaveText("旧系统");
  await expect(other.page.locator("article.paper strong")).toHaveText("旧系统");
  const lines = await untilEqual("both screens to show the same", async () => [await linesOnScreen(page), await linesOnScreen(other.page)]);
  expect(lines).toEqual(before.map((line) => (line === "旧系统的报表也要。" ? "旧系统的报表也要。还有图表。" : line)));
  await leave();
});

test("a word composed in the field is looked for once it is chosen; a composition in the text is not disturbed", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  const { page } = pm;
  await write(pm, "background", ["鲸鱼测试"]);
  await page.keyboard.press("Control+f");
  await query(page).fill("");
  await pm.compose(["x", "xi", "xit"]);
  await expect(query(page)).toHaveValue("xit");
  await expect(count(page)).toHaveText("");
  await pm.choose("鲸鱼");
  await expect(count(page)).toHaveText("1 / 1");
  await caretToEnd(paragraphOf(page, "background", 1));
  await expect(bar(page)).toBeVisible();
  await pm.compose(["c", "ce", "ceshi"]);
  await caretToStart(paragraphOf(other.page, "expectations"));
  await other.type("鲸鱼 ");
  await pm.choose("鲸鱼");
  await expect(page.locator("article.paper")).toContainText("鲸鱼测试鲸鱼");
  await expect(count(page)).toHaveText("1 / 3");
  await expect(matches(page)).toHaveCount(3);
  const lines = await untilEqual("both screens to show the same", async () => [await linesOnScreen(page), await linesOnScreen(other.page)]);
  expect(lines).toContain("鲸鱼测试鲸鱼");
  await leave();
});

test("a match out of sight is brought into sight below the bar, also on a phone, where the bar is as wide as the screen", async () => {
  const phone = { width: 390, height: 844 };
  const { pm, other, leave } = await pairIn("requirement_document", "client", { viewport: phone });
  const { page } = other;
  await write(pm, "constraints", ["needle in the last part"]);
  await expect(page.locator("article.paper")).toContainText("needle in the last part");
  // Until its change is here it is only announced: it can be seen, not found, and finding it late moves nobody's page.
  await expect(page.locator(".remote .pending")).toHaveCount(0);
  await page.locator('.bottom-bar [data-tool="find"]').click();
  await expect(query(page)).toBeFocused();
  await other.type("needle");
  await expect(count(page)).toHaveText("1 / 1");
  await expect(current(page)).toBeInViewport();
  const box = (await bar(page).boundingBox())!;
  expect([box.x, box.width]).toEqual([0, phone.width]);
  expect((await current(page).boundingBox())!.y).toBeGreaterThan(box.y + box.height);
  expect((await current(page).boundingBox())!.y).toBeLessThan((await page.locator(".bottom-bar").boundingBox())!.y);
  for (const button of await bar(page).locator("button:visible").all()) expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
  await expect(query(page)).toBeFocused();
  await leave();
});

test("somebody who only reads finds and replaces nothing", async () => {
  const { pm, other, leave } = await pairIn("requirement_document", "reader");
  const { page } = other;
  await write(pm, "background", ["审批流程"]);
  await expect(page.locator("article.paper")).toContainText("审批流程");
  await page.keyboard.press("Control+h");
  await expect(query(page)).toBeFocused();
  await expect(words(page)).toBeHidden();
  await expect(page.locator('[data-find="find_replace"]')).toBeHidden();
  await query(page).fill("审批");
  await expect(count(page)).toHaveText("1 / 1");
  await page.keyboard.press("Escape");
  await expect(bar(page)).toBeHidden();
  await until("nothing to be marked any more", async () => (await matches(page).count()) === 0);
  await untilEditable(pm.page);
  await leave();
});
