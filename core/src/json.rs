//! Reading JSON input so that every problem is found, named by its path, and nothing is rounded or re-ordered.
//!
//! Values stay slices of the caller's text until a rule reads them: numbers are judged by how they are written (`2.0` is
//! not an integer), and what only passes through keeps its bytes.

use crate::error::{Error, ErrorKind, Problem};
use crate::suggest::nearest;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The deepest nesting that is read, here and in replies.
pub(crate) const MAX_DEPTH: usize = 64;

/// Checks that `text` is one JSON value of moderate depth; duplicate keys become problems.
pub(crate) fn check<'a>(text: &'a [u8], what: &str) -> Result<(&'a RawValue, Vec<Problem>), Error> {
    let text = std::str::from_utf8(text).map_err(|error| {
        Error::new(
            ErrorKind::InvalidJson,
            format!("{what} is not UTF-8 text: the byte at {} is wrong.", error.valid_up_to()),
        )
    })?;
    let mut problems = Vec::new();
    let mut path = String::new();
    let mut source = serde_json::Deserializer::from_str(text);
    let scanned = Scan { path: &mut path, depth: 0, problems: &mut problems }.deserialize(&mut source);
    let whole = scanned.and_then(|()| source.end()).and_then(|()| serde_json::from_str(text));
    whole.map(|raw| (raw, problems)).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        Error::new(
            ErrorKind::InvalidJson,
            if text.trim().is_empty() {
                format!("{what} is empty; a JSON object is due.")
            } else {
                format!("{what} is not usable JSON: {words} at line {line} column {column}.")
            },
        )
    })
}

/// Whether the text nests deeper than [`MAX_DEPTH`], by its brackets outside strings alone.
pub(crate) fn too_deep(text: &[u8]) -> bool {
    crate::walk::too_deep(text, MAX_DEPTH)
}

fn push_key(path: &mut String, key: &str) {
    let plain = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if plain {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
    } else {
        path.push_str(&format!("[{key:?}]"));
    }
}

struct Scan<'p> {
    path: &'p mut String,
    depth: usize,
    problems: &'p mut Vec<Problem>,
}

impl<'de> DeserializeSeed<'de> for Scan<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl Scan<'_> {
    fn deeper<E: de::Error>(&self) -> Result<usize, E> {
        if self.depth < MAX_DEPTH { Ok(self.depth + 1) } else { Err(E::custom("nested deeper than 64 levels")) }
    }
}

impl<'de> Visitor<'de> for Scan<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let depth = self.deeper()?;
        let base = self.path.len();
        for i in 0.. {
            self.path.push_str(&format!("[{i}]"));
            let more = list.next_element_seed(Scan { path: self.path, depth, problems: self.problems })?;
            self.path.truncate(base);
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let depth = self.deeper()?;
        let base = self.path.len();
        let mut seen = std::collections::HashSet::new();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            push_key(self.path, &key);
            if !seen.insert(key) {
                self.problems.push(Problem {
                    path: self.path.clone(),
                    code: "duplicate_key".into(),
                    message: "The key is there twice; which one counts is anybody's guess. Keep one.".to_owned(),
                });
            }
            map.next_value_seed(Scan { path: self.path, depth, problems: self.problems })?;
            self.path.truncate(base);
        }
        Ok(())
    }
}

/// One value of the input, with its path.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    pub(crate) raw: &'a RawValue,
    pub(crate) path: String,
}

/// Problems found so far.
#[derive(Default)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl Problems {
    pub(crate) fn add(&mut self, path: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(Problem { path: path.to_owned(), code: code.into(), message: message.into() });
    }

    /// Nothing, or all the problems as one error.
    pub(crate) fn into_result(self, what: &str, kind: ErrorKind) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::of_problems(kind, what, self.0)) }
    }
}

impl<'a> Node<'a> {
    pub(crate) fn root(raw: &'a RawValue) -> Self {
        Self { raw, path: String::new() }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.raw.get()
    }

    pub(crate) fn is_null(&self) -> bool {
        self.text() == "null"
    }

