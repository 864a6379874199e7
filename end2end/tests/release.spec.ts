// Releases and proxies: a page learns of another release and keeps working, and what a proxy says in place of a server
// that is down is not taken for the server's word.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { Middlebox } from "../steps/middlebox.ts";
import { caretToEnd, state, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign, type Demo } from "../steps/server.ts";
import { until } from "../steps/until.ts";

let server: Countersign;
let demo: Demo;
let middlebox: Middlebox;
let person: Person;

test.beforeEach(async () => {
  ({ server, demo } = await Countersign.withDemo());
  middlebox = await Middlebox.before(server.port, "refuses sockets");
  const who = demo.people[0]!;
  person = await Person.arrive(who.name, server, { through: middlebox.port });
  await enter(person, who.login_url);
});

test.afterEach(async () => {
  await person.leave();
  await middlebox.close();
  await server.stop();
});

async function open(page: Page): Promise<void> {
  await page.goto(`/documents/${demo.documents[0]!.id}`);
  await untilEditable(page);
  await until("the worker to have taken over", () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  await until("the shell to be kept", () => page.evaluate(async () => (await caches.match("/shell")) !== undefined));
}

test("another release is said once it is at hand, loses nothing, and the files of the one before stay for older tabs", async () => {
  const { page } = person;
  await open(page);
  // This page had a worker from the start: only then is another one news.
  await page.reload();
  await untilEditable(page);
  const notice = page.locator("#update-ready");
  await expect(notice).toBeHidden();
  await expect(async () => {
    // A page looks for releases a while after it is there; one that came before is not news to it.
    middlebox.release += 1;
    await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()));
    await expect(notice).toBeVisible({ timeout: 2_000 });
  }).toPass();
  const { violations } = await new AxeBuilder({ page }).include("#update-ready").analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.screenshot({ path: "results/looks/update-ready.png" });
  await notice.getByRole("button").click();
  await expect(notice).toBeHidden();
  await caretToEnd(page.locator(".item-title").first());
  await person.type("改");
  await until("it to be on the server", async () => (await state(page)).save === "server");
  const lists = await page.evaluate(async () => (await (await caches.open("countersign-files")).keys()).filter(({ url }) => url.includes("/assets/list/")).length);
  expect(lists, "this release's list, and at most the one before").toBeLessThanOrEqual(2);
  await page.reload();
  await untilEditable(page);
  await expect(page.locator(".item-title").first()).toContainText("改");
  person.expectNoComplaints();
});

test("a proxy that answers for a server that is down shows nobody its own page", async () => {
  const { page } = person;
  await open(page);
  middlebox.isGateway = true;
  await server.kill9();
  await page.goto(`/documents/${demo.documents[0]!.id}`);
  await untilEditable(page);
  await expect(page.locator("body")).not.toContainText("Bad Gateway");
  await expect(page.locator(".save-chip")).toHaveAttribute("data-save", "offline");
  await caretToEnd(page.locator(".item-title").first());
  await person.type("停机");
  await server.serve();
  await until("it to be on the server", async () => (await state(page)).save === "server");
});
