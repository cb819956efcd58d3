//! Which outbox: its store, its shop, and the numbers of its policy.

use crate::output::Failure;
use crate::stores::{FORMS, Named, Store};
use clap::Args;
use countersign::options::OPTIONS;
use countersign::{Error, ErrorKind, secret_from_env};
use countersign_outbox::policy::NUMBERS;
use countersign_outbox::{Accounts, Engine, Place, Policy, Settings, Task};

/// Where the outbox stands, for whoever gives no `--store`.
pub(crate) const STORE: &str = "COUNTERSIGN_OUTBOX_STORE";
/// Whose it is, for whoever gives no `--shop`.
pub(crate) const SHOP: &str = "COUNTERSIGN_OUTBOX_SHOP";
/// Where the shop stands, for whoever gives no `--site`.
pub(crate) const SITE: &str = "COUNTERSIGN_OUTBOX_SITE";

/// The outbox.
#[derive(Args, Debug)]
pub(crate) struct StoreArgs {
    /// The outbox: sqlite:PATH, postgresql://… or mysql://…, or COUNTERSIGN_OUTBOX_STORE (see `countersign outbox --help`).
    /// `run`, `drain`, `stats` and `check` take several
    #[arg(long, value_name = "STORE")]
    store: Vec<String>,
    /// The shop that the tables belong to, as `install` was told, or COUNTERSIGN_OUTBOX_SHOP; without it the one without a
    /// name
    #[arg(long, value_name = "NAME")]
    shop: Option<String>,
    /// Where the shop stands that has the tables in its database, exactly as its own code says it, or COUNTERSIGN_OUTBOX_SITE.
    /// In WordPress that is its host name
    #[arg(long, value_name = "TEXT")]
    site: Option<String>,
    /// In front of the names of the tables
    #[arg(long, value_name = "TEXT", default_value = "")]
    prefix: String,
}

/// An outbox, and its name as it may be shown.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) engine: Engine,
    pub(crate) store: Store,
}

