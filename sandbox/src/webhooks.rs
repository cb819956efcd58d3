//! Signed webhooks to loopback addresses: the create-product callback, events for subscriptions, and samples.

use crate::aside::aside;
use crate::auth::webhook_signature;
use crate::clock;
use crate::receivers::{MAX_WAITING, loopback};
use crate::remembered::REMEMBERED_BODY;
use crate::state::{Product, Shared};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::http::request::Builder;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The topics that exist.
pub(crate) const TOPICS: [&str; 3] = ["product:created", "order:created", "form:submitted"];

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The largest reply that is read.
const MAX_REPLY: usize = 1024 * 1024;

/// Pauses before the attempts of a delivery in the background.
const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_millis(200), Duration::from_millis(800)];

/// What a receiver answered.
struct Reply {
    status: u16,
    body: Vec<u8>,
}

/// One signed POST. Answers the headers that were sent, and the reply or why there is none.
async fn post(shared: &Arc<Shared>, url: &str, secret: &str, body: &[u8]) -> (Value, Result<Reply, String>) {
    let to = match loopback(url) {
        Ok(to) => to,
        Err(why) => return (Value::Null, Err(why)),
    };
    let settings = Arc::clone(shared);
    let scheme = aside(move || settings.state().settings.webhook_scheme).await;
    let timestamp = clock::now(0).unix().to_string();
    let signature = webhook_signature(scheme, secret, &timestamp, body);
    let headers = json!({ "content-type": "application/json", "x-webhook-timestamp": timestamp,
        "x-webhook-signature": signature });
    let request = Request::post(to.target)
        .header("host", to.host)
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .header("x-webhook-timestamp", timestamp)
        .header("x-webhook-signature", signature)
        .header("user-agent", "countersign-sandbox")
        .header("connection", "close");
    let exchange = exchange(url, to.address, request, body);
    (headers, within(PATIENCE, url, exchange).await)
}

/// What `exchange` ends with, or that it took too long.
async fn within(
    limit: Duration,
    url: &str,
    exchange: impl Future<Output = Result<Reply, String>>,
) -> Result<Reply, String> {
    let late = |_| Err(format!("No reply from {url} within {} seconds.", limit.as_secs()));
    timeout(limit, exchange).await.unwrap_or_else(late)
}

/// Sends one request and reads the whole reply, whatever it is: a redirect is not followed.
async fn exchange(url: &str, address: SocketAddr, request: Builder, body: &[u8]) -> Result<Reply, String> {
    let none = |why: &(dyn Error + 'static)| format!("No reply from {url}: {}.", why.source().unwrap_or(why));
    let request = request.body(Body::from(body.to_vec())).map_err(|error| none(&error))?;
    let stream = TcpStream::connect(address).await.map_err(|error| none(&error))?;
    let handshake = http1::Builder::new().title_case_headers(true).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| none(&error))?;
    // Ends with this function: some receivers keep the connection open in spite of the header.
    let mut connections = JoinSet::new();
    connections.spawn(connection);
    let reply = sender.send_request(request).await.map_err(|error| match error.is_parse() {
        true => "The reply is not HTTP.".to_owned(),
        false => none(&error),
    })?;
    let status = reply.status().as_u16();
    match to_bytes(Body::new(reply.into_body()), MAX_REPLY).await {
        Ok(body) => Ok(Reply { status, body: body.into() }),
        Err(_) => Err(format!("The reply is not whole, or larger than {MAX_REPLY} bytes.")),
    }
}

/// Describes one attempt for `/_/deliveries`.
fn attempt(headers: &Value, reply: &Result<Reply, String>) -> Value {
    let mut attempt = json!({ "time": clock::iso(clock::now_ms()), "headers": headers });
    match reply {
        Ok(reply) => {
            attempt["status"] = reply.status.into();
            attempt["reply"] = String::from_utf8_lossy(&reply.body[..reply.body.len().min(REMEMBERED_BODY)]).into();
        }
        Err(why) => attempt["error"] = why.as_str().into(),
    }
    attempt
}

/// Sends an event once and waits for the answer; writes it down.
async fn send(
    shared: &Arc<Shared>,
    topic: &str,
    url: &str,
    secret: &str,
    event: &Value,
) -> (u64, Result<Reply, String>) {
    let body = event.to_string();
    let number =
        shared.log().delivery(json!({ "topic": topic, "url": url, "body": body, "state": "sending", "attempts": [] }));
    let (headers, reply) = post(shared, url, secret, body.as_bytes()).await;
    let state =
        if reply.as_ref().is_ok_and(|reply| (200..300).contains(&reply.status)) { "delivered" } else { "failed" };
    let made = attempt(&headers, &reply);
    shared.log().amend_delivery(number, |delivery| {
        delivery["state"] = state.into();
        delivery["attempts"] = json!([made]);
    });
    (number, reply)
}

