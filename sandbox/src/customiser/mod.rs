//! The browser phase: scripts for a shop's page, and the frame in which a person designs. It stands in for the platforms' own.
//!
//! Any page of this machine may hold the frame, and no other page. The frame is a page of the sandbox: what it asks for and
//! sends comes from the sandbox's own origin, with the word of the running sandbox, and it speaks to the page that holds it
//! and to no other.

mod choices;
mod designs;
mod frame;
mod signs;

use crate::aside::aside;
use crate::control::{from_a_page, wrong};
use crate::http::Answer;
use crate::page::form::{Form, is_form};
use crate::page::html::Html;
use crate::page::{mask, money, preview, secured};
use crate::platform::Platform;
use crate::received::Received;
use crate::state::{Shared, State};
use choices::Choices;
use frame::Place;
use serde_json::{Value, json};
use std::sync::Arc;

const API: &str = "/api.js";
const EMBED: &str = "/sign-customiser-embed.js";

/// Where the rest of it is.
const ROOM: &str = "/_/customiser/";

const API_SCRIPT: &str = concat!("'use strict'\n{\n", include_str!("host.js"), include_str!("api.js"), "}\n");
const EMBED_SCRIPT: &str = concat!("'use strict'\n{\n", include_str!("host.js"), include_str!("embed.js"), "}\n");

/// Whether an address is one of its own: no fault strikes there, and it is no request to a platform.
pub(crate) fn is_own(path: &str) -> bool {
    path == API || path == EMBED || path.starts_with(ROOM)
}

/// What can be customised.
struct Subject {
    name: String,
    /// What one costs without any choice, in minor units.
    base: i64,
    currency: String,
    /// The smallest quantity.
    least: i64,
    /// What the frame's form brings along.
    kept: Vec<(&'static str, String)>,
}

impl Subject {
    fn of(shared: &Shared, state: &State, platform: Platform, form: &Form) -> Result<Self, String> {
        match platform {
            Platform::Spiff => designs::subject(shared, state, form),
            Platform::SignCustomiser => signs::subject(form),
        }
    }

    fn kept(&self, name: &str) -> &str {
        self.kept.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// What it costs, in words.
    fn price(&self, choices: &Choices) -> String {
        let one = self.base + choices.price();
        let words = |minor| format!("{} {}", money(minor), self.currency).trim().to_owned();
        match choices.quantity {
            1 => words(one),
            many => format!("{} each, {} in all", words(one), words(one * many)),
        }
    }
}

/// Whether a page of this origin may hold the frame: one of this machine, or of a name that the sandbox answers to. A
/// policy cannot name an IPv6 address.
fn may_hold(shared: &Shared, origin: &str) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    authority.is_some_and(|authority| !authority.starts_with('[') && shared.hosts.judge([authority]).is_ok())
}

/// What the browser may load and do in the frame, and who may hold it.
fn policy(holder: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; \
         base-uri 'none'; frame-ancestors {holder}"
    )
}

/// Answers what the scripts and the frame ask for.
pub(crate) async fn answer(shared: &Arc<Shared>, platform: Platform, received: Received) -> Answer {
    let name = received.path.strip_prefix(ROOM).unwrap_or(&received.path).to_owned();
    let script =
        |text: &'static str| secured(Answer::new(200, "text/javascript; charset=utf-8", text), &policy("'none'"));
    // Whoever may not read the answer sends no more than a question: the browser keeps it from them.
    match (platform, received.verb(), name.as_str()) {
        (Platform::Spiff, "GET", API) => return script(API_SCRIPT),
        (Platform::SignCustomiser, "GET", EMBED) => return script(EMBED_SCRIPT),
        (Platform::Spiff, "GET", "product") => {
            let shared = Arc::clone(shared);
            return aside(move || product(&shared, &received)).await;
        }
        _ => {}
    }
    if from_a_page(shared, &received) {
        return wrong(403, "Requests from web pages are not answered here.");
    }
    match (received.verb(), name.as_str()) {
        ("GET", "frame.js") => script(include_str!("frame.js")),
        ("GET", "frame.css") => {
            secured(Answer::new(200, "text/css; charset=utf-8", include_str!("frame.css")), &policy("'none'"))
        }
        ("GET", "frame" | "price" | "preview.svg") => {
            let shared = Arc::clone(shared);
            aside(move || shown(&shared, platform, &name, &received)).await
        }
        ("POST", "finish") => finish(shared, platform, received).await,
        _ => wrong(404, "The browser phase has no such thing."),
    }
}

