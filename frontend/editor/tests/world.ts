// What the tests share: a seeded random source, a model of Rust's document in plain JavaScript, trees to start from.
// The model applies edits in the most literal way, so that it can be wrong in no clever manner.
import { blocksOfTokens, canonicalHead, marksKey, marksOf, tokensOfBlocks, type Token } from "../src/flatten";
import { isAcceptedByCriteria } from "../src/labels";
import type { Block, DocTree, Edit, ItemTree, Run, TextRef } from "../src/tree";

export class Random {
  constructor(private state: number) {}
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

/** The same seeds in every run, so that a red suite is red for a reason; SEED=random looks further, SEED=n replays. */
export function seed(): number {
  const given = process.env["SEED"] ?? "1000";
  return given === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(given);
}

export function paragraph(text: string, more: Partial<Block> = {}): Block {
  return { type: "paragraph", indent: 0, quote: false, runs: text === "" ? [] : [{ text }], ...more };
}

export function itemTree(id: string, title: string, body: Block[] = [], criteria: Block[] = []): ItemTree {
  return { id, kind: "requirement", number: null, fields: { priority: "must" }, title, body, criteria };
}

export function sampleTree(): DocTree {
  return {
    schema: 1,
    kind: "requirement_document",
    language: "zh-CN",
    title: "云仓需求",
    fields: {},
    sections: [
      { id: "s1", role: "background", order: "a", heading: "业务背景", body: [paragraph("第一段 one"), paragraph("second 𠮷 段")] },
      {
        id: "s2",
        role: "requirements",
        order: "b",
        heading: "具体需求",
        body: [paragraph("intro"), { type: "item", item: "i1", indent: 0, quote: false }, paragraph("after"), { type: "item", item: "i2", indent: 0, quote: false }],
      },
      { id: "s3", role: "goals", order: "c", heading: "", body: [] },
    ],
    items: {
      i1: itemTree("i1", "扫码入库", [paragraph("body one")], [{ type: "check", checked: false, indent: 0, quote: false, runs: [{ text: "c1" }] }]),
      i2: itemTree("i2", "", [], []),
    },
  };
}

/** A document as Rust would hold it: tokens per Text, and the rest as given. */
export class PlainModel {
  private texts = new Map<TextRef, Token[]>();
  private readonly removedItems = new Map<string, ItemTree>();
  applied: Edit[] = [];

  constructor(private tree: DocTree) {
    this.load();
  }

  private load(): void {
    const plain = (text: string) => tokensOfBlocks([{ type: "paragraph", implicit: true, runs: [{ text }] }]);
    this.texts.set("title", plain(this.tree.title));
    for (const section of this.tree.sections) {
      this.texts.set(`s/${section.id}/heading`, plain(section.heading));
      this.texts.set(`s/${section.id}/body`, tokensOfBlocks(section.body));
    }
    for (const item of Object.values(this.tree.items)) {
      this.texts.set(`i/${item.id}/title`, plain(item.title));
      this.texts.set(`i/${item.id}/body`, tokensOfBlocks(item.body));
      this.texts.set(`i/${item.id}/criteria`, tokensOfBlocks(item.criteria));
    }
  }

  apply(edits: readonly Edit[]): void {
    for (const edit of edits) {
      this.applied.push(edit);
      this.applyOne(edit);
    }
  }

  private text(ref: TextRef): Token[] {
    const tokens = this.texts.get(ref);
    if (tokens === undefined) throw new Error(`no text ${ref}`);
    return tokens;
  }

  private index(ref: TextRef, at: number): number {
    let offset = 0;
    const tokens = this.text(ref);
    for (let index = 0; index <= tokens.length; index++) {
      if (offset === at) return index;
      offset += tokens[index]?.width ?? Infinity;
    }
    throw new Error(`position ${at} is not in ${ref}, or splits a character`);
  }

