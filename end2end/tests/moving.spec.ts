// Moving what stands in the document with the mouse: a line, an item and a whole part by the handle beside it, while the
// other writes in what is moved.
import { type Locator, type Page, expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, linesOnScreen, paragraphOf } from "../steps/paper.ts";
import { until, untilEqual } from "../steps/until.ts";

const handle = (page: Page): Locator => page.locator(".drag-handle");
const part = (page: Page, role: string): Locator => page.locator(`section.part[data-role="${role}"]`);
const roles = (page: Page): Promise<(string | null)[]> => page.locator("section.part").evaluateAll((parts) => parts.map((part) => part.getAttribute("data-role")));

async function middle(of: Locator): Promise<{ x: number; y: number; top: number; bottom: number }> {
  const box = (await of.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + Math.min(20, box.height / 2), top: box.y, bottom: box.y + box.height };
}

/** Takes the handle beside one thing to the upper or lower edge of another; says nothing of what comes of it. */
async function drag(page: Page, what: Locator, to: Locator, edge: "top" | "bottom"): Promise<void> {
  await what.scrollIntoViewIfNeeded();
  const from = await middle(what);
  await page.mouse.move(from.x, from.y);
  await expect(handle(page)).toBeVisible();
  const grip = await middle(handle(page));
  await page.mouse.move(grip.x, grip.y);
  await page.mouse.down();
  const target = await middle(to);
  await page.mouse.move(grip.x, grip.y + 8);
  await page.mouse.move(target.x, edge === "top" ? target.top + 3 : target.bottom - 3, { steps: 4 });
}

test("a line, an item and a part go where the handle is dropped, with what the other writes in them; Escape leaves all as it is", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  const { page } = pm;
  await page.setViewportSize({ width: 1440, height: 2000 });
  const item = page.locator('.item[data-kind="requirement"]');
  const before = await linesOnScreen(page);

  await drag(page, item, part(page, "goals").locator(".part-heading"), "bottom");
  await expect(page.locator(".drop-line")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await expect(page.locator(".drop-line")).toBeHidden();
  expect(await linesOnScreen(page)).toEqual(before);

  // The other is writing in the very item that is taken elsewhere.
  const theirs = other.page.locator('.item[data-kind="requirement"] .item-title');
  await caretToEnd(theirs);
  await drag(page, item, part(page, "goals").locator(".part-heading"), "bottom");
  await other.type("，含退货");
  await page.mouse.up();
  for (const screen of [page, other.page]) await expect(part(screen, "goals").locator('.item[data-kind="requirement"] .item-title')).toContainText("，含退货");
  await expect(item.locator(".num")).toHaveText("R-001");

  await caretToEnd(paragraphOf(page, "background"));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Backspace");
  await pm.type("甲行");
  await page.keyboard.press("Enter");
  await pm.type("乙行");
  const line = (text: string): Locator => part(page, "background").locator("p", { hasText: text });
  await drag(page, line("乙行"), line("甲行"), "top");
  await page.mouse.up();
  await until("the lines to have changed places", async () => (await linesOnScreen(other.page)).join().includes("乙行,甲行"));

  const order = await roles(page);
  await drag(page, part(page, "background").locator(".part-heading"), part(page, "goals"), "bottom");
  await page.mouse.up();
  await until("the parts to have changed places", async () => (await roles(other.page)).join() === [order[1], order[0], ...order.slice(2)].join());
  const lines = await untilEqual("both screens to show the same", async () => [await linesOnScreen(page), await linesOnScreen(other.page)]);
  expect(lines.join()).toContain("乙行,甲行");
  await page.keyboard.press("Control+z");
  await until("undo to put the part back", async () => (await roles(other.page)).join() === order.join());

  // A press selects; a finger sees no handle.
  await line("甲行").hover();
  const grip = await middle(handle(page));
  await page.mouse.click(grip.x, grip.y);
  expect(await page.evaluate(() => getSelection()!.toString())).toBe("甲行");
  await leave();
});
