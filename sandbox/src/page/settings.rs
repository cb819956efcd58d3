//! The settings as a form, and the one that forgets everything.

use super::form::{Field, Form, Keys};
use super::html::Html;
use super::{Section, View, plain};
use crate::schema;
use crate::state::Shared;
use serde_json::{Map, Value, json};

pub(super) const SETTINGS: &str = "settings";
pub(super) const RESET: &str = "reset";

/// How a setting is chosen.
enum Kind {
    /// A number; empty is null.
    Number,
    /// One of these, with what it means.
    Choice(&'static [(&'static str, &'static str, &'static str)]),
    Flag,
    /// Names of queries and mutations.
    Names,
    /// An address; empty is null.
    Url,
}

/// Name, label, hint, kind.
const TABLE: [(&str, &str, &str, Kind); 10] = [
    ("dedupe", "The same external id places no second order", "", Kind::Flag),
    (
        "date_window_seconds",
        "How far a signed Date may be from now",
        "In seconds. Empty: dates are not judged.",
        Kind::Number,
    ),
    (
        "graphql_auth",
        "What GraphQL answers to unknown callers",
        "",
        Kind::Choice(&[("null", "nulls, without an error", ""), ("401", "401", "")]),
    ),
    (
        "unknown_ids",
        "Unknown ids in lists",
        "",
        Kind::Choice(&[("null", "null in their place", ""), ("omit", "left out", "")]),
    ),
    (
        "rest_body",
        "What answers an order over REST",
        "",
        Kind::Choice(&[("json", "JSON with its id", ""), ("empty", "nothing but 201", "")]),
    ),
    (
        "webhook_scheme",
        "What a webhook's signature is made over",
        "",
        Kind::Choice(&[
            ("A", "A: timestamp, a dot, body", ""),
            ("B", "B: body", ""),
            ("C", "C: timestamp, body", ""),
            ("D", "D: body, timestamp", ""),
            ("E", "E: body, a dot, timestamp", ""),
        ]),
    ),
    ("check_products", "Sign Customiser takes only products of the callback", "", Kind::Flag),
    (
        "create_product_url",
        "Where a finished sign is told to the shop",
        "The shop's create-product URL on this machine, such as http://127.0.0.1:8000/products. Empty: nowhere.",
        Kind::Url,
    ),
    (
        "process_ms",
        "How long a process execution takes",
        "In milliseconds. Empty: until control ends it.",
        Kind::Number,
    ),
    (
        "forbidden",
        "What the application key may not do",
        "Queries and mutations, with blanks between them, such as orderCreate customers.",
        Kind::Names,
    ),
];

pub(super) fn write(html: &mut Html, view: &View<'_>, section: &Section, settings: &Value) {
    section.open(html, "Settings");
    if view.done(SETTINGS).is_some() {
        html.put("<p class=\"notice done\" role=\"status\">The settings hold from now on, for both platforms.</p>", []);
    }
    if view.done(RESET).is_some() {
        html.put("<p class=\"notice done\" role=\"status\">Everything is as it was at the start.</p>", []);
    }
    let mut fields = view.fields(html, SETTINGS);
    for (name, label, hint, kind) in &TABLE {
        let (field, value) = (Field { name, label, hint, ..Field::default() }, &settings[*name]);
        match kind {
            Kind::Number => fields.line(field, Keys::Digits, &plain(value)),
            Kind::Choice(options) => fields.choice(field, options, &plain(value)),
            Kind::Url => fields.line(field, Keys::Url, &plain(value)),
            Kind::Flag => fields.tick(field, *value == true),
            Kind::Names => {
                let names: Vec<_> = value.as_array().into_iter().flatten().map(plain).collect();
                fields.line(field, Keys::Text, &names.join(" "));
            }
        }
    }
    fields.close("Change the settings");
    view.fold(html, RESET, "Reset");
    let mut fields = view.fields(html, RESET);
    let label = "Forget orders, requests, designs, faults and settings, of both platforms";
    fields.tick(Field { name: "sure", label, ..Field::default() }, false);
    fields.close("Reset the sandbox");
    html.put("</details>", []);
    html.put("</section>", []);
}

/// Changes all of them or none; `false` if one is wrong.
pub(super) fn change(shared: &Shared, form: &mut Form) -> bool {
    let mut wanted = Map::new();
    for (name, _, _, kind) in &TABLE {
        let value = match kind {
            Kind::Number => json!(form.whole(name, 0, u32::MAX.into())),
            Kind::Choice(_) => form.text(name).into(),
            Kind::Flag => form.ticked(name).into(),
            Kind::Url => Some(form.text(name)).filter(|url| !url.is_empty()).into(),
            Kind::Names => {
                let names: Vec<_> = form.text(name).split([' ', ',']).filter(|name| !name.is_empty()).collect();
                let names: Vec<_> = names.into_iter().map(str::to_owned).collect();
                if let Some(unknown) = names.iter().find(|name| !schema::is_root_field(name)) {
                    form.refuse(name, format!("There is no query or mutation {unknown}."));
                }
                names.into()
            }
        };
        wanted.insert((*name).to_owned(), value);
    }
    if !form.is_right() {
        return false;
    }
    let mut state = shared.state();
    for (name, ..) in &TABLE {
        if let Err(why) = state.settings.clone().change(&json!({ *name: wanted[*name] })) {
            form.refuse(name, why);
        }
    }
    form.is_right() && state.settings.change(&wanted.into()).is_ok()
}

/// Forgets everything, if that is meant.
pub(super) fn reset(shared: &Shared, form: &mut Form) -> bool {
    if !form.ticked("sure") {
        form.refuse("sure", "Tick this box to say that you mean it.");
        return false;
    }
    shared.reset();
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_is_missing() {
        let known = crate::state::Settings::new(&crate::Options::default()).to_json();
        let mut named: Vec<_> = TABLE.iter().map(|(name, ..)| *name).collect();
        named.sort_unstable();
        let mut known: Vec<_> = known.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        known.sort_unstable();
        assert_eq!(named, known);
    }
}
