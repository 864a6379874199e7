// What keys do, without a page: Enter, Backspace and Delete at the edges of blocks, items and parts; lists; undo.
import assert from "node:assert/strict";
import { test } from "node:test";
import { redo, undo } from "prosemirror-history";
import { AllSelection, NodeSelection, TextSelection } from "prosemirror-state";
import { backspace, enter, forwardDelete, removeSelection, setBlock, shiftIndent, toggleCheck } from "../src/commands";
import { treeOfDoc } from "../src/doc_tree";
import { insertItem, insertSection, leaveItem, moveBy } from "../src/item_commands";
import { findItem, toDocPosition } from "../src/positions";
import { pickEntry, wantedSlash } from "../src/slash";
import { Person } from "./person";
import { canonicalTree, sampleTree } from "./world";

test("Enter goes from the title to the first heading, from a heading to its body, from an item's title to its body", () => {
  const person = new Person().caret("title", 4);
  person.press(enter);
  assert.equal(person.here, "s/s1/heading@0");
  person.caret("i/i1/title", 4).press(enter);
  assert.equal(person.here, "i/i1/body@1");
  person.caret("s/s1/heading", 4).press(enter);
  assert.deepEqual(person.lines("s/s1/body"), ["paragraph: ", "paragraph: 第一段 one", "paragraph: second 𠮷 段"]);
  assert.equal(person.here, "s/s1/body@1");
});

test("a list goes on with Enter and ends with Enter on an empty entry, one level at a time", () => {
  const person = new Person().caret("s/s1/body", 8);
  person.press(enter);
  person.press(setBlock("bullet"));
  person.type("a").press(enter);
  person.press(shiftIndent(1));
  person.type("b").press(enter);
  person.press(enter);
  person.press(enter);
  person.type("c");
  assert.deepEqual(person.lines("s/s1/body").slice(1, 4), ["bullet: a", "  bullet: b", "paragraph: c"]);
});

test("an entry is never set in deeper than one below the entry before it", () => {
  const person = new Person().caret("s/s1/body", 3);
  person.press(setBlock("bullet"));
  person.press(shiftIndent(1));
  person.press(shiftIndent(1));
  assert.equal(person.model.blocks("s/s1/body")[0]!.indent, 0);
});

test("Enter at the end of a heading begins a paragraph", () => {
  const person = new Person().caret("s/s1/body", 8);
  person.press(setBlock("heading2"));
  person.press(enter);
  assert.deepEqual(person.lines("s/s1/body").slice(0, 2), ["heading: 第一段 one", "paragraph: "]);
});

test("Backspace at the start of an item's title selects the item, again removes it, undo brings the same one back", () => {
  const person = new Person().caret("i/i1/title", 0);
  person.press(backspace);
  assert.ok(person.state.selection instanceof NodeSelection);
  person.press(backspace);
  assert.equal(person.model.item("i1"), null);
  person.press(undo);
  assert.equal(person.model.item("i1")?.title, "扫码入库");
  person.press(redo);
  assert.equal(person.model.item("i1"), null);
});

test("Backspace behind an item selects it, in the first block of a body does nothing", () => {
  const person = new Person().caret("s/s2/body", 8);
  person.press(backspace);
  assert.ok(person.state.selection instanceof NodeSelection);
  const before = person.model.snapshot();
  person.caret("i/i1/body", 1).press(backspace);
  person.caret("s/s1/body", 1).press(backspace);
  person.caret("s/s1/heading", 0).press(backspace);
  assert.deepEqual(canonicalTree(person.model.snapshot()), canonicalTree(before));
});

test("Backspace makes special blocks plain before it joins them", () => {
  const person = new Person().caret("s/s1/body", 9);
  person.press(setBlock("bullet"));
  person.caret("s/s1/body", 9).press(backspace);
  assert.deepEqual(person.lines("s/s1/body")[1], "paragraph: second 𠮷 段");
  person.press(backspace);
  assert.deepEqual(person.lines("s/s1/body"), ["paragraph: 第一段 onesecond 𠮷 段"]);
});

test("Delete in front of an item selects it; at the end of a body it does nothing", () => {
  const person = new Person().caret("s/s2/body", 6);
  person.press(forwardDelete);
  assert.ok(person.state.selection instanceof NodeSelection);
  const before = canonicalTree(person.model.snapshot());
  person.caret("i/i1/title", 4).press(forwardDelete);
  assert.deepEqual(canonicalTree(person.model.snapshot()), before);
});

