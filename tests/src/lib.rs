//! What the tests share: reading `vectors/`, and a signer written a second time over the streaming hash interfaces.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_core::{BodyDigest, Error, Scheme, Secret, Signer};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Digest;
use std::path::{Path, PathBuf};

pub mod fuzzed;

pub use serde_json::Value;

pub mod replies;

/// The folder of vectors.
pub fn vectors_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// The root of the workspace.
pub fn workspace_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rows of one file of vectors.
pub fn vectors(file: &str) -> Vec<Row> {
    let path = vectors_dir().join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(!rows.is_empty(), "{file} has no rows");
    rows.into_iter().map(Row).collect()
}

/// One row of a file of vectors.
#[derive(Debug)]
pub struct Row(pub Value);

impl Row {
    /// The text of a field, or `None` where it is absent or null.
    pub fn get(&self, field: &str) -> Option<&str> {
        match &self.0[field] {
            Value::Null => None,
            value => Some(value.as_str().unwrap_or_else(|| panic!("{field} of {} is no text", self.0))),
        }
    }

    /// The text of a field that must be there.
    pub fn text(&self, field: &str) -> &str {
        self.get(field).unwrap_or_else(|| panic!("{} has no {field}", self.0))
    }

    /// The number of a field that must be there.
    pub fn number(&self, field: &str) -> i64 {
        self.0[field].as_i64().unwrap_or_else(|| panic!("{field} of {} is no number", self.0))
    }

    /// The name of the row.
    pub fn id(&self) -> &str {
        self.text("id")
    }

    /// The bytes of `field` (as UTF-8) or of `field_base64`.
    pub fn bytes(&self, field: &str) -> Vec<u8> {
        match self.get(&format!("{field}_base64")) {
            Some(text) => STANDARD.decode(text).unwrap(),
            None => self.text(field).as_bytes().to_vec(),
        }
    }

    /// The bytes of a field that holds hex.
    pub fn hex(&self, field: &str) -> Vec<u8> {
        let text = self.text(field);
        let pair = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(pair).collect()
    }

    /// The secret, exact if the row says so.
    pub fn secret(&self) -> Secret {
        let bytes = self.bytes("secret");
        if self.0["exact_secret"] == true { Secret::exact(bytes) } else { bytes.into() }
    }

    /// The signer that the row describes by `scheme`, `digest`, `key_id` and `secret`.
    pub fn signer(&self) -> Result<Signer, Error> {
        let scheme = Scheme::from_names(self.text("scheme"), self.get("digest"))?;
        Signer::new(self.text("key_id"), self.secret(), scheme)
    }

    /// The pairs under `headers`.
    pub fn headers(&self) -> Vec<(&str, &str)> {
        let pairs = self.0["headers"].as_array().unwrap();
        pairs.iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect()
    }
}

/// What is signed, for [`reference_authorization`].
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The content type.
    pub content_type: String,
    /// The date.
    pub date: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The same as the core takes it.
    pub fn parts(&self) -> countersign_core::Parts<'_> {
        countersign_core::Parts {
            method: &self.method,
            path: &self.path,
            content_type: &self.content_type,
            date: &self.date,
            body: &self.body,
        }
    }
}

/// The lower-case hex digest of a body, over the streaming interface of the hash crates.
pub fn reference_digest(digest: BodyDigest, body: &[u8]) -> String {
    let bytes = match digest {
        BodyDigest::Sha512 => sha2::Sha512::digest(body).to_vec(),
        BodyDigest::Md5 => md5::Md5::digest(body).to_vec(),
    };
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The string to sign, written a second time.
pub fn reference_string_to_sign(scheme: Scheme, request: &Request) -> String {
    let (digest, content_type) = match scheme {
        Scheme::Soa(digest) => (digest, request.content_type.as_str()),
        Scheme::Vws => {
            let end = request.content_type.find(';').unwrap_or(request.content_type.len());
            (BodyDigest::Md5, request.content_type[..end].trim_end())
        }
    };
    let digest = reference_digest(digest, &request.body);
    format!("{}\n{digest}\n{content_type}\n{}\n{}", request.method, request.date, request.path)
}

/// The Authorization value, written a second time over the `hmac` crate.
pub fn reference_authorization(scheme: Scheme, key_id: &str, secret: &[u8], request: &Request) -> String {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(secret).unwrap();
    mac.update(reference_string_to_sign(scheme, request).as_bytes());
    let word = if scheme == Scheme::Vws { "VWS" } else { "SOA" };
    format!("{word} {key_id}:{}", STANDARD.encode(mac.finalize().into_bytes()))
}
