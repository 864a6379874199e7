// Being in a document together beyond writing in it: following somebody, seeing what they have just changed, hearing who
// came and who left.
import { type Locator, type Page, expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, caretToStart, linesOnScreen, paragraphOf } from "../steps/paper.ts";
import { until, untilEqual } from "../steps/until.ts";

const title = (page: Page): Locator => page.locator("h1.doc-title");
const caretOf = (page: Page, name: string): Locator => page.locator(`article.paper .caret[data-name="${name}"]`);
const chip = (page: Page): Locator => page.locator(".following");
const said = (page: Page): Promise<string[]> => page.locator('[role="status"]').allTextContents();

const DESK = { width: 1440, height: 700 };
const PHONE = { width: 390, height: 844 };

for (const viewport of [DESK, PHONE]) {
  test(`following somebody keeps their caret in sight until one does something of one's own, ${viewport.width} px`, async () => {
    const { pm, other, leave } = await pairIn("requirement_document", "client", { viewport });
    const { page } = other;
    await caretToEnd(paragraphOf(pm.page, "constraints"));
    await expect(caretOf(page, "王敏")).toHaveCount(1);
    await expect(caretOf(page, "王敏")).not.toBeInViewport();
    if (viewport === PHONE) {
      await page.locator('[data-tab="people"]').click();
      await page.locator(".people-rows").getByRole("button", { name: "Follow 王敏" }).click();
    } else await page.locator(".avatars").getByRole("button", { name: "Follow 王敏" }).click();
    await expect(chip(page)).toContainText("Following 王敏");
    await expect(caretOf(page, "王敏")).toBeInViewport();

    await caretToStart(title(pm.page));
    await expect(title(page)).toBeInViewport();
    await expect(chip(page)).toBeVisible();

    await caretToStart(title(page));
    await other.type("1");
    await expect(chip(page)).toHaveCount(0);
    await caretToEnd(paragraphOf(pm.page, "constraints"));
    await expect(caretOf(page, "王敏")).not.toBeInViewport();
    await expect(title(page), "my page stays where I work").toBeInViewport();
    await leave();
  });
}

test("what others just changed is shown for a moment, and never what one wrote oneself", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  await caretToEnd(paragraphOf(pm.page, "background"));
  await pm.page.keyboard.press("Enter");
  await pm.page.keyboard.press("Backspace");
  await pm.type("门店已有十二家。");
  const fresh = other.page.locator("article.paper .fresh");
  await until("what was written to be shown", async () => (await fresh.allTextContents()).join("").includes("十二家"));
  await expect(pm.page.locator("article.paper .fresh")).toHaveCount(0);
  // A composition beside it is left alone; what has been shown goes once it has ended.
  await caretToEnd(paragraphOf(other.page, "background"));
  await other.compose(["s", "sh", "shi"]);
  await other.choose("是");
  await expect(fresh).toHaveCount(0);
  const lines = await untilEqual("both screens to show the same", async () => [await linesOnScreen(pm.page), await linesOnScreen(other.page)]);
  expect(lines.join("\n")).toContain("门店已有十二家。");
  expect(lines.join("\n")).toContain("是");
  await leave();
});

test("a screen reader hears who is here and who has left", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  await until("王敏 to be announced", async () => (await said(other.page)).some((words) => words.includes("王敏 is here")));
  await until("Li Wei to be announced", async () => (await said(pm.page)).some((words) => words.includes("Li Wei在场")));
  const address = other.page.url();
  await other.page.goto(new URL("/", address).href);
  await until("Li Wei to be missed", async () => (await said(pm.page)).some((words) => words.includes("Li Wei离开了")));
  await leave();
});
