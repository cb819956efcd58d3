//! A stranger's page, a slow client and a greedy document: none of them reads, stops or fills the sandbox.

use crate::http::{APPLICATION, BEARER, JSON, PATIENCE, call, connect, drain, graphql, parse, raw};
use crate::sandbox;
use countersign_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A request with this Host, or with none.
fn with_host(base: &str, method: &str, path: &str, host: Option<&str>, more: &str) -> Vec<u8> {
    let mut stream = connect(base);
    let host = host.map(|host| format!("Host: {host}\r\n")).unwrap_or_default();
    write!(stream, "{method} {path} HTTP/1.1\r\n{host}{more}Connection: close\r\n\r\n").expect("written");
    drain(&mut stream)
}

fn status(bytes: &[u8]) -> u16 {
    let line = String::from_utf8_lossy(&bytes[..bytes.len().min(15)]).into_owned();
    line.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("no reply: {line:?}"))
}

/// How long a small request takes now.
fn ready_within(base: &str, limit: Duration) {
    let from = Instant::now();
    assert_eq!(call(base, "GET", "/_/ready", &[], b"").status, 200);
    assert!(from.elapsed() < limit, "{:?}", from.elapsed());
}

#[test]
fn head_answers_as_get_without_the_body() {
    let sandbox = sandbox();
    let spiff = sandbox.spiff_url();
    let transaction = sandbox.create_transaction();
    let design = format!("/api/transactions/{transaction}");
    let sign = sandbox.sign_customiser_url();
    for (base, path, headers) in [
        (spiff, "/", &[][..]),
        (sign, "/", &[]),
        (spiff, "/_/ready", &[]),
        (spiff, "/_/requests", &[]),
        (spiff, "/_/orders", &[]),
        (spiff, "/_/nothing", &[]),
        (spiff, &design, &[]),
        (spiff, "/none", &[]),
        (spiff, "/graphql", &[]),
        (sign, "/api/v2/webhooks", &[BEARER]),
        (sign, "/api/v2/orders", &[BEARER]),
    ] {
        let get = call(base, "GET", path, headers, b"");
        let head = String::from_utf8(raw(base, "HEAD", path, headers, b"")).expect("text");
        assert_eq!(status(head.as_bytes()), get.status, "{path}");
        assert!(head.ends_with("\r\n\r\n"), "{path}: no body\n{head}");
    }
    // It is a read, also to a fault.
    sandbox.faults(r#"{"fault":"503","target":"read"}"#).expect("a fault");
    assert_eq!(status(&raw(spiff, "HEAD", &design, &[], b"")), 503);
}

#[test]
fn a_page_that_rebinds_its_name_reads_nothing() {
    let sandbox = sandbox();
    for base in [sandbox.spiff_url(), sandbox.sign_customiser_url()] {
        let port = base.rsplit(':').next().expect("a port");
        let mut ours: Vec<_> = ["127.0.0.1", "127.9.9.9", "localhost", "LocalHost", "localhost.", "[::1]", "[0:0::1]"]
            .iter()
            .flat_map(|name| [(*name).to_owned(), format!("{name}:{port}"), format!("{name}:8080")])
            .collect();
        ours.push("[::ffff:127.0.0.1]".to_owned());
        for host in &ours {
            assert_eq!(status(&with_host(base, "GET", "/_/ready", Some(host), "")), 200, "{host}");
        }
        for host in [
            "rebind.example",
            "rebind.example:80",
            "127.0.0.1.rebind.example",
            "localhost.rebind.example",
            "localhost@rebind.example",
            "rebind.example:80@127.0.0.1",
            "localhost:1:2",
            "localhost:x",
            "0.0.0.0",
            "192.168.0.2",
            "[::]",
            "::1",
            "localhost..",
            "",
        ] {
            for path in ["/_/ready", "/_/orders", "/_/nothing", "/", "/favicon.ico", "/api/v2/orders", "/graphql"] {
                let reply = with_host(base, "GET", path, Some(host), "");
                let text = String::from_utf8_lossy(&reply);
                assert!([400, 421].contains(&status(&reply)), "{host} {path}: {text}");
                assert!(!text.contains("test_"), "{host} {path}: {text}");
            }
        }
        // Twice, none, and in the place of the path.
        let twice = with_host(base, "GET", "/_/ready", Some("localhost"), "Host: rebind.example\r\n");
        assert_eq!(status(&twice), 400);
        assert_eq!(status(&with_host(base, "GET", "/_/ready", None, "")), 400);
        let absolute = with_host(base, "GET", "http://rebind.example/_/ready", Some("localhost"), "");
        assert_eq!(status(&absolute), 421);
        let absolute = with_host(base, "GET", "http://localhost/_/ready", Some("rebind.example"), "");
        assert_eq!(status(&absolute), 421);
        let mut old = connect(base);
        old.write_all(b"GET /_/ready HTTP/1.0\r\n\r\n").expect("written");
        assert_eq!(status(&drain(&mut old)), 200, "a health check");
        // Nor does it change anything.
        assert_eq!(status(&with_host(base, "POST", "/_/transactions", Some("rebind.example"), "")), 421);
    }
    let reply = with_host(sandbox.spiff_url(), "GET", "/", Some("sandbox.shop.test:8080"), "");
    let error = parse(&reply).expect("a reply").json()["error"].as_str().expect("a sentence").to_owned();
    assert!(error.contains("--allowed-host sandbox.shop.test"), "{error}");
}

#[test]
fn control_belongs_to_the_sandbox_alone() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let port = base.rsplit(':').next().expect("a port");
    let post = |headers: &str| {
        status(&with_host(base, "POST", "/_/transactions", Some(&format!("localhost:{port}")), headers))
    };
    assert_eq!(post(""), 200);
    assert_eq!(post(&format!("Origin: http://localhost:{port}\r\n")), 200, "its own page, by another name");
    assert_eq!(post(&format!("Origin: {}\r\n", sandbox.sign_customiser_url())), 200);
    for foreign in [
        "Origin: https://example.com\r\n".to_owned(),
        "Origin: null\r\n".to_owned(),
        "Origin: http://localhost:1\r\n".to_owned(),
        format!("Origin: https://localhost:{port}\r\n"),
        format!("Origin: {base}\r\nOrigin: https://example.com\r\n"),
        "Sec-Fetch-Site: cross-site\r\n".to_owned(),
        "Sec-Fetch-Site: same-site\r\n".to_owned(),
    ] {
        assert_eq!(post(&foreign), 403, "{foreign}");
    }
}

