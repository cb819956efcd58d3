//! What all commands share: help, version, the table of options, broken pipes, and orders that are never sent.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
use std::io::Read;
use support::{CANARY, Files, Run, countersign, wait};

const ORDER: &str = r#"{"externalId":"1001","paid":true,"orderItems":[{"amountToOrder":2,"transactionId":"t-1"}]}"#;
const BAD_ORDER: &str =
    r#"{"externalId":7,"orderItems":[{"amountToOrder":0,"transactionId":"a"},{"amountToOrder":2.0}],"piad":true}"#;

#[test]
fn every_command_has_help_with_examples_and_without_colour() {
    let help = countersign(["--help"]).run().exits(0);
    for command in ["sign", "verify", "explain", "order", "options"] {
        assert!(help.stdout.contains(&format!("\n  {command} ")), "{command}: {}", help.stdout);
        let ran = countersign([command, "--help"]).run().exits(0);
        assert!(!ran.stdout.contains('\x1b') && ran.stderr.is_empty());
    }
    assert!(help.stdout.contains("3  unknown: the order may have been placed"));
    for command in ["check", "prepare"] {
        assert!(countersign(["order", command, "--help"]).run().exits(0).stdout.contains("Examples:"));
    }
    let version = countersign(["--version"]).run().exits(0).stdout;
    assert_eq!(version, format!("countersign {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_tables_are_printed_in_both_forms() {
    let text = countersign(["options"]).run().exits(0).stdout;
    let json = countersign(["--json", "options"]).run().exits(0).json();
    let options = json["options"].as_array().unwrap();
    assert_eq!(options.len(), countersign::options::OPTIONS.len());
    for option in options {
        assert!(text.contains(option["name"].as_str().unwrap()) && text.contains(option["meaning"].as_str().unwrap()));
    }
    for row in json["environment"].as_array().unwrap() {
        assert!(text.contains(row["name"].as_str().unwrap()));
        assert_eq!(row["file"], format!("{}_FILE", row["name"].as_str().unwrap()));
    }
}

#[test]
fn a_wrong_command_line_is_one_json_object_too() {
    for args in [&["--json"][..], &["--json", "nonsense"], &["sign", "--json"], &["--json", "order", "check"]] {
        let ran = countersign(args).run().exits(2);
        assert_eq!(ran.json()["error"]["kind"], "invalid_argument", "{args:?}");
        assert_eq!(ran.stderr, "");
    }
}

#[test]
fn orders_are_checked_without_credentials() {
    assert_eq!(countersign(["order", "check", "-"]).stdin(ORDER).run().exits(0).stdout, "ok\n");
    let ok = countersign(["order", "check", "-", "--json", "--orders-api", "rest"]).stdin(ORDER).run().exits(0);
    assert_eq!(ok.json(), serde_json::json!({ "ok": true }));
    let ran = countersign(["order", "check", "-"]).stdin(BAD_ORDER).run().exits(1);
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert!(lines[0].starts_with("error: The order has ") && lines[0].ends_with("problems:"), "{ran:?}");
    for path in
        ["  externalId: ", "  paid: ", "  orderItems[0].amountToOrder: ", "  orderItems[1].amountToOrder: ", "  piad: "]
    {
        assert_eq!(lines.iter().filter(|line| line.starts_with(path)).count(), 1, "{path}: {ran:#?}");
    }
    assert!(lines.last().unwrap().starts_with("next: Correct every problem"));
    let json = countersign(["order", "check", "-", "--json"]).stdin(BAD_ORDER).run().exits(1).json();
    assert_eq!(json["error"]["kind"], "invalid_order");
    assert!(json["error"]["problems"].as_array().unwrap().len() >= 5);
    for (order, words) in
        [("", "is empty"), ("{", "not usable JSON"), ("[]", "object"), ("\u{feff}{}", "byte order mark")]
    {
        let ran = countersign(["order", "check", "-"]).stdin(order).run().exits(1);
        assert!(ran.stderr.contains(words), "{order:?}: {ran:?}");
    }
    let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
    assert!(countersign(["order", "check", "-"]).stdin(deep).run().exits(1).stderr.contains("deeper than 64"));
    countersign(["order", "check", "-"]).stdin(b"\xff").run().exits(1);
    let bundle = r#"{"externalId":"1","paid":true,"orderItems":[{"amountToOrder":1,"bundleId":"b"}]}"#;
    countersign(["order", "check", "-"]).stdin(bundle).run().exits(0);
    let ran = countersign(["order", "check", "-", "--orders-api", "rest"]).stdin(bundle).run().exits(1);
    assert!(ran.stderr.contains("GraphQL only"), "{ran:?}");
    countersign(["order", "check", "-", "--orders-api", "soap"]).stdin(ORDER).run().exits(2);
    let files = Files::new();
    let ran = countersign(["order", "check", &files.missing()]).run().exits(1);
    assert!(ran.stderr.contains("The order cannot be read"), "{ran:?}");
    countersign(["order", "check"]).run().exits(2);
}

fn prepare(args: &[&str]) -> Run {
    countersign(["order", "prepare", "-", "--now", "1335185119"].iter().chain(args)).stdin(ORDER)
}

const KEYS: &[(&str, &str)] =
    &[("COUNTERSIGN_SPIFF_ACCESS_KEY", "access-key"), ("COUNTERSIGN_SPIFF_SECRET_KEY", "canary-5f1e")];

#[test]
fn a_prepared_order_is_shown_without_credentials() {
    let ran = prepare(&["--region", "au"]).envs(KEYS).run().exits(0);
    assert!(
        ran.stdout.starts_with("POST https://api.au.spiffcommerce.com/graphql\nAuthorization: (redacted)\n"),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("\nDate: Mon, 23 Apr 2012 12:45:19 GMT\n") && ran.stdout.contains("\n\n{\"query\""));
    let json = prepare(&["--region", "us", "--json", "--orders-api", "rest"]).envs(KEYS).run().exits(0).json();
    assert_eq!(json["url"], "https://api.us.spiffcommerce.com/api/v2/orders");
    assert_eq!(json["headers"]["Authorization"], "(redacted)");
    assert_eq!(json["body"], ORDER);
    let shown = prepare(&["--region", "us", "--json", "--show-secrets"]).envs(KEYS).run().exits(0).json();
    assert!(shown["headers"]["Authorization"].as_str().unwrap().starts_with("SOA access-key:"));
    let key = [("COUNTERSIGN_SPIFF_APPLICATION_KEY", CANARY), ("COUNTERSIGN_SPIFF_REGION", "us")];
    let json = prepare(&["--json"]).envs(&key).run().exits(0).json();
    assert_eq!(json["headers"]["X-Application-Key"], "(redacted)");
    let shown = prepare(&["--json", "--show-secrets"]).envs(&key).may_show_secrets().run().exits(0).json();
    assert_eq!(shown["headers"]["X-Application-Key"], CANARY);
}

#[test]
fn arguments_go_before_the_environment() {
    let env = [("COUNTERSIGN_SPIFF_REGION", "au")];
    let url = |args: &[&str]| prepare(args).envs(KEYS).envs(&env).arg_json();
    assert_eq!(url(&[]), "https://api.au.spiffcommerce.com/graphql");
    assert_eq!(url(&["--region", "us"]), "https://api.us.spiffcommerce.com/graphql");
    assert_eq!(url(&["--base-url", "http://127.0.0.1:9/x"]), "http://127.0.0.1:9/x/graphql");
    assert_eq!(url(&["-o", "region=us"]), "https://api.us.spiffcommerce.com/graphql");
    assert_eq!(url(&["-o", "base_url=https://a"]), "https://a/graphql");
    let both = prepare(&["--region", "us", "--base-url", "https://a"]).envs(KEYS).run().exits(2);
    assert!(both.stderr.contains("cannot be used with"), "{both:?}");
    let both = prepare(&["-o", "region=us", "--base-url", "https://a"]).envs(KEYS).run().exits(1);
    assert!(both.stderr.contains("both set"), "{both:?}");
}

trait ArgJson {
    fn arg_json(self) -> String;
}

impl ArgJson for Run {
    fn arg_json(self) -> String {
        let ran = self.run().exits(0);
        ran.stdout.lines().next().unwrap().trim_start_matches("POST ").to_owned()
    }
}

#[test]
fn options_are_taken_by_name() {
    let ran =
        prepare(&["--region", "us", "-o", "app_info=shop/1", "--option", "partner_id=p-1"]).envs(KEYS).run().exits(0);
    assert!(ran.stdout.contains("shop/1") && ran.stdout.contains("\nPartnerId: p-1\n"), "{ran:?}");
    for (option, words) in [
        ("regoin=us", "Did you mean \"region\"?"),
        ("timeout=soon", "seconds are due"),
        ("timeout", "without `=`"),
        ("secret_key=canary-5f1e", "is a secret"),
        ("application_key=canary-5f1e", "COUNTERSIGN_SPIFF_APPLICATION_KEY"),
        ("canary-5f1e", "without `=`"),
        ("proxy=http://user:canary-5f1e@127.0.0.1:9", "proxy=env"),
    ] {
        let ran = prepare(&["--region", "us", "-o", option]).envs(KEYS).run().exits(2);
        assert!(ran.stderr.contains(words), "{option}: {ran:?}");
        prepare(&["--region", "us", "-o", option, "--json"]).envs(KEYS).run().exits(2).json();
    }
    let ran = prepare(&["--region", "eu"]).envs(KEYS).run().exits(2);
    assert!(ran.stderr.contains("one of \"us\", \"au\""), "{ran:?}");
}

#[test]
fn missing_credentials_and_regions_are_named() {
    // By what a terminal takes: an option that is a secret is none of that.
    for (env, words) in [
        (
            &[][..],
            "set COUNTERSIGN_SPIFF_ACCESS_KEY and COUNTERSIGN_SPIFF_SECRET_KEY, or COUNTERSIGN_SPIFF_APPLICATION_KEY.",
        ),
        (&KEYS[..1], "COUNTERSIGN_SPIFF_ACCESS_KEY is set, but COUNTERSIGN_SPIFF_SECRET_KEY is missing."),
        (&KEYS[1..], "COUNTERSIGN_SPIFF_SECRET_KEY is set, but COUNTERSIGN_SPIFF_ACCESS_KEY is missing."),
        (KEYS, "no --region (or COUNTERSIGN_SPIFF_REGION): set it to \"us\" or \"au\""),
        (&[KEYS[0], KEYS[1], ("COUNTERSIGN_SPIFF_REGION", "eu")], "COUNTERSIGN_SPIFF_REGION is \"eu\""),
    ] {
        let ran = prepare(&[]).envs(env).run().exits(1);
        assert!(ran.stderr.contains(words) && ran.stderr.contains("next: Set what the message names"), "{ran:?}");
        let json = prepare(&["--json"]).envs(env).run().exits(1).json();
        assert!(json["error"]["message"].as_str().unwrap().contains(words), "{json}");
    }
    assert!(prepare(&["--region", "eu"]).envs(KEYS).run().exits(2).stderr.contains("--region is \"eu\""));
    let ran = prepare(&["-o", "access_key=k", "--region", "us"]).run().exits(1);
    assert!(ran.stderr.contains("-o access_key is set, but COUNTERSIGN_SPIFF_SECRET_KEY is missing"), "{ran:?}");
    let ran = prepare(&["--credential", "application-key", "--region", "us"]).envs(KEYS).run().exits(1);
    assert!(ran.stderr.contains("set COUNTERSIGN_SPIFF_APPLICATION_KEY or"), "{ran:?}");
    let signs = ["order", "prepare", "-", "--platform", "sign-customiser"];
    let ran = countersign(signs).stdin("{}").run().exits(1);
    assert!(ran.stderr.contains("set COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN (Dashboard"), "{ran:?}");
    let files = Files::new();
    let secret = files.write("secret", format!("{CANARY}\n"));
    prepare(&["--region", "us"]).envs(&KEYS[..1]).env("COUNTERSIGN_SPIFF_SECRET_KEY_FILE", &secret).run().exits(0);
    let both = prepare(&["--region", "us"]).envs(KEYS).env("COUNTERSIGN_SPIFF_SECRET_KEY_FILE", &secret);
    assert!(both.run().exits(1).stderr.contains("both set"));
    let missing = prepare(&["--region", "us"]).envs(&KEYS[..1]).env("COUNTERSIGN_SPIFF_SECRET_KEY_FILE", CANARY);
    assert!(missing.run().exits(1).stderr.contains("COUNTERSIGN_SPIFF_SECRET_KEY_FILE names a file"));
    let spaced = prepare(&["--region", "us"]).envs(&KEYS[..1]).env("COUNTERSIGN_SPIFF_SECRET_KEY", " canary-5f1e");
    assert!(spaced.run().exits(1).stderr.contains("white space"));
    for url in ["http://api.example", "https://u:canary-5f1e@a", "ftp://a", "https://a/?b"] {
        prepare(&["--base-url", url]).envs(KEYS).run().exits(1);
    }
}

#[cfg(unix)]
#[test]
fn an_environment_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let odd = std::ffi::OsStr::from_bytes(b"\xff");
    let ran = prepare(&["--region", "us"]).envs(&KEYS[..1]).env("COUNTERSIGN_SPIFF_SECRET_KEY", odd).run().exits(1);
    assert!(ran.stderr.contains("COUNTERSIGN_SPIFF_SECRET_KEY is not UTF-8"), "{ran:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for args in [&["options"][..], &["--help"], &["options", "--json"]] {
        let mut child = countersign(args).spawn();
        drop(child.stdout.take());
        let mut stderr = child.stderr.take().unwrap();
        assert_eq!(wait(&mut child), 0, "{args:?}");
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        assert_eq!(text, "");
    }
}

#[test]
fn what_is_missing_is_explained_and_so_is_an_option_that_is_no_argument() {
    for (args, words) in [
        (&["sign"][..], "\n--key-id <KEY_ID>: The access key, which"),
        (&["completions"], "\n<SHELL>: The shell: bash, elvish"),
        // Every way of a group is named.
        (&["verify", "--key-id", "K"], "<--request <FILE>|--method <METHOD>>"),
        (&["explain"], "<--request <FILE>|--method <METHOD>>"),
        (&["explain", "--method", "GET"], "\n--path <PATH>: "),
        (&["webhook", "send", "--url", "http://127.0.0.1:9"], "<--topic <TOPIC>|--data <FILE>>"),
        (&["order", "place", "--access-key", "k", "-"], "`-o access_key=…`, or by COUNTERSIGN_SPIFF_ACCESS_KEY."),
        (
            &["order", "place", "--secret-key", CANARY, "-"],
            "set COUNTERSIGN_SPIFF_SECRET_KEY or COUNTERSIGN_SPIFF_SECRET_KEY_FILE.",
        ),
        (&["order", "place", "--timeout", "5", "-"], "is given as `-o timeout=…`."),
        (&["sign", "--secret-key", CANARY], "Secrets are never taken"),
        (&["settle", "--sent-at", "1704067200", "--wait", "long", "-"], "a whole number is due"),
        (&["settle", "--sent-at", "1704067200", "--wait", "99999999999", "-"], "it is too large"),
        (&["webhook", "get", "x"], "the number of a subscription is due, such as 17"),
        (&["webhook", "delete", "99999999999999999999"], "the number of a subscription is due, such as 17"),
    ] {
        let ran = countersign(args).run().exits(2);
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
        let json = countersign(args.iter().chain(&["--json"])).run().exits(2).json();
        assert!(json["error"]["message"].as_str().unwrap().contains(words.trim()), "{words}: {json}");
    }
}

#[test]
fn a_file_that_cannot_be_meant_is_named() {
    let files = Files::new();
    let (order, empty) = (files.write("order.json", ORDER), files.write("empty", ""));
    let ran = countersign(["sign", "--key-id", "K", "--method", "GET", "--path", "/", "--secret-file", &empty]).run();
    assert!(ran.exits(1).stderr.contains("--secret-file names a file that is empty"));
    let keys = [KEYS[0], KEYS[1], ("COUNTERSIGN_SPIFF_REGION", "us")];
    let ran = countersign(["graphql", "orders", "--input", &order]).envs(&keys).run().exits(1);
    assert!(ran.stderr.contains(&format!("write @{order}")), "{ran:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let out =
        std::process::Command::new(env!("CARGO_BIN_EXE_countersign")).arg("options").stdout(full).output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("could not be written"));
}
