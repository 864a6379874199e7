// Where a Text is in the ProseMirror document, and ProseMirror positions ⇄ {text, at}.
// It walks the children of one Text at most; the places of items are remembered per section node.
import type { Node, ResolvedPos } from "prosemirror-model";
import { isImplicit, widthOf } from "./flatten";
import { isAtomBlock, isCell, isEmbed, isPlain } from "./schema";
import type { TextPosition, TextRef } from "./tree";

/** A Text on screen: the node that holds it, where that node starts, and which children are its blocks. */
export interface TextPlace {
  ref: TextRef;
  node: Node;
  /** Position in front of `node`. */
  pos: number;
  /** It holds its characters itself: a title, a heading or a cell. */
  plain: boolean;
  /** First child that belongs to the Text (a section's heading does not). */
  firstChild: number;
}

export interface NodePlace {
  node: Node;
  pos: number;
}

const itemOffsets = new WeakMap<Node, Map<string, number>>();

function offsetsIn(section: Node): Map<string, number> {
  let offsets = itemOffsets.get(section);
  if (offsets === undefined) {
    offsets = new Map();
    const found = offsets;
    section.forEach((child, offset) => {
      const id = String(child.attrs["id"]);
      if (isEmbed(child) && !found.has(id)) found.set(id, offset);
    });
    itemOffsets.set(section, offsets);
  }
  return offsets;
}

export function findSection(doc: Node, id: string): NodePlace | null {
  let found: NodePlace | null = null;
  doc.forEach((node, pos) => {
    if (found === null && node.type.name === "section" && node.attrs["id"] === id) found = { node, pos };
  });
  return found;
}

export function findItem(doc: Node, id: string): NodePlace | null {
  return findEmbed(doc, id, "item");
}

export function findTable(doc: Node, id: string): NodePlace | null {
  return findEmbed(doc, id, "table");
}

function findEmbed(doc: Node, id: string, type: "item" | "table"): NodePlace | null {
  let found: NodePlace | null = null;
  doc.forEach((section, pos) => {
    if (found !== null || section.type.name !== "section") return;
    const offset = offsetsIn(section).get(id);
    if (offset !== undefined && section.nodeAt(offset)!.type.name === type) found = { node: section.nodeAt(offset)!, pos: pos + 1 + offset };
  });
  return found;
}

const ITEM_TEXTS = ["title", "body", "criteria"];

/** The Text named by `ref`, or null when it is not on screen. */
export function placeOf(doc: Node, ref: TextRef): TextPlace | null {
  if (ref === "title") {
    const title = doc.firstChild;
    return title === null ? null : { ref, node: title, pos: 0, plain: true, firstChild: 0 };
  }
  const [scope, id = "", part = ""] = ref.split("/");
  if (scope === "s") {
    const section = findSection(doc, id);
    if (section === null) return null;
    if (part === "heading") return { ref, node: section.node.firstChild!, pos: section.pos + 1, plain: true, firstChild: 0 };
    return { ref, node: section.node, pos: section.pos, plain: false, firstChild: 1 };
  }
  if (scope === "t") return placeOfCell(doc, ref);
  const item = findItem(doc, id);
  const index = ITEM_TEXTS.indexOf(part);
  if (item === null || index < 0) return null;
  let pos = item.pos + 1;
  for (let before = 0; before < index; before++) pos += item.node.child(before).nodeSize;
  return { ref, node: item.node.child(index), pos, plain: index === 0, firstChild: 0 };
}

function placeOfCell(doc: Node, ref: TextRef): TextPlace | null {
  const [, id = "", rowId = "", column = ""] = ref.split("/");
  const table = findTable(doc, id);
  let found: TextPlace | null = null;
  table?.node.forEach((row, rowAt) => {
    if (found !== null || row.type.name !== "table_row" || row.attrs["id"] !== rowId) return;
    row.forEach((cell, cellAt) => {
      if (found === null && cell.attrs["column"] === column) found = { ref, node: cell, pos: table.pos + 1 + rowAt + 1 + cellAt, plain: true, firstChild: 0 };
    });
  });
  return found;
}

/** The Text a position is in, with the depth of the node that holds it; null between sections. */
export function textAt($pos: ResolvedPos): { ref: TextRef; depth: number } | null {
  for (let depth = $pos.depth; depth > 0; depth--) {
    const node = $pos.node(depth);
    switch (node.type.name) {
      case "title":
        return { ref: "title", depth };
      case "part_heading":
        return { ref: `s/${String($pos.node(depth - 1).attrs["id"])}/heading`, depth };
      case "section":
        return { ref: `s/${String(node.attrs["id"])}/body`, depth };
      case "item":
        return { ref: `i/${String(node.attrs["id"])}/title`, depth };
      case "table_cell":
        return { ref: `t/${String($pos.node(depth - 2).attrs["id"])}/${String($pos.node(depth - 1).attrs["id"])}/${String(node.attrs["column"])}`, depth };
      case "item_title":
      case "item_body":
      case "item_criteria":
        return { ref: `i/${String($pos.node(depth - 1).attrs["id"])}/${node.type.name.slice("item_".length)}`, depth };
    }
  }
  return null;
}

/** The place of a ProseMirror position in its Text; null where there is no Text (between sections). */
export function toTextPosition(doc: Node, pos: number): TextPosition | null {
  const $pos = doc.resolve(Math.max(0, Math.min(pos, doc.content.size)));
  const found = textAt($pos);
  if (found === null) return null;
  const holder = $pos.node(found.depth);
  if (holder.type.name === "item") return { text: found.ref, at: 0 };
  if (isPlain(holder) || isCell(holder)) return { text: found.ref, at: $pos.parentOffset };
  const firstChild = holder.type.name === "section" ? 1 : 0;
  const index = $pos.index(found.depth);
  let at = 0;
  let before: Node | null = null;
  for (let child = firstChild; child < index; child++) {
    const node = holder.child(child);
    at += widthOf(node, before);
    before = node;
  }
  if ($pos.depth > found.depth) {
    const block = holder.child(index);
    // Between the cells of a table: in front of it.
    if (!isAtomBlock(block)) at += (isImplicit(block, before) ? 0 : 1) + $pos.parentOffset;
  }
  return { text: found.ref, at };
}

/** The nearest ProseMirror position of a place in a Text; null when that Text is not on screen. */
export function toDocPosition(doc: Node, position: TextPosition): number | null {
  const place = placeOf(doc, position.text);
  if (place === null) return null;
  if (place.plain) return place.pos + 1 + Math.max(0, Math.min(position.at, place.node.content.size));
  let pos = place.pos + 1;
  for (let child = 0; child < place.firstChild; child++) pos += place.node.child(child).nodeSize;
  let at = 0;
  let before: Node | null = null;
  let nearest: number | null = null;
  for (let child = place.firstChild; child < place.node.childCount; child++) {
    const node = place.node.child(child);
    const width = widthOf(node, before);
    if (isAtomBlock(node)) {
      nearest = pos + node.nodeSize;
    } else {
      const contentAt = at + width - node.content.size;
      if (position.at < contentAt) return nearest ?? pos + 1;
      if (position.at <= contentAt + node.content.size) return pos + 1 + (position.at - contentAt);
      nearest = pos + node.nodeSize - 1;
    }
    at += width;
    if (isAtomBlock(node) && position.at < at) return pos;
    pos += node.nodeSize;
    before = node;
  }
  return nearest;
}
