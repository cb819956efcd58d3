//! The vectors as a C header, because C reads no JSON. What is due is what Rust answers for the same row, so that the C
//! program compares byte for byte; that Rust answers rightly is the business of Rust's own tests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_client::sign_customiser::{self, Webhook};
use countersign_client::{Error, ErrorKind, Json, Options, Outcome, Parts, Reply, Scheme, Secret, Signer, Timestamp};
use countersign_client::{operations, signature, spiff};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

const TYPES: &str = r#"/* Generated from tests/vectors by the test that builds this program. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct { const unsigned char *data; size_t len; } bytes;

typedef struct {
    const char *id;
    bytes key_id, secret, scheme, digest, method, path, content_type, sent_content_type, date, head, body;
    bool exact, plain;
    int32_t kind;
    bytes error, authorization, string_to_sign, headers;
} sign_row;

typedef struct {
    const char *id;
    bytes key_id, secret, scheme, digest, method, path, headers, body;
    bool exact;
    bytes explanation;
} explain_row;

typedef struct {
    const char *id;
    bytes secrets[4];
    size_t secrets_count;
    bytes content, encoding, headers, body;
    int64_t tolerance, now;
    int32_t kind;
    bytes error, topic, data, dedup_key;
    int64_t timestamp;
    size_t secret_index;
    int32_t answer_kind;
    bytes answer, explanation;
} webhook_row;

typedef struct {
    bool spiff;
    bytes options[8][2];
    size_t options_count;
    bytes operation, input;
    int64_t now;
} call_row;

typedef struct {
    const char *id;
    call_row call;
    int32_t kind;
    bytes error, method, url, headers, body;
} order_row;

typedef struct {
    const char *id;
    call_row call;
    int32_t status;
    bytes headers, body;
    int32_t kind;
    bytes error, answer, error_body, request_id, problems;
    int32_t outcome;
    bool retryable;
    int64_t retry_after, sent_at, settle_after;
} reply_row;

typedef struct {
    const char *id, *event, *effect;
    bytes operation, input, problems;
    const char *paths[4];
    size_t paths_count;
    int32_t kind, outcome;
    bool retryable;
    const char *next_step;
    int64_t settle_delay;
} events_row;

typedef struct {
    const char *id;
    bytes facts;
    int32_t kind;
    bytes error;
} facts_row;

"#;

/// Writes the table and answers how many rows of each kind there are.
pub(crate) fn vectors_table(to: &Path) -> Vec<(&'static str, usize)> {
    let mut table = Table { text: TYPES.to_owned(), next: 0 };
    let counts = vec![
        ("sign_rows", table.rows("sign", sign)),
        ("explain_rows", table.rows("explain", explain)),
        ("webhook_rows", table.rows("webhook", webhook)),
        ("order_rows", table.rows("order", order)),
        ("reply_rows", table.rows("reply", reply)),
        ("events_rows", table.rows("events", event)),
        ("facts_rows", table.rows("facts", facts)),
    ];
    std::fs::write(to, table.text).unwrap();
    counts
}

struct Table {
    text: String,
    next: usize,
}

impl Table {
    fn rows(&mut self, name: &str, row: fn(&mut Self, &Value) -> String) -> usize {
        let path = super::ffi().join(format!("../tests/vectors/{name}.json"));
        let given: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let rows: Vec<String> = given
            .iter()
            .map(|value| format!("    {{{:?}, {}}},\n", text(value, "id").unwrap(), row(self, value)))
            .collect();
        write!(self.text, "static const {name}_row {name}_rows[] = {{\n{}}};\n\n", rows.concat()).unwrap();
        rows.len()
    }

    /// An array of its own for each text: C99 promises no long literals.
    fn bytes(&mut self, bytes: impl AsRef<[u8]>) -> String {
        let (bytes, name) = (bytes.as_ref(), self.next);
        self.next += 1;
        let list: Vec<String> = bytes.iter().map(u8::to_string).collect();
        let comma = if list.is_empty() { "" } else { "," };
        writeln!(self.text, "static const unsigned char b{name}[] = {{{}{comma}0}};", list.join(",")).unwrap();
        format!("{{b{name}, {}}}", bytes.len())
    }

    fn optional(&mut self, bytes: Option<impl AsRef<[u8]>>) -> String {
        bytes.map_or_else(|| "{NULL, 0}".to_owned(), |bytes| self.bytes(bytes))
    }

    fn error(&mut self, error: Option<&Error>) -> String {
        let json = error.map(|error| serde_json::to_string(error).unwrap());
        format!("{}, {}", error.map_or(0, |error| error.kind().number()), self.optional(json))
    }
}

