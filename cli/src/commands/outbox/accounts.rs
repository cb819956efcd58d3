//! The accounts of a worker: the one of the environment, or those of a file that says where their secrets are and holds
//! none itself.

use super::store;
use crate::input::{self, AccountArgs, PlatformName};
use crate::output::{Failure, Output};
use clap::Args;
use countersign::options::{OPTIONS, OptionKind};
use countersign::{Error, ErrorKind, Options, Platform, Secret};
use countersign_outbox::{Accounts, Policy};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::ffi::{OsStr, OsString};
use std::fmt;

/// The name of the account where nobody gives one.
const DEFAULT: &str = "shop";

/// The accounts, and the numbers of the policy.
#[derive(Args, Debug)]
pub(crate) struct AccountsArgs {
    /// The accounts as a JSON file that names the variables and files of their secrets (see `countersign outbox --help`)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["platform", "region", "base_url", "credential"])]
    accounts: Option<OsString>,
    /// The account by the name that the shop gave it; without --accounts it is `shop` if none is given
    #[arg(long, value_name = "NAME", value_parser = input::id)]
    account: Option<String>,
    /// The platform of the account that the environment has the credentials of
    #[arg(long, value_enum, default_value = "spiff")]
    platform: PlatformName,
    #[command(flatten)]
    reached: AccountArgs,
}

/// What the accounts are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Orders are checked and written down. That needs no credentials, so that a web server has none.
    Write,
    /// Orders are sent.
    Send,
}

/// The accounts, and what goes with them.
pub(crate) struct Found {
    pub(crate) accounts: Accounts,
    pub(crate) policy: Policy,
    /// The account that was named.
    pub(crate) named: Option<String>,
}

impl AccountsArgs {
    /// Finds the accounts.
    pub(crate) fn find(&self, purpose: Use, out: &Output) -> Result<Found, Failure> {
        let mut reached = self.reached.clone();
        let policy = store::policy(reached.all_options())?;
        let mut accounts = Accounts::new();
        let named = match &self.accounts {
            None => {
                let name = self.account.clone().unwrap_or_else(|| DEFAULT.to_owned());
                let options = match purpose {
                    Use::Write => {
                        without_credentials(self.platform.name(), reached.given_options(self.platform.scope())?)
                    }
                    Use::Send => reached.options(self.platform.scope(), &[])?,
                };
                accounts.insert(name.clone(), out.told(reached.platform(self.platform, &options)?));
                Some(name)
            }
            Some(file) => {
                let common = reached.given_options(self.platform.scope())?;
                for (name, platform) in of_file(file, purpose, &common)? {
                    accounts.insert(name, out.told(platform));
                }
                if let Some(name) = &self.account {
                    if !accounts.contains_key(name) {
                        let known: Vec<_> = accounts.keys().map(String::as_str).collect();
                        let message =
                            format!("The accounts file has no account {name:.80?}. It has: {}.", known.join(", "));
                        return Err(Error::new(ErrorKind::Configuration, message).into());
                    }
                    accounts.retain(|known, _| known == name);
                }
                self.account.clone()
            }
        };
        Ok(Found { accounts, policy, named })
    }
}

/// Options of a client that only checks orders: credentials that are none, where it would ask for some.
fn without_credentials(platform: &str, given: Options) -> Options {
    if platform != PlatformName::Spiff.name() {
        return given.set("api_token", "none");
    }
    let options = given.set("access_key", "none").set("secret_key", "none");
    let placed = options.text("region").is_some() || options.text("base_url").is_some();
    if placed { options } else { options.set("region", "us") }
}

/// The members of a JSON object in their order, also those whose name is there twice.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// The members of what stands at `path`. No message repeats a text of the file: it may be a secret.
fn members(text: &str, path: &str) -> Result<Vec<(String, Box<RawValue>)>, Error> {
    let at = if path.is_empty() { "The accounts file".to_owned() } else { format!("{path} in the accounts file") };
    let object = text.trim_start().starts_with('{');
    let members = object.then(|| serde_json::from_str::<Members>(text).ok()).flatten();
    let Members(members) = members.ok_or_else(|| refused(format!("{at} is no JSON object. {SHAPE}")))?;
    for (i, (name, _)) in members.iter().enumerate() {
        if members[..i].iter().any(|(earlier, _)| earlier == name) {
            return Err(refused(format!("{at} has {name:.80?} twice: which is meant?")));
        }
    }
    Ok(members)
}

const SHAPE: &str = "It is written like this: {\"shop\": {\"platform\": \"spiff\", \"region\": \"us\", \"access_key\": {\"env\": \
                     \"SHOP_ACCESS_KEY\"}, \"secret_key\": {\"file\": \"/run/secrets/shop\"}}}";

