// From nothing to a document the client could be sent: the sheet of a new project, wide and on a phone, in both languages.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { createProject, setUp } from "../steps/app.ts";
import { untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";

for (const [locale, viewport] of [["zh-CN", { width: 390, height: 844 }], ["en", { width: 1440, height: 900 }]] as const) {
  test(`a project starts with the documents one chose, ${locale}, ${viewport.width} px`, async () => {
    const server = await Countersign.fresh();
    const person = await Person.arrive("王敏", server, { locale, viewport });
    await setUp(person, await server.setupLink(), "王敏");
    const { page } = person;
    await page.locator("main button.btn.pri").first().click();
    const dialog = page.locator("dialog#new-project");
    await expect(dialog.locator("#project-templates-requirements")).toBeChecked();
    await page.screenshot({ path: `results/looks/new-project-${locale}-${viewport.width}.png` });
    const { violations } = await new AxeBuilder({ page }).include("dialog#new-project").analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.keyboard.press("Escape");

    await createProject(person, "云仓", "华通", "requirements");
    const lines = page.locator(".document-line");
    await expect(lines).toHaveCount(2);
    await lines.first().locator("a").first().click();
    await untilEditable(page);
    await expect(page.locator("section.part")).not.toHaveCount(0);
    await createProject(person, "小活", "华通", "agreement");
    await expect(lines).toHaveCount(1);
    await createProject(person, "空", "华通", "empty");
    await expect(page.locator(".first-steps")).toBeVisible();
    person.expectNoComplaints();
    await person.leave();
    await server.stop();
  });
}
