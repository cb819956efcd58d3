//! The pure core of Countersign: it turns a typed request and a time into signed bytes, and a reply's bytes into a typed
//! answer or an error that a person can act on. It reads no clock, no environment and no file, starts no thread and owns
//! no global; `countersign` adds the HTTP.
//!
//! | module | what lives there |
//! |---|---|
//! | [`signature`] | the string to sign, the signer, verifying, and [`explain`](signature::explain): why a signature was refused |
//! | [`spiff`] | Spiff Commerce: orders, settling doubt, and its whole GraphQL model: each query and mutation, typed |
//! | [`sign_customiser`] | Sign Customiser: orders, webhooks, subscriptions |
//! | [`account`] | what the account of every platform can do |
//! | [`call`] | a prepared request and what to expect of its reply: bring your own HTTP |
//! | [`draft`] | what is ordered, before anybody signs it |
//! | [`delivery`] | what can happen to an attempt, and what it means for the order |
//! | [`digest`] | body digests and HMAC: the only module that names a hash crate |
//! | [`headers`] | a header by its name in any case |
//! | [`host`] | hosts of URLs, and which are this machine |
//! | [`error`] | the error; [`ErrorKind`] is the table of kinds |
//! | [`options`] | the one table of options |
//! | [`operation`], [`operations`] | every operation by its name, for the language bindings |
//!
//! An order without a transport of ours, from preparing to reading the reply:
//!
//! ```
//! use countersign_core::{Options, Outcome, Reply, Timestamp, spiff};
//!
//! let options = Options::new().set("access_key", "key").set("secret_key", "secret").set("region", "us");
//! let account = spiff::Account::new(&options)?;
//! let order = spiff::Order::new("1001", true, vec![spiff::OrderItem::transaction(1, "e3ac7f3a-a117-46d7-a5f0-232fbc7cfe38")]);
//!
//! // The caller owns the clock.
//! let call = account.prepare_order(&order, Timestamp::from_unix(1_735_689_599))?;
//! assert_eq!(call.request().url, "https://api.us.spiffcommerce.com/graphql");
//! assert_eq!(call.request().header("Date"), Some("Tue, 31 Dec 2024 23:59:59 GMT"));
//!
//! // Send call.request() with any HTTP client, then hand over what came back …
//! let body = br#"{"data":{"orderCreate":{"id":"o-1","internalId":null,"externalId":"1001"}}}"#;
//! let placed = call.read(&Reply { status: 200, headers: vec![], body: body.to_vec() })?;
//! assert_eq!(placed.id.as_deref(), Some("o-1"));
//!
//! // … or say that nothing did. Bytes may have left, so nobody knows whether the order exists.
//! let error = call.failed(false);
//! assert_eq!(error.outcome(), Some(Outcome::Unknown));
//! assert!(!error.retryable());
//! # Ok::<(), countersign_core::Error>(())
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands"))]

pub mod account;
pub mod call;
pub mod delivery;
pub mod digest;
pub mod draft;
mod endpoint;
pub mod error;
mod evidence;
mod facts;
pub mod headers;
pub mod host;
mod json;
mod kind;
mod mask;
pub mod operation;
pub mod operations;
pub mod options;
mod placed;
mod problems;
mod said;
mod secret;
pub mod sign_customiser;
pub mod signature;
pub mod spiff;
mod suggest;
mod time;
mod tree;
mod walk;

pub use call::{Call, Header, Json, Reply, Request};
pub use delivery::{Attempt, Effect, Outcome};
pub use digest::BodyDigest;
pub use draft::Draft;
pub use error::{Error, Problem};
pub use kind::{Band, ErrorKind};
pub use mask::Mask;
pub use options::Options;
pub use secret::Secret;
pub use signature::{Parts, Scheme, Signer};
pub use time::{HttpDate, Timestamp};
