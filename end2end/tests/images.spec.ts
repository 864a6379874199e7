// An image in the text, with two people at it: chosen, pasted and dropped, captioned by both, resized, described, moved
// out of sight and back, refused with a sentence each person can read, and on a phone.
import { type Page, expect, test } from "@playwright/test";
import { pairIn } from "../steps/pair.ts";
import { caretToEnd, paragraphOf, state, untilEditable } from "../steps/paper.ts";
import type { Person } from "../steps/person.ts";
import { bomb, png } from "../steps/png.ts";
import { until, untilEqual } from "../steps/until.ts";

interface Shown {
  caption: string;
  alt: string;
  width: string;
  /** The browser has drawn it. */
  drawn: boolean;
}

function images(page: Page): Promise<Shown[]> {
  return page.locator("figure.image").evaluateAll((figures) =>
    figures.map((figure) => {
      const copy = figure.querySelector("figcaption")!.cloneNode(true) as Element;
      for (const extra of copy.querySelectorAll(".remote, .caret, .pending, .ProseMirror-widget, br")) extra.remove();
      const img = figure.querySelector("img")!;
      return { caption: copy.textContent ?? "", alt: img.alt, width: figure.getAttribute("data-width") ?? "", drawn: img.complete && img.naturalWidth > 0 };
    }),
  );
}

const same = (one: Person, two: Person): Promise<Shown[]> => untilEqual("both to see the same images", async () => [await images(one.page), await images(two.page)]);
const untilShown = (page: Page, count: number): Promise<unknown> => until(`${count} images to be drawn`, async () => {
  const shown = await images(page);
  return shown.length === count && shown.every(({ drawn }) => drawn);
});

interface File {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const picture = (name: string, width = 640, height = 400): File => ({ name, mimeType: "image/png", buffer: png(width, height) });

async function emptyLine(person: Person, role = "background"): Promise<void> {
  await caretToEnd(paragraphOf(person.page, role));
  await person.page.keyboard.press("Enter");
  await person.page.keyboard.press("Backspace");
}

/** By the menu and the browser's own dialog. */
async function choose(person: Person, files: File[]): Promise<void> {
  const chooser = person.page.waitForEvent("filechooser");
  await person.type("/image");
  await person.page.keyboard.press("Enter");
  await (await chooser).setFiles(files);
}

/** As the clipboard or the mouse brings it. */
async function bring(page: Page, how: "paste" | "drop", given: { files?: File[]; html?: string }, at?: { x: number; y: number }): Promise<void> {
  const files = (given.files ?? []).map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
  await page.evaluate(
    ({ how, files, html, at }) => {
      const data = new DataTransfer();
      for (const { name, mimeType, base64 } of files) data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type: mimeType }));
      if (html !== undefined) data.setData("text/html", html);
      const init = { bubbles: true, cancelable: true };
      const editor = document.querySelector(".ProseMirror")!;
      if (how === "paste") editor.dispatchEvent(new ClipboardEvent("paste", { ...init, clipboardData: data }));
      else editor.dispatchEvent(new DragEvent("drop", { ...init, dataTransfer: data, clientX: at?.x ?? 0, clientY: at?.y ?? 0 }));
    },
    { how, files, html: given.html, at },
  );
}

const toast = (page: Page) => page.locator(".toast");

test("two people bring, caption, resize and describe an image; all of it is there after reloading", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  await emptyLine(pm);
  await choose(pm, [picture("首页.png")]);
  await Promise.all([untilShown(pm.page, 1), untilShown(other.page, 1)]);
  await expect(pm.page.locator(".image-upload")).toHaveCount(0);
  expect((await images(pm.page))[0]).toMatchObject({ caption: "", alt: "", width: "90" });

  // Both write the caption, one through an input method.
  await pm.page.locator("figcaption").click();
  await pm.composeWord("shouye", "首页");
  await same(pm, other);
  await other.page.locator("figcaption").click();
  await other.page.keyboard.press("End");
  await other.type(" draft");
  await pm.page.keyboard.press("Home");
  await pm.type("新");
  expect((await same(pm, other))[0]!.caption).toBe("新首页 draft");

  // Width by the mouse and by keys; the words by the form.
  const grip = pm.page.locator(".image-grip");
  await pm.page.locator(".image-box").hover();
  const box = (await grip.boundingBox())!;
  await pm.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await pm.page.mouse.down();
  await pm.page.mouse.move(box.x - 150, box.y + box.height / 2, { steps: 5 });
  await pm.page.mouse.up();
  const dragged = Number((await same(pm, other))[0]!.width);
  expect(dragged).toBeLessThan(70);
  await grip.focus();
  await pm.page.keyboard.press("ArrowLeft");
  expect((await same(pm, other))[0]!.width).toBe(String(dragged - 5));
  await pm.page.keyboard.press("Control+z");
  await other.page.locator(".image-box").click();
  await other.page.keyboard.press("Alt+Shift+ArrowRight");
  await other.page.keyboard.press("Alt+Enter");
  await other.page.locator(".editor-dialog input").fill("The new front page");
  await other.page.keyboard.press("Enter");
  expect((await same(pm, other))[0]!.alt).toBe("The new front page");

  const before = await same(pm, other);
  await until("all of it to be on the server", async () => (await state(pm.page)).save === "server");
  await pm.page.reload();
  await untilEditable(pm.page);
  await untilShown(pm.page, 1);
  expect(await images(pm.page)).toEqual(before);

  // Removed by a key, and back by undo.
  await pm.page.locator(".image-box").click();
  await pm.page.keyboard.press("Delete");
  await expect(other.page.locator("figure.image")).toHaveCount(0);
  await pm.page.keyboard.press("Control+z");
  expect(await same(pm, other)).toEqual(before);
  await leave();
});

