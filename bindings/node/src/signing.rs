//! Signers and webhooks.

use crate::node::{Arguments, Env, Handle, Room, Value};
use countersign::options::Scope;
use countersign::sign_customiser::{self, Event, Webhook};
use countersign::{Error, ErrorKind, Options, Parts, Scheme, Secret, Signer, signature};

impl Handle for Signer {
    const TAG: u64 = 1;
}

impl Handle for Webhook {
    const TAG: u64 = 2;
}

impl Handle for Event {
    const TAG: u64 = 3;
}

fn secret<'a>(env: Env<'a>, value: Value<'a>, what: &str, exact: bool) -> Result<Secret, Error> {
    let mut room = Room::<256>::new();
    let bytes = env.bytes(value, what, &mut room)?;
    Ok(if exact { Secret::exact(bytes) } else { Secret::from(bytes) })
}

/// Headers as JSON pairs, as `lib/input.js` writes them.
pub(crate) fn pairs<'a>(env: Env<'a>, value: Value<'a>) -> Result<Vec<(String, String)>, Error> {
    let mut room = Room::<1024>::new();
    serde_json::from_str(env.text(value, "headers", &mut room)?).map_err(|_| {
        Error::new(ErrorKind::InvalidArgument, "The headers are not usable, or hold text that is not Unicode.")
    })
}

fn borrowed(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// `signer(keyId, secret, scheme, digest?, exact)`
pub(crate) fn signer<'a>(
    env: Env<'a>,
    [key_id, key, scheme, digest, exact, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let mut rooms = (Room::<64>::new(), Room::<16>::new());
    let secret = secret(env, *key, "secretKey", env.flag(*exact))?;
    let scheme = env.text(*scheme, "scheme", &mut rooms.0)?;
    let scheme = Scheme::from_names(scheme, env.optional_text(*digest, "digest", &mut rooms.1)?)?;
    env.wrap(Signer::new(&env.owned(*key_id, "accessKey")?, secret, scheme)?)
}

/// `authorizer(signer)`: the hot call as a function.
pub(crate) fn authorizer<'a>(env: Env<'a>, [signer, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    env.authorizer(Signer::clone(&*env.handle(*signer)?))
}

/// `headers(signer, method, path, contentType?, date?, body, now?)`: a line for each: Authorization, Date and, if it is sent,
/// Content-Type.
pub(crate) fn headers<'a>(
    env: Env<'a>,
    [signer, method, path, content_type, date, body, now, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let mut rooms = (Room::<16>::new(), Room::<256>::new(), Room::<64>::new(), Room::<64>::new(), Room::<1024>::new());
    let signed = env.handle::<Signer>(*signer)?.headers(
        env.text(*method, "method", &mut rooms.0)?,
        env.text(*path, "path", &mut rooms.1)?,
        env.bytes(*body, "body", &mut rooms.4)?,
        env.optional_text(*content_type, "contentType", &mut rooms.2)?,
        env.optional_text(*date, "date", &mut rooms.3)?,
        env.moment(*now)?,
    )?;
    // Control characters are refused in all of them, so a line each is unambiguous; an object made here costs thrice as much.
    let content_type = signed.content_type.map(|value| format!("\n{value}")).unwrap_or_default();
    env.string(&format!("{}\n{}{content_type}", signed.authorization, signed.date))
}

/// `stringToSign(signer, method, path, contentType, date, body)`
pub(crate) fn string_to_sign<'a>(
    env: Env<'a>,
    [signer, method, path, content_type, date, body, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let mut rooms = (Room::<16>::new(), Room::<256>::new(), Room::<64>::new(), Room::<64>::new(), Room::<1024>::new());
    let fresh = crate::node::now().http_date();
    let text = env.handle::<Signer>(*signer)?.string_to_sign(&Parts {
        method: env.text(*method, "method", &mut rooms.0)?,
        path: env.text(*path, "path", &mut rooms.1)?,
        content_type: env.text(*content_type, "contentType", &mut rooms.2)?,
        date: env.optional_text(*date, "date", &mut rooms.3)?.unwrap_or(&fresh),
        body: env.bytes(*body, "body", &mut rooms.4)?,
    })?;
    env.string(&text)
}

/// The `window` of [`verify`] that leaves the date unjudged.
const ANY_DATE: f64 = -1.0;

/// `verify([signers], method, path, body, headers, now?, window?)`
pub(crate) fn verify<'a>(
    env: Env<'a>,
    [signers, method, path, body, headers, now, window, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let mut rooms = (Room::<16>::new(), Room::<256>::new(), Room::<1024>::new());
    let signers = env.items(*signers, "signers")?;
    let signers = signers.into_iter().map(|signer| env.handle::<Signer>(signer)).collect::<Result<Vec<_>, _>>()?;
    let signers: Vec<&Signer> = signers.iter().map(|signer| &**signer).collect();
    let window = match env.optional_number(*window, "window")? {
        None => Some(signature::DEFAULT_WINDOW),
        Some(ANY_DATE) => None,
        Some(seconds) => Some(whole(seconds, "window")?),
    };
    let found = signature::verify(
        &signers,
        env.text(*method, "method", &mut rooms.0)?,
        env.text(*path, "path", &mut rooms.1)?,
        env.bytes(*body, "body", &mut rooms.2)?,
        &borrowed(&pairs(env, *headers)?),
        env.moment(*now)?,
        window,
    )?;
    env.number(u32::try_from(found).unwrap_or(u32::MAX).into())
}

/// A whole number of seconds.
fn whole(seconds: f64, what: &str) -> Result<u32, Error> {
    if seconds.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&seconds) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a whole number in range")]
        return Ok(seconds as u32);
    }
    Err(Error::new(ErrorKind::InvalidArgument, format!("{what} is {seconds}: whole seconds are due, 0 or more.")))
}

