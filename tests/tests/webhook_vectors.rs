//! Every row of `vectors/webhook.json`; what one changed byte does; and what the explanation of a delivery says.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_core::sign_customiser::Webhook;
use countersign_core::{ErrorKind, Timestamp};
use countersign_tests::{Row, vectors};
use proptest::prelude::*;

/// The formula's name for each letter.
const NAMES: [(&str, &str); 5] =
    [("A", "timestamp.body"), ("B", "body"), ("C", "timestamp+body"), ("D", "body+timestamp"), ("E", "body.timestamp")];

fn webhook(row: &Row) -> Webhook {
    let secrets: Vec<&str> = match row.0["active_secrets"].as_array() {
        Some(secrets) => secrets.iter().map(|secret| secret.as_str().unwrap()).collect(),
        None => vec![row.text("secret")],
    };
    Webhook::new(secrets)
        .unwrap()
        .with_format(row.text("scheme"), row.text("encoding"))
        .unwrap()
        .with_tolerance(row.number("tolerance").try_into().unwrap())
}

fn headers(row: &Row) -> Vec<(&'static str, &str)> {
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(row.get("timestamp").map(|value| ("X-Webhook-Timestamp", value)));
    headers.extend(row.get("signature").map(|value| ("x-webhook-signature", value)));
    headers
}

#[test]
fn every_row_is_judged_as_written() {
    for row in vectors("webhook.json") {
        let judged = webhook(&row).verify(&headers(&row), &row.bytes("body"), Timestamp::from_unix(row.number("now")));
        let result = judged.as_ref().map_or_else(|error| error.kind().name(), |_| "ok");
        assert_eq!(result, row.text("result"), "{}: {:?}", row.id(), judged.as_ref().err());
        match judged {
            Ok(event) => {
                let stamped: i64 = row.text("timestamp").parse().unwrap();
                assert_eq!(event.timestamp(), Timestamp::from_unix(stamped), "{}", row.id());
                let index = row.0["secret_index"].as_u64().unwrap_or(0);
                assert_eq!(event.secret_index() as u64, index, "{}", row.id());
                if let Some(topic) = row.get("topic") {
                    assert_eq!(event.topic(), topic, "{}", row.id());
                    assert_eq!(event.dedup_key(), row.text("dedup_key"), "{}", row.id());
                }
            }
            Err(error) => {
                let said = format!("{error} {error:?}");
                assert!(!said.contains(row.text("secret")), "{}: {said}", row.id());
                assert!(error.outcome().is_none() && !error.retryable(), "{}", row.id());
            }
        }
    }
}

/// Whoever signs a delivery for a test writes the signature of the row, which was computed elsewhere.
#[test]
fn a_delivery_is_signed_as_every_good_row_is() {
    let mut signed = 0;
    for row in vectors("webhook.json") {
        let first = row.0["active_secrets"].as_array().is_none_or(|active| active[0] == row.0["secret"]);
        if row.text("result") != "ok" || !first {
            continue;
        }
        let stamped = Timestamp::from_unix(row.text("timestamp").parse().unwrap());
        // The platform writes no zeros in front.
        if stamped.unix().to_string() != row.text("timestamp") {
            continue;
        }
        let [(_, timestamp), (name, signature)] = webhook(&row).sign(&row.bytes("body"), stamped);
        assert_eq!(timestamp, row.text("timestamp"));
        // Hex may be written in either case.
        let hex = row.text("encoding") == "hex";
        let due = if hex { row.text("signature").to_lowercase() } else { row.text("signature").to_owned() };
        assert_eq!((name, signature), ("X-Webhook-Signature", due), "{}", row.id());
        signed += 1;
    }
    assert!(signed > 20, "{signed}");
}

