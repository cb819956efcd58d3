//! `sign`, `verify` and `explain` as a script or a person uses them, against values computed by other implementations.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
use support::{CANARY, Files, Run, countersign};

/// Body B1 of the vectors.
const B1: &str = r#"{"externalId":"external-id","autoPrint":false,"orderItems":[]}"#;
/// Body B2 of the vectors.
const B2: &str = r#"{"orderItems":[{"amountToOrder":1,"transactionId":"e3ac7f3a-a117-46d7-a5f0-232fbc7cfe38"}]}"#;
/// Body b2 of the VWS vectors.
const VWS_B2: &str =
    r#"{"autoPrint":false,"orderItems":[{"amountToOrder":1,"transactionId":"e3ac7f3a-a117-46d7-a5f0-232fbc7cfe38"}]}"#;
const OLD_DATE: &str = "Mon, 23 Apr 2012 12:45:19 GMT";
const NEW_YEAR: &str = "Wed, 01 Jan 2020 00:00:00 GMT";

fn sign(args: &[&str]) -> Run {
    let own = ["sign", "--key-id", "access-key", "--method", "POST", "--path", "/api/v2/orders"];
    countersign(own.iter().chain(args)).env("COUNTERSIGN_SECRET_KEY", "secret-key")
}

#[test]
fn published_and_independent_vectors_are_met() {
    // C3 to C5 (computed with Python's hmac and hashlib): secret `secret-key`, access key `access-key`.
    for (digest, date, body, signature) in [
        ("md5", NEW_YEAR, B1, "l+3RWhEOeByEQzF52W3PWlFpM4k="),
        ("sha512", NEW_YEAR, B1, "bVvHhiG9Z2cASXRm+lcGZbdAfGM="),
        ("sha512", OLD_DATE, B2, "G9OcSRmkvsXvpCkHNS9cUic7Wjg="),
    ] {
        let ran = sign(&["--digest", digest, "--date", date, "--body-file", "-"]).stdin(body).run().exits(0);
        assert_eq!(ran.stdout, format!("SOA access-key:{signature}\n"));
        assert_eq!(ran.stderr, "");
    }
    // V2, made with vws-auth-tools 2024.7.12.
    let files = Files::new();
    let body = files.write("body.json", VWS_B2);
    let args = ["sign", "--key-id", "my_access_key", "--method", "POST", "--path", "/api/v2/orders", "--scheme", "vws"];
    let ran = countersign(args.iter().chain(&["--date", OLD_DATE, "--body-file", &body]))
        .env("COUNTERSIGN_SECRET_KEY", "my_secret_key")
        .run()
        .exits(0);
    assert_eq!(ran.stdout, "VWS my_access_key:Kn6T0ZoMJbiyoJbqyt/jSj0BgDI=\n");
    // V1: no body, no content type.
    let args = ["sign", "--key-id", "my_access_key", "--method", "GET", "--path", "/summary", "--scheme", "VWS"];
    let ran = countersign(args.iter().chain(&["--date", OLD_DATE, "--content-type", ""]))
        .env("COUNTERSIGN_SECRET_KEY", "my_secret_key")
        .run()
        .exits(0);
    assert_eq!(ran.stdout, "VWS my_access_key:ORVnMPH2Pyt+1BlbyP5xRA2D2tM=\n");
}

#[test]
fn every_form_of_output_tells_the_same() {
    let args = ["--date", NEW_YEAR, "--body-file", "-"];
    let run = |more: &[&str]| sign(&[&args[..], more].concat()).stdin(B1).run().exits(0);
    let authorization = "SOA access-key:bVvHhiG9Z2cASXRm+lcGZbdAfGM=";
    // SHA-512 of B1, as the vectors list it.
    let text = format!(
        "POST\n12257fa8f551e30ea9dbbadaa0ddcde5c59074b161e88323ed044091f3343722d82d7d63fca4672cb9284c2d62521957a0cf9a3a8c6f9aa0\
         eaf59b31815a8c9e\napplication/json\n{NEW_YEAR}\n/api/v2/orders"
    );
    assert_eq!(
        run(&["--headers"]).stdout,
        format!("Authorization: {authorization}\nDate: {NEW_YEAR}\nContent-Type: application/json\n")
    );
    assert_eq!(run(&["--string-to-sign"]).stdout, format!("{text}\n"));
    let json = run(&["--json"]).json();
    assert_eq!(
        json,
        serde_json::json!({ "authorization": authorization, "date": NEW_YEAR, "content_type": "application/json",
            "string_to_sign": text })
    );
    // Without a content type there is no header, and null.
    assert_eq!(run(&["--content-type", "", "--json"]).json()["content_type"], serde_json::Value::Null);
    assert!(!run(&["--content-type", "", "--headers"]).stdout.contains("Content-Type"));
}

