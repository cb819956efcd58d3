//! `Draft`: what is ordered, before anybody signs it. Made without credentials and without a clock, it can be kept and
//! signed later, as often as need be; signing it gives a [`Call`](crate::Call).
//!
//! Its serialised form is JSON with a version. A later version of this library reads it as well; an earlier one refuses
//! what it does not know.

use crate::delivery::Effect;
use crate::endpoint::check_path;
use crate::error::{Error, ErrorKind};
use crate::json::{self, Node, Problems};
use crate::tree::Tree;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// The version of the serialised form that this library writes.
pub const VERSION: u32 = 1;

/// The way on which an order travels: it decides how the order is signed and how its reply is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// Spiff, `orderCreate`.
    SpiffGraphql,
    /// Spiff, `POST /api/v2/orders`.
    SpiffRest,
    /// Spiff, `POST /targets`, signed with VWS.
    SpiffTargets,
    /// Sign Customiser, `POST /api/v2/orders`.
    SignCustomiser,
}

impl Wire {
    /// `spiff` or `sign_customiser`.
    pub const fn platform(self) -> &'static str {
        match self {
            Self::SpiffGraphql | Self::SpiffRest | Self::SpiffTargets => "spiff",
            Self::SignCustomiser => "sign_customiser",
        }
    }
}

/// What an order is known by at the platform: the shop's id of it, and the designs that it orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Designs {
    /// The shop's id of the order.
    pub external_id: String,
    /// Ids of transactions, each once.
    pub transactions: Vec<String>,
    /// Ids of bundles, whose transactions count. Unverified: the query for bundles is not in the reference.
    pub bundles: Vec<String>,
}

/// What is ordered: checked, and written as the bytes that will be signed and sent.
///
/// ```
/// use countersign_core::{Draft, Options, Timestamp, spiff};
///
/// let options = Options::new().set("application_key", "key").set("region", "us");
/// let account = spiff::Account::new(&options)?;
/// let order = br#"{"externalId":"1001","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"t-1"}]}"#;
/// let kept = account.draft(order)?.to_json()?;
///
/// // Another process, another day: the same bytes.
/// let draft = Draft::from_json(&kept)?;
/// let call = account.sign(&draft, Timestamp::from_unix(1_735_689_599))?;
/// assert_eq!(call.request().body, draft.body());
/// # Ok::<(), countersign_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    pub(crate) wire: Wire,
    pub(crate) path: Cow<'static, str>,
    pub(crate) content_type: Cow<'static, str>,
    pub(crate) body: Vec<u8>,
    pub(crate) designs: Designs,
}

/// The order itself may hold personal data: it is not shown.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("wire", &self.wire)
            .field("external_id", &self.designs.external_id)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The serialised form. Members that a reader does not know belong to a version that it does not know.
#[derive(Serialize)]
struct Kept<'a> {
    version: u32,
    wire: Wire,
    effect: Effect,
    path: &'a str,
    content_type: &'a str,
    #[serde(flatten)]
    designs: &'a Designs,
    body: &'a str,
}

impl Draft {
    pub(crate) fn new(wire: Wire, path: &'static str, body: Vec<u8>, designs: Designs) -> Self {
        let content_type = Cow::Borrowed(crate::signature::DEFAULT_CONTENT_TYPE);
        Self { wire, path: Cow::Borrowed(path), content_type, body, designs }
    }

    /// On which way it travels.
    pub fn wire(&self) -> Wire {
        self.wire
    }

    /// The path below the prefix of the base URL.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The content type that is signed and sent.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The body, byte for byte. It may hold personal data.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The shop's id of the order.
    pub fn external_id(&self) -> &str {
        &self.designs.external_id
    }

    /// What it is known by at the platform.
    pub fn designs(&self) -> &Designs {
        &self.designs
    }

    /// It places an order.
    pub fn effect(&self) -> Effect {
        Effect::Order
    }

    /// Refuses a draft that belongs to another platform than the account that is to sign it.
    pub(crate) fn for_platform(&self, platform: &str) -> Result<(), Error> {
        if self.wire.platform() == platform {
            return Ok(());
        }
        let theirs = self.wire.platform();
        let message = format!("This draft is an order at {theirs}, and the account is one at {platform}.");
        Err(Error::argument(message).before_sending(Effect::Order))
    }

    /// The serialised form: one JSON object, its members always in the same order. It holds the whole order.
    ///
    /// # Errors
    /// `internal` alone.
    pub fn to_json(&self) -> Result<Vec<u8>, Error> {
        let body = std::str::from_utf8(&self.body)
            .map_err(|error| Error::new(ErrorKind::Internal, format!("The body of an order is not text: {error}")))?;
        let kept = Kept {
            version: VERSION,
            wire: self.wire,
            effect: self.effect(),
            path: &self.path,
            content_type: &self.content_type,
            designs: &self.designs,
            body,
        };
        serde_json::to_vec(&kept).map_err(Error::unwritten)
    }