/// Tells the active subscriptions of a topic, in the background, with bounded repetition.
pub(crate) fn announce(shared: &Arc<Shared>, topic: &'static str, event: &Value) {
    let (subscriptions, epoch) = {
        let state = shared.state();
        let wanted = state.subscriptions.values().filter(|one| one["topic"] == topic && one["status"] == "active");
        let text = |one: &Map<String, Value>, field: &str| one[field].as_str().unwrap_or_default().to_owned();
        let wanted = wanted.map(|one| (one["webhook_id"].clone(), text(one, "url"), text(one, "secret")));
        (wanted.collect::<Vec<_>>(), state.epoch)
    };
    // One text for all who are told.
    let body: Arc<str> = event.to_string().into();
    for (id, url, secret) in subscriptions {
        let mut waiting = json!({ "topic": topic, "url": url, "webhook_id": id, "body": &*body, "state": "sending",
            "attempts": [] });
        let turn = shared.waiting.enter();
        if turn.is_none() {
            waiting["state"] = "refused".into();
            waiting["attempts"] = json!([{ "time": clock::iso(clock::now_ms()), "headers": null,
                "error": format!("More than {MAX_WAITING} webhooks wait for their receivers.") }]);
        }
        let number = shared.log().delivery(waiting);
        let Some(turn) = turn else { continue };
        let (shared, body) = (Arc::clone(shared), Arc::clone(&body));
        tokio::spawn(async move {
            tell(&shared, number, epoch, &url, &secret, body.as_bytes()).await;
            drop(turn);
        });
    }
}

/// Makes the attempts of one delivery.
async fn tell(shared: &Arc<Shared>, number: u64, epoch: u64, url: &str, secret: &str, body: &[u8]) {
    for (at, pause) in PAUSES.into_iter().enumerate() {
        tokio::time::sleep(pause).await;
        let (headers, reply) = post(shared, url, secret, body).await;
        let made = attempt(&headers, &reply);
        // No headers: it was never sent, and never will be.
        let hopeless = headers.is_null();
        let done = reply.is_ok_and(|reply| (200..300).contains(&reply.status));
        let last = at + 1 == PAUSES.len();
        let state = match (done, hopeless) {
            (true, _) => "delivered",
            (_, true) => "refused",
            _ if last => "failed",
            _ => "sending",
        };
        let same_world = Arc::clone(shared);
        let written = aside(move || {
            let world = same_world.state();
            if world.epoch != epoch {
                return false;
            }
            same_world.log().amend_delivery(number, |delivery| {
                if let Some(attempts) = delivery["attempts"].as_array_mut() {
                    attempts.push(made);
                }
                delivery["state"] = state.into();
            });
            true
        });
        if !written.await || done || hopeless {
            return;
        }
    }
}

/// `POST /_/product-created`: the create-product callback of the custom integration.
pub(crate) async fn product_created(shared: &Arc<Shared>, given: &Value) -> Result<Value, String> {
    let url = given["url"].as_str().ok_or("\"url\" is the create-product URL, on this machine.")?;
    loopback(url)?;
    let secret = given["secret"].as_str().unwrap_or(&shared.options.integration_secret).to_owned();
    let product_id = match &given["product_id"] {
        Value::Null => {
            let shared = Arc::clone(shared);
            aside(move || shared.state().number("product")).await
        }
        id => id.as_u64().ok_or("\"product_id\" is a whole number.")?,
    };
    let mut event = product_event(product_id, &given["customiser_id"], &shared.sign_customiser_url);
    if let (Some(more), Some(product)) = (given["product"].as_object(), event["product"].as_object_mut()) {
        product.extend(more.clone());
    }
    let (delivery, reply) = send(shared, "product:created", url, &secret, &event).await;
    let mut told = json!({ "delivery": delivery, "product_id": product_id, "event": event, "external_id": null });
    match reply {
        Err(why) => {
            told["ok"] = false.into();
            told["why"] = why.into();
        }
        Ok(reply) => {
            told["status"] = reply.status.into();
            told["body"] = String::from_utf8_lossy(&reply.body).into();
            let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            match answer["external_id"].as_str().filter(|id| !id.is_empty()) {
                Some(external) if reply.status == 200 => {
                    told["ok"] = true.into();
                    told["external_id"] = external.into();
                    let external = external.to_owned();
                    let (title, price) = (event["product"]["title"].as_str(), event["product"]["price"].as_i64());
                    let title = title.unwrap_or_default().to_owned();
                    let shared = Arc::clone(shared);
                    aside(move || {
                        let mut state = shared.state();
                        let known = state.products.entry(product_id).or_default();
                        *known = Product { external_id: Some(external), title, price, ..known.clone() };
                    })
                    .await;
                }
                _ => {
                    told["ok"] = false.into();
                    told["why"] = "The answer has to be status 200 with JSON that has a string \"external_id\".".into();
                }
            }
        }
    }
    Ok(told)
}

