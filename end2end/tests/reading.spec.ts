// Reading mode: the page without everything that is for writing, for this person on this device, with a way back that
// is always in sight; and the document's length, which counts what is selected.
import { type Page, expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, caretToStart, linesOnScreen, paragraphOf, untilEditable } from "../steps/paper.ts";
import { untilEqual } from "../steps/until.ts";

const paper = (page: Page) => page.locator(".ProseMirror");
const modeButton = (page: Page) => page.locator('.bar-tools [data-tool="reading"]');

test("reading takes everything for writing away, is remembered, and comes back to where one was", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  const { page } = pm;
  await caretToEnd(paragraphOf(page, "background"));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Backspace");
  await pm.type("尽快上线");
  await untilEqual("both screens to show the same", async () => [await linesOnScreen(page), await linesOnScreen(other.page)]);
  await caretToStart(paragraphOf(other.page, "background", 1));
  await expect(page.locator(".remote").first()).not.toHaveCSS("display", "none");
  await expect(page.locator(".vague")).toHaveCount(1);
  const size = await page.locator("article.paper").evaluate((node) => getComputedStyle(node).fontSize);

  await page.keyboard.press("F9");
  await expect(paper(page)).toHaveAttribute("contenteditable", "false");
  await expect(modeButton(page)).toHaveText("继续编辑");
  await expect(page.locator(".remote").first()).toHaveCSS("display", "none");
  await expect(page.locator(".insert-kinds")).toBeHidden();
  await expect(page.locator(".field.is-unset:visible")).toHaveCount(0);
  expect(await page.locator(".vague").evaluate((node) => getComputedStyle(node).textDecorationLine)).toBe("none");
  expect(await page.locator("article.paper").evaluate((node) => getComputedStyle(node).fontSize)).not.toBe(size);
  await page.keyboard.type("x");
  // Nobody else sees a caret of somebody who reads.
  await expect(other.page.locator(".caret")).toHaveCount(0);
  // What others write still arrives.
  await other.type("还有更多，");
  await expect(page.locator("article.paper")).toContainText("还有更多，尽快上线");

  await page.keyboard.press("F9");
  await expect(paper(page)).toHaveAttribute("contenteditable", "true");
  await expect(paper(page)).toBeFocused();
  await pm.type("！");
  await expect(page.locator("article.paper")).toContainText("还有更多，尽快上线！");

  await modeButton(page).click();
  await expect(paper(page)).toHaveAttribute("contenteditable", "false");
  const answer = await page.reload();
  expect(await answer?.text(), "already in the server's page").toMatch(/<html[^>]*data-reading/);
  await expect(paper(page)).toHaveAttribute("contenteditable", "false");
  await modeButton(page).click();
  await untilEditable(page);
  await page.reload();
  await untilEditable(page);
  await expect(page.locator("html")).not.toHaveAttribute("data-reading");
  await leave();
});

test("what is being read stays where it is when the mode changes, and a composed word is not lost", async () => {
  const { pm, leave } = await pairIn("requirement_document");
  const { page } = pm;
  const target = paragraphOf(page, "constraints");
  await caretToEnd(target);
  for (let line = 0; line < 30; line++) {
    await page.keyboard.press("Enter");
    if (line === 0) await page.keyboard.press("Backspace");
    await page.keyboard.insertText(`第 ${line} 行，写得足够长，好让它在阅读模式里换到别的地方去，也好让整页比窗口高出许多来。`);
  }
  const line = page.locator("p", { hasText: "第 12 行" });
  await line.evaluate((node) => window.scrollBy({ top: node.getBoundingClientRect().top - 90, behavior: "instant" }));
  const top = async () => Math.round((await line.boundingBox())!.y);
  const before = await top();
  await page.keyboard.press("F9");
  await expect(paper(page)).toHaveAttribute("contenteditable", "false");
  await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThanOrEqual(12);
  await page.keyboard.press("F9");
  await untilEditable(page);
  await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThanOrEqual(12);

  await caretToEnd(line);
  await pm.compose(["h", "hui", "huiqian"]);
  await modeButton(page).dispatchEvent("click");
  await expect(paper(page)).toHaveAttribute("contenteditable", "false");
  await expect(line).toContainText("huiqian");
  await page.reload();
  await expect(page.locator("article.paper")).toContainText("huiqian");
  await leave();
});

test("a reader reads in it too, on a phone, and finds the way out at the foot", async () => {
  const { pm, other, leave } = await pairIn("meeting_notes", "reader", { viewport: { width: 390, height: 844 } });
  const { page } = other;
  await expect(paper(page)).toHaveAttribute("contenteditable", "false");
  await page.locator('.bottom-bar [data-tab="more"]').click();
  await page.locator('[data-editor-tools="more"] [data-tool="reading"]').click();
  await expect(page.locator("html")).toHaveAttribute("data-reading");
  await expect(page.locator(".doc")).toHaveAttribute("data-sheet", "paper");
  const back = page.locator('.bottom-bar [data-tool="reading"]');
  await expect(back).toHaveText("Leave reading mode");
  await back.click();
  await expect(page.locator("html")).not.toHaveAttribute("data-reading");
  await expect(back).toBeHidden();
  await expect(paper(page)).toHaveAttribute("contenteditable", "false");

  // The facts of a meeting are not for writing in reading mode either, and are again afterwards.
  await pm.page.keyboard.press("F9");
  await expect(pm.page.locator("#fact-date")).not.toBeEditable();
  await pm.page.keyboard.press("F9");
  await expect(pm.page.locator("#fact-date")).toBeEditable();
  await leave();
});

test("the length of the document and of what is selected stands at the foot of the outline", async () => {
  const { pm, leave } = await pairIn("note");
  const { page } = pm;
  const summary = page.locator(".doc-count summary");
  await expect(summary).toHaveText(/^共 \d+ 字$/);
  const line = page.locator(".part > p").first();
  await caretToStart(line);
  const before = Number((await summary.textContent())!.replace(/\D/g, ""));
  await pm.type("会签 is live");
  await expect(summary).toHaveText(`共 ${before + 4} 字`);
  await page.keyboard.press("Home");
  for (let at = 0; at < 5; at++) await page.keyboard.press("Shift+ArrowRight");
  await expect(summary).toHaveText(`选中 3 字 · 共 ${before + 4} 字`);
  await summary.click();
  await expect(page.locator(".doc-count table")).toContainText("字符数（计空格）");
  await expect(page.locator(".doc-count tr").nth(2).locator("td").first()).toHaveText("5");
  await leave();
});
