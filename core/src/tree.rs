//! A JSON text as a tree, every value a slice of the text: it is read once, and no rule that looks at a part of it reads
//! that part again.
//!
//! serde_json judges the text first, so that what is walked here is JSON. A text that is odd in any way (too deep, half of a
//! surrogate pair, a number with an exponent) it reads once more, as values: then it says what is wrong, and where.

use crate::error::{Error, ErrorKind, brief, floor};
use crate::problems::{Place, Problems, QUOTED};
use crate::walk::{after_space, decoded, string};
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// The deepest nesting that is read, here and in replies.
pub(crate) const MAX_DEPTH: usize = 64;

/// One JSON value, and every value in it, in the order of the text.
pub(crate) struct Tree<'a> {
    text: &'a str,
    values: Vec<Value<'a>>,
    /// Whether an object has a key twice.
    doubled: bool,
}

/// In as few bytes as may be: a value can be two bytes of text.
struct Value<'a> {
    /// Where it begins in the text, and its first byte after it.
    from: u32,
    to: u32,
    step: Step<'a>,
    parent: u32,
    /// The first value that is not inside it.
    end: u32,
}

/// The way to a value from its parent.
enum Step<'a> {
    Key(Cow<'a, str>),
    Item(usize),
}

impl<'a> Tree<'a> {
    /// Reads a text that is one JSON value of moderate depth; `what` it is, the error says.
    ///
    /// # Errors
    /// `invalid_json`, with the place.
    pub(crate) fn read(text: &'a [u8], what: &str) -> Result<Self, Error> {
        Self::read_to(MAX_DEPTH, text, what, false)
    }

    /// The same for a text that somebody else wrote: what nobody asks for in it may be half of a surrogate pair, or a number
    /// that no float holds.
    ///
    /// # Errors
    /// `invalid_json`, with the place.
    pub(crate) fn read_foreign(text: &'a [u8], what: &str) -> Result<Self, Error> {
        Self::read_to(MAX_DEPTH, text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text), what, true)
    }

    /// The same for an object around what will be read by itself later: its own level does not count.
    pub(crate) fn read_around(text: &'a [u8], what: &str) -> Result<Self, Error> {
        Self::read_to(MAX_DEPTH + 1, text, what, false)
    }

    fn read_to(most: usize, text: &'a [u8], what: &str, foreign: bool) -> Result<Self, Error> {
        let invalid = |message| Error::new(ErrorKind::InvalidJson, message);
        if u32::try_from(text.len()).is_err() {
            return Err(invalid(format!("{what} is longer than 4 GiB.")));
        }
        let text = std::str::from_utf8(text).map_err(|error| {
            invalid(format!("{what} is not UTF-8 text: the byte at {} is wrong.", error.valid_up_to()))
        })?;
        if serde_json::from_str::<IgnoredAny>(text).is_ok() {
            let grown = Grown::of(text, most);
            if !grown.deep && (foreign || !grown.odd) {
                return Ok(grown.tree());
            }
        }
        closely(text, most).map_err(|error| {
            if text.trim().is_empty() {
                return invalid(format!("{what} is empty; a JSON object is due."));
            }
            if text.starts_with('\u{feff}') {
                return invalid(format!(
                    "{what} begins with a byte order mark (U+FEFF). Save it as UTF-8 without one."
                ));
            }
            let (line, column) = (error.line(), error.column());
            let words = error.to_string();
            let words = words.split(" at line ").next().unwrap_or_default();
            invalid(format!("{what} is not usable JSON: {words} at line {line} column {column}."))
        })?;
        Ok(Grown::of(text, most).tree())
    }

    /// The tree of JSON that was judged before.
    pub(crate) fn of(text: &'a str) -> Self {
        Grown::of(text, MAX_DEPTH + 1).tree()
    }

    pub(crate) fn root(&self) -> Node<'_, 'a> {
        Node { tree: self, at: 0 }
    }

    /// Doubled keys as problems.
    pub(crate) fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        if !self.doubled {
            return problems;
        }
        let mut seen = HashSet::new();
        for (at, value) in self.values.iter().enumerate() {
            if let Step::Key(key) = &value.step
                && !seen.insert((value.parent, key))
            {
                let why = "The key is there twice; which one counts is anybody's guess. Keep one.";
                problems.add(Node { tree: self, at }, "duplicate_key", why);
            }
        }
        problems
    }
}

