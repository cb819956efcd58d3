//! The string to sign: five lines, single LF between them, none at the end.

use crate::digest::{BodyDigest, HmacSha1, LAYOUT_MAX, Layout};
use crate::error::Error;

/// The authorization scheme, which fixes how the body is digested and what of the content type is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Spiff Commerce: the whole content type is signed; SHA-512 today, MD5 on older systems.
    Soa(BodyDigest),
    /// The older documentation, and Vuforia Web Services: always MD5, and only the media type is signed.
    Vws,
}

impl Default for Scheme {
    fn default() -> Self {
        Self::Soa(BodyDigest::Sha512)
    }
}

impl Scheme {
    /// Reads the names that options use: `SOA` or `VWS` in any case, and `sha512`, `md5` or nothing for the digest.
    pub fn from_names(scheme: &str, digest: Option<&str>) -> Result<Self, Error> {
        let digest = match digest {
            None => None,
            Some(name) if name.eq_ignore_ascii_case("sha512") => Some(BodyDigest::Sha512),
            Some(name) if name.eq_ignore_ascii_case("md5") => Some(BodyDigest::Md5),
            Some(name) => return Err(Error::argument(format!("digest is {name:?}: use \"sha512\" or \"md5\"."))),
        };
        if scheme.eq_ignore_ascii_case("soa") {
            Ok(Self::Soa(digest.unwrap_or_default()))
        } else if scheme.eq_ignore_ascii_case("vws") {
            match digest {
                Some(BodyDigest::Sha512) => Err(Error::argument(
                    "VWS signs with MD5 alone: leave the digest out, or use the scheme \"SOA\" with \"sha512\".",
                )),
                _ => Ok(Self::Vws),
            }
        } else {
            Err(Error::argument(format!("scheme is {scheme:?}: use \"SOA\" or \"VWS\".")))
        }
    }

    /// The word before the key id: `SOA` or `VWS`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Soa(_) => "SOA",
            Self::Vws => "VWS",
        }
    }

    /// The digest of the body.
    pub const fn digest(self) -> BodyDigest {
        match self {
            Self::Soa(digest) => digest,
            Self::Vws => BodyDigest::Md5,
        }
    }

    /// The part of a Content-Type value that is signed.
    pub(super) fn signed_content_type(self, value: &str) -> &str {
        match self {
            Self::Soa(_) => value,
            Self::Vws => media_type(value),
        }
    }
}

/// A Content-Type value without its parameters.
pub(super) fn media_type(value: &str) -> &str {
    value.split(';').next().unwrap_or_default().trim_end()
}

/// What of a request is signed. Date and path are opaque: the signer neither parses nor normalises them.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// The method as sent, usually upper case.
    pub method: &'a str,
    /// The path as requested, without scheme and host.
    pub path: &'a str,
    /// The value of the Content-Type header; empty when none is sent.
    pub content_type: &'a str,
    /// The value of the Date header.
    pub date: &'a str,
    /// The exact bytes of the body.
    pub body: &'a [u8],
}

impl std::fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parts({} {}, {} bytes of body)", self.method, self.path, self.body.len())
    }
}

impl<'a> Parts<'a> {
    /// Takes `METHOD\nCONTENT_TYPE\nDATE\nPATH` apart, as C and PHP hand them over. It stands in the way of every signature: eight
    /// bytes at a time.
    ///
    /// # Errors
    /// `invalid_argument` unless it is UTF-8 with exactly three LFs.
    pub fn of_head(head: &'a [u8], body: &'a [u8]) -> Result<Self, Error> {
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        let (mut ends, mut count) = ([0; 3], 0);
        let (words, rest) = head.as_chunks::<8>();
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        let mut scan = |i: usize, word: [u8; 8]| {
            // The highest bit of each byte that is an LF, and no other bit.
            let differs = u64::from_le_bytes(word) ^ 0x0a0a_0a0a_0a0a_0a0a;
            let mut found = !(((differs & LOW) + LOW) | differs | LOW);
            while found != 0 {
                if let Some(end) = ends.get_mut(count) {
                    *end = i * 8 + found.trailing_zeros() as usize / 8;
                }
                count += 1;
                found &= found - 1;
            }
        };
        for (i, word) in words.iter().enumerate() {
            scan(i, *word);
        }
        scan(words.len(), last);
        let head = std::str::from_utf8(head).map_err(|error| {
            Error::argument(format!("The head is not UTF-8 text (at byte {}).", error.valid_up_to()))
        })?;
        if count != 3 {
            return Err(Error::argument(format!(
                "The head has {count} LFs: METHOD, CONTENT_TYPE, DATE and PATH with exactly three LFs between them are due."
            )));
        }
        let [a, b, c] = ends;
        Ok(Self {
            method: &head[..a],
            content_type: &head[a + 1..b],
            date: &head[b + 1..c],
            path: &head[c + 1..],
            body,
        })
    }

