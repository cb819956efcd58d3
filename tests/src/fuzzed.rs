//! What the fuzzer feeds, and what must hold of whatever it finds: the bodies of the targets in `fuzz/`.
//!
//! They stand here so that the inputs that once failed (`fuzz/regressions/`) run as an ordinary test, without a fuzzer.
//! Each takes any bytes. Parts of an input are parted by a line of its own, `--`, so that a person can read and write one.

use crate::{Row, vectors};
use countersign::transport::Http;
use countersign_core::options::{OPTIONS, OptionKind, Scope};
use countersign_core::sign_customiser::Webhook;
use countersign_core::{
    BodyDigest, Call, Draft, Effect, Error, Json, Options, Outcome, Parts, Reply, Scheme, Signer, Timestamp, operation,
    operations, sign_customiser, signature, spiff,
};
use hmac::{Hmac, KeyInit, Mac};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

/// A target: what it is fed, and from where its seeds come.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, also that of the program in `fuzz/targets/` and of the folder in `fuzz/regressions/`.
    pub name: &'static str,
    /// Takes any input; panics where something does not hold.
    pub run: fn(&[u8]),
    /// The inputs to begin with, from the vectors.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "orders", run: orders, seeds: order_seeds },
    Target { name: "operations", run: operations, seeds: operation_seeds },
    Target { name: "replies", run: replies, seeds: reply_seeds },
    Target { name: "verify", run: verify, seeds: request_seeds },
    Target { name: "explain", run: explain, seeds: request_seeds },
    Target { name: "webhooks", run: webhooks, seeds: webhook_seeds },
    Target { name: "dates", run: dates, seeds: date_seeds },
    Target { name: "options", run: options, seeds: option_seeds },
    Target { name: "client", run: client, seeds: raw_reply_seeds },
];

/// Feeds the target of this name.
pub fn run(target: &str, data: &[u8]) {
    let known = TARGETS.iter().find(|one| one.name == target);
    (known.unwrap_or_else(|| panic!("there is no target {target}")).run)(data);
}

const NOW: Timestamp = Timestamp::from_unix(1_735_689_599);
const SPIFF_ORDER: &[u8] =
    br#"{"externalId":"1001","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"a"}]}"#;
const SIGN_ORDER: &[u8] = br#"{"integration_id":1,"external_id":"1001","external_order_number":"1","currency":"USD","products":[{"external_id":"p","quantity":1,"price":1}]}"#;

// Parts of an input

const PART: &[u8] = b"\n--\n";

/// The bytes before the next line `--`, which it takes away.
fn part<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let (one, after) = match rest.windows(PART.len()).position(|window| window == PART) {
        Some(at) => (&rest[..at], &rest[at + PART.len()..]),
        None => (*rest, &b""[..]),
    };
    *rest = after;
    one
}

fn joined<const N: usize>(parts: [&[u8]; N]) -> Vec<u8> {
    parts.join(PART)
}

/// Text of bytes, as a host that is lenient makes it.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// One of several, by its name or else by the first byte.
fn one_of<'t, T>(all: &'t [T], name: &[u8], has_it: impl Fn(&T) -> bool) -> &'t T {
    let other = usize::from(name.first().copied().unwrap_or_default()) % all.len();
    all.iter().find(|one| has_it(one)).unwrap_or(&all[other])
}

/// Headers of lines, without a rule for lines that are none.
fn headers(lines: &str) -> Vec<(&str, &str)> {
    lines.split('\n').filter_map(|line| line.split_once(": ")).collect()
}

fn lines(headers: &[(&str, &str)]) -> String {
    headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
}

// What holds of every answer

fn check_error(error: &Error) {
    let unknown = error.outcome() == Some(Outcome::Unknown);
    assert!(!(unknown && error.retryable()), "an order in doubt would be sent again: {error}");
    assert_ne!(error.outcome(), Some(Outcome::Placed), "an error says that an order was placed: {error}");
    assert!(!error.message().is_empty() && !error.next_step().is_empty());
    // Cut, whatever came in: a message with its mark of a cut, a hundred problems and how many more.
    assert!(error.message().len() <= 4096 + 16, "a message of {} bytes", error.message().len());
    assert!(error.problems().len() <= 101, "{} problems", error.problems().len());
    for problem in error.problems() {
        assert!(problem.message.len() <= 4096 + 16 && problem.path.len() <= 4096, "{}", problem.path.len());
    }
    check_json(&serde_json::to_vec(error).unwrap());
    let _ = format!("{error} {error:?}");
}

