//! The C boundary of Countersign. The header `include/countersign.h` is generated from the comments here, and
//! `include/README.md` holds the conventions that every function follows.
//!
//! | file | what lives there |
//! |---|---|
//! | `boundary.rs` | the panic guard, and the only readers of foreign pointers |
//! | `out.rs` | how a value, a handle or an error is handed out |
//! | `version.rs` | version and ABI number |
//! | `kinds.rs` | kinds and their names; generated |
//! | `error.rs` | outcomes, the error handle |
//! | `facts.rs` | errors from their facts, for mocks |
//! | `text.rs` | text and header handles; reading a block of headers |
//! | `signer.rs` | signing, verifying, explaining |
//! | `options.rs` | options by name, the tables |
//! | `call.rs` | prepared calls and answers: bring your own HTTP |
//! | `client.rs` | the client of either platform |
//! | `webhook.rs` | deliveries of Sign Customiser; prices |
//! | `outbox.rs` | the outbox: in a file, or step by step over a connection of the host's |
//!
//! Functions are written out, never made by a macro: the header generator does not see through macros. Each body is one
//! call into `boundary.rs` or `out.rs`, which catches panics; `tests/header.rs` checks that.
#![allow(non_camel_case_types, reason = "the names that C sees")]
#![allow(unreachable_pub, reason = "what C sees is public though no Rust crate can name it")]
#![allow(clippy::missing_safety_doc, reason = "the safety of every function is the conventions of include/README.md")]
#![allow(clippy::too_many_arguments, reason = "C passes each text as pointer and length")]
#![deny(unsafe_op_in_unsafe_fn)]

mod boundary;
mod call;
mod client;
mod error;
mod facts;
mod kinds;
mod options;
mod out;
#[cfg(feature = "outbox")]
mod outbox;
mod signer;
mod text;
mod version;
mod webhook;

/// What the header lets threads share may be shared.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<call::countersign_answer>();
    shared::<call::countersign_call>();
    shared::<error::countersign_error>();
    shared::<signer::countersign_signer>();
    shared::<client::countersign_client>();
    shared::<text::countersign_headers>();
    shared::<text::countersign_text>();
    shared::<webhook::countersign_event>();
    shared::<webhook::countersign_webhook>();
    #[cfg(feature = "outbox")]
    shared::<outbox::countersign_outbox>();
};
