// The browser's side of safety: a device without room, a server without room, a long time away, a program that breaks.
// I8: whatever happens, the chip never says "saved" of text that is not.
import { type Page, expect, test } from "@playwright/test";
import { enter } from "../steps/app.ts";
import { caretToEnd, linesOnScreen, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import { Person } from "../steps/person.ts";
import { Countersign, type Demo } from "../steps/server.ts";
import { until, untilEqual } from "../steps/until.ts";

/** The store is tried again after 15 s; then a snapshot is written. */
const TRIED_AGAIN_MS = 30_000;
/** More changes than a device keeps one by one. */
const LINES_AWAY = 520;

let server: Countersign;
let demo: Demo;
let person: Person;
let address: string;

test.beforeEach(async () => {
  ({ server, demo } = await Countersign.withDemo());
  const who = demo.people[0]!;
  address = `/documents/${demo.documents[0]!.id}`;
  person = await Person.arrive(who.name, server, { locale: "en" });
  await enter(person, who.login_url);
});
test.afterEach(async () => {
  await person.leave();
  await server.stop();
});

test("a device without room is said, claims nothing, and catches up when there is room", async () => {
  await person.page.addInitScript(fillDevice);
  await person.page.goto(address);
  await untilEditable(person.page);
  await caretToEnd(paragraphOf(person.page, "background"));
  await setRoom(person.page, false);
  await person.type(" Written to the server alone.");
  await expect(person.page.locator(".banner.warn")).toBeVisible();
  await expect.poll(async () => (await state(person.page)).unsaved).toBe(0);
  expect((await state(person.page)).save).toBe("server");

  await person.goOffline();
  await person.type(" Nowhere but in this page.");
  await expect.poll(async () => (await state(person.page)).save).toBe("unsaved");
  await setRoom(person.page, true);
  await expect.poll(async () => (await state(person.page)).save, { timeout: TRIED_AGAIN_MS }).toBe("offline");
  await expect(person.page.locator(".banner.warn")).toHaveCount(0);
  await person.comeBack();
  await expect.poll(async () => (await state(person.page)).save, { timeout: TRIED_AGAIN_MS }).toBe("server");
  expect((await linesOnScreen(person.page)).join("\n")).toContain("server alone. Nowhere but in this page.");
});

test("a server without room says so, loses nothing, and goes on by itself when there is room", async () => {
  await person.page.goto(address);
  await untilEditable(person.page);
  await caretToEnd(paragraphOf(person.page, "background"));
  await person.type(" While there is room.");
  await expect.poll(async () => (await state(person.page)).unsaved).toBe(0);
  server.fillDisk();
  await person.type(" While there is none.");
  const banner = person.page.locator(".banner.warn");
  await expect(banner).toContainText("The server cannot save at the moment");
  expect((await state(person.page)).save).not.toBe("server");
  await person.page.reload();
  await untilEditable(person.page);
  await expect(banner).toContainText("The server cannot save at the moment");
  server.makeRoom();
  await expect.poll(async () => (await state(person.page)).save, { timeout: TRIED_AGAIN_MS }).toBe("server");
  await expect(banner).toHaveCount(0);
  await server.kill9();
  await server.serve();
  await person.page.reload();
  expect((await linesOnScreen(person.page)).join("\n")).toContain("While there is room. While there is none.");
});

test("five hundred changes away from the network become one snapshot, and all of them arrive", async () => {
  await person.page.goto(address);
  await untilEditable(person.page);
  await caretToEnd(paragraphOf(person.page, "background"));
  await person.goOffline();
  for (let line = 1; line <= LINES_AWAY; line++) {
    await person.page.keyboard.press("Enter");
    await person.page.keyboard.type(`${line}`);
  }
  await expect.poll(async () => (await state(person.page)).save).toBe("offline");
  await until("one snapshot in place of hundreds of changes", async () => {
    const { changes, snapshots } = await chunksOnDevice(person.page);
    return snapshots > 0 && changes < LINES_AWAY / 2;
  });
  await person.comeBack();
  await expect.poll(async () => (await state(person.page)).save, { timeout: TRIED_AGAIN_MS }).toBe("server");
  const before = await linesOnScreen(person.page);
  expect(before.filter((line) => /^\d+$/.test(line)).map(Number)).toEqual(
    Array.from({ length: LINES_AWAY }, (_, at) => at + 1),
  );
  const fresh = await person.context.newPage();
  await fresh.goto(address);
  await untilEditable(fresh);
  await untilEqual("a fresh page to show the same", async () => [before, await linesOnScreen(fresh)]);
});

test("what is being composed is never called saved", async () => {
  await person.page.goto(address);
  await untilEditable(person.page);
  await caretToEnd(paragraphOf(person.page, "background"));
  await expect.poll(async () => (await state(person.page)).save).toBe("server");
  const { heads } = await state(person.page);
  await watchClaims(person.page, "hui|会签");
  await person.composeWord("hui", "会签");
  await until("the word to become a change", async () => (await state(person.page)).heads !== heads);
  const claims = await person.page.evaluate(() => (window as Watched).claims ?? []);
  expect(claims.length).toBeGreaterThan(0);
  // On the screen and part of no change yet: neither the page's account nor the chip may claim it.
  const false_ = claims.filter((claim) => claim.heads === heads && (claim.save !== "unsaved" || claim.chip !== "unsaved"));
  expect(false_).toEqual([]);
});

test("what an input method has put on the screen is kept when the page is left", async () => {
  await person.page.goto(address);
  await untilEditable(person.page);
  await caretToEnd(paragraphOf(person.page, "background"));
  await person.composeWord("hui", "会签");
  await person.compose(["h", "hao"]);
  await person.page.locator(".crumbs a").first().click();
  await expect(person.page).not.toHaveURL(new RegExp(address));
  await person.page.goto(address);
  await untilEditable(person.page);
  const lines = (await linesOnScreen(person.page)).join("\n");
  expect(lines).toContain("会签");
  expect(lines).toMatch(/会签hao/);
});

test("a program that breaks says so, takes no more text, and a reload has everything", async () => {
  await person.page.goto(address);
  await untilEditable(person.page);
  await caretToEnd(paragraphOf(person.page, "background"));
  await person.type(" Safe.");
  await expect.poll(async () => (await state(person.page)).unsaved).toBe(0);
  // Nothing we know of breaks it, so the ground is taken away: no random numbers for a new item.
  await person.page.evaluate(() => {
    crypto.getRandomValues = () => {
      throw new Error("taken away by the test");
    };
  });
  await person.page.locator(".insert-kind").first().click();
  await expect(person.page.locator("#program-stopped")).toBeVisible();
  await expect(person.page.locator('.ProseMirror[contenteditable="true"]')).toHaveCount(0);
  await person.page.locator("#program-stopped a").click();
  await untilEditable(person.page);
  expect((await linesOnScreen(person.page)).join("\n")).toContain(" Safe.");
});

/** Runs in the page: while there is no room every write is undone by the browser, as at a quota. */
function fillDevice(): void {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...args: Parameters<typeof put>) {
    const request = put.apply(this, args);
    if ((window as { full?: boolean }).full) this.transaction.abort();
    return request;
  };
}

