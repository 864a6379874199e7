// SPEC: D26
// Images as blocks: where they go, what keys do at them, what is copied and pasted, and where those on their way stand
// while others write.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { parseHTML } from "linkedom";
import { closeHistory, redo, undo } from "prosemirror-history";
import { NodeSelection, TextSelection } from "prosemirror-state";
import { ClipboardSerializer } from "../src/clipboard";
import { boundedAlt, boundedHead, nearestWidth } from "../src/image_bounds";
import { clipboardText } from "../src/markdown_write";
import { backspace, enter, forwardDelete, removeSelection, setBlock } from "../src/commands";
import { firstWidth, gapNear, imageAt, insertImage, placeForCaret, resizeImage, setImageAlt, setImageWidth } from "../src/image_commands";
import { dataFile, imageUnder } from "../src/image_store";
import { imageArrived, imagesWait, waitingPlaces } from "../src/image_uploads";
import { moveBy } from "../src/item_commands";
import { moveTo } from "../src/moving";
import { filesMeant, gapsAround, insertPasted, withoutPictures } from "../src/paste";
import { isPicture, pastedBlocks, type PastedNode } from "../src/paste_blocks";
import { filterEntries, slashEntries } from "../src/slash_entries";
import { IMAGES, NO_IMAGES } from "./no_images";
import { Oracle } from "./oracle";
import { Person } from "./person";
import { Replica } from "./replica";

const oracle = new Oracle();
after(() => oracle.close());

/** SHA-256 of nothing and of "a", as ids are written. */
export const ONE = "GKot5hBsd81kMupNCXHaqbhv3huEbxAFMLnpcX2hniwn";
const TWO = "EbqH3hjiwJV3jvXp8BMNsyTAGMdk2V8MbpYRYNbHYyxy";
const STORED = { image: ONE, width_px: 360, height_px: 200 };
const BODY = "s/s1/body";

function withImage(at = 3, caption = ""): Person {
  const person = new Person().caret(BODY, at);
  const { tr } = insertImage(person.state, placeForCaret(person.state), STORED, { alt: "", caption: caption === "" ? [] : [{ text: caption }] });
  person.dispatch(tr);
  return person;
}

function imagePos(person: { state: Person["state"] }): number {
  let found = -1;
  person.state.doc.descendants((node, pos) => {
    if (node.type.name === "image") found = pos;
    return found < 0;
  });
  return found;
}

function select(person: Person): Person {
  person.dispatch(person.state.tr.setSelection(NodeSelection.create(person.state.doc, imagePos(person))));
  return person;
}

function blank(html: string): HTMLElement {
  const { document } = parseHTML("<!doctype html><html><head></head><body></body></html>");
  document.body.innerHTML = html;
  return document.body as unknown as HTMLElement;
}

function read(html: string) {
  return pastedBlocks(blank(html) as unknown as PastedNode, NO_IMAGES.imageAt);
}

function lines(person: Person): string[] {
  return person.lines(BODY).filter((line) => !line.startsWith("item"));
}

test("an image goes behind the block with the caret, in place of an empty one, and is as wide as it is", () => {
  const person = withImage(3, "图一");
  assert.deepEqual(lines(person).slice(0, 3), ["paragraph: 第一段 one", "image: 图一", "paragraph: second 𠮷 段"]);
  assert.deepEqual(person.model.blocks(BODY)[1]!.width_pct, 50);
  const other = new Person().caret(BODY, 3);
  other.press(enter);
  const empty = other.lines(BODY).length;
  other.press(enter);
  const place = placeForCaret(other.state);
  other.dispatch(insertImage(other.state, place, STORED, { alt: "" }).tr);
  assert.equal(place.replacesBlank || other.lines(BODY).length > empty, true);
  assert.equal(firstWidth(72), 10);
  assert.equal(firstWidth(73), 10);
  assert.equal(firstWidth(2_560), 100);
});

