//! `select`: which fields to ask for, as names and braces, checked against the table of types before anything is sent.

use super::model::{Kind, Type, bare};
use crate::json::Problems;
use crate::suggest::nearest;

/// The longest selection that is read, in bytes.
const LONGEST: usize = 16 * 1024;
/// The deepest nesting of braces.
const DEEPEST: usize = 8;
/// The longest list of problems.
const MOST_PROBLEMS: usize = 20;

struct Reader<'s, 'p> {
    words: std::iter::Peekable<Words<'s>>,
    out: String,
    problems: &'p mut Problems,
    /// The rest is not read: what is missing in it is not told.
    stopped: bool,
}

/// Names and braces, between white space and commas.
struct Words<'s>(&'s str);

impl<'s> Iterator for Words<'s> {
    type Item = &'s str;

    fn next(&mut self) -> Option<&'s str> {
        let rest = self.0.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        let first = rest.chars().next()?;
        let named = |c: char| c == '_' || c.is_ascii_alphanumeric();
        let end = if named(first) { rest.find(|c| !named(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (word, rest) = rest.split_at(end);
        self.0 = rest;
        Some(word)
    }
}

/// Reads a selection of fields of `of` to one line. `with_id`: `id` is asked for in any case, because the answer is
/// aligned by it.
pub(super) fn read(text: &str, of: Type, with_id: bool, path: &str, problems: &mut Problems) -> Option<String> {
    let found = problems.list.len();
    if text.len() > LONGEST {
        problems.add(path, "range", format!("A selection may have {LONGEST} bytes; this one has {}.", text.len()));
        return None;
    }
    let text = text.trim();
    // `{ id name }` means `id name`.
    let text =
        text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).filter(|_| is_wrapped(text)).unwrap_or(text);
    let mut reader =
        Reader { words: Words(text).peekable(), out: String::with_capacity(text.len() + 8), problems, stopped: false };
    reader.fields(of, path, 1);
    if let Some(word) = reader.words.next() {
        reader.unexpected(word, path);
    }
    let Reader { out, problems, .. } = reader;
    if problems.list.len() > found {
        return None;
    }
    let has_id = !with_id
        || Words(&out)
            .scan(0usize, |depth, word| {
                match word {
                    "{" => *depth += 1,
                    "}" => *depth = depth.saturating_sub(1),
                    _ => {}
                }
                Some(*depth == 0 && word == "id")
            })
            .any(|is| is);
    Some(if has_id { out } else { format!("id {out}") })
}

/// Whether the first brace is closed by the last.
fn is_wrapped(text: &str) -> bool {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1 == text.len();
                }
            }
            _ => {}
        }
    }
    false
}

