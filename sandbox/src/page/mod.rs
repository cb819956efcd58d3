//! The page at `/`: what arrived, for people. No scripts, and everything that came from outside is escaped.

use crate::clock;
use crate::http::Answer;
use crate::platform::Platform;
use crate::remembered::Record;
use crate::state::Shared;
use serde_json::Value;
use std::fmt::Write as _;

/// How many requests and orders are shown.
const SHOWN: usize = 100;

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#d5d5da;--soft:#f4f4f6;--good:#0a6b34;--bad:#a5122a}\
@media(prefers-color-scheme:dark){:root{--line:#44464d;--soft:#24262b;--good:#6fd598;--bad:#ff8d9c}}\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}\
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem}\
pre{background:var(--soft);padding:.6rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.85rem;margin:.3rem 0}\
code{overflow-wrap:anywhere}details{border:1px solid var(--line);border-radius:.4rem;padding:.5rem .8rem;margin:.5rem 0}\
summary{cursor:pointer;overflow-wrap:anywhere}dt{font-weight:600;margin-top:.5rem}dd{margin:0}\
table{border-collapse:collapse;display:block;overflow-x:auto}td,th{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}\
.good{color:var(--good)}.bad{color:var(--bad)}";

/// Writes text so that a browser shows it and never acts on it.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Invisible ones would hide what a header smuggles.
            c if c.is_control() && c != '\n' && c != '\t' => {
                let _ = write!(safe, "\u{fffd}");
            }
            c => safe.push(c),
        }
    }
    safe
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => escape(text),
        other => escape(&other.to_string()),
    }
}

/// The page of one listener.
pub(crate) fn page(shared: &Shared, platform: Platform) -> Answer {
    let (name, other_name, other) = match platform {
        Platform::Spiff => ("Spiff Commerce", "Sign Customiser", &shared.sign_customiser_url),
        Platform::SignCustomiser => ("Sign Customiser", "Spiff Commerce", &shared.spiff_url),
    };
    // Taken, not held: others are answered while it is written.
    let orders = shared.state().orders.clone();
    let (requests, deliveries) = {
        let log = shared.log();
        (log.requests(), log.deliveries())
    };
    let mut out = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Sandbox: {name}</title>\
         <style>{STYLE}</style></head><body><main><h1>Countersign sandbox: {name}</h1>\
         <p>It stands in for {name} on this machine. Nothing leaves it. Reload the page to see what is new. \
         The other platform: <a href=\"{}/\">{other_name}</a>.</p>",
        escape(other)
    );

    let orders: Vec<_> = orders.iter().rev().filter(|order| order["platform"] == platform.name()).collect();
    let _ = write!(out, "<h2>Orders ({})</h2>", orders.len());
    if orders.is_empty() {
        out.push_str("<p>None yet.</p>");
    } else {
        out.push_str(
            "<table><thead><tr><th>External id</th><th>Paid</th><th>Items</th><th>Wire</th><th>Time</th><th>Request</th>\
             </tr></thead><tbody>",
        );
        for order in orders.iter().take(SHOWN) {
            let items: Vec<_> = order["items"].as_array().into_iter().flatten().map(item).collect();
            let _ = write!(
                out,
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                shown(&order["externalId"]),
                shown(&order["paid"]),
                items.join("<br>"),
                shown(&order["wire"]),
                shown(&order["time"]),
                shown(&order["request"]),
            );
        }
        out.push_str("</tbody></table>");
    }

    if platform == Platform::SignCustomiser {
        let _ = write!(out, "<h2>Webhooks sent ({})</h2>", deliveries.len());
        if deliveries.is_empty() {
            out.push_str("<p>None yet.</p>");
        }
        for one in deliveries.iter().rev().take(SHOWN) {
            delivery(&mut out, one);
        }
    }

    let requests: Vec<_> = requests.iter().rev().filter(|record| record.platform == platform).collect();
    let _ = write!(out, "<h2>Requests ({})</h2>", requests.len());
    if requests.is_empty() {
        out.push_str("<p>None yet.</p>");
    }
    for record in requests.iter().take(SHOWN) {
        request(&mut out, record);
    }
    if requests.len() > SHOWN {
        let _ = write!(out, "<p>The newest {SHOWN} are shown; all are at <code>/_/requests</code>.</p>");
    }
    out.push_str("</main></body></html>");
    // Even if something slipped through the escaping, the browser would not run it.
    Answer::html(200, out)
        .with("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
        .with("cache-control", "no-store")
}

