//! What a platform says about what went wrong: each of its errors, read by itself, as a problem with path and code.
//!
//! The forms: GraphQL's list of errors, the map of fields that Sign Customiser's framework answers, single errors of
//! gateways. An odd one must not hide the others, and all of it is bounded: a reply may be a megabyte of errors.

use crate::error::Problem;
use crate::walk;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The code of an error that brings none.
pub(crate) const GRAPHQL: &str = "graphql_error";
pub(crate) const PLATFORM: &str = "platform_error";

/// More errors than this are counted, not listed.
const MOST: usize = 100;
/// The longest part of a reply that a message quotes, in characters; of an error's own words, and of its path in bytes.
const QUOTED: usize = 200;
const WORDS: usize = 500;
const PATH: usize = 500;

/// What a platform wrote, as a message quotes it: cut, and without control characters.
pub(crate) fn quoted(text: &str) -> String {
    shown(text, QUOTED)
}

fn shown(text: &str, most: usize) -> String {
    let mut shown = text.chars().filter(|c| !c.is_control());
    let mut cut: String = shown.by_ref().take(most).collect();
    if shown.next().is_some() {
        cut.push('…');
    }
    cut
}

/// A string of JSON, whatever half characters are in it; other values as they are written.
fn words(value: &str) -> String {
    shown(&walk::lossy(value), WORDS)
}

#[derive(Default)]
struct Said {
    problems: Vec<Problem>,
    more: usize,
}

/// The errors in a list of them, or in whatever stands in its place. The text has to be valid JSON.
pub(crate) fn listed(errors: &str, code: &'static str) -> Vec<Problem> {
    let mut said = Said::default();
    said.errors(errors, code);
    said.into_problems()
}

/// The errors in the body of any reply, and the first words of it that say something.
pub(crate) fn in_body(body: &[u8], code: &'static str) -> (Vec<Problem>, Option<String>) {
    let text = String::from_utf8_lossy(body);
    let Ok(json) = serde_json::from_str::<&RawValue>(&text) else { return (Vec::new(), None) };
    let mut said = Said::default();
    let mut message = None;
    if json.get().starts_with('{') {
        for (key, value) in walk::members(json.get()) {
            match &*key {
                "errors" => said.errors(value, code),
                "error" if !is_nothing(value) && value != "true" => said.one(value, "", code),
                "message" | "detail" | "title" if value.starts_with('"') => {
                    message.get_or_insert_with(|| words(value));
                }
                _ => {}
            }
        }
    } else if json.get().starts_with('[') {
        let with_words = |item: &&str| item.starts_with('{') && walk::members(item).any(|(key, _)| key == "message");
        walk::items(json.get()).filter(with_words).for_each(|item| said.one(item, "", code));
    }
    let problems = said.into_problems();
    let words = problems.first().map(|problem| problem.message.clone()).or(message);
    (problems, words.filter(|words| !words.is_empty()))
}

fn is_nothing(value: &str) -> bool {
    matches!(value, "null" | "false" | "\"\"" | "0") || walk::is_empty(value)
}

impl Said {
    fn into_problems(mut self) -> Vec<Problem> {
        if self.more > 0 {
            let message = format!("There are {} more errors, which are not listed.", self.more);
            self.problems.push(Problem { path: String::new(), code: "more".into(), message });
        }
        self.problems
    }

    fn errors(&mut self, errors: &str, code: &'static str) {
        let has_words = || walk::members(errors).any(|(key, value)| key == "message" && value.starts_with('"'));
        match errors.as_bytes().first() {
            Some(b'[') => walk::items(errors).for_each(|item| self.one(item, "", code)),
            Some(b'{') if !has_words() => {
                for (field, value) in walk::members(errors) {
                    let path = bracketed(&field);
                    if value.starts_with('[') {
                        walk::items(value).for_each(|item| self.one(item, &path, code));
                    } else {
                        self.one(value, &path, code);
                    }
                }
            }
            _ if is_nothing(errors) => {}
            _ => self.one(errors, "", code),
        }
    }

    fn one(&mut self, error: &str, path: &str, code: &'static str) {
        if self.problems.len() >= MOST {
            self.more += 1;
            return;
        }
        let mut problem = Problem { path: path.to_owned(), code: code.into(), message: String::new() };
        let mut rank = usize::MAX;
        let mut has_code = false;
        if error.starts_with('{') {
            for (key, value) in walk::members(error) {
                let wordy = ["message", "detail", "description", "title", "error"].iter().position(|name| key == *name);
                match (&*key, wordy) {
                    (_, Some(place)) if place < rank => (rank, problem.message) = (place, words(value)),
                    ("path", _) if value.starts_with('[') => problem.path = path_of(value),
                    ("path" | "field" | "property" | "pointer", _) if value.starts_with('"') => {
                        problem.path = bracketed(&walk::lossy(value));
                    }
                    ("code", _) if !has_code => problem.code = code_of(value, problem.code),
                    ("extensions", _) if value.starts_with('{') => {
                        let inner = walk::members(value).find(|(key, _)| key == "code");
                        if let Some((_, value)) = inner {
                            problem.code = code_of(value, problem.code);
                            has_code = true;
                        }
                    }
                    _ => {}
                }
            }
        }
        if rank == usize::MAX {
            problem.message = words(error);
        }
        self.problems.push(problem);
    }
}

