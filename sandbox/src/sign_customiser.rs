//! The Sign Customiser listener: orders and webhook subscriptions, answered the way its framework answers.

use crate::auth::Judgement;
use crate::clock;
use crate::faults::Target;
use crate::http::{Answer, Done};
use crate::received::Received;
use crate::state::{Shared, State};
use crate::webhooks::{TOPICS, picture};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a request asks for.
pub(crate) enum Call {
    Order,
    WebhookList,
    WebhookCreate,
    WebhookGet(u64),
    WebhookUpdate(u64),
    WebhookDelete(u64),
    WrongMethod,
    Unknown,
}

impl Call {
    pub(crate) fn of(received: &Received) -> Self {
        let method = received.verb();
        match received.path.as_str() {
            "/api/v2/orders" if method == "POST" => Self::Order,
            "/api/v2/webhooks" if method == "GET" => Self::WebhookList,
            "/api/v2/webhooks" if method == "POST" => Self::WebhookCreate,
            "/api/v2/orders" | "/api/v2/webhooks" => Self::WrongMethod,
            path => match path.strip_prefix("/api/v2/webhooks/").and_then(|id| id.parse().ok()) {
                Some(id) if method == "GET" => Self::WebhookGet(id),
                Some(id) if method == "PUT" => Self::WebhookUpdate(id),
                Some(id) if method == "DELETE" => Self::WebhookDelete(id),
                Some(_) => Self::WrongMethod,
                None => Self::Unknown,
            },
        }
    }

    pub(crate) fn wire(&self) -> &'static str {
        match self {
            Self::Order => "orders",
            Self::WrongMethod | Self::Unknown => "unknown",
            _ => "webhooks",
        }
    }

    pub(crate) fn target(&self) -> Target {
        match self {
            Self::Order => Target::Order,
            Self::WebhookList | Self::WebhookGet(_) => Target::Read,
            _ => Target::Other,
        }
    }
}

/// Carries a request out.
pub(crate) fn carry_out(
    shared: &Shared,
    call: &Call,
    received: &Received,
    judgement: &Judgement,
    request: &str,
    wrong_echo: bool,
) -> Done {
    let mut guard = shared.state();
    let state: &mut State = &mut guard;
    let json_wanted =
        received.header("accept").is_some_and(|accept| accept.contains("/json") || accept.contains("+json"));
    if let Some(done) = turned_away(call, received, judgement, json_wanted) {
        return done;
    }
    // A body that is no JSON object is read as no input at all, and then the fields are missing.
    let input = match received.json() {
        Ok(Value::Object(body)) if matches!(received.method.as_str(), "POST" | "PUT") => body,
        _ => Map::new(),
    };
    let invalid = |problems: Problems| {
        let why = problems.summary();
        let answer = if json_wanted { problems.answer() } else { elsewhere("/") };
        Done::refused(answer, &why)
    };
    match call {
        Call::Order => match check_order(state, &input) {
            Ok(()) => order(state, &shared.sign_customiser_url, input, received, request, wrong_echo),
            Err(problems) => invalid(problems),
        },
        Call::WebhookList => {
            Done::new(Answer::json(200, &json!({ "webhooks": state.subscriptions.values().collect::<Vec<_>>() })))
        }
        Call::WebhookCreate => match check_subscription(&input) {
            Ok(()) => subscribe(state, &input, &shared.options.webhook_secret),
            Err(problems) => invalid(problems),
        },
        Call::WebhookGet(id) => match state.subscriptions.get(id) {
            Some(found) => Done::new(Answer::json(200, &json!({ "webhook": found }))),
            None => not_found(),
        },
        Call::WebhookUpdate(id) => match (state.subscriptions.get_mut(id), check_subscription(&input)) {
            (None, _) => not_found(),
            (Some(_), Err(problems)) => invalid(problems),
            (Some(found), Ok(())) => change_subscription(found, &input),
        },
        // What a deletion answers is not documented; a framework of this kind answers 204.
        Call::WebhookDelete(id) => match state.subscriptions.remove(id) {
            Some(_) => Done::new(Answer::empty(204)),
            None => not_found(),
        },
        Call::WrongMethod | Call::Unknown => not_found(),
    }
}

/// Routes come before credentials, and credentials before the input.
fn turned_away(call: &Call, received: &Received, judgement: &Judgement, json_wanted: bool) -> Option<Done> {
    match call {
        Call::Unknown => Some(Done::refused(message(404, "Not Found"), "This platform has no such path.")),
        Call::WrongMethod => {
            let answer = message(405, &format!("The {} method is not supported for this route.", received.method));
            Some(Done::refused(answer, "This path does not know that method."))
        }
        _ if judgement.accepted => None,
        _ => {
            let answer = if json_wanted { message(401, "Unauthenticated.") } else { elsewhere("/login") };
            Some(Done::refused(answer, judgement.message.as_deref().unwrap_or_default()))
        }
    }
}

