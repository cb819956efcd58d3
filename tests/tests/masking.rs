//! A platform, a proxy and a path can repeat what a call authenticates with. It is planted in every place they can write
//! to, in every form they can give it, and must not be in anything that the library says afterwards.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign::{Attempt, Error, ErrorKind, Options, Platform};
use rcgen::string::Ia5String;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

const SECRET: &str = "s3cr3t/key+Of9a1f7c";
const APPLICATION: &str = "appkey-71c5e2/Zq+d";
const QUOTED: &str = "appkey-93d1f7\"Zq+d";
const TOKEN: &str = "tok3n|b8d2f0a94c61";
const OWNER: &str = "0wn3r-5d1e77-transaction";
const PASSWORD: &str = "pr0xy-p4ss-c0ffee";

fn head_of(stream: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A server that answers each connection with what `reply` makes of the request's head.
fn server(reply: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    answering(false, reply)
}

/// The same; one that lets requests `through` is a proxy, and answers what passes in the platform's place.
fn answering(through: bool, reply: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = head_of(&mut stream);
            if head.starts_with("CONNECT ") && through {
                _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
                head = head_of(&mut stream);
            }
            let length = head
                .to_lowercase()
                .split("content-length: ")
                .nth(1)
                .map_or(0, |rest| rest.split("\r\n").next().unwrap_or_default().parse().unwrap_or(0));
            let mut body = vec![0; length];
            _ = stream.read_exact(&mut body);
            _ = stream.write_all(&reply(&head));
        }
    });
    format!("http://{address}")
}

/// The forms in which a text can hold a credential.
fn forms(credential: &str) -> Vec<String> {
    let bytes = credential.as_bytes();
    let encoded = |hex: fn(u8) -> String| bytes.iter().map(|byte| format!("%{}", hex(*byte))).collect::<String>();
    let percent = bytes.iter().map(|byte| match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' => char::from(*byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    let percent: String = percent.collect();
    vec![
        credential.to_owned(),
        format!("Bearer {credential}"),
        STANDARD.encode(credential),
        URL_SAFE_NO_PAD.encode(credential),
        STANDARD.encode(format!("user:{credential}")),
        STANDARD.encode(format!("xy{credential}zz")),
        percent.to_lowercase(),
        percent,
        encoded(|byte| format!("{byte:02X}")),
        encoded(|byte| format!("{byte:02x}")),
        bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    ]
}

/// The replies in which `words` stand in every place that a platform can write to.
fn replies(words: &str) -> Vec<Vec<u8>> {
    let json = serde_json::Value::from(words).to_string();
    let escaped: String = words.chars().map(|c| format!("\\u{:04x}", c as u32)).collect();
    let whole = |status: &str, header: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\n{header}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
            .into_bytes()
    };
    let long = "x".repeat(300 - words.len() / 2);
    let far = "x".repeat(500 - words.len() / 2);
    let mut replies = vec![
        whole(&format!("200 {words}"), "", "{"),
        whole(&format!("401 {words}"), "", "{}"),
        format!("HTTP/1.1 {words}\r\n\r\n").into_bytes(),
        format!("{words}\r\n\r\n").into_bytes(),
        format!("HTTP/1.1 200 OK\r\nContent-Length: {words}\r\n\r\n").into_bytes(),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{words}\r\n").into_bytes(),
    ];
    for status in
        ["200 OK", "302 Found", "401 Unauthorized", "403 Forbidden", "422 No", "429 Slow", "500 No", "418 Tea"]
    {
        for header in ["X-Request-Id", "Location", "Content-Type", "Retry-After", "Date", "Server", "CF-Ray"] {
            replies.push(whole(status, &format!("{header}: {words}\r\n"), "{}"));
        }
        replies.push(whole(status, &format!("Location: https://{words}@x.example/{words}?a={words}\r\n"), "{}"));
        for body in [
            format!("<html>{words}"),
            words.to_owned(),
            json.clone(),
            format!("{{\"message\":{json}}}"),
            format!("{{\"message\":\"{escaped}\"}}"),
            format!("{{\"message\":\"{long}{words}\"}}"),
            format!("{{\"errors\":[{{\"message\":{json}}}]}}"),
            format!("{{\"errors\":[{{\"message\":\"{escaped}\"}}]}}"),
            format!("{{\"errors\":[{{\"message\":\"{far}{words}\"}}]}}"),
            format!("{{\"errors\":[{{\"message\":\"{long}{words}\"}}]}}"),
            format!(
                "{{\"errors\":[{{\"message\":\"x\",\"path\":[{json},0,{json}],\"extensions\":{{\"code\":{json}}}}}]}}"
            ),
            format!("{{\"errors\":[{json}]}}"),
            format!("{{\"errors\":{json}}}"),
            format!("{{\"errors\":{{{json}:[{json}]}},\"message\":{json}}}"),
            format!("{{\"data\":null,\"errors\":[{{\"message\":{{\"a\":{json}}}}}]}}"),
            format!("{{\"data\":{{\"orderCreate\":{{\"id\":{json},\"externalId\":{json}}}}}}}"),
            format!("{{\"data\":{{\"orderCreate\":{json}}}}}"),
            format!("{{\"data\":{json}}}"),
            format!("{{{json}:1,\"data\":{{{json}:2}}}}"),
            format!("{{\"order\":{{\"order_id\":1,\"external_id\":{json}}}}}"),
            format!("{{\"order\":{json}}}"),
        ] {
            replies.push(whole(status, "Content-Type: application/json\r\n", &body));
        }
    }
    replies
}

