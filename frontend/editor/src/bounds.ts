// How much a text and a table may hold. What is larger Rust would refuse.

/** UTF-16 units of a title, a heading or an item's title: one line of text, not a page. */
export const MAX_PLAIN_LENGTH = 300;
/** UTF-16 units of a cell of a table, as in model/src/limits.rs. */
export const MAX_CELL_LENGTH = 5_000;
/** Rows, columns and cells of a table, as in model/src/limits.rs. */
export const MAX_COLUMNS = 50;
export const MAX_ROWS = 500;
export const MAX_CELLS = 5_000;