    /// Reads the serialised form.
    ///
    /// # Errors
    /// `unsupported` for one that a later version wrote; `invalid_json` for what is none.
    pub fn from_json(text: &[u8]) -> Result<Self, Error> {
        let bad = |error| Error::new(ErrorKind::InvalidJson, format!("This is not a kept draft: {error}"));
        let tree = Tree::read(text, "It").map_err(bad)?;
        let version = tree.root().member("version").map_or("", Node::text);
        if version.parse().is_ok_and(|version: u32| version != VERSION) {
            let message = format!(
                "The draft was kept in version {version} of its form; this library reads version {VERSION}. Use the release \
                 that wrote it, or a later one."
            );
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        json::read_tree(tree, "It", ErrorKind::InvalidJson, Self::kept).map_err(bad)
    }

    fn kept(node: Node<'_, '_>, problems: &mut Problems) -> Option<Self> {
        let fields = node.fields(problems)?;
        let member = |name, problems: &mut Problems| fields.required(name, "A draft has it.", problems);
        let text = |name, problems: &mut Problems| member(name, problems)?.string(problems).map(Cow::into_owned);
        let texts = |name, problems: &mut Problems| {
            let items = member(name, problems)?.items(problems)?;
            items.map(|item| item.string(problems).map(Cow::into_owned)).collect::<Option<Vec<_>>>()
        };
        member("version", problems)?.integer(VERSION.into(), VERSION.into(), "", problems)?;
        let (wire, effect) = (member("wire", problems)?, member("effect", problems)?);
        let way = serde_json::from_str(wire.text()).ok();
        if way.is_none() {
            problems.add(wire, "unknown_word", format!("{} is no way of an order.", wire.text()));
        }
        if effect.string(problems)? != Effect::Order.name() {
            problems.add(effect, "unknown_word", format!("its effect is {}, not \"order\".", effect.text()));
        }
        let path = text("path", problems)?;
        if let Err(why) = check_path(&path, false) {
            problems.add("path", "path", why);
        }
        Some(Self {
            wire: way?,
            path: Cow::Owned(path),
            content_type: Cow::Owned(text("content_type", problems)?),
            body: text("body", problems)?.into_bytes(),
            designs: Designs {
                external_id: text("external_id", problems)?,
                transactions: texts("transactions", problems)?,
                bundles: texts("bundles", problems)?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What version 1 wrote once is read for ever.
    const KEPT: &str = r#"{"version":1,"wire":"spiff_rest","effect":"order","path":"/api/v2/orders","content_type":"application/json","external_id":"1001","transactions":["t-1"],"bundles":[],"body":"{\"externalId\":\"1001\"}"}"#;

    #[test]
    fn the_kept_form_is_stable() {
        let draft = Draft::from_json(KEPT.as_bytes()).unwrap();
        assert_eq!(draft.body(), br#"{"externalId":"1001"}"#);
        assert_eq!((draft.wire(), draft.path(), draft.external_id()), (Wire::SpiffRest, "/api/v2/orders", "1001"));
        assert_eq!(draft.designs().transactions, ["t-1"]);
        assert_eq!(String::from_utf8(draft.to_json().unwrap()).unwrap(), KEPT);
        assert!(!format!("{draft:?}").contains("externalId"), "an order was shown");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for (from, to, kind, words) in [
            ("\"version\":1", "\"version\":2", ErrorKind::Unsupported, "version 2"),
            ("spiff_rest", "spiff_fax", ErrorKind::InvalidJson, "spiff_fax"),
            ("\"effect\":\"order\"", "\"effect\":\"change\"", ErrorKind::InvalidJson, "its effect"),
            ("/api/v2/orders", "//evil?x", ErrorKind::InvalidJson, "not part of a signed path"),
            ("\"bundles\":[],", "", ErrorKind::InvalidJson, "bundles"),
            ("{", "", ErrorKind::InvalidJson, "not a kept draft"),
        ] {
            let error = Draft::from_json(KEPT.replacen(from, to, 1).as_bytes()).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.message().contains(words), "{error}");
        }
    }

    #[test]
    fn each_platform_signs_its_own() {
        let draft = Draft::from_json(KEPT.as_bytes()).unwrap();
        assert!(draft.for_platform("spiff").is_ok());
        let error = draft.for_platform("sign_customiser").unwrap_err();
        assert_eq!(error.outcome(), Some(crate::Outcome::NotPlaced));
    }
}