/// `POST /_/deliver`: a sample of a topic.
pub(crate) async fn deliver(shared: &Arc<Shared>, given: &Value) -> Result<Value, String> {
    let topic = given["topic"].as_str().unwrap_or_default();
    let url = given["url"].as_str().ok_or("\"url\" is where to deliver, on this machine.")?;
    loopback(url)?;
    let event = match &given["data"] {
        Value::Null => sample(topic, &shared.sign_customiser_url),
        data => TOPICS.contains(&topic).then(|| data.clone()),
    };
    let event = event.ok_or_else(|| format!("\"topic\" is one of {}.", TOPICS.join(", ")))?;
    let secret = given["secret"].as_str().unwrap_or(&shared.options.webhook_secret).to_owned();
    let (delivery, reply) = send(shared, topic, url, &secret, &event).await;
    Ok(match reply {
        Ok(reply) => json!({ "ok": (200..300).contains(&reply.status), "delivery": delivery, "status": reply.status,
            "body": String::from_utf8_lossy(&reply.body), "event": event }),
        Err(why) => json!({ "ok": false, "delivery": delivery, "why": why, "event": event }),
    })
}

/// `2024-01-01T00:00:00.000000Z`, the form the vendor's samples have.
fn long_date() -> String {
    clock::iso(clock::now_ms()).replace('Z', "000Z")
}

/// What a delivery of a topic may look like, in the form of the vendor's samples; `None` for no topic. Its pictures are
/// at `base`, where the sandbox serves some.
pub fn sample(topic: &str, base: &str) -> Option<Value> {
    match topic {
        "product:created" => Some(product_event(1, &Value::Null, base)),
        "order:created" => Some(order_sample(base)),
        "form:submitted" => Some(form_sample()),
        _ => None,
    }
}

/// Where the picture of a sign is.
pub(crate) fn picture(base: &str, product_id: impl std::fmt::Display) -> String {
    format!("{base}/images/{product_id}.svg")
}

fn product_event(product_id: u64, customiser_id: &Value, base: &str) -> Value {
    let now = long_date();
    let customiser_id = if customiser_id.is_null() { json!(7) } else { customiser_id.clone() };
    json!({ "product": { "product_id": product_id, "title": "Custom Neon: Hello World",
        "description": "Text: Hello World\nColour: Pink", "description_html": "<p>Text: Hello World</p><p>Colour: Pink</p>",
        "external_id": null, "external_data": [], "price": 10000, "compare_price": 15000, "customiser_id": customiser_id,
        "logo_upload_id": null, "product_image_url": picture(base, product_id),
        "uploads": [{ "url": picture(base, product_id), "type": "product_image" }],
        "created_at": now, "updated_at": now } })
}

fn order_sample(base: &str) -> Value {
    let now = "2025-10-22T00:55:09+00:00";
    let address = json!({ "first_name": "Sam", "last_name": "Shopper", "company": "", "address_1": "1 Example Street",
        "address_2": "", "city": "Sydney", "state": "NSW", "postcode": "2000", "country": "Australia", "phone": "",
        "email": "shopper@example.com", "created_at": now, "updated_at": now });
    json!({ "order": { "order_id": 1, "order_number": 1, "external_order_number": "SC-1001", "external_id": "order-123456",
        "order_total": 20000, "app_total": 20000, "currency": "AUD", "shipping_line": "Standard Shipping",
        "billing_address": address, "shipping_address": address,
        "customer": { "first_name": "Sam", "last_name": "Shopper", "phone": "", "email": "shopper@example.com",
            "external_id": "customer-1", "created_at": now, "updated_at": now },
        "products": [{ "product_image_url": picture(base, 1), "product_id": 1,
            "title": "Custom Neon: Hello World", "description": "Text: Hello World", "description_html": "<p>Text: Hello World</p>",
            "external_id": "your-product-id-123", "external_data": [], "quantity": 2, "price": 10000 }] } })
}

fn form_sample() -> Value {
    let now = long_date();
    json!({ "form_submission": { "submission_number": 1, "type": "custom_form_submission",
        "form": { "form_id": 1, "customiser_id": 7, "label": "Quote", "description": "Ask for a quote",
            "email": "shop@example.com", "subject": "A quote", "created_at": now, "updated_at": now },
        "responses": [{ "field_id": 1, "value": "A sign for our door", "name": "message", "input_type": "textarea" }],
        "created_at": now } })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn silence_has_an_end() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = exchange("U", address, Request::post("/"), b"{}");
        let reply = within(Duration::from_millis(50), "U", asked).await;
        assert_eq!(reply.map(|reply| reply.status), Err("No reply from U within 0 seconds.".to_owned()));
    }
}
