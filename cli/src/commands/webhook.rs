//! `countersign webhook`: verifies and explains deliveries of Sign Customiser, answers them, and manages subscriptions.
//! `webhook/send.rs` makes some.

mod send;

use crate::commands::verify::Window;
use crate::input::{self, AccountArgs, Message, PlatformName, SecretArgs};
use crate::output::{Colour, Ended, Exit, Failure, Output, plain, table};
use crate::under_way;
use clap::{Args, Subcommand};
use countersign::delivery::Class;
use countersign::options::Scope;
use countersign::sign_customiser::webhook::{DEFAULT_CONTENT, DEFAULT_ENCODING, DEFAULT_TOLERANCE, Event, answer};
use countersign::sign_customiser::{Subscription, Webhook};
use countersign::{Effect, Error, ErrorKind, Json, Secret, Timestamp, system_time};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::ffi::OsString;

#[derive(Subcommand)]
pub(crate) enum Webhooks {
    /// Verify a delivery, and say what it is
    #[command(after_help = VERIFY_HELP)]
    Verify(Verify),
    /// Find out which formula signed a captured delivery
    #[command(after_help = EXPLAIN_HELP)]
    Explain(Explain),
    /// Deliver a signed sample, or data of your own, to a shop under test
    #[command(after_help = send::AFTER_HELP)]
    Send(send::Send),
    /// Print the answer to a product:created callback
    #[command(after_help = ANSWER_HELP)]
    Answer(Answer),
    /// List the subscriptions
    #[command(after_help = MANAGE_HELP)]
    List(List),
    /// Subscribe to a topic
    #[command(after_help = MANAGE_HELP)]
    Create(Create),
    /// Show a subscription
    #[command(after_help = MANAGE_HELP)]
    Get(Get),
    /// Change a subscription
    #[command(after_help = MANAGE_HELP)]
    Update(Update),
    /// End a subscription
    #[command(after_help = MANAGE_HELP)]
    Delete(Delete),
}

const VERIFY_HELP: &str = "\
The secret comes from COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET, or with
--secret integration (and if it alone is set) from
COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET, each also with _FILE; or from
--secret-env or --secret-file.
Prints `ok` and what was delivered, or the reason as one word: malformed,
mismatch, too_old, in_the_future, invalid_json.

Examples:
  countersign webhook verify --header 'X-Webhook-Timestamp: 1704067200' \\
    --header 'X-Webhook-Signature: …' --body-file delivery.json
  countersign webhook verify --secret integration --request delivery.http \\
    --now 1704067200";

const EXPLAIN_HELP: &str = "\
The vendor's public text does not settle the formula; one captured delivery
does. Ends with 0 if a formula matches. The secret comes as for
`countersign webhook verify`.

Examples:
  countersign webhook explain --request delivery.http
  countersign webhook explain --secret integration \\
    --header 'X-Webhook-Timestamp: 1704067200' \\
    --header 'X-Webhook-Signature: …' --body-file delivery.json";

const ANSWER_HELP: &str = "\
Answer the callback with status 200 and this body. The same product must always
get the same id.

Example:
  countersign webhook answer --external-id sku-1";

const MANAGE_HELP: &str = "\
The API token comes from COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN or its form with
_FILE. Secrets of subscriptions are shown with --show-secrets alone.
Topics: product:created, order:created, form:submitted.

Examples:
  countersign webhook list
  countersign webhook create --topic order:created \\
    --url https://shop.example/webhooks --show-secrets
  countersign webhook get 17
  countersign webhook update 17 --topic order:created \\
    --url https://shop.example/other
  countersign webhook delete 17";

/// A delivery, and the secret that should have signed it.
#[derive(Args, Debug)]
pub(crate) struct Delivery {
    /// The whole delivery as a file: request line, headers, a blank line; every byte after it is the body
    #[arg(long, value_name = "FILE", conflicts_with_all = ["header", "body_file"])]
    request: Option<OsString>,
    /// A header of the delivery, as `Name: value`; give X-Webhook-Timestamp and X-Webhook-Signature
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// The raw body, byte for byte; `-` is standard input
    #[arg(long, value_name = "FILE")]
    body_file: Option<OsString>,
    #[command(flatten)]
    key: Key,
}

