// Making, leaving and keeping apart items and parts. It makes transactions; ids are handed in.
import type { Node } from "prosemirror-model";
import { NodeSelection, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { newItem, newSection } from "./build";
import { orderBetween } from "./order";
import { isCell, type EditorSchema } from "./schema";
import { blockAt, caretAt, itemDepth } from "./selection";
import { behindOutcomes } from "./topic";

/** Meta of a transaction that is meant to add or remove parts. */
export const SECTIONS = "sections";

/** Puts a new item at the caret (behind the block or item it is in) and the caret into its title. */
export function insertItem(tr: Transaction, id: string, kind: string): Transaction {
  const schema = tr.doc.type.schema as EditorSchema;
  const item = newItem(schema, id, kind);
  const place = flowPlace(tr, kind);
  if (place === null) return tr;
  if (place.replaces > 0) tr.replaceWith(place.pos, place.pos + place.replaces, item);
  else tr.insert(place.pos, item);
  return caretAt(tr, place.pos + 1);
}

/** Brings back an item that was taken out: at the end of the part such items belong to, else of the first. */
export function restoreItem(tr: Transaction, item: Node): Transaction | null {
  const place = homeOf(tr, String(item.attrs["kind"]));
  return place === null ? null : tr.insert(place.pos, item);
}

/** Where in a part's flow something new goes: in place of an empty paragraph, else behind what holds the caret. */
export function flowPlace(tr: Transaction, kind: string): { pos: number; replaces: number } | null {
  const { $head } = tr.selection;
  const inItem = itemDepth($head);
  if (inItem !== null) {
    const behind = $head.after(inItem);
    const isTopics = kind === "topic" || $head.node(inItem).attrs["kind"] === "topic";
    return { pos: isTopics ? behindOutcomes(tr.doc, behind) : behind, replaces: 0 };
  }
  if (isCell($head.parent)) return { pos: $head.after($head.depth - 2), replaces: 0 };
  const block = blockAt($head);
  if (block !== null) {
    const blank = block.node.type.name === "paragraph" && block.node.content.size === 0;
    return blank ? { pos: block.pos, replaces: block.node.nodeSize } : { pos: $head.after(), replaces: 0 };
  }
  if ($head.parent.type.name === "part_heading") return { pos: $head.after(), replaces: 0 };
  if ($head.parent.type.name === "section") return { pos: tr.selection.to, replaces: 0 };
  return homeOf(tr, kind);
}

/** Parts in which items of a kind are at home, by their roles: `home_roles` in `model/src/schema.rs`. */
export const HOMES: Readonly<Record<string, readonly string[]>> = {
  requirement: ["requirements", "content"],
  goal: ["goals"],
  deliverable: ["deliverables"],
  decision: ["consensus"],
  question: ["issues"],
  action: ["actions"],
  topic: ["content"],
};

/** With the caret in no part: the end of the part such items belong to, else of the first. */
function homeOf(tr: Transaction, kind: string): { pos: number; replaces: number } | null {
  let first: number | null = null;
  let home: number | null = null;
  tr.doc.forEach((section, pos) => {
    if (section.type.name !== "section") return;
    const end = pos + section.nodeSize - 1;
    first ??= end;
    if (home === null && HOMES[kind]?.includes(String(section.attrs["role"]))) home = end;
  });
  const pos = home ?? first;
  return pos === null ? null : { pos, replaces: 0 };
}

/** Out of an item, into a new paragraph behind it; an empty last block of it goes along. */
export const leaveItem: Command = (state, dispatch) => {
  const { selection } = state;
  const depth = itemDepth(selection.$from);
  const schema = state.schema as EditorSchema;
  const selected = state.doc.nodeAt(selection.from)?.type.name === "item" && selection.to > selection.from;
  if (depth === null && !selected) return false;
  if (dispatch === undefined) return true;
  const tr = state.tr;
  const after = depth === null ? selection.to : selection.$from.after(depth);
  tr.insert(after, schema.nodes.paragraph.create());
  tr.setSelection(TextSelection.create(tr.doc, after + 1));
  const block = selected ? null : blockAt(selection.$head);
  const inside = block !== null && depth !== null && block.pos < after && block.pos > selection.$from.before(depth);
  if (inside && block.node.content.size === 0 && block.index > 0) tr.delete(block.pos, block.pos + block.node.nodeSize);
  dispatch(tr.scrollIntoView());
  return true;
};

/** Moves the item with the caret, or else its block, past its neighbour; an item also into the next part. */
export function moveBy(step: -1 | 1): Command {
  return (state, dispatch) => {
    const { $head } = state.selection;
    const selected = state.selection instanceof NodeSelection;
    const $at = selected ? state.selection.$from : $head;
    const depth = selected ? $head.depth + 1 : (itemDepth($head) ?? (blockAt($head) === null ? null : $head.depth));
    if (depth === null) return false;
    const holder = $head.node(depth - 1);
    const index = $at.index(depth - 1);
    const firstIndex = holder.type.name === "section" ? 1 : 0;
    const pos = $at.posAtIndex(index, depth - 1);
    const node = holder.child(index);
    const past = index + step;
    let target: number | null;
    if (past >= firstIndex && past < holder.childCount) target = step === -1 ? pos - holder.child(past).nodeSize : pos + node.nodeSize + holder.child(past).nodeSize;
    else target = node.type.name === "item" ? edgeOfNextPart(state, $head.before(1), step) : null;
    if (target === null) return false;
    if (dispatch !== undefined) {
      const tr = state.tr.insert(target, node);
      const from = tr.mapping.map(pos, 1);
      tr.delete(from, from + node.nodeSize);
      const landed = tr.mapping.slice(1).map(target, -1);
      const at = selected ? NodeSelection.create(tr.doc, landed) : TextSelection.create(tr.doc, landed + ($head.pos - pos));
      dispatch(tr.setSelection(at).scrollIntoView());
    }
    return true;
  };
}

function edgeOfNextPart(state: EditorState, partPos: number, step: -1 | 1): number | null {
  const $part = state.doc.resolve(partPos);
  const next = step === -1 ? $part.nodeBefore : state.doc.resolve(partPos + $part.nodeAfter!.nodeSize).nodeAfter;
  if (next === null || next.type.name !== "section") return null;
  return step === -1 ? partPos - 1 : partPos + $part.nodeAfter!.nodeSize + 1 + next.child(0).nodeSize;
}

/** A new part behind the one with the caret; between two with the same place there is none, so behind both. */
export function insertSection(state: EditorState, id: string): Transaction {
  const schema = state.schema as EditorSchema;
  const { $head } = state.selection;
  let index = $head.depth === 0 ? 0 : $head.index(0);
  while (index > 0 && state.doc.maybeChild(index + 1)?.attrs["order"] === state.doc.child(index).attrs["order"]) index++;
  const before = state.doc.maybeChild(index);
  const after = state.doc.maybeChild(index + 1);
  const order = orderBetween(
    before?.type.name === "section" ? String(before.attrs["order"]) : null,
    after === null ? null : String(after.attrs["order"]),
  );
  const section = newSection(schema, { id, role: null, order });
  let pos = 0;
  for (let child = 0; child <= index; child++) pos += state.doc.maybeChild(child)?.nodeSize ?? 0;
  return caretAt(state.tr.insert(pos, section).setMeta(SECTIONS, true), pos + 1);
}
