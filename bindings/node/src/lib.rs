//! Countersign for Node: the native half of the npm package.
//!
//! The JavaScript beside it (`lib/`) is what users see; this crate lends it the client. Its functions take texts, bytes,
//! numbers and objects of their own classes, answer texts and such objects, and do not throw: a failure is an array of the
//! error's record as JSON and the reply's body. Nothing here is global: what an environment (the main thread, each worker
//! thread) loads is its own.
//!
//! | room | what lives there |
//! |---|---|
//! | `raw.rs` | exact texts and bytes, and the hot call, on bare Node-API: the only `unsafe` |
//! | `input.rs` | arguments with names, answers and failures, options and environment |
//! | `signing.rs` | signers and webhooks |
//! | `clients.rs` | clients, and prepared calls |
//! | `outbox.rs` | the outbox: its tasks, and the file of SQLite |
//! | `pool.rs` | the threads on which calls and files block |
#![deny(unsafe_code)]
#![expect(unreachable_pub, reason = "napi lends JavaScript what is `pub` alone, and Rust sees nothing of this crate")]

mod clients;
mod input;
#[cfg(feature = "outbox")]
mod outbox;
mod pool;
#[allow(unsafe_code, reason = "the one file that talks to Node-API")]
mod raw;
mod signing;