/// The secret that signs a delivery, and the formula.
#[derive(Args, Debug)]
pub(crate) struct Key {
    /// Which secret signs: webhook for the deliveries of a subscription, integration for the product:created callback
    #[arg(long = "secret", value_name = "WHICH", value_parser = ["webhook", "integration"])]
    which: Option<String>,
    /// Read the secret from this environment variable; repeat it while a secret is being changed
    #[arg(long, value_name = "NAME", conflicts_with = "secret_file")]
    secret_env: Vec<String>,
    #[command(flatten)]
    secret: SecretArgs,
    /// What is signed: timestamp.body, body, timestamp+body, body+timestamp, body.timestamp, or A to E
    #[arg(long, default_value = DEFAULT_CONTENT.name())]
    content: String,
    /// How the signature is written: hex or base64
    #[arg(long, default_value = DEFAULT_ENCODING.name())]
    encoding: String,
}

const WEBHOOK: &str = "COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET";
const INTEGRATION: &str = "COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET";

impl Delivery {
    fn message(&self) -> Result<Message, Failure> {
        if let Some(source) = &self.request {
            return Ok(Message::parse(input::file(source, "The delivery")?)?);
        }
        if self.header.is_empty() {
            return Err(Failure::usage_of("There is no delivery: give --request FILE, or --header and --body-file."));
        }
        Ok(Message {
            method: "POST".to_owned(),
            target: String::new(),
            headers: input::headers(&self.header)?,
            body: input::body(self.body_file.as_deref())?,
            oddities: Vec::new(),
        })
    }
}

impl Key {
    pub(crate) fn webhook(&self) -> Result<Webhook, Failure> {
        let mut secrets: Vec<Secret> = Vec::new();
        for name in &self.secret_env {
            secrets.push(self.secret.secret(name, "secret")?);
        }
        if secrets.is_empty() {
            let has = |option| input::in_environment(Scope::SignCustomiser, option);
            let alone = self.which.is_none() && !has("webhook_secret") && has("integration_secret");
            let (variable, what) = if alone || self.is_callback() {
                (INTEGRATION, "integration secret")
            } else {
                (WEBHOOK, "webhook secret")
            };
            secrets.push(self.secret.secret_or(variable, what, "--secret-file or --secret-env")?);
        }
        // The format is an argument, so a mistake in it is one in the command line; one in a secret is not.
        Webhook::new(secrets)?.with_format(&self.content, &self.encoding).map_err(Failure::usage)
    }

    /// Whether it was said that it is the product:created callback.
    fn is_callback(&self) -> bool {
        self.which.as_deref() == Some("integration")
    }

    /// A hint for a refusal: the other secret may be the right one.
    fn hint(&self) -> Option<String> {
        let both = ["webhook_secret", "integration_secret"]
            .iter()
            .all(|option| input::in_environment(Scope::SignCustomiser, option));
        (both && !self.is_callback() && self.secret_env.is_empty() && !self.secret.is_file()).then(|| {
            "note: The webhook secret was used. For the product:created callback give --secret integration.".to_owned()
        })
    }
}

#[derive(Args, Debug)]
pub(crate) struct Verify {
    #[command(flatten)]
    delivery: Delivery,
    /// Judge the timestamp as if it were this moment (seconds since 1970)
    #[arg(long, value_name = "UNIX", value_parser = input::unix_time)]
    now: Option<Timestamp>,
    /// How far the timestamp may be from now, in seconds; `none` leaves it unjudged
    #[arg(long, value_name = "SECONDS", default_value_t = Window(Some(DEFAULT_TOLERANCE)))]
    tolerance: Window,
}

#[derive(Args, Debug)]
pub(crate) struct Explain {
    #[command(flatten)]
    delivery: Delivery,
}

#[derive(Args, Debug)]
pub(crate) struct Answer {
    /// The shop's own id of the product
    #[arg(long, value_name = "ID")]
    external_id: String,
}

/// How subscriptions are shown.
#[derive(Args, Debug)]
pub(crate) struct Manage {
    #[command(flatten)]
    account: AccountArgs,
    /// Show the secrets of subscriptions too
    #[arg(long)]
    show_secrets: bool,
}

/// What a subscription is.
#[derive(Args, Debug)]
pub(crate) struct Wanted {
    /// product:created, order:created or form:submitted
    #[arg(long)]
    topic: String,
    /// Where to deliver
    #[arg(long)]
    url: String,
    /// A JSON object to keep with it, or @ and the file that holds it
    #[arg(long, value_name = "JSON | @FILE")]
    meta: Option<String>,
}

/// Reads the id of a subscription.
fn subscription(text: &str) -> Result<u64, &'static str> {
    text.parse().map_err(|_| "the number of a subscription is due, such as 17: `countersign webhook list` has them")
}

#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    manage: Manage,
}

#[derive(Args, Debug)]
pub(crate) struct Create {
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    manage: Manage,
}

