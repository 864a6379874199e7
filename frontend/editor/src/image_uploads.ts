// Images on their way: each has a place that follows what everybody writes meanwhile, shown with how far it is. The
// document learns of an image when the server has it, never before, and of a failed one not at all.
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, type EditorState, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { readCaret } from "./dom_reader";
import type { Notice } from "./host";
import { gapNear, insertImage, placeForCaret, type ImagePlace, type ImageWish } from "./image_commands";
import { ImageRefused, type ImageStore, type StoredImage } from "./image_store";
import { filled, label, type Labels } from "./labels";
import { floating } from "./popup";

/** Files of one drop or paste: more is a folder, and a document holds 200. */
const MAX_FILES = 30;
const ACCEPTED = "image/png,image/jpeg,image/gif,image/webp";

export interface UploadContext {
  labels: Labels;
  images: ImageStore;
  notice(code: Notice): void;
}

/** An image to bring: its bytes (which may have to be fetched), and what is known of it. */
export interface Bringing extends ImageWish {
  name: string;
  file: Blob | (() => Promise<Blob | null>);
}

export interface Upload {
  id: number;
  place: ImagePlace;
  dom: HTMLElement;
}

/** One that is done leaves those that wait at the same place behind its image. */
type Change = { add: readonly Upload[] } | { remove: number; behind: number | null };

const uploadsKey = new PluginKey<readonly Upload[]>("images");

/** Where the waiting images are now. */
export function waitingPlaces(state: EditorState): number[] {
  return (uploadsKey.getState(state) ?? []).map(({ place }) => place.pos);
}

function moved(uploads: readonly Upload[], tr: Transaction): readonly Upload[] {
  if (!tr.docChanged) return uploads;
  return uploads.map((upload) => ({ ...upload, place: { ...upload.place, pos: tr.mapping.map(upload.place.pos, 1) } }));
}

function changed(tr: Transaction, change: Change): Transaction {
  return tr.setMeta(uploadsKey, change);
}

/** The transaction that makes a waiting image one of the document. */
export function imageArrived(state: EditorState, id: number, stored: StoredImage, wish: ImageWish): Transaction | null {
  const upload = (uploadsKey.getState(state) ?? []).find((waiting) => waiting.id === id);
  if (upload === undefined) return null;
  const { tr, behind } = insertImage(state, upload.place, stored, wish);
  return changed(tr, { remove: id, behind });
}

/** The transaction after which these wait. */
export function imagesWait(state: EditorState, add: readonly Upload[]): Transaction {
  return changed(state.tr, { add });
}

let lastId = 0;

export function imageUploads(context: UploadContext): Plugin<readonly Upload[]> {
  return new Plugin<readonly Upload[]>({
    key: uploadsKey,
    state: {
      init: () => [],
      apply(tr, before) {
        const uploads = moved(before, tr);
        const change = tr.getMeta(uploadsKey) as Change | undefined;
        if (change === undefined) return uploads;
        if ("add" in change) return [...uploads, ...change.add];
        const pos = before.find(({ id }) => id === change.remove)?.place.pos;
        return uploads.flatMap((upload, index) => {
          if (upload.id === change.remove) return [];
          if (change.behind === null || upload.id < change.remove || before[index]!.place.pos !== pos) return [upload];
          return [{ ...upload, place: { pos: change.behind, replacesBlank: false } }];
        });
      },
    },
    props: {
      decorations: (state) => {
        const uploads = uploadsKey.getState(state) ?? [];
        if (uploads.length === 0) return DecorationSet.empty;
        return DecorationSet.create(state.doc, uploads.map((upload) => widget(state.doc, upload)));
      },
    },
    view: (view) => {
      const bringer = new Bringer(view, context);
      bringers.set(view, bringer);
      return bringer;
    },
  });
}

function widget(doc: Node, { id, place, dom }: Upload): Decoration {
  return Decoration.widget(gapNear(doc, place.pos), dom, { side: -1, key: `image-${id}`, stopEvent: () => true, ignoreSelection: true });
}

const bringers = new WeakMap<EditorView, Bringer>();

/** Brings images to a place, one after another, in their order. */
export function bringImages(view: EditorView, at: ImagePlace | null, all: readonly Bringing[]): void {
  bringers.get(view)?.bring(at ?? placeForCaret(view.state), all);
}