/// A code as it is written, if it is a word or a number.
fn code_of(value: &str, otherwise: Cow<'static, str>) -> Cow<'static, str> {
    match value.as_bytes().first() {
        Some(b'"' | b'-' | b'0'..=b'9') if value != "\"\"" => shown(&walk::lossy(value), 80).into(),
        _ => otherwise,
    }
}

/// GraphQL's path: names and places.
fn path_of(list: &str) -> String {
    let mut path = String::new();
    for part in walk::items(list) {
        if path.len() > PATH {
            path.push('…');
            break;
        }
        if part.starts_with('"') {
            if !path.is_empty() {
                path.push('.');
            }
            path.extend(walk::lossy(part).chars().filter(|c| !c.is_control()).take(PATH));
        } else {
            path.extend(["[", part.get(..20).unwrap_or(part), "]"]);
        }
    }
    path
}

/// `products.0.external_id` as `products[0].external_id`, which is how paths are written here.
fn bracketed(field: &str) -> String {
    let mut path = String::new();
    for part in field.split('.') {
        if path.len() > PATH {
            path.push('…');
            break;
        }
        if !path.is_empty() && !part.is_empty() && part.len() < 10 && part.bytes().all(|byte| byte.is_ascii_digit()) {
            path.extend(["[", part, "]"]);
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.extend(part.chars().filter(|c| !c.is_control()).take(PATH));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str) -> Vec<(String, String, String)> {
        let (problems, _) = in_body(body.as_bytes(), PLATFORM);
        problems.into_iter().map(|it| (it.path, it.code.into_owned(), it.message)).collect()
    }

    fn due(path: &str, code: &str, message: &str) -> (String, String, String) {
        (path.to_owned(), code.to_owned(), message.to_owned())
    }

    #[test]
    fn an_odd_error_hides_no_other() {
        let errors = r#"{"errors":[{"message":"a\nb","path":["x",1,"y"]},{"message":null},"text",{"path":"x"},
            {"message":{"c":1},"path":[]},{"message":"half \ud83c."},{"message":"n","extensions":{"n":1e999,"code":"C1"}},
            1e999,null]}"#;
        assert_eq!(
            told(errors),
            [
                due("x[1].y", PLATFORM, "ab"),
                due("", PLATFORM, "null"),
                due("", PLATFORM, "text"),
                due("x", PLATFORM, r#"{"path":"x"}"#),
                due("", PLATFORM, r#"{"c":1}"#),
                due("", PLATFORM, "half \u{fffd}."),
                due("", "C1", "n"),
                due("", PLATFORM, "1e999"),
                due("", PLATFORM, "null"),
            ]
        );
        assert_eq!(told(r#"{"errors":{"message":"not in a list"}}"#), [due("", PLATFORM, "not in a list")]);
        assert_eq!(told(r#"{"errors":"words"}"#), [due("", PLATFORM, "words")]);
    }

    #[test]
    fn a_map_of_fields_is_read_field_by_field() {
        let body =
            r#"{"message":"m","errors":{"products.0.external_id":["one","two"],"currency":"three","a":[{"code":7}]}}"#;
        assert_eq!(
            told(body),
            [
                due("products[0].external_id", PLATFORM, "one"),
                due("products[0].external_id", PLATFORM, "two"),
                due("currency", PLATFORM, "three"),
                due("a", "7", r#"{"code":7}"#),
            ]
        );
        assert_eq!(in_body(br#"{"message":"m","errors":[ ]}"#, PLATFORM).1.as_deref(), Some("m"));
        assert_eq!(told(r#"{"error":{"code":"no","message":"m"}}"#), [due("", "no", "m")]);
        for none in ["", "no JSON", "{}", r#"{"errors":null}"#, r#"{"errors":false}"#, r#"{"error":""}"#, "[1]", "7"] {
            assert_eq!(told(none), [], "{none}");
        }
    }

    #[test]
    fn a_megabyte_of_errors_is_counted() {
        let many = format!("{{\"errors\":[{}1]}}", "1,".repeat(100_000));
        let found = told(&many);
        assert_eq!(found.len(), MOST + 1);
        assert_eq!(found[MOST], due("", "more", "There are 99901 more errors, which are not listed."));
        let path = format!("{{\"errors\":[{{\"path\":[{}1]}}]}}", "\"a\",".repeat(200_000));
        assert!(told(&path)[0].0.len() < 600);
    }
}
