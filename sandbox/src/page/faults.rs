//! The faults that wait, and the form that adds one.

use super::form::{Field, Fields, Form, Keys};
use super::html::Html;
use super::{Section, View, shown};
use crate::faults::{Preset, Row, TABLE};
use crate::platform::Platform;
use crate::state::Shared;
use serde_json::{Map, Value, json};

pub(super) const FAULT: &str = "fault";
pub(super) const CLEAR: &str = "clear-faults";

/// What a parameter is called, with its unit.
fn called(param: &str) -> &'static str {
    match param {
        "ms" => "Milliseconds",
        "bytes" => "Bytes",
        "retry_after" => "Retry-After, in seconds or a date",
        "status" => "Status",
        "body" => "Body",
        "to" => "Location",
        "errors" => "With errors beside it",
        "path" => "Path of the field",
        "message" => "Message",
        "seconds" => "Seconds, negative for the past",
        "ms_per_byte" => "Milliseconds per byte",
        _ => "",
    }
}

/// Every parameter that any fault has, in the order of the table.
fn params() -> Vec<&'static str> {
    let mut params = Vec::new();
    for (param, _) in TABLE.iter().flat_map(|row| row.params) {
        if !params.contains(param) {
            params.push(*param);
        }
    }
    params
}

fn preset(row: &Row, param: &str) -> Option<&'static Preset> {
    row.params.iter().find(|(name, _)| *name == param).map(|(_, preset)| preset)
}

pub(super) fn write(html: &mut Html, view: &View<'_>, section: &Section, waiting: &[Value]) {
    section.open(html, "Faults");
    if view.done(FAULT).is_some() {
        html.put("<p class=\"notice done\" role=\"status\">Added: it waits for the next request that it fits.</p>", []);
    }
    if view.done(CLEAR).is_some() {
        html.put("<p class=\"notice done\" role=\"status\">No fault waits any more.</p>", []);
    }
    form(html, view);
    if waiting.is_empty() {
        html.put("<p>None waits. Each request is answered as the platform would.</p>", []);
    } else {
        html.put("<p>A request takes the first that fits it.</p><ol>", []);
        for rule in waiting.iter().take(super::SHOWN) {
            one(html, rule);
        }
        html.put("</ol>", []);
        if waiting.len() > super::SHOWN {
            let more = (waiting.len() - super::SHOWN).to_string();
            html.put("<p>And {} more.</p>", [&more]);
        }
        view.fields(html, CLEAR).close("Take all away");
    }
    html.put("</section>", []);
}

fn one(html: &mut Html, rule: &Value) {
    html.put("<li>", []);
    match &rule["profile"] {
        Value::Object(profile) => {
            for (at, (name, drawn)) in profile.iter().enumerate() {
                let percent = if drawn.is_object() { &drawn["percent"] } else { drawn };
                html.put(if at > 0 { ", " } else { "" }, []);
                html.put("<b>{}</b> in {} %", [name, &shown(percent)]);
                members(html, drawn, &["percent"]);
            }
        }
        _ => html.put("<b>{}</b>", [&shown(&rule["fault"])]),
    }
    html.put("; {} left", [&shown(&rule["left"])]);
    members(html, rule, &["fault", "profile", "left", "count"]);
    html.put("</li>", []);
}

/// Writes the members of an object, but for some.
pub(super) fn members(html: &mut Html, object: &Value, but: &[&str]) {
    for (name, value) in object.as_object().into_iter().flatten().filter(|(name, _)| !but.contains(&name.as_str())) {
        html.put(", {} <code>{}</code>", [name, &shown(value)]);
    }
}

fn form(html: &mut Html, view: &View<'_>) {
    view.fold(html, FAULT, "New fault");
    let mut fields = view.fields(html, FAULT);
    let group = |row: &Row| if row.accepts { "The request is carried out" } else { "The request is not carried out" };
    let mut rows: Vec<_> = TABLE.iter().filter(|row| row.kind.fits(view.platform)).collect();
    rows.sort_by_key(|row| !row.accepts);
    let names: Vec<_> = rows.iter().map(|row| (row.name, format!("{}: {}", row.name, row.about))).collect();
    let options: Vec<_> =
        rows.iter().zip(&names).map(|(row, (name, about))| (*name, about.as_str(), group(row))).collect();
    fields.choice(Field { name: "fault", label: "Fault", ..Field::default() }, &options, TABLE[0].name);
    let platforms =
        [("spiff", "Spiff Commerce", ""), ("sign_customiser", "Sign Customiser", ""), ("both", "either", "")];
    fields.choice(Field { name: "platform", label: "Platform", ..Field::default() }, &platforms, view.platform.name());
    let targets = [
        ("order", "a request that places an order", ""),
        ("read", "a request that reads", ""),
        ("other", "a request that does neither", ""),
        ("any", "any request", ""),
    ];
    fields.choice(Field { name: "target", label: "Strikes", ..Field::default() }, &targets, "any");
    let field = Field { name: "count", label: "How often", hint: "So many requests that fit.", ..Field::default() };
    fields.line(field, Keys::Digits, "1");
    let hint = "In percent, drawn for each of them. Empty: all are struck.";
    fields.line(Field { name: "percent", label: "Probability", hint, ..Field::default() }, Keys::Digits, "");
    fields.group("What else the fault takes");
    for param in params() {
        parameter(&mut fields, param, view.platform);
    }
    let options = [("", "as the fault says", ""), ("true", "yes", ""), ("false", "no", "")];
    fields.choice(Field { name: "accept", label: "Carry the request out", ..Field::default() }, &options, "");
    fields.apart();
    fields.close("Add the fault");
    html.put("</details>", []);
}

