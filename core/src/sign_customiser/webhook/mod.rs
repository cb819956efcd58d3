//! Deliveries of the platform: verify, read, answer.
//!
//! | | rule | source |
//! |---|---|---|
//! | headers | `x-webhook-timestamp` (Unix seconds), `x-webhook-signature` | reference |
//! | algorithm | HMAC-SHA256 with the secret's text, over the raw body and the timestamp | reference |
//! | joiner and text form | `timestamp.body`, lower-case hex | **unverified**: one captured delivery settles it, see [`Webhook::explain`] |
//! | window | 300 s either way | **unverified**: the guide asks for a check, its figure is not public |
//!
//! Verification uses exactly one configured formula: trying several would accept one that leaves the timestamp out.
//!
//! | file | what lives there |
//! |---|---|
//! | `formula` | what may be signed and how it may be written; the defaults |
//! | `verify` | [`Webhook`]: judging a delivery |
//! | `event` | [`Event`]: what was delivered, and the answer to it |
//! | `payloads` | the three payloads, typed |
//! | `explain` | why a delivery was refused |

mod event;
mod explain;
mod formula;
mod payloads;
mod verify;

pub use event::{ACKNOWLEDGED, Event, answer};
pub use explain::WebhookExplanation;
pub use formula::{DEFAULT_CONTENT, DEFAULT_ENCODING, DEFAULT_TOLERANCE, SignatureText, SignedContent};
pub use payloads::{FormSubmitted, OrderCreated, ProductCreated};
pub use verify::Webhook;
