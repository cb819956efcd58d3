//! The one table of options, for every language, the command line and the documentation.
//!
//! An option has one name, one kind of value and one meaning everywhere. Python and Rust write the name as it is
//! (`secret_key`), Node and PHP in camel case (`secretKey`), the environment as the row says.

use crate::error::Error;
use crate::mask::Mask;
use crate::secret::Secret;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What an option's value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// Any text on one line.
    Text,
    /// A secret: wiped on drop, never printed.
    Secret,
    /// A whole number of seconds, at least the first and at most the second.
    Seconds(u32, u32),
    /// Seconds, also with a fraction.
    Duration,
    /// A whole number of bytes.
    Bytes,
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Words separated by commas.
    List,
}

impl OptionKind {
    /// Its name in the tables that the bindings show.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Secret => "secret",
            Self::Seconds(..) => "integer",
            Self::Duration => "seconds",
            Self::Bytes => "bytes",
            Self::Flag => "flag",
            Self::Choice(_) => "choice",
            Self::List => "list",
        }
    }
}

impl Serialize for OptionKind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.name().serialize(to)
    }
}

/// Which clients know an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The Spiff client.
    Spiff,
    /// The Sign Customiser client.
    SignCustomiser,
    /// Both.
    Both,
}

impl Scope {
    /// The platform of this name.
    ///
    /// # Errors
    /// `invalid_argument` for another name.
    pub fn of(platform: &str) -> Result<Self, Error> {
        match platform {
            "spiff" => Ok(Self::Spiff),
            "sign_customiser" => Ok(Self::SignCustomiser),
            _ => Err(Error::argument(format!(
                "There is no platform {platform:?}: \"spiff\" or \"sign_customiser\" is due."
            ))),
        }
    }

    /// `spiff` or `sign_customiser`; nothing for both.
    pub const fn platform(self) -> Option<&'static str> {
        match self {
            Self::Spiff => Some("spiff"),
            Self::SignCustomiser => Some("sign_customiser"),
            Self::Both => None,
        }
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.platform().serialize(to)
    }
}

/// One option. As JSON, its scope is `platform`: a name, or null for both.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OptionRow {
    /// Its name.
    pub name: &'static str,
    /// Who knows it.
    #[serde(rename = "platform")]
    pub scope: Scope,
    /// What its value may be.
    pub kind: OptionKind,
    /// The default, in words.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

const fn row(
    name: &'static str,
    scope: Scope,
    kind: OptionKind,
    default: &'static str,
    meaning: &'static str,
) -> OptionRow {
    OptionRow { name, scope, kind, default, meaning }
}

/// Seconds after signing from which a read-back may say *absent*: 60 for the attempt itself to end for certain, and 120
/// for a platform that accepts a request after its client gave up. An assumption; the platforms publish no figure.
pub const SETTLE_DELAY: u32 = 180;

/// Seconds that must lie between two read-backs that find nothing before the order counts as absent.
pub const SETTLE_GAP: u32 = 60;

/// The longest time limit: a day.
pub const LONGEST: Duration = Duration::from_secs(86_400);

/// The region names.
pub const REGIONS: &[&str] = &["us", "au"];

