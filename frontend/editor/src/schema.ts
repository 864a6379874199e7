// The shape of a document on screen: flat textblocks in sections, items as islands of three texts.
// It holds no behaviour; nesting of lists is the attribute `indent`, never nested nodes.
import { Schema, type DOMOutputSpec, type Mark, type MarkSpec, type Node, type NodeSpec } from "prosemirror-model";
import { label, type Labels } from "./labels";
import { safeHref } from "./links";

/** Deepest nesting of lists: more does not fit a phone. */
export const MAX_INDENT = 8;

const BLOCKS = "paragraph | heading | li | callout | code_line | image | divider | ghost";

function blockAttrs(node: Node, className = ""): Record<string, string> {
  const names = [className, node.attrs["quote"] === true ? "quote" : ""].filter((name) => name !== "").join(" ");
  const attrs: Record<string, string> = { "data-indent": String(node.attrs["indent"]) };
  if (names !== "") attrs["class"] = names;
  return attrs;
}

function listDOM(node: Node): DOMOutputSpec {
  const list = String(node.attrs["list"]);
  const attrs = blockAttrs(node, `li ${list}`);
  if (list === "check") {
    attrs["data-checked"] = String(node.attrs["checked"]);
    return ["ul", attrs, ["li", ["span", { class: "box" }], ["div", { class: "li-text" }, 0]]];
  }
  return [list === "ordered" ? "ol" : "ul", attrs, ["li", 0]];
}

const flow = { indent: { default: 0 }, quote: { default: false } };

/** The document, its title and its parts. */
function frameSpecs(labels: Labels) {
  return {
    doc: { content: "title section*" },
    title: {
      content: "text*",
      marks: "",
      isolating: true,
      toDOM: () => ["h1", { class: "doc-title", "data-placeholder": label(labels, "placeholder_title") }, 0],
    },
    section: {
      content: `part_heading (${BLOCKS} | item | table)+`,
      attrs: { id: { default: "" }, role: { default: null }, order: { default: "" } },
      isolating: true,
      toDOM: (node) => {
        const attrs: Record<string, string> = { class: "part", "data-section": String(node.attrs["id"]) };
        if (node.attrs["role"] !== null) attrs["data-role"] = String(node.attrs["role"]);
        return ["section", attrs, 0];
      },
    },
    part_heading: {
      content: "text*",
      marks: "",
      isolating: true,
      toDOM: () => ["h2", { class: "part-heading", "data-placeholder": label(labels, "placeholder_heading") }, 0],
    },
  } satisfies Record<string, NodeSpec>;
}

/** What stands in a flow: textblocks, and what cannot be shown. */
function blockSpecs(labels: Labels) {
  return {
    paragraph: {
      content: "text*",
      whitespace: "pre",
      attrs: { ...flow, implicit: { default: false } },
      toDOM: (node) => ["p", blockAttrs(node), 0],
    },
    heading: {
      content: "text*",
      whitespace: "pre",
      attrs: { ...flow, level: { default: 1 } },
      defining: true,
      toDOM: (node) => {
        const level = Number(node.attrs["level"]);
        return [`h${level + 2}`, { ...blockAttrs(node), "data-level": String(level) }, 0];
      },
    },
    li: {
      content: "text*",
      whitespace: "pre",
      attrs: { ...flow, list: { default: "bullet" }, checked: { default: false } },
      defining: true,
      toDOM: listDOM,
    },
    callout: {
      content: "text*",
      whitespace: "pre",
      attrs: flow,
      defining: true,
      toDOM: (node) => ["p", blockAttrs(node, "callout"), 0],
    },
    code_line: {
      content: "text*",
      whitespace: "pre",
      code: true,
      attrs: flow,
      defining: true,
      toDOM: (node) => ["p", blockAttrs(node, "code-line"), 0],
    },
    // A block of text like the others: its caption.
    image: {
      content: "text*",
      whitespace: "pre",
      attrs: { ...flow, image: { default: "" }, alt: { default: "" }, width_pct: { default: 100 }, width_px: { default: 640 }, height_px: { default: 480 } },
      defining: true,
      isolating: true,
      selectable: true,
      toDOM: (node) => ["figure", { ...blockAttrs(node, "image"), "data-width": String(node.attrs["width_pct"]) }, ["div", { class: "image-box", contenteditable: "false" }], ["figcaption", 0]],
    },
    divider: {
      atom: true,
      selectable: true,
      toDOM: () => ["hr", { class: "divider", contenteditable: "false" }],
    },
    ghost: {
      atom: true,
      selectable: true,
      attrs: { head: { default: "{}" } },
      toDOM: () => ["div", { class: "ghost", contenteditable: "false" }, label(labels, "ghost")],
    },
    text: {},
  } satisfies Record<string, NodeSpec>;
}

