//! Process executions: how they begin, go on and end.
//!
//! They advance by the clock, node after node, and are looked at only when someone asks; control can end one at once.

use crate::clock;
use crate::state::State;
use crate::store::{Object, link, text};
use serde_json::{Value, json};

/// The types that an input can name.
const ENTITIES: [&str; 7] = ["Transaction", "Bundle", "Product", "Variant", "Option", "LineItem", "Asset"];

/// Starts a flow with one JSON text per start terminal. Answers the execution's id.
pub(crate) fn start(state: &mut State, flow_id: &str, inputs: &[String]) -> Result<String, String> {
    let Some(flow) = state.store.get("ProcessFlow", flow_id).cloned() else {
        return Err(format!("ProcessFlow {flow_id} was not found."));
    };
    let mut read = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        let input: Value =
            serde_json::from_str(input).map_err(|error| format!("inputs[{at}] is not JSON: {error}."))?;
        check(state, &input).map_err(|why| format!("inputs[{at}]: {why}"))?;
        read.push(input);
    }
    let ms = clock::now_ms();
    let now = clock::iso(ms);
    let internal = format!("EX-{:06}", state.number("process execution"));
    let edges = flow.get("edges").and_then(Value::as_array).cloned().unwrap_or_default().into_iter().map(|mut edge| {
        edge["data"] = json!({ "type": "Text", "value": read.first().map(ToString::to_string) });
        edge
    });
    let fields = json!({ "internalId": internal, "createdAt": now, "updatedAt": now,
        "processFlow": link("ProcessFlow", flow_id), "nodes": flow.get("nodes").cloned().unwrap_or_else(|| json!([])),
        "edges": edges.collect::<Vec<_>>(), "@from": ms, "@ms": state.settings.process_ms,
        "@fails": flow.get("@fails"), "@inputs": read });
    let id = state.store.add("ProcessExecution", fields);
    advance(state);
    Ok(id)
}

/// An input is a text, an object of the platform, or a list of such objects.
fn check(state: &State, input: &Value) -> Result<(), String> {
    match input {
        Value::Array(items) => items.iter().try_for_each(|item| check(state, item)),
        Value::Object(object) if object.get("isSpiffObject") == Some(&true.into()) => {
            let (kind, id) = (text(object, "type"), text(object, "id"));
            if !ENTITIES.contains(&kind) {
                return Err(format!("there is no type {kind:?}. There are: {}.", ENTITIES.join(", ")));
            }
            // Variants and assets are not kept here.
            let kept = !matches!(kind, "Variant" | "Asset");
            if kept && state.store.get(kind, id).is_none() {
                Err(format!("{kind} {id} was not found."))
            } else {
                Ok(())
            }
        }
        _ => Ok(()),
    }
}

/// Brings every execution up to date.
pub(crate) fn advance(state: &mut State) {
    let now = clock::now_ms();
    let open: Vec<_> = state
        .store
        .all("ProcessExecution")
        .filter(|one| !ended(one))
        .filter_map(|one| {
            let from = one.get("@from").and_then(Value::as_i64)?;
            Some((text(one, "id").to_owned(), from, one.get("@ms").and_then(Value::as_i64)))
        })
        .collect();
    for (id, from, ms) in open {
        // Without a duration only control ends it; its first node is at work.
        let (passed, whole) = ms.map_or((0, i64::MAX), |ms| (now - from, ms));
        progress(state, &id, from, passed, whole);
    }
}

fn ended(execution: &Object) -> bool {
    ["completedAt", "failedAt"].iter().any(|field| execution.get(*field).is_some_and(Value::is_string))
}

/// What an execution looks like when so much of its time has passed.
fn progress(state: &mut State, id: &str, from: i64, passed: i64, whole: i64) {
    let file = artifact(state, id);
    let Some(execution) = state.store.get_mut("ProcessExecution", id) else { return };
    let fails = execution.get("@fails").and_then(Value::as_bool).unwrap_or(false);
    let nodes = execution.get_mut("nodes").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
    let count = i64::try_from(nodes.len()).unwrap_or(1).max(1);
    let mut latest = from;
    let mut at = |ms: i64| {
        latest = latest.max(from + ms);
        Value::from(clock::iso(from + ms))
    };
    let nodes = nodes.into_iter().zip(0..).map(|(mut node, nth): (Value, i64)| {
        // Divided first: the whole may be endless.
        let (begins, ends) = (whole / count * nth, if nth + 1 == count { whole } else { whole / count * (nth + 1) });
        if passed >= begins {
            node["startedAt"] = at(begins);
        }
        if passed >= ends {
            if fails && nth + 1 == count {
                node["failedAt"] = at(ends);
            } else {
                node["completedAt"] = at(ends);
                node["artifacts"] = file.clone();
            }
        }
        node
    });
    let nodes: Vec<_> = nodes.collect();
    if passed >= whole {
        let end = at(whole);
        execution.insert(if fails { "failedAt" } else { "completedAt" }.to_owned(), end);
    }
    execution.insert("nodes".into(), nodes.into());
    execution.insert("updatedAt".into(), clock::iso(latest).into());
}

/// What a node made: a file, named by its key.
fn artifact(state: &State, id: &str) -> Value {
    let key = format!("artifacts/{id}.json");
    let url = format!("{}/{key}", state.spiff_url);
    json!({ "type": "JsonKey", "value": { "key": key, "url": url } }).to_string().into()
}

/// Ends an execution at once, for `/_/process-executions`.
pub(crate) fn end(state: &mut State, given: &Value) -> Result<Value, String> {
    let id = given["id"].as_str().ok_or("\"id\" is the id of a process execution.")?;
    let fails = match given["end"].as_str() {
        Some("done") => false,
        Some("failed") => true,
        _ => return Err("\"end\" is \"done\" or \"failed\".".into()),
    };
    advance(state);
    let Some(execution) = state.store.get_mut("ProcessExecution", id) else {
        return Err(format!("There is no process execution {id:?}."));
    };
    if ended(execution) {
        return Err(format!("The process execution {id:?} has ended already."));
    }
    execution.insert("@fails".into(), fails.into());
    let now = clock::now_ms();
    let from = execution.get("@from").and_then(Value::as_i64).unwrap_or(now);
    progress(state, id, from, now - from, now - from);
    Ok(json!({ "id": id, "end": given["end"] }))
}