    fn kind(&self) -> &'static str {
        match self.text().as_bytes().first() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a string",
            Some(b't' | b'f') => "true or false",
            Some(b'n') => "null",
            _ => "a number",
        }
    }

    fn wrong_type(&self, due: &str, problems: &mut Problems) {
        let hint = match (due, self.kind()) {
            ("a string", "a number") => format!(" Write it in quotes: \"{}\".", self.text()),
            ("an integer" | "a number" | "true or false", "a string") => " Write it without quotes.".to_owned(),
            _ => String::new(),
        };
        problems.add(&self.path, "type", format!("{due} is due here, but this is {}.{hint}", self.kind()));
    }

    pub(crate) fn string(&self, problems: &mut Problems) -> Option<Cow<'a, str>> {
        if !self.text().starts_with('"') {
            self.wrong_type("a string", problems);
            return None;
        }
        #[derive(serde::Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        serde_json::from_str::<Text<'a>>(self.text()).ok().map(|text| text.0)
    }

    /// A string that names something: not empty, no control characters.
    pub(crate) fn name(&self, problems: &mut Problems) -> Option<Cow<'a, str>> {
        let text = self.string(problems)?;
        if text.is_empty() {
            problems.add(&self.path, "empty", "This must not be empty.");
        } else if let Some(at) = text.find(|c: char| c.is_ascii_control()) {
            problems.add(
                &self.path,
                "control_character",
                format!("There is a control character at byte {at}. Remove it."),
            );
        } else {
            return Some(text);
        }
        None
    }

    pub(crate) fn boolean(&self, problems: &mut Problems) -> Option<bool> {
        match self.text() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.wrong_type("true or false", problems);
                None
            }
        }
    }

    /// An integer, written as one: `2.0` and `2e0` are refused, because what made them may also make `1.9999999`.
    pub(crate) fn integer(&self, min: i64, max: i64, unit: &str, problems: &mut Problems) -> Option<i64> {
        let text = self.text();
        if !text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            self.wrong_type("an integer", problems);
            return None;
        }
        if text.contains(['.', 'e', 'E']) {
            problems.add(
                &self.path,
                "type",
                format!("{text} is not written as an integer. Round it where it is made{unit}."),
            );
            return None;
        }
        match text.parse::<i64>() {
            Ok(n) if (min..=max).contains(&n) => Some(n),
            _ => {
                problems.add(&self.path, "range", format!("{text} is out of range: {min} to {max} is allowed."));
                None
            }
        }
    }

    /// Any number.
    pub(crate) fn number(&self, problems: &mut Problems) {
        if !self.text().starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            self.wrong_type("a number", problems);
        }
    }

    pub(crate) fn items(&self, problems: &mut Problems) -> Option<Vec<Node<'a>>> {
        if !self.text().starts_with('[') {
            self.wrong_type("a list", problems);
            return None;
        }
        let items: Vec<&'a RawValue> = serde_json::from_str(self.text()).ok()?;
        Some(items.into_iter().enumerate().map(|(i, raw)| Node { raw, path: format!("{}[{i}]", self.path) }).collect())
    }

    pub(crate) fn fields(&self, problems: &mut Problems) -> Option<Fields<'a>> {
        if !self.text().starts_with('{') {
            self.wrong_type("an object", problems);
            return None;
        }
        let members = serde_json::from_str::<Members<'a>>(self.text()).ok()?.0;
        Some(Fields { path: self.path.clone(), members })
    }
}

/// The members of an object in their order, duplicates included.
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> de::Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                    members.push((key, map.next_value()?));
                }
                Ok(members)
            }
        }
        from.deserialize_map(Collect).map(Members)
    }
}

/// An object being read field by field.
pub(crate) struct Fields<'a> {
    path: String,
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Fields<'a> {
    /// The path of a field of this object.
    pub(crate) fn path_of(&self, key: &str) -> String {
        let mut path = self.path.clone();
        push_key(&mut path, key);
        path
    }

    /// The field, unless it is absent or null.
    pub(crate) fn optional(&self, key: &str) -> Option<Node<'a>> {
        self.given(key).filter(|node| !node.is_null())
    }

    /// The field, unless it is absent; null is there.
    pub(crate) fn given(&self, key: &str) -> Option<Node<'a>> {
        let (_, raw) = self.members.iter().find(|(name, _)| name == key)?;
        Some(Node { raw, path: self.path_of(key) })
    }

    pub(crate) fn required(&self, key: &str, why: &str, problems: &mut Problems) -> Option<Node<'a>> {
        let field = self.optional(key);
        if field.is_none() {
            problems.add(&self.path_of(key), "missing", format!("{key} is missing. {why}"));
        }
        field
    }

    /// Reports every key that is not one of `known`, with the nearest of them.
    pub(crate) fn refuse_others(&self, known: &[&str], elsewhere: &str, problems: &mut Problems) {
        for (key, _) in &self.members {
            if !known.contains(&&**key) {
                let hint = match nearest(key, known) {
                    Some(near) => format!("Did you mean {near:?}?"),
                    None if known.is_empty() => "Nothing is due here.".to_owned(),
                    None => format!("Known here: {}.{elsewhere}", known.join(", ")),
                };
                problems.add(&self.path_of(key), "unknown_key", format!("{key:?} is not known here. {hint}"));
            }
        }
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, Node<'a>)> {
        self.members.iter().map(|(key, raw)| (&**key, Node { raw, path: self.path_of(key) }))
    }
}

/// Texts of an object by their keys, written in this order.
pub(crate) struct Texts<'a>(Vec<(&'static str, Cow<'a, str>)>);

impl<'a> Texts<'a> {
    /// Those of `keys` that are there, in the order of `keys`.
    pub(crate) fn of(fields: &Fields<'a>, keys: &'static [&'static str], problems: &mut Problems) -> Self {
        Self(keys.iter().filter_map(|key| Some((*key, fields.optional(key)?.string(problems)?))).collect())
    }
}

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_of_the_text_itself_have_a_place() {
        let message = |text: &[u8]| check(text, "The order").unwrap_err().message().to_owned();
        assert_eq!(message(b""), "The order is empty; a JSON object is due.");
        assert_eq!(message(b"{\"a\":}"), "The order is not usable JSON: expected value at line 1 column 6.");
        assert!(message(b"{} {}").contains("trailing characters"));
        assert!(message(b"{\"a\":\"\xff\"}").contains("byte at 6"));
        assert!(message("[".repeat(100_000).as_bytes()).contains("nested deeper than 64"));
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(check(deep(64).as_bytes(), "x").is_ok() && !too_deep(deep(64).as_bytes()));
        assert!(check(deep(65).as_bytes(), "x").is_err() && too_deep(deep(65).as_bytes()));
        assert!(!too_deep(format!("[\"{}\\\"[\"]", "[".repeat(100)).as_bytes()));
    }

    #[test]
    fn duplicate_keys_are_found_at_every_level() {
        let (_, problems) = check(br#"{"a":1,"b":[{"c":1,"\u0063":2}],"a":3,"x y":{"":0,"":1}}"#, "x").unwrap();
        let paths: Vec<_> = problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["b[0].c", "a", "[\"x y\"][\"\"]"]);
    }
}
