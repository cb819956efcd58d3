//! `Mask`: what a call's own credentials are replaced with in whatever is quoted from a platform, an address or a path.
//!
//! A platform can repeat what it was sent: in a status line, a header, a message. It is looked for as it is and in the
//! forms that a reply can give it (base64, percent-encoded, escaped, hex), also where a quote was cut in the middle of it.

use crate::delivery::Attempt;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What stands in a text instead of a credential.
const HIDDEN: &str = "(hidden)";

/// Shorter secrets are masked where they stand as a word alone, and those of one byte not at all: they are in any text.
const SHORT: usize = 4;

/// Credentials, and how to take them out of a text. Cheap to clone; prints nothing of them, and wipes them when it ends.
#[derive(Clone, Default)]
pub struct Mask(Arc<Vec<Known>>);

/// A credential in all its forms, the first as it is.
#[derive(Clone)]
struct Known(Vec<Zeroizing<String>>, Zeroizing<Vec<u8>>);

impl Known {
    fn of(secret: &[u8]) -> Self {
        Self(forms(secret), Zeroizing::new(secret.to_vec()))
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mask").field(&self.0.len()).finish()
    }
}

impl Mask {
    /// These, and what an address names before its host: a user name with a password, and the password.
    #[must_use]
    pub fn with_address(self, url: &str) -> Self {
        let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
        let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else { return self };
        let plain = percent_decoded(user);
        let mut mask = self;
        for form in [user.as_bytes(), &plain] {
            let password = form.iter().position(|byte| *byte == b':').and_then(|at| form.get(at + 1..));
            mask = mask.with(form).with(password.unwrap_or_default());
        }
        mask
    }

    /// These and one more. Nothing, or a single byte, is no credential.
    #[must_use]
    pub fn with(mut self, secret: &[u8]) -> Self {
        if secret.len() > 1 && self.0.iter().all(|known| *known.1 != secret) {
            Arc::make_mut(&mut self.0).push(Known::of(secret));
        }
        self
    }

    /// Takes every credential out of a text.
    pub fn cover(&self, text: &mut String) {
        if self.0.is_empty() || text.is_empty() {
            return;
        }
        for Known(forms, _) in self.0.iter() {
            for form in forms {
                cover_form(text, form);
            }
        }
    }

    /// The same of a text that stays.
    pub fn covered(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.cover(&mut text);
        text
    }

    /// Takes every credential out of what is said of an attempt.
    pub fn cover_attempt(&self, attempt: &mut Attempt) {
        self.cover(&mut attempt.url);
        if let Some(id) = &mut attempt.request_id {
            self.cover(id);
        }
    }
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        match hex.filter(|_| *byte == b'%').and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(decoded) => {
                plain.push(decoded);
                at += 3;
            }
            None => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    plain
}

/// A text that leaves no copies behind: there is room for all of it from the beginning.
#[inline(never)]
fn built(room: usize, write: &mut dyn FnMut(&mut String)) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(room));
    write(&mut text);
    text
}

/// The forms in which a text may hold a secret, each once.
#[cold]
fn forms(secret: &[u8]) -> Vec<Zeroizing<String>> {
    let mut forms: Vec<Zeroizing<String>> = Vec::new();
    let mut add = |form: Zeroizing<String>| {
        if !form.is_empty() && !forms.contains(&form) {
            // Longer ones first: they may begin like a shorter one.
            forms.insert(forms.partition_point(|other| other.len() >= form.len()), form);
        }
    };
    let len = secret.len();
    let text = built(len * 3, &mut |out| out.push_str(&String::from_utf8_lossy(secret)));
    let inside = |quoted: &str| built(quoted.len(), &mut |out| out.push_str(&quoted[1..quoted.len() - 1]));
    add(text.clone());
    add(inside(&built(len * 10 + 2, &mut |out| _ = write!(out, "{:?}", &**text))));
    let mut json = Zeroizing::new(Vec::with_capacity(len * 6 + 2));
    if serde_json::to_writer(&mut *json, &**text).is_ok() {
        add(inside(std::str::from_utf8(&json).unwrap_or("\"\"")));
    }
    add(built(len * 3, &mut |out| out.push_str(text.trim())));
    add(built(len * 6, &mut |out| {
        text.split('/').enumerate().for_each(|(i, part)| {
            out.push_str(if i > 0 { "\\/" } else { "" });
            out.push_str(part);
        })
    }));
    if len < SHORT {
        return forms;
    }
    // What a reply does not show of control characters.
    add(built(len * 3, &mut |out| text.chars().filter(|c| !c.is_control()).for_each(|c| out.push(c))));
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let percent = |space: &'static str| {
        built(len * 3, &mut |out| {
            for byte in secret {
                match byte {
                    b' ' => out.push_str(space),
                    byte if plain(byte) => out.push(char::from(*byte)),
                    byte => _ = write!(out, "%{byte:02X}"),
                }
            }
        })
    };
    add(percent("+"));
    add(percent("%20"));
    add(built(len * 3, &mut |out| secret.iter().for_each(|byte| _ = write!(out, "%{byte:02X}"))));
    add(built(len * 2, &mut |out| secret.iter().for_each(|byte| _ = write!(out, "{byte:02x}"))));
    // Inside of other base64 a text begins at any of three places; what its neighbours decide is left out.
    for skip in 0..3usize {
        let padded = Zeroizing::new([&b"\0\0"[..skip], secret].concat());
        let whole = padded.len() / 3 * 3;
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let text = Zeroizing::new(engine.encode(&padded));
            let from = [0, 2, 3][skip];
            let part = |part: Option<&str>| built(text.len(), &mut |out| out.push_str(part.unwrap_or_default()));
            add(part(text.get(from..)));
            add(part(text.get(from..whole / 3 * 4).filter(|part| part.len() >= 6)));
        }
    }
    forms
}

