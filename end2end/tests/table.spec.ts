// The items of a document as a table: what one person writes into a cell stands in the other's text at once, and the
// other way round; with the keyboard alone, with an input method, without a network, on a phone.
import { type Locator, type Page, expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, state, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";
import { until } from "../steps/until.ts";

const PHONE = { width: 390, height: 844 };

/** Makes items of a kind in the text, each with a title. */
async function makeItems(person: Person, titles: readonly string[], kind = "requirement"): Promise<void> {
  const { page } = person;
  for (const title of titles) {
    const before = await page.locator("section.item").count();
    await page.locator(`.insert-kind[data-kind="${kind}"]`).click();
    await expect(page.locator("section.item")).toHaveCount(before + 1);
    await page.keyboard.type(title);
  }
  await expect(page.locator("section.item .num.is-new")).toHaveCount(0);
  await until("the items to be on the server", async () => (await state(page)).save === "server");
}

async function toTable(page: Page): Promise<void> {
  await page.locator('.view-switch [data-to="table"]').click();
  await expect(page.locator(".items-grid")).toBeVisible();
  await expect(page.locator(".surface")).toBeHidden();
}

/** The row of the item with this number. */
function row(page: Page, number: string): Locator {
  return page.locator(".items-grid tbody tr", { has: page.locator(".num", { hasText: number }) });
}

function cell(page: Page, number: string, column: string): Locator {
  return row(page, number).locator(`[data-column="${column}"]`);
}

/** The item with this number in the text. */
function item(page: Page, number: string): Locator {
  return page.locator("article[data-doc] section.item", { has: page.locator(".item-head .num", { hasText: number }) });
}

function numbers(page: Page): Promise<string[]> {
  return page.locator(".items-grid tbody .num").allTextContents();
}

/** Where the focus is in the grid: the column and the row's number, or the heading. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const cell = document.activeElement?.closest<HTMLElement>("th, td");
    return `${cell?.dataset["column"]} ${cell?.closest("thead") ? "heading" : (cell?.closest("tr")?.querySelector(".num")?.textContent ?? "")}`;
  });
}

async function write(page: Page, at: Locator, text: string): Promise<void> {
  await at.dblclick();
  await page.locator("#cell-field").fill(text);
  await page.keyboard.press("Enter");
}

test("what is written into a cell stands in the other's text, and what they write in the text stands in the cell", async () => {
  const { pm, other: client, leave } = await pairIn("note", "client");
  await makeItems(pm, ["扫码入库", "离线可用", "导出报表"]);
  await toTable(pm.page);
  expect(await numbers(pm.page)).toEqual(["R-001", "R-002", "R-003"]);

  await write(pm.page, cell(pm.page, "R-001", "title"), "扫码快速入库");
  await expect(item(client.page, "R-001").locator(".item-title")).toHaveText("扫码快速入库");
  await write(pm.page, cell(pm.page, "R-002", "owner"), "李经理");
  await expect(item(client.page, "R-002").locator('[data-field="owner"]')).toHaveText("李经理");
  await cell(pm.page, "R-003", "priority").dblclick();
  await pm.page.locator('.editor-menu [data-id="must"]').click();
  await expect(item(client.page, "R-003").locator('[data-field="priority"]')).toHaveAttribute("data-value", "must");
  await expect(cell(pm.page, "R-003", "priority")).toHaveText("必须");

  await caretToEnd(item(client.page, "R-002").locator(".item-title"));
  await client.type("，断网也行");
  await expect(cell(pm.page, "R-002", "title")).toHaveText("离线可用，断网也行");
  await expect(cell(pm.page, "R-002", "number").locator(".avatar"), "who is there").toHaveAttribute("aria-label", "Li Wei");

  // Undone in the table, done again, and one's own text has the same.
  await cell(pm.page, "R-003", "priority").focus();
  await pm.page.keyboard.press("Control+z");
  await expect(cell(pm.page, "R-003", "priority")).toHaveText("");
  await pm.page.keyboard.press("Control+Shift+z");
  await expect(cell(pm.page, "R-003", "priority")).toHaveText("必须");
  await pm.page.keyboard.press("Control+Enter");
  await expect(pm.page.locator(".items-grid")).toHaveCount(0);
  await expect(item(pm.page, "R-003")).toBeInViewport();
  await expect(item(pm.page, "R-001").locator(".item-title")).toHaveText("扫码快速入库");
  await pm.type("甲");
  await expect(item(pm.page, "R-003").locator(".item-title")).toHaveText("甲导出报表");
  await leave();
});

test("two people who change one title at the same time keep both, and nobody's typing is thrown away", async () => {
  const { pm, other: client, leave } = await pairIn("note", "client");
  await makeItems(pm, ["扫码入库"]);
  await makeItems(client, ["离线可用"]);
  await toTable(pm.page);
  await cell(pm.page, "R-001", "title").dblclick();
  const field = pm.page.locator("#cell-field");
  await field.press("Home");
  await pm.type("批量");
  await caretToEnd(item(client.page, "R-001").locator(".item-title"));
  await client.type("😀出库");
  await until("the client's words to be here", async () => (await state(client.page)).save === "server");
  await expect(field).toHaveValue("批量扫码入库");
  await expect(field).toBeFocused();
  await field.press("Enter");
  await expect(cell(pm.page, "R-001", "title")).toHaveText("批量扫码入库😀出库");
  await expect(item(client.page, "R-001").locator(".item-title")).toHaveText("批量扫码入库😀出库");

  // Escape leaves it as it was.
  await cell(pm.page, "R-002", "title").dblclick();
  await field.fill("错了");
  await field.press("Escape");
  await expect(cell(pm.page, "R-002", "title")).toHaveText("离线可用");
  expect(await focused(pm.page)).toBe("title R-002");

  // The row goes while somebody writes in it: they are told, and have what they wrote.
  await cell(pm.page, "R-002", "title").dblclick();
  await field.fill("离线可用，三天之内");
  await until("the client to have taken the item back", async () => {
    await client.page.keyboard.press("Control+z");
    return (await item(client.page, "R-002").count()) === 0;
  });
  await expect(pm.page.locator(".table-lost")).toContainText("离线可用，三天之内");
  await expect(row(pm.page, "R-002")).toHaveCount(0);
  await pm.page.locator(".table-lost button").last().click();
  await expect(pm.page.locator(".table-lost")).toHaveCount(0);
  await leave();
});

test("cells written without a network are everybody's when it is back", async () => {
  const { server, pm, other: client, leave } = await pairIn("note", "client");
  await makeItems(pm, ["扫码入库", "离线可用"]);
  await toTable(pm.page);
  await pm.goOffline();
  await write(pm.page, cell(pm.page, "R-001", "title"), "扫码入库 v2");
  await write(pm.page, cell(pm.page, "R-002", "owner"), "王敏");
  await expect(cell(pm.page, "R-002", "owner")).toHaveText("王敏");
  await toTable(client.page);
  await write(client.page, cell(client.page, "R-001", "title"), "用 PDA 扫码入库");
  await write(client.page, cell(client.page, "R-002", "source"), "访谈");
  await pm.comeBack();
  for (const page of [pm.page, client.page]) {
    await expect(cell(page, "R-001", "title")).toHaveText("用 PDA 扫码入库 v2");
    await expect(cell(page, "R-002", "owner")).toHaveText("王敏");
    await expect(cell(page, "R-002", "source")).toHaveText("访谈");
  }
  await until("all of it to be on the server", async () => (await state(pm.page)).save === "server");
  await server.kill9();
  await server.serve();
  await pm.page.reload();
  // The address is the table's, and the server's page shows it before any program is there.
  await expect(cell(pm.page, "R-001", "title")).toHaveText("用 PDA 扫码入库 v2");
  await leave();
});

test("with the keyboard alone: moving, writing, choosing, clearing, sorting, to the text and back", async () => {
  const { pm, leave } = await pairIn("note", "client");
  const { page } = pm;
  const { keyboard } = page;
  await makeItems(pm, ["甲", "乙", "丙"]);
  await keyboard.press("Control+Alt+g");
  await expect(page.locator(".items-grid")).toBeVisible();
  expect(new URL(page.url()).searchParams.get("view")).toBe("table");

  // One stop for Tab, then arrows.
  await page.locator("#table-filter").focus();
  await until("Tab to reach the grid", async () => {
    if ((await focused(page)) === "number heading") return true;
    await keyboard.press("Tab");
    return false;
  });
  await keyboard.press("ArrowDown");
  expect(await focused(page)).toBe("number R-001");
  await keyboard.press("ArrowRight");
  expect(await focused(page)).toBe("title R-001");
  await keyboard.press("Control+End");
  expect(await focused(page)).toMatch(/ R-003$/);
  await keyboard.press("Home");
  expect(await focused(page)).toBe("number R-003");
  await keyboard.press("PageUp");
  expect(await focused(page)).toBe("number R-001");

  // A letter begins a new text, F2 keeps the old one; Enter goes down, Tab to the right.
  await keyboard.press("ArrowRight");
  await pm.type("Alpha");
  await keyboard.press("Enter");
  expect(await focused(page)).toBe("title R-002");
  await keyboard.press("F2");
  await keyboard.press("End");
  await pm.type("2");
  await keyboard.press("Tab");
  expect(await focused(page)).toBe("kind R-002");
  await expect(cell(page, "R-001", "title")).toHaveText("Alpha");
  await expect(cell(page, "R-002", "title")).toHaveText("乙2");
  await pm.type("x");
  await expect(page.locator("#cell-field"), "a kind is not written").toHaveCount(0);

  // A choice: opened, moved, taken; the next one below is reached.
  await keyboard.press("ArrowRight");
  expect(await focused(page)).toBe("status R-002");
  await keyboard.press("Enter");
  await expect(page.locator(".editor-menu")).toBeFocused();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await expect(cell(page, "R-002", "status")).toHaveText("已同意");
  expect(await focused(page)).toBe("status R-003");
  await keyboard.press("ArrowUp");
  await keyboard.press("Delete");
  await expect(cell(page, "R-002", "status")).toHaveText("");

  // Sorted by a heading, up and down; the address says so.
  await keyboard.press("Control+Home");
  await keyboard.press("ArrowUp");
  await keyboard.press("ArrowRight");
  expect(await focused(page)).toBe("title heading");
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  await expect(page.locator('.items-grid thead [data-column="title"]')).toHaveAttribute("aria-sort", "descending");
  // As Chinese is looked up: 丙 (bǐng), 乙 (yǐ), then other scripts; here from the end.
  expect(await numbers(page)).toEqual(["R-001", "R-002", "R-003"]);
  await until("the address to say so", () => new URL(page.url()).searchParams.get("sort") === "-title");

  // To the item in the text, and back to the table as it was.
  await keyboard.press("ArrowDown");
  await keyboard.press("Control+Enter");
  await expect(page.locator(".surface")).toBeVisible();
  await pm.type("!");
  await expect(item(page, "R-001").locator(".item-title")).toHaveText("!Alpha");
  await page.goBack();
  await expect(page.locator(".items-grid")).toBeVisible();
  expect(await numbers(page)).toEqual(["R-001", "R-002", "R-003"]);
  await page.goForward();
  await expect(page.locator(".surface")).toBeVisible();
  await leave();
});

test("an input method decides before anything is written", async () => {
  const { pm, other: client, leave } = await pairIn("note", "client");
  await makeItems(pm, ["登录"]);
  await toTable(pm.page);
  await cell(pm.page, "R-001", "title").dblclick();
  const field = pm.page.locator("#cell-field");
  await field.press("End");
  await pm.compose(["d", "du", "dua", "duan"]);
  const heads = (await state(pm.page)).heads;
  await expect(field).toHaveValue("登录duan");
  await expect(item(client.page, "R-001").locator(".item-title")).toHaveText("登录");
  await pm.choose("短信");
  await expect(field).toHaveValue("登录短信");
  expect((await state(pm.page)).heads, "nothing is written until it is left").toBe(heads);
  await field.press("Tab");
  await expect(cell(pm.page, "R-001", "title")).toHaveText("登录短信");
  await expect(item(client.page, "R-001").locator(".item-title")).toHaveText("登录短信");
  // Left by going elsewhere: that keeps what was written.
  await cell(pm.page, "R-001", "title").dblclick();
  await field.press("End");
  await pm.composeWord("yanzheng", "验证");
  await pm.page.locator("#table-filter").click();
  await expect(item(client.page, "R-001").locator(".item-title")).toHaveText("登录短信验证");
  await leave();
});

test("somebody who only reads sees the table and changes nothing", async () => {
  const { pm, other: reader, leave } = await pairIn("note", "reader");
  await reader.page.goto(`${new URL(reader.page.url()).pathname}?view=table`);
  await expect(reader.page.locator(".table-empty")).toContainText("appear here");
  await makeItems(pm, ["扫码入库"]);
  await expect(cell(reader.page, "R-001", "title")).toHaveText("扫码入库");
  await expect(reader.page.locator(".items-grid")).toHaveAttribute("aria-readonly", "true");
  await cell(reader.page, "R-001", "title").dblclick();
  await reader.page.keyboard.press("F2");
  await reader.page.keyboard.press("Delete");
  await reader.type("x");
  await cell(reader.page, "R-001", "status").dblclick();
  await expect(reader.page.locator("#cell-field, .editor-menu")).toHaveCount(0);
  await expect(cell(reader.page, "R-001", "title")).toHaveText("扫码入库");
  await expect(cell(reader.page, "R-001", "status")).toHaveText("Draft");
  await leave();
});

test("rows are found, left out, grouped and copied", async () => {
  const { server, demo } = await Countersign.withDemo();
  const who = demo.people[0]!;
  const person = await Person.arrive(who.name, server, { locale: "en" });
  const { page } = person;
  await person.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await enter(person, who.login_url);
  const shown = demo.documents.find(({ kind }) => kind === "requirement_document")!;
  await page.goto(`/documents/${shown.id}`);
  await untilEditable(page);
  await toTable(page);
  const all = await numbers(page);
  expect(all.length).toBeGreaterThan(5);
  await expect(page.locator(".group-row").first()).toBeVisible();

  await page.locator('[data-filter="kind"]').selectOption("requirement");
  await expect.poll(async () => (await numbers(page)).every((number) => number.startsWith("R-"))).toBe(true);
  await expect(page.locator(".table-count")).toHaveText(/^\d+ of \d+$/);
  await page.locator('[data-filter="group"]').selectOption("priority");
  await expect(page.locator(".group-row").first()).toContainText("Must");
  await until("the address to say both", () => /kind=requirement/.test(page.url()) && /group=priority/.test(page.url()));
  const link = page.url();
  await page.locator("#table-filter").fill("nobody wrote this");
  await expect(page.locator(".table-empty")).toBeVisible();
  await page.locator(".table-empty [data-act=clear]").click();
  await expect.poll(() => numbers(page)).toHaveLength(all.length);

  // A link shows what its sender saw.
  await page.goto(link);
  await expect(page.locator(".group-row").first()).toContainText("Must");
  await expect(page.locator('[data-filter="kind"]')).toHaveValue("requirement");
  await expect(page.locator(".items-grid")).toHaveAttribute("aria-readonly", "false");
  const number = (await numbers(page))[0]!;
  await write(page, cell(page, number, "owner"), "=HYPERLINK(1)");
  await page.locator("[data-act=copy]").click();
  await expect(page.locator("[data-act=copy]")).toContainText("Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split("\n")[0]).toMatch(/^No\.\tTitle\tKind\t/);
  expect(copied).toContain("\t'=HYPERLINK(1)\t");
  const html = await page.evaluate(async () => {
    const [copy] = await navigator.clipboard.read();
    return (await copy!.getType("text/html")).text();
  });
  expect(html).toContain("<table>");
  await cell(page, number, "title").focus();
  const title = await cell(page, number, "title").textContent();
  await page.keyboard.press("Control+c");
  await until("the cell to be copied", async () => (await page.evaluate(() => navigator.clipboard.readText())) === title);
  person.expectNoComplaints();
  await person.leave();
  await server.stop();
});

test("on a phone number and title stay in sight, everything can be touched, and nothing overflows", async () => {
  const { pm, other: client, leave } = await pairIn("note", "client", { viewport: PHONE });
  await makeItems(pm, ["扫码入库，支持 PDA 与手机两种方式", "离线可用"]);
  const { page } = client;
  await page.locator(".bottom-view").click();
  await expect(page.locator(".items-grid")).toBeVisible();
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(sideways).toBeLessThanOrEqual(0);
  const title = cell(page, "R-001", "title");
  const before = (await title.boundingBox())!;
  await page.locator(".table-scroll").evaluate((grid) => grid.scrollTo({ left: 400 }));
  expect((await title.boundingBox())!.x).toBe(before.x);
  for (const touched of [title, cell(page, "R-001", "number").locator(".num"), page.locator(".bottom-view"), page.locator("#table-filter"), page.locator(".table-bars"), page.locator("[data-act=copy]")]) {
    const box = (await touched.boundingBox())!;
    expect(Math.min(box.width, box.height), await touched.evaluate((node) => node.outerHTML.slice(0, 80))).toBeGreaterThanOrEqual(44);
  }
  await write(page, title, "扫码入库");
  await expect(item(pm.page, "R-001").locator(".item-title")).toHaveText("扫码入库");
  await cell(page, "R-002", "number").locator(".num").click();
  await expect(item(page, "R-002")).toBeInViewport();
  await leave();
});

test("two hundred items stay quick: a change redraws its own row, and a key is drawn within a few frames", async () => {
  const { pm, other: client, leave } = await pairIn("note", "client");
  const { page } = pm;
  const section = (at: number) => `<section data-item="p${at}" data-kind="requirement"><h3 data-part="title">需求 ${at}</h3></section>`;
  const pasted = Array.from({ length: 200 }, (_, at) => section(at)).join("");
  await page.locator("section.part > p").first().click({ position: { x: 5, y: 5 }, timeout: 9_000 });
  await page.locator(".ProseMirror").evaluate((node, html) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", html);
    node.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, pasted);
  await expect(page.locator("section.item")).toHaveCount(200);
  await expect(page.locator("section.item .num.is-new")).toHaveCount(0);
  await toTable(page);
  await expect(page.locator(".items-grid tbody .num")).toHaveCount(200);
  await page.evaluate(() => {
    const touched = new Set<Node>();
    const grid = document.querySelector(".items-grid tbody")!;
    new MutationObserver((records) => {
      for (const { target } of records) touched.add((target instanceof Element ? target : target.parentElement)?.closest("tr") ?? grid);
    }).observe(grid, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { touched });
  });
  await caretToEnd(item(client.page, "R-100").locator(".item-title"));
  await client.type("!");
  await expect(cell(page, "R-100", "title")).toContainText("!");
  expect(await page.evaluate(() => (window as unknown as { touched: Set<Node> }).touched.size), "rows drawn anew").toBe(1);

  // From the key to the frame that shows it, over all rows.
  await cell(page, "R-001", "title").focus();
  const slow = await page.evaluate(async () => {
    const took: number[] = [];
    for (let at = 0; at < 60; at++) {
      const began = performance.now();
      document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
      await Promise.resolve();
      took.push(performance.now() - began);
    }
    return took.sort((a, b) => a - b)[54]!;
  });
  console.log(`a key in a table of 200: p90 ${slow.toFixed(1)} ms`);
  expect(slow).toBeLessThan(16);
  await leave();
});
