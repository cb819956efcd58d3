//! What a command prints and how it ends: text for people or one JSON object, errors with their next step, exit codes.
//!
//! Standard output carries the answer and nothing else. A reader that goes away early is not an error and changes no
//! exit code: whether an order was placed does not depend on who listens.

use countersign::{Attempt, Error, ErrorKind, Outcome, Platform};
use serde_json::{Value, json};
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Ok,
    /// The order is placed: this stays a success even if the answer cannot be written.
    Placed,
    /// Not placed, refused, or an error.
    No,
    /// The command line is wrong.
    Usage,
    /// The order may have been placed.
    Unknown,
    /// As the command ended that was run.
    #[cfg(feature = "sandbox")]
    As(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok | Exit::Placed => 0,
            Exit::No => 1,
            Exit::Usage => 2,
            Exit::Unknown => 3,
            #[cfg(feature = "sandbox")]
            Exit::As(code) => code,
        })
    }
}

/// An error that ends a command, and how it ends it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) exit: Exit,
    /// Further members beside `error` in the JSON form.
    pub(crate) more: Vec<(&'static str, Value)>,
    /// Further lines for people.
    pub(crate) lines: Vec<String>,
    /// The command that does what the library calls explain().
    pub(crate) explain: &'static str,
}

impl Failure {
    /// The command line is wrong.
    pub(crate) fn usage(error: Error) -> Self {
        Self { exit: Exit::Usage, ..Self::from(error) }
    }

    /// The command line is wrong, in these words.
    pub(crate) fn usage_of(message: impl Into<String>) -> Self {
        Self::usage(Error::new(ErrorKind::InvalidArgument, message))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = if error.outcome() == Some(Outcome::Unknown) { Exit::Unknown } else { Exit::No };
        Self { error, exit, more: Vec::new(), lines: Vec::new(), explain: "countersign explain" }
    }
}

pub(crate) type Ended = Result<Exit, Failure>;

/// The two streams.
pub(crate) struct Output {
    json: bool,
    verbose: bool,
    colour: bool,
    stdout: io::Stdout,
    failed: Option<io::Error>,
    closed: bool,
}

/// Colours of the terminal's own palette.
#[derive(Clone, Copy)]
pub(crate) enum Colour {
    Red,
    Green,
    Yellow,
    Bold,
}

fn may_colour(terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    terminal && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

fn paint(on: bool, colour: Colour, text: &str) -> String {
    let code = match colour {
        Colour::Red => 31,
        Colour::Green => 32,
        Colour::Yellow => 33,
        Colour::Bold => 1,
    };
    if on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

impl Output {
    pub(crate) fn new(json: bool, verbose: bool) -> Self {
        let stdout = io::stdout();
        Self { json, verbose, colour: may_colour(stdout.is_terminal()), stdout, failed: None, closed: false }
    }

    /// The client; with `--verbose`, each of its attempts is told when it has ended.
    pub(crate) fn told(&self, platform: Platform) -> Platform {
        if self.verbose {
            platform.with_observer(Arc::new(|attempt: &Attempt| note(line_of(attempt))))
        } else {
            platform
        }
    }

    /// Whether one JSON object is to be printed instead of text.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a person watches standard output.
    pub(crate) fn is_terminal(&self) -> bool {
        self.stdout.is_terminal()
    }

    /// Columns to fill.
    pub(crate) fn width(&self) -> usize {
        let told = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let seen = || self.is_terminal().then(terminal_size::terminal_size).flatten().map(|(w, _)| usize::from(w.0));
        told.or_else(seen).unwrap_or(120).clamp(20, 400)
    }

    /// The text in this colour, where colours are shown.
    pub(crate) fn paint(&self, colour: Colour, text: &str) -> String {
        paint(self.colour, colour, text)
    }

    /// Writes bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        if self.closed || self.failed.is_some() {
            return;
        }
        match self.stdout.write_all(bytes).and_then(|()| self.stdout.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.closed = true,
            Err(error) => self.failed = Some(error),
        }
    }

    /// Writes a line.
    pub(crate) fn line(&mut self, text: impl Display) {
        self.bytes(format!("{text}\n").as_bytes());
    }

    /// Writes JSON text on a line of its own, byte for byte; on a terminal, what could move its cursor is escaped, which
    /// leaves the value the same.
    pub(crate) fn json_text(&mut self, text: &str) {
        if self.is_terminal() {
            self.line(escaped(text));
        } else {
            self.line(text);
        }
    }

    /// Writes a JSON value on a line of its own.
    pub(crate) fn value(&mut self, value: &Value) {
        self.json_text(&value.to_string());
    }

    /// Writes a line for people beside the answer, to standard error.
    pub(crate) fn note(&mut self, text: impl Display) {
        note(text);
    }

    /// Reports a failure and says how it ends the command.
    pub(crate) fn failure(&mut self, failure: &Failure) -> Exit {
        let Failure { error, exit, more, lines, explain } = failure;
        let next = next_step(error.next_step(), explain);
        if self.json {
            let mut object = serde_json::Map::new();
            let mut told = error_json(error);
            told["next_step"] = next.into();
            object.insert("error".to_owned(), told);
            object.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
            self.value(&Value::Object(object));
            return *exit;
        }
        let colour = may_colour(io::stderr().is_terminal());
        let (word, hue) = match exit {
            Exit::Unknown => ("unknown", Colour::Yellow),
            _ => ("error", Colour::Red),
        };
        let mut text = format!("{}: {}\n", paint(colour, hue, word), plain(headline(error)));
        for problem in error.problems() {
            let colon = if problem.path.is_empty() { "" } else { ": " };
            text += &format!("  {}{colon}{}\n", plain(&problem.path), plain(&problem.message));
        }
        if let Some(seconds) = error.retry_after() {
            text += &format!("  retry after: {seconds} s\n");
        }
        if let Some(id) = error.request_id() {
            text += &format!("  request id: {}\n", plain(id));
        }
        for line in lines {
            text += &format!("{line}\n");
        }
        text += &format!("{}: {}", paint(colour, Colour::Bold, "next"), next);
        self.note(text);
        *exit
    }

    /// The exit code at last: an answer that could not be written fails a command, but never hides an outcome.
    pub(crate) fn finish(mut self, exit: Exit) -> Exit {
        let Some(failed) = self.failed.take() else { return exit };
        self.note(format_args!("error: The answer could not be written to standard output: {failed}."));
        if exit == Exit::Ok { Exit::No } else { exit }
    }
}