#[derive(Args, Debug)]
pub(crate) struct Get {
    /// The subscription's id, such as 17
    #[arg(value_parser = subscription)]
    id: u64,
    #[command(flatten)]
    manage: Manage,
}

#[derive(Args, Debug)]
pub(crate) struct Update {
    /// The subscription's id, such as 17
    #[arg(value_parser = subscription)]
    id: u64,
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    manage: Manage,
}

#[derive(Args, Debug)]
pub(crate) struct Delete {
    /// The subscription's id, such as 17
    #[arg(value_parser = subscription)]
    id: u64,
    #[command(flatten)]
    account: AccountArgs,
}

impl Webhooks {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        match self {
            Self::Verify(verify) => verify.run(out),
            Self::Explain(explain) => explain.run(out),
            Self::Send(send) => send.run(out),
            Self::Answer(answer) => answer.run(out),
            Self::List(List { manage }) => {
                let all: Vec<_> = ask(&manage.account, "webhooks_list", &json!({}), out)?;
                manage.show_all(&all, out)
            }
            Self::Create(Create { wanted, manage }) => {
                let made = wanted.ask(&manage, "webhooks_create", None, out)?;
                manage.show(&made, out)
            }
            Self::Get(Get { id, manage }) => {
                let found = ask(&manage.account, "webhooks_get", &json!({ "id": id }), out)?;
                manage.show(&found, out)
            }
            Self::Update(Update { id, wanted, manage }) => {
                let made = wanted.ask(&manage, "webhooks_update", Some(id), out)?;
                manage.show(&made, out)
            }
            Self::Delete(Delete { id, account }) => {
                () = ask(&account, "webhooks_delete", &json!({ "id": id }), out)?;
                if out.is_json() {
                    out.value(&json!({ "deleted": id }));
                } else {
                    out.line(format_args!("deleted: {id}"));
                }
                Ok(Exit::Ok)
            }
        }
    }
}

/// Runs an operation, and reads its answer.
fn ask<T: DeserializeOwned>(
    account: &AccountArgs,
    operation: &str,
    input: &impl Serialize,
    out: &Output,
) -> Result<T, Failure> {
    let platform = account.client(PlatformName::SignCustomiser, &[], out)?;
    let input = input::of(input)?;
    let read = |json: &Json| {
        serde_json::from_str(json.get()).or_else(|why| {
            let message = format!("The reply is JSON, but not of the documented shape: {why}.");
            Err(Error::of_class(Class::UnexpectedReply, platform.effect(operation, &input)?, message))
        })
    };
    under_way::run(&platform, operation, &input).and_then(|answer| read(&answer.value)).map_err(|error| {
        let mut failure = Failure::from(error);
        if failure.exit == Exit::Unknown {
            // A change in doubt is looked up, not settled.
            failure.lines.push("  See `countersign webhook list` before doing it again.".to_owned());
        }
        failure
    })
}

#[derive(Serialize)]
struct Verified<'a> {
    ok: bool,
    topic: &'a str,
    dedup_key: &'a str,
    timestamp: Timestamp,
    secret_index: usize,
    data: &'a Json,
}

impl Verify {
    /// The event, if it is one: else the reason is printed as one word.
    pub(crate) fn event(&self, out: &mut Output) -> Result<Event, Failure> {
        let message = self.delivery.message()?;
        // Wider than any two timestamps can be apart.
        let webhook = self.delivery.key.webhook()?.with_tolerance(self.tolerance.0.unwrap_or(u32::MAX));
        // Unjudged means judged at its own moment.
        let stamped = || message.header("x-webhook-timestamp")?.parse().ok().map(Timestamp::from_unix);
        let now = match self.tolerance.0 {
            None => stamped(),
            Some(_) => self.now,
        };
        webhook.verify(&message.borrowed(), &message.body, now.unwrap_or_else(system_time)).map_err(|error| {
            if !out.is_json() {
                out.line(error.kind());
            }
            let hint = self.delivery.key.hint().filter(|_| error.kind() == ErrorKind::Mismatch);
            let mut failure = Failure { explain: "countersign webhook explain", ..Failure::from(error) };
            failure.lines.extend(hint);
            failure.lines.extend(message.oddities.iter().map(|oddity| format!("note: {oddity}")));
            failure
        })
    }

    fn run(self, out: &mut Output) -> Ended {
        let event = self.event(out)?;
        if out.is_json() {
            let verified = Verified {
                ok: true,
                topic: event.topic(),
                dedup_key: event.dedup_key(),
                timestamp: event.timestamp(),
                secret_index: event.secret_index(),
                data: event.data(),
            };
            out.json_text(&serde_json::to_string(&verified).unwrap_or_default());
        } else {
            out.line("ok");
            out.line(format_args!("topic: {}", event.topic()));
            out.line(format_args!("dedup key: {}", plain(event.dedup_key())));
            out.line(format_args!("timestamp: {} ({})", event.timestamp().unix(), event.timestamp().http_date()));
        }
        Ok(Exit::Ok)
    }
}