/// Every option.
#[rustfmt::skip]
pub const OPTIONS: &[OptionRow] = &[
    row("access_key", Scope::Spiff, OptionKind::Text, "none", "The access key (client key) of an integration; signs together with secret_key."),
    row("secret_key", Scope::Spiff, OptionKind::Secret, "none", "The secret key that belongs to the access key. Raw text, never decoded."),
    row("application_key", Scope::Spiff, OptionKind::Secret, "none", "An application key, instead of access_key and secret_key. Not for orders_api \"targets\"."),
    row("region", Scope::Spiff, OptionKind::Choice(REGIONS), "none", "Where the account lives. Either this or base_url is needed."),
    row("api_token", Scope::SignCustomiser, OptionKind::Secret, "none", "The API token."),
    row("integration_secret", Scope::SignCustomiser, OptionKind::Secret, "none", "Verifies the product:created callback of a custom integration."),
    row("webhook_secret", Scope::SignCustomiser, OptionKind::Secret, "none", "Verifies the deliveries of one webhook subscription."),
    row("base_url", Scope::Both, OptionKind::Text, "by region; https://web.signcustomiser.com", "The address of the API, with a path prefix if it has one. The path signed is the path requested."),
    row("exact_secret", Scope::Both, OptionKind::Flag, "false", "Accept secrets with white space around them."),
    row("orders_api", Scope::Spiff, OptionKind::Choice(&["graphql", "rest", "targets"]), "graphql", "How orders are placed: orderCreate, POST /api/v2/orders (deprecated by the platform), or POST /targets (its oldest form, VWS)."),
    row("digest", Scope::Spiff, OptionKind::Choice(&["sha512", "md5"]), "sha512", "The body digest of SOA signatures; md5 is the legacy form."),
    row("partner_id", Scope::Spiff, OptionKind::Text, "none", "Sent as PartnerId with every call."),
    row("transaction_owner_id", Scope::Spiff, OptionKind::Text, "none", "Sent as TransactionOwnerId: write access to one transaction."),
    row("bundle_owner_id", Scope::Spiff, OptionKind::Text, "none", "Sent as BundleOwnerId: write access to one bundle."),
    row("throttled", Scope::Both, OptionKind::Choice(&["not_placed", "unknown"]), "not_placed", "What 429, and 503 with Retry-After, mean for an order. That throttling precedes processing is unverified."),
    row("settle_delay", Scope::Both, OptionKind::Seconds(0, 86_400), "180", "Seconds after signing from which a read-back may say absent."),
    row("settle_gap", Scope::Spiff, OptionKind::Seconds(0, 86_400), "60", "Seconds between the two read-backs that absent needs."),
    row("timeout", Scope::Both, OptionKind::Duration, "30", "Seconds for a whole call, from name look-up to the last byte of the reply."),
    row("connect_timeout", Scope::Both, OptionKind::Duration, "10", "Seconds to connect, TLS included."),
    row("reply_limit", Scope::Both, OptionKind::Bytes, "1048576", "The longest reply body that is read, in bytes."),
    row("roots", Scope::Both, OptionKind::Text, "platform", "Trusted certificate authorities: \"platform\", \"bundled\", or the path of a PEM file."),
    row("proxy", Scope::Both, OptionKind::Text, "none", "The URL of an HTTP proxy, or \"env\" for HTTPS_PROXY and NO_PROXY of the environment."),
    row("allow_http", Scope::Both, OptionKind::List, "none", "Host names that may be spoken to without TLS, besides loopback. For test networks only."),
    row("app_info", Scope::Both, OptionKind::Text, "none", "Added to User-Agent, such as \"my-shop/1.4\"."),
    row("skew_correction", Scope::Both, OptionKind::Flag, "true", "Learn the platform's clock from its Date headers and sign with it when ours is far off."),
    row("read_retries", Scope::Both, OptionKind::Seconds(0, 5), "2", "How often a failed read is repeated. Orders are never repeated."),
];

/// The environment variables that `from_env` reads, with the option each one sets. Each is also read with `_FILE`
/// appended: the path of a file whose text, less one final line end, is the value.
pub const ENVIRONMENT: &[(&str, Scope, &str)] = &[
    ("COUNTERSIGN_SPIFF_ACCESS_KEY", Scope::Spiff, "access_key"),
    ("COUNTERSIGN_SPIFF_SECRET_KEY", Scope::Spiff, "secret_key"),
    ("COUNTERSIGN_SPIFF_APPLICATION_KEY", Scope::Spiff, "application_key"),
    ("COUNTERSIGN_SPIFF_REGION", Scope::Spiff, "region"),
    ("COUNTERSIGN_SPIFF_BASE_URL", Scope::Spiff, "base_url"),
    ("COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN", Scope::SignCustomiser, "api_token"),
    ("COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET", Scope::SignCustomiser, "integration_secret"),
    ("COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET", Scope::SignCustomiser, "webhook_secret"),
    ("COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL", Scope::SignCustomiser, "base_url"),
];