#[test]
fn options_take_their_next_argument_verbatim() {
    for (args, text) in [
        (&["--date", ""][..], "POST\nD\napplication/json\n\n/api/v2/orders"),
        (&["--date", "-1"], "POST\nD\napplication/json\n-1\n/api/v2/orders"),
        (&["--date", "--json"], "POST\nD\napplication/json\n--json\n/api/v2/orders"),
        (&["--date", "--"], "POST\nD\napplication/json\n--\n/api/v2/orders"),
        (&["--date", "sign"], "POST\nD\napplication/json\nsign\n/api/v2/orders"),
        (&["--date", "-h", "--content-type", "--help"], "POST\nD\n--help\n-h\n/api/v2/orders"),
        (&["--date=", "--content-type="], "POST\nD\n\n\n/api/v2/orders"),
    ] {
        let ran = sign(&[args, &["--string-to-sign"]].concat()).run().exits(0);
        // The digest of no bytes.
        let text = text.replace(
            'D',
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a\
             538327af927da3e",
        );
        assert_eq!(ran.stdout, format!("{text}\n"), "{args:?}");
    }
    let args = ["sign", "--key-id", "-k", "--method", "-", "--path", "-x", "--date", "", "--string-to-sign"];
    let ran = countersign(args).env("COUNTERSIGN_SECRET_KEY", "s").run().exits(0);
    assert!(ran.stdout.starts_with("-\n") && ran.stdout.ends_with("\n-x\n"), "{ran:?}");
    // An option that is not there at all has no next argument to take.
    countersign(["sign", "--key-id", "k", "--method", "GET", "--path"]).run().exits(2);
}

#[test]
fn without_a_date_the_present_moment_is_signed() {
    let json = sign(&["--json"]).run().exits(0).json();
    let date = countersign::Timestamp::from_http_date(json["date"].as_str().unwrap()).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(date.unix().unsigned_abs().abs_diff(now) < 60);
    assert!(json["string_to_sign"].as_str().unwrap().contains(json["date"].as_str().unwrap()));
}

/// A signature without the date that it was made for is of no use, and a script takes standard output as the value.
#[test]
fn the_date_that_was_chosen_is_shown_beside_the_value() {
    let ran = sign(&[]).run().exits(0);
    let date = ran.stderr.strip_prefix("It holds for this header alone: Date: ").unwrap().strip_suffix('\n').unwrap();
    assert!(countersign::Timestamp::from_http_date(date).is_some(), "{ran:?}");
    // The value alone on its line, and made for this very date.
    assert_eq!(ran.stdout, sign(&["--date", date]).run().exits(0).stdout);
    assert_eq!(ran.stdout.lines().count(), 1, "{ran:?}");
    assert!(ran.stdout.starts_with("SOA access-key:") && !ran.stdout.contains("Date"), "{ran:?}");
    let ran = sign(&["--headers"]).run().exits(0);
    let names: Vec<_> = ran.stdout.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!((names, ran.stderr.as_str()), (vec!["Authorization", "Date", "Content-Type"], ""));
    // What was given needs not be told.
    assert_eq!(sign(&["--date", NEW_YEAR]).run().exits(0).stderr, "");
}