  private applyOne(edit: Edit): void {
    switch (edit.op) {
      case "splice": {
        const from = this.index(edit.text, edit.at);
        const to = this.index(edit.text, edit.at + edit.del);
        const inserted = edit.runs.flatMap((run) => tokensOfBlocks([{ type: "paragraph", implicit: true, runs: [run] }]));
        this.text(edit.text).splice(from, to - from, ...inserted);
        return;
      }
      case "marker":
        this.text(edit.text).splice(this.index(edit.text, edit.at), 0, ...tokensOfBlocks([{ ...edit.block, runs: [] }]));
        return;
      case "block": {
        const tokens = this.text(edit.text);
        const index = this.index(edit.text, edit.at);
        if (tokens[index]?.head === null) throw new Error("no marker there");
        tokens.splice(index, 1, ...tokensOfBlocks([{ ...edit.block, runs: [] }]));
        return;
      }
      case "mark": {
        const tokens = this.text(edit.text);
        for (let index = this.index(edit.text, edit.from); index < this.index(edit.text, edit.to); index++) {
          const token = tokens[index]!;
          if (token.head !== null) continue;
          const marks = marksOf(token.marks);
          if (edit.value === null) delete marks[edit.name];
          else marks[edit.name] = edit.value;
          tokens[index] = { ...token, marks: marksKey(marks) };
        }
        return;
      }
      case "item_new":
        if (this.tree.items[edit.id] !== undefined) throw new Error("item exists");
        this.tree.items[edit.id] = { id: edit.id, kind: edit.kind, number: null, fields: edit.fields, title: "", body: [], criteria: [] };
        this.texts.set(`i/${edit.id}/title`, []);
        this.texts.set(`i/${edit.id}/body`, tokensOfBlocks([paragraph("")]));
        this.texts.set(`i/${edit.id}/criteria`, tokensOfBlocks([isAcceptedByCriteria(edit.kind) ? { type: "check" } : paragraph("")]));
        return;
      case "item_remove":
        this.removedItems.set(edit.id, this.tree.items[edit.id]!);
        delete this.tree.items[edit.id];
        return;
      case "item_restore": {
        const item = this.removedItems.get(edit.id);
        if (item === undefined) throw new Error(`item ${edit.id} was not removed`);
        this.tree.items[edit.id] = item;
        return;
      }
      case "item_set": {
        const fields = { ...this.tree.items[edit.id]!.fields };
        if (edit.value === null) delete fields[edit.field];
        else fields[edit.field] = edit.value;
        this.tree.items[edit.id] = { ...this.tree.items[edit.id]!, fields };
        return;
      }
      case "section_set": {
        const section = this.tree.sections.find(({ id }) => id === edit.id)!;
        section.order = edit.order;
        this.tree.sections.sort((a, b) => (a.order === b.order ? (a.id < b.id ? -1 : 1) : a.order < b.order ? -1 : 1));
        return;
      }
      default:
        throw new Error(`not in these tests: ${edit.op}`);
    }
  }

  blocks(ref: TextRef): Block[] {
    return blocksOfTokens(this.text(ref));
  }

  private plain(ref: TextRef): string {
    return this.text(ref).map((token) => token.key).join("");
  }

  item(id: string): ItemTree | null {
    const item = this.tree.items[id];
    if (item === undefined) return null;
    return { ...item, title: this.plain(`i/${id}/title`), body: this.blocks(`i/${id}/body`), criteria: this.blocks(`i/${id}/criteria`) };
  }

  snapshot(): DocTree {
    return {
      ...this.tree,
      title: this.plain("title"),
      sections: this.tree.sections.map((section) => ({ ...section, heading: this.plain(`s/${section.id}/heading`), body: this.blocks(`s/${section.id}/body`) })),
      items: Object.fromEntries(Object.keys(this.tree.items).map((id) => [id, this.item(id)!])),
    };
  }
}

/** Blocks in one shape, so that equal documents are deepEqual. */
export function canonicalBlocks(blocks: readonly Block[]): unknown[] {
  return blocks
    .map((block) => ({ ...canonicalHead(block), implicit: block.implicit === true, runs: (block.runs ?? []).filter((run: Run) => run.text !== "").map((run) => [run.text, marksKey(run.marks)]) }))
    .filter((block) => !(block.implicit && block.runs.length === 0));
}

export function canonicalTree(tree: DocTree): unknown {
  return {
    title: tree.title,
    sections: tree.sections.map((section) => ({ id: section.id, order: section.order, heading: section.heading, body: canonicalBlocks(section.body) })),
    // Only tables and items with a marker are on screen.
    tables: Object.keys(tree.tables ?? {}).sort().filter((id) => tree.sections.some((section) => section.body.some((block) => block.type === "table" && block.table === id))).map((id) => {
      const { header, columns, rows, cells } = tree.tables![id]!;
      const words = Object.entries(cells).map(([key, runs]) => [key, runs.map((run) => [run.text, marksKey(run.marks)])]);
      return { id, header: header ?? false, columns: columns.map(({ id, order, width }) => [id, order, width ?? null]), rows: rows.map(({ id, order }) => [id, order]), cells: words.sort() };
    }),
    items: Object.keys(tree.items).sort().filter((id) => tree.sections.some((section) => section.body.some((block) => block.type === "item" && block.item === id))).map((id) => {
      const item = tree.items[id]!;
      return { id, kind: item.kind, number: item.number ?? null, fields: Object.entries(item.fields).sort(), title: item.title, body: canonicalBlocks(item.body), criteria: canonicalBlocks(item.criteria) };
    }),
  };
}