/// `explain(signer, method, path, body, headers)`
pub(crate) fn explain<'a>(
    env: Env<'a>,
    [signer, method, path, body, headers, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let mut rooms = (Room::<16>::new(), Room::<256>::new(), Room::<1024>::new());
    let headers = pairs(env, *headers)?;
    env.json(&env.handle::<Signer>(*signer)?.explain(
        env.text(*method, "method", &mut rooms.0)?,
        env.text(*path, "path", &mut rooms.1)?,
        env.bytes(*body, "body", &mut rooms.2)?,
        &borrowed(&headers),
    ))
}

/// `webhook([secrets], exact, content?, encoding?, tolerance?)`
pub(crate) fn webhook<'a>(
    env: Env<'a>,
    [secrets, exact, content, encoding, tolerance, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let secrets = env.items(*secrets, "secret")?;
    let secrets = secrets.into_iter().map(|one| secret(env, one, "The webhook secret", env.flag(*exact)));
    let webhook = Webhook::new(secrets.collect::<Result<Vec<_>, _>>()?)?;
    env.wrap(with_format(env, webhook, *content, *encoding, *tolerance)?)
}

fn with_format<'a>(
    env: Env<'a>,
    webhook: Webhook,
    content: Value<'a>,
    encoding: Value<'a>,
    tolerance: Value<'a>,
) -> Result<Webhook, Error> {
    let mut rooms = (Room::<32>::new(), Room::<16>::new());
    let content = env.optional_text(content, "content", &mut rooms.0)?.unwrap_or("timestamp.body");
    let encoding = env.optional_text(encoding, "encoding", &mut rooms.1)?.unwrap_or("hex");
    let webhook = webhook.with_format(content, encoding)?;
    Ok(match env.optional_number(tolerance, "tolerance")? {
        Some(seconds) => webhook.with_tolerance(whole(seconds, "tolerance")?),
        None => webhook,
    })
}

/// `webhookFromEnv(environment, "webhook" | "integration", content?, encoding?, tolerance?, exact)`
pub(crate) fn webhook_from_env<'a>(
    env: Env<'a>,
    [environment, which, content, encoding, tolerance, exact, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let mut options = crate::clients::from_environment(env, *environment, Scope::SignCustomiser)?;
    if env.flag(*exact) {
        options = options.set("exact_secret", "true");
    }
    let webhook = match &*env.owned(*which, "secret")? {
        "webhook" => Webhook::of_subscription(&options),
        "integration" => Webhook::of_callback(&options),
        other => {
            let message = format!("secret is {other:?}: \"webhook\" or \"integration\" is due.");
            Err(Error::new(ErrorKind::InvalidArgument, message))
        }
    }?;
    env.wrap(with_format(env, webhook, *content, *encoding, *tolerance)?)
}

/// `webhookVerify(webhook, headers, body, now?)`: an event.
pub(crate) fn webhook_verify<'a>(
    env: Env<'a>,
    [webhook, headers, body, now, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let (mut room, headers) = (Room::<1024>::new(), pairs(env, *headers)?);
    let body = env.bytes(*body, "rawBody", &mut room)?;
    env.wrap(env.handle::<Webhook>(*webhook)?.verify(&borrowed(&headers), body, env.moment(*now)?)?)
}

/// `webhookExplain(webhook, headers, body)`
pub(crate) fn webhook_explain<'a>(
    env: Env<'a>,
    [webhook, headers, body, ..]: &Arguments<'a>,
) -> Result<Value<'a>, Error> {
    let (mut room, headers) = (Room::<1024>::new(), pairs(env, *headers)?);
    let body = env.bytes(*body, "rawBody", &mut room)?;
    env.json(&env.handle::<Webhook>(*webhook)?.explain(&borrowed(&headers), body))
}

/// `event(event)`: its members.
pub(crate) fn event<'a>(env: Env<'a>, [event, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Members<'e> {
        topic: &'e str,
        data: &'e countersign::Json,
        timestamp: countersign::Timestamp,
        dedup_key: &'e str,
        secret_index: usize,
    }
    let event = env.handle::<Event>(*event)?;
    env.json(&Members {
        topic: event.topic(),
        data: event.data(),
        timestamp: event.timestamp(),
        dedup_key: event.dedup_key(),
        secret_index: event.secret_index(),
    })
}

/// `eventAnswer(event, externalId)`
pub(crate) fn event_answer<'a>(env: Env<'a>, [event, id, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    env.string(&env.handle::<Event>(*event)?.answer(&env.owned(*id, "externalId")?)?)
}

/// `minorUnits(amount, currency)`
pub(crate) fn minor_units<'a>(env: Env<'a>, [amount, currency, ..]: &Arguments<'a>) -> Result<Value<'a>, Error> {
    let amount = env.owned(*amount, "amount")?;
    let units = sign_customiser::minor_units(&amount, &env.owned(*currency, "currency")?)?;
    // Beyond that a number of JavaScript loses digits.
    if units > 1 << 53 {
        return Err(Error::new(ErrorKind::InvalidArgument, format!("The amount {amount} is too large.")));
    }
    #[expect(clippy::cast_precision_loss, reason = "it was checked")]
    env.number(units as f64)
}

/// Options from pairs of name and value: what `lib/client.js` made of an object.
pub(crate) fn options_of<'a>(env: Env<'a>, flat: Value<'a>, mut options: Options) -> Result<Options, Error> {
    let mut items = env.items(flat, "options")?.into_iter();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        let name = env.owned(name, "option")?;
        options = options.set(&name, secret(env, value, &name, false)?);
    }
    Ok(options)
}
