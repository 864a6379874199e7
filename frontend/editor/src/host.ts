// The boundary between the editor and the program around it (Rust in the browser, a fake in tests).
// Everything structured crosses as a JSON string, so that neither side holds the other's objects.
import type { Labels } from "./labels";
import type { ImageRefusal } from "./image_store";
import type { Named } from "./mentions";
import type { Term } from "./terms";
import type { TextSelection } from "./tree";

/** What the editor needs from the owner of the document. */
export interface EditorHost {
  /** The whole document: DocTree. */
  tree(): string;
  /** One item with its texts: ItemTree, or null when it is not there. */
  item(id: string): string | null;
  /** Edit[]; throws when refused, after which the editor shows tree() again. */
  apply(edits: string): void;
  /** Where the person's selection is: TextSelection, or null without focus. */
  selection(selection: string | null): void;
  composing(active: boolean): void;
  /** Whether the person reads only, by their own choice. */
  reading(active: boolean): void;
  /** Whom the person follows through the document: a peer, or null for nobody. */
  following(peer: string | null): void;
  /** The person wants this item in another document. */
  moveItem(id: string): void;
  /** Commit what was applied now (end of composition, Enter, paste, blur, page hidden). */
  flush(): void;
  newId(): string;
  /** A stable code of something the person should be told. */
  notice(code: string): void;
}

/** What the owner of the document can ask of a mounted editor. */
export interface EditorHandle {
  /** RemoteUpdate. */
  remote(update: string): void;
  /** PeerCaret[]. */
  presence(peers: string): void;
  /** Keeps this peer's caret in sight, until the person does something of their own; nobody ends it. */
  follow(peer: string | null | undefined): void;
  setEditable(editable: boolean): void;
  /** Scroll to a section or item and put the caret there. */
  reveal(target: string): void;
  insertItem(kind: string): void;
  /** Lets the person choose image files for where the caret is. */
  insertImage(): void;
  /** Brings back an item that was taken out, as the same one, and goes there; whether it could. */
  restoreItem(id: string, kind: string): boolean;
  /** ItemEdit, made beside the text. False when it was not made, and whoever made it still has what they wrote. */
  editItem(edit: string): boolean;
  /** The choices of a field in a menu at an element outside of the text. False when there is nothing to choose. */
  chooseField(anchor: HTMLElement, id: string, field: string, told: (news: ChoiceNews) => void): boolean;
  /** Takes back, or makes again, what was done last, in the text or beside it. */
  undo(): void;
  redo(): void;
  /** The text came into sight again. */
  shown(): void;
  destroy(): void;
}

export interface Options {
  editable: boolean;
  labels: Labels;
  lang: string;
  /** Everybody in the project. */
  people: readonly Named[];
  /** What words mean in the project. */
  terms: readonly Term[];
  /** Where the images of the document are: `images_address` in model/src/html.rs. */
  images: string;
}

/** Another person's place, already resolved in this copy of the document. */
export interface PeerCaret extends TextSelection {
  peer: string;
  name: string;
  hue: number;
  /** Typed but not committed text to show at the head until its change arrives. */
  pending?: string | null;
}

/** What comes of a menu of choices: a choice was made; it closed by this key, or by a press ("closed"). */
export type ChoiceNews = "changed" | "closed" | "Enter" | "Tab" | "Shift+Tab" | "Escape";

/** Codes given to EditorHost.notice. */
export type Notice =
  | "paste_too_large"
  | "paste_images_dropped"
  | ImageRefusal
  | "table_divided"
  | "edit_refused"
  | "text_too_long"
  | "link_not_allowed"
  | "item_link_copied"
  | "item_link_not_copied"
  | "item_removed";
