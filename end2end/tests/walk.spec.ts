// The whole journey in one test: two people write one requirement document through a lost
// network and a killed server, and in the end everybody holds every character.
import { expect, test } from "@playwright/test";
import { createDocument, createProject, enter, invite, setUp } from "../steps/app.ts";
import { caretToEnd, caretToStart, linesOnScreen, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign } from "../steps/server.ts";
import { StockClient } from "../steps/stock_client.ts";
import { until, untilEqual } from "../steps/until.ts";

const PM = "王敏";
const CLIENT = "Li Wei";

test("two people write one requirement document, and no keystroke is lost", async () => {
  const server = await Countersign.fresh({ COUNTERSIGN_LOG: "debug" });
  const pm = await Person.arrive(PM, server, { locale: "zh-CN" });
  await setUp(pm, await server.setupLink(), PM);
  const project = await createProject(pm, "订单系统升级", "华新贸易");
  const link = await invite(pm, project, CLIENT, "client");
  const address = await createDocument(pm, project, "requirement_document", "订单系统需求");

  const client = await Person.arrive(CLIENT, server, { locale: "en" });
  await enter(client, link);
  await client.page.goto(address);
  await untilEditable(pm.page);
  await untilEditable(client.page);

  // Both in one paragraph: the PM through an input method, the client on the keyboard.
  const pmParagraph = paragraphOf(pm.page, "background");
  await caretToEnd(pmParagraph);
  await pm.composeWord("xian", "现");
  await until("the client to see what the PM wrote", async () =>
    (await linesOnScreen(client.page)).some((line) => line.endsWith("现")),
  );
  await caretToStart(paragraphOf(client.page, "background"));
  await expect(pm.page.locator(`.caret[data-name="${CLIENT}"]`)).toBeVisible();
  await expect(client.page.locator(`.caret[data-name="${PM}"]`)).toBeVisible();

  await pm.compose(["z", "zhi", "zhid"]);
  await client.type("Orders are taken by phone today. ");
  await pm.compose(["zhidan", "zhidanx"]);
  await client.type("This takes 20 minutes each. ");
  await pm.choose("制单需要二十分钟");
  await Promise.all([
    (async () => {
      await pm.composeWord("douhao", "，");
      await pm.composeWord("erqie", "而且");
      await pm.composeWord("jingchang", "经常出错𠮷");
    })(),
    client.type("We want it online. "),
  ]);
  const english = "Orders are taken by phone today. This takes 20 minutes each. We want it online. ";
  const chinese = "现制单需要二十分钟，而且经常出错𠮷";
  await untilEqual("both screens to show both sentences", async () => [
    await linesOnScreen(pm.page),
    await linesOnScreen(client.page),
  ]);
  const together = (await linesOnScreen(pm.page)).find((line) => line.includes(english));
  expect(together, "one paragraph holds both").toContain(chinese);

  // The client loses the network and keeps writing; the PM writes on; the server is killed.
  await client.goOffline();
  await caretToEnd(paragraphOf(client.page, "background"));
  await client.page.keyboard.press("Enter");
  await client.type("Written on the train without a network.");
  await expect.poll(async () => (await state(client.page)).unsaved).toBeGreaterThan(0);
  expect((await state(client.page)).save, "I8: offline is not called saved").not.toBe("server");

  await caretToEnd(paragraphOf(pm.page, "goals"));
  await pm.page.keyboard.press("Enter");
  const writing = pm.type("Before, during and after the server is gone, the PM keeps typing here.");
  await until("the PM's sentence to begin", async () =>
    (await linesOnScreen(pm.page)).some((line) => line.startsWith("Before")),
  );
  await server.kill9();
  await writing;
  await pm.composeWord("duandian", "断电之后");
  await client.type(" 断网时写的。");
  await server.serve();
  await client.comeBack();

  for (const person of [pm, client]) {
    await expect.poll(async () => (await state(person.page)).unsaved, { timeout: 30_000 }).toBe(0);
  }
  const token = server.token(PM, project.split("/").at(-1) ?? "");
  await compareEverywhere(server, token, [pm, client], address, [
    english,
    chinese,
    "Written on the train without a network. 断网时写的。",
    "Before, during and after the server is gone, the PM keeps typing here.断电之后",
  ]);
  pm.expectNoComplaints();
  client.expectNoComplaints();
  await Promise.all([pm.leave(), client.leave()]);
  await server.stop();
  expect(server.log, "the log tells of every opened room").toContain("room opened");
  for (const words of ["订单系统", "制单", "断电", "taken by phone", "on the train", "keeps typing"]) {
    expect(server.log, "the log quotes no document").not.toContain(words);
  }
});

/** Both screens, a stock client and a page that was never open before, all from the restarted server. */
async function compareEverywhere(
  server: Countersign,
  token: string,
  people: Person[],
  address: string,
  sentences: string[],
): Promise<void> {
  const documentId = address.split("/").at(-1) ?? "";
  const stock = await StockClient.open(server, token, documentId);
  await server.kill9();
  await server.serve();
  const fresh = await people[0]!.context.newPage();
  await fresh.goto(address);
  await untilEditable(fresh);
  const lines = await untilEqual(
    "both screens, a stock client and a fresh page to hold the same text",
    async () => [
      ...(await Promise.all(people.map((person) => linesOnScreen(person.page)))),
      await linesOnScreen(fresh),
      stock.lines(),
    ],
    30_000,
  );
  const text = lines.join("\n");
  for (const sentence of sentences) {
    expect(text.split(sentence).length - 1, `“${sentence}” stands there once`).toBe(1);
  }
  await stock.close();
}
