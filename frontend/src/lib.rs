//! The browser's side of the ports: socket, local store, tabs, editor.
mod clock;
mod editor_host;
mod listener;
mod local_store;
mod random;
mod tabs;
mod websocket;