test("deleting everything empties the texts and keeps the parts; undo brings all of it back", () => {
  const person = new Person();
  const before = canonicalTree(person.model.snapshot());
  person.dispatch(person.state.tr.setSelection(new AllSelection(person.state.doc)));
  person.press(removeSelection);
  const after = person.model.snapshot();
  assert.deepEqual([after.title, after.sections.length, Object.keys(after.items)], ["", 3, []]);
  person.press(undo);
  assert.deepEqual(canonicalTree(person.model.snapshot()), before);
});

test("a selection across texts is emptied without merging them", () => {
  const person = new Person();
  const { doc } = person.state;
  const from = toDocPosition(doc, { text: "i/i1/title", at: 2 })!;
  const to = toDocPosition(doc, { text: "i/i1/body", at: 5 })!;
  person.dispatch(person.state.tr.setSelection(TextSelection.create(doc, from, to)));
  person.press(removeSelection);
  assert.equal(person.model.item("i1")?.title, "扫码");
  assert.deepEqual(person.lines("i/i1/body"), ["paragraph:  one"]);
});

test("an item that somebody else took away comes back by my undo as the same item", () => {
  const person = new Person().caret("s/s1/body", 9);
  person.dispatch(insertItem(person.state.tr, person.newId(), "risk"));
  person.type("故障").press(moveBy(-1));
  const shown = person.model.blocks("s/s1/body");
  const blocks = shown.filter((block) => block.item !== "new1");
  const at = shown.slice(0, shown.findIndex((block) => block.item === "new1")).reduce((sum, block) => sum + 1 + (block.runs ?? []).reduce((units, run) => units + run.text.length, 0), 0);
  person.model.apply([{ op: "splice", text: "s/s1/body", at, del: 1, runs: [] }, { op: "item_remove", id: "new1" }]);
  person.dispatch(person.binding.remote(person.state, { texts: { "s/s1/body": person.model.blocks("s/s1/body") } }));
  assert.deepEqual([person.model.item("new1"), person.model.blocks("s/s1/body")], [null, blocks]);
  person.press(undo);
  assert.equal(person.model.item("new1")?.title, "故障");
});

test("leaving an item with a selection that goes on behind it takes nothing away there", () => {
  const tree = sampleTree();
  tree.sections[1]!.body = [{ type: "item", item: "i1", indent: 0, quote: false }, ...["", "👍", "end"].map((text) => ({ type: "paragraph" as const, indent: 0, quote: false, runs: text === "" ? [] : [{ text }] }))];
  const person = new Person(tree);
  const { doc } = person.state;
  const [anchor, head] = [toDocPosition(doc, { text: "i/i1/body", at: 1 })!, toDocPosition(doc, { text: "s/s2/body", at: 2 })!];
  person.dispatch(person.state.tr.setSelection(TextSelection.create(doc, anchor, head)));
  person.press(leaveItem);
  assert.deepEqual(person.lines("s/s2/body"), ["item: ", "paragraph: ", "paragraph: ", "paragraph: 👍", "paragraph: end"]);
});

test("a new part between two that others made at the same place stands where it will be shown", () => {
  const tree = sampleTree();
  tree.sections[1]!.order = tree.sections[0]!.order;
  const { doc } = insertSection(new Person(tree).caret("s/s1/body", 1).state, "new");
  const parts = treeOfDoc(doc).sections;
  assert.deepEqual(parts.map(({ id }) => id), ["s1", "s2", "new", "s3"]);
  assert.deepEqual(parts.map(({ order }) => order).toSorted(), parts.map(({ order }) => order));
});

test("with text of two parts selected, what the caret is in moves", () => {
  const person = new Person();
  const { doc } = person.state;
  const [anchor, head] = [toDocPosition(doc, { text: "s/s2/body", at: 2 })!, toDocPosition(doc, { text: "s/s1/body", at: 10 })!];
  person.dispatch(person.state.tr.setSelection(TextSelection.create(doc, anchor, head)));
  person.press(moveBy(-1));
  assert.deepEqual(person.lines("s/s1/body"), ["paragraph: second 𠮷 段", "paragraph: 第一段 one"]);
});

test("a new item stands where the empty paragraph was, and Mod-Enter leaves it", () => {
  const person = new Person().caret("s/s3/body", 0);
  person.dispatch(insertItem(person.state.tr, person.newId(), "requirement"));
  assert.deepEqual(person.model.snapshot().sections[2]!.body.map((block) => block.item), ["new1"]);
  person.type("标题");
  assert.equal(person.here, "i/new1/title@2");
  person.press(leaveItem);
  person.type("后面");
  assert.deepEqual(person.lines("s/s3/body"), ["item: ", "paragraph: 后面"]);
});