test("keys leave an image an image: Enter goes on below, Backspace selects first, nothing merges into a caption", () => {
  const person = withImage(3, "图一");
  const caption = imagePos(person) + 1;
  const caret = (pos: number): void => person.dispatch(person.state.tr.setSelection(TextSelection.create(person.state.doc, pos)));
  caret(caption + 1);
  person.press(enter);
  assert.deepEqual(lines(person).slice(0, 4), ["paragraph: 第一段 one", "image: 图", "paragraph: 一", "paragraph: second 𠮷 段"]);
  person.press(backspace);
  assert.equal(person.state.selection instanceof NodeSelection, true, "selected before it goes");
  assert.deepEqual(lines(person).length, 4);
  caret(caption + 1);
  person.press(forwardDelete);
  assert.deepEqual(lines(person)[2], "paragraph: 一", "the next line stays");
  caret(caption);
  person.press(backspace);
  assert.equal((person.state.selection as NodeSelection).node.type.name, "image");
  assert.equal(person.press(setBlock("heading1")), false, "an image becomes nothing else");
  person.press(enter);
  assert.deepEqual(lines(person)[2], "paragraph: ");
  person.dispatch(closeHistory(person.state.tr));
  select(person).press(removeSelection);
  assert.equal(lines(person).some((line) => line.startsWith("image")), false);
  person.press(undo);
  assert.equal(lines(person)[1], "image: 图");
});

test("an image is resized by steps and named, one thing said at a time, and undone one at a time", () => {
  const person = select(withImage());
  person.press(resizeImage(1));
  person.press(resizeImage(1));
  assert.equal(person.model.blocks(BODY)[1]!.width_pct, 60);
  assert.notEqual(imageAt(person.state), null, "it stays selected");
  person.dispatch(setImageAlt(person.state.tr, imagePos(person), "  价格页\n截图 "));
  assert.equal(person.model.blocks(BODY)[1]!.alt, "价格页 截图");
  person.press(undo);
  person.press(undo);
  const { alt, width_pct } = person.model.blocks(BODY)[1]!;
  assert.deepEqual({ alt, width_pct }, { alt: "", width_pct: 55 });
  person.press(redo);
  assert.equal(person.model.blocks(BODY)[1]!.width_pct, 60);
  for (let more = 0; more < 12; more++) person.press(resizeImage(1));
  assert.equal(person.model.blocks(BODY)[1]!.width_pct, 100);
  person.dispatch(setImageWidth(person.state.tr, imagePos(person), 1));
  assert.equal(person.model.blocks(BODY)[1]!.width_pct, 10);
  assert.equal(boundedAlt(`${"a".repeat(499)}𠮷`).length, 499, "no half characters");
  assert.deepEqual([nearestWidth(-3), nearestWidth(52), nearestWidth(400)], [10, 50, 100]);
  assert.deepEqual(boundedHead({ image: ONE, alt: "", width_pct: 0, width_px: 1e9, height_px: NaN }), { image: ONE, alt: "", width_pct: 100, width_px: 2_560, height_px: 1 });
});

test("an image moves as one, by keys and by the handle", () => {
  const person = select(withImage(3, "图一"));
  person.press(moveBy(1));
  assert.deepEqual(lines(person).slice(0, 3), ["paragraph: 第一段 one", "paragraph: second 𠮷 段", "image: 图一"]);
  const target = person.state.doc.child(0).nodeSize + 1 + person.state.doc.child(1).child(0).nodeSize;
  person.dispatch(moveTo(person.state, imagePos(person), target)!);
  assert.equal(lines(person)[0], "image: 图一");
});

test("an image is copied as a figure and is the same one when it comes back", () => {
  const person = withImage(3, "图一");
  person.dispatch(setImageAlt(person.state.tr, imagePos(person), "价格页"));
  const slice = person.state.doc.slice(imagePos(person), imagePos(person) + person.state.doc.nodeAt(imagePos(person))!.nodeSize);
  const body = blank("");
  body.append(ClipboardSerializer.for(person.state.schema as never, NO_IMAGES).serializeFragment(slice.content, { document: body.ownerDocument }));
  const [img] = body.querySelectorAll("img");
  assert.deepEqual(["src", "alt", "width", "height"].map((name) => img!.getAttribute(name)), [`${IMAGES}/${ONE}`, "价格页", "360", "200"]);
  assert.match(body.innerHTML, /^<figure data-width="50"><img [^>]*><figcaption>图一<\/figcaption><\/figure>$/);
  assert.equal(clipboardText(slice.content, NO_IMAGES.address), `![价格页](${IMAGES}/${ONE})\n\n图一`);
  const [again] = read(body.innerHTML).blocks;
  assert.deepEqual(again, { type: "image", image: ONE, alt: "价格页", width_pct: 50, width_px: 360, height_px: 200, indent: 0, quote: false, runs: [{ text: "图一" }] });
  const other = new Person().caret(BODY, 3);
  other.dispatch(insertPasted(other.state, read(`<p>前</p>${body.innerHTML}<p>后</p>`).blocks, other.newId)!);
  assert.equal(lines(other).filter((line) => line === "image: 图一").length, 1);
});

