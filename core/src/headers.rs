//! What may stand in a request header, and the one header that every request has: User-Agent.

use crate::error::Error;
use crate::options::Options;
use crate::secret::Secret;

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

/// The value of a header, by its name in any case; the first one if it is repeated.
pub(crate) fn find<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, name: &str) -> Option<&'a str> {
    pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