pub(crate) fn message(status: u16, text: &str) -> Answer {
    Answer::json(status, &json!({ "message": text }))
}

/// Where the framework sends someone who did not ask for JSON.
fn elsewhere(path: &str) -> Answer {
    let page = format!("<!DOCTYPE html><title>Redirecting</title><a href=\"{path}\">Redirecting to {path}</a>");
    Answer::html(302, page).with("location", path)
}

fn not_found() -> Done {
    Done::refused(message(404, "No query results for model [Webhook]."), "There is no such webhook.")
}

/// PHP writes an empty map as an empty list.
fn meta(given: Option<&Value>) -> Value {
    match given {
        Some(Value::Object(map)) if !map.is_empty() => Value::Object(map.clone()),
        _ => json!([]),
    }
}

/// How many problems are told: a small body can have millions.
const MAX_PROBLEMS: usize = 1000;

/// Validation messages by dotted path, in the order they were found.
struct Problems(Vec<(String, String)>);

impl Problems {
    fn add(&mut self, path: &str, rule: &str) {
        if self.0.len() == MAX_PROBLEMS {
            return;
        }
        let words = path.replace('_', " ");
        self.0.push((path.to_owned(), format!("The {words} field {rule}.")));
    }

    fn result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    fn summary(&self) -> String {
        let first = self.0.first().map(|(_, text)| text.as_str()).unwrap_or_default();
        match self.0.len() {
            0 | 1 => first.to_owned(),
            2 => format!("{first} (and 1 more error)"),
            more => format!("{first} (and {} more errors)", more - 1),
        }
    }

    fn answer(&self) -> Answer {
        let mut errors = Map::new();
        for (path, text) in &self.0 {
            let list = errors.entry(path.clone()).or_insert_with(|| json!([]));
            if let Some(list) = list.as_array_mut() {
                list.push(text.clone().into());
            }
        }
        Answer::json(422, &json!({ "message": self.summary(), "errors": errors }))
    }

    fn text(&mut self, path: &str, value: Option<&Value>) {
        match value {
            None | Some(Value::Null) => self.add(path, "is required"),
            Some(Value::String(text)) if text.is_empty() => self.add(path, "is required"),
            Some(Value::String(_)) => {}
            Some(_) => self.add(path, "must be a string"),
        }
    }

    fn whole(&mut self, path: &str, value: Option<&Value>, least: i64) {
        match value {
            None | Some(Value::Null) => self.add(path, "is required"),
            Some(value) => match value.as_i64() {
                None => self.add(path, "must be an integer"),
                Some(number) if number < least => self.add(path, &format!("must be at least {least}")),
                Some(_) => {}
            },
        }
    }
}

fn check_order(state: &State, input: &Map<String, Value>) -> Result<(), Problems> {
    let mut problems = Problems(Vec::new());
    problems.whole("integration_id", input.get("integration_id"), 1);
    problems.text("external_id", input.get("external_id"));
    problems.text("external_order_number", input.get("external_order_number"));
    problems.text("currency", input.get("currency"));
    if let Some(currency) = input.get("currency").and_then(Value::as_str)
        && currency.len() != 3
        && !currency.is_empty()
    {
        problems.add("currency", "must be 3 characters");
    }
    for field in ["billing_address", "shipping_address", "customer"] {
        // An empty map may come as an empty list.
        if !matches!(input.get(field), None | Some(Value::Null | Value::Object(_) | Value::Array(_))) {
            problems.add(field, "must be an array");
        }
    }
    match input.get("products").map(|products| products.as_array()) {
        None => problems.add("products", "is required"),
        Some(None) => problems.add("products", "must be an array"),
        Some(Some(products)) if products.is_empty() => problems.add("products", "is required"),
        Some(Some(products)) => {
            for (at, product) in products.iter().enumerate() {
                let path = |field: &str| format!("products.{at}.{field}");
                problems.text(&path("external_id"), product.get("external_id"));
                problems.whole(&path("quantity"), product.get("quantity"), 1);
                problems.whole(&path("price"), product.get("price"), 0);
                if state.settings.check_products
                    && let Some(id) = product.get("external_id").and_then(Value::as_str)
                    && !state.products.values().any(|known| known.external_id.as_deref() == Some(id))
                {
                    problems.add(&path("external_id"), "is invalid: no create-product callback returned it");
                }
            }
        }
    }
    problems.result()
}

fn check_subscription(input: &Map<String, Value>) -> Result<(), Problems> {
    let mut problems = Problems(Vec::new());
    problems.text("topic", input.get("topic"));
    if let Some(topic) = input.get("topic").and_then(Value::as_str)
        && !topic.is_empty()
        && !TOPICS.contains(&topic)
    {
        problems.add("topic", &format!("must be one of {}", TOPICS.join(", ")));
    }
    problems.text("url", input.get("url"));
    if let Some(url) = input.get("url").and_then(Value::as_str)
        && !url.is_empty()
        && !(url.starts_with("http://") || url.starts_with("https://"))
    {
        problems.add("url", "must be a valid URL");
    }
    problems.result()
}

