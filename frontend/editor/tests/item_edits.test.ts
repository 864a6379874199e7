// Items edited beside the text: smallest edits, both of two people's work kept, undone by undo and nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { redo, undo } from "prosemirror-history";
import { MAX_PLAIN_LENGTH } from "../src/bounds";
import { editItem, type ItemEdit } from "../src/item_edits";
import { findItem } from "../src/positions";
import { Person } from "./person";

function edited(person: Person, edit: ItemEdit): void {
  const tr = editItem(person.state, edit);
  assert.notEqual(typeof tr, "string");
  if (typeof tr !== "string" && tr.docChanged) person.dispatch(tr);
}

function title(person: Person, id = "i1"): string {
  return person.model.item(id)!.title;
}

test("a title is told as what was typed, not as the whole of it", () => {
  const person = new Person();
  const told: string[] = [];
  const apply = person.model.apply.bind(person.model);
  person.model.apply = (edits) => {
    told.push(JSON.stringify(edits));
    apply(edits);
  };
  edited(person, { id: "i1", base: "扫码入库", typed: "扫码快速入库" });
  assert.equal(title(person), "扫码快速入库");
  assert.equal(told.join(), '[{"op":"splice","text":"i/i1/title","at":2,"del":0,"runs":[{"text":"快速"}]}]');
});

test("what others wrote into the title meanwhile stays", () => {
  const person = new Person();
  edited(person, { id: "i1", base: "扫码入库", typed: "扫码入库和出库" });
  // Typed over the first wording, written after the second one had come.
  edited(person, { id: "i1", base: "扫码入库", typed: "快速扫码入库" });
  assert.equal(title(person), "快速扫码入库和出库");
  edited(person, { id: "i1", base: "快速扫码入库和出库", typed: "快速入库和出库" });
  assert.equal(title(person), "快速入库和出库");
});

test("characters of two units are never cut", () => {
  const person = new Person();
  edited(person, { id: "i1", base: "扫码入库", typed: "𠮷😀" });
  edited(person, { id: "i1", base: "𠮷😀", typed: "𠮷😁" });
  // 😀 and 😁 share their first unit.
  assert.equal(title(person), "𠮷😁");
  edited(person, { id: "i1", base: "𠮷😁", typed: "👩‍💻𠮷😁" });
  edited(person, { id: "i1", base: "𠮷😁", typed: "𠮷" });
  assert.equal(title(person), "👩‍💻𠮷");
});

test("two people who change one title at the same time keep both", () => {
  const [me, other] = [new Person(), new Person()];
  const told = (person: Person): unknown[] => {
    const edits: unknown[] = [];
    const apply = person.model.apply.bind(person.model);
    person.model.apply = (made) => {
      edits.push(...made);
      apply(made);
    };
    return edits;
  };
  const [mine, theirs] = [told(me), told(other)];
  edited(me, { id: "i1", base: "扫码入库", typed: "批量扫码入库" });
  edited(other, { id: "i1", base: "扫码入库", typed: "扫码入库😀" });
  assert.deepEqual(mine, [{ op: "splice", text: "i/i1/title", at: 0, del: 0, runs: [{ text: "批量" }] }]);
  assert.deepEqual(theirs, [{ op: "splice", text: "i/i1/title", at: 4, del: 0, runs: [{ text: "😀" }] }]);
});

test("a field is set and cleared, and undo takes back one cell at a time", () => {
  const person = new Person();
  const fields = (): Record<string, string> => findItem(person.state.doc, "i1")!.node.attrs["fields"] as Record<string, string>;
  edited(person, { id: "i1", field: "owner", value: "王敏" });
  edited(person, { id: "i1", field: "priority", value: null });
  assert.deepEqual(person.model.item("i1")!.fields, { owner: "王敏" });
  person.press(undo);
  assert.deepEqual(fields(), { priority: "must", owner: "王敏" });
  person.press(undo);
  assert.deepEqual(fields(), { priority: "must" });
  person.press(redo);
  assert.deepEqual(person.model.item("i1")!.fields, { priority: "must", owner: "王敏" });
});

test("an item that is gone and a title too long are refused, and the document stays", () => {
  const person = new Person();
  const before = JSON.stringify(person.model.snapshot());
  assert.equal(editItem(person.state, { id: "nowhere", base: "", typed: "x" }), "item_gone");
  assert.equal(editItem(person.state, { id: "nowhere", field: "owner", value: "x" }), "item_gone");
  assert.equal(editItem(person.state, { id: "i1", base: "扫码入库", typed: "长".repeat(MAX_PLAIN_LENGTH + 1) }), "text_too_long");
  assert.equal(JSON.stringify(person.model.snapshot()), before);
});

test("a title is one line", () => {
  const person = new Person();
  edited(person, { id: "i1", base: "扫码入库", typed: "扫码\n入库" });
  assert.equal(title(person), "扫码 入库");
});
