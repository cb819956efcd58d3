//! The pure core of Countersign.
#![forbid(unsafe_code)]

pub mod delivery;
pub mod digest;
pub mod error;
mod secret;
pub mod signature;
mod time;

pub use delivery::{Attempt, Outcome};
pub use digest::BodyDigest;
pub use error::{Error, ErrorKind, Problem};
pub use secret::Secret;
pub use signature::{Parts, Scheme, Signer};
pub use time::{HttpDate, Timestamp};
