// What can be done with a whole item, in a menu behind its number: its link, a copy of it, its place, its removal.
// Everything but the link and the way to another document is a transaction like any other, so undo takes it back and others see it.
import { closeHistory } from "prosemirror-history";
import { NodeSelection, type EditorState, type Transaction } from "prosemirror-state";
import { moveBy } from "./item_commands";
import { label, type Labels } from "./labels";
import type { Choice } from "./menu";
import { caretAt } from "./selection";

export type ItemAct = "copy_link" | "duplicate" | "move_up" | "move_down" | "move_to" | "remove";
/** Those that are a transaction of this document. */
type EditingAct = Exclude<ItemAct, "copy_link" | "move_to">;

/** What is offered: who only reads can pass the item on. */
export function itemActs(labels: Labels, editable: boolean): Choice[] {
  const choice = (id: ItemAct, hint?: string): Choice => ({ id, label: label(labels, `item_${id}`), ...(hint === undefined ? {} : { hint }) });
  const link = choice("copy_link");
  if (!editable) return [link];
  return [link, choice("duplicate"), choice("move_up", "Alt ⇧ ↑"), choice("move_down", "Alt ⇧ ↓"), choice("move_to"), choice("remove")];
}

/** The transaction of an act on the item at `pos`; null when there is nothing to do, as at the end of the document. */
export function actOnItem(state: EditorState, pos: number, act: EditingAct, newId: () => string): Transaction | null {
  const tr = transactionOf(state, pos, act, newId);
  // However quickly two acts follow each other, undo takes back one.
  return tr === null ? null : closeHistory(tr);
}

function transactionOf(state: EditorState, pos: number, act: EditingAct, newId: () => string): Transaction | null {
  const item = state.doc.nodeAt(pos);
  if (item === null || item.type.name !== "item") return null;
  switch (act) {
    case "duplicate": {
      const copy = item.type.create({ ...item.attrs, id: newId(), number: null }, item.content);
      return caretAt(state.tr.insert(pos + item.nodeSize, copy), pos + item.nodeSize + 1);
    }
    case "remove":
      return state.tr.delete(pos, pos + item.nodeSize).scrollIntoView();
    default: {
      let moved: Transaction | null = null;
      const selected = state.apply(state.tr.setSelection(NodeSelection.create(state.doc, pos)));
      moveBy(act === "move_up" ? -1 : 1)(selected, (tr) => (moved = tr));
      return moved === null ? null : again(state, moved);
    }
  }
}

/** The steps of a transaction of a state that differs only in its selection. */
function again(state: EditorState, moved: Transaction): Transaction {
  const { tr } = state;
  for (const step of moved.steps) tr.step(step);
  return tr.setSelection(NodeSelection.create(tr.doc, moved.selection.from)).scrollIntoView();
}