/// What stopped a call before anything was sent.
fn check_unsent(error: &Error, effect: Effect) {
    check_error(error);
    let due = (effect != Effect::Read).then_some(Outcome::NotPlaced);
    assert_eq!(error.outcome(), due, "{error}");
}

fn check_json(text: &[u8]) -> serde_json::Value {
    let value: serde_json::Value = serde_json::from_slice(text).unwrap();
    let again = serde_json::to_vec(&value).unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&again).unwrap(), value);
    value
}

/// The platform's own text, as it is: a member that decides nothing may hold half of a surrogate pair.
fn check_json_as_it_came(text: &str) {
    assert!(serde_json::from_str::<Box<serde_json::value::RawValue>>(text).is_ok(), "no JSON: {text}");
}

fn check_request<T>(call: &Call<T>) {
    let request = call.request();
    for header in &request.headers {
        assert!(header.value.bytes().all(|byte| (b' '..0x7f).contains(&byte)), "a header that none is: {header:?}");
    }
    let path = request.url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..])).unwrap();
    let given: Vec<_> = request.headers.iter().map(|header| (header.name, header.value.as_str())).collect();
    if request.header("Authorization").is_some_and(|value| !value.starts_with("Bearer")) {
        let signer = |scheme| Signer::new("access-key", "secret-key", scheme).unwrap();
        let [soa, vws] = [Scheme::Soa(BodyDigest::Sha512), Scheme::Vws].map(signer);
        let judged = signature::verify(&[&soa, &vws], &request.method, path, &request.body, &given, NOW, Some(0));
        assert!(judged.is_ok(), "our own signature is refused: {judged:?}");
    }
}

// Accounts

fn keys() -> Options {
    Options::new().set("access_key", "access-key").set("secret_key", "secret-key").set("region", "us")
}

fn spiff_by(wire: &str) -> spiff::Account {
    spiff::Account::new(&keys().set("orders_api", wire)).unwrap()
}

fn signs() -> sign_customiser::Account {
    sign_customiser::Account::new(&Options::new().set("api_token", "t")).unwrap()
}

const WIRES: [&str; 4] = ["graphql", "rest", "targets", "sign_customiser"];

// Orders: the wire, and the order

fn orders(mut data: &[u8]) {
    let name = part(&mut data);
    match *one_of(&WIRES, name, |wire| wire.as_bytes() == name) {
        "sign_customiser" => order_of(&signs(), data),
        wire => order_of(&spiff_by(wire), data),
    }
}

fn order_of<A: countersign_core::account::Account>(account: &A, order: &[u8]) {
    let place = operation::find(A::OPERATIONS, "place_order").unwrap().prepare(account, order, NOW);
    let draft = match (account.draft(order), place) {
        (Ok(draft), Ok(call)) => {
            assert_eq!(call.request().body, draft.body());
            draft
        }
        (Err(error), Err(other)) => {
            assert_eq!(error.message(), other.message());
            return check_unsent(&error, Effect::Order);
        }
        (draft, call) => panic!("draft and call differ: {draft:?} {call:?}"),
    };
    check_json(draft.body());
    // Kept and read again it is the same.
    let kept = draft.to_json().unwrap();
    let again = Draft::from_json(&kept).unwrap();
    assert_eq!(again, draft);
    assert_eq!(again.to_json().unwrap(), kept);
    let call = account.sign(&again, NOW).unwrap();
    assert_eq!((call.request().body.as_slice(), call.effect()), (draft.body(), Effect::Order));
    check_request(&call);
}

fn order_seeds() -> Vec<Vec<u8>> {
    let rows = vectors("order.json").into_iter().map(|row| {
        let wire = match row.text("platform") {
            "spiff" => row.0["options"]["orders_api"].as_str().unwrap_or("graphql").to_owned(),
            platform => platform.to_owned(),
        };
        joined([wire.as_bytes(), &row.bytes("order")])
    });
    rows.collect()
}

// Any operation by its name: the name, and the input

fn operations(mut data: &[u8]) {
    let name = part(&mut data);
    let ours = operations::SIGN_CUSTOMISER.iter().any(|row| row.name.as_bytes() == name);
    if ours { operation_of(&signs(), name, data) } else { operation_of(&spiff_by("graphql"), name, data) }
}