impl Opened {
    /// Runs a task of the engine's.
    pub(crate) fn run<T: 'static>(&self, task: Task<T>) -> Result<T, Error> {
        let ended = self.store.run(task, &|| false)?;
        ended.ok_or_else(|| Error::new(ErrorKind::Internal, "A task was stopped by nobody."))
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl StoreArgs {
    /// What an outbox of this shop is.
    pub(crate) fn settings(&self, accounts: Accounts, policy: Policy) -> Settings {
        let shop = self.shop.clone().or_else(|| variable(SHOP)).unwrap_or_default();
        Settings { policy, shop, prefix: self.prefix.clone(), ..Settings::new(accounts) }
    }

    /// The stores that are named.
    pub(crate) fn named(&self) -> Result<Vec<Named>, Failure> {
        if !self.store.is_empty() {
            return self.store.iter().map(|text| named("--store", text)).collect();
        }
        match secret_from_env(STORE)? {
            Some(text) => Ok(vec![named(STORE, &String::from_utf8_lossy(text.expose()))?]),
            None => Err(Failure::usage_of(format!("There is no outbox: give --store {FORMS}, or set {STORE}."))),
        }
    }

    /// A password among the arguments, where other users of the machine see it for as long as the command runs.
    pub(crate) fn shows_a_password(&self) -> bool {
        self.store.iter().any(|text| named("", text).is_ok_and(|named| named.has_password()))
    }

    /// The one outbox, for a command that is about one.
    pub(crate) fn open(&self, settings: Settings) -> Result<Opened, Failure> {
        self.verified(&self.one()?, settings)
    }

    /// The one outbox with its tables, which are made where they are missing.
    pub(crate) fn install(&self, settings: Settings) -> Result<Opened, Failure> {
        let opened = self.unverified(&self.one()?, settings, Place { create: true, ..place()? })?;
        opened.store.reach()?;
        opened.run(opened.engine.install())?;
        Ok(opened)
    }

    /// An outbox, unless it belongs to somebody else.
    pub(crate) fn verified(&self, named: &Named, settings: Settings) -> Result<Opened, Failure> {
        let opened = self.unverified(named, settings, place()?)?;
        opened.store.reach()?;
        opened.run(opened.engine.verify())?;
        Ok(opened)
    }

    /// An outbox whose server may be away for now.
    pub(crate) fn awaited(&self, named: &Named, settings: Settings) -> Result<(Opened, Option<Error>), Failure> {
        let opened = self.unverified(named, settings, place()?)?;
        let verified = opened.store.reach().and_then(|()| opened.run(opened.engine.verify()));
        match verified {
            Ok(()) => Ok((opened, None)),
            Err(error) if error.kind() == ErrorKind::StoreBusy => Ok((opened, Some(error))),
            Err(error) => Err(error.into()),
        }
    }

    fn unverified(&self, named: &Named, settings: Settings, place: Place) -> Result<Opened, Error> {
        let store = named.open(place)?;
        let said = || self.site.clone().or_else(|| variable(SITE)).unwrap_or_default();
        let site = store.site().unwrap_or_else(said);
        Ok(Opened { name: named.shown(), engine: Engine::new(store.dialect(), site, settings)?, store })
    }

    fn one(&self) -> Result<Named, Failure> {
        match <[Named; 1]>::try_from(self.named()?) {
            Ok([named]) => Ok(named),
            Err(_) => Err(Failure::usage_of("This command works on one outbox: give --store once.")),
        }
    }
}

fn named(who: &str, text: &str) -> Result<Named, Failure> {
    Named::read(text).map_err(|why| Failure::usage_of(format!("{who} {why}.")))
}

/// Where a file may lie: also where it would be lost or seen, if somebody says so.
fn place() -> Result<Place, Error> {
    let anywhere = match variable("COUNTERSIGN_OUTBOX_ANYWHERE").as_deref() {
        None | Some("0") => false,
        Some("1") => true,
        Some(_) => {
            return Err(Error::new(ErrorKind::Configuration, "COUNTERSIGN_OUTBOX_ANYWHERE is neither 0 nor 1."));
        }
    };
    Ok(Place { create: false, anywhere })
}

/// The numbers of the policy, for a command that calls no platform.
#[derive(Args, Debug)]
pub(crate) struct NumberArgs {
    /// A number of the outbox's policy (see `countersign options`), such as `-o keep_bodies=86400`; may be repeated
    #[arg(short, long, value_name = "NAME=VALUE")]
    option: Vec<String>,
}

impl NumberArgs {
    /// The policy.
    pub(crate) fn policy(&self) -> Result<Policy, Failure> {
        let mut options = self.option.clone();
        let policy = policy(&mut options)?;
        match options.first().and_then(|option| option.split_once('=')) {
            None => Ok(policy),
            Some((name, _)) => Err(Failure::usage_of(format!(
                "{name} is an option of the client, and this command calls no platform: leave it out."
            ))),
        }
    }
}

/// The policy that `-o` gives. What is left are options of the client; a name that nobody knows is refused.
pub(crate) fn policy(options: &mut Vec<String>) -> Result<Policy, Failure> {
    let mut policy = Policy::under_test()?;
    for option in std::mem::take(options) {
        let Some((name, value)) = option.split_once('=') else {
            return Err(Failure::usage_of(
                "--option is given without `=`: write it as name=value, such as `-o lease=90`.",
            ));
        };
        if NUMBERS.iter().any(|number| number.name == name) {
            policy.set(name, value).map_err(Failure::usage)?;
        } else if OPTIONS.iter().any(|row| row.name == name) {
            options.push(option);
        } else {
            let numbers: Vec<_> = NUMBERS.iter().map(|number| number.name).collect();
            let of_client: Vec<_> = OPTIONS.iter().map(|row| row.name).collect();
            return Err(Failure::usage_of(format!(
                "There is neither a number of the outbox nor an option of the client that is named {name:.80?}. The numbers are: {}. \
                 The options are: {}. `countersign options` says what each means.",
                numbers.join(", "),
                of_client.join(", ")
            )));
        }
    }
    policy.check().map_err(Failure::usage)?;
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_has_the_name_of_an_option() {
        for number in NUMBERS {
            assert!(OPTIONS.iter().all(|row| row.name != number.name), "{}", number.name);
        }
    }

    #[test]
    fn what_is_no_number_is_left() {
        let mut options = ["lease=90", "timeout=5", "quota=20"].map(str::to_owned).to_vec();
        let policy = policy(&mut options).unwrap();
        assert_eq!((policy.lease, policy.quota, options), (90, 20, vec!["timeout=5".to_owned()]));
    }
}
