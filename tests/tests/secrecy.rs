//! A canary secret is looked for in everything that the library prints, and must not be there.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]
#![allow(clippy::unnecessary_literal_unwrap, reason = "what a panic prints is what is tested")]

use base64::Engine as _;
use countersign_core::signature::verify;
use countersign_core::{BodyDigest, Error, Parts, Scheme, Secret, Signer, Timestamp};
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

const CANARY: &str = "Xk7-canary-91f2c6-secret";
const NOW: Timestamp = Timestamp::from_unix(1_577_836_800);
const SCHEMES: [Scheme; 3] = [Scheme::Soa(BodyDigest::Sha512), Scheme::Soa(BodyDigest::Md5), Scheme::Vws];

/// Whether the text holds the secret, as it stands or in a form that a careless print would give it.
fn leaks(text: &str) -> bool {
    let bytes = CANARY.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = format!("{bytes:?}");
    let base64 = base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes);
    let forms = [CANARY, &hex, &hex.to_uppercase(), list.trim_matches(['[', ']']), &base64, "canary"];
    forms.iter().any(|form| text.contains(form))
}

fn assert_secret(text: &str, place: &str) {
    assert!(!leaks(text), "{place} shows the secret: {text}");
    assert!(!text.is_empty(), "{place} prints nothing: the test looks in the wrong place");
}

fn assert_error_secret(error: &Error, place: &str) {
    let mut text = format!("{error} {error:?} {error:#?} {} {:?}", error.message(), error.problems());
    write!(text, " {}", serde_json::to_string(error).unwrap()).unwrap();
    let source: &dyn std::error::Error = error;
    write!(text, " {:?}", source.source().map(ToString::to_string)).unwrap();
    assert_secret(&text, place);
}

fn signers() -> impl Iterator<Item = Signer> {
    SCHEMES.into_iter().map(|scheme| Signer::new("access-key", CANARY, scheme).unwrap())
}

#[test]
fn the_canary_is_found_where_it_is() {
    let base64 = base64::engine::general_purpose::URL_SAFE.encode(CANARY);
    for leak in [CANARY.to_owned(), format!("{:?}", CANARY.as_bytes()), format!("{:?}", Some(CANARY)), base64] {
        assert!(leaks(&leak), "{leak}");
    }
    assert_eq!(Secret::from(CANARY).expose(), CANARY.as_bytes());
}

#[test]
fn secret_and_signer_print_no_secret() {
    for secret in [Secret::from(CANARY), Secret::exact(CANARY), Secret::from(CANARY.as_bytes())] {
        assert_secret(&format!("{secret:?} {secret:#?} {:?}", Some(&secret)), "Secret");
    }
    for signer in signers() {
        let text = format!("{signer:?} {signer:#?}");
        assert!(text.contains("access-key"), "the key id may be seen: {text}");
        assert_secret(&text, "Signer");
    }
}

#[test]
fn errors_print_no_secret() {
    let around = [format!(" {CANARY}"), format!("{CANARY}\n"), format!("\t{CANARY}\r\n")];
    for secret in around {
        assert_error_secret(&Signer::new("key", secret, SCHEMES[0]).unwrap_err(), "white space around it");
    }
    // A person who pastes the wrong thing into the key id's field pastes the secret.
    let pasted = [
        format!("key:{CANARY}"),
        format!("{CANARY} key"),
        format!("{CANARY}\n"),
        format!("\0{CANARY}"),
        format!("{CANARY}:"),
    ];
    for key_id in pasted {
        assert_error_secret(&Signer::new(&key_id, "secret", SCHEMES[0]).unwrap_err(), "in the key id's place");
    }
    for signer in signers() {
        let good = Parts { method: "POST", path: "/", content_type: "", date: "now", body: b"{}" };
        for parts in [
            Parts { method: "PO\nST", ..good },
            Parts { path: "/\0", ..good },
            Parts { content_type: "\r", ..good },
            Parts { date: "\u{7f}", ..good },
        ] {
            assert_error_secret(&signer.authorization(&parts).unwrap_err(), "control character");
        }
        assert_error_secret(&signer.write_authorization(&good, &mut [0; 3]).unwrap_err(), "short buffer");
    }
}

