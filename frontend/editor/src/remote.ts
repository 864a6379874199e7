// What others did, as steps of one ProseMirror transaction: per Text the smallest replacements, so that carets,
// decorations and undo history map over them. It does not dispatch, and it never speaks of the change to Rust.
import { Fragment, type Node } from "prosemirror-model";
import type { Transaction } from "prosemirror-state";
import { ReplaceStep } from "prosemirror-transform";
import { buildBlocks, buildItem, buildSection, emptyParagraph, inline, itemAttrs, lookupIn, type ItemLookup } from "./build";
import { diffTokens, type Hunk } from "./diff";
import { blocksOfTokens, offsetsOf, showsBlock, tokensOfBlocks, tokensOfNodes, tokensOfText, type Token } from "./flatten";
import { childrenOf } from "./local";
import { findItem, findSection, findTable, placeOf, type TextPlace } from "./positions";
import { isAtomBlock, isCell, isEmbed, type EditorSchema } from "./schema";
import { cellKey, shapeTable } from "./table_nodes";
import type { Block, DocTree, ItemTree, RemoteUpdate, SectionHead, TableTree, TextRef } from "./tree";

/** Where the content of things that are not on screen yet comes from. */
export interface RemoteSource {
  tree(): DocTree;
  item(id: string): ItemTree | null;
}

/** Adds the steps of `update` to `tr`. */
export function applyRemote(tr: Transaction, update: RemoteUpdate, source: RemoteSource): Transaction {
  if (update.sections !== undefined && update.sections !== null) applySections(tr, update.sections, source);
  for (const head of Object.values(update.items ?? {})) {
    const place = findItem(tr.doc, head.id);
    if (place === null) continue;
    const attrs = itemAttrs(head);
    if (JSON.stringify(itemAttrs(place.node.attrs as typeof head)) !== JSON.stringify(attrs)) {
      tr.setNodeMarkup(place.pos, null, attrs);
    }
  }
  for (const head of Object.values(update.tables ?? {})) {
    const place = findTable(tr.doc, head.id);
    if (place !== null) shapeTable(tr, place.pos, head);
  }
  const texts = Object.entries(update.texts ?? {});
  // Items and cells first: a body that moves one takes its node along as it then is.
  for (const [ref, blocks] of texts) if (!isBody(ref)) applyText(tr, ref, blocks, () => null);
  const moving = new Map<string, Node>();
  for (const [ref] of texts) if (isBody(ref)) rememberItems(tr.doc, ref, moving);
  const item = itemLookup(tr, source, moving);
  for (const [ref, blocks] of texts) if (isBody(ref)) applyText(tr, ref, blocks, item);
  return tr;
}

function applyText(tr: Transaction, ref: TextRef, blocks: readonly Block[], item: ItemLookup): void {
  const place = placeOf(tr.doc, ref);
  if (place === null) return;
  if (isCell(place.node)) applyCell(tr, place, blocks);
  else if (place.plain) applyPlain(tr, place, blocks.flatMap((block) => block.runs ?? []).map((run) => run.text).join(""));
  else applyRich(tr, place, blocks, item);
}

/** The update that makes any document on screen equal to `tree`. */
export function wholeUpdate(tree: DocTree): RemoteUpdate {
  const texts: Record<TextRef, Block[]> = { title: plainBlocks(tree.title) };
  for (const section of tree.sections) {
    texts[`s/${section.id}/heading`] = plainBlocks(section.heading);
    texts[`s/${section.id}/body`] = section.body;
  }
  for (const item of Object.values(tree.items)) Object.assign(texts, itemUpdate(item));
  for (const table of Object.values(tree.tables ?? {})) Object.assign(texts, tableUpdate(table));
  return { texts, items: tree.items, tables: tree.tables ?? {}, sections: tree.sections.map(({ id, role, order }) => ({ id, role: role ?? null, order })) };
}

/** The texts of one item as an update carries them. */
export function itemUpdate(item: ItemTree): Record<TextRef, Block[]> {
  return { [`i/${item.id}/title`]: plainBlocks(item.title), [`i/${item.id}/body`]: item.body, [`i/${item.id}/criteria`]: item.criteria };
}

/** The texts of all cells of a table as an update carries them. */
export function tableUpdate(table: TableTree): Record<TextRef, Block[]> {
  const texts: Record<TextRef, Block[]> = {};
  for (const row of table.rows) {
    for (const column of table.columns) {
      const runs = table.cells[cellKey(row.id, column.id)] ?? [];
      texts[`t/${table.id}/${row.id}/${column.id}`] = [{ type: "paragraph", implicit: true, runs }];
    }
  }
  return texts;
}

function plainBlocks(text: string): Block[] {
  return [{ type: "paragraph", indent: 0, quote: false, implicit: true, runs: text === "" ? [] : [{ text }] }];
}

function isBody(ref: TextRef): boolean {
  return ref.startsWith("s/") && ref.endsWith("/body");
}

