// Images as blocks: where one can stand, putting it there, its width and its words. Transactions only; the bytes are
// image_store.ts, how one is drawn is image_view.ts.
import { closeHistory } from "prosemirror-history";
import type { Node } from "prosemirror-model";
import { NodeSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { inline } from "./build";
import { FLUSH } from "./commands";
import { WIDTH_STEP_PCT, boundedAlt, boundedHead, nearestWidth } from "./image_bounds";
import type { StoredImage } from "./image_store";
import { isImage } from "./node_kinds";
import type { EditorSchema } from "./schema";
import { blockAt } from "./selection";
import type { Run } from "./tree";

/** CSS pixels of a line of text: an image of fewer is not blown up. */
const PAGE_WIDTH_PX = 720;

/** A gap between two blocks, and whether the empty paragraph behind it makes room. */
export interface ImagePlace {
  pos: number;
  replacesBlank: boolean;
}

/** Whether blocks stand in this node. */
function isFlow(node: Node): boolean {
  return ["section", "item_body", "item_criteria"].includes(node.type.name);
}

/** Where an image for the caret goes: in place of an empty paragraph, else behind the block. */
export function placeForCaret(state: EditorState): ImagePlace {
  const { $head, to } = state.selection;
  const block = state.selection instanceof NodeSelection ? null : blockAt($head);
  if (block === null) return { pos: gapNear(state.doc, to), replacesBlank: false };
  return isBlank(block.node) ? { pos: block.pos, replacesBlank: true } : { pos: block.pos + block.node.nodeSize, replacesBlank: false };
}

function isBlank(node: Node | null): boolean {
  return node?.type.name === "paragraph" && node.content.size === 0;
}

/** The gap between two blocks that is nearest behind a position. */
export function gapNear(doc: Node, pos: number): number {
  const $pos = doc.resolve(Math.max(0, Math.min(pos, doc.content.size)));
  for (let depth = $pos.depth; depth >= 0; depth--) {
    const node = $pos.node(depth);
    if (!isFlow(node)) continue;
    if ($pos.depth > depth) return $pos.after(depth + 1);
    // In front of the heading of a part there is no gap.
    return node.type.name === "section" && $pos.index(depth) === 0 ? $pos.pos + node.child(0).nodeSize : $pos.pos;
  }
  // Between two parts, or in the title: the end of the part in front, else the start of the first.
  const before = $pos.depth === 0 ? $pos.nodeBefore : null;
  if (before?.type.name === "section") return $pos.pos - 1;
  const first = doc.maybeChild(1);
  return first === null ? doc.content.size : doc.child(0).nodeSize + 1 + first.child(0).nodeSize;
}

/** The width an image is given first: its own, as far as the page goes. */
export function firstWidth(widthPx: number): number {
  return nearestWidth((widthPx / PAGE_WIDTH_PX) * 100 + WIDTH_STEP_PCT - 1);
}

/** What is known of an image before it is there. */
export interface ImageWish {
  alt: string;
  /** The width it had where it was copied. */
  width_pct?: number;
  caption?: readonly Run[];
}

/** Puts an image into the gap nearest to `place`, as one step of undo; behind it there is always a line to write on. */
export function insertImage(state: EditorState, place: ImagePlace, stored: StoredImage, wish: ImageWish): { tr: Transaction; behind: number } {
  const schema = state.schema as EditorSchema;
  const pos = gapNear(state.doc, place.pos);
  const $pos = state.doc.resolve(pos);
  const blank = place.replacesBlank && isBlank($pos.nodeAfter) ? $pos.nodeAfter!.nodeSize : 0;
  const head = boundedHead({ ...stored, alt: wish.alt, width_pct: wish.width_pct ?? firstWidth(stored.width_px) });
  const image = schema.nodes.image.create({ ...head }, inline(schema, wish.caption ?? []));
  const isLast = $pos.index() + (blank > 0 ? 1 : 0) >= $pos.parent.childCount;
  const nodes = isLast ? [image, schema.nodes.paragraph.create()] : [image];
  const tr = closeHistory(state.tr).replaceWith(pos, pos + blank, nodes);
  return { tr: tr.setMeta(FLUSH, true).setMeta("paste", true), behind: pos + image.nodeSize };
}

/** The image that is selected, or whose caption has the caret. */
export function imageAt(state: EditorState): { node: Node; pos: number } | null {
  const { selection } = state;
  if (selection instanceof NodeSelection) return isImage(selection.node) ? { node: selection.node, pos: selection.from } : null;
  const block = blockAt(selection.$head);
  return block !== null && isImage(block.node) ? { node: block.node, pos: block.pos } : null;
}

/** One thing said of the image at `pos` and nothing else: others may be saying another. The selection stays. */
function sayOfImage(tr: Transaction, pos: number, name: "alt" | "width_pct", value: string | number): Transaction {
  const wasSelected = tr.selection instanceof NodeSelection && tr.selection.from === pos;
  closeHistory(tr).setNodeAttribute(pos, name, value);
  return (wasSelected ? tr.setSelection(NodeSelection.create(tr.doc, pos)) : tr).setMeta(FLUSH, true);
}

export function setImageWidth(tr: Transaction, pos: number, width: number): Transaction {
  return sayOfImage(tr, pos, "width_pct", nearestWidth(width));
}

export function setImageAlt(tr: Transaction, pos: number, alt: string): Transaction {
  return sayOfImage(tr, pos, "alt", boundedAlt(alt));
}

/** Makes the image at the caret wider or narrower. */
export function resizeImage(steps: -1 | 1): Command {
  return (state, dispatch) => {
    const found = imageAt(state);
    if (found === null) return false;
    const width = nearestWidth(Number(found.node.attrs["width_pct"]) + steps * WIDTH_STEP_PCT);
    if (width !== found.node.attrs["width_pct"]) dispatch?.(setImageWidth(state.tr, found.pos, width));
    return true;
  };
}
