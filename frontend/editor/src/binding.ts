// The two-way binding without a DOM: which document Rust has, what to tell it, what to show of its news.
// One owner of that state; it holds no view and starts no timers.
import type { Node } from "prosemirror-model";
import type { EditorState, Transaction } from "prosemirror-state";
import { CompositionHold } from "./composition";
import type { EditorHost } from "./host";
import { localEdits } from "./local";
import { lineKey } from "./local_table";
import { rowsOf } from "./node_kinds";
import { findItem, findSection, findTable, toTextPosition } from "./positions";
import { applyRemote, itemUpdate, tableUpdate, wholeUpdate, type RemoteSource } from "./remote";
import { isEmbed } from "./schema";
import { columnsOf } from "./table_nodes";
import type { DocTree, Edit, ItemTree, RemoteUpdate, TextRef } from "./tree";

/** Who a transaction is from; carried as the transaction's meta "origin". Without one it is the person's. */
export type Origin = "local" | "remote" | "reload";
export const ORIGIN = "origin";

export function originOf(tr: Transaction): Origin {
  return (tr.getMeta(ORIGIN) as Origin | undefined) ?? "local";
}

/** What telling Rust came to. */
export type Told = "nothing" | "applied" | "refused";

export class Binding {
  private readonly hold = new CompositionHold();
  /** Items and sections taken away, as they last were, so that undo brings back the same ones. */
  private readonly removed = new Map<string, Node>();
  /** Items that were just brought back and may have changed meanwhile. */
  private readonly restored: string[] = [];
  private readonly restoredSections: string[] = [];
  private readonly restoredTables = new Set<string>();

  /** `synced` is the document on screen as far as Rust knows it. */
  constructor(
    private readonly host: Pick<EditorHost, "tree" | "item" | "apply">,
    private synced: Node,
  ) {}

  get source(): RemoteSource {
    return {
      tree: () => JSON.parse(this.host.tree()) as DocTree,
      item: (id) => {
        const item = this.host.item(id);
        return item === null || item === undefined ? null : (JSON.parse(item) as ItemTree);
      },
    };
  }

  get composingText(): TextRef | null {
    return this.hold.text;
  }

  knowsItem(id: string): boolean {
    return this.removed.has(id) || findItem(this.synced, id) !== null || findTable(this.synced, id) !== null;
  }

  /** An item taken out before this editor was mounted, about to be brought back: `node` has none of its words yet. */
  expect(id: string, node: Node): void {
    if (!this.removed.has(id)) this.removed.set(id, node);
  }

  /** The last known node of an item taken out here. */
  lastKnown(id: string): Node | null {
    return this.removed.get(id) ?? null;
  }

  /** After a transaction of the person: tells Rust what it changed. */
  local(state: EditorState): Told {
    const context = {
      caret: toTextPosition(state.doc, state.selection.head),
      skip: this.hold.text,
      removed: (id: string) => this.removed.get(id) ?? null,
      nowMs: Date.now(),
    };
    const before = this.synced;
    const edits = localEdits(before, state.doc, context);
    this.synced = state.doc;
    return this.tell(edits, before);
  }

  /** After a transaction that showed news of Rust: nothing to tell. */
  shown(doc: Node): void {
    this.noteTaken(this.synced, doc);
    this.synced = doc;
  }

  /** What others took away is remembered too: an undo of mine may bring it back. */
  private noteTaken(before: Node, after: Node): void {
    const [was, is] = [identified(before, after), identified(after, before)];
    for (const [id, node] of was) if (!is.has(id)) this.removed.set(id, node);
    for (const id of is.keys()) if (!was.has(id)) this.removed.delete(id);
    for (const [id, node] of was) {
      const now = is.get(id);
      if (node.type.name !== "table" || now === undefined || now === node) continue;
      const [had, has] = [linesOf(node), linesOf(now)];
      for (const line of had) if (!has.has(line)) this.removed.set(line, node);
      for (const line of has) if (!had.has(line)) this.removed.delete(line);
    }
  }

  private tell(edits: readonly Edit[], before: Node): Told {
    if (edits.length === 0) return "nothing";
    try {
      this.host.apply(JSON.stringify(edits));
    } catch {
      return "refused";
    }
    for (const edit of edits) {
      this.noteTable(edit, before);
      if (edit.op === "item_remove" || edit.op === "section_remove") {
        const place = edit.op === "item_remove" ? findItem(before, edit.id) : findSection(before, edit.id);
        if (place !== null) this.removed.set(edit.id, place.node);
      } else if (edit.op === "item_restore" || edit.op === "section_restore") {
        this.removed.delete(edit.id);
        (edit.op === "item_restore" ? this.restored : this.restoredSections).push(edit.id);
      }
    }
    return "applied";
  }

