// The rules of input methods as a machine without a page: what is said when, what is shown when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EditorState, TextSelection } from "prosemirror-state";
import { Binding } from "../src/binding";
import { buildDoc } from "../src/build";
import { treeOfDoc } from "../src/doc_tree";
import { toDocPosition } from "../src/positions";
import { createSchema } from "../src/schema";
import type { Edit, RemoteUpdate } from "../src/tree";
import { canonicalTree, PlainModel, sampleTree } from "./world";

class Composer {
  readonly model = new PlainModel(sampleTree());
  readonly binding: Binding;
  state: EditorState;
  said: Edit[][] = [];

  constructor() {
    const doc = buildDoc(createSchema({}), this.model.snapshot());
    this.state = EditorState.create({ doc });
    this.binding = new Binding(
      {
        tree: () => JSON.stringify(this.model.snapshot()),
        item: (id) => JSON.stringify(this.model.item(id)),
        apply: (edits) => {
          this.said.push(JSON.parse(edits) as Edit[]);
          this.model.apply(JSON.parse(edits) as Edit[]);
        },
      },
      doc,
    );
  }

  start(text: string, at: number): void {
    const { doc, tr } = this.state;
    this.state = this.state.apply(tr.setSelection(TextSelection.create(doc, toDocPosition(doc, { text, at })!)));
    this.binding.startComposition(this.state);
  }

  /** The input method replaces the `replaced` characters before the caret. */
  compose(replaced: number, text: string): void {
    const { head } = this.state.selection;
    this.state = this.state.apply(this.state.tr.insertText(text, head - replaced, head));
    this.binding.local(this.state);
  }

  theyDo(edits: Edit[], also: Partial<RemoteUpdate> = {}): void {
    this.model.apply(edits);
    const refs = new Set(edits.flatMap((edit) => ("text" in edit ? [edit.text] : [])));
    const texts = Object.fromEntries([...refs].map((ref) => [ref, this.model.blocks(ref)]));
    const tr = this.binding.remote(this.state, { texts, ...also });
    this.state = this.state.apply(tr);
    if (tr.docChanged) this.binding.shown(this.state.doc);
  }

  end(): void {
    const { tr } = this.binding.endComposition(this.state);
    if (tr === null) return;
    this.state = this.state.apply(tr);
    this.binding.shown(this.state.doc);
  }

  shown(section: number): string {
    return treeOfDoc(this.state.doc).sections[section]!.body.map((block) => (block.runs ?? []).map((run) => run.text).join("") || block.item).join("|");
  }

  assertSame(): void {
    this.state.doc.check();
    const tree = this.model.snapshot();
    assert.deepEqual(canonicalTree({ ...tree, ...treeOfDoc(this.state.doc) }), canonicalTree(tree));
  }
}

test("nothing is said until the end, then one splice", () => {
  const person = new Composer();
  person.start("s/s1/body", 1);
  for (const [replaced, text] of [[0, "n"], [1, "ni"], [2, "nih"], [3, "你好"]] as const) person.compose(replaced, text);
  assert.deepEqual(person.said, []);
  person.end();
  assert.deepEqual(person.said, [[{ op: "splice", text: "s/s1/body", at: 1, del: 0, runs: [{ text: "你好" }] }]]);
  person.assertSame();
});

test("a composition given up says nothing", () => {
  const person = new Composer();
  person.start("title", 2);
  person.compose(0, "ni");
  person.compose(2, "");
  person.end();
  assert.deepEqual(person.said, []);
  person.assertSame();
});

test("others are shown at once elsewhere and after the end in the same text", () => {
  const person = new Composer();
  person.start("s/s1/body", 1);
  person.compose(0, "ni");
  person.theyDo([{ op: "splice", text: "s/s2/body", at: 1, del: 0, runs: [{ text: "甲" }] }]);
  person.theyDo([{ op: "splice", text: "s/s1/body", at: 8, del: 0, runs: [{ text: "乙" }] }]);
  assert.match(person.shown(1), /^甲intro/);
  assert.doesNotMatch(person.shown(0), /乙/);
  person.compose(2, "你");
  person.end();
  assert.match(person.shown(0), /^你第一段 one乙\|/);
  person.assertSame();
});

test("the words around the caret may be gone: what was composed stays", () => {
  const person = new Composer();
  person.start("s/s1/body", 4);
  person.compose(0, "ni");
  person.theyDo([{ op: "splice", text: "s/s1/body", at: 1, del: 7, runs: [] }]);
  person.compose(2, "你");
  person.end();
  assert.match(person.shown(0), /^你\|/);
  person.assertSame();
});

test("others may split, join and retype the paragraph being composed in", () => {
  const person = new Composer();
  person.start("s/s1/body", 4);
  person.compose(0, "ni");
  person.theyDo([{ op: "marker", text: "s/s1/body", at: 2, block: { type: "bullet", indent: 0, quote: false } }]);
  person.theyDo([{ op: "block", text: "s/s1/body", at: 0, block: { type: "heading", level: 2, indent: 0, quote: false } }]);
  person.compose(2, "你");
  person.end();
  assert.match(person.shown(0), /^第\|一段你 one\|/);
  person.assertSame();
});

test("an item taken away while somebody composes in it goes only afterwards", () => {
  const person = new Composer();
  person.start("i/i1/title", 4);
  person.compose(0, "ni");
  person.theyDo([{ op: "splice", text: "s/s2/body", at: 6, del: 1, runs: [] }]);
  assert.match(person.shown(1), /i1/);
  person.compose(2, "你");
  person.end();
  assert.doesNotMatch(person.shown(1), /i1/);
  assert.equal(person.model.item("i1")?.title, "扫码入库你");
});

test("a part taken away waits too", () => {
  const person = new Composer();
  person.start("s/s1/heading", 0);
  person.compose(0, "ni");
  const sections = person.model.snapshot().sections.slice(1).map(({ id, order, role }) => ({ id, order, role: role ?? null }));
  person.theyDo([], { sections });
  assert.equal(treeOfDoc(person.state.doc).sections.length, 3);
  person.end();
  assert.equal(treeOfDoc(person.state.doc).sections.length, 2);
});

test("surrogate pairs and combining marks survive a composition with remote work", () => {
  const person = new Composer();
  person.start("s/s1/body", 11);
  person.compose(0, "𠮷");
  person.theyDo([{ op: "splice", text: "s/s1/body", at: 9, del: 0, runs: [{ text: "e\u0301👍🏽" }] }]);
  person.compose(2, "👩‍💻");
  person.end();
  person.assertSame();
  assert.match(person.shown(0), /👩‍💻/);
});

test("a second composition begun before the first settled goes on with it", () => {
  const person = new Composer();
  person.start("s/s1/body", 1);
  person.compose(0, "你");
  person.binding.startComposition(person.state);
  person.compose(0, "好");
  person.end();
  assert.deepEqual(person.said, [[{ op: "splice", text: "s/s1/body", at: 1, del: 0, runs: [{ text: "你好" }] }]]);
});
