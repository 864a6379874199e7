// The outline is the way about a long document: choosing a line brings the caret to it.
import { expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { caretToEnd, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";

test("what is typed after choosing an item in the outline goes into that item", async () => {
  const { server, demo } = await Countersign.withDemo();
  const who = demo.people[0]!;
  const person = await Person.arrive(who.name, server, { locale: "en" });
  const { page } = person;
  await enter(person, who.login_url);
  await page.goto(`/documents/${demo.documents[0]!.id}`);
  await untilEditable(page);
  await caretToEnd(paragraphOf(page, "background"));

  const item = page.locator("article[data-doc] section.item").nth(12);
  const number = ((await item.locator(".item-head").textContent()) ?? "").match(/[A-Z]-\d+/)![0];
  await page.locator(".doc-outline .outline-line", { hasText: number }).locator("button").click();
  await expect(item, "the whole of it, wherever it was").toBeInViewport({ ratio: 1 });
  await person.type("Q");
  await expect(item).toContainText("Q");
  await expect(paragraphOf(page, "background")).not.toContainText("Q");
  await expect.poll(async () => (await state(page)).unsaved).toBe(0);
  person.expectNoComplaints();
  await person.leave();
  await server.stop();
});
