//! What arrived, newest first: each request with what had to be signed, what was signed, and why it was refused.

use super::faults::members;
use super::html::Html;
use super::orders::Orders;
use super::{SHOWN, Section, shown};
use crate::auth::Judgement;
use crate::clock;
use crate::remembered::Record;
use serde_json::Value;
use std::sync::Arc;

/// How many bytes of a body are shown, and of one that is no text.
const BODY: usize = 4 * 1024;
const BINARY: usize = 512;

/// The lines of a string to sign.
const LINES: [&str; 5] = ["the method", "the digest of the body", "the content type", "the date", "the path"];

pub(super) fn write(html: &mut Html, section: &Section, requests: &[Arc<Record>], orders: &Orders) {
    section.open(html, "Requests");
    if requests.is_empty() {
        html.put("<p>None arrived yet.</p></section>", []);
        return;
    }
    html.put("<p class=\"hint\">Newest first; times are UTC.</p><ol class=\"plain\">", []);
    for record in requests.iter().take(SHOWN) {
        request(html, record, orders.doubled_by(&record.id));
    }
    html.put("</ol>", []);
    if requests.len() > SHOWN {
        let shown = SHOWN.to_string();
        html.put("<p>The newest {} are shown; all are at <a href=\"/_/requests\">/_/requests</a>.</p>", [&shown]);
    }
    html.put("</section>", []);
}

fn request(html: &mut Html, record: &Record, doubled: bool) {
    let iso = clock::iso(record.ms);
    let status = match (record.status, record.accepted) {
        (Some(status), _) => status.to_string(),
        (None, None) => "not answered yet".to_owned(),
        (None, Some(_)) => "no answer".to_owned(),
    };
    // It may stand in the address too, or in what is said of it.
    let mask = html.hide(record.headers.iter().filter_map(|(name, value)| secret(name, value)));
    html.put("<li id=\"{}\"><details><summary>", [&record.id]);
    html.put("<time datetime=\"{}\">{}</time> ", [&iso, iso.get(11..23).unwrap_or_default()]);
    html.put("<b>{}</b> <code>{}</code> → {} ", [&record.method, &record.target, &status]);
    match record.accepted {
        Some(true) => html.put("<strong class=\"chip good\">accepted</strong> ", []),
        Some(false) => html.put("<strong class=\"chip bad\">refused</strong> ", []),
        None => html.put("<strong class=\"chip\">under way</strong> ", []),
    }
    if record.judgement.as_ref().is_some_and(|judgement| judgement.credential == "signature" && !judgement.accepted) {
        html.put("<strong class=\"chip bad\">wrong signature</strong> ", []);
    }
    if let Some(fault) = &record.fault {
        html.put("<strong class=\"chip odd\">fault {}</strong> ", [&shown(&fault["fault"])]);
    }
    if doubled {
        html.put("<strong class=\"chip bad\">doubled</strong> ", []);
    }
    if let Some(why) = &record.why {
        // Where the mistake is known, what to do about it is short.
        let known = record.judgement.as_ref().filter(|judgement| judgement.matches.is_some());
        let advice = known.and_then(|judgement| judgement.advice.as_deref());
        html.put("<span class=\"why\">{} {}</span>", [why, advice.unwrap_or_default()]);
    }
    html.put("</summary><dl>", []);
    html.put("<dt>Request</dt><dd><code>{}</code>, {}, {}", [&record.id, &iso, record.wire]);
    html.put(if record.purpose == "order" { ", places an order</dd>" } else { "</dd>" }, []);
    if let Some(order) = &record.order {
        html.put("<dt>Order</dt><dd><code>{}</code></dd>", [order]);
    }
    if let Some(fault) = &record.fault {
        html.put("<dt>Fault on demand</dt><dd>{}", [&shown(&fault["fault"])]);
        members(html, fault, &["fault"]);
        html.put("</dd>", []);
    }
    if let Some(judgement) = &record.judgement {
        credential(html, judgement);
    }
    body(html, &record.body, record.body_len);
    html.put("<dt>Headers</dt><dd><pre>\n", []);
    for (name, value) in &record.headers {
        html.put("{}: {}\n", [name, &covered(name, value)]);
    }
    html.put("</pre></dd>", []);
    html.put("</dl></details></li>", []);
    html.show(mask);
}

/// The part of a header's value that gives access. The signature of a request gives none to another.
fn secret<'h>(name: &str, value: &'h str) -> Option<&'h str> {
    let value = value.trim();
    match (name, value.split_once(' ')) {
        ("x-application-key" | "cookie" | "proxy-authorization", _) | ("authorization", None) => Some(value),
        ("authorization", Some((scheme, _))) if ["SOA", "VWS"].contains(&scheme) => None,
        ("authorization", Some((_, secret))) => Some(secret.trim_start()),
        _ => None,
    }
}

/// A header's value without it.
fn covered(name: &str, value: &str) -> String {
    match secret(name, value).filter(|secret| !secret.is_empty()) {
        Some(secret) => value.replace(secret, &format!("(hidden, {} characters)", secret.chars().count())),
        None => value.to_owned(),
    }
}

