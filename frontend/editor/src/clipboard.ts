// What is copied, as HTML other programs understand: real nested lists, quotes, headings; items with their parts named.
// Reading it back is paste_blocks.ts; nothing here changes a document.
import { DOMSerializer, type Fragment, type Node } from "prosemirror-model";
import { imageHead } from "./flatten";
import { addressOfImage, type ImageStore } from "./image_store";
import { rowsOf } from "./node_kinds";
import type { EditorSchema } from "./schema";

/** The serializer ProseMirror's clipboard uses. */
export class ClipboardSerializer extends DOMSerializer {
  constructor(
    private readonly plain: DOMSerializer,
    private readonly images: Pick<ImageStore, "address">,
  ) {
    super(plain.nodes, plain.marks);
  }

  static for(schema: EditorSchema, images: Pick<ImageStore, "address">): ClipboardSerializer {
    return new ClipboardSerializer(DOMSerializer.fromSchema(schema), images);
  }

  override serializeFragment(fragment: Fragment, options: { document?: Document } = {}, target?: HTMLElement | DocumentFragment): HTMLElement | DocumentFragment {
    const document = options.document ?? globalThis.document;
    const holder = target ?? document.createDocumentFragment();
    new ClipboardWriter(document, this.plain, this.images, holder).blocks(fragment);
    return holder;
  }
}

class ClipboardWriter {
  /** Open lists, the outermost first. */
  private lists: HTMLElement[] = [];
  /** The open box of lines of code or of a callout. */
  private box: { name: string; element: HTMLElement } | null = null;

  constructor(
    private readonly document: Document,
    private readonly plain: DOMSerializer,
    private readonly images: Pick<ImageStore, "address">,
    private readonly holder: HTMLElement | DocumentFragment,
  ) {}

  blocks(fragment: Fragment): void {
    fragment.forEach((node) => this.block(node, this.holder));
  }

  private block(node: Node, into: HTMLElement | DocumentFragment): void {
    if (node.type.name !== this.box?.name) this.box = null;
    if (node.type.name === "li") return this.entry(node, into);
    this.lists = [];
    switch (node.type.name) {
      case "text":
        into.append(this.plain.serializeNode(node, { document: this.document }));
        return;
      case "section":
        node.forEach((child) => this.block(child, into));
        return;
      case "item":
        // A selection that begins or ends inside an item copies its text, not the item.
        if (node.childCount === 3) into.append(this.item(node));
        else node.forEach((child) => this.block(child, into));
        return;
      case "item_body":
      case "item_criteria":
        node.forEach((child) => this.block(child, into));
        return;
      case "table":
        into.append(this.table(node));
        return;
      case "table_row":
      case "table_columns":
      case "table_column":
        node.forEach((child) => this.block(child, into));
        return;
      case "ghost":
        return;
      case "divider":
        into.append(this.document.createElement("hr"));
        return;
      case "image":
        into.append(this.framed(node, this.image(node)));
        return;
      case "code_line":
        this.codeLine(node, into);
        return;
      case "callout":
        this.boxFor(node, "aside", into).append(this.textblock(node));
        return;
      default:
        into.append(this.framed(node, this.textblock(node)));
    }
  }

  private codeLine(node: Node, into: HTMLElement | DocumentFragment): void {
    const box = this.boxFor(node, "pre", into);
    if (box.hasChildNodes()) box.append("\n");
    box.append(node.textContent);
  }

  /** Lines of one box stay together, as other programs have them. */
  private boxFor(node: Node, tag: string, into: HTMLElement | DocumentFragment): HTMLElement {
    if (this.box === null) {
      const element = this.document.createElement(tag);
      if (tag === "aside") element.dataset["callout"] = "";
      into.append(this.framed(node, element));
      this.box = { name: node.type.name, element };
    }
    return this.box.element;
  }

  private textblock(node: Node): HTMLElement {
    const names: Readonly<Record<string, string>> = { title: "h1", part_heading: "h2", item_title: "h3", heading: `h${Number(node.attrs["level"] ?? 1)}` };
    const element = this.document.createElement(names[node.type.name] ?? "p");
    this.inline(node, element);
    return element;
  }

  private inline(node: Node, into: HTMLElement): void {
    this.plain.serializeFragment(node.content, { document: this.document }, into);
  }

  private framed(node: Node, element: HTMLElement): HTMLElement {
    if (node.attrs["quote"] !== true) return element;
    const quote = this.document.createElement("blockquote");
    quote.append(element);
    return quote;
  }

  /** An entry goes into the open list of its depth; lists above are closed, missing ones opened inside the last entry. */
  private entry(node: Node, into: HTMLElement | DocumentFragment): void {
    const indent = Number(node.attrs["indent"]);
    const kind = String(node.attrs["list"]);
    const name = kind === "ordered" ? "ol" : "ul";
    this.lists.length = Math.min(this.lists.length, indent + 1);
    if (this.lists.length === indent + 1 && this.lists[indent]!.nodeName.toLowerCase() !== name) this.lists.pop();
    while (this.lists.length <= indent) {
      const list = this.document.createElement(name);
      const parent = this.lists[this.lists.length - 1];
      const place = parent === undefined ? into : (parent.lastElementChild ?? parent.appendChild(this.document.createElement("li")));
      if (parent === undefined && node.attrs["quote"] === true) place.append(this.framed(node, list));
      else place.append(list);
      this.lists.push(list);
    }
    const entry = this.document.createElement("li");
    if (kind === "check") entry.dataset["checked"] = String(node.attrs["checked"] === true);
    this.inline(node, entry);
    this.lists[indent]!.append(entry);
  }

  private item(node: Node): HTMLElement {
    const { id, kind, number, fields } = node.attrs as { id: string; kind: string; number: string | null; fields: Record<string, string> };
    const element = this.document.createElement("section");
    element.dataset["item"] = id;
    element.dataset["kind"] = kind;
    if (number !== null) element.dataset["number"] = number;
    element.dataset["fields"] = JSON.stringify(fields);
    const title = this.document.createElement("h3");
    title.dataset["part"] = "title";
    this.inline(node.child(0), title);
    element.append(title, this.part(node.child(1), "body"), this.part(node.child(2), "criteria"));
    return element;
  }

  /** Where it is shown from, in full: other programs may fetch it there if the person may. */
  private image(node: Node): HTMLElement {
    const { image, alt, width_pct, width_px, height_px } = imageHead(node.attrs);
    const figure = this.document.createElement("figure");
    figure.dataset["width"] = String(width_pct);
    const img = this.document.createElement("img");
    img.setAttribute("src", addressOfImage(this.images, image));
    img.setAttribute("alt", alt);
    img.setAttribute("width", String(width_px));
    img.setAttribute("height", String(height_px));
    const caption = this.document.createElement("figcaption");
    this.inline(node, caption);
    figure.append(img, caption);
    return figure;
  }

  private table(node: Node): HTMLElement {
    const table = this.document.createElement("table");
    rowsOf(node).forEach((row, index) => {
      const line = this.document.createElement("tr");
      row.forEach((cell) => {
        const box = this.document.createElement(index === 0 && node.attrs["header"] === true ? "th" : "td");
        this.inline(cell, box);
        line.append(box);
      });
      table.append(line);
    });
    return table;
  }

  private part(node: Node, name: string): HTMLElement {
    const part = this.document.createElement("div");
    part.dataset["part"] = name;
    new ClipboardWriter(this.document, this.plain, this.images, part).blocks(node.content);
    return part;
  }
}
