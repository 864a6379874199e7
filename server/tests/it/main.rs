//! The server from outside: its README, its API on real sockets, its binary.

mod program;
mod readme;
mod store_contract;
mod sync_peer;
mod sync_together;
mod sync_upgrade;
mod sync_world;
