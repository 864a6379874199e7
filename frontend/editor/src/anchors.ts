// The address of an item: the document's own, with the item's number behind it. Numbers do not change, so a link in a
// mail or a chat leads there for as long as the item is; one without a number yet is named by its id.
import type { Node } from "prosemirror-model";

/** Longer than any number or id. */
const MAX_HASH_LENGTH = 80;

/** The address of an item of the document that is open at `page`. */
export function addressOfItem(page: string, item: Node): string {
  const url = new URL(page);
  return `${url.origin}${url.pathname}#${String(item.attrs["number"] ?? item.attrs["id"])}`;
}

/** The id of the item an address's fragment names, by number or id; null when it names none here. */
export function itemOfFragment(doc: Node, fragment: string): string | null {
  const name = fragment.replace(/^#/, "");
  if (name === "" || name.length > MAX_HASH_LENGTH) return null;
  let found: string | null = null;
  doc.descendants((node) => {
    if (found !== null || node.isTextblock) return false;
    if (node.type.name === "item" && (node.attrs["number"] === name || node.attrs["id"] === name)) found = String(node.attrs["id"]);
    return node.type.name === "section";
  });
  return found;
}

/** Puts text on the clipboard; whether it is there. Pages without https have only the old way. */
export async function copyText(document: Document, text: string): Promise<boolean> {
  try {
    await document.defaultView!.navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}
