// One person's editor without a page, over one replica of the oracle: the same plugins, the same binding.
import { FOREIGN, NO_IMAGES } from "./no_images";
import assert from "node:assert/strict";
import { EditorState, type Command, type Transaction } from "prosemirror-state";
import { Binding, originOf } from "../src/binding";
import { buildDoc } from "../src/build";
import { treeOfDoc } from "../src/doc_tree";
import { createSchema, type EditorSchema } from "../src/schema";
import { surfacePlugins } from "../src/surface";
import type { DocTree, Edit, RemoteUpdate } from "../src/tree";
import type { Oracle } from "./oracle";
import { canonicalTree } from "./world";

export class Replica {
  readonly schema: EditorSchema = createSchema({});
  readonly binding: Binding;
  state: EditorState;
  composing = false;
  refusals: string[] = [];
  lastEdits: Edit[] = [];
  lastUpdate: RemoteUpdate = {};
  private readonly minted = new Set<string>();

  constructor(
    private readonly oracle: Oracle,
    readonly name: string,
  ) {
    const doc = buildDoc(this.schema, this.tree());
    const plugins = surfacePlugins(this.schema, {
      labels: {},
      lang: "en",
      following: () => undefined,
      images: NO_IMAGES,
      foreign: FOREIGN,
      people: [],
      terms: [],
      mode: "writing",
      modeChanged: () => undefined,
      mayWrite: () => true,
      kind: "requirement_document",
      newId: () => this.newId(),
      mayAppear: (id) => this.minted.has(id) || this.binding.knowsItem(id),
      composing: () => this.composing,
      notice: () => undefined,
    });
    this.state = EditorState.create({ doc, plugins });
    this.binding = new Binding(
      {
        tree: () => JSON.stringify(this.tree()),
        item: (id) => JSON.stringify(oracle.ask({ cmd: "item", replica: name, id })),
        apply: (edits) => {
          this.lastEdits = JSON.parse(edits) as Edit[];
          try {
            oracle.ask({ cmd: "apply", replica: name, edits: this.lastEdits });
          } catch (error) {
            this.refusals.push(`${String(error)} ${edits}`);
            throw error;
          }
        },
      },
      doc,
    );
  }

  tree(): DocTree {
    return this.oracle.ask<DocTree>({ cmd: "tree", replica: this.name });
  }

  newId(): string {
    const id = this.oracle.ask<string>({ cmd: "id" });
    this.minted.add(id);
    return id;
  }

  dispatch(tr: Transaction): void {
    const { state, transactions } = this.state.applyTransaction(tr);
    this.state = state;
    if (originOf(tr) !== "local") this.binding.shown(state.doc);
    else if (transactions.some((applied) => applied.docChanged)) {
      assert.notEqual(this.binding.local(state), "refused", this.refusals.at(-1));
      const restored = this.binding.showRestored(this.state);
      if (restored !== null) this.dispatch(restored);
    }
  }

  run(command: Command): boolean {
    return command(this.state, (tr) => this.dispatch(tr));
  }

  /** What the others did since, from their replica. */
  merge(from: string): void {
    const update = this.oracle.ask<RemoteUpdate>({ cmd: "merge", from, into: this.name });
    this.lastUpdate = update;
    const tr = this.binding.remote(this.state, update);
    if (tr.docChanged) this.dispatch(tr);
  }

  startComposition(): void {
    this.composing = true;
    this.binding.startComposition(this.state);
  }

  endComposition(): void {
    this.composing = false;
    const { told, tr } = this.binding.endComposition(this.state);
    assert.notEqual(told, "refused", this.refusals.at(-1));
    if (tr !== null && tr.docChanged) this.dispatch(tr);
  }

  /** The invariant: after everything, tree(rust) == pmDoc. */
  assertSame(): void {
    this.state.doc.check();
    const tree = this.tree();
    const shown = canonicalTree({ ...tree, ...treeOfDoc(this.state.doc) });
    try {
      assert.deepEqual(shown, canonicalTree(tree));
    } catch {
      throw new Error(firstDifference(this.name, shown, canonicalTree(tree)));
    }
  }
}

/** Where a screen and its document part, in one line each: whole trees are too long to read. */
function firstDifference(name: string, shown: unknown, wanted: unknown): string {
  const [screen, rust] = [JSON.stringify(shown), JSON.stringify(wanted)];
  let at = 0;
  while (screen[at] === rust[at] && at < screen.length) at++;
  const part = (text: string): string => text.slice(Math.max(0, at - 250), at + 120);
  return `${name} shows\n${part(screen)}\nbut Rust has\n${part(rust)}`;
}
