// What a person does on the pages around the document. Found by form-field names and data
// attributes, so that the same steps serve both languages.
import { expect } from "@playwright/test";
import type { Person } from "./person.ts";

/** Follows the one-time link that the server printed and says who they are. */
export async function setUp(person: Person, link: string, name: string): Promise<void> {
  await person.page.goto(link);
  const form = person.page.locator('form[data-form="setup"]');
  await form.locator('[name="name"]').fill(name);
  await form.locator('button[type="submit"]').click();
  await person.page.waitForURL((address) => address.pathname === "/");
}

/** Follows an invitation or a login link; the secret leaves the address bar. */
export async function enter(person: Person, link: string): Promise<void> {
  await person.page.goto(link);
  await person.page.waitForURL((address) => address.pathname !== "/enter");
  expect(person.page.url()).not.toContain("#");
}

/** Creates a project and gives back its address. */
export async function createProject(person: Person, name: string, client: string): Promise<string> {
  await person.page.goto("/");
  const form = await openForm(person, "project");
  await form.locator('[name="name"]').fill(name);
  await form.locator('[name="client"]').fill(client);
  await form.locator('button[type="submit"]').click();
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
  const form = await openForm(person, "document");
  await choose(form, "kind", kind);
  await form.locator('[name="title"]').fill(title);
  await form.locator('button[type="submit"]').click();
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
  const form = await openForm(person, "invite");
  await form.locator('[name="name"]').fill(name);
  await choose(form, "role", role);
  await form.locator('button[type="submit"]').click();
  const link = person.page.locator("[data-login-link]");
  await link.waitFor();
  return link.evaluate((node) => (node instanceof HTMLInputElement ? node.value : (node.textContent ?? "").trim()));
}

/** Takes somebody out of the project. */
export async function revoke(person: Person, project: string, name: string): Promise<void> {
  await person.page.goto(project);
  const line = person.page.locator("[data-person]", { hasText: name });
  await line.locator("[data-revoke]").click();
  const sure = person.page.locator("[data-confirm]");
  if (await sure.count()) await sure.first().click();
  await expect(line).toHaveCount(0);
}

async function openForm(person: Person, name: string) {
  const form = person.page.locator(`form[data-form="${name}"]`);
  const opener = person.page.locator(`[data-open="${name}"]`);
  await form.or(opener).first().waitFor();
  if (!(await form.isVisible())) await opener.first().click();
  return form;
}

async function choose(form: ReturnType<Person["page"]["locator"]>, name: string, value: string): Promise<void> {
  const select = form.locator(`select[name="${name}"]`);
  if (await select.count()) await select.selectOption(value);
  else await form.locator(`input[name="${name}"][value="${value}"]`).check({ force: true });
}