fn said(error: &Error) -> String {
    let attempts: &[Attempt] = error.attempts();
    format!(
        "{error} {error:?} {error:#?} {:?} {attempts:?} {:?} {}",
        error.problems(),
        error.request_id(),
        serde_json::to_string(error).unwrap()
    )
}

/// Whether a text holds a credential, or the greater part of one.
fn leaks(text: &str, credential: &str) -> bool {
    let lower = text.to_lowercase();
    let mut parts = forms(credential);
    parts.push(credential[..credential.len() / 2].to_owned());
    parts.push(credential.chars().filter(|c| c.is_ascii_alphanumeric()).collect());
    parts.iter().any(|part| lower.contains(&part.to_lowercase()))
}

fn check(platform: &str, options: &Options, credentials: &[&str], operation: (&str, &[u8])) {
    let next = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::new(Mutex::new(String::new()));
    let (copy, heads) = (Arc::clone(&next), Arc::clone(&seen));
    let address = server(move |head| {
        *heads.lock().unwrap() = head.to_owned();
        copy.lock().unwrap().clone()
    });
    let client = Platform::new(platform, &options.clone().set("base_url", &*address)).unwrap();
    let (mut found, mut errors) = (Vec::new(), 0);
    for credential in credentials {
        for (at, form) in forms(credential).iter().enumerate() {
            for (number, reply) in replies(form).into_iter().enumerate().filter(|(n, _)| at < 3 || n % 7 == at % 7) {
                (*next.lock().unwrap()).clone_from(&reply);
                let text = match client.run(operation.0, operation.1) {
                    Ok(answer) => format!("{:?}", answer.attempts),
                    Err(error) => {
                        assert_eq!(error.attempts().len(), 1, "it was never sent: {error}");
                        errors += 1;
                        said(&error)
                    }
                };
                if leaks(&text, credential) {
                    found.push(format!("{number} {form}: {}\n  -> {text}", String::from_utf8_lossy(&reply)));
                }
            }
        }
    }
    assert!(errors > 100, "{errors}");
    assert!(found.is_empty(), "{platform}: {} leaks\n{}", found.len(), found[..found.len().min(5)].join("\n"));
}

const ORDER: &[u8] = br#"{"externalId":"1","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"t"}]}"#;

