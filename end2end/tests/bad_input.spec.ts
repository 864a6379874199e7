// A script pasted into every field is text, everywhere, for everybody.
import { expect, test } from "@playwright/test";
import { createDocument, createProject, errorScreen, invite, setUp } from "../steps/app.ts";
import { caretToEnd, linesOnScreen, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";
import { until } from "../steps/until.ts";

const SCRIPT = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;

test("a script in every field stays text", async () => {
  const server = await Countersign.fresh();
  const person = await Person.arrive("Mallory", server, { locale: "en" });
  const { page } = person;
  await setUp(person, await server.setupLink(), `M ${SCRIPT}`);
  const project = await createProject(person, `P ${SCRIPT}`, `C ${SCRIPT}`);
  await invite(person, project, `I ${SCRIPT}`, "reader");
  const address = await createDocument(person, project, "requirement_document", `D ${SCRIPT}`);
  await untilEditable(page);

  await caretToEnd(paragraphOf(page, "background"));
  await pasteAsHtml(person, `<p>pasted ${SCRIPT}<a href="javascript:window.hacked=1">link</a></p>`, "pasted");
  await until("the paste", async () => (await linesOnScreen(page)).some((line) => line.includes("pasted")));
  await page.locator("h1.doc-title").click();
  await page.keyboard.press("End");
  await pasteAsHtml(person, "", `T ${SCRIPT}`);
  await until("the title", async () => (await linesOnScreen(page))[0]?.includes("T "));
  await expect.poll(async () => (await state(page)).unsaved).toBe(0);

  for (const visited of [address, project, "/"]) {
    await page.goto(visited);
    await expect(page.locator("main")).toBeVisible();
    if (visited === address) await untilEditable(page);
    expect(await page.evaluate(() => (window as { hacked?: number }).hacked), visited).toBeUndefined();
    expect(await page.locator('a[href^="javascript:"], img[src="x"], img[onerror]').count(), visited).toBe(0);
  }
  await person.leave();
  await server.stop();
});

test("a missing page, a missing document and a missing file say so", async () => {
  const server = await Countersign.fresh();
  const person = await Person.arrive("Lost", server, { locale: "zh-CN" });
  await setUp(person, await server.setupLink(), "迷路的人");
  for (const missing of ["/nowhere", "/projects/nothing", "/documents/nothing"]) {
    const answer = await person.page.goto(missing);
    expect(answer?.status(), missing).toBe(404);
    await expect(errorScreen(person), missing).toBeVisible();
  }
  const file = await person.page.request.get(`http://127.0.0.1:${server.port}/assets/app.gone.js`);
  expect(file.status()).toBe(404);
  expect(file.headers()["content-type"]).not.toContain("html");
  await person.leave();
  await server.stop();
});

/** What the clipboard of another program brings. */
async function pasteAsHtml(person: Person, html: string, text: string): Promise<void> {
  await person.page.evaluate(
    ([html, text]) => {
      const data = new DataTransfer();
      if (html) data.setData("text/html", html);
      data.setData("text/plain", text ?? "");
      document.activeElement?.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
      );
    },
    [html, text],
  );
}