    /// Refuses control characters, which could forge lines of the string to sign or of the request.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let texts =
            [("method", self.method), ("content type", self.content_type), ("date", self.date), ("path", self.path)];
        for (name, text) in texts {
            if has_control_character(text) {
                return Err(control_character(name, text));
            }
        }
        Ok(())
    }

    /// Its string to sign; `digest` is the hex text of the body digest. Parts must have been checked.
    fn lines<'l>(&'l self, scheme: Scheme, digest: &'l [u8]) -> Lines<'l> {
        let content_type = scheme.signed_content_type(self.content_type);
        Lines { method: self.method, digest, content_type, date: self.date, path: self.path }
    }

    /// The string to sign as text.
    pub(crate) fn string_to_sign(&self, scheme: Scheme) -> String {
        self.lines(scheme, scheme.digest().hex(self.body).as_bytes()).text()
    }

    /// The MAC of the string to sign, without allocating.
    pub(crate) fn mac(&self, scheme: Scheme, key: &HmacSha1) -> [u8; 20] {
        match scheme.digest() {
            BodyDigest::Sha512 => self.mac_over::<128>(scheme, key),
            BodyDigest::Md5 => self.mac_over::<32>(scheme, key),
        }
    }

    /// The same for a digest whose hex text has a length that the compiler knows, like that of every LF.
    fn mac_over<const HEX: usize>(&self, scheme: Scheme, key: &HmacSha1) -> [u8; 20] {
        let mut hex = [0; HEX];
        scheme.digest().write_hex(self.body, &mut hex);
        let lines = self.lines(scheme, &hex);
        let mut message = Layout::new();
        if lines.method.len() + HEX + lines.content_type.len() + lines.date.len() + lines.path.len() + 4 > LAYOUT_MAX {
            return key.mac_of_parts(&lines.pieces());
        }
        lines.lay(|piece| message.put(piece));
        key.mac_of_layout(message)
    }
}

/// The lines of a string to sign, each as it is signed.
pub(super) struct Lines<'a> {
    pub(super) method: &'a str,
    /// The hex text of the body digest.
    pub(super) digest: &'a [u8],
    pub(super) content_type: &'a str,
    pub(super) date: &'a str,
    pub(super) path: &'a str,
}

impl<'a> Lines<'a> {
    /// The layout, here and nowhere else: an LF between two lines, none at the end.
    #[inline(always)]
    fn lay(&self, mut put: impl FnMut(&'a [u8])) {
        put(self.method.as_bytes());
        for line in [self.digest, self.content_type.as_bytes(), self.date.as_bytes(), self.path.as_bytes()] {
            put(b"\n");
            put(line);
        }
    }

    pub(super) fn pieces(&self) -> [&'a [u8]; 9] {
        let (mut pieces, mut at) = ([&[][..]; 9], 0);
        self.lay(|piece| {
            pieces[at] = piece;
            at += 1;
        });
        pieces
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.pieces().concat()).into_owned()
    }
}

