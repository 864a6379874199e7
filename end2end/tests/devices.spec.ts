// Where somebody is signed in, the way out of each place, and a device that forgets.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";
import { enter, invite, setUp } from "../steps/app.ts";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, state } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";
import { until } from "../steps/until.ts";

/** What is left of us in this browser: caches and databases. */
const left = (page: Page): Promise<string[]> =>
  page.evaluate(async () => [...(await caches.keys()), ...(await indexedDB.databases()).map(({ name }) => name ?? "")].filter((name) => name.startsWith("countersign")));

for (const [locale, viewport] of [["zh-CN", { width: 390, height: 844 }], ["en", { width: 1440, height: 900 }]] as const) {
  test(`a second device is seen and signed out, its open document with it, ${locale}, ${viewport.width} px`, async () => {
    const server = await Countersign.fresh();
    const host = await Person.arrive("王敏", server, { locale, viewport });
    await setUp(host, await server.setupLink(), "王敏");
    await host.page.locator("main button.btn.pri").first().click();
    const sheet = host.page.locator("dialog#new-project");
    await sheet.locator("#project-name").fill("云仓");
    await sheet.locator("#project-client").fill("华通");
    await sheet.locator('button[type="submit"]').click();
    await host.page.waitForURL(/\/projects\/[^/]+$/);
    const project = new URL(host.page.url()).pathname;
    const link = await invite(host, project, "李娜", "client");
    const [phone, desk] = [await Person.arrive("李娜", server, { locale, viewport }), await Person.arrive("李娜", server, { locale })];
    for (const device of [phone, desk]) await enter(device, link);
    await desk.page.goto(project);
    await desk.page.locator(".document-row").first().click();
    await expect(desk.page.locator('.ProseMirror[contenteditable="true"]')).toBeVisible();

    await phone.page.goto("/settings");
    const rows = phone.page.locator(".device-row");
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toContainText("Chrome · Linux");
    await expect(rows.first().locator(".chip")).toBeVisible();
    const { violations } = await new AxeBuilder({ page: phone.page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await phone.page.screenshot({ path: `results/looks/devices-${locale}-${viewport.width}.png`, fullPage: true });
    await rows.nth(1).locator("button").click();
    await expect(rows).toHaveCount(1);
    // I4: the socket that was open has gone with the session; what is written there stays there, and is said to.
    await expect(desk.page.locator(".banner.warn")).toBeVisible();
    await caretToEnd(desk.page.locator(".item-title").first());
    await desk.type("signed out");
    await until("it to be on that device alone", async () => (await state(desk.page)).save !== "server");
    await host.page.goto(new URL(desk.page.url()).pathname);
    await expect(host.page.locator('.ProseMirror[contenteditable="true"]')).toBeVisible();
    await expect(host.page.locator("article[data-doc]")).not.toContainText("signed out");
    for (const one of [host, phone, desk]) await one.leave();
    await server.stop();
  });
}

test("a borrowed device forgets everything, and says first what would be lost", async () => {
  const { pm, other: client, leave } = await pairIn("note");
  const { page } = client;
  await until("the worker to have taken over", () => page.evaluate(() => navigator.serviceWorker?.controller !== null));
  await client.goOffline();
  await caretToEnd(page.locator(".ProseMirror p").last());
  await client.type("only here");
  await until("it to be on this device", async () => (await state(page)).save === "offline");
  await page.goto("/settings");
  await client.comeBack();
  await page.goto("/settings");
  await page.getByRole("button", { name: "Forget this device" }).click();
  const dialog = page.getByRole("dialog", { name: "Forget this device" });
  await expect(dialog).toContainText("Changes in 1 documents have not reached the server");
  const { violations } = await new AxeBuilder({ page }).include("#forget-device").analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  expect((await left(page)).length).toBeGreaterThan(2);
  await dialog.getByRole("button", { name: "Sign out and forget" }).click();
  await page.waitForURL(/\/enter$/);
  expect(await left(page)).toEqual([]);
  await page.goto("/");
  await expect(page.locator("main[data-status]")).toBeVisible();
  await expect(pm.page.locator(".ProseMirror")).toBeVisible();
  await leave();
});
