//! The Spiff listener: which requests it knows and what each does.

use crate::auth::Judgement;
use crate::faults::{Asked, Target};
use crate::graphql::{self, Prepared};
use crate::http::{Answer, Done};
use crate::orders::{self, Item, NewOrder};
use crate::platform::is_graphql;
use crate::received::Received;
use crate::state::{Shared, State};
use crate::world::Context;
use serde_json::{Value, json};

/// What a request asks for.
pub(crate) enum Call {
    Graphql(Result<Box<Prepared>, Answer>),
    /// `POST /api/v2/orders` or, in its first form, `POST /targets`.
    Orders(&'static str),
    /// The old public read of a design.
    Transaction(String),
    /// The file that a process execution made.
    Artifact(String),
    WrongMethod,
    Unknown,
}

impl Call {
    pub(crate) fn of(received: &Received) -> Self {
        let verb = received.verb();
        let post = verb == "POST";
        match received.path.as_str() {
            path if is_graphql(path) => {
                if post {
                    Self::Graphql(graphql::prepare(&received.body).map(Box::new))
                } else {
                    Self::WrongMethod
                }
            }
            "/api/v2/orders" if post => Self::Orders("rest"),
            "/targets" if post => Self::Orders("targets"),
            "/api/v2/orders" | "/targets" => Self::WrongMethod,
            path => match (path.strip_prefix("/api/transactions/"), path.strip_prefix("/artifacts/")) {
                (Some(id), _) if verb == "GET" && !id.contains('/') => Self::Transaction(id.to_owned()),
                (_, Some(name)) if verb == "GET" && !name.contains('/') => {
                    Self::Artifact(name.strip_suffix(".json").unwrap_or(name).to_owned())
                }
                _ => Self::Unknown,
            },
        }
    }

    pub(crate) fn wire(&self) -> &'static str {
        match self {
            Self::Graphql(_) => "graphql",
            Self::Orders(wire) => wire,
            Self::Transaction(_) => "transaction",
            Self::Artifact(_) => "artifact",
            Self::WrongMethod | Self::Unknown => "unknown",
        }
    }

    pub(crate) fn asked(&self) -> Asked {
        let plain = |target| Asked { target, graphql: false, introspects: false };
        match self {
            Self::Graphql(Ok(prepared)) => {
                Asked { target: prepared.target, graphql: true, introspects: prepared.introspects }
            }
            Self::Orders(_) => plain(Target::Order),
            Self::Transaction(_) | Self::Artifact(_) => plain(Target::Read),
            Self::Graphql(Err(_)) | Self::WrongMethod | Self::Unknown => plain(Target::Other),
        }
    }

    /// Whether it is open to everyone.
    pub(crate) fn public(&self) -> bool {
        !matches!(self, Self::Graphql(_) | Self::Orders(_))
    }
}

/// Carries a request out.
pub(crate) fn carry_out(
    shared: &Shared,
    call: &Call,
    received: &Received,
    judgement: &Judgement,
    request: &str,
    drop_items: bool,
) -> Done {
    let mut guard = shared.state();
    let state: &mut State = &mut guard;
    if !call.public() && !judgement.accepted {
        return refuse(state, call, judgement);
    }
    let forbidden = match judgement.credential {
        "application_key" => state.settings.forbidden.clone(),
        _ => Vec::new(),
    };
    match call {
        Call::Graphql(Err(answer)) => Done::refused(answer.clone(), "The document is not valid; see the answer."),
        Call::Graphql(Ok(prepared)) => {
            let header = |name| received.header(name).map(str::to_owned);
            let context = Context {
                request: request.to_owned(),
                body: String::from_utf8_lossy(&received.body).into_owned(),
                transaction_owner: header("transactionownerid"),
                bundle_owner: header("bundleownerid"),
                drop_items,
                forbidden,
            };
            let before = state.orders.len();
            let answer = prepared.execute(state, &context);
            let order = state.orders.get(before).map(|order| order["id"].as_str().unwrap_or_default().to_owned());
            let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let message = said["errors"][0]["message"].as_str().map(str::to_owned);
            let mut done = Done::new(answer);
            // Several root fields may end differently: carried out means that something was.
            done.accepted = message.is_none() || order.is_some();
            done.why = message;
            done.order = order;
            done
        }
        Call::Orders(_) if forbidden.iter().any(|field| field == "orderCreate") => {
            Done::refused(errors(403, "Forbidden"), "The application key may not place orders.")
        }
        Call::Orders(wire) => rest_order(state, wire, received, request),
        Call::Transaction(id) => match state.store.get("Transaction", id) {
            Some(design) => {
                let product = orders::linked(state, design, "product");
                Done::new(Answer::json(
                    200,
                    &json!({ "data": { "id": id, "baseCost": product.get("basePrice"),
                        "optionsCost": design.get("priceModifierTotal") },
                        "links": [{ "rel": "design", "href": format!("/api/designs/{id}") }] }),
                ))
            }
            None => Done::refused(errors(404, "The transaction was not found."), "There is no such transaction."),
        },
        Call::Artifact(id) => match state.store.get("ProcessExecution", id) {
            Some(execution) => Done::new(Answer::json(200, &json!({ "inputs": execution.get("@inputs") }))),
            None => Done::refused(errors(404, "Not found."), "There is no such file."),
        },
        Call::WrongMethod => {
            Done::refused(errors(405, "Method not allowed.").with("allow", "POST"), "Only POST is known here.")
        }
        Call::Unknown => Done::refused(errors(404, "Not found."), "This platform has no such path."),
    }
}