test("pictures in foreign markup stand behind the block they were in, and are brought from their address alone", () => {
  const data = "data:image/png;base64,iVBORw0KGgo=";
  const { blocks } = read(`<p>一<img src="${data}" alt="甲">二</p><ul><li>三 <img src="https://elsewhere.example/x.png"></li></ul><table><tr><td>a<img src="${data}"></td><td>b</td></tr></table><p>四</p>`);
  assert.deepEqual(blocks.map((block) => (isPicture(block) ? `picture ${block.src.slice(0, 9)}` : block.type)), ["paragraph", "picture data:imag", "bullet", "picture https://e", "table", "picture data:imag", "paragraph"]);
  const divided = withoutPictures(blocks);
  assert.deepEqual(divided.pictures.map(({ behind }) => behind), [1, 2, 3]);
  assert.equal(divided.blocks.length, 4);
  assert.equal(dataFile(data)!.size, 8);
  assert.equal(dataFile(data)!.type, "image/png");
  for (const address of ["data:text/html;base64,aGk=", "data:image/png,raw", "https://x", "data:image/png;base64,!!"]) assert.equal(dataFile(address), null, address);
  for (const address of [`${IMAGES}/../../x`, `https://elsewhere.example${IMAGES}/${ONE}`, `${IMAGES}/${ONE}/x`, `${IMAGES}/<script>`]) assert.equal(imageUnder(IMAGES, address, "https://example.org"), null, address);
  assert.equal(imageUnder(IMAGES, `https://example.org${IMAGES}/${ONE}`, "https://example.org"), ONE);
});

test("files are meant when they stand alone, beside their own name or beside a picture of themselves", () => {
  const files = [{ name: "首页.png" }] as unknown as FileList;
  const meant = (html: string): number => filesMeant({ files }, read(html).blocks).length;
  assert.equal(filesMeant({ files }, null).length, 1);
  assert.equal(meant("<p>首页.png</p>"), 1, "from a window of files");
  assert.equal(meant('<img src="https://elsewhere.example/x.png">'), 1, "copied from a page");
  assert.equal(meant('<img src="data:image/png;base64,iVBORw0KGgo=">'), 0, "its address has the bytes");
  assert.equal(meant("<table><tr><td>a</td><td>b</td></tr></table>"), 0, "a spreadsheet brings a picture of its cells");
  assert.equal(meant("<p>words</p>"), 0);
  assert.equal(filesMeant({ files }, "too_large").length, 0);
});

test("of a picture that cannot be got the caption stays", () => {
  const { blocks, pictures } = withoutPictures(read('<p>前</p><figure><img src="https://elsewhere.example/a.png"><figcaption>图 1</figcaption></figure>').blocks);
  assert.deepEqual(blocks.map((block) => (block as { runs?: { text: string }[] }).runs?.[0]?.text), ["前", "图 1"]);
  assert.equal(pictures.length, 1, "and it is said that it is missing");
});

test("the gaps around pasted blocks are where pictures between them stood", () => {
  const person = new Person().caret(BODY, 3);
  const { blocks } = read("<p>前</p><h2>题</h2><p>后</p>");
  person.dispatch(insertPasted(person.state, blocks, person.newId)!);
  const gaps = gapsAround(person.state.doc, person.state.selection.to, blocks.length);
  const behind = gaps.map((gap) => person.state.doc.resolve(gap).nodeBefore?.textContent ?? "");
  assert.deepEqual(behind.slice(1, 3), ["第一前", "题"]);
});

