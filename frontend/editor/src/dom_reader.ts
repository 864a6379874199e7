// Reading what the browser has done before ProseMirror was told: keys in the page, a caret that has just moved,
// a native deletion about to happen. It uses two methods of ProseMirror's observer that are not in its types.
import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { backspace, forwardDelete } from "./commands";
import { crossesTexts } from "./selection";

interface ReadsDom {
  domObserver?: { forceFlush?(): void; flush?(): void };
}

/** Takes in a moved caret, and keys that are in the page but not yet in the document; whether there were any keys. */
export function readKeys(view: EditorView): boolean {
  const before = view.state.doc;
  if (!view.composing) readPage(view);
  readCaret(view);
  return view.state.doc !== before;
}

/** Takes in what stands in the page now, also in the middle of a composition. */
export function readPage(view: EditorView): void {
  (view as unknown as ReadsDom).domObserver?.forceFlush?.();
}

/**
 * Browsers tell of a moved caret later than of the next key: a command must not act on where it was. And whatever is
 * drawn in between puts the caret back to where the document has it, under the hands of whoever just clicked elsewhere.
 */
export function readCaret(view: EditorView): void {
  if (!view.composing) (view as unknown as ReadsDom).domObserver?.flush?.();
}

/** A deletion the browser would do itself, and which would reach into another Text, becomes the command it stands for. */
function takeDeletion(view: EditorView, event: InputEvent): boolean {
  if (view.composing || !event.inputType.startsWith("delete") || !event.cancelable) return false;
  const [range] = event.getTargetRanges();
  if (range === undefined || range.collapsed || !view.dom.contains(range.startContainer) || !view.dom.contains(range.endContainer)) return false;
  readCaret(view);
  const from = view.posAtDOM(range.startContainer, range.startOffset);
  const to = view.posAtDOM(range.endContainer, range.endOffset);
  if (!crossesTexts(view.state.doc, Math.min(from, to), Math.max(from, to))) return false;
  event.preventDefault();
  const command = event.inputType.endsWith("Forward") ? forwardDelete : backspace;
  command(view.state, (tr) => view.dispatch(tr), view);
  return true;
}

function caretFirst(view: EditorView): boolean {
  readCaret(view);
  return false;
}

export function domReader(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown: caretFirst,
        paste: caretFirst,
        cut: caretFirst,
        copy: caretFirst,
        beforeinput: takeDeletion,
      },
    },
  });
}
