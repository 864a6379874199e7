// Ways in of one's own: a mailbox, codes, a password. What a client does who has lost the link.
import AxeBuilder from "@axe-core/playwright";
import { type Locator, type Page, expect, test } from "@playwright/test";
import { createDocument, createProject, enter, errorScreen, setUp } from "../steps/app.ts";
import { untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";
import { until } from "../steps/until.ts";

const PHONE = { width: 390, height: 844 };
const PASSWORD = "四月雨 vellum-otter";

async function expectNoViolation(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

/** The mails to somebody; others may name them too. */
const mailsTo = (page: Page, recipient: string): Locator =>
  page.locator(".mail-row").filter({ has: page.locator("summary", { hasText: recipient }) });

/** The text of the latest mail to somebody, as the host reads it. */
async function mailTo(host: Person, recipient: string, count: number): Promise<string> {
  const mails = mailsTo(host.page, recipient);
  await until("the mail", async () => {
    await host.page.goto("/server");
    return (await mails.count()) >= count;
  });
  return (await mails.first().locator("pre").textContent()) ?? "";
}

const digits = (mail: string): string => /^\s*(\d{6})\s*$/m.exec(mail)?.[1] ?? "";

/** Presses until the page is alive and the dialog is there. */
async function openDialog(page: Page, button: string, dialog: string): Promise<void> {
  await expect(async () => {
    if (!(await page.locator(dialog).isVisible())) await page.locator(button).click({ timeout: 2_000 });
    await expect(page.locator(dialog)).toBeVisible({ timeout: 2_000 });
  }).toPass();
}

/** Types a mailbox on the page for whoever comes without a link, until a code was asked for. */
async function askForCode(page: Page, mailbox: string): Promise<void> {
  await expect(async () => {
    await page.locator("#sign-in-mailbox").fill(mailbox, { timeout: 2_000 });
    await page.locator('.enter-form button[type="submit"]').click({ timeout: 2_000 });
    await expect(page.locator("#sign-in-code")).toBeVisible({ timeout: 2_000 });
  }).toPass();
}

for (const [locale, viewport] of [["zh-CN", PHONE], ["en", { width: 1440, height: 900 }]] as const) {
  test(`invited by mail, in again by a code and by a password, ${locale}, ${viewport.width} px`, async () => {
    const server = await Countersign.fresh();
    const host = await Person.arrive("王敏", server, { locale });
    await setUp(host, await server.setupLink(), "王敏");
    const project = await createProject(host, "云仓", "华通");
    const address = await createDocument(host, project, "requirement_document", "云仓需求");
    await host.page.goto(project);
    await openDialog(host.page, '[aria-labelledby="people-title"] .card-head button', "dialog#invite");
    const invite = host.page.locator("dialog#invite");
    await invite.locator("#invite-name").fill("李娜");
    await invite.locator("#invite-mailbox").fill("Na＠example.com");
    await invite.locator('button[type="submit"]').click();
    await expect(invite).toContainText("na@example.com");
    await host.page.screenshot({ path: `results/looks/invited-by-mail-${locale}.png` });
    const invitation = await mailTo(host, "na@example.com", 1);
    await expectNoViolation(host.page);
    await host.page.locator(".mail-row summary").first().click();
    await host.page.screenshot({ path: `results/looks/server-${locale}.png`, fullPage: true });

    const client = await Person.arrive("李娜", server, { locale, viewport });
    const { page } = client;
    await enter(client, /https?:\/\/\S+\/enter#\S+/.exec(invitation)?.[0] ?? "");
    await page.goto("/settings");
    await expect(page.locator("#own-mailbox")).toHaveText("na@example.com");
    await openDialog(page, "#change-password", "dialog#own-password-dialog");
    const dialog = page.locator("dialog#own-password-dialog");
    await dialog.locator("#new-password").fill("password1234");
    await dialog.locator('button[type="submit"]').click();
    await expect(dialog.locator(".form-error")).toHaveText(locale === "en" ? /soon guessed/ : /猜到/);
    await expectNoViolation(page);
    await page.screenshot({ path: `results/looks/password-${locale}-${viewport.width}.png` });
    await dialog.locator("#new-password").fill(PASSWORD);
    await dialog.locator('button[type="submit"]').click();
    await expect(dialog).toBeHidden();
    await page.screenshot({ path: `results/looks/ways-in-${locale}-${viewport.width}.png` });

    // Another device, without the link: the document's address says what to do.
    const other = await Person.arrive("李娜", server, { locale, viewport });
    await other.page.goto(address);
    await expect(errorScreen(other)).toHaveAttribute("data-status", "401");
    await other.page.screenshot({ path: `results/looks/signed-out-${locale}-${viewport.width}.png` });
    await errorScreen(other).locator("a.pri").click();
    await askForCode(other.page, "na@example.com");
    await expectNoViolation(other.page);
    await other.page.screenshot({ path: `results/looks/code-${locale}-${viewport.width}.png` });
    const code = digits(await mailTo(host, "na@example.com", 2));
    const wrong = code === "000000" ? "000001" : "000000";
    await other.page.locator("#sign-in-code").fill(wrong);
    await other.page.keyboard.press("Enter");
    await expect(other.page.locator(".form-error")).toContainText("4");
    await other.page.locator("#sign-in-code").fill(code);
    await other.page.keyboard.press("Enter");
    await other.page.waitForURL((url) => url.pathname === address);
    await untilEditable(other.page);

    // And by the password, after signing out.
    await other.page.goto("/");
    await other.page.locator(".account button").click();
    await other.page.waitForURL((url) => url.pathname === "/enter");
    await expect(other.page.locator("#sign-in-mailbox")).toBeVisible();
    await expectNoViolation(other.page);
    await other.page.screenshot({ path: `results/looks/sign-in-${locale}-${viewport.width}.png` });
    await expect(async () => {
      await other.page.locator('.enter-form button[type="button"]').click({ timeout: 2_000 });
      await expect(other.page.locator("#sign-in-password")).toBeVisible({ timeout: 2_000 });
    }).toPass();
    await other.page.locator("#sign-in-mailbox").fill("na@example.com");
    await other.page.locator("#sign-in-password").fill(PASSWORD);
    await other.page.keyboard.press("Enter");
    await other.page.waitForURL((url) => url.pathname === "/");
    await expect(other.page.locator("main")).toContainText("云仓");
    host.expectNoComplaints();
    for (const one of [host, client, other]) await one.leave();
    await server.stop();
  });
}

test("a mailbox is bound with a code, and changed with one from each", async () => {
  const server = await Countersign.fresh();
  const host = await Person.arrive("Wang Min", server, { locale: "en" });
  await setUp(host, await server.setupLink(), "Wang Min");
  const reader = await host.context.newPage();
  const read = async (recipient: string, count: number): Promise<string> => {
    const mails = mailsTo(reader, recipient);
    await until("the mail", async () => {
      await reader.goto("/server");
      return (await mails.count()) >= count;
    });
    return digits((await mails.first().locator("pre").textContent()) ?? "");
  };
  const { page } = host;
  const dialog = page.locator("dialog#own-mailbox-dialog");
  const bind = async (mailbox: string, codes: () => Promise<Record<string, string>>): Promise<void> => {
    await page.goto("/settings");
    await openDialog(page, "#change-mailbox", "dialog#own-mailbox-dialog");
    await dialog.locator("#new-mailbox").fill(mailbox);
    await dialog.locator('button[type="submit"]').click();
    await expect(dialog.locator("#new-mailbox-code")).toBeVisible();
    for (const [field, code] of Object.entries(await codes())) await dialog.locator(field).fill(code);
    await expectNoViolation(page);
    await page.screenshot({ path: `results/looks/bind-${mailbox}.png` });
    await dialog.locator('button[type="submit"]').click();
    await expect(page.locator("#own-mailbox")).toHaveText(mailbox);
  };
  await bind("wang@example.com", async () => ({ "#new-mailbox-code": await read("wang@example.com", 1) }));
  await bind("min@example.com", async () => ({
    "#new-mailbox-code": await read("min@example.com", 1),
    "#mailbox-before-code": await read("wang@example.com", 2),
  }));
  await host.leave();
  await server.stop();
});
