// Which key does what. One table; the commands themselves are elsewhere.
// No key acts while an input method is composing: then it belongs to the input method.
import { baseKeymap, chainCommands, toggleMark } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { undoInputRule } from "prosemirror-inputrules";
import { keydownHandler } from "prosemirror-keymap";
import { Plugin, type Command } from "prosemirror-state";
import { backspace, enter, forwardDelete, indentCode, setBlock, shiftIndent, toggleCheck, toggleQuote } from "./commands";
import { resizeImage } from "./image_commands";
import { toAltForm } from "./image_dialog";
import { leaveItem, moveBy } from "./item_commands";
import { toItemButtons } from "./item_view";
import { movePartBy } from "./moving";
import type { EditorSchema } from "./schema";
import { backspaceInCell, deleteInCell, enterInTable, leaveTable, moveColumn, moveRow, nextCell, previousCell, verticalArrow } from "./table_commands";
import { toTableButton } from "./table_view";

/** Key code browsers report for a key an input method has taken. */
const TAKEN_BY_INPUT_METHOD = 229;

export function belongsToInputMethod(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === TAKEN_BY_INPUT_METHOD;
}

/** Whether ⌘ is the key for commands here, as ProseMirror's own keymap decides it. */
export function isApple(): boolean {
  return typeof navigator !== "undefined" && /Mac|iP(hone|[oa]d)/.test(navigator.platform);
}

function bindings(schema: EditorSchema, editLink: Command, nextHint: Command, newId: () => string): Record<string, Command> {
  return {
    ...baseKeymap,
    Enter: chainCommands(enterInTable, enter),
    "Shift-Enter": chainCommands(enterInTable, enter),
    "Mod-Enter": chainCommands(leaveTable, toggleCheck, leaveItem),
    "Alt-Enter": chainCommands(toTableButton, toAltForm, toItemButtons),
    Backspace: chainCommands(undoInputRule, backspaceInCell, backspace, baseKeymap["Backspace"]!),
    "Shift-Backspace": chainCommands(backspaceInCell, backspace, baseKeymap["Backspace"]!),
    Delete: chainCommands(deleteInCell, forwardDelete, baseKeymap["Delete"]!),
    Tab: chainCommands(nextCell(newId), indentCode(1), shiftIndent(1)),
    ArrowUp: verticalArrow(-1),
    ArrowDown: verticalArrow(1),
    "Shift-Tab": chainCommands(previousCell, indentCode(-1), shiftIndent(-1)),
    "Alt-Shift-ArrowUp": chainCommands(moveRow(-1), movePartBy(-1), moveBy(-1)),
    "Alt-Shift-ArrowDown": chainCommands(moveRow(1), movePartBy(1), moveBy(1)),
    "Alt-Shift-ArrowLeft": chainCommands(moveColumn(-1), resizeImage(-1)),
    "Alt-Shift-ArrowRight": chainCommands(moveColumn(1), resizeImage(1)),
    "Mod-z": undo,
    "Mod-y": redo,
    "Shift-Mod-z": redo,
    "Mod-b": toggleMark(schema.marks.bold),
    "Mod-i": toggleMark(schema.marks.italic),
    "Mod-u": toggleMark(schema.marks.underline),
    "Mod-Shift-x": toggleMark(schema.marks.strike),
    "Mod-Shift-h": toggleMark(schema.marks.highlight),
    "Mod-e": toggleMark(schema.marks.code),
    "Mod-k": editLink,
    F8: nextHint,
    "Mod-Alt-0": setBlock("paragraph"),
    "Mod-Alt-1": setBlock("heading1"),
    "Mod-Alt-2": setBlock("heading2"),
    "Mod-Alt-3": setBlock("heading3"),
    "Mod-Shift-7": setBlock("ordered"),
    "Mod-Shift-8": setBlock("bullet"),
    "Mod-Shift-9": setBlock("check"),
    "Mod-Alt-c": setBlock("code"),
    "Mod-Shift-.": toggleQuote,
  };
}

export function keys(schema: EditorSchema, editLink: Command, nextHint: Command, newId: () => string): Plugin {
  const handle = keydownHandler(bindings(schema, editLink, nextHint, newId));
  return new Plugin({
    props: { handleKeyDown: (view, event) => !belongsToInputMethod(event) && handle(view, event) },
  });
}
