// Putting pasted or dropped content into the document, where it fits: lines into titles, blocks into bodies, items into parts.
// It bounds what comes in and says so; reading foreign HTML is in paste_blocks.ts.
import { Fragment, Slice, type Node } from "prosemirror-model";
import { Plugin, TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { MAX_CELL_LENGTH, MAX_PLAIN_LENGTH } from "./bounds";
import { buildBlocks, buildItem, inline } from "./build";
import { FLUSH } from "./commands";
import type { Notice } from "./host";
import { isAcceptedByCriteria, ITEM_KINDS } from "./labels";
import { gapNear, placeForCaret, type ImagePlace } from "./image_commands";
import { isReachable, type ImageStore } from "./image_store";
import { filesToBring, type Bringing } from "./image_uploads";
import type { Foreign, ForeignScript } from "./foreign_script";
import { isImage } from "./node_kinds";
import { isPicture, paragraphHead, plainBlocks, textOf, type Pasted, type PastedItem, type PastedPicture } from "./paste_blocks";
import { textAt } from "./positions";
import { divided, isPastedTable, linesOf, type PastedTable } from "./pasted_table";
import { newTable } from "./table_commands";
import { isCell, isPlain, type EditorSchema } from "./schema";
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
  images: Pick<ImageStore, "imageAt" | "fileAt">;
  foreign: ForeignScript;
  /** Brings images to a place, or to where the caret is. */
  bring(view: EditorView, at: ImagePlace | null, all: readonly Bringing[]): void;
}

/** What is read of a clipboard. The browser takes its own away when the event is over. */
interface Transfer {
  html: string;
  text: string;
  files: readonly File[];
}

function transferOf(data: DataTransfer): Transfer {
  return { html: data.getData("text/html"), text: data.getData("text/plain"), files: Array.from(data.files) };
}

/** The items of a clipboard, as blocks; null when it holds nothing to insert. Without the script for other programs' formats it is text. */
function readTransfer(data: Transfer, into: Node, context: PasteContext, foreign: Foreign | null): Pasted["blocks"] | "too_large" | null {
  const { html, text } = data;
  if (text.length > MAX_TEXT_LENGTH) return "too_large";
  if (html !== "" && html.length <= MAX_HTML_LENGTH && foreign !== null) {
    const pasted = foreign.pastedBlocks(new DOMParser().parseFromString(html, "text/html").body, (address) => context.images.imageAt(address));
    if (pasted.imagesDropped) context.notice("paste_images_dropped");
    if (pasted.blocks.length > 0 || text === "") return pasted.blocks;
  }
  if (text === "") return null;
  return foreign === null || takesSigns(into) ? plainBlocks(text) : foreign.markdownBlocks(text);
}

/** Lines of code and places without blocks take plain text as it is. */
function takesSigns(into: Node): boolean {
  return into.type.name === "code_line" || isPlain(into) || isCell(into) || isImage(into);
}

/** The files on a clipboard that are meant: a picture on its own. Beside words they are only a picture of those. */
export function filesMeant(data: { files: ArrayLike<File> }, blocks: Pasted["blocks"] | "too_large" | null): File[] {
  if (data.files.length === 0 || blocks === "too_large") return [];
  const files = Array.from(data.files);
  // A file copied in a window of files comes with its name as text.
  const names = new Set(files.map(({ name }) => name));
  const isBeside = (block: Pasted["blocks"][number]): boolean => (isPicture(block) ? !isReachable(block.src) : names.has(textOf(block).map((run) => run.text).join("")));
  return blocks === null || blocks.every(isBeside) ? files : [];
}

/** Brings the pictures of a paste to where they stood between its blocks; says so when some cannot be got. */
function bringPictures(view: EditorView, context: PasteContext, pictures: readonly PlacedPicture[], gaps: readonly number[]): void {
  const reachable = pictures.filter(({ picture }) => isReachable(picture.src));
  if (reachable.length < pictures.length) context.notice("paste_images_dropped");
  for (const gap of new Set(reachable.map(({ behind }) => gaps[behind]!))) {
    const here = reachable.filter(({ behind }) => gaps[behind] === gap);
    const all = here.map(({ picture }): Bringing => {
      const { alt, width_pct, caption, src } = picture;
      return { name: alt, alt, caption, ...(width_pct > 0 ? { width_pct } : {}), file: () => context.images.fileAt(src) };
    });
    context.bring(view, { pos: gap, replacesBlank: false }, all);
  }
}

