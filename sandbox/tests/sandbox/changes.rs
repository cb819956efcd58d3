//! What mutations change: queries show it, in the schema's types, and what is linked stays linked both ways.

use crate::http::graphql;
use crate::sandbox;
use crate::schema::{Seen, check, id, ids, schema, selection};
use apollo_compiler::Schema;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The links of an object: the field, and the type and id that it names.
fn links(object: &Map<String, Value>) -> Vec<(String, String, String)> {
    fn of(field: &str, value: &Value, found: &mut Vec<(String, String, String)>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| of(field, item, found)),
            Value::Object(fields) => match (fields.get("@link"), fields.get("id")) {
                (Some(Value::String(to)), Some(Value::String(id))) => {
                    found.push((field.to_owned(), to.clone(), id.clone()));
                }
                _ => fields.iter().for_each(|(name, value)| of(&format!("{field}.{name}"), value, found)),
            },
            _ => {}
        }
    }
    let mut found = Vec::new();
    object.iter().for_each(|(field, value)| of(field, value, &mut found));
    found
}

/// Fields that are each other's way back: type and field on both sides.
const BOTH_WAYS: [(&str, &str, &str, &str); 9] = [
    ("Transaction", "bundle", "Bundle", "transactions"),
    ("LineItem", "order", "Order", "lineItems"),
    ("Stakeholder", "transaction", "Transaction", "stakeholders"),
    ("Stakeholder", "customer", "Customer", "stakeholders"),
    ("BundleStakeholder", "bundle", "Bundle", "bundleStakeholders"),
    ("BundleStakeholder", "customer", "Customer", "bundleStakeholders"),
    ("IntegrationProduct", "product", "Product", "integrationProducts"),
    ("ProductCollectionCustomer", "customer", "Customer", "productCollectionCustomers"),
    ("ProductCollectionCustomer", "productCollection", "ProductCollection", "productCollectionCustomers"),
];

/// Nothing is linked to that is not there, links hold both ways, and what is counted is right.
fn assert_consistent(state: &Value, after: &str) {
    let objects = state["objects"].as_object().expect("objects");
    let all = |type_name: &str| {
        let list = objects.get(type_name).and_then(Value::as_array).into_iter().flatten();
        list.map(|one| one.as_object().expect("an object"))
    };
    let find = |type_name: &str, id: &str| all(type_name).find(|one| one["id"] == id);
    for type_name in objects.keys() {
        for object in all(type_name) {
            for (field, to, id) in links(object) {
                assert!(
                    find(&to, &id).is_some(),
                    "after {after}: {type_name}.{field} names {to} {id}, which is not there"
                );
            }
            for (from, field, to, back) in BOTH_WAYS {
                let sides = [(from, field, to, back), (to, back, from, field)];
                for (own, field, other, back) in sides.into_iter().filter(|(own, ..)| own == type_name) {
                    for (_, _, id) in links(object).into_iter().filter(|(name, ..)| name == field) {
                        let target = find(other, &id).expect("it is there");
                        let returns = links(target).iter().any(|(name, _, id)| name == back && object["id"] == *id);
                        assert!(
                            returns,
                            "after {after}: {own}.{field} names {other} {id}, whose {back} does not return"
                        );
                    }
                }
            }
        }
    }
    let number = |object: &Map<String, Value>, field: &str| object.get(field).and_then(Value::as_i64).unwrap_or(0);
    for bundle in all("Bundle") {
        let inside: Vec<_> = links(bundle)
            .into_iter()
            .filter(|(field, ..)| field == "transactions")
            .map(|(_, _, id)| find("Transaction", &id).expect("it is there"))
            .collect();
        let product = |design: &Map<String, Value>| {
            let (_, _, id) = links(design).into_iter().find(|(field, ..)| field == "product").expect("a product");
            find("Product", &id).expect("it is there")
        };
        let total: i64 = inside
            .iter()
            .map(|one| {
                (number(product(one), "basePrice") + number(one, "priceModifierTotal")) * number(one, "quantity")
            })
            .sum();
        let products: BTreeSet<_> = inside.iter().map(|one| product(one)["id"].to_string()).collect();
        let ids: Value = inside.iter().map(|one| one["id"].clone()).collect();
        assert_eq!(number(bundle, "totalPriceSubunits"), total, "after {after}: {}", bundle["id"]);
        assert_eq!(usize::try_from(number(bundle, "transactionsCount")), Ok(inside.len()), "after {after}");
        assert_eq!(usize::try_from(number(bundle, "productsCount")), Ok(products.len()), "after {after}");
        assert_eq!(bundle["transactionIds"], ids, "after {after}");
        if let Some(order) = bundle.get("orderId").and_then(Value::as_str) {
            let order = find("Order", order).expect("the bundle's order");
            assert_eq!(order.get("externalId"), bundle.get("externalOrderId"), "after {after}");
        }
    }
    for design in all("Transaction") {
        let ordered = all("LineItem").any(|line| line["transaction"]["id"] == design["id"]);
        assert_eq!(design["isOrdered"], ordered, "after {after}: {}", design["id"]);
        if let Some(order) = design.get("externalOrderId").and_then(Value::as_str) {
            assert!(all("Order").any(|one| one["externalId"] == order), "after {after}: there is no order {order}");
        }
        if design.get("integrationProductId").is_some_and(Value::is_string) {
            assert_eq!(design["integrationProduct"]["id"], design["integrationProductId"], "after {after}");
        }
    }
    for line in all("LineItem").filter(|line| line.get("outputData").is_some_and(Value::is_object)) {
        assert_eq!(line["outputData"]["transactionId"], line["transaction"]["id"], "after {after}");
    }
}