fn operation_of<A: countersign_core::account::Account>(account: &A, name: &[u8], input: &[u8]) {
    if let Err(error) = operation::find(A::OPERATIONS, &text(name)) {
        check_error(&error);
    }
    let operation = one_of(A::OPERATIONS, name, |row| row.name.as_bytes() == name);
    let effect = operation.effect_of(input);
    match operation.prepare(account, input, NOW) {
        Ok(call) => {
            assert_eq!(call.effect(), effect, "{}", operation.name);
            if !call.request().body.is_empty() {
                check_json(&call.request().body);
            }
            check_request(&call);
        }
        Err(error) => check_unsent(&error, effect),
    }
}

fn operation_seeds() -> Vec<Vec<u8>> {
    let rows = vectors("operations.json");
    let mut seeds: Vec<_> = rows
        .iter()
        .map(|row| joined([row.text("operation").as_bytes(), row.0["input"].to_string().as_bytes()]))
        .collect();
    let tables = [operation::rows(operations::SPIFF), operation::rows(operations::SIGN_CUSTOMISER)].concat();
    seeds.extend(tables.iter().map(|row| joined([row.name.as_bytes(), br#"{"id":"a","ids":["a"],"query":"{ a }"}"#])));
    seeds.push(joined([b"request", br#"{"method":"POST","path":"/x","body":{"a":1}}"#]));
    seeds
}

// Replies: the call, the status, the headers, the body

const CALLS: [&str; 12] = [
    "graphql_order",
    "rest_order",
    "targets_order",
    "sign_customiser_order",
    "transactions",
    "current_integration",
    "graphql_query",
    "graphql_mutation",
    "webhooks_list",
    "webhooks_get",
    "webhooks_create",
    "webhooks_delete",
];

fn call_of(name: &&str) -> Call<Json> {
    let of_spiff = |name, input: &[u8], wire| {
        operation::find(operations::SPIFF, name).unwrap().prepare(&spiff_by(wire), input, NOW).unwrap()
    };
    let of_signs = |name, input: &[u8]| {
        operation::find(operations::SIGN_CUSTOMISER, name).unwrap().prepare(&signs(), input, NOW).unwrap()
    };
    match *name {
        "graphql_order" | "rest_order" | "targets_order" => {
            of_spiff("place_order", SPIFF_ORDER, name.trim_end_matches("_order"))
        }
        "transactions" => of_spiff(name, br#"{"ids":["a","b"]}"#, "graphql"),
        "graphql_query" => of_spiff("graphql", br#"{"query":"{ a }"}"#, "graphql"),
        "graphql_mutation" => of_spiff("graphql", br#"{"query":"mutation { a }"}"#, "graphql"),
        "current_integration" => of_spiff(name, b"", "graphql"),
        "webhooks_list" => of_signs(name, b""),
        "webhooks_create" => of_signs(name, br#"{"topic":"order:created","url":"https://a.example"}"#),
        "webhooks_get" | "webhooks_delete" => of_signs(name, br#"{"id":1}"#),
        _ => of_signs("place_order", SIGN_ORDER),
    }
}

fn replies(mut data: &[u8]) {
    let (name, status, given) = (part(&mut data), part(&mut data), part(&mut data));
    let call = call_of(one_of(&CALLS, name, |call| call.as_bytes() == name));
    let given = text(given);
    let reply = Reply {
        status: text(status).parse().unwrap_or(200),
        headers: headers(&given).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: data.to_vec(),
    };
    check_read(&call, call.read_json(&reply).map(|value| value.get().to_owned()), reply.status);
    assert_eq!(call.read(&reply).is_ok(), call.read_json(&reply).is_ok());
}

fn check_read(call: &Call<Json>, answer: Result<String, Error>, status: u16) {
    match answer {
        Ok(value) => {
            assert!((200..300).contains(&status), "HTTP {status} was taken for an answer: {value}");
            check_json_as_it_came(&value);
        }
        Err(error) => {
            check_error(&error);
            assert_eq!(error.outcome().is_none(), call.effect() == Effect::Read, "{error}");
        }
    }
}

fn reply_seeds() -> Vec<Vec<u8>> {
    let seed = |row: &Row| {
        let status = row.number("status").to_string();
        joined([row.text("call").as_bytes(), status.as_bytes(), lines(&row.headers()).as_bytes(), &row.bytes("body")])
    };
    vectors("reply.json").iter().map(seed).collect()
}

// Requests that are judged: scheme, method, path, headers, body

const SCHEMES: [(&str, Scheme); 3] =
    [("sha512", Scheme::Soa(BodyDigest::Sha512)), ("md5", Scheme::Soa(BodyDigest::Md5)), ("VWS", Scheme::Vws)];

struct Judged<'a> {
    signer: Signer,
    method: String,
    path: String,
    headers: String,
    body: &'a [u8],
}

impl<'a> Judged<'a> {
    fn of(mut data: &'a [u8]) -> Self {
        let [scheme, method, path, headers] = std::array::from_fn(|_| part(&mut data));
        let (_, scheme) = *one_of(&SCHEMES, scheme, |(name, _)| name.as_bytes() == scheme);
        let signer = Signer::new("access-key", "secret-key", scheme).unwrap();
        Self { signer, method: text(method), path: text(path), headers: text(headers), body: data }
    }
}

fn verify(data: &[u8]) {
    let it = Judged::of(data);
    let given = headers(&it.headers);
    if let Err(error) = it.signer.verify(&it.method, &it.path, it.body, &given, NOW, Some(300)) {
        check_error(&error);
        assert!(!error.message().contains("secret-key"), "{error}");
    }
    // What we sign, we take.
    let value = |name| countersign_core::headers::find(given.iter().copied(), name).unwrap_or_default();
    let (content_type, date) = (value("Content-Type"), value("Date"));
    let parts = Parts { method: &it.method, path: &it.path, content_type, date, body: it.body };
    match it.signer.authorization(&parts) {
        Ok(authorization) => {
            let signed = [("authorization", &*authorization), ("DATE", date), ("Content-type", content_type)];
            let judged = it.signer.verify(&it.method, &it.path, it.body, &signed, NOW, None);
            assert!(judged.is_ok(), "our own signature is refused: {judged:?}");
            let text = it.signer.string_to_sign(&parts).unwrap();
            assert_eq!(text.split('\n').count(), 5, "{text:?}");
        }
        Err(error) => check_error(&error),
    }
}

fn explain(data: &[u8]) {
    let it = Judged::of(data);
    let explained = it.signer.explain(&it.method, &it.path, it.body, &headers(&it.headers));
    let shown = format!("{explained:?} {}", check_json(&serde_json::to_vec(&explained).unwrap()));
    // Where the secret was sent in the clear, the request itself shows it.
    if !data.windows(10).any(|window| window == b"secret-key") {
        assert!(!shown.contains("secret-key"), "{shown}");
    }
}

fn request_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let name =
        |row: &Row| if row.text("scheme") == "VWS" { "VWS" } else { row.get("digest").unwrap_or("sha512") }.to_owned();
    for row in vectors("explain.json") {
        let (method, path) = (row.text("method").as_bytes(), row.text("path").as_bytes());
        seeds.push(joined([name(&row).as_bytes(), method, path, lines(&row.headers()).as_bytes(), &row.bytes("body")]));
    }
    for row in vectors("sign.json").iter().filter(|row| row.get("authorization").is_some()) {
        let given = [
            ("Authorization", row.text("authorization")),
            ("Date", row.get("date").unwrap_or_default()),
            ("Content-Type", row.get("content_type").unwrap_or_default()),
        ];
        let (method, path) = (row.text("method").as_bytes(), row.text("path").as_bytes());
        seeds.push(joined([name(row).as_bytes(), method, path, lines(&given).as_bytes(), &row.bytes("body")]));
    }
    seeds
}

// Deliveries: formula, encoding, headers, body

const SECRET: &str = "sc_test_secret_0123456789";

fn webhooks(mut data: &[u8]) {
    let [content, encoding, given] = std::array::from_fn(|_| part(&mut data));
    let (given, body) = (text(given), data);
    let given = headers(&given);
    let webhook = match Webhook::new([SECRET]).unwrap().with_format(&text(content), &text(encoding)) {
        Ok(webhook) => webhook,
        Err(error) => {
            check_error(&error);
            Webhook::new([SECRET]).unwrap()
        }
    };
    if let Err(error) = webhook.verify(&given, body, NOW) {
        check_error(&error);
    }
    let explained = webhook.explain(&given, body);
    let shown = format!("{explained:?} {}", check_json(&serde_json::to_vec(&explained).unwrap()));
    if !data.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()) {
        assert!(given.iter().any(|(_, value)| value.contains(SECRET)) || !shown.contains(SECRET), "{shown}");
    }
    // The same body, rightly signed.
    let stamp = NOW.unix().to_string();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    for bytes in [stamp.as_bytes(), b".", body] {
        mac.update(bytes);
    }
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let signed = [("X-Webhook-Timestamp", &*stamp), ("x-webhook-signature", &*signature)];
    match Webhook::new([SECRET]).unwrap().verify(&signed, body, NOW) {
        Ok(event) => {
            check_json_as_it_came(event.data().get());
            assert!(!event.dedup_key().is_empty() && event.timestamp() == NOW && event.secret_index() == 0);
            let _ = (event.product(), event.order(), event.form(), event.external_id());
            if let Err(error) = event.answer(&text(content)) {
                check_error(&error);
            }
        }
        Err(error) => {
            check_error(&error);
            assert_eq!(error.kind().name(), "invalid_json", "{error}");
        }
    }
}

fn webhook_seeds() -> Vec<Vec<u8>> {
    let seed = |row: &Row| {
        let given = [
            ("x-webhook-timestamp", row.get("timestamp").unwrap_or_default()),
            ("x-webhook-signature", row.get("signature").unwrap_or_default()),
        ];
        let (scheme, encoding) = (row.get("scheme").unwrap_or("A"), row.get("encoding").unwrap_or("hex"));
        joined([scheme.as_bytes(), encoding.as_bytes(), lines(&given).as_bytes(), &row.bytes("body")])
    };
    vectors("webhook.json").iter().map(seed).collect()
}

// Dates: a date, and Retry-After

fn dates(mut data: &[u8]) {
    let (first, second) = (text(part(&mut data)), text(data));
    for date in [&first, &second] {
        if let Some(moment) = Timestamp::from_http_date(date) {
            assert_eq!(&*moment.http_date(), date.as_str());
        }
        if let Ok(seconds) = date.parse::<i64>() {
            let moment = Timestamp::from_unix(seconds);
            assert_eq!(Timestamp::from_http_date(&moment.http_date()), Some(moment));
            assert_eq!(Timestamp::of_seconds(seconds).is_ok(), moment.unix() == seconds);
        }
    }
    let headers = vec![("Date".to_owned(), first), ("Retry-After".to_owned(), second)];
    let reply = Reply { status: 429, headers, body: Vec::new() };
    assert!(reply.retry_after(NOW).is_none_or(|seconds| seconds <= 3600));
}

fn date_seeds() -> Vec<Vec<u8>> {
    let dates = ["Tue, 31 Dec 2024 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"];
    let others = ["Tuesday, 31-Dec-24 23:59:59 GMT", "Tue Dec 31 23:59:59 2024", "253402300800", "-1", "120", ""];
    let all = [&dates[..], &others].concat();
    all.iter().flat_map(|one| all.iter().map(|other| joined([one.as_bytes(), other.as_bytes()]))).collect()
}

// Options: lines of name and value, also as the environment gives them

fn options(data: &[u8]) {
    // Secrets that no message may show.
    let canary = "Xk7-canary";
    let mut options = Options::new();
    let mut shown = String::new();
    let lines: Vec<_> = data.split(|byte| *byte == b'\n').collect();
    let named = |line: &&[u8]| {
        let at = line.iter().position(|byte| *byte == b'=')?;
        Some((text(&line[..at]), line[at + 1..].to_vec()))
    };
    let pairs: Vec<_> = lines.iter().filter_map(named).collect();
    for (name, value) in &pairs {
        let secret = OPTIONS.iter().any(|row| row.name == name && row.kind == OptionKind::Secret);
        let value = if secret { [value, canary.as_bytes()].concat() } else { value.clone() };
        options = options.set(name, value);
        shown = format!("{options:?}");
    }
    let mut refused = |result: Result<(), Error>| {
        if let Err(error) = result {
            check_error(&error);
            shown += &format!("{error:?}");
        }
    };
    refused(options.check());
    refused(spiff::Account::new(&options).map(drop));
    refused(sign_customiser::Account::new(&options).map(drop));
    refused(Webhook::of_options(&options, "webhook").map(drop));
    let limits = Http::limits(&options);
    assert!(!limits.timeout.is_zero() && limits.timeout <= Duration::from_secs(86_400) && limits.reply > 0);
    for scope in [Scope::Spiff, Scope::SignCustomiser] {
        let variable = |name: &str| {
            let option = name.trim_end_matches("_FILE").to_ascii_lowercase();
            let (_, value) = pairs.iter().find(|(name, _)| option.ends_with(name.as_str()) && !name.is_empty())?;
            Some(if name.ends_with("_FILE") { canary.as_bytes().to_vec() } else { value.clone() })
        };
        let file = |_: &str| Err("no such file.".to_owned());
        refused(Options::new().with_environment_where(scope, |_| true, variable, file).map(drop));
    }
    assert!(!shown.contains(canary), "{shown}");
}

fn option_seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = vec![
        b"access_key=a\nsecret_key=b\nregion=us".to_vec(),
        b"application_key=a\nbase_url=http://127.0.0.1:9/x\norders_api=rest".to_vec(),
        b"api_token=t\nbase_url=https://a.example\nallow_http=a, b\napp_info=shop/1".to_vec(),
    ];
    for row in OPTIONS {
        for value in ["true", "1", "0.5", "us", "https://a.example", ""] {
            seeds.push(format!("{}={value}", row.name).into_bytes());
        }
    }
    seeds
}

// Raw bytes of a reply, through the client: the call, and what a server writes

/// A server on loopback that reads a request and answers with the bytes that are set.
struct Server {
    address: SocketAddr,
    answer: Mutex<Vec<u8>>,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut stream = stream;
                let mut request = Vec::new();
                let mut room = [0; 4096];
                while !whole(&request) {
                    match stream.read(&mut room) {
                        Ok(n) if n > 0 => request.extend_from_slice(&room[..n]),
                        _ => break,
                    }
                }
                let answer = server().answer.lock().unwrap().clone();
                _ = stream.write_all(&answer);
            }
        });
        Server { address, answer: Mutex::default() }
    })
}

fn whole(request: &[u8]) -> bool {
    let Some(at) = request.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = text(&request[..at]).to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
    request.len() >= at + 4 + length.unwrap_or(0)
}

fn client(mut data: &[u8]) {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let name = part(&mut data);
    let name =
        *one_of(&["check", "settle", "place_order", "targets", "sign_customiser"], name, |it| it.as_bytes() == name);
    *server().answer.lock().unwrap() = data.to_vec();
    let options = Options::new().set("base_url", format!("http://{}", server().address));
    let options = options.set("timeout", "1").set("read_retries", "0").set("reply_limit", "100000");
    let (answer, order) = if name == "sign_customiser" {
        let client = countersign::Platform::new("sign_customiser", &options.set("api_token", "t")).unwrap();
        (client.run("place_order", SIGN_ORDER), true)
    } else {
        let options = options.set("access_key", "access-key").set("secret_key", "secret-key");
        let wire = if name == "targets" { "targets" } else { "graphql" };
        let client = countersign::Platform::new("spiff", &options.set("orders_api", wire)).unwrap();
        match name {
            "check" => (client.run("check", b""), false),
            "settle" => {
                let order = text(SPIFF_ORDER);
                let input = format!(r#"{{"order":{order},"sent_at":{}}}"#, countersign::system_time().unix() - 600);
                (client.run("settle", input.as_bytes()), false)
            }
            _ => (client.run("place_order", SPIFF_ORDER), true),
        }
    };
    match answer {
        Ok(answer) => check_json_as_it_came(answer.value.get()),
        Err(error) => {
            check_error(&error);
            assert_eq!(error.outcome().is_some(), order, "{error}");
            let certain = error.outcome() == Some(Outcome::NotPlaced);
            // The request was read whole: only a reply can say that it did nothing.
            assert!(!certain || error.status().is_some(), "without a reply, and certain: {error:?}");
        }
    }
}

fn raw_reply_seeds() -> Vec<Vec<u8>> {
    let rows = vectors("reply.json");
    let seed = |row: &Row| {
        let name = match row.text("call") {
            "sign_customiser_order" => "sign_customiser",
            "targets_order" => "targets",
            "transactions" => "settle",
            "graphql_order" => "place_order",
            _ => "check",
        };
        let body = row.bytes("body");
        let head =
            format!("HTTP/1.1 {} x\r\n{}\r\n", row.number("status"), lines(&row.headers()).replace('\n', "\r\n"));
        let framed = format!("{}content-length: {}\r\n\r\n", head.trim_end_matches('\r'), body.len());
        joined([name.as_bytes(), &[framed.as_bytes(), &body].concat()])
    };
    let mut seeds: Vec<_> = rows.iter().map(seed).collect();
    for raw in [
        &b"HTTP/1.1 100 Continue\r\nDate: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"[..],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nX: y\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n{\"data\":",
        b"SSH-2.0-x\r\n",
        b"",
    ] {
        seeds.push(joined([b"place_order", raw]));
    }
    seeds
}
