// Markdown and plain text in, Markdown out, and both again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Fragment } from "prosemirror-model";
import { buildBlocks, buildDoc } from "../src/build";
import { markdownBlocks, markdownRuns } from "../src/markdown_read";
import { clipboardText as copied } from "../src/markdown_write";
import type { Pasted } from "../src/paste_blocks";
import { isPastedTable } from "../src/pasted_table";
import { createSchema } from "../src/schema";
import type { Block, MarkSet, Run } from "../src/tree";
import { Random, sampleTree, seed } from "./world";

const clipboardText = (fragment: Parameters<typeof copied>[0]): string => copied(fragment, (image) => image);

function words(runs: readonly Run[]): string {
  return runs.map(({ text, marks }) => (marks === undefined ? text : `${text}{${Object.entries(marks).map(([name, value]) => (value === true ? name : `${name}=${String(value)}`)).join()}}`)).join("");
}

function shown(blocks: Pasted["blocks"]): string[] {
  return blocks.map((block) => {
    const kind = block.type + (block.level ?? "") + (block.checked === undefined ? "" : block.checked ? "+" : "-");
    const text = isPastedTable(block) ? block.cells.map((row) => row.map(words).join(" | ")).join(" / ") : words("runs" in block ? (block.runs ?? []) : []);
    return `${"  ".repeat(block.indent ?? 0)}${block.quote === true ? "> " : ""}${kind}: ${text}`;
  });
}

const read = (text: string): string[] => shown(markdownBlocks(text));

test("Markdown keeps its structure", () => {
  const text = [
    "# 需求说明 #", "", "Some **bold**, *italic*, ~~gone~~, ==seen== and `code*s*`.", "A [link](https://example.com/a_(b)) and a [bad one](javascript:alert(1)).", "",
    "- one", "  - two", "    1. three", "- [ ] open", "- [x] done", "  goes on", "",
    "> said **so**", "> - in a list", "", "```rust", "fn main() {", "", "  # not a heading", "}", "```", "---",
    "| 编号 | 名称 |", "|:--|--:|", "| R-1 | a \\| b |", "| R-2 |", "", "1) first", "2) second", "#### deep",
  ].join("\r\n");
  assert.deepEqual(read(text), [
    "heading1: 需求说明",
    "paragraph: Some bold{bold}, italic{italic}, gone{strike}, seen{highlight} and code*s*{code}.",
    "paragraph: A link{link=https://example.com/a_(b)} and a bad one.",
    "bullet: one", "  bullet: two", "    ordered: three", "check-: open", "check+: done", "paragraph: goes on",
    "> paragraph: said so{bold}", "> bullet: in a list",
    "code: fn main() {", "code: ", "code:   # not a heading", "code: }",
    "divider: ",
    "table: 编号 | 名称 / R-1 | a | b / R-2 | ",
    "ordered: first", "ordered: second", "heading3: deep",
  ]);
});

test("a requirement document kept as Markdown", () => {
  assert.deepEqual(read(readFileSync("tests/fixtures/markdown.md", "utf8")), [
    "heading1: 云仓需求",
    "paragraph: 目标见 G-001{link=https://example.com/doc#G-001}，出库时效{bold}缩短 30%。",
    "heading2: 范围",
    "bullet: 入库", "  bullet: 扫码", "bullet: 出库",
    "ordered: 试点", "ordered: 推广",
    "check+: 合同", "check-: 验收",
    "table: 仓库 | 面积 / 上海 | 12,000 m²",
    "> paragraph: 先做华东。",
    "code: select * from stock",
  ]);
});

test("plain text stays what it is: sums, names, paths, addresses and lists in Chinese", () => {
  for (const line of ["2*3*4 = 24", "snake_case_name and __init__", "C:\\Users\\wang", "https://a.example/x_y_z*1*", "#标签 不是标题", "1.5 元", "a | b", "3-4 人", "* ", "**", "（1）第一", "```", "---x", "~5 km ~ 6 km", "5 > 3"]) {
    assert.deepEqual(read(line), [`paragraph: ${line}`], line);
  }
  assert.deepEqual(read("第一行\n第二行\n\n  第三行"), ["paragraph: 第一行", "paragraph: 第二行", "paragraph:   第三行"]);
});

test("as many tabs in every line are a table; one line of them is a line", () => {
  assert.deepEqual(read("a\tb\n1\t2\n"), ["table: a | b / 1 | 2"]);
  assert.deepEqual(read("a\tb"), ["paragraph: a b"]);
  assert.deepEqual(read("a\tb\n1"), ["paragraph: a b", "paragraph: 1"]);
});