fn text<'a>(row: &'a Value, field: &str) -> Option<&'a str> {
    row[field].as_str()
}

fn bytes(row: &Value, field: &str) -> Vec<u8> {
    match text(row, &format!("{field}_base64")) {
        Some(base64) => STANDARD.decode(base64).unwrap(),
        None => text(row, field).unwrap().as_bytes().to_vec(),
    }
}

/// `Name: value` lines, as an HTTP stack hands them over.
fn block<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    pairs.into_iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect()
}

/// The pairs as a block of headers can carry them: white space and line ends around a value are not part of it.
fn carried<'a>(pairs: Vec<(&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    pairs.into_iter().map(|(name, value)| (name, value.trim_matches([' ', '\t', '\r', '\n']))).collect()
}

fn header_pairs(row: &Value) -> Vec<(&str, &str)> {
    let pairs = row["headers"].as_array().unwrap();
    carried(pairs.iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect())
}

fn headers_json<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let rows: Vec<_> = rows.into_iter().map(|(name, value)| format!("{}:{}", quoted(name), quoted(value))).collect();
    format!("{{{}}}", rows.join(","))
}

fn secret(row: &Value) -> Secret {
    let bytes = bytes(row, "secret");
    if row["exact_secret"] == true { Secret::exact(bytes) } else { bytes.into() }
}

fn signer(row: &Value) -> Result<Signer, Error> {
    let scheme = Scheme::from_names(text(row, "scheme").unwrap(), text(row, "digest"))?;
    Signer::new(text(row, "key_id").unwrap(), secret(row), scheme)
}

fn facts(table: &mut Table, row: &Value) -> String {
    let facts = row["facts"].to_string();
    // No row depends on the time: the C program's is another.
    let error = Error::of_facts(facts.as_bytes(), Timestamp::from_unix(0)).unwrap_or_else(|refusal| refusal);
    [table.bytes(facts), table.error(Some(&error))].join(", ")
}

fn sign(table: &mut Table, row: &Value) -> String {
    let given = |field| text(row, field).unwrap();
    let (method, path, date, body) = (given("method"), given("path"), given("date"), bytes(row, "body"));
    let content_type = text(row, "content_type").unwrap_or(signature::DEFAULT_CONTENT_TYPE);
    let made = signer(row).and_then(|signer| {
        let headers =
            signer.headers(method, path, &body, text(row, "content_type"), Some(date), Timestamp::from_unix(0))?;
        let parts = Parts { method, path, content_type, date, body: &body };
        Ok((headers, signer.string_to_sign(&parts)?))
    });
    let (headers, string_to_sign) = match &made {
        Ok((headers, string_to_sign)) => (Some(headers), Some(string_to_sign)),
        Err(_) => (None, None),
    };
    let sent = headers.and_then(|headers| headers.content_type.as_deref());
    let json = headers.map(|headers| {
        let mut rows = vec![("Authorization", headers.authorization.as_str()), ("Date", headers.date.as_str())];
        rows.extend(sent.map(|value| ("Content-Type", value)));
        headers_json(rows)
    });
    // White space around a header's value does not survive a block of headers.
    let plain = [date, content_type].iter().all(|value| value.trim() == *value);
    [
        table.bytes(given("key_id")),
        table.bytes(bytes(row, "secret")),
        table.bytes(given("scheme")),
        table.optional(text(row, "digest")),
        table.bytes(method),
        table.bytes(path),
        table.optional(text(row, "content_type")),
        table.optional(sent),
        table.bytes(date),
        table.bytes(format!("{method}\n{content_type}\n{date}\n{path}")),
        table.bytes(&body),
        (row["exact_secret"] == true).to_string(),
        plain.to_string(),
        table.error(made.as_ref().err()),
        table.optional(headers.map(|headers| &headers.authorization)),
        table.optional(string_to_sign),
        table.optional(json),
    ]
    .join(", ")
}

fn explain(table: &mut Table, row: &Value) -> String {
    let (method, path) = (text(row, "method").unwrap(), text(row, "path").unwrap());
    let (headers, body) = (header_pairs(row), bytes(row, "body"));
    let explanation = signer(row).unwrap().explain(method, path, &body, &headers);
    [
        table.bytes(text(row, "key_id").unwrap()),
        table.bytes(bytes(row, "secret")),
        table.bytes(text(row, "scheme").unwrap()),
        table.optional(text(row, "digest")),
        table.bytes(method),
        table.bytes(path),
        table.bytes(block(headers)),
        table.bytes(&body),
        (row["exact_secret"] == true).to_string(),
        table.bytes(serde_json::to_string(&explanation).unwrap()),
    ]
    .join(", ")
}

