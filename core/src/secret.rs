//! `Secret`: key material that wipes itself and never prints itself.

use std::fmt;
use zeroize::Zeroizing;

/// A secret key, API token or webhook secret, as raw bytes.
///
/// It is never decoded: a secret that looks like hex or base64 is used as the text it is. The memory is wiped on drop, and so
/// is every copy on the way into a request; copies that a caller or a host language keeps are theirs. `Debug` prints a
/// fixed word.
///
/// White space around a secret is nearly always a copying accident, so whoever takes a `Secret` refuses it, unless it
/// was made with [`Secret::exact`].
#[derive(Clone)]
pub struct Secret {
    bytes: Zeroizing<Vec<u8>>,
    exact: bool,
}

impl Secret {
    /// Takes the bytes as they are, also with white space around them.
    pub fn exact(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(bytes, true)
    }

    /// Takes the bytes; `exact` says whether white space around them belongs to them.
    pub fn new(bytes: impl Into<Vec<u8>>, exact: bool) -> Self {
        Self { bytes: Zeroizing::new(bytes.into()), exact }
    }

    /// The raw bytes. The only way to see them.
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// Says what is wrong with this secret, in words that do not show it.
    pub(crate) fn fault(&self, what: &str) -> Option<String> {
        if self.bytes.is_empty() {
            return Some(format!("{what} is empty. Copy it again from the platform's dashboard."));
        }
        if self.exact {
            return None;
        }
        // White space of any script where the secret is text, and a byte order mark, which editors hide.
        let text = std::str::from_utf8(&self.bytes).unwrap_or_default();
        let space = |c: char| c.is_whitespace() || c == '\u{feff}';
        let side = match (text.starts_with(space), text.ends_with(space)) {
            (true, true) => "begins and ends",
            (true, false) => "begins",
            (false, true) => "ends",
            (false, false) => return None,
        };
        let mark = text.starts_with('\u{feff}') || text.ends_with('\u{feff}');
        let space = if mark { "a byte order mark (U+FEFF) or other white space" } else { "white space" };
        Some(format!(
            "{what} {side} with {space}, which signs differently. Remove it, or set exact_secret if it really belongs to \
             the secret."
        ))
    }
}

/// A secret without the quotes around it, as env files have them; nothing where there are none.
pub(crate) fn unquoted(secret: &[u8]) -> Option<&[u8]> {
    match secret {
        [first @ (b'"' | b'\'' | b'`'), inner @ .., last] if first == last && !inner.is_empty() => Some(inner),
        _ => None,
    }
}

impl Secret {
    /// Whether it has quotes around it, which env files may leave there and which sign differently.
    pub fn is_quoted(&self) -> bool {
        !self.exact && unquoted(&self.bytes).is_some()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::from)
    }
}

macro_rules! from {
    ($($t:ty),*) => {$(
        impl From<$t> for Secret {
            fn from(value: $t) -> Self {
                Self::new(value, false)
            }
        }
    )*};
}
from!(&str, String, Vec<u8>, &[u8]);