/// Options by name, each checked as it is set; the first mistake is reported when the client is made.
///
/// ```
/// use countersign_core::Options;
/// let options = Options::new().set("access_key", "k").set("secret_key", "s").set("region", "us");
/// assert!(options.check().is_ok());
/// let error = Options::new().set("regoin", "us").check().unwrap_err();
/// assert_eq!(error.message(), "There is no option \"regoin\". Did you mean \"region\"?");
/// ```
#[derive(Clone, Default)]
pub struct Options {
    values: BTreeMap<&'static str, Secret>,
    mistake: Option<String>,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in &self.values {
            match row_of(name).map(|row| row.kind) {
                Some(OptionKind::Secret) | None => map.entry(name, value),
                // A URL may carry a password, and a token in its query.
                Some(_) if value.expose().iter().any(|byte| matches!(byte, b'@' | b'?' | b'#')) => {
                    map.entry(name, value)
                }
                Some(_) => map.entry(name, &String::from_utf8_lossy(value.expose())),
            };
        }
        map.finish()
    }
}

fn row_of(name: &str) -> Option<&'static OptionRow> {
    OPTIONS.iter().find(|row| row.name == name)
}

impl Options {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an option from text. An empty text for anything but a secret unsets it.
    #[must_use]
    pub fn set(self, name: &str, value: impl Into<Secret>) -> Self {
        self.put(name, value.into())
    }

    fn put(mut self, name: &str, value: Secret) -> Self {
        let Some(row) = row_of(name) else {
            let names: Vec<_> = OPTIONS.iter().map(|row| row.name).collect();
            let hint = match crate::suggest::nearest(name, &names) {
                Some(near) => format!("Did you mean {near:?}?"),
                None => format!("The options are: {}.", names.join(", ")),
            };
            self.mistake.get_or_insert(format!("There is no option {name:?}. {hint}"));
            return self;
        };
        if row.kind != OptionKind::Secret && value.expose().is_empty() {
            self.values.remove(row.name);
            return self;
        }
        match row.fault(value.expose()) {
            Some(fault) => _ = self.mistake.get_or_insert(format!("{name} {fault}")),
            None => _ = self.values.insert(row.name, value),
        }
        self
    }

    /// Reports the first mistake made so far.
    pub fn check(&self) -> Result<(), Error> {
        self.mistake.as_ref().map_or(Ok(()), |mistake| Err(Error::configuration(mistake)))
    }

    /// Sets what the environment gives for a client, by [`ENVIRONMENT`]. `variable` looks a variable up, `file` reads
    /// a file; so that this crate touches neither.
    ///
    /// # Errors
    /// A file that cannot be read, or both forms of one variable at once.
    pub fn with_environment(
        self,
        scope: Scope,
        variable: impl Fn(&str) -> Option<String>,
        file: impl Fn(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, Error> {
        self.with_environment_where(scope, |_| true, variable, file)
    }

    /// The same for those options alone that are `wanted`; the variables of others are not looked at.
    ///
    /// # Errors
    /// As [`Options::with_environment`].
    pub fn with_environment_where<V: Into<Vec<u8>>>(
        mut self,
        scope: Scope,
        wanted: impl Fn(&str) -> bool,
        variable: impl Fn(&str) -> Option<V>,
        file: impl Fn(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, Error> {
        for (name, _, option) in ENVIRONMENT.iter().filter(|(_, owner, option)| *owner == scope && wanted(option)) {
            // What is no text in a variable was hardly meant; a file may hold any bytes.
            if let Some(value) = variable(name) {
                text_of(name, &value.into())?;
            }
            if let Some(value) = of_variable(name, &variable, &file)? {
                self = self.set(option, value);
            }
        }
        Ok(self)
    }

    /// Refuses options that this client does not know.
    pub(crate) fn for_client(&self, scope: Scope) -> Result<(), Error> {
        self.check()?;
        let other = self
            .values
            .keys()
            .find(|name| row_of(name).is_some_and(|row| row.scope != scope && row.scope != Scope::Both));
        match other {
            Some(name) => Err(Error::configuration(format!("The option {name:?} belongs to the other platform."))),
            None => Ok(()),
        }
    }

    /// The text of an option.
    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.values.get(name)?.expose()).ok()
    }

    /// The secrets among the options that have quotes around them, by their names: an accident of env files, most often.
    pub fn quoted(&self) -> Vec<&'static str> {
        let secret = |name: &str| row_of(name).is_some_and(|row| row.kind == OptionKind::Secret);
        let quoted = |name: &str| secret(name) && self.secret(name).is_some_and(|secret| secret.is_quoted());
        self.values.keys().copied().filter(|name| quoted(name)).collect()
    }

    /// The bytes of an option.
    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.values.get(name).map(Secret::expose)
    }

