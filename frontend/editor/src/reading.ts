// Reading mode: this person's page without everything that is for writing. It is a way of looking at the document,
// remembered on this device; nobody's rights change, and the caret waits where it was.
import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { readCaret, readPage } from "./dom_reader";
import { belongsToInputMethod } from "./keys";

export type Mode = "writing" | "reading";

/** Read by the server too, so that a page that is read arrives as one (READING_COOKIE in app/src/session.rs). */
const COOKIE = "reading";
/** As long as browsers keep anything; said again with every document that is opened in reading mode. */
const REMEMBERED_S = 400 * 24 * 60 * 60;
/** An input method's last changes have been told by then (COMPOSITION_TOLD_MS in composition.ts). */
const AFTER_COMPOSITION_MS = 60;
/** How far below the top of the page the text begins that must stay where it is. */
const TOP_PX = 72;
/** Everything has its new height after these. */
const SETTLING_FRAMES = 5;

const readingKey = new PluginKey<Mode>("reading");

export function modeOf(state: EditorState): Mode {
  return readingKey.getState(state) ?? "writing";
}

export function rememberedMode(document: Document): Mode {
  return document.cookie.split("; ").includes(`${COOKIE}=on`) ? "reading" : "writing";
}

function remember(document: Document, mode: Mode): void {
  const age = mode === "reading" ? REMEMBERED_S : 0;
  const secure = document.location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${COOKIE}=on; path=/documents; max-age=${age}; samesite=lax${secure}`;
}

/** What the style of the page goes by. */
function show(document: Document, mode: Mode): void {
  document.documentElement.toggleAttribute("data-reading", mode === "reading");
}

export interface ReadingContext {
  /** With which mode the editor starts. */
  mode: Mode;
  /** The page looks different now. */
  modeChanged(mode: Mode): void;
}

const switches = new WeakMap<EditorView, ReadingSwitch>();

/** Goes to the other mode. */
export function switchMode(view: EditorView): void {
  switches.get(view)?.turn();
}

export function reading(context: ReadingContext): Plugin<Mode> {
  return new Plugin<Mode>({
    key: readingKey,
    state: {
      init: () => context.mode,
      apply: (tr, mode) => (tr.getMeta(readingKey) as Mode | undefined) ?? mode,
    },
    props: { editable: (state) => modeOf(state) === "writing" },
    view: (view) => {
      const mode = new ReadingSwitch(view, context);
      switches.set(view, mode);
      return mode;
    },
  });
}

class ReadingSwitch {
  private readonly listeners = new AbortController();
  private readonly document: Document;
  /** Whether the caret was in the text when reading began. */
  private wasWriting = false;
  private turning: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly view: EditorView, private readonly context: ReadingContext) {
    this.document = view.dom.ownerDocument;
    const { mode } = context;
    show(this.document, mode);
    if (mode === "reading") remember(this.document, mode);
    this.document.addEventListener("keydown", (event) => this.key(event), { signal: this.listeners.signal });
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "F9" || event.defaultPrevented || belongsToInputMethod(event) || this.document.querySelector("dialog[open]") !== null) return;
    event.preventDefault();
    this.turn();
  }

  turn(): void {
    const { view } = this;
    clearTimeout(this.turning);
    if (view.isDestroyed) return;
    if (view.composing) {
      // What is being composed was meant: it ends, is told, and then the page is read.
      view.dom.blur();
      this.turning = setTimeout(() => this.turn(), AFTER_COMPOSITION_MS);
      return;
    }
    this.go(modeOf(view.state) === "reading" ? "writing" : "reading");
  }

  private go(mode: Mode): void {
    const { view, document } = this;
    // Once the text takes no more keys, what stands in the page and was not read would be lost.
    if (view.editable) readPage(view);
    readCaret(view);
    const stay = placeHeld(view);
    if (mode === "reading") {
      this.wasWriting = view.hasFocus();
      view.dom.blur();
    }
    show(document, mode);
    remember(document, mode);
    view.dispatch(view.state.tr.setMeta(readingKey, mode).setMeta("addToHistory", false));
    this.context.modeChanged(mode);
    if (mode === "writing" && this.wasWriting && view.editable) view.focus();
    stay();
  }

  destroy(): void {
    clearTimeout(this.turning);
    this.listeners.abort();
    show(this.document, "writing");
  }
}

/** Remembers what is at the top of the window; called after everything has changed its height, brings it there again. */
function placeHeld(view: EditorView): () => void {
  const { ownerDocument: document } = view.dom;
  const window = document.defaultView;
  const held = window === null || window.scrollY === 0 ? null : topBlock(view, window);
  if (window === null || held === null) return () => undefined;
  const { top } = held.getBoundingClientRect();
  const { style } = document.documentElement;
  const stay = (frames: number): void => {
    if (held.isConnected) window.scrollBy({ top: held.getBoundingClientRect().top - top, behavior: "instant" });
    // What is out of sight is measured over the next frames (`is-measured`), and the browser is not to help meanwhile.
    if (frames > 0) window.requestAnimationFrame(() => stay(frames - 1));
    else style.removeProperty("overflow-anchor");
  };
  return () => {
    style.setProperty("overflow-anchor", "none");
    stay(SETTLING_FRAMES);
  };
}

function topBlock(view: EditorView, window: Window): Element | null {
  const paper = view.dom.getBoundingClientRect();
  for (let y = TOP_PX; y < window.innerHeight; y += TOP_PX / 3) {
    const hit = view.dom.ownerDocument.elementFromPoint(paper.left + paper.width / 2, y)?.closest("p, li, h1, h2, h3, h4, h5") ?? null;
    if (hit !== null && view.dom.contains(hit)) return hit;
  }
  return null;
}