#[test]
fn what_is_seeded_is_consistent_and_the_same_every_time() {
    let (one, two) = (sandbox(), sandbox());
    let state = |of: &countersign_sandbox::Sandbox| of.control("GET", "/_/state", "").expect("the state");
    assert_consistent(&state(&one), "the start");
    let plain = |of: &countersign_sandbox::Sandbox| state(of).to_string().replace(of.spiff_url(), "");
    assert_eq!(plain(&one), plain(&two));
}

/// One mutation: its arguments, and a query that shows something else afterwards, namely this.
struct Change {
    mutation: &'static str,
    arguments: String,
    read: String,
    shows: Value,
}

/// A mutation whose effect queries show.
fn change(mutation: &'static str, arguments: impl Into<String>, read: impl Into<String>, shows: Value) -> Change {
    Change { mutation, arguments: arguments.into(), read: read.into(), shows }
}

/// `query(ids: ["…"]) { selection }` of one seeded object.
fn one(query: &str, number: u32, selection: &str) -> String {
    format!("{query}(ids: [\"{}\"]) {{ {selection} }}", id(number))
}

/// The mutations on designs; `40` is the ordered mug in a bundle, `42` the design in the template, `43` a loose copy.
fn of_designs() -> Vec<Change> {
    let count = format!("customerTransactionsFeed(id: \"{}\", limit: 0, offset: 0) {{ total }}", id(30));
    let in_bundle = |number: u32| format!("id: \"{}\"", id(number));
    let robin = "details: { emailAddress: \"approver@example.com\" }, type: \"Editor\"";
    let approved = "stakeholders { type authorizationStatus authorizationNote }";
    vec![
        change(
            "transactionUpdate",
            format!("{}, designName: \"New\", quantity: 4, workflowState: \"[]\", workflowId: \"w\"", in_bundle(42)),
            one("transactions", 42, "designName quantity workflowState workflowId bundle { totalPriceSubunits }"),
            json!([{ "designName": "New", "quantity": 4, "workflowState": "[]", "workflowId": "w",
                "bundle": { "totalPriceSubunits": 7000 } }]),
        ),
        change(
            "transactionClaim",
            in_bundle(42),
            one("transactions", 42, "currentStakeholder { type customer { id } }"),
            json!([{ "currentStakeholder": { "type": "Owner", "customer": { "id": id(10) } } }]),
        ),
        change(
            "transactionAddStakeholder",
            format!("{}, {robin}", in_bundle(42)),
            one("transactions", 42, "stakeholders { type customer { id } }"),
            json!([{ "stakeholders": [{ "type": "Owner", "customer": { "id": id(10) } },
                { "type": "Editor", "customer": { "id": id(30) } }] }]),
        ),
        change("transactionsAddStakeholder", format!("ids: {}, {robin}", ids(&[42, 43])), count, json!({ "total": 3 })),
        change(
            "transactionApprove",
            format!("{}, note: \"Yes\"", in_bundle(43)),
            one("transactions", 43, approved),
            json!([{ "stakeholders": [{ "type": "Owner", "authorizationStatus": "Approved", "authorizationNote": "Yes" }] }]),
        ),
        change(
            "transactionReject",
            format!("{}, note: \"No\"", in_bundle(43)),
            one("transactions", 43, approved),
            json!([{ "stakeholders": [{ "type": "Owner", "authorizationStatus": "Rejected", "authorizationNote": "No" }] }]),
        ),
        change(
            "transactionFinalizeUpdate",
            format!("transactionId: \"{}\"", id(44)),
            one("transactions", 44, "completed"),
            json!([{ "completed": true }]),
        ),
        change(
            "transactionUpdateIntegrationProduct",
            format!("{}, integrationProductId: \"{}\"", in_bundle(42), id(6)),
            one("transactions", 42, "integrationProductId product { name } bundle { totalPriceSubunits }"),
            json!([{ "integrationProductId": id(6), "product": { "name": "Shirt" },
                "bundle": { "totalPriceSubunits": 2999 + 250 } }]),
        ),
    ]
}