/// Takes one form out of a text, in any case of its letters where that is the same word to people.
pub(crate) fn cover_form(text: &mut String, form: &str) {
    // Of most texts the beginning tells that nothing of it is there.
    let begin = form.as_bytes().get(..SHORT).unwrap_or(form.as_bytes());
    if find(text, begin, 0).is_some() {
        cover_begun(text, form);
    }
}

#[cold]
fn cover_begun(text: &mut String, form: &str) {
    let short = form.len() < SHORT;
    let mut from = 0;
    while let Some(at) = find(text, form.as_bytes(), from) {
        let end = at + form.len();
        let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = text.as_bytes();
        if short && (letter(at.checked_sub(1).and_then(|before| bytes.get(before))) || letter(bytes.get(end))) {
            from = end;
            continue;
        }
        text.replace_range(at..end, HIDDEN);
        from = at + HIDDEN.len();
    }
    // Quotes are cut at a length, which may be in the middle of it.
    if !short {
        let ends: Vec<usize> = text.match_indices('…').map(|(at, _)| at).chain([text.len()]).collect();
        for end in ends.into_iter().rev() {
            let begun = (SHORT..form.len()).rev().filter(|len| form.is_char_boundary(*len));
            let begun = begun.map(|len| &form[..len]).find(|begun| text[..end].ends_with(begun));
            if let Some(begun) = begun {
                text.replace_range(end - begun.len()..end, HIDDEN);
            }
        }
    }
}

/// Where a form stands in a text; the letters of hex and of percent-encoding may have either case, and header values any.
fn find(text: &str, form: &[u8], from: usize) -> Option<usize> {
    let (text, first) = (text.as_bytes(), form.first()?);
    let places = from..(text.len() + 1).checked_sub(form.len())?;
    // At most places not even the first letter stands; the case of letters is one bit.
    let may_begin = |(_, byte): &(usize, &u8)| (*byte ^ first) & !0x20 == 0;
    let mut places = text.get(places)?.iter().enumerate().filter(may_begin).map(|(at, _)| from + at);
    places.find(|at| text.get(*at..at + form.len()).is_some_and(|text| text.eq_ignore_ascii_case(form)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_found() {
        let mask = Mask::default().with(b"s3cr/t+\"k\xc3\xa9y\"").with(b"tk");
        for text in [
            "It says: s3cr/t+\"kéy\".",
            r#"It says: "s3cr/t+\"kéy\"""#,
            r#"s3cr\/t+"kéy""#,
            "S3CR/T+\"kéy\"",
            "?q=s3cr%2Ft%2B%22k%C3%A9y%22",
            "?q=s3cr%2ft%2b%22k%c3%a9y%22",
            "733363722f742b226bc3a97922",
            "It says: s3cr/t…",
            "It says: s3cr/t+\"k",
        ] {
            let covered = mask.covered(text);
            assert!(covered.contains(HIDDEN) && !covered.to_lowercase().contains("s3cr"), "{text}: {covered}");
        }
        for around in ["", "x", "xy", "xyz", "Bearer "] {
            for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
                let text = engine.encode(format!("{around}s3cr/t+\"kéy\"{around}"));
                assert!(mask.covered(&text).contains(HIDDEN), "{text}");
            }
        }
        assert_eq!(mask.covered("tk, not a tkx or xtk"), "(hidden), not a tkx or xtk");
        assert_eq!(mask.covered("s3c s3cr"), "s3c (hidden)");
    }

    #[test]
    fn an_address_names_a_password() {
        let mask = Mask::default().with_address("http://user:p%40ss%2Fword@proxy.example:3128/x@y");
        assert_eq!(
            mask.covered("p@ss/word or p%40ss%2Fword at proxy.example"),
            "(hidden) or (hidden) at proxy.example"
        );
        assert_eq!(mask.covered(&STANDARD_NO_PAD.encode("user:p@ss/word")), HIDDEN);
        assert!(Mask::default().with_address("http://proxy.example/a@b").0.is_empty());
    }
}
