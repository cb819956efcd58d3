//! The options of an account: what is given as arguments, and the environment for the rest.

use crate::output::{Failure, Output};
use clap::{Args, ValueEnum};
use countersign::options::{ENVIRONMENT, OPTIONS, OptionKind, Scope};
use countersign::{Error, ErrorKind, Options, Platform, options_from_env_where};

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

/// The variable that sets an option of a platform's client.
fn variable(scope: Scope, option: &str) -> Option<&'static str> {
    ENVIRONMENT.iter().find(|(_, owner, name)| *owner == scope && *name == option).map(|(variable, ..)| *variable)
}

/// How a person gives an option that was not taken as an argument of this name; none for what is no option.
pub(crate) fn instead_of(option: &str) -> Option<String> {
    let row = OPTIONS.iter().find(|row| row.name == option)?;
    let variables = ENVIRONMENT.iter().filter(|(_, _, name)| *name == option).map(|(variable, ..)| *variable);
    let variables = variables.collect::<Vec<_>>().join(" or ");
    Some(match (row.kind, variables.as_str()) {
        (OptionKind::Secret, variables) => format!(
            "The option {option:?} is a secret, which is never taken from the command line: set {variables} or \
             {variables}_FILE."
        ),
        (_, "") => format!("The option {option:?} is given as `-o {option}=…`."),
        (_, variables) => format!("The option {option:?} is given as `-o {option}=…`, or by {variables}."),
    })
}

/// Whether the environment sets an option of a client, in either form.
pub(crate) fn in_environment(scope: Scope, option: &str) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    variable(scope, option).is_some_and(|name| set(name) || set(&format!("{name}_FILE")))
}

/// The options that have an argument of their own.
const ARGUMENTS: [&str; 3] = ["region", "base_url", "orders_api"];

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
        let options = self.set(scope, &given)?;
        if let Some(credential) = self.credential.filter(|_| scope == Scope::Spiff) {
            let has = |option: &str| in_environment(scope, option) || given.iter().any(|(name, _)| *name == option);
            if let Some(missing) = credential.options().iter().find(|option| !has(option)) {
                let variable = variable(scope, missing).unwrap_or_default();
                return Err(Failure::from(Error::new(
                    ErrorKind::Configuration,
                    format!("--credential asks for what is not set: set {variable} or {variable}_FILE."),
                )));
            }
        }
        let named = |option: &str| given.iter().any(|(name, _)| *name == option);
        let unused = self.unused_credential();
        let set_aside = |option: &str| match option {
            // Both say where the account lives, so that one of them given sets the environment's other aside.
            "region" | "base_url" => named("region") || named("base_url"),
            option => named(option) || unused.is_some_and(|unused| unused.options().contains(&option)),
        };
        let options = options_from_env_where(options, scope, |option| !set_aside(option))?;
        options.check().map_err(|error| self.at_a_terminal(scope, error))?;
        Ok(options)
    }

    /// Options from arguments: a mistake in them is one in the command line.
    fn set(&self, scope: Scope, given: &[(&str, &str)]) -> Result<Options, Failure> {
        let options = given.iter().fold(Options::new(), |options, (name, value)| options.set(name, *value));
        options.check().map_err(|error| Failure::usage(self.at_a_terminal(scope, error)))?;
        Ok(options)
    }

    /// A mistake in options in the words of a terminal: for the name of an option, what sets it.
    pub(crate) fn at_a_terminal(&self, scope: Scope, error: Error) -> Error {
        if error.kind() != ErrorKind::Configuration {
            return error;
        }
        let mut files = false;
        let mut said = String::new();
        // What stands in quotes is somebody's word, not ours.
        for (nth, part) in error.message().split('"').enumerate() {
            said.push_str(if nth == 0 { "" } else { "\"" });
            if nth % 2 == 1 {
                said.push_str(part);
                continue;
            }
            for word in part.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
                let end = word.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                match self.set_by(scope, end) {
                    Some(by) => {
                        files |= by.starts_with("COUNTERSIGN") && !in_environment(scope, end);
                        said += &by;
                        said += &word[end.len()..];
                    }
                    None => said += word,
                }
            }
        }
        Error::new(error.kind(), if files { said + " Each variable also with _FILE." } else { said })
    }

    /// What sets an option, if the word is the name of one and no word of English.
    fn set_by(&self, scope: Scope, name: &str) -> Option<String> {
        let row = OPTIONS.iter().find(|row| row.name == name)?;
        if !name.contains('_') && name != "region" {
            return None;
        }
        let argument = ARGUMENTS.contains(&name).then(|| format!("--{}", name.replace('_', "-")));
        let own = match name {
            "region" => self.region.is_some(),
            "base_url" => self.base_url.is_some(),
            _ => false,
        };
        let by_option = self.option.iter().any(|text| text.split_once('=').is_some_and(|(given, _)| given == name));
        Some(match (argument, variable(scope, name)) {
            (Some(argument), _) if own => argument,
            _ if by_option => format!("-o {name}"),
            (_, Some(variable)) if in_environment(scope, name) => variable.to_owned(),
            (Some(argument), Some(variable)) => format!("{argument} (or {variable})"),
            (Some(argument), None) => argument,
            (None, Some(variable)) => variable.to_owned(),
            // A secret of the other platform.
            (None, None) if row.kind == OptionKind::Secret => name.to_owned(),
            (None, None) => format!("-o {name}"),
        })
    }

    /// The client that these options make.
    pub(crate) fn client(
        &self,
        platform: PlatformName,
        more: &[(&'static str, Option<&str>)],
        out: &Output,
    ) -> Result<Platform, Failure> {
        let options = self.options(platform.scope(), more)?;
        Ok(out.told(self.platform(platform, &options)?))
    }

    /// The client that options make which began with these.
    pub(crate) fn platform(&self, platform: PlatformName, options: &Options) -> Result<Platform, Failure> {
        Ok(Platform::new(platform.name(), options).map_err(|error| self.at_a_terminal(platform.scope(), error))?)
    }

    /// The options alone, without the environment.
    pub(crate) fn given_options(&self, scope: Scope) -> Result<Options, Failure> {
        self.set(scope, &self.given(&[])?)
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
                return Err(Failure::usage_of(instead_of(name).unwrap_or_default()));
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
