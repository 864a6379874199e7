// Moving a block, an item or a part to another place: the transactions behind the drag handle and the keys that move
// parts. What is moved keeps its identity; what stands between two others of the same place goes behind both.
import { closeHistory } from "prosemirror-history";
import type { Node } from "prosemirror-model";
import { TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { SECTIONS } from "./item_commands";
import { orderBetween } from "./order";

/** Whether what stands at `pos` can be moved: a part, or a block or item in one. */
export function isMovable(doc: Node, pos: number): boolean {
  const node = doc.nodeAt(pos);
  if (node === null) return false;
  const holder = doc.resolve(pos).parent;
  return node.type.name === "section" || (holder.type.name === "section" && node.type.name !== "part_heading");
}

/** Moves what stands at `pos` to the gap at `target`; null when it cannot go there or would stay where it is. */
export function moveTo(state: EditorState, pos: number, target: number): Transaction | null {
  const node = state.doc.nodeAt(pos);
  if (node === null || !isMovable(state.doc, pos) || (target >= pos && target <= pos + node.nodeSize)) return null;
  const tr = node.type.name === "section" ? movePart(state, pos, node, target) : moveInFlow(state, pos, node, target);
  return tr === null ? null : closeHistory(tr);
}

function moveInFlow(state: EditorState, pos: number, node: Node, target: number): Transaction | null {
  const $target = state.doc.resolve(target);
  // In front of the heading of a part there is no room for a line of it.
  if ($target.parent.type.name !== "section" || $target.index() === 0) return null;
  return relocated(state.tr, pos, node, node, target);
}

function movePart(state: EditorState, pos: number, node: Node, target: number): Transaction | null {
  const $target = state.doc.resolve(target);
  if ($target.depth !== 0 || $target.index() === 0) return null;
  const others: Node[] = [];
  state.doc.forEach((part) => part !== node && part.type.name === "section" && others.push(part));
  let index = others.indexOf($target.nodeAfter!);
  if (index < 0) index = others.length;
  const place = (at: number): string | null => (others[at] === undefined ? null : String(others[at].attrs["order"]));
  // Two parts of one place have no place between them.
  while (index > 0 && index < others.length && place(index - 1) === place(index)) index++;
  const moved = node.type.create({ ...node.attrs, order: orderBetween(place(index - 1), place(index)) }, node.content);
  return relocated(state.tr, pos, node, moved, startOf(state.doc, others[index])).setMeta(SECTIONS, true);
}

/** Where a part begins, or where the document ends. */
function startOf(doc: Node, part: Node | undefined): number {
  let start = doc.content.size;
  doc.forEach((child, offset) => child === part && (start = offset));
  return start;
}

/** Puts `moved` to `target` and takes `node` away; a caret in it goes along. */
function relocated(tr: Transaction, pos: number, node: Node, moved: Node, target: number): Transaction {
  const { $head } = tr.selection;
  const inside = $head.pos > pos && $head.pos < pos + node.nodeSize ? $head.pos - pos : null;
  tr.insert(target, moved);
  const from = tr.mapping.map(pos, 1);
  tr.delete(from, from + node.nodeSize);
  const landed = tr.mapping.slice(1).map(target, -1);
  return inside === null ? tr : tr.setSelection(TextSelection.near(tr.doc.resolve(landed + inside))).scrollIntoView();
}

/** Moves the part whose heading has the caret past its neighbour. */
export function movePartBy(step: -1 | 1): Command {
  return (state, dispatch) => {
    const { $head } = state.selection;
    if ($head.parent.type.name !== "part_heading") return false;
    const pos = $head.before(1);
    const part = $head.node(1);
    const next = step === 1 ? state.doc.resolve(pos + part.nodeSize).nodeAfter : state.doc.resolve(pos).nodeBefore;
    if (next === null || next.type.name !== "section") return false;
    const tr = moveTo(state, pos, step === 1 ? pos + part.nodeSize + next.nodeSize : pos - next.nodeSize);
    if (tr === null) return false;
    dispatch?.(tr);
    return true;
  };
}
