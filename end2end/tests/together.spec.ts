// Three people in three browsers write the same lines at once.
import { expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { caretToEnd, caretToStart, linesOnScreen, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign, type Demo } from "../steps/server.ts";
import { until, untilEqual } from "../steps/until.ts";

let server: Countersign;
let demo: Demo;
let people: Person[];
let address: string;

test.beforeEach(async () => {
  ({ server, demo } = await Countersign.withDemo());
  address = `/documents/${demo.documents[0]!.id}`;
  people = await Promise.all(
    demo.people.slice(0, 3).map(async (who) => {
      const person = await Person.arrive(who.name, server);
      await enter(person, who.login_url);
      await person.page.goto(address);
      await untilEditable(person.page);
      return person;
    }),
  );
});

test.afterEach(async () => {
  await Promise.all(people.map((person) => person.leave()));
  await server.stop();
});

function sameEverywhere(): Promise<string[]> {
  return untilEqual("all screens to agree", () => Promise.all(people.map((person) => linesOnScreen(person.page))));
}

test("three write in one paragraph and see each other's carets", async () => {
  const said = ["由第一个人写下的一句话", "The second one writes English here", "第三个人 writes both"];
  for (const person of people) await caretToEnd(paragraphOf(person.page, "background"));
  for (const [at, person] of people.entries()) {
    const others = people.filter((_, other) => other !== at);
    for (const other of others) {
      await expect(person.page.locator(`.caret[data-name="${other.name}"]`)).toBeAttached();
    }
  }
  await Promise.all(people.map((person, at) => person.type(said[at]!)));
  const text = (await sameEverywhere()).join("\n");
  // Typed at one place, the runs may be cut by each other, but no character may be lost or doubled.
  for (const sentence of said) {
    const left = [...sentence].filter((character) => !text.includes(character));
    expect(left, `characters of “${sentence}” that nobody shows`).toEqual([]);
  }
  for (const person of people) {
    await expect.poll(async () => (await state(person.page)).unsaved).toBe(0);
    person.expectNoComplaints();
  }
});

test("a composition survives remote edits in its own paragraph", async () => {
  const [typist, other] = people as [Person, Person, Person];
  await caretToEnd(paragraphOf(typist.page, "expectations"));
  const before = await linesOnScreen(typist.page);
  await typist.compose(["h", "hu", "hui"]);
  await caretToStart(paragraphOf(other.page, "expectations"));
  await other.type("Before it: ");
  await typist.compose(["huiq", "huiqian"]);
  await other.type("really. ");
  await typist.choose("会签");
  const lines = await sameEverywhere();
  const changed = lines.filter((line) => !before.includes(line));
  expect(changed).toHaveLength(1);
  expect(changed[0]).toMatch(/^Before it: really\. .*会签$/);
});

test("a caret just moved stays where it was put, whatever others do at that moment", async () => {
  const [typist, other] = people as [Person, Person, Person];
  await caretToEnd(typist.page.locator("h1.doc-title"));
  await caretToEnd(paragraphOf(other.page, "expectations"));
  const title = await typist.page.locator("h1.doc-title").textContent();
  // A browser may tell of a moved caret late: here only after the other's letter has come.
  await typist.page.evaluate(() => {
    const late = (event: Event) => event.stopImmediatePropagation();
    window.addEventListener("selectionchange", late, true);
    (window as { tellAgain?: () => void }).tellAgain = () => window.removeEventListener("selectionchange", late, true);
  });
  const target = paragraphOf(typist.page, "background");
  await target.click();
  await other.type("远");
  await expect(paragraphOf(typist.page, "expectations")).toContainText("远");
  await typist.page.evaluate(() => (window as { tellAgain?: () => void }).tellAgain?.());
  await typist.type("近");
  await expect(target).toContainText("近");
  expect(await typist.page.locator("h1.doc-title").textContent()).toBe(title);
});

test("a caret just moved stays where it was put when the page's own look at the wording comes at that moment", async () => {
  const person = people[0]!;
  const { page } = person;
  // Timers of the first look are kept until the test lets them go, and the browser tells of no moved caret.
  await page.addInitScript(() => {
    const firstLookMs = 400;
    const kept: (() => void)[] = [];
    const real = window.setTimeout;
    window.setTimeout = ((act: TimerHandler, ms?: number, ...rest: unknown[]) => {
      const ofTheEditor = new Error().stack?.includes("/assets/editor.") === true;
      if (ms !== firstLookMs || !ofTheEditor || typeof act !== "function") return real(act, ms, ...rest);
      return kept.push(() => act(...rest));
    }) as typeof window.setTimeout;
    Object.assign(window, { lookNow: () => kept.splice(0).forEach((act) => act()) });
  });
  await page.reload();
  await untilEditable(page);
  await caretToEnd(page.locator("h1.doc-title"));
  const title = await page.locator("h1.doc-title").textContent();
  await page.evaluate(() => window.addEventListener("selectionchange", (event) => event.stopImmediatePropagation(), true));
  const target = paragraphOf(page, "background");
  await target.click();
  await expect(page.locator(".vague")).toHaveCount(0);
  await page.evaluate(() => (window as { lookNow?: () => void }).lookNow?.());
  await expect(page.locator(".vague").first()).toBeAttached();
  await person.type("近");
  await expect(target).toContainText("近");
  expect(await page.locator("h1.doc-title").textContent()).toBe(title);
});

test("undo takes back only one's own typing", async () => {
  const [first, second] = people as [Person, Person, Person];
  await caretToEnd(paragraphOf(first.page, "background"));
  await first.type("mine");
  await caretToEnd(paragraphOf(second.page, "expectations"));
  await second.type("yours");
  await sameEverywhere();
  await first.page.keyboard.press("Control+z");
  await until("the undo to reach the other", async () => !(await linesOnScreen(second.page)).join("\n").includes("mine"));
  expect((await sameEverywhere()).join("\n")).toContain("yours");
});

test("one away from the network keeps writing and comes back", async () => {
  const [away, home] = people as [Person, Person, Person];
  await away.goOffline();
  await caretToEnd(paragraphOf(away.page, "expectations"));
  await away.type(" written without a network");
  await expect.poll(async () => (await state(away.page)).unsaved).toBeGreaterThan(0);
  await caretToEnd(paragraphOf(home.page, "expectations"));
  await home.type(" meanwhile at home");
  await away.comeBack();
  const text = (await sameEverywhere()).join("\n");
  expect(text).toContain("written without a network");
  expect(text).toContain("meanwhile at home");
  await expect.poll(async () => (await state(away.page)).unsaved).toBe(0);
});

test("a killed server comes back and nobody has to do anything", async () => {
  const [writer] = people as [Person, Person, Person];
  await caretToEnd(paragraphOf(writer.page, "requirements"));
  const writing = writer.type("Typed while the server dies and lives again.");
  await until("the first words", async () => (await linesOnScreen(writer.page)).join("\n").includes("Typed"));
  await server.kill9();
  await writing;
  await server.serve();
  const text = (await sameEverywhere()).join("\n");
  expect(text).toContain("Typed while the server dies and lives again.");
  for (const person of people) await expect.poll(async () => (await state(person.page)).unsaved, { timeout: 30_000 }).toBe(0);
});

test("a server told to stop ends cleanly, and its pages come back to the next one", async () => {
  const [writer, reader] = people as [Person, Person, Person];
  await caretToEnd(paragraphOf(writer.page, "expectations"));
  await writer.type("before the restart");
  expect(await server.terminate()).toBe(0);
  await writer.type(", during it");
  await server.serve();
  await writer.type(", and after it");
  await until("the reader to have it all", async () =>
    (await linesOnScreen(reader.page)).join("\n").includes("before the restart, during it, and after it"),
  );
  await sameEverywhere();
});
