//! Judging received signatures: the order of reasons, the window, headers as they arrive, and several active secrets.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_core::signature::{DEFAULT_WINDOW, verify};
use countersign_core::{BodyDigest, Error, ErrorKind, Parts, Scheme, Signer, Timestamp};

const DATE: &str = "Wed, 01 Jan 2020 00:00:00 GMT";
const NOW: Timestamp = Timestamp::from_unix(1_577_836_800);
const BODY: &[u8] = br#"{"orderItems":[]}"#;
const SOA: Scheme = Scheme::Soa(BodyDigest::Sha512);
const MD5: Scheme = Scheme::Soa(BodyDigest::Md5);

fn signer(key_id: &str, secret: &str, scheme: Scheme) -> Signer {
    Signer::new(key_id, secret, scheme).unwrap()
}

fn signed(signer: &Signer, date: &str) -> String {
    let parts = Parts { method: "POST", path: "/api/v2/orders", content_type: "application/json", date, body: BODY };
    signer.authorization(&parts).unwrap()
}

fn judge(signer: &Signer, headers: &[(&str, &str)], now: Timestamp, window: Option<u32>) -> Result<(), Error> {
    signer.verify("POST", "/api/v2/orders", BODY, headers, now, window)
}

fn kind(result: Result<(), Error>) -> &'static str {
    result.map_or_else(|error| error.kind().name(), |()| "ok")
}

