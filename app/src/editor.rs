//! The open document as its page sees it: what the page asks of the browser (`port`), how the
//! state of saving is put into words (`save_label`), which keys are typing (`keyboard`), and where the
//! cells of a table are in the page (`grid`).
//!
//! Nothing here touches the network, the store or the editor's DOM: `frontend` supplies those.

pub mod clock;
pub mod grid;
pub mod keyboard;
pub mod port;
pub mod save_label;
