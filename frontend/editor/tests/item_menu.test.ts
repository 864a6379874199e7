// What is done with a whole item from the menu behind its number, and the addresses that lead to items.
import assert from "node:assert/strict";
import { test } from "node:test";
import { undo } from "prosemirror-history";
import { addressOfItem, itemOfFragment } from "../src/anchors";
import { newItem } from "../src/build";
import { restoreItem } from "../src/item_commands";
import { actOnItem, itemActs, type ItemAct } from "../src/item_menu";
import { findItem } from "../src/positions";
import type { EditorSchema } from "../src/schema";
import { Person } from "./person";

function act(person: Person, id: string, what: Exclude<ItemAct, "copy_link" | "move_to">): boolean {
  const tr = actOnItem(person.state, findItem(person.state.doc, id)!.pos, what, person.newId);
  if (tr !== null) person.dispatch(tr);
  return tr !== null;
}

function order(person: Person): string[] {
  return ["s2", "s3"].map((section) => person.model.blocks(`s/${section}/body`).map((block) => block.item ?? "text").join(" "));
}

test("a copy of an item has its words and fields, an id of its own and no number yet", () => {
  const person = new Person();
  act(person, "i1", "duplicate");
  assert.deepEqual(order(person), ["text i1 new1 text i2", ""]);
  const [first, copy] = [person.model.item("i1")!, person.model.item("new1")!];
  assert.deepEqual({ ...copy, id: "i1" }, { ...first, number: null });
  assert.equal(person.here, "i/new1/title@0");
});

test("an item moves past its neighbours and into the next part, and no further than the document goes", () => {
  const person = new Person();
  act(person, "i1", "move_down");
  assert.deepEqual(order(person), ["text text i1 i2", ""]);
  act(person, "i2", "move_down");
  assert.deepEqual(order(person)[1], "i2");
  act(person, "i2", "move_down");
  assert.equal(act(person, "i2", "move_down"), false);
});

test("a removed item comes back as the same one", () => {
  const person = new Person();
  act(person, "i1", "remove");
  assert.equal(person.model.item("i1"), null);
  person.press(undo);
  assert.equal(person.model.item("i1")?.title, "扫码入库");
  assert.deepEqual(order(person), ["text i1 text i2", ""]);
});

test("of two acts in quick succession undo takes back one", () => {
  const person = new Person();
  act(person, "i1", "duplicate");
  act(person, "i1", "remove");
  person.press(undo);
  assert.deepEqual(order(person), ["text i1 new1 text i2", ""]);
});

test("who only reads is offered the link alone", () => {
  assert.deepEqual(itemActs({}, false).map(({ id }) => id), ["copy_link"]);
  assert.equal(itemActs({}, true).length, 6);
});

test("an address leads to an item by its number or, before it has one, by its id, and else nowhere", () => {
  const { doc, tr } = new Person().state;
  const place = findItem(doc, "i2")!;
  const numbered = tr.setNodeMarkup(place.pos, null, { ...place.node.attrs, number: "R-012" }).doc;
  const page = "https://example.org/documents/abc?view=table#old";
  assert.equal(addressOfItem(page, findItem(numbered, "i2")!.node), "https://example.org/documents/abc#R-012");
  assert.equal(addressOfItem(page, findItem(numbered, "i1")!.node), "https://example.org/documents/abc#i1");
  assert.deepEqual(["#R-012", "#i1", "#", "", "#R-999", `#${"R".repeat(9_000)}`].map((fragment) => itemOfFragment(numbered, fragment)), ["i2", "i1", null, null, null, null]);
});

test("an item taken out before this editor came is brought back as the same one, with its words, and undo takes it out again", () => {
  const person = new Person();
  const { pos, node } = findItem(person.state.doc, "i1")!;
  const whole = person.model.item("i1");
  person.model.apply([{ op: "splice", text: "s/s2/body", at: 6, del: 1, runs: [] }, { op: "item_remove", id: "i1" }]);
  person.dispatch(person.state.tr.delete(pos, pos + node.nodeSize).setMeta("origin", "remote"));
  // Nobody here knows what it looked like.
  (person.binding as unknown as { removed: Map<string, unknown> }).removed.clear();
  person.binding.expect("i1", newItem(person.state.schema as EditorSchema, "i1", "requirement", {}));
  person.dispatch(restoreItem(person.state.tr, person.binding.lastKnown("i1")!)!);
  assert.deepEqual(person.model.item("i1"), whole);
  assert.deepEqual(order(person), ["text text i2 i1", ""]);
  assert.equal(findItem(person.state.doc, "i1")!.node.child(0).textContent, "扫码入库");
  person.press(undo);
  assert.equal(person.model.item("i1"), null);
});
