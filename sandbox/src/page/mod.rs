//! The page at `/`: what arrived and what was made of it, for people, with forms to work with.
//!
//! It is whole without scripts. Where they run, `live.js` asks for the same page again and again and takes over what is
//! new. A form leads back to the page, or comes back with what is wrong.

mod designs;
mod faults;
pub(crate) mod form;
pub(crate) mod html;
mod orders;
pub(crate) mod preview;
mod requests;
mod settings;
mod webhooks;

use crate::aside::aside;
use crate::control::{from_a_page, wrong};
use crate::http::Answer;
use crate::platform::Platform;
use crate::received::Received;
use crate::state::Shared;
use countersign_core::Mask;
use designs::Designs;
use form::{Fields, Form};
use html::Html;
use orders::Orders;
use serde_json::Value;
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// How many of anything are shown.
const SHOWN: usize = 100;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("live.js");

/// What the browser may load and do: even if something slipped through the escaping, it would not run.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Whether an address is one of the page's own, for someone who only looks: no fault strikes there, and it is no request to
/// a platform.
pub(crate) fn is_own(path: &str) -> bool {
    matches!(path, "/" | "/favicon.ico") || preview::is_picture(path)
}

/// Answers what the page, its forms and its pictures ask for.
pub(crate) async fn answer(shared: &Arc<Shared>, platform: Platform, received: Received) -> Answer {
    let Some(name) = received.path.strip_prefix("/_/page/") else {
        let (shared, path) = (Arc::clone(shared), received.path.clone());
        return match path.as_str() {
            "/favicon.ico" => Answer::empty(204),
            "/" => {
                let done = Done::of(received.query.as_deref());
                let known = received.header("if-none-match").map(str::to_owned);
                aside(move || whole(&View { shared: &shared, platform, sent: None, done }, 200, known)).await
            }
            path => {
                let path = path.to_owned();
                aside(move || match preview::picture(&shared, platform, &path) {
                    Some(picture) => secured(Answer::new(200, "image/svg+xml", picture), POLICY),
                    None => wrong(404, "There is no such picture."),
                })
                .await
            }
        };
    };
    // A web page in the same browser may send a form; it may not steer the sandbox.
    if from_a_page(shared, &received) {
        return wrong(403, "Requests from web pages are not answered here.");
    }
    match (received.verb(), name) {
        ("GET", "style.css") => secured(Answer::new(200, "text/css; charset=utf-8", STYLE), POLICY),
        ("GET", "live.js") => secured(Answer::new(200, "text/javascript; charset=utf-8", SCRIPT), POLICY),
        ("GET", _) => elsewhere("/"),
        ("POST", name) => match FORMS.into_iter().find(|form| *form == name) {
            Some(name) => take(shared, platform, name, &received).await,
            None => wrong(404, "There is no such form."),
        },
        _ => wrong(405, "Forms are sent by POST."),
    }
}

const FORMS: [&str; 7] = [
    designs::DESIGN,
    designs::PRODUCT,
    faults::FAULT,
    faults::CLEAR,
    webhooks::DELIVERY,
    settings::SETTINGS,
    settings::RESET,
];

/// Does what a form asks for, and leads back to the page; or shows it again with what is wrong.
async fn take(shared: &Arc<Shared>, platform: Platform, name: &'static str, received: &Received) -> Answer {
    if !form::is_form(received) {
        return wrong(415, "A form is sent as application/x-www-form-urlencoded.");
    }
    let mut form = Form::read(name, &received.body);
    if form.text("token") != shared.token {
        form.refuse("", "This page is older than the sandbox that runs now. If it is still right, send it again.");
        return refused(shared, platform, form, 403).await;
    }
    let back = match name {
        designs::PRODUCT => designs::tell(shared, &mut form).await,
        webhooks::DELIVERY => webhooks::deliver(shared, &mut form).await,
        _ => {
            let shared = Arc::clone(shared);
            let back;
            (form, back) = aside(move || {
                let back = at_once(&shared, &mut form);
                (form, back)
            })
            .await;
            back
        }
    };
    match back {
        Some(back) => elsewhere(&back),
        None => refused(shared, platform, form, 422).await,
    }
}

/// The forms that wait for nobody. Answers where to go back to, if it was done.
fn at_once(shared: &Shared, form: &mut Form) -> Option<String> {
    let (done, section) = match form.name {
        designs::DESIGN => return designs::make(shared, form).map(|id| format!("/?done=design&id={id}#designs")),
        faults::FAULT => (faults::add(shared, form), "faults"),
        faults::CLEAR => {
            shared.faults().clear();
            (true, "faults")
        }
        settings::SETTINGS => (settings::change(shared, form), "settings"),
        _ => (settings::reset(shared, form), "settings"),
    };
    done.then(|| format!("/?done={}#{section}", form.name))
}

