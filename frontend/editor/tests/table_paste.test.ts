// SPEC: D23 E16 E14
// Tables from other programs, within the bounds of Rust; and a table of ours out and in again.
import { MAX_COLUMNS } from "../src/bounds";
import { NO_IMAGES } from "./no_images";
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { parseHTML } from "linkedom";
import { Fragment } from "prosemirror-model";
import { TextSelection } from "prosemirror-state";
import { ClipboardSerializer } from "../src/clipboard";
import { clipboardText } from "../src/markdown_write";
import { insertPasted, lengthOf } from "../src/paste";
import { pastedBlocks, type PastedNode } from "../src/paste_blocks";
import { divided, isPastedTable, type PastedTable } from "../src/pasted_table";
import { Oracle } from "./oracle";
import { Replica } from "./replica";

const oracle = new Oracle();
after(() => oracle.close());

function read(html: string) {
  const { document } = parseHTML("<!doctype html><html><head></head><body></body></html>");
  document.body.innerHTML = html;
  return pastedBlocks(document.body as unknown as PastedNode).blocks;
}

function words(table: PastedTable): string[][] {
  return table.cells.map((row) => row.map((runs) => runs.map((run) => run.text).join("")));
}

function tableIn(html: string): PastedTable {
  return read(html).find(isPastedTable)!;
}

function replica(name: string, place = "paragraph"): Replica {
  oracle.ask({ cmd: "bare", replica: name });
  const made = new Replica(oracle, name);
  let at = 0;
  made.state.doc.descendants((node, pos) => {
    if (at === 0 && node.type.name === place) at = pos + 1;
  });
  made.dispatch(made.state.tr.setSelection(TextSelection.create(made.state.doc, at)));
  return made;
}

function paste(into: Replica, html: string): boolean {
  const tr = insertPasted(into.state, read(html), () => into.newId());
  if (tr !== null) into.dispatch(tr);
  return tr !== null;
}

test("cells stand side by side, whatever rows they span; marks and lines stay", () => {
  const table = tableIn(`<table><thead><tr><th>项目</th><th>单价</th><th>备注</th></tr></thead>
    <tbody><tr><td rowspan="2">入库</td><td><b>12</b></td><td><p>一</p><p>二</p></td></tr><tr><td colspan="2">x</td></tr></tbody></table>`);
  assert.deepEqual(words(table), [["项目", "单价", "备注"], ["入库", "12", "一\n二"], ["", "x", ""]]);
  assert.equal(table.header, true);
  assert.deepEqual(table.cells[1]![1], [{ text: "12", marks: { bold: true } }]);
});

test("a table that only frames something, and one in a cell, are their text", () => {
  assert.deepEqual(read("<table><tr><td>only</td></tr></table>").map((block) => block.type), ["paragraph"]);
  const outer = tableIn("<table><tr><td>a</td><td><table><tr><td>1</td><td>2</td></tr></table></td></tr></table>");
  assert.deepEqual(words(outer), [["a", "1 | 2"]]);
});

test("a pasted table is one of the document, and everything Rust has is on screen", () => {
  const mine = replica("paste1");
  assert.ok(paste(mine, "<p>before</p><table><tr><td>a</td><td>b</td></tr><tr><td></td><td>𠮷 &lt;i&gt;</td></tr></table><p>behind</p>"));
  mine.assertSame();
  const [table] = Object.values(mine.tree().tables ?? {});
  assert.deepEqual([table!.rows.length, table!.columns.length, Object.keys(table!.cells).length], [2, 2, 3]);
});

test("pasted into a cell a table is lines with tabs; no block stands in a cell", () => {
  const mine = replica("paste2");
  paste(mine, "<table><tr><td>a</td><td>b</td></tr></table>");
  let cell = 0;
  mine.state.doc.descendants((node, pos) => {
    if (cell === 0 && node.type.name === "table_cell") cell = pos + 1;
  });
  mine.dispatch(mine.state.tr.setSelection(TextSelection.create(mine.state.doc, cell)));
  paste(mine, "<h1>x</h1><table><tr><td>1</td><td>2</td></tr></table>");
  mine.assertSame();
  assert.ok(Object.values(Object.values(mine.tree().tables!)[0]!.cells).some((runs) => runs.map((run) => run.text).join("") === "x\n1\t2a"));
});

test("what is larger than a table may be stands behind it as lines, and Rust takes all of it", () => {
  const wide = `<tr>${Array.from({ length: MAX_COLUMNS + 2 }, (_, index) => `<td>${index}</td>`).join("")}</tr>`;
  const { table, rest } = divided(tableIn(`<table>${wide}${wide}</table>`));
  assert.equal(table!.cells[0]!.length, MAX_COLUMNS);
  assert.deepEqual(rest.map((line) => line.runs!.map((run) => run.text).join("")), ["50\t51", "50\t51"]);
  const mine = replica("paste3");
  const tall = `<table>${Array.from({ length: 620 }, (_, index) => `<tr>${"<td>x</td>".repeat(6)}<td>${index}</td></tr>`).join("")}</table>`;
  assert.ok(lengthOf(read(tall)) < 10);
  assert.ok(paste(mine, tall));
  mine.assertSame();
  const [made] = Object.values(mine.tree().tables ?? {});
  assert.equal(made!.rows.length, 500);
  assert.ok(mine.tree().sections[0]!.body.some((block) => (block.runs ?? []).map((run) => run.text).join("").endsWith("\t619")));
});

test("a table goes out as a table and, alone, as lines with tabs, and comes in as it was", () => {
  const mine = replica("paste4");
  const html = `<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>say "2"</td></tr></table>`;
  paste(mine, html);
  const { document } = parseHTML("<!doctype html><html><head></head><body></body></html>");
  const { content } = mine.state.doc.child(1);
  const body = content.cut(mine.state.doc.child(1).child(0).nodeSize);
  document.body.append(ClipboardSerializer.for(mine.schema, NO_IMAGES).serializeFragment(body, { document }));
  const back = pastedBlocks(document.body as unknown as PastedNode).blocks.find(isPastedTable)!;
  assert.deepEqual(words(back), [["a", "b"], ["1", 'say "2"']]);
  assert.equal(back.header, true);
  const table = Fragment.from(Array.from({ length: body.childCount }, (_, at) => body.child(at)).find((node) => node.type.name === "table"));
  assert.equal(clipboardText(table, NO_IMAGES.address), 'a\tb\n1\t"say ""2"""');
});
