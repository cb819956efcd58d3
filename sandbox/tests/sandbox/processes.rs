//! Process executions: how they begin, go on and end.

use crate::http::{call, graphql};
use crate::sandbox;
use countersign_sandbox::Sandbox;
use serde_json::{Value, json};

const FLOW: &str = "5a000000-0000-4000-8000-000000000011";
const FAILING: &str = "5a000000-0000-4000-8000-000000000070";
const RUNNING: &str = "5a000000-0000-4000-8000-000000000082";

fn start(sandbox: &Sandbox, flow: &str, inputs: &[&str]) -> Value {
    let query = "mutation($flow: String!, $inputs: [String]!) { processExecutionCreate(processFlowId: $flow, inputs: $inputs) { id completedAt failedAt nodes { startedAt completedAt failedAt } } }";
    graphql(sandbox.spiff_url(), query, json!({ "flow": flow, "inputs": inputs }))
}

fn poll(sandbox: &Sandbox, id: &str) -> Value {
    let query = "query($ids: [String!]!) { processExecutions(ids: $ids) { completedAt failedAt updatedAt nodes { startedAt completedAt failedAt artifacts } } }";
    graphql(sandbox.spiff_url(), query, json!({ "ids": [id] }))["data"]["processExecutions"][0].clone()
}

#[test]
fn processes_complete_after_a_moment() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let start = "mutation { processExecutionCreate(processFlowId: \"5a000000-0000-4000-8000-000000000011\", inputs: [\"\\\"text\\\"\"]) { id completedAt nodes { startedAt artifacts } } }";
    let poll = "query($ids: [String!]!) { processExecutions(ids: $ids) { completedAt failedAt nodes { completedAt artifacts } } }";
    let started = graphql(base, start, json!({}));
    let started = &started["data"]["processExecutionCreate"];
    assert_eq!(started["completedAt"], Value::Null, "{started}");
    sandbox.settings(r#"{"process_ms":0}"#).expect("a setting");
    let second = graphql(base, start, json!({}));
    let ids = json!({ "ids": [second["data"]["processExecutionCreate"]["id"]] });
    let done = graphql(base, poll, ids);
    let done = &done["data"]["processExecutions"][0];
    assert!(done["completedAt"].is_string() && done["failedAt"].is_null(), "{done}");
    let artifacts: Value =
        serde_json::from_str(done["nodes"][0]["artifacts"].as_str().expect("text")).expect("JSON in text");
    assert_eq!(artifacts["type"], "JsonKey");
    let url = artifacts["value"]["url"].as_str().expect("a URL");
    let file = call(base, "GET", url.strip_prefix(base).expect("here"), &[], b"");
    assert_eq!(file.json(), json!({ "inputs": ["text"] }));
}

#[test]
fn they_go_on_node_by_node() {
    let sandbox = sandbox();
    sandbox.settings(r#"{"process_ms":200}"#).expect("a setting");
    let made = start(&sandbox, FLOW, &["1"])["data"]["processExecutionCreate"].clone();
    assert!(made["nodes"][0]["startedAt"].is_string() && made["nodes"][0]["completedAt"].is_null(), "{made}");
    assert_eq!(made["nodes"][1], json!({ "startedAt": null, "completedAt": null, "failedAt": null }));
    let id = made["id"].as_str().expect("an id");
    let begun = std::time::Instant::now();
    let mut between = Vec::new();
    let done = loop {
        let now = poll(&sandbox, id);
        if now["completedAt"].is_string() {
            break now;
        }
        between.push(now);
        assert!(begun.elapsed() < crate::http::PATIENCE);
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    // A node begins when the one before it has ended.
    for now in &between {
        assert_eq!(now["nodes"][1]["startedAt"], now["nodes"][0]["completedAt"]);
        assert!(now["nodes"][1]["completedAt"].is_null());
    }
    assert_eq!(done["nodes"][1]["completedAt"], done["completedAt"]);
    assert_eq!(done["updatedAt"], done["completedAt"]);
}

#[test]
fn they_fail() {
    let sandbox = sandbox();
    sandbox.settings(r#"{"process_ms":0}"#).expect("a setting");
    let made = start(&sandbox, FAILING, &[])["data"]["processExecutionCreate"].clone();
    assert!(made["failedAt"].is_string() && made["completedAt"].is_null(), "{made}");
    assert!(made["nodes"][0]["completedAt"].is_string() && made["nodes"][1]["failedAt"].is_string());
    for (inputs, why) in [
        ("nothing", "inputs[0] is not JSON"),
        (r#"{"isSpiffObject":true,"type":"Transaction","id":"none"}"#, "inputs[0]: Transaction none was not found"),
        (r#"[{"isSpiffObject":true,"type":"Shoe","id":"none"}]"#, "inputs[0]: there is no type"),
    ] {
        let refused = start(&sandbox, FLOW, &[inputs]);
        assert_eq!(refused["data"]["processExecutionCreate"], Value::Null);
        assert!(refused["errors"][0]["message"].as_str().is_some_and(|text| text.contains(why)), "{refused}");
    }
    assert_eq!(start(&sandbox, "none", &[])["data"]["processExecutionCreate"], Value::Null);
}

#[test]
fn control_ends_them() {
    let sandbox = sandbox();
    sandbox.settings(r#"{"process_ms":null}"#).expect("a setting");
    let end = |body: Value| sandbox.control("POST", "/_/process-executions", &body.to_string());
    for (how, field) in [("done", "completedAt"), ("failed", "failedAt")] {
        let made = start(&sandbox, FLOW, &["1"])["data"]["processExecutionCreate"].clone();
        let id = made["id"].as_str().expect("an id");
        assert!(poll(&sandbox, id)["completedAt"].is_null());
        end(json!({ "id": id, "end": how })).expect("it ends");
        let now = poll(&sandbox, id);
        assert!(now[field].is_string() && now["nodes"][1][field].is_string(), "{now}");
        assert!(end(json!({ "id": id, "end": how })).is_err_and(|why| why.contains("ended already")));
    }
    assert!(poll(&sandbox, RUNNING)["completedAt"].is_null());
    end(json!({ "id": RUNNING, "end": "done" })).expect("it ends");
    assert!(poll(&sandbox, RUNNING)["completedAt"].is_string());
    for wrong in [json!({}), json!({ "id": RUNNING }), json!({ "id": "none", "end": "done" })] {
        assert!(end(wrong).is_err());
    }
}