fn of_bundles() -> Vec<Change> {
    let bundle = |number: u32| format!("id: \"{}\"", id(number));
    let inside = "transactionsCount productsCount totalPriceSubunits transactionIds";
    let content = |numbers: &[u32], products: u32, total: u32| {
        json!([{ "transactionsCount": numbers.len(), "productsCount": products, "totalPriceSubunits": total,
            "transactionIds": ids(numbers) }])
    };
    let who = "bundleStakeholders { type customer { emailAddress } }";
    let verdicts = "bundleStakeholders { type authorizationStatus }";
    vec![
        change(
            "bundleUpdate",
            format!("{}, name: \"New\", metadata: [{{ key: \"a\", value: \"b\" }}], bundleStateData: \"{{}}\", dispatchDate: \"2030-01-01\",
                purchaseOrder: \"PO\", globalPropertyConfigurationId: \"{}\"", bundle(52), id(13)),
            one("bundles", 52, "name metadata { key value } bundleStateData dispatchDate purchaseOrder globalPropertyConfiguration { name }"),
            json!([{ "name": "New", "metadata": [{ "key": "a", "value": "b" }], "bundleStateData": "{}",
                "dispatchDate": "2030-01-01", "purchaseOrder": "PO", "globalPropertyConfiguration": { "name": "Club" } }]),
        ),
        change("bundleDelete", bundle(50), one("bundles", 50, "id"), json!([null])),
        // A design is in one bundle only: it leaves the template.
        change(
            "bundleAddTransaction",
            format!("{}, transactionId: \"{}\"", bundle(52), id(42)),
            one("bundles", 52, inside),
            content(&[42], 1, 1750),
        ),
        change(
            "bundleAddTransactions",
            format!("{}, transactionIds: {}, transactionOwnerIds: [\"{}-owner\", \"{}-owner\"]", bundle(52), ids(&[43, 40]), id(43), id(40)),
            one("bundles", 52, inside),
            content(&[43, 40], 1, 1500 + 2 * 1750),
        ),
        change(
            "bundleRemoveTransaction",
            format!("{}, transactionId: \"{}\"", bundle(50), id(40)),
            one("bundles", 50, inside),
            content(&[41], 1, 3249),
        ),
        change(
            "bundleRemoveTransactions",
            format!("{}, transactionIds: {}", bundle(50), ids(&[40, 41])),
            one("bundles", 50, inside),
            content(&[], 0, 0),
        ),
        change(
            "bundleUpdateTransactionOrder",
            format!("{}, transactionIds: {}", bundle(50), ids(&[41, 40])),
            one("bundles", 50, inside),
            content(&[41, 40], 2, 2 * 1750 + 3249),
        ),
        change(
            "bundleAddStakeholder",
            format!("{}, details: {{ emailAddress: \"new@example.com\" }}, type: \"Editor\"", bundle(52)),
            one("bundles", 52, who),
            json!([{ "bundleStakeholders": [{ "type": "Owner", "customer": { "emailAddress": "shopper@example.com" } },
                { "type": "Editor", "customer": { "emailAddress": "new@example.com" } }] }]),
        ),
        change(
            "bundleRemoveStakeholder",
            format!("{}, emailAddress: \"shopper@example.com\"", bundle(50)),
            format!("{} b: {}", one("bundles", 50, who), one("customers", 10, "bundleStakeholders { bundle { id } }")),
            json!([{ "bundleStakeholders": [{ "type": "Approver", "customer": { "emailAddress": "approver@example.com" } },
                { "type": "Viewer", "customer": { "emailAddress": "viewer@example.com" } }] }]),
        ),
        change(
            "bundleUpdateStakeholders",
            format!("{}, input: [{{ customerDetails: {{ emailAddress: \"viewer@example.com\" }}, type: \"Owner\" }}]", bundle(50)),
            one("bundles", 50, who),
            json!([{ "bundleStakeholders": [{ "type": "Owner", "customer": { "emailAddress": "viewer@example.com" } }] }]),
        ),
        change(
            "bundleAssignProductCollection",
            format!("{}, collectionId: \"{}\"", bundle(52), id(15)),
            one("bundles", 52, "productCollection { name }"),
            json!([{ "productCollection": { "name": "Everything" } }]),
        ),
        change(
            "bundleApprove",
            format!("{}, note: \"Yes\"", bundle(52)),
            one("bundles", 52, verdicts),
            json!([{ "bundleStakeholders": [{ "type": "Owner", "authorizationStatus": "Approved" }] }]),
        ),
        change(
            "bundleReject",
            format!("{}, note: \"No\"", bundle(52)),
            one("bundles", 52, verdicts),
            json!([{ "bundleStakeholders": [{ "type": "Owner", "authorizationStatus": "Rejected" }] }]),
        ),
        change(
            "bundleFinalizeUpdate",
            format!("bundleId: \"{}\"", id(52)),
            one("bundles", 52, "completed"),
            json!([{ "completed": true }]),
        ),
        change("bundleGenerateQuoteId", bundle(52), one("bundles", 52, "quoteId"), json!([{ "quoteId": "Q-000001" }])),
    ]
}

