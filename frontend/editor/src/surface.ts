// The plugins and views that make the surface: what reacts to keys, paste and menus, and how nodes are drawn.
// Assembled here so that the tests can run the same set without a page.
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { history } from "prosemirror-history";
import type { Node } from "prosemirror-model";
import { Plugin, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView, type NodeViewConstructor } from "prosemirror-view";
import { ListView, MaybeEmptyView } from "./block_views";
import { replaceAcross } from "./commands";
import { countShown } from "./count_view";
import { domReader } from "./dom_reader";
import { dragHandle } from "./drag_handle";
import { finding } from "./find";
import type { ForeignScript } from "./foreign_script";
import { findBar } from "./find_bar";
import { following, type FollowContext } from "./follow";
import { fresh } from "./fresh";
import { ImageView } from "./image_view";
import type { ImageStore } from "./image_store";
import { bringImages, chooseImages, imageUploads } from "./image_uploads";
import { guards, type GuardContext } from "./guards";
import type { Notice } from "./host";
import { shorthands } from "./input_rules";
import { ItemView, type ItemContext } from "./item_view";
import { glossary } from "./glossary";
import { keys } from "./keys";
import { label, type Labels } from "./labels";
import { editLink } from "./link_dialog";
import { safeHref } from "./links";
import { mentionMenu, type Named } from "./mentions";
import { pageTools, type PageToolsContext } from "./page_tools";
import { pasting } from "./paste";
import { presence } from "./presence";
import { reading, type ReadingContext } from "./reading";
import type { EditorSchema } from "./schema";
import { itemDepth } from "./selection";
import { slashMenu } from "./slash";
import { TableView, tableMarks } from "./table_view";
import type { Term } from "./terms";
import { selectionToolbar } from "./toolbar";
import { nextHint, wordingHints } from "./wording";

/** Typing that pauses this long begins a new step of undo. */
const UNDO_GROUP_DELAY_MS = 600;
/** Steps of undo kept: an afternoon's work, a few megabytes at most. */
const UNDO_DEPTH = 500;

/** Kinds of documents that people agree on. */
const PROMISING: readonly string[] = ["requirement_document", "scope_agreement"];

export interface SurfaceContext extends Omit<GuardContext, "tooLong">, ReadingContext, PageToolsContext, FollowContext {
  labels: Labels;
  /** The language of the interface, for numbers. */
  lang: string;
  /** What the document is: promises are looked at for words that promise nothing. */
  kind: string;
  notice(code: Notice): void;
  images: ImageStore;
  foreign: ForeignScript;
  /** Everybody in the project. */
  people: readonly Named[];
  /** What words mean in the project. */
  terms: readonly Term[];
}

export function surfacePlugins(schema: EditorSchema, context: SurfaceContext): Plugin[] {
  const newId = (): string => context.newId();
  const link = editLink(context.labels, () => context.notice("link_not_allowed"));
  return [
    domReader(),
    mentionMenu({ labels: context.labels, people: context.people, now: () => new Date() }),
    slashMenu({ labels: context.labels, newId, documentKind: context.kind, chooseImages }),
    pasting({ newId, notice: (code) => context.notice(code), images: context.images, foreign: context.foreign, bring: bringImages }),
    imageUploads(context),
    typingAcross(),
    shorthands(),
    keys(schema, link, nextHint(context.labels), newId),
    selectionToolbar({ labels: context.labels, newId, editLink: link, documentKind: context.kind }),
    guards({ ...context, tooLong: () => context.notice("text_too_long") }),
    fresh(context),
    presence(),
    following(context),
    ...(context.terms.length === 0 ? [] : [glossary(context)]),
    ...(PROMISING.includes(context.kind) ? [wordingHints(context)] : []),
    finding(context),
    findBar(context),
    reading(context),
    dragHandle(context.labels),
    pageTools(context),
    countShown(context.labels, context.lang),
    followLinks(),
    placeMarks(context.labels),
    history({ newGroupDelay: UNDO_GROUP_DELAY_MS, depth: UNDO_DEPTH }),
    dropCursor({ class: "editor-dropcursor", color: false }),
    gapCursor(),
  ];
}

/** Text typed over a selection that spans several Texts replaces what is covered and merges none of them. */
function typingAcross(): Plugin {
  return new Plugin({
    props: {
      handleTextInput(view, from, to, text) {
        const tr = view.composing ? null : replaceAcross(view.state, from, to, text);
        if (tr !== null) view.dispatch(tr);
        return tr !== null;
      },
    },
  });
}

/** A link opens with Ctrl or ⌘, as in other editors; a plain click puts the caret into it. */
function followLinks(): Plugin {
  return new Plugin({
    props: {
      handleClick(view, pos, event) {
        if (!event.ctrlKey && !event.metaKey) return false;
        const mark = view.state.doc.resolve(pos).marks().find(({ type }) => type.name === "link");
        const href = mark === undefined ? null : safeHref(String(mark.attrs["href"]));
        if (href === null) return false;
        view.dom.ownerDocument.defaultView?.open(href, "_blank", "noopener,noreferrer");
        return true;
      },
    },
  });
}

/** Classes that depend on the whole: parts that hold nothing (there are few parts), the item the caret is in, and what tables show. */
function placeMarks(labels: Labels): Plugin {
  const text = label(labels, "placeholder_body");
  return new Plugin({
    props: { decorations: (state: EditorState) => DecorationSet.create(state.doc, [...emptyBodies(state.doc, text), ...caretItem(state), ...tableMarks(state)]) },
  });
}

function caretItem(state: EditorState): Decoration[] {
  const { $head } = state.selection;
  const depth = itemDepth($head);
  return depth === null ? [] : [Decoration.node($head.before(depth), $head.after(depth), { class: "has-caret" })];
}

function emptyBodies(doc: Node, text: string): Decoration[] {
  const decorations: Decoration[] = [];
  doc.forEach((section, pos) => {
    if (section.type.name !== "section" || section.childCount !== 2) return;
    const only = section.child(1);
    if (only.type.name !== "paragraph" || only.content.size > 0) return;
    const from = pos + 1 + section.child(0).nodeSize;
    decorations.push(Decoration.node(from, from + only.nodeSize, { class: "is-empty", "data-placeholder": text }));
  });
  return decorations;
}

export function nodeViews(labels: Labels, context: ItemContext & { images: ImageStore }): Record<string, NodeViewConstructor> {
  const maybeEmpty: NodeViewConstructor = (node: Node, view: EditorView) => new MaybeEmptyView(node, view.dom.ownerDocument);
  return {
    title: maybeEmpty,
    part_heading: maybeEmpty,
    item_title: maybeEmpty,
    item_body: maybeEmpty,
    item_criteria: maybeEmpty,
    li: (node, view, getPos) => new ListView(node, view, getPos, labels),
    image: (node, view, getPos) => new ImageView(node, view, getPos, labels, context.images),
    table: (node, view, getPos) => new TableView(node, view, getPos, labels, context.newId),
    item: (node, view, getPos) => new ItemView(node, view, getPos, labels, context),
  };
}
