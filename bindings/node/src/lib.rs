//! Countersign for Node: the native half of the npm package.
//!
//! The JavaScript beside it (`lib/`) is what users see; this crate lends it the client. Its functions take texts, bytes,
//! numbers and handles, answer texts and handles, and never throw: a failure is an array of the error's record as JSON
//! and the reply's body. Nothing here is global: each environment (the main thread, each worker thread) has its own
//! instance with its own pool of threads.
//!
//! | room | what lives there |
//! |---|---|
//! | `node.rs` | Node-API with safe types over it: the only `unsafe` |
//! | `signing.rs` | signers and webhooks |
//! | `clients.rs` | clients, prepared calls, and what a job does |
//! | `pool.rs` | the threads on which calls block |
#![deny(unsafe_code)]

mod clients;
#[allow(unsafe_code, reason = "the one file that talks to Node-API")]
mod node;
mod pool;
mod signing;

use node::Row;

/// What the module offers to `lib/native.js`.
const FUNCTIONS: &[Row] = &[
    Row("signer", signing::signer),
    Row("authorizer", signing::authorizer),
    Row("headers", signing::headers),
    Row("stringToSign", signing::string_to_sign),
    Row("verify", signing::verify),
    Row("explain", signing::explain),
    Row("webhook", signing::webhook),
    Row("webhookFromEnv", signing::webhook_from_env),
    Row("webhookVerify", signing::webhook_verify),
    Row("webhookExplain", signing::webhook_explain),
    Row("event", signing::event),
    Row("eventAnswer", signing::event_answer),
    Row("minorUnits", signing::minor_units),
    Row("operations", clients::operations),
    Row("client", clients::client),
    Row("actingFor", clients::acting_for),
    Row("clientTimeout", clients::client_timeout),
    Row("close", clients::close),
    Row("prepare", clients::prepare),
    Row("call", clients::call),
    Row("callBody", clients::call_body),
    Row("callRead", clients::call_read),
    Row("callFailed", clients::call_failed),
    Row("open", clients::open),
    Row("submit", clients::submit),
    Row("abort", clients::abort),
    Row("expire", clients::expire),
];
