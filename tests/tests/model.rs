//! The typed operations of the Spiff client: selections, long lists, feeds, partial errors, changes in doubt, flows.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use countersign::spiff::{Client, JsonText, Terminal, document, input, model, operations};
use countersign::transport::{Failure, Limits, Transport};
use countersign::{Effect, Error, ErrorKind, Options, Outcome, Reply, Request, operations as waist};
use countersign_sandbox::Sandbox;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A platform that answers what a function says, and remembers what it was asked.
struct Script {
    asked: Mutex<Vec<Value>>,
    answer: Box<dyn Fn(&Value) -> Value + Send + Sync>,
}

impl Transport for Script {
    fn send(&self, request: &Request, _: &Limits) -> Result<Reply, Failure> {
        let asked: Value = serde_json::from_slice(&request.body).unwrap();
        let body = (self.answer)(&asked).to_string().into_bytes();
        self.asked.lock().unwrap().push(asked);
        Ok(Reply { status: 200, headers: vec![("content-type".into(), "application/json".into())], body })
    }
}

fn scripted(answer: impl Fn(&Value) -> Value + Send + Sync + 'static) -> (Client, Arc<Script>) {
    let script = Arc::new(Script { asked: Mutex::default(), answer: Box::new(answer) });
    let options = Options::new().set("application_key", "k").set("region", "us");
    (Client::with_transport(&options, script.clone()).unwrap(), script)
}

fn sandboxed() -> (Client, Sandbox) {
    let sandbox = Sandbox::start(countersign_sandbox::Options::default()).unwrap();
    let options = Options::new()
        .set("access_key", "test_access_key")
        .set("secret_key", "test_secret_key")
        .set("base_url", sandbox.spiff_url());
    (Client::new(&options).unwrap(), sandbox)
}

const DESIGN: &str = "5a000000-0000-4000-8000-000000000040";

fn paths(error: &Error) -> Vec<&str> {
    error.problems().iter().map(|problem| problem.path.as_str()).collect()
}

#[test]
fn answers_are_typed_and_selected() {
    let (spiff, sandbox) = sandboxed();
    let found = spiff.transactions(&[DESIGN, "none"]).unwrap();
    assert!(found[1].is_none());
    let design = found[0].as_ref().unwrap();
    assert_eq!(design.design_name.as_deref(), Some("Sam's mug"));
    assert!(design.product.as_ref().unwrap().name.is_some() && design.workflow_state.is_none());
    let chosen =
        spiff.select("{ workflowState product { partner { currencyCode } } }").transactions(&[DESIGN]).unwrap();
    let chosen = chosen[0].as_ref().unwrap();
    assert!(chosen.design_name.is_none() && chosen.id.as_deref() == Some(DESIGN));
    assert!(chosen.workflow_state.as_ref().unwrap().decode::<Value>().unwrap().is_object());
    let partner = chosen.product.as_ref().unwrap().partner.as_ref().unwrap();
    assert_eq!(partner.currency_code.as_ref().unwrap().len(), 3);
    // What is asked for does not reach placing, settling and checking, which ask for what they need.
    assert!(spiff.select("isCurrent").check().unwrap().integration.id.is_some());
    let made = spiff.transaction_create(&input::TransactionCreate {
        integration_product_id: Some("5a000000-0000-4000-8000-000000000005".into()),
        ..Default::default()
    });
    let owner = made.unwrap().transaction_owner_id.unwrap();
    assert!(!owner.expose().is_empty() && format!("{owner:?}") == "Hidden(redacted)");
    drop(sandbox);
}

#[test]
fn bad_selections_send_nothing() {
    let (spiff, script) = scripted(|_| json!({ "data": null }));
    let refused = |fields: &str| {
        let error = spiff.select(fields).transactions(&["a"]).unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::InvalidArgument, None), "{error}");
        paths(&error).join(" ")
    };
    assert_eq!(refused("desginName"), "select.desginName");
    assert_eq!(refused("id { x } product"), "select.id select.product");
    assert_eq!(refused("product { nmae partner { x } }"), "select.product.nmae select.product.partner.x");
    // A change that was refused here was certainly not made.
    let error = spiff.run("bundle_delete", b"{}").unwrap_err();
    assert_eq!((paths(&error), error.outcome()), (vec!["id"], Some(Outcome::NotPlaced)));
    assert!(script.asked.lock().unwrap().is_empty());
}

