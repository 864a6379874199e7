// A table in the text, with two people in it: each cell and each row and column by itself, by keys, through an input
// method, without a network, from a spreadsheet and on a phone.
import { type Page, expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import type { Person } from "../steps/person.ts";
import { until, untilEqual } from "../steps/until.ts";

/** What stands in the cells, without the carets of others. */
function grid(page: Page): Promise<string[][]> {
  return page.locator(".doc-table").evaluate((table) =>
    [...table.querySelectorAll("tr")].map((row) =>
      [...row.querySelectorAll("th, td")].map((cell) => {
        const copy = cell.cloneNode(true) as Element;
        for (const extra of copy.querySelectorAll(".remote, .caret, .pending, .ProseMirror-widget, br")) extra.remove();
        return copy.textContent ?? "";
      }),
    ),
  );
}

const same = (one: Person, two: Person): Promise<string[][]> => untilEqual("both to have the same table", async () => [await grid(one.page), await grid(two.page)]);
const cell = (page: Page, row: number, column: number) => page.locator(".doc-table tr").nth(row).locator("th, td").nth(column);

async function emptyLine(person: Person): Promise<void> {
  await caretToEnd(paragraphOf(person.page, "background"));
  await person.page.keyboard.press("Enter");
  await person.page.keyboard.press("Backspace");
}

async function makeTable(person: Person): Promise<void> {
  await emptyLine(person);
  await person.type("/table");
  await person.page.keyboard.press("Enter");
  await expect(person.page.locator(".doc-table")).toBeVisible();
}

async function act(page: Page, name: string): Promise<void> {
  await page.locator(".table-frame").hover();
  await page.locator(".table-acts").click();
  await page.getByRole("option", { name, exact: true }).click();
}

test("two people fill one table, add and move rows and columns, lose the network and come back", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  await makeTable(pm);
  const { keyboard } = pm.page;
  for (const [at, word] of ["仓库", "面积", "备注"].entries()) {
    if (at > 0) await keyboard.press("Tab");
    await pm.type(word);
  }
  await keyboard.press("Tab");
  await pm.composeWord("shanghai", "上海");
  expect((await same(pm, other)).slice(0, 2)).toEqual([["仓库", "面积", "备注"], ["上海", "", ""]]);

  // Both in one cell, one of them composing.
  await cell(other.page, 1, 0).click();
  await other.page.keyboard.press("Home");
  await pm.compose(["c", "ca", "cang"]);
  await other.type("Z");
  await pm.choose("仓");
  expect((await same(pm, other))[1]![0]).toBe("Z上海仓");

  // A row and a column at the same time, far from each other's network.
  await other.goOffline();
  await cell(other.page, 1, 1).click();
  await other.page.keyboard.press("End");
  await other.type("1200");
  await act(other.page, "Row below");
  await other.type("Suzhou");
  await cell(pm.page, 0, 2).click();
  await act(pm.page, "在左侧插入列");
  await pm.type("城市");
  await other.comeBack();
  const merged = await same(pm, other);
  expect(merged[0]).toEqual(["仓库", "面积", "城市", "备注"]);
  expect(merged[1]).toEqual(["Z上海仓", "1200", "", ""]);
  expect(merged[2]).toContain("Suzhou");
  expect(merged[2]).toHaveLength(4);

  // Moving keeps what the other is writing in it.
  await cell(pm.page, 0, 2).click();
  await cell(other.page, 1, 2).click();
  await other.type("SH");
  await keyboard.press("Alt+Shift+ArrowLeft");
  expect((await same(pm, other)).slice(0, 2)).toEqual([["仓库", "城市", "面积", "备注"], ["Z上海仓", "SH", "1200", ""]]);
  await keyboard.press("Control+z");
  expect((await same(pm, other))[0]).toEqual(["仓库", "面积", "城市", "备注"]);

  // Tab from the last cell makes a row; undo takes it and nothing else.
  const rows = (await grid(pm.page)).length;
  await cell(pm.page, rows - 1, 3).click();
  await keyboard.press("Tab");
  await until("the row to be there for both", async () => (await same(pm, other)).length === rows + 1);
  await keyboard.press("Control+z");
  await until("the row to be gone for both", async () => (await same(pm, other)).length === rows);

  const before = await same(pm, other);
  await until("all of it to be on the server", async () => (await state(pm.page)).save === "server");
  await pm.page.reload();
  await untilEditable(pm.page);
  expect(await grid(pm.page)).toEqual(before);
  await act(pm.page, "删除表格");
  await expect(other.page.locator(".doc-table")).toHaveCount(0);
  await keyboard.press("Control+z");
  expect(await same(pm, other)).toEqual(before);
  await leave();
});

test("a table from a spreadsheet stays a table, also with a script in a cell", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  await emptyLine(pm);
  const html = `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body><table><col width=64><tr><td>编号</td><td>名称</td></tr>
    <tr><td>1</td><td><b>扫码</b>入库</td></tr><tr><td>&lt;script&gt;alert(1)&lt;/script&gt;</td><td><a href="javascript:window.hit=1">坏链接</a></td></tr></table></body></html>`;
  await pm.page.evaluate((html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    data.setData("text/plain", "编号\\t名称");
    document.activeElement!.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, html);
  expect(await same(pm, other)).toEqual([["编号", "名称"], ["1", "扫码入库"], ["<script>alert(1)</script>", "坏链接"]]);
  await expect(other.page.locator(".doc-table strong")).toHaveText("扫码");
  for (const { page } of [pm, other]) await expect(page.locator(".doc-table a, .doc-table script")).toHaveCount(0);
  await leave();
});

test("on a phone a wide table moves in its frame and never the page", async () => {
  const { pm, other, leave } = await pairIn("requirement_document", "client", { viewport: { width: 390, height: 844 } });
  await makeTable(pm);
  for (let column = 0; column < 6; column++) await act(pm.page, "在右侧插入列");
  await pm.type("最后一列的标题");
  await until("the table to be there", async () => (await grid(other.page))[0]!.length === 9);
  expect(await other.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await caretToEnd(cell(other.page, 0, 0));
  await other.type("Site");
  expect((await same(pm, other))[0]![0]).toBe("Site");
  await leave();
});