#[test]
fn secrets_come_from_the_environment_or_a_file() {
    let files = Files::new();
    let expected = "SOA access-key:bVvHhiG9Z2cASXRm+lcGZbdAfGM=\n";
    let args = ["sign", "--key-id", "access-key", "--method", "POST", "--path", "/api/v2/orders", "--date", NEW_YEAR];
    let body = files.write("body", B1);
    let run = |more: &[&str]| countersign(args.iter().chain(&["--body-file", &body]).chain(more));
    for content in ["secret-key", "secret-key\n", "secret-key\r\n"] {
        let secret = files.write("secret", content);
        assert_eq!(run(&["--secret-file", &secret]).run().exits(0).stdout, expected);
        assert_eq!(run(&[]).env("COUNTERSIGN_SECRET_KEY_FILE", &secret).run().exits(0).stdout, expected);
        assert_eq!(run(&["--secret-file", "-"]).stdin(content).run().exits(0).stdout, expected);
        // The argument goes before the environment.
        let both = run(&["--secret-file", &secret]).env("COUNTERSIGN_SECRET_KEY", CANARY);
        assert_eq!(both.run().exits(0).stdout, expected);
    }
    // One line end is dropped, not two, and no space: that would be another secret.
    for content in ["secret-key\n\n", "secret-key ", " secret-key", "secret-key\r"] {
        let secret = files.write("secret", content);
        let ran = run(&["--secret-file", &secret]).run().exits(1);
        assert!(ran.stderr.contains("white space") && ran.stdout.is_empty(), "{ran:?}");
        let exact = run(&["--secret-file", &secret, "--exact-secret"]).run().exits(0);
        assert_ne!(exact.stdout, expected);
    }
    let secret = files.write("secret", "");
    assert!(run(&["--secret-file", &secret]).run().exits(1).stderr.contains("is empty"));
}

#[test]
fn a_secret_that_is_missing_or_doubled_is_named() {
    let files = Files::new();
    let secret = files.write("secret", CANARY);
    let args = ["sign", "--key-id", "k", "--method", "GET", "--path", "/"];
    let ran = countersign(args).run().exits(1);
    let ways = "COUNTERSIGN_SECRET_KEY or COUNTERSIGN_SECRET_KEY_FILE, or give --secret-file";
    assert!(ran.stderr.contains(ways), "{ran:?}");
    assert!(ran.stderr.contains("\nnext: "), "{ran:?}");
    let ran = countersign(args).env("COUNTERSIGN_SECRET_KEY", "").run().exits(1);
    assert!(ran.stderr.contains("There is no secret key"), "{ran:?}");
    let both = countersign(args).env("COUNTERSIGN_SECRET_KEY", CANARY).env("COUNTERSIGN_SECRET_KEY_FILE", &secret);
    assert!(both.run().exits(1).stderr.contains("both set"));
    // A file that is not there: people put the secret itself in its place, so the name is not repeated.
    let ran = countersign(args).env("COUNTERSIGN_SECRET_KEY_FILE", CANARY).run().exits(1);
    assert!(ran.stderr.contains("COUNTERSIGN_SECRET_KEY_FILE names a file that cannot be read"), "{ran:?}");
    let ran = countersign(args.iter().chain(&["--secret-file", CANARY, "--json"])).run().exits(1);
    assert_eq!(ran.json()["error"]["kind"], "configuration");
}

