// The client's people (L4): with a new project, on its page, kept, changed and forgotten; nothing of it for the client.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { enter, invite, setUp } from "../steps/app.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";

for (const [locale, viewport] of [["zh-CN", { width: 390, height: 844 }], ["en", { width: 1440, height: 900 }]] as const) {
  test(`contacts of the client, ${locale}, ${viewport.width} px`, async () => {
    const server = await Countersign.fresh();
    const person = await Person.arrive("王敏", server, { locale, viewport });
    await setUp(person, await server.setupLink(), "王敏");
    const { page } = person;
    await page.locator("main button.btn.pri").first().click();
    const sheet = page.locator("dialog#new-project");
    await sheet.locator("#project-name").fill("云仓");
    await sheet.locator("#project-client").fill("华通");
    await sheet.locator("details summary").click();
    await sheet.locator("#contact-name").fill("李娜");
    await sheet.locator("#contact-post").fill("运营经理");
    await sheet.locator("#contact-channel").selectOption("wechat");
    await sheet.locator("#contact-address").fill("lina_ops");
    await page.screenshot({ path: `results/looks/new-project-contact-${locale}-${viewport.width}.png` });
    await sheet.locator('button[type="submit"]').click();
    await page.waitForURL(/\/projects\/[^/]+$/);
    const project = new URL(page.url()).pathname;

    const rows = page.locator(".contact-row");
    await expect(rows).toHaveCount(1);
    await expect(rows.first()).toContainText("lina_ops");
    const section = page.locator('[aria-labelledby="contacts-title"]');
    await section.locator(".card-head button").click();
    const dialog = page.locator("dialog#contact");
    await dialog.locator("#contact-name").fill("周强");
    await dialog.locator("#contact-address").fill("138 0013 8000");
    await page.screenshot({ path: `results/looks/contact-${locale}-${viewport.width}.png` });
    const { violations } = await new AxeBuilder({ page }).include("dialog#contact").analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await dialog.locator('button[type="submit"]').click();
    await expect(rows).toHaveCount(2);
    await expect(rows.nth(1).locator("a")).toHaveAttribute("href", "tel:13800138000");
    await page.screenshot({ path: `results/looks/contacts-${locale}-${viewport.width}.png`, fullPage: true });

    // Changed: the dialog shows what is known; deleted: the row goes.
    await rows.nth(1).locator("button").click();
    await expect(dialog.locator("#contact-name")).toHaveValue("周强");
    await dialog.locator("#contact-channel").selectOption("email");
    await dialog.locator("#contact-address").fill("zhou@huatong.cn");
    await dialog.locator('button[type="submit"]').click();
    await expect(rows.nth(1).locator("a")).toHaveAttribute("href", "mailto:zhou@huatong.cn");
    await rows.first().locator("button").click();
    await dialog.locator("button.danger").click();
    await expect(rows).toHaveCount(1);
    await page.reload();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText("周强");

    const client = await Person.arrive("李娜", server, { locale });
    await enter(client, await invite(person, project, "李娜", "client"));
    await client.page.goto(project);
    await expect(client.page.locator("#people-title")).toBeVisible();
    await expect(client.page.locator("#contacts-title")).toHaveCount(0);
    expect(await client.page.content()).not.toContain("zhou@huatong.cn");
    for (const one of [person, client]) {
      one.expectNoComplaints();
      await one.leave();
    }
    await server.stop();
  });
}
