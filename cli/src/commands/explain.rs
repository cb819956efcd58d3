//! `countersign explain`: why a signature was refused, with both strings to sign side by side.

use super::sign::VARIABLE;
use crate::input::{RequestArgs, SecretArgs};
use crate::output::{Colour, Ended, Exit, Failure, Output, plain};
use clap::Args;
use countersign::signature::Explanation;
use countersign::{Error, ErrorKind, Scheme, Signer};

pub(crate) const AFTER_HELP: &str = "\
Give the request as it was sent, and the secret that should have signed it (as
for `countersign sign`). Ends with 0 if the signature could be explained
(`as_sent`: it is right for this secret), with 1 if no usual mistake makes it.

A request file may also be what `curl -v` printed (the body then by
--body-file), or the file of `curl --trace` or `--trace-ascii`. To capture what
another program sends, point it at `countersign sandbox` once, which shows every
request as it arrived.

Examples:
  COUNTERSIGN_SECRET_KEY=… countersign explain --request refused.http
  countersign explain --secret-file secret --method POST \\
    --path '/api/v2/orders?a=b' --body-file body.json \\
    --header 'Authorization: SOA K:…' \\
    --header 'Date: Mon, 23 Apr 2012 12:45:19 GMT' \\
    --header 'Content-Type: application/json'";

#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// The access key of the secret; without it the one that the Authorization header names
    #[arg(long)]
    key_id: Option<String>,
    #[command(flatten)]
    request: RequestArgs,
    /// soa or vws; without it the one that the Authorization header names
    #[arg(long)]
    scheme: Option<String>,
    /// sha512 or md5; without it the scheme's own
    #[arg(long)]
    digest: Option<String>,
    #[command(flatten)]
    secret: SecretArgs,
}

impl Explain {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let secret = self.secret.secret(VARIABLE, "secret key")?;
        let mut message = self.request.message()?;
        if secret.is_quoted() {
            message.oddities.push("The secret key has quotes around it, as an env file may leave them.".to_owned());
        }
        let claimed = message.claimed();
        let scheme = match (&self.scheme, claimed) {
            (Some(name), _) => Scheme::from_names(name, self.digest.as_deref()).map_err(Failure::usage)?,
            (None, Some((word, _))) if word.eq_ignore_ascii_case("vws") && self.digest.as_deref() != Some("sha512") => {
                Scheme::from_names(word, self.digest.as_deref()).map_err(Failure::usage)?
            }
            (None, _) => Scheme::from_names("SOA", self.digest.as_deref()).map_err(Failure::usage)?,
        };
        let signer = match (&self.key_id, claimed) {
            (Some(key_id), _) => Signer::new(key_id, secret, scheme)?,
            // No Authorization, or one without a key id: the explanation says so, whatever the key.
            (None, None | Some((_, ""))) => Signer::new("unknown", secret, scheme)?,
            (None, Some((_, key_id))) => {
                if key_id.contains(|c: char| c.is_whitespace() || c.is_control()) {
                    return Err(Error::new(
                        ErrorKind::InvalidArgument,
                        "The key id of the Authorization header has white space or control characters. Give --key-id.",
                    )
                    .into());
                }
                Signer::new(key_id, secret, scheme)?
            }
        };
        let explanation = signer.explain(&message.method, &message.target, &message.body, &message.borrowed());
        let exit = if explanation.matches.is_some() { Exit::Ok } else { Exit::No };
        if out.is_json() {
            out.json_text(&serde_json::to_string(&explanation).unwrap_or_default());
        } else {
            for line in show(&explanation, out) {
                out.line(line);
            }
            for oddity in &message.oddities {
                out.line(format_args!("note: {oddity}"));
            }
        }
        Ok(exit)
    }
}

/// What each line of a string to sign is.
const NAMES: [&str; 5] = ["method", "body digest", "content type", "date", "path"];
/// The narrowest column that is readable; a body digest then takes five lines.
const NARROWEST: usize = 28;

