// Naming people and days (D28): by keyboard, by an input method, on a phone; the other sees it, undo takes it back.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, paragraphOf } from "../steps/paper.ts";
import { state } from "../steps/paper.ts";
import { until } from "../steps/until.ts";

const menu = '.editor-menu[role="listbox"]';

test("somebody is named by keyboard, the other sees whom, and undo takes it back in one step", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  const line = paragraphOf(pm.page, "background");
  await caretToEnd(line);
  await pm.type(" @");
  await expect(pm.page.locator(menu)).toBeVisible();
  const { violations } = await new AxeBuilder({ page: pm.page }).include(menu).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  const first = await pm.page.locator(`${menu} [role="option"]`).first().innerText();
  await pm.page.keyboard.press("Enter");
  await expect(pm.page.locator(menu)).toHaveCount(0);
  const mention = line.locator(".mention");
  await expect(mention).toHaveText(`@${first.trim()}`);
  await pm.type("please look");
  await expect(mention, "the name does not grow").toHaveText(`@${first.trim()}`);
  const theirs = paragraphOf(other.page, "background").locator(".mention");
  await expect(theirs).toHaveText(`@${first.trim()}`);
  expect(await theirs.getAttribute("data-person")).toBe(await mention.getAttribute("data-person"));
  await pm.page.keyboard.press("Control+z");
  await pm.page.keyboard.press("Control+z");
  await expect(mention).toHaveCount(0);
  await expect(theirs).toHaveCount(0);

  // The server's page has it, too.
  await pm.type("@");
  await pm.page.keyboard.press("Enter");
  await until("all of it to be on the server", async () => (await state(pm.page)).save === "server");
  const html = await (await pm.page.request.get(pm.page.url())).text();
  expect(html).toMatch(/<span class="mention" data-person="[0-9a-f]{32}">@/);
  await leave();
});

test("a day by typing it, by an input method, and an address of mail is left alone", async () => {
  const { pm, leave } = await pairIn("requirement_document");
  const line = paragraphOf(pm.page, "background");
  await caretToEnd(line);
  await pm.type(" @2026-12-01");
  await pm.page.keyboard.press("Enter");
  await expect(line.locator("time.date")).toHaveAttribute("datetime", "2026-12-01");
  await pm.type("li.na@huatong.cn ");
  await expect(pm.page.locator(menu)).toHaveCount(0);
  await pm.type("@");
  await pm.compose(["m", "mi", "min", "ming"]);
  await pm.choose("明天");
  await pm.page.keyboard.press("Escape");
  await expect(pm.page.locator(menu)).toHaveCount(0);
  await expect(line).toContainText("@明天");
  await pm.type(" /riqi");
  await pm.page.keyboard.press("Enter");
  await expect(pm.page.locator(menu).getByText("2026", { exact: false }).first()).toBeVisible();
  await pm.page.keyboard.press("Escape");
  await leave();
});