/// Whether a product can be customised, for the page that asks before it shows a button.
fn product(shared: &Shared, received: &Received) -> Answer {
    let origin = received.header("origin");
    if let Some(other) = origin.filter(|origin| !may_hold(shared, origin)) {
        return wrong(403, &format!("A page of {other} is not on this machine."));
    }
    let form = Form::read("", received.query.as_deref().unwrap_or_default().as_bytes());
    let told = match designs::active(&shared.state(), &form) {
        Ok(_) => json!({ "active": true }),
        Err(why) => json!({ "active": false, "why": why }),
    };
    let answer = Answer::json(200, &told);
    let answer = answer.with("cache-control", "no-store").with("vary", "origin");
    match origin {
        Some(origin) => answer.with("access-control-allow-origin", origin),
        None => answer,
    }
}

/// The frame, and what it shows of the choices.
fn shown(shared: &Shared, platform: Platform, name: &str, received: &Received) -> Answer {
    let mut form = Form::read("", received.query.as_deref().unwrap_or_default().as_bytes());
    let from = form.text("from").to_owned();
    if name == "frame" && !may_hold(shared, &from) {
        let why = "A page that holds the customiser comes over HTTP from this machine, or from a name that --allowed-host allows; and \
                   not from an IPv6 address, which no policy of a browser can name.";
        return secured(wrong(403, why), &policy("'none'"));
    }
    let place = Place { platform, from: &from, embedded: form.ticked("embedded") };
    let mut html = Html::new(mask(shared));
    let subject = Subject::of(shared, &shared.state(), platform, &form);
    let framed = |status, html: Html| secured(Answer::html(status, html.finish()), &policy(&from));
    let subject = match (subject, name) {
        (Ok(subject), _) => subject,
        (Err(why), "frame") => {
            place.refused(&mut html, &why);
            return framed(422, html);
        }
        (Err(why), _) => return wrong(422, &why),
    };
    let choices = Choices::of(platform, &mut form, subject.least);
    match name {
        "frame" => {
            place.choose(&mut html, &subject, &choices, &shared.token);
            framed(200, html)
        }
        "price" => {
            let told = json!({ "price": subject.price(&choices), "shows": choices.words() });
            secured(Answer::json(200, &told), &policy("'none'"))
        }
        _ => {
            preview::draw(&mut html, &choices.text, &subject.name, "", Some(choices.colour.ink));
            secured(Answer::new(200, "image/svg+xml", html.finish()), &policy("'none'"))
        }
    }
}

/// Makes what was chosen, and answers what the frame tells the page; or what is wrong.
async fn finish(shared: &Arc<Shared>, platform: Platform, received: Received) -> Answer {
    if !is_form(&received) {
        return wrong(415, "A form is sent as application/x-www-form-urlencoded.");
    }
    let mut form = Form::read("", &received.body);
    if form.text("token") != shared.token {
        form.refuse("", "The sandbox was started anew since this began. Close it, and begin again.");
        return Answer::json(403, &json!({ "wrong": form.told() }));
    }
    let kept = Arc::clone(shared);
    let (subject, mut form) = aside(move || (Subject::of(&kept, &kept.state(), platform, &form), form)).await;
    let subject = match subject {
        Ok(subject) => subject,
        Err(why) => return Answer::json(422, &json!({ "wrong": { "": why } })),
    };
    let done: Option<Result<Value, Value>>;
    (done, form) = match platform {
        Platform::Spiff => {
            let kept = Arc::clone(shared);
            aside(move || (designs::finish(&mut kept.state(), &subject, &mut form).map(Ok), form)).await
        }
        Platform::SignCustomiser => (signs::finish(shared, &subject, &mut form).await, form),
    };
    match done {
        Some(Ok(told)) => Answer::json(200, &told),
        Some(Err(told)) => Answer::json(502, &told),
        None => Answer::json(422, &json!({ "wrong": form.told() })),
    }
}