function rememberItems(doc: Node, ref: TextRef, into: Map<string, Node>): void {
  const place = placeOf(doc, ref);
  place?.node.forEach((node) => {
    if (isEmbed(node)) into.set(String(node.attrs["id"]), node);
  });
}

function itemLookup(tr: Transaction, source: RemoteSource, moving: ReadonlyMap<string, Node>): ItemLookup {
  const schema = tr.doc.type.schema as EditorSchema;
  return (id, type) => {
    const shown = (type === "table" ? findTable(tr.doc, id) : findItem(tr.doc, id))?.node ?? moving.get(id);
    if (shown !== undefined) return shown;
    if (type === "table") return lookupIn(schema, source.tree())(id, type);
    const item = source.item(id);
    return item === null ? null : buildItem(schema, item);
  };
}

/** Sections in the order of Rust; those on screen keep their nodes. */
function applySections(tr: Transaction, heads: readonly SectionHead[], source: RemoteSource): void {
  const schema = tr.doc.type.schema as EditorSchema;
  const wanted = new Set(heads.map((head) => head.id));
  for (let index = tr.doc.childCount - 1; index > 0; index--) {
    const section = tr.doc.child(index);
    if (!wanted.has(String(section.attrs["id"]))) {
      const pos = startOfChild(tr.doc, index);
      tr.delete(pos, pos + section.nodeSize);
    }
  }
  heads.forEach((head, order) => {
    const index = order + 1;
    const shown = index < tr.doc.childCount ? tr.doc.child(index) : null;
    if (shown === null || shown.attrs["id"] !== head.id) {
      const elsewhere = findSection(tr.doc, head.id);
      if (elsewhere !== null) tr.delete(elsewhere.pos, elsewhere.pos + elsewhere.node.nodeSize);
      const node = elsewhere?.node ?? newSection(schema, head, source);
      if (node === null) return;
      tr.insert(startOfChild(tr.doc, index), node);
    }
    const place = findSection(tr.doc, head.id);
    const attrs = { id: head.id, role: head.role ?? null, order: head.order };
    if (place !== null && JSON.stringify(place.node.attrs) !== JSON.stringify(attrs)) tr.setNodeMarkup(place.pos, null, attrs);
  });
}

function newSection(schema: EditorSchema, head: SectionHead, source: RemoteSource): Node | null {
  const tree = source.tree();
  const section = tree.sections.find((candidate) => candidate.id === head.id);
  if (section === undefined) return null;
  return buildSection(schema, section, lookupIn(schema, tree));
}

function startOfChild(parent: Node, index: number): number {
  let pos = 0;
  for (let child = 0; child < index && child < parent.childCount; child++) pos += parent.child(child).nodeSize;
  return pos;
}

function applyPlain(tr: Transaction, place: TextPlace, text: string): void {
  const was = tokensOfText(place.node.textContent);
  const is = tokensOfText(text);
  const at = offsetsOf(was);
  const start = place.pos + 1;
  for (const hunk of diffTokens(was, is).reverse()) {
    const inserted = is.slice(hunk.newFrom, hunk.newTo).map((token) => token.key).join("");
    const from = start + at[hunk.oldFrom]!;
    const to = start + at[hunk.oldTo]!;
    if (inserted === "") tr.delete(from, to);
    else tr.replaceWith(from, to, tr.doc.type.schema.text(inserted));
  }
}

/** The words of a cell, by the smallest replacements, and then their marks. */
function applyCell(tr: Transaction, place: TextPlace, blocks: readonly Block[]): void {
  const schema = tr.doc.type.schema as EditorSchema;
  const target = place.node.type.create(place.node.attrs, inline(schema, blocks.flatMap((block) => block.runs ?? [])));
  applyPlain(tr, place, target.textContent);
  const shown = tr.doc.nodeAt(place.pos);
  if (shown !== null) dressText(tr, place.pos + 1, shown, target);
}

/** Sibling blocks of a Text that are to change. */
interface Stretch {
  first: number;
  last: number;
  before: Node | null;
}

function applyRich(tr: Transaction, place: TextPlace, blocks: readonly Block[], item: ItemLookup): void {
  const stretch = differingStretch(place, blocks);
  if (stretch === null) return;
  const was = tokensOfNodes(childrenOf(place.node, stretch.first, stretch.last), stretch.before);
  const is = tokensOfBlocks(stretch.blocks);
  const edge = place.node.childCount - stretch.last;
  const hunks = diffTokens(was, is);
  const rows = [...was];
  // Last to first, so that positions in front of a hunk stay what they were.
  for (const hunk of hunks.reverse()) {
    rows.splice(hunk.oldFrom, hunk.oldTo - hunk.oldFrom, ...is.slice(hunk.newFrom, hunk.newTo));
    applyHunk(tr, place, { ...stretch, last: currentNode(tr, place).childCount - edge }, rows, hunk, item);
  }
  dress(tr, place, stretch.first, currentNode(tr, place).childCount - edge, is);
}

