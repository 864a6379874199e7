// Putting pasted or dropped content into the document, where it fits: lines into titles, blocks into bodies, items into parts.
// It bounds what comes in and says so; reading foreign HTML is in paste_blocks.ts.
import { Fragment, Slice, type Node } from "prosemirror-model";
import { Plugin, TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { buildBlocks, buildItem, inline } from "./build";
import { FLUSH } from "./commands";
import type { Notice } from "./host";
import { isAcceptedByCriteria, ITEM_KINDS } from "./labels";
import { markdownBlocks } from "./markdown_read";
import { paragraphHead, pastedBlocks, plainBlocks, textOf, type Pasted, type PastedItem } from "./paste_blocks";
import { textAt } from "./positions";
import { divided, isPastedTable, linesOf, type PastedTable } from "./pasted_table";
import { newTable } from "./table_commands";
import { isCell, isPlain, MAX_CELL_LENGTH, MAX_PLAIN_LENGTH, type EditorSchema } from "./schema";
import { deleteSelected, itemDepth } from "./selection";
import type { Block } from "./tree";

/** More than this is a file, not a paste (issue: 1 MiB). */
const MAX_TEXT_LENGTH = 1024 * 1024;
/** Markup may be several times its text; past this only the plain text is taken. */
const MAX_HTML_LENGTH = 8 * 1024 * 1024;
/** One Text holds at most 65,536 units (model limits); beyond, Rust would refuse the whole paste. */
const MAX_UNITS_IN_TEXT = 65_000;
/** Blocks of one paste: each costs several edits of the 5,000 a call may hold. */
const MAX_BLOCKS = 1_000;

export interface PasteContext {
  newId(): string;
  notice(code: Notice): void;
}

/** The items of a clipboard, as blocks; null when it holds nothing to insert. */
function readTransfer(data: DataTransfer, into: Node, context: PasteContext): Pasted["blocks"] | "too_large" | null {
  const html = data.getData("text/html");
  const text = data.getData("text/plain");
  if (text.length > MAX_TEXT_LENGTH) return "too_large";
  if (html !== "" && html.length <= MAX_HTML_LENGTH) {
    const pasted = pastedBlocks(new DOMParser().parseFromString(html, "text/html").body);
    if (pasted.imagesDropped) context.notice("paste_images_dropped");
    if (pasted.blocks.length > 0 || text === "") return pasted.blocks;
  }
  if (text === "" && html === "" && data.files.length > 0) context.notice("paste_images_dropped");
  if (text === "") return null;
  return takesSigns(into) ? plainBlocks(text) : markdownBlocks(text);
}

/** Lines of code and places without blocks take plain text as it is. */
function takesSigns(into: Node): boolean {
  return into.type.name === "code_line" || isPlain(into) || isCell(into);
}

export function lengthOf(blocks: Pasted["blocks"]): number {
  // A table's words are in its cells, each a Text of its own.
  return blocks.reduce((sum, block) => sum + 1 + (isPastedTable(block) ? [] : textOf(block)).reduce((units, run) => units + run.text.length, 0), 0);
}

/** UTF-16 units in tables: a call of edits inserts at most 200,000 (model limits). */
const MAX_UNITS_IN_TABLES = 120_000;

function unitsInTables(blocks: Pasted["blocks"]): number {
  return blocks.filter(isPastedTable).reduce((sum, table) => sum + textOf(table).reduce((units, run) => units + run.text.length, 0), 0);
}

/** The transaction that puts `blocks` in place of the selection; null when they do not fit the Text. */
export function insertPasted(state: EditorState, blocks: Pasted["blocks"], newId: () => string): Transaction | null {
  const tr = deleteSelected(state.tr);
  const { $from } = tr.selection;
  if (isPlain($from.parent)) return insertLine(tr, blocks);
  if (isCell($from.parent)) return insertInCell(tr, blocks);
  const found = textAt($from);
  if (found === null || blocks.length > MAX_BLOCKS || unitsInTables(blocks) > MAX_UNITS_IN_TABLES) return null;
  if ($from.node(found.depth).content.size + lengthOf(blocks) > MAX_UNITS_IN_TEXT) return null;
  const nodes = itemDepth($from) === null ? toNodes(state, blocks, newId) : toNodes(state, withoutItems(blocks), newId);
  const first = nodes[0];
  const last = nodes[nodes.length - 1];
  if (first === undefined || last === undefined) return tr;
  // Open ends let the first and last paragraphs flow into the text around them.
  const openStart = first.isTextblock && (first.type.name === "paragraph" || nodes.length === 1) ? 1 : 0;
  const openEnd = last.isTextblock && last.type.name === "paragraph" ? 1 : nodes.length === 1 ? openStart : 0;
  return tr.replaceSelection(new Slice(Fragment.fromArray(nodes), openStart, openEnd)).scrollIntoView();
}

/** Everything as one line, as much as a line may hold. */
function insertLine(tr: Transaction, blocks: Pasted["blocks"]): Transaction | null {
  const line = blocks.map((block) => textOf(block).map((run) => run.text).join("")).join(" ").replace(/\s+/g, " ");
  if (tr.selection.$from.parent.content.size + line.length > MAX_PLAIN_LENGTH) return null;
  return line === "" ? tr : tr.insertText(line).scrollIntoView();
}

/** Everything as the lines of one cell, with its marks; no block stands in a cell. */
function insertInCell(tr: Transaction, blocks: Pasted["blocks"]): Transaction | null {
  const schema = tr.doc.type.schema as EditorSchema;
  const lines = blocks.map((block) => textOf(block));
  const runs = lines.flatMap((line, index) => (index === 0 ? line : [{ text: "\n" }, ...line]));
  const content = inline(schema, runs);
  if (tr.selection.$from.parent.content.size + content.size > MAX_CELL_LENGTH) return null;
  return content.size === 0 ? tr : tr.replaceSelection(new Slice(content, 0, 0)).scrollIntoView();
}

function toNodes(state: EditorState, blocks: Pasted["blocks"], newId: () => string): Node[] {
  const schema = state.schema as EditorSchema;
  return blocks.flatMap((block) => {
    if (isPastedTable(block)) return tableNodes(schema, block, newId);
    if (!isItem(block)) return buildBlocks(schema, [block], () => null);
    const { content } = block;
    const known = (ITEM_KINDS as readonly string[]).includes(content.kind) ? content.kind : "requirement";
    const empty: Block = { ...paragraphHead(), runs: [] };
    const criteria: Block = isAcceptedByCriteria(known) ? { type: "check", checked: false, indent: 0, quote: false, runs: [] } : empty;
    return [
      buildItem(schema, {
        ...content,
        id: content.id === "" ? newId() : content.id,
        kind: known,
        title: content.title.slice(0, MAX_PLAIN_LENGTH),
        body: content.body.length > 0 ? content.body : [empty],
        criteria: content.criteria.length > 0 ? content.criteria : [criteria],
      }),
    ];
  });
}

/** A table of ours with as much as it may hold, and lines of the rest. */
function tableNodes(schema: EditorSchema, pasted: PastedTable, newId: () => string): Node[] {
  const { table, rest } = divided(pasted);
  const lines = rest.length === 0 ? [] : buildBlocks(schema, rest, () => null);
  if (table === null) return lines;
  const made = newTable(schema, table.cells.length, table.cells[0]!.length, newId, (row, column) => inline(schema, table.cells[row]![column]!));
  return [made.type.create({ ...made.attrs, header: table.header }, made.content), ...lines];
}

/** Items and tables pasted into an item become its text: nothing is lost, only the frame. */
function withoutItems(blocks: Pasted["blocks"]): Block[] {
  return blocks.flatMap((block): Block[] => {
    if (isPastedTable(block)) return linesOf(block.cells, " | ");
    if (!isItem(block)) return [block];
    const { title, body, criteria } = block.content;
    return [{ ...paragraphHead(), runs: title === "" ? [] : [{ text: title, marks: { bold: true } }] }, ...body, ...criteria];
  });
}

function isItem(block: Pasted["blocks"][number]): block is PastedItem {
  return block.type === "item" && "content" in block;
}

export function pasting(context: PasteContext): Plugin {
  const put = (view: EditorView, data: DataTransfer | null, at: number | null): boolean => {
    if (data === null || view.composing) return false;
    let state = view.state;
    if (at !== null) state = state.apply(state.tr.setSelection(TextSelection.near(state.doc.resolve(at))));
    const blocks = readTransfer(data, state.selection.$from.parent, context);
    if (blocks === null) return true;
    const tr = blocks === "too_large" ? null : insertPasted(state, blocks, () => context.newId());
    if (tr === null) context.notice("paste_too_large");
    else if (blocks !== "too_large" && blocks.some((block) => isPastedTable(block) && divided(block).rest.length > 0)) context.notice("table_divided");
    if (tr === null) return true;
    dispatchOver(view, at, tr);
    return true;
  };
  return new Plugin({
    props: {
      handlePaste: (view, event) => put(view, event.clipboardData, null),
      handleDrop: (view, event, _slice, moved) => {
        if (moved || view.dragging !== null) return false;
        const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
        event.preventDefault();
        return place === null || put(view, event.dataTransfer, place.pos);
      },
    },
  });
}

/** A dropped text goes where it was dropped: the caret is put there first, as its own step. */
function dispatchOver(view: EditorView, at: number | null, tr: Transaction): void {
  if (at === null) view.dispatch(tr.setMeta("paste", true).setMeta(FLUSH, true));
  else {
    const moved = view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(at)));
    for (const step of tr.steps) moved.step(step);
    view.dispatch(moved.setMeta("paste", true).setMeta(FLUSH, true));
  }
}
