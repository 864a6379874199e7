// How long others wait for a keystroke, and how long the typist waits for their own. The figures
// are printed and kept; only counts are asserted, because a shared machine has its moods.
import { type Page, expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { OtherTypist } from "../steps/other_typist.ts";
import { caretToEnd, paragraphOf, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { report } from "../steps/report.ts";
import { Countersign, type Demo } from "../steps/server.ts";
import { StockClient } from "../steps/stock_client.ts";
import { until } from "../steps/until.ts";

/** A steady typist: about twelve keys a second. */
const KEY_EVERY_MS = 80;
const SENTENCE = "the quick brown fox jumps over the lazy dog while the server counts";
const PARAGRAPH = `${SENTENCE}, `.repeat(3);

let server: Countersign;
let demo: Demo;

// A project of its own for each: a login link lets in once.
test.beforeEach(async () => {
  ({ server, demo } = await Countersign.withDemo());
});
test.afterEach(() => server.stop());

test("typing shows on the other screen, first as pending and then as stored text", async () => {
  const [writer, watcher] = await two(demo.documents[0]!.id);
  await caretToEnd(paragraphOf(writer.page, "background"));
  await watchArrivals(watcher.page);
  await watchKeys(writer.page);
  await writer.page.keyboard.type(SENTENCE, { delay: KEY_EVERY_MS });
  const count = SENTENCE.length;
  await until("every character to be stored on the other screen", async () =>
    (await arrivals(watcher.page)).stored.length >= count,
  );
  const keys = await keyTimes(writer.page);
  const { shown, stored } = await arrivals(watcher.page);
  expect(keys.length).toBe(count);
  expect(shown.length).toBeGreaterThanOrEqual(count);
  report("typing seen by the other", differences(keys, shown), 100);
  report("typing stored at the other", differences(keys, stored), 500);
  await Promise.all([writer.leave(), watcher.leave()]);
});

test("a key is painted at once in a large document while somebody else types", async () => {
  test.setTimeout(300_000);
  const id = demo.documents[1]!.id;
  const maker = await StockClient.open(server, demo.people[0]!.token, id);
  const size = maker.grow({ characters: 65_000, paragraphs: 400, items: 200 });
  expect(size.items).toBeGreaterThanOrEqual(200);
  const other = await OtherTypist.join(server, demo.people[1]!.token, id, "expectations", KEY_EVERY_MS);
  server.stepAside();
  const writer = await arrive(demo.people[0]!, id);
  await until(
    "the whole document to be on screen",
    async () => (await writer.page.locator('section.item[data-item^="grown-"]').count()) === size.items,
    60_000,
  );
  await maker.close();
  // What this machine and browser need for a line with nothing behind it, under the same load.
  const bare = await writer.context.newPage();
  await bare.setContent('<p contenteditable="true">x</p>');
  await bare.locator("p").click();
  report("key to paint, a bare line", await bothType(bare, other), 16);
  await bare.close();
  await writer.page.bringToFront();
  // The page shows what the other one is about to write, as it would of a person.
  await Promise.all([other.type(SENTENCE), writer.page.locator(".pending").waitFor({ state: "attached" })]);
  await caretToEnd(paragraphOf(writer.page, "background"));
  const paints = await bothType(writer.page, other);
  report(`key to paint, ${size.characters} characters, ${size.items} items`, paints, 16);
  other.leave();
  await writer.leave();
});

/**
 * Key to paint on the page while both type. The other one is a program that says what a person's browser would. It and
 * the server give way to the page, which in life is alone on its machine.
 */
async function bothType(page: Page, other: OtherTypist): Promise<number[]> {
  await watchPaint(page);
  await Promise.all([page.keyboard.type(PARAGRAPH, { delay: KEY_EVERY_MS }), other.type(PARAGRAPH)]);
  const paints = await until("every key to be painted", async () => {
    const seen = await page.evaluate(() => (window as unknown as Measured).paints ?? []);
    return seen.length >= PARAGRAPH.length && seen;
  });
  expect(paints.length).toBe(PARAGRAPH.length);
  return paints;
}

type Measured = Window & {
  keys?: number[];
  shown?: number[];
  stored?: number[];
  paints?: number[];
  scheduler: { postTask(run: () => void, options: { priority: "user-blocking" }): Promise<void> };
};

async function two(id: string): Promise<[Person, Person]> {
  return [await arrive(demo.people[0]!, id), await arrive(demo.people[1]!, id)];
}

async function arrive(who: Demo["people"][number], id: string): Promise<Person> {
  const person = await Person.arrive(who.name, server);
  await enter(person, who.login_url);
  await person.page.goto(`/documents/${id}`);
  await untilEditable(person.page);
  return person;
}

/** Notes when each key reached the page (wall clock, so that two browsers can be compared). */
function watchKeys(page: Page): Promise<void> {
  return page.evaluate(() => {
    const measured = window as unknown as Measured;
    const keys = (measured.keys = []) as number[];
    document.addEventListener("keydown", (event) => keys.push(performance.timeOrigin + event.timeStamp), true);
  });
}

function keyTimes(page: Page): Promise<number[]> {
  return page.evaluate(() => (window as unknown as Measured).keys ?? []);
}

/** Notes when the first part came to hold one more character: pending ones included, and without them. */
function watchArrivals(page: Page): Promise<void> {
  return page.evaluate(() => {
    const measured = window as unknown as Measured;
    const shown: number[] = (measured.shown = []);
    const stored: number[] = (measured.stored = []);
    const part = document.querySelector('section.part[data-role="background"]') as HTMLElement;
    const length = (withPending: boolean) => {
      const copy = part.cloneNode(true) as HTMLElement;
      for (const extra of copy.querySelectorAll(".caret")) extra.remove();
      if (!withPending) for (const extra of copy.querySelectorAll(".pending")) extra.remove();
      return (copy.textContent ?? "").length;
    };
    const [shownAtFirst, storedAtFirst] = [length(true), length(false)];
    new MutationObserver(() => {
      const now = performance.timeOrigin + performance.now();
      const [isShown, isStored] = [length(true) - shownAtFirst, length(false) - storedAtFirst];
      while (shown.length < isShown) shown.push(now);
      while (stored.length < isStored) stored.push(now);
    }).observe(part, { subtree: true, childList: true, characterData: true });
  });
}

function arrivals(page: Page): Promise<{ shown: number[]; stored: number[] }> {
  return page.evaluate(() => {
    const measured = window as unknown as Measured;
    return { shown: measured.shown ?? [], stored: measured.stored ?? [] };
  });
}

/**
 * From the key's own time stamp to the end of the frame that shows it: a task that goes before everything that waits by
 * then, because what comes after the frame holds up no paint.
 */
function watchPaint(page: Page): Promise<void> {
  return page.evaluate(() => {
    const measured = window as unknown as Measured;
    const paints: number[] = (measured.paints = []);
    document.addEventListener(
      "keydown",
      (event) => {
        const painted = () => paints.push(performance.now() - event.timeStamp);
        requestAnimationFrame(() => void measured.scheduler.postTask(painted, { priority: "user-blocking" }));
      },
      true,
    );
  });
}

function differences(from: number[], to: number[]): number[] {
  return from.map((start, at) => (to[at] ?? Number.POSITIVE_INFINITY) - start);
}