/** Kinds, attributes and marks of blocks whose characters are already right. */
function dress(tr: Transaction, place: TextPlace, first: number, last: number, tokens: readonly Token[]): void {
  const schema = tr.doc.type.schema as EditorSchema;
  const wanted = buildBlocks(schema, blocksOfTokens(tokens), () => null);
  let next = 0;
  let before = first > place.firstChild ? currentNode(tr, place).child(first - 1) : null;
  for (let child = first; child < last; child++) {
    const holder = currentNode(tr, place);
    const node = holder.child(child);
    const invisible = tokensOfNodes([node], before).length === 0;
    before = node;
    if (invisible) continue;
    const target = wanted[next++];
    if (target === undefined || isAtomBlock(node) || node.eq(target)) continue;
    const pos = place.pos + 1 + startOfChild(holder, child);
    if (!node.hasMarkup(target.type, target.attrs)) tr.setNodeMarkup(pos, target.type, target.attrs);
    dressText(tr, pos + 1, node, target);
  }
}

function dressText(tr: Transaction, start: number, node: Node, target: Node): void {
  if (node.content.eq(target.content)) return;
  tr.removeMark(start, start + node.content.size);
  target.forEach((text, offset) => {
    for (const mark of text.marks) tr.addMark(start + offset, start + offset + text.nodeSize, mark);
  });
}

function currentNode(tr: Transaction, place: TextPlace): Node {
  return tr.doc.nodeAt(place.pos)!;
}

/** Blocks between the first and the last that are shown differently; null when all are shown. */
function differingStretch(place: TextPlace, blocks: readonly Block[]) {
  const { node, firstChild } = place;
  let first = firstChild;
  let start = 0;
  let before: Node | null = null;
  while (first < node.childCount && start < blocks.length && showsBlock(node.child(first), before, blocks[start]!)) {
    before = node.child(first);
    first++;
    start++;
  }
  if (first === node.childCount && start === blocks.length) return null;
  let last = node.childCount;
  let end = blocks.length;
  while (last > first && end > start && showsBlock(node.child(last - 1), last - 2 >= firstChild ? node.child(last - 2) : null, blocks[end - 1]!)) {
    last--;
    end--;
  }
  // Text without a marker hangs on what stands before it: take that along.
  if (first > firstChild) {
    first--;
    start--;
    before = first > firstChild ? node.child(first - 1) : null;
  }
  // And so does a paragraph that had no marker once: behind an item it would seem to have none again.
  if (last < node.childCount && node.child(last).attrs["implicit"] === true) {
    last++;
    end++;
  }
  return { first, last, before, blocks: blocks.slice(start, end) };
}

/** Replaces the blocks a hunk touches; `rows` are the tokens of the whole stretch after the hunk. */
function applyHunk(tr: Transaction, place: TextPlace, stretch: Stretch, rows: readonly Token[], hunk: Hunk, item: ItemLookup): void {
  const holder = currentNode(tr, place);
  const grown = hunk.newTo - hunk.newFrom - (hunk.oldTo - hunk.oldFrom);
  let at = 0;
  let before = stretch.before;
  let first: { child: number; at: number } | null = null;
  let last = { child: stretch.first, at: 0 };
  for (let child = stretch.first; child < stretch.last; child++) {
    const node = holder.child(child);
    const length = tokensOfNodes([node], before).length;
    if (at + length >= hunk.oldFrom && at <= hunk.oldTo) {
      first ??= { child, at };
      last = { child: child + 1, at: at + length };
    }
    at += length;
    before = node;
  }
  const from = first ?? { child: stretch.first, at: 0 };
  if (first === null) last = from;
  replaceStretch(tr, place, from.child, last.child, rows.slice(from.at, last.at + grown), item);
}

/** Makes children [first, last) show these tokens, by one replacement of only what differs. */
function replaceStretch(tr: Transaction, place: TextPlace, first: number, last: number, tokens: readonly Token[], item: ItemLookup): void {
  const schema = tr.doc.type.schema as EditorSchema;
  const holder = currentNode(tr, place);
  const shown = childrenOf(holder, first, last);
  const own = new Map(shown.filter(isEmbed).map((node) => [String(node.attrs["id"]), node]));
  const lookup: ItemLookup = (id, type) => own.get(id) ?? item(id, type);
  const blocks = blocksOfTokens(tokens);
  let nodes = blocks.length === 0 ? [] : buildBlocks(schema, blocks, lookup);
  const alone = first === place.firstChild && last === holder.childCount;
  if (nodes.length === 0 && alone) nodes = [emptyParagraph(schema)];
  const old = Fragment.fromArray(shown);
  const next = Fragment.fromArray(nodes);
  const from = place.pos + 1 + startOfChild(holder, first);
  const start = old.findDiffStart(next, from);
  if (start === null) return;
  const end = old.findDiffEnd(next, from + old.size, from + next.size)!;
  const overlap = Math.max(0, start - Math.min(end.a, end.b));
  const slice = holder.copy(next).slice(start - from, end.b + overlap - from);
  tr.step(new ReplaceStep(start, end.a + overlap, slice));
}
