//! Everything the sandbox remembers, behind one lock.

use crate::auth::{Judgement, SpiffKeys, WebhookScheme};
use crate::clock;
use crate::faults::Faults;
use crate::http::Received;
use crate::options::Options;
use crate::platform::Platform;
use crate::schema;
use crate::store::Store;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many requests and deliveries are remembered; older ones are forgotten, so that a long soak stays small.
const REMEMBERED: usize = 10_000;

/// How much of a request's body is remembered.
const REMEMBERED_BODY: usize = 64 * 1024;

/// What the platforms' documents leave open, to be switched by a test.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) date_window_seconds: Option<u32>,
    /// Unauthenticated GraphQL answers 401 instead of nulls.
    pub(crate) graphql_auth_401: bool,
    /// Unknown ids are left out of lists instead of answered with null.
    pub(crate) omit_unknown_ids: bool,
    pub(crate) rest_body_empty: bool,
    pub(crate) dedupe: bool,
    pub(crate) webhook_scheme: WebhookScheme,
    pub(crate) check_products: bool,
    /// How long a process execution takes; `None`: until control ends it.
    pub(crate) process_ms: Option<u32>,
    /// The fields of `Query` and `Mutation` that the application key has no permission for. The key pair may do everything.
    pub(crate) forbidden: Vec<String>,
}

impl Settings {
    fn new(options: &Options) -> Self {
        Self {
            date_window_seconds: options.date_window_seconds,
            graphql_auth_401: false,
            omit_unknown_ids: false,
            rest_body_empty: false,
            dedupe: false,
            webhook_scheme: WebhookScheme::A,
            check_products: false,
            process_ms: Some(300),
            forbidden: Vec::new(),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "date_window_seconds": self.date_window_seconds,
            "graphql_auth": if self.graphql_auth_401 { "401" } else { "null" },
            "unknown_ids": if self.omit_unknown_ids { "omit" } else { "null" },
            "rest_body": if self.rest_body_empty { "empty" } else { "json" },
            "dedupe": self.dedupe,
            "webhook_scheme": format!("{:?}", self.webhook_scheme),
            "check_products": self.check_products,
            "process_ms": self.process_ms,
            "forbidden": self.forbidden,
        })
    }

    /// Sets what `given` names; nothing changes if any of it is wrong.
    pub(crate) fn change(&mut self, given: &Value) -> Result<(), String> {
        let given = given.as_object().ok_or("Settings are a JSON object such as {\"dedupe\":true}.")?;
        let mut new = self.clone();
        for (name, value) in given {
            let wrong = |allowed: &str| format!("\"{name}\" is {allowed}, not {value}.");
            let flag = || value.as_bool().ok_or_else(|| wrong("true or false"));
            let one_of = |a: &str, b: &str| match value.as_str() {
                Some(text) if text == a => Ok(false),
                Some(text) if text == b => Ok(true),
                _ => Err(wrong(&format!("\"{a}\" or \"{b}\""))),
            };
            let whole = || value.as_u64().and_then(|n| u32::try_from(n).ok());
            match name.as_str() {
                "date_window_seconds" if value.is_null() => new.date_window_seconds = None,
                "date_window_seconds" => {
                    new.date_window_seconds = Some(whole().ok_or_else(|| wrong("a number of seconds or null"))?);
                }
                "graphql_auth" => new.graphql_auth_401 = one_of("null", "401")?,
                "unknown_ids" => new.omit_unknown_ids = one_of("null", "omit")?,
                "rest_body" => new.rest_body_empty = one_of("json", "empty")?,
                "dedupe" => new.dedupe = flag()?,
                "check_products" => new.check_products = flag()?,
                "process_ms" if value.is_null() => new.process_ms = None,
                "process_ms" => {
                    new.process_ms = Some(whole().ok_or_else(|| wrong("a number of milliseconds or null"))?);
                }
                "forbidden" => {
                    let names =
                        value.as_array().map(|names| names.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
                    let names = names.flatten().filter(|names| names.iter().all(|name| schema::is_root_field(name)));
                    let names = names.ok_or_else(|| wrong("a list of fields of Query and Mutation"))?;
                    new.forbidden = names.into_iter().map(str::to_owned).collect();
                }
                "webhook_scheme" => {
                    new.webhook_scheme = match value.as_str() {
                        Some("A") => WebhookScheme::A,
                        Some("B") => WebhookScheme::B,
                        Some("C") => WebhookScheme::C,
                        Some("D") => WebhookScheme::D,
                        Some("E") => WebhookScheme::E,
                        _ => return Err(wrong("\"A\", \"B\", \"C\", \"D\" or \"E\"")),
                    };
                }
                _ => {
                    let known = self.to_json();
                    let known: Vec<_> =
                        known.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                    return Err(format!("There is no setting \"{name}\". Known: {}.", known.join(", ")));
                }
            }
        }
        *self = new;
        Ok(())
    }
}