fn credential(html: &mut Html, judgement: &Judgement) {
    let Judgement { credential, accepted, message, advice, string_to_sign, presented, .. } = judgement;
    let called = match *credential {
        "signature" => "Signature",
        "application_key" => "Application key",
        "api_token" => "API token",
        _ => "Credential",
    };
    let verdict = match (message, accepted) {
        (Some(message), _) => message.as_str(),
        (None, true) => "It is right.",
        (None, false) => "It is wrong.",
    };
    html.put("<dt>{}</dt><dd>{}", [called, verdict]);
    if let Some(advice) = advice {
        html.put("<p><b>Advice:</b> {}</p>", [advice]);
    }
    html.put("</dd>", []);
    match (string_to_sign, presented) {
        (Some(ours), Some(theirs)) if ours != theirs => both(html, ours, theirs),
        (Some(ours), _) => html.put("<dt>String to sign</dt><dd><pre>\n{}</pre></dd>", [ours]),
        _ => {}
    }
}

/// The string that had to be signed and the one that was, with what differs marked.
fn both(html: &mut Html, ours: &str, theirs: &str) {
    let (right, wrong): (Vec<_>, Vec<_>) = (ours.split('\n').collect(), theirs.split('\n').collect());
    let differs = |at: &usize| right.get(*at) != wrong.get(*at);
    let lines: Vec<_> = (0..right.len().max(wrong.len())).filter(differs).collect();
    let whole = right.len() == LINES.len() && wrong.len() == LINES.len();
    let names: Vec<_> = lines.iter().map(|at| if whole { LINES[*at].to_owned() } else { line(*at) }).collect();
    html.put("<dt>What differs</dt><dd>{}</dd>", [&sentence(&names.join(", "))]);
    for (title, mine, others) in [("String to sign", &right, &wrong), ("What was signed instead", &wrong, &right)] {
        html.put("<dt>{}</dt><dd><pre>\n", [title]);
        for (at, line) in mine.iter().enumerate() {
            html.put(if at > 0 { "\n" } else { "" }, []);
            marked(html, line, others.get(at).copied());
        }
        html.put("</pre></dd>", []);
    }
}

fn line(at: usize) -> String {
    format!("line {}", at + 1)
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

/// Writes a line and marks the part that the other does not have.
fn marked(html: &mut Html, line: &str, other: Option<&str>) {
    let Some(other) = other.filter(|other| *other != line) else {
        match other {
            Some(_) => html.put("{}", [line]),
            None => html.put("<mark>{}</mark>", [line]),
        }
        return;
    };
    let alike = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| {
        a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum::<usize>()
    };
    let begin = alike(&mut line.chars(), &mut other.chars());
    let end = alike(&mut line[begin..].chars().rev(), &mut other[begin..].chars().rev());
    let (middle, rest) = line[begin..].split_at(line.len() - begin - end);
    match middle {
        "" => html.put("{}<mark>⟨nothing⟩</mark>{}", [&line[..begin], rest]),
        middle => html.put("{}<mark>{}</mark>{}", [&line[..begin], middle, rest]),
    }
}

/// A body: text as far as it is shown, or bytes.
fn body(html: &mut Html, kept: &[u8], length: usize) {
    let text = match std::str::from_utf8(kept) {
        Ok(text) => Ok(text),
        // Remembered is the beginning, which may end within a character.
        Err(error) if error.error_len().is_none() && kept.len() < length => {
            Ok(std::str::from_utf8(&kept[..error.valid_up_to()]).unwrap_or_default())
        }
        Err(error) => Err(error.valid_up_to()),
    };
    let size = length.to_string();
    match text {
        _ if length == 0 => html.put("<dt>Body</dt><dd>None.</dd>", []),
        Ok(text) => {
            let end = (0..=text.len().min(BODY)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            match end == length {
                true => html.put("<dt>Body, {} bytes</dt>", [&size]),
                false => html.put("<dt>Body, {} bytes; the first {}</dt>", [&size, &end.to_string()]),
            }
            html.put("<dd><pre>\n{}</pre></dd>", [&text[..end]]);
        }
        Err(from) => {
            let shown = kept.len().min(BINARY);
            let (from, first) = (from.to_string(), shown.to_string());
            html.put("<dt>Body, {} bytes, no UTF-8 from byte {} on; the first {} in hex</dt>", [&size, &from, &first]);
            let hex: Vec<_> = kept[..shown].iter().map(|byte| format!("{byte:02x}")).collect();
            html.put("<dd><pre>\n{}</pre></dd>", [&hex.join(" ")]);
        }
    }
}

/// What a JSON list of headers says.
pub(super) fn headers(html: &mut Html, headers: &Value) {
    for (name, value) in headers.as_object().into_iter().flatten() {
        html.put("{}: {}\n", [name, &covered(name, &super::plain(value))]);
    }
}
