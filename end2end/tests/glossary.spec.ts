// What words mean in a project (L5): said once on its page, shown where the words stand, to whoever reads.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, paragraphOf, untilEditable } from "../steps/paper.ts";

test("a word is explained once, and documents show it to the pointer, to a press and to the keyboard", async () => {
  const { pm, other: client, leave } = await pairIn("requirement_document");
  const { page } = pm;
  const address = page.url();
  const project = (await page.locator('.top-bar a[href^="/projects/"]').first().getAttribute("href"))!;
  await page.goto(project);
  const card = page.locator('[aria-labelledby="glossary-title"]');
  const dialog = page.locator("dialog#term");
  await expect(async () => {
    await card.locator(".card-head button").click();
    await expect(dialog).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await dialog.locator("#term-word").fill("对账单");
  await dialog.locator("#term-also").fill("statement");
  await dialog.locator('button[type="submit"]').click();
  await expect(dialog, "a word without a meaning explains nothing").toBeVisible();
  await dialog.locator("#term-meaning").fill("每月五日生成的应收总额，不含退款");
  const { violations } = await new AxeBuilder({ page }).include("dialog#term").analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await dialog.locator('button[type="submit"]').click();
  await expect(card.locator(".term-row")).toContainText("不含退款");

  await page.goto(address);
  await untilEditable(page);
  const line = paragraphOf(page, "background");
  await caretToEnd(line);
  await pm.type("每月");
  await pm.composeWord("duizhangdan", "对账单");
  const word = line.locator(".term");
  await expect(word).toHaveText("对账单");
  const note = page.locator(".term-note");
  await word.hover();
  await expect(note).toContainText("不含退款");
  await page.mouse.move(5, 5);
  await expect(note).toHaveCount(0);
  await page.keyboard.press("Shift+F8");
  await expect(note).toContainText("statement");
  const open = await new AxeBuilder({ page }).include(".term-note").analyze();
  expect(open.violations.map(({ id }) => id)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(note).toHaveCount(0);
  await pm.type("下载");
  await expect(line).toContainText("对账单下载");

  // The client, in English, in reading mode, by thumb.
  await client.page.setViewportSize({ width: 390, height: 844 });
  await client.page.goto(project);
  await expect(client.page.locator(".term-row")).toContainText("不含退款");
  await expect(client.page.locator("#glossary-title + button")).toHaveCount(0);
  await client.page.goto(address);
  await untilEditable(client.page);
  await client.page.keyboard.press("F9");
  const theirs = paragraphOf(client.page, "background").locator(".term");
  await theirs.click();
  await expect(client.page.locator(".term-note")).toContainText("不含退款");
  await expect(client.page.locator(".term-note")).toBeInViewport({ ratio: 1 });
  await leave();
});