test("with the caret in the title a new item goes to the part its kind is at home in", () => {
  const person = new Person();
  person.dispatch(insertItem(person.state.tr, person.newId(), "goal"));
  assert.equal(person.model.snapshot().sections[2]!.body.at(-1)?.item, "new1");
});

test("a copied item gets its own id and no number; a moved one keeps both", () => {
  const tree = sampleTree();
  tree.items["i1"]!.number = "R-001";
  const person = new Person(tree);
  const { node, pos } = findItem(person.state.doc, "i1")!;
  person.dispatch(person.state.tr.insert(pos + node.nodeSize, node));
  const ids = person.model.snapshot().sections[1]!.body.flatMap((block) => block.item ?? []);
  assert.deepEqual(ids, ["i1", "new1", "i2"]);
  assert.equal(person.model.item("new1")?.title, "扫码入库");
  const moved = person.state.tr.delete(pos, pos + node.nodeSize);
  person.dispatch(moved.insert(toDocPosition(moved.doc, { text: "s/s1/body", at: 1 })! - 1, node));
  assert.equal(person.model.snapshot().sections[0]!.body[0]!.item, "i1");
  assert.equal(treeOfDoc(person.state.doc).items["i1"]!.number, "R-001");
});

test("the slash menu's entry takes its query away and is one step of undo", () => {
  const person = new Person().caret("s/s3/body", 0);
  person.type("/ul");
  person.dispatch(pickEntry(person.state, "bullet", 3, person.newId));
  assert.deepEqual(person.lines("s/s3/body"), ["bullet: "]);
});

test("the slash menu opens for a slash that is typed, also when letters come with it, and for nothing else", () => {
  const person = new Person().caret("s/s3/body", 0);
  person.type("/jue");
  assert.deepEqual(wantedSlash(person.state), { length: 4, query: "jue" });
  person.type("ding");
  assert.equal(wantedSlash(person.state)?.query, "jueding");
  person.caret("s/s1/body", 8);
  assert.equal(wantedSlash(person.state), null);
  person.caret("s/s3/body", 7);
  person.type("x");
  assert.equal(wantedSlash(person.state), null, "the slash was there before");
  person.caret("s/s1/body", 1);
  person.type("a ").type("and/or ");
  assert.equal(wantedSlash(person.state), null);
});

test("a title never grows past its limit, and the person is told", () => {
  const person = new Person().caret("title", 4);
  person.type("长".repeat(400));
  assert.equal(person.model.snapshot().title.length, 300);
  assert.deepEqual(person.notices, ["text_too_long"]);
});

test("undo takes back what I typed and leaves what others wrote in the same paragraph", () => {
  const person = new Person().caret("s/s1/body", 8);
  person.type("我");
  person.model.apply([{ op: "splice", text: "s/s1/body", at: 1, del: 0, runs: [{ text: "他们" }] }]);
  person.dispatch(person.binding.remote(person.state, { texts: { "s/s1/body": person.model.blocks("s/s1/body") } }));
  person.press(undo);
  assert.equal(person.lines("s/s1/body")[0], "paragraph: 他们第一段 one");
});

test("a check box is toggled by key", () => {
  const person = new Person().caret("i/i1/criteria", 1);
  assert.equal(person.press(toggleCheck), true);
  assert.equal(person.model.blocks("i/i1/criteria")[0]!.checked, true);
});

test("an update about an item somebody removed and I brought back shows what they wrote meanwhile", () => {
  const person = new Person().caret("i/i1/title", 0);
  person.press(backspace);
  person.press(backspace);
  person.model.apply([{ op: "splice", text: "i/i1/title", at: 0, del: 0, runs: [{ text: "新" }] }]);
  person.press(undo);
  assert.equal(treeOfDoc(person.state.doc).items["i1"]!.title, "新扫码入库");
});

test("Alt-Shift with an arrow moves a block among its siblings and an item across parts, caret and id kept", () => {
  const person = new Person().caret("s/s1/body", 3);
  person.press(moveBy(1));
  assert.deepEqual(person.lines("s/s1/body"), ["paragraph: second 𠮷 段", "paragraph: 第一段 one"]);
  person.type("!");
  assert.deepEqual(person.lines("s/s1/body")[1], "paragraph: 第一!段 one");
  assert.equal(person.press(moveBy(1)), false);
  person.caret("i/i1/title", 2);
  person.press(moveBy(-1));
  assert.equal(person.model.snapshot().sections[1]!.body[0]!.item, "i1");
  person.press(moveBy(-1));
  assert.equal(person.model.snapshot().sections[0]!.body.at(-1)!.item, "i1");
  assert.equal(person.here, "i/i1/title@2");
  person.press(moveBy(1));
  assert.equal(person.model.snapshot().sections[1]!.body[0]!.item, "i1");
});