#[test]
fn what_spiff_repeats_is_masked() {
    let keys = Options::new().set("access_key", "key").set("secret_key", SECRET).set("transaction_owner_id", OWNER);
    check("spiff", &keys, &[SECRET, OWNER], ("place_order", ORDER));
    let application = Options::new().set("application_key", APPLICATION).set("read_retries", "0");
    check("spiff", &application, &[APPLICATION], ("transactions", br#"{"ids":["a"]}"#));
}

#[test]
fn what_sign_customiser_repeats_is_masked() {
    let token = Options::new().set("api_token", TOKEN).set("webhook_secret", SECRET).set("read_retries", "0");
    check("sign_customiser", &token, &[TOKEN, SECRET], ("webhooks_list", b"{}"));
    let order = br#"{"external_id":"1","external_order_number":"1","currency":"USD","integration_id":1,
        "products":[{"external_id":"p","quantity":1,"price":1}]}"#;
    check("sign_customiser", &token, &[TOKEN], ("place_order", order));
}

/// The signature of this very call, which only the request shows.
#[test]
fn the_authorization_of_the_call_is_masked() {
    for body in ["{\"message\":\"AUTH\"}", "{\"errors\":[{\"message\":\"you sent AUTH\"}]}", "<AUTH>", "AUTH"] {
        let sent = Arc::new(Mutex::new(String::new()));
        let copy = Arc::clone(&sent);
        let address = server(move |head| {
            let value = head.split("Authorization: ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
            let body = body.replace("AUTH", &value);
            let signature = value.split(':').nth(1).unwrap().to_owned();
            let reply = format!(
                "HTTP/1.1 401 {value}\r\nX-Request-Id: {signature}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            *copy.lock().unwrap() = signature;
            reply.into_bytes()
        });
        let options = Options::new().set("access_key", "key").set("secret_key", SECRET).set("base_url", &*address);
        let error = Platform::new("spiff", &options).unwrap().run("place_order", ORDER).unwrap_err();
        let signature = sent.lock().unwrap().clone();
        assert!(signature.len() == 28 && !said(&error).contains(&signature[..20]), "{}", said(&error));
    }
}

/// A proxy is given other credentials than the platform; but whoever inspects what passes may know both.
#[test]
fn what_a_proxy_repeats_is_masked() {
    let basic = STANDARD.encode(format!("user:{PASSWORD}"));
    let mut all = vec![PASSWORD.to_owned(), basic.clone(), format!("Basic {basic}")];
    all.extend(forms(TOKEN).into_iter().chain(forms(SECRET)));
    for words in all {
        for status in ["407 Who", "502 Bad", "200 OK", "", "200"] {
            let words = words.clone();
            let status = status.to_owned();
            let address = server(move |_| {
                let body = format!("{{\"message\":\"{words}\"}}");
                format!(
                    "HTTP/1.1 {status} {words}\r\nX-Request-Id: {words}\r\nProxy-Authenticate: {words}\r\nLocation: {words}\r\n\
                     Content-Length: {}\r\n\r\n{body}",
                    body.len()
                )
                .into_bytes()
            });
            let proxy = address.replace("http://", &format!("http://user:{PASSWORD}@"));
            let options = Options::new().set("api_token", TOKEN).set("webhook_secret", SECRET);
            let options = options.set("proxy", proxy).set("read_retries", "0");
            for base in ["http://127.0.0.1:9", "https://127.0.0.1:9"] {
                let options = options.clone().set("base_url", base);
                let error =
                    Platform::new("sign_customiser", &options).unwrap().run("webhooks_list", b"{}").unwrap_err();
                let text = said(&error);
                assert_eq!(error.attempts().len(), 1, "it was never sent: {error}");
                let leaked = [PASSWORD, TOKEN, SECRET].iter().any(|credential| leaks(&text, credential));
                assert!(!leaked && !text.contains(&*basic), "{text}");
            }
        }
    }
}

/// A proxy can answer a plain request in the platform's place, and knows then what both were given.
#[test]
fn what_a_proxy_answers_for_the_platform_is_masked() {
    let basic = STANDARD.encode(format!("user:{PASSWORD}"));
    for words in [PASSWORD, &basic, TOKEN, &format!("user:{PASSWORD}")] {
        for reply in replies(words).into_iter().step_by(3) {
            let proxy = answering(true, move |_| reply.clone()).replace("http://", &format!("http://user:{PASSWORD}@"));
            let options = Options::new().set("api_token", TOKEN).set("proxy", proxy).set("read_retries", "0");
            let client = Platform::new("sign_customiser", &options.set("base_url", "http://127.0.0.1:9")).unwrap();
            let text = match client.run("webhooks_list", b"{}") {
                Ok(answer) => format!("{:?}", answer.attempts),
                Err(error) => {
                    assert_eq!(error.attempts().len(), 1, "it was never sent: {error}");
                    said(&error)
                }
            };
            let leaked = leaks(&text, PASSWORD) || leaks(&text, TOKEN) || text.contains(&*basic);
            assert!(!leaked, "{text}");
        }
    }
}

/// What a certificate says: its issuer, its subject, its names.
struct Certificate<'a> {
    issuer: &'a str,
    subject: &'a str,
    names: Vec<SanType>,
    years: std::ops::Range<i32>,
}

impl Certificate<'_> {
    /// A server that shows it, and its authority as PEM.
    fn shown(self, key: &KeyPair) -> (Arc<ServerConfig>, String) {
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, self.issuer);
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, self.subject);
        params.subject_alt_names = self.names;
        params.not_before = date_time_ymd(self.years.start, 1, 1);
        params.not_after = date_time_ymd(self.years.end, 1, 1);
        let certificate = params.signed_by(key, &authority).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        (Arc::new(config), authority.pem())
    }
}

