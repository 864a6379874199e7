// Paste from other programs, against small samples of what they put on the clipboard.
import { NO_IMAGES } from "./no_images";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { EditorState, TextSelection } from "prosemirror-state";
import { buildDoc } from "../src/build";
import { treeOfDoc } from "../src/doc_tree";
import { insertPasted } from "../src/paste";
import { isPicture, pastedBlocks, plainBlocks, type PastedNode } from "../src/paste_blocks";
import { isPastedTable, linesOf } from "../src/pasted_table";
import { toDocPosition } from "../src/positions";
import { createSchema } from "../src/schema";
import { ClipboardSerializer } from "../src/clipboard";
import { sampleTree } from "./world";

function read(html: string) {
  const { document } = parseHTML(`<!doctype html><html><head></head><body></body></html>`);
  document.body.innerHTML = html.replace(/^[\s\S]*<body[^>]*>|<\/body>[\s\S]*$/g, "");
  return pastedBlocks(document.body as unknown as PastedNode);
}

function lines(html: string): string[] {
  return read(html).blocks.map((block) => {
    if (isPastedTable(block)) return `table${block.header ? "+" : ""}: ${linesOf(block.cells, " | ").map(({ runs }) => (runs ?? []).map((run) => run.text).join("")).join(" / ")}`;
    const runs = "runs" in block ? (block.runs ?? []) : [];
    const text = runs.map((run) => (run.marks === undefined ? run.text : `${run.text}{${Object.entries(run.marks).map(([name, value]) => (value === true ? name : `${name}=${String(value)}`)).join()}}`)).join("");
    const kind = block.type + (block.level ?? "") + (block.checked === undefined ? "" : block.checked ? "+" : "-");
    return `${"  ".repeat(block.indent ?? 0)}${block.quote === true ? "> " : ""}${kind}: ${text}`;
  });
}

const fixture = (name: string): string => readFileSync(`tests/fixtures/${name}.html`, "utf8");

test("Word: lists are rebuilt, tables keep their cells, bad links go", () => {
  assert.deepEqual(lines(fixture("word")), [
    "heading1: 1 项目背景",
    "paragraph: 仓库{bold}共 3 个，华东{italic}为主。",
    "bullet: 入库",
    "  bullet: 扫码",
    "ordered: 第一步",
    "table: 编号 | 名称 / R-1 | 扫码\n入库",
    "paragraph: 坏链接 好链接{link=https://example.com/a}",
    "image: ",
  ]);
  assert.equal(read(fixture("word")).blocks.some(isPicture), true, "asked for later, by its address");
});

test("WPS: the same lists, written differently", () => {
  assert.deepEqual(lines(fixture("wps")), ["heading2: 二、范围{bold}", "paragraph: 含三个仓。", "bullet: 上海", "  ordered: 苏州{bold}"]);
});

test("Google Docs: bold is a style, nesting is a list in a list", () => {
  assert.deepEqual(lines(fixture("google_docs")), ["heading3: Goals", "paragraph: We want speed{bold} now{italic}", "bullet: one", "  bullet: two", "ordered: first"]);
});

test("飞书: lines, check boxes and quotes", () => {
  assert.deepEqual(lines(fixture("feishu")), [
    "heading1: 目标",
    "paragraph: 出库时效缩短 30%{bold}",
    "bullet: 拣货",
    "  bullet: 波次",
    "check-: 待确认",
    "check+: 已确认",
    "> paragraph: 客户原话",
  ]);
});

test("Excel: cells side by side, what one spans stays empty, numbers as they are shown", () => {
  assert.deepEqual(lines(fixture("excel")), ["table: 编号 | 需求 | 工时 | 截止 / R-1 | 扫码\n入库 | 12.5 | 2026/12/1 / R-2 |  | 12.5 | "]);
});

test("a web page: its text, structure and links, and nothing that runs or tracks", () => {
  assert.deepEqual(lines(fixture("web_page")), [
    "paragraph: Home",
    "heading1: 仓储系统选型",
    "paragraph: 先看 流程{bold}，再看产品{link=https://example.com/wms?utm_source=x}[1]。",
    "image: ",
    "bullet: 成本",
    "bullet: 时间",
    "  ordered: 试点",
    "> paragraph: 慢就是快。",
    "code: wms --dry-run",
  ]);
});

test("scripts, styles and handlers leave nothing but their neighbours' text", () => {
  const pasted = lines(`<p onclick="x()">a<script>alert(1)</script><svg><text>no</text></svg><iframe src="x"></iframe>b</p><a href=" java\tscript:alert(1)">c</a><a href="data:text/html,x">d</a>`);
  assert.deepEqual(pasted, ["paragraph: ab", "paragraph: cd"]);
});

test("markup nested to exhaust the stack keeps its text", () => {
  let bottom: PastedNode = { nodeType: 3, nodeName: "#text", textContent: "deep", childNodes: [] };
  for (let depth = 0; depth < 5000; depth++) bottom = { nodeType: 1, nodeName: "DIV", textContent: "deep", childNodes: [bottom] };
  assert.deepEqual(pastedBlocks(bottom).blocks.map((block) => ("runs" in block ? block.runs : [])), [[{ text: "deep" }]]);
});

