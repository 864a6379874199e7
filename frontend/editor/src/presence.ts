// Other people's carets, selections and not yet committed text, as decorations mapped through every change.
// Nothing of it is in the document, and around a text being composed it stands still.
import { Plugin, PluginKey, type EditorState, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import type { PeerCaret } from "./host";
import { toDocPosition } from "./positions";
import type { TextRef } from "./tree";

const presenceKey = new PluginKey<DecorationSet>("presence");
const HUES = 8;
/** As much pending text as a peer may send (ARCHITECTURE: ≤ 200 characters). */
const MAX_PENDING_LENGTH = 200;

interface PresenceNews {
  peers: readonly PeerCaret[];
  /** A Text whose decorations may not change now. */
  frozen: TextRef | null;
}

/** A transaction that shows where the others are. */
export function showPresence(state: EditorState, news: PresenceNews): Transaction {
  return state.tr.setMeta(presenceKey, news).setMeta("addToHistory", false).setMeta("origin", "remote");
}

export function presence(): Plugin<DecorationSet> {
  return new Plugin<DecorationSet>({
    key: presenceKey,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, shown) {
        const mapped = tr.docChanged ? shown.map(tr.mapping, tr.doc) : shown;
        const news = tr.getMeta(presenceKey) as PresenceNews | undefined;
        return news === undefined ? mapped : drawAll(tr, mapped, news);
      },
    },
    props: { decorations: (state) => presenceKey.getState(state) },
  });
}

/** Where the caret of a peer is drawn; null when it is nowhere in this document. */
export function placeOfPeer(state: EditorState, peer: string): number | null {
  const shown = presenceKey.getState(state)?.find(undefined, undefined, (spec: { peer?: string }) => spec.peer === peer) ?? [];
  // A selection is drawn too; the caret has no width.
  return shown.find(({ from, to }) => from === to)?.from ?? null;
}

function drawAll(tr: Transaction, shown: DecorationSet, news: PresenceNews): DecorationSet {
  const decorations: Decoration[] = [];
  for (const peer of news.peers) {
    const touchesFrozen = news.frozen !== null && (peer.head.text === news.frozen || peer.anchor.text === news.frozen);
    if (touchesFrozen) decorations.push(...shown.find(undefined, undefined, (spec: { peer?: string }) => spec.peer === peer.peer));
    else decorations.push(...draw(tr, peer));
  }
  return DecorationSet.create(tr.doc, decorations);
}

function draw(tr: Transaction, peer: PeerCaret): Decoration[] {
  const head = toDocPosition(tr.doc, peer.head);
  if (head === null) return [];
  const anchor = toDocPosition(tr.doc, peer.anchor) ?? head;
  const hue = `hue-${((Math.trunc(peer.hue) % HUES) + HUES) % HUES}`;
  const pending = (peer.pending ?? "").slice(0, MAX_PENDING_LENGTH);
  const decorations: Decoration[] = [];
  if (anchor !== head) {
    decorations.push(Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), { class: `remote-selection ${hue}` }, { peer: peer.peer }));
  }
  decorations.push(
    Decoration.widget(head, (view) => caret(view.dom.ownerDocument, peer.name, hue, pending), {
      side: 1,
      key: JSON.stringify([peer.peer, peer.name, hue, pending]),
      ignoreSelection: true,
      peer: peer.peer,
    }),
  );
  return decorations;
}

function caret(document: Document, name: string, hue: string, pending: string): HTMLElement {
  const holder = document.createElement("span");
  holder.className = "remote";
  holder.setAttribute("aria-hidden", "true");
  if (pending !== "") {
    const text = document.createElement("span");
    text.className = `pending ${hue}`;
    text.textContent = pending;
    holder.append(text);
  }
  const mark = document.createElement("span");
  mark.className = `caret ${hue}`;
  mark.dataset["name"] = name;
  holder.append(mark);
  return holder;
}
