// Making, leaving and keeping apart items and parts. It makes transactions; ids are handed in.
import type { Node } from "prosemirror-model";
import { TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { emptyParagraph } from "./build";
import { firstFields, isAcceptedByCriteria } from "./labels";
import { orderBetween } from "./order";
import type { EditorSchema } from "./schema";
import { blockAt, caretAt, itemDepth } from "./selection";

/** Meta of a transaction that is meant to add or remove parts. */
export const SECTIONS = "sections";

/** A new, empty item. */
export function newItem(schema: EditorSchema, id: string, kind: string): Node {
  const criteria = isAcceptedByCriteria(kind) ? schema.nodes.li.create({ list: "check" }) : emptyParagraph(schema);
  return schema.nodes.item.create({ id, kind, number: null, fields: firstFields(kind) }, [
    schema.nodes.item_title.create(),
    schema.nodes.item_body.create(null, emptyParagraph(schema)),
    schema.nodes.item_criteria.create(null, criteria),
  ]);
}

/** Puts a new item at the caret (behind the block or item it is in) and the caret into its title. */
export function insertItem(tr: Transaction, id: string, kind: string): Transaction {
  const schema = tr.doc.type.schema as EditorSchema;
  const item = newItem(schema, id, kind);
  const place = flowPlace(tr);
  if (place === null) return tr;
  if (place.replaces > 0) tr.replaceWith(place.pos, place.pos + place.replaces, item);
  else tr.insert(place.pos, item);
  return caretAt(tr, place.pos + 1);
}

/** Where in a part's flow something new goes: in place of an empty paragraph, else behind what holds the caret. */
function flowPlace(tr: Transaction): { pos: number; replaces: number } | null {
  const { $head } = tr.selection;
  const inItem = itemDepth($head);
  if (inItem !== null) return { pos: $head.after(inItem), replaces: 0 };
  const block = blockAt($head);
  if (block !== null) {
    const blank = block.node.type.name === "paragraph" && block.node.content.size === 0;
    return blank ? { pos: block.pos, replaces: block.node.nodeSize } : { pos: $head.after(), replaces: 0 };
  }
  if ($head.parent.type.name === "part_heading") return { pos: $head.after(), replaces: 0 };
  if ($head.parent.type.name === "section") return { pos: tr.selection.to, replaces: 0 };
  const section = tr.doc.maybeChild(1);
  return section === null ? null : { pos: tr.doc.child(0).nodeSize + 1 + section.child(0).nodeSize, replaces: 0 };
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
  if (block !== null && block.node.content.size === 0 && block.index > 0) tr.delete(block.pos, block.pos + block.node.nodeSize);
  dispatch(tr.scrollIntoView());
  return true;
};

/** A new part behind the one with the caret. */
export function insertSection(state: EditorState, id: string): Transaction {
  const schema = state.schema as EditorSchema;
  const { $head } = state.selection;
  const index = $head.depth === 0 ? 0 : $head.index(0);
  const before = state.doc.maybeChild(index);
  const after = state.doc.maybeChild(index + 1);
  const order = orderBetween(
    before?.type.name === "section" ? String(before.attrs["order"]) : null,
    after === null ? null : String(after.attrs["order"]),
  );
  const section = schema.nodes.section.create({ id, role: null, order }, [schema.nodes.part_heading.create(), emptyParagraph(schema)]);
  const pos = before === null ? 0 : $head.depth === 0 ? before.nodeSize : $head.after(1);
  return caretAt(state.tr.insert(pos, section).setMeta(SECTIONS, true), pos + 1);
}
