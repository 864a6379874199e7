// What can be done with a table, in a menu behind its button: rows and columns that come, go, move and change width.
// Each act is a command on the cell that holds the caret, as its key is.
import type { Command, EditorState } from "prosemirror-state";
import { label, type Labels } from "./labels";
import type { Choice } from "./menu";
import { addColumn, addRow, cellAt, moveColumn, moveRow, removeColumn, removeRow, removeTable, setColumnWidth, toggleHeader } from "./table_commands";
import { columnsOf } from "./table_nodes";

export const ROW_ACTS = ["row_above", "row_below", "row_up", "row_down", "row_remove"] as const;
export const COLUMN_ACTS = ["column_left", "column_right", "column_move_left", "column_move_right", "column_wider", "column_narrower", "column_remove"] as const;
export const TABLE_ACTS = ["header", "remove"] as const;
export type TableAct = (typeof ROW_ACTS)[number] | (typeof COLUMN_ACTS)[number] | (typeof TABLE_ACTS)[number];

/** CSS pixels a press makes a column wider or narrower by, and what a column without a width of its own begins from. */
const WIDTH_STEP = 40;
const WIDTH_FIRST = 160;

const HINTS: Partial<Record<TableAct, string>> = { row_up: "Alt ⇧ ↑", row_down: "Alt ⇧ ↓", column_move_left: "Alt ⇧ ←", column_move_right: "Alt ⇧ →" };

export function tableActs(labels: Labels): Choice[] {
  const group = (acts: readonly TableAct[], name: string): Choice[] =>
    acts.map((id) => {
      const hint = HINTS[id];
      return { id, label: label(labels, `table_${id}`), group: label(labels, name), ...(hint === undefined ? {} : { hint }) };
    });
  return [...group(ROW_ACTS, "table_rows"), ...group(COLUMN_ACTS, "table_columns"), ...group(TABLE_ACTS, "table")];
}

export function actOnTable(act: TableAct, newId: () => string): Command {
  switch (act) {
    case "row_above":
      return addRow("before", newId);
    case "row_below":
      return addRow("after", newId);
    case "row_up":
      return moveRow(-1);
    case "row_down":
      return moveRow(1);
    case "row_remove":
      return removeRow;
    case "column_left":
      return addColumn("before", newId);
    case "column_right":
      return addColumn("after", newId);
    case "column_move_left":
      return moveColumn(-1);
    case "column_move_right":
      return moveColumn(1);
    case "column_wider":
      return widen(WIDTH_STEP);
    case "column_narrower":
      return widen(-WIDTH_STEP);
    case "column_remove":
      return removeColumn;
    case "header":
      return toggleHeader;
    case "remove":
      return removeTable;
  }
}

function widen(by: number): Command {
  return (state: EditorState, dispatch) => {
    const place = cellAt(state.selection.$head);
    if (place === null) return false;
    const width = (columnsOf(place.table)[place.column]!.attrs["width"] as number | null) ?? WIDTH_FIRST;
    dispatch?.(setColumnWidth(state.tr, place.tablePos, place.column, width + by));
    return true;
  };
}