#[test]
fn secrets_are_no_arguments() {
    for name in ["--secret-key", "--secret", "--application-key", "--api-token"] {
        for args in [vec![name.to_owned(), CANARY.to_owned()], vec![format!("{name}={CANARY}")]] {
            let ran = countersign(["sign".to_owned()].into_iter().chain(args.clone())).run().exits(2);
            assert!(ran.stderr.contains("never taken from the command line"), "{ran:?}");
            let ran = countersign(["sign".to_owned(), "--json".to_owned()].into_iter().chain(args)).run().exits(2);
            assert_eq!(ran.json()["error"]["kind"], "invalid_argument");
        }
    }
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let files = Files::new();
    for (args, code, words) in [
        (vec!["--scheme", "aws"], 2, "use \"SOA\" or \"VWS\""),
        (vec!["--digest", "sha1"], 2, "use \"sha512\" or \"md5\""),
        (vec!["--scheme", "vws", "--digest", "sha512"], 2, "VWS signs with MD5 alone"),
        (vec!["--headers", "--string-to-sign"], 2, "cannot be used with"),
        (vec!["--date", "a\nb"], 1, "control character (U+000A)"),
        (vec!["--content-type", "a\r"], 1, "control character (U+000D)"),
        (vec!["--colour"], 2, "unexpected argument"),
    ] {
        let ran = sign(&args).run().exits(code);
        assert!(ran.stderr.contains(words) && ran.stdout.is_empty(), "{args:?}: {ran:?}");
    }
    for key_id in ["", "a b", "a:b", "a\tb"] {
        let args = ["sign", "--key-id", key_id, "--method", "GET", "--path", "/"];
        let ran = countersign(args).env("COUNTERSIGN_SECRET_KEY", CANARY).run().exits(1);
        assert!(ran.stderr.contains("key id"), "{ran:?}");
    }
    for (path, words) in
        [(files.missing(), "No such file"), (files.directory(), "directory"), (String::new(), "No such")]
    {
        let ran = sign(&["--body-file", &path]).run().exits(1);
        assert!(ran.stderr.contains("The body cannot be read") && ran.stderr.contains(words), "{ran:?}");
        let ran = sign(&["--body-file", &path, "--json"]).run().exits(1);
        assert_eq!(ran.json()["error"]["kind"], "invalid_argument");
        assert_eq!(ran.stderr, "");
    }
    let ran = countersign([
        "sign",
        "--key-id",
        "k",
        "--method",
        "GET",
        "--path",
        "/",
        "--body-file",
        "-",
        "--secret-file",
        "-",
    ]);
    assert!(ran.stdin("s").run().exits(1).stderr.contains("read already"));
    countersign(["sign"]).run().exits(2);
    countersign([""; 0]).run().exits(2);
    countersign(["singn"]).run().exits(2);
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_are_signed_or_refused() {
    use std::os::unix::ffi::OsStrExt;
    let odd = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    // A body and a secret are bytes.
    let ran = sign(&["--body-file", "-", "--date", NEW_YEAR]).stdin(b"\xff\0\n").env("COUNTERSIGN_SECRET_KEY", odd);
    assert_eq!(ran.run().exits(0).stdout.len(), "SOA access-key:".len() + 29);
    // A path is text.
    let args = ["sign", "--key-id", "k", "--method", "GET", "--path"].map(std::ffi::OsStr::new);
    countersign(args.iter().chain([&odd])).env("COUNTERSIGN_SECRET_KEY", "s").run().exits(2);
}

fn verify(args: &[&str]) -> Run {
    countersign(["verify", "--key-id", "access-key"].iter().chain(args)).env("COUNTERSIGN_SECRET_KEY", "secret-key")
}

/// C5 as it travels.
fn c5(line_end: &str) -> String {
    let head = [
        "POST /api/v2/orders HTTP/1.1",
        "Host: api.us.spiffcommerce.com",
        "authorization: SOA access-key:G9OcSRmkvsXvpCkHNS9cUic7Wjg=",
        "DATE: Mon, 23 Apr 2012 12:45:19 GMT",
        "Content-Type: application/json",
        "",
        "",
    ];
    head.join(line_end) + B2
}

#[test]
fn a_signature_is_judged() {
    let now = "1335185119";
    for end in ["\n", "\r\n"] {
        let ran = verify(&["--request", "-", "--now", now]).stdin(c5(end)).run().exits(0);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("ok\n", ""));
    }
    let json = verify(&["--request", "-", "--now", now, "--json"]).stdin(c5("\n")).run().exits(0).json();
    assert_eq!(json, serde_json::json!({ "ok": true, "key_id": "access-key" }));
    // The query is no part of a signed path.
    let with_query = c5("\n").replace("/api/v2/orders HTTP", "/api/v2/orders?a=b HTTP");
    verify(&["--request", "-", "--now", now]).stdin(with_query).run().exits(0);

    let headers = ["Authorization: SOA access-key:G9OcSRmkvsXvpCkHNS9cUic7Wjg=", "Date: Mon, 23 Apr 2012 12:45:19 GMT"];
    let parts =
        ["--method", "POST", "--path", "/api/v2/orders", "--body-file", "-", "--header", headers[0], "--header"];
    let typed = ["--header", "content-type:application/json"];
    let ran = verify(&[&parts[..], &[headers[1]], &typed, &["--window", "none"]].concat()).stdin(B2).run().exits(0);
    assert_eq!(ran.stdout, "ok\n");

    for (args, request, kind) in [
        (vec!["--now", now], c5("\n") + "\n", "mismatch"),
        (vec!["--now", now], c5("\n").replace("POST", "PUT"), "mismatch"),
        (vec!["--now", now], c5("\n").replace("access-key:", "another:"), "unknown_key"),
        (vec!["--now", now], c5("\n").replace("SOA ", "soa "), "malformed"),
        (vec!["--now", now], c5("\n").replace("authorization:", "date:"), "malformed"),
        (vec!["--now", now, "--digest", "md5"], c5("\n"), "mismatch"),
        (vec![], c5("\n"), "too_old"),
        (vec!["--now", "1335185420"], c5("\n"), "too_old"),
        (vec!["--now", "1335184818"], c5("\n"), "in_the_future"),
        (vec!["--now", "1335185120", "--window", "0"], c5("\n"), "too_old"),
    ] {
        let ran = verify(&[&["--request", "-"][..], &args].concat()).stdin(&request).run().exits(1);
        assert_eq!(ran.stdout, format!("{kind}\n"), "{ran:?}");
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("\nnext: "), "{ran:?}");
        let json = verify(&[&["--request", "-", "--json"][..], &args].concat()).stdin(&request).run().exits(1);
        assert_eq!(json.json()["error"]["kind"], kind);
        // At a terminal nobody calls a function.
        let named = matches!(kind, "mismatch" | "malformed");
        for text in [&ran.stderr, &json.stdout] {
            assert_eq!((text.contains("`countersign explain`"), text.contains("()")), (named, false), "{text}");
        }
    }
    let dated = countersign(["verify", "--key-id", "k", "--request", "-"]).env("COUNTERSIGN_SECRET_KEY", CANARY);
    let ran = dated.stdin("GET / HTTP/1.1\nAuthorization: SOA k:AAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n").run().exits(1);
    assert_eq!(ran.stdout, "mismatch\n");
    for bad in [&["--window", "x"][..], &["--window", "-1"], &["--now", "soon"], &["--method", "GET"]] {
        verify(&[&["--request", "-"][..], bad].concat()).stdin(c5("\n")).run().exits(2);
    }
    for (part, ways) in [
        (&["--method", "GET"][..], "--path"),
        (&["--path", "/"], "<--request <FILE>|--method <METHOD>>"),
        (&[], "<--request"),
    ] {
        let ran = verify(part).run().exits(2);
        assert!(ran.stderr.contains(ways), "{ran:?}");
    }
    let ran =
        verify(&["--method", "GET", "--path", "/", "--header", &format!("Authorization {CANARY}")]).run().exits(2);
    assert!(ran.stderr.contains("--header number 1 has no colon"), "{ran:?}");
}