/// Whether there is a control character. Every request is looked through, so eight bytes at a time; only text beyond
/// ASCII, where C1 controls may hide, is looked at by characters.
fn has_control_character(text: &str) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    const fn found(eight: u64) -> u64 {
        let low = eight.wrapping_sub(ONES * 0x20) & !eight;
        let delete = eight ^ (ONES * 0x7f);
        (low | (delete.wrapping_sub(ONES) & !delete) | eight) & HIGH
    }
    let bytes = text.as_bytes();
    let (eights, tail) = bytes.as_chunks::<8>();
    let sum = eights.iter().fold(0, |sum, eight| sum | found(u64::from_le_bytes(*eight)));
    let rest = match bytes.last_chunk::<8>() {
        // The last eight overlap what was looked at before: cheaper than single bytes.
        Some(last) => found(u64::from_le_bytes(*last)),
        None => tail.iter().fold(0, |sum, byte| sum | u64::from(byte.is_ascii_control() || !byte.is_ascii())),
    };
    sum | rest != 0 && text.contains(char::is_control)
}

pub(crate) fn control_character(name: &str, text: &str) -> Error {
    let (at, c) = text.char_indices().find(|(_, c)| c.is_control()).unwrap_or_default();
    Error::argument(format!(
        "The {name} has a control character (U+{:04X}) at byte {at}. Remove it: it would change the meaning of the request.",
        u32::from(c)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::hmac_sha1;

    #[test]
    fn heads_are_taken_apart_wherever_their_lines_end() {
        for method in ["", "G", "GET", "OPTIONS", "a long one that crosses words"] {
            for content_type in ["", "a/b", "text/plain; charset=utf-8"] {
                for date in ["", "x", "Wed, 01 Jan 2020 00:00:00 GMT", "\u{fc}ber"] {
                    for path in ["", "/", "/p?q=\u{20ac}", "/\u{b}\u{8a}", "1234567", "12345678"] {
                        let head = [method, content_type, date, path].join("\n");
                        let parts = Parts::of_head(head.as_bytes(), b"").unwrap();
                        assert_eq!([parts.method, parts.content_type, parts.date, parts.path].join("\n"), head);
                        assert_eq!((parts.method, parts.path), (method, path));
                        assert!(Parts::of_head(format!("{head}\n").as_bytes(), b"").is_err());
                    }
                }
            }
        }
        for (head, message) in
            [(&b"a\nb\nc"[..], "has 2 LFs"), (b"", "has 0 LFs"), (b"\xff\n\n\n", "not UTF-8 text (at byte 0)")]
        {
            let error = Parts::of_head(head, b"").unwrap_err();
            assert!(error.message().contains(message), "{error}");
        }
    }

    #[test]
    fn names_choose_scheme_and_digest() {
        let read = Scheme::from_names;
        assert_eq!(read("SOA", None).unwrap(), Scheme::Soa(BodyDigest::Sha512));
        assert_eq!(read("soa", Some("MD5")).unwrap(), Scheme::Soa(BodyDigest::Md5));
        assert_eq!(read("vws", None).unwrap(), Scheme::Vws);
        assert_eq!(read("VWS", Some("md5")).unwrap(), Scheme::Vws);
        for (scheme, digest) in [("VWS", Some("sha512")), ("", None), ("AWS", None), ("SOA", Some("sha1"))] {
            assert!(read(scheme, digest).is_err(), "{scheme} {digest:?}");
        }
    }

    #[test]
    fn what_is_signed_is_the_five_lines() {
        // A small generator, so that a failure can be repeated.
        let mut state = 1u64;
        let mut next = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..3000 {
            let mut text = |most| -> String {
                let len = next(most);
                (0..len).map(|_| ['a', 'Z', '/', ';', ' ', 'é', '\u{1f600}'][next(7) as usize]).collect()
            };
            let (method, path, content_type, date, body) = (text(8), text(500), text(60), text(40), text(300));
            let (method, content_type, body) = (&*method, &*content_type, body.as_bytes());
            let parts = Parts { method, path: &path, content_type, date: &date, body };
            for scheme in [Scheme::Soa(BodyDigest::Sha512), Scheme::Soa(BodyDigest::Md5), Scheme::Vws] {
                let digest = scheme.digest().hex(body);
                let lines = [method, &digest, scheme.signed_content_type(content_type), &date, &path].join("\n");
                assert_eq!(parts.string_to_sign(scheme), lines);
                assert_eq!(parts.mac(scheme, &HmacSha1::new(b"secret")), hmac_sha1(b"secret", &[lines.as_bytes()]));
            }
        }
    }
}
