// Reading mode: a state of this person's editor that changes no text and no rights, and that tells nobody anything.
import assert from "node:assert/strict";
import { test } from "node:test";
import { modeOf } from "../src/reading";
import { Person } from "./person";

test("reading takes no keys, keeps the caret, and leaves no step of undo", () => {
  const person = new Person().caret("s/s1/body", 3);
  const key = person.state.plugins.map((plugin) => (plugin as unknown as { key: string }).key).find((key) => key.startsWith("reading$"))!;
  const editable = () => person.state.plugins.every((plugin) => plugin.props.editable?.call(plugin, person.state) !== false);
  assert.ok(editable());
  const { doc } = person.state;
  person.dispatch(person.state.tr.setMeta(key, "reading").setMeta("addToHistory", false));
  assert.equal(modeOf(person.state), "reading");
  assert.ok(!editable());
  assert.equal(person.here, "s/s1/body@3");
  assert.equal(person.state.doc, doc);
  person.dispatch(person.state.tr.setMeta(key, "writing").setMeta("addToHistory", false));
  assert.ok(editable());
});
