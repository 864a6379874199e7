// Questions about selections that several commands ask: which block, in which Text, and does it cross Texts.
// Deleting across Texts is here too: it empties what is covered and never merges one Text into another.
import type { Node, ResolvedPos } from "prosemirror-model";
import { TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import { textAt } from "./positions";
import { isAtomBlock, isCell, isPlain } from "./schema";

/** A textblock of a rich Text and its place among its siblings. */
export interface BlockPlace {
  node: Node;
  pos: number;
  holder: Node;
  /** Depth of the holder. */
  depth: number;
  index: number;
  /** Index of the holder's first block. */
  firstIndex: number;
}

/** The rich block around a position; null in a title, a heading or a cell. */
export function blockAt($pos: ResolvedPos): BlockPlace | null {
  const node = $pos.parent;
  if (!node.isTextblock || isPlain(node) || isCell(node)) return null;
  const depth = $pos.depth - 1;
  const holder = $pos.node(depth);
  return { node, pos: $pos.before(), holder, depth, index: $pos.index(depth), firstIndex: holder.type.name === "section" ? 1 : 0 };
}

/** Depth of the item around a position, or null. */
export function itemDepth($pos: ResolvedPos): number | null {
  for (let depth = $pos.depth; depth > 0; depth--) if ($pos.node(depth).type.name === "item") return depth;
  return null;
}

/** Rich blocks touched by the selection, in document order. */
export function selectedBlocks(state: EditorState): { node: Node; pos: number }[] {
  const blocks: { node: Node; pos: number }[] = [];
  for (const { $from, $to } of state.selection.ranges) {
    state.doc.nodesBetween($from.pos, $to.pos, (node, pos) => {
      if (!node.isTextblock) return true;
      if (!isPlain(node) && !isCell(node)) blocks.push({ node, pos });
      return false;
    });
  }
  return blocks;
}

/** Whether a range begins in one Text and ends in another. */
export function crossesTexts(doc: Node, from: number, to: number): boolean {
  if (from === to) return false;
  const [start, end] = [textAt(doc.resolve(from)), textAt(doc.resolve(to))];
  return start === null || end === null || start.ref !== end.ref;
}

/** Empties a range that crosses Texts: whole blocks and items go, the texts they stood in stay. */
export function deleteAcross(tr: Transaction, from: number, to: number): Transaction {
  const cuts: { from: number; to: number }[] = [];
  tr.doc.nodesBetween(from, to, (node, pos, parent, index) => {
    const end = pos + node.nodeSize;
    const covered = pos >= from && end <= to;
    if (isAtomBlock(node) && covered) {
      cuts.push({ from: pos, to: end });
      return false;
    }
    if (!node.isTextblock) return true;
    const firstIndex = parent?.type.name === "section" ? 1 : 0;
    if (covered && !isPlain(node) && !isCell(node) && index > firstIndex) cuts.push({ from: pos, to: end });
    else if (Math.max(from, pos + 1) < Math.min(to, end - 1)) cuts.push({ from: Math.max(from, pos + 1), to: Math.min(to, end - 1) });
    return false;
  });
  for (const cut of cuts.reverse()) tr.delete(cut.from, cut.to);
  return tr.setSelection(TextSelection.near(tr.doc.resolve(Math.min(from, tr.doc.content.size))));
}

/** Takes the selection out, whatever it spans. */
export function deleteSelected(tr: Transaction): Transaction {
  const { from, to, empty } = tr.selection;
  if (empty) return tr;
  return crossesTexts(tr.doc, from, to) ? deleteAcross(tr, from, to) : tr.deleteSelection();
}

/** Puts the caret into the first textblock at or after `pos`. */
export function caretAt(tr: Transaction, pos: number): Transaction {
  return tr.setSelection(TextSelection.near(tr.doc.resolve(Math.max(0, Math.min(pos, tr.doc.content.size))), 1)).scrollIntoView();
}
