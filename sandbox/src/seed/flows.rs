//! Process flows, and one execution of each kind: done, failed, running.

use super::{THEN, ids};
use crate::store::{Store, link};
use serde_json::{Value, json};

const ENDED: &str = "2024-03-02T08:00:02.000Z";

/// Fills in the flows; the designs are there.
pub(super) fn seed(store: &mut Store, base: &str) {
    store.add(
        "ProcessFlowContext",
        json!({ "id": ids::FLOW_CONTEXT, "name": "Orders", "description": "Runs on orders", "public": true,
            "inputs": [{ "name": "input", "type": "Transaction" }], "outputs": [{ "name": "output", "type": "JsonKey" }] }),
    );
    store.add("ProcessFlowContext", json!({ "name": "Anything", "public": false }));
    let nodes = json!([
        { "id": "start", "type": "Start", "quickview": false, "data": json!({ "title": "Start" }).to_string() },
        { "id": "end", "type": "End", "quickview": true, "quickviewName": "Result", "parentNodeId": "start",
          "region": { "x": 0.0, "y": 0.5, "width": 1.0, "height": 1.0 } }]);
    let edges = json!([{ "id": "edge", "sourceNode": "start", "sourceSocket": "output", "targetNode": "end",
        "targetSocket": "input" }]);
    for (id, name, fails) in [(ids::FLOW, "Export a design", false), (ids::FAILING_FLOW, "Always fails", true)] {
        store.add(
            "ProcessFlow",
            json!({ "id": id, "name": name, "@fails": fails, "entityType": "Partner", "entityId": ids::PARTNER,
                "processFlowContext": link("ProcessFlowContext", ids::FLOW_CONTEXT), "nodes": nodes, "edges": edges }),
        );
    }
    store.add("ProcessFlow", json!({ "id": ids::BARE_FLOW, "nodes": [{}, { "region": {} }], "edges": [{}] }));

    let node = |id: &str, more: Value| {
        let mut all = json!({ "id": id, "quickview": false, "startedAt": "2024-03-02T08:00:00.000Z",
            "data": json!({ "title": id }).to_string() });
        if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
            all.extend(more);
        }
        all
    };
    let text = json!({ "type": "Text", "value": "Sam" }).to_string();
    let key = format!("artifacts/{}.json", ids::DONE);
    let file = json!({ "type": "JsonKey", "value": { "key": key, "url": format!("{base}/{key}") } }).to_string();
    let ran = json!([{ "id": "edge", "sourceNode": "start", "sourceSocket": "output", "targetNode": "end",
        "targetSocket": "input", "data": { "type": "Transaction", "value": ids::ORDERED_MUG } }, {}, { "data": {} }]);
    let of_mug = json!([{ "isSpiffObject": true, "id": ids::ORDERED_MUG, "type": "Transaction" }]);
    store.add(
        "ProcessExecution",
        json!({ "id": ids::DONE, "internalId": "EX-1001", "createdAt": THEN, "updatedAt": ENDED, "completedAt": ENDED,
            "processFlow": link("ProcessFlow", ids::FLOW), "edges": ran, "@inputs": of_mug,
            "nodes": [
                node("start", json!({ "type": "Start", "completedAt": "2024-03-02T08:00:01.000Z", "artifacts": text })),
                node("end", json!({ "type": "End", "completedAt": ENDED, "artifacts": file, "quickview": true,
                    "quickviewName": "Result", "region": { "x": 0.0, "y": 0.5, "width": 1.0, "height": 1.0 } }))] }),
    );
    store.add(
        "ProcessExecution",
        json!({ "id": ids::FAILED, "internalId": "EX-1002", "createdAt": THEN, "updatedAt": ENDED, "failedAt": ENDED,
            "processFlow": link("ProcessFlow", ids::FAILING_FLOW), "@inputs": of_mug,
            "nodes": [
                node("start", json!({ "type": "Start", "completedAt": "2024-03-02T08:00:01.000Z", "artifacts": text })),
                node("end", json!({ "type": "End", "failedAt": ENDED }))] }),
    );
    // It goes on until a control request ends it.
    store.add(
        "ProcessExecution",
        json!({ "id": ids::RUNNING, "createdAt": THEN, "processFlow": link("ProcessFlow", ids::FLOW), "@inputs": of_mug,
            "nodes": [node("start", json!({ "type": "Start" })), { "id": "end", "region": {} }] }),
    );
}
