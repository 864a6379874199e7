// What a Text is, counted: ProseMirror nodes and blocks from Rust both become the same row of tokens,
// one per character (a surrogate pair is one token of width two) and one per block marker.
// It compares nothing and changes nothing; SPEC numbers of positions are UTF-16 units plus one per marker.
import type { Node } from "prosemirror-model";
import { isAtomBlock } from "./schema";
import { FLAG_MARKS, holdsText, isValued, VALUED_MARKS, type Block, type BlockHead, type ImageHead, type MarkSet, type Run, type ValuedMark } from "./tree";

/** Keys of tokens: characters are themselves, markers start with NUL, which no Text may hold. */
export const BLOCK_KEY = "\u0000block";
const ITEM_KEY = "\u0000item:";
const TABLE_KEY = "\u0000table:";
const GHOST_KEY = "\u0000ghost:";
const IMAGE_KEY = "\u0000image:";
const DIVIDER_KEY = "\u0000divider";

export interface Token {
  key: string;
  width: number;
  /** Canonical JSON of the marks, "" for none (always "" on markers). */
  marks: string;
  /** Only on markers. */
  head: BlockHead | null;
}

const KNOWN_MARKS = [...(Object.keys(VALUED_MARKS) as ValuedMark[]), ...FLAG_MARKS] as const;

/** Canonical form of the marks the editor knows; others are not the editor's to see. */
export function marksKey(marks: MarkSet | undefined): string {
  if (marks === undefined) return "";
  const known: MarkSet = {};
  let any = false;
  for (const name of KNOWN_MARKS) {
    const value = marks[name];
    if (value === undefined || value === false || value === null || value === "") continue;
    known[name] = value;
    any = true;
  }
  return any ? JSON.stringify(known) : "";
}

export function marksOf(key: string): MarkSet {
  return key === "" ? {} : (JSON.parse(key) as MarkSet);
}

function nodeMarks(text: Node): MarkSet {
  const marks: MarkSet = {};
  for (const { type, attrs } of text.marks) marks[type.name] = isValued(type.name) ? String(attrs[VALUED_MARKS[type.name]]) : true;
  return marks;
}

/** The runs of one textblock. */
export function runsOf(textblock: Node): Run[] {
  const runs: Run[] = [];
  textblock.forEach((text) => {
    const marks = nodeMarks(text);
    runs.push(Object.keys(marks).length > 0 ? { text: text.text ?? "", marks } : { text: text.text ?? "" });
  });
  return runs;
}

/** A paragraph without a marker of its own: only first in a Text or right after a block that holds no text. */
export function isImplicit(node: Node, before: Node | null): boolean {
  return (
    node.type.name === "paragraph" &&
    node.attrs["implicit"] === true &&
    node.attrs["indent"] === 0 &&
    node.attrs["quote"] === false &&
    (before === null || isAtomBlock(before))
  );
}

/** Positions a block takes in its Text: its marker, if it has one, and its characters. */
export function widthOf(node: Node, before: Node | null): number {
  if (isAtomBlock(node)) return 1;
  return node.content.size + (isImplicit(node, before) ? 0 : 1);
}

/** The head of a block as Rust names it. */
export function headOf(node: Node): BlockHead {
  const { indent, quote } = node.attrs as { indent: number; quote: boolean };
  switch (node.type.name) {
    case "item":
      return { type: "item", item: String(node.attrs["id"]), indent: 0, quote: false };
    case "table":
      return { type: "table", table: String(node.attrs["id"]), indent: 0, quote: false };
    case "divider":
      return { type: "divider", indent: 0, quote: false };
    case "ghost":
      return JSON.parse(String(node.attrs["head"])) as BlockHead;
    case "heading":
      return { type: "heading", level: Number(node.attrs["level"]), indent, quote };
    case "li": {
      const list = String(node.attrs["list"]);
      if (list === "check") return { type: "check", checked: node.attrs["checked"] === true, indent, quote };
      return { type: list === "ordered" ? "ordered" : "bullet", indent, quote };
    }
    case "callout":
      return { type: "callout", indent, quote };
    case "image":
      return { type: "image", ...imageHead(node.attrs), indent, quote };
    case "code_line":
      return { type: "code", indent, quote };
    default:
      return { type: "paragraph", indent, quote };
  }
}

/** What is said of an image, in one order. */
export function imageHead(said: Partial<ImageHead>): ImageHead {
  const { image = "", alt = "", width_pct = 100, width_px = 640, height_px = 480 } = said;
  return { image, alt, width_pct, width_px, height_px };
}

/** The head alone, in one canonical shape, so that two heads are equal when their JSON is. */
export function canonicalHead(block: BlockHead): BlockHead {
  const head: BlockHead = { type: block.type, indent: block.indent ?? 0, quote: block.quote ?? false };
  if (block.type === "heading") head.level = block.level ?? 1;
  if (block.type === "check") head.checked = block.checked ?? false;
  if (block.type === "image") Object.assign(head, imageHead(block));
  if (block.type === "item" && block.item !== undefined) head.item = block.item;
  if (block.type === "table" && block.table !== undefined) head.table = block.table;
  if (block.type === "ghost") {
    if (block.item !== undefined) head.item = block.item;
    if (block.raw !== undefined) head.raw = block.raw;
  }
  return head;
}

