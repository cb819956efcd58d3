//! What arrived and what was sent: the newest requests and deliveries, bounded by number and by bytes.

use crate::auth::Judgement;
use crate::clock;
use crate::platform::Platform;
use crate::received::Received;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::sync::Arc;

/// How many requests and deliveries are remembered; older ones are forgotten, so that a long soak stays small.
const REMEMBERED: usize = 10_000;

/// How many bytes of each are remembered.
const REMEMBERED_BYTES: usize = 64 * 1024 * 1024;

/// How much of a body is remembered.
pub(crate) const REMEMBERED_BODY: usize = 64 * 1024;

/// The longest sentence beside a request.
const SENTENCE: usize = 2000;

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

/// The newest of something, with what each weighs.
struct Newest<T> {
    all: VecDeque<(Arc<T>, usize)>,
    bytes: usize,
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self { all: VecDeque::new(), bytes: 0 }
    }
}

impl<T: Clone> Newest<T> {
    fn push(&mut self, one: T, weight: usize) {
        self.bytes += weight;
        self.all.push_back((Arc::new(one), weight));
        self.forget();
    }

    fn forget(&mut self) {
        while (self.all.len() > REMEMBERED || self.bytes > REMEMBERED_BYTES) && self.all.len() > 1 {
            self.bytes -= self.all.pop_front().map_or(0, |(_, weight)| weight);
        }
    }

    /// Changes the newest one that fits, and weighs it again.
    fn amend(&mut self, fits: impl Fn(&T) -> bool, change: impl FnOnce(&mut T), weigh: impl Fn(&T) -> usize) {
        if let Some((one, weight)) = self.all.iter_mut().rev().find(|(one, _)| fits(one)) {
            change(Arc::make_mut(one));
            let now = weigh(one);
            self.bytes = self.bytes - *weight + now;
            *weight = now;
            self.forget();
        }
    }

    fn shared(&self) -> Vec<Arc<T>> {
        self.all.iter().map(|(one, _)| Arc::clone(one)).collect()
    }
}

impl Record {
    /// About how many bytes it holds.
    fn weight(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len() + 64).sum();
        let texts = self.judgement.as_ref().map_or(0, Judgement::weight);
        let sentence = self.why.as_ref().map_or(0, String::len);
        512 + self.method.len() + self.target.len() + headers + self.body.len() + texts + sentence
    }
}

/// About how many bytes a value holds.
fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => 32 + text.len(),
        Value::Array(items) => items.iter().map(weight).sum::<usize>() + 32,
        Value::Object(fields) => fields.iter().map(|(name, value)| 64 + name.len() + weight(value)).sum::<usize>() + 32,
        _ => 32,
    }
}

/// Requests and deliveries.
#[derive(Default)]
pub(crate) struct Log {
    requests: Newest<Record>,
    deliveries: Newest<Value>,
    request_number: u64,
    delivery_number: u64,
}

impl Log {
    /// A new id for the `x-request-id` header; not repeated after a reset.
    pub(crate) fn request_id(&mut self) -> String {
        self.request_number += 1;
        format!("req-{:06}", self.request_number)
    }

    /// Forgets everything but the number of the last request.
    pub(crate) fn reset(&mut self) {
        *self = Self { request_number: self.request_number, ..Self::default() };
    }

    pub(crate) fn record(&mut self, record: Record) {
        let weight = record.weight();
        self.requests.push(record, weight);
    }

    /// Changes a request's record, if it is still remembered.
    pub(crate) fn amend(&mut self, id: &str, change: impl FnOnce(&mut Record)) {
        let change = |record: &mut Record| {
            change(record);
            if let Some(why) = record.why.as_mut().filter(|why| why.len() > SENTENCE) {
                let end = (0..=SENTENCE).rev().find(|at| why.is_char_boundary(*at)).unwrap_or(0);
                why.truncate(end);
                why.push('…');
            }
        };
        self.requests.amend(|record| record.id == id, change, Record::weight);
    }

    /// Remembers a delivery and answers its number.
    pub(crate) fn delivery(&mut self, mut delivery: Value) -> u64 {
        self.delivery_number += 1;
        delivery["id"] = self.delivery_number.into();
        let weight = weight(&delivery);
        self.deliveries.push(delivery, weight);
        self.delivery_number
    }

    pub(crate) fn amend_delivery(&mut self, number: u64, change: impl FnOnce(&mut Value)) {
        self.deliveries.amend(|delivery| delivery["id"] == number, change, weight);
    }

    /// Requests, oldest first.
    pub(crate) fn requests(&self) -> Vec<Arc<Record>> {
        self.requests.shared()
    }

    /// Deliveries, oldest first.
    pub(crate) fn deliveries(&self) -> Vec<Arc<Value>> {
        self.deliveries.shared()
    }
}
