// A person at the editor without a page: presses keys, types, and after every step the screen and the model agree.
import assert from "node:assert/strict";
import { EditorState, TextSelection, type Command, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { Binding, originOf } from "../src/binding";
import { buildDoc } from "../src/build";
import { treeOfDoc } from "../src/doc_tree";
import { toDocPosition, toTextPosition } from "../src/positions";
import { createSchema } from "../src/schema";
import { surfacePlugins } from "../src/surface";
import type { Block, DocTree } from "../src/tree";
import { FOREIGN, NO_IMAGES } from "./no_images";
import { canonicalTree, PlainModel, sampleTree } from "./world";

export class Person {
  readonly model: PlainModel;
  readonly binding: Binding;
  state: EditorState;
  notices: string[] = [];
  private made = 0;

  constructor(tree: DocTree = sampleTree()) {
    this.model = new PlainModel(tree);
    const schema = createSchema({});
    const doc = buildDoc(schema, this.model.snapshot());
    const minted = new Set<string>();
    this.binding = new Binding(
      {
        tree: () => JSON.stringify(this.model.snapshot()),
        item: (id) => JSON.stringify(this.model.item(id)),
        apply: (edits) => this.model.apply(JSON.parse(edits) as never),
      },
      doc,
    );
    const newId = (): string => {
      const id = `new${++this.made}`;
      minted.add(id);
      return id;
    };
    const plugins = surfacePlugins(schema, {
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
      kind: tree.kind,
      newId,
      mayAppear: (id) => minted.has(id) || this.binding.knowsItem(id),
      composing: () => false,
      notice: (code) => this.notices.push(code),
    });
    this.newId = newId;
    this.state = EditorState.create({ doc, plugins });
  }

  readonly newId: () => string;

  dispatch(tr: Transaction): void {
    this.state = this.state.applyTransaction(tr).state;
    this.state.doc.check();
    if (originOf(tr) === "local") this.binding.local(this.state);
    else this.binding.shown(this.state.doc);
    const restored = this.binding.showRestored(this.state);
    if (restored !== null) this.dispatch(restored);
    const tree = this.model.snapshot();
    assert.deepEqual(canonicalTree({ ...tree, ...treeOfDoc(this.state.doc) }), canonicalTree(tree));
  }

  caret(text: string, at: number, to = at): this {
    const { doc } = this.state;
    this.dispatch(this.state.tr.setSelection(TextSelection.create(doc, toDocPosition(doc, { text, at })!, toDocPosition(doc, { text, at: to })!)));
    return this;
  }

  press(command: Command): boolean {
    return command(this.state, (tr) => this.dispatch(tr));
  }

  type(text: string): this {
    this.dispatch(this.state.tr.insertText(text));
    return this;
  }

  get here(): string {
    const place = toTextPosition(this.state.doc, this.state.selection.head);
    return place === null ? "nowhere" : `${place.text}@${place.at}`;
  }

  lines(ref: string): string[] {
    return this.model.blocks(ref).map((block: Block) => `${"  ".repeat(block.indent ?? 0)}${block.type}: ${(block.runs ?? []).map((run) => run.text).join("")}`);
  }

  /** Types letter by letter, as a keyboard does, with everything that reacts to typing. */
  keys(text: string): this {
    for (const letter of text) {
      const { from, to } = this.state.selection;
      const view = { state: this.state, composing: false, dispatch: (tr: Transaction) => this.dispatch(tr) } as unknown as EditorView;
      const taken = this.state.plugins.some((plugin) => plugin.props.handleTextInput?.call(plugin, view, from, to, letter, () => this.state.tr.insertText(letter)) === true);
      if (!taken) this.type(letter);
    }
    return this;
  }
}
