//! What an order does, over each wire.

use crate::http::{APPLICATION, call, graphql, order, order_graphql, signed};
use crate::sandbox;
use serde_json::{Value, json};

#[test]
fn an_order_over_graphql_can_be_read_back() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let id = sandbox.create_transaction();
    let reply = signed(base, "/graphql", &order_graphql(&id)).json();
    let placed = &reply["data"]["orderCreate"];
    assert_eq!(placed["externalId"], "order-1", "{reply}");
    assert_eq!(placed["internalId"], Value::Null);
    let query = "query($orders: [String!]!, $ids: [String!]!) {
        orders(ids: $orders) { paid lineItems { quantity basePrice transaction { id } order { id } } }
        transactions(ids: $ids) { isOrdered externalOrderId }
    }";
    let read = graphql(base, query, json!({ "orders": [placed["id"]], "ids": [id] }));
    let line = &read["data"]["orders"][0]["lineItems"][0];
    assert_eq!(
        line,
        &json!({ "quantity": 2, "basePrice": 1500, "transaction": { "id": id }, "order": { "id": placed["id"] } })
    );
    assert_eq!(read["data"]["orders"][0]["paid"], true);
    assert_eq!(read["data"]["transactions"][0], json!({ "isOrdered": true, "externalOrderId": "order-1" }));

    let orders = sandbox.orders();
    assert_eq!(orders.len(), 1);
    let kept = &orders[0];
    assert_eq!((&kept["platform"], &kept["wire"], &kept["paid"]), (&json!("spiff"), &json!("graphql"), &json!(true)));
    assert_eq!(kept["items"], json!([{ "amountToOrder": 2, "transactionId": id }]));
    assert_eq!(kept["body"], order_graphql(&id).as_str());
    let record = sandbox.requests().into_iter().find(|record| record["id"] == kept["request"]).expect("its request");
    assert_eq!((&record["order"], &record["target"]), (&kept["id"], &json!("order")));
}

#[test]
fn an_unknown_transaction_is_an_error_and_null() {
    let sandbox = sandbox();
    let good = sandbox.create_transaction();
    let query = "mutation($items: [OrderItemInput]!) { orderCreate(orderItems: $items) { id } }";
    let items = json!({ "items": [{ "amountToOrder": 1, "transactionId": good }, { "amountToOrder": 1, "transactionId": "none" }] });
    let answer = graphql(sandbox.spiff_url(), query, items);
    assert_eq!(answer["data"], json!({ "orderCreate": null }));
    assert!(answer["errors"][0]["message"].as_str().is_some_and(|text| text.contains("none")));
    // All or nothing.
    assert_eq!(sandbox.orders().len(), 0);
    let read = graphql(
        sandbox.spiff_url(),
        "query($ids: [String!]!) { transactions(ids: $ids) { isOrdered } }",
        json!({ "ids": [good] }),
    );
    assert_eq!(read["data"]["transactions"][0]["isOrdered"], false);
    for items in [
        json!([{ "amountToOrder": 0, "transactionId": good }]),
        json!([{ "amountToOrder": 1 }]),
        json!([{ "amountToOrder": 1, "bundleId": "none" }]),
    ] {
        let answer = graphql(sandbox.spiff_url(), query, json!({ "items": items }));
        assert_eq!(answer["data"], json!({ "orderCreate": null }), "{answer}");
    }
}

#[test]
fn a_bundle_orders_all_of_its_transactions() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let (a, b, other) = (sandbox.create_transaction(), sandbox.create_transaction(), sandbox.create_transaction());
    let bundle = sandbox.create_bundle(&[&a, &b]).expect("a bundle");
    let query = "mutation($items: [OrderItemInput]!) { orderCreate(orderItems: $items, externalId: \"b-1\", paid: false, generateInternalId: true,
        externalData: { orderNumber: \"1\", billingAddress: { city: \"Sydney\" } }) { id internalId lineItems { transaction { id } quantity } } }";
    let items = json!({ "items": [{ "amountToOrder": 3, "bundleId": bundle, "transactionId": other }] });
    let answer = graphql(base, query, items);
    let placed = &answer["data"]["orderCreate"];
    assert!(placed["internalId"].is_string(), "{answer}");
    assert_eq!(
        placed["lineItems"],
        json!([{ "transaction": { "id": a }, "quantity": 3 }, { "transaction": { "id": b }, "quantity": 3 }])
    );
    let read = graphql(
        base,
        "query($ids: [String!]!, $b: [String!]!) { transactions(ids: $ids) { isOrdered externalOrderId } bundles(ids: $b) { ordered externalOrderId orderId } }",
        json!({ "ids": [a, b, other], "b": [bundle] }),
    );
    let yes = json!({ "isOrdered": true, "externalOrderId": "b-1" });
    assert_eq!(read["data"]["transactions"], json!([yes, yes, { "isOrdered": false, "externalOrderId": null }]));
    assert_eq!(
        read["data"]["bundles"],
        json!([{ "ordered": true, "externalOrderId": "b-1", "orderId": placed["id"] }])
    );
    let kept = sandbox.orders().remove(0);
    assert_eq!(kept["items"], json!([{ "amountToOrder": 3, "bundleId": bundle }]));
    // A single address becomes a list, as input coercion demands.
    assert_eq!(kept["externalData"]["billingAddress"][0]["city"], "Sydney");
}

