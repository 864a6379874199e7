// Plain text in and out by the system's clipboard: Markdown keeps its structure both ways, and code stays code.
import { expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, paragraphOf } from "../steps/paper.ts";
import type { Person } from "../steps/person.ts";
import { until } from "../steps/until.ts";

async function paste(person: Person, text: string): Promise<void> {
  await person.page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await person.page.keyboard.press("Control+V");
}

/** What is copied; the old content of the clipboard is never taken for it. */
async function copied(person: Person): Promise<string> {
  await person.page.evaluate(() => navigator.clipboard.writeText("nothing yet"));
  await person.page.keyboard.press("Control+C");
  return until("something to be copied", async () => {
    const text = await person.page.evaluate(() => navigator.clipboard.readText());
    return text === "nothing yet" ? undefined : text;
  });
}

test("Markdown pasted as plain text has its structure on both sides, and goes out as it came", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  await pm.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await caretToEnd(paragraphOf(pm.page, "background"));
  await pm.page.keyboard.press("Enter");
  const markdown = "### 范围\n\n- 入库 **扫码**\n    - 冷库\n- 出库\n\n| 仓库 | 面积 |\n| --- | --- |\n| 上海 | 12 |\n\n```\na * b\n```";
  await paste(pm, markdown);
  for (const { page } of [pm, other]) {
    const part = page.locator('section.part[data-role="background"]');
    await expect(part.locator("h5")).toHaveText("范围");
    await expect(part.locator(".li")).toHaveCount(3);
    await expect(part.locator(".li strong")).toHaveText("扫码");
    await expect(part.locator(".doc-table tr")).toHaveCount(2);
    await expect(part.locator(".code-line")).toHaveText("a * b");
  }

  // Signs pasted into a line of code are code.
  await caretToEnd(pm.page.locator(".code-line"));
  await paste(pm, " # **c**");
  await expect(other.page.locator(".code-line")).toHaveText("a * b # **c**");

  // A line is copied as it reads, the whole with its signs.
  await caretToEnd(pm.page.locator(".li strong"));
  for (const _ of "扫码") await pm.page.keyboard.press("Shift+ArrowLeft");
  expect(await copied(pm)).toBe("扫码");
  await pm.page.keyboard.press("Control+A");
  expect(await copied(pm)).toContain(markdown.replace("a * b", "a * b # **c**"));
  await leave();
});
