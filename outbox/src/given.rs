//! What an outbox is, as a host in another language gives it: one JSON object.

use crate::outbox::{Accounts, Settings};
use crate::policy::Policy;
use crate::statement::{Dialect, Paramstyle};
use crate::store::Place;
use countersign::{Error, ErrorKind};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What stands in that object.
#[derive(Clone, Debug)]
pub struct Given {
    /// Without accounts.
    pub settings: Settings,
    /// For a file.
    pub place: Place,
    /// Where the shop stands, for a database of the host's.
    pub site: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Members {
    shop: String,
    prefix: String,
    site: String,
    paramstyle: String,
    policy: BTreeMap<String, serde_json::Value>,
    create: bool,
    anywhere: bool,
}

impl Given {
    /// Reads it; an empty text is an empty object.
    ///
    /// # Errors
    /// `invalid_argument` for a member that is none, `configuration` for a number of the policy.
    pub fn read(text: &[u8]) -> Result<Self, Error> {
        let text = if text.is_empty() { b"{}" } else { text };
        // A list would be taken for the members in their order.
        let object = text.trim_ascii_start().starts_with(b"{");
        let given =
            if object { serde_json::from_slice(text) } else { Err(serde::de::Error::custom("give a JSON object")) };
        let given: Members = given.map_err(|error: serde_json::Error| {
            Error::new(
                ErrorKind::InvalidArgument,
                format!("The settings of the outbox are not what it takes: {error}."),
            )
        })?;
        let mut policy = Policy::under_test()?;
        for (name, value) in &given.policy {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            policy.set(name, &value)?;
        }
        let paramstyle = Paramstyle::of(&given.paramstyle)?;
        let settings =
            Settings { policy, shop: given.shop, prefix: given.prefix, paramstyle, ..Settings::new(Accounts::new()) };
        Ok(Self { settings, place: Place { create: given.create, anywhere: given.anywhere }, site: given.site })
    }
}

impl Dialect {
    /// The dialect of a database whose connection is the host's.
    ///
    /// # Errors
    /// `invalid_argument` for a store that is none.
    pub fn of(name: &str) -> Result<Self, Error> {
        Self::ALL.iter().copied().find(|dialect| dialect.name() == name).ok_or_else(|| {
            let message = format!(
                "{name:.80?} is no store: give sqlite:PATH, or mysql, postgresql or sqlite for a connection of yours."
            );
            Error::new(ErrorKind::InvalidArgument, message)
        })
    }
}
