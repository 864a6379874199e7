// A table as other programs put it on the clipboard: its cells side by side, within the bounds of a table of ours.
// What does not fit stands behind it as lines with tabs between the cells; nothing is lost.
import { MAX_CELL_LENGTH, MAX_COLUMNS, MAX_ROWS } from "./bounds";
import type { PastedNode } from "./paste_blocks";
import type { Block, BlockHead, Run } from "./tree";

export interface PastedTable extends BlockHead {
  type: "table";
  cells: Run[][][];
  /** Its first row names the columns. */
  header: boolean;
}

/** Filling a cell is an edit, and a call holds 5,000 of them (model limits) with the rest of the paste. */
const MAX_PASTED_CELLS = 3_500;

export function isPastedTable(block: BlockHead): block is PastedTable {
  return block.type === "table" && "cells" in block;
}

/** Its rows, wherever below it they are; rows of a table in a cell are that table's. */
function rowsIn(table: PastedNode): PastedNode[] {
  const rows: PastedNode[] = [];
  for (const child of Array.from(table.childNodes)) {
    const name = child.nodeName.toUpperCase();
    if (name === "TR") rows.push(child);
    else if (name === "TBODY" || name === "THEAD" || name === "TFOOT") rows.push(...rowsIn(child));
  }
  return rows;
}

function spanOf(cell: PastedNode, name: string, most: number): number {
  const span = Number(cell.getAttribute?.(name) ?? 1);
  return Number.isInteger(span) && span > 1 ? Math.min(span, most) : 1;
}

/** The cells of a table in rows of one length; what a cell spans besides its own place is empty. */
export function readTable(table: PastedNode, head: BlockHead, cell: (node: PastedNode) => Run[]): PastedTable {
  const cells: Run[][][] = [];
  const taken = new Set<string>();
  let header = false;
  rowsIn(table).forEach((row, down) => {
    const line: Run[][] = [];
    const boxes = Array.from(row.childNodes).filter((node) => /^T[DH]$/i.test(node.nodeName));
    if (down === 0) header = boxes.length > 0 && boxes.every((box) => box.nodeName.toUpperCase() === "TH");
    for (const box of boxes) {
      while (taken.has(`${down} ${line.length}`)) line.push([]);
      const [wide, high] = [spanOf(box, "colspan", MAX_COLUMNS), spanOf(box, "rowspan", MAX_ROWS)];
      for (let below = 1; below < high; below++) for (let beside = 0; beside < wide; beside++) taken.add(`${down + below} ${line.length + beside}`);
      line.push(cell(box));
      for (let beside = 1; beside < wide; beside++) line.push([]);
    }
    cells.push(line);
  });
  const width = Math.max(0, ...cells.map((line) => line.length));
  for (const line of cells) while (line.length < width) line.push([]);
  return { type: "table", indent: 0, quote: head.quote ?? false, cells: cells.filter((line) => width > 0 && line.length > 0), header };
}

/** Cells in a line each row, with this between them; rows that hold nothing are no lines. */
export function linesOf(rows: readonly Run[][][], between: string): Block[] {
  return rows
    .filter((row) => row.some((runs) => runs.some((run) => run.text.trim() !== "")))
    .map((row) => ({ type: "paragraph", indent: 0, quote: false, runs: row.flatMap((runs, at) => (at === 0 ? runs : [{ text: between }, ...runs])) }));
}

/** What of a table fits into one of ours, and lines of what does not; no table where there is nothing to keep in columns. */
export function divided(pasted: PastedTable): { table: PastedTable | null; rest: Block[] } {
  const { cells } = pasted;
  const tooLong = cells.some((row) => row.some((runs) => runs.reduce((sum, run) => sum + run.text.length, 0) > MAX_CELL_LENGTH));
  const width = cells[0]?.length ?? 0;
  if (width * cells.length < 2 || tooLong) return { table: null, rest: linesOf(cells, "\t") };
  const columns = Math.min(width, MAX_COLUMNS);
  const rows = Math.min(cells.length, MAX_ROWS, Math.floor(MAX_PASTED_CELLS / columns));
  const table = { ...pasted, cells: cells.slice(0, rows).map((row) => row.slice(0, columns)) };
  const rest = [...linesOf(cells.slice(0, rows).map((row) => row.slice(columns)), "\t"), ...linesOf(cells.slice(rows), "\t")];
  return { table, rest };
}
