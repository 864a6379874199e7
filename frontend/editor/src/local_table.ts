// What the person did to one table, as edits: its rows, columns and looks, and the words in its cells.
// A table made or brought back is compared with what Rust has then; nothing here changes a document.
import { Fragment, type Node } from "prosemirror-model";
import { tokensOfInline, type Token } from "./flatten";
import { rowsOf } from "./node_kinds";
import { cellKey, cellOf, columnsOf, headOfTable, idOf, tableNode } from "./table_nodes";
import type { EditorSchema } from "./schema";
import type { Edit, TextRef } from "./tree";

/** Where edits of a table go, in an order Rust can apply, and how the words of one cell are compared. */
export interface TableSink {
  made: Edit[];
  changed: Edit[];
  gone: Edit[];
  /** The table in which a removed row or column last stood. */
  removed(key: string): Node | null;
  words(ref: TextRef, before: readonly Token[], after: readonly Token[]): void;
}

/** The name under which a removed row or column is remembered. */
export function lineKey(table: string, line: string): string {
  return `${table}/${line}`;
}

/** The edit that makes a table, and the table Rust has after it. */
export function tableMade(table: Node): { edit: Edit; empty: Node } {
  const head = headOfTable(table);
  const empty = tableNode(table.type.schema as EditorSchema, head, () => Fragment.empty);
  return { edit: { op: "table_new", id: head.id, header: head.header ?? false, columns: head.columns, rows: head.rows }, empty };
}

export function tableEdits(before: Node, after: Node, sink: TableSink): void {
  const table = idOf(after);
  if (before.attrs["header"] !== after.attrs["header"]) sink.changed.push({ op: "table_set", id: table, header: after.attrs["header"] === true });
  /** Where the words of a cell stood before, by its name. */
  const known = new Map<string, Node>();
  const remember = (from: Node, isKnown: (row: string, column: string) => boolean): void => {
    for (const row of rowsOf(from)) {
      row.forEach((cell) => {
        const column = String(cell.attrs["column"]);
        if (isKnown(idOf(row), column)) known.set(cellKey(idOf(row), column), cell);
      });
    }
  };
  columnEdits(table, before, after, sink, (id, was) => remember(was, (_, column) => column === id));
  rowEdits(table, before, after, sink, (id, was) => remember(was, (row) => row === id));
  remember(before, () => true);
  const [oldRows, columns] = [new Set(rowsOf(before)), columnsOf(after)];
  for (const row of rowsOf(after)) {
    if (oldRows.has(row)) continue;
    for (const column of columns) {
      const [was, is] = [known.get(cellKey(idOf(row), idOf(column))) ?? null, cellOf(row, idOf(column))];
      if (was === is || is === null) continue;
      sink.words(`t/${table}/${idOf(row)}/${idOf(column)}`, was === null ? [] : tokensOfInline(was), tokensOfInline(is));
    }
  }
}

function columnEdits(table: string, before: Node, after: Node, sink: TableSink, cameBack: (id: string, was: Node) => void): void {
  const old = new Map(columnsOf(before).map((column) => [idOf(column), column]));
  for (const column of columnsOf(after)) {
    const id = idOf(column);
    const { order, width } = column.attrs as { order: string; width: number | null };
    const home = old.has(id) ? null : sink.removed(lineKey(table, id));
    const was = old.get(id) ?? (home === null ? undefined : columnsOf(home).find((candidate) => idOf(candidate) === id));
    old.delete(id);
    if (was === undefined) {
      sink.made.push({ op: "column_new", table, id, order, width });
      continue;
    }
    if (home !== null) {
      sink.made.push({ op: "column_restore", table, id });
      cameBack(id, home);
    }
    if (was.attrs["order"] !== order) sink.changed.push({ op: "column_set", table, id, order });
    if (was.attrs["width"] !== width) sink.changed.push({ op: "column_width", table, id, width });
  }
  for (const id of old.keys()) sink.gone.push({ op: "column_remove", table, id });
}

function rowEdits(table: string, before: Node, after: Node, sink: TableSink, cameBack: (id: string, was: Node) => void): void {
  const old = new Map(rowsOf(before).map((row) => [idOf(row), row]));
  for (const row of rowsOf(after)) {
    const id = idOf(row);
    const order = String(row.attrs["order"]);
    const home = old.has(id) ? null : sink.removed(lineKey(table, id));
    const was = old.get(id) ?? (home === null ? undefined : rowsOf(home).find((candidate) => idOf(candidate) === id));
    old.delete(id);
    if (was === undefined) {
      sink.made.push({ op: "row_new", table, id, order });
      continue;
    }
    if (home !== null) {
      sink.made.push({ op: "row_restore", table, id });
      cameBack(id, home);
    }
    if (was.attrs["order"] !== order) sink.changed.push({ op: "row_set", table, id, order });
  }
  for (const id of old.keys()) sink.gone.push({ op: "row_remove", table, id });
}
