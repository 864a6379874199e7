// What no transaction of a person may do, whatever key or gesture made it: lose a part, repeat an item, outgrow a line.
// It mends or refuses documents; it never speaks of them to Rust and leaves transactions of others alone.
import { isHistoryTransaction } from "prosemirror-history";
import type { Node } from "prosemirror-model";
import { Plugin, type EditorState, type Transaction } from "prosemirror-state";
import { originOf } from "./binding";
import { MAX_CELL_LENGTH, MAX_PLAIN_LENGTH } from "./bounds";
import { SECTIONS } from "./item_commands";
import { rowsOf } from "./node_kinds";
import { isCell, isEmbed, isPlain } from "./schema";
import { columnsOf, isInShape, mendedHead, shapeTable } from "./table_nodes";

/** What the guards ask of the editor around them. */
export interface GuardContext {
  newId(): string;
  /** Whether an item may appear under this id: it is here, was here, or was just made here. */
  mayAppear(id: string): boolean;
  composing(): boolean;
  tooLong(): void;
}

export function guards(context: GuardContext): Plugin {
  return new Plugin({
    filterTransaction: (tr, state) => !tr.docChanged || originOf(tr) !== "local" || (!tearsTables(tr, state) && (isMeant(tr) || sectionIds(tr.doc) === sectionIds(state.doc))),
    appendTransaction: (trs, before, state) => {
      const mine = trs.some((tr) => tr.docChanged && originOf(tr) === "local");
      if (!mine || context.composing()) return null;
      const tr = state.tr;
      if (trs.some(bringsItems)) renameItems(tr, trs, before, context);
      mendTables(tr, before);
      shortenLines(tr, before, context);
      return tr.docChanged ? tr : null;
    },
  });
}

function isMeant(tr: Transaction): boolean {
  return tr.getMeta(SECTIONS) === true || isHistoryTransaction(tr) || tr.getMeta("appendedTransaction") !== undefined;
}

function sectionIds(doc: Node): string {
  let ids = "";
  doc.forEach((node) => {
    if (node.type.name === "section") ids += `${String(node.attrs["id"])} `;
  });
  return ids;
}

/** Whether any step carries an item node: only then can an id be twice in the document. */
function bringsItems(tr: Transaction): boolean {
  return tr.steps.some((step) => {
    let found = false;
    const { slice } = step as { slice?: { content: { descendants(visit: (node: Node) => boolean | void): void } } };
    slice?.content.descendants((node) => {
      if (isEmbed(node)) found = true;
      return !found;
    });
    return found;
  });
}

/** A pasted or duplicated item is a new one: its own id, no number yet. A moved one keeps both. */
function renameItems(tr: Transaction, trs: readonly Transaction[], before: EditorState, context: GuardContext): void {
  const stayed = new Map<string, number>();
  before.doc.descendants((node, pos) => {
    if (isEmbed(node)) {
      let at = pos;
      let deleted = false;
      for (const { mapping } of trs) {
        const mapped = mapping.mapResult(at, 1);
        at = mapped.pos;
        deleted ||= mapped.deletedAfter;
      }
      if (!deleted) stayed.set(String(node.attrs["id"]), at);
    }
    return node.type.name === "doc" || node.type.name === "section";
  });
  const seen = new Set<string>();
  tr.doc.descendants((node, pos) => {
    if (isEmbed(node)) {
      const id = String(node.attrs["id"]);
      const original = stayed.get(id);
      const copy = seen.has(id) || (original !== undefined && original !== pos) || !context.mayAppear(id);
      if (copy) tr.setNodeMarkup(pos, null, { ...node.attrs, id: context.newId(), ...(node.type.name === "item" ? { number: null } : {}) });
      else seen.add(id);
    }
    return node.type.name === "doc" || node.type.name === "section";
  });
  dropDoubles(tr, seen);
}

/**
 * Two people moving one item leave two markers of it: the first is the item, the others are ghosts. Whoever moves it
 * again decides, and the ghosts go, or the model would take one of them for the item.
 */
function dropDoubles(tr: Transaction, ids: ReadonlySet<string>): void {
  const ghosts: { pos: number; size: number }[] = [];
  tr.doc.descendants((node, pos) => {
    if (node.type.name === "ghost") {
      const { raw } = JSON.parse(String(node.attrs["head"])) as { raw?: { attrs?: { item?: unknown; table?: unknown } } };
      const named = raw?.attrs?.item ?? raw?.attrs?.table;
      if (typeof named === "string" && ids.has(named)) ghosts.push({ pos, size: node.nodeSize });
    }
    return node.type.name === "doc" || node.type.name === "section";
  });
  for (const { pos, size } of ghosts.reverse()) tr.delete(pos, pos + size);
}

function tablesIn(doc: Node): { table: Node; pos: number }[] {
  const found: { table: Node; pos: number }[] = [];
  doc.forEach((section, at) => {
    section.forEach((table, offset) => {
      if (table.type.name === "table") found.push({ table, pos: at + 1 + offset });
    });
  });
  return found;
}

/** Tables that are not the same objects as in `before`. */
function changedTables(doc: Node, before: Node): { table: Node; pos: number }[] {
  const known = new Set(tablesIn(before).map(({ table }) => table));
  return tablesIn(doc).filter(({ table }) => !known.has(table));
}

/** A row or column without a name is one that a replacement over the edges of cells has filled in: such a thing is refused. */
function tearsTables(tr: Transaction, state: EditorState): boolean {
  return changedTables(tr.doc, state.doc).some(({ table }) => [...rowsOf(table), ...columnsOf(table)].some((line) => line.attrs["id"] === ""));
}

/**
 * A row or column that came back, moved or was made beside others is brought into the order of Rust, and every row has
 * exactly one cell in each column, whatever gesture or undoing made it.
 */
function mendTables(tr: Transaction, before: EditorState): void {
  const torn = changedTables(tr.doc, before.doc).filter(({ table }) => !isInShape(table));
  for (const { pos } of torn.reverse()) shapeTable(tr, pos, mendedHead(tr.doc.nodeAt(pos)!));
}

/** Titles, headings and cells are lines: what is longer than allowed is taken off again, and the person is told. */
function shortenLines(tr: Transaction, before: EditorState, context: GuardContext): void {
  const { $head } = tr.selection;
  for (const $pos of [$head, tr.doc.resolve(Math.min(tr.selection.anchor, tr.doc.content.size))]) {
    const line = $pos.parent;
    const longest = isPlain(line) ? MAX_PLAIN_LENGTH : isCell(line) ? MAX_CELL_LENGTH : Infinity;
    if (line.content.size <= longest) continue;
    // A line that came too long from elsewhere may only not grow.
    const old = before.doc.content.size > $pos.start() ? before.doc.resolve($pos.start()).parent : null;
    const allowed = Math.max(longest, old !== null && old.type === line.type ? old.content.size : 0);
    if (line.content.size <= allowed) continue;
    const end = $pos.start() + line.content.size;
    const cut = $pos.start() + wholeCharacters(line.textContent, longest);
    tr.delete(cut, end);
    context.tooLong();
    return;
  }
}

function wholeCharacters(text: string, limit: number): number {
  const last = text.charCodeAt(limit - 1);
  return last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit;
}