fn of_the_rest() -> Vec<Change> {
    let aspects = "[{ name: \"clubName\", value: \"Greens\" }]";
    let templates = format!(
        "globalPropertyTemplatesFeed(customerId: \"{}\", limit: 9, offset: 0) {{ total items {{ name aspectValues {{ value }} }} }}",
        id(30)
    );
    vec![
        change(
            "globalPropertyConfigurationUpdate",
            format!("id: \"{}\", name: \"New\", aspects: [{{ name: \"a\", type: \"Text\" }}]", id(26)),
            one("globalPropertyConfigurations", 26, "name aspects { name type title }"),
            json!([{ "name": "New", "aspects": [{ "name": "a", "type": "Text", "title": null }] }]),
        ),
        change(
            "globalPropertyStateCreate",
            format!("bundleId: \"{}\"", id(51)),
            format!("globalPropertyState(bundleId: \"{}\") {{ aspects {{ name }} }}", id(51)),
            json!({ "aspects": [] }),
        ),
        change(
            "metafieldConfigurationCreate",
            "name: \"Care\", entityType: \"Variant\", metafieldType: \"Text\"",
            "metafieldConfigurationsFeed(entityType: \"Variant\") { items { name metafieldType description } }",
            json!({ "items": [{ "name": "Care", "metafieldType": "Text", "description": "" }] }),
        ),
        change(
            "globalPropertyTemplateCreate",
            format!("globalPropertyConfigurationId: \"{}\", customerId: \"{}\", aspects: {aspects}", id(13), id(30)),
            templates,
            json!({ "total": 1, "items": [{ "name": "", "aspectValues": [{ "value": "Greens" }] }] }),
        ),
        change(
            "customerCreate",
            "details: { emailAddress: \"new@example.com\", firstName: \"New\", lastName: \"One\", phoneNumber: \"1\" }",
            "customer(emailAddress: \"new@example.com\") { firstName lastName phoneNumber }",
            json!({ "firstName": "New", "lastName": "One", "phoneNumber": "1" }),
        ),
    ]
}

