// Pasted HTML as blocks: a walk over foreign markup that keeps text, headings, lists, quotes, marks and tables' cells.
// It uses only the plainest parts of the DOM, so that it is tested without a browser. Scripts, styles and pictures
// never come through; what it cannot name it keeps as text.
import { boundedHead } from "./image_bounds";
import { safeHref } from "./links";
import { isPastedTable, linesOf, readTable, type PastedTable } from "./pasted_table";
import { listEntryOf, marksOfElement, wordList } from "./paste_dialects";
import type { Block, BlockHead, ItemTree, MarkSet, Run } from "./tree";

/** The part of the DOM the walk needs. */
export interface PastedNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly childNodes: ArrayLike<PastedNode>;
  getAttribute?(name: string): string | null;
}

export type ImageAt = (address: string) => string | null;

export interface PastedItem extends BlockHead {
  type: "item";
  content: ItemTree;
}

/** A picture in foreign markup: an address, and what is said of it. Its bytes are looked for later. */
export interface PastedPicture extends BlockHead {
  type: "image";
  src: string;
  alt: string;
  /** Where it was one of ours: how wide it stood there; else 0. */
  width_pct: number;
  caption: Run[];
}

export interface Pasted {
  blocks: (Block | PastedItem | PastedTable | PastedPicture)[];
  imagesDropped: boolean;
}

export function isPicture(block: Pasted["blocks"][number]): block is PastedPicture {
  return block.type === "image" && "src" in block;
}

const ELEMENT = 1;
const TEXT = 3;
const SKIPPED = new Set(
  "SCRIPT STYLE META LINK TITLE HEAD NOSCRIPT TEMPLATE OBJECT IFRAME EMBED SVG MATH BUTTON SELECT TEXTAREA AUDIO CANVAS XML".split(" "),
);
/** Moving pictures, and Word's own way to name one. */
const PICTURES = new Set("VIDEO V:IMAGEDATA".split(" "));
const BLOCKS = new Set(
  "P DIV SECTION ARTICLE HEADER FOOTER MAIN ASIDE ADDRESS FIGURE FIGCAPTION DL DT DD CENTER FIELDSET FORM DETAILS SUMMARY PRE TBODY".split(" "),
);
/** Nesting deeper than any document: markup made to exhaust the stack is cut to its text. */
const MAX_DEPTH = 200;
const MAX_INDENT = 8;

/** `imageAt` knows the addresses of images this document has. */
export function pastedBlocks(root: PastedNode, imageAt: ImageAt = () => null): Pasted {
  const walk = new Walk(imageAt);
  walk.children(root, { marks: {}, head: paragraphHead(), list: null, depth: 0, pre: false });
  walk.close();
  return { blocks: walk.blocks, imagesDropped: walk.imagesDropped };
}

/** Lines of plain text as paragraphs; blank lines only separate. */
export function plainBlocks(text: string): Block[] {
  return text
    .split(/\r\n|\r|\n|\u2028|\u2029/)
    .filter((line) => line.trim() !== "")
    .map((line) => ({ ...paragraphHead(), runs: [{ text: line.replace(/\t/g, " ").replace(/\u0000/g, "") }] }));
}

export function paragraphHead(): BlockHead {
  return { type: "paragraph", indent: 0, quote: false };
}

interface Context {
  marks: MarkSet;
  /** What a block begun here is. */
  head: BlockHead;
  list: { type: "bullet" | "ordered" | "check"; indent: number } | null;
  depth: number;
  pre: boolean;
}

class Walk {
  readonly blocks: Pasted["blocks"] = [];
  private isCell = false;
  imagesDropped = false;
  /** Pictures in the block being read: they stand behind it. */
  private pictures: (PastedPicture | Block)[] = [];
  private head: BlockHead | null = null;
  private runs: Run[] = [];

  constructor(private readonly imageAt: ImageAt) {}

  /** The list entry being read has not got its block yet. */
  private entry: BlockHead | null = null;

  children(node: PastedNode, context: Context): void {
    for (let index = 0; index < node.childNodes.length; index++) this.node(node.childNodes[index]!, context);
  }

  private node(node: PastedNode, context: Context): void {
    if (node.nodeType === TEXT) this.text(node.textContent ?? "", context);
    if (node.nodeType !== ELEMENT) return;
    if (context.depth >= MAX_DEPTH) this.text(node.textContent ?? "", context);
    else this.element(node, node.nodeName.toUpperCase(), { ...context, depth: context.depth + 1 });
  }

