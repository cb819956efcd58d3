//! `countersign doctor`: one harmless read for every region, digest and credential there is, and what follows.
//!
//! The reads run at the same time, so that a network that answers nothing costs one time limit and not six. The clock
//! is left uncorrected: a wrong one shall be seen, not made up for.

use crate::input::{self, AccountArgs, Credential, PlatformName};
use crate::output::{Colour, Ended, Exit, Failure, Output, plain, table};
use clap::Args;
use countersign::options::Scope;
use countersign::transport::Http;
use countersign::{Attempt, Error, ErrorKind, Options, Platform, options_from_env_where, sign_customiser, system_time};
use serde_json::{Value, json};

pub(crate) const AFTER_HELP: &str = "\
Credentials come from the environment; whatever is there is tried. Nothing is
changed at the platform. Ends with 0 if the credentials work in the region that
is set (or in one of them, if none is set), else with 1.

Examples:
  countersign doctor
  countersign doctor --platform sign-customiser
  countersign doctor --base-url http://127.0.0.1:8080 -o timeout=3
  countersign doctor -o proxy=env --json";

#[derive(Args, Debug)]
pub(crate) struct Doctor {
    /// Which platform; without it every one that the environment has credentials for
    #[arg(long, value_enum)]
    platform: Option<PlatformName>,
    #[command(flatten)]
    account: AccountArgs,
}

/// A difference of clocks in seconds that is worth a word; signatures are refused at five minutes or so.
const CLOCK: i64 = 60;

/// What the platform made of one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Ok,
    /// Refused, and our clock is far off.
    Clock,
    Key,
    Network,
    Tls,
    Proxy,
    Timeout,
    Throttled,
    /// Something answered, but not the API.
    Address,
    Server,
    Setup,
}

impl Verdict {
    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Clock => "clock",
            Self::Key => "refused",
            Self::Network => "no connection",
            Self::Tls => "TLS failed",
            Self::Proxy => "proxy failed",
            Self::Timeout => "no answer in time",
            Self::Throttled => "throttled",
            Self::Address => "not the API",
            Self::Server => "server error",
            Self::Setup => "not usable",
        }
    }

    fn of(error: &Error, skew: Option<i64>) -> Self {
        let far_off = skew.is_some_and(|skew| skew.abs() >= CLOCK);
        match error.kind() {
            ErrorKind::Authentication | ErrorKind::MissingData if far_off => Self::Clock,
            // Null without an error is this platform's other way to refuse a caller.
            ErrorKind::Authentication | ErrorKind::MissingData => Self::Key,
            ErrorKind::Connect | ErrorKind::Interrupted => Self::Network,
            ErrorKind::Tls => Self::Tls,
            ErrorKind::Proxy => Self::Proxy,
            ErrorKind::Timeout => Self::Timeout,
            ErrorKind::Throttled => Self::Throttled,
            ErrorKind::ServerError => Self::Server,
            ErrorKind::InvalidArgument | ErrorKind::Configuration => Self::Setup,
            _ => Self::Address,
        }
    }
}

/// One read to make.
struct Probe {
    platform: PlatformName,
    /// `us`, `au`, or the base URL.
    place: String,
    digest: Option<&'static str>,
    credential: &'static str,
    options: Result<Options, Error>,
    /// Whether this is what the options and the environment say.
    configured: bool,
}

/// What came of it.
struct Row {
    probe: Probe,
    verdict: Verdict,
    message: String,
    attempts: Vec<Attempt>,
    /// The variable of the environment that names a proxy which was not used.
    unused_proxy: Option<&'static str>,
    /// The secrets with quotes around them.
    quoted: Vec<&'static str>,
}

