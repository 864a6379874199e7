// What keys do to blocks: Enter, Backspace, Delete, lists, quotes, headings and check boxes.
// Commands only make transactions; which key calls which is in keys.ts, items are in item_commands.ts.
import { chainCommands, joinForward } from "prosemirror-commands";
import type { Attrs, Node } from "prosemirror-model";
import { NodeSelection, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { leaveItem } from "./item_commands";
import { isImage } from "./node_kinds";
import { isAtomBlock, isPlain, MAX_INDENT, type EditorSchema } from "./schema";
import { blockAt, caretAt, crossesTexts, deleteAcross, deleteSelected, itemDepth, selectedBlocks, type BlockPlace } from "./selection";

/** Meta of a transaction after which everything should be committed at once. */
export const FLUSH = "flush";

export type BlockKind = "paragraph" | "heading1" | "heading2" | "heading3" | "bullet" | "ordered" | "check" | "callout" | "code";

function schemaOf(state: EditorState): EditorSchema {
  return state.schema as EditorSchema;
}

/** The type and attributes of a kind of block, keeping the place it has. */
export function blockSpec(schema: EditorSchema, kind: BlockKind, from: Attrs) {
  const flow = { indent: from["indent"] ?? 0, quote: from["quote"] ?? false };
  switch (kind) {
    case "paragraph":
      return { type: schema.nodes.paragraph, attrs: { ...flow, implicit: false } };
    case "bullet":
    case "ordered":
    case "check":
      return { type: schema.nodes.li, attrs: { ...flow, list: kind, checked: false } };
    case "callout":
      return { type: schema.nodes.callout, attrs: flow };
    case "code":
      return { type: schema.nodes.code_line, attrs: flow };
    default:
      return { type: schema.nodes.heading, attrs: { indent: 0, quote: flow.quote, level: Number(kind.slice(-1)) } };
  }
}

/** Turns the selected blocks into `kind`; those that all are already become paragraphs again. */
export function setBlock(kind: BlockKind): Command {
  return (state, dispatch) => {
    const blocks = selectedBlocks(state).filter(({ node }) => !isImage(node));
    if (blocks.length === 0) return false;
    const schema = schemaOf(state);
    const isKind = ({ node }: { node: Node }) => {
      const { type, attrs } = blockSpec(schema, kind, node.attrs);
      return node.type === type && node.attrs["level"] === attrs["level" as keyof typeof attrs] && node.attrs["list"] === attrs["list" as keyof typeof attrs];
    };
    const target = kind !== "paragraph" && blocks.every(isKind) ? "paragraph" : kind;
    if (dispatch !== undefined) {
      const tr = state.tr;
      for (const { node, pos } of blocks) {
        const { type, attrs } = blockSpec(schema, target, node.attrs);
        tr.setNodeMarkup(pos, type, attrs);
      }
      dispatch(tr.scrollIntoView());
    }
    return true;
  };
}

export const toggleQuote: Command = (state, dispatch) => {
  const blocks = selectedBlocks(state);
  if (blocks.length === 0) return false;
  const quote = !blocks.every(({ node }) => node.attrs["quote"] === true);
  if (dispatch !== undefined) {
    const tr = state.tr;
    for (const { node, pos } of blocks) tr.setNodeMarkup(pos, null, { ...node.attrs, quote });
    dispatch(tr);
  }
  return true;
};

/** Moves list entries in (+1) or out (-1); never deeper than one below what stands before. */
export function shiftIndent(by: 1 | -1): Command {
  return (state, dispatch) => {
    const blocks = selectedBlocks(state);
    const moves = by === 1 ? blocks.filter(({ node }) => node.type.name === "li") : blocks.filter(({ node }) => Number(node.attrs["indent"]) > 0 || node.type.name === "li");
    if (moves.length === 0) return false;
    if (dispatch === undefined) return true;
    const tr = state.tr;
    for (const { node, pos } of moves) {
      const before = tr.doc.resolve(pos).nodeBefore;
      const deepest = before === null || isPlain(before) || isAtomBlock(before) ? 0 : Number(before.attrs["indent"]) + 1;
      const indent = Math.max(0, Math.min(Number(node.attrs["indent"]) + by, by === 1 ? deepest : MAX_INDENT, MAX_INDENT));
      if (indent !== node.attrs["indent"]) tr.setNodeMarkup(pos, null, { ...node.attrs, indent });
    }
    if (!tr.docChanged) return false; // nothing to move: Tab leaves the editor, so that no list is a trap
    dispatch(tr);
    return true;
  };
}

/** Two spaces at the caret in a line of code, or at the start of every selected one; out again with -1. */
export function indentCode(by: 1 | -1): Command {
  return (state, dispatch) => {
    const blocks = selectedBlocks(state);
    if (blocks.length === 0 || blocks.some(({ node }) => node.type.name !== "code_line")) return false;
    const tr = state.tr;
    for (const { node, pos } of [...blocks].reverse()) {
      const start = pos + 1;
      if (by === -1) tr.delete(start, start + /^ {0,2}/.exec(node.textContent)![0].length);
      else if (state.selection.empty) tr.insertText("  ");
      else tr.insertText("  ", start);
    }
    dispatch?.(tr);
    return true;
  };
}

/** A line across the page behind the caret's block, in place of an empty paragraph; writing goes on below it. */
export const insertDivider: Command = (state, dispatch) => {
  const block = blockAt(state.selection.$head);
  if (block === null) return false;
  const { nodes } = schemaOf(state);
  const blank = block.node.type.name === "paragraph" && block.node.content.size === 0;
  const from = blank ? block.pos : block.pos + block.node.nodeSize;
  const last = block.index === block.holder.childCount - 1;
  const added = blank || last ? [nodes.divider.create(), nodes.paragraph.create()] : [nodes.divider.create()];
  const tr = state.tr.replaceWith(from, block.pos + block.node.nodeSize, added);
  dispatch?.(caretAt(tr, from + 1));
  return true;
};

/** Flips the check box of the entry at `pos`. */
export function toggleCheckAt(tr: Transaction, pos: number): Transaction {
  const node = tr.doc.nodeAt(pos);
  if (node?.type.name !== "li" || node.attrs["list"] !== "check") return tr;
  return tr.setNodeMarkup(pos, null, { ...node.attrs, checked: node.attrs["checked"] !== true });
}

export const toggleCheck: Command = (state, dispatch) => {
  const block = blockAt(state.selection.$head);
  if (block?.node.attrs["list"] !== "check") return false;
  dispatch?.(toggleCheckAt(state.tr, block.pos));
  return true;
};

/** Enter. A new block after this one, a way out of lists, quotes and items, and on from titles to bodies. */
export const enter: Command = (state, dispatch) => {
  const { selection } = state;
  if (selection instanceof NodeSelection) return enterAtBlock(state, selection, dispatch);
  if (!(selection instanceof TextSelection)) return false;
  const tr = deleteSelected(state.tr);
  const { $head } = tr.selection;
  if (isPlain($head.parent)) return enterFromPlain(state, tr, dispatch);
  const block = blockAt($head);
  if (block === null) return false;
  if (block.node.content.size === 0 && selection.empty) {
    if (!isInsideCode(block) && !isImage(block.node) && leaveEmptyBlock(tr, block)) {
      dispatch?.(tr.scrollIntoView());
      return true;
    }
    if (itemDepth($head) !== null && block.index === block.holder.childCount - 1 && block.index > 0) return leaveItem(state, dispatch);
  }
  const attrs = { ...block.node.attrs, implicit: false };
  const atEnd = $head.parentOffset === block.node.content.size;
  const schema = schemaOf(state);
  const next =
    (block.node.type.name === "heading" && atEnd) || isImage(block.node)
      ? { type: schema.nodes.paragraph, attrs: blockSpec(schema, "paragraph", attrs).attrs }
      : { type: block.node.type, attrs: "checked" in attrs ? { ...attrs, checked: false } : attrs };
  const indentation = block.node.type.name === "code_line" ? /^[ \t]*/.exec(block.node.textContent.slice(0, $head.parentOffset))![0] : "";
  tr.split($head.pos, 1, [next]);
  if (indentation !== "") tr.insertText(indentation);
  dispatch?.(tr.setMeta(FLUSH, true).scrollIntoView());
  return true;
};

/** Enter with an item, an image, a divider or a ghost selected: on below it. */
function enterAtBlock(state: EditorState, selection: NodeSelection, dispatch?: (tr: Transaction) => void): boolean {
  if (selection.node.type.name === "item") return leaveItem(state, dispatch);
  if (!isAtomBlock(selection.node) && !isImage(selection.node)) return false;
  const tr = state.tr.insert(selection.to, schemaOf(state).nodes.paragraph.create());
  dispatch?.(caretAt(tr, selection.to + 1));
  return true;
}

/** A blank line between lines of code is code; the last one is the way out. */
function isInsideCode({ node, holder, index }: BlockPlace): boolean {
  return node.type.name === "code_line" && holder.maybeChild(index + 1)?.type === node.type;
}

/** An empty entry, quote or heading gives up what makes it special, one thing at a time. */
function leaveEmptyBlock(tr: Transaction, block: BlockPlace): boolean {
  const { node, pos } = block;
  const schema = tr.doc.type.schema as EditorSchema;
  if (Number(node.attrs["indent"]) > 0) tr.setNodeMarkup(pos, null, { ...node.attrs, indent: Number(node.attrs["indent"]) - 1 });
  else if (node.type.name !== "paragraph") {
    const { type, attrs } = blockSpec(schema, "paragraph", node.attrs);
    tr.setNodeMarkup(pos, type, attrs);
  } else if (node.attrs["quote"] === true) tr.setNodeMarkup(pos, null, { ...node.attrs, quote: false });
  else return false;
  return true;
}

/** From a title or heading on to the text below it; nothing is split. */
function enterFromPlain(state: EditorState, tr: Transaction, dispatch?: (tr: Transaction) => void): boolean {
  const { $head } = tr.selection;
  const schema = schemaOf(state);
  const after = $head.after();
  if ($head.parent.type.name === "part_heading" && $head.parentOffset === $head.parent.content.size) {
    const first = tr.doc.resolve(after).nodeAfter;
    if (first === null || first.content.size > 0 || isAtomBlock(first)) tr.insert(after, schema.nodes.paragraph.create());
  }
  if ($head.parent.type.name === "title" && tr.doc.childCount === 1) return true;
  dispatch?.(caretAt(tr, after).setMeta(FLUSH, true));
  return true;
}

/** Backspace. Special blocks become plain before they join; items are selected before they go. */
export const backspace: Command = (state, dispatch) => {
  const { selection } = state;
  if (!selection.empty) return removeSelection(state, dispatch);
  if (!(selection instanceof TextSelection) || selection.$head.parentOffset > 0) return false;
  const { $head } = selection;
  const block = blockAt($head);
  if (block === null) return backspaceInPlain(state, dispatch);
  const tr = state.tr;
  const before = block.index > block.firstIndex ? block.holder.child(block.index - 1) : null;
  if (isImage(block.node)) {
    dispatch?.(tr.setSelection(NodeSelection.create(tr.doc, block.pos)).scrollIntoView());
    return true;
  }
  if (block.node.type.name === "code_line" && before?.type === block.node.type) {
    dispatch?.(tr.join(block.pos).scrollIntoView());
    return true;
  }
  if (Number(block.node.attrs["indent"]) > 0 || block.node.type.name !== "paragraph" || block.node.attrs["quote"] === true) {
    if (!unquoteOrPlain(tr, block)) return false;
    dispatch?.(tr.scrollIntoView());
    return true;
  }
  if (before === null) {
    if (block.node.content.size === 0) {
      if (block.holder.childCount - block.firstIndex > 1) tr.delete(block.pos, block.pos + block.node.nodeSize);
      dispatch?.(tr.setSelection(TextSelection.near(tr.doc.resolve(block.pos), -1)).scrollIntoView());
    }
    return true;
  }
  // An empty line below an image goes; what is written there does not become its caption.
  if (isImage(before) && block.node.content.size === 0) tr.delete(block.pos, block.pos + block.node.nodeSize);
  if (!isAtomBlock(before) && !isImage(before)) {
    dispatch?.(tr.join(block.pos).scrollIntoView());
    return true;
  }
  dispatch?.(tr.setSelection(NodeSelection.create(tr.doc, block.pos - before.nodeSize)).scrollIntoView());
  return true;
};

function unquoteOrPlain(tr: Transaction, block: BlockPlace): boolean {
  const { node, pos } = block;
  const schema = tr.doc.type.schema as EditorSchema;
  if (Number(node.attrs["indent"]) > 0) tr.setNodeMarkup(pos, null, { ...node.attrs, indent: Number(node.attrs["indent"]) - 1 });
  else if (node.type.name !== "paragraph") tr.setNodeMarkup(pos, schema.nodes.paragraph, blockSpec(schema, "paragraph", node.attrs).attrs);
  else tr.setNodeMarkup(pos, null, { ...node.attrs, quote: false });
  return true;
}

/** At the start of an item's title the item is selected; an empty part of one's own making goes; else nothing. */
function backspaceInPlain(state: EditorState, dispatch?: (tr: Transaction) => void): boolean {
  const { $head } = state.selection;
  if ($head.parent.type.name === "item_title") {
    dispatch?.(state.tr.setSelection(NodeSelection.create(state.doc, $head.before($head.depth - 1))));
  }
  if ($head.parent.type.name === "part_heading" && $head.parent.content.size === 0) {
    const section = $head.node($head.depth - 1);
    const blank = section.childCount === 2 && section.child(1).isTextblock && section.child(1).content.size === 0;
    if (blank && section.attrs["role"] === null && state.doc.childCount > 2) {
      const pos = $head.before($head.depth - 1);
      const tr = state.tr.delete(pos, pos + section.nodeSize).setMeta("sections", true);
      dispatch?.(tr.setSelection(TextSelection.near(tr.doc.resolve(pos), -1)).scrollIntoView());
    }
  }
  return true;
}

export const removeSelection: Command = (state, dispatch) => {
  if (state.selection.empty) return false;
  dispatch?.(deleteSelected(state.tr).scrollIntoView());
  return true;
};

/** Delete at the end of a block: the next block joins, an item behind it is selected first. */
const deleteForward: Command = (state, dispatch) => {
  const { selection } = state;
  if (!selection.empty) return removeSelection(state, dispatch);
  if (!(selection instanceof TextSelection)) return false;
  const { $head } = selection;
  if ($head.parentOffset < $head.parent.content.size) return false;
  const block = blockAt($head);
  if (block === null || block.index === block.holder.childCount - 1) return true;
  const after = block.holder.child(block.index + 1);
  if (isImage(block.node)) return true;
  if (isAtomBlock(after) || isImage(after)) {
    dispatch?.(state.tr.setSelection(NodeSelection.create(state.doc, $head.after())).scrollIntoView());
    return true;
  }
  dispatch?.(state.tr.join($head.after()).scrollIntoView());
  return true;
};
export const forwardDelete: Command = chainCommands(deleteForward, joinForward);

/** Text typed or composed over a selection that crosses Texts. */
export function replaceAcross(state: EditorState, from: number, to: number, text: string): Transaction | null {
  if (!crossesTexts(state.doc, from, to)) return null;
  const tr = deleteAcross(state.tr, from, to);
  return tr.insertText(text, tr.selection.from).scrollIntoView();
}
