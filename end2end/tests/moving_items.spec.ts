// An item goes to another document of its project: the same item, for everybody, and its link leads on.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { createDocument } from "../steps/app.ts";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, state, untilEditable } from "../steps/paper.ts";
import { until } from "../steps/until.ts";

// SPEC: D29
test("an item moves with its number and its words; whoever has its link is led on, and it can be brought back", async () => {
  const { pm, other: client, leave } = await pairIn("requirement_document");
  const first = pm.page.url();
  const project = await pm.page.locator('.top-bar a[href^="/projects/"]').first().getAttribute("href");
  const second = await createDocument(pm, project!, "scope_agreement", "范围协议");
  await pm.page.goto(first);
  await untilEditable(pm.page);
  const mine = pm.page.locator('.item[data-kind="requirement"]');
  const theirs = client.page.locator('.item[data-kind="requirement"]');
  await caretToEnd(mine.locator(".item-title"));
  await pm.composeWord("duizhang", "对账");
  const number = await until("the item to have its number", async () => /^R-\d+$/.exec((await mine.locator(".num").textContent()) ?? "")?.[0]);
  const title = (await mine.locator(".item-title").textContent())!;

  await mine.locator(".num").click();
  await pm.page.getByRole("option", { name: "移到另一份文档" }).click();
  const dialog = pm.page.getByRole("dialog", { name: `把 ${number} 移到` });
  await expect(dialog).toBeVisible();
  const { violations } = await new AxeBuilder({ page: pm.page }).include("#move-item").analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await dialog.getByRole("button", { name: "移到「范围协议」" }).click();
  await expect(dialog).toContainText(`${number} 已移到「范围协议」`);
  await expect(theirs).toHaveCount(0);

  // The link somebody was given.
  await client.page.goto(`${new URL(first).pathname}#${number}`);
  await client.page.getByRole("link", { name: "Go there" }).first().click();
  await client.page.waitForURL(new RegExp(`${second}#${number}$`));
  await untilEditable(client.page);
  await expect(theirs.filter({ hasText: title }).locator(".num")).toHaveText(number);
  await expect(theirs.filter({ hasText: title })).toBeInViewport();

  await dialog.getByRole("button", { name: "留在这里" }).click();
  await pm.page.locator(".removed-link").click();
  await expect(pm.page.getByRole("dialog")).toContainText("已移到另一份文档");
  await pm.page.getByRole("dialog").getByRole("button", { name: `恢复「${title}」` }).click();
  await expect(mine.locator(".num")).toHaveText(number);
  await leave();
});

test("offline nothing is moved, and the page says why; on a phone it is done by thumb", async () => {
  const { other: client, leave } = await pairIn("requirement_document", "client", { viewport: { width: 390, height: 844 } });
  const { page } = client;
  const item = page.locator('.item[data-kind="requirement"]');
  await until("the item to have its number", async () => /^R-\d+$/.test((await item.locator(".num").textContent()) ?? ""));
  await client.goOffline();
  await expect(page.locator('.save-chip[data-save="offline"]')).toHaveCount(1);
  await item.locator(".num").click();
  await page.getByRole("option", { name: "Move to another document" }).click();
  const dialog = page.locator("#move-item");
  await expect(dialog).toContainText("You are offline");
  await expect(dialog.locator(".form-error")).toBeVisible();
  await page.keyboard.press("Escape");
  await client.comeBack();
  await until("the line to be back", async () => (await state(page)).save === "server");
  await item.locator(".num").click();
  await page.getByRole("option", { name: "Move to another document" }).click();
  await expect(dialog).toContainText("no other document");
  await expect(item).toHaveCount(1);
  await leave();
});