impl Doctor {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let mut probes = Vec::new();
        if self.platform != Some(PlatformName::SignCustomiser) {
            self.spiff(&mut probes)?;
        }
        if self.platform != Some(PlatformName::Spiff) && input::in_environment(Scope::SignCustomiser, "api_token") {
            self.sign_customiser(&mut probes)?;
        }
        if probes.is_empty() {
            return Err(Error::new(
                ErrorKind::Configuration,
                match self.platform {
                    Some(PlatformName::Spiff) => {
                        "There are no credentials to try: set COUNTERSIGN_SPIFF_ACCESS_KEY and \
                         COUNTERSIGN_SPIFF_SECRET_KEY, or COUNTERSIGN_SPIFF_APPLICATION_KEY (each also with _FILE)."
                    }
                    Some(PlatformName::SignCustomiser) => {
                        "There are no credentials to try: set COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN (also with _FILE)."
                    }
                    None => {
                        "There are no credentials to try: set COUNTERSIGN_SPIFF_ACCESS_KEY and \
                         COUNTERSIGN_SPIFF_SECRET_KEY, COUNTERSIGN_SPIFF_APPLICATION_KEY, or \
                         COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN (each also with _FILE)."
                    }
                },
            )
            .into());
        }
        let shared = &*out;
        let rows: Vec<Row> = std::thread::scope(|scope| {
            let running: Vec<_> = probes.into_iter().map(|probe| scope.spawn(move || look(probe, shared))).collect();
            running.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        let conclusion = conclude(&rows);
        let good = healthy(&rows);
        if out.is_json() {
            let rows: Vec<Value> = rows.iter().map(Row::json).collect();
            out.value(&json!({ "ok": good, "rows": rows, "conclusion": conclusion }));
        } else {
            show(&rows, &conclusion, good, out);
        }
        Ok(if good { Exit::Ok } else { Exit::No })
    }

    /// Options for one read: what was given, then the environment, then what the read fixes.
    fn options(
        &self,
        scope: Scope,
        set_aside: &[&str],
        fixed: &[(&str, &str)],
    ) -> Result<Result<Options, Error>, Failure> {
        let mut given = self.account.given_options(scope)?;
        for (name, value) in [("read_retries", "0"), ("timeout", "10"), ("skew_correction", "false")] {
            if given.text(name).is_none() {
                given = given.set(name, value);
            }
        }
        let has: Vec<&str> =
            ["base_url", "region", "partner_id"].into_iter().filter(|name| given.text(name).is_some()).collect();
        let mut options =
            options_from_env_where(given, scope, |name| !set_aside.contains(&name) && !has.contains(&name));
        for (name, value) in fixed {
            options = options.map(|options| options.set(name, *value));
        }
        Ok(options)
    }

    fn spiff(&self, probes: &mut Vec<Probe>) -> Result<(), Failure> {
        // `--credential` has no say here: all that is there is tried.
        let known = self.options(Scope::Spiff, &["secret_key", "application_key"], &[])?;
        // A region that is none would be lost among those that are tried.
        if let Some(Err(error)) = known.as_ref().ok().map(Options::check)
            && error.message().starts_with("region")
        {
            return Err(self.account.at_a_terminal(Scope::Spiff, error).into());
        }
        let set = |name: &str| known.as_ref().ok().and_then(|options| options.text(name)).map(str::to_owned);
        let base_url = if self.account.value_of("region").is_some() { None } else { set("base_url") };
        let (region, digest) = (set("region"), set("digest").unwrap_or_else(|| "sha512".to_owned()));
        let places = match &base_url {
            Some(url) => vec![("base_url", url.clone())],
            None => vec![("region", "us".to_owned()), ("region", "au".to_owned())],
        };
        for (name, place) in &places {
            for credential in [Credential::AccessKey, Credential::ApplicationKey] {
                if !credential.is_in_environment() {
                    continue;
                }
                let (title, other, digests) = match credential {
                    Credential::AccessKey => {
                        ("access key", Credential::ApplicationKey, &[Some("sha512"), Some("md5")][..])
                    }
                    Credential::ApplicationKey => ("application key", Credential::AccessKey, &[None][..]),
                };
                for probed in digests {
                    let away = [&["region", "base_url"], other.options()].concat();
                    // An empty text unsets what an argument may have said of the other.
                    let mut fixed = vec![("region", ""), ("base_url", ""), (*name, place.as_str())];
                    fixed.extend(probed.map(|digest| ("digest", digest)));
                    let options = self.options(Scope::Spiff, &away, &fixed)?;
                    probes.push(Probe {
                        platform: PlatformName::Spiff,
                        place: place.clone(),
                        digest: *probed,
                        credential: title,
                        options,
                        configured: (base_url.is_some() || region.as_ref().is_none_or(|region| region == place))
                            && probed.is_none_or(|probed| probed == digest),
                    });
                }
            }
        }
        Ok(())
    }

    fn sign_customiser(&self, probes: &mut Vec<Probe>) -> Result<(), Failure> {
        let options = self.options(Scope::SignCustomiser, &[], &[("region", "")])?;
        let account = options.as_ref().ok().and_then(|options| sign_customiser::Account::new(options).ok());
        let call = account.and_then(|account| account.prepare_webhook_list(system_time()).ok());
        let place = call.as_ref().map(|call| call.request().url.split("/api/").next().unwrap_or_default());
        probes.push(Probe {
            platform: PlatformName::SignCustomiser,
            place: place.unwrap_or("-").to_owned(),
            digest: None,
            credential: "API token",
            options,
            configured: true,
        });
        Ok(())
    }
}

fn look(mut probe: Probe, out: &Output) -> Row {
    let options = std::mem::replace(&mut probe.options, Ok(Options::new()));
    let unused_proxy = options.as_ref().ok().and_then(Http::unused_proxy);
    let quoted = options.as_ref().map(Options::quoted).unwrap_or_default();
    let found = options.and_then(|options| out.told(Platform::new(probe.platform.name(), &options)?).run("check", b""));
    let (attempts, error) = match found {
        Ok(answer) => (answer.attempts, None),
        Err(error) => (error.attempts().to_vec(), Some(error)),
    };
    let skew = attempts.last().and_then(|attempt| attempt.skew);
    Row {
        probe,
        verdict: error.as_ref().map_or(Verdict::Ok, |error| Verdict::of(error, skew)),
        message: error.map(|error| error.message().to_owned()).unwrap_or_default(),
        attempts,
        unused_proxy,
        quoted,
    }
}

impl Row {
    fn json(&self) -> Value {
        let Self { probe, verdict, message, attempts, .. } = self;
        json!({
            "platform": probe.platform,
            "place": probe.place, "digest": probe.digest, "credential": probe.credential,
            "configured": probe.configured,
            "ok": *verdict == Verdict::Ok, "verdict": verdict.name(), "status": self.status(), "skew": self.skew(),
            "milliseconds": self.milliseconds(), "message": message, "attempts": attempts,
        })
    }

