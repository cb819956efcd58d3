//! Orders in a file: one, a JSON array of them, or one after the other (JSON lines).
//!
//! Each keeps its bytes: the library reads it itself, and sees what another reader would hide, such as a name that is
//! there twice.

use crate::input;
use countersign::{Error, ErrorKind, Problem};
use serde_json::value::RawValue;
use std::ffi::OsStr;

/// The orders of a file.
pub(crate) struct Orders {
    /// The JSON text of each.
    pub(crate) each: Vec<Vec<u8>>,
    /// There may be any number of them: then each is told by its place.
    pub(crate) many: bool,
}

fn unreadable(why: &serde_json::Error) -> Error {
    Error::new(
        ErrorKind::InvalidJson,
        format!(
            "The orders are not usable JSON: {why}. One order, an array of orders, or one after the other are due."
        ),
    )
}

impl Orders {
    /// Reads a file, or standard input.
    pub(crate) fn read(source: &OsStr) -> Result<Self, Error> {
        Self::of(input::file(source, "The order")?)
    }

    fn of(bytes: Vec<u8>) -> Result<Self, Error> {
        // Editors put a byte order mark where nobody sees it.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
        let texts = |values: Vec<&RawValue>| values.iter().map(|value| value.get().as_bytes().to_vec()).collect();
        if bytes.trim_ascii_start().starts_with(b"[") {
            let values: Vec<&RawValue> = serde_json::from_slice(&bytes).map_err(|why| unreadable(&why))?;
            return Ok(Self { each: texts(values), many: true });
        }
        let values: Result<Vec<&RawValue>, _> = serde_json::Deserializer::from_slice(&bytes).into_iter().collect();
        match values {
            Ok(values) if values.len() > 1 => Ok(Self { each: texts(values), many: true }),
            Err(why) if follows(&bytes) => Err(unreadable(&why)),
            // One order, or what is none: the library says what is wrong with it.
            _ => Ok(Self { each: vec![bytes], many: false }),
        }
    }

    /// What is wrong with some of the orders, told of all of them at once.
    pub(crate) fn refuse(&self, wrong: Vec<(usize, Error)>) -> Error {
        let mut problems = Vec::new();
        let mut other = None;
        for (at, error) in wrong {
            if !self.many || !matches!(error.kind(), ErrorKind::InvalidOrder | ErrorKind::InvalidJson) {
                other.get_or_insert(error);
                continue;
            }
            if error.problems().is_empty() {
                problems.push(Problem::new(&format!("[{at}]"), error.kind().name(), error.message()));
            }
            problems.extend(error.problems().iter().map(|problem| {
                let dot = if problem.path.is_empty() || problem.path.starts_with('[') { "" } else { "." };
                Problem { path: format!("[{at}]{dot}{}", problem.path), ..problem.clone() }
            }));
        }
        other.unwrap_or_else(|| Error::of_problems(ErrorKind::InvalidOrder, "The list of orders", problems))
    }
}

/// Whether a first whole value is followed by more.
fn follows(bytes: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    values.next().is_some_and(|first| first.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(bytes: &str) -> Vec<String> {
        let orders = Orders::of(bytes.as_bytes().to_vec()).unwrap();
        orders.each.into_iter().map(|each| String::from_utf8(each).unwrap()).collect()
    }

    #[test]
    fn one_order_keeps_its_bytes() {
        for text in ["{ \"a\" : 1, \"a\": 2 }\n", "{\n \"a\": 1\n}", "{broken", "", "7"] {
            assert_eq!(texts(text), [text], "{text}");
        }
    }

    #[test]
    fn several_orders_are_told_apart() {
        let three = ["{\"a\": 1}", "{ \"b\":2,\"b\":3 }", "{}"];
        assert_eq!(texts(&format!("[{}]", three.join(" , "))), three);
        assert_eq!(texts(&three.join("\n")), three);
        assert_eq!(texts(&format!("\u{feff}{}\r\n", three.join("\r\n\r\n"))), three);
        assert!(texts(" []").is_empty());
        for broken in ["[{}", "{}\n{", "[{}] {}"] {
            let error = Orders::of(broken.as_bytes().to_vec()).err().unwrap();
            assert!(error.message().contains("line "), "{broken}: {error}");
        }
    }
}