impl Reader<'_, '_> {
    fn fields(&mut self, of: Type, path: &str, depth: usize) {
        let before = self.out.len();
        while let Some(word) = self.words.next_if(|word| *word != "}") {
            if self.problems.list.len() >= MOST_PROBLEMS {
                return self.stop();
            }
            if !word.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
                self.unexpected(word, path);
                continue;
            }
            let place = format!("{path}.{word}");
            if word == "__typename" {
                self.push(word);
                continue;
            }
            let Some(field) = of.field(word) else {
                let names = of.names();
                let hint = match nearest(word, &names) {
                    Some(near) => format!("Did you mean {near:?}?"),
                    None => format!("It has: {}.", names.join(", ")),
                };
                self.problems.add(&place, "unknown_field", format!("{} has no field {word:?}. {hint}", of.name));
                self.pass_over();
                continue;
            };
            self.push(word);
            let inner = Type::find(field.ty).filter(|it| it.kind == Kind::Object);
            match (inner, self.words.next_if_eq(&"{")) {
                (Some(_), Some(_)) if depth >= DEEPEST => {
                    self.problems.add(&place, "range", format!("A selection may nest {DEEPEST} levels deep."));
                    return self.stop();
                }
                (Some(inner), Some(_)) => {
                    self.out.push_str(" {");
                    self.fields(inner, &place, depth + 1);
                    if self.stopped {
                        return;
                    }
                    if self.words.next_if_eq(&"}").is_none() {
                        self.problems.add(&place, "syntax", "A brace is opened here and not closed.");
                        return;
                    }
                    self.out.push_str(" }");
                }
                (Some(inner), None) => self.problems.add(
                    &place,
                    "missing",
                    format!(
                        "{word} is {}: say which of its fields, such as {word} {{ {} }}.",
                        bare(field.ty),
                        inner.field("id").or(inner.fields().next()).map_or("id", |field| field.name)
                    ),
                ),
                (None, Some(_)) => {
                    self.problems.add(
                        &place,
                        "type",
                        format!("{word} is {}: it has no fields to select.", bare(field.ty)),
                    );
                    self.rest_of_braces();
                }
                (None, None) => {}
            }
        }
        if self.out.len() == before && !self.stopped {
            self.problems.add(path, "empty", format!("No field of {} is named here.", of.name));
        }
    }

    fn push(&mut self, word: &str) {
        if !self.out.is_empty() {
            self.out.push(' ');
        }
        self.out.push_str(word);
    }

    /// Passes over the braces of a field that is not known.
    fn pass_over(&mut self) {
        // It stands for something, so that its parent is not called empty.
        self.push("_");
        if self.words.next_if_eq(&"{").is_some() {
            self.rest_of_braces();
        }
    }

    fn rest_of_braces(&mut self) {
        let mut depth = 1;
        for word in self.words.by_ref() {
            match word {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn unexpected(&mut self, word: &str, path: &str) {
        let why = match word {
            "(" | ")" => "arguments are not possible in a selection",
            ":" => "aliases are not possible in a selection",
            "." => "fragments are not possible in a selection",
            "@" => "directives are not possible in a selection",
            "{" => "a name is due before the brace",
            "}" => "a brace is closed that was not opened",
            _ => "only names and braces are possible in a selection",
        };
        let way_out = if matches!(word, "(" | ")" | ":" | "." | "@") {
            " Send a whole document with graphql instead."
        } else {
            ""
        };
        self.problems.add(path, "syntax", format!("{word:?}: {why}.{way_out}"));
        // What follows would be misread.
        self.stop();
    }

    fn stop(&mut self) {
        self.stopped = true;
        self.words.by_ref().for_each(drop);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, of: &str, with_id: bool) -> Result<String, Vec<String>> {
        let mut problems = Problems::default();
        let made = read(text, Type::find(of).unwrap(), with_id, "select", &mut problems);
        let told = problems.list.iter().map(|p| format!("{} [{}] {}", p.path, p.code, p.message)).collect();
        made.ok_or(told)
    }

    #[test]
    fn names_and_braces_are_read() {
        for (text, with_id, line) in [
            ("id", true, "id"),
            ("{ id, name\n}", true, "id name"),
            ("name partner{id name}", true, "id name partner { id name }"),
            ("partner { id }", false, "partner { id }"),
            ("partner { id }", true, "id partner { id }"),
            ("__typename id", true, "__typename id"),
            ("workflows { id } partner { id }", false, "workflows { id } partner { id }"),
        ] {
            assert_eq!(run(text, "Product", with_id).as_deref(), Ok(line), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        for (text, told) in [
            ("nmae", "select.nmae [unknown_field] Product has no field \"nmae\". Did you mean \"name\"?"),
            (
                "partner { nam }",
                "select.partner.nam [unknown_field] Partner has no field \"nam\". Did you mean \"name\"?",
            ),
            ("id { x }", "select.id [type] id is String: it has no fields to select."),
            (
                "partner",
                "select.partner [missing] partner is Partner: say which of its fields, such as partner { id }.",
            ),
            ("partner {}", "select.partner [empty] No field of Partner is named here."),
            ("", "select [empty] No field of Product is named here."),
            ("{}", "select [empty] No field of Product is named here."),
            ("partner { id", "select.partner [syntax] A brace is opened here and not closed."),
            ("id }", "select [syntax] \"}\": a brace is closed that was not opened."),
            ("a: id", "select.a [unknown_field] Product has no field \"a\". It has: "),
            (
                "id ...F",
                "select [syntax] \".\": fragments are not possible in a selection. Send a whole document with graphql instead.",
            ),
            ("id(x: 1)", "select [syntax] \"(\": arguments are not possible"),
            ("id # x", "select [syntax] \"#\": only names and braces"),
            ("id \u{1f600}", "select [syntax] \"\u{1f600}\": only names"),
        ] {
            let problems = run(text, "Product", true).unwrap_err();
            assert!(problems[0].starts_with(told), "{text}: {problems:?}");
        }
        // What is not read any more is not called wrong.
        for text in ["partner { id @skip }", "partner { @skip }", "@skip", "workflows { id ...F } partner { id"] {
            assert_eq!(run(text, "Product", true).unwrap_err().len(), 1, "{text}");
        }
    }

    #[test]
    fn sizes_are_limited() {
        let deep = "product { integrationProducts { ".repeat(9) + "id" + &" } }".repeat(9);
        let problems = run(&deep, "IntegrationProduct", true).unwrap_err();
        assert!(problems.len() == 1 && problems[0].contains("8 levels deep"), "{problems:?}");
        assert!(run(&"id ".repeat(9000), "Product", true).unwrap_err()[0].contains("16384 bytes"));
        assert_eq!(run(&"wrong ".repeat(500), "Product", true).unwrap_err().len(), MOST_PROBLEMS);
        for text in ["{", "}", "{{{{", "}}}}", "partner{partner{", "{ id } { id }", "é", ",,,", "9id"] {
            assert!(run(text, "Product", true).is_err(), "{text}");
        }
    }
}