fn item(item: &Value) -> String {
    let amount = if item["amountToOrder"].is_null() { &item["quantity"] } else { &item["amountToOrder"] };
    let what = ["transactionId", "bundleId", "external_id"].into_iter().find(|key| !item[*key].is_null());
    format!("{} × <code>{}</code>", shown(amount), shown(what.map_or(&Value::Null, |key| &item[key])))
}

fn delivery(out: &mut String, one: &Value) {
    let class = if one["state"] == "delivered" { "good" } else { "bad" };
    let _ = write!(
        out,
        "<details><summary><strong class=\"{class}\">{}</strong> {} → <code>{}</code></summary><pre>{}</pre>",
        shown(&one["state"]),
        shown(&one["topic"]),
        shown(&one["url"]),
        shown(&one["body"]),
    );
    for attempt in one["attempts"].as_array().into_iter().flatten() {
        let headers = attempt["headers"].as_object().into_iter().flatten();
        let headers: Vec<_> = headers.map(|(name, value)| format!("{}: {}", escape(name), shown(value))).collect();
        let end = if attempt["status"].is_null() { &attempt["error"] } else { &attempt["status"] };
        let _ = write!(
            out,
            "<p>{}: {}</p><pre>{}\n\n{}</pre>",
            shown(&attempt["time"]),
            shown(end),
            headers.join("\n"),
            shown(&attempt["reply"])
        );
    }
    out.push_str("</details>");
}

fn request(out: &mut String, record: &Record) {
    let (class, word) = match record.accepted {
        Some(true) => ("good", "accepted"),
        Some(false) => ("bad", "refused"),
        None => ("", "being answered"),
    };
    let status = record.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let _ = write!(
        out,
        "<details><summary><strong class=\"{class}\">{word}</strong> {} <code>{}</code> → {status} <small>{} {}</small>{}\
         </summary><dl>",
        escape(&record.method),
        escape(&record.target),
        escape(&record.id),
        clock::iso(record.ms),
        record.why.as_deref().map(|why| format!("<br>{}", escape(why))).unwrap_or_default(),
    );
    let mut entry = |name: &str, text: &str| {
        let _ = write!(out, "<dt>{name}</dt><dd><pre>{}</pre></dd>", escape(text));
    };
    if let Some(judgement) = &record.judgement {
        let verdict = match &judgement.message {
            Some(message) => format!("{}: {message}", judgement.credential),
            None if judgement.accepted => format!("{}: right", judgement.credential),
            None => judgement.credential.to_owned(),
        };
        entry("Credential", &verdict);
        if let Some(advice) = &judgement.advice {
            entry("Advice", advice);
        }
        if let Some(string) = &judgement.string_to_sign {
            entry("String to sign", string);
        }
        if let Some(presented) = &judgement.presented {
            entry("What was signed instead", presented);
        }
    }
    if let Some(fault) = &record.fault {
        entry("Fault on demand", &fault.to_string());
    }
    if let Some(order) = &record.order {
        entry("Order", order);
    }
    let headers: Vec<_> = record.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    entry("Headers", &headers.join("\n"));
    let cut = if record.body.len() < record.body_len { ", the beginning" } else { "" };
    entry(&format!("Body ({} bytes{cut})", record.body_len), &String::from_utf8_lossy(&record.body));
    out.push_str("</dl></details>");
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_stays_markup() {
        assert_eq!(escape("<a href='x' b=\"y\">&"), "&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;");
        assert_eq!(escape("a\u{0}b\u{7f}\nc"), "a\u{fffd}b\u{fffd}\nc");
    }
}