    /// The secret, marked exact if `exact_secret` says so.
    pub(crate) fn secret(&self, name: &str) -> Option<Secret> {
        let secret = self.values.get(name)?;
        Some(if self.flag("exact_secret", false) { Secret::exact(secret.expose()) } else { secret.clone() })
    }

    /// A flag, or its default.
    pub fn flag(&self, name: &str, default: bool) -> bool {
        self.text(name).map_or(default, |text| text == "true")
    }

    /// A whole number, or its default.
    pub fn number(&self, name: &str, default: u32) -> u32 {
        self.text(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    }

    /// Seconds, or their default.
    pub fn seconds(&self, name: &str, default: f64) -> f64 {
        self.text(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    }

    /// The words of a list.
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.text(name).unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()).collect()
    }
}

/// What a variable of the environment gives: its value, or the text of the file that its form with `_FILE` names, less one
/// final line end. Empty is not set.
///
/// # Errors
/// `configuration` for a file that cannot be read, or both forms at once.
pub fn of_variable<V: Into<Vec<u8>>>(
    name: &str,
    variable: impl Fn(&str) -> Option<V>,
    file: impl Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<Option<Vec<u8>>, Error> {
    let set = |name: &str| variable(name).map(Into::into).filter(|value: &Vec<u8>| !value.is_empty());
    let from_file = format!("{name}_FILE");
    match (set(name), set(&from_file)) {
        (Some(_), Some(_)) => {
            Err(Error::configuration(format!("{name} and {from_file} are both set. Unset one of them.")))
        }
        (None, Some(path)) => {
            let bytes = file(text_of(&from_file, &path)?)
                .map_err(|why| Error::configuration(format!("{from_file} names a file that cannot be read: {why}")))?;
            Ok(Some(without_line_end(bytes)))
        }
        (value, None) => Ok(value),
    }
}

fn text_of<'v>(name: &str, value: &'v [u8]) -> Result<&'v str, Error> {
    std::str::from_utf8(value).map_err(|_| Error::configuration(format!("{name} is not UTF-8 text.")))
}

/// A file's text without one final LF or CRLF, and nothing else removed.
pub fn without_line_end(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    bytes
}

impl OptionRow {
    fn fault(&self, value: &[u8]) -> Option<String> {
        if self.kind == OptionKind::Secret {
            return None;
        }
        let Ok(text) = std::str::from_utf8(value) else { return Some("is not UTF-8 text.".to_owned()) };
        if let Some(at) = text.find(|c: char| c.is_ascii_control()) {
            return Some(format!("has a control character at byte {at}. Remove it."));
        }
        let number = |min: u64, max: u64| match text.parse::<u64>() {
            Ok(n) if (min..=max).contains(&n) => None,
            _ => Some(format!("is {text:?}: a whole number from {min} to {max} is due.")),
        };
        match self.kind {
            OptionKind::Text | OptionKind::List | OptionKind::Secret => None,
            OptionKind::Seconds(min, max) => number(min.into(), max.into()),
            OptionKind::Bytes => number(1, 1 << 30),
            OptionKind::Duration => match text.parse::<f64>() {
                Ok(seconds) if seconds > 0.0 && seconds <= LONGEST.as_secs_f64() => None,
                _ => Some(format!(
                    "is {text:?}: seconds are due, more than 0 and at most {}, such as 30 or 0.5.",
                    LONGEST.as_secs()
                )),
            },
            OptionKind::Flag => match text {
                "true" | "false" => None,
                _ => Some(format!("is {text:?}: write \"true\" or \"false\".")),
            },
            OptionKind::Choice(words) => {
                if words.contains(&text) {
                    None
                } else {
                    let list: Vec<_> = words.iter().map(|word| format!("{word:?}")).collect();
                    Some(format!("is {text:?}: one of {} is due.", list.join(", ")))
                }
            }
        }
    }
}