/// One value of a tree.
#[derive(Clone, Copy)]
pub(crate) struct Node<'t, 'a> {
    tree: &'t Tree<'a>,
    at: usize,
}

impl Place for Node<'_, '_> {
    fn with<R>(self, use_it: impl FnOnce(&str) -> R) -> R {
        use_it(&self.path())
    }
}

impl<'t, 'a> Node<'t, 'a> {
    fn value(self) -> Option<&'t Value<'a>> {
        self.tree.values.get(self.at)
    }

    /// The value as it is written.
    pub(crate) fn text(self) -> &'a str {
        let text = self.value().and_then(|value| self.tree.text.get(value.from as usize..value.to as usize));
        text.unwrap_or("null")
    }

    /// The key of a member; nothing for an item or the root.
    pub(crate) fn key(self) -> &'t Cow<'a, str> {
        match self.value().map(|value| &value.step) {
            Some(Step::Key(key)) => key,
            _ => &Cow::Borrowed(""),
        }
    }

    /// The member of this key, of a key that is there twice the first.
    pub(crate) fn member(self, name: &str) -> Option<Self> {
        self.children().find(|child| matches!(child.value(), Some(Value { step: Step::Key(key), .. }) if key == name))
    }

    /// The members of an object, or the items of a list.
    pub(crate) fn children(self) -> Children<'t, 'a> {
        Children { tree: self.tree, at: self.at + 1, end: self.value().map_or(0, |value| value.end as usize) }
    }

    /// Where it stands, such as `orderItems[0].amountToOrder`.
    pub(crate) fn path(self) -> String {
        let mut steps = Vec::new();
        let mut at = self.at;
        while at > 0
            && let Some(value) = self.tree.values.get(at)
        {
            steps.push(&value.step);
            at = value.parent as usize;
        }
        let mut path = String::new();
        for step in steps.iter().rev() {
            match step {
                Step::Key(key) => push_key(&mut path, key),
                Step::Item(i) => path.push_str(&format!("[{i}]")),
            }
        }
        path
    }
}

/// Adds a key to a path, cut where it is very long.
pub(crate) fn push_key(path: &mut String, key: &str) {
    let short = key.get(..floor(key, QUOTED)).unwrap_or_default();
    let plain = !short.is_empty() && short.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let key = brief(key, QUOTED);
    if plain {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&key);
    } else {
        path.push_str(&format!("[{key:?}]"));
    }
}

/// The values directly inside another one.
#[derive(Clone, Copy)]
pub(crate) struct Children<'t, 'a> {
    tree: &'t Tree<'a>,
    at: usize,
    end: usize,
}

impl Children<'_, '_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.at >= self.end
    }
}

impl<'t, 'a> Iterator for Children<'t, 'a> {
    type Item = Node<'t, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_empty() {
            return None;
        }
        let node = Node { tree: self.tree, at: self.at };
        self.at = node.value()?.end as usize;
        Some(node)
    }
}

/// A tree that is growing along its text, which has been judged. Of anything else it makes nothing sensible, but ends.
struct Grown<'a> {
    text: &'a str,
    at: usize,
    values: Vec<Value<'a>>,
    doubled: bool,
    /// Whether serde_json should look at it more closely than it did.
    odd: bool,
    /// Whether it nests deeper than is allowed.
    deep: bool,
    /// The deepest nesting.
    most: usize,
}

