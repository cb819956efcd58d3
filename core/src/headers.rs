//! Headers: finding one by its name, what may stand in one, and the one that every request has: User-Agent.

use crate::error::{Error, ErrorKind};
use crate::options::Options;
use crate::secret::Secret;

/// The value of a header, by its name in any case; the first one if it is repeated.
///
/// ```
/// use countersign_core::headers::find;
///
/// let headers = [("content-type", "application/json"), ("X-Request-ID", "r-1")];
/// assert_eq!(find(headers, "X-Request-Id"), Some("r-1"));
/// assert_eq!(find(headers, "Date"), None);
/// ```
pub fn find<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>, name: &str) -> Option<V> {
    pairs.into_iter().find(|(key, _)| is(key.as_ref(), name)).map(|(_, value)| value)
}

/// The same headers, as whoever reads them takes them.
pub fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The values of received headers that may be there once at most: of two, two readers may pick different ones.
pub(crate) fn single<'h, const N: usize>(
    pairs: &[(&'h str, &'h str)],
    names: [&str; N],
) -> Result<[Option<&'h str>; N], Error> {
    let mut found = [None; N];
    for (key, value) in pairs {
        for (name, slot) in names.iter().zip(&mut found) {
            if is(key, name) && slot.replace(*value).is_some() {
                let message = format!("The header {name} is there more than once.");
                return Err(Error::new(ErrorKind::Malformed, message));
            }
        }
    }
    Ok(found)
}

fn is(key: &str, name: &str) -> bool {
    key.eq_ignore_ascii_case(name)
}

/// Who we are, and who embeds us if they say so.
pub(crate) fn user_agent(options: &Options) -> Result<String, Error> {
    let ours = concat!("countersign/", env!("CARGO_PKG_VERSION"));
    match options.text("app_info") {
        None => Ok(ours.to_owned()),
        Some(app) => {
            check_header_text("app_info", app)?;
            Ok(format!("{ours} {app}"))
        }
    }
}

/// A key or token that travels in a header: visible ASCII.
pub(crate) fn check_token(what: &str, token: &Secret) -> Result<(), Error> {
    if let Some(fault) = token.fault(what) {
        return Err(Error::argument(fault));
    }
    match token.expose().iter().position(|b| !b.is_ascii_graphic() && *b != b' ') {
        Some(at) => Err(Error::argument(format!(
            "{what} has a byte at {at} that cannot stand in a header (a control character, or not ASCII). Copy it again."
        ))),
        None => Ok(()),
    }
}

/// Text that travels in a header.
pub(crate) fn check_header_text(what: &str, text: &str) -> Result<(), Error> {
    match text.char_indices().find(|(_, c)| !c.is_ascii() || c.is_ascii_control()) {
        Some((at, _)) => Err(Error::argument(format!(
            "{what} has a character at byte {at} that cannot stand in a header. Use visible ASCII."
        ))),
        None if text.trim() != text || text.is_empty() => {
            Err(Error::argument(format!("{what} is empty or has white space around it.")))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_header_is_refused_only_where_it_must_not_be() {
        let headers = [("date", "1"), ("Host", "a"), ("HOST", "b")];
        assert_eq!(find(headers, "host"), Some("a"));
        assert_eq!(find([("Host".to_owned(), "a".to_owned())], "host").as_deref(), Some("a"));
        assert_eq!(single(&headers, ["Date", "Accept"]).unwrap(), [Some("1"), None]);
        let error = single(&headers, ["Date", "Host"]).unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Malformed, "The header Host is there more than once."));
    }
}
