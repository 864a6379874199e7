// R4: vague words are marked as one types, in Chinese and English, with the reason, and "fine here" stays for everybody.
import { expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import { until } from "../steps/until.ts";

test("vague words are marked while one types and composes; what is fine stays fine for everybody", async () => {
  const { pm, other: client, leave } = await pairIn("requirement_document");

  const part = 'section.part[data-role="background"]';
  const mine = pm.page.locator(`${part} .vague`);
  const theirs = client.page.locator(`${part} .vague`);
  const { keyboard } = pm.page;
  await caretToEnd(paragraphOf(pm.page, "background"));
  await keyboard.press("Enter");
  await keyboard.press("Backspace");
  await pm.type("页面要");
  await pm.composeWord("jinkuai", "尽快");
  await expect(mine).toHaveText(["尽快"]);
  await pm.type("打开，界面友好，and user-friendly. Breakfast is served.");
  await expect(mine).toHaveText(["尽快", "友好", "user-friendly"]);
  await expect(mine.first()).toHaveAttribute("title", /什么时候/);
  await expect(theirs).toHaveText(["尽快", "友好", "user-friendly"]);
  await expect(theirs.first()).toHaveAttribute("title", /When exactly/);

  await mine.nth(1).click();
  const reason = pm.page.locator('.editor-dialog[role="dialog"]');
  await expect(reason).toContainText("由谁来判断");
  await reason.getByRole("button").click();
  await expect(reason).toBeHidden();
  await expect(mine).toHaveText(["尽快", "user-friendly"]);
  await expect(theirs).toHaveText(["尽快", "user-friendly"]);

  // By keyboard alone, and in the other language.
  await caretToEnd(paragraphOf(client.page, "background").last());
  await client.page.keyboard.press("F8");
  await expect(client.page.locator('.editor-dialog[role="dialog"]')).toContainText("When exactly?");
  await client.page.keyboard.press("Enter");
  await expect(theirs).toHaveText(["user-friendly"]);
  await expect(mine).toHaveText(["user-friendly"]);

  await until("all of it to be on the server", async () => (await state(pm.page)).save === "server");
  await pm.page.reload();
  await untilEditable(pm.page);
  await expect(mine).toHaveText(["user-friendly"]);
  await leave();
});