  private element(node: PastedNode, name: string, context: Context): void {
    if (SKIPPED.has(name)) return;
    if (PICTURES.has(name)) this.imagesDropped = true;
    else if (name === "IMG") this.pictures.push(this.picture(node, [], 0));
    else if (name === "FIGURE" && this.figure(node, context)) return;
    else if (name === "BR") this.text("\n", { ...context, pre: true });
    else if (name === "TABLE") this.table(node, context);
    else if (name === "UL" || name === "OL") this.list(node, name, context);
    else if (name === "LI") this.listEntry(node, context);
    else if (name === "BLOCKQUOTE") this.block(node, { ...context, head: { ...context.head, quote: true } });
    else if (name === "HR") this.divider();
    else if (name === "ASIDE" && node.getAttribute?.("data-callout") !== null && node.getAttribute?.("data-callout") !== undefined) {
      this.block(node, { ...context, head: { ...paragraphHead(), type: "callout", quote: context.head.quote ?? false } });
    } else if (/^H[1-6]$/.test(name)) this.block(node, { ...context, head: { ...context.head, type: "heading", level: Math.min(3, Number(name.slice(1))) } });
    else if (name === "SECTION" && node.getAttribute?.("data-item")) this.item(node, context);
    else if (BLOCKS.has(name)) this.blockElement(node, name, context);
    else this.children(node, { ...context, marks: marksOfElement(node, name, context.marks) });
  }

  private blockElement(node: PastedNode, name: string, context: Context): void {
    const word = wordList(node);
    if (word !== null) {
      const head: BlockHead = { type: word.type, indent: word.indent, quote: context.head.quote ?? false };
      this.close();
      this.open(head);
      for (const part of word.content) this.node(part, { ...context, head, list: null });
      this.close();
      return;
    }
    if (name === "PRE") this.code(node, context);
    else this.block(node, context);
  }

  /** Program text: a block a line, its blanks as they are. */
  private code(node: PastedNode, context: Context): void {
    this.close();
    const text = (node.textContent ?? "").replace(/\u0000/g, "").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    const head: BlockHead = { type: "code", indent: context.head.indent ?? 0, quote: context.head.quote ?? false };
    for (const line of text.split("\n")) this.blocks.push({ ...head, runs: line === "" ? [] : [{ text: line }] });
  }

  private divider(): void {
    this.close();
    this.blocks.push({ type: "divider", indent: 0, quote: false, runs: [] });
  }

  private block(node: PastedNode, context: Context): void {
    this.close();
    this.head = null;
    this.children(node, { ...context, marks: marksOfElement(node, "", context.marks) });
    this.close();
  }

  private list(node: PastedNode, name: string, context: Context): void {
    this.close();
    const indent = context.list === null ? 0 : Math.min(MAX_INDENT, context.list.indent + 1);
    this.children(node, { ...context, list: { type: name === "OL" ? "ordered" : "bullet", indent } });
    this.close();
  }

  private listEntry(node: PastedNode, context: Context): void {
    this.close();
    const list = context.list ?? { type: "bullet", indent: 0 };
    const head: BlockHead = { ...listEntryOf(node, list), quote: context.head.quote ?? false };
    this.entry = head;
    // Paragraphs after the first of an entry stand below it, set in as far.
    const below: BlockHead = { ...paragraphHead(), indent: list.indent, quote: head.quote ?? false };
    this.children(node, { ...context, head: below, list });
    this.close();
    this.entry = null;
  }

  private table(table: PastedNode, context: Context): void {
    this.close();
    const pasted = readTable(table, context.head, (cell) => this.cell(cell, context));
    const pictures = this.pictures.splice(0);
    // A table in a cell of another, and one that only frames something, is its text.
    if (this.isCell || pasted.cells.length * (pasted.cells[0]?.length ?? 0) < 2) this.blocks.push(...linesOf(pasted.cells, " | "));
    else this.blocks.push(pasted);
    this.blocks.push(...pictures);
  }

  /** One picture and its caption; any other figure is its parts. */
  private figure(node: PastedNode, context: Context): boolean {
    const [image, ...more] = namedIn(node, "IMG");
    const [caption, ...others] = namedIn(node, "FIGCAPTION");
    if (image === undefined || more.length + others.length > 0) return false;
    this.close();
    const words = caption === undefined ? [] : this.cell(caption, context);
    this.blocks.push(this.picture(image, words, numberOf(node, "data-width")));
    return true;
  }

  /** An image this document has is one at once; of any other there is only its address. */
  private picture(node: PastedNode, caption: Run[], width_pct: number): PastedPicture | Block {
    const said = (name: string): string => node.getAttribute?.(name) ?? "";
    const [src, alt, width_px, height_px] = [said("src"), said("alt"), numberOf(node, "width"), numberOf(node, "height")];
    const image = this.imageAt(src);
    if (image === null || width_px === 0 || height_px === 0) return { type: "image", src, alt, width_pct, caption };
    return { type: "image", ...boundedHead({ image, alt, width_pct, width_px, height_px }), indent: 0, quote: false, runs: caption };
  }

