// The pictures in the READMEs: a real document with two people in it. Written only when asked
// (UPDATE_SCREENSHOTS=1), so that a test run leaves the checkout as it was.
import { expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { caretToEnd, paragraphOf, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";

const HAN = /\p{Script=Han}/u;
const FOLDER = process.env.UPDATE_SCREENSHOTS ? "screenshots" : "results/pictures";

for (const locale of ["zh-CN", "en"] as const) {
  test(`two people in one document, ${locale}`, async () => {
    const { server, demo } = await Countersign.withDemo();
    const titled = demo.documents.filter(({ kind }) => kind === "requirement_document");
    const shown = titled.find(({ title }) => HAN.test(title) === (locale === "zh-CN")) ?? titled[0]!;
    const [owner, client] = ["owner", "client"].map((role) => demo.people.find((person) => person.role === role)!);
    const viewport = { width: 1280, height: 800 };
    const reading = await Person.arrive(owner!.name, server, { locale, viewport });
    const writing = await Person.arrive(client!.name, server, { locale, viewport });
    for (const [person, who] of [
      [reading, owner!],
      [writing, client!],
    ] as const) {
      await enter(person, who.login_url);
      await person.page.goto(`/documents/${shown.id}`);
      await untilEditable(person.page);
    }
    await caretToEnd(paragraphOf(writing.page, "background"));
    await expect(reading.page.locator(`.caret[data-name="${writing.name}"]`)).toBeVisible();
    await reading.page.evaluate(() => document.fonts.ready);
    await reading.page.screenshot({ path: `${FOLDER}/document-${locale}.png` });
    await Promise.all([reading.leave(), writing.leave()]);
    await server.stop();
  });
}
