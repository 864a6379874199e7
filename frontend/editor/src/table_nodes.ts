// What a table is on screen: columns, rows and their cells, each a node of its own, so that two people's changes to
// different ones are different steps. It builds tables and brings one into shape; it never speaks to Rust.
import type { Fragment, Node } from "prosemirror-model";
import type { Transaction } from "prosemirror-state";
import { inline } from "./build";
import { rowsOf } from "./node_kinds";
import type { EditorSchema } from "./schema";
import type { ColumnHead, Run, TableHead, TableTree } from "./tree";

/** A cell's name among all of its table. */
export function cellKey(row: string, column: string): string {
  return `${row}/${column}`;
}

export function idOf(node: Node): string {
  return String(node.attrs["id"]);
}

export function columnsOf(table: Node): Node[] {
  const columns: Node[] = [];
  table.firstChild?.forEach((column) => columns.push(column));
  return columns;
}

export function buildTable(schema: EditorSchema, table: TableTree): Node {
  return tableNode(schema, table, (row, column) => inline(schema, table.cells[cellKey(row, column)] ?? []));
}

/** A table whose cells hold what `content` says. */
export function tableNode(schema: EditorSchema, head: TableHead, content: (row: string, column: string) => Fragment): Node {
  const { nodes } = schema;
  const columns = head.columns.map((column) => nodes.table_column.create(columnAttrs(column)));
  const rows = head.rows.map((row) => {
    const cells = head.columns.map((column) => nodes.table_cell.create({ column: column.id }, content(row.id, column.id)));
    return nodes.table_row.create({ id: row.id, order: row.order }, cells);
  });
  return nodes.table.create({ id: head.id, header: head.header ?? false }, [nodes.table_columns.create(null, columns), ...rows]);
}

function columnAttrs({ id, order, width }: ColumnHead) {
  return { id, order, width: width ?? null };
}

/** Rows and columns as Rust names them. */
export function headOfTable(table: Node): TableHead {
  return {
    id: idOf(table),
    header: table.attrs["header"] === true,
    columns: columnsOf(table).map((column) => ({ id: idOf(column), order: String(column.attrs["order"]), width: column.attrs["width"] as number | null })),
    rows: rowsOf(table).map((row) => ({ id: idOf(row), order: String(row.attrs["order"]) })),
  };
}

/** The cell of a row in a column, wherever in the row it stands. */
export function cellOf(row: Node, column: string): Node | null {
  let found: Node | null = null;
  row.forEach((cell) => {
    if (found === null && cell.attrs["column"] === column) found = cell;
  });
  return found;
}

export function runsByCell(table: Node, runs: (cell: Node) => Run[]): Record<string, Run[]> {
  const cells: Record<string, Run[]> = {};
  for (const row of rowsOf(table)) {
    row.forEach((cell) => {
      if (cell.content.size > 0) cells[cellKey(idOf(row), String(cell.attrs["column"]))] = runs(cell);
    });
  }
  return cells;
}

/** By place, then by id: the order of Rust. */
export function sorted<Line extends { id: string; order: string }>(lines: readonly Line[]): Line[] {
  const compared = (a: Line, b: Line): number => (a.order === b.order ? (a.id < b.id ? -1 : 1) : a.order < b.order ? -1 : 1);
  return [...lines].sort(compared);
}

/** Brings the table at `pos` into the shape of `head`, by single rows, columns and cells: what stays is not touched. */
export function shapeTable(tr: Transaction, pos: number, head: TableHead): void {
  const { nodes } = tr.doc.type.schema as EditorSchema;
  const table = (): Node => tr.doc.nodeAt(pos)!;
  setAttrs(tr, pos, { header: head.header ?? false });
  reconcile(tr, pos + 1, 0, head.columns, "id", (column) => nodes.table_column.create(columnAttrs(column)));
  reconcile(tr, pos, 1, head.rows, "id", (row) => nodes.table_row.create(row));
  head.columns.forEach((column, index) => setAttrs(tr, pos + 2 + index, columnAttrs(column)));
  const columns = head.columns.map(({ id }) => ({ id }));
  let at = pos + 1 + table().child(0).nodeSize;
  for (let index = 0; index < head.rows.length; index++) {
    setAttrs(tr, at, { ...head.rows[index]! });
    reconcile(tr, at, 0, columns, "column", ({ id }) => nodes.table_cell.create({ column: id }));
    at += tr.doc.nodeAt(at)!.nodeSize;
  }
}

function setAttrs(tr: Transaction, pos: number, attrs: Record<string, unknown>): void {
  const node = tr.doc.nodeAt(pos)!;
  for (const [name, value] of Object.entries(attrs)) {
    if (node.attrs[name] !== value) tr.setNodeAttribute(pos, name, value);
  }
}

/** Makes the children of the node at `holder` those that are wanted, in their order; those that are there stay. */
function reconcile<Line extends { id: string }>(tr: Transaction, holder: number, first: number, wanted: readonly Line[], name: string, make: (line: Line) => Node): void {
  const node = (): Node => tr.doc.nodeAt(holder)!;
  const ids = new Set(wanted.map(({ id }) => id));
  const seen = new Set<string>();
  const gone: number[] = [];
  for (let index = first; index < node().childCount; index++) {
    const id = String(node().child(index).attrs[name]);
    if (!ids.has(id) || seen.has(id)) gone.push(index);
    seen.add(id);
  }
  for (const index of gone.reverse()) takeChild(tr, holder, index);
  wanted.forEach((line, order) => {
    const index = first + order;
    if (String(node().maybeChild(index)?.attrs[name]) === line.id) return;
    const from = indexOf(node(), index, name, line.id);
    const child = from === null ? make(line) : takeChild(tr, holder, from);
    tr.insert(startOf(node(), holder, index), child);
  });
}

function indexOf(node: Node, from: number, name: string, id: string): number | null {
  for (let index = from; index < node.childCount; index++) if (node.child(index).attrs[name] === id) return index;
  return null;
}

function startOf(node: Node, holder: number, index: number): number {
  let pos = holder + 1;
  for (let child = 0; child < index; child++) pos += node.child(child).nodeSize;
  return pos;
}

function takeChild(tr: Transaction, holder: number, index: number): Node {
  const node = tr.doc.nodeAt(holder)!;
  const pos = startOf(node, holder, index);
  const child = node.child(index);
  tr.delete(pos, pos + child.nodeSize);
  return child;
}

/** Whether a table's rows and columns stand in order and every row has exactly one cell in each column. */
export function isInShape(table: Node): boolean {
  const head = headOfTable(table);
  const inOrder = (lines: { id: string; order: string }[]): boolean => new Set(lines.map(({ id }) => id)).size === lines.length && sorted(lines).every((line, index) => line.id === lines[index]!.id);
  if (!inOrder(head.columns) || !inOrder(head.rows)) return false;
  return rowsOf(table).every((row) => row.childCount === head.columns.length && head.columns.every(({ id }, index) => row.child(index).attrs["column"] === id));
}

/** The shape a table out of order is meant to have. */
export function mendedHead(table: Node): TableHead {
  const head = headOfTable(table);
  const once = <Line extends { id: string; order: string }>(lines: Line[]): Line[] => sorted(lines.filter(({ id }, index) => lines.findIndex((line) => line.id === id) === index));
  return { ...head, columns: once(head.columns), rows: once(head.rows) };
}
