// The binding without a browser: typing, splitting, joining, moving and undoing against a literal model.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EditorState, TextSelection, type Transaction } from "prosemirror-state";
import { Binding, originOf } from "../src/binding";
import { buildDoc } from "../src/build";
import { treeOfDoc } from "../src/doc_tree";
import { toDocPosition, toTextPosition } from "../src/positions";
import { createSchema } from "../src/schema";
import type { DocTree, Edit } from "../src/tree";
import { canonicalTree, paragraph, PlainModel, sampleTree } from "./world";

export class Desk {
  readonly model: PlainModel;
  readonly binding: Binding;
  state: EditorState;
  calls: Edit[][] = [];
  constructor(tree: DocTree = sampleTree()) {
    this.model = new PlainModel(tree);
    const doc = buildDoc(createSchema({}), this.model.snapshot());
    this.state = EditorState.create({ doc });
    this.binding = new Binding(
      {
        tree: () => JSON.stringify(this.model.snapshot()),
        item: (id) => JSON.stringify(this.model.item(id)),
        apply: (edits) => {
          this.calls.push(JSON.parse(edits) as Edit[]);
          this.model.apply(JSON.parse(edits) as Edit[]);
        },
      },
      doc,
    );
  }
  do(tr: Transaction): void {
    this.state = this.state.apply(tr);
    this.state.doc.check();
    if (originOf(tr) === "local") this.binding.local(this.state);
    else this.binding.shown(this.state.doc);
    this.same();
  }
  at(text: string, at: number): number {
    return toDocPosition(this.state.doc, { text, at })!;
  }
  same(): void {
    assert.deepEqual(canonicalTree({ ...this.model.snapshot(), ...treeOfDoc(this.state.doc) }), canonicalTree(this.model.snapshot()));
  }
}

test("a document shows what the tree says", () => new Desk().same());

test("typing is one splice where the caret is, also among equal letters", () => {
  const desk = new Desk();
  desk.do(desk.state.tr.insertText("aa", desk.at("s/s1/body", 1)));
  const pos = desk.at("s/s1/body", 2);
  const tr = desk.state.tr.insertText("a", pos);
  desk.do(tr.setSelection(TextSelection.create(tr.doc, pos + 1)));
  assert.deepEqual(desk.calls.at(-1), [{ op: "splice", text: "s/s1/body", at: 2, del: 0, runs: [{ text: "a" }] }]);
});

test("splitting makes a marker, joining removes it", () => {
  const desk = new Desk();
  desk.do(desk.state.tr.split(desk.at("s/s1/body", 3)));
  assert.deepEqual(desk.calls.at(-1)?.map((edit) => edit.op), ["marker"]);
  desk.do(desk.state.tr.join(desk.at("s/s1/body", 4) - 1));
  assert.deepEqual(desk.calls.at(-1)?.map((edit) => edit.op), ["splice"]);
});

test("positions go there and back", () => {
  const { doc } = new Desk().state;
  doc.descendants((node, pos) => {
    if (!node.isTextblock) return;
    for (let offset = 0; offset <= node.content.size; offset++) {
      const place = toTextPosition(doc, pos + 1 + offset)!;
      assert.equal(toDocPosition(doc, place), pos + 1 + offset, JSON.stringify(place));
    }
  });
});

test("a remote change of a text keeps the caret where it was", () => {
  const desk = new Desk();
  desk.do(desk.state.tr.setSelection(TextSelection.create(desk.state.doc, desk.at("s/s1/body", 8))));
  desk.model.apply([{ op: "splice", text: "s/s1/body", at: 2, del: 0, runs: [{ text: "新" }] }]);
  desk.do(desk.binding.remote(desk.state, { texts: { "s/s1/body": desk.model.blocks("s/s1/body") } }));
  assert.deepEqual(toTextPosition(desk.state.doc, desk.state.selection.head), { text: "s/s1/body", at: 9 });
});

test("a paragraph with a marker keeps it when others take away what stood between it and an item", () => {
  const tree = sampleTree();
  tree.sections[1]!.body = [{ type: "item", item: "i1", indent: 0, quote: false }, { ...paragraph("without"), implicit: true }];
  const desk = new Desk(tree);
  // A new paragraph in front of it: it gets a marker, and the node on screen remembers that it had none.
  desk.do(desk.state.tr.insert(desk.at("s/s2/body", 1) - 1, desk.state.schema.nodes["paragraph"]!.create({ implicit: false }, desk.state.schema.text("between"))));
  const shown = desk.model.blocks("s/s2/body");
  assert.deepEqual(shown.map((block) => block.implicit ?? false), [false, false, false]);
  const without = shown.filter((_, index) => index !== 1);
  desk.model.apply([{ op: "splice", text: "s/s2/body", at: 1, del: 8, runs: [] }]);
  desk.do(desk.binding.remote(desk.state, { texts: { "s/s2/body": without } }));
});

test("a composition is one splice over what others wrote meanwhile", () => {
  const desk = new Desk();
  const start = desk.at("s/s1/body", 4);
  desk.state = desk.state.apply(desk.state.tr.setSelection(TextSelection.create(desk.state.doc, start)));
  desk.binding.startComposition(desk.state);
  desk.state = desk.state.apply(desk.state.tr.insertText("nihao", start));
  assert.equal(desk.binding.local(desk.state), "nothing");
  desk.model.apply([{ op: "splice", text: "s/s1/body", at: 1, del: 1, runs: [{ text: "改" }] }]);
  const held = desk.binding.remote(desk.state, { texts: { "s/s1/body": desk.model.blocks("s/s1/body") } });
  assert.equal(held.docChanged, false);
  desk.state = desk.state.apply(desk.state.tr.insertText("你好", start, start + 5));
  const { tr } = desk.binding.endComposition(desk.state);
  desk.do(tr!);
  assert.deepEqual(desk.calls, [[{ op: "splice", text: "s/s1/body", at: 4, del: 0, runs: [{ text: "你好" }] }]]);
  assert.deepEqual(desk.model.blocks("s/s1/body")[0], paragraph("改一段你好 one"));
});
