//! Small nouns the pages are made of: properties in, events out, no fetching.

pub mod account;
pub mod avatar;
pub mod contact_fields;
pub mod copy_field;
pub mod delivery;
pub mod dialog;
pub mod error_screen;
pub mod field;
pub mod icon;
pub mod keep_dialog;
pub mod kept_note;
pub mod keys_help;
pub mod page_title;
pub mod row_menu;
pub mod skeleton;
pub mod switches;
pub mod toast;
pub mod top_bar;