#[test]
fn rest_orders() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let id = sandbox.create_transaction();
    let reply = signed(base, "/api/v2/orders", &order(&id));
    assert_eq!(reply.status, 201);
    assert_eq!(reply.json()["data"]["id"], sandbox.orders()[0]["id"]);
    assert_eq!(sandbox.orders()[0]["wire"], "rest");
    sandbox.settings(r#"{"rest_body":"empty"}"#).expect("a setting");
    let numeric =
        format!(r#"{{"externalId":77,"autoPrint":false,"orderItems":[{{"amountToOrder":1,"transactionId":"{id}"}}]}}"#);
    let reply = signed(base, "/api/v2/orders", &numeric);
    assert_eq!((reply.status, reply.body.len()), (201, 0));
    assert_eq!(sandbox.orders()[1]["externalId"], "77");
    assert_eq!(sandbox.orders()[1]["paid"], Value::Null);
    for (status, body) in [
        (400, "".to_owned()),
        (400, "[]".into()),
        (400, "{".into()),
        (400, "{}".into()),
        (400, r#"{"orderItems":{}}"#.into()),
        (400, r#"{"orderItems":[{"amountToOrder":1}]}"#.into()),
        (400, order(&id).replace(":2,", ":0,")),
        (400, order(&id).replace(":2,", ":2.5,")),
        (400, order(&id).replace(":2,", ":\"2\",")),
        (400, order(&id).replace(":2,", ":2147483648,")),
        (400, order(&id).replace("true", "\"yes\"")),
        (400, order(&id).replace("\"order-1\"", "{}")),
        (422, order("none")),
    ] {
        let reply = signed(base, "/api/v2/orders", &body);
        assert_eq!(reply.status, status, "{body}");
        assert!(reply.json()["errors"][0]["message"].is_string());
    }
    assert_eq!(sandbox.orders().len(), 2);
    assert_eq!(call(base, "GET", "/api/v2/orders", &[APPLICATION], b"").status, 405);
}

#[test]
fn nothing_is_deduplicated_unless_asked_for() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let id = sandbox.create_transaction();
    let place = || signed(base, "/api/v2/orders", &order(&id)).json()["data"]["id"].clone();
    assert_ne!(place(), place());
    assert_eq!(sandbox.orders().len(), 2);
    sandbox.settings(r#"{"dedupe":true}"#).expect("a setting");
    assert_eq!(place(), sandbox.orders()[0]["id"]);
    assert_eq!(sandbox.orders().len(), 2);
}

#[test]
fn designs_and_order_in_one_step() {
    let sandbox = sandbox();
    let query = "mutation($product: String!) { orderCreateSimpleAsync(externalId: \"s-1\", paid: true, orderItems: [{ amountToOrder: 2, productId: $product, workflowId: \"w\", steps: [{ stepName: \"s\", text: \"Hi\" }] }], bundle: { ownerEmailAddress: \"a@example.com\" }) { id } }";
    let answer = graphql(sandbox.spiff_url(), query, json!({ "product": "5a000000-0000-4000-8000-000000000004" }));
    assert!(answer["data"]["orderCreateSimpleAsync"]["id"].is_string(), "{answer}");
    assert_eq!(sandbox.orders().len(), 1);
    let answer = graphql(sandbox.spiff_url(), query, json!({ "product": "none" }));
    assert_eq!(answer["data"]["orderCreateSimpleAsync"], Value::Null);
    assert_eq!(sandbox.orders().len(), 1);
}

#[test]
fn the_old_public_read() {
    let sandbox = sandbox();
    let id = sandbox.create_transaction();
    let reply = call(sandbox.spiff_url(), "GET", &format!("/api/transactions/{id}"), &[], b"").json();
    assert_eq!((&reply["data"]["baseCost"], &reply["data"]["optionsCost"]), (&json!(1500), &json!(250)));
    assert!(reply["links"][0]["href"].is_string());
    assert_eq!(call(sandbox.spiff_url(), "GET", "/api/transactions/none", &[], b"").status, 404);
}

#[test]
fn many_requests_on_one_connection() {
    use std::io::{Read, Write};
    let sandbox = sandbox();
    let mut stream = crate::http::connect(sandbox.spiff_url());
    // A fault in the middle shows that the first bytes are looked at each time.
    sandbox.faults(r#"{"fault":"500","target":"read"}"#).expect("a fault");
    for (at, (path, status)) in
        [("/x", 404), ("/api/transactions/none", 500), ("/api/transactions/none", 404)].into_iter().enumerate()
    {
        let method = if at == 0 { "POST" } else { "GET" };
        let length = if at == 0 { "Content-Length: 0\r\n" } else { "" };
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n").expect("written");
        let mut reply = Vec::new();
        let mut byte = [0];
        while crate::http::parse_whole(&reply).is_none() {
            stream.read_exact(&mut byte).expect("a byte");
            reply.push(byte[0]);
        }
        assert_eq!(crate::http::parse_whole(&reply), Some(status), "{path}");
    }
}
