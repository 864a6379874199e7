// What others just changed is shown for a moment; what one writes oneself never is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fade, FRESH_MS, freshRanges } from "../src/fresh";
import { toTextPosition } from "../src/positions";
import { Person } from "./person";

/** What is shown, as texts with their places. */
function shown(person: Person): string[] {
  const { doc } = person.state;
  return freshRanges(person.state).map(({ from, to }) => {
    const place = toTextPosition(doc, from);
    return `${place === null ? "item" : `${place.text}@${place.at}`} ${doc.textBetween(from, to, "|")}`;
  });
}

function othersWrite(person: Person, text: string, at: number, words: string): void {
  person.model.apply([{ op: "splice", text, at, del: 0, runs: [{ text: words }] }]);
  person.dispatch(person.binding.remote(person.state, { texts: { [text]: person.model.blocks(text) } }));
}

test("the words of others are shown where they stand, also after I write in front of them, and go with the time", () => {
  const person = new Person();
  const began = Date.now();
  othersWrite(person, "s/s1/body", 4, "新");
  assert.deepEqual(shown(person), ["s/s1/body@4 新"]);
  person.caret("s/s1/body", 1).type("我的");
  assert.deepEqual(shown(person), ["s/s1/body@6 新"]);
  person.dispatch(fade(person.state.tr, began + FRESH_MS - 1));
  assert.equal(shown(person).length, 1);
  person.dispatch(fade(person.state.tr, Date.now() + FRESH_MS));
  assert.deepEqual(shown(person), []);
});

test("an item whose state others change is shown as a whole; what they take away shows nothing", () => {
  const person = new Person();
  const item = person.model.item("i1")!;
  person.model.apply([{ op: "item_set", id: "i1", field: "status", value: "agreed" }]);
  const { title: _title, body: _body, criteria: _criteria, ...head } = { ...item, fields: { ...item.fields, status: "agreed" } };
  person.dispatch(person.binding.remote(person.state, { items: { i1: head } }));
  const [range] = freshRanges(person.state);
  assert.equal(person.state.doc.nodeAt(range!.from)!.attrs["id"], "i1");
  assert.equal(range!.to - range!.from, person.state.doc.nodeAt(range!.from)!.nodeSize);
  person.dispatch(fade(person.state.tr, Date.now() + FRESH_MS));
  person.model.apply([{ op: "splice", text: "s/s1/body", at: 1, del: 2, runs: [] }]);
  person.dispatch(person.binding.remote(person.state, { texts: { "s/s1/body": person.model.blocks("s/s1/body") } }));
  assert.deepEqual(shown(person), []);
});
