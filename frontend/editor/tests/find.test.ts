// Find and replace: what counts as the same, that matches keep up with every change, and that replacing is ordinary
// editing: one step, marks kept, every other character left alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { undo } from "prosemirror-history";
import { enter, forwardDelete } from "../src/commands";
import { findState, replaceAll, replaceCurrent } from "../src/find";
import { findIn, hasWordEdge, MAX_MATCHES, Search, type Query } from "../src/find_text";
import { Person } from "./person";
import { itemTree, paragraph, Random, sampleTree, seed } from "./world";
import type { DocTree, Edit } from "../src/tree";

const like = (text: string, more: Partial<Query> = {}): Query => ({ text, matchCase: false, wholeWord: false, ...more });

function found(text: string, query: Query): string[] {
  return findIn(text, query).map(({ from, to }) => `${from}:${text.slice(from, to)}`);
}

test("case and width do not matter, and positions are those of the text as it stands", () => {
  assert.deepEqual(found("API ａｐｉ Ａpi", like("api")), ["0:API", "4:ａｐｉ", "8:Ａpi"]);
  assert.deepEqual(found("价格，价格,", like("价格，")), ["0:价格，", "3:价格,"]);
  assert.deepEqual(found("İİb İstanbul istanbul", like("istanbul")), ["4:İstanbul", "13:istanbul"]);
  assert.deepEqual(found("İİb", like("B")), ["2:b"]);
  assert.deepEqual(found("Straße STRASSE straẞe", like("strasse")), ["0:Straße", "7:STRASSE", "15:straẞe"]);
  assert.deepEqual(found("ßß s", like("s")), ["3:s"], "half of a ß is not a match");
  assert.deepEqual(found("ΣΑΣ σας", like("σας")), ["0:ΣΑΣ", "4:σας"]);
  assert.deepEqual(found("𠮷 x 𠮷X", like("𠮷x")), ["5:𠮷X"]);
  assert.deepEqual(found("㈱ (株)", like("株")), ["3:株"], "what is several characters in one stays one");
  assert.deepEqual(found("ＡＢＣ abc", like("ABC", { matchCase: true })), ["0:ＡＢＣ"]);
  assert.deepEqual(found("aaaa", like("aa")), ["0:aa", "2:aa"]);
  assert.deepEqual(found("什么都没有", like("")), []);
});

test("whole words are those that stand alone; Chinese has none", () => {
  const whole = { wholeWord: true };
  assert.deepEqual(found("API APIs 调用API接口 api_key api", like("api", whole)), ["0:API", "11:API", "25:api"]);
  assert.deepEqual(found("仓库的库存", like("库", whole)), ["1:库", "3:库"]);
  assert.deepEqual(found("naïve naïveté", like("naïve", whole)), ["0:naïve"]);
  assert.deepEqual(["库存", "API", "库存API", "，", ""].map(hasWordEdge), [false, true, true, false, false]);
});

function look(person: Person, query: Query, from = 0): void {
  // What the bar asks of the editor.
  const key = person.state.plugins.map((plugin) => (plugin as unknown as { key: string }).key).find((key) => key.startsWith("find$"))!;
  person.dispatch(person.state.tr.setMeta(key, { act: "search", query, from }));
}

function shownWords(person: Person): string[] {
  return findState(person.state).matches.map(({ from, to }) => person.state.doc.textBetween(from, to));
}

function fresh(person: Person, query: Query): void {
  const { matches, decorations } = findState(person.state);
  assert.deepEqual(matches, new Search(query).in(person.state.doc).matches);
  assert.deepEqual(decorations.find().map(({ from, to }) => ({ from, to })).sort((a, b) => a.from - b.from), matches);
}

test("matches are found across marks, in titles, headings, items and criteria, never across two blocks", () => {
  const tree = sampleTree();
  tree.title = "云仓 one";
  tree.sections[0]!.body = [paragraph("o", { runs: [{ text: "o", marks: { bold: true } }, { text: "ne two" }] }), paragraph("on"), paragraph("e")];
  tree.items["i1"] = itemTree("i1", "ONE title", [paragraph("body one")], [paragraph("criteria one")]);
  const person = new Person(tree);
  look(person, like("one"));
  assert.deepEqual(shownWords(person), ["one", "one", "ONE", "one", "one"]);
  fresh(person, like("one"));
});

test("matches keep up with typing, splitting, joining and with others; the current one stays current", () => {
  const person = new Person();
  const query = like("on");
  person.caret("s/s3/body", 0).keys("on button on");
  look(person, query, person.state.selection.from - 2);
  const current = () => findState(person.state).current;
  const here = current();
  assert.equal(here, findState(person.state).matches.length - 1);
  person.caret("s/s1/body", 3).keys("on ");
  fresh(person, query);
  assert.equal(current(), here + 1);
  person.caret("s/s3/body", 5).press(enter);
  fresh(person, query);
  person.caret("s/s3/body", 1).press(enter);
  fresh(person, query);
  person.caret("s/s3/body", 1).press(forwardDelete);
  fresh(person, query);
  const { blocks } = { blocks: person.model.blocks("s/s1/body") };
  person.model.apply([{ op: "splice", text: "s/s1/body", at: 1, del: 0, runs: [{ text: "ON " }] }] as Edit[]);
  person.dispatch(person.binding.remote(person.state, { texts: { "s/s1/body": person.model.blocks("s/s1/body") } } as never));
  assert.notDeepEqual(blocks, person.model.blocks("s/s1/body"));
  fresh(person, query);
  // Written over, it is no match any more and none takes its place by itself.
  const { matches } = findState(person.state);
  const last = matches[current()]!;
  person.dispatch(person.state.tr.insertText("x", last.from + 1, last.from + 1));
  fresh(person, query);
  assert.equal(current(), -1);
});

