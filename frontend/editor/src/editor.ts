// Mounts the editor on the page and connects it to its host. The document belongs to Rust; here is only its surface.
// It decides nothing about documents: what was typed goes out as edits, what others did comes in as updates.
import { history, redo, undo } from "prosemirror-history";
import { baseKeymap } from "prosemirror-commands";
import { keymap } from "prosemirror-keymap";
import { EditorState, type Transaction } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { Binding, originOf } from "./binding";
import { buildDoc } from "./build";
import type { EditorHandle, EditorHost, Options } from "./host";
import { label } from "./labels";
import { toTextPosition } from "./positions";
import { createSchema } from "./schema";
import type { DocTree, RemoteUpdate } from "./tree";

export type { EditorHandle, EditorHost, Options } from "./host";

/** After the end of a composition the browser's last changes arrive within this time (ProseMirror waits 20 ms). */
const COMPOSITION_SETTLES_MS = 30;

export function mount(root: HTMLElement, host: EditorHost, options: Options): EditorHandle {
  return new MountedEditor(root, host, options);
}

class MountedEditor implements EditorHandle {
  private readonly view: EditorView;
  private readonly binding: Binding;
  private editable: boolean;
  private settling: ReturnType<typeof setTimeout> | null = null;

  constructor(root: HTMLElement, private readonly host: EditorHost, options: Options) {
    this.editable = options.editable;
    const schema = createSchema(options.labels);
    const doc = buildDoc(schema, JSON.parse(host.tree()) as DocTree);
    this.binding = new Binding(host, doc);
    const state = EditorState.create({
      doc,
      plugins: [history(), keymap({ "Mod-z": undo, "Mod-y": redo, "Shift-Mod-z": redo }), keymap(baseKeymap)],
    });
    this.view = new EditorView(
      { mount: articleIn(root) },
      {
        state,
        editable: () => this.editable,
        attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label(options.labels, "editor"), spellcheck: "false" },
        dispatchTransaction: (tr) => this.dispatch(tr),
        handleDOMEvents: {
          compositionstart: () => this.compositionStarts(),
          compositionend: () => this.compositionEnds(),
          blur: () => this.blurred(),
        },
      },
    );
  }

  private dispatch(tr: Transaction): void {
    const { state } = this.view.state.applyTransaction(tr);
    this.view.updateState(state);
    if (originOf(tr) !== "local") this.binding.shown(state.doc);
    else if (tr.docChanged) this.tell();
    this.tellSelection();
  }

  private tell(): void {
    if (this.binding.local(this.view.state) === "refused") this.reload();
    const restored = this.binding.showRestored(this.view.state);
    if (restored !== null) this.view.dispatch(restored);
  }

  private reload(): void {
    this.view.dispatch(this.binding.reload(this.view.state));
    this.host.notice("edit_refused");
  }

  private tellSelection(): void {
    if (!this.view.hasFocus()) return;
    const { doc, selection } = this.view.state;
    const anchor = toTextPosition(doc, selection.anchor);
    const head = toTextPosition(doc, selection.head);
    this.host.selection(anchor === null || head === null ? null : JSON.stringify({ anchor, head }));
  }

  private blurred(): boolean {
    this.host.flush();
    this.host.selection(null);
    return false;
  }

  private compositionStarts(): boolean {
    if (this.settling !== null) clearTimeout(this.settling);
    this.settling = null;
    this.binding.startComposition(this.view.state);
    this.host.composing(true);
    return false;
  }

  private compositionEnds(): boolean {
    if (this.settling !== null) clearTimeout(this.settling);
    this.settling = setTimeout(() => this.compositionSettled(), COMPOSITION_SETTLES_MS);
    return false;
  }

  private compositionSettled(): void {
    this.settling = null;
    if (this.view.composing) return;
    const { told, tr } = this.binding.endComposition(this.view.state);
    if (tr !== null) this.view.dispatch(tr);
    if (told === "refused") this.reload();
    this.host.composing(false);
    this.host.flush();
  }

  remote(update: string): void {
    const tr = this.binding.remote(this.view.state, JSON.parse(update) as RemoteUpdate);
    if (tr.docChanged) this.view.dispatch(tr);
  }

  presence(_peers: string): void {}

  setEditable(editable: boolean): void {
    this.editable = editable;
    this.view.updateState(this.view.state);
  }

  reveal(_target: string): void {}

  insertItem(_kind: string): void {}

  destroy(): void {
    if (this.settling !== null) clearTimeout(this.settling);
    this.view.destroy();
  }
}

/** The server-rendered paper, or a new one where there is none. */
function articleIn(root: HTMLElement): HTMLElement {
  const shown = root.matches("article.paper") ? root : root.querySelector<HTMLElement>("article.paper");
  if (shown !== null) return shown;
  const article = root.ownerDocument.createElement("article");
  article.className = "paper";
  article.dataset["doc"] = "";
  root.append(article);
  return article;
}
