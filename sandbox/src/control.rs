//! The control interface under `/_/`, the same on both listeners: for tests, without credentials, on loopback only.

use crate::http::{Answer, Received};
use crate::state::Shared;
use crate::{past, processes, webhooks};
use serde_json::{Value, json};

/// Every path, for the answer to a mistyped one.
const PATHS: &str = "GET /_/ready, GET /_/orders, GET /_/requests, GET /_/state, GET /_/deliveries, GET|POST /_/settings, \
                     GET|POST|DELETE /_/faults, POST /_/transactions, POST /_/bundles, POST /_/past-orders, \
                     POST /_/process-executions, POST /_/product-created, POST /_/deliver, POST /_/reset";

/// Answers a control request.
pub(crate) async fn answer(shared: &Shared, received: &Received) -> Answer {
    // A web page in the same browser may not steer the sandbox: browsers name the page's origin on such requests.
    if let Some(origin) = received.header("origin")
        && origin != shared.spiff_url
        && origin != shared.sign_customiser_url
    {
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
    let done = match (received.method.as_str(), path) {
        ("POST", "product-created") => webhooks::product_created(shared, &given).await,
        ("POST", "deliver") => webhooks::deliver(shared, &given).await,
        (method, path) => match control(shared, method, path, &given) {
            Some(done) => done,
            None => return wrong(404, &format!("There is no {method} /_/{path}. There are: {PATHS}.")),
        },
    };
    match done {
        Ok(answer) => Answer::json(200, &answer),
        Err(message) => wrong(400, &message),
    }
}

fn wrong(status: u16, message: &str) -> Answer {
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
    let mut state = shared.state();
    Some(match (method, path) {
        ("GET", "orders") => Ok(state.orders_json()),
        ("GET", "requests") => Ok(state.requests_json()),
        ("GET", "state") => {
            processes::advance(&mut state);
            Ok(state.to_json())
        }
        ("GET", "deliveries") => Ok(json!({ "deliveries": state.deliveries })),
        ("GET", "settings") => Ok(state.settings.to_json()),
        ("POST", "settings") => state.settings.change(given).map(|()| state.settings.to_json()),
        ("GET", "faults") => Ok(state.faults.to_json()),
        ("POST", "faults") => state.faults.add(given).map(|()| state.faults.to_json()),
        ("DELETE", "faults") => {
            state.faults.clear();
            Ok(state.faults.to_json())
        }
        ("POST", "transactions") => past::browser_phase(&mut state, given),
        ("POST", "past-orders") => past::orders(&mut state, given),
        ("POST", "process-executions") => processes::end(&mut state, given),
        ("POST", "bundles") => past::browser_bundle(&mut state, given),
        _ => return None,
    })
}
