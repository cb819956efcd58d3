//! What the sandbox knows: settings, objects, orders, subscriptions.

use crate::auth::{SpiffKeys, WebhookScheme};
use crate::faults::Faults;
use crate::hosts::Hosts;
use crate::http::Traffic;
use crate::listing::Listing;
use crate::options::Options;
use crate::receivers::{self, Waiting};
use crate::remembered::{Log, REMEMBERED_BODY};
use crate::schema;
use crate::store::Store;
use countersign_core::digest::hmac_sha256;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many bytes of accepted orders' bodies are kept; the oldest are forgotten first, the orders are not.
const ORDER_BODIES: usize = 32 * 1024 * 1024;

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
    /// Where a finished sign is told to the shop.
    pub(crate) create_product_url: Option<String>,
    /// How long a process execution takes; `None`: until control ends it.
    pub(crate) process_ms: Option<u32>,
    /// The fields of `Query` and `Mutation` that the application key has no permission for. The key pair may do everything.
    pub(crate) forbidden: Vec<String>,
}

impl Settings {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            date_window_seconds: options.date_window_seconds,
            graphql_auth_401: false,
            omit_unknown_ids: false,
            rest_body_empty: false,
            dedupe: false,
            webhook_scheme: WebhookScheme::A,
            check_products: false,
            create_product_url: None,
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
            "create_product_url": self.create_product_url,
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
                "create_product_url" if value.is_null() => new.create_product_url = None,
                "create_product_url" => {
                    let url = value.as_str().ok_or_else(|| wrong("a URL on this machine or null"))?;
                    receivers::loopback(url)?;
                    new.create_product_url = Some(url.to_owned());
                }
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

/// The one state of both listeners.
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    /// Accepted orders of both platforms, oldest first.
    pub(crate) orders: Vec<Arc<Value>>,
    /// How many bytes of bodies they have, and where the first is that still has one.
    order_bytes: usize,
    bodies_from: usize,
    pub(crate) subscriptions: BTreeMap<u64, Map<String, Value>>,
    /// Signs that a shop took or was offered, by the platform's own product id.
    pub(crate) products: BTreeMap<u64, Product>,
    pub(crate) spiff_url: String,
    /// Changes with every reset, so that what began before it cannot land after it.
    pub(crate) epoch: u64,
    made: BTreeMap<&'static str, u64>,
}

impl State {
    fn new(options: &Options, spiff_url: &str, epoch: u64) -> Self {
        let mut state = Self {
            settings: Settings::new(options),
            store: Store::default(),
            orders: Vec::new(),
            order_bytes: 0,
            bodies_from: 0,
            subscriptions: BTreeMap::new(),
            products: BTreeMap::new(),
            spiff_url: spiff_url.to_owned(),
            epoch,
            made: BTreeMap::new(),
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

    /// Writes an accepted order down.
    pub(crate) fn order(&mut self, mut order: Value) {
        if let Some(body) = order["body"].as_str().filter(|body| body.len() > REMEMBERED_BODY) {
            let end = (0..=REMEMBERED_BODY).rev().find(|at| body.is_char_boundary(*at)).unwrap_or(0);
            order["body"] = body[..end].into();
        }
        let length = |order: &Value| order["body"].as_str().map_or(0, str::len);
        self.order_bytes += length(&order);
        self.orders.push(Arc::new(order));
        while self.order_bytes > ORDER_BODIES
            && let Some(oldest) = self.orders.get_mut(self.bodies_from)
        {
            self.order_bytes -= length(oldest);
            Arc::make_mut(oldest)["body"] = Value::Null;
            self.bodies_from += 1;
        }
    }

    /// Takes the last order back, which nobody placed.
    pub(crate) fn unplace(&mut self) {
        self.orders.pop();
        self.bodies_from = self.bodies_from.min(self.orders.len());
    }

    /// All of it, and the faults that wait.
    pub(crate) fn list(&self, faults: &Value) -> Listing {
        let webhooks: Vec<_> = self.subscriptions.values().collect();
        let product = |(id, product): (&u64, &Product)| json!({ "product_id": id, "external_id": product.external_id });
        let products: Vec<_> = self.products.iter().map(product).collect();
        let mut listing = Listing::default();
        listing.text(format!(
            "{{\"settings\":{},\"webhooks\":{},\"products\":{},\"faults\":{},\"orders\":",
            self.settings.to_json(),
            json!(webhooks),
            json!(products),
            faults["faults"]
        ));
        listing.values(self.orders.iter().cloned());
        listing.text(",\"objects\":{");
        for (at, (name, objects)) in self.store.everything().enumerate() {
            listing.text(format!("{}{}:", if at > 0 { "," } else { "" }, Value::from(name)));
            listing.objects(objects);
        }
        listing.text("}}");
        listing
    }
}

/// What both listeners and the owner of the sandbox share.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) keys: SpiffKeys,
    pub(crate) spiff_url: String,
    pub(crate) sign_customiser_url: String,
    pub(crate) hosts: Hosts,
    /// What the forms of the page bring along.
    pub(crate) token: String,
    pub(crate) traffic: Traffic,
    pub(crate) waiting: Waiting,
    /// Held while an operation runs: never locked by what serves the connections, so that long work stops nobody.
    state: Mutex<State>,
    /// Held for moments only. Locked after `state` where both are needed.
    faults: Mutex<Faults>,
    log: Mutex<Log>,
}

/// A lock. A panic elsewhere does not make it unusable: this is a test tool, and its page should show why.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(
        options: Options,
        keys: SpiffKeys,
        hosts: Hosts,
        spiff_url: String,
        sign_customiser_url: String,
    ) -> Self {
        let state = Mutex::new(State::new(&options, &spiff_url, 0));
        let (faults, log) = (Mutex::default(), Mutex::default());
        Self {
            options,
            keys,
            spiff_url,
            sign_customiser_url,
            hosts,
            token: token(),
            traffic: Traffic::default(),
            waiting: Waiting::default(),
            state,
            faults,
            log,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        locked(&self.faults)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        locked(&self.log)
    }

    /// Back to how it started.
    pub(crate) fn reset(&self) {
        let mut state = self.state();
        *state = State::new(&self.options, &self.spiff_url, state.epoch + 1);
        self.faults().clear();
        self.log().reset();
    }

    /// Addresses, credentials and the environment for a client.
    pub(crate) fn ready(&self) -> Value {
        let Self { options, spiff_url, sign_customiser_url, .. } = self;
        json!({
            "ready": true,
            "version": env!("CARGO_PKG_VERSION"),
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

/// A sign that a shop was told of, as far as the sandbox needs it later.
#[derive(Clone, Debug, Default)]
pub(crate) struct Product {
    /// What the shop calls it, once it took it.
    pub(crate) external_id: Option<String>,
    pub(crate) title: String,
    pub(crate) price: Option<i64>,
    /// What a person wrote, and in which colour.
    pub(crate) text: Option<String>,
    pub(crate) ink: Option<&'static str>,
}

/// A word that only our own pages know: another page can make a browser send a form, but not with it.
pub(crate) fn token() -> String {
    let word = || RandomState::new().build_hasher().finish().to_le_bytes();
    let mac = hmac_sha256(&[word(), word()].concat(), &[b"page"]);
    mac.iter().map(|byte| format!("{byte:02x}")).collect()
}
