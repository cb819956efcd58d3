//! The control interface under `/_/`, the same on both listeners: for tests, without credentials, on loopback only.

use crate::aside::aside;
use crate::http::Answer;
use crate::listing::Listing;
use crate::received::Received;
use crate::state::Shared;
use crate::{past, processes, webhooks};
use serde_json::{Value, json};
use std::sync::Arc;

/// Every path, for the answer to a mistyped one.
const PATHS: &str = "GET /_/ready, GET /_/orders, GET /_/requests, GET /_/state, GET /_/deliveries, GET|POST /_/settings, \
                     GET|POST|DELETE /_/faults, POST /_/transactions, POST /_/bundles, POST /_/past-orders, \
                     POST /_/process-executions, POST /_/product-created, POST /_/deliver, POST /_/reset";

/// Whether a web page elsewhere made the browser send this: browsers name the page's origin on such requests, or say at
/// least that there is one. To look at an address, as by a link, stands open to everyone.
pub(crate) fn from_a_page(shared: &Shared, received: &Received) -> bool {
    let all = |wanted: &'static str| received.headers.iter().filter(move |(name, _)| name == wanted);
    let host = received.header("host").map(|host| format!("http://{host}"));
    let ours = |origin: &str| {
        origin == shared.spiff_url
            || origin == shared.sign_customiser_url
            || host.as_ref().is_some_and(|host| host.eq_ignore_ascii_case(origin))
    };
    let looks = received.verb() == "GET" && received.header("sec-fetch-mode") == Some("navigate");
    all("origin").any(|(_, origin)| !ours(origin))
        || (!looks && all("sec-fetch-site").any(|(_, site)| site == "cross-site" || site == "same-site"))
}

/// Answers a control request.
pub(crate) async fn answer(shared: &Arc<Shared>, received: Received) -> Answer {
    // A web page in the same browser may not steer the sandbox.
    if from_a_page(shared, &received) {
        return wrong(403, "Requests from web pages are not answered here.");
    }
    let given = if received.body.is_empty() {
        json!({})
    } else {
        match received.json() {
            Ok(given) => given,
            Err(error) => return wrong(400, &format!("The body is not JSON: {error}.")),
        }
    };
    let path = received.path.strip_prefix("/_/").unwrap_or_default();
    let answered = |done: Result<Value, String>| match done {
        Ok(answer) => Answer::json(200, &answer),
        Err(message) => wrong(400, &message),
    };
    match (received.verb(), path) {
        ("POST", "product-created") => answered(webhooks::product_created(shared, &given).await),
        ("POST", "deliver") => answered(webhooks::deliver(shared, &given).await),
        (verb, path) => {
            let (shared, verb, path) = (Arc::clone(shared), verb.to_owned(), path.to_owned());
            let work = move || match listing(&shared, &verb, &path) {
                Some(listing) => Answer::listing(listing),
                None => match control(&shared, &verb, &path, &given) {
                    Some(done) => answered(done),
                    None => wrong(404, &format!("There is no {verb} /_/{path}. There are: {PATHS}.")),
                },
            };
            aside(work).await
        }
    }
}

/// What is long and written while it is read.
fn listing(shared: &Shared, verb: &str, path: &str) -> Option<Listing> {
    let mut listing = Listing::default();
    listing.text(format!("{{\"{path}\":"));
    match (verb, path) {
        ("GET", "requests") => {
            let requests = shared.log().requests();
            listing.records(requests);
        }
        ("GET", "deliveries") => {
            let deliveries = shared.log().deliveries();
            listing.values(deliveries);
        }
        ("GET", "orders") => {
            let orders = shared.state().orders.clone();
            listing.values(orders);
        }
        ("GET", "state") => {
            let mut state = shared.state();
            processes::advance(&mut state);
            let faults = shared.faults().to_json();
            return Some(state.list(&faults));
        }
        _ => return None,
    }
    listing.text("}");
    Some(listing)
}

pub(crate) fn wrong(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({ "error": message }))
}

/// The part that waits for nobody; `None` if there is no such thing.
pub(crate) fn control(shared: &Shared, method: &str, path: &str, given: &Value) -> Option<Result<Value, String>> {
    if (method, path) == ("POST", "reset") {
        shared.reset();
        return Some(Ok(json!({ "reset": true })));
    }
    if (method, path) == ("GET", "ready") {
        return Some(Ok(shared.ready()));
    }
    if (method, path) == ("POST", "past-orders") {
        return Some(past::orders(shared, given));
    }
    if path == "faults" {
        let mut faults = shared.faults();
        return Some(match method {
            "GET" => Ok(faults.to_json()),
            "POST" => faults.add(given).map(|()| faults.to_json()),
            "DELETE" => {
                faults.clear();
                Ok(faults.to_json())
            }
            _ => return None,
        });
    }
    if let Some(listing) = listing(shared, method, path) {
        return Some(Ok(listing.to_json()));
    }
    let mut state = shared.state();
    Some(match (method, path) {
        ("GET", "settings") => Ok(state.settings.to_json()),
        ("POST", "settings") => state.settings.change(given).map(|()| state.settings.to_json()),
        ("POST", "transactions") => past::browser_phase(&mut state, given),
        ("POST", "process-executions") => processes::end(&mut state, given),
        ("POST", "bundles") => past::browser_bundle(&mut state, given),
        _ => return None,
    })
}
