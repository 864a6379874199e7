// From a ProseMirror document back to a tree, whole. For tests and for checking the invariant; never per keystroke.
import type { Node } from "prosemirror-model";
import { blocksOfTokens, tokensOfNodes } from "./flatten";
import { childrenOf } from "./local";
import type { Block, DocTree, ItemTree, SectionTree } from "./tree";

/** What `doc` shows; schema, kind, language and fields are not on screen. */
export function treeOfDoc(doc: Node): Pick<DocTree, "title" | "sections" | "items"> {
  const sections: SectionTree[] = [];
  const items: Record<string, ItemTree> = {};
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
    });
  });
  return { title: doc.child(0).textContent, sections, items };
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
