// Every page in both languages and both themes, wide and narrow: no accessibility violation, the
// language really is the language, and a picture to look at beside the design.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { caretToStart, paragraphOf, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign, type Demo } from "../steps/server.ts";
import { until } from "../steps/until.ts";

const HAN = /\p{Script=Han}/u;
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

let server: Countersign;
let demo: Demo;

// One for each test: a login link lets in once.
test.beforeEach(async () => {
  ({ server, demo } = await Countersign.withDemo());
});
test.afterEach(() => server.stop());

for (const locale of ["zh-CN", "en"] as const) {
  for (const theme of ["light", "dark"] as const) {
    test(`every page, ${locale}, ${theme}`, async () => {
      const who = demo.people[0]!;
      const person = await Person.arrive(who.name, server, { locale, colorScheme: theme, viewport: WIDE });
      await person.page.goto("/enter");
      await look(person, "enter", locale, theme);
      await enter(person, who.login_url);
      const shown = demo.documents.find(({ title }) => HAN.test(title) === (locale === "zh-CN")) ?? demo.documents[0]!;
      const pages = {
        projects: "/",
        project: `/projects/${demo.project.id}`,
        document: `/documents/${shown.id}`,
        table: `/documents/${shown.id}?view=table`,
        "table-sorted": `/documents/${shown.id}?view=table&group=status&sort=-due&kind=requirement`,
        "table-nothing": `/documents/${shown.id}?view=table&q=nowhere`,
        meeting: `/documents/${demo.documents.find(({ kind }) => kind === "meeting_notes")!.id}`,
        settings: "/settings",
        server: "/server",
        missing: "/nowhere",
      };
      for (const [name, address] of Object.entries(pages)) {
        await person.page.goto(address);
        const isDocument = address.startsWith("/documents/");
        if (address.includes("view=table")) await expect(person.page.locator('.ProseMirror[contenteditable="true"]')).toBeAttached();
        else if (isDocument) await untilEditable(person.page);
        await look(person, name, locale, theme);
        if (name !== "document") continue;
        await lookAtSelection(person, locale, theme);
        await lookAtFinding(person, locale, theme);
        await lookAtReading(person, locale, theme);
      }
      person.expectNoComplaints();
      await person.leave();
    });
  }
}

test("language and theme are switched in place and remembered", async () => {
  const who = demo.people[0]!;
  const person = await Person.arrive(who.name, server, { locale: "en", colorScheme: "light" });
  const { page } = person;
  await enter(person, who.login_url);
  await page.goto("/");
  const html = page.locator("html");
  await expect(html).toHaveAttribute("lang", "en");
  await expect(async () => {
    if ((await html.getAttribute("lang")) === "en") await page.locator(".language-switch").click();
    await expect(html).toHaveAttribute("lang", "zh-CN", { timeout: 1_000 });
  }).toPass();
  await expect(page.locator("h1").first()).toHaveText(HAN);
  await expect(async () => {
    if ((await html.getAttribute("data-theme")) !== "dark") await page.locator(".theme-switch").click();
    await expect(html).toHaveAttribute("data-theme", "dark", { timeout: 1_000 });
  }).toPass();
  await until("both choices to be cookies", async () => {
    const cookies = await person.context.cookies();
    const value = (name: string) => cookies.find((cookie) => cookie.name === name)?.value;
    return value("locale") === "zh-CN" && value("theme") === "dark";
  });
  const answer = await page.reload();
  expect(await answer?.text(), "already in the server's HTML").toMatch(/<html[^>]*data-theme="dark"/);
  await expect(html).toHaveAttribute("lang", "zh-CN");
  person.expectNoComplaints();
  await person.leave();
});

/** The bar over selected text, and what the text can become. */
async function lookAtSelection(person: Person, locale: string, theme: string): Promise<void> {
  const { page } = person;
  await caretToStart(paragraphOf(page, "background"));
  await page.keyboard.press("Shift+End");
  await expect(page.locator(".editor-toolbar")).toBeVisible();
  await look(person, "selection", locale, theme);
  await page.locator(".editor-toolbar [data-act=turn_into]").click();
  await expect(page.locator(".editor-menu")).toBeVisible();
  await look(person, "turn-into", locale, theme);
  await page.keyboard.press("Escape");
}

/** The bar that finds and replaces, with what it found. */
async function lookAtFinding(person: Person, locale: string, theme: string): Promise<void> {
  const { page } = person;
  await page.keyboard.press("Control+h");
  const bar = page.locator(".find-bar");
  await bar.locator("input").first().fill(locale === "zh-CN" ? "的" : "the");
  await expect(page.locator(".find-match.is-current").first()).toBeVisible();
  await look(person, "find", locale, theme);
  await page.keyboard.press("Escape");
  await expect(bar).toBeHidden();
}

/** The document as it is read, and how long it is. */
async function lookAtReading(person: Person, locale: string, theme: string): Promise<void> {
  const { page } = person;
  await page.locator(".doc-count summary").click();
  await page.keyboard.press("F9");
  await expect(page.locator('.ProseMirror[contenteditable="false"]')).toBeVisible();
  await look(person, "reading", locale, theme);
  await page.setViewportSize(NARROW);
  await page.locator('.bottom-bar [data-tab="outline"]').click();
  await look(person, "length", locale, theme);
  await page.keyboard.press("Escape");
  await page.keyboard.press("F9");
  await untilEditable(page);
}

async function look(person: Person, name: string, locale: string, theme: string): Promise<void> {
  const { page } = person;
  await expect(page.locator("main")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", locale);
  await page.evaluate(() => document.fonts.ready);
  for (const viewport of [WIDE, NARROW]) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: `results/looks/${name}-${locale}-${theme}-${viewport.width}.png` });
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
