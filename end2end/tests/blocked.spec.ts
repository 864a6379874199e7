// SPEC: W11 W12. Somebody whose network lets no WebSocket through, or holds streams back as well,
// writes with everybody else, goes offline and survives the server like everybody else.
import { expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { type Habit, Middlebox } from "../steps/middlebox.ts";
import { caretToEnd, linesOnScreen, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign, type Demo } from "../steps/server.ts";
import { until, untilEqual } from "../steps/until.ts";

const DOWN: Record<Habit, string> = {
  "refuses sockets": "/sync/tunnel/events",
  "refuses sockets and holds streams back": "/sync/tunnel/answers",
};

let server: Countersign;
let demo: Demo;
let people: Person[] = [];
let middlebox: Middlebox;

test.beforeEach(async () => {
  ({ server, demo } = await Countersign.withDemo());
});

test.afterEach(async () => {
  await Promise.all(people.map((person) => person.leave()));
  people = [];
  await middlebox.close();
  await server.stop();
});

async function open(at: number, network?: Middlebox): Promise<Person> {
  const who = demo.people[at]!;
  const person = await Person.arrive(who.name, server, { through: network?.port });
  people.push(person);
  await enter(person, who.login_url);
  await person.page.goto(`/documents/${demo.documents[0]!.id}`);
  await untilEditable(person.page);
  return person;
}

async function same(): Promise<string> {
  const screens = () => Promise.all(people.map((person) => linesOnScreen(person.page)));
  return (await untilEqual("all screens to agree", screens)).join("\n");
}

async function saved(): Promise<void> {
  for (const person of people) {
    await expect.poll(async () => (await state(person.page)).unsaved, { timeout: 30_000 }).toBe(0);
  }
}

for (const [habit, down] of Object.entries(DOWN) as [Habit, string][]) {
  test(`a network that ${habit}`, async () => {
    middlebox = await Middlebox.before(server.port, habit);
    const office = await open(0, middlebox);
    const home = await open(1);
    await until("the way around", () => middlebox.seen.includes(down));
    await expect(home.page.locator(`.caret[data-name="${office.name}"]`)).toHaveCount(0);

    await caretToEnd(paragraphOf(office.page, "background"));
    await caretToEnd(paragraphOf(home.page, "expectations"));
    await Promise.all([office.type("从公司写来"), home.type("written at home")]);
    await expect(home.page.locator(`.caret[data-name="${office.name}"]`)).toBeAttached();
    await until("both to be there", async () => {
      const text = await same();
      return text.includes("从公司写来") && text.includes("written at home");
    });
    await saved();

    await office.goOffline();
    await office.type("，断网时");
    await home.type(", meanwhile");
    await office.comeBack();
    await until("what was written apart", async () => {
      const text = await same();
      return text.includes("从公司写来，断网时") && text.includes("at home, meanwhile");
    });

    const writing = office.type("，服务器停机时");
    await server.kill9();
    await writing;
    await server.serve();
    await until("what was written without a server", async () => (await same()).includes("断网时，服务器停机时"));
    await saved();
    for (const person of people) person.expectNoComplaints();
  });
}
