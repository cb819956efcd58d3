//! Signers and webhooks.

use crate::input::{Answer, Bytes, Number, Text, answer, argument, environment, json, pairs, secret};
use countersign::headers::borrowed;
use countersign::sign_customiser;
use countersign::{Parts, Scheme, signature};
use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

/// One key pair.
#[napi]
pub struct Signer(signature::Signer);

/// `signer(keyId, secret, scheme, digest?, exact)`
#[napi(catch_unwind)]
pub fn signer(key_id: Text, key: Bytes<'_>, scheme: Text, digest: Text, exact: bool) -> Answer<Signer> {
    answer(|| {
        let key = secret(key, "secretKey", exact)?;
        let scheme = Scheme::from_names(&scheme.get("scheme")?, digest.optional("digest")?.as_deref())?;
        signature::Signer::new(&key_id.get("accessKey")?, key, scheme).map(Signer)
    })
}

/// The window of [`Signer::verify`] that leaves the date unjudged.
const ANY_DATE: f64 = -1.0;

#[napi]
impl Signer {
    /// The hot call as a function of its own.
    #[napi(catch_unwind)]
    pub fn authorizer<'a>(&self, env: &'a Env) -> Answer<Unknown<'a>> {
        answer(|| crate::raw::authorizer(env, self.0.clone()))
    }

    /// A line for each: Authorization, Date and, if it is sent, Content-Type.
    #[napi(catch_unwind)]
    pub fn headers(
        &self,
        method: Text,
        path: Text,
        content_type: Text,
        date: Text,
        body: Bytes<'_>,
        now: Number,
    ) -> Answer<String> {
        answer(|| {
            let signed = self.0.headers(
                &method.get("method")?,
                &path.get("path")?,
                &body.get("body")?,
                content_type.optional("contentType")?.as_deref(),
                date.optional("date")?.as_deref(),
                now.or_now()?,
            )?;
            // Control characters are refused in all of them, so a line each is unambiguous; an object costs thrice as much.
            let content_type = signed.content_type.map(|value| format!("\n{value}")).unwrap_or_default();
            Ok(format!("{}\n{}{content_type}", signed.authorization, signed.date))
        })
    }

    #[napi(catch_unwind)]
    pub fn string_to_sign(
        &self,
        method: Text,
        path: Text,
        content_type: Text,
        date: Text,
        body: Bytes<'_>,
    ) -> Answer<String> {
        answer(|| {
            self.0.string_to_sign(&Parts {
                method: &method.get("method")?,
                path: &path.get("path")?,
                content_type: &content_type.get("contentType")?,
                date: &date.optional("date")?.unwrap_or_else(|| countersign::system_time().http_date().to_string()),
                body: &body.get("body")?,
            })
        })
    }

    /// Who signed it: 0 for this signer, then the others in their order.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments, reason = "a request, and how to judge it")]
    pub fn verify(
        &self,
        others: Vec<&Signer>,
        method: Text,
        path: Text,
        body: Bytes<'_>,
        headers: Text,
        now: Number,
        window: Number,
    ) -> Answer<u32> {
        answer(|| {
            let signers: Vec<_> = std::iter::once(self).chain(others).map(|signer| &signer.0).collect();
            let window = match window.0 {
                Ok(ANY_DATE) => None,
                window => Some(Number(window).whole("window", 0, u32::MAX)?.unwrap_or(signature::DEFAULT_WINDOW)),
            };
            let found = signature::verify(
                &signers,
                &method.get("method")?,
                &path.get("path")?,
                &body.get("body")?,
                &borrowed(&pairs(headers)?),
                now.or_now()?,
                window,
            )?;
            Ok(u32::try_from(found).unwrap_or(u32::MAX))
        })
    }

    #[napi(catch_unwind)]
    pub fn explain(&self, method: Text, path: Text, body: Bytes<'_>, headers: Text) -> Answer<String> {
        answer(|| {
            let (method, path, headers) = (method.get("method")?, path.get("path")?, pairs(headers)?);
            json(&self.0.explain(&method, &path, &body.get("body")?, &borrowed(&headers)))
        })
    }
}

