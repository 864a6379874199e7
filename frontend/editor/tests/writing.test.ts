// What typed signs make, and what selected text can become: marks, callouts, code, dividers, items.
import assert from "node:assert/strict";
import { test } from "node:test";
import { undo } from "prosemirror-history";
import { NodeSelection } from "prosemirror-state";
import { MAX_PLAIN_LENGTH } from "../src/bounds";
import { backspace, enter, indentCode, insertDivider, setBlock } from "../src/commands";
import { canBecomeItem, itemFromSelection } from "../src/selection_item";
import { isMarked, isWanted } from "../src/toolbar";
import { TOOL_MARKS, type Run } from "../src/tree";
import { Person } from "./person";
import { sampleTree } from "./world";

const BODY = "s/s3/body";

function runs(person: Person, ref = BODY): Run[] {
  return person.model.blocks(ref).flatMap((block) => block.runs ?? []);
}

function at(ref: string, from = 0, to = from): Person {
  return new Person().caret(ref, from, to);
}

test("signs around words become marks, in Latin and Chinese, and what follows is plain", () => {
  for (const [typed, mark] of [["**加粗**", "bold"], ["*强调*", "italic"], ["~~删 除~~", "strike"], ["==高亮==", "highlight"], ["`x = 1`", "code"]] as const) {
    const person = at(BODY).keys(`前${typed}后`);
    const words = typed.replace(/[*~=`]{1,2}(.*?)[*~=`]{1,2}$/, "$1");
    assert.deepEqual(runs(person), [{ text: "前" }, { text: words, marks: { [mark]: true } }, { text: "后" }], typed);
  }
});

test("signs that mark nothing stay: sums, blanks, lists, code", () => {
  for (const typed of ["2 * 3 * 4", "** x **", "a ** b", "~~ ~~", "= = ="]) assert.deepEqual(runs(at(BODY).keys(typed)), [{ text: typed }], typed);
  const code = at(BODY);
  code.press(setBlock("code"));
  assert.deepEqual(runs(code.keys("**a** `b`")), [{ text: "**a** `b`" }]);
});

test("a mark made by signs is taken back in one step", () => {
  const person = at(BODY).keys("**粗**");
  person.press(undo);
  assert.deepEqual(runs(person), [{ text: "**粗*" }]);
});

test("boxes and lines by their signs", () => {
  const callout = at(BODY).keys("! 注意");
  callout.press(enter);
  callout.keys("两行").press(enter);
  callout.press(enter);
  callout.keys("出来");
  assert.deepEqual(callout.lines(BODY), ["callout: 注意", "callout: 两行", "paragraph: 出来"]);
  const divider = at(BODY).keys("---below");
  assert.deepEqual(divider.lines(BODY), ["divider: ", "paragraph: below"]);
  assert.deepEqual(at("s/s1/body", 9).keys("---").lines("s/s1/body").filter((line) => line.startsWith("divider")), [], "not in front of text");
});

test("code keeps its blank lines and its indentation; the last blank line is the way out", () => {
  const person = at(BODY).keys("```if x {");
  person.press(enter);
  person.press(indentCode(1));
  person.keys("go()").press(enter);
  person.keys("stay()");
  assert.deepEqual(person.lines(BODY), ["code: if x {", "code:   go()", "code:   stay()"]);
  person.caret(BODY, 7).press(enter);
  person.press(enter);
  assert.deepEqual(person.lines(BODY), ["code: if x {", "code: ", "code: ", "code:   go()", "code:   stay()"]);
  person.press(backspace);
  assert.deepEqual(person.lines(BODY), ["code: if x {", "code: ", "code:   go()", "code:   stay()"]);
  const end = person.lines(BODY).reduce((sum, line) => sum + line.slice("code: ".length).length + 1, 0);
  person.caret(BODY, end).press(enter);
  person.press(indentCode(-1));
  person.press(enter);
  assert.equal(person.lines(BODY).at(-1), "paragraph: ");
});