test("signs without an end, without a bound and in each other cost no more than their length", () => {
  const started = process.cpuUsage().user;
  for (const sign of ["**", "*a", "[", "[a](", "`", "~~a", "> ", "# ", "- ", "|", "| -", "_a ", "\\", "```\n", "#"]) {
    markdownBlocks(sign.repeat(19_000 / sign.length));
    markdownBlocks(sign.repeat(1_000_000 / sign.length));
  }
  markdownBlocks(`#${" ".repeat(19_000)}x${" ".repeat(900)}#`);
  // Not a measure of speed: something quadratic takes minutes.
  assert.ok(process.cpuUsage().user - started < 60_000_000);
});

const schema = createSchema({});
const fragmentOf = (blocks: readonly Block[]): Fragment => Fragment.fromArray(buildBlocks(schema, blocks, () => null));

test("a line, or words of it, is copied as it reads; more than one block is Markdown", () => {
  const bold: Block = { type: "paragraph", indent: 0, quote: false, runs: [{ text: "一 ", marks: { bold: true } }, { text: "two" }] };
  const list = (type: "bullet" | "ordered" | "check", indent: number, text: string): Block => ({ type, indent, quote: false, runs: [{ text }], ...(type === "check" ? { checked: true } : {}) });
  assert.equal(clipboardText(fragmentOf([bold])), "一 two");
  assert.equal(clipboardText(fragmentOf([bold]).firstChild!.content), "一 two");
  // Words of a line in a part come with the part around them.
  const words = fragmentOf([list("bullet", 0, "words")]).firstChild!.cut(0, 4);
  assert.equal(clipboardText(Fragment.from(schema.nodes.section.create({ id: "s", order: "a" }, words))), "word");
  assert.equal(
    clipboardText(fragmentOf([bold, list("ordered", 0, "a"), list("ordered", 1, "b"), list("ordered", 0, "c"), list("check", 0, "d"), { type: "code", indent: 0, quote: false, runs: [{ text: "x*y*" }] }, { type: "code", indent: 0, quote: false, runs: [{ text: "z" }] }])),
    "**一** two\n\n1. a\n    1. b\n2. c\n- [x] d\n\n```\nx*y*\nz\n```",
  );
});

test("a whole document goes out with its parts, items and their numbers", () => {
  const tree = sampleTree();
  tree.items["i1"]!.number = "R-001";
  const doc = buildDoc(schema, tree);
  const text = clipboardText(doc.content);
  assert.match(text, /^# /);
  assert.match(text, /\n## /);
  assert.match(text, /\n### R-001 扫码入库\n\nbody one\n\n- \[ \] c1\n/);
});

test("what is copied as Markdown is read as what it was", () => {
  const first = seed();
  const random = new Random(first);
  const texts = ["需求", "a*b*c", "*star*", "_x_", "[a](b)", "# no heading", "- no entry", "1. no entry", "> no quote", "`tick", "back\\slash", "==", "| a | b |", "---", "word", "𠮷 e\u0301", "1) x", "```", "+ y", "~~z~~"];
  for (let round = 0; round < 400; round++) {
    const blocks: Block[] = [];
    for (let at = 0; at < 4; at++) {
      const type = random.pick(["paragraph", "heading", "bullet", "check", "ordered"] as const);
      const text = `${random.pick(texts)} ${random.pick(texts)}`;
      const marks = random.pick<MarkSet | undefined>([undefined, undefined, { bold: true }, { italic: true }, { strike: true }, { link: "https://example.com/" }]);
      const runs: Run[] = marks === undefined ? [{ text: `甲 ${text} end` }] : [{ text: "甲 " }, { text: random.pick(["需求", "two words"]), marks }, { text: ` ${text} end` }];
      if (marks === undefined && random.next() < 0.3) runs[0]!.text = `${text} end`;
      blocks.push({ type, indent: 0, quote: type === "paragraph" && random.next() < 0.2, runs, ...(type === "heading" ? { level: 2 } : {}), ...(type === "check" ? { checked: random.next() < 0.5 } : {}) });
    }
    const text = clipboardText(fragmentOf(blocks));
    assert.deepEqual(shown(markdownBlocks(text)), shown(blocks), `seed ${first}, round ${round}:\n${text}`);
  }
});

test("words of one line keep their marks in each other", () => {
  assert.equal(words(markdownRuns("**bold *and* [link](mailto:a@b.example)**")), "bold {bold}and{bold,italic} {bold}link{bold,link=mailto:a@b.example}");
});