/// A sandbox whose patience ends soon.
fn hasty() -> Sandbox {
    Sandbox::start(Options { request_timeout: Duration::from_millis(300), ..Options::default() }).expect("free ports")
}

/// What comes back, and after how long.
fn ends(mut stream: TcpStream) -> (Vec<u8>, Duration) {
    let from = Instant::now();
    let all = drain(&mut stream);
    (all, from.elapsed())
}

#[test]
fn whoever_does_not_go_on_is_sent_away() {
    let sandbox = hasty();
    let base = sandbox.spiff_url();
    let begin = |bytes: &[u8]| {
        let mut stream = connect(base);
        stream.write_all(bytes).expect("written");
        stream
    };
    let head = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n";
    for (name, bytes, status) in [
        ("nothing", &b""[..], None),
        ("half a line", b"POST /graph", None),
        ("half a head", b"POST /graphql HTTP/1.1\r\nHost: loc", None),
        ("no body", head, Some(408)),
        ("half a body", &[&head[..], b"{\"query\":"].concat(), Some(408)),
    ] {
        for fault in [None, Some(r#"{"fault":"500"}"#)] {
            if let Some(fault) = fault {
                sandbox.faults(fault).expect("a fault");
            }
            let (reply, took) = ends(begin(bytes));
            assert!(took > Duration::from_millis(100) && took < Duration::from_secs(5), "{name}: {took:?}");
            let seen = (!reply.is_empty()).then(|| self::status(&reply));
            assert_eq!(seen, status, "{name}");
        }
        sandbox.reset();
    }
    // One byte at a time is no progress either.
    let mut stream = begin(b"POST /x HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    let from = Instant::now();
    while stream.write_all(b"x").is_ok() {
        assert!(from.elapsed() < Duration::from_secs(5), "it is still read");
        std::thread::sleep(Duration::from_millis(20));
    }
    // An idle connection is closed after its answer.
    let mut stream = begin(b"GET /_/settings HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut space = [0; 4096];
    assert!(stream.read(&mut space).expect("a reply") > 0);
    assert!(ends(stream).1 < Duration::from_secs(5));
    // A request that was whole may take its time.
    sandbox.faults(r#"{"fault":"accept_late","ms":1000}"#).expect("a fault");
    assert_eq!(call(base, "GET", "/none", &[], b"").status, 404);
}

#[test]
fn a_reply_that_is_not_read_is_given_up() {
    let sandbox = hasty();
    let base = sandbox.spiff_url();
    sandbox.faults(r#"{"fault":"oversized","bytes":60000000}"#).expect("a fault");
    let mut stream = connect(base);
    stream.write_all(b"GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("written");
    while sandbox.requests().first().is_none_or(|request| request["status"].is_null()) {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(1500));
    assert!(drain(&mut stream).len() < 59_000_000, "it waited for its reader");
    // A reply that drips on demand is no slow reader.
    sandbox.faults(r#"{"fault":"slow","ms_per_byte":4}"#).expect("a fault");
    assert_eq!(call(base, "GET", "/none", &[], b"").status, 404);
}

#[test]
fn many_connections_leave_room_for_one() {
    let sandbox = hasty();
    let base = sandbox.spiff_url();
    let idle: Vec<_> = (0..400).map(|_| connect(base)).collect();
    ready_within(base, Duration::from_secs(5));
    for stream in idle {
        assert!(ends(stream).0.is_empty());
    }
}

#[test]
fn a_sandbox_for_others_answers_under_its_names() {
    let options = Options {
        host: "0.0.0.0".parse().expect("an address"),
        allowed_hosts: vec!["sandbox.test".to_owned()],
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).expect("free ports");
    let base = sandbox.spiff_url();
    assert!(base.starts_with("http://127.0.0.1:"), "{base}");
    for (host, expected) in [("sandbox.test:8080", 200), ("127.0.0.1", 200), ("other.test", 421), ("0.0.0.0", 421)] {
        assert_eq!(status(&with_host(base, "GET", "/_/ready", Some(host), "")), expected, "{host}");
    }
    let own = with_host(base, "POST", "/_/transactions", Some("sandbox.test:80"), "Origin: http://sandbox.test:80\r\n");
    assert_eq!(status(&own), 200);
    let wrong = Options { allowed_hosts: vec!["http://sandbox.test".to_owned()], ..Options::default() };
    let error = Sandbox::start(wrong).expect_err("no name");
    assert!(error.to_string().contains("without scheme"), "{error}");
}

#[test]
fn webhooks_that_wait_are_bounded() {
    let sandbox = sandbox();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", silent.local_addr().expect("an address"));
    let sign = sandbox.sign_customiser_url();
    let subscription = json!({ "topic": "order:created", "url": url }).to_string();
    for _ in 0..100 {
        let headers = [BEARER, crate::http::ACCEPT, JSON];
        assert_eq!(call(sign, "POST", "/api/v2/webhooks", &headers, subscription.as_bytes()).status, 200);
    }
    let order = json!({ "integration_id": 1, "external_id": "1", "external_order_number": "1", "currency": "USD",
        "products": [{ "external_id": "a", "quantity": 1, "price": 1 }] })
    .to_string();
    for _ in 0..4 {
        let headers = [BEARER, crate::http::ACCEPT, JSON];
        assert_eq!(call(sign, "POST", "/api/v2/orders", &headers, order.as_bytes()).status, 200);
    }
    let refused = sandbox.deliveries().iter().filter(|one| one["state"] == "refused").count();
    assert_eq!(refused, 400 - 256);
    ready_within(sign, Duration::from_secs(2));
}

#[test]
fn fragments_that_multiply_are_refused_at_once() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let nested = |on: &str, last: &str, alias: bool| {
        let mut document = format!("query{{...f0}} fragment f22 on {on}{{{last}}}");
        for at in 0..22 {
            let next = at + 1;
            let twice = match alias {
                true => format!("a:currentIntegration{{...g{next}}} b:currentIntegration{{...g{next}}}"),
                false => format!("...f{next} ...f{next}"),
            };
            document += &format!(" fragment f{at} on {on}{{{twice}}}");
        }
        document
    };
    let mut inside =
        "query{orders(ids:[\"5a000000-0000-4000-8000-000000000060\"]){...f0}} fragment f22 on Order{id}".to_owned();
    for at in 0..22 {
        let next = at + 1;
        inside += &format!(" fragment f{at} on Order{{lineItems{{a:order{{...f{next}}} b:order{{...f{next}}}}}}}");
    }
    // Not in the document but in the data: an order of two lines, whose order has two lines.
    let mut cycle = "id".to_owned();
    for _ in 0..30 {
        cycle = format!("lineItems{{order{{{cycle}}}}}");
    }
    let cycle = format!("{{orders(ids:[\"5a000000-0000-4000-8000-000000000060\"]){{{cycle}}}}}");
    let mut types = "name".to_owned();
    for _ in 0..12 {
        types = format!("fields{{type{{{types}}}}}");
    }
    let types = format!("{{__type(name:\"Query\"){{{types}}}}}");
    let many: String =
        (0..2000).map(|at| format!("a{at}:__schema{{types{{name fields{{name type{{name}}}}}}}} ")).collect();
    let made = sandbox.control("POST", "/_/past-orders", r#"{"count":1000}"#).expect("made");
    let wide: String = (0..2000).map(|at| format!("a{at}:__typename ")).collect();
    let wide = format!("{{orders(ids:{}){{id {wide}}}}}", made["ids"]);
    let spreads = "...f ".repeat(2000);
    let spreads = format!("{{orders(ids:{}){{{spreads}}}}} fragment f on Order{{id}}", made["ids"]);
    for (name, document) in [
        ("spread", nested("Query", "__typename", false)),
        ("fields", inside),
        ("cycle", cycle),
        ("types", types),
        ("schema", format!("{{{many}}}")),
        ("deep", format!("{{orders(ids:[]){}{}}}", "{lineItems{order".repeat(200) + "{id", "}}".repeat(200) + "}")),
        ("wide", wide),
        ("spreads", spreads),
    ] {
        for headers in [&[APPLICATION, JSON][..], &[JSON]] {
            let from = Instant::now();
            let body = json!({ "query": document }).to_string();
            let reply = call(base, "POST", "/graphql", headers, body.as_bytes());
            assert!(from.elapsed() < PATIENCE, "{name}: {:?}", from.elapsed());
            assert!(reply.body.len() < 32 * 1024 * 1024, "{name}: {}", reply.body.len());
            if headers.len() == 2 {
                let said = reply.json();
                assert!(said["errors"][0]["message"].is_string(), "{name}: {}", &said.to_string()[..200]);
            }
        }
    }
    // What people ask is answered.
    let read = graphql(base, "{ currentIntegration { id } }", Value::Null);
    assert_eq!(read["errors"], Value::Null);
}

#[test]
fn work_for_one_holds_nobody_else_up() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url().to_owned();
    let making = std::thread::spawn({
        let base = base.clone();
        move || call(&base, "POST", "/_/past-orders", &[JSON], br#"{"count":10000}"#).status
    });
    std::thread::sleep(Duration::from_millis(100));
    let mut slowest = Duration::ZERO;
    let mut asked = 0;
    while !making.is_finished() {
        let from = Instant::now();
        assert_eq!(call(&base, "GET", "/_/settings", &[], b"").status, 200);
        slowest = slowest.max(from.elapsed());
        asked += 1;
    }
    assert_eq!(making.join().expect("made"), 200);
    assert!(asked > 3 && slowest < Duration::from_millis(500), "{asked} answers, the slowest after {slowest:?}");
}

#[test]
fn a_prefix_ends_in_no_known_path() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let body = json!({ "query": "{ currentIntegration { id } }" }).to_string();
    let post = |path: &str| call(base, "POST", path, &[APPLICATION, JSON], body.as_bytes()).status;
    for path in ["/graphql", "/api/graphql", "/a/b/graphql", "/us/api/v2/graphql", "/mygraphql/graphql"] {
        assert_eq!(post(path), 200, "{path}");
    }
    for path in [
        "/graphql/graphql",
        "/api/graphql/graphql",
        "/graphql/graphql/graphql",
        "/api/v2/orders/graphql",
        "/targets/graphql",
        "/api/transactions/a/graphql",
        "/artifacts/a.json/graphql",
        "/graphql/",
        "/mygraphql",
    ] {
        assert_eq!(post(path), 404, "{path}");
    }
    assert_eq!(call(base, "POST", "/graphql/api/v2/orders", &[APPLICATION, JSON], b"{}").status, 404);
}

#[test]
fn control_takes_no_more_than_it_needs() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let large = format!("[{}0]", "0,".repeat(2_000_000));
    let from = Instant::now();
    let reply = call(base, "POST", "/_/faults", &[JSON], large.as_bytes());
    assert_eq!(reply.status, 413, "{}", reply.text());
    assert!(reply.json()["error"].as_str().is_some_and(|error| error.contains("1048576")));
    let many = json!(vec![json!({ "fault": "500" }); 20_000]).to_string();
    assert_eq!(call(base, "POST", "/_/faults", &[JSON], many.as_bytes()).status, 400);
    assert_eq!(call(base, "GET", "/_/faults", &[], b"").json(), json!({ "faults": [] }));
    let padded = br#"{"fault":"oversized","bytes":1000000000000000}"#;
    assert_eq!(call(base, "POST", "/_/faults", &[JSON], padded).status, 400);
    assert!(from.elapsed() < PATIENCE);
    ready_within(base, Duration::from_secs(2));
}

#[test]
fn what_multiplies_inside_a_request_is_bounded() {
    let sandbox = sandbox();
    let (spiff, sign) = (sandbox.spiff_url(), sandbox.sign_customiser_url());
    // Problems by the thousand.
    let body = format!("{{\"products\":[{}{{}}]}}", "{},".repeat(200_000));
    let reply = call(sign, "POST", "/api/v2/orders", &[BEARER, crate::http::ACCEPT, JSON], body.as_bytes());
    assert_eq!(reply.status, 422);
    assert!(reply.body.len() < 1024 * 1024, "{}", reply.body.len());
    // A bundle of many, named often.
    let made = sandbox.control("POST", "/_/transactions", r#"{"count":2000}"#).expect("made");
    let ids: Vec<_> =
        made.as_array().expect("a list").iter().map(|one| one["transactionId"].as_str().expect("an id")).collect();
    let from = Instant::now();
    let bundle = sandbox.create_bundle(&ids).expect("a bundle");
    let bundle = sandbox.create_bundle(&ids).and(Ok(bundle)).expect("they move to another");
    assert!(from.elapsed() < Duration::from_secs(5), "{:?}", from.elapsed());
    let read = |bundle: &str| {
        graphql(spiff, "query($ids:[String!]!){bundles(ids:$ids){transactionsCount}}", json!({ "ids": [bundle] }))
    };
    assert_eq!(read(&bundle)["data"]["bundles"][0]["transactionsCount"], 0);
    let whole = sandbox.create_bundle(&ids).expect("a bundle");
    let query = "mutation($items:[OrderItemInput!]!){orderCreate(orderItems:$items){id}}";
    let items = json!({ "items": vec![json!({ "amountToOrder": 1, "bundleId": whole }); 1000] });
    let said = graphql(spiff, query, items);
    assert!(said["errors"][0]["message"].as_str().is_some_and(|message| message.contains("20000 lines")), "{said}");
    assert_eq!(sandbox.orders().len(), 0);
}

#[test]
fn long_bodies_of_orders_are_forgotten_and_the_orders_are_not() {
    let sandbox = sandbox();
    let padding = "x".repeat(300_000);
    for at in 0..600 {
        let order = json!({ "externalId": at.to_string(), "padding": padding,
            "orderItems": [{ "amountToOrder": 1, "transactionId": "5a000000-0000-4000-8000-000000000040" }] });
        let headers = [APPLICATION, JSON];
        let reply = call(sandbox.spiff_url(), "POST", "/api/v2/orders", &headers, order.to_string().as_bytes());
        assert_eq!(reply.status, 201);
    }
    let orders = sandbox.orders();
    assert_eq!(orders.len(), 600);
    assert_eq!((&orders[0]["externalId"], &orders[0]["body"]), (&json!("0"), &Value::Null));
    assert_eq!(orders[599]["body"].as_str().map(str::len), Some(64 * 1024));
}
