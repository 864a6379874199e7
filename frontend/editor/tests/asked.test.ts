// The fields a kind of item asks for, of which the model and the editor have one list each.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { askedOf, fieldsOf } from "../src/labels";

// D27
test("every kind asks for what it asks for in the model", () => {
  const schema = readFileSync(new URL("../../../../model/src/schema.rs", import.meta.url), "utf8");
  const table = /const fn asked_fields[\s\S]*?\n {4}}/.exec(schema)![0];
  const arms = [...table.matchAll(/((?:Self::\w+(?: \| )?)+) => &\[([^\]]*)\]/g)];
  assert.equal(arms.length, 3);
  for (const [, kinds, fields] of arms) {
    const names = [...fields!.matchAll(/"(\w+)"/g)].map(([, name]) => name);
    for (const [, kind] of kinds!.matchAll(/Self::(\w+)/g)) assert.deepEqual([...askedOf(kind!.toLowerCase())], names, kind);
  }
  for (const kind of ["requirement", "topic"]) assert.equal(askedOf(kind), fieldsOf(kind));
});