/// The field of a parameter, with what it is when it is left empty.
fn parameter(fields: &mut Fields<'_>, param: &'static str, platform: Platform) {
    let rows: Vec<_> = TABLE.iter().filter(|row| row.kind.fits(platform)).collect();
    let with: Vec<_> = rows.iter().filter_map(|row| preset(row, param).map(|preset| (row.name, preset))).collect();
    if with.is_empty() {
        return;
    }
    let only: Vec<_> = with.iter().map(|(name, _)| *name).collect();
    let hints: Vec<_> = with.iter().map(|(name, preset)| format!("{name}: {}", otherwise(preset))).collect();
    let hint = format!("Empty: {}.", hints.join(", "));
    let field = Field { name: param, label: called(param), hint: &hint, only: &only.join(" ") };
    match with[0].1 {
        Preset::Flag(_) => fields.tick(Field { hint: "", ..field }, false),
        Preset::Number(_) => fields.line(field, Keys::Digits, ""),
        Preset::Text(_) | Preset::None => fields.line(field, Keys::Text, ""),
    }
}

fn otherwise(preset: &Preset) -> String {
    match preset {
        Preset::Number(number) => number.to_string(),
        Preset::Text("") | Preset::None => "none".to_owned(),
        Preset::Text(text) => (*text).to_owned(),
        Preset::Flag(flag) => flag.to_string(),
    }
}

/// Adds what the form asks for; `false` if it is wrong.
pub(super) fn add(shared: &Shared, form: &mut Form) -> bool {
    let name = form.text("fault").to_owned();
    let Some(row) = TABLE.iter().find(|row| row.name == name) else {
        form.refuse("fault", "Choose a fault.");
        return false;
    };
    let mut own = Map::new();
    for param in params() {
        let text = form.text(param).to_owned();
        if text.is_empty() {
            continue;
        }
        let value = match preset(row, param) {
            Some(Preset::Number(_)) => form.whole(param, i64::MIN, i64::MAX).map(Value::from),
            Some(Preset::Flag(_)) => Some(true.into()),
            Some(Preset::Text(_) | Preset::None) => Some(text.into()),
            None => {
                form.refuse(param, format!("The fault {name} does not take this: leave it empty."));
                None
            }
        };
        own.extend(value.map(|value| (param.to_owned(), value)));
    }
    own.extend(form.text("accept").parse().ok().map(|accept: bool| ("accept".to_owned(), accept.into())));
    let count = form.whole("count", 1, i64::from(u32::MAX));
    if count.is_none() {
        form.refuse("count", "Give a whole number from 1.");
    }
    let percent = percent(form);
    if !form.is_right() {
        return false;
    }
    let mut rule = match percent {
        None => {
            own.insert("fault".into(), name.into());
            own
        }
        Some(percent) => {
            own.insert("percent".into(), percent.into());
            Map::from_iter([("profile".to_owned(), json!({ name: own }))])
        }
    };
    rule.insert("count".into(), count.into());
    rule.insert("target".into(), form.text("target").into());
    if form.text("platform") != "both" {
        rule.insert("platform".into(), form.text("platform").into());
    }
    match shared.faults().add(&rule.into()) {
        Ok(()) => true,
        Err(why) => {
            form.refuse("", why);
            false
        }
    }
}

fn percent(form: &mut Form) -> Option<f64> {
    let text = form.text("percent").to_owned();
    if text.is_empty() {
        return None;
    }
    let percent = text.parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
    if percent.is_none() {
        form.refuse("percent", "Give a number from 0 to 100, or leave it empty.");
    }
    percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_has_a_name_for_people() {
        assert_eq!(params().into_iter().filter(|param| called(param).is_empty()).collect::<Vec<_>>(), [""; 0]);
        assert!(TABLE.iter().all(|row| !row.about.is_empty()));
    }
}