/// One request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) platform: Platform,
    pub(crate) ms: i64,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) body_len: usize,
    /// Which way in: `graphql`, `rest`, `targets`, `webhooks`, …
    pub(crate) wire: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) judgement: Option<Judgement>,
    /// Whether the request was carried out; `None` while it is being answered.
    pub(crate) accepted: Option<bool>,
    pub(crate) why: Option<String>,
    pub(crate) fault: Option<Value>,
    pub(crate) order: Option<String>,
    /// The status that was answered; `None` if nothing was.
    pub(crate) status: Option<u16>,
}

impl Record {
    pub(crate) fn new(id: String, platform: Platform, received: &Received) -> Self {
        Self {
            id,
            platform,
            ms: clock::now_ms(),
            method: received.method.clone(),
            target: received.target(),
            headers: received.headers.clone(),
            body: received.body[..received.body.len().min(REMEMBERED_BODY)].to_vec(),
            body_len: received.body.len(),
            wire: "unknown",
            purpose: "other",
            judgement: None,
            accepted: None,
            why: None,
            fault: None,
            order: None,
            status: None,
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut headers = Map::new();
        for (name, value) in &self.headers {
            let joined = match headers.get(name).and_then(Value::as_str) {
                Some(earlier) => format!("{earlier}, {value}"),
                None => value.clone(),
            };
            headers.insert(name.clone(), joined.into());
        }
        let mut all = json!({
            "id": self.id,
            "platform": self.platform.name(),
            "time": clock::iso(self.ms),
            "method": self.method,
            "path": self.target,
            "headers": headers,
            "body_bytes": self.body_len,
            "wire": self.wire,
            "target": self.purpose,
            "string_to_sign": self.judgement.as_ref().and_then(|judgement| judgement.string_to_sign.clone()),
            "auth": self.judgement.as_ref().map(Judgement::to_json),
            "accepted": self.accepted,
            "why": self.why,
            "fault": self.fault,
            "order": self.order,
            "status": self.status,
        });
        match std::str::from_utf8(&self.body) {
            Ok(text) => all["body"] = text.into(),
            Err(_) => all["body_base64"] = STANDARD.encode(&self.body).into(),
        }
        all
    }
}

/// The one state of both listeners.
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    /// Accepted orders of both platforms, oldest first.
    pub(crate) orders: Vec<Value>,
    pub(crate) requests: VecDeque<Record>,
    pub(crate) faults: Faults,
    pub(crate) subscriptions: BTreeMap<u64, Map<String, Value>>,
    pub(crate) deliveries: VecDeque<Value>,
    /// Product ids that a callback returned, by the platform's own product id.
    pub(crate) products: BTreeMap<u64, String>,
    pub(crate) spiff_url: String,
    /// Changes with every reset, so that what began before it cannot land after it.
    pub(crate) epoch: u64,
    made: BTreeMap<&'static str, u64>,
    request_number: u64,
}

impl State {
    fn new(options: &Options, spiff_url: &str, epoch: u64, request_number: u64) -> Self {
        let mut state = Self {
            settings: Settings::new(options),
            store: Store::default(),
            orders: Vec::new(),
            requests: VecDeque::new(),
            faults: Faults::default(),
            subscriptions: BTreeMap::new(),
            deliveries: VecDeque::new(),
            products: BTreeMap::new(),
            spiff_url: spiff_url.to_owned(),
            epoch,
            made: BTreeMap::new(),
            request_number,
        };
        crate::seed::seed(&mut state.store, spiff_url);
        state
    }

