// How soon a page shows what it is about, whether it stays where it was drawn, and how soon it answers a press, on a
// processor four times slower than this one. Times are printed and kept; that nothing jumps is asserted: no clock is in it.
import { type Page, expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { report } from "../steps/report.ts";
import { Countersign } from "../steps/server.ts";

const SLOWER = 4;
const VISITS = 3;
const LCP_BOUND_MS = 1_200;
const CLS_BOUND = 0.02;
const INP_BOUND_MS = 100;
const PHONE = { width: 390, height: 844 };

interface Painted {
  largest: number;
  shifted: number;
  /** Durations from press to paint. */
  answered: number[];
}

interface Watched extends Window {
  painted: Painted;
}

/** Watches from the first byte on; an element that is drawn later only counts while nobody has acted. */
function watch(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    const painted: Painted = { largest: 0, shifted: 0, answered: [] };
    (window as unknown as Watched).painted = painted;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) painted.largest = Math.max(painted.largest, entry.startTime);
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) painted.shifted += entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
        if (entry.interactionId > 0) painted.answered.push(entry.duration);
      }
    }).observe({ type: "event", buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
  });
}

const painted = (page: Page): Promise<Painted> => page.evaluate(() => (window as unknown as Watched).painted);

async function slow(person: Person): Promise<void> {
  const session = await person.context.newCDPSession(person.page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
}

for (const viewport of [PHONE, { width: 1440, height: 900 }]) {
  test(`every page shows soon, stays where it is and answers at once, ${viewport.width} px`, async () => {
    const { server, demo } = await Countersign.withDemo();
    const one = demo.people[0]!;
    const person = await Person.arrive(one.name, server, { locale: "zh-CN", viewport });
    await enter(person, one.login_url);
    await watch(person.page);
    await slow(person);
    const pages: Record<string, string> = {
      projects: "/",
      project: `/projects/${demo.project.id}`,
      document: `/documents/${demo.documents[0]!.id}`,
      settings: "/settings",
    };
    for (const [name, address] of Object.entries(pages)) {
      const visits: Painted[] = [];
      for (let visit = 0; visit < VISITS; visit++) {
        await person.page.goto(address);
        if (name === "document") await untilEditable(person.page);
        await person.page.locator("main h1, main h2").first().waitFor();
        await person.page.waitForLoadState("networkidle");
        visits.push(await painted(person.page));
      }
      report(`largest paint, ${name}, ${viewport.width} px, processor ÷ ${SLOWER}`, visits.map(({ largest }) => largest), LCP_BOUND_MS);
      for (const { shifted } of visits) expect(shifted, `${name} jumps`).toBeLessThanOrEqual(CLS_BOUND);
    }
    await person.page.goto(pages["document"]!);
    await untilEditable(person.page);
    await person.page.locator("h1.doc-title").click();
    await person.page.keyboard.type("ab", { delay: 150 });
    await person.page.locator(".item .num").first().click();
    await person.page.keyboard.press("Escape");
    if (viewport === PHONE) {
      for (const tab of ["outline", "people", "more"]) await person.page.locator(`[data-tab="${tab}"]`).click();
    } else await person.page.locator(".outline-line button").nth(2).click();
    const { answered } = await painted(person.page);
    report(`press to paint, document, ${viewport.width} px, processor ÷ ${SLOWER}`, answered, INP_BOUND_MS);
    person.expectNoComplaints();
    await person.leave();
    await server.stop();
  });
}
