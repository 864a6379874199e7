// The program comes in parts: what a document needs is fetched with the first document, and a part that cannot be
// fetched is said, with the text still there to read.
import { expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign, type Demo } from "../steps/server.ts";

const PART = /\/assets\/document\.[0-9a-f]+\.wasm$/;

let server: Countersign;
let demo: Demo;
let person: Person;

test.beforeEach(async () => {
  ({ server, demo } = await Countersign.withDemo());
  const who = demo.people[0]!;
  person = await Person.arrive(who.name, server, { locale: "en" });
  await enter(person, who.login_url);
});
test.afterEach(async () => {
  await person.leave();
  await server.stop();
});

test("pages without a document do not fetch what documents need; going to one does", async () => {
  const { page } = person;
  const fetched: string[] = [];
  page.on("request", (request) => fetched.push(request.url()));
  await page.goto(`/projects/${demo.project.id}`);
  await expect(page.locator(".open-row").first()).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(fetched.filter((url) => PART.test(url))).toEqual([]);
  await page.locator(`a[href="/documents/${demo.documents[0]!.id}"]`).click();
  await untilEditable(page);
  expect(fetched.filter((url) => PART.test(url))).toHaveLength(1);
  person.expectNoComplaints();
});

test("a part that cannot be fetched is said on the way to a document, and had by trying again", async () => {
  const { page } = person;
  await page.goto(`/projects/${demo.project.id}`);
  await page.waitForLoadState("networkidle");
  await page.route(PART, (route) => route.abort());
  await page.locator(`a[href="/documents/${demo.documents[0]!.id}"]`).click();
  const screen = page.locator('main.screen[data-status="503"]');
  await expect(screen).toBeVisible();
  await page.unroute(PART);
  await screen.locator(".btn.pri").click();
  await untilEditable(page);
});

test("a document whose program cannot be fetched can be read, and says that it stopped", async () => {
  const { page } = person;
  await page.route(PART, (route) => route.abort());
  await page.goto(`/documents/${demo.documents[0]!.id}`);
  await expect(page.locator("#program-stopped")).toBeVisible();
  await expect(page.locator("article .item").first()).toBeVisible();
  await page.unroute(PART);
  await page.locator("#program-stopped a").click();
  await untilEditable(page);
});
