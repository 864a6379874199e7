// From the tree of Rust to ProseMirror nodes. It reads the tree as given and keeps what it cannot show as a ghost.
import { Fragment, type Mark, type Node } from "prosemirror-model";
import { canonicalHead, imageHead, marksKey, marksOf } from "./flatten";
import { firstFields, isAcceptedByCriteria } from "./labels";
import type { EditorSchema } from "./schema";
import { buildTable } from "./table_nodes";
import { isValued, VALUED_MARKS, type Block, type DocTree, type FlagMark, type ItemTree, type Run, type SectionTree } from "./tree";

/** Gives the node of an item or a table: the one on screen where there is one, else one built from Rust's copy. */
export type ItemLookup = (id: string, type: "item" | "table") => Node | null;

/** The whole document. */
export function buildDoc(schema: EditorSchema, tree: DocTree): Node {
  const item = lookupIn(schema, tree);
  const sections = tree.sections.map((section) => buildSection(schema, section, item));
  return schema.nodes.doc.create(null, [schema.nodes.title.create(null, plain(schema, tree.title)), ...sections]);
}

/** Items and tables built from Rust's copy. */
export function lookupIn(schema: EditorSchema, tree: Pick<DocTree, "items" | "tables">): ItemLookup {
  return (id, type) => {
    if (type === "table") {
      const table = tree.tables?.[id];
      return table === undefined ? null : buildTable(schema, table);
    }
    const found = tree.items[id];
    return found === undefined ? null : buildItem(schema, found);
  };
}

export function buildSection(schema: EditorSchema, section: SectionTree, item: ItemLookup): Node {
  return schema.nodes.section.create({ id: section.id, role: section.role ?? null, order: section.order }, [
    schema.nodes.part_heading.create(null, plain(schema, section.heading)),
    ...buildBlocks(schema, section.body, item),
  ]);
}

export function buildItem(schema: EditorSchema, item: ItemTree): Node {
  const none: ItemLookup = () => null;
  return schema.nodes.item.create(itemAttrs(item), [
    schema.nodes.item_title.create(null, plain(schema, item.title)),
    schema.nodes.item_body.create(null, buildBlocks(schema, item.body, none)),
    schema.nodes.item_criteria.create(null, buildBlocks(schema, item.criteria, none)),
  ]);
}

/** Attributes of an item node from its head. */
export function itemAttrs(head: { id: string; kind: string; number?: string | null; fields: Record<string, string> }) {
  return { id: head.id, kind: head.kind, number: head.number ?? null, fields: head.fields };
}

/** The blocks of one Text; a Text without any shows one empty paragraph that exists only on screen. */
export function buildBlocks(schema: EditorSchema, blocks: readonly Block[], item: ItemLookup): Node[] {
  const nodes = blocks.map((block) => buildBlock(schema, block, item));
  return nodes.length > 0 ? nodes : [emptyParagraph(schema)];
}

export function emptyParagraph(schema: EditorSchema): Node {
  return schema.nodes.paragraph.create({ implicit: true });
}

/** A new, empty item: exactly what Rust makes for `item_new`. */
export function newItem(schema: EditorSchema, id: string, kind: string, fields = firstFields(kind)): Node {
  const criteria = isAcceptedByCriteria(kind) ? schema.nodes.li.create({ list: "check" }) : schema.nodes.paragraph.create();
  return schema.nodes.item.create({ id, kind, number: null, fields }, [
    schema.nodes.item_title.create(),
    schema.nodes.item_body.create(null, schema.nodes.paragraph.create()),
    schema.nodes.item_criteria.create(null, criteria),
  ]);
}

/** A new, empty part: exactly what Rust makes for `section_new`. */
export function newSection(schema: EditorSchema, head: { id: string; role: string | null; order: string }): Node {
  return schema.nodes.section.create(head, [schema.nodes.part_heading.create(), schema.nodes.paragraph.create()]);
}

function buildBlock(schema: EditorSchema, block: Block, item: ItemLookup): Node {
  const flow = { indent: block.indent ?? 0, quote: block.quote ?? false };
  const content = inline(schema, block.runs ?? []);
  switch (block.type) {
    case "item":
      return (block.item === undefined ? null : item(block.item, "item")) ?? ghost(schema, block);
    case "table":
      return (block.table === undefined ? null : item(block.table, "table")) ?? ghost(schema, block);
    case "ghost":
      return ghost(schema, block);
    case "divider":
      return schema.nodes.divider.create();
    case "image":
      return schema.nodes.image.create({ ...flow, ...imageHead(block) }, content);
    case "callout":
      return schema.nodes.callout.create(flow, content);
    case "code":
      return schema.nodes.code_line.create(flow, content);
    case "heading":
      return schema.nodes.heading.create({ ...flow, level: block.level ?? 1 }, content);
    case "bullet":
    case "ordered":
    case "check":
      return schema.nodes.li.create({ ...flow, list: block.type, checked: block.checked ?? false }, content);
    default:
      return schema.nodes.paragraph.create({ ...flow, implicit: block.implicit ?? false }, content);
  }
}

function ghost(schema: EditorSchema, block: Block): Node {
  return schema.nodes.ghost.create({ head: JSON.stringify(canonicalHead(block)) });
}

function plain(schema: EditorSchema, text: string): Fragment {
  return text === "" ? Fragment.empty : Fragment.from(schema.text(text));
}

export function inline(schema: EditorSchema, runs: readonly Run[]): Fragment {
  const texts = runs.filter((run) => run.text !== "").map((run) => schema.text(run.text, marks(schema, run)));
  return Fragment.fromArray(texts);
}

/** Marks of a run. A link that may not be followed stays in the document and is drawn without an address. */
function marks(schema: EditorSchema, run: Run): Mark[] {
  const set = marksOf(marksKey(run.marks));
  return Object.entries(set).map(([name, value]) =>
    isValued(name) ? schema.marks[name].create({ [VALUED_MARKS[name]]: String(value) }) : schema.marks[name as FlagMark].create(),
  );
}

