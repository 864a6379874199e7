// Every component in every state: pictures to look at, and nothing that keeps anybody out.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";

let server: Countersign;

test.beforeAll(async () => {
  server = await Countersign.fresh();
});
test.afterAll(async () => {
  await server.stop();
});

for (const locale of ["zh-CN", "en"] as const) {
  for (const [theme, width] of [["light", 1440], ["dark", 1440], ["light", 390], ["dark", 390]] as const) {
    test(`the gallery, ${locale}, ${theme}, ${width} px`, async () => {
      const person = await Person.arrive("Visitor", server, { locale, colorScheme: theme, viewport: { width, height: 900 } });
      const { page } = person;
      await page.goto("/gallery");
      const opener = page.locator(".gallery-shelf button[title].btn");
      const dialog = page.locator("dialog#gallery-dialog");
      // The server's page is as it will be: what answers is the program.
      await expect(async () => {
        await opener.click();
        await expect(dialog).toBeVisible({ timeout: 250 });
      }).toPass();
      await page.screenshot({ path: `results/looks/gallery-dialog-${locale}-${theme}-${width}.png` });
      await dialog.locator(".btn.pri").click();
      await expect(dialog).toBeHidden();
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.screenshot({ path: `results/looks/gallery-${locale}-${theme}-${width}.png`, fullPage: true });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      person.expectNoComplaints();
      await person.leave();
    });
  }
}
