// Mounts the editor on the page and connects it to its host. The document belongs to Rust; here is only its surface.
// It decides nothing about documents: what was typed goes out as edits, what others did comes in as updates.
import { closeHistory, redo, undo } from "prosemirror-history";
import { EditorState, NodeSelection, TextSelection, type Transaction } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { itemOfFragment } from "./anchors";
import { Binding, ORIGIN, originOf } from "./binding";
import { buildDoc, newItem } from "./build";
import { ClipboardSerializer } from "./clipboard";
import { FLUSH } from "./commands";
import { COMPOSITION_SETTLES_MS } from "./composition";
import { readCaret, readKeys, readPage } from "./dom_reader";
import { editField } from "./field_editor";
import { ForeignScript } from "./foreign_script";
import type { ChoiceNews, EditorHandle, EditorHost, Options, PeerCaret } from "./host";
import { follow } from "./follow";
import { addressOfImage, serverImages } from "./image_store";
import { chooseImages } from "./image_uploads";
import { insertItem, restoreItem } from "./item_commands";
import { editItem, itemField, type ItemEdit } from "./item_edits";
import { choicesOf, label, type Labels } from "./labels";
import { findItem, findSection, toTextPosition } from "./positions";
import { showPresence } from "./presence";
import { rememberedMode, type Mode } from "./reading";
import { createSchema, type EditorSchema } from "./schema";
import { crossesTexts, deleteAcross } from "./selection";
import { nodeViews, surfacePlugins } from "./surface";
import type { DocTree, RemoteUpdate } from "./tree";

export type { EditorHandle, EditorHost, Options } from "./host";

/** Says on the root that the height of everything is known (`_paper.scss`). */
const MEASURED = "is-measured";

export function mount(root: HTMLElement, host: EditorHost, options: Options): EditorHandle {
  const editor = new MountedEditor(root, host, options);
  // Methods stand alone: the caller may keep them without the object they came from.
  return {
    remote: (update) => editor.remote(update),
    presence: (peers) => editor.presence(peers),
    // Nobody is undefined where the caller has no null.
    follow: (peer) => editor.follow(peer ?? null),
    setEditable: (editable) => editor.setEditable(editable),
    reveal: (target) => editor.reveal(target),
    insertItem: (kind) => editor.insertItem(kind),
    insertImage: () => editor.insertImage(),
    restoreItem: (id, kind) => editor.restoreItem(id, kind),
    editItem: (edit) => editor.editItem(edit),
    chooseField: (anchor, id, field, told) => editor.chooseField(anchor, id, field, told),
    undo: () => editor.undo(),
    redo: () => editor.redo(),
    shown: () => editor.shown(),
    destroy: () => editor.destroy(),
  };
}

class MountedEditor implements EditorHandle {
  private readonly view: EditorView;
  private readonly binding: Binding;
  private editable: boolean;
  private readonly labels: Labels;
  private settling: ReturnType<typeof setTimeout> | null = null;
  private toldSelection: string | null = null;
  private peers: readonly PeerCaret[] = [];
  /** Ids handed out here: items under them are new and mine. */
  private readonly minted = new Set<string>();
  private measuring = 0;
  private readonly onVisibility = (): void => {
    if (this.view.dom.ownerDocument.visibilityState === "hidden") this.host.flush();
  };

  /** An address that names an item leads to it. */
  private readonly onFragment = (): void => {
    const target = itemOfFragment(this.view.state.doc, this.view.dom.ownerDocument.location.hash);
    if (target !== null) this.reveal(target);
  };

  constructor(private readonly root: HTMLElement, private readonly host: EditorHost, options: Options) {
    this.editable = options.editable;
    const { labels, lang } = options;
    const images = serverImages(options.images);
    const foreign = new ForeignScript(() => globalThis.loadForeign());
    this.labels = labels;
    const mode = rememberedMode(root.ownerDocument);
    const schema = createSchema(labels);
    const tree = JSON.parse(host.tree()) as DocTree;
    const doc = buildDoc(schema, tree);
    this.binding = new Binding(host, doc);
    const plugins = surfacePlugins(schema, {
      labels,
      lang,
      kind: tree.kind,
      images,
      foreign,
      people: options.people,
      terms: options.terms,
      mode,
      modeChanged: (mode) => this.modeChanged(mode),
      mayWrite: () => this.takesText(),
      newId: () => this.newId(),
      mayAppear: (id) => this.minted.has(id) || this.binding.knowsItem(id),
      composing: () => this.view.composing,
      notice: (code) => this.host.notice(code),
      following: (peer) => this.host.following(peer),
    });
    this.view = new EditorView(
      { mount: articleIn(root) },
      {
        state: EditorState.create({ doc, plugins }),
        editable: () => this.takesText(),
        attributes: () => ({
          // An article may carry no other role; being editable is said by contenteditable itself.
          "aria-label": label(labels, "editor"),
          lang: tree.language,
        }),
        nodeViews: nodeViews(labels, { images, newId: () => this.newId(), notice: (code) => this.host.notice(code), moveItem: (id) => this.host.moveItem(id) }),
        clipboardSerializer: ClipboardSerializer.for(schema, images),
        clipboardTextSerializer: ({ content }) => foreign.here?.clipboardText(content, (image) => addressOfImage(images, image)) ?? content.textBetween(0, content.size, "\n"),
        dispatchTransaction: (tr) => this.dispatch(tr),
        handleDOMEvents: {
          compositionstart: () => this.compositionStarts(),
          compositionend: () => this.compositionEnds(),
          focus: () => this.focused(),
          blur: () => this.blurred(),
        },
      },
    );
    this.view.dom.ownerDocument.addEventListener("visibilitychange", this.onVisibility);
    this.view.dom.ownerDocument.defaultView?.addEventListener("hashchange", this.onFragment);
    this.skipUnseen();
    foreign.whenIdle(window);
    if (mode === "reading") host.reading(true);
  }