test("plain text: a line a paragraph", () => {
  assert.deepEqual(plainBlocks("a\r\n\r\nb\n 𠮷 ").map((block) => block.runs), [[{ text: "a" }], [{ text: "b" }], [{ text: " 𠮷 " }]]);
});

function stateAt(text: string, at: number): EditorState {
  const doc = buildDoc(createSchema({}), sampleTree());
  return EditorState.create({ doc, selection: TextSelection.create(doc, toDocPosition(doc, { text, at })!) });
}

test("a single line flows into the text around it", () => {
  const state = stateAt("s/s1/body", 3);
  const { doc } = insertPasted(state, plainBlocks("XY"), () => "new")!;
  assert.equal(treeOfDoc(doc).sections[0]!.body[0]!.runs![0]!.text, "第一XY段 one");
});

test("blocks pasted into a title become one line, and too long a line is refused whole", () => {
  const { doc } = insertPasted(stateAt("title", 2), plainBlocks("a\nb"), () => "new")!;
  assert.equal(treeOfDoc(doc).title, "云仓a b需求");
  assert.equal(insertPasted(stateAt("title", 2), plainBlocks("x".repeat(301)), () => "new"), null);
});

test("more than a Text may hold is refused whole", () => {
  assert.equal(insertPasted(stateAt("s/s1/body", 3), plainBlocks("字".repeat(66_000)), () => "new"), null);
});

test("an item pasted into an item becomes its text; into a part it stays an item", () => {
  const html = `<section data-item="zz" data-kind="goal" data-fields='{"owner":"李"}'><h4 data-part="title">目标</h4><div data-part="body"><p>b</p></div><div data-part="criteria"><ul><li data-checked="true">c</li></ul></div></section>`;
  const { blocks } = read(html);
  const inside = treeOfDoc(insertPasted(stateAt("i/i1/body", 1), blocks, () => "new")!.doc);
  assert.equal(Object.keys(inside.items).length, 2);
  assert.match(JSON.stringify(inside.items["i1"]!.body), /目标.*b.*c/);
  const beside = treeOfDoc(insertPasted(stateAt("s/s1/body", 3), blocks, () => "new")!.doc);
  assert.deepEqual(beside.items["zz"]!.fields, { owner: "李" });
  assert.equal(beside.items["zz"]!.criteria[0]!.checked, true);
});

test("code, lines across the page, and the marks HTML has words for", () => {
  const html = `<pre><code>if x {\n  go()\n\n}</code></pre><hr><p><u>u</u><s>s</s><del>d</del><mark>m</mark></p><p><span style="text-decoration:line-through">gone</span><a href="https://a.b" style="text-decoration:underline">link</a></p>`;
  assert.deepEqual(lines(html), [
    "code: if x {",
    "code:   go()",
    "code: ",
    "code: }",
    "divider: ",
    "paragraph: u{underline}s{strike}d{strike}m{highlight}",
    "paragraph: gone{strike}link{link=https://a.b}",
  ]);
});

test("what is copied nests its lists and comes back the same", () => {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const schema = createSchema({});
  const tree = sampleTree();
  tree.sections[0]!.body = [
    { type: "bullet", indent: 0, quote: false, runs: [{ text: "one" }] },
    { type: "ordered", indent: 1, quote: false, runs: [{ text: "two", marks: { bold: true } }] },
    { type: "check", checked: true, indent: 1, quote: false, runs: [{ text: "three" }] },
    { type: "bullet", indent: 0, quote: false, runs: [{ text: "four" }] },
    { type: "paragraph", indent: 0, quote: true, runs: [{ text: "five" }] },
    { type: "heading", level: 2, indent: 0, quote: false, runs: [{ text: "six" }] },
    { type: "callout", indent: 0, quote: false, runs: [{ text: "seven" }] },
    { type: "callout", indent: 0, quote: false, runs: [{ text: "eight" }] },
    { type: "divider", indent: 0, quote: false, runs: [] },
    { type: "code", indent: 0, quote: false, runs: [{ text: "a <b>" }] },
    { type: "code", indent: 0, quote: false, runs: [] },
    { type: "code", indent: 0, quote: false, runs: [{ text: "  c" }] },
  ];
  const doc = buildDoc(schema, tree);
  const holder = document.createElement("div");
  const section = doc.child(1);
  const body = section.content.cut(section.child(0).nodeSize);
  ClipboardSerializer.for(schema, NO_IMAGES).serializeFragment(body, { document: document as unknown as Document }, holder as unknown as HTMLElement);
  assert.match(holder.innerHTML, /<ul><li>one<ol><li><strong>two<\/strong><\/li><\/ol><ul><li data-checked="true">three<\/li><\/ul><\/li><li>four<\/li><\/ul>/);
  assert.deepEqual(lines(holder.innerHTML), ["bullet: one", "  ordered: two{bold}", "  check+: three", "bullet: four", "> paragraph: five", "heading2: six", "callout: seven", "callout: eight", "divider: ", "code: a <b>", "code: ", "code:   c"]);
  assert.match(holder.innerHTML, /<aside data-callout=""><p>seven<\/p><p>eight<\/p><\/aside><hr><pre>a &lt;b&gt;\n\n {2}c<\/pre>/);
});