#[test]
fn a_request_that_cannot_be_read_says_where() {
    for command in [&["verify", "--key-id", "k"][..], &["explain"]] {
        for (request, words) in [
            (&b"POST / HTTP/1.1\nHost: x\n"[..], "no blank line"),
            (b"POST / HTTP/1.1\nHost\n\n", "Line 2 of the request has no colon"),
            (b"POST / HTTP/1.1\nA: b\n{\"a\":1}\n\n", "Line 3"),
            (b"\xff\n\n", "Line 1 of the request is not UTF-8"),
            (b"", "no blank line"),
        ] {
            let run = countersign(command.iter().chain(&["--request", "-"])).env("COUNTERSIGN_SECRET_KEY", CANARY);
            let ran = run.stdin(request).run().exits(1);
            assert!(ran.stderr.contains(words), "{ran:?}");
        }
        let run = countersign(command.iter().chain(&["--request", "/nowhere"])).env("COUNTERSIGN_SECRET_KEY", CANARY);
        assert!(run.run().exits(1).stderr.contains("The request cannot be read from \"/nowhere\""));
    }
}

fn explain(args: &[&str]) -> Run {
    countersign(["explain", "--request", "-"].iter().chain(args)).env("COUNTERSIGN_SECRET_KEY", "secret-key")
}

#[test]
fn a_refusal_is_explained() {
    let ran = explain(&[]).stdin(c5("\r\n")).run().exits(0);
    assert!(ran.stdout.starts_with("matches: as_sent\n"), "{ran:?}");
    // C3: signed with MD5 where SHA-512 is due.
    let c3 = format!(
        "POST /api/v2/orders HTTP/1.1\nAuthorization: SOA access-key:l+3RWhEOeByEQzF52W3PWlFpM4k=\nDate: {NEW_YEAR}\n\
         Content-Type: application/json\n\n{B1}"
    );
    let json = explain(&["--json"]).stdin(&c3).run().exits(0).json();
    assert_eq!(json["matches"], "other_digest");
    assert!(json["ours"].as_str().unwrap().contains("12257fa8f551e30ea9db"));
    // MD5 of B1, as the vectors list it.
    assert!(json["presented"].as_str().unwrap().contains("\nf4490496596dde91d8b43f51a7091c51\n"));
    assert_eq!(explain(&["--json", "--digest", "md5"]).stdin(&c3).run().exits(0).json()["matches"], "as_sent");
    let parts = ["explain", "--method", "POST", "--path", "/api/v2/orders", "--body-file", "-"];
    let headers = ["Authorization: SOA  access-key:l+3RWhEOeByEQzF52W3PWlFpM4k", "Content-Type: application/json"];
    let date = format!("Date: {NEW_YEAR}");
    let more = ["--header", headers[0], "--header", headers[1], "--header", &date, "--digest", "md5", "--json"];
    let run = countersign(parts.iter().chain(&more)).env("COUNTERSIGN_SECRET_KEY", "secret-key").stdin(B1);
    assert_eq!(run.run().exits(0).json()["matches"], "two_spaces_after_scheme+unpadded_signature");
    // An editor's line end is found, and noticed.
    let saved = c5("\n").replace("Host:", &format!("Content-Length: {}\nHost:", B2.len())) + "\n";
    let ran = explain(&[]).stdin(saved).run().exits(0);
    assert!(ran.stdout.contains("matches: body_") && ran.stdout.contains("note: Content-Length"), "{ran:?}");
    // V2 with its scheme taken from the header.
    let vws = format!(
        "POST /api/v2/orders HTTP/1.1\nAuthorization: VWS my_access_key:Kn6T0ZoMJbiyoJbqyt/jSj0BgDI=\nDate: {OLD_DATE}\n\
         Content-Type: application/json; charset=utf-8\n\n{VWS_B2}"
    );
    let run = explain(&["--json"]).env("COUNTERSIGN_SECRET_KEY", "my_secret_key").stdin(vws);
    assert_eq!(run.run().exits(0).json()["matches"], "as_sent");
}