function setRoom(page: Page, room: boolean): Promise<void> {
  return page.evaluate((full) => {
    (window as { full?: boolean }).full = full;
  }, !room);
}

/** What this device's store holds, of all documents. */
function chunksOnDevice(page: Page): Promise<{ changes: number; snapshots: number }> {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const names = (await indexedDB.databases()).map(({ name }) => name ?? "");
    const name = names.find((one) => one.startsWith("countersign/"));
    if (name === undefined) return { changes: 0, snapshots: 0 };
    const database = await settled(indexedDB.open(name));
    const keys = await settled(database.transaction("chunks").objectStore("chunks").getAllKeys());
    database.close();
    const count = (kind: string) => keys.filter((key) => Array.isArray(key) && key[1] === kind).length;
    return { changes: count("change"), snapshots: count("snapshot") };
  });
}

type Watched = Window & { claims?: { save: string; chip: string; heads: string }[] };

/** Notes, whenever the page changes while text like `pattern` stands in it, what is claimed of it. */
function watchClaims(page: Page, pattern: string): Promise<void> {
  return page.evaluate((pattern) => {
    const claims: { save: string; chip: string; heads: string }[] = [];
    (window as Watched).claims = claims;
    const root = document.querySelector("[data-save-state]") as HTMLElement;
    const chip = document.querySelector(".save-chip") as HTMLElement;
    const look = () => {
      if (!new RegExp(pattern).test(root.textContent ?? "")) return;
      const { saveState: save = "", heads = "" } = root.dataset;
      claims.push({ save, chip: chip.dataset["save"] ?? "", heads });
    };
    const everything = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver(look).observe(document.body, everything);
    // A person sees frames, not mutations.
    const frame = () => {
      look();
      requestAnimationFrame(frame);
    };
    frame();
  }, pattern);
}