/// Their effect is tested apart: it needs an id that the seed does not fix, or only `/_/state` shows it.
const APART: [&str; 20] = [
    "orderCreate",
    "orderCreateSimpleAsync",
    "transactionCreate",
    "transactionCreateMany",
    "transactionDuplicate",
    "bundleCreate",
    "bundleDuplicate",
    "processExecutionCreate",
    "globalPropertyConfigurationCreate",
    "globalPropertyStateUpdate",
    "globalPropertyTemplateUpdate",
    "globalPropertyTemplateDelete",
    "customerAuthenticate",
    "customerGenerateVerificationCode",
    "customerVerifyCode",
    "addressAttachToTransaction",
    "organizationAttachToTransaction",
    "addressAttachToBundle",
    "organizationAttachToBundle",
    "bundleEmailSharePageLink",
];

/// Carries a mutation out and holds its answer against the schema.
fn mutate(sandbox: &countersign_sandbox::Sandbox, schema: &Schema, mutation: &str, arguments: &str) -> Value {
    let field = &schema.get_object("Mutation").expect("mutations").fields[mutation];
    let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
    let inner = selection(schema, field.ty.inner_named_type(), 1);
    let answer = graphql(sandbox.spiff_url(), &format!("mutation {{ it: {mutation}{arguments} {inner} }}"), json!({}));
    assert!(answer.get("errors").is_none(), "{mutation}: {answer}");
    let it = answer["data"]["it"].clone();
    assert!(!it.is_null(), "{mutation}: {answer}");
    check(schema, &field.ty, &it, mutation, &mut Seen::default());
    assert_consistent(&sandbox.control("GET", "/_/state", "").expect("the state"), mutation);
    it
}

fn read(sandbox: &countersign_sandbox::Sandbox, query: &str) -> Value {
    graphql(sandbox.spiff_url(), &format!("{{ it: {query} }}"), json!({}))["data"]["it"].clone()
}

#[test]
fn every_mutation_changes_what_queries_show() {
    let (sandbox, schema) = (sandbox(), schema());
    let mut left: BTreeSet<_> =
        schema.get_object("Mutation").expect("mutations").fields.keys().map(|name| name.as_str()).collect();
    for Change { mutation, arguments, read: query, shows } in
        of_designs().into_iter().chain(of_bundles()).chain(of_the_rest())
    {
        sandbox.reset();
        assert_ne!(read(&sandbox, &query), shows, "{mutation} changes nothing");
        mutate(&sandbox, &schema, mutation, &arguments);
        assert_eq!(read(&sandbox, &query), shows, "{mutation}");
        left.remove(mutation);
    }
    assert_eq!(left, BTreeSet::from(APART));
}

