//! The tables in `docs/` are what the core's tables say. `make generate` rewrites them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use countersign_core::delivery::{Class, Effect};
use countersign_core::options::{ENVIRONMENT, OPTIONS, OptionKind, Scope};
use countersign_core::spiff::SPACING;
use countersign_core::{ErrorKind, Outcome};
use countersign_tests::{replies, vectors};
use std::fmt::Write;

fn compare(name: &str, text: &str) {
    let checked = countersign_schema::current::check(&format!("docs/{name}"), text, "generate");
    checked.unwrap_or_else(|told| panic!("{told}"));
}

fn kind(kind: OptionKind) -> String {
    match kind {
        OptionKind::Text => "text".to_owned(),
        OptionKind::Secret => "secret".to_owned(),
        OptionKind::Seconds(min, max) => format!("whole number, {min} to {max}"),
        OptionKind::Duration => "seconds, also with a fraction".to_owned(),
        OptionKind::Bytes => "bytes".to_owned(),
        OptionKind::Flag => "`true` or `false`".to_owned(),
        OptionKind::Choice(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        OptionKind::List => "words, separated by commas".to_owned(),
    }
}

#[test]
fn options() {
    let mut text = "<!-- Generated from core/src/options.rs by `make generate`. -->\n# Options\n\nOne table for every language, \
                    the command line (`--option name=value`) and the environment.\n\n| option | for | value | default | \
                    meaning |\n|---|---|---|---|---|\n"
        .to_owned();
    for row in OPTIONS {
        let scope = match row.scope {
            Scope::Spiff => "Spiff",
            Scope::SignCustomiser => "Sign Customiser",
            Scope::Both => "both",
        };
        writeln!(text, "| `{}` | {scope} | {} | {} | {} |", row.name, kind(row.kind), row.default, row.meaning)
            .unwrap();
    }
    text += "\n# Environment\n\nRead by `from_env` and by the command line. Each is also read with `_FILE` appended: the path of \
             a file whose text, less one final line end, is the value.\n\n| variable | option |\n|---|---|\n";
    for (name, _, option) in ENVIRONMENT {
        writeln!(text, "| `{name}` | `{option}` |").unwrap();
    }
    compare("options.md", &text);
}

#[test]
fn errors() {
    let mut text = "<!-- Generated from core/src/kind.rs and core/src/delivery.rs by `make generate`. -->\n# Errors\n\nEvery \
                    error has a kind. Numbers and names are the same in every language and never change meaning.\n\n| number | \
                    kind | what it means |\n|---|---|---|\n"
        .to_owned();
    for kind in ErrorKind::ALL {
        writeln!(text, "| {} | [`{kind}`](#{kind}) | {} |", kind.number(), kind.meaning()).unwrap();
    }
    text += "\n# What an attempt means\n\nOne row for each thing that can happen to an attempt. *Retryable* says whether the \
             same call may simply be made again; it is never so where the outcome is unknown. A read has no outcome.\n\n| what \
             happened | kind | outcome of an order | order retryable | read retryable |\n|---|---|---|---|---|\n";
    let yes = |yes| if yes { "yes" } else { "no" };
    for class in Class::ALL {
        let outcome = class.outcome(Effect::Order).map_or("", Outcome::name).replace('_', " ");
        let (order, read) = (yes(class.retryable(Effect::Order)), yes(class.retryable(Effect::Read)));
        let kind = class.kind().map(|kind| format!("[`{kind}`](#{kind})")).unwrap_or_default();
        writeln!(text, "| {} | {kind} | {outcome} | {order} | {read} |", words(*class)).unwrap();
    }
    text += PROOFS_HEAD;
    let rows = vectors("reply.json");
    let judged = |id: &str| {
        let row = rows.iter().find(|row| row.id() == id).unwrap_or_else(|| panic!("{id} is no row of reply.json"));
        match replies::call(row).read_json(&replies::reply(row)) {
            Ok(_) => "placed".to_owned(),
            Err(error) => {
                let outcome = error.outcome().map_or("", Outcome::name).replace('_', " ");
                format!("{outcome} (`{}`)", error.kind())
            }
        }
    };
    for (evidence, wires) in PROOFS {
        let [graphql, rest, sign_customiser] = wires.map(|id| if id.is_empty() { String::new() } else { judged(id) });
        writeln!(text, "| {evidence} | {graphql} | {rest} | {sign_customiser} |").unwrap();
    }
    text += PROOFS_TAIL;
    text += &settling();
    text += &kinds();
    compare("errors.md", &text);
}

/// Each kind under a heading of its own, so that a link can lead to it.
fn kinds() -> String {
    let mut text = "\n# The kinds, one by one\n\nWhat to do is said for an order. A read in trouble changed nothing and may be tried again; \
                    another change whose outcome is unknown is read back before it is sent again.\n"
        .to_owned();
    for kind in ErrorKind::ALL {
        writeln!(text, "\n## {kind}\n\n{} {} Its number is {}.\n", kind.meaning(), kind.next_step(), kind.number())
            .unwrap();
        for class in Class::ALL.iter().filter(|class| class.kind() == Some(*kind)) {
            let outcome = class.outcome(Effect::Order).map_or("", Outcome::name).replace('_', " ");
            let again = if class.retryable(Effect::Order) { ", and the same order may be placed again" } else { "" };
            writeln!(text, "- {}: the order is *{outcome}*{again}.", words(*class)).unwrap();
        }
    }
    text
}

/// How doubt is settled, and how that ends.
fn settling() -> String {
    let mut text = "\n# Settling\n\n`settle` reads the designs of an order in doubt back. *Placed*: every one of them is ordered, by \
                    this order's id. *Absent*: every one of them was shown and not ordered, twice, `settle_gap` seconds apart and \
                    no earlier than `settle_delay` after the request; only then may the order be placed again. Everything else is \
                    *unclear*: a design that is not shown, some ordered and some not, an id or a field that stands there twice, or \
                    is missing. Do not place such an order again.\n\n`sent_at` is what the error said, in whole seconds since 1970. A \
                    moment before this library existed (a lost 0), one more than a day ahead of the clock, and milliseconds are \
                    refused, as `invalid_argument` with the path `sent_at`; `first_absent_at` likewise. Where it is lost, give the \
                    present: settling then takes longer, and errs less.\n\n`again_at` says when to look again, and `first_absent_at` \
                    is handed over to that look. Looks grow rarer, and end: then `again_at` is null, and the reason says what is \
                    likely: the ids are wrong, or not visible to these credentials. A person must look.\n\n| since the request could \
                    last be accepted | the next look after |\n|---|---|\n"
        .to_owned();
    let words = |seconds: i64| match seconds {
        ..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    };
    for (until, every) in SPACING {
        writeln!(text, "| less than {} | {} |", words(*until), words(*every)).unwrap();
    }
    writeln!(text, "| longer | none: a person must look |").unwrap();
    text
}

const PROOFS_HEAD: &str = "\n# What a reply proves\n\nWhat is read out of the reply to an order, for each wire: *Spiff GraphQL*, \
    *Spiff REST* (`/api/v2/orders` and `/targets`) and *Sign Customiser*. *Placed* and *not placed* are certain words: a 2xx \
    proves something only by whole, well-formed JSON (or by nothing at all where the platform need say nothing), with our own \
    external id where one is named, and one value for each key that decides. What contradicts is quoted in the error, cut.\n\n\
    | evidence | Spiff GraphQL | Spiff REST | Sign Customiser |\n|---|---|---|---|\n";

const PROOFS_TAIL: &str = "\nA reply is what came after the request. What a server says before the first byte of the request \
    was written is no answer: nothing was sent (`connect`, not placed). Interim replies (1xx but for 101) are skipped. A byte \
    order mark is skipped; whether a body is HTML is judged by the body, not by its label. Errors that the platform reports, \
    with whatever status, are the `problems` of the error, each with its path and code.\n";

/// What is read out of a reply to an order, and a row of `vectors/reply.json` for it on each wire.
#[rustfmt::skip]
const PROOFS: &[(&str, [&str; 3])] = &[
    ("2xx: an order with an id", ["graphql-placed", "rest_order-201-id", "sc-placed"]),
    ("2xx: an order without an id, but with our external id", ["graphql-placed-without-id", "rest-our-external-id-alone", "sc-placed-without-id"]),
    ("2xx: an object with neither", ["graphql-order-without-fields", "rest-201-without-id", "sc-without-external-id"]),
    ("2xx: an order with errors beside it", ["graphql-placed-with-errors", "rest-error-with-id", ""]),
    ("2xx: another order's external id, wherever it stands", ["graphql-other-order", "rest-other-order-data", "sc-other-order"]),
    ("2xx: a deciding key twice (`data`, `errors`, the order, an id)", ["graphql-twice-order", "rest-twice-data", "sc-twice-order"]),
    ("2xx: a list in the place of the order", ["graphql-order-is-a-list", "rest-201-list", "sc-order-is-a-list"]),
    ("2xx: null in the place of the order", ["graphql-null-order", "rest-says-null", "sc-null-order"]),
    ("2xx: says that it failed, and has no id", ["", "rest-says-success-false", "sc-says-error"]),
    ("2xx: no `data`, and a list of errors without a path", ["graphql-no-data", "", ""]),
    ("2xx: no `data`, and errors of any other form", ["graphql-no-data-errors-with-path", "", ""]),
    ("2xx: an empty body whose end is marked (204, Content-Length, chunks)", ["graphql-empty-body-framed", "rest-201-empty", "sc-empty-framed"]),
    ("2xx: an empty body that only the end of the connection ends", ["graphql-empty-body", "rest-201-empty-unframed", "sc-empty"]),
    ("2xx: JSON that is cut off or not well-formed", ["graphql-truncated", "rest-201-truncated", "sc-truncated"]),
    ("2xx: a page in HTML", ["graphql-html", "rest-200-html", "sc-html"]),
    ("2xx: a body that is still compressed", ["graphql-still-coded", "rest-still-coded", "sc-still-coded"]),
    ("401, 403", ["graphql_order-401", "rest_order-401", "sign_customiser_order-401"]),
    ("400, 404, 405, 413, 415, 422 and other statuses that refuse the request", ["graphql_order-422", "rest_order-422", "sign_customiser_order-422"]),
    ("429", ["graphql_order-429", "rest_order-429", "sign_customiser_order-429"]),
    ("408, 409, 425, other 4xx, 1xx alone", ["graphql_order-409", "rest_order-409", "sign_customiser_order-409"]),
    ("3xx", ["graphql_order-301", "rest_order-301", "sign_customiser_order-301"]),
    ("5xx", ["graphql_order-500", "rest_order-500", "sign_customiser_order-500"]),
];

fn words(class: Class) -> &'static str {
    match class {
        Class::Done => "the platform confirmed it",
        Class::Invalid => "the input was refused here",
        Class::Busy => "too much work was waiting here",
        Class::AbortedUnsent => "the caller ended the call while it waited its turn",
        Class::AbortedUnderWay => {
            "the caller ended the call when bytes may have left, or did not get the answer that came"
        }
        Class::Expired => "time ran out before a byte left, such as while the call waited its turn",
        Class::Defect => "a defect of this library struck while the call was under way",
        Class::Unreachable => "no connection",
        Class::TlsFailed => "the TLS handshake failed",
        Class::ProxyFailed => "the proxy did not connect",
        Class::Interrupted => "the connection broke after bytes may have left",
        Class::TimedOut => "time ran out after bytes may have left",
        Class::Unauthorized => "401, 403",
        Class::Refused => "400, 404, 405, 413, 415, 422 and other statuses that refuse the request",
        Class::Throttled => "429",
        Class::Unavailable => "503 with Retry-After",
        Class::UnavailableUnclear => "the same, with `throttled = \"unknown\"`",
        Class::ThrottledUnclear => "the same, with `throttled = \"unknown\"`",
        Class::UnclearStatus => "408, 409, 425, other 4xx, 1xx alone",
        Class::Redirected => "3xx, which is never followed",
        Class::ServerError => "5xx",
        Class::UnexpectedReply => {
            "2xx with HTML, cut-off or oversized JSON, another order, or without the documented object"
        }
        Class::GraphqlRefused => "GraphQL without a `data` key: nothing was executed",
        Class::OrderNull => "GraphQL with `data` or the order null",
        Class::MissingData => "a readable reply without what was asked for",
        Class::PartialErrors => "GraphQL data with errors (an order with errors beside it is placed)",
        _ => panic!("{class:?} has no words: add them here"),
    }
}
