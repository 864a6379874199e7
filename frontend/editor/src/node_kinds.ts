// What a node is, for those who read documents without changing them.
import type { Node } from "prosemirror-model";

/** A block of text that is the caption of an image: it never becomes or merges with another block. */
export function isImage(node: Node): boolean {
  return node.type.name === "image";
}

/** The rows of a table. */
export function rowsOf(table: Node): Node[] {
  const rows: Node[] = [];
  table.forEach((row) => {
    if (row.type.name === "table_row") rows.push(row);
  });
  return rows;
}
