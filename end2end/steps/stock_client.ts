// A document as an unmodified automerge-repo client sees it, in the tests' own form.
import { type DocHandle, type DocumentId, Repo } from "@automerge/automerge-repo";
import * as Automerge from "@automerge/automerge";
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket";
import type { Lines } from "./paper.ts";
import type { Countersign } from "./server.ts";

/** Far below the gate's 20,000 operations a change. */
const ITEMS_PER_CHANGE = 20;

interface Stored {
  sections: Record<string, { order: string; role?: unknown; removed?: unknown }>;
  items: Record<string, { removed?: unknown }>;
}

export class StockClient {
  private constructor(
    private readonly repo: Repo,
    readonly handle: DocHandle<Stored>,
  ) {}

  static async open(server: Countersign, token: string, documentId: string): Promise<StockClient> {
    const repo = new Repo({ network: [new WebSocketClientAdapter(server.syncAddress(token), 200)] });
    const handle = await repo.find<Stored>(documentId as DocumentId);
    return new StockClient(repo, handle);
  }

  /** The same lines that a screen shows. */
  lines(): Lines {
    const doc = this.handle.doc();
    const lines = textLines(doc, ["title"]);
    const sections = Object.entries(doc.sections)
      .filter(([, section]) => !section.removed)
      .sort(([a, one], [b, two]) => compare(one.order, two.order) || compare(a, b));
    for (const [id] of sections) {
      lines.push(...textLines(doc, ["sections", id, "heading"]));
      lines.push(...textLines(doc, ["sections", id, "body"]));
    }
    return lines;
  }

  /** Writes a large document the way a program would: many paragraphs, many items. */
  grow(wanted: { characters: number; paragraphs: number; items: number }): {
    characters: number;
    items: number;
  } {
    const sections = Object.keys(this.handle.doc().sections);
    const each = Math.ceil(wanted.characters / (wanted.paragraphs + wanted.items));
    const sentence = "系统应当在三秒之内给出结果，and it says so plainly. ";
    const text = sentence.repeat(Math.ceil(each / sentence.length)).slice(0, each);
    const paragraphsPerItem = wanted.paragraphs / wanted.items;
    for (let first = 0; first < wanted.items; first += ITEMS_PER_CHANGE) {
      this.handle.change((doc) => {
        const items = doc.items as Record<string, unknown>;
        for (let at = first; at < Math.min(first + ITEMS_PER_CHANGE, wanted.items); at += 1) {
          const id = `grown-${String(at).padStart(4, "0")}`;
          items[id] = {
            kind: new Automerge.ImmutableString("requirement"),
            title: `Grown requirement ${at}`,
            body: text,
            criteria: "",
            priority: new Automerge.ImmutableString("must"),
          };
          const body = ["sections", sections[at % sections.length] ?? "", "body"];
          let end = textLength(doc, body);
          for (let more = 0; more < paragraphsPerItem; more += 1) {
            Automerge.splitBlock(doc, body, end, block("paragraph", {}, false));
            Automerge.splice(doc, body, end + 1, 0, text);
            end += 1 + text.length;
          }
          const mark = block("item", { item: new Automerge.ImmutableString(id) }, true);
          Automerge.splitBlock(doc, body, end, mark);
        }
      });
    }
    return { characters: each * (wanted.paragraphs + wanted.items), items: wanted.items };
  }

  async close(): Promise<void> {
    await this.repo.shutdown();
  }
}

function block(type: string, attrs: Record<string, Automerge.MaterializeValue>, isEmbed: boolean) {
  return { type: new Automerge.ImmutableString(type), parents: [], attrs, isEmbed };
}

/** In the document's own unit: UTF-16 code units, and one for each marker. */
function textLength(doc: Automerge.Doc<Stored>, path: Automerge.Prop[]): number {
  return Automerge.spans(doc, path).reduce(
    (length, span) => length + (span.type === "text" ? span.value.length : 1),
    0,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The lines of one Text; an item's marker brings the item's own lines. */
function textLines(doc: Automerge.Doc<Stored>, path: Automerge.Prop[]): Lines {
  const lines: Lines = [];
  let line = "";
  const end = () => {
    if (line !== "") lines.push(line);
    line = "";
  };
  for (const span of Automerge.spans(doc, path)) {
    if (span.type === "text") {
      line += span.value;
      continue;
    }
    end();
    const block = span.value as { type?: unknown; attrs?: { item?: unknown } };
    const item = String(block.attrs?.item ?? "");
    if (String(block.type) === "item" && doc.items[item] && !doc.items[item].removed) {
      for (const part of ["title", "body", "criteria"]) lines.push(...textLines(doc, ["items", item, part]));
    }
  }
  end();
  return lines;
}
