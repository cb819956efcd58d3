//! Webhooks that were sent, newest first, who is subscribed, and the form of a test delivery.

use super::form::{Field, Form, Keys};
use super::html::Html;
use super::requests::headers;
use super::{SHOWN, Section, View, plain};
use crate::receivers::loopback;
use crate::state::Shared;
use crate::webhooks::{self, TOPICS};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) const DELIVERY: &str = "delivery";

/// How much of a body or a reply is shown.
const TEXT: usize = 4 * 1024;

pub(super) fn write(
    html: &mut Html,
    view: &View<'_>,
    section: &Section,
    deliveries: &[Arc<Value>],
    subscriptions: &[Value],
) {
    section.open(html, "Webhooks");
    let sent = deliveries.iter().find(|one| plain(&one["id"]) == view.done.delivery);
    if let Some(sent) = sent {
        let attempt = sent["attempts"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
        html.put("<p class=\"notice done\" role=\"status\">The delivery ended: {}.</p>", [&end(&attempt)]);
    }
    form(html, view, deliveries);
    for one in subscriptions {
        html.put("<p>Subscribed: {} to <code>{}</code>", [&plain(&one["topic"]), &plain(&one["url"])]);
        html.put(", {}</p>", [&plain(&one["status"])]);
    }
    match deliveries.is_empty() {
        true => html.put("<p>None was sent yet.</p>", []),
        false => {
            html.put("<ol class=\"plain\">", []);
            for one in deliveries.iter().take(SHOWN) {
                delivery(html, one, sent.is_some_and(|sent| Arc::ptr_eq(sent, one)));
            }
            html.put("</ol>", []);
        }
    }
    if deliveries.len() > SHOWN {
        let shown = SHOWN.to_string();
        html.put("<p>The newest {} are shown; all are at <a href=\"/_/deliveries\">/_/deliveries</a>.</p>", [&shown]);
    }
    html.put("</section>", []);
}

fn form(html: &mut Html, view: &View<'_>, deliveries: &[Arc<Value>]) {
    view.fold(html, DELIVERY, "Test delivery");
    let mut fields = view.fields(html, DELIVERY);
    let topics = TOPICS.map(|topic| (topic, topic, ""));
    fields.choice(
        Field { name: "topic", label: "Topic", ..Field::default() },
        &topics,
        &last(deliveries, "topic", &TOPICS),
    );
    let hint = "On this machine, such as http://127.0.0.1:8000/webhooks.";
    fields.line(
        Field { name: "url", label: "URL", hint, ..Field::default() },
        Keys::Url,
        &last(deliveries, "url", &TOPICS),
    );
    fields.area(Field { name: "data", label: "Body", hint: "JSON. Empty: a sample of the topic.", ..Field::default() });
    fields.close("Deliver it");
    html.put("</details>", []);
}

/// What the last delivery of one of these topics had, for the next one.
pub(super) fn last(deliveries: &[Arc<Value>], member: &str, topics: &[&str]) -> String {
    let fits = |one: &&Arc<Value>| one["topic"].as_str().is_some_and(|topic| topics.contains(&topic));
    deliveries.iter().find(fits).map(|one| plain(&one[member])).unwrap_or_default()
}

/// How an attempt ended.
fn end(attempt: &Value) -> String {
    match attempt["status"].as_u64() {
        Some(status) => format!("answered {status}"),
        None if attempt["error"].is_string() => plain(&attempt["error"]).trim_end_matches('.').to_owned(),
        None => "not answered yet".to_owned(),
    }
}

fn delivery(html: &mut Html, one: &Value, open: bool) {
    let state = plain(&one["state"]);
    html.put("<li id=\"delivery-{}\">", [&plain(&one["id"])]);
    html.put(if open { "<details open>" } else { "<details>" }, []);
    html.put("<summary>{} → <code>{}</code> ", [&plain(&one["topic"]), &plain(&one["url"])]);
    match state.as_str() {
        "delivered" => html.put("<strong class=\"chip good\">{}</strong>", [&state]),
        "sending" => html.put("<strong class=\"chip\">{}</strong>", [&state]),
        _ => html.put("<strong class=\"chip bad\">{}</strong>", [&state]),
    }
    html.put("</summary><dl>", []);
    for attempt in one["attempts"].as_array().into_iter().flatten() {
        html.put("<dt>{}: {}</dt>", [&plain(&attempt["time"]), &end(attempt)]);
        html.put("<dd><pre>\n", []);
        headers(html, &attempt["headers"]);
        html.put("</pre>", []);
        if attempt["reply"].is_string() {
            text(html, "The answer", &attempt["reply"]);
        }
        html.put("</dd>", []);
    }
    html.put("<dt>What was sent</dt><dd>", []);
    text(html, "Body", &one["body"]);
    html.put("</dd></dl></details></li>", []);
}

fn text(html: &mut Html, title: &str, value: &Value) {
    let text = value.as_str().unwrap_or_default();
    let end = (0..=text.len().min(TEXT)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    html.put("<p>{}, {} bytes", [title, &text.len().to_string()]);
    match end == text.len() {
        true => html.put("</p>", []),
        false => html.put("; the first {}</p>", [&end.to_string()]),
    }
    html.put("<pre>\n{}</pre>", [&text[..end]]);
}

/// Delivers what the form asks for and answers where to see how it ended.
pub(super) async fn deliver(shared: &Arc<Shared>, form: &mut Form) -> Option<String> {
    let mut given = json!({ "topic": form.text("topic"), "url": form.text("url") });
    if !TOPICS.contains(&form.text("topic")) {
        form.refuse("topic", "Choose a topic.");
    }
    if let Err(why) = loopback(form.text("url")) {
        form.refuse("url", why);
    }
    if !form.text("data").is_empty() {
        match serde_json::from_str::<Value>(form.text("data")) {
            Ok(data) => given["data"] = data,
            Err(error) => form.refuse("data", format!("This is not JSON: {error}.")),
        }
    }
    if !form.is_right() {
        return None;
    }
    match webhooks::deliver(shared, &given).await {
        Ok(told) => Some(format!("/?done={DELIVERY}&delivery={}#webhooks", told["delivery"])),
        Err(why) => {
            form.refuse("", why);
            None
        }
    }
}
