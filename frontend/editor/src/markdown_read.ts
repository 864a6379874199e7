// Plain text as blocks, with the structure that Markdown signs and tabs give it. A line is a block: what people paste
// as plain text is rarely wrapped, and lines that were apart stay apart.
import { safeHref } from "./links";
import { paragraphHead, type Pasted } from "./paste_blocks";
import type { PastedTable } from "./pasted_table";
import type { BlockHead, MarkSet, Run } from "./tree";

/** Longer lines are no prose; they keep their signs. */
const MAX_LINE_WITH_SIGNS = 20_000;
/** Words between two signs; more of them between signs are signs that happen to be there. */
const MAX_MARKED = 500;
const MAX_INDENT = 8;
const TAB = 4;

const FENCE = /^\s*(```+|~~~+)/;
const HEADING = /^ {0,3}(#{1,6})\s+(\S.*)$/;
/** Signs that some put behind a heading too. */
const HEADING_END = /(?<=\s)#+$/;
const DIVIDER = /^ {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/;
const QUOTE = /^\s*>\s?/;
const ENTRY = /^([ \t]*)(?:([-*+•])|\d{1,3}[.)])[ \t]+(?:\[([ xX])\][ \t]+)?(.*)$/;
const RULE_OF_TABLE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Blocks, lists, quotes, tables and marks of Markdown; what is none of them is a paragraph a line. */
export function markdownBlocks(text: string): Pasted["blocks"] {
  const lines = text.replace(/\u0000/g, "").split(/\r\n|\r|\n|\u2028|\u2029/);
  return tabbedTable(lines) ?? new Reader(lines).blocks();
}

/** Words with their marks. */
export function markdownRuns(text: string): Run[] {
  return text.length > MAX_LINE_WITH_SIGNS ? [{ text }] : joined(marked(text, {}));
}

/** What a spreadsheet or an editor of tables gives as plain text: as many tabs in every line. */
function tabbedTable(lines: readonly string[]): [PastedTable] | null {
  const rows = lines.filter((line) => line.trim() !== "").map((line) => line.split("\t"));
  const width = rows[0]?.length ?? 0;
  if (rows.length < 2 || width < 2 || rows.some((row) => row.length !== width)) return null;
  const cells = rows.map((row) => row.map((cell) => (cell === "" ? [] : [{ text: cell }])));
  return [{ type: "table", indent: 0, quote: false, cells, header: false }];
}

class Reader {
  private readonly found: Pasted["blocks"] = [];
  /** How far in the entries of the open lists begin, the outermost first. */
  private depths: number[] = [];
  private at = 0;

  constructor(private readonly lines: readonly string[]) {}

  blocks(): Pasted["blocks"] {
    while (this.at < this.lines.length) this.line(this.lines[this.at++]!, false);
    return this.found;
  }

  private line(line: string, quote: boolean): void {
    if (line.trim() === "") return;
    if (line.length > MAX_LINE_WITH_SIGNS) return this.paragraph(line, quote);
    const fence = FENCE.exec(line);
    if (fence !== null && this.at < this.lines.length) return this.code(fence[1]!, quote);
    if (!quote && QUOTE.test(line)) return this.line(line.replace(QUOTE, ""), true);
    if (DIVIDER.test(line)) return this.put({ type: "divider", indent: 0, quote }, []);
    const heading = HEADING.exec(line);
    if (heading !== null) return this.heading(heading[1]!.length, heading[2]!.trimEnd().replace(HEADING_END, "").trimEnd(), quote);
    const entry = ENTRY.exec(line);
    if (entry !== null && entry[4] !== "") return this.entry(entry, quote);
    if (this.isTable(line)) return this.table(line, quote);
    this.paragraph(line, quote);
  }

  private put(head: BlockHead, runs: Run[], inList = false): void {
    if (!inList) this.depths = [];
    this.found.push({ ...head, runs });
  }

  private heading(level: number, words: string, quote: boolean): void {
    this.put({ type: "heading", level: Math.min(3, level), indent: 0, quote }, markdownRuns(words));
  }

  /** A line set in below an entry belongs to it. */
  private paragraph(line: string, quote: boolean): void {
    const depth = columns(/^[ \t]*/.exec(line)![0]);
    const level = depth < 2 ? -1 : this.depths.findLastIndex((begins) => begins < depth);
    // Blanks in front of a line that stands alone are the writer's own.
    const runs = markdownRuns((level < 0 ? line : line.trimStart()).replace(/\t/g, " "));
    this.put({ ...paragraphHead(), indent: Math.max(0, level), quote }, runs, level >= 0);
  }

  private code(fence: string, quote: boolean): void {
    while (this.at < this.lines.length) {
      const line = this.lines[this.at++]!;
      if (line.trim().startsWith(fence) && line.trim().replace(/[`~]/g, "") === "") return;
      const text = quote ? line.replace(QUOTE, "") : line;
      this.put({ type: "code", indent: 0, quote }, text === "" ? [] : [{ text }]);
    }
  }

  private entry([, before, bullet, box, words]: RegExpExecArray, quote: boolean): void {
    const depth = columns(before!);
    this.depths = this.depths.filter((begins) => begins <= depth);
    const last = this.depths[this.depths.length - 1];
    // One blank more or less is no level of its own.
    if (last === undefined || depth >= last + 2) this.depths.push(depth);
    const indent = Math.min(MAX_INDENT, this.depths.length - 1);
    const type = box !== undefined ? "check" : bullet !== undefined ? "bullet" : "ordered";
    const checked = box === undefined ? {} : { checked: box !== " " };
    this.put({ type, indent, quote, ...checked }, markdownRuns(words!), true);
  }

  private isTable(line: string): boolean {
    const rule = this.lines[this.at];
    return line.includes("|") && rule !== undefined && rule.includes("-") && RULE_OF_TABLE.test(rule) && cellsOf(line).length === cellsOf(rule).length && cellsOf(line).length > 1;
  }

  private table(head: string, quote: boolean): void {
    this.at++;
    const rows = [cellsOf(head)];
    while (this.at < this.lines.length && this.lines[this.at]!.includes("|")) rows.push(cellsOf(this.lines[this.at++]!));
    const width = Math.max(...rows.map((row) => row.length));
    const cells = rows.map((row) => Array.from({ length: width }, (_, column) => (row[column] ? markdownRuns(row[column]) : [])));
    this.depths = [];
    this.found.push({ type: "table", indent: 0, quote, cells, header: true });
  }
}

