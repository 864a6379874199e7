// Input methods at every kind of place, while the other writes in the very same line: what is being composed is left
// alone, what was chosen stands on both screens, and undo takes back that word and nothing else.
import { type Locator, type Page, expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, caretToStart, linesOnScreen, paragraphOf } from "../steps/paper.ts";
import type { Person } from "../steps/person.ts";
import { until, untilEqual } from "../steps/until.ts";

interface Method {
  name: string;
  /** What it shows on the way. */
  shows: string[];
  word: string;
}

const METHODS: Method[] = [
  { name: "Pinyin", shows: ["c", "ce", "ce s", "ce sh", "ce shi"], word: "测试" },
  { name: "Wubi", shows: ["i", "im", "imy", "imya"], word: "测试" },
  { name: "Japanese", shows: ["k", "か", "かn", "かん", "かんj", "かんじ", "感じ", "漢字"], word: "漢字" },
  { name: "Korean", shows: ["ㅎ", "하", "한"], word: "한" },
  { name: "a phone's whole words", shows: ["t", "te", "teh", "te", "t", "th", "the"], word: "the " },
];

const requirement = (page: Page): Locator => page.locator('.item[data-kind="requirement"]').first();
const PLACES: Record<string, (page: Page) => Locator> = {
  title: (page) => page.locator("h1.doc-title"),
  heading: (page) => page.locator('section.part[data-role="background"] .part-heading'),
  "guidance line": (page) => paragraphOf(page, "background"),
  "item's title": (page) => requirement(page).locator(".item-title"),
  "item's body": (page) => requirement(page).locator(".item-body p").last(),
  criterion: (page) => requirement(page).locator(".item-criteria .li-text").last(),
  "list entry": (page) => page.locator('section.part[data-role="constraints"] .li').last(),
};

const same = (one: Person, two: Person): Promise<string[]> =>
  untilEqual("both screens to show the same", async () => [await linesOnScreen(one.page), await linesOnScreen(two.page)]);

for (const method of METHODS) {
  test(`${method.name}, at every kind of place, with the other in the same line`, async () => {
    const { pm, other, leave } = await pairIn("requirement_document");
    for (const [name, place] of Object.entries(PLACES)) {
      const [mine, theirs] = [place(pm.page), place(other.page)];
      const before = (await mine.textContent())!.trim();
      await caretToEnd(mine);
      await pm.compose(method.shows);
      await caretToStart(theirs);
      await other.type("Z");
      await expect(theirs, name).toContainText("Z");
      expect(await mine.evaluate((line) => line.textContent), `${name}: nobody touches what is composed`).toContain(method.shows.at(-1));
      await pm.choose(method.word);
      await until(`${name}: the word to stand on both screens`, async () => (await same(pm, other)).some((line) => line.startsWith("Z") && line.includes(method.word.trim())));
      await pm.page.keyboard.press("Control+z");
      await until(`${name}: undo to take back the word alone`, async () => (await same(pm, other)).includes(`Z${before}`));
    }
    await leave();
  });
}

test("in an empty line, in front of a full one and over a selection", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  const line = paragraphOf(pm.page, "background");
  await caretToEnd(line);
  await pm.page.keyboard.press("Enter");
  await pm.page.keyboard.press("Backspace");
  await pm.compose(["y", "yi"]);
  await caretToStart(other.page.locator("h1.doc-title"));
  await other.type("Z");
  await pm.choose("一");
  await pm.page.keyboard.press("Home");
  await pm.compose(["d", "di"]);
  await pm.choose("第");
  expect((await same(pm, other)).some((words) => words === "第一")).toBe(true);
  await pm.page.keyboard.press("Shift+End");
  await pm.compose(["e", "er"]);
  await other.type("Z");
  await pm.choose("二");
  const lines = await same(pm, other);
  expect(lines).toContain("第二");
  expect(lines[0]).toMatch(/^ZZ/);
  await pm.page.keyboard.press("Control+z");
  // What was chosen in quick succession is one step.
  await until("undo to bring back what was selected", async () => (await same(pm, other)).some((words) => words.includes("一") && !words.includes("二")));
  await leave();
});

test("characters of several units, marks over letters and text from right to left arrive whole", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  const words = ["👩‍👩‍👧‍👦", "𠮷野家", "e\u0301te\u0301", "مرحبا بالعالم", "🇨🇳", "各\u{e0100}"];
  await caretToEnd(paragraphOf(pm.page, "background"));
  await pm.page.keyboard.press("Enter");
  await pm.page.keyboard.press("Backspace");
  for (const word of words) {
    await pm.choose(word);
    await pm.type(" ");
    await caretToStart(other.page.locator("h1.doc-title"));
    await other.type("Z");
  }
  const lines = await same(pm, other);
  expect(lines.map((line) => line.trim())).toContain(words.join(" "));
  // Between two characters, never inside of one.
  await pm.page.keyboard.press("Backspace");
  await pm.page.keyboard.press("Backspace");
  const shorter = (await same(pm, other)).find((line) => line.startsWith(words[0]!))!;
  expect([...shorter].every((character) => character.codePointAt(0)! < 0xd800 || character.codePointAt(0)! > 0xdfff)).toBe(true);
  expect(shorter.startsWith(words.slice(0, 5).join(" "))).toBe(true);
  await leave();
});
