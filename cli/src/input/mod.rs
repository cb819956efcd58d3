//! What commands read: files and standard input, times and JSON. Beside it secrets, whole requests, and the options of an
//! account.
//!
//! No value that may be a secret is repeated in a message: neither an argument that stands where a file is due, nor a
//! header that cannot be read.

mod account;
mod message;
mod secret;

pub(crate) use account::{AccountArgs, Credential, PlatformName, in_environment, instead_of};
pub(crate) use message::{Message, RequestArgs, headers};
pub(crate) use secret::SecretArgs;
#[cfg(feature = "outbox")]
pub(crate) use secret::secret_file;

use countersign::{Effect, Error, ErrorKind, Timestamp, system_time};
use serde::Serialize;
use serde_json::value::RawValue;
use std::ffi::OsStr;
#[cfg(feature = "outbox")]
use std::fmt::Display;
use std::io::Read;
#[cfg(feature = "outbox")]
use std::ops::{Bound, RangeBounds};
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

/// The largest body or order that is read, in bytes.
const FILE_LIMIT: u64 = 256 << 20;

/// Reads a Unix time from an argument.
pub(crate) fn unix_time(text: &str) -> Result<Timestamp, String> {
    let seconds: i64 = text.parse().map_err(|_| "seconds since 1970 are due, such as 1704067200".to_owned())?;
    let moment = Timestamp::from_unix(seconds);
    if moment.unix() == seconds { Ok(moment) } else { Err("the years 1970 to 9999 are due".to_owned()) }
}

/// Reads a whole number.
pub(crate) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().map_err(|_| if digits { "it is too large" } else { "a whole number is due" }.to_owned())
}

/// Reads a whole number of a range.
#[cfg(feature = "outbox")]
pub(crate) fn whole_in<T: FromStr + PartialOrd + Display>(
    range: impl RangeBounds<T> + Clone,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
            let due = match (range.start_bound(), range.end_bound()) {
                (Bound::Included(least), Bound::Included(most)) => format!(" from {least} to {most}"),
                (Bound::Included(least), _) => format!(" of at least {least}"),
                _ => String::new(),
            };
            format!("a whole number{due} is due")
        })
    }
}

/// Reads when an order was sent, as an error said it.
pub(crate) fn remembered(text: &str) -> Result<Timestamp, String> {
    let seconds: i64 = text.parse().map_err(|_| "seconds since 1970 are due, as the error said them".to_owned())?;
    Timestamp::remembered(seconds, system_time())
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

/// Reads a file, or standard input for `-`, which can be read once.
fn read(source: &OsStr, limit: u64) -> Result<Vec<u8>, String> {
    static STDIN: AtomicBool = AtomicBool::new(false);
    let mut bytes = Vec::new();
    let read = if source == "-" {
        if STDIN.swap(true, Ordering::Relaxed) {
            return Err("standard input (-) was read already. Name a file".to_owned());
        }
        std::io::stdin().take(limit + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(source).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) if bytes.len() as u64 > limit => Err(format!("it is larger than {limit} bytes")),
        Ok(_) => Ok(bytes),
        Err(error) => Err(error.to_string()),
    }
}

/// Reads what a command works on.
pub(crate) fn file(source: &OsStr, what: &str) -> Result<Vec<u8>, Error> {
    let name = if source == "-" { "standard input".into() } else { format!("{:?}", source.to_string_lossy()) };
    read(source, FILE_LIMIT).map_err(|why| refused(format!("{what} cannot be read from {name}: {why}.")))
}

/// Text that is given, or the file that it names after an @.
pub(crate) fn text_or_file(given: Option<&str>, what: &str) -> Result<Option<Vec<u8>>, Error> {
    match given.map(|text| (text, text.strip_prefix('@'))) {
        // JSON begins otherwise than the name of a file that is there.
        Some((text, None)) if !text.starts_with(['{', '[', '"']) && Path::new(text).is_file() => {
            Err(refused(format!("{what} is named without an @ before it: write @{text}.")))
        }
        Some((_, Some(path))) => file(OsStr::new(path), what).map(Some),
        Some((text, None)) => Ok(Some(text.as_bytes().to_vec())),
        None => Ok(None),
    }
}

/// JSON text that becomes a part of the input of an operation with this effect, byte for byte.
pub(crate) fn json<'b>(text: &'b [u8], what: &str, effect: Effect) -> Result<&'b RawValue, Error> {
    serde_json::from_slice(text).map_err(|why| {
        Error::new(ErrorKind::InvalidJson, format!("{what} is not usable JSON: {why}.")).before_sending(effect)
    })
}

/// Reads an id: an empty one is a variable of the shell that was meant to hold something.
#[cfg(feature = "outbox")]
pub(crate) fn id(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("an id is due, and this is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// The input of an operation as its text.
pub(crate) fn of(members: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(members)
        .map_err(|why| Error::new(ErrorKind::Internal, format!("JSON could not be written: {why}.")))
}

/// Reads a body; none given is an empty one.
pub(crate) fn body(source: Option<&OsStr>) -> Result<Vec<u8>, Error> {
    source.map_or(Ok(Vec::new()), |source| file(source, "The body"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_times_are_whole_seconds_of_known_years() {
        assert_eq!(unix_time("1704067200").unwrap().unix(), 1_704_067_200);
        for bad in ["", "x", "1.5", "-1", "253402300800", "99999999999999999999"] {
            assert!(unix_time(bad).is_err(), "{bad}");
        }
    }
}