/// Every set of defects at once: the reason given is the first in the documented order.
#[test]
fn reasons_come_in_the_documented_order() {
    let dates = [
        ("ok", Some(DATE)),
        ("date_missing", None),
        ("date_malformed", Some("2020-01-01T00:00:00Z")),
        ("too_old", Some("Tue, 31 Dec 2019 23:54:59 GMT")),
        ("in_the_future", Some("Wed, 01 Jan 2020 00:05:01 GMT")),
    ];
    let ours = signer("key", "secret", SOA);
    let mut tried = 0;
    for malformed in [false, true] {
        for unknown in [false, true] {
            for mismatch in [false, true] {
                for (date_kind, date) in dates {
                    let theirs =
                        signer(if unknown { "another" } else { "key" }, if mismatch { "wrong" } else { "secret" }, SOA);
                    let mut value = signed(&theirs, date.unwrap_or_default());
                    if malformed {
                        value.pop();
                    }
                    let mut headers = vec![("Authorization", &*value), ("Content-Type", "application/json")];
                    headers.extend(date.map(|date| ("Date", date)));
                    let due = if malformed {
                        "malformed"
                    } else if unknown {
                        "unknown_key"
                    } else if mismatch {
                        "mismatch"
                    } else {
                        date_kind
                    };
                    assert_eq!(kind(judge(&ours, &headers, NOW, Some(DEFAULT_WINDOW))), due, "{headers:?}");
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 40);
}

#[test]
fn a_refusal_tells_neither_the_due_signature_nor_an_outcome() {
    let ours = signer("key", "secret", SOA);
    let due = signed(&ours, DATE);
    let wrong = signed(&signer("key", "wrong", SOA), DATE);
    let headers = [("Authorization", &*wrong), ("Date", DATE), ("Content-Type", "application/json")];
    let error = judge(&ours, &headers, NOW, None).unwrap_err();
    let said = format!("{error} {error:?} {}", serde_json::to_string(&error).unwrap());
    assert!(!said.contains(due.rsplit(':').next().unwrap()), "{said}");
    assert!(error.outcome().is_none() && !error.retryable() && error.status().is_none());
}

#[test]
fn the_window_is_closed_at_both_ends() {
    let ours = signer("key", "secret", SOA);
    let value = signed(&ours, DATE);
    let headers = [("Authorization", &*value), ("Date", DATE), ("Content-Type", "application/json")];
    assert_eq!(DEFAULT_WINDOW, 300);
    for (window, age, due) in [
        (Some(300), -301, "in_the_future"),
        (Some(300), -300, "ok"),
        (Some(300), -1, "ok"),
        (Some(300), 0, "ok"),
        (Some(300), 300, "ok"),
        (Some(300), 301, "too_old"),
        (Some(0), 0, "ok"),
        (Some(0), 1, "too_old"),
        (Some(0), -1, "in_the_future"),
        (Some(u32::MAX), 1_500_000_000, "ok"),
        (Some(u32::MAX), i64::MAX, "too_old"),
        (Some(300), i64::MAX, "too_old"),
        (Some(300), i64::MIN, "in_the_future"),
        (None, i64::MAX, "ok"),
        (None, i64::MIN, "ok"),
    ] {
        assert_eq!(kind(judge(&ours, &headers, NOW.plus(age), window)), due, "{window:?} {age}");
    }
}

#[test]
fn a_repeated_header_is_malformed_even_with_the_same_value() {
    let ours = signer("key", "secret", SOA);
    let value = signed(&ours, DATE);
    let good = [("Authorization", &*value), ("Date", DATE), ("Content-Type", "application/json")];
    assert_eq!(kind(judge(&ours, &good, NOW, None)), "ok");
    for (name, value) in good {
        for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
            for at in [0, 3] {
                let mut headers = good.to_vec();
                headers.insert(at, (&name, value));
                assert_eq!(kind(judge(&ours, &headers, NOW, None)), "malformed", "{headers:?}");
            }
        }
    }
    // Those that are not signed may be repeated, and names that only resemble are other headers.
    let mut headers = good.to_vec();
    headers.extend([("Cookie", "a"), ("Cookie", "b"), ("X-Date", "no"), ("Dates", "no"), ("Authorization2", "no")]);
    headers.extend([("Proxy-Authorization", "no"), ("Content-Type-Options", "no"), ("", "")]);
    assert_eq!(kind(judge(&ours, &headers, NOW, None)), "ok");
    headers.reverse();
    assert_eq!(kind(judge(&ours, &headers, NOW, None)), "ok");
}

#[test]
fn missing_headers_have_their_own_reasons() {
    let ours = signer("key", "secret", SOA);
    let value = signed(&ours, DATE);
    let (authorization, date, content_type) =
        (("Authorization", &*value), ("Date", DATE), ("Content-Type", "application/json"));
    for (headers, due) in [
        (vec![], "malformed"),
        (vec![date, content_type], "malformed"),
        // What was signed is not what arrived.
        (vec![authorization, content_type], "mismatch"),
        (vec![authorization, date], "mismatch"),
        (vec![authorization, date, ("Content-Type", "")], "mismatch"),
        (vec![("Authorization", ""), date, content_type], "malformed"),
    ] {
        assert_eq!(kind(judge(&ours, &headers, NOW, Some(300))), due, "{headers:?}");
    }

    // Signed without a date: right as long as nobody asks for the date.
    let value = signed(&ours, "");
    for headers in
        [vec![("Authorization", &*value), content_type], vec![("Authorization", &*value), content_type, ("Date", "")]]
    {
        assert_eq!(kind(judge(&ours, &headers, NOW, Some(300))), "date_missing");
        assert_eq!(kind(judge(&ours, &headers, NOW, None)), "ok");
    }

    // No content type is an empty one.
    let parts = Parts { method: "GET", path: "/", content_type: "", date: DATE, body: b"" };
    let value = ours.authorization(&parts).unwrap();
    for headers in
        [vec![("Authorization", &*value), date], vec![("Authorization", &*value), date, ("Content-Type", "")]]
    {
        assert_eq!(kind(ours.verify("GET", "/", b"", &headers, NOW, Some(300))), "ok");
    }
}

#[test]
fn a_signed_date_in_another_form_is_malformed() {
    let ours = signer("key", "secret", SOA);
    for date in [
        "Wed, 1 Jan 2020 00:00:00 GMT",
        "Wed, 1 Jan 2020 0:0:0 GMT",
        "wed, 01 jan 2020 00:00:00 gmt",
        "Thu, 01 Jan 2020 00:00:00 GMT",
        "Wed, 01 Jan 2020 00:00:00 UTC",
        "Wed, 01 Jan 2020 00:00:00 +0000",
        "Wed, 01 Jan 2020 00:00:00",
        "Wednesday, 01-Jan-20 00:00:00 GMT",
        "Wed Jan  1 00:00:00 2020",
        "Wed, 01 Jan 2020 24:00:00 GMT",
        "Wed, 01 Jan 2020 00:60:00 GMT",
        "Wed, 31 Feb 2020 00:00:00 GMT",
        "Wed, 01 Jan 1969 00:00:00 GMT",
        "2020-01-01T00:00:00Z",
        "1577836800",
        " Wed, 01 Jan 2020 00:00:00 GMT",
        "Wed, 01 Jan 2020 00:00:00 GMT ",
        "Wed, 01 Jan 2020 00:00:00 GMT\u{a0}",
        "now",
        " ",
    ] {
        let value = signed(&ours, date);
        let headers = [("Authorization", &*value), ("Date", date), ("Content-Type", "application/json")];
        assert_eq!(kind(judge(&ours, &headers, NOW, Some(u32::MAX))), "date_malformed", "{date:?}");
        assert_eq!(kind(judge(&ours, &headers, NOW, None)), "ok", "{date:?}");
    }
}

#[test]
fn what_is_not_the_documented_header_is_malformed() {
    let ours = signer("key", "secret", SOA);
    let value = signed(&ours, DATE);
    let signature = value.strip_prefix("SOA key:").unwrap();
    let unpadded = &signature[..27];
    let url_safe = format!("{}-=", &signature[..26]);
    for presented in [
        String::new(),
        " ".to_owned(),
        "SOA".to_owned(),
        "SOA ".to_owned(),
        "SOA key".to_owned(),
        "SOA key:".to_owned(),
        "SOA :".to_owned(),
        format!("SOA :{signature}"),
        format!("SOA key:{unpadded}"),
        format!("SOA key:{signature}="),
        format!("SOA key:{signature} "),
        format!("SOA key: {signature}"),
        format!("SOA key:{unpadded} "),
        format!("SOA key:={unpadded}"),
        format!("SOA key:{url_safe}"),
        format!("SOA key:{}", "é".repeat(14)),
        format!("SOA  key:{signature}"),
        format!(" SOA key:{signature}"),
        format!("SOA\tkey:{signature}"),
        format!("SOA key :{signature}"),
        format!("SOA\u{a0}key:{signature}"),
        format!("soa key:{signature}"),
        format!("Soa key:{signature}"),
        format!("VWS key:{signature}"),
        format!("AWS key:{signature}"),
        format!("Bearer {signature}"),
        format!("key:{signature}"),
        format!("SOA key:{signature}, SOA key:{signature}"),
        format!("SOA key:{signature}\r\nX: y"),
        format!("SOA key:\n{unpadded}"),
        format!("SOA key:another:{signature}"),
    ] {
        let headers = [("Authorization", &*presented), ("Date", DATE), ("Content-Type", "application/json")];
        assert_eq!(kind(judge(&ours, &headers, NOW, Some(300))), "malformed", "{presented:?}");
    }
    for (presented, due) in [
        (format!("SOA Key:{signature}"), "unknown_key"),
        (format!("SOA k:{signature}"), "unknown_key"),
        (format!("SOA keys:{signature}"), "unknown_key"),
        (format!("SOA key:{}=", "A".repeat(27)), "mismatch"),
        (format!("SOA key:{signature}"), "ok"),
    ] {
        let headers = [("Authorization", &*presented), ("Date", DATE), ("Content-Type", "application/json")];
        assert_eq!(kind(judge(&ours, &headers, NOW, Some(300))), due, "{presented:?}");
    }
}

/// Control characters cannot reach the string to sign, where a line feed would make one line look like two.
#[test]
fn control_characters_in_what_arrives_are_malformed() {
    let ours = signer("key", "secret", SOA);
    let value = signed(&ours, DATE);
    for byte in (0..0x20u8).chain([0x7f]) {
        let c = char::from(byte);
        let (date, content_type, path, method) =
            (format!("{DATE}{c}"), format!("application/json{c}"), format!("/api{c}"), format!("POST{c}"));
        let good = [("Authorization", &*value), ("Date", DATE), ("Content-Type", "application/json")];
        let mut bad_date = good;
        bad_date[1].1 = &date;
        let mut bad_type = good;
        bad_type[2].1 = &content_type;
        for result in [
            judge(&ours, &bad_date, NOW, Some(300)),
            judge(&ours, &bad_type, NOW, Some(300)),
            ours.verify("POST", &path, BODY, &good, NOW, Some(300)),
            ours.verify(&method, "/api/v2/orders", BODY, &good, NOW, Some(300)),
        ] {
            assert_eq!(kind(result), "malformed", "{c:?}");
        }
    }
    // The forgery they would allow: the same five lines, cut elsewhere.
    let headers = [("Authorization", &*value), ("Date", ""), ("Content-Type", &*format!("application/json\n{DATE}"))];
    assert_eq!(kind(judge(&ours, &headers, NOW, None)), "malformed");
}

#[test]
fn of_several_signers_the_one_that_signed_is_named() {
    let all = [
        signer("key", "old", SOA),
        signer("key", "new", SOA),
        signer("key", "new", MD5),
        signer("another", "old", SOA),
        signer("key", "old", Scheme::Vws),
        // The same as the second: the first that fits is named.
        signer("key", "new", SOA),
    ];
    let signers: Vec<&Signer> = all.iter().collect();
    for (i, signer) in all.iter().enumerate() {
        let value = signed(signer, DATE);
        let headers = [("Authorization", &*value), ("Date", DATE), ("Content-Type", "application/json")];
        let verify =
            |signers: &[&Signer], now| verify(signers, "POST", "/api/v2/orders", BODY, &headers, now, Some(300));
        assert_eq!(verify(&signers, NOW).unwrap(), if i == 5 { 1 } else { i });
        assert_eq!(verify(&signers, NOW.plus(301)).unwrap_err().kind(), ErrorKind::TooOld);
        assert_eq!(verify(&[], NOW).unwrap_err().kind(), ErrorKind::Malformed);
        assert_eq!(verify(&[signer, signer], NOW).unwrap(), 0);

        // Taken out of the list, it is refused, and by the right reason.
        let rest: Vec<&Signer> = signers.iter().copied().filter(|other| signed(other, DATE) != value).collect();
        let due = match i {
            3 => ErrorKind::UnknownKey,
            4 => ErrorKind::Malformed,
            _ => ErrorKind::Mismatch,
        };
        assert_eq!(verify(&rest, NOW).unwrap_err().kind(), due, "{i}");
    }
}

/// The key id must belong to the secret: another active pair's secret under this key id is no signature.
#[test]
fn secrets_of_other_key_ids_do_not_count() {
    let (a, b) = (signer("a", "secret-a", SOA), signer("b", "secret-b", SOA));
    let crossed = signed(&signer("a", "secret-b", SOA), DATE);
    let headers = [("Authorization", &*crossed), ("Date", DATE), ("Content-Type", "application/json")];
    let error = verify(&[&a, &b], "POST", "/api/v2/orders", BODY, &headers, NOW, None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}
