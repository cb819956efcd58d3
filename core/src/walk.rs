//! Finding the way in JSON text without reading it all: a reply may be megabytes of which an answer needs a few words. Trees
//! are made with the same steps.

use std::borrow::Cow;

/// The byte after the string that begins at `at`, or the end of the text if it does not end; and whether anything in it is
/// escaped.
pub(crate) fn string(text: &[u8], at: usize) -> (usize, bool) {
    let mut at = at + 1;
    let mut escaped = false;
    loop {
        // Eight bytes at once: most strings are too short for more to pay.
        while let Some(eight) = text.get(at..).and_then(<[u8]>::first_chunk) {
            let eight = u64::from_le_bytes(*eight);
            let hit = zero_byte(eight ^ QUOTES) | zero_byte(eight ^ BACKSLASHES);
            if hit != 0 {
                at += hit.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        match text.get(at) {
            None => return (text.len(), escaped),
            Some(b'"') => return (at + 1, escaped),
            Some(b'\\') => (at, escaped) = (at + 2, true),
            Some(_) => at += 1,
        }
    }
}

fn after_string(text: &[u8], at: usize) -> usize {
    string(text, at).0
}

const ONES: u64 = u64::from_le_bytes([1; 8]);
const QUOTES: u64 = ONES * b'"' as u64;
const BACKSLASHES: u64 = ONES * b'\\' as u64;

/// Marks the lowest byte that is zero; bytes above it may be marked wrongly.
const fn zero_byte(eight: u64) -> u64 {
    eight.wrapping_sub(ONES) & !eight & (ONES << 7)
}

/// Whether the text nests deeper than `most`, by its brackets outside strings alone.
pub(crate) fn too_deep(text: &[u8], most: usize) -> bool {
    let (mut at, mut depth) = (0, 0usize);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = after_string(text, at);
                continue;
            }
            b'[' | b'{' => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    false
}

/// The byte after the value that begins at `at`.
fn after_value(text: &[u8], mut at: usize) -> usize {
    let mut depth = 0usize;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = after_string(text, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth == 0 => return at,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' | b' ' | b'\t' | b'\n' | b'\r' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

pub(crate) fn after_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':')).count()
}

/// The items of a list. The text has to be valid JSON; of anything else it makes nothing sensible.
pub(crate) fn items(list: &str) -> impl Iterator<Item = &str> {
    let bytes = list.as_bytes();
    let mut at = after_space(bytes, 0) + 1;
    std::iter::from_fn(move || {
        let start = after_space(bytes, at);
        let end = after_value(bytes, start);
        at = end;
        list.get(start..end).filter(|item| !item.is_empty())
    })
}

/// Whether this is a list or an object without anything in it. The text has to be valid JSON.
pub(crate) fn is_empty(value: &str) -> bool {
    let inner = |open, close| value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    inner('[', ']').or_else(|| inner('{', '}')).is_some_and(|inner| inner.trim().is_empty())
}

/// The members of an object in their order; none for anything else. The text has to be valid JSON.
pub(crate) fn members(object: &str) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
    let bytes = object.as_bytes();
    let mut at = if bytes.first() == Some(&b'{') { 1 } else { bytes.len() };
    std::iter::from_fn(move || {
        let key = after_space(bytes, at);
        if bytes.get(key) != Some(&b'"') {
            return None;
        }
        let key_end = after_string(bytes, key);
        let value = after_space(bytes, key_end);
        at = after_value(bytes, value);
        Some((lossy(object.get(key..key_end)?), object.get(value..at)?))
    })
}

/// What a string says, with a replacement character for each half of a character that stands alone; any other value as it
/// is written. The text has to be valid JSON.
pub(crate) fn lossy(value: &str) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Cow::Borrowed(value);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    if let Ok(text) = serde_json::from_str::<String>(value) {
        return Cow::Owned(text);
    }
    // Read as bytes, a half is three bytes that are no UTF-8.
    struct Bytes(Vec<u8>);
    impl<'de> serde::Deserialize<'de> for Bytes {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            struct Read;
            impl serde::de::Visitor<'_> for Read {
                type Value = Bytes;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a string")
                }
                fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                    Ok(Bytes(bytes.to_vec()))
                }
            }
            from.deserialize_bytes(Read)
        }
    }
    match serde_json::from_str::<Bytes>(value) {
        Ok(Bytes(bytes)) => String::from_utf8_lossy(&bytes).replace("\u{fffd}\u{fffd}\u{fffd}", "\u{fffd}").into(),
        Err(_) => Cow::Borrowed(inner),
    }
}

/// The text that a member of an object holds; `None` if it holds none. The text has to be valid JSON.
pub(crate) fn text_of<'t>(object: &'t str, name: &str) -> Option<Cow<'t, str>> {
    let bytes = object.as_bytes();
    if bytes.first() != Some(&b'{') {
        return None;
    }
    let mut at = 1;
    loop {
        let key = after_space(bytes, at);
        if bytes.get(key) != Some(&b'"') {
            return None;
        }
        let key_end = after_string(bytes, key);
        let value = after_space(bytes, key_end);
        at = after_value(bytes, value);
        let is_it = match object.get(key + 1..key_end - 1)? {
            plain if !plain.contains('\\') => plain == name,
            _ => decoded(object.get(key..key_end)?, true).is_some_and(|key| key == name),
        };
        if is_it {
            let value = object.get(value..at)?;
            return if value.starts_with('"') { decoded(value, value.contains('\\')) } else { None };
        }
    }
}

/// What a string with its quotes says.
pub(crate) fn decoded(string: &str, escaped: bool) -> Option<Cow<'_, str>> {
    if escaped {
        return serde_json::from_str(string).ok().map(Cow::Owned);
    }
    string.strip_prefix('"')?.strip_suffix('"').map(Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found() {
        for (list, found) in [
            ("[]", vec![]),
            (" [ ] ", vec![]),
            ("[1, null ,\"a]\\\"\",[2,[]],{\"a\":[3]}]", vec!["1", "null", "\"a]\\\"\"", "[2,[]]", "{\"a\":[3]}"]),
            ("[\n{ \"a\" : \"\\\\\" } , -1.5e3\r\n]", vec!["{ \"a\" : \"\\\\\" }", "-1.5e3"]),
        ] {
            assert_eq!(items(list).collect::<Vec<_>>(), found, "{list}");
        }
    }

    #[test]
    fn members_are_found() {
        let object = r#"{"x":{"id":"no"}, "n" : 1,"\u0069d" : "a\u00e9\"","id":"later"}"#;
        assert_eq!(text_of(object, "id").as_deref(), Some("aé\""));
        assert_eq!(text_of(object, "n"), None);
        assert_eq!(text_of(object, "y"), None);
        for none in ["null", "{}", "[]", "{\"id\":null}", "\"id\"", "{\"id\":[\"id\"]}"] {
            assert_eq!(text_of(none, "id"), None, "{none}");
        }
        assert_eq!(text_of("{\"id\":\"\"}", "id").as_deref(), Some(""));
    }

    #[test]
    fn nothing_that_is_cut_off_is_read_past_its_end() {
        let whole = r#"[{"a":"b\"c","id":"x"},{"id":"\\"}]"#;
        for end in 0..=whole.len() {
            let part = &whole[..end];
            _ = too_deep(part.as_bytes(), 3);
            for item in items(part) {
                _ = text_of(item, "id");
            }
        }
        assert!(too_deep(b"[[[[", 3) && !too_deep(b"[[[\"[\"", 3) && !too_deep(b"\"\\", 0));
    }
}
