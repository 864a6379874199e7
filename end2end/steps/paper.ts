// The document on somebody's screen: reading it, finding a place in it, waiting for its state.
import { type Locator, type Page, expect } from "@playwright/test";

/** The document as the tests compare it: one line per block that has text, in reading order. */
export type Lines = string[];

/** What stands on the screen, without carets, pending text, buttons and numbers. */
export function linesOnScreen(page: Page): Promise<Lines> {
  return page.locator("article[data-doc]").evaluate((article) => {
    const notText = ".remote, .caret, .pending, .ProseMirror-widget, .box, [contenteditable=false]";
    const blocks = "h1, h2, h3, h4, h5, p, li, .item-title";
    const lines: string[] = [];
    for (const block of article.querySelectorAll(blocks)) {
      if (block.closest(".item-head")) continue;
      const copy = block.cloneNode(true) as Element;
      for (const extra of copy.querySelectorAll(notText)) extra.remove();
      for (const br of copy.querySelectorAll("br:not(.ProseMirror-trailingBreak)")) br.replaceWith("\n");
      const text = copy.textContent ?? "";
      if (text !== "") lines.push(text);
    }
    return lines;
  });
}

/** The page's own account of itself, on the root of the document. */
export async function state(page: Page): Promise<{
  heads: string;
  save: string;
  unsaved: number;
  peers: number;
}> {
  const root = page.locator("[data-save-state]").first();
  return root.evaluate((node) => ({
    heads: node.getAttribute("data-heads") ?? "",
    save: node.getAttribute("data-save-state") ?? "",
    unsaved: Number(node.getAttribute("data-unsaved") ?? "0"),
    peers: Number(node.getAttribute("data-peers") ?? "0"),
  }));
}

/** The editor has taken over from the server's HTML. */
export async function untilEditable(page: Page): Promise<void> {
  await expect(page.locator('.ProseMirror[contenteditable="true"]')).toBeVisible();
}

/** The nth paragraph of the part with this role. */
export function paragraphOf(page: Page, role: string, nth = 0): Locator {
  return page.locator(`section.part[data-role="${role}"] > p`).nth(nth);
}

/** Puts the caret at the end of a block: a click on its last line, then the End key. */
export async function caretToEnd(block: Locator): Promise<void> {
  await clickLine(block, "last");
  await block.page().keyboard.press("End");
}

/** Puts the caret at the start of a block: a click on its first line, then the Home key. */
export async function caretToStart(block: Locator): Promise<void> {
  await clickLine(block, "first");
  await block.page().keyboard.press("Home");
}

/** Clicks in the middle of a line's height: Home and End keep to the line, not to the block. */
async function clickLine(block: Locator, which: "first" | "last"): Promise<void> {
  await block.scrollIntoViewIfNeeded();
  const position = await block.evaluate((node, which) => {
    const lines = [...rangeOver(node).getClientRects()];
    const line = which === "first" ? lines[0] : lines.at(-1);
    const box = node.getBoundingClientRect();
    // An empty block has a line without width, and so has the caret of somebody else at the end of a full one.
    if (!line || node.textContent === "") return { x: box.width / 2, y: box.height / 2 };
    const edge = which === "first" ? line.left + 1 : line.right - 1;
    // Playwright counts from the padding box.
    return { x: edge - box.left - node.clientLeft, y: (line.top + line.bottom) / 2 - box.top - node.clientTop };

    function rangeOver(of: Element): Range {
      const range = document.createRange();
      range.selectNodeContents(of);
      return range;
    }
  }, which);
  await block.click({ position });
}