fn webhook(table: &mut Table, row: &Value) -> String {
    let secrets: Vec<&str> = match row["active_secrets"].as_array() {
        Some(secrets) => secrets.iter().map(|secret| secret.as_str().unwrap()).collect(),
        None => vec![text(row, "secret").unwrap()],
    };
    let (content, encoding) = (text(row, "scheme").unwrap(), text(row, "encoding").unwrap());
    let (tolerance, now) = (row["tolerance"].as_i64().unwrap(), row["now"].as_i64().unwrap());
    let webhook = Webhook::new(secrets.iter().copied()).unwrap().with_format(content, encoding).unwrap();
    let webhook = webhook.with_tolerance(tolerance.try_into().unwrap());
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(text(row, "timestamp").map(|value| ("X-Webhook-Timestamp", value)));
    headers.extend(text(row, "signature").map(|value| ("x-webhook-signature", value)));
    let (headers, body) = (carried(headers), bytes(row, "body"));
    let judged = webhook.verify(&headers, &body, Timestamp::from_unix(now));
    let event = judged.as_ref().ok();
    let answer = event.map(|event| event.answer("sku-1"));
    let (answer_kind, answer) = match &answer {
        Some(Ok(text)) => (0, Some(text.clone())),
        Some(Err(error)) => (error.kind().number(), Some(serde_json::to_string(error).unwrap())),
        None => (0, None),
    };
    let explanation = serde_json::to_string(&webhook.explain(&headers, &body)).unwrap();
    let listed: Vec<String> = secrets.iter().map(|secret| table.bytes(secret)).collect();
    [
        format!("{{{}}}, {}", listed.join(", "), secrets.len()),
        table.bytes(content),
        table.bytes(encoding),
        table.bytes(block(headers)),
        table.bytes(&body),
        tolerance.to_string(),
        now.to_string(),
        table.error(judged.as_ref().err()),
        table.optional(event.map(|event| event.topic())),
        table.optional(event.map(|event| event.data().get())),
        table.optional(event.map(|event| event.dedup_key())),
        event.map_or(-1, |event| event.timestamp().unix()).to_string(),
        event.map_or(0, |event| event.secret_index()).to_string(),
        answer_kind.to_string(),
        table.optional(answer),
        table.bytes(explanation),
    ]
    .join(", ")
}

/// A call by its options, operation and input.
struct Prepared {
    options: Vec<(String, String)>,
    spiff: bool,
    operation: String,
    input: String,
    now: i64,
}

impl Prepared {
    fn call(&self) -> Result<countersign_client::Call<Json>, Error> {
        let options = self.options.iter().fold(Options::new(), |all, (name, value)| all.set(name, value.as_str()));
        let (input, now) = (self.input.as_bytes(), Timestamp::from_unix(self.now));
        if self.spiff {
            let account = spiff::Account::new(&options)?;
            operations::find(operations::SPIFF, &self.operation)?.prepare(&account, input, now)
        } else {
            let account = sign_customiser::Account::new(&options)?;
            operations::find(operations::SIGN_CUSTOMISER, &self.operation)?.prepare(&account, input, now)
        }
    }

    fn row(&self, table: &mut Table) -> String {
        let pair = |(name, value): &(String, String)| format!("{{{}, {}}}", table.bytes(name), table.bytes(value));
        let options: Vec<String> = self.options.iter().map(pair).collect();
        format!(
            "{{{}, {{{}}}, {}, {}, {}, {}}}",
            self.spiff,
            options.join(", "),
            options.len(),
            table.bytes(&self.operation),
            table.bytes(&self.input),
            self.now
        )
    }
}