fn note(text: impl Display) {
    // Nobody can be told that nobody can be told.
    _ = writeln!(io::stderr(), "{text}");
}

/// An attempt on one line.
fn line_of(attempt: &Attempt) -> String {
    let Attempt { method, url, status, milliseconds, request_id, number, .. } = attempt;
    let status = status.map_or_else(|| "no reply".to_owned(), |status| status.to_string());
    let id = request_id.as_ref().map(|id| format!(", request id {id}")).unwrap_or_default();
    plain(&format!("attempt {number}: {method} {url}: {status} in {milliseconds} ms{id}"))
}

/// A next step in the words of a terminal, where nobody calls a function.
fn next_step(step: &str, explain: &str) -> String {
    let step = step.replace("explain()", &format!("`{explain}`"));
    // Here it may be a variable.
    step.replace("the option that the message names", "what the message names")
}

/// An error as JSON.
pub(crate) fn error_json(error: &Error) -> Value {
    serde_json::to_value(error).unwrap_or_else(|_| json!({ "message": error.message() }))
}

/// The message without the problems that follow on lines of their own.
fn headline(error: &Error) -> &str {
    let message = error.message();
    let cut = |words: &str| message.split_once(words).map(|(what, _)| &message[..what.len() + words.len() - 1]);
    match error.problems() {
        [] => message,
        [_] => cut(" 1 problem: ").unwrap_or(message),
        many => cut(&format!(" {} problems: ", many.len())).unwrap_or(message),
    }
}

/// Whether a terminal may obey a character instead of showing it; the bidirectional controls make a line read
/// differently than it is.
fn is_obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// JSON text with such characters inside its strings as JSON escapes; white space between values stays.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_obeyed(c) && !matches!(c, '\n' | '\r' | '\t') {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// Text that cannot move a terminal's cursor: control characters become visible escapes.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_obeyed(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// A word as a POSIX shell reads it back.
pub(crate) fn shell(word: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(safe) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Lines of at most so many columns, broken between words; a longer word has a line of its own.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Rows in columns as wide as their widest cell; the first row is the head.
pub(crate) fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_a_shell() {
        assert_eq!(shell("order-1.json"), "order-1.json");
        assert_eq!(shell(""), "''");
        assert_eq!(shell("a b"), "'a b'");
        assert_eq!(shell("it's $HOME"), r"'it'\''s $HOME'");
    }

    #[test]
    fn terminals_are_not_moved() {
        assert_eq!(plain("a\x1b[2Jb\r\n\u{9b}\u{202e}é"), "a\\u{1b}[2Jb\\r\\n\\u{9b}\\u{202e}é");
    }

    #[test]
    fn json_stays_the_same_value_on_a_terminal() {
        let text = "{\n\t\"a\": \"\u{9b}\u{7f}\u{202e}é\"}";
        let shown = escaped(text);
        assert_eq!(shown, "{\n\t\"a\": \"\\u009b\\u007f\\u202eé\"}");
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(read(&shown), read(text));
    }

    #[test]
    fn next_steps_name_commands_and_no_functions() {
        let mut said = 0;
        for kind in ErrorKind::ALL {
            let step = next_step(kind.next_step(), "countersign explain");
            assert!(!step.contains("()"), "{kind}: {step}");
            said += usize::from(step.contains("`countersign explain`"));
        }
        assert_eq!(said, 2);
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("a bé ccc  dddddd e", 4), ["a bé", "ccc", "dddddd", "e"]);
        assert!(wrapped(" ", 4).is_empty());
    }

    #[test]
    fn columns_line_up() {
        let rows = [vec!["a".to_owned(), "bé".to_owned()], vec!["ccc".to_owned(), "d".to_owned()]];
        assert_eq!(table(&rows), ["a    bé", "ccc  d"]);
    }
}