async fn refused(shared: &Arc<Shared>, platform: Platform, form: Form, status: u16) -> Answer {
    let shared = Arc::clone(shared);
    let done = Done::default();
    aside(move || whole(&View { shared: &shared, platform, sent: Some(form), done }, status, None)).await
}

/// After a form, the browser asks for the page anew, so that reloading it sends nothing twice.
fn elsewhere(to: &str) -> Answer {
    Answer::html(303, "<!DOCTYPE html><title>Done</title>").with("location", to)
}

/// What is ours to show in a browser, under a policy.
pub(crate) fn secured(answer: Answer, policy: &str) -> Answer {
    answer
        .with("content-security-policy", policy)
        .with("x-content-type-options", "nosniff")
        // Without it browsers say of our own forms that they come from nowhere.
        .with("referrer-policy", "same-origin")
        .with("cache-control", "no-cache")
}

/// What the address says was done. It is looked up, never shown as it is.
#[derive(Default)]
struct Done {
    what: String,
    id: String,
    delivery: String,
}

impl Done {
    fn of(query: Option<&str>) -> Self {
        let given = Form::read("", query.unwrap_or_default().as_bytes());
        let word = |name: &str| given.text(name).to_owned();
        Self { what: word("done"), id: word("id"), delivery: word("delivery") }
    }
}

/// What is shown, and to whom.
struct View<'s> {
    shared: &'s Shared,
    platform: Platform,
    /// A form that was refused.
    sent: Option<Form>,
    done: Done,
}

impl View<'_> {
    /// The id of what a form made, if it was this form that was sent.
    fn done(&self, form: &str) -> Option<&str> {
        (self.done.what == form).then_some(self.done.id.as_str())
    }

    fn sent(&self, name: &str) -> Option<&Form> {
        self.sent.as_ref().filter(|form| form.name == name)
    }

    fn fields<'a>(&'a self, html: &'a mut Html, name: &'static str) -> Fields<'a> {
        Fields::open(html, name, &self.shared.token, self.sent(name))
    }

    /// Begins what folds a form away, unless it has to be mended; `</details>` ends it.
    fn fold(&self, html: &mut Html, name: &'static str, title: &str) {
        html.put("<details class=\"work\" id=\"{}-work\"", [name]);
        html.put(if self.sent(name).is_some() { " open>" } else { ">" }, []);
        html.put("<summary>{}</summary>", [title]);
    }

    /// A section, which the script leaves alone while one of its forms has to be mended.
    fn section(&self, id: &'static str, forms: &[&str]) -> Section {
        Section { id, live: forms.iter().all(|name| self.sent(name).is_none()) }
    }
}

struct Section {
    id: &'static str,
    live: bool,
}

impl Section {
    fn open(&self, html: &mut Html, title: &str) {
        html.put("<section id=\"{}\" aria-labelledby=\"{}-title\"", [self.id, self.id]);
        html.put(if self.live { " data-live>" } else { ">" }, []);
        html.put("<h2 id=\"{}-title\">{}</h2>", [self.id, title]);
    }
}

/// A text, or a value as JSON; nothing for null.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The same, with a mark in the place of null.
fn shown(value: &Value) -> String {
    if value.is_null() { "–".to_owned() } else { plain(value) }
}

/// Minor units as people write them.
pub(crate) fn money(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let minor = minor.unsigned_abs();
    format!("{sign}{}.{:02}", minor / 100, minor % 100)
}

/// What no text of the page shows: the credentials that the sandbox accepts and signs with.
pub(crate) fn mask(shared: &Shared) -> Mask {
    let options = &shared.options;
    let secrets = [
        &options.secret_key,
        &options.application_key,
        &options.api_token,
        &options.integration_secret,
        &options.webhook_secret,
    ];
    secrets.into_iter().fold(Mask::default(), |mask, secret| mask.with(secret.as_bytes()))
}

/// The counts that the head of the page tells.
struct Tally {
    accepted: usize,
    doubled: usize,
    requests: usize,
    refused: usize,
    faults: usize,
}

impl Tally {
    fn text(&self) -> String {
        let many = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let mut parts = Vec::new();
        if self.doubled > 0 {
            parts.push(format!("{} doubled", self.doubled));
        }
        parts.push(many(self.accepted, "order"));
        parts.push(many(self.requests, "request"));
        if self.refused > 0 {
            parts.push(format!("{} refused", self.refused));
        }
        if self.faults > 0 {
            parts.push(format!("{} waiting", many(self.faults, "fault")));
        }
        parts.join(", ")
    }
}