impl Explain {
    fn run(self, out: &mut Output) -> Ended {
        let message = self.delivery.message()?;
        let explanation = self.delivery.key.webhook()?.explain(&message.borrowed(), &message.body);
        if out.is_json() {
            out.value(&serde_json::to_value(&explanation).unwrap_or_default());
        } else {
            match (explanation.content, explanation.encoding) {
                (Some(content), Some(encoding)) => {
                    let colour = if explanation.configured { Colour::Green } else { Colour::Yellow };
                    let found = out.paint(colour, &format!("{content}, {encoding}"));
                    out.line(format_args!("matches: {found}"));
                }
                _ => {
                    let nothing = out.paint(Colour::Red, "nothing");
                    out.line(format_args!("matches: {nothing}"));
                }
            }
            out.line(plain(&explanation.advice));
            for note in message.oddities.iter().map(|oddity| format!("note: {oddity}")).chain(self.delivery.key.hint())
            {
                out.line(note);
            }
        }
        Ok(if explanation.content.is_some() { Exit::Ok } else { Exit::No })
    }
}

impl Answer {
    fn run(self, out: &mut Output) -> Ended {
        let answer = answer(&self.external_id).map_err(Failure::usage)?;
        out.json_text(&answer);
        Ok(Exit::Ok)
    }
}

impl Wanted {
    /// Makes a subscription, or changes one.
    fn ask(&self, manage: &Manage, operation: &str, id: Option<u64>, out: &Output) -> Result<Subscription, Failure> {
        #[derive(Serialize)]
        struct Input<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            id: Option<u64>,
            topic: &'a str,
            url: &'a str,
            meta: Option<&'a RawValue>,
        }
        let meta = input::text_or_file(self.meta.as_deref(), "The file of meta")?;
        let meta = meta.as_deref().map(|text| input::json(text, "meta", Effect::Change)).transpose()?;
        ask(&manage.account, operation, &Input { id, topic: &self.topic, url: &self.url, meta }, out)
    }
}

impl Manage {
    fn secret(&self, subscription: &Subscription) -> Option<String> {
        let secret = subscription.secret.as_ref()?;
        Some(if self.show_secrets {
            String::from_utf8_lossy(secret.expose()).into_owned()
        } else {
            "(redacted)".to_owned()
        })
    }

    fn json(&self, subscription: &Subscription) -> Value {
        let Subscription { webhook_id, topic, url, status, meta, created_at, updated_at, .. } = subscription;
        json!({ "webhook_id": webhook_id, "topic": topic, "url": url, "status": status,
            "secret": self.secret(subscription), "meta": meta, "created_at": created_at, "updated_at": updated_at })
    }

    fn show(&self, subscription: &Subscription, out: &mut Output) -> Ended {
        if out.is_json() {
            out.value(&self.json(subscription));
        } else {
            let id = subscription.webhook_id.map(|id| id.to_string());
            let meta = (!subscription.meta.is_empty()).then(|| Value::Object(subscription.meta.clone()).to_string());
            let secret = self.secret(subscription);
            let Subscription { topic, url, status, .. } = subscription;
            for (name, value) in
                [("id", &id), ("topic", topic), ("url", url), ("status", status), ("secret", &secret), ("meta", &meta)]
            {
                if let Some(value) = value {
                    out.line(format_args!("{name}: {}", plain(value)));
                }
            }
        }
        Ok(Exit::Ok)
    }

    fn show_all(&self, all: &[Subscription], out: &mut Output) -> Ended {
        if out.is_json() {
            out.value(&json!({ "webhooks": all.iter().map(|one| self.json(one)).collect::<Vec<_>>() }));
            return Ok(Exit::Ok);
        }
        let mut rows = vec![["id", "topic", "status", "secret", "url"].map(str::to_owned).to_vec()];
        let text = |text: &Option<String>| text.as_deref().map(plain).unwrap_or_default();
        rows.extend(all.iter().map(|one| {
            let id = one.webhook_id.map(|id| id.to_string()).unwrap_or_default();
            vec![id, text(&one.topic), text(&one.status), text(&self.secret(one)), text(&one.url)]
        }));
        for line in table(&rows) {
            out.line(line);
        }
        Ok(Exit::Ok)
    }
}
