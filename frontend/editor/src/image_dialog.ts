// The small form for the words that stand for an image. It changes one attribute and knows nothing of files.
import type { EditorView } from "prosemirror-view";
import type { Command } from "prosemirror-state";
import { MAX_ALT_LENGTH } from "./image_bounds";
import { imageAt, setImageAlt } from "./image_commands";
import { label, type Labels } from "./labels";
import { isImage } from "./node_kinds";
import { anchorOf, Popup } from "./popup";

/** From the image that is selected, or whose caption has the caret, to its form. */
export const toAltForm: Command = (state, dispatch, view) => {
  const found = imageAt(state);
  if (found === null) return false;
  const dom = view?.nodeDOM(found.pos);
  if (dispatch !== undefined && dom instanceof HTMLElement) dom.querySelector<HTMLElement>(".image-alt")?.click();
  return true;
};

/** The form beside `anchor`; `position` finds the image again, wherever others have moved it meanwhile. */
export function openAltForm(view: EditorView, anchor: Element, position: () => number | undefined, labels: Labels): void {
  const document = view.dom.ownerDocument;
  const node = view.state.doc.nodeAt(position() ?? -1);
  if (node === null) return;
  const popup = new Popup(document, "editor-dialog", () => anchorOf(anchor), () => view.focus());
  const form = document.createElement("form");
  form.setAttribute("aria-label", label(labels, "image_alt"));
  const caption = document.createElement("label");
  caption.textContent = label(labels, "image_alt");
  const input = document.createElement("input");
  input.type = "text";
  input.maxLength = MAX_ALT_LENGTH;
  input.value = String(node.attrs["alt"]);
  input.autocomplete = "off";
  caption.append(input);
  const hint = document.createElement("p");
  hint.className = "editor-dialog-hint";
  hint.id = "image-alt-hint";
  hint.textContent = label(labels, "image_alt_hint");
  input.setAttribute("aria-describedby", hint.id);
  const actions = document.createElement("div");
  actions.className = "editor-dialog-actions";
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.className = "btn";
  cancel.textContent = label(labels, "cancel");
  cancel.addEventListener("click", () => popup.close());
  const submit = document.createElement("button");
  submit.type = "submit";
  submit.className = "btn pri";
  submit.textContent = label(labels, "image_alt_apply");
  actions.append(cancel, submit);
  form.append(caption, hint, actions);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pos = position();
    const shown = pos === undefined ? null : view.state.doc.nodeAt(pos);
    if (pos !== undefined && shown !== null && isImage(shown) && view.editable) view.dispatch(setImageAlt(view.state.tr, pos, input.value));
    popup.close();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) popup.close();
  });
  popup.element.append(form);
  popup.place();
  input.focus({ preventScroll: true });
  input.select();
}