/// Requests that are wrong in every way a verifier names.
fn refusals(signer: &Signer) -> Vec<(Vec<(String, String)>, Timestamp)> {
    let date = NOW.http_date().to_string();
    let parts = Parts { method: "POST", path: "/", content_type: "a/b", date: &date, body: b"{}" };
    let value = signer.authorization(&parts).unwrap();
    let undated = signer.authorization(&Parts { date: "", ..parts }).unwrap();
    let misdated = signer.authorization(&Parts { date: "today", ..parts }).unwrap();
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let of = |value: &str, date: &str| {
        vec![header("Authorization", value), header("Date", date), header("Content-Type", "a/b")]
    };
    let swapped = format!("{}9-:{}", &value[..4], &value[value.len() - 28..]);
    vec![
        (vec![], NOW),
        (of("", &date), NOW),
        (of(&value[1..], &date), NOW),
        (of(&value[..value.len() - 1], &date), NOW),
        (of(&value.to_lowercase(), &date), NOW),
        (of(&value.replace(' ', "  "), &date), NOW),
        (of(&swapped, &date), NOW),
        (of(&undated, &date), NOW),
        (of(&undated, ""), NOW),
        (of(&misdated, "today"), NOW),
        (of(&value, "to\nday"), NOW),
        (of(&value, &date), NOW.plus(1000)),
        (of(&value, &date), NOW.plus(-1000)),
        ([of(&value, &date), of(&value, &date)].concat(), NOW),
        (of(&value, &date), NOW),
    ]
}

#[test]
fn verdicts_and_explanations_print_no_secret() {
    let mut kinds = std::collections::BTreeSet::new();
    for signer in signers() {
        for (headers, now) in refusals(&signer) {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
            if let Err(error) = verify(&[&signer], "POST", "/", b"{}", &headers, now, Some(300)) {
                kinds.insert(error.kind().name());
                assert_error_secret(&error, "verify");
            }
            let explained = signer.explain("POST", "/", b"{}", &headers);
            let text = format!("{explained:?} {explained:#?} {}", serde_json::to_string(&explained).unwrap());
            assert_secret(&text, "explain");
        }
        // Mistakes about the secret itself are named without showing it.
        for theirs in [format!("{CANARY}\n"), format!(" {CANARY} ")] {
            let theirs = Signer::new("access-key", Secret::exact(theirs), signer.scheme()).unwrap();
            let parts = Parts { method: "POST", path: "/", content_type: "a/b", date: "today", body: b"{}" };
            let value = theirs.authorization(&parts).unwrap();
            let headers = [("Authorization", &*value), ("Date", "today"), ("Content-Type", "a/b")];
            let explained = signer.explain("POST", "/", b"{}", &headers);
            assert_eq!(explained.matches.as_deref(), Some("secret_with_white_space"));
            assert_secret(&format!("{explained:?}"), "explain");
        }
    }
    let all = ["date_malformed", "date_missing", "in_the_future", "malformed", "mismatch", "too_old", "unknown_key"];
    assert!(kinds.iter().copied().eq(all), "{kinds:?}");
}