interface PlacedPicture {
  picture: PastedPicture;
  /** How many of the blocks stand in front of it. */
  behind: number;
}

/** Takes the pictures out from between the blocks. */
export function withoutPictures(all: Pasted["blocks"]): { blocks: Pasted["blocks"]; pictures: PlacedPicture[] } {
  const blocks: Pasted["blocks"] = [];
  const pictures: PlacedPicture[] = [];
  for (const block of all) {
    if (isPicture(block)) pictures.push({ picture: block, behind: blocks.length });
    else blocks.push(block);
    // Of a picture that cannot be got its caption stays.
    if (isPicture(block) && block.caption.length > 0 && !isReachable(block.src)) blocks.push({ ...paragraphHead(), runs: block.caption });
  }
  return { blocks, pictures };
}

/** The gaps around `count` blocks that have just been put in and end at `end`: in front of the first, behind each. */
export function gapsAround(doc: Node, end: number, count: number): number[] {
  const last = gapNear(doc, end);
  const $last = doc.resolve(last);
  const gaps = [last];
  const first = $last.parent.type.name === "section" ? 1 : 0;
  for (let back = 1; back <= count; back++) gaps.unshift($last.posAtIndex(Math.max(first, $last.index() - back)));
  return gaps;
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
  if (isCell($from.parent) || isImage($from.parent)) return insertInCell(tr, blocks);
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
    if (isPicture(block)) return [];
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
    if (isPicture(block)) return [];
    if (!isItem(block)) return [block];
    const { title, body, criteria } = block.content;
    return [{ ...paragraphHead(), runs: title === "" ? [] : [{ text: title, marks: { bold: true } }] }, ...body, ...criteria];
  });
}

function isItem(block: Pasted["blocks"][number]): block is PastedItem {
  return block.type === "item" && "content" in block;
}

/** Puts what is on a clipboard where the selection is, or at a place. */
function put(view: EditorView, data: Transfer, at: number | null, context: PasteContext, foreign: Foreign | null): void {
  let state = view.state;
  if (at !== null) state = state.apply(state.tr.setSelection(TextSelection.near(state.doc.resolve(at))));
  const read = readTransfer(data, state.selection.$from.parent, context, foreign);
  const files = filesMeant(data, read);
  if (files.length > 0) context.bring(view, at === null ? null : { pos: gapNear(view.state.doc, at), replacesBlank: false }, filesToBring(files));
  if (read === null || files.length > 0) return;
  const { blocks, pictures } = read === "too_large" ? { blocks: read, pictures: [] } : withoutPictures(read);
  if (blocks.length === 0) {
    const pos = at === null ? placeForCaret(view.state).pos : gapNear(view.state.doc, at);
    return bringPictures(view, context, pictures, [pos]);
  }
  const tr = blocks === "too_large" ? null : insertPasted(state, blocks, () => context.newId());
  if (tr === null) context.notice("paste_too_large");
  else if (blocks !== "too_large" && blocks.some((block) => isPastedTable(block) && divided(block).rest.length > 0)) context.notice("table_divided");
  if (tr === null) return;
  dispatchOver(view, at, tr);
  if (pictures.length > 0 && blocks !== "too_large") bringPictures(view, context, pictures, gapsAround(view.state.doc, view.state.selection.to, blocks.length));
}

export function pasting(context: PasteContext): Plugin {
  /** `place` is asked when everything is here: until then others may have written in front of it. */
  const take = (view: EditorView, data: DataTransfer | null, place: () => number | null): boolean => {
    if (data === null || view.composing) return false;
    const transfer = transferOf(data);
    const { here } = context.foreign;
    if (here !== null) put(view, transfer, place(), context, here);
    else {
      const late = (foreign: Foreign | null): void => {
        if (!view.isDestroyed) put(view, transfer, place(), context, foreign);
      };
      void context.foreign.get().then(late, () => late(null));
    }
    return true;
  };
  return new Plugin({
    props: {
      handlePaste: (view, event) => take(view, event.clipboardData, () => null),
      handleDrop: (view, event, _slice, moved) => {
        if (moved || view.dragging !== null) return false;
        event.preventDefault();
        const point = { left: event.clientX, top: event.clientY };
        const place = (): number | null => view.posAtCoords(point)?.pos ?? null;
        return place() === null || take(view, event.dataTransfer, place);
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
