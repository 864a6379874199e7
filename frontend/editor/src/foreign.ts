// What other programs put on a clipboard, and what they take from it: a script of its own, because a page can be read
// and written on without it. Nothing here touches the editor's state.
export { markdownBlocks } from "./markdown_read";
export { clipboardText } from "./markdown_write";
export { pastedBlocks } from "./paste_blocks";