#[test]
fn what_cannot_be_explained_exits_with_one() {
    let run = explain(&["--json"]).env("COUNTERSIGN_SECRET_KEY", CANARY).stdin(c5("\n"));
    let json = run.run().exits(1).json();
    assert_eq!(json["matches"], serde_json::Value::Null);
    assert!(json["advice"].as_str().unwrap().contains("the secret is another one"));
    let ran = explain(&[]).env("COUNTERSIGN_SECRET_KEY", CANARY).stdin(c5("\n")).run().exits(1);
    assert!(ran.stdout.starts_with("matches: nothing\n"), "{ran:?}");
    let ran = explain(&[]).stdin("GET / HTTP/1.1\n\n").run().exits(1);
    assert!(ran.stdout.contains("There is no Authorization header"), "{ran:?}");
    let ran = explain(&[]).stdin("GET / HTTP/1.1\nAuthorization: SOA a b:c\n\n").run().exits(1);
    assert!(ran.stderr.contains("Give --key-id"), "{ran:?}");
    explain(&["--key-id", "access-key"]).stdin("GET / HTTP/1.1\nAuthorization: SOA a b:c\n\n").run().exits(1);
    explain(&["--scheme", "vws", "--digest", "sha512"]).stdin(c5("\n")).run().exits(2);
}

#[test]
fn both_strings_stand_side_by_side_or_one_under_the_other() {
    let request = c5("\n").replace("application/json", "application/json; charset=utf-8");
    let show = |columns: &str| explain(&[]).env("COLUMNS", columns).stdin(&request).run().exits(0).stdout;
    let wide = show("200");
    assert!(wide.contains("matches: content_type_without_parameters"));
    let line = wide.lines().find(|line| line.contains("content type  ")).unwrap();
    assert!(line.starts_with("≠ ") && line.contains("charset=utf-8") && line.contains("│ application/json"), "{wide}");
    let same = wide.lines().find(|line| line.contains("method  ")).unwrap();
    assert!(same.starts_with("  method") && same.matches("POST").count() == 2, "{wide}");
    for columns in ["80", "100", "200"] {
        let text = show(columns);
        assert!(text.contains(" │ "), "{text}");
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= columns.parse().unwrap(), "{widest} {text}");
    }
    let narrow = show("60");
    assert!(!narrow.contains('│') && narrow.contains("as received") && narrow.contains("as signed by the sender"));
    assert!(narrow.contains("≠ content type  application/json; charset=utf-8\n"), "{narrow}");
    assert!(!narrow.contains('\x1b') && !wide.contains('\x1b'));
}

#[test]
fn a_request_cannot_write_to_the_terminal_on_its_own() {
    let request = c5("\n").replace("/api/v2/orders HTTP", "/\x1b[2J\u{9b}\u{202e}x HTTP");
    let ran = explain(&[]).stdin(request).run().exits(1);
    assert!(ran.stdout.contains("\\u{1b}[2J\\u{9b}\\u{202e}x"), "{ran:?}");
    assert!(!ran.stdout.contains(['\x1b', '\u{9b}', '\u{202e}']));
}
