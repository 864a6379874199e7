// Selected text becomes an item where it stands: its first line the title, the rest the body.
// One transaction; what is left of the blocks it was cut from stays around it.
import type { Node } from "prosemirror-model";
import { TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import { MAX_PLAIN_LENGTH } from "./bounds";
import { newItem } from "./build";
import { isImage } from "./node_kinds";
import { textAt } from "./positions";
import { isAtomBlock, type EditorSchema } from "./schema";
import { blockAt, itemDepth, selectedBlocks } from "./selection";

/** Whether the selection is text that can be an item: in the flow of one part, without items in it. */
export function canBecomeItem(state: EditorState): boolean {
  const { selection, doc } = state;
  if (!(selection instanceof TextSelection) || selection.empty) return false;
  const { $from, $to } = selection;
  if (itemDepth($from) !== null || blockAt($from) === null || blockAt($to) === null) return false;
  if (textAt($from)?.ref !== textAt($to)?.ref || doc.textBetween($from.pos, $to.pos, " ").trim() === "") return false;
  let plainBlocks = true;
  doc.nodesBetween($from.pos, $to.pos, (node) => {
    plainBlocks &&= !isAtomBlock(node) && !isImage(node);
    return plainBlocks;
  });
  return plainBlocks;
}

/** The transaction that makes it one, or null where it cannot be. The caret goes behind its title. */
export function itemFromSelection(state: EditorState, id: string, kind: string): Transaction | null {
  if (!canBecomeItem(state)) return null;
  const { from, to } = state.selection;
  const blocks = selectedBlocks(state);
  const first = blocks[0]!;
  const last = blocks[blocks.length - 1]!;
  const chosen = blocks.map(({ node, pos }) => node.cut(Math.max(0, from - pos - 1), Math.min(node.content.size, to - pos - 1)));
  const item = filled(state.schema as EditorSchema, id, kind, chosen);
  const before = first.node.cut(0, from - first.pos - 1);
  const behind = last.node.cut(to - last.pos - 1);
  const kept = (node: Node): Node[] => (node.textContent.trim() === "" ? [] : [node]);
  const rest = kept(behind).map((node) => withMarker(node));
  const tr = state.tr.replaceWith(first.pos, last.pos + last.node.nodeSize, [...kept(before), item, ...rest]);
  const at = first.pos + (kept(before)[0]?.nodeSize ?? 0);
  return tr.setSelection(TextSelection.create(tr.doc, at + 2 + item.child(0).content.size)).scrollIntoView();
}

/** A new item with these blocks as its words. A first line too long for a title is cut there and stays whole below. */
function filled(schema: EditorSchema, id: string, kind: string, chosen: readonly Node[]): Node {
  const lines = chosen.filter((node) => node.textContent.trim() !== "");
  const line = (lines[0]?.textContent ?? "").replace(/\s+/g, " ").trim();
  const title = [...line].reduce((text, letter) => (text.length + letter.length <= MAX_PLAIN_LENGTH ? text + letter : text), "");
  const body = (title === line ? lines.slice(1) : lines).map((node) => withMarker(node));
  const empty = newItem(schema, id, kind);
  return empty.type.create(empty.attrs, [
    schema.nodes.item_title.create(null, schema.text(title)),
    body.length > 0 ? schema.nodes.item_body.create(null, body) : empty.child(1),
    empty.child(2),
  ]);
}

/** A paragraph that began a Text without a marker gets one: it begins it no more. */
function withMarker(node: Node): Node {
  return node.attrs["implicit"] === true ? node.type.create({ ...node.attrs, implicit: false }, node.content) : node;
}
