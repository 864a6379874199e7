// Small rules with an answer each: links, the slash, places of parts, hunks and merges, and the size of the bundle.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { diffTokens, mergeTokens } from "../src/diff";
import { tokensOfText, type Token } from "../src/flatten";
import { HOMES } from "../src/item_commands";
import { ITEM_KINDS, LABEL_KEYS } from "../src/labels";
import { completeHref, safeHref } from "../src/links";
import { orderBetween } from "../src/order";
import { filterEntries, slashEntries, slashQuery } from "../src/slash_entries";
import { textEdits } from "../src/text_edits";
import { Random, seed } from "./world";

/** The editor script with everything in it weighs at most 130 KiB compressed, as in xtask/src/bench.rs. */
const MAX_BUNDLE_BYTES = 130 * 1024;

test("the bundle is small", (context) => {
  const bytes = gzipSync(readFileSync("dist/editor.js"), { level: 9 }).length;
  context.diagnostic(`editor.js: ${bytes} bytes gzip`);
  assert.ok(bytes <= MAX_BUNDLE_BYTES, `${bytes} bytes`);
});

test("only http, https, mailto and tel are links", () => {
  for (const good of ["http://a.b", "HTTPS://a.b/c?d#e", "mailto:a@b.c", "tel:+86-10"]) assert.equal(safeHref(good), good);
  for (const bad of ["javascript:alert(1)", " java\nscript:alert(1)", "\u0001javascript:x", "data:text/html,x", "vbscript:x", "file:///etc", "//a.b", "", "a.b", "https:".padEnd(3000, "x")]) {
    assert.equal(safeHref(bad), null, bad);
  }
  assert.equal(safeHref("ht\u200btps://a.b"), "https://a.b");
});

test("typed addresses get the scheme they lack", () => {
  assert.equal(completeHref("example.com/a"), "https://example.com/a");
  assert.equal(completeHref("example.com:8080"), "https://example.com:8080");
  assert.equal(completeHref("a@b.cn"), "mailto:a@b.cn");
  assert.equal(completeHref("javascript:alert(1)"), null);
});

test("the slash opens at the start of a line or after a space, in three scripts", () => {
  assert.deepEqual(slashQuery("/"), { length: 1, query: "" });
  assert.deepEqual(slashQuery("文 ／需求"), { length: 3, query: "需求" });
  assert.deepEqual(slashQuery("、xq"), { length: 3, query: "xq" });
  assert.equal(slashQuery("and/or"), null);
  assert.equal(slashQuery("苹果、梨"), null);
  assert.equal(slashQuery("/a b"), null);
});

test("entries are found by label, pinyin and Latin words", () => {
  const entries = slashEntries({ kind_requirement: "需求", block_bullet: "无序列表" }, { items: ITEM_KINDS, sections: true });
  for (const query of ["需求", "xq", "xuqiu", "req"]) assert.equal(filterEntries(entries, query)[0]?.id, "item:requirement", query);
  assert.equal(filterEntries(entries, "wx")[0]?.id, "bullet");
  assert.deepEqual(filterEntries(entries, "zzzz"), []);
  assert.ok(slashEntries({}, { items: [], sections: false }).every(({ id }) => !id.startsWith("item:") && id !== "section"));
});

test("items are at home where the model says", () => {
  const schema = readFileSync("../../model/src/schema.rs", "utf8");
  const table = /fn home_roles[^{]*\{\s*match self \{([^}]*)\}/.exec(schema)?.[1] ?? "";
  const homes: Record<string, string[]> = {};
  for (const [, kind, roles] of table.matchAll(/Self::(\w+) => &\[([^\]]*)\]/g)) {
    if (roles !== "") homes[kind!.toLowerCase()] = [...roles!.matchAll(/"(\w+)"/g)].map(([, role]) => role!);
  }
  assert.ok(Object.keys(homes).length > 0, "the table is where it is looked for");
  assert.deepEqual(HOMES, homes);
});

test("label keys are unique", () => assert.equal(new Set(LABEL_KEYS).size, LABEL_KEYS.length));

test("a place can always be made between two", () => {
  const places = ["0180", "0280"];
  const random = new Random(seed());
  for (let count = 0; count < 300; count++) {
    const at = random.below(places.length + 1);
    places.splice(at, 0, orderBetween(places[at - 1] ?? null, places[at] ?? null));
  }
  assert.deepEqual(places, [...places].sort((a, b) => (a < b ? -1 : 1)));
  assert.equal(new Set(places).size, places.length);
});

const row = (text: string): Token[] => tokensOfText(text);
const said = (tokens: readonly Token[]): string => tokens.map((token) => token.key).join("");

test("one typed letter among equals is where the caret says", () => {
  for (let caret = 1; caret <= 5; caret++) {
    const [hunk, ...more] = diffTokens(row("aaaa"), row("aaaaa"), caret);
    assert.deepEqual([hunk?.newTo, more], [caret, []]);
  }
});

test("a surrogate pair is never split", () => {
  assert.deepEqual(textEdits("title", 0, row("x𠮷"), row("x𠮸")), [{ op: "splice", text: "title", at: 1, del: 2, runs: [{ text: "𠮸" }] }]);
});

test("random edits of a text say exactly what changed", () => {
  const random = new Random(seed());
  for (let count = 0; count < 300; count++) {
    const word = (): string => Array.from({ length: random.below(12) }, () => random.pick(["a", "b", "𠮷", "字"])).join("");
    const [before, after] = [word(), word()];
    let text = before;
    for (const edit of textEdits("title", 0, row(before), row(after))) {
      assert.equal(edit.op, "splice");
      if (edit.op === "splice") text = text.slice(0, edit.at) + edit.runs.map((run) => run.text).join("") + text.slice(edit.at + edit.del);
    }
    assert.equal(text, after);
  }
});

test("a merge keeps what both wrote", () => {
  assert.equal(said(mergeTokens(row("abc"), row("aXbc"), row("abcY"), null)), "aXbcY");
  assert.equal(said(mergeTokens(row("abc"), row("ac"), row("abZc"), null)), "aZc");
  assert.equal(said(mergeTokens(row("abc"), row("abXc"), row("c"), null)), "Xc");
  assert.equal(said(mergeTokens(row(""), row("你好"), row("hi"), null)).length, 4);
});
