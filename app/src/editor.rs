//! The open document as its page sees it: what the page asks of the browser (`port`), how the
//! state of saving is put into words (`save_label`), and which keys are typing (`keyboard`).
//!
//! Nothing here touches the network, the store or the editor's DOM: `frontend` supplies those.

pub mod keyboard;
pub mod port;
pub mod save_label;