/// The whole page; nothing but that it is the same, for whoever knows it.
fn whole(view: &View<'_>, status: u16, known: Option<String>) -> Answer {
    let page = write(view);
    let mut hash = DefaultHasher::new();
    page.hash(&mut hash);
    let tag = format!("\"{:016x}\"", hash.finish());
    let answer = if known.as_deref() == Some(tag.as_str()) { Answer::empty(304) } else { Answer::html(status, page) };
    secured(answer, POLICY).with("etag", tag)
}

fn write(view: &View<'_>) -> String {
    let shared = view.shared;
    // Taken, not held: others are answered while it is written.
    let (orders, designs, settings, subscriptions) = {
        let state = shared.state();
        let subscriptions = state.subscriptions.values().map(|one| Value::Object(one.clone()));
        let subscriptions: Vec<_> = subscriptions.collect();
        (state.orders.clone(), Designs::of(&state, view.platform), state.settings.to_json(), subscriptions)
    };
    let waiting = plain_list(shared.faults().to_json());
    let (mut requests, mut deliveries) = {
        let log = shared.log();
        (log.requests(), log.deliveries())
    };
    requests.retain(|record| record.platform == view.platform);
    requests.reverse();
    deliveries.reverse();
    let orders = Orders::of(&orders, view.platform);
    let tally = Tally {
        accepted: orders.accepted,
        doubled: orders.doubled,
        requests: requests.len(),
        refused: requests.iter().filter(|record| record.accepted == Some(false)).count(),
        faults: waiting.len(),
    };
    let mut html = Html::new(mask(shared));
    head(&mut html, view, &tally);
    html.put("<div class=\"columns\"><div>", []);
    let listed: HashSet<_> = requests.iter().take(SHOWN).map(|record| record.id.as_str()).collect();
    orders.write(&mut html, &view.section("orders", &[]), &listed);
    requests::write(&mut html, &view.section("requests", &[]), &requests, &orders);
    html.put("</div><div>", []);
    designs.write(&mut html, view, &view.section("designs", &[designs::DESIGN, designs::PRODUCT]), &deliveries);
    if view.platform == Platform::SignCustomiser {
        let section = view.section("webhooks", &[webhooks::DELIVERY]);
        webhooks::write(&mut html, view, &section, &deliveries, &subscriptions);
    }
    faults::write(&mut html, view, &view.section("faults", &[faults::FAULT, faults::CLEAR]), &waiting);
    settings::write(&mut html, view, &view.section("settings", &[settings::SETTINGS, settings::RESET]), &settings);
    html.put("</div></div></main></body></html>", []);
    html.finish()
}

fn plain_list(faults: Value) -> Vec<Value> {
    match faults {
        Value::Object(mut all) => match all.remove("faults") {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn head(html: &mut Html, view: &View<'_>, tally: &Tally) {
    let (name, other_name, other) = match view.platform {
        Platform::Spiff => ("Spiff Commerce", "Sign Customiser", &view.shared.sign_customiser_url),
        Platform::SignCustomiser => ("Sign Customiser", "Spiff Commerce", &view.shared.spiff_url),
    };
    html.put(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>",
        [],
    );
    html.put(if view.sent.is_some() { "Not done: " } else { "" }, []);
    html.put("{} – {} – Countersign sandbox</title>", [&tally.text(), name]);
    html.put(
        "<link rel=\"stylesheet\" href=\"/_/page/style.css\"><script src=\"/_/page/live.js\" defer></script></head><body>\
         <a class=\"skip\" href=\"#main\">Skip to what arrived</a>",
        [],
    );
    html.put("<header><h1>Countersign sandbox: {}</h1>", [name]);
    html.put("<p>It stands in for {} on this machine; nothing leaves it. ", [name]);
    html.put("The other platform: <a href=\"{}/\">{}</a>.</p>", [other, other_name]);
    html.put("<nav aria-label=\"Sections\"><ul>", []);
    for (id, title) in SECTIONS {
        if id != "webhooks" || view.platform == Platform::SignCustomiser {
            html.put("<li><a href=\"#{}\">{}</a></li>", [id, title]);
        }
    }
    html.put("</ul></nav></header><main id=\"main\" tabindex=\"-1\">", []);
    html.put(
        "<p class=\"tally\"><b id=\"tally\" role=\"status\" data-live>{}</b> <span id=\"live\"></span>",
        [&tally.text()],
    );
    html.put("<noscript><a href=\"/\">Reload</a> to see what is new.</noscript></p>", []);
}

const SECTIONS: [(&str, &str); 6] = [
    ("orders", "Orders"),
    ("requests", "Requests"),
    ("designs", "Designs"),
    ("webhooks", "Webhooks"),
    ("faults", "Faults"),
    ("settings", "Settings"),
];