/// The explanation as text for people.
pub(crate) fn show(explanation: &Explanation, out: &Output) -> Vec<String> {
    let Explanation { matches, advice, ours, presented } = explanation;
    let found = match matches.as_deref() {
        Some("as_sent") => out.paint(Colour::Green, "as_sent"),
        Some(names) => out.paint(Colour::Yellow, &plain(names)),
        None => out.paint(Colour::Red, "nothing"),
    };
    let mut lines = vec![format!("matches: {found}")];
    lines.extend(wrapped(&plain(advice), out.width().min(110)));
    lines.push(String::new());
    let bold = |text: &str| out.paint(Colour::Bold, text);
    match presented {
        None => {
            lines.push(bold("string to sign of the request as received"));
            lines.extend(one(ours, None, out));
        }
        Some(presented) if presented == ours => {
            lines.push(bold("string to sign"));
            lines.extend(one(ours, None, out));
        }
        Some(presented) => match side_by_side(ours, presented, out) {
            Some(both) => lines.extend(both),
            None => {
                lines.push(bold("as received"));
                lines.extend(one(ours, Some(presented), out));
                lines.push(bold("as signed by the sender"));
                lines.extend(one(presented, Some(ours), out));
            }
        },
    }
    lines
}

fn rows(text: &str) -> Vec<&str> {
    text.split('\n').collect()
}

fn name(i: usize, rows: usize) -> String {
    // Text with line feeds in its parts has more lines than it should, and the names would lie.
    if rows == NAMES.len() { NAMES[i].to_owned() } else { (i + 1).to_string() }
}

fn mark(differs: bool) -> &'static str {
    if differs { "≠" } else { " " }
}

fn one(text: &str, other: Option<&str>, out: &Output) -> Vec<String> {
    let (rows, others) = (rows(text), other.map(rows));
    let line = |(i, row): (usize, &&str)| {
        let differs = others.as_ref().is_some_and(|others| others.get(i) != Some(row));
        let text = plain(row);
        let text = if differs { out.paint(Colour::Yellow, &text) } else { text };
        format!("{} {:<12}  {text}", mark(differs), name(i, rows.len())).trim_end().to_owned()
    };
    rows.iter().enumerate().map(line).collect()
}

/// Two columns, or nothing if the terminal is too narrow for them.
fn side_by_side(ours: &str, presented: &str, out: &Output) -> Option<Vec<String>> {
    let (left, right) = (rows(ours), rows(presented));
    // Mark, name, and the gaps between them and the columns.
    let room = out.width().checked_sub(2 + 12 + 2 + 3)? / 2;
    if room < NARROWEST {
        return None;
    }
    let longest = left.iter().chain(&right).map(|row| plain(row).chars().count()).max().unwrap_or(0);
    let column = room.min(longest.max(NARROWEST));
    let bold = |text: &str| out.paint(Colour::Bold, text);
    let heads = (format!("{:<column$}", "as received"), "as signed by the sender");
    let mut lines = vec![format!("  {:<12}  {} │ {}", "", bold(&heads.0), bold(heads.1))];
    for i in 0..left.len().max(right.len()) {
        let cell = |rows: &[&str]| rows.get(i).map(|row| chunks(&plain(row), column)).unwrap_or_default();
        let (a, b) = (cell(&left), cell(&right));
        let differs = left.get(i) != right.get(i);
        for row in 0..a.len().max(b.len()).max(1) {
            let (mark, name) =
                if row == 0 { (mark(differs), name(i, left.len().max(right.len()))) } else { (" ", String::new()) };
            let text = |cell: &[String], pad: bool| {
                let text = cell.get(row).map_or("", String::as_str);
                let text = if pad { format!("{text:<column$}") } else { text.to_owned() };
                if differs && !text.trim().is_empty() { out.paint(Colour::Yellow, &text) } else { text }
            };
            lines.push(format!("{mark} {name:<12}  {} │ {}", text(&a, true), text(&b, false)).trim_end().to_owned());
        }
    }
    Some(lines)
}

fn chunks(text: &str, width: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(width).map(|chunk| chunk.iter().collect()).collect()
}

/// Text broken between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
