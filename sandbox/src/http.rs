//! What a request may cost while it arrives, an answer as it will leave, and what led to it, without the web framework's types.

use crate::listing::Listing;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::{Body as _, Incoming};
use serde_json::Value;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// The largest request body that is read; larger ones are answered with 413.
pub(crate) const MAX_BODY: usize = 8 * 1024 * 1024;

/// The largest body that control reads.
pub(crate) const MAX_CONTROL: usize = 1024 * 1024;

/// How much of a body that is too large is read and thrown away, so that its sender reads the answer.
const MAX_IGNORED: usize = 64 * 1024 * 1024;

/// How many bytes of bodies may be under way at once.
const MAX_HELD: usize = 128 * 1024 * 1024;

/// How many bytes of bodies are under way.
#[derive(Default)]
pub(crate) struct Traffic(AtomicUsize);

/// The part of them that one request has.
pub(crate) struct Held<'t> {
    traffic: &'t Traffic,
    bytes: usize,
}

impl Held<'_> {
    /// Takes more; `false` if there is too much under way already.
    fn take(&mut self, bytes: usize) -> bool {
        self.bytes += bytes;
        self.traffic.0.fetch_add(bytes, Ordering::Relaxed) + bytes <= MAX_HELD
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.traffic.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Why a body is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    Late,
    TooLarge,
    TooMany,
    Broken,
}

impl Missing {
    pub(crate) fn status(self) -> u16 {
        match self {
            Self::Late => 408,
            Self::TooLarge => 413,
            Self::TooMany => 503,
            Self::Broken => 400,
        }
    }

    pub(crate) fn why(self, most: usize, patience: Duration) -> String {
        match self {
            Self::Late => format!("The body did not arrive whole within {} s.", patience.as_secs_f64()),
            Self::TooLarge => format!("The body is larger than {most} bytes."),
            Self::TooMany => format!("More than {MAX_HELD} bytes of requests are under way."),
            Self::Broken => "The body did not arrive whole.".to_owned(),
        }
    }
}

/// Reads a whole body, bounded in bytes and time. What it holds counts until the guard is dropped.
pub(crate) async fn arrive(
    traffic: &Traffic,
    mut body: Incoming,
    most: usize,
    patience: Duration,
) -> (Result<Vec<u8>, Missing>, Held<'_>) {
    let mut held = Held { traffic, bytes: 0 };
    let reading = async {
        let mut all = Vec::new();
        let mut seen = 0;
        let mut missing = None;
        while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let Ok(frame) = frame else { return Err(Missing::Broken) };
            let Ok(bytes) = frame.into_data() else { continue };
            seen += bytes.len();
            if missing.is_none() && seen > most {
                missing = Some(Missing::TooLarge);
            } else if missing.is_none() && !held.take(bytes.len()) {
                missing = Some(Missing::TooMany);
            }
            match missing {
                Some(missing) if seen > MAX_IGNORED => return Err(missing),
                Some(_) => all = Vec::new(),
                None => all.extend_from_slice(&bytes),
            }
        }
        missing.map_or(Ok(all), Err)
    };
    let whole = timeout(patience, reading).await.unwrap_or(Err(Missing::Late));
    (whole, held)
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// A long answer in the place of `body`.
    pub(crate) listing: Option<Listing>,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into(), listing: None }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), listing: None }
    }

    pub(crate) fn listing(listing: Listing) -> Self {
        Self { listing: Some(listing.measured()), ..Self::new(200, "application/json", "") }
    }

    pub(crate) fn html(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Replaces the body and says that it is JSON.
    pub(crate) fn body_json(mut self, body: &Value) -> Self {
        self.headers.retain(|(name, _)| *name != "content-type");
        self.headers.push(("content-type", "application/json".to_owned()));
        self.body = body.to_string().into_bytes();
        self
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(match self.listing {
            Some(listing) => Body::new(listing),
            None => Body::from(self.body),
        });
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            // A fault's parameters end up here: what is no header value is left out instead of breaking the reply.
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// What carrying out a request led to.
pub(crate) struct Done {
    pub(crate) answer: Answer,
    pub(crate) accepted: bool,
    pub(crate) why: Option<String>,
    /// The id of the order that was accepted.
    pub(crate) order: Option<String>,
    /// The event that subscribers hear of.
    pub(crate) order_created: Option<Value>,
}

impl Done {
    pub(crate) fn new(answer: Answer) -> Self {
        Self { answer, accepted: true, why: None, order: None, order_created: None }
    }

    pub(crate) fn refused(answer: Answer, why: &str) -> Self {
        Self { accepted: false, why: Some(why.to_owned()), ..Self::new(answer) }
    }
}