    /// The next number of a series, from 1.
    pub(crate) fn number(&mut self, series: &'static str) -> u64 {
        let next = self.made.entry(series).or_default();
        *next += 1;
        *next
    }

    /// A new id for the `x-request-id` header; not repeated after a reset.
    pub(crate) fn request_id(&mut self) -> String {
        self.request_number += 1;
        format!("req-{:06}", self.request_number)
    }

    pub(crate) fn record(&mut self, record: Record) {
        if self.requests.len() == REMEMBERED {
            self.requests.pop_front();
        }
        self.requests.push_back(record);
    }

    /// Changes a request's record, if it is still remembered.
    pub(crate) fn amend(&mut self, id: &str, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.requests.iter_mut().rev().find(|record| record.id == id) {
            change(record);
        }
    }

    /// Remembers a delivery and answers its number.
    pub(crate) fn delivery(&mut self, mut delivery: Value) -> u64 {
        let number = self.number("delivery");
        delivery["id"] = number.into();
        if self.deliveries.len() == REMEMBERED {
            self.deliveries.pop_front();
        }
        self.deliveries.push_back(delivery);
        number
    }

    pub(crate) fn amend_delivery(&mut self, number: u64, change: impl FnOnce(&mut Value)) {
        if let Some(delivery) = self.deliveries.iter_mut().rev().find(|delivery| delivery["id"] == number) {
            change(delivery);
        }
    }

    pub(crate) fn requests_json(&self) -> Value {
        json!({ "requests": self.requests.iter().map(Record::to_json).collect::<Vec<_>>() })
    }

    pub(crate) fn orders_json(&self) -> Value {
        json!({ "orders": self.orders })
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "settings": self.settings.to_json(),
            "objects": self.store.to_json(),
            "orders": self.orders,
            "webhooks": self.subscriptions.values().collect::<Vec<_>>(),
            "products": self.products.iter().map(|(id, external)| json!({ "product_id": id, "external_id": external })).collect::<Vec<_>>(),
            "faults": self.faults.to_json()["faults"],
        })
    }
}

/// What both listeners and the owner of the sandbox share.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) keys: SpiffKeys,
    pub(crate) spiff_url: String,
    pub(crate) sign_customiser_url: String,
    state: Mutex<State>,
}

impl Shared {
    pub(crate) fn new(options: Options, keys: SpiffKeys, spiff_url: String, sign_customiser_url: String) -> Self {
        let state = Mutex::new(State::new(&options, &spiff_url, 0, 0));
        Self { options, keys, spiff_url, sign_customiser_url, state }
    }

    /// The state, locked. A panic elsewhere does not make it unusable: it is a test tool, and its page should show why.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Back to how it started.
    pub(crate) fn reset(&self) {
        let mut state = self.state();
        *state = State::new(&self.options, &self.spiff_url, state.epoch + 1, state.request_number);
    }

    /// Addresses, credentials and the environment for a client.
    pub(crate) fn ready(&self) -> Value {
        let Self { options, spiff_url, sign_customiser_url, .. } = self;
        json!({
            "ready": true,
            "spiff": {
                "url": spiff_url,
                "access_key": options.access_key,
                "secret_key": options.secret_key,
                "application_key": options.application_key,
                "page": format!("{spiff_url}/"),
            },
            "sign_customiser": {
                "url": sign_customiser_url,
                "api_token": options.api_token,
                "integration_secret": options.integration_secret,
                "webhook_secret": options.webhook_secret,
                "page": format!("{sign_customiser_url}/"),
            },
            // One kind of Spiff credentials: both at once would leave a client in doubt, and ours refuses that.
            "env": {
                "COUNTERSIGN_SPIFF_BASE_URL": spiff_url,
                "COUNTERSIGN_SPIFF_ACCESS_KEY": options.access_key,
                "COUNTERSIGN_SPIFF_SECRET_KEY": options.secret_key,
                "COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL": sign_customiser_url,
                "COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN": options.api_token,
                "COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET": options.integration_secret,
                "COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET": options.webhook_secret,
            },
        })
    }
}
