// From a ProseMirror document back to a tree, whole. For tests and for checking the invariant; never per keystroke.
import type { Node } from "prosemirror-model";
import { blocksOfTokens, runsOf, tokensOfNodes } from "./flatten";
import { childrenOf } from "./local";
import { headOfTable, runsByCell } from "./table_nodes";
import type { Block, DocTree, ItemTree, SectionTree, TableTree } from "./tree";

/** What `doc` shows; schema, kind, language and fields are not on screen. */
export function treeOfDoc(doc: Node): Pick<DocTree, "title" | "sections" | "items" | "tables"> {
  const sections: SectionTree[] = [];
  const items: Record<string, ItemTree> = {};
  const tables: Record<string, TableTree> = {};
  doc.forEach((section) => {
    if (section.type.name !== "section") return;
    sections.push({
      id: String(section.attrs["id"]),
      role: section.attrs["role"] as string | null,
      order: String(section.attrs["order"]),
      heading: section.child(0).textContent,
      body: blocks(section, 1),
    });
    section.forEach((node) => {
      if (node.type.name === "item") items[String(node.attrs["id"])] = itemOf(node);
      if (node.type.name === "table") tables[String(node.attrs["id"])] = { ...headOfTable(node), cells: runsByCell(node, runsOf) };
    });
  });
  return { title: doc.child(0).textContent, sections, items, tables };
}

function itemOf(node: Node): ItemTree {
  return {
    id: String(node.attrs["id"]),
    kind: String(node.attrs["kind"]),
    number: node.attrs["number"] as string | null,
    fields: node.attrs["fields"] as Record<string, string>,
    title: node.child(0).textContent,
    body: blocks(node.child(1), 0),
    criteria: blocks(node.child(2), 0),
  };
}

function blocks(holder: Node, firstChild: number): Block[] {
  return blocksOfTokens(tokensOfNodes(childrenOf(holder, firstChild, holder.childCount), null));
}
