//! The server from outside: its README, its API on real sockets, its binary.

mod readme;
