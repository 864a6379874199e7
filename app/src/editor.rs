//! Rules of the open document's page that need no browser: how the state of saving is put into
//! words. What the page asks of the browser is [`crate::ports::DocumentPort`].

pub mod save_label;
