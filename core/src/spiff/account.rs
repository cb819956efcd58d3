//! `Account`: credentials, address and headers of one Spiff integration. It prepares every call.

use crate::call::{Call, Header, Refusal, Reply, Request};
use crate::delivery::Effect;
use crate::draft::Wire;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::headers::{check_header_text, check_token, user_agent};
use crate::mask::Mask;
use crate::options::{Options, SETTLE_DELAY, SETTLE_GAP, Scope};
use crate::secret::Secret;
use crate::signature::{DEFAULT_CONTENT_TYPE, Parts, Scheme, Signer};
use crate::time::Timestamp;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

enum Credentials {
    /// The same key pair in both schemes; which one signs depends on the wire.
    Keys {
        soa: Box<Signer>,
        vws: Box<Signer>,
    },
    Application(Secret),
}

/// One Spiff integration: who calls, and where. Pure: give it a time and it prepares calls.
///
/// Cheap to clone, `Send` and `Sync`.
#[derive(Clone)]
pub struct Account {
    shared: Arc<Shared>,
    owners: Owners,
}

struct Shared {
    credentials: Credentials,
    endpoint: Endpoint,
    /// How orders are placed.
    wire: Wire,
    user_agent: String,
    settle_delay: u32,
    settle_gap: u32,
    throttled_unclear: bool,
    mask: Mask,
}

#[derive(Clone, Default)]
struct Owners {
    partner: Option<String>,
    transaction: Option<String>,
    bundle: Option<String>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Account");
        match &self.shared.credentials {
            Credentials::Keys { soa, .. } => out.field("access_key", &soa.key_id()),
            Credentials::Application(key) => out.field("application_key", key),
        };
        out.field("endpoint", &self.shared.endpoint).field("orders", &self.shared.wire).finish_non_exhaustive()
    }
}

impl Account {
    /// From options: `access_key` and `secret_key`, or `application_key`; and `region` or `base_url`.
    ///
    /// # Errors
    /// `configuration` for what is missing or does not fit, `invalid_argument` for an unusable key.
    pub fn new(options: &Options) -> Result<Self, Error> {
        options.for_client(Scope::Spiff)?;
        let wire = match options.text("orders_api") {
            Some("rest") => Wire::SpiffRest,
            Some("targets") => Wire::SpiffTargets,
            _ => Wire::SpiffGraphql,
        };
        let keys = (options.text("access_key"), options.secret("secret_key"), options.secret("application_key"));
        let credentials = match keys {
            (Some(access_key), Some(secret_key), None) => {
                let scheme = Scheme::from_names("SOA", options.text("digest"))?;
                Credentials::Keys {
                    soa: Box::new(Signer::new(access_key, secret_key.clone(), scheme)?),
                    vws: Box::new(Signer::new(access_key, secret_key, Scheme::Vws)?),
                }
            }
            (None, None, Some(key)) => {
                check_token("The application key", &key)?;
                if wire == Wire::SpiffTargets {
                    return Err(targets_need_keys());
                }
                Credentials::Application(key)
            }
            (None, None, None) => {
                return Err(Error::configuration(
                    "There are no credentials: set access_key and secret_key, or application_key.",
                ));
            }
            (Some(_), None, None) => {
                return Err(Error::configuration("access_key is set, but secret_key is missing."));
            }
            (None, Some(_), None) => {
                return Err(Error::configuration("secret_key is set, but access_key is missing."));
            }
            (_, _, Some(_)) => {
                return Err(Error::configuration(
                    "application_key stands beside access_key or secret_key: set one kind of credentials.",
                ));
            }
        };
        let base_url = match (options.text("base_url"), options.text("region")) {
            (Some(_), Some(_)) => {
                return Err(Error::configuration("base_url and region are both set: keep one of them."));
            }
            (Some(url), None) => url,
            (None, Some(region)) => base_url_of(region)?,
            (None, None) => {
                return Err(Error::configuration(
                    "There is no region: set it to \"us\" or \"au\", where the account was created, or set base_url.",
                ));
            }
        };
        let owner =
            |name: &str| options.text(name).map(|id| check_header_text(name, id).map(|()| id.to_owned())).transpose();
        Ok(Self {
            shared: Arc::new(Shared {
                credentials,
                endpoint: Endpoint::new(base_url, &options.list("allow_http"))?,
                wire,
                user_agent: user_agent(options)?,
                settle_delay: options.number("settle_delay", SETTLE_DELAY),
                settle_gap: options.number("settle_gap", SETTLE_GAP),
                throttled_unclear: options.text("throttled") == Some("unknown"),
                mask: Mask::of_options(options),
            }),
            owners: Owners {
                partner: owner("partner_id")?,
                transaction: owner("transaction_owner_id")?,
                bundle: owner("bundle_owner_id")?,
            },
        })
    }