/// A place in a text, which is shorter than 4 GiB: [`Tree::read`] sees to it.
fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'a> Grown<'a> {
    fn of(text: &'a str, most: usize) -> Self {
        // An order has a value in about twenty bytes.
        let values = Vec::with_capacity(text.len().min(1 << 16) / 20 + 4);
        let mut grown = Self { text, at: 0, values, doubled: false, odd: false, deep: false, most };
        grown.value(Step::Item(0), 0, 0);
        grown
    }

    fn tree(self) -> Tree<'a> {
        Tree { text: self.text, values: self.values, doubled: self.doubled }
    }

    /// The next byte that is neither white space nor punctuation between values.
    fn next(&mut self) -> Option<u8> {
        self.at = after_space(self.text.as_bytes(), self.at);
        self.text.as_bytes().get(self.at).copied()
    }

    /// Reads a value and what is inside it.
    fn value(&mut self, step: Step<'a>, parent: usize, depth: usize) {
        let first = self.next();
        let (start, me) = (self.at, self.values.len());
        self.values.push(Value { from: short(start), to: 0, step, parent: short(parent), end: 0 });
        match first {
            Some(b'{' | b'[') if depth == self.most => {
                self.deep = true;
                self.at = self.text.len();
            }
            Some(b'{') => self.members(me, depth + 1),
            Some(b'[') => self.items(me, depth + 1),
            Some(b'"') => _ = self.string(),
            _ => self.scalar(),
        }
        let end = self.values.len();
        if let Some(value) = self.values.get_mut(me) {
            value.to = short(self.at);
            value.end = short(end);
        }
    }

    fn members(&mut self, me: usize, depth: usize) {
        self.at += 1;
        while self.next() == Some(b'"') {
            let (string, escaped) = self.string();
            let key = decoded(string, escaped).unwrap_or_default();
            self.value(Step::Key(key), me, depth);
        }
        self.at += 1;
        self.doubled = self.doubled || self.is_doubled(me);
    }

    fn items(&mut self, me: usize, depth: usize) {
        self.at += 1;
        for i in 0.. {
            if self.next().is_none_or(|byte| matches!(byte, b']' | b'}')) {
                break;
            }
            self.value(Step::Item(i), me, depth);
        }
        self.at += 1;
    }

    /// A string with its quotes, and whether anything in it is escaped.
    fn string(&mut self) -> (&'a str, bool) {
        let (end, escaped) = string(self.text.as_bytes(), self.at);
        let string = self.text.get(self.at..end).unwrap_or_default();
        self.at = end;
        // Half of a surrogate pair passes where nobody asks what the text says.
        self.odd = self.odd || (escaped && (string.contains("\\ud") || string.contains("\\uD")));
        (string, escaped)
    }

    fn scalar(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let len = rest.iter().position(|byte| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r'));
        let scalar = &rest[..len.unwrap_or(rest.len())];
        // A number that no float holds passes likewise.
        let number = scalar.first().is_some_and(|byte| matches!(byte, b'-' | b'0'..=b'9'));
        self.odd =
            self.odd || (number && (scalar.len() > 300 || scalar.iter().any(|byte| matches!(byte, b'e' | b'E'))));
        self.at += scalar.len();
    }

    /// Whether an object whose members have been read has a key twice.
    fn is_doubled(&self, object: usize) -> bool {
        let keys = || {
            let mut at = object + 1;
            std::iter::from_fn(move || match self.values.get(at)? {
                Value { step: Step::Key(key), end, .. } => {
                    at = *end as usize;
                    Some(key)
                }
                Value { step: Step::Item(_), .. } => None,
            })
        };
        if keys().nth(32).is_none() {
            return keys().enumerate().any(|(i, key)| keys().take(i).any(|before| before == key));
        }
        let mut seen = HashSet::new();
        !keys().all(|key| seen.insert(key))
    }
}

/// Reads a text as its values are read, not only as JSON is written.
fn closely(text: &str, most: usize) -> serde_json::Result<()> {
    let mut source = serde_json::Deserializer::from_str(text);
    Closely { left: most }.deserialize(&mut source)?;
    source.end()
}

