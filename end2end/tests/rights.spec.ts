// Who may do what, and how soon that ends (I3, I4).
import { expect, test } from "@playwright/test";
import { createDocument, createProject, enter, errorScreen, invite, revoke, setUp } from "../steps/app.ts";
import { caretToEnd, linesOnScreen, paragraphOf, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";
import { until } from "../steps/until.ts";

/** The promise is one second; a loaded test machine gets one more to show it on screen. */
const REVOKED_WITHIN_MS = 2_000;

let server: Countersign;
let owner: Person;
let project: string;
let address: string;

test.beforeAll(async () => {
  server = await Countersign.fresh();
  owner = await Person.arrive("Owner", server, { locale: "en" });
  await setUp(owner, await server.setupLink(), "Owner");
  project = await createProject(owner, "Rights", "Somebody Ltd");
  address = await createDocument(owner, project, "requirement_document", "Who may write here");
});
test.afterAll(async () => {
  await owner.leave();
  await server.stop();
});

async function guest(name: string, role: "member" | "client" | "reader"): Promise<Person> {
  const link = await invite(owner, project, name, role);
  const person = await Person.arrive(name, server, { locale: "en" });
  await enter(person, link);
  return person;
}

test("a reader reads, and nothing typed goes anywhere", async () => {
  const reader = await guest("Rita Reader", "reader");
  await reader.page.goto(address);
  const paper = reader.page.locator("article[data-doc]");
  await expect(paper.locator("section.part").first()).toBeVisible();
  // A click on the server's HTML would fall into the moment in which the editor takes its place.
  await expect(reader.page.locator('.ProseMirror[contenteditable="false"]')).toBeVisible();
  const before = await linesOnScreen(reader.page);
  await paragraphOf(reader.page, "background").click({ force: true });
  await reader.type("I should not be able to do this");
  await owner.page.goto(address);
  await untilEditable(owner.page);
  await caretToEnd(paragraphOf(owner.page, "goals"));
  await owner.type("still alive");
  await until("the reader to follow", async () => (await linesOnScreen(reader.page)).join("\n").includes("still alive"));
  const after = await linesOnScreen(reader.page);
  expect(after.join("\n")).not.toContain("should not");
  expect(after.length).toBeGreaterThanOrEqual(before.length);
  await reader.leave();
});

test("somebody taken out of the project is out at once", async () => {
  const former = await guest("Fred Former", "member");
  await former.page.goto(address);
  await untilEditable(former.page);
  await revoke(owner, project, "Fred Former");
  const revoked = Date.now();
  await until(
    "the page to stop being editable",
    async () => (await former.page.locator('.ProseMirror[contenteditable="true"]').count()) === 0,
    REVOKED_WITHIN_MS,
  );
  test.info().annotations.push({ type: "revoked after", description: `${Date.now() - revoked} ms` });
  const answer = await former.page.goto(address);
  expect([401, 403, 404]).toContain(answer?.status());
  await former.leave();
});

test("who signs out on a project's page is out", async () => {
  const leaver = await guest("Lena Leaver", "member");
  await leaver.page.goto(project);
  await leaver.page.locator(".account button").click();
  await leaver.page.waitForURL((url) => url.pathname === "/enter");
  const answer = await leaver.page.goto(project);
  expect([401, 403, 404]).toContain(answer?.status());
  expect(await leaver.page.content()).not.toContain("Somebody Ltd");
  await leaver.leave();
});

test("a stranger learns nothing from knowing an address", async () => {
  const stranger = await Person.arrive("Stranger", server, { locale: "en" });
  const answer = await stranger.page.goto(address);
  expect(await stranger.page.content()).not.toContain("Who may write here");
  expect([200, 401, 403, 404]).toContain(answer?.status());
  await expect(stranger.page.locator("article[data-doc]")).toHaveCount(0);
  await stranger.leave();
});

test("a link that is spent, ended or made up says what to do", async () => {
  const visitor = await Person.arrive("Visitor", server, { locale: "zh-CN" });
  const spent = await server.setupLink();
  const ended = await invite(owner, project, "Ended", "client");
  await revoke(owner, project, "Ended");
  for (const link of [spent, ended, `${server.url}/enter#not-a-secret-at-all`]) {
    // Another page first: only the fragment differs, and that alone loads nothing.
    await visitor.page.goto("about:blank");
    await visitor.page.goto(link);
    await expect(errorScreen(visitor), link.replace(/#.*/, "#…")).toBeVisible();
    await expect(errorScreen(visitor).locator("h1")).toHaveText(/\p{Script=Han}/u);
  }
  await visitor.leave();
});