/** An item and its three texts. */
function itemSpecs(labels: Labels) {
  return {
    item: {
      content: "item_title item_body item_criteria",
      attrs: { id: { default: "" }, kind: { default: "requirement" }, number: { default: null }, fields: { default: {} } },
      isolating: true,
      defining: true,
      selectable: true,
      draggable: true,
      toDOM: (node) => [
        "section",
        { class: "item", "data-item": String(node.attrs["id"]), "data-kind": String(node.attrs["kind"]) },
        ["div", { class: "item-text" }, 0],
      ],
    },
    item_title: {
      content: "text*",
      marks: "",
      isolating: true,
      toDOM: () => ["h3", { class: "item-title", "data-placeholder": label(labels, "placeholder_item_title") }, 0],
    },
    item_body: {
      content: `(${BLOCKS})+`,
      isolating: true,
      toDOM: () => ["div", { class: "item-body", "data-placeholder": label(labels, "placeholder_item_body") }, 0],
    },
    item_criteria: {
      content: `(${BLOCKS})+`,
      isolating: true,
      toDOM: () => [
        "div",
        {
          class: "item-criteria",
          "data-label": label(labels, "criteria"),
          "data-placeholder": label(labels, "placeholder_criteria"),
        },
        0,
      ],
    },
  } satisfies Record<string, NodeSpec>;
}

/** A table: its columns, then its rows, each with a cell in every column. A cell is one paragraph. */
function tableSpecs() {
  return {
    table: {
      content: "table_columns table_row*",
      allowGapCursor: false,
      attrs: { id: { default: "" }, header: { default: false } },
      isolating: true,
      defining: true,
      selectable: true,
      draggable: true,
      toDOM: (node) => [
        "div",
        { class: "table-frame" },
        ["div", { class: "table-track" }, ["table", { class: "doc-table", "data-table": String(node.attrs["id"]) }, 0]],
      ],
    },
    // The caret stands in cells, never between them.
    table_columns: { content: "table_column*", selectable: false, allowGapCursor: false, toDOM: () => ["colgroup", 0] },
    table_column: {
      atom: true,
      selectable: false,
      attrs: { id: { default: "" }, order: { default: "" }, width: { default: null } },
      toDOM: (node) => ["col", node.attrs["width"] === null ? {} : { width: String(node.attrs["width"]) }],
    },
    table_row: {
      content: "table_cell*",
      selectable: false,
      allowGapCursor: false,
      attrs: { id: { default: "" }, order: { default: "" } },
      toDOM: () => ["tr", 0],
    },
    table_cell: {
      content: "text*",
      whitespace: "pre",
      isolating: true,
      selectable: false,
      attrs: { column: { default: "" } },
      toDOM: () => ["td", 0],
    },
  } satisfies Record<string, NodeSpec>;
}

// Paragraphs come first among blocks: ProseMirror fills what is missing with the first that fits.
function nodeSpecs(labels: Labels) {
  return { ...frameSpecs(labels), ...blockSpecs(labels), ...itemSpecs(labels), ...tableSpecs() };
}

const markSpecs = {
  link: {
    attrs: { href: { default: "" } },
    inclusive: false,
    toDOM: (mark: Mark): DOMOutputSpec => {
      const href = safeHref(String(mark.attrs["href"]));
      return href === null ? ["span", 0] : ["a", { href, rel: "noopener noreferrer nofollow" }, 0];
    },
  },
  mention: {
    attrs: { person: { default: "" } },
    inclusive: false,
    toDOM: (mark: Mark): DOMOutputSpec => ["span", { class: "mention", "data-person": String(mark.attrs["person"]) }, 0],
  },
  date: {
    attrs: { day: { default: "" } },
    inclusive: false,
    toDOM: (mark: Mark): DOMOutputSpec => ["time", { class: "date", datetime: String(mark.attrs["day"]) }, 0],
  },
  bold: { toDOM: (): DOMOutputSpec => ["strong", 0] },
  italic: { toDOM: (): DOMOutputSpec => ["em", 0] },
  underline: { toDOM: (): DOMOutputSpec => ["u", 0] },
  strike: { toDOM: (): DOMOutputSpec => ["s", 0] },
  highlight: { toDOM: (): DOMOutputSpec => ["mark", 0] },
  code: { code: true, toDOM: (): DOMOutputSpec => ["code", 0] },
  // These words were looked at and are meant as they stand.
  wording_ok: { inclusive: false, toDOM: (): DOMOutputSpec => ["span", 0] },
} satisfies Record<string, MarkSpec>;

export type NodeName = keyof ReturnType<typeof nodeSpecs>;
export type EditorSchema = Schema<NodeName, keyof typeof markSpecs>;

/** One schema per mounted editor: its placeholders are in the person's language. */
export function createSchema(labels: Labels): EditorSchema {
  return new Schema({ nodes: nodeSpecs(labels), marks: markSpecs, topNode: "doc" });
}

/** Bodies and criteria: texts of blocks. The rest are plain, one line each. */
export function isPlain(node: Node): boolean {
  const name = node.type.name;
  return name === "title" || name === "part_heading" || name === "item_title";
}

/** A cell of a table: a line with marks. Like titles it is a Text of its own and never merges with another. */
export function isCell(node: Node): boolean {
  return node.type.name === "table_cell";
}

/** What is made, named and moved as a whole: items and tables. */
export function isEmbed(node: Node): boolean {
  return node.type.name === "item" || node.type.name === "table";
}

/** Nodes that stand in a flow as one marker and hold no text of it. */
export function isAtomBlock(node: Node): boolean {
  const name = node.type.name;
  return name === "item" || name === "table" || name === "divider" || name === "ghost";
}
