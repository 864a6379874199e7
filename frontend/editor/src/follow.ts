// Following somebody through the document: the page goes where their caret goes, until the follower does anything of
// their own. Whom one follows is told to the page, which shows it and can end it.
import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { placeOfPeer } from "./presence";

/** A caret this far from the edges of what is seen is in sight. */
const MARGIN_PX = 96;
/** A caret that was out of sight comes to this part of the height. */
const RESTING_PLACE = 0.4;
/** Keys that act on nothing by themselves, and the one that goes through the page's buttons. */
const IDLE_KEYS: readonly string[] = ["Shift", "Control", "Alt", "Meta", "CapsLock", "Tab"];
/** The buttons that choose whom to follow: pressing one is not a wish to be left alone. */
const CHOOSERS = "[data-follow]";

export interface FollowContext {
  /** Whom the person follows from now on: a peer, or nobody. */
  following(peer: string | null): void;
}

const followers = new WeakMap<EditorView, Follower>();

/** Follows a peer of this editor, or nobody any more. */
export function follow(view: EditorView, peer: string | null): void {
  followers.get(view)?.follow(peer);
}

export function following(context: FollowContext): Plugin {
  return new Plugin({
    view: (view) => {
      const follower = new Follower(view, context);
      followers.set(view, follower);
      return follower;
    },
  });
}

class Follower {
  private peer: string | null = null;
  private readonly listeners = new AbortController();

  constructor(private readonly view: EditorView, private readonly context: FollowContext) {
    const { ownerDocument: document } = view.dom;
    const { signal } = this.listeners;
    for (const name of ["wheel", "touchmove", "pointerdown"]) document.addEventListener(name, (event) => this.acted(event), { signal, capture: true, passive: true });
    document.addEventListener("keydown", (event) => IDLE_KEYS.includes(event.key) || this.acted(event), { signal, capture: true });
  }

  private acted(event: Event): void {
    if (this.peer === null) return;
    if (event.target instanceof Element && event.target.closest(CHOOSERS) !== null) return;
    this.follow(null);
  }

  follow(peer: string | null): void {
    if (peer === this.peer) return;
    this.peer = peer;
    this.context.following(peer);
    this.update();
  }

  /** Their caret may have moved with anything that happened. */
  update(): void {
    if (this.peer === null || this.view.isDestroyed) return;
    const place = placeOfPeer(this.view.state, this.peer);
    const { defaultView: window } = this.view.dom.ownerDocument;
    // They may be elsewhere for a while: in another window, or in the table of the items.
    if (place === null || window === null || this.view.dom.getClientRects().length === 0) return;
    const { top, bottom } = this.view.coordsAtPos(place);
    if (top >= MARGIN_PX && bottom <= window.innerHeight - MARGIN_PX) return;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    window.scrollBy({ top: top - window.innerHeight * RESTING_PLACE, behavior: calm ? "instant" : "smooth" });
  }

  destroy(): void {
    this.listeners.abort();
    if (this.peer !== null) this.context.following(null);
  }
}
