// Moving blocks, items and parts to another place, by the handle or by keys: the same thing at another place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { undo } from "prosemirror-history";
import { moveBy } from "../src/item_commands";
import { movePartBy, moveTo } from "../src/moving";
import { findItem, findSection } from "../src/positions";
import { Person } from "./person";

/** Where the nth child of a part begins; behind the last one when there is none. 0 is the heading. */
function child(person: Person, section: string, nth: number): number {
  const { pos, node } = findSection(person.state.doc, section)!;
  let at = pos + 1;
  for (let index = 0; index < nth && index < node.childCount; index++) at += node.child(index).nodeSize;
  return at;
}

function move(person: Person, pos: number, target: number): boolean {
  const tr = moveTo(person.state, pos, target);
  if (tr !== null) person.dispatch(tr);
  return tr !== null;
}

const words = (person: Person, section: string): string[] => person.lines(`s/${section}/body`).map((line) => line.replace(/^.*?: /, ""));
const items = (person: Person, section: string): string[] => person.model.blocks(`s/${section}/body`).flatMap((block) => block.item ?? []);
const parts = (person: Person): string[] => person.model.snapshot().sections.map(({ id }) => id);

test("a line goes in front of another, into another part and back with one undo", () => {
  const person = new Person();
  assert.ok(move(person, child(person, "s1", 2), child(person, "s1", 1)));
  assert.deepEqual(words(person, "s1"), ["second 𠮷 段", "第一段 one"]);
  assert.ok(move(person, child(person, "s1", 1), child(person, "s2", 9)));
  assert.deepEqual(words(person, "s1"), ["第一段 one"]);
  assert.equal(words(person, "s2").at(-1), "second 𠮷 段");
  person.press(undo);
  assert.deepEqual(words(person, "s1"), ["second 𠮷 段", "第一段 one"]);
});

test("an item keeps its id, its words and my caret on the way into another part", () => {
  const person = new Person().caret("i/i1/title", 2);
  assert.ok(move(person, findItem(person.state.doc, "i1")!.pos, child(person, "s1", 1)));
  assert.deepEqual([items(person, "s1"), items(person, "s2")], [["i1"], ["i2"]]);
  assert.equal(person.model.item("i1")!.title, "扫码入库");
  assert.equal(person.here, "i/i1/title@2");
});

test("nothing goes in front of a heading, into itself, or out of the parts", () => {
  const person = new Person();
  const line = child(person, "s1", 1);
  assert.ok(!move(person, line, child(person, "s2", 0)));
  assert.ok(!move(person, line, line));
  assert.ok(!move(person, line, child(person, "s1", 2)));
  assert.ok(!move(person, line, 0));
  assert.ok(!move(person, child(person, "s1", 0), child(person, "s2", 1)), "a heading stays at the head of its part");
  assert.ok(!move(person, findItem(person.state.doc, "i1")!.pos + 1, child(person, "s1", 1)), "the title stays with its item");
});

test("a part moves with everything in it, by the handle and by keys, and stops at the ends", () => {
  const person = new Person();
  const end = (): number => person.state.doc.content.size;
  assert.ok(move(person, findSection(person.state.doc, "s1")!.pos, end()));
  assert.deepEqual(parts(person), ["s2", "s3", "s1"]);
  assert.deepEqual(words(person, "s1"), ["第一段 one", "second 𠮷 段"]);
  person.caret("s/s2/heading", 1);
  assert.ok(person.press(movePartBy(1)));
  assert.deepEqual(parts(person), ["s3", "s2", "s1"]);
  assert.equal(person.here, "s/s2/heading@1");
  assert.deepEqual(items(person, "s2"), ["i1", "i2"]);
  assert.ok(person.press(movePartBy(1)));
  assert.ok(!person.press(movePartBy(1)));
  person.press(undo);
  assert.deepEqual(parts(person), ["s3", "s2", "s1"]);
  person.caret("s/s3/heading", 0);
  assert.ok(!person.press(movePartBy(-1)));
  assert.ok(!person.press(moveBy(-1)), "the keys that move lines leave a heading to the part");
  assert.ok(!move(person, findSection(person.state.doc, "s1")!.pos, 0), "the title stays first");
});

test("between two parts that were put at one place, a third goes behind both", () => {
  const person = new Person();
  person.model.apply([{ op: "section_set", id: "s2", order: "a" }]);
  person.dispatch(person.binding.remote(person.state, { sections: person.model.snapshot().sections.map(({ id, role, order }) => ({ id, role: role ?? null, order })) }));
  assert.deepEqual(parts(person), ["s1", "s2", "s3"]);
  move(person, findSection(person.state.doc, "s3")!.pos, findSection(person.state.doc, "s2")!.pos);
  assert.deepEqual(parts(person), ["s1", "s2", "s3"]);
});