/// The clients of a file. `common` are options of all of them.
fn of_file(file: &OsStr, purpose: Use, common: &Options) -> Result<Vec<(String, Platform)>, Error> {
    let bytes = input::file(file, "The accounts file")?;
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes))
        .map_err(|_| refused("The accounts file is not UTF-8 text.".to_owned()))?;
    // Where it is broken is told by line and column; what stands there may be a secret.
    serde_json::from_str::<Value>(text).map_err(|why| {
        refused(format!("The accounts file is no JSON: see line {}, column {}. {SHAPE}", why.line(), why.column()))
    })?;
    let accounts = members(text, "")?;
    if accounts.is_empty() {
        return Err(refused(format!("The accounts file has no account. {SHAPE}")));
    }
    accounts.into_iter().map(|(name, entry)| Ok((name.clone(), client(&name, entry.get(), purpose, common)?))).collect()
}

/// The client of one entry.
fn client(name: &str, entry: &str, purpose: Use, common: &Options) -> Result<Platform, Error> {
    let mut platform = None;
    let mut options = common.clone();
    for (member, value) in members(entry, name)? {
        let path = format!("{name}.{member}");
        let value: Value = serde_json::from_str(value.get()).unwrap_or_default();
        if member == "platform" {
            platform = Some(match value.as_str() {
                Some("spiff") => PlatformName::Spiff,
                Some("sign-customiser" | "sign_customiser") => PlatformName::SignCustomiser,
                _ => {
                    let message =
                        format!("{path} in the accounts file is none: write \"spiff\" or \"sign-customiser\".");
                    return Err(refused(message));
                }
            });
            continue;
        }
        if let Some(value) = option(&path, &member, &value, purpose)? {
            options = options.set(&member, value);
        }
    }
    let Some(platform) = platform else {
        let message = format!("{name} in the accounts file has no platform: write \"spiff\" or \"sign-customiser\".");
        return Err(refused(message));
    };
    if purpose == Use::Write {
        options = without_credentials(platform.name(), options);
    }
    let said = |error: Error| refused(format!("{name} in the accounts file: {}", error.message()));
    options.check().map_err(said)?;
    Platform::new(platform.name(), &options).map_err(said)
}

/// The value of an option; `None` for a secret that nobody needs now.
fn option(path: &str, name: &str, value: &Value, purpose: Use) -> Result<Option<Secret>, Error> {
    let row = OPTIONS.iter().find(|row| row.name == name);
    let secret = row.is_some_and(|row| row.kind == OptionKind::Secret);
    let text = match value {
        // How an order is written depends on options, and never on credentials.
        Value::Object(source) => {
            return pointed(path, source, purpose == Use::Send || !(secret || name == "access_key"));
        }
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return Err(refused(format!("{path} in the accounts file is neither a text, a number nor a flag."))),
    };
    if secret {
        return Err(refused(format!(
            "{path} is a secret, and stands in the accounts file itself, which is copied and shown around: write {{\"env\": \
             \"A_VARIABLE\"}} or {{\"file\": \"/path\"}} there. Whoever could read the file may know the secret: change it."
        )));
    }
    if name == "proxy" && text.contains('@') {
        return Err(refused(format!(
            "{path} has a user name or password, which does not belong into the accounts file: write {{\"env\": \"A_VARIABLE\"}}."
        )));
    }
    Ok(Some(Secret::from(text)))
}

/// What a variable or a file holds, where it is `needed`.
fn pointed(path: &str, source: &serde_json::Map<String, Value>, needed: bool) -> Result<Option<Secret>, Error> {
    let only = source.iter().next().filter(|_| source.len() == 1);
    let (word, Some(at)) = only.map(|(word, value)| (word.as_str(), value.as_str())).unwrap_or_default() else {
        return Err(refused(format!("{path} in the accounts file is neither {{\"env\": …}} nor {{\"file\": …}}.")));
    };
    match word {
        "env" => {
            let named = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if at.is_empty() || !at.chars().all(named) || at.starts_with(|c: char| c.is_ascii_digit()) {
                return Err(refused(format!(
                    "{path} in the accounts file names no variable: a name has letters, digits and _ alone."
                )));
            }
            let value = std::env::var_os(at).filter(|value| !value.is_empty() && needed);
            match value {
                Some(value) => Ok(Some(Secret::from(value.into_encoded_bytes()))),
                None if !needed => Ok(None),
                // Its name is not repeated: people put the secret itself there.
                None => {
                    Err(refused(format!("{path} in the accounts file names an environment variable that is not set.")))
                }
            }
        }
        "file" if needed => input::secret_file(OsStr::new(at), &format!("{path} in the accounts file")).map(Some),
        "file" => Ok(None),
        _ => Err(refused(format!("{path} in the accounts file is neither {{\"env\": …}} nor {{\"file\": …}}."))),
    }
}