  /** Everything has another height now, and is measured again. */
  private modeChanged(mode: Mode): void {
    this.root.classList.remove(MEASURED);
    cancelAnimationFrame(this.measuring);
    this.skipUnseen();
    this.host.reading(mode === "reading");
  }

  /** What is out of sight is left out of layout once a whole frame has given it its size. */
  private skipUnseen(): void {
    this.measuring = requestAnimationFrame(() => {
      this.measuring = requestAnimationFrame(() => {
        this.root.classList.add(MEASURED);
        this.onFragment();
      });
    });
  }

  private newId(): string {
    const id = this.host.newId();
    this.minted.add(id);
    return id;
  }

  private dispatch(given: Transaction): void {
    const tr = this.cutAcross(given);
    const { state, transactions } = this.view.state.applyTransaction(tr);
    this.view.updateState(state);
    if (originOf(tr) !== "local") {
      if (tr.docChanged) this.binding.shown(state.doc);
    } else if (transactions.some((applied) => applied.docChanged)) {
      this.tell();
      if (tr.getMeta(FLUSH) === true) this.host.flush();
    }
    if (tr.docChanged) this.toldSelection = null;
    this.tellSelection();
  }

  /** ProseMirror cuts by merging what is left; across Texts nothing may merge. */
  private cutAcross(tr: Transaction): Transaction {
    const { from, to } = this.view.state.selection;
    if (tr.getMeta("uiEvent") !== "cut" || !crossesTexts(this.view.state.doc, from, to)) return tr;
    return deleteAcross(this.view.state.tr, from, to).scrollIntoView();
  }

  private tell(): void {
    if (this.binding.local(this.view.state) === "refused") this.reload();
    const restored = this.binding.showRestored(this.view.state);
    if (restored !== null) this.view.dispatch(restored);
  }

  /** Rust refused: its document is the truth, the person is told, and undo still has what they wrote. */
  private reload(): void {
    this.view.dispatch(this.binding.reload(this.view.state));
    this.host.notice("edit_refused");
  }

  private tellSelection(): void {
    if (!this.view.hasFocus()) return;
    const { doc, selection } = this.view.state;
    const anchor = toTextPosition(doc, selection.anchor);
    const head = toTextPosition(doc, selection.head);
    const told = anchor === null || head === null ? null : JSON.stringify({ anchor, head });
    if (told === this.toldSelection) return;
    this.toldSelection = told;
    this.host.selection(told);
  }

  private focused(): boolean {
    // The selection arrives after the focus event.
    setTimeout(() => {
      if (this.view.isDestroyed) return;
      readCaret(this.view);
      this.tellSelection();
    });
    return false;
  }

  private blurred(): boolean {
    this.host.flush();
    this.toldSelection = null;
    this.host.selection(null);
    return false;
  }

  private compositionStarts(): boolean {
    if (this.settling !== null) clearTimeout(this.settling);
    this.settling = null;
    const { doc, selection } = this.view.state;
    if (crossesTexts(doc, selection.from, selection.to)) this.view.dispatch(deleteAcross(this.view.state.tr, selection.from, selection.to));
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
    if (this.view.isDestroyed || this.view.composing) return;
    readCaret(this.view);
    const { told, tr } = this.binding.endComposition(this.view.state);
    if (tr !== null && tr.docChanged) this.view.dispatch(tr);
    if (told === "refused") this.reload();
    this.composed();
    this.drawPeers();
    this.tellSelection();
  }

  private composed(): void {
    this.host.composing(false);
    this.host.flush();
  }

