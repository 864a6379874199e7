// Writing with more than words: marks by the bar and by signs, boxes, code, lines across the page, and selected
// text that becomes an item. Two people see the same, a reload shows the same.
import { type Page, expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { caretToEnd, linesOnScreen, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import { pairIn } from "../steps/pair.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";
import { until, untilEqual } from "../steps/until.ts";

const BACKGROUND = 'section.part[data-role="background"]';

async function selectWords(page: Page, words: string): Promise<void> {
  await page.locator(BACKGROUND).evaluate((part, words) => {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = node.textContent!.indexOf(words);
      if (at < 0) continue;
      getSelection()!.setBaseAndExtent(node, at, node, at + words.length);
      return;
    }
    throw new Error(`“${words}” is not on the page`);
  }, words);
}

/** What stands in the background, as markup without what only this screen has. */
function markup(page: Page): Promise<string> {
  return page.locator(BACKGROUND).evaluate((part) => {
    const copy = part.cloneNode(true) as Element;
    for (const extra of copy.querySelectorAll(".caret, .remote, .pending, .ProseMirror-widget, .ProseMirror-trailingBreak, .ProseMirror-separator, header")) extra.remove();
    for (const node of copy.querySelectorAll("*")) for (const name of node.getAttributeNames()) if (!["class", "href"].includes(name)) node.removeAttribute(name);
    return copy.innerHTML.replace(/ class="(item|item [^"]*)"/g, ' class="item"').replaceAll(' class=""', "");
  });
}

// R8: selected text becomes a tracked item where it stands.
test("marks, boxes, code and lines are the same for two people and after a reload; words become an item", async () => {
  const { pm, other: client, leave } = await pairIn("requirement_document", "client", { viewport: { width: 390, height: 844 } });

  const { page } = pm;
  const keyboard = page.keyboard;
  await caretToEnd(paragraphOf(page, "background"));
  await keyboard.press("Enter");
  if ((await paragraphOf(page, "background", 1).getAttribute("class"))?.includes("quote")) await keyboard.press("Backspace");
  await pm.type("首页要在**两秒**内打开，旧的~~动画~~不要。顾客不用登录就能看到价格。");
  await keyboard.press("Enter");
  await pm.type("! 上线前要备案");
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  await pm.type("```GET /api/price");
  await keyboard.press("Enter");
  await keyboard.press("Tab");
  await pm.type("id: 7");
  await keyboard.press("Enter");
  await keyboard.press("Shift+Tab");
  await keyboard.press("Enter");
  await pm.type("---以下是附注");

  const bar = page.locator(".editor-toolbar");
  await expect(bar).toBeHidden();
  await selectWords(page, "首页");
  await expect(bar).toBeVisible();
  for (const mark of ["underline", "highlight"]) {
    await bar.locator(`[data-act="${mark}"]`).click();
    await expect(bar.locator(`[data-act="${mark}"]`)).toHaveAttribute("aria-pressed", "true");
  }
  const shown = await markup(page);
  for (const part of ["<u><mark>首页</mark></u>", "<strong>两秒</strong>", "<s>动画</s>", '<p class="callout">上线前要备案</p>', '<p class="code-line">GET /api/price</p><p class="code-line">  id: 7</p><hr class="divider">', "<p>以下是附注</p>"]) {
    expect(shown).toContain(part);
  }

  // The bar by keyboard alone: to it, into its menu, and the words are a requirement.
  await selectWords(page, "顾客不用登录就能看到价格。");
  await expect(bar).toBeVisible();
  await page.locator(".ProseMirror").press("Alt+F10");
  await keyboard.press("Enter");
  await expect(page.locator('.editor-menu [data-id="item:requirement"]')).toHaveAttribute("aria-selected", "true");
  await keyboard.press("Enter");
  const item = page.locator(`${BACKGROUND} .item`);
  await expect(item.locator(".item-title")).toHaveText("顾客不用登录就能看到价格。");
  await expect(item.locator(".num")).toHaveText(/R-\d+/);
  await expect(paragraphOf(page, "background").filter({ hasText: "顾客不用登录" })).toHaveCount(0);

  await untilEqual("both screens to show the same", async () => [await linesOnScreen(page), await linesOnScreen(client.page)]);
  await until("the text to be on the server", async () => (await state(page)).save === "server");
  const mine = await markup(page);
  await untilEqual("the same marks and boxes", async () => [await markup(client.page), mine]);
  // What the server renders, and what the editor makes of it.
  await page.reload();
  await untilEditable(page);
  expect(await markup(page)).toBe(mine);
  await leave();
});

test("on a phone the bar is at the foot, and Escape puts it away until something else is selected", async () => {
  const { server, demo } = await Countersign.withDemo();
  const who = demo.people.find(({ role }) => role === "client")!;
  const person = await Person.arrive(who.name, server, { locale: "zh-CN", viewport: { width: 390, height: 844 } });
  await enter(person, who.login_url);
  await person.page.goto(`/documents/${demo.documents.find(({ kind }) => kind === "requirement_document")!.id}`);
  await untilEditable(person.page);
  const { page } = person;
  await caretToEnd(paragraphOf(page, "background"));
  const words = (await paragraphOf(page, "background").textContent())!.slice(0, 4);
  await selectWords(page, words);
  const bar = page.locator(".editor-toolbar");
  await expect(bar).toBeVisible();
  const box = (await bar.boundingBox())!;
  expect(Math.round(box.y + box.height)).toBe(844);
  expect(box.width).toBe(390);
  for (const button of await bar.locator("button").all()) expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
  await page.keyboard.press("Escape");
  await expect(bar).toBeHidden();
  await selectWords(page, words.slice(1));
  await expect(bar).toBeVisible();
  person.expectNoComplaints();
  await person.leave();
  await server.stop();
});