/** Lets the person choose files for where the caret is. */
export function chooseImages(view: EditorView): void {
  readCaret(view);
  const place = placeForCaret(view.state);
  const input = view.dom.ownerDocument.createElement("input");
  input.type = "file";
  input.accept = ACCEPTED;
  input.multiple = true;
  // In the page, or some browsers forget it while the person chooses.
  const holder = floating(view.dom.ownerDocument, "image-files");
  holder.hidden = true;
  holder.append(input);
  input.addEventListener("cancel", () => holder.remove());
  input.addEventListener("change", () => {
    holder.remove();
    bringers.get(view)?.bring(place, filesToBring(input.files ?? []));
  });
  input.click();
}

export function filesToBring(files: ArrayLike<File>): Bringing[] {
  return Array.from(files, (file) => ({ name: file.name, file, alt: "" }));
}

function keepPage(event: DragEvent): void {
  if (event.defaultPrevented || event.dataTransfer?.types.includes("Files") !== true) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}

class Bringer {
  private readonly leaving = new AbortController();
  private sending: Promise<void> = Promise.resolve();
  /** What the server has taken and the document has not, because an input method is at work. */
  private readonly taken: { id: number; stored: StoredImage; wish: ImageWish }[] = [];

  constructor(
    private readonly view: EditorView,
    private readonly context: UploadContext,
  ) {
    // A file that misses the text would be opened in place of the page.
    const { signal } = this.leaving;
    for (const type of ["dragover", "drop"] as const) view.dom.ownerDocument?.addEventListener(type, keepPage, { signal });
  }

  bring(place: ImagePlace, given: readonly Bringing[]): void {
    const all = given.slice(0, MAX_FILES);
    if (all.length < given.length) this.context.notice("images_full");
    if (all.length === 0) return;
    if (!this.view.editable) {
      this.context.notice("image_no_right");
      return;
    }
    readCaret(this.view);
    const waiting = all.map((bringing, index) => ({ bringing, shown: this.show(bringing), place: { ...place, replacesBlank: place.replacesBlank && index === 0 } }));
    const add = waiting.map(({ shown, place }) => ({ id: shown.id, place, dom: shown.dom }));
    this.view.dispatch(imagesWait(this.view.state, add));
    add[0]!.dom.scrollIntoView({ block: "nearest" });
    for (const { bringing, shown } of waiting) this.sending = this.sending.then(() => this.send(bringing, shown));
  }

  /** What stands there until the image does. */
  private show({ name }: Bringing) {
    const document = this.view.dom.ownerDocument;
    const dom = document.createElement("div");
    dom.className = "image-upload";
    dom.contentEditable = "false";
    dom.lang = document.documentElement.lang;
    const words = document.createElement("span");
    words.setAttribute("role", "status");
    words.textContent = filled(label(this.context.labels, "image_uploading"), { name });
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", words.textContent);
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "btn";
    cancel.textContent = label(this.context.labels, "cancel");
    const abort = new AbortController();
    cancel.addEventListener("click", () => abort.abort());
    this.leaving.signal.addEventListener("abort", () => abort.abort());
    dom.append(words, bar, cancel);
    const progress = (share: number): void => {
      bar.value = share;
      if (share === 1) words.textContent = label(this.context.labels, "image_preparing");
    };
    return { id: ++lastId, dom, progress, signal: abort.signal };
  }

  private async send(bringing: Bringing, { id, progress, signal }: ReturnType<Bringer["show"]>): Promise<void> {
    try {
      const file = typeof bringing.file === "function" ? await bringing.file() : bringing.file;
      if (file === null) throw new ImageRefused("image_not_one");
      signal.throwIfAborted();
      const stored = await this.context.images.upload(file, progress, signal);
      this.taken.push({ id, stored, wish: bringing });
      this.settle();
    } catch (error) {
      this.forget(id);
      if (signal.aborted) return;
      this.context.notice(error instanceof ImageRefused ? error.code : "image_failed");
    }
  }

  private forget(id: number): void {
    if (this.view.isDestroyed) return;
    readCaret(this.view);
    this.view.dispatch(changed(this.view.state.tr, { remove: id, behind: null }));
  }

  /** Puts what was taken into the document; while an input method is at work it waits for its end. */
  private settle(): void {
    if (this.view.isDestroyed || this.view.composing) return;
    for (const { id, stored, wish } of this.taken.splice(0)) {
      if (!this.view.editable) {
        this.forget(id);
        this.context.notice("image_no_right");
        continue;
      }
      readCaret(this.view);
      const tr = imageArrived(this.view.state, id, stored, wish);
      if (tr !== null) this.view.dispatch(tr);
    }
  }

  update(): void {
    if (this.taken.length > 0 && !this.view.composing) queueMicrotask(() => this.settle());
  }

  destroy(): void {
    this.leaving.abort();
    bringers.delete(this.view);
  }
}
