//! Reading JSON input so that every problem is found, named by its path, and nothing is rounded or re-ordered.
//!
//! Values stay slices of the caller's text until a rule reads them: numbers are judged by how they are written (`2.0` is
//! not an integer), and what only passes through keeps its bytes.

use crate::error::{Error, ErrorKind, brief};
pub(crate) use crate::problems::{Problems, QUOTED};
use crate::suggest::nearest;
pub(crate) use crate::tree::Node;
use crate::tree::{Children, MAX_DEPTH, Tree, push_key};
use crate::walk::decoded;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Reads a JSON text by rules, and reports all its problems at once; `what` it is, the error says.
pub(crate) fn read<'a, T>(
    text: &'a [u8],
    what: &str,
    kind: ErrorKind,
    take: impl FnOnce(Node<'_, 'a>, &mut Problems) -> Option<T>,
) -> Result<T, Error> {
    read_tree(Tree::read(text, what)?, what, kind, take)
}

/// The same for a tree.
pub(crate) fn read_tree<'a, T>(
    tree: Tree<'a>,
    what: &str,
    kind: ErrorKind,
    take: impl FnOnce(Node<'_, 'a>, &mut Problems) -> Option<T>,
) -> Result<T, Error> {
    let mut problems = tree.problems();
    let taken = take(tree.root(), &mut problems);
    problems.into_result(what, kind)?;
    taken.ok_or_else(|| Error::new(ErrorKind::Internal, format!("{what} has no problem, but could not be read.")))
}

/// Whether the text nests deeper than [`MAX_DEPTH`], by its brackets outside strings alone.
pub(crate) fn too_deep(text: &[u8]) -> bool {
    crate::walk::too_deep(text, MAX_DEPTH)
}

// How a value is read by a rule.
impl<'t, 'a> Node<'t, 'a> {
    pub(crate) fn is_null(self) -> bool {
        self.text() == "null"
    }

    fn kind(self) -> &'static str {
        match self.text().as_bytes().first() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a string",
            Some(b't' | b'f') => "true or false",
            Some(b'n') => "null",
            _ => "a number",
        }
    }

    fn wrong_type(self, due: &str, problems: &mut Problems) {
        let hint = match (due, self.kind()) {
            ("a string", "a number") => format!(" Write it in quotes: \"{}\".", brief(self.text(), QUOTED)),
            ("an integer" | "a number" | "true or false", "a string") => " Write it without quotes.".to_owned(),
            _ => String::new(),
        };
        problems.add(self, "type", format!("{due} is due here, but this is {}.{hint}", self.kind()));
    }

    pub(crate) fn string(self, problems: &mut Problems) -> Option<Cow<'a, str>> {
        if !self.text().starts_with('"') {
            self.wrong_type("a string", problems);
            return None;
        }
        decoded(self.text(), self.text().contains('\\'))
    }

    /// A string that names something: not empty, no control characters.
    pub(crate) fn name(self, problems: &mut Problems) -> Option<Cow<'a, str>> {
        let text = self.string(problems)?;
        if text.trim_ascii().is_empty() {
            problems.add(self, "empty", "This must not be empty.");
        } else if let Some(at) = text.bytes().position(|byte| byte.is_ascii_control()) {
            problems.add(self, "control_character", format!("There is a control character at byte {at}. Remove it."));
        } else {
            return Some(text);
        }
        None
    }

    /// A string that something is known by: a name, without anything at its ends that nobody sees. With it the platform
    /// would know it by another id than everybody else, and an order could never be settled.
    pub(crate) fn id(self, problems: &mut Problems) -> Option<Cow<'a, str>> {
        let text = self.name(problems)?;
        let Some((end, unseen)) = unseen_end(&text) else { return Some(text) };
        let which = if unseen == ' ' { "a blank".to_owned() } else { format!("an invisible character ({unseen:?})") };
        problems.add(self, "invisible", format!("There is {which} at its {end}. Remove it."));
        None
    }

    pub(crate) fn boolean(self, problems: &mut Problems) -> Option<bool> {
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
    pub(crate) fn integer(self, min: i64, max: i64, unit: &str, problems: &mut Problems) -> Option<i64> {
        let text = self.text();
        if !text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            self.wrong_type("an integer", problems);
            return None;
        }
        if text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
            problems.add(
                self,
                "type",
                format!("{} is not written as an integer. Round it where it is made{unit}.", brief(text, QUOTED)),
            );
            return None;
        }
        match text.parse::<i64>() {
            Ok(n) if (min..=max).contains(&n) => Some(n),
            _ => {
                let text = brief(text, QUOTED);
                problems.add(self, "range", format!("{text} is out of range: {min} to {max} is allowed."));
                None
            }
        }
    }

    /// Any number.
    pub(crate) fn number(self, problems: &mut Problems) {
        if !self.text().starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            self.wrong_type("a number", problems);
        }
    }

    pub(crate) fn items(self, problems: &mut Problems) -> Option<Children<'t, 'a>> {
        if !self.text().starts_with('[') {
            self.wrong_type("a list", problems);
            return None;
        }
        Some(self.children())
    }

    pub(crate) fn fields(self, problems: &mut Problems) -> Option<Fields<'t, 'a>> {
        if !self.text().starts_with('{') {
            self.wrong_type("an object", problems);
            return None;
        }
        Some(Fields(self))
    }
}

