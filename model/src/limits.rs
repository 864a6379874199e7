//! Every bound of the document and of the protocol in one place, each with its unit and its reason.
//! What happens at a bound is decided where it is checked; here are only the numbers.

mod sync;

pub use sync::*;

/// Bytes of a section or item id. 22 are used for 128 random bits; the rest is room for imports.
pub const SHORT_ID_BYTES_MAX: usize = 64;
/// Bytes of a peer's label. automerge-repo uses 36; ours are shorter.
pub const PEER_ID_BYTES_MAX: usize = 128;

/// UTF-16 units (and markers) of one rich Text. Applying a remote change costs time in proportion to
/// the operations of the Text it touches; at this size that is still about ten milliseconds.
pub const TEXT_UNITS_MAX: usize = 65_536;
/// UTF-16 units of a title or heading: two lines on paper, and what a list can show.
pub const PLAIN_TEXT_UNITS_MAX: usize = 500;
/// Edits in one call: a paste of 200 items with three Texts each fits several times.
pub const EDITS_PER_CALL_MAX: usize = 5_000;
/// UTF-16 units one call may insert: about 120 pages; a larger paste is an import, not an edit.
pub const INSERTED_UNITS_PER_CALL_MAX: usize = 200_000;
/// Depth of lists. Deeper than this nobody can read it on a phone.
pub const INDENT_MAX: u8 = 8;
/// Bytes of a link target: what browsers and mail programs reliably carry.
pub const LINK_BYTES_MAX: usize = 2_048;
/// Bytes of one field's value (owner, source, place …): short facts, prose has Texts.
pub const FIELD_VALUE_BYTES_MAX: usize = 2_000;
/// Bytes of a field's name.
pub const FIELD_NAME_BYTES_MAX: usize = 64;
/// Fields on the document or on one item.
pub const FIELDS_MAX: usize = 64;
/// Sections of one document, the removed ones included.
pub const SECTIONS_MAX: usize = 500;
/// Items of one document, the removed ones included.
pub const ITEMS_MAX: usize = 5_000;
/// Removed items that are listed, the latest ones.
pub const REMOVED_LISTED_MAX: usize = 200;
/// Tables of one document, the removed ones included.
pub const TABLES_MAX: usize = 500;
/// Columns of a table. More do not fit any page; such data is a file beside the document.
pub const TABLE_COLUMNS_MAX: usize = 50;
/// Rows of a table: a price list or a plan, not a database.
pub const TABLE_ROWS_MAX: usize = 500;
/// Cells of a table. Each is a Text and an element on the page, all of them drawn at once.
pub const TABLE_CELLS_MAX: usize = 5_000;
/// Rows or columns of a table with the removed ones, which keep their text.
pub const TABLE_LINES_KEPT_MAX: usize = 1_000;
/// UTF-16 units of a cell: a long paragraph; what is longer belongs into the text.
pub const CELL_UNITS_MAX: usize = 5_000;
/// CSS pixels of a column: less cannot be read or taken hold of.
pub const COLUMN_WIDTH_MIN: u32 = 40;
/// CSS pixels of a column: more than a screen.
pub const COLUMN_WIDTH_MAX: u32 = 2_000;
/// UTF-16 units of the words that stand for an image: a screen reader reads them in one go.
pub const IMAGE_ALT_UNITS_MAX: usize = 500;
/// Per cent of the page an image is wide at least: less cannot be looked at or taken hold of.
pub const IMAGE_WIDTH_PCT_MIN: u8 = 10;
/// An image is wide a multiple of so many per cent: each is a rule of the style sheet, because pages
/// allow no styles of their own.
pub const IMAGE_WIDTH_PCT_STEP: u8 = 5;
/// Pixels of an image's longer side: sharp across the page on a dense screen and on paper.
pub const IMAGE_SIDE_PX_MAX: u32 = 2_560;
/// Bytes of an image file on its way in: what the cameras of phones make, twice over.
pub const IMAGE_FILE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Pixels of an image that is unpacked: 40 million are 160 MB of memory for a moment.
pub const IMAGE_PIXELS_MAX: u64 = 40_000_000;
/// Images of one document, those no longer shown included: a plan with a screenshot on each page.
pub const DOCUMENT_IMAGES_MAX: u32 = 200;
/// Bytes of all images of one document: a backup of a project still fits a memory stick.
pub const DOCUMENT_IMAGE_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// Bytes of a section's, row's or column's order key. Each insertion between two sections adds at most one byte.
pub const ORDER_BYTES_MAX: usize = 200;
/// Bytes (as JSON) of a marker we cannot show but carry along.
pub const RAW_MARKER_BYTES_MAX: usize = 4_096;

/// Operations after which a local transaction is closed by itself: below what the gate admits
/// ([`CHANGE_OPS_MAX`]) with room for the last edit's markers and marks.
pub const TRANSACTION_OPS_SOFT: usize = 16_000;
/// UTF-16 units written or deleted in one step of a large edit, so that a step fits between
/// [`TRANSACTION_OPS_SOFT`] and [`CHANGE_OPS_MAX`].
pub const SPLICE_STEP_UNITS: usize = 3_000;

/// Operations in one change. A 204 kB change of run-length coded operations was seen to take 804 MiB.
pub const CHANGE_OPS_MAX: usize = 20_000;
/// Bytes of one scalar value inside a change.
pub const VALUE_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one frame on the wire.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;
/// Bytes of a saved document.
pub const DOCUMENT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Operations of a document over its whole life.
pub const DOCUMENT_OPS_MAX: usize = 500_000;
/// UTF-16 units of not yet committed text that ride on presence.
pub const PENDING_UNITS_MAX: usize = 200;
