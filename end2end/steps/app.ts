// What a person does on the pages around the document. Found by ids and structure, never by
// words, so that the same steps serve both languages.
import { type Locator, expect } from "@playwright/test";
import type { Person } from "./person.ts";

/** Follows the one-time link that the server printed and says who they are. */
export async function setUp(person: Person, link: string, name: string): Promise<void> {
  await person.page.goto(link);
  await person.page.locator("#enter-name").fill(name);
  await person.page.locator('.enter-form button[type="submit"]').click();
  await person.page.waitForURL((address) => address.pathname === "/");
}

/** Follows an invitation or a login link; the secret leaves the address bar. */
export async function enter(person: Person, link: string): Promise<void> {
  await person.page.goto(link);
  const go = person.page.locator("#enter-project");
  const isIn = (): boolean => new URL(person.page.url()).pathname !== "/enter";
  // An invitation says first who invites; other links lead on at once.
  await expect(async () => expect(isIn() || (await go.isVisible())).toBe(true)).toPass();
  if (!isIn()) await go.click();
  await person.page.waitForURL((address) => address.pathname !== "/enter");
  expect(person.page.url()).not.toContain("#");
}

/** Creates a project and gives back its address. */
export async function createProject(
  person: Person,
  name: string,
  client: string,
  templates: "requirements" | "agreement" | "empty" = "empty",
): Promise<string> {
  await person.page.goto("/");
  const dialog = await open(person, "#new-project", "main button.btn.pri");
  await dialog.locator("#project-name").fill(name);
  await dialog.locator("#project-client").fill(client);
  await dialog.locator(`#project-templates-${templates}`).check({ force: true });
  await dialog.locator('button[type="submit"]').click();
  await person.page.waitForURL(/\/projects\/[^/]+$/);
  return new URL(person.page.url()).pathname;
}

/** Creates a document from its template and gives back its address. */
export async function createDocument(
  person: Person,
  project: string,
  kind: string,
  title: string,
): Promise<string> {
  await person.page.goto(project);
  const dialog = await open(person, "#new-document", '[aria-labelledby="documents-title"] button.btn.pri');
  await dialog.locator(`#document-kind-${kind}`).check({ force: true });
  await dialog.locator("#document-title").fill(title);
  await dialog.locator('button[type="submit"]').click();
  await person.page.waitForURL(/\/documents\/[^/]+$/);
  return new URL(person.page.url()).pathname;
}

/** Adds somebody to the project and gives back the link to send them. */
export async function invite(
  person: Person,
  project: string,
  name: string,
  role: "member" | "client" | "reader",
): Promise<string> {
  await person.page.goto(project);
  const dialog = await open(person, "#invite", '[aria-labelledby="people-title"] .card-head button');
  await dialog.locator("#invite-name").fill(name);
  await dialog.locator(`#invite-role-${role}`).check({ force: true });
  await dialog.locator('button[type="submit"]').click();
  return dialog.locator("#invite-link").inputValue();
}

/** Takes somebody out of the project. */
export async function revoke(person: Person, project: string, name: string): Promise<void> {
  await person.page.goto(project);
  const row = person.page.locator(".person-row", { hasText: name });
  const menu = row.locator("details.menu");
  const dialog = person.page.locator("#remove-person");
  await expect(async () => {
    if (await dialog.isVisible()) return;
    if ((await menu.getAttribute("open")) === null) await menu.locator("summary").click();
    await menu.locator("button.danger").click({ timeout: 2_000 });
    await expect(dialog).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await dialog.locator("button.danger").click();
  await expect(row).toHaveCount(0);
}

/** The page that says what went wrong, with the answer's own number. */
export function errorScreen(person: Person): Locator {
  return person.page.locator("main[data-status]");
}

/** Clicks until the page is alive and the dialog is there. */
async function open(person: Person, dialogAt: string, buttonAt: string): Promise<Locator> {
  const dialog = person.page.locator(`dialog${dialogAt}`);
  const button = person.page.locator(buttonAt).first();
  await expect(async () => {
    if (!(await dialog.isVisible())) await button.click({ timeout: 2_000 });
    await expect(dialog).toBeVisible({ timeout: 2_000 });
  }).toPass();
  return dialog;
}