    /// Of the last attempt, as is all that stands in one row.
    fn status(&self) -> Option<u16> {
        self.attempts.last()?.status
    }

    fn skew(&self) -> Option<i64> {
        self.attempts.last()?.skew
    }

    fn milliseconds(&self) -> Option<u64> {
        Some(self.attempts.last()?.milliseconds)
    }

    /// Where it was, in words.
    fn place(&self) -> String {
        match self.probe.platform {
            PlatformName::Spiff if matches!(self.probe.place.as_str(), "us" | "au") => {
                format!("region {}", self.probe.place)
            }
            _ => self.probe.place.clone(),
        }
    }

    fn what(&self) -> String {
        let digest = self.probe.digest.map(|digest| format!(" with {digest}")).unwrap_or_default();
        format!("{}{digest}", self.probe.credential)
    }

    fn is(&self, verdict: Verdict) -> bool {
        self.verdict == verdict
    }
}

/// Whether each platform that was tried works as it is set up.
fn healthy(rows: &[Row]) -> bool {
    [PlatformName::Spiff, PlatformName::SignCustomiser].iter().all(|platform| {
        let mut of = rows.iter().filter(|row| row.probe.platform == *platform).peekable();
        of.peek().is_none() || of.any(|row| row.is(Verdict::Ok) && row.probe.configured)
    })
}

/// What follows from the rows, most important first.
fn conclude(rows: &[Row]) -> Vec<String> {
    let mut lines = Vec::new();
    for platform in [PlatformName::Spiff, PlatformName::SignCustomiser] {
        let of: Vec<&Row> = rows.iter().filter(|row| row.probe.platform == platform).collect();
        if !of.is_empty() {
            conclude_platform(platform, &of, &mut lines);
        }
    }
    let mut quoted: Vec<&str> = rows.iter().flat_map(|row| row.quoted.iter().copied()).collect();
    quoted.sort_unstable();
    quoted.dedup();
    for name in quoted {
        lines.push(format!("Quotes: {name} has quotes around it, as an env file may leave them. Remove them."));
    }
    // The clock of this machine, as one number: the platforms' own clocks can be believed.
    let skews: Vec<i64> = rows.iter().filter_map(|row| row.skew()).collect();
    if let Some(skew) = skews.iter().copied().max_by_key(|skew| skew.abs()).filter(|skew| skew.abs() >= CLOCK) {
        let side = if skew > 0 { "slow" } else { "fast" };
        lines.push(format!(
            "Clock: this machine is {} seconds {side}, by the platform's. Signatures carry the time: set the \
             clock (NTP).",
            skew.abs()
        ));
    }
    lines
}

fn conclude_platform(platform: PlatformName, rows: &[&Row], lines: &mut Vec<String>) {
    let name = platform.title();
    let good: Vec<&&Row> = rows.iter().filter(|row| row.is(Verdict::Ok)).collect();
    let all = |verdict: Verdict| rows.iter().all(|row| row.is(verdict));
    let first = |verdict: Verdict| rows.iter().find(|row| row.is(verdict)).map_or("", |row| row.message.as_str());
    if !good.is_empty() {
        conclude_working(name, rows, &good, lines);
        return;
    }
    let any = |verdict: Verdict| rows.iter().any(|row| row.is(verdict));
    let reached = rows.iter().any(|row| row.status().is_some());
    let text = if all(Verdict::Timeout) || (!reached && any(Verdict::Network)) {
        let unused = rows.iter().find_map(|row| row.unused_proxy);
        let hint = unused.map(|name| format!(" {name} is set, but not used: give `-o proxy=env`.")).unwrap_or_default();
        format!("no network. Nothing could be reached, so nothing is known about the credentials.{hint}")
    } else if any(Verdict::Proxy) {
        format!("the proxy is wrong. {}", first(Verdict::Proxy))
    } else if any(Verdict::Tls) {
        format!("TLS fails. {}", first(Verdict::Tls))
    } else if any(Verdict::Clock) {
        "the clock of this machine is wrong, and signatures are refused for it. Set it, then look again.".to_owned()
    } else if all(Verdict::Setup) {
        format!("what is set cannot be used. {}", first(Verdict::Setup))
    } else if any(Verdict::Key) && !any(Verdict::Throttled) {
        let places = |verdict: fn(Verdict) -> bool| {
            let mut places: Vec<_> = rows.iter().filter(|row| verdict(row.verdict)).map(|row| row.place()).collect();
            places.dedup();
            places.join(" and ")
        };
        let others = match places(|verdict| verdict != Verdict::Key) {
            none if none.is_empty() => String::new(),
            others => format!(" Nothing is known about {others}."),
        };
        format!(
            "reached, but the credentials are refused at {}. A wrong key or secret, one that was revoked or belongs to \
             another account or region, or a missing permission.{others}",
            places(|verdict| verdict == Verdict::Key)
        )
    } else if any(Verdict::Address) {
        format!("what answers is not the API. {}", first(Verdict::Address))
    } else {
        let message = rows.iter().map(|row| row.message.as_str()).find(|text| !text.is_empty()).unwrap_or_default();
        format!("nothing works at the moment. {message} Look again later.")
    };
    lines.push(format!("{name}: {text}"));
}

/// What to say where something works, though perhaps not what is set.
fn conclude_working(name: &str, rows: &[&Row], good: &[&&Row], lines: &mut Vec<String>) {
    let list = |rows: &[&&Row]| {
        let mut places: Vec<String> = rows.iter().map(|row| row.place()).collect();
        places.dedup();
        places
            .iter()
            .map(|place| {
                let what: Vec<_> = rows.iter().filter(|row| row.place() == *place).map(|row| row.what()).collect();
                format!("{place} ({})", what.join(", "))
            })
            .collect::<Vec<_>>()
            .join("; ")
    };
    lines.push(format!("{name}: works at {}.", list(good)));
    let configured: Vec<&&Row> = rows.iter().filter(|row| row.probe.configured).collect();
    let works_as_set = configured.iter().any(|row| row.is(Verdict::Ok));
    let place = good[0].probe.place.as_str();
    if !works_as_set {
        // The place is wrong only if nothing there works at all.
        let set = configured.first().map(|row| row.probe.place.as_str()).unwrap_or_default();
        if good.iter().any(|row| row.probe.place == set) {
            if let Some(digest) = good.iter().find(|row| row.probe.place == set).and_then(|row| row.probe.digest) {
                lines.push(format!("Wrong digest: set the option digest to {digest:?}."));
            }
        } else {
            lines.push(format!(
                "Wrong region: the credentials belong to {place:?}, but {set:?} is set. Set the option \
                 region to {place:?}."
            ));
        }
    } else if rows.iter().any(|row| !row.is(Verdict::Ok) && row.probe.place != place)
        && good.iter().all(|row| row.probe.place == place)
        && rows.iter().all(|row| row.probe.configured || row.probe.digest == Some("md5"))
    {
        lines.push(format!("Set the option region to {place:?}."));
    }
    for credential in ["access key", "application key"] {
        let tried: Vec<_> = rows.iter().filter(|row| row.probe.credential == credential).collect();
        if !tried.is_empty() && tried.iter().all(|row| !row.is(Verdict::Ok)) {
            lines.push(format!("The {credential} is refused everywhere: wrong, revoked, or of another account."));
        }
    }
}

fn show(rows: &[Row], conclusion: &[String], good: bool, out: &mut Output) {
    let head = ["platform", "region or address", "digest", "credential", "status", "clock", "time", "verdict"];
    let mut cells = vec![head.map(str::to_owned).to_vec()];
    let dash = || "-".to_owned();
    for row in rows {
        cells.push(vec![
            row.probe.platform.title().to_owned(),
            plain(&row.probe.place),
            row.probe.digest.map_or_else(dash, str::to_owned),
            row.probe.credential.to_owned(),
            row.status().map_or_else(dash, |status| status.to_string()),
            row.skew().map_or_else(dash, |skew| if skew == 0 { "0 s".to_owned() } else { format!("{skew:+} s") }),
            row.milliseconds().map_or_else(dash, |ms| format!("{ms} ms")),
            row.verdict.name().to_owned(),
        ]);
    }
    for (i, line) in table(&cells).iter().enumerate() {
        match i.checked_sub(1).and_then(|i| rows.get(i)) {
            None => out.line(out.paint(Colour::Bold, line)),
            Some(row) => {
                let colour = if row.is(Verdict::Ok) { Colour::Green } else { Colour::Red };
                out.line(out.paint(colour, line));
                let above = i.checked_sub(2).and_then(|i| rows.get(i));
                if !row.message.is_empty() && above.is_none_or(|above| above.message != row.message) {
                    out.line(format_args!("    {}", plain(&row.message)));
                }
            }
        }
    }
    out.line("");
    for line in conclusion {
        out.line(out.paint(if good { Colour::Bold } else { Colour::Yellow }, &plain(line)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(place: &str, digest: Option<&'static str>, verdict: Verdict, skew: Option<i64>, configured: bool) -> Row {
        let probe = Probe {
            platform: if digest == Some("token") { PlatformName::SignCustomiser } else { PlatformName::Spiff },
            place: place.to_owned(),
            digest,
            credential: if digest.is_some() { "access key" } else { "application key" },
            options: Ok(Options::new()),
            configured,
        };
        let status = match verdict {
            Verdict::Ok => Some(200),
            Verdict::Clock | Verdict::Key => Some(401),
            _ => None,
        };
        let attempt = Attempt { status, skew, milliseconds: 1, ..Attempt::default() };
        Row {
            probe,
            verdict,
            message: format!("why {place}"),
            attempts: vec![attempt],
            unused_proxy: None,
            quoted: vec![],
        }
    }

    /// The conclusion for four rows: us sha512, us md5, au sha512, au md5; `region` is what is set.
    fn four(verdicts: [Verdict; 4], region: Option<&str>, skew: Option<i64>) -> (String, bool) {
        let rows: Vec<Row> = [("us", "sha512"), ("us", "md5"), ("au", "sha512"), ("au", "md5")]
            .into_iter()
            .zip(verdicts)
            .map(|((place, digest), verdict)| {
                let configured = digest == "sha512" && region.is_none_or(|region| region == place);
                row(place, Some(digest), verdict, skew, configured)
            })
            .collect();
        (conclude(&rows).join("\n"), healthy(&rows))
    }

    #[test]
    fn what_is_wrong_is_named() {
        use Verdict::{Clock, Key, Network, Ok, Proxy, Timeout, Tls};
        for (verdicts, region, good, words) in [
            (
                [Ok, Ok, Key, Key],
                Some("us"),
                true,
                "Spiff: works at region us (access key with sha512, access key with md5).",
            ),
            (
                [Key, Key, Ok, Ok],
                Some("us"),
                false,
                "Wrong region: the credentials belong to \"au\", but \"us\" is set.",
            ),
            ([Key, Key, Ok, Ok], None, true, "Set the option region to \"au\"."),
            ([Key, Ok, Key, Key], Some("us"), false, "Wrong digest: set the option digest to \"md5\"."),
            ([Key, Ok, Key, Key], None, false, "Wrong digest: set the option digest to \"md5\"."),
            ([Key, Key, Key, Key], Some("us"), false, "the credentials are refused at region us and region au."),
            ([Network, Network, Network, Network], Some("us"), false, "Spiff: no network."),
            ([Network, Network, Timeout, Network], None, false, "Spiff: no network."),
            ([Timeout, Timeout, Timeout, Timeout], None, false, "Spiff: no network."),
            ([Proxy, Proxy, Proxy, Proxy], None, false, "Spiff: the proxy is wrong. why us"),
            ([Tls, Tls, Tls, Tls], None, false, "Spiff: TLS fails. why us"),
            ([Clock, Clock, Clock, Clock], None, false, "Spiff: the clock of this machine is wrong"),
            // One region out of reach says nothing about the other.
            ([Ok, Ok, Network, Network], Some("us"), true, "Spiff: works at region us"),
            ([Key, Key, Network, Network], Some("us"), false, "refused at region us."),
            ([Key, Key, Network, Network], Some("us"), false, "Nothing is known about region au."),
        ] {
            let (text, healthy) = four(verdicts, region, Some(1));
            assert!(text.contains(words), "{verdicts:?} {region:?}: {text}");
            assert_eq!(healthy, good, "{verdicts:?} {region:?}");
            assert!(!text.contains("Clock:"), "{text}");
        }
    }

    #[test]
    fn a_wrong_clock_is_named_with_its_side() {
        let ok = [Verdict::Ok; 4];
        assert!(four(ok, None, Some(90)).0.contains("Clock: this machine is 90 seconds slow"));
        assert!(four(ok, None, Some(-90)).0.contains("Clock: this machine is 90 seconds fast"));
        assert!(!four(ok, None, Some(59)).0.contains("Clock:"));
    }

    #[test]
    fn quotes_around_a_secret_are_named() {
        let mut rows = [row("us", Some("sha512"), Verdict::Key, None, true), row("us", None, Verdict::Key, None, true)];
        rows[0].quoted = vec!["secret_key"];
        rows[1].quoted = vec!["secret_key"];
        let text = conclude(&rows).join("\n");
        assert_eq!(text.matches("Quotes: secret_key has quotes around it").count(), 1, "{text}");
        let quoted = |secret: &str| Options::new().set("access_key", "'k'").set("secret_key", secret).quoted();
        assert_eq!((quoted("\"s\""), quoted("'s'")), (vec!["secret_key"], vec!["secret_key"]));
        assert!(quoted("s'").is_empty() && quoted("\"").is_empty() && quoted("'s\"").is_empty());
    }

    #[test]
    fn each_credential_is_judged_for_itself() {
        let rows = [
            row("us", Some("sha512"), Verdict::Ok, None, true),
            row("us", None, Verdict::Key, None, true),
            row("https://sign", Some("token"), Verdict::Network, None, true),
        ];
        let text = conclude(&rows).join("\n");
        assert!(text.contains("The application key is refused everywhere"), "{text}");
        assert!(text.contains("Sign Customiser: no network."), "{text}");
        assert!(!healthy(&rows) && healthy(&rows[..2]));
    }
}
