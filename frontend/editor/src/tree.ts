// The JSON that crosses the boundary with Rust: the same shapes as model/src/tree.rs and edit.rs.
// Types, names and nothing that decides.

/** "title" | "s/<id>/heading" | "s/<id>/body" | "i/<id>/title" | "i/<id>/body" | "i/<id>/criteria" | "t/<table>/<row>/<column>" */
export type TextRef = string;

/** Marks that are there or not; the same names as in model/src/mark.rs. */
export const FLAG_MARKS = ["bold", "italic", "underline", "strike", "highlight", "code", "wording_ok"] as const;
export type FlagMark = (typeof FLAG_MARKS)[number];
/** Those people set themselves, as they stand in the bar. */
export const TOOL_MARKS = ["bold", "italic", "underline", "strike", "highlight", "code"] as const satisfies readonly FlagMark[];
export type ToolMark = (typeof TOOL_MARKS)[number];
/** Marks with a value, and the attribute that holds it in the editor; the same names as in model/src/mark.rs. */
export const VALUED_MARKS = { link: "href", mention: "person", date: "day" } as const;
export type ValuedMark = keyof typeof VALUED_MARKS;
export type MarkName = FlagMark | ValuedMark;

export function isValued(name: string): name is ValuedMark {
  return name in VALUED_MARKS;
}
export type MarkValue = boolean | string;
export type MarkSet = Record<string, MarkValue>;

export interface Run {
  text: string;
  marks?: MarkSet;
}

export type BlockType = "paragraph" | "heading" | "bullet" | "ordered" | "check" | "callout" | "code" | "divider" | "image" | "item" | "table" | "ghost";

/** Blocks that are their marker and nothing else: text behind one is a paragraph without a marker. */
export function holdsText(block: { type: BlockType }): boolean {
  return block.type !== "divider" && block.type !== "item" && block.type !== "table" && block.type !== "ghost";
}

/** What an image's marker says beside its caption: `ImageHead` in model/src/tree/image.rs. */
export interface ImageHead {
  image: string;
  alt: string;
  width_pct: number;
  width_px: number;
  height_px: number;
}

/** Everything a block marker says; a block is its head and its runs. */
export interface BlockHead extends Partial<ImageHead> {
  type: BlockType;
  level?: number;
  checked?: boolean;
  item?: string;
  table?: string;
  raw?: unknown;
  indent?: number;
  quote?: boolean;
  implicit?: boolean;
}

export interface Block extends BlockHead {
  runs?: Run[];
}

export interface ItemHead {
  id: string;
  kind: string;
  number?: string | null;
  fields: Record<string, string>;
}

export interface ItemTree extends ItemHead {
  title: string;
  body: Block[];
  criteria: Block[];
}

export interface SectionHead {
  id: string;
  role?: string | null;
  order: string;
}

export interface SectionTree extends SectionHead {
  heading: string;
  body: Block[];
}

export interface DocTree {
  schema: number;
  kind: string;
  language: string;
  title: string;
  fields: Record<string, string>;
  sections: SectionTree[];
  items: Record<string, ItemTree>;
  tables?: Record<string, TableTree>;
  readOnly?: string | null;
}

export interface ColumnHead {
  id: string;
  order: string;
  width?: number | null;
}

export interface RowHead {
  id: string;
  order: string;
}

export interface TableHead {
  id: string;
  header?: boolean;
  columns: ColumnHead[];
  rows: RowHead[];
}

export interface TableTree extends TableHead {
  /** By "row/column"; a cell that is not here is empty. */
  cells: Record<string, Run[]>;
}

export interface RemoteUpdate {
  texts?: Record<TextRef, Block[]>;
  items?: Record<string, ItemHead>;
  tables?: Record<string, TableHead>;
  sections?: SectionHead[] | null;
  fields?: Record<string, string> | null;
}

export type Edit =
  | { op: "splice"; text: TextRef; at: number; del: number; runs: Run[] }
  | { op: "marker"; text: TextRef; at: number; block: BlockHead }
  | { op: "block"; text: TextRef; at: number; block: BlockHead }
  | { op: "mark"; text: TextRef; from: number; to: number; name: string; value: MarkValue | null }
  | { op: "item_new"; id: string; kind: string; fields: Record<string, string> }
  | { op: "item_remove"; id: string; at_ms?: number }
  | { op: "item_restore"; id: string }
  | { op: "item_set"; id: string; field: string; value: string | null }
  | { op: "section_new"; id: string; order: string; role: string | null }
  | { op: "section_remove"; id: string }
  | { op: "section_restore"; id: string }
  | { op: "section_set"; id: string; order: string }
  | { op: "table_new"; id: string; columns: ColumnHead[]; rows: RowHead[]; header: boolean }
  | { op: "table_remove" | "table_restore"; id: string }
  | { op: "table_set"; id: string; header: boolean }
  | { op: "row_new" | "row_set"; table: string; id: string; order: string }
  | { op: "row_remove" | "row_restore"; table: string; id: string }
  | { op: "column_new"; table: string; id: string; order: string; width: number | null }
  | { op: "column_set"; table: string; id: string; order: string }
  | { op: "column_width"; table: string; id: string; width: number | null }
  | { op: "column_remove" | "column_restore"; table: string; id: string };

/** A place in one Text, in UTF-16 units plus one per block marker. */
export interface TextPosition {
  text: TextRef;
  at: number;
}

export interface TextSelection {
  anchor: TextPosition;
  head: TextPosition;
}
