// What a project's page says is open: a press leads to it, and what is done is gone from there.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";

for (const [locale, viewport] of [["zh-CN", { width: 390, height: 844 }], ["en", { width: 1440, height: 900 }]] as const) {
  test(`from what is open to the item and back, ${locale}, ${viewport.width} px`, async () => {
    const { server, demo } = await Countersign.withDemo();
    const who = demo.people[0]!;
    const person = await Person.arrive(who.name, server, { locale, viewport });
    const { page } = person;
    await enter(person, who.login_url);
    await page.goto(`/projects/${demo.project.id}`);
    const rows = page.locator(".open-row");
    await expect(rows.first()).toBeVisible();
    const before = await rows.count();
    // The demo's actions were due long ago.
    await expect(rows.first().locator(".chip.warn")).toBeVisible();
    const number = await rows.first().locator(".num").innerText();
    const { violations } = await new AxeBuilder({ page }).include('[aria-labelledby="open-title"]').analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await rows.first().click();
    await page.waitForURL(new RegExp(`/documents/[^/]+#${number}$`));
    await untilEditable(page);
    const item = page.locator(".item", { has: page.locator(".num", { hasText: number }) });
    await expect(item).toBeInViewport();
    // D27: an action is not asked what need it serves.
    await expect(item.locator('.field[data-field="need"]')).toBeHidden();
    await item.locator('.field[data-field="status"]').click();
    await page.getByRole("option", { name: /^(已完成|Done)$/ }).click();
    await expect(item.locator('.field[data-field="status"]')).toHaveAttribute("data-value", "done");
    await expect(page.locator('.save-chip[data-save="server"]')).toBeVisible();
    await page.goto(`/projects/${demo.project.id}`);
    await expect(rows).toHaveCount(before - 1);
    await expect(page.locator(".open-row .num", { hasText: number })).toHaveCount(0);
    person.expectNoComplaints();
    await person.leave();
    await server.stop();
  });
}