/// The secrets of a webhook.
#[napi]
pub struct Webhook(sign_customiser::Webhook);

/// `webhook([secrets], exact, content?, encoding?, tolerance?)`
#[napi(catch_unwind)]
pub fn webhook(
    secrets: Vec<Bytes<'_>>,
    exact: bool,
    content: Text,
    encoding: Text,
    tolerance: Number,
) -> Answer<Webhook> {
    answer(|| {
        let secrets = secrets.into_iter().map(|one| secret(one, "The webhook secret", exact));
        let webhook = sign_customiser::Webhook::new(secrets.collect::<Result<Vec<_>, _>>()?)?;
        with_format(webhook, content, encoding, tolerance)
    })
}

/// `webhookFromEnv(environment, "webhook" | "integration", exact, content?, encoding?, tolerance?)`
#[napi(catch_unwind)]
pub fn webhook_from_env(
    variables: Text,
    which: Text,
    exact: bool,
    content: Text,
    encoding: Text,
    tolerance: Number,
) -> Answer<Webhook> {
    answer(|| {
        let mut options = environment(&variables.get("environment")?, "sign_customiser")?;
        if exact {
            options = options.set("exact_secret", "true");
        }
        let webhook = sign_customiser::Webhook::of_options(&options, &which.get("secret")?)?;
        with_format(webhook, content, encoding, tolerance)
    })
}

fn with_format(
    webhook: sign_customiser::Webhook,
    content: Text,
    encoding: Text,
    tolerance: Number,
) -> Result<Webhook, countersign::Error> {
    let (content, encoding) = (content.optional("content")?, encoding.optional("encoding")?);
    webhook
        .with_formula(content.as_deref(), encoding.as_deref(), tolerance.whole("tolerance", 0, u32::MAX)?)
        .map(Webhook)
}

#[napi]
impl Webhook {
    #[napi(catch_unwind)]
    pub fn verify(&self, headers: Text, body: Bytes<'_>, now: Number) -> Answer<Event> {
        answer(|| self.0.verify(&borrowed(&pairs(headers)?), &body.get("rawBody")?, now.or_now()?).map(Event))
    }

    #[napi(catch_unwind)]
    pub fn sign(&self, body: Bytes<'_>, timestamp: Number) -> Answer<String> {
        answer(|| {
            let signed = self.0.sign(&body.get("rawBody")?, timestamp.or_now()?);
            json(&std::collections::BTreeMap::from(signed))
        })
    }

    #[napi(catch_unwind)]
    pub fn explain(&self, headers: Text, body: Bytes<'_>) -> Answer<String> {
        answer(|| json(&self.0.explain(&borrowed(&pairs(headers)?), &body.get("rawBody")?)))
    }
}

/// A delivery that was verified.
#[napi]
pub struct Event(sign_customiser::Event);

#[napi]
impl Event {
    /// Its members.
    #[napi(catch_unwind)]
    pub fn members(&self) -> Answer<String> {
        answer(|| json(&self.0))
    }

    /// What it is about, as JSON, in which numbers have all their digits.
    #[napi(catch_unwind)]
    pub fn data(&self) -> Answer<String> {
        answer(|| Ok(self.0.data().get().to_owned()))
    }

    #[napi(catch_unwind)]
    pub fn answer(&self, external_id: Text) -> Answer<String> {
        answer(|| self.0.answer(&external_id.get("externalId")?))
    }
}

/// `minorUnits(amount, currency)`
#[napi(catch_unwind)]
pub fn minor_units(amount: Text, currency: Text) -> Answer<f64> {
    answer(|| {
        let amount = amount.get("amount")?;
        let units = sign_customiser::minor_units(&amount, &currency.get("currency")?)?;
        // Beyond that a number of JavaScript loses digits.
        if units > 1 << 53 {
            return Err(argument(format!("The amount {amount} is too large.")));
        }
        #[expect(clippy::cast_precision_loss, reason = "it was checked")]
        Ok(units as f64)
    })
}
