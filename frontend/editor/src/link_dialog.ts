// The small form that makes, changes and removes a link over the selection.
// Which addresses are allowed is decided in links.ts; refused ones are told and leave the text alone.
import type { Mark } from "prosemirror-model";
import type { Command, EditorState } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { label, type Labels } from "./labels";
import { completeHref } from "./links";
import { Popup } from "./popup";
import { blockAt } from "./selection";
import type { EditorSchema } from "./schema";

interface LinkRange {
  from: number;
  to: number;
  href: string;
}

/** The link around the caret, else the selection; null where there is nothing to link. */
function linkRange(state: EditorState): LinkRange | null {
  const { from, to, $from, empty } = state.selection;
  const block = blockAt($from);
  if (block === null || !state.selection.$to.sameParent($from)) return null;
  const type = (state.schema as EditorSchema).marks.link;
  let mark: Mark | undefined;
  let range: { from: number; to: number } | null = null;
  block.node.forEach((text, offset) => {
    const start = block.pos + 1 + offset;
    const found = type.isInSet(text.marks);
    if (found === undefined || start > from || start + text.nodeSize < to) return;
    mark = found;
    range = { from: start, to: start + text.nodeSize };
  });
  const whole = (empty ? range : { from, to }) as { from: number; to: number } | null;
  return whole === null ? null : { ...whole, href: mark === undefined ? "" : String(mark.attrs["href"]) };
}

/** Opens the form; without a view (a dry run) only says whether there is something to link. */
export function editLink(labels: Labels, refused: () => void): Command {
  return (state, _dispatch, view) => {
    const range = linkRange(state);
    if (range === null) return false;
    if (view !== undefined && view.editable) openForm(view, range, labels, refused);
    return true;
  };
}

function openForm(view: EditorView, range: LinkRange, labels: Labels, refused: () => void): void {
  const document = view.dom.ownerDocument;
  const popup = new Popup(document, "editor-dialog", () => view.coordsAtPos(range.from), () => view.focus());
  const form = document.createElement("form");
  const caption = document.createElement("label");
  caption.textContent = label(labels, "link_url");
  const input = document.createElement("input");
  input.type = "text";
  input.inputMode = "url";
  input.value = range.href;
  input.autocomplete = "off";
  caption.append(input);
  const actions = document.createElement("div");
  actions.className = "editor-dialog-actions";
  actions.append(button(document, labels, "cancel", "btn", () => popup.close()));
  if (range.href !== "") {
    actions.append(button(document, labels, "link_remove", "btn", () => apply(null)));
  }
  const submit = button(document, labels, "link_apply", "btn pri", () => undefined);
  submit.type = "submit";
  actions.append(submit);
  const apply = (href: string | null): void => {
    setLink(view, range, href);
    popup.close();
  };
  form.setAttribute("aria-label", label(labels, "link"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const href = completeHref(input.value);
    if (href === null) {
      input.setAttribute("aria-invalid", "true");
      refused();
    } else apply(href);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) popup.close();
  });
  form.append(caption, actions);
  popup.element.append(form);
  popup.place();
  input.focus({ preventScroll: true });
  input.select();
}

function button(document: Document, labels: Labels, key: string, className: string, act: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = label(labels, key);
  element.addEventListener("click", act);
  return element;
}

function setLink(view: EditorView, range: LinkRange, href: string | null): void {
  const { doc, tr } = view.state;
  const type = (view.state.schema as EditorSchema).marks.link;
  // The document may have changed under the form; the range is only used while it is inside one block.
  const to = Math.min(range.to, doc.content.size);
  if (range.from >= to || !doc.resolve(range.from).sameParent(doc.resolve(to))) return;
  tr.removeMark(range.from, to, type);
  if (href !== null) tr.addMark(range.from, to, type.create({ href }));
  view.dispatch(tr);
}
