// The letters of a goal, of which the model and the editor have one list each.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SMART } from "../src/labels";

// R10
test("the letters are those of the model, in the order of the word", () => {
  const schema = readFileSync(new URL("../../../../model/src/schema.rs", import.meta.url), "utf8");
  const list = /const SMART[^=]*= &\[([^\]]*)\]/.exec(schema)![1]!;
  assert.deepEqual([...list.matchAll(/"(\w+)"/g)].map(([, name]) => name), [...SMART]);
  assert.equal(SMART.map((name) => name[0]).join(""), "smart");
});