/// Reads a value, to see that it can be read.
#[derive(Clone, Copy)]
struct Closely {
    /// How much deeper it may go.
    left: usize,
}

impl Closely {
    fn deeper<E: de::Error>(&self) -> Result<Self, E> {
        let left = self.left.checked_sub(1).ok_or_else(|| E::custom("nested deeper than 64 levels"))?;
        Ok(Self { left })
    }
}

impl<'de> DeserializeSeed<'de> for Closely {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Closely {
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
        let inside = self.deeper()?;
        while list.next_element_seed(inside)?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let inside = self.deeper()?;
        while map.next_key::<Cow<'de, str>>()?.is_some() {
            map.next_value_seed(inside)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Members, too_deep};
    use serde_json::value::RawValue;

    #[test]
    fn problems_of_the_text_itself_have_a_place() {
        let message = |text: &[u8]| Tree::read(text, "The order").err().unwrap().message().to_owned();
        let not_usable = |why: &str| format!("The order is not usable JSON: {why}.");
        assert_eq!(message(b""), "The order is empty; a JSON object is due.");
        assert!(message("\u{feff}{}".as_bytes()).contains("begins with a byte order mark"));
        assert_eq!(message(b"{\"a\":}"), not_usable("expected value at line 1 column 6"));
        assert_eq!(message(b"{} {}"), not_usable("trailing characters at line 1 column 4"));
        assert_eq!(message(b"{\"a\":\"\xff\"}"), "The order is not UTF-8 text: the byte at 6 is wrong.");
        // What is no text and no number, though it is written like one.
        assert_eq!(message(br#"["\ud800"]"#), not_usable("unexpected end of hex escape at line 1 column 9"));
        assert_eq!(message(br#"{"\uD8\u0061":1}"#), not_usable("invalid escape at line 1 column 8"));
        assert_eq!(message(b"[\n1e999]"), not_usable("number out of range at line 2 column 5"));
        assert_eq!(message("9".repeat(400).as_bytes()), not_usable("number out of range at line 1 column 400"));
        assert!(Tree::read(br#"["\ud83d\ude00",1e9]"#, "x").is_ok());
    }

    #[test]
    fn nothing_is_read_deeper_than_the_most() {
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(Tree::read(deep(64).as_bytes(), "x").is_ok() && !too_deep(deep(64).as_bytes()));
        for text in [deep(65), "[".repeat(100_000), "{\"a\":".repeat(65), deep(100_000)] {
            let error = Tree::read(text.as_bytes(), "x").err().unwrap();
            assert!(error.message().contains("nested deeper than 64 levels at line 1 column"), "{error}");
            assert!(too_deep(text.as_bytes()));
        }
        assert!(!too_deep(format!("[\"{}\\\"[\"]", "[".repeat(100)).as_bytes()));
    }

    #[test]
    fn duplicate_keys_are_found_at_every_level() {
        let paths = |text: &str| -> Vec<_> {
            Tree::read(text.as_bytes(), "x").unwrap().problems().list.into_iter().map(|problem| problem.path).collect()
        };
        let text = r#"{"a":1,"b":[{"c":1,"\u0063":2}],"a":3,"x y":{"":0,"":1}}"#;
        assert_eq!(paths(text), ["b[0].c", "a", "[\"x y\"][\"\"]"]);
        // Many keys are compared in another way than few.
        let many = |last: usize| {
            let keys: Vec<_> = (0..100).chain([last]).map(|i| format!("\"k{i}\":{{\"a\":0}}")).collect();
            format!("[{{{}}}]", keys.join(","))
        };
        assert_eq!((paths(&many(100)), paths(&many(7))), (vec![], vec!["[0].k7".to_owned()]));
    }

    /// Numbers that look random, always the same ones.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, n: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % n
        }

        fn one_of(&mut self, of: &[&str]) -> String {
            of[self.below(of.len())].to_owned()
        }

        fn space(&mut self) -> String {
            self.one_of(&["", "", "", " ", "\n", "\t\r\n  "])
        }

        fn string(&mut self) -> String {
            let parts = [
                "a",
                "bc",
                "{",
                "]",
                ":",
                ",",
                "\\\"",
                "\\\\",
                "é",
                "\\u0061",
                "\\ud83d\\ude00",
                "\\ud800",
                "long, long ago",
            ];
            let text: String = (0..self.below(4)).map(|_| self.one_of(&parts)).collect();
            format!("\"{text}\"")
        }

        fn json(&mut self, depth: usize) -> String {
            let (before, after) = (self.space(), self.space());
            let text = match self.below(if depth > 0 { 6 } else { 4 }) {
                0 => self.one_of(&["true", "false", "null"]),
                1 => self.one_of(&["0", "-1", "2.50", "1e5", "1E999", "123456789012345678901234567890"]),
                2 | 3 => self.string(),
                kind => {
                    let inside: Vec<_> = (0..self.below(5))
                        .map(|_| {
                            let key = if kind == 4 {
                                format!("{}{}{}:", self.space(), self.string(), self.space())
                            } else {
                                String::new()
                            };
                            key + &self.json(depth - 1)
                        })
                        .collect();
                    let inside = inside.join(",") + &self.space();
                    if kind == 4 { format!("{{{inside}}}") } else { format!("[{inside}]") }
                }
            };
            format!("{before}{text}{after}")
        }
    }

    /// The same as serde_json finds, level by level.
    fn same(node: Node<'_, '_>, raw: &RawValue, path: &str) {
        assert_eq!((node.text(), &*node.path()), (raw.get(), path));
        match raw.get().as_bytes()[0] {
            b'{' => {
                let members = serde_json::from_str::<Members<'_>>(raw.get()).unwrap().0;
                assert_eq!(node.children().count(), members.len());
                for (child, (key, value)) in node.children().zip(members) {
                    let mut path = path.to_owned();
                    push_key(&mut path, &key);
                    assert_eq!(*child.key(), key);
                    same(child, value, &path);
                    assert!(node.member(&key).is_some_and(|first| first.at <= child.at));
                }
            }
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap();
                assert_eq!(node.children().count(), items.len());
                for (i, (child, value)) in node.children().zip(items).enumerate() {
                    same(child, value, &format!("{path}[{i}]"));
                }
            }
            _ => assert!(node.children().is_empty()),
        }
    }

    #[test]
    fn a_tree_holds_what_serde_json_reads() {
        let (mut numbers, mut read, mut refused) = (Numbers(7), 0, 0);
        for _ in 0..20_000 {
            let mut text = numbers.json(4);
            // Half of the texts are damaged: a byte left out, or another one in its place.
            if numbers.below(2) == 0 {
                let at = numbers.below(text.len());
                let with =
                    numbers.one_of(&["", "\"", "{", "}", "[", "]", ",", ":", "\\", "1", "e", "-", ".", " ", "\u{1}"]);
                if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
                    text.replace_range(at..=at, &with);
                }
            }
            let tree = Tree::read(text.as_bytes(), "x");
            assert_eq!(tree.is_ok(), closely(&text, MAX_DEPTH).is_ok(), "{text}");
            match tree {
                Ok(tree) => {
                    same(tree.root(), serde_json::from_str(&text).unwrap(), "");
                    read += 1;
                }
                Err(_) => refused += 1,
            }
        }
        assert!(read > 5000 && refused > 5000, "{read} {refused}");
    }

    #[test]
    fn what_is_no_json_ends_too() {
        let whole = r#"{"a":[1,{"b":"c\"d"}],"e":{"f":null}}"#;
        for end in 0..whole.len() {
            assert!(Tree::of(&whole[..end]).values.len() <= 7);
        }
        for other in ["[}", "[}]", "{]", "{\"a\"}", "[1}2]", "\"\\é", "}", "é"] {
            assert!(Tree::of(other).values.len() <= 3, "{other}");
        }
    }
}
