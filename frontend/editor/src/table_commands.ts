// What keys and the buttons of a table do: from cell to cell, rows and columns that come, go and move.
// It makes transactions; ids are handed in. Where a key means the same as elsewhere, nothing here takes it.
import { chainCommands } from "prosemirror-commands";
import { closeHistory } from "prosemirror-history";
import { Fragment, type Node, type ResolvedPos } from "prosemirror-model";
import { NodeSelection, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { MAX_CELLS, MAX_COLUMNS, MAX_ROWS } from "./bounds";
import { FLUSH } from "./commands";
import { flowPlace } from "./item_commands";
import { rowsOf } from "./node_kinds";
import { orderBetween } from "./order";
import { isCell, type EditorSchema } from "./schema";
import { caretAt, crossesTexts, deleteSelected, itemDepth } from "./selection";
import { columnsOf, headOfTable, idOf, tableNode } from "./table_nodes";

/** CSS pixels of a column. */
export const MIN_COLUMN_WIDTH = 40;
export const MAX_COLUMN_WIDTH = 2_000;

/** The cell around a position. */
export interface CellPlace {
  table: Node;
  tablePos: number;
  row: number;
  column: number;
}

export function cellAt($pos: ResolvedPos): CellPlace | null {
  if (!isCell($pos.parent)) return null;
  const depth = $pos.depth;
  return { table: $pos.node(depth - 2), tablePos: $pos.before(depth - 2), row: $pos.index(depth - 2) - 1, column: $pos.index(depth - 1) };
}

/** Position in front of a cell. */
function posOfCell(table: Node, tablePos: number, row: number, column: number): number {
  let pos = tablePos + 1;
  for (let child = 0; child <= row; child++) pos += table.child(child).nodeSize;
  pos += 1;
  for (let child = 0; child < column; child++) pos += table.child(row + 1).child(child).nodeSize;
  return pos;
}

function caretInCell(tr: Transaction, tablePos: number, row: number, column: number, side: "start" | "end" = "start"): Transaction {
  const table = tr.doc.nodeAt(tablePos)!;
  const pos = posOfCell(table, tablePos, row, column);
  const cell = tr.doc.nodeAt(pos)!;
  return tr.setSelection(TextSelection.create(tr.doc, side === "start" ? pos + 1 : pos + 1 + cell.content.size)).scrollIntoView();
}

/** Lines in a row of places after the given one, as many as asked for. */
function orders(count: number, before: string | null = null, after: string | null = null): string[] {
  const made: string[] = [];
  for (let index = 0; index < count; index++) made.push(orderBetween(made[index - 1] ?? before, after));
  return made;
}

export function newTable(schema: EditorSchema, rows: number, columns: number, newId: () => string, content: (row: number, column: number) => Fragment = () => Fragment.empty): Node {
  const line = (order: string) => ({ id: newId(), order });
  const head = { id: newId(), header: true, columns: orders(columns).map(line), rows: orders(rows).map(line) };
  const [rowAt, columnAt] = [head.rows, head.columns].map((lines) => new Map(lines.map(({ id }, index) => [id, index])));
  return tableNode(schema, head, (row, column) => content(rowAt!.get(row)!, columnAt!.get(column)!));
}

/** A small table at the caret, and the caret in its first cell; null where no table can stand. */
export function insertTable(tr: Transaction, newId: () => string): Transaction | null {
  const schema = tr.doc.type.schema as EditorSchema;
  const { $head } = tr.selection;
  if (itemDepth($head) !== null || isCell($head.parent)) return null;
  const place = flowPlace(tr, "table");
  if (place === null) return null;
  const table = newTable(schema, 3, 3, newId);
  const section = tr.doc.resolve(place.pos).parent;
  const isLast = tr.doc.resolve(place.pos + place.replaces).indexAfter() >= section.childCount;
  const nodes = isLast ? [table, schema.nodes.paragraph.create()] : [table];
  if (place.replaces > 0) tr.replaceWith(place.pos, place.pos + place.replaces, nodes);
  else tr.insert(place.pos, nodes);
  return caretInCell(tr, place.pos, 0, 0);
}

/** The order of a line that is to stand at `index` among these. */
function orderAt(lines: readonly Node[], index: number): string {
  const before = lines[index - 1]?.attrs["order"] as string | undefined;
  // Two people may have chosen the same place: the new line goes behind both.
  const after = lines.slice(index).find((line) => before === undefined || String(line.attrs["order"]) > before);
  return orderBetween(before ?? null, after === undefined ? null : String(after.attrs["order"]));
}

type Side = "before" | "after";

function fits(rows: number, columns: number): boolean {
  return rows <= MAX_ROWS && columns <= MAX_COLUMNS && rows * columns <= MAX_CELLS;
}

function withCell(state: EditorState, run: (place: CellPlace) => Transaction | null, dispatch?: (tr: Transaction) => void): boolean {
  const place = cellAt(state.selection.$head);
  const tr = place === null ? null : run(place);
  if (tr === null) return false;
  // Each is a step of undoing of its own.
  dispatch?.(closeHistory(tr.setMeta(FLUSH, true)));
  return true;
}

export function addRow(side: Side, newId: () => string): Command {
  return (state, dispatch) =>
    withCell(state, ({ table, tablePos, row, column }) => {
      const rows = rowsOf(table);
      if (!fits(rows.length + 1, columnsOf(table).length)) return null;
      const index = side === "before" ? row : row + 1;
      const { nodes } = state.schema as EditorSchema;
      const cells = columnsOf(table).map((column) => nodes.table_cell.create({ column: idOf(column) }));
      const pos = index < rows.length ? posOfCell(table, tablePos, index, 0) - 1 : tablePos + table.nodeSize - 1;
      const tr = state.tr.insert(pos, nodes.table_row.create({ id: newId(), order: orderAt(rows, index) }, cells));
      return caretInCell(tr, tablePos, index, column);
    }, dispatch);
}

export function addColumn(side: Side, newId: () => string): Command {
  return (state, dispatch) =>
    withCell(state, ({ table, tablePos, row, column }) => {
      const columns = columnsOf(table);
      if (!fits(rowsOf(table).length, columns.length + 1)) return null;
      const index = side === "before" ? column : column + 1;
      const { nodes } = state.schema as EditorSchema;
      const id = newId();
      const tr = state.tr;
      for (let each = rowsOf(table).length - 1; each >= 0; each--) {
        const pos = index < columns.length ? posOfCell(table, tablePos, each, index) : posOfCell(table, tablePos, each, index - 1) + table.child(each + 1).child(index - 1).nodeSize;
        tr.insert(pos, nodes.table_cell.create({ column: id }));
      }
      tr.insert(tablePos + 2 + index, nodes.table_column.create({ id, order: orderAt(columns, index), width: null }));
      return caretInCell(tr, tablePos, row, index);
    }, dispatch);
}

/** Takes the caret's row out; the last one takes the table along. */
export const removeRow: Command = (state, dispatch) =>
  withCell(state, ({ table, tablePos, row, column }) => {
    const rows = rowsOf(table);
    if (rows.length === 1) return withoutTable(state.tr, table, tablePos);
    const pos = posOfCell(table, tablePos, row, 0) - 1;
    const tr = state.tr.delete(pos, pos + rows[row]!.nodeSize);
    return caretInCell(tr, tablePos, Math.min(row, rows.length - 2), column);
  }, dispatch);

/** Takes the caret's column out; the last one takes the table along. */
export const removeColumn: Command = (state, dispatch) =>
  withCell(state, ({ table, tablePos, row, column }) => {
    const columns = columnsOf(table);
    if (columns.length === 1) return withoutTable(state.tr, table, tablePos);
    const tr = state.tr;
    for (let each = rowsOf(table).length - 1; each >= 0; each--) {
      const pos = posOfCell(table, tablePos, each, column);
      tr.delete(pos, pos + table.child(each + 1).child(column).nodeSize);
    }
    tr.delete(tablePos + 2 + column, tablePos + 3 + column);
    return caretInCell(tr, tablePos, row, Math.min(column, columns.length - 2));
  }, dispatch);

function withoutTable(tr: Transaction, table: Node, pos: number): Transaction {
  tr.replaceWith(pos, pos + table.nodeSize, (tr.doc.type.schema as EditorSchema).nodes.paragraph.create());
  return caretAt(tr, pos + 1);
}

export const removeTable: Command = (state, dispatch) => withCell(state, ({ table, tablePos }) => withoutTable(state.tr, table, tablePos), dispatch);

export const toggleHeader: Command = (state, dispatch) =>
  withCell(state, ({ table, tablePos }) => state.tr.setNodeAttribute(tablePos, "header", table.attrs["header"] !== true), dispatch);

/** Moves the caret's row up or down by one. */
export function moveRow(by: 1 | -1): Command {
  return (state, dispatch) =>
    withCell(state, ({ table, tablePos, row, column }) => {
      const rows = rowsOf(table);
      const to = row + by;
      if (to < 0 || to >= rows.length) return null;
      const others = rows.filter((_, index) => index !== row);
      const moved = rows[row]!;
      const tr = state.tr.delete(posOfCell(table, tablePos, row, 0) - 1, posOfCell(table, tablePos, row, 0) - 1 + moved.nodeSize);
      const now = tr.doc.nodeAt(tablePos)!;
      const pos = to < others.length ? posOfCell(now, tablePos, to, 0) - 1 : tablePos + now.nodeSize - 1;
      tr.insert(pos, moved.type.create({ ...moved.attrs, order: orderAt(others, to) }, moved.content));
      return caretInCell(tr, tablePos, to, column);
    }, dispatch);
}

/** Moves the caret's column left or right by one. */
export function moveColumn(by: 1 | -1): Command {
  return (state, dispatch) =>
    withCell(state, ({ table, tablePos, row, column }) => {
      const columns = columnsOf(table);
      const to = column + by;
      if (to < 0 || to >= columns.length) return null;
      const others = columns.filter((_, index) => index !== column);
      const order = orderAt(others, to);
      // The cells follow their column when the table is brought into order.
      const tr = state.tr.setNodeAttribute(tablePos + 2 + column, "order", order);
      const [low, high] = by === 1 ? [column, to] : [to, column];
      for (let each = rowsOf(table).length - 1; each >= 0; each--) {
        const pos = posOfCell(table, tablePos, each, low);
        const cells = table.child(each + 1);
        const end = pos + cells.child(low).nodeSize;
        tr.insert(end + cells.child(high).nodeSize, cells.child(low)).delete(pos, end);
      }
      const at = tablePos + 2 + low;
      const first = tr.doc.nodeAt(at)!;
      tr.insert(at + 2, first).delete(at, at + 1);
      return caretInCell(tr, tablePos, row, to);
    }, dispatch);
}

/** Sets the width of a column in CSS pixels; null leaves it to what stands in it. */
export function setColumnWidth(tr: Transaction, tablePos: number, column: number, width: number | null): Transaction {
  const within = width === null ? null : Math.round(Math.max(MIN_COLUMN_WIDTH, Math.min(MAX_COLUMN_WIDTH, width)));
  return tr.setNodeAttribute(tablePos + 2 + column, "width", within);
}

/** Tab: on to the next cell; from the last one into a new row. */
export function nextCell(newId: () => string): Command {
  return (state, dispatch) => {
    const place = cellAt(state.selection.$head);
    if (place === null) return false;
    const { table, tablePos, row, column } = place;
    const [rows, columns] = [rowsOf(table).length, columnsOf(table).length];
    const isLast = row === rows - 1 && column === columns - 1;
    if (!isLast) {
      dispatch?.(column < columns - 1 ? caretInCell(state.tr, tablePos, row, column + 1, "end") : caretInCell(state.tr, tablePos, row + 1, 0, "end"));
      return true;
    }
    return addRow("after", newId)(state, dispatch === undefined ? undefined : (tr) => dispatch(caretInCell(tr, tablePos, row + 1, 0)));
  };
}

/** Shift-Tab: back to the cell before; from the first one out in front of the table. */
export const previousCell: Command = (state, dispatch) => {
  const place = cellAt(state.selection.$head);
  if (place === null) return false;
  const { table, tablePos, row, column } = place;
  if (column > 0) dispatch?.(caretInCell(state.tr, tablePos, row, column - 1, "end"));
  else if (row > 0) dispatch?.(caretInCell(state.tr, tablePos, row - 1, columnsOf(table).length - 1, "end"));
  else dispatch?.(state.tr.setSelection(NodeSelection.create(state.doc, tablePos)).scrollIntoView());
  return true;
};

/** Enter: a new line in the cell; cells never split. */
export const lineInCell: Command = (state, dispatch) => {
  if (cellAt(state.selection.$head) === null) return false;
  const { from, to } = state.selection;
  // Over several cells: they are emptied, and nothing is split.
  dispatch?.(crossesTexts(state.doc, from, to) ? deleteSelected(state.tr) : state.tr.insertText("\n").scrollIntoView());
  return true;
};

/** Backspace at the start of a cell and Delete at its end do nothing: nothing merges, and nothing beyond is touched. */
function edgeOfCell(edge: Side): Command {
  return (state) => {
    const { selection } = state;
    if (!selection.empty || !isCell(selection.$head.parent)) return false;
    return selection.$head.parentOffset === (edge === "before" ? 0 : selection.$head.parent.content.size);
  };
}
export const backspaceInCell = edgeOfCell("before");
export const deleteInCell = edgeOfCell("after");

/** Ctrl-Enter: out of the table, into a paragraph behind it. */
export const leaveTable: Command = (state, dispatch) => {
  const place = cellAt(state.selection.$head);
  if (place === null) return false;
  const after = place.tablePos + place.table.nodeSize;
  const tr = state.tr;
  const next = tr.doc.nodeAt(after);
  if (next === null || !next.isTextblock) tr.insert(after, (state.schema as EditorSchema).nodes.paragraph.create());
  dispatch?.(caretAt(tr, after + 1));
  return true;
};

/** Arrow up or down at the first or last line of a cell: to the cell above or below, and out of the table at its edge. */
export function verticalArrow(by: 1 | -1): Command {
  return (state, dispatch, view) => {
    const { selection } = state;
    const place = cellAt(selection.$head);
    if (place === null || !selection.empty) return false;
    const { parent, parentOffset } = selection.$head;
    const rest = by === 1 ? parent.textContent.slice(parentOffset) : parent.textContent.slice(0, parentOffset);
    if (view === undefined ? rest.includes("\n") : !view.endOfTextblock(by === 1 ? "down" : "up")) return false;
    const { table, tablePos, row, column } = place;
    const to = row + by;
    if (to >= 0 && to < rowsOf(table).length) {
      dispatch?.(caretInCell(state.tr, tablePos, to, column, by === 1 ? "start" : "end"));
      return true;
    }
    const beyond = state.doc.resolve(by === 1 ? tablePos + table.nodeSize : tablePos);
    const next = by === 1 ? beyond.nodeAfter : beyond.nodeBefore;
    if (next !== null && next.isTextblock) dispatch?.(state.tr.setSelection(TextSelection.near(beyond, by)).scrollIntoView());
    else if (by === 1) return leaveTable(state, dispatch);
    else {
      const tr = state.tr.insert(tablePos, (state.schema as EditorSchema).nodes.paragraph.create());
      dispatch?.(caretAt(tr, tablePos + 1));
    }
    return true;
  };
}

/** Enter with a whole table selected: into its first cell. */
export const intoTable: Command = (state, dispatch) => {
  const { selection } = state;
  if (!(selection instanceof NodeSelection) || selection.node.type.name !== "table") return false;
  const head = headOfTable(selection.node);
  if (head.rows.length === 0 || head.columns.length === 0) return false;
  dispatch?.(caretInCell(state.tr, selection.from, 0, 0));
  return true;
};

export const enterInTable = chainCommands(intoTable, lineInCell);
