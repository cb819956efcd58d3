//! The pure core of Countersign.
#![forbid(unsafe_code)]

pub mod call;
pub mod delivery;
pub mod digest;
mod endpoint;
pub mod error;
mod json;
pub mod options;
mod secret;
pub mod signature;
pub mod spiff;
mod time;
mod user_agent;

pub use call::{Call, Json, Reply, Request};
pub use delivery::{Attempt, Effect, Outcome};
pub use digest::BodyDigest;
pub use error::{Error, ErrorKind, Problem};
pub use options::Options;
pub use secret::Secret;
pub use signature::{Parts, Scheme, Signer};
pub use time::{HttpDate, Timestamp};