/// The options, beside those that are secrets, which grant something.
const OWNERS: [&str; 2] = ["transaction_owner_id", "bundle_owner_id"];

impl Mask {
    /// The credentials that options hold: secrets, owner ids, what a proxy's address names before its host.
    pub fn of_options(options: &Options) -> Self {
        let secret = |row: &&OptionRow| row.kind == OptionKind::Secret || OWNERS.contains(&row.name);
        let secrets =
            OPTIONS.iter().filter(secret).filter_map(|row| options.bytes(row.name)).filter(|secret| secret.len() > 1);
        let mask = secrets.fold(Self::default(), Self::with);
        match options.text("proxy") {
            Some(url) => mask.with_address(url),
            None => mask,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_judged_by_its_kind() {
        for (name, value, message) in [
            ("region", "eu", "region is \"eu\": one of \"us\", \"au\" is due."),
            ("timeout", "0", "timeout is \"0\": seconds are due, more than 0 and at most 86400, such as 30 or 0.5."),
            (
                "timeout",
                "NaN",
                "timeout is \"NaN\": seconds are due, more than 0 and at most 86400, such as 30 or 0.5.",
            ),
            ("reply_limit", "-1", "reply_limit is \"-1\": a whole number from 1 to 1073741824 is due."),
            ("exact_secret", "yes", "exact_secret is \"yes\": write \"true\" or \"false\"."),
            ("base_url", "https://a\r\nX: y", "base_url has a control character at byte 9. Remove it."),
        ] {
            let error = Options::new().set(name, value).check().unwrap_err();
            assert_eq!(error.message(), message);
            assert_eq!(error.kind(), crate::ErrorKind::Configuration);
        }
        assert!(Options::new().set("timeout", "0.5").set("allow_http", "a, b").check().is_ok());
    }

    #[test]
    fn the_environment_gives_values_and_files() {
        let env = |name: &str| match name {
            "COUNTERSIGN_SPIFF_ACCESS_KEY" => Some("key".to_owned()),
            "COUNTERSIGN_SPIFF_SECRET_KEY_FILE" => Some("/run/secret".to_owned()),
            "COUNTERSIGN_SPIFF_REGION" => Some(String::new()),
            _ => None,
        };
        let read = |_: &str| Ok(b" secret\r\n".to_vec());
        let options = Options::new().with_environment(Scope::Spiff, env, read).unwrap();
        assert_eq!(options.text("access_key"), Some("key"));
        assert_eq!(options.secret("secret_key").unwrap().expose(), b" secret");
        assert_eq!(options.text("region"), None);

        let broken = Options::new().with_environment(Scope::Spiff, env, |_| Err("no such file".to_owned()));
        assert!(broken.unwrap_err().message().contains("COUNTERSIGN_SPIFF_SECRET_KEY_FILE"));
        let both = Options::new().with_environment(Scope::Spiff, |_| Some("x".to_owned()), read);
        assert!(both.unwrap_err().message().contains("both set"));

        // What is not wanted is not looked at: its file may be missing.
        let options = Options::new()
            .with_environment_where(Scope::Spiff, |option| option == "access_key", env, |_| Err("x".to_owned()))
            .unwrap();
        assert_eq!((options.text("access_key"), options.text("secret_key")), (Some("key"), None));
        let odd = |name: &str| (name == "COUNTERSIGN_SPIFF_SECRET_KEY").then_some(&b"\xff"[..]);
        let odd = Options::new().with_environment_where(Scope::Spiff, |_| true, odd, read).unwrap_err();
        assert_eq!(odd.message(), "COUNTERSIGN_SPIFF_SECRET_KEY is not UTF-8 text.");
    }

    #[test]
    fn environment_names_name_options() {
        for (name, scope, option) in ENVIRONMENT {
            let row = row_of(option).unwrap();
            assert!(row.scope == *scope || row.scope == Scope::Both, "{name}");
        }
    }

    #[test]
    fn options_of_the_other_platform_are_refused() {
        let options = Options::new().set("api_token", "t");
        assert!(options.for_client(Scope::SignCustomiser).is_ok());
        assert!(options.for_client(Scope::Spiff).is_err());
        assert!(!format!("{:?}", options.set("region", "us")).contains("\"t\""));
    }
}
