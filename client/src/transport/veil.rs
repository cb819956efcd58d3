//! Keeps credentials out of ureq's log: at the level `trace` it prints the head of every request.
//!
//! ureq is given stars instead of each sensitive value; the true ones are put in where the bytes leave for TLS, and wiped
//! when they have left.

use countersign_core::Request;
use std::borrow::Cow;
use std::cell::RefCell;
use ureq::http::HeaderValue;
use zeroize::Zeroizing;

/// A header line as ureq writes it, and as it must be.
struct Line {
    veiled: Vec<u8>,
    real: Zeroizing<Vec<u8>>,
}

thread_local! {
    /// The lines of the request under way that have not left yet. See [`attempt`](super::attempt) for why a thread-local
    /// is enough.
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

fn line(name: &str, value: &[u8]) -> Vec<u8> {
    [b"\r\n", name.as_bytes(), b": ", value, b"\r\n"].concat()
}

/// The headers as ureq may see them.
pub(super) type Headers<'a> = Vec<(&'static str, Cow<'a, [u8]>)>;

pub(super) fn cover(request: &Request) -> Result<Headers<'_>, ureq::Error> {
    let mut lines = Vec::new();
    let headers = request.headers.iter().map(|header| {
        let real = header.value.as_bytes();
        if !header.sensitive {
            return Ok((header.name, Cow::Borrowed(real)));
        }
        // What ureq does not see, it cannot refuse. Judged here, because a HeaderValue of it would be a copy that nobody wipes.
        let usable = real.iter().all(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f));
        let judged: &[u8] = if usable { b"" } else { b"\n" };
        HeaderValue::from_bytes(judged).map_err(|error| ureq::Error::Http(error.into()))?;
        let stars = vec![b'*'; real.len()];
        lines.push(Line { veiled: line(header.name, &stars), real: Zeroizing::new(line(header.name, real)) });
        Ok((header.name, Cow::Owned(stars)))
    });
    let headers = headers.collect::<Result<_, ureq::Error>>()?;
    LINES.set(lines);
    Ok(headers)
}

/// Puts the true lines into what is about to leave. ureq writes a line whole or not yet, and all of them before the body,
/// so that each is found once and nothing else is touched.
pub(super) fn lift(output: &mut [u8]) {
    LINES.with_borrow_mut(|lines| {
        lines.retain(|Line { veiled, real }| {
            match output.windows(veiled.len()).position(|window| window == veiled) {
                Some(at) => output[at..at + real.len()].copy_from_slice(real),
                None => return true,
            }
            false
        });
    });
}

/// Forgets what did not leave.
pub(super) fn drop_lines() {
    LINES.take();
}