#[test]
fn long_lists_are_split_and_aligned_again() {
    let ids: Vec<String> = (0..120).map(|n| format!("id-{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    // The second part is answered backwards, the third not at all.
    let (spiff, script) = scripted(|asked| {
        let ids = asked["variables"]["ids"].as_array().unwrap();
        let mut list: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
        match ids[0].as_str().unwrap() {
            "id-50" => list.reverse(),
            "id-100" => return json!({ "data": { "orders": null } }),
            _ => {}
        }
        json!({ "data": { "orders": list } })
    });
    let orders = spiff.orders(&ids).unwrap();
    assert_eq!(orders.len(), 120);
    for (n, order) in orders.iter().enumerate() {
        let due = (n < 100).then(|| format!("id-{n}"));
        assert_eq!(order.as_ref().and_then(|order| order.id.as_deref()), due.as_deref());
    }
    let sizes: Vec<_> =
        script.asked.lock().unwrap().iter().map(|a| a["variables"]["ids"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [50, 50, 20]);
    // A flat list is joined as it comes.
    let (spiff, script) = scripted(|asked| {
        let ids = asked["variables"]["entityIds"].as_array().unwrap();
        json!({ "data": { "tagsMany": ids.iter().step_by(40).map(|id| json!({ "id": "t", "entityId": id })).collect::<Vec<_>>() } })
    });
    let tags = spiff.tags_many(&ids).unwrap();
    assert_eq!(
        tags.iter().map(|tag| tag.as_ref().unwrap().entity_id.as_deref().unwrap()).collect::<Vec<_>>(),
        ["id-0", "id-40", "id-50", "id-90", "id-100"]
    );
    assert_eq!(script.asked.lock().unwrap().len(), 3);
    // Whoever prepares a call sends it at once, and a change is not split.
    let prepared = waist::find(waist::SPIFF, "orders").unwrap().prepare(
        spiff.account(),
        json!({ "ids": ids }).to_string().as_bytes(),
        countersign::Timestamp::from_unix(0),
    );
    assert!(prepared.unwrap_err().message().contains("120 entries, more than the 50"));
    let many = json!({ "inputs": (0..51).map(|_| json!({})).collect::<Vec<_>>() }).to_string();
    let error = spiff.run("transaction_create_many", many.as_bytes()).unwrap_err();
    assert_eq!(error.outcome(), Some(Outcome::NotPlaced));
    assert!(error.message().contains("Split it into 2 lists"), "{error}");
}

#[test]
fn partial_errors_name_the_field_and_the_id() {
    let ids: Vec<String> = (0..60).map(|n| format!("id-{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let (spiff, _) = scripted(|asked| {
        let ids = asked["variables"]["ids"].as_array().unwrap();
        let list: Vec<_> = ids.iter().map(|id| json!({ "id": id, "product": null })).collect();
        if ids.len() == 50 {
            return json!({ "data": { "transactions": list } });
        }
        json!({ "data": { "transactions": list }, "errors": [
            { "message": "No access", "path": ["transactions", 3, "product", "name"] },
            { "message": "Slow", "path": ["transactions"] }
        ] })
    });
    let error = spiff.transactions(&ids).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::GraphqlErrors);
    assert_eq!(paths(&error), ["transactions[53].product.name", "transactions"]);
    assert_eq!(error.problems()[0].message, "No access (id \"id-53\")");
    assert!(String::from_utf8_lossy(error.body().unwrap()).contains("\"id-59\""));
    // The platform counts in what it answered: shorter, or in another order.
    let told = |list: Value, at: usize| {
        let (spiff, _) = scripted(
            move |_| json!({ "data": { "transactions": list }, "errors": [{ "message": "No", "path": ["transactions", at] }] }),
        );
        let error = spiff.transactions(&["a", "b", "c"]).unwrap_err();
        (error.problems()[0].path.clone(), error.problems()[0].message.clone())
    };
    let due = |path: &str, message: &str| (path.to_owned(), message.to_owned());
    assert_eq!(told(json!([{ "id": "c" }, { "id": "a" }]), 0), due("transactions[2]", "No (id \"c\")"));
    assert_eq!(told(json!([{ "id": "a" }, null, { "id": "c" }]), 1), due("transactions[1]", "No (id \"b\")"));
    assert_eq!(told(Value::Null, 1), due("transactions[1]", "No (id \"b\")"));
    assert_eq!(told(json!([{ "id": "c" }, null]), 1), due("transactions[?]", "No"));
    assert_eq!(told(json!([{ "id": "z" }]), 0), due("transactions[?]", "No"));
    assert_eq!(told(json!([]), 9), due("transactions[?]", "No"));
}

#[test]
fn feeds_end_whatever_the_platform_counts() {
    let items = |from: u64, to: u64| (from..to).map(|n| json!({ "id": n.to_string() })).collect::<Vec<_>>();
    let number = |asked: &Value, name: &str| asked["variables"][name].as_u64().unwrap();
    let page = move |asked: &Value| (number(asked, "offset"), number(asked, "limit"));
    // What a feed of 7 items answers, and in how many requests pages of 3 are read.
    type Answer = Box<dyn Fn(&Value) -> Value + Send + Sync>;
    let cases: Vec<(&str, Answer, usize, usize)> = vec![
        (
            "as documented",
            Box::new(move |asked| {
                let (from, size) = page(asked);
                json!({ "items": items(from.min(7), (from + size).min(7)), "total": 7 })
            }),
            7,
            3,
        ),
        (
            "no total",
            Box::new(move |asked| {
                let (from, size) = page(asked);
                json!({ "items": items(from.min(7), (from + size).min(7)), "total": null })
            }),
            7,
            3,
        ),
        (
            "no total, full last page",
            Box::new(move |asked| {
                let (from, size) = page(asked);
                json!({ "items": items(from.min(6), (from + size).min(6)), "total": null })
            }),
            6,
            3,
        ),
        (
            "pages shorter than asked for",
            Box::new(move |asked| {
                let (from, _) = page(asked);
                json!({ "items": items(from.min(7), (from + 2).min(7)), "total": 7 })
            }),
            7,
            4,
        ),
        ("everything at once", Box::new(move |_| json!({ "items": items(0, 7), "total": null })), 7, 1),
        (
            "a total that never comes",
            Box::new(move |asked| {
                let (from, size) = page(asked);
                json!({ "items": items(from.min(4), (from + size).min(4)), "total": 100 })
            }),
            4,
            3,
        ),
        ("a null item", Box::new(move |_| json!({ "items": [null], "total": 1 })), 1, 1),
        ("nothing", Box::new(move |_| json!({ "items": [], "total": 0 })), 0, 1),
    ];
    for (name, answer, count, requests) in cases {
        let (spiff, script) = scripted(move |asked| json!({ "data": { "orderStatusesFeed": answer(asked) } }));
        let mut pages = spiff.order_statuses_feed().page_size(3);
        assert_eq!(pages.by_ref().map(Result::unwrap).count(), count, "{name}");
        assert_eq!(script.asked.lock().unwrap().len(), requests, "{name}");
    }
    // A platform that passes over nothing, with a total that is right, too large, or none; and one that begins anew.
    type From = fn(u64) -> u64;
    for (total, from) in
        [(json!(7), (|_| 0) as From), (json!(1_u64 << 40), |_| 0), (json!(null), |_| 0), (json!(null), |at| at % 6)]
    {
        let due = if from(3) == 0 { 3 } else { 6 };
        let (spiff, script) = scripted(move |asked| {
            let from = from(number(asked, "offset"));
            json!({ "data": { "orderStatusesFeed": { "items": items(from, from + 3), "total": total } } })
        });
        let all: Vec<_> = spiff.order_statuses_feed().page_size(3).collect();
        let (error, shown) = all.split_last().unwrap();
        assert!(shown.len() == due && shown.iter().all(Result::is_ok), "{all:?}");
        let error = error.as_ref().unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::UnexpectedReply, None));
        assert!(error.message().contains("shows a page again that it showed before"), "{error}");
        assert_eq!(script.asked.lock().unwrap().len(), due / 3 + 1);
        assert!(script.asked.lock().unwrap().iter().all(|asked| asked["variables"].get("mark").is_none()));
    }
    let (spiff, script) = scripted(|_| json!({ "data": { "orderStatusesFeed": { "items": null, "total": 3 } } }));
    let mut pages = spiff.order_statuses_feed();
    assert_eq!(pages.next().unwrap().unwrap_err().kind(), ErrorKind::MissingData);
    assert!(pages.next().is_none());
    assert_eq!(script.asked.lock().unwrap()[0]["variables"], json!({ "limit": document::PAGE, "offset": 0 }));
    spiff.run("order_statuses_feed", br#"{"limit":null,"offset":null}"#).unwrap_err();
    let asked = script.asked.lock().unwrap().pop().unwrap();
    assert_eq!(asked["variables"], json!({ "limit": document::PAGE, "offset": 0 }));
    for wrong in [r#"{"limit":0}"#, r#"{"offset":-1}"#, r#"{"limit":1.0}"#, r#"{"mark":"x"}"#, r#"{"mark":1}"#] {
        assert_eq!(spiff.run("order_statuses_feed", wrong.as_bytes()).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
}

#[test]
fn only_what_is_given_is_named_in_a_document() {
    let (spiff, script) = scripted(|_| json!({ "data": { "bundleUpdate": { "id": "b" } } }));
    spiff
        .bundle_update(&input::BundleUpdate { id: "b".into(), name: Some("n\"".into()), ..Default::default() })
        .unwrap();
    let asked = script.asked.lock().unwrap().pop().unwrap();
    assert!(
        asked["query"].as_str().unwrap().starts_with(
            "mutation BundleUpdate($id: String!, $name: String) { bundleUpdate(id: $id, name: $name) { id "
        )
    );
    assert_eq!(asked["variables"], json!({ "id": "b", "name": "n\"" }));
    assert_eq!(asked["operationName"], "BundleUpdate");
    // Metadata: the name of its type is in doubt. JSON in a text: any value, or the text itself.
    let input = r#"{"id":"b","metadata":[{"key":"k\"","value":"{x}"}],"bundleStateData":{"a":[1.50]},"select":"id"}"#;
    spiff.run("bundle_update", input.as_bytes()).unwrap();
    let asked = script.asked.lock().unwrap().pop().unwrap();
    assert_eq!(
        asked["query"],
        "mutation BundleUpdate($id: String!, $bundleStateData: String) { bundleUpdate(id: $id, metadata: [{key: \"k\\\"\", \
         value: \"{x}\"}], bundleStateData: $bundleStateData) { id } }"
    );
    assert_eq!(asked["variables"], json!({ "id": "b", "bundleStateData": "{\"a\":[1.50]}" }));
    let error = spiff.run("bundle_update", br#"{"id":"b","bundleStateData":"{"}"#).unwrap_err();
    assert_eq!(paths(&error), ["bundleStateData"]);
    // Null is a value where the platform allows it.
    spiff.run("bundle_update", br#"{"id":"b","name":null}"#).unwrap();
    assert_eq!(script.asked.lock().unwrap().pop().unwrap()["variables"], json!({ "id": "b", "name": null }));
}

#[test]
fn an_answer_of_null_is_told_by_what_was_asked() {
    for (operation, input, kind, outcome) in [
        ("customer", r#"{"emailAddress":"a"}"#, ErrorKind::MissingData, None),
        ("customer_create", r#"{"details":{}}"#, ErrorKind::MissingData, Some(Outcome::Unknown)),
        (
            "order_create_simple_async",
            r#"{"orderItems":[{"amountToOrder":1,"productId":"p","workflowId":"w"}]}"#,
            ErrorKind::OrderNull,
            Some(Outcome::Unknown),
        ),
    ] {
        let (spiff, _) = scripted(|_| json!({ "data": null }));
        let error = spiff.run(operation, input.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.outcome(), error.retryable()), (kind, outcome, false), "{operation}");
        let (spiff, _) = scripted(|_| json!({ "errors": [{ "message": "no such field" }] }));
        let error = spiff.run(operation, input.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::GraphqlRefused, "{operation}");
    }
    // An order beside errors stands.
    let (spiff, _) =
        scripted(|_| json!({ "data": { "orderCreateSimpleAsync": { "id": "o" } }, "errors": [{ "message": "late" }] }));
    let input = r#"{"orderItems":[{"amountToOrder":1,"productId":"p","workflowId":"w"}]}"#;
    assert_eq!(spiff.run("order_create_simple_async", input.as_bytes()).unwrap().value.get(), r#"{"id":"o"}"#);
    // Another shape than the schema's is no answer.
    for wrong in [json!({}), json!([1]), json!("x"), json!(3)] {
        let (spiff, _) = scripted(move |_| json!({ "data": { "transactions": wrong } }));
        assert_eq!(spiff.transactions(&["a"]).unwrap_err().kind(), ErrorKind::UnexpectedReply);
    }
}

#[test]
fn flows_start_with_typed_inputs_and_are_awaited() {
    let (spiff, sandbox) = sandboxed();
    let flow = spiff.select("id").process_flows_feed().next().unwrap().unwrap().unwrap();
    let started = spiff
        .process_execution_create(&input::ProcessExecutionCreate {
            process_flow_id: flow.id.unwrap().into(),
            inputs: vec![
                Terminal::text("a \"text\""),
                Terminal::List(vec![Terminal::entity("Transaction", DESIGN), Terminal::text("b")]),
            ],
        })
        .unwrap();
    let requests = sandbox.requests();
    let body: Value = serde_json::from_str(requests.last().unwrap()["body"].as_str().unwrap()).unwrap();
    assert_eq!(
        body["variables"]["inputs"],
        json!([r#""a \"text\"""#, format!(r#"[{{"id":"{DESIGN}","isSpiffObject":true,"type":"Transaction"}},"b"]"#)])
    );
    let id = started.id.unwrap();
    let done = spiff.wait_for_process_execution(&id, Duration::from_secs(20)).unwrap();
    assert!(done.completed_at.is_some() && done.failed_at.is_none());
    let nodes = done.nodes.unwrap();
    let artifact = nodes[0].as_ref().unwrap().artifacts.as_ref().unwrap().artifact().unwrap();
    assert!(artifact.json_key().unwrap().url.starts_with("http"));
    let running = "5a000000-0000-4000-8000-000000000082";
    let error = spiff.wait_for_process_execution(running, Duration::ZERO).unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, None));
    // A platform that says nothing holds the wait up by one interval at most.
    sandbox.faults(r#"{"fault":"hang","target":"read","ms":20000}"#).unwrap();
    let started = Instant::now();
    let waited = format!(r#"{{"id":"{running}","timeout":1,"interval":1}}"#);
    let error = spiff.run("process_execution_wait", waited.as_bytes()).unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, None));
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    // A single look has the time of any read.
    sandbox.faults(r#"{"fault":"accept_late","target":"read","ms":1500}"#).unwrap();
    let one = format!(r#"{{"id":"{running}","timeout":0,"interval":1}}"#);
    assert!(spiff.run("process_execution_wait", one.as_bytes()).unwrap_err().message().ends_with("has not ended yet."));
    for nothing in ["", " ", "{}", "{ }"] {
        let input = json!({ "id": running, "select": nothing }).to_string();
        assert_eq!(paths(&spiff.run("process_execution_wait", input.as_bytes()).unwrap_err()), ["select"]);
    }
    let answer =
        spiff.run("process_execution_wait", br#"{"id":"5a000000-0000-4000-8000-000000000081","select":"{id}"}"#);
    let answer: Value = serde_json::from_str(answer.unwrap().value.get()).unwrap();
    assert_eq!(answer.as_object().unwrap().len(), 3);
    assert_eq!(JsonText::of(&json!({ "a": 1 })).unwrap().0, r#"{"a":1}"#);
}

/// VWS signs `/targets` alone: a simple order goes to GraphQL also where orders are placed there.
#[test]
fn a_simple_order_is_signed_as_graphql_is() {
    let options = Options::new().set("access_key", "k").set("secret_key", "s").set("region", "us");
    let account = countersign::spiff::Account::new(&options.set("orders_api", "targets")).unwrap();
    let input = br#"{"orderItems":[{"amountToOrder":1,"productId":"p","workflowId":"w"}]}"#;
    let simple = waist::find(waist::SPIFF, "order_create_simple_async").unwrap();
    let call = simple.prepare(&account, input, countersign::Timestamp::from_unix(0)).unwrap();
    assert!(call.request().header("Authorization").unwrap().starts_with("SOA "));
    assert!(call.request().url.ends_with("/graphql") && call.effect() == Effect::Order);
    // What would order nothing is refused.
    for (input, path) in [
        (r#"{"orderItems":[ ]}"#, "orderItems"),
        (r#"{"orderItems":[{"amountToOrder":0,"productId":"p","workflowId":"w"}]}"#, "orderItems[0].amountToOrder"),
        (r#"{"orderItems":[{"amountToOrder":2.0,"productId":"p","workflowId":"w"}]}"#, "orderItems[0].amountToOrder"),
    ] {
        let error = simple.prepare(&account, input.as_bytes(), countersign::Timestamp::from_unix(0)).unwrap_err();
        assert_eq!((paths(&error), error.outcome()), (vec![path], Some(Outcome::NotPlaced)));
    }
}

#[test]
fn what_grants_access_is_in_no_message() {
    let (spiff, script) = scripted(|_| json!({ "data": null }));
    let empty = br#"{"id":"a","transactionIds":["t"],"transactionOwnerIds":[]}"#;
    assert_eq!(spiff.run("bundle_add_transactions", empty).unwrap_err().problems()[0].code, "empty");
    for (operation, input) in [
        ("customer_verify_code", r#"{"emailAddress":"a","verificationCode":777123}"#),
        ("customer_verify_code", r#"{"emailAddress":"a","verificationCode":{"777123":1}}"#),
        ("customer_authenticate", r#"{"loginToken":777123}"#),
        (
            "bundle_add_transactions",
            r#"{"id":"a","transactionIds":["t"],"transactionOwnerIds":[777123,"\u0001777123"]}"#,
        ),
    ] {
        let error = spiff.run(operation, input.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        let told = format!("{error:?} {error} {}", serde_json::to_string(&error).unwrap());
        assert!(!told.contains("777123"), "{told}");
    }
    assert!(script.asked.lock().unwrap().is_empty());
    let input =
        input::BundleAddTransactions { transaction_owner_ids: Some(vec!["canary".into()]), ..Default::default() };
    assert!(!format!("{input:?}").contains("canary"));
}

/// A value of a type, with everything that may be in it.
fn sample(ty: &str) -> Value {
    let ty = ty.trim_end_matches('!');
    if let Some(inner) = ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')) {
        return json!([sample(inner)]);
    }
    match ty {
        "String" => json!("5a000000-0000-4000-8000-000000000040"),
        "Int" => json!(1),
        "Float" => json!(1.5),
        "Boolean" => json!(true),
        name => {
            let it = model::Type::find(name).unwrap();
            match it.kind {
                model::Kind::Enum => json!(it.names()[0]),
                _ => it.fields().map(|field| (field.name, sample(field.ty))).collect(),
            }
        }
    }
}

/// The sandbox validates against the schema: with every argument given, no document may be refused.
#[test]
fn every_document_with_every_argument_is_valid() {
    let (spiff, _sandbox) = sandboxed();
    for operation in waist::SPIFF.iter().filter_map(|operation| operation.document()) {
        let arguments = operation.arguments.iter().map(|argument| {
            let text = matches!(argument.form, document::Form::Json | document::Form::Terminals);
            let value = if text { json!([{ "text": "x" }]) } else { sample(argument.ty) };
            (argument.name, value)
        });
        let input: Value = arguments.collect();
        if let Err(error) = spiff.run(operation.name, input.to_string().as_bytes()) {
            let refused = [ErrorKind::GraphqlRefused, ErrorKind::InvalidArgument, ErrorKind::Internal];
            assert!(!refused.contains(&error.kind()), "{}: {error}", operation.name);
        }
    }
    assert_eq!(operations::ORDERS.effect, Effect::Read);
}