/// What nobody sees at an end of a text: which end, and the character there.
pub(crate) fn unseen_end(text: &str) -> Option<(&'static str, char)> {
    // Almost every id is of ASCII.
    if let [first, .., last] | [first @ last] = text.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return None;
    }
    if let Some(first) = text.chars().next().filter(|first| is_unseen(*first) || is_selector(*first)) {
        return Some(("beginning", first));
    }
    // A selector belongs to the character before it, where that is one whose look it chooses: that of an emoji.
    let before = text.trim_end_matches(is_selector).chars().next_back();
    let chosen = before.is_some_and(|before| !before.is_ascii() && !is_unseen(before));
    text.chars()
        .next_back()
        .filter(|last| is_unseen(*last) || (is_selector(*last) && !chosen))
        .map(|last| ("end", last))
}

/// White space, controls, and what Unicode calls ignorable (`Default_Ignorable_Code_Point`) or shows as nothing.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E001F}'
            | '\u{E0080}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}')
}

/// Variation selectors, and the tags that make a flag.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

/// A key of an object: a slice of the text unless it is escaped. (A `Cow` alone is always read as a copy.)
pub(crate) struct Key<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> de::Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Cow<'de, str>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(key))
            }
            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(key.to_owned()))
            }
        }
        from.deserialize_str(Read).map(Key)
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
                while let Some(Key(key)) = map.next_key()? {
                    members.push((key, map.next_value()?));
                }
                Ok(members)
            }
        }
        from.deserialize_map(Collect).map(Members)
    }
}

/// An object being read field by field.
pub(crate) struct Fields<'t, 'a>(Node<'t, 'a>);

impl<'t, 'a> Fields<'t, 'a> {
    /// The path of a field of this object.
    pub(crate) fn path_of(&self, key: &str) -> String {
        let mut path = self.0.path();
        push_key(&mut path, key);
        path
    }

    /// The field, unless it is absent or null.
    pub(crate) fn optional(&self, key: &str) -> Option<Node<'t, 'a>> {
        self.given(key).filter(|node| !node.is_null())
    }

    /// The field, unless it is absent; null is there.
    pub(crate) fn given(&self, key: &str) -> Option<Node<'t, 'a>> {
        self.0.member(key)
    }

    pub(crate) fn required(&self, key: &str, why: &str, problems: &mut Problems) -> Option<Node<'t, 'a>> {
        let field = self.optional(key);
        if field.is_none() && !problems.only_counted() {
            problems.add(&self.path_of(key), "missing", format!("{key} is missing. {why}"));
        }
        field
    }