fn options(row: &Value) -> Vec<(String, String)> {
    let given = row["options"].as_object().into_iter().flatten();
    given.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn order(table: &mut Table, row: &Value) -> String {
    let prepared = Prepared {
        options: options(row),
        spiff: row["platform"] == "spiff",
        operation: "place_order".to_owned(),
        input: text(row, "order").unwrap().to_owned(),
        now: row["now"].as_i64().unwrap(),
    };
    let call = prepared.call();
    let request = call.as_ref().ok().map(|call| call.request());
    let headers = request.map(|request| headers_json(request.headers.iter().map(|h| (h.name, h.value.as_str()))));
    [
        prepared.row(table),
        table.error(call.as_ref().err()),
        table.optional(request.map(|request| &request.method)),
        table.optional(request.map(|request| &request.url)),
        table.optional(headers),
        table.optional(request.map(|request| &request.body)),
    ]
    .join(", ")
}

const SPIFF_ORDER: &str = r#"{"externalId":"1001","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"a"}]}"#;
const SIGN_ORDER: &str = r#"{"integration_id":1,"external_id":"1001","external_order_number":"1","currency":"USD","products":[{"external_id":"p","quantity":1,"price":1}]}"#;

/// The call that a row of the replies names.
fn call_of(row: &Value) -> Prepared {
    let spiff = |operation: &str, input: &str, orders_api: &str| {
        let own = [("access_key", "a"), ("secret_key", "b"), ("region", "us"), ("orders_api", orders_api)];
        let mut options = options(row);
        options.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Prepared { options, spiff: true, operation: operation.to_owned(), input: input.to_owned(), now: 1_735_689_599 }
    };
    let signs = |operation: &str, input: &str| {
        let mut options = options(row);
        options.push(("api_token".to_owned(), "t".to_owned()));
        Prepared { options, spiff: false, operation: operation.to_owned(), input: input.to_owned(), now: 1_735_689_599 }
    };
    match text(row, "call").unwrap() {
        "graphql_order" => spiff("place_order", SPIFF_ORDER, "graphql"),
        "rest_order" => spiff("place_order", SPIFF_ORDER, "rest"),
        "targets_order" => spiff("place_order", SPIFF_ORDER, "targets"),
        "transactions" => spiff("transactions", r#"{"ids":["a","b"]}"#, "graphql"),
        "current_integration" => spiff("current_integration", "", "graphql"),
        "graphql_query" => spiff("graphql", r#"{"query":"{ a }"}"#, "graphql"),
        "graphql_mutation" => spiff("graphql", r#"{"query":"mutation { a }"}"#, "graphql"),
        "sign_customiser_order" => signs("place_order", SIGN_ORDER),
        name @ ("webhooks_get" | "webhooks_delete") => signs(name, r#"{"id":1}"#),
        "webhooks_create" => signs("webhooks_create", r#"{"topic":"order:created","url":"https://a.example"}"#),
        name => signs(name, ""),
    }
}

fn reply(table: &mut Table, row: &Value) -> String {
    let prepared = call_of(row);
    let pairs = header_pairs(row);
    let given = Reply {
        status: row["status"].as_u64().unwrap().try_into().unwrap(),
        headers: pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: bytes(row, "body"),
    };
    let call = prepared.call().unwrap();
    let read = call.read_json(&given).map(|answer| answer.get().to_owned());
    let error = read.as_ref().err();
    let outcome = match error.and_then(|error| error.outcome()) {
        Some(Outcome::Unknown) => 2,
        Some(Outcome::NotPlaced) => 1,
        _ => 0,
    };
    let time = |time: Option<Timestamp>| time.map_or(-1, Timestamp::unix).to_string();
    [
        prepared.row(table),
        given.status.to_string(),
        table.bytes(block(pairs)),
        table.bytes(&given.body),
        table.error(error),
        table.optional(read.as_ref().ok()),
        table.optional(error.and_then(|error| error.body())),
        table.optional(error.and_then(|error| error.request_id())),
        table.optional(error.map(|error| serde_json::to_string(error.problems()).unwrap())),
        outcome.to_string(),
        error.is_some_and(|error| error.retryable()).to_string(),
        error.and_then(|error| error.retry_after()).map_or(-1, i64::from).to_string(),
        time(error.and_then(|error| error.sent_at())),
        time(error.and_then(|error| error.settle_after())),
    ]
    .join(", ")
}

/// What is due here stands in the row itself.
fn event(table: &mut Table, row: &Value) -> String {
    let due = &row["error"];
    let paths: Vec<_> = due["problems"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    let problems: Vec<_> = paths
        .iter()
        .map(|path| serde_json::json!({ "path": path, "code": "number", "message": "NaN is no number of JSON." }))
        .collect();
    let kind = ErrorKind::from_name(text(due, "kind").unwrap()).unwrap();
    format!(
        "{:?}, {:?}, {}, {}, {}, {{{}}}, {}, {}, {}, {}, {:?}, {}",
        text(row, "event").unwrap(),
        text(row, "effect").unwrap(),
        table.bytes(text(row, "operation").unwrap()),
        table.bytes(row["input"].to_string()),
        table.bytes(serde_json::to_string(&problems).unwrap()),
        paths.iter().map(|path| format!("{path:?}")).chain(["NULL".to_owned()]).collect::<Vec<_>>().join(", "),
        paths.len(),
        kind.number(),
        match text(due, "outcome") {
            None => 0,
            Some("not_placed") => 1,
            Some(_) => 2,
        },
        due["retryable"],
        text(due, "next_step").unwrap(),
        due["settle_after"].as_i64().unwrap_or(-1),
    )
}