/// The formula and the text form that the imitated sender used are named, whatever is configured.
#[test]
fn a_captured_delivery_names_its_formula() {
    let mut named = 0;
    for row in vectors("webhook.json") {
        let signed = &row.0["signed"];
        let body_or_secret = ["body", "secret", "timestamp"].iter().any(|field| signed.get(*field).is_some());
        if !matches!(row.text("result"), "ok" | "mismatch" | "too_old") || body_or_secret {
            continue;
        }
        let letter = signed["scheme"].as_str().unwrap_or(row.text("scheme"));
        let explained = webhook(&row).explain(&headers(&row), &row.bytes("body"));
        if signed.is_null() && row.0.get("signed").is_some() || row.id() == "rotation-retired" {
            assert_eq!(explained.content.is_none(), row.text("result") == "mismatch", "{}", row.id());
            continue;
        }
        let name = NAMES.iter().find(|(known, _)| *known == letter).unwrap().1;
        assert_eq!(explained.content, Some(name), "{}: {}", row.id(), explained.advice);
        assert_eq!(explained.encoding, Some(row.text("encoding")), "{}", row.id());
        assert_eq!(explained.configured, letter == row.text("scheme"), "{}", row.id());
        named += 1;
    }
    assert!(named > 40, "{named}");
}

#[test]
fn a_repeated_or_missing_header_is_malformed() {
    let rows = vectors("webhook.json");
    let row = &rows[0];
    let (webhook, now) = (webhook(row), Timestamp::from_unix(row.number("now")));
    let good = headers(row);
    assert!(webhook.verify(&good, &row.bytes("body"), now).is_ok());
    for i in [1, 2] {
        let mut headers = good.clone();
        headers.push(good[i]);
        let error = webhook.verify(&headers, &row.bytes("body"), now).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed, "{headers:?}");
        headers = good.clone();
        headers.remove(i);
        let error = webhook.verify(&headers, &row.bytes("body"), now).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed, "{headers:?}");
    }
}

/// Hex may be written in either case. Whoever replays a delivery must not get a new key by rewriting it.
#[test]
fn the_dedup_key_does_not_depend_on_how_the_signature_is_written() {
    let rows = vectors("webhook.json");
    let row = rows.iter().find(|row| row.id() == "A-utf8").unwrap();
    let (body, now) = (row.bytes("body"), Timestamp::from_unix(row.number("now")));
    let upper = row.text("signature").to_uppercase();
    let rewritten = [("x-webhook-timestamp", row.text("timestamp")), ("x-webhook-signature", &*upper)];
    let first = webhook(row).verify(&headers(row), &body, now).unwrap();
    let second = webhook(row).verify(&rewritten, &body, now).unwrap();
    assert_eq!(first.dedup_key(), second.dedup_key());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// One bit of the body, the signature, the secret or a signed timestamp: refused.
    #[test]
    fn any_changed_bit_is_refused(which in 0..10usize, at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let rows = vectors("webhook.json");
        let row = &rows[which];
        let now = Timestamp::from_unix(row.number("now"));
        let flip = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at.index(text.len())] ^= 1 << bit;
            bytes
        };
        let body = flip(row.text("body"));
        prop_assert_eq!(webhook(row).verify(&headers(row), &body, now).unwrap_err().kind(), ErrorKind::Mismatch);

        if let Ok(signature) = String::from_utf8(flip(row.text("signature"))) {
            // Hex may be written in either case; every other change is one.
            if !signature.eq_ignore_ascii_case(row.text("signature")) || row.text("encoding") == "base64" {
                let headers = [("x-webhook-timestamp", row.text("timestamp")), ("x-webhook-signature", &*signature)];
                let kind = webhook(row).verify(&headers, &row.bytes("body"), now).unwrap_err().kind();
                prop_assert!(matches!(kind, ErrorKind::Mismatch | ErrorKind::Malformed), "{}", signature);
            }
        }

        let secret = countersign_core::Secret::exact(flip(row.text("secret")));
        let other = Webhook::new([secret]).unwrap().with_format(row.text("scheme"), row.text("encoding")).unwrap();
        prop_assert_eq!(other.verify(&headers(row), &row.bytes("body"), now).unwrap_err().kind(), ErrorKind::Mismatch);

        if let Ok(timestamp) = String::from_utf8(flip(row.text("timestamp"))) {
            let headers = [("x-webhook-timestamp", &*timestamp), ("x-webhook-signature", row.text("signature"))];
            let judged = webhook(row).verify(&headers, &row.bytes("body"), now).map_err(|error| error.kind());
            if row.text("scheme") == "B" {
                // What is wrong with B: only the window looks at the timestamp.
                prop_assert_ne!(judged.err(), Some(ErrorKind::Mismatch));
            } else {
                prop_assert!(matches!(judged, Err(ErrorKind::Mismatch | ErrorKind::Malformed)));
            }
        }
    }
}
