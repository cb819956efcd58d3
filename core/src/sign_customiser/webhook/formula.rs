//! What may be signed and how the signature may be written, and what is taken unless told otherwise.

use crate::digest::{base64, from_base64, from_hex, hex};

/// What is signed unless told otherwise.
pub const DEFAULT_CONTENT: SignedContent = SignedContent::TimestampDotBody;
/// How the signature is written unless told otherwise.
pub const DEFAULT_ENCODING: SignatureText = SignatureText::Hex;
/// How far a delivery's timestamp may be from our clock, in seconds, either way.
pub const DEFAULT_TOLERANCE: u32 = 300;

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedContent {
    /// Candidate A: the timestamp, a point, the body.
    TimestampDotBody,
    /// Candidate B: the body alone. It leaves a replayed delivery undetected.
    Body,
    /// Candidate C: the timestamp, then the body.
    TimestampBody,
    /// Candidate D: the body, then the timestamp.
    BodyTimestamp,
    /// Candidate E: the body, a point, the timestamp.
    BodyDotTimestamp,
}

impl Default for SignedContent {
    fn default() -> Self {
        DEFAULT_CONTENT
    }
}

impl SignedContent {
    /// All candidates.
    pub const ALL: &'static [Self] =
        &[Self::TimestampDotBody, Self::Body, Self::TimestampBody, Self::BodyTimestamp, Self::BodyDotTimestamp];

    /// The formula as options write it, such as `timestamp.body`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TimestampDotBody => "timestamp.body",
            Self::Body => "body",
            Self::TimestampBody => "timestamp+body",
            Self::BodyTimestamp => "body+timestamp",
            Self::BodyDotTimestamp => "body.timestamp",
        }
    }

    pub(super) fn parts<'a>(self, timestamp: &'a str, body: &'a [u8]) -> [&'a [u8]; 3] {
        let timestamp = timestamp.as_bytes();
        match self {
            Self::TimestampDotBody => [timestamp, b".", body],
            Self::Body => [body, b"", b""],
            Self::TimestampBody => [timestamp, b"", body],
            Self::BodyTimestamp => [body, b"", timestamp],
            Self::BodyDotTimestamp => [body, b".", timestamp],
        }
    }
}

/// How the signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureText {
    /// 64 hex characters, in either case.
    Hex,
    /// 44 characters of standard base64.
    Base64,
}

impl Default for SignatureText {
    fn default() -> Self {
        DEFAULT_ENCODING
    }
}

impl SignatureText {
    /// `hex` or `base64`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "base64",
        }
    }

    pub(super) fn write(self, signature: &[u8]) -> String {
        match self {
            Self::Hex => hex(signature),
            Self::Base64 => base64(signature),
        }
    }

    pub(super) fn read(self, text: &str) -> Option<[u8; 32]> {
        match self {
            Self::Hex => from_hex(&text.to_ascii_lowercase())?.try_into().ok(),
            Self::Base64 => from_base64(text)?.try_into().ok(),
        }
    }
}