test("images are pasted and dropped, several at once and out of foreign markup, where others write meanwhile", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  await emptyLine(pm);
  await bring(pm.page, "paste", { files: [picture("a.png", 72, 72), picture("b.png", 144, 72), picture("c.png", 216, 72)] });
  await other.page.locator(".doc-title").click();
  await other.type("新的");
  await Promise.all([untilShown(pm.page, 3), untilShown(other.page, 3)]);
  expect((await same(pm, other)).map(({ width }) => width)).toEqual(["10", "20", "30"]);

  const target = paragraphOf(pm.page, "goals");
  await target.scrollIntoViewIfNeeded();
  const { x, y, height } = (await target.boundingBox())!;
  await bring(pm.page, "drop", { files: [picture("d.png", 300, 100)] }, { x: x + 20, y: y + height / 2 });
  await untilShown(other.page, 4);
  await expect(other.page.locator('[data-role="goals"] figure.image')).toHaveCount(1);

  // From Google Docs: bytes in the address; from elsewhere: an address we do not follow.
  await emptyLine(pm, "constraints");
  const html = `<p>前文<img alt="示意" src="data:image/png;base64,${png(60, 60).toString("base64")}"></p><p>后文<img src="https://elsewhere.example/track.png"></p>`;
  await bring(pm.page, "paste", { html });
  await expect(toast(pm.page)).toContainText("有的图片无法带过来");
  await untilShown(other.page, 5);
  expect((await same(pm, other)).map(({ alt }) => alt)).toContain("示意");
  const stored = await other.page.locator("figure.image img").evaluateAll((all) => all.map((img) => img.getAttribute("src")!));
  for (const address of stored) expect(address).toMatch(/^\/documents\/\w+\/images\/\w+$/);
  await leave();
});

test("what cannot be taken is said in the language of whoever brought it, and nothing half-done stays", async () => {
  const { pm, other, leave } = await pairIn("requirement_document");
  const svg = { name: "x.svg", mimeType: "image/svg+xml", buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>window.hit=1</script></svg>') };
  const large = { name: "huge.png", mimeType: "image/png", buffer: Buffer.alloc(20 * 1024 * 1024 + 1) };
  const heavy = { name: "bomb.png", mimeType: "image/png", buffer: bomb() };
  await emptyLine(pm);
  await emptyLine(other, "goals");
  for (const [file, chinese, english] of [
    [svg, "只能插入 PNG、JPEG、GIF 或 WebP 图片", "Only PNG, JPEG, GIF and WebP images can be inserted"],
    [large, "图片超过 20 MB", "larger than 20 MB"],
    [heavy, "图片超过 4000 万像素", "more than 40 megapixels"],
  ] as const) {
    await bring(pm.page, "paste", { files: [file] });
    await expect(toast(pm.page)).toContainText(chinese);
    await bring(other.page, "paste", { files: [file] });
    await expect(toast(other.page)).toContainText(english);
  }
  await other.goOffline();
  await bring(other.page, "paste", { files: [picture("a.png")] });
  await expect(toast(other.page)).toContainText("Images need a connection");
  await expect(other.page.locator(".image-upload, figure.image")).toHaveCount(0);
  await other.comeBack();
  await bring(other.page, "paste", { files: [picture("a.png")] });
  await Promise.all([untilShown(other.page, 1), untilShown(pm.page, 1)]);
  await leave();
});

test("a reader sees images and can change nothing about them; one that is not there says so", async () => {
  const { pm, other, leave } = await pairIn("requirement_document", "reader");
  await emptyLine(pm);
  await choose(pm, [picture("a.png")]);
  await untilShown(other.page, 1);
  await expect(other.page.locator(".image-grip, .image-alt").first()).toBeHidden();
  await other.context.route(/\/images\//, (route) => route.fulfill({ status: 404 }));
  // Kept images would be shown from the browser's own store.
  await other.page.route("**/*", (route) => (/\/images\//.test(route.request().url()) ? route.fulfill({ status: 404, headers: { "cache-control": "no-store" } }) : route.continue()));
  await other.page.reload();
  await expect(other.page.locator(".image-missing")).toContainText("This image cannot be shown");
  await leave();
});

test("on a phone an image fits the page, and the place of one is kept before it arrives", async () => {
  const { pm, other, leave } = await pairIn("requirement_document", "client", { viewport: { width: 390, height: 844 } });
  await caretToEnd(paragraphOf(other.page, "background"));
  const chooser = other.page.waitForEvent("filechooser");
  await other.page.locator('[data-tab="insert"]').click();
  await other.page.locator('.insert-kind[data-kind="image"]').click();
  await (await chooser).setFiles([picture("wide.png", 1_600, 900)]);
  await Promise.all([untilShown(pm.page, 1), untilShown(other.page, 1)]);
  expect(await other.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await until("all of it to be on the server", async () => (await state(other.page)).save === "server");
  await other.page.addInitScript(() => {
    const seen = { shifted: 0 };
    (window as unknown as { seen: typeof seen }).seen = seen;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) seen.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await other.page.reload();
  await untilEditable(other.page);
  await untilShown(other.page, 1);
  expect(await other.page.evaluate(() => (window as unknown as { seen: { shifted: number } }).seen.shifted)).toBeLessThan(0.02);
  await other.page.locator(".image-box").tap().catch(() => other.page.locator(".image-box").click());
  await expect(other.page.locator(".image-alt")).toBeVisible();
  await leave();
});