    /// Reports every key that is not one of `known`, with the nearest of them.
    pub(crate) fn refuse_others(&self, known: &[&str], elsewhere: &str, problems: &mut Problems) {
        for (key, node) in self.members() {
            if !known.contains(&key) {
                if problems.only_counted() {
                    continue;
                }
                let hint = match nearest(key, known) {
                    Some(near) => format!("Did you mean {near:?}?"),
                    None if known.is_empty() => "Nothing is due here.".to_owned(),
                    None => format!("Known here: {}.{elsewhere}", known.join(", ")),
                };
                problems.add(node, "unknown_key", format!("{:?} is not known here. {hint}", brief(key, QUOTED)));
            }
        }
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&'t str, Node<'t, 'a>)> {
        self.0.children().map(|node| (&**node.key(), node))
    }
}

/// A value as it is written, to be written again byte for byte.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a>(pub(crate) &'a str);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(self.0).map_err(S::Error::custom)?.serialize(to)
    }
}

/// Members beside those that the order itself has, written as they are.
#[derive(Default)]
pub(crate) struct Extra<'a>(pub(crate) Vec<(Cow<'a, str>, Written<'a>)>);

impl<'a> Extra<'a> {
    /// Those of an object, each checked by `check`; none of them may be one of the `order`'s own.
    pub(crate) fn of(
        node: Node<'_, 'a>,
        order: &[&str],
        check: impl Fn(Node<'_, 'a>, &mut Problems),
        problems: &mut Problems,
    ) -> Option<Self> {
        for (key, value) in node.fields(problems)?.members() {
            if order.contains(&key) {
                problems.add(value, "conflict", format!("{key} belongs to the order itself, not into extra."));
            } else {
                check(value, problems);
            }
        }
        Some(Self(node.children().map(|child| (child.key().clone(), Written(child.text()))).collect()))
    }

    /// Writes them behind the order's own.
    pub(crate) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.0.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))
    }
}

/// Texts of an object by their keys, written in this order.
pub(crate) struct Texts<'a>(Vec<(&'static str, Cow<'a, str>)>);

impl<'a> Texts<'a> {
    /// Those of `keys` that are there, in the order of `keys`.
    pub(crate) fn of(fields: &Fields<'_, 'a>, keys: &'static [&'static str], problems: &mut Problems) -> Self {
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
    fn what_nobody_sees_is_found_at_both_ends() {
        let unseen = [
            ' ',
            '\t',
            '\n',
            '\u{85}',
            '\u{A0}',
            '\u{AD}',
            '\u{1680}',
            '\u{180E}',
            '\u{2003}',
            '\u{200B}',
            '\u{200D}',
            '\u{200E}',
            '\u{2028}',
            '\u{202C}',
            '\u{202F}',
            '\u{2060}',
            '\u{2069}',
            '\u{3000}',
            '\u{3164}',
            '\u{FEFF}',
            '\u{FE0F}',
            '\u{E0001}',
            '\u{E0041}',
        ];
        for c in unseen {
            assert_eq!(unseen_end(&format!("{c}1001")), Some(("beginning", c)), "{c:?}");
            assert_eq!(unseen_end(&format!("1001{c}")), Some(("end", c)), "{c:?}");
            assert_eq!(unseen_end(&format!("10{c}01")), None, "{c:?}");
            assert!(unseen_end(&c.to_string()).is_some(), "{c:?}");
        }
        for fine in [
            "1",
            "é",
            "№ 7",
            "日本",
            "for you ❤\u{FE0F}",
            "🏴\u{E0067}\u{E0062}\u{E007F}",
            "葛\u{E0100}",
            "e\u{301}",
            "",
        ] {
            assert_eq!(unseen_end(fine), None, "{fine:?}");
        }
    }
}
