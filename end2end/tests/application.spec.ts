// The pages around the documents: finding one, the bin, the palette by keyboard alone, settings, and
// pages that say what went wrong. In both languages, both themes, wide and narrow, without violations.
import AxeBuilder from "@axe-core/playwright";
import { type Locator, expect, test } from "@playwright/test";
import { createProject, enter, errorScreen, setUp } from "../steps/app.ts";
import { caretToEnd, paragraphOf, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign, type Demo } from "../steps/server.ts";

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

let server: Countersign;
let demo: Demo;

test.beforeEach(async () => {
  ({ server, demo } = await Countersign.withDemo());
});
test.afterEach(() => server.stop());

const palette = (person: Person): Locator => person.page.locator("dialog#palette");

/** Presses the key until the page is alive and shows the palette. */
async function openPalette(person: Person): Promise<Locator> {
  await expect(async () => {
    if (!(await palette(person).isVisible())) await person.page.keyboard.press("Control+k");
    await expect(palette(person)).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(person.page.locator("#palette-input")).toBeFocused();
  return palette(person);
}

/** Clicks until the page is alive and the dialog is there. */
async function askToRemove(person: Person, title: string): Promise<Locator> {
  const line = person.page.locator(".document-line", { hasText: title });
  const menu = line.locator("details.menu");
  const dialog = person.page.locator("dialog#remove-document");
  await expect(async () => {
    if (await dialog.isVisible()) return;
    if ((await menu.getAttribute("open")) === null) await menu.locator("summary").click();
    await menu.locator("button.danger").click({ timeout: 2_000 });
    await expect(dialog).toBeVisible({ timeout: 2_000 });
  }).toPass();
  return dialog;
}

for (const locale of ["zh-CN", "en"] as const) {
  for (const theme of ["light", "dark"] as const) {
    test(`the pages around the documents, ${locale}, ${theme}`, async () => {
      const who = demo.people[0]!;
      const person = await Person.arrive(who.name, server, { locale, colorScheme: theme, viewport: WIDE });
      const { page } = person;
      await enter(person, who.login_url);
      const project = `/projects/${demo.project.id}`;
      await page.goto(`${project}/bin`);
      await look(person, "bin-empty", locale, theme);

      await page.goto(project);
      await look(person, "home", locale, theme);
      const field = page.locator("#find-document");
      await expect(async () => {
        await field.fill("nothing is called like this");
        await expect(page.locator(".document-line")).toHaveCount(0, { timeout: 1_000 });
      }).toPass();
      await look(person, "home-nothing", locale, theme);
      await field.fill("");

      const gone = demo.documents[0]!;
      const dialog = await askToRemove(person, gone.title);
      await look(person, "remove", locale, theme);
      await dialog.locator("button.danger").click();
      await expect(page.locator(".document-line", { hasText: gone.title })).toHaveCount(0);
      await page.goto(`${project}/bin`);
      await expect(page.locator(".removed-row")).toHaveCount(1);
      await look(person, "bin", locale, theme);

      await openPalette(person);
      await expect(page.locator("#palette-list [role=option]").first()).toBeVisible();
      await look(person, "palette", locale, theme);
      await page.keyboard.type("zzzz");
      await expect(page.locator("#palette-list")).toBeHidden();
      await look(person, "palette-nothing", locale, theme);
      await page.keyboard.press("Escape");

      await page.goto("/settings");
      await look(person, "settings", locale, theme);
      await page.goto(`/documents/${gone.id}`);
      await expect(errorScreen(person)).toHaveAttribute("data-status", "404");
      await look(person, "removed", locale, theme);
      person.expectNoComplaints();
      await person.leave();
    });
  }
}

for (const [locale, theme] of [["zh-CN", "light"], ["en", "dark"]] as const) {
  test(`an empty project says what to do first, ${locale}, ${theme}`, async () => {
    const empty = await Countersign.fresh();
    const person = await Person.arrive("PM", empty, { locale, colorScheme: theme, viewport: WIDE });
    await setUp(person, await empty.setupLink(), "PM");
    await createProject(person, "Warehouse", "Huatong");
    const steps = person.page.locator(".first-steps li");
    await expect(steps).toHaveCount(3);
    await look(person, "first-steps", locale, theme);
    await steps.nth(1).locator("button").click();
    await expect(person.page.locator("dialog#invite")).toBeVisible();
    person.expectNoComplaints();
    await person.leave();
    await empty.stop();
  });
}

test("a document is found by its title, through an input method too, and by its kind", async () => {
  const person = await Person.arrive("PM", server, { locale: "zh-CN" });
  const { page } = person;
  await enter(person, demo.people[0]!.login_url);
  await page.goto(`/projects/${demo.project.id}`);
  const lines = page.locator(".document-line");
  const all = demo.documents.length;
  await expect(lines).toHaveCount(all);
  const wanted = demo.documents.find(({ title }) => /\p{Script=Han}{2}/u.test(title))!;
  const word = /\p{Script=Han}{2}/u.exec(wanted.title)![0];
  const fitting = demo.documents.filter(({ title }) => title.includes(word)).length;
  await page.locator("#find-document").focus();
  await expect(async () => {
    await page.locator("#find-document").fill("zzzz");
    await expect(lines).toHaveCount(0, { timeout: 1_000 });
  }).toPass();
  await page.locator("#find-document").fill("");
  // Letters an input method still shows look for nothing.
  await person.compose(["x", "xu", "xuq"]);
  await expect(lines).toHaveCount(all);
  await person.choose(word);
  await expect(lines).toHaveCount(fitting);
  await page.locator("#find-document").fill("");
  const meetings = demo.documents.filter(({ kind }) => kind === "meeting_notes").length;
  await page.locator("#find-kind").selectOption("meeting_notes");
  await expect(lines).toHaveCount(meetings);
  person.expectNoComplaints();
  await person.leave();
});

test("a removed document closes for whoever has it open, and comes back as it was", async () => {
  const [pm, client] = [demo.people[0]!, demo.people.find(({ role }) => role === "client")!];
  const owner = await Person.arrive(pm.name, server, { locale: "en" });
  const guest = await Person.arrive(client.name, server, { locale: "zh-CN", viewport: NARROW });
  await enter(owner, pm.login_url);
  await enter(guest, client.login_url);
  const wanted = demo.documents.find(({ kind }) => kind === "requirement_document")!;
  const project = `/projects/${demo.project.id}`;
  await guest.page.goto(project);
  await expect(guest.page.locator(".document-line details.menu"), "a client removes nothing").toHaveCount(0);
  await guest.page.goto(`/documents/${wanted.id}`);
  await untilEditable(guest.page);

  await owner.page.goto(project);
  const dialog = await askToRemove(owner, wanted.title);
  await dialog.locator("button.danger").click();
  await expect(guest.page.locator(".banner.grave")).toContainText("回收站");
  await expect(guest.page.locator('.ProseMirror[contenteditable="true"]')).toHaveCount(0);

  await owner.page.locator("a.to-bin").click();
  const row = owner.page.locator(".removed-row", { hasText: wanted.title });
  await expect(row).toContainText("30 days left");
  await expect(row).toContainText(pm.name);
  await row.locator("button").click();
  await expect(owner.page.locator(".put-back a")).toBeVisible();
  await expect(row).toHaveCount(0);
  // Whoever lost it has it again without asking, and what they write counts.
  await untilEditable(guest.page);
  await expect(guest.page.locator(".banner.grave")).toHaveCount(0);
  await owner.page.locator(".put-back a").click();
  await untilEditable(owner.page);
  await caretToEnd(paragraphOf(guest.page, "background"));
  await guest.type("回来了");
  await expect(paragraphOf(owner.page, "background")).toContainText("回来了");
  for (const person of [owner, guest]) {
    person.expectNoComplaints();
    await person.leave();
  }
});

test("the palette leads anywhere by keyboard alone, and leaves the editor its key", async () => {
  const person = await Person.arrive("PM", server, { locale: "en" });
  const { page } = person;
  await enter(person, demo.people[0]!.login_url);
  await page.goto("/");
  await openPalette(person);
  const input = page.locator("#palette-input");
  // An input method's own Enter takes a word, not a line.
  await person.compose(["d", "di"]);
  await page.keyboard.press("Escape");
  await openPalette(person);
  await page.keyboard.type(demo.project.name.slice(0, 4));
  await expect(page.locator("#palette-0")).toHaveAttribute("aria-selected", "true");
  await expect(input).toHaveAttribute("aria-activedescendant", "palette-0");
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/projects/${demo.project.id}$`));

  // The documents of the project one is in, with the arrows and round the end.
  await openPalette(person);
  await expect(page.locator("#palette-list .palette-line")).not.toHaveCount(0);
  const [first, second] = [demo.documents[0]!, demo.documents[1]!];
  await page.keyboard.type(first.title.slice(0, 6));
  await expect(page.locator("#palette-0")).toContainText(first.title.slice(0, 6));
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator("#palette-0")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/documents\//);
  await untilEditable(page);

  // From one document to the next, and the keys of the page at hand.
  await openPalette(person);
  await page.keyboard.type(second.title);
  await expect(page.locator("#palette-0")).toContainText(second.title);
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(second.id));
  await untilEditable(page);
  await openPalette(person);
  await page.keyboard.type("keys");
  await expect(page.locator("#palette-0")).toContainText("Keys");
  await page.keyboard.press("Enter");
  await expect(page.locator("dialog#keys")).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(palette(person), "a dialog keeps the page's keys away").toBeHidden();
  await page.keyboard.press("Escape");

  // Over selected text the key makes a link, as before.
  const requirement = demo.documents.find(({ kind }) => kind === "requirement_document")!;
  await page.goto(`/documents/${requirement.id}`);
  await untilEditable(page);
  await caretToEnd(paragraphOf(page, "background"));
  await page.keyboard.press("Shift+Home");
  await page.keyboard.press("Control+k");
  await expect(page.locator(".editor-dialog")).toBeVisible();
  await expect(palette(person)).toBeHidden();
  await page.keyboard.press("Escape");
  await caretToEnd(paragraphOf(page, "background"));
  await openPalette(person);
  await page.keyboard.type("dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator(".ProseMirror"), "back where one was").toBeFocused();
  await openPalette(person);
  await page.keyboard.type("中文");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  person.expectNoComplaints();
  await person.leave();
});

test("settings hold in this browser and follow the switches", async () => {
  const person = await Person.arrive("PM", server, { locale: "en", viewport: NARROW });
  const { page } = person;
  await enter(person, demo.people[0]!.login_url);
  await page.goto("/");
  await page.locator('.account a[href="/settings"]').click();
  await page.waitForURL(/\/settings$/);
  await page.locator("#theme-dark").check({ force: true });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.locator("#language-zh-CN").check({ force: true });
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await page.locator(".theme-switch").click();
  await expect(page.locator("#theme-system")).toBeChecked();
  await page.locator("#theme-dark").check({ force: true });
  await expect(async () => {
    const cookies = await person.context.cookies();
    const value = (name: string) => cookies.find((cookie) => cookie.name === name)?.value;
    expect([value("locale"), value("theme")]).toEqual(["zh-CN", "dark"]);
  }).toPass();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await expect(page.locator("#theme-dark")).toBeChecked();
  person.expectNoComplaints();
  await person.leave();
});

async function look(person: Person, name: string, locale: string, theme: string): Promise<void> {
  const { page } = person;
  await expect(page.locator("main")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", locale);
  for (const viewport of [WIDE, NARROW]) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: `results/looks/app-${name}-${locale}-${theme}-${viewport.width}.png` });
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(sideways, `${name} at ${viewport.width} px scrolls sideways`).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
    expect(found, `${name} ${locale} ${theme} ${viewport.width}`).toEqual([]);
  }
  await page.setViewportSize(WIDE);
}
