// The whole way of a client: a link, a phone, a train, a server that is replaced meanwhile, and the end of it.
import { type Page, expect, test } from "@playwright/test";
import { createDocument, createProject, enter, invite, revoke, setUp } from "../steps/app.ts";
import { caretToEnd, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";
import { until } from "../steps/until.ts";

const answersKept = (page: Page): Promise<number> =>
  page.evaluate(async () => (await (await caches.open("countersign-answers-1")).keys()).length);

// I1 I2 I4 I8
test("invited by link, written offline in two documents while the server is replaced, back again, and taken out", async () => {
  const server = await Countersign.fresh();
  const pm = await Person.arrive("王敏", server, { locale: "zh-CN" });
  await setUp(pm, await server.setupLink(), "王敏");
  const project = await createProject(pm, "云仓", "华通");
  const first = await createDocument(pm, project, "requirement_document", "云仓需求");
  const second = await createDocument(pm, project, "meeting_notes", "启动会");
  const link = await invite(pm, project, "李娜", "client");

  const phone = await Person.arrive("李娜", server, { locale: "zh-CN", viewport: { width: 390, height: 844 } });
  await enter(phone, link);
  await until("the worker to have taken over", () => phone.page.evaluate(() => navigator.serviceWorker?.controller !== null));
  for (const address of [first, second]) {
    await phone.page.goto(address);
    await untilEditable(phone.page);
  }
  await phone.page.goto(project);
  await until("what was seen to be kept", async () => (await answersKept(phone.page)) >= 3);
  await until("the shell to be kept", () => phone.page.evaluate(async () => (await caches.match("/shell")) !== undefined));

  // The phone is in a tunnel; every page is closed and opened again.
  await phone.goOffline();
  const train = await phone.context.newPage();
  await phone.page.close();
  for (const [address, words] of [[first, "在火车上写的"], [second, "会上要问预算"]] as const) {
    await train.goto(address);
    await untilEditable(train);
    await caretToEnd(train.locator(".ProseMirror p").last());
    for (const letter of words) await train.keyboard.type(letter);
    await until("it to be on this device", async () => (await state(train)).save === "offline");
  }

  // At the desk the same line is written in, and the server is stopped and started again.
  await pm.page.goto(first);
  await untilEditable(pm.page);
  await caretToEnd(pm.page.locator(".ProseMirror p").last());
  await pm.type("桌前写的");
  await until("it to be on the server", async () => (await state(pm.page)).save === "server");
  expect(await server.terminate()).toBe(0);
  await server.serve();
  await until("the desk to be back", async () => (await state(pm.page)).save === "server");

  await train.goto(first);
  await untilEditable(train);
  await phone.comeBack();
  for (const page of [pm.page, train]) {
    await expect(page.locator(".ProseMirror")).toContainText("在火车上写的");
    await expect(page.locator(".ProseMirror")).toContainText("桌前写的");
  }
  await until("all of it to be on the server", async () => (await state(train)).save === "server");
  // The other one arrives from the list, without being opened.
  await train.goto(project);
  await expect(train.locator(".document-line .chip.warn")).toHaveCount(0);
  await pm.page.goto(second);
  await expect(pm.page.locator("article[data-doc]")).toContainText("会上要问预算");

  // Taken out: what is on the phone can be read, and what is written there reaches nobody.
  await train.goto(first);
  await untilEditable(train);
  await revoke(pm, project, "李娜");
  await expect(train.locator('.ProseMirror[contenteditable="true"]')).toHaveCount(0);
  await expect(train.locator(".ProseMirror")).toContainText("在火车上写的");
  await train.screenshot({ path: "results/looks/taken-out-390.png" });
  await paragraphOf(train, "background").click({ force: true });
  await train.keyboard.type("没有人看到");
  await pm.page.goto(first);
  await untilEditable(pm.page);
  await caretToEnd(paragraphOf(pm.page, "goals"));
  await pm.type("还在写");
  await until("it to be on the server", async () => (await state(pm.page)).save === "server");
  await expect(pm.page.locator(".ProseMirror")).not.toContainText("没有人看到");
  pm.expectNoComplaints();
  for (const one of [pm, phone]) await one.leave();
  await server.stop();
});