    /// The same account acting for a partner, or with write access to one transaction or bundle; `None` keeps what the
    /// account has. One GraphQL request can carry one owner of each kind.
    ///
    /// # Errors
    /// `invalid_argument` for an id with control characters.
    pub fn acting_for(
        &self,
        partner_id: Option<&str>,
        transaction_owner_id: Option<&str>,
        bundle_owner_id: Option<&str>,
    ) -> Result<Self, Error> {
        let mut account = self.clone();
        let owners = &mut account.owners;
        let slots = [
            (&mut owners.partner, partner_id, "PartnerId"),
            (&mut owners.transaction, transaction_owner_id, "TransactionOwnerId"),
            (&mut owners.bundle, bundle_owner_id, "BundleOwnerId"),
        ];
        for (slot, id, name) in slots {
            if let Some(id) = id {
                check_header_text(name, id)?;
                *slot = Some(id.to_owned());
            }
        }
        Ok(account)
    }

    /// How orders are placed.
    pub(crate) fn wire(&self) -> Wire {
        self.shared.wire
    }

    /// Seconds after signing from which a read-back may say *absent*.
    pub fn settle_delay(&self) -> u32 {
        self.shared.settle_delay
    }

    /// By which credential it calls, in a form that may be stored: the same for the same one, and nothing of a secret.
    pub fn credential(&self) -> String {
        match &self.shared.credentials {
            Credentials::Keys { soa, .. } => crate::digest::fingerprint(&[b"access_key", soa.key_id().as_bytes()]),
            Credentials::Application(key) => crate::digest::fingerprint(&[b"application_key", key.expose()]),
        }
    }

    /// Seconds between the two read-backs that *absent* needs.
    pub fn settle_gap(&self) -> u32 {
        self.shared.settle_gap
    }

    /// A signed POST of a GraphQL body.
    pub(crate) fn post<T>(
        &self,
        body: Vec<u8>,
        effect: Effect,
        now: Timestamp,
        expect: impl for<'r> Fn(&'r Reply) -> Result<Cow<'r, RawValue>, Refusal> + Send + Sync + 'static,
    ) -> Result<Call<T>, Error> {
        let parts = Unsigned { path: GRAPHQL, content_type: DEFAULT_CONTENT_TYPE, vws: false, body };
        let request = self.request(parts, now).map_err(|error| error.before_sending(effect))?;
        Ok(self.call(request, effect, now, expect))
    }

    /// A request with what to expect of its reply.
    pub(crate) fn call<T>(
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

    /// Signs a POST, or gives it the application key.
    pub(crate) fn request(&self, unsigned: Unsigned<'_>, now: Timestamp) -> Result<Request, Error> {
        let shared = &*self.shared;
        let Unsigned { path, content_type, vws: with_vws, body } = unsigned;
        let path = shared.endpoint.path(path);
        let mut headers = Vec::with_capacity(9);
        let mut add = |name, value: String, sensitive| headers.push(Header { name, value, sensitive });
        match &shared.credentials {
            Credentials::Keys { soa, vws } => {
                let signer = if with_vws { vws } else { soa };
                let date = now.http_date();
                let parts = Parts { method: "POST", path: &path, content_type, date: &date, body: &body };
                add("Authorization", signer.authorization(&parts)?, true);
                add("Date", date.to_string(), false);
            }
            Credentials::Application(_) if with_vws => return Err(targets_need_keys()),
            Credentials::Application(key) => {
                let key = std::str::from_utf8(key.expose()).unwrap_or_default();
                add("X-Application-Key", key.to_owned(), true);
            }
        }
        add("Content-Type", content_type.to_owned(), false);
        add("Accept", "application/json".to_owned(), false);
        // Without it a server may choose any coding (RFC 9110, 12.5.3).
        add("Accept-Encoding", "identity".to_owned(), false);
        add("User-Agent", shared.user_agent.clone(), false);
        let owners = [
            ("PartnerId", &self.owners.partner),
            ("TransactionOwnerId", &self.owners.transaction),
            ("BundleOwnerId", &self.owners.bundle),
        ];
        for (name, id) in owners {
            if let Some(id) = id {
                // Owner ids grant write access.
                add(name, id.clone(), name != "PartnerId");
            }
        }
        Ok(Request { method: "POST".to_owned(), url: shared.endpoint.url(&path), headers, body })
    }
}

/// What is to be signed, but for the time.
pub(crate) struct Unsigned<'a> {
    /// Below the prefix of the base URL.
    pub(crate) path: &'a str,
    pub(crate) content_type: &'a str,
    /// Signed with VWS: `/targets` alone.
    pub(crate) vws: bool,
    pub(crate) body: Vec<u8>,
}

/// Where every GraphQL document goes.
pub(crate) const GRAPHQL: &str = "/graphql";

fn targets_need_keys() -> Error {
    Error::configuration(
        "orders_api \"targets\" is signed with VWS: give access_key and secret_key instead of application_key.",
    )
}

/// The base URL of a region.
fn base_url_of(region: &str) -> Result<&'static str, Error> {
    match region {
        "us" => Ok("https://api.us.spiffcommerce.com"),
        "au" => Ok("https://api.au.spiffcommerce.com"),
        _ => Err(Error::configuration(format!("region is {region:?}: \"us\" or \"au\" is due."))),
    }
}
