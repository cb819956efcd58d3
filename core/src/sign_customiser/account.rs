//! `Account`: the API token and address of one Sign Customiser account. It prepares every call.

use crate::call::{Call, Header, Json, Refusal, Reply, Request};
use crate::delivery::{Class, Effect};
use crate::endpoint::{Endpoint, check_path};
use crate::error::{Error, ErrorKind};
use crate::evidence;
use crate::headers::{check_token, user_agent};
use crate::json;
use crate::mask::Mask;
use crate::options::{Options, SETTLE_DELAY, Scope};
use crate::secret::Secret;
use crate::signature::DEFAULT_CONTENT_TYPE;
use crate::time::Timestamp;
use crate::walk;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

const BASE_URL: &str = "https://web.signcustomiser.com";

/// One Sign Customiser account. Pure: give it a time and it prepares calls.
///
/// Cheap to clone, `Send` and `Sync`.
#[derive(Clone)]
pub struct Account {
    shared: Arc<Shared>,
}

struct Shared {
    token: Secret,
    endpoint: Endpoint,
    user_agent: String,
    settle_delay: u32,
    throttled_unclear: bool,
    mask: Mask,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("endpoint", &self.shared.endpoint).finish_non_exhaustive()
    }
}

impl Account {
    /// From options: `api_token`, and `base_url` if it is not the vendor's.
    ///
    /// # Errors
    /// `configuration` for what is missing, `invalid_argument` for an unusable token.
    pub fn new(options: &Options) -> Result<Self, Error> {
        options.for_client(Scope::SignCustomiser)?;
        let token = options.secret("api_token").ok_or_else(|| {
            Error::configuration("There is no API token: set api_token (Dashboard, \"Generate API token\").")
        })?;
        check_token("The API token", &token)?;
        let base_url = options.text("base_url").unwrap_or(BASE_URL);
        Ok(Self {
            shared: Arc::new(Shared {
                token,
                endpoint: Endpoint::new(base_url, &options.list("allow_http"))?,
                user_agent: user_agent(options)?,
                settle_delay: options.number("settle_delay", SETTLE_DELAY),
                throttled_unclear: options.text("throttled") == Some("unknown"),
                mask: Mask::of_options(options),
            }),
        })
    }

    /// Seconds after signing from which an order in doubt that no webhook confirmed may be looked at.
    pub fn settle_delay(&self) -> u32 {
        self.shared.settle_delay
    }

    /// By which credential it calls, in a form that may be stored: the same for the same one, and nothing of a secret.
    pub fn credential(&self) -> String {
        crate::digest::fingerprint(&[b"api_token", self.shared.token.expose()])
    }

    /// Prepares any call of the API, for what has no method of its own. `body` is JSON or nothing.
    ///
    /// # Errors
    /// `invalid_argument` for an unusable method or path, `invalid_json` for a body that is not JSON.
    pub fn prepare_request(
        &self,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<Call<Json>, Error> {
        if !matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE") {
            return Err(Error::argument(format!("The method is {method:?}: GET, POST, PUT, PATCH or DELETE is due.")));
        }
        check_path(path, false).map_err(|why| Error::argument(why).masked(&self.shared.mask))?;
        if let Some(body) = body {
            json::read(body, "The body", ErrorKind::InvalidJson, |_, _| Some(()))?;
        }
        let effect = if method == "GET" { Effect::Read } else { Effect::Change };
        self.call(method, path, body.unwrap_or_default().to_vec(), effect, now, |reply| {
            Ok(Cow::Borrowed(if evidence::is_empty(reply)? { RawValue::NULL } else { evidence::json(reply)? }))
        })
    }

    pub(crate) fn call<T>(
        &self,
        method: &str,
        path: &str,
        body: Vec<u8>,
        effect: Effect,
        now: Timestamp,
        expect: impl for<'r> Fn(&'r Reply) -> Result<Cow<'r, RawValue>, Refusal> + Send + Sync + 'static,
    ) -> Result<Call<T>, Error> {
        Ok(self.call_of(self.request(method, path, DEFAULT_CONTENT_TYPE, body), effect, now, expect))
    }

    /// A request with what to expect of its reply.
    pub(crate) fn call_of<T>(
        &self,
        request: Request,
        effect: Effect,
        now: Timestamp,
        expect: impl for<'r> Fn(&'r Reply) -> Result<Cow<'r, RawValue>, Refusal> + Send + Sync + 'static,
    ) -> Call<T> {
        Call::new(request, effect, now, expect).with_policy(
            self.shared.settle_delay,
            self.shared.throttled_unclear,
            &self.shared.mask,
        )
    }

    pub(crate) fn request(&self, method: &str, path: &str, content_type: &str, body: Vec<u8>) -> Request {
        let Shared { token, endpoint, user_agent, .. } = &*self.shared;
        let token = std::str::from_utf8(token.expose()).unwrap_or_default();
        let mut headers = vec![Header { name: "Authorization", value: ["Bearer ", token].concat(), sensitive: true }];
        let mut add = |name, value: &str| headers.push(Header { name, value: value.to_owned(), sensitive: false });
        if !body.is_empty() {
            add("Content-Type", content_type);
        }
        // Without it the vendor's framework answers errors with a redirect to a page.
        add("Accept", "application/json");
        add("Accept-Encoding", "identity");
        add("User-Agent", user_agent);
        let url = endpoint.url(&endpoint.path(path));
        Request { method: method.to_owned(), url, headers, body }
    }
}