/// Senders who mistake the scheme send the secret itself. It must not go on into logs from there.
#[test]
fn a_secret_sent_in_the_header_is_not_repeated() {
    let mut found = Vec::new();
    for signer in signers() {
        let word = signer.scheme().name();
        for presented in [
            CANARY.to_owned(),
            format!("{word} {CANARY}"),
            format!("Bearer {CANARY}"),
            format!("{CANARY} x"),
            format!("{word} access-key:{CANARY}"),
            format!("{word} {CANARY}:{}=", "A".repeat(27)),
            format!("{CANARY}:{}=", "A".repeat(27)),
            format!("{CANARY} access-key:{}=", "A".repeat(27)),
        ] {
            let headers = [("Authorization", &*presented), ("Date", "today"), ("Content-Type", "a/b")];
            let error = signer.verify("POST", "/", b"{}", &headers, NOW, Some(300)).unwrap_err();
            if leaks(&format!("{error:?}")) {
                found.push(format!("verify, given {presented:?}: {error}"));
            }
            let explained = signer.explain("POST", "/", b"{}", &headers);
            if leaks(&format!("{explained:?}")) {
                found.push(format!("explain, given {presented:?}: {}", explained.advice));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn panic_texts_hold_no_secret() {
    let texts = Arc::new(Mutex::new(String::new()));
    let (into, usual) = (Arc::clone(&texts), std::panic::take_hook());
    let this = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() != this {
            return;
        }
        // Poisoned or not: another panic must not hide this one's text.
        let mut text = into.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = writeln!(text, "{info}");
    }));
    let mut caught = 0;
    for signer in signers() {
        let good = Parts { method: "POST", path: "/", content_type: "", date: "now", body: b"{}" };
        let results: [&dyn Fn(); 6] = [
            &|| Err(signer.clone()).unwrap(),
            &|| Ok(signer.clone()).unwrap_err(),
            &|| Err(Secret::from(CANARY)).expect("a secret"),
            &|| drop(Signer::new("key", format!(" {CANARY}"), SCHEMES[0]).unwrap()),
            &|| drop(signer.authorization(&Parts { date: "\n", ..good }).unwrap()),
            &|| signer.verify("POST", "/", b"", &[("Authorization", "SOA x")], NOW, None).unwrap(),
        ];
        for result in results {
            let payload = catch_unwind(AssertUnwindSafe(result)).unwrap_err();
            let said = payload.downcast_ref::<String>().cloned().unwrap_or_default();
            assert_secret(&said, "panic payload");
            caught += 1;
        }
    }
    std::panic::set_hook(usual);
    assert_eq!(caught, 18);
    let texts = texts.lock().unwrap();
    assert!(texts.lines().filter(|line| line.contains("panicked at")).count() >= caught, "{texts}");
    assert_secret(&texts, "panic text");
}

/// Whatever holds a credential, from options to a prepared call, prints none of them.
#[test]
fn accounts_clients_calls_and_webhooks_print_no_secret() {
    use countersign::{Options, sign_customiser, spiff};
    let keys = Options::new().set("access_key", "access-key").set("secret_key", CANARY).set("region", "us");
    let application = Options::new().set("application_key", CANARY).set("region", "us");
    let token = Options::new().set("api_token", CANARY).set("webhook_secret", CANARY).set("integration_secret", CANARY);
    let order = spiff::Order::new("1", true, vec![spiff::OrderItem::transaction(1, "t")]);
    let mut printed = Vec::new();
    for options in [&keys, &application] {
        let account = spiff::Account::new(options).unwrap();
        let owned = account.acting_for(None, Some(CANARY), Some(CANARY)).unwrap();
        let call = owned.prepare_order(&order, NOW).unwrap();
        printed.push(format!("{options:?} {account:?} {owned:?} {call:?} {:?}", call.request()));
        printed.push(format!("{:?} {:?}", call.failed(false), call.failed(true)));
        printed.push(format!("{:?}", spiff::Client::new(options).unwrap()));
    }
    let account = sign_customiser::Account::new(&token).unwrap();
    printed.push(format!("{token:?} {account:?} {:?}", account.prepare_webhook_list(NOW).unwrap()));
    printed.push(format!("{:?}", sign_customiser::Client::new(&token).unwrap()));
    let webhook = sign_customiser::Webhook::of_subscription(&token).unwrap();
    printed.push(format!("{webhook:?} {:?}", sign_customiser::Webhook::of_callback(&token).unwrap()));
    // The secret itself where only its name is due.
    printed.push(format!("{:?}", sign_customiser::Webhook::of_options(&token, CANARY).unwrap_err()));
    let headers = [("x-webhook-timestamp", "1"), ("x-webhook-signature", CANARY)];
    printed.push(format!(
        "{:?} {:?}",
        webhook.verify(&headers, b"{}", NOW).unwrap_err(),
        webhook.explain(&headers, b"{}")
    ));
    let both = Options::new().set("access_key", CANARY).set("secret_key", CANARY).set("application_key", CANARY);
    printed.push(format!("{:?}", spiff::Account::new(&both.set("region", "us")).unwrap_err()));
    let url = Options::new().set("api_token", "t").set("base_url", format!("https://user:{CANARY}@a.example"));
    printed.push(format!("{url:?} {:?}", sign_customiser::Account::new(&url).unwrap_err()));
    let proxied = token.clone().set("proxy", format!("http://user:{CANARY}@127.0.0.1:1"));
    printed.push(format!("{proxied:?} {:?}", sign_customiser::Client::new(&proxied).unwrap()));
    for text in printed {
        assert!(!leaks(&text), "{text}");
    }
}