function markerToken(head: BlockHead): Token {
  const canonical = canonicalHead(head);
  let key = BLOCK_KEY;
  if (canonical.type === "divider") key = DIVIDER_KEY;
  if (canonical.type === "image") key = IMAGE_KEY + (canonical.image ?? "");
  if (canonical.type === "item") key = ITEM_KEY + (canonical.item ?? "");
  if (canonical.type === "table") key = TABLE_KEY + (canonical.table ?? "");
  if (canonical.type === "ghost") key = GHOST_KEY + JSON.stringify(canonical.raw ?? canonical.item ?? null);
  return { key, width: 1, marks: "", head: canonical };
}

function pushText(tokens: Token[], text: string, marks: string): void {
  for (const character of text) tokens.push({ key: character, width: character.length, marks, head: null });
}

/** Tokens of a run of sibling blocks; `before` is the sibling in front of them. */
export function tokensOfNodes(nodes: readonly Node[], before: Node | null): Token[] {
  const tokens: Token[] = [];
  for (const node of nodes) {
    if (!isImplicit(node, before)) tokens.push(markerToken(headOf(node)));
    if (!isAtomBlock(node)) node.forEach((text) => pushText(tokens, text.text ?? "", marksKey(nodeMarks(text))));
    before = node;
  }
  return tokens;
}

/** Tokens of a cell: characters with their marks, and no marker. */
export function tokensOfInline(cell: Node): Token[] {
  const tokens: Token[] = [];
  cell.forEach((text) => pushText(tokens, text.text ?? "", marksKey(nodeMarks(text))));
  return tokens;
}

/** Tokens of blocks as Rust gives them. */
export function tokensOfBlocks(blocks: readonly Block[]): Token[] {
  const tokens: Token[] = [];
  for (const block of blocks) {
    if (block.implicit !== true) tokens.push(markerToken(block));
    if (!holdsText(block)) continue;
    for (const run of block.runs ?? []) pushText(tokens, run.text, marksKey(run.marks));
  }
  return tokens;
}

/** Tokens of a plain text. */
export function tokensOfText(text: string): Token[] {
  const tokens: Token[] = [];
  pushText(tokens, text, "");
  return tokens;
}

/** Tokens grouped back into blocks. Characters in front of any marker, or after an item, are an implicit paragraph. */
export function blocksOfTokens(tokens: readonly Token[]): Block[] {
  const blocks: Block[] = [];
  let open: (Block & { runs: Run[] }) | null = null;
  let openMarks = "";
  for (const token of tokens) {
    if (token.head !== null) {
      const block = { ...token.head, runs: [] };
      blocks.push(block);
      open = holdsText(block) ? block : null;
      continue;
    }
    if (open === null) {
      open = { type: "paragraph", indent: 0, quote: false, implicit: true, runs: [] };
      blocks.push(open);
    }
    const last: Run | undefined = open.runs[open.runs.length - 1];
    if (last !== undefined && openMarks === token.marks) last.text += token.key;
    else open.runs.push(token.marks === "" ? { text: token.key } : { text: token.key, marks: marksOf(token.marks) });
    openMarks = token.marks;
  }
  return blocks;
}

/** Offsets of tokens in UTF-16 units and markers; one more entry than tokens. */
export function offsetsOf(tokens: readonly Token[]): number[] {
  const offsets = [0];
  let at = 0;
  for (const token of tokens) offsets.push((at += token.width));
  return offsets;
}

/** Whether a node shows exactly this block (used to skip what did not change). */
export function showsBlock(node: Node, before: Node | null, block: Block): boolean {
  if (isImplicit(node, before) !== (block.implicit === true)) return false;
  if (isAtomBlock(node) || !holdsText(block)) {
    return markerToken(headOf(node)).key === markerToken(block).key;
  }
  if (block.implicit !== true && JSON.stringify(canonicalHead(headOf(node))) !== JSON.stringify(canonicalHead(block))) {
    return false;
  }
  const shown = runsOf(node).map((run) => [run.text, marksKey(run.marks)]);
  const wanted = (block.runs ?? []).filter((run) => run.text !== "").map((run) => [run.text, marksKey(run.marks)]);
  return JSON.stringify(joinEqualMarks(shown)) === JSON.stringify(joinEqualMarks(wanted));
}

function joinEqualMarks(runs: string[][]): string[][] {
  const joined: string[][] = [];
  for (const [text = "", marks = ""] of runs) {
    const last = joined[joined.length - 1];
    if (last !== undefined && last[1] === marks) last[0] += text;
    else joined.push([text, marks]);
  }
  return joined;
}