  /** What is in a cell loses its blocks, not its text. */
  private cell(cell: PastedNode, context: Context): Run[] {
    const inner = new Walk(this.imageAt);
    inner.isCell = true;
    inner.children(cell, { ...context, head: paragraphHead(), list: null });
    inner.close();
    this.imagesDropped ||= inner.imagesDropped;
    const isShown = (block: Pasted["blocks"][number]): block is PastedPicture | Block => isPicture(block) || block.type === "image";
    this.pictures.push(...inner.blocks.filter(isShown));
    const lines = inner.blocks.filter((block) => !isShown(block));
    return lines.flatMap((block, at) => [...(at > 0 ? [{ text: "\n" }] : []), ...textOf(block)]);
  }

  private item(node: PastedNode, context: Context): void {
    this.close();
    const part = (name: string): Pasted["blocks"] => {
      const found = findPart(node, name);
      if (found === null) return [];
      const { blocks, imagesDropped } = pastedBlocks(found, this.imageAt);
      this.imagesDropped ||= imagesDropped || blocks.some(isPicture);
      return blocks;
    };
    const texts = (blocks: Pasted["blocks"]): Block[] => blocks.filter((block): block is Block => block.type !== "item" && !isPastedTable(block) && !isPicture(block));
    this.blocks.push({
      type: "item",
      indent: 0,
      quote: context.head.quote ?? false,
      content: {
        id: node.getAttribute?.("data-item") ?? "",
        kind: node.getAttribute?.("data-kind") ?? "other",
        number: node.getAttribute?.("data-number") || null,
        fields: fieldsOf(node.getAttribute?.("data-fields") ?? null),
        title: texts(part("title")).flatMap(textOf).map((run) => run.text).join(" "),
        body: texts(part("body")),
        criteria: texts(part("criteria")),
      },
    });
  }

  private open(head: BlockHead): void {
    this.head = head;
    this.runs = [];
  }

  private text(raw: string, context: Context): void {
    const text = (context.pre ? raw : raw.replace(/[\t\n\r ]+/g, " ")).replace(/\u00a0/g, " ").replace(/\u0000/g, "");
    if (text === "") return;
    if (this.head === null) {
      if (text.trim() === "") return;
      this.open(this.entry ?? context.head);
      this.entry = null;
    }
    const last = this.runs[this.runs.length - 1];
    const joined = !context.pre && (last === undefined || /\s$/.test(last.text)) ? text.replace(/^ /, "") : text;
    if (joined !== "") this.runs.push(Object.keys(context.marks).length > 0 ? { text: joined, marks: { ...context.marks } } : { text: joined });
  }

  close(): void {
    const { head, runs } = this;
    this.head = null;
    this.runs = [];
    if (head !== null) this.closeBlock(head, runs);
    this.blocks.push(...this.pictures.splice(0));
  }

  private closeBlock(head: BlockHead, runs: Run[]): void {
    const first = runs[0];
    if (first !== undefined) first.text = first.text.replace(/^\s+/, "");
    const last = runs[runs.length - 1];
    if (last !== undefined) last.text = last.text.replace(/\s+$/, "");
    const kept = runs.filter((run) => run.text !== "");
    if (kept.length > 0) this.blocks.push({ ...head, runs: kept });
  }
}

function numberOf(node: PastedNode, name: string): number {
  return Number(node.getAttribute?.(name)) || 0;
}

/** Elements of this name anywhere in a node, a few at most. */
function namedIn(node: PastedNode, name: string, depth = 0): PastedNode[] {
  const found: PastedNode[] = [];
  for (let index = 0; index < node.childNodes.length && found.length < 2 && depth < MAX_DEPTH; index++) {
    const child = node.childNodes[index]!;
    if (child.nodeType !== ELEMENT) continue;
    if (child.nodeName.toUpperCase() === name) found.push(child);
    else found.push(...namedIn(child, name, depth + 1));
  }
  return found;
}

function findPart(node: PastedNode, name: string): PastedNode | null {
  for (let index = 0; index < node.childNodes.length; index++) {
    const child = node.childNodes[index]!;
    if (child.getAttribute?.("data-part") === name) return child;
  }
  return null;
}

function fieldsOf(raw: string | null): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(raw ?? "{}");
    if (typeof parsed !== "object" || parsed === null) return {};
    return Object.fromEntries(Object.entries(parsed).filter(([name, value]) => /^[a-z_]{1,32}$/.test(name) && typeof value === "string" && value.length <= 200)) as Record<string, string>;
  } catch {
    return {};
  }
}

export function textOf(block: Pasted["blocks"][number]): Run[] {
  if (isPicture(block)) return block.caption;
  if (isPastedTable(block)) return linesOf(block.cells, "\t").flatMap((line, at) => [...(at > 0 ? [{ text: "\n" }] : []), ...(line.runs ?? [])]);
  return block.type === "item" && "content" in block ? [{ text: block.content.title }] : ((block as Block).runs ?? []);
}

/** The marks of a link, or those around it when its address is not allowed. */
export function linkMarks(marks: MarkSet, href: string | null): MarkSet {
  const safe = href === null ? null : safeHref(href);
  return safe === null ? marks : { ...marks, link: safe };
}