/// An error body as the REST endpoints give it; its real form is not public.
pub(crate) fn errors(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({ "errors": [{ "message": message }] }))
}

fn refuse(state: &State, call: &Call, judgement: &Judgement) -> Done {
    let message = judgement.message.clone().unwrap_or_default();
    let answer = match call {
        // Someone unknown is not told so: the fields are null and there is no error. A wrong signature is told.
        Call::Graphql(prepared) if judgement.credential != "signature" && !state.settings.graphql_auth_401 => {
            match prepared {
                Ok(prepared) => prepared.all_null(),
                Err(answer) => answer.clone(),
            }
        }
        _ => errors(401, "Unauthorized"),
    };
    Done::refused(answer, &message)
}

fn rest_order(state: &mut State, wire: &'static str, received: &Received, request: &str) -> Done {
    let refuse = |status, message: &str| Done::refused(errors(status, message), message);
    let order = match received.json() {
        Ok(Value::Object(order)) => order,
        Ok(_) => return refuse(400, "The body has to be a JSON object."),
        Err(error) => return refuse(400, &format!("The body is not JSON: {error}.")),
    };
    let external_id = match order.get("externalId") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Number(id)) => Some(id.to_string()),
        Some(_) => return refuse(400, "externalId is a string or a number."),
    };
    let paid = match order.get("paid") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(paid)) => Some(*paid),
        Some(_) => return refuse(400, "paid is true or false."),
    };
    if !matches!(order.get("autoPrint"), None | Some(Value::Null | Value::Bool(_))) {
        return refuse(400, "autoPrint is true or false.");
    }
    if !matches!(order.get("externalData"), None | Some(Value::Null | Value::Object(_))) {
        return refuse(400, "externalData is an object.");
    }
    let Some(lines) = order.get("orderItems").and_then(Value::as_array) else {
        return refuse(400, "orderItems is missing or no list.");
    };
    let mut items = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(amount) = line["amountToOrder"].as_i64().filter(|amount| (1..=i64::from(i32::MAX)).contains(amount))
        else {
            return refuse(400, &format!("orderItems[{at}].amountToOrder is no whole number from 1."));
        };
        // Bundles exist on GraphQL only.
        let Some(transaction) = line["transactionId"].as_str() else {
            return refuse(400, &format!("orderItems[{at}].transactionId is missing or no string."));
        };
        items.push(Item { amount, transaction: Some(transaction.to_owned()), bundle: None });
    }
    let new = NewOrder {
        wire,
        external_id,
        paid,
        items,
        external_data: order.get("externalData").cloned().unwrap_or_default(),
        internal_id: None,
        generate_internal_id: false,
        body: String::from_utf8_lossy(&received.body).into_owned(),
        request: request.to_owned(),
    };
    match orders::place(state, new) {
        Ok(id) => {
            let answer = if state.settings.rest_body_empty {
                Answer::empty(201)
            } else {
                Answer::json(201, &json!({ "data": { "id": id } }))
            };
            let mut done = Done::new(answer);
            done.order = Some(id);
            done
        }
        Err(message) => refuse(422, &message),
    }
}