/// Why nothing settles an order in doubt here.
pub(crate) fn nothing_to_settle_by() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "Sign Customiser documents no way to read an order back. Subscribe to order:created: a delivery with the same \
         external_id says that the order was placed. Without one, look into the dashboard before placing it again.",
    )
}

/// One member of the body, which must be there, and once.
pub(crate) fn member<'r>(reply: &'r Reply, name: &str) -> Result<&'r RawValue, Refusal> {
    let members = serde_json::from_str::<json::Members<'r>>(evidence::text(reply)?).map_err(|error| {
        Refusal::new(Class::UnexpectedReply, format!("The reply is not a whole JSON object: {error}."))
    })?;
    evidence::once(&members, name)?.ok_or_else(|| {
        Refusal::new(Class::UnexpectedReply, format!("The reply has no {name:?}, which the vendor documents."))
    })
}

/// Refuses what is not an object.
pub(crate) fn object<'r>(value: &'r RawValue, what: &str) -> Result<&'r RawValue, Refusal> {
    if value.get().starts_with('{') {
        return Ok(value);
    }
    Err(Refusal::new(Class::UnexpectedReply, format!("{what} is not an object.")))
}

/// An object in which the named members are maps: the vendor's framework writes an empty map as `[]`, null or not at
/// all.
pub(crate) fn with_maps<'r>(object: &'r RawValue, names: &[&str]) -> Cow<'r, RawValue> {
    let Ok(json::Members(mut members)) = serde_json::from_str::<json::Members<'r>>(object.get()) else {
        return Cow::Borrowed(object);
    };
    let empty: &RawValue = serde_json::from_str("{}").unwrap_or(RawValue::NULL);
    let mut changed = false;
    for name in names {
        match members.iter_mut().find(|(key, _)| key == name) {
            Some((_, raw)) if raw.get() == "null" || walk::is_empty(raw.get()) => {
                changed |= raw.get() != empty.get();
                *raw = empty;
            }
            Some(_) => {}
            None => {
                members.push(((*name).into(), empty));
                changed = true;
            }
        }
    }
    struct Map<'m, 'r>(&'m [(Cow<'r, str>, &'r RawValue)]);
    impl serde::Serialize for Map<'_, '_> {
        fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            to.collect_map(self.0.iter().map(|(key, raw)| (key, raw)))
        }
    }
    if !changed {
        return Cow::Borrowed(object);
    }
    serde_json::value::to_raw_value(&Map(&members)).map_or(Cow::Borrowed(object), Cow::Owned)
}

/// Reads a map that may be written `[]`, `{}`, `null` or not at all.
pub(crate) fn lenient_map<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<serde_json::Map<String, serde_json::Value>, D::Error> {
    use serde::Deserialize;
    Ok(match serde_json::Value::deserialize(from)? {
        serde_json::Value::Object(map) => map,
        _ => serde_json::Map::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_maps_come_in_four_spellings() {
        for (text, read) in [
            (r#"{"a":1,"meta":[]}"#, r#"{"a":1,"meta":{}}"#),
            (r#"{"meta":[ ],"a":1}"#, r#"{"meta":{},"a":1}"#),
            (r#"{"meta":null}"#, r#"{"meta":{}}"#),
            (r#"{}"#, r#"{"meta":{}}"#),
            (r#"{"meta":{}}"#, r#"{"meta":{}}"#),
            (r#"{"meta": {"x":[]}}"#, r#"{"meta": {"x":[]}}"#),
            (r#"{"meta":[1]}"#, r#"{"meta":[1]}"#),
        ] {
            assert_eq!(with_maps(serde_json::from_str(text).unwrap(), &["meta"]).get(), read);
        }
    }
}
