//! Request signatures: `SOA` (Spiff Commerce) and `VWS` (the form it came from).
//!
//! ```text
//! string_to_sign = METHOD \n hex_lower(DIGEST(body)) \n CONTENT_TYPE \n DATE \n PATH
//! signature      = base64_padded(HMAC-SHA1(secret bytes, string_to_sign))
//! Authorization  = SCHEME " " KEY_ID ":" signature
//! ```
//!
//! [`string_to_sign`] holds the rule, [`signer`] makes signatures, [`verify`](mod@verify) judges them and [`explain`]
//! finds out why one was refused.

pub mod explain;
mod reserialise;
pub mod signer;
pub mod string_to_sign;
pub mod verify;

pub use explain::Explanation;
pub use signer::{DEFAULT_CONTENT_TYPE, SignedHeaders, Signer};
pub use string_to_sign::{Parts, Scheme};
pub use verify::{DEFAULT_WINDOW, verify};
