//! How requests travel: one trait with one method, and its form over HTTP.
//!
//! A transport sends a prepared [`Request`] once, as it is, and answers with the whole [`Reply`] or with a [`Failure`]
//! that says whether a byte of the request may have left. Everything that is promised about orders rests on that word:
//! [`Sent::No`] must be certain.

#[cfg(feature = "http")]
mod attempt;
#[cfg(feature = "http")]
mod failure;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "http")]
mod look_up;
#[cfg(feature = "http")]
mod settings;
#[cfg(feature = "http")]
mod veil;
#[cfg(feature = "http")]
mod wire;

#[cfg(feature = "http")]
pub use http::Http;

use crate::Deadline;
use countersign_core::delivery::Class;
use countersign_core::{Reply, Request};
use std::fmt;
use std::time::Duration;

/// How much one call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the whole call: name look-up, connection, TLS, sending, and the last byte of the reply.
    pub timeout: Duration,
    /// The part of it that may pass before the first byte of the request: name look-up, proxy, connection and TLS.
    pub connect: Duration,
    /// The longest reply body, in bytes.
    pub reply: usize,
    /// Checked directly before the first byte of the request, after TLS: once it has passed, none is sent.
    pub deadline: Option<Deadline>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), connect: Duration::from_secs(10), reply: 1024 * 1024, deadline: None }
    }
}

/// Whether a byte of the request may have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sent {
    /// None did, for certain.
    No,
    /// It cannot be excluded.
    Maybe,
}

/// Why there is no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Whether a byte of the request may have left.
    pub sent: Sent,
    /// What happened.
    pub class: Class,
    /// What happened, where, and what to do, in words without secrets.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Sends requests.
pub trait Transport: Send + Sync {
    /// Sends the request once, unchanged, following no redirect, and returns the reply whatever its status.
    ///
    /// # Errors
    /// A [`Failure`] if no whole reply arrived within the limits. [`Sent::No`] only if that is certain.
    fn send(&self, request: &Request, limits: &Limits) -> Result<Reply, Failure>;
}
