// What is copied, as Markdown: for everything that takes plain text. One line, or words of it, is copied as it reads.
import type { Fragment, Node } from "prosemirror-model";
import { markdownBlocks, markdownRuns } from "./markdown_read";
import { isImage, rowsOf } from "./node_kinds";

const INDENT = "    ";
const SIGNS: readonly (readonly [string, string])[] = [["bold", "**"], ["italic", "*"], ["strike", "~~"], ["highlight", "=="]];

/** `address` says where an image is shown from. */
export function clipboardText(fragment: Fragment, address: (image: string) => string): string {
  const isWholeImage = fragment.childCount === 1 && isImage(fragment.child(0));
  // What is selected inside one line comes with everything that line stands in.
  let inside = fragment;
  while (!isWholeImage && inside.childCount === 1 && !inside.child(0).isLeaf && inside.child(0).type.name !== "table") inside = inside.child(0).content;
  const first = inside.firstChild;
  if (inside.childCount === 1 && first?.type.name === "table") return rowsOf(first).map(tabbed).join("\n");
  if (first === null || first.isInline) return inside.textBetween(0, inside.size, "\n");
  const writer = new Writer(address);
  fragment.forEach((node) => writer.block(node));
  return writer.text();
}

/** A row as spreadsheets read it: a tab between cells, and a cell of several lines in quotes. */
function tabbed(row: Node): string {
  const cells: string[] = [];
  row.forEach((cell) => {
    const text = cell.textContent;
    cells.push(/[\t\n"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  });
  return cells.join("\t");
}

class Writer {
  private readonly lines: string[] = [];
  /** What the last line was: entries of a list and lines of one box follow each other without an empty line. */
  private last = "";
  /** The next number of the ordered list at each depth. */
  private numbers: number[] = [];

  constructor(private readonly address: (image: string) => string) {}

  text(): string {
    this.endBox("");
    return this.lines.join("\n");
  }

  block(node: Node): void {
    switch (node.type.name) {
      case "title":
        return this.line("title", node, `# ${words(node)}`);
      case "part_heading":
        return this.line("part", node, `## ${words(node)}`);
      case "item":
        return this.item(node);
      case "heading":
        return this.line("heading", node, `${"#".repeat(Number(node.attrs["level"]) || 1)} ${words(node)}`);
      case "li":
        return this.entry(node);
      case "code_line":
        return this.code(node);
      case "callout":
        return this.line("callout", node, `> ${words(node)}`);
      case "divider":
        return this.line("divider", node, "---");
      case "image":
        return this.image(node);
      case "table":
        return this.table(node);
      case "ghost":
        return;
      default:
        if (node.isTextblock) this.line("paragraph", node, asParagraph(words(node)));
        else node.forEach((child) => this.block(child));
    }
  }

  /** Puts one line behind an empty one, unless it goes on with what is there. */
  private line(kind: string, node: Node, text: string, goesOn = false): void {
    this.endBox(kind);
    if (text.trim() === "" && kind !== "code") return;
    if (this.lines.length > 0 && !(goesOn && this.last === kind)) this.lines.push("");
    this.lines.push(node.attrs["quote"] === true ? `> ${text}` : text);
    this.last = kind;
    if (kind !== "list") this.numbers = [];
  }

  private item(node: Node): void {
    const number = node.attrs["number"] as string | null;
    const title = node.firstChild?.type.name === "item_title" ? node.firstChild : null;
    if (title !== null) this.line("item", title, `### ${number === null ? "" : `${number} `}${words(title)}`);
    node.forEach((part) => part !== title && this.block(part));
  }

  private entry(node: Node): void {
    const indent = Number(node.attrs["indent"]);
    const kind = String(node.attrs["list"]);
    if (this.last !== "list") this.numbers = [];
    this.numbers.length = Math.min(this.numbers.length, indent + 1);
    const number = kind === "ordered" ? (this.numbers[indent] ?? 0) + 1 : 0;
    this.numbers[indent] = number;
    const sign = kind === "ordered" ? `${number}.` : kind === "check" ? `- [${node.attrs["checked"] === true ? "x" : " "}]` : "-";
    this.line("list", node, `${INDENT.repeat(indent)}${sign} ${words(node)}`, true);
  }

  private code(node: Node): void {
    if (this.last !== "code") this.line("code", node, "```");
    this.lines.push(node.textContent);
  }

  /** Closes the box of code when something else follows. */
  private endBox(next: string): void {
    if (this.last === "code" && next !== "code") this.lines.push("```");
    if (next !== "code" && this.last === "code") this.last = "";
  }

  private image(node: Node): void {
    const alt = String(node.attrs["alt"]).replace(/[\\[\]]/g, "\\$&");
    this.line("image", node, `![${alt}](${this.address(String(node.attrs["image"]))})`);
    if (node.content.size > 0) this.line("paragraph", node, asParagraph(words(node)));
  }

  private table(node: Node): void {
    const rows = rowsOf(node).map((row) => {
      const cells: string[] = [];
      row.forEach((cell) => cells.push(words(cell).replace(/\|/g, "\\|").replace(/\n/g, "<br>")));
      return `| ${cells.join(" | ")} |`;
    });
    const width = rowsOf(node)[0]?.childCount ?? 0;
    // Markdown has no table without names of columns: they are empty where ours has none.
    const head = node.attrs["header"] === true ? rows.shift()! : `|${"  |".repeat(width)}`;
    for (const row of [head, `|${" --- |".repeat(width)}`, ...rows]) this.line("table", node, row, true);
  }
}

/** The words of a block with the signs of their marks. */
function words(node: Node): string {
  let text = "";
  node.forEach((child) => {
    if (!child.isText) return;
    const has = (name: string) => child.marks.find((mark) => mark.type.name === name);
    const inner = has("code") ? `\`${child.text!}\`` : bare(child.text!);
    // Signs stand at words, not at the blanks beside them.
    const [, before, core, after] = /^(\s*)(.*?)(\s*)$/s.exec(inner)!;
    const signs = core === "" ? [] : SIGNS.filter(([name]) => has(name));
    const link = has("link");
    const inside = link === undefined || core === "" ? core! : `[${core!}](${String(link.attrs["href"])})`;
    text += before! + signs.map(([, sign]) => sign).join("") + inside + signs.map(([, sign]) => sign).reverse().join("") + after!;
  });
  return text;
}

/** Text that would be read as having marks gets a backslash before what would be a sign. */
function bare(text: string): string {
  const read = markdownRuns(text);
  return read.length <= 1 && (read[0]?.text ?? "") === text && read[0]?.marks === undefined ? text : text.replace(/[\\`*_[\]~=]/g, "\\$&");
}

/** A paragraph that would be read as something else: its first sign is no sign. */
function asParagraph(text: string): string {
  // With a line behind it: alone, a sign that opens something opens nothing.
  const [read] = markdownBlocks(`${text}\n.`);
  if (text.trim() === "" || (read?.type === "paragraph" && read.quote !== true)) return text;
  return text.replace(/^(\s*)(\d+)?(\S)/, (_, blanks: string, digits: string | undefined, sign: string) => `${blanks}${digits ?? ""}\\${sign}`);
}
