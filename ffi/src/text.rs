//! Text and header handles, and reading a block of headers.

use crate::boundary::{Text, bytes, free, guard, lend, peek};
use std::ffi::c_char;
use std::ptr::NonNull;
use zeroize::Zeroize;

/// A text that a function answered. It is immutable: threads may share it.
pub struct countersign_text(pub(crate) Text);

/// The text, with a NUL behind it.
/// Ownership: the text is the handle's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_text_data(text: *const countersign_text, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(text, len, |text| Some(&text.0)) }
}

/// Frees a text.
/// Ownership: takes the text; NULL is allowed.
/// Threads: no other thread may use the text.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_text_free(text: *mut countersign_text) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(text) }
}

/// Headers to send, in order, each name once. They are immutable: threads may share them.
pub struct countersign_headers {
    rows: Vec<(Text, Text)>,
    json: Text,
}

impl countersign_headers {
    pub(crate) fn new<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let rows: Vec<_> = rows.into_iter().collect();
        // Room for every escape: what a growing text leaves behind is not wiped.
        let most: usize = rows.iter().map(|(name, value)| 6 * (name.len() + value.len()) + 6).sum();
        let mut json = Vec::with_capacity(most + 3);
        for (at, (name, value)) in rows.iter().enumerate() {
            json.push(if at == 0 { b'{' } else { b',' });
            quote(&mut json, name);
            json.push(b':');
            quote(&mut json, value);
        }
        if rows.is_empty() {
            json.push(b'{');
        }
        json.push(b'}');
        let texts = rows.into_iter().map(|(name, value)| (Text::copy(name.as_bytes()), Text::copy(value.as_bytes())));
        let this = Self { rows: texts.collect(), json: Text::copy(&json) };
        json.zeroize();
        this
    }
}

fn quote(json: &mut Vec<u8>, text: &str) {
    // Writing text into memory does not fail.
    _ = serde_json::to_writer(json, text);
}

/// They carry credentials.
impl Drop for countersign_headers {
    fn drop(&mut self) {
        self.rows.iter_mut().for_each(|(_, value)| value.wipe());
        self.json.wipe();
    }
}

/// How many headers there are.
/// Ownership: borrows the headers for the call.
/// Threads: any.
/// Errors: 0 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_headers_count(headers: *const countersign_headers) -> usize {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(headers, 0, |headers| headers.rows.len()) }
}

/// The name and the value of a header, by its number from 0; each with a NUL behind it.
/// Ownership: the texts are the headers' and end with them. Each of the four outputs may be NULL.
/// Threads: any.
/// Errors: false, with the outputs untouched, if there is no such header.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_headers_at(
    headers: *const countersign_headers,
    index: usize,
    name: *mut *const c_char,
    name_len: *mut usize,
    value: *mut *const c_char,
    value_len: *mut usize,
) -> bool {
    guard(false, || {
        // SAFETY: the conventions: NULL or a live handle.
        let Some((found_name, found_value)) = unsafe { headers.as_ref() }.and_then(|headers| headers.rows.get(index))
        else {
            return false;
        };
        for (text, data, len) in [(found_name, name, name_len), (found_value, value, value_len)] {
            if let Some(data) = NonNull::new(data) {
                // SAFETY: the conventions: not NULL, so writable.
                unsafe { data.write(text.as_ptr()) };
            }
            if let Some(len) = NonNull::new(len) {
                // SAFETY: the conventions: not NULL, so writable.
                unsafe { len.write(text.bytes().len()) };
            }
        }
        true
    })
}

/// The value of a header, by its name in any case; NULL if there is none.
/// Ownership: the text is the headers' and ends with them. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_headers_get(
    headers: *const countersign_headers,
    name: *const c_char,
    name_len: usize,
    len: *mut usize,
) -> *const c_char {
    let find = |headers: &countersign_headers| {
        // SAFETY: the conventions: NULL or readable for its length.
        let name = unsafe { bytes(name, name_len, "name") }.ok()?;
        let row = headers.rows.iter().position(|(known, _)| known.bytes().eq_ignore_ascii_case(name))?;
        Some(row)
    };
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(headers, len, |headers| find(headers).map(|row| &headers.rows[row].1)) }
}

/// All headers as one JSON object, name to value, in order.
/// Ownership: the text is the headers' and ends with them. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_headers_json(
    headers: *const countersign_headers,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(headers, len, |headers| Some(&headers.json)) }
}

/// Frees headers that a function answered; never those that are lent by a call.
/// Ownership: takes the headers; NULL is allowed.
/// Threads: no other thread may use the headers.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_headers_free(headers: *mut countersign_headers) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(headers) }
}

/// Reads `Name: value` lines, ended by CRLF or LF. Bytes that are not UTF-8 are replaced: a reply must be read
/// whatever stands in some header of it. A status line begins anew, because HTTP stacks hand over the headers of 100
/// Continue and of a proxy first. Other lines without a colon are no headers.
pub(crate) fn parse_headers(block: &[u8]) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in block.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = String::from_utf8_lossy(line);
        let blank = |c: char| c == ' ' || c == '\t';
        if text.starts_with("HTTP/") {
            headers.clear();
        } else if text.starts_with(blank) {
            // A folded line continues the one before.
            if let Some((_, value)) = headers.last_mut() {
                *value = format!("{value} {}", text.trim_matches(blank)).trim_matches(blank).to_owned();
            }
        } else if let Some((name, value)) = text.split_once(':') {
            headers.push((name.to_owned(), value.trim_matches(blank).to_owned()));
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_as_http_stacks_hand_them_over() {
        let read = |block: &str| {
            let text: Vec<_> = parse_headers(block.as_bytes()).iter().map(|(n, v)| format!("{n}={v}")).collect();
            text.join("|")
        };
        assert_eq!(read(""), "");
        assert_eq!(read("A: 1"), "A=1");
        assert_eq!(read("A: 1\r\nb:2\r\n\r\n"), "A=1|b=2");
        assert_eq!(read("A:  1 \nB:\n"), "A=1|B=");
        assert_eq!(read("HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\nY: a:b\r\n\r\n"), "Y=a:b");
        assert_eq!(read("A: 1\r\n more\r\n\tyet\r\nB: 2"), "A=1 more yet|B=2");
        assert_eq!(read("nonsense\r\n: x\r\nA: 1\r\nA: 2"), "=x|A=1|A=2");
        assert_eq!(parse_headers(b"A: \xff\xfe\r\n"), [("A".to_owned(), "\u{fffd}\u{fffd}".to_owned())]);
    }
}