  remote(update: string): void {
    let news = JSON.parse(update) as RemoteUpdate;
    if (readKeys(this.view)) news = this.binding.refreshed(news);
    const tr = this.binding.remote(this.view.state, news);
    if (tr.docChanged) this.view.dispatch(tr);
  }

  presence(peers: string): void {
    this.peers = JSON.parse(peers) as PeerCaret[];
    this.drawPeers();
  }

  follow(peer: string | null): void {
    follow(this.view, peer);
  }

  private drawPeers(): void {
    readCaret(this.view);
    this.view.dispatch(showPresence(this.view.state, { peers: this.peers, frozen: this.binding.composingText }));
  }

  /** Once the page's program has stopped nobody would keep what is typed. */
  private takesText(): boolean {
    return this.editable && !document.documentElement.hasAttribute("data-stopped");
  }

  setEditable(editable: boolean): void {
    if (this.editable === editable) return;
    this.editable = editable;
    this.view.setProps({ editable: () => this.takesText() });
  }

  reveal(target: string): void {
    const { state } = this.view;
    const item = findItem(state.doc, target);
    const place = item ?? findSection(state.doc, target);
    if (place === null) return;
    const tr = state.tr.setSelection(TextSelection.near(state.doc.resolve(place.pos + 1), 1)).setMeta(ORIGIN, "local");
    this.view.dispatch(tr);
    const dom = this.view.nodeDOM(place.pos);
    if (dom instanceof HTMLElement) dom.scrollIntoView({ block: item === null ? "start" : "center", behavior: "smooth" });
    // ProseMirror's own way: a bare focus() would bring the caret back to where it was before.
    this.view.focus();
  }

  insertItem(kind: string): void {
    if (!this.view.editable || this.view.composing) return;
    readCaret(this.view);
    let { tr } = this.view.state;
    const { selection } = this.view.state;
    if (!(selection instanceof NodeSelection) && !selection.empty) tr = tr.setSelection(TextSelection.near(selection.$to, -1));
    this.view.dispatch(insertItem(tr, this.newId(), kind).setMeta(FLUSH, true));
    this.view.focus();
  }

  insertImage(): void {
    if (this.takesText() && !this.view.composing) chooseImages(this.view);
  }

  restoreItem(id: string, kind: string): boolean {
    if (!this.takesText() || this.view.composing || findItem(this.view.state.doc, id) !== null) return false;
    readCaret(this.view);
    // Its words come from Rust, as those of any item others changed while it was away.
    this.binding.expect(id, newItem(this.view.state.schema as EditorSchema, id, kind, {}));
    const tr = restoreItem(this.view.state.tr, this.binding.lastKnown(id)!);
    if (tr === null) return false;
    this.view.dispatch(closeHistory(tr).setMeta(FLUSH, true));
    return true;
  }

  editItem(edit: string): boolean {
    if (!this.takesText()) return false;
    const made = editItem(this.view.state, JSON.parse(edit) as ItemEdit);
    if (typeof made === "string") {
      if (made === "text_too_long") this.host.notice(made);
      return false;
    }
    if (made.docChanged) this.view.dispatch(made.setMeta(FLUSH, true));
    return true;
  }

  chooseField(anchor: HTMLElement, id: string, field: string, told: (news: ChoiceNews) => void): boolean {
    const item = itemField(this.view.state.doc, id, field);
    if (!this.takesText() || item === null || choicesOf(field, item.kind) === null) return false;
    const changed = (value: string | null): void => {
      if (this.editItem(JSON.stringify({ id, field, value }))) told("changed");
    };
    editField({ ...item, button: anchor, field, labels: this.labels, changed, done: (key) => told(key ?? "closed") });
    return true;
  }

  undo(): void {
    if (this.takesText()) undo(this.view.state, (tr) => this.view.dispatch(tr.setMeta(FLUSH, true)));
  }

  redo(): void {
    if (this.takesText()) redo(this.view.state, (tr) => this.view.dispatch(tr.setMeta(FLUSH, true)));
  }

  /** Out of sight it was nothing to lay out; the heights of what is not in sight are learnt anew. */
  shown(): void {
    cancelAnimationFrame(this.measuring);
    this.root.classList.remove(MEASURED);
    this.skipUnseen();
  }

  destroy(): void {
    if (this.settling !== null) clearTimeout(this.settling);
    if (this.binding.composingText !== null) {
      // Nobody will end this composition any more; what stands there was meant.
      readPage(this.view);
      this.binding.endComposition(this.view.state);
      this.composed();
    }
    this.view.dom.ownerDocument.removeEventListener("visibilitychange", this.onVisibility);
    this.view.dom.ownerDocument.defaultView?.removeEventListener("hashchange", this.onFragment);
    cancelAnimationFrame(this.measuring);
    this.root.classList.remove(MEASURED);
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