test("what is pasted into a caption is its words", () => {
  const person = withImage(3, "图一");
  person.dispatch(person.state.tr.setSelection(TextSelection.create(person.state.doc, imagePos(person) + 3)));
  person.dispatch(insertPasted(person.state, read("<h2>题</h2><p>后</p>").blocks, person.newId)!);
  assert.equal(lines(person).filter((line) => line.startsWith("image")).length, 1);
  assert.equal(lines(person)[1], "image: 图一题\n后");
});

test("a gap is found for every position of a document", () => {
  const { state } = withImage(3, "图一");
  for (let pos = 0; pos <= state.doc.content.size; pos++) {
    const $gap = state.doc.resolve(gapNear(state.doc, pos));
    assert.equal(["section", "item_body", "item_criteria"].includes($gap.parent.type.name), true, `${pos}`);
    assert.equal($gap.parent.type.name !== "section" || $gap.index() > 0, true, `${pos} is in front of the heading`);
    insertImage(state, { pos, replacesBlank: false }, STORED, { alt: "" }).tr.doc.check();
  }
});

test("images on their way keep their places and their order while others write, and undo takes one back", () => {
  oracle.ask({ cmd: "bare", replica: "up" });
  oracle.ask({ cmd: "fork", from: "up", into: "down" });
  const [mine, theirs] = [new Replica(oracle, "up"), new Replica(oracle, "down")];
  const place = placeForCaret(mine.state);
  const dom = {} as HTMLElement;
  mine.dispatch(imagesWait(mine.state, [1, 2, 3].map((id) => ({ id, place: { ...place, replacesBlank: place.replacesBlank && id === 1 }, dom }))));
  const [first] = waitingPlaces(mine.state);
  theirs.dispatch(theirs.state.tr.insertText("他们写的标题", 1));
  mine.merge("down");
  assert.equal(waitingPlaces(mine.state)[0], first! + "他们写的标题".length);
  mine.dispatch(imageArrived(mine.state, 1, STORED, { alt: "一" })!);
  mine.dispatch(imageArrived(mine.state, 3, { ...STORED, image: TWO }, { alt: "三" })!);
  mine.dispatch(imageArrived(mine.state, 2, { ...STORED, image: TWO }, { alt: "二" })!);
  assert.equal(imageArrived(mine.state, 2, STORED, { alt: "again" }), null);
  mine.assertSame();
  const alts = (): string[] => {
    const found: string[] = [];
    mine.state.doc.descendants((node) => {
      if (node.type.name === "image") found.push(String(node.attrs["alt"]));
    });
    return found;
  };
  assert.deepEqual(alts().sort(), ["一", "三", "二"].sort());
  assert.equal(alts()[0], "一");
  mine.run(undo);
  assert.equal(alts().length, 2);
  theirs.merge("up");
  mine.merge("down");
  theirs.assertSame();
});

test("two people caption, resize and name one image at once, and all of it stays", () => {
  oracle.ask({ cmd: "bare", replica: "one" });
  const one = new Replica(oracle, "one");
  one.dispatch(insertImage(one.state, placeForCaret(one.state), STORED, { alt: "", caption: [{ text: "中" }] }).tr);
  oracle.ask({ cmd: "fork", from: "one", into: "two" });
  const two = new Replica(oracle, "two");
  one.dispatch(one.state.tr.insertText("前", imagePos(one) + 1));
  one.dispatch(setImageWidth(one.state.tr, imagePos(one), 30));
  two.dispatch(two.state.tr.insertText("后", imagePos(two) + 2));
  two.dispatch(setImageAlt(two.state.tr, imagePos(two), "名"));
  one.merge("two");
  two.merge("one");
  for (const replica of [one, two]) {
    replica.assertSame();
    const node = replica.state.doc.nodeAt(imagePos(replica))!;
    assert.deepEqual([node.textContent, node.attrs["alt"], node.attrs["width_pct"]], ["前中后", "名", 30]);
  }
});

test("the menu offers images in both languages, in items too", () => {
  const entries = slashEntries({ block_image: "图片" }, { items: [], sections: false });
  for (const query of ["图", "tp", "image", "photo"]) assert.equal(filterEntries(entries, query)[0]?.id, "image", query);
});