test("replacing goes on behind what was put there, keeps marks, and leaves everything else alone", () => {
  const tree = sampleTree();
  tree.sections[0]!.body = [paragraph("", { runs: [{ text: "旧" }, { text: "旧版", marks: { bold: true } }, { text: "的旧", marks: { wording_ok: true } }] })];
  const person = new Person(tree);
  look(person, like("旧"));
  for (const left of [2, 2, 2]) {
    person.dispatch(replaceCurrent(person.state, "旧旧")!.tr);
    assert.ok(findState(person.state).matches.length > left);
  }
  assert.deepEqual(person.model.blocks("s/s1/body")[0]!.runs, [{ text: "旧旧" }, { text: "旧旧版", marks: { bold: true } }, { text: "的", marks: { wording_ok: true } }, { text: "旧旧" }]);
  assert.equal(findState(person.state).current, 0, "around the end");
});

test("replacing all is one step of undo and one edit for each place, whatever stands between", () => {
  const tree = sampleTree();
  tree.sections[0]!.body = Array.from({ length: 500 }, (_, at) => paragraph(`第${at}行 system 与 system`));
  tree.title = "The System";
  const person = new Person(tree);
  const before = JSON.stringify(person.model.snapshot());
  look(person, like("system"));
  const told: Edit[] = [];
  const apply = person.model.apply.bind(person.model);
  person.model.apply = (edits: readonly Edit[]) => (told.push(...edits), apply(edits as Edit[]));
  const replacement = replaceAll(person.state, "")!;
  assert.equal(replacement.replaced, 1001);
  person.dispatch(replacement.tr);
  assert.equal(person.model.blocks("s/s1/body")[499]!.runs![0]!.text, "第499行  与 ");
  // Nobody else's words in between are written again.
  for (const edit of told) assert.ok(edit.op === "splice" && edit.del <= "system".length, JSON.stringify(edit));
  person.press(undo);
  assert.equal(JSON.stringify(person.model.snapshot()), before);
});

test("a title takes only what it has room for, and the rest of the step is done", () => {
  const tree = sampleTree();
  tree.title = "一".repeat(298) + "旧";
  const person = new Person(tree);
  person.caret("s/s3/body", 0).keys("旧");
  look(person, like("旧"));
  const replacement = replaceAll(person.state, "崭新")!;
  assert.deepEqual([replacement.replaced, replacement.refused], [2, 0], "300 fit");
  person.dispatch(replacement.tr);
  look(person, like("崭新"));
  const longer = replaceAll(person.state, "很新的")!;
  assert.deepEqual([longer.replaced, longer.refused], [1, 1]);
  person.dispatch(longer.tr);
  assert.equal(person.model.snapshot().title.length, 300);
  assert.equal(person.model.blocks("s/s3/body")[0]!.runs![0]!.text, "很新的");
});

function large(): DocTree {
  const tree = sampleTree();
  const line = "订单进入复核台以后，系统应当在十分钟以内提示 operator 处理 the order。";
  tree.sections[0]!.body = Array.from({ length: 600 }, () => paragraph(line));
  for (let at = 0; at < 200; at++) {
    tree.items[`x${at}`] = itemTree(`x${at}`, line, [paragraph(line), paragraph(line)], [paragraph(line)]);
    tree.sections[1]!.body.push({ type: "item", item: `x${at}`, indent: 0, quote: false });
  }
  return tree;
}

test("a large document is searched within a few milliseconds, and no more is shown than anybody walks through", () => {
  const person = new Person(large());
  new Search(like("预热")).in(person.state.doc);
  const began = performance.now();
  const found = new Search(like("the order")).in(person.state.doc);
  const first = performance.now() - began;
  assert.equal(found.matches.length, 1400);
  const search = new Search(like("订"));
  search.in(person.state.doc);
  const again = performance.now();
  search.in(person.state.doc);
  const unchanged = performance.now() - again;
  assert.ok(first < 30 && unchanged < 10, `${first} ms, ${unchanged} ms`);
  const many = new Search(like("t")).in(person.state.doc);
  assert.deepEqual([many.matches.length, many.more], [MAX_MATCHES, true]);
});

test("replacing at random leaves screen and model equal, and undo brings back what was", () => {
  const from = seed();
  for (let at = 0; at < 40; at++) {
    const random = new Random(from + at);
    const person = new Person();
    person.caret("s/s1/body", 1).keys("one two 段段 one");
    const before = JSON.stringify(person.model.snapshot());
    look(person, like(random.pick(["o", "one", "段", "n", " "])));
    const replacement = replaceAll(person.state, random.pick(["", "x", "oneone", "段落", "𠮷"]));
    if (replacement === null) continue;
    // `dispatch` compares the screen with the model.
    person.dispatch(replacement.tr);
    person.press(undo);
    assert.equal(JSON.stringify(person.model.snapshot()), before, `SEED=${from + at}`);
  }
});