fn subscribe(state: &mut State, input: &Map<String, Value>, secret: &str) -> Done {
    let id = state.number("webhook");
    let now = clock::iso(clock::now_ms());
    // The first one has the secret that the ready line names, so that a consumer configured from it works.
    let secret = if id == 1 { secret.to_owned() } else { format!("{secret}_{id}") };
    let made = json!({ "webhook_id": id, "topic": input["topic"], "url": input["url"], "status": "active",
        "secret": secret, "meta": meta(input.get("meta")), "created_at": now, "updated_at": now });
    let answer = json!({ "webhook": made });
    state.subscriptions.insert(id, made.as_object().cloned().unwrap_or_default());
    Done::new(Answer::json(200, &answer))
}

fn change_subscription(found: &mut Map<String, Value>, input: &Map<String, Value>) -> Done {
    found.insert("topic".into(), input["topic"].clone());
    found.insert("url".into(), input["url"].clone());
    if input.contains_key("meta") {
        found.insert("meta".into(), meta(input.get("meta")));
    }
    found.insert("updated_at".into(), clock::iso(clock::now_ms()).into());
    Done::new(Answer::json(200, &json!({ "webhook": found })))
}

fn order(
    state: &mut State,
    base: &str,
    input: Map<String, Value>,
    received: &Received,
    request: &str,
    wrong_echo: bool,
) -> Done {
    let external = input["external_id"].as_str().unwrap_or_default().to_owned();
    let earlier =
        |order: &&Arc<Value>| order["platform"] == "sign_customiser" && order["externalId"] == external.as_str();
    let repeated = state.settings.dedupe.then(|| state.orders.iter().find(earlier).cloned()).flatten();
    let (id, fresh) = match repeated {
        Some(order) => (order["id"].as_u64().unwrap_or(0), false),
        None => (1000 + state.number("sign order"), true),
    };
    let field = |name: &str| input.get(name).cloned().unwrap_or_default();
    let lines: Vec<_> = field("products").as_array().cloned().unwrap_or_default();
    let kept = |line: &Value| json!({ "external_id": line["external_id"], "quantity": line["quantity"], "price": line["price"] });
    let products: Vec<_> = lines.iter().map(kept).collect();
    let echoed = if wrong_echo { format!("{external}-other") } else { external.clone() };
    let answer = json!({ "order": { "order_id": id, "external_id": echoed,
        "external_order_number": field("external_order_number"), "currency": field("currency"),
        "shipping_line": field("shipping_line"), "products": products } });
    let mut done = Done::new(Answer::json(200, &answer));
    done.order = Some(id.to_string());
    if fresh {
        let ms = clock::now_ms();
        state.order(json!({
            "platform": "sign_customiser", "wire": "orders", "id": id, "externalId": external,
            "externalOrderNumber": field("external_order_number"), "currency": field("currency"), "paid": null,
            "items": products, "externalData": null, "time": clock::iso(ms), "request": request,
            "body": String::from_utf8_lossy(&received.body),
        }));
        done.order_created = Some(order_event(id, &input, ms, base));
    }
    done
}

/// The order as `order:created` tells it: `state` where the request had `province`.
fn order_event(id: u64, input: &Map<String, Value>, ms: i64, base: &str) -> Value {
    let now = clock::iso(ms).replace(".000Z", "+00:00");
    let field = |name: &str| input.get(name).cloned().unwrap_or_default();
    let address = |given: Value| {
        let Value::Object(mut address) = given else { return json!([]) };
        if let Some(province) = address.remove("province") {
            address.insert("state".into(), province);
        }
        address.insert("created_at".into(), now.clone().into());
        address.insert("updated_at".into(), now.clone().into());
        Value::Object(address)
    };
    let lines = field("products").as_array().cloned().unwrap_or_default();
    let total: i64 = lines
        .iter()
        .map(|line| line["price"].as_i64().unwrap_or(0).saturating_mul(line["quantity"].as_i64().unwrap_or(0)))
        .fold(0, i64::saturating_add);
    let products = lines.iter().enumerate().map(|(at, line)| {
        json!({ "product_image_url": picture(base, at + 1), "product_id": at + 1, "title": "Custom Neon",
            "description": "Text: Hello", "description_html": "<p>Text: Hello</p>", "external_id": line["external_id"],
            "external_data": [], "quantity": line["quantity"], "price": line["price"] })
    });
    json!({ "order": { "order_id": id, "order_number": id, "external_order_number": field("external_order_number"),
        "external_id": field("external_id"), "order_total": total, "app_total": total, "currency": field("currency"),
        "shipping_line": field("shipping_line"), "billing_address": address(field("billing_address")),
        "shipping_address": address(field("shipping_address")), "customer": address(field("customer")),
        "products": products.collect::<Vec<_>>() } })
}