test("a divider behind text leaves the text alone; selected it goes, and Enter goes on below it", () => {
  const person = at("s/s1/body", 3);
  person.press(insertDivider);
  assert.deepEqual(person.lines("s/s1/body"), ["paragraph: 第一段 one", "divider: ", "paragraph: second 𠮷 段"]);
  person.press(backspace);
  assert.ok(person.state.selection instanceof NodeSelection);
  person.press(enter);
  assert.deepEqual(person.lines("s/s1/body"), ["paragraph: 第一段 one", "divider: ", "paragraph: ", "paragraph: second 𠮷 段"]);
});

test("selected words become an item where they stood; what was around them stays", () => {
  const person = at("s/s1/body", 2, 4);
  person.dispatch(itemFromSelection(person.state, person.newId(), "risk")!);
  const { items, sections } = person.model.snapshot();
  assert.deepEqual([items["new1"]?.kind, items["new1"]?.title, items["new1"]?.fields], ["risk", "一段", { status: "open" }]);
  assert.deepEqual(sections[0]!.body.map((block) => block.item ?? (block.runs ?? []).map(({ text }) => text).join("")), ["第", "new1", " one", "second 𠮷 段"]);
  assert.equal(person.here, "i/new1/title@2");
  person.press(undo);
  assert.deepEqual(person.lines("s/s1/body"), ["paragraph: 第一段 one", "paragraph: second 𠮷 段"]);
});

test("several selected blocks: the first is the title, the others the body; a line too long for a title is kept whole", () => {
  const tree = sampleTree();
  const long = "长".repeat(MAX_PLAIN_LENGTH + 5);
  tree.sections[0]!.body = ["title", "one", "two"].map((text) => ({ type: "bullet", indent: 0, quote: false, runs: [{ text }] }));
  tree.sections[1]!.body = [{ type: "paragraph", indent: 0, quote: false, runs: [{ text: long }] }];
  const person = new Person(tree).caret("s/s1/body", 1, 14);
  person.dispatch(itemFromSelection(person.state, person.newId(), "requirement")!);
  assert.deepEqual([person.model.item("new1")?.title, person.lines("i/new1/body")], ["title", ["bullet: one", "bullet: two"]]);
  person.caret("s/s2/body", 1, 1 + long.length);
  person.dispatch(itemFromSelection(person.state, person.newId(), "goal")!);
  const { title } = person.model.item("new2")!;
  assert.deepEqual([title.length, person.lines("i/new2/body")], [MAX_PLAIN_LENGTH, [`paragraph: ${long}`]]);
});

test("what cannot be an item: nothing, blanks, titles, text of an item, a range with an item in it", () => {
  for (const [ref, from, to] of [["s/s1/body", 3, 3], ["title", 0, 2], ["i/i1/body", 1, 3], ["s/s1/heading", 0, 2]] as const) {
    const person = at(ref, from, to);
    assert.equal(canBecomeItem(person.state), false, ref);
    assert.equal(itemFromSelection(person.state, "x", "goal"), null, ref);
  }
  assert.equal(canBecomeItem(at("s/s2/body", 2, 8).state), false, "an item stands between");
});

test("the bar shows over text that can be marked, and what all of it is", () => {
  assert.equal(isWanted(at("title", 0, 2).state), false);
  assert.equal(isWanted(at("s/s1/body", 2, 2).state), false);
  const person = at("s/s1/body", 1, 3);
  assert.equal(isWanted(person.state), true);
  for (const name of TOOL_MARKS) {
    const { schema, selection } = person.state;
    assert.equal(isMarked(person.state, name), false);
    person.dispatch(person.state.tr.addMark(selection.from, selection.to, schema.marks[name]!.create()));
    assert.equal(isMarked(person.state, name), true, name);
  }
  person.caret("s/s1/body", 1, 5);
  assert.equal(isMarked(person.state, "bold"), false, "only half of it is");
});
