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

/** Puts the caret at the end of a block: a click into its last line, then the End key. */
export async function caretToEnd(block: Locator): Promise<void> {
  await block.scrollIntoViewIfNeeded();
  const box = await block.boundingBox();
  if (!box) throw new Error("the block is not on the screen");
  await block.click({ position: { x: box.width - 3, y: box.height - 5 } });
  await block.page().keyboard.press("End");
}

/** Puts the caret at the start of a block. */
export async function caretToStart(block: Locator): Promise<void> {
  await block.click({ position: { x: 3, y: 5 } });
  await block.page().keyboard.press("Home");
}