#[test]
fn what_is_made_can_be_read() {
    let (sandbox, schema) = (sandbox(), schema());
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let by_id = |query: &str, made: &Value, selection: &str| {
        read(&sandbox, &format!("{query}(ids: [\"{}\"]) {{ {selection} }}", text(&made["id"])))
    };
    let made = |mutation: &str, arguments: &str| mutate(&sandbox, &schema, mutation, arguments);

    let sold_as = format!("integrationProductId: \"{}\"", id(6));
    let design = made("transactionCreate", &format!("{sold_as}, workflowId: \"w\", bulk: true"));
    assert!(design["transactionOwnerId"].is_string());
    let shown = by_id("transactions", &design, "transactionOwnerId workflowId bulk product { name }");
    assert_eq!(
        shown,
        json!([{ "transactionOwnerId": null, "workflowId": "w", "bulk": true, "product": { "name": "Shirt" } }])
    );
    let many = made(
        "transactionCreateMany",
        &format!(
            "inputs: [{{ {sold_as} }}, {{ externalIntegrationId: \"sandbox-shop\", externalProductId: \"shop-mug\",
            designName: \"Copy\", quantity: 7, parentTransactionId: \"{}\" }}]",
            id(42)
        ),
    );
    let shown = by_id("transactions", &many[1], "designName quantity product { name } parentTransaction { id }");
    assert_eq!(
        shown,
        json!([{ "designName": "Copy", "quantity": 7, "product": { "name": "Mug" }, "parentTransaction": { "id": id(42) } }])
    );
    for number in [40, 44] {
        let copy = made("transactionDuplicate", &format!("id: \"{}\"", id(number)));
        let shown = by_id("transactions", &copy, "isOrdered externalOrderId bundle { id } workflowState");
        assert_eq!((&shown[0]["isOrdered"], &shown[0]["bundle"]), (&json!(false), &Value::Null));
    }

    let bundle = made("bundleCreate", &format!("collectionId: \"{}\", test: true", id(15)));
    assert!(bundle["bundleOwnerId"].is_string());
    let shown = by_id("bundles", &bundle, "bundleOwnerId test productCollection { id }");
    assert_eq!(shown, json!([{ "bundleOwnerId": null, "test": true, "productCollection": { "id": id(15) } }]));
    let copy = made("bundleDuplicate", &format!("id: \"{}\", duplicateTransactions: true, template: true", id(50)));
    let shown = by_id("bundles", &copy, "name ordered orderId template templateStatus transactionsCount");
    assert_eq!(
        shown,
        json!([{ "name": "Team kit", "ordered": false, "orderId": null, "template": true, "templateStatus": "Draft",
            "transactionsCount": 2 }])
    );

    let order = made(
        "orderCreate",
        &format!(
            "orderItems: [{{ amountToOrder: 2, transactionId: \"{}\" }}, {{ amountToOrder: 1, bundleId: \"{}\" }}],
            externalId: \"new\", paid: true, generateInternalId: true",
            id(42),
            text(&copy["id"])
        ),
    );
    let shown = by_id("orders", &order, "externalId paid internalId lineItems { quantity order { id } }");
    let line = |quantity: u32| json!({ "quantity": quantity, "order": { "id": order["id"] } });
    assert_eq!(
        shown,
        json!([{ "externalId": "new", "paid": true, "internalId": "INT-000001", "lineItems": [line(2), line(1), line(1)] }])
    );
    assert_eq!(
        by_id("bundles", &copy, "orderId externalOrderId"),
        json!([{ "orderId": order["id"], "externalOrderId": "new" }])
    );
    let simple = made(
        "orderCreateSimpleAsync",
        &format!("orderItems: [{{ amountToOrder: 3, productId: \"{}\", workflowId: \"w\", steps: [{{ stepName: \"s\", text: \"Sam\" }}] }}],
            bundle: {{ ownerEmailAddress: \"viewer@example.com\", metadata: [{{ key: \"a\", value: \"b\" }}] }}, externalId: \"simple\"", id(3)),
    );
    let inside = "lineItems { quantity transaction { workflowState bundle { metadata { key } bundleStakeholders { customer { id } } } } }";
    let shown = by_id("orders", &simple, inside);
    let design = &shown[0]["lineItems"][0]["transaction"];
    assert_eq!(
        design["bundle"],
        json!({ "metadata": [{ "key": "a" }], "bundleStakeholders": [{ "customer": { "id": id(31) } }] })
    );
    let state: Value = serde_json::from_str(&text(&design["workflowState"])).expect("JSON");
    assert_eq!(state["steps"][0]["text"], "Sam");

    let properties = made("globalPropertyConfigurationCreate", "");
    assert_eq!(by_id("globalPropertyConfigurations", &properties, "name"), json!([{ "name": "" }]));
    let ran = made("processExecutionCreate", &format!("processFlowId: \"{}\", inputs: [\"1\"]", id(11)));
    assert_eq!(by_id("processExecutions", &ran, "processFlow { id }"), json!([{ "processFlow": { "id": id(11) } }]));
}

#[test]
fn what_is_changed_by_an_id_that_is_looked_up() {
    let (sandbox, schema) = (sandbox(), schema());
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let made = |mutation: &str, arguments: &str| mutate(&sandbox, &schema, mutation, arguments);
    let values = "[{ name: \"clubName\", value: \"Greens\" }]";
    let of_bundle = format!("globalPropertyState(bundleId: \"{}\") {{ id aspects {{ value }} }}", id(50));
    let state = text(&read(&sandbox, &of_bundle)["id"]);
    made("globalPropertyStateUpdate", &format!("id: \"{state}\", aspects: {values}"));
    assert_eq!(read(&sandbox, &of_bundle), json!({ "id": state, "aspects": [{ "value": "Greens" }] }));

    let feed = format!(
        "globalPropertyTemplatesFeed(customerId: \"{}\", limit: 1, offset: 0) {{ total items {{ id name aspectValues {{ value }} }} }}",
        id(10)
    );
    let template = text(&read(&sandbox, &feed)["items"][0]["id"]);
    made("globalPropertyTemplateUpdate", &format!("id: \"{template}\", name: \"New\", aspectValues: {values}"));
    let shown = json!({ "id": template, "name": "New", "aspectValues": [{ "value": "Greens" }] });
    assert_eq!(read(&sandbox, &feed), json!({ "total": 3, "items": [shown] }));
    assert_eq!(made("globalPropertyTemplateDelete", &format!("id: \"{template}\"")), true);
    assert_eq!(read(&sandbox, &feed)["total"], 2);

    let seen = || read(&sandbox, &one("customers", 10, "lastActiveAt"))[0]["lastActiveAt"].clone();
    let before = seen();
    assert_eq!(made("customerAuthenticate", "loginToken: \"sandbox-login\"")["id"], id(10));
    assert_ne!(seen(), before);
    assert_eq!(made("customerGenerateVerificationCode", "emailAddress: \"viewer@example.com\""), true);
    let verify = |code: &str| {
        let query = format!(
            "mutation {{ customerVerifyCode(emailAddress: \"viewer@example.com\", verificationCode: \"{code}\") {{ id }} }}"
        );
        graphql(sandbox.spiff_url(), &query, json!({}))["data"]["customerVerifyCode"]["id"].clone()
    };
    assert_eq!(verify("wrong"), Value::Null);
    let hidden = |type_name: &str, number: u32, field: &str| {
        let state = sandbox.control("GET", "/_/state", "").expect("the state");
        let all = state["objects"][type_name].as_array().expect("objects").clone();
        all.into_iter().find(|one| one["id"] == id(number)).expect("the object")[field].clone()
    };
    assert_eq!(verify(&text(&hidden("Customer", 31, "@verificationCode"))), id(31));

    let address = "city: \"Sydney\", country: \"AU\"";
    let kept = json!({ "city": "Sydney", "country": "AU" });
    made("addressAttachToTransaction", &format!("transactionId: \"{}\", {address}", id(40)));
    assert_eq!(hidden("Transaction", 40, "@address"), kept);
    made("addressAttachToBundle", &format!("bundleId: \"{}\", {address}", id(50)));
    assert_eq!(hidden("Bundle", 50, "@address"), kept);
    made("organizationAttachToTransaction", &format!("transactionId: \"{}\", organizationName: \"Reds\"", id(40)));
    assert_eq!(hidden("Transaction", 40, "@organization"), "Reds");
    made("organizationAttachToBundle", &format!("bundleId: \"{}\", organizationName: \"Reds\"", id(50)));
    assert_eq!(hidden("Bundle", 50, "@organization"), "Reds");
    made("bundleEmailSharePageLink", &format!("bundleId: \"{}\", email: \"a@example.com\"", id(50)));
    assert_eq!(hidden("Bundle", 50, "@mailed"), json!({ "email": "a@example.com" }));
}