  /** The same for tables, and for rows and columns, whose words stand in their table as it was. */
  private noteTable(edit: Edit, before: Node): void {
    const id = "table" in edit ? edit.table : edit.op === "table_remove" || edit.op === "table_restore" ? edit.id : null;
    if (id === null) return;
    const key = "table" in edit ? lineKey(id, edit.id) : id;
    if (edit.op.endsWith("_remove")) {
      const place = findTable(before, id);
      if (place !== null) this.removed.set(key, place.node);
    } else if (edit.op.endsWith("_restore")) {
      this.removed.delete(key);
      this.restoredTables.add(id);
    }
  }

  /** Steps for what came back and was changed by others while it was away; null when there are none. */
  showRestored(state: EditorState): Transaction | null {
    const update: RemoteUpdate = this.textsOfRestoredSections();
    for (const id of this.restored.splice(0)) {
      const item = this.source.item(id);
      if (item === null) continue;
      const whole = itemUpdate(item);
      update.items![id] = item;
      Object.assign(update.texts!, whole);
    }
    const tables = this.restoredTables.size === 0 ? {} : (this.source.tree().tables ?? {});
    for (const id of this.restoredTables) {
      const table = tables[id];
      if (table === undefined) continue;
      update.tables = { ...update.tables, [id]: table };
      Object.assign(update.texts!, tableUpdate(table));
    }
    this.restoredTables.clear();
    if (Object.keys(update.texts!).length === 0 && update.tables === undefined) return null;
    const tr = this.show(state.tr, update, "remote");
    return tr.docChanged ? tr : null;
  }

  private textsOfRestoredSections(): { texts: NonNullable<RemoteUpdate["texts"]>; items: NonNullable<RemoteUpdate["items"]> } {
    const ids = this.restoredSections.splice(0);
    if (ids.length === 0) return { texts: {}, items: {} };
    const tree = this.source.tree();
    const sections = tree.sections.filter(({ id }) => ids.includes(id));
    const inside = sections.flatMap(({ body }) => body.flatMap(({ item }) => (item === undefined ? [] : [item])));
    const items = Object.fromEntries(Object.entries(tree.items).filter(([id]) => inside.includes(id)));
    const standing = sections.flatMap(({ body }) => body.flatMap(({ table }) => (table === undefined ? [] : [table])));
    for (const id of standing) this.restoredTables.add(id);
    const { texts } = wholeUpdate({ ...tree, sections, items, tables: {} });
    delete texts!["title"];
    return { texts: texts!, items };
  }

  /** Steps that show `update`; parts about a Text being composed wait until it ends. */
  remote(state: EditorState, update: RemoteUpdate): Transaction {
    const now = this.hold.withhold(state.doc, update);
    return this.show(state.tr, now, "remote");
  }

  /** The same news as Rust would tell it now, after edits it did not know of when it told it. */
  refreshed(update: RemoteUpdate): RemoteUpdate {
    const now = wholeUpdate(this.source.tree());
    const texts = Object.fromEntries(Object.keys(update.texts ?? {}).flatMap((ref) => (now.texts?.[ref] === undefined ? [] : [[ref, now.texts[ref]]])));
    const tables = Object.fromEntries(Object.keys(update.tables ?? {}).flatMap((id) => (now.tables?.[id] === undefined ? [] : [[id, now.tables[id]]])));
    const items = Object.fromEntries(Object.keys(update.items ?? {}).flatMap((id) => (now.items?.[id] === undefined ? [] : [[id, now.items[id]]])));
    return { ...update, texts, items, tables };
  }

  /** Steps that make the screen equal to Rust's document, after it refused an edit. */
  reload(state: EditorState): Transaction {
    return this.show(state.tr, wholeUpdate(this.source.tree()), "reload");
  }

  private show(tr: Transaction, update: RemoteUpdate, origin: Origin): Transaction {
    applyRemote(tr, update, this.source);
    return tr.setMeta(ORIGIN, origin).setMeta("addToHistory", false);
  }

  startComposition(state: EditorState): void {
    this.hold.start(state);
  }

  /** The end of a composition: one splice over what others did meanwhile, then steps that show their part. */
  endComposition(state: EditorState): { told: Told; tr: Transaction | null } {
    const ended = this.hold.end(state);
    if (ended === null) return { told: "nothing", tr: null };
    const told = this.tell(ended.edits, state.doc);
    if (ended.held === null) return { told, tr: null };
    return { told, tr: this.show(state.tr, ended.held, "remote") };
  }
}

/** The names of a table's rows and columns. */
function linesOf(table: Node): Set<string> {
  return new Set([...columnsOf(table), ...rowsOf(table)].map((line) => lineKey(String(table.attrs["id"]), String(line.attrs["id"]))));
}

/** Parts of `doc`, and the items and tables in those that stand otherwise in `other`, by their ids. */
function identified(doc: Node, other: Node): Map<string, Node> {
  const same = new Set<Node>();
  other.forEach((section) => same.add(section));
  const found = new Map<string, Node>();
  doc.forEach((section) => {
    if (section.type.name !== "section") return;
    found.set(String(section.attrs["id"]), section);
    if (same.has(section)) return;
    section.forEach((node) => {
      if (isEmbed(node)) found.set(String(node.attrs["id"]), node);
    });
  });
  return found;
}