function columns(blanks: string): number {
  return [...blanks].reduce((sum, blank) => sum + (blank === "\t" ? TAB : 1), 0);
}

function cellsOf(line: string): string[] {
  const cells = line.trim().replace(/^\||(?<!\\)\|$/g, "").split(/(?<!\\)\|/);
  return cells.map((cell) => cell.trim().replace(/\\\|/g, "|").replace(/<br\s*\/?>/gi, "\n"));
}

const WORDS = `.{1,${MAX_MARKED}}?`;
const SIGNS = new RegExp(
  [
    /\\([\\`*_[\]()~=#>|.+-])/.source,
    `\`([^\`]{1,${MAX_MARKED}})\``,
    `\\[([^\\]]{1,${MAX_MARKED}})\\]\\(<?([^()\\s<>]{1,2048}(?:\\([^()\\s]{0,200}\\)[^()\\s<>]{0,2048})?)>?\\)`,
    `\\*\\*(?=\\S)(${WORDS})(?<=\\S)\\*\\*`,
    `~~(?=\\S)(${WORDS})(?<=\\S)~~`,
    `==(?=\\S)(${WORDS})(?<=\\S)==`,
    `(?<![\\w*])\\*(?=[^\\s*])(${WORDS})(?<=[^\\s*])\\*(?![\\w*])`,
    `(?<![\\w_])_(?=[^\\s_])(${WORDS})(?<=[^\\s_])_(?![\\w_])`,
  ].join("|"),
  "gs",
);
/** The marks of the groups after sign, code, words and address of a link. */
const MARKS = ["bold", "strike", "highlight", "italic", "italic"] as const;

function marked(text: string, marks: MarkSet): Run[] {
  const runs: Run[] = [];
  const plain = (words: string): void => {
    if (words !== "") runs.push(Object.keys(marks).length > 0 ? { text: words, marks } : { text: words });
  };
  let from = 0;
  for (const match of text.matchAll(SIGNS)) {
    const [whole, sign, code, words, address, ...between] = match;
    const href = address === undefined ? null : safeHref(address);
    plain(text.slice(from, match.index));
    from = match.index + whole.length;
    const which = between.findIndex((group) => group !== undefined);
    if (sign !== undefined) plain(sign);
    else if (code !== undefined) runs.push({ text: code, marks: { ...marks, code: true } });
    else if (which >= 0) runs.push(...marked(between[which]!, { ...marks, [MARKS[which]!]: true }));
    else runs.push(...marked(words!, href === null ? marks : { ...marks, link: href }));
  }
  plain(text.slice(from));
  return runs;
}

/** Neighbours with the same marks are one run. */
function joined(runs: readonly Run[]): Run[] {
  const all: Run[] = [];
  for (const run of runs) {
    const last = all[all.length - 1];
    if (last !== undefined && JSON.stringify(last.marks) === JSON.stringify(run.marks)) last.text += run.text;
    else all.push({ ...run });
  }
  return all;
}