/// The names of a certificate can be anything that whoever made it knows, and errors quote them.
#[test]
fn what_a_certificate_repeats_is_masked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let next: Arc<Mutex<Option<Arc<ServerConfig>>>> = Arc::default();
    let shown = Arc::clone(&next);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut connection = ServerConnection::new(shown.lock().unwrap().clone().unwrap()).unwrap();
            while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
        }
    });
    let key = KeyPair::generate().unwrap();
    let roots = format!("{}/masking-{}.pem", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    let keys = Options::new().set("access_key", "key").set("secret_key", SECRET);
    let application = Options::new().set("application_key", APPLICATION);
    let odd = Options::new().set("application_key", QUOTED);
    let token = Options::new().set("api_token", TOKEN).set("read_retries", "0");
    let mut quoted = 0;
    for (platform, options, credential, operation, input) in [
        ("spiff", &keys, SECRET, "place_order", ORDER),
        ("spiff", &application, APPLICATION, "place_order", ORDER),
        ("spiff", &odd, QUOTED, "place_order", ORDER),
        ("sign_customiser", &token, TOKEN, "webhooks_list", b"{}"),
    ] {
        let mut check = |certificate: Certificate<'_>, trusted: bool| {
            let (config, pem) = certificate.shown(&key);
            *next.lock().unwrap() = Some(config);
            std::fs::write(&roots, pem).unwrap();
            let roots = if trusted { &*roots } else { "bundled" };
            let options = options.clone().set("base_url", &*address).set("roots", roots);
            let error = Platform::new(platform, &options).unwrap().run(operation, input).unwrap_err();
            let text = said(&error);
            assert!(error.kind() == ErrorKind::Tls && !leaks(&text, credential), "{text}");
            quoted += usize::from(text.contains("(hidden)"));
        };
        let text = |text: &str| Ia5String::try_from(text).unwrap();
        let plain = |name: &str| vec![SanType::DnsName(text(name))];
        for form in forms(credential) {
            let names = vec![
                SanType::DnsName(text(&form)),
                SanType::DnsName(text(&format!("{form}.example"))),
                SanType::URI(text(&format!("https://{form}/"))),
                SanType::Rfc822Name(text(&format!("{form}@a.example"))),
            ];
            let all = |issuer, subject| Certificate { issuer, subject, names: names.clone(), years: 2020..2040 };
            check(all("CA", "server"), true);
            check(all(&form, &form), true);
            check(all(&form, &form), false);
            check(Certificate { years: 2001..2002, ..all(&form, &form) }, true);
            check(Certificate { names: plain("localhost"), ..all(&form, &form) }, false);
        }
        // Names that are quoted only in part, because a message has an end.
        for room in (0..credential.len()).step_by(3) {
            let names = plain(&format!("{}{credential}", "x".repeat(4096 - 110 - room)));
            check(Certificate { issuer: "CA", subject: "server", names, years: 2020..2040 }, true);
        }
    }
    _ = std::fs::remove_file(&roots);
    assert!(quoted > 50, "{quoted}");
}

/// Addresses and paths that are refused are repeated without what may be a credential in them.
#[test]
fn refused_addresses_and_paths_are_masked() {
    let token = Options::new().set("api_token", TOKEN);
    for base in [
        format!("https://a.example/?token={SECRET}"),
        format!("https://a.example/#{SECRET}"),
        format!("https://user:{SECRET}@a.example/"),
        format!("ftp://user:{SECRET}@a.example/?{SECRET}"),
        format!("a.example?token={SECRET}"),
        format!("https://a.example:x/?{SECRET}"),
    ] {
        let options = token.clone().set("base_url", &*base);
        let error = Platform::new("sign_customiser", &options).unwrap_err();
        assert!(!leaks(&said(&error), SECRET), "{base}: {error}");
        assert!(!leaks(&format!("{options:?}"), SECRET), "{base}: {options:?}");
    }
    let client = Platform::new("sign_customiser", &token).unwrap();
    for path in [format!("/a?token={SECRET}"), format!("/{TOKEN} x"), format!("a/{TOKEN}"), format!("/a b?{SECRET}")] {
        let input = format!("{{\"method\":\"GET\",\"path\":\"{path}\"}}");
        let error = client.run("request", input.as_bytes()).unwrap_err();
        assert!(!leaks(&said(&error), SECRET) && !leaks(&said(&error), TOKEN), "{path}: {}", said(&error));
    }
}
