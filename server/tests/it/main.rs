//! The server from outside: its README, its API on real sockets, its binary.

mod bin;
mod contacts;
mod demo;
mod dice;
mod document_page;
mod images;
mod metrics;
mod moving;
mod new_project;
mod open_items;
mod pages;
mod program;
mod readme;
mod relay;
mod store_contract;
mod store_faults;
mod store_rows;
mod store_torn;
mod sync_faults;
mod sync_kill;
mod sync_peer;
mod sync_together;
mod sync_tunnel;
mod sync_upgrade;
mod sync_world;
mod upkeep;
