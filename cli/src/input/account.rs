//! The options of an account: what is given as arguments, and the environment for the rest.

use crate::output::{Failure, Output};
use clap::{Args, ValueEnum};
use countersign::options::{ENVIRONMENT, OPTIONS, OptionKind, Scope};
use countersign::{Options, Platform, options_from_env_where};

/// Which platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PlatformName {
    /// Spiff Commerce
    Spiff,
    /// Sign Customiser
    SignCustomiser,
}

impl PlatformName {
    /// As the library knows it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Spiff => "spiff",
            Self::SignCustomiser => "sign_customiser",
        }
    }

    /// As people know it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Spiff => "Spiff",
            Self::SignCustomiser => "Sign Customiser",
        }
    }

    /// Whose options it takes.
    pub(crate) const fn scope(self) -> Scope {
        match self {
            Self::Spiff => Scope::Spiff,
            Self::SignCustomiser => Scope::SignCustomiser,
        }
    }
}

/// Which credential of Spiff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Credential {
    /// The access key and its secret key, which sign
    AccessKey,
    /// The application key
    ApplicationKey,
}

impl Credential {
    /// The options that make it.
    pub(crate) const fn options(self) -> &'static [&'static str] {
        match self {
            Self::AccessKey => &["access_key", "secret_key"],
            Self::ApplicationKey => &["application_key"],
        }
    }

    /// Whether the environment has all of it.
    pub(crate) fn is_in_environment(self) -> bool {
        self.options().iter().all(|option| in_environment(Scope::Spiff, option))
    }
}

/// Options from arguments: a mistake in them is one in the command line.
fn set(given: &[(&str, &str)]) -> Result<Options, Failure> {
    let options = given.iter().fold(Options::new(), |options, (name, value)| options.set(name, *value));
    options.check().map_err(Failure::usage)?;
    Ok(options)
}

/// Whether the environment sets an option of a client, in either form.
pub(crate) fn in_environment(scope: Scope, option: &str) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let mut rows = ENVIRONMENT.iter().filter(|(_, owner, name)| *owner == scope && *name == option);
    rows.any(|(name, ..)| set(name) || set(&format!("{name}_FILE")))
}

/// Which account, and how it is reached. Credentials come from the environment.
#[derive(Args, Debug, Clone)]
pub(crate) struct AccountArgs {
    /// Where the account lives: us or au
    #[arg(long, conflicts_with = "base_url")]
    region: Option<String>,
    /// The address of the API instead of a region, such as a sandbox's
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Which credential to use where the environment has both: access-key (the default) or application-key
    #[arg(long, value_enum)]
    credential: Option<Credential>,
    /// Any option that is not a secret (see `countersign options`), such as `-o timeout=5`; may be repeated
    #[arg(short, long, value_name = "NAME=VALUE")]
    option: Vec<String>,
}

impl AccountArgs {
    /// What was given, as options; the environment fills the rest. `more` are options that have arguments of their own.
    pub(crate) fn options(&self, scope: Scope, more: &[(&'static str, Option<&str>)]) -> Result<Options, Failure> {
        let given = self.given(more)?;
        let options = set(&given)?;
        let named = |option: &str| given.iter().any(|(name, _)| *name == option);
        let unused = self.unused_credential();
        let set_aside = |option: &str| match option {
            // Both say where the account lives, so that one of them given sets the environment's other aside.
            "region" | "base_url" => named("region") || named("base_url"),
            option => named(option) || unused.is_some_and(|unused| unused.options().contains(&option)),
        };
        Ok(options_from_env_where(options, scope, |option| !set_aside(option))?)
    }

    /// The client that these options make.
    pub(crate) fn client(
        &self,
        platform: PlatformName,
        more: &[(&'static str, Option<&str>)],
        out: &Output,
    ) -> Result<Platform, Failure> {
        Ok(out.told(Platform::new(platform.name(), &self.options(platform.scope(), more)?)?))
    }

    /// The options alone, without the environment.
    pub(crate) fn given_options(&self) -> Result<Options, Failure> {
        set(&self.given(&[])?)
    }

    /// The value that an option was given.
    pub(crate) fn value_of(&self, name: &str) -> Option<&str> {
        let given = self.given(&[]).ok()?;
        // `-o` may repeat an option: the last one counts.
        given.into_iter().rev().find(|(given, _)| *given == name).map(|(_, value)| value)
    }

    /// The credential of the environment that stays unused.
    fn unused_credential(&self) -> Option<Credential> {
        match self.credential {
            Some(Credential::AccessKey) => Some(Credential::ApplicationKey),
            Some(Credential::ApplicationKey) => Some(Credential::AccessKey),
            None => Credential::AccessKey.is_in_environment().then_some(Credential::ApplicationKey),
        }
    }

    fn given<'a>(&'a self, more: &[(&'static str, Option<&'a str>)]) -> Result<Vec<(&'a str, &'a str)>, Failure> {
        let own = [("region", self.region.as_deref()), ("base_url", self.base_url.as_deref())];
        // An empty option unsets; an empty argument is a variable of the shell that was meant to hold something.
        if let Some((name, _)) = own.iter().find(|(_, value)| *value == Some("")) {
            let name = name.replace('_', "-");
            return Err(Failure::usage_of(format!("--{name} is empty: give it a value, or leave it out.")));
        }
        let mut given: Vec<(&str, &str)> =
            own.iter().chain(more).filter_map(|(name, value)| Some((*name, (*value)?))).collect();
        for text in &self.option {
            let (name, value) = text.split_once('=').ok_or_else(|| {
                Failure::usage_of("--option is given without `=`: write it as name=value, such as `-o timeout=5`.")
            })?;
            let row = OPTIONS.iter().find(|row| row.name == name);
            if row.is_some_and(|row| row.kind == OptionKind::Secret) {
                let variables =
                    ENVIRONMENT.iter().filter(|(_, _, option)| *option == name).map(|(variable, ..)| *variable);
                return Err(Failure::usage_of(format!(
                    "The option {name:?} is a secret, which is never taken from the command line: set {0} or {0}_FILE.",
                    variables.collect::<Vec<_>>().join(" or ")
                )));
            }
            if name == "proxy" && value.contains('@') {
                return Err(Failure::usage_of(
                    "The proxy has a user name or password, which is never taken from the command line: set HTTPS_PROXY \
                     and give `-o proxy=env`.",
                ));
            }
            given.push((name, value));
        }
        Ok(given)
    }

    /// Every `-o` as it was given. Whoever has options of its own takes them out.
    #[cfg(feature = "outbox")]
    pub(crate) fn all_options(&mut self) -> &mut Vec<String> {
        &mut self.option
    }

    /// The arguments that say the same again, for a command to run next.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (name, value) in [("--region", &self.region), ("--base-url", &self.base_url)] {
            if let Some(value) = value {
                words.extend([name.to_owned(), value.clone()]);
            }
        }
        if let Some(credential) = self.credential.and_then(|credential| credential.to_possible_value()) {
            words.extend(["--credential".to_owned(), credential.get_name().to_owned()]);
        }
        words.extend(self.option.iter().flat_map(|option| ["-o".to_owned(), option.clone()]));
        words
    }
}
