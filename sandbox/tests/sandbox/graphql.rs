//! GraphQL: validation, execution, reads.

use crate::http::{APPLICATION, JSON, call, graphql, order, order_graphql, signed};
use crate::sandbox;
use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;
use serde_json::{Value, json};

fn post(base: &str, body: &str) -> (u16, Value) {
    let reply = call(base, "POST", "/graphql", &[APPLICATION, JSON], body.as_bytes());
    (reply.status, reply.json())
}

#[test]
fn invalid_documents_have_errors_and_no_data() {
    let sandbox = sandbox();
    for body in [
        json!({ "query": "{ nothing }" }),
        json!({ "query": "{ orders { id } }" }),
        json!({ "query": "{ orders(ids: [\"a\"]) }" }),
        json!({ "query": "{ orders(ids: [\"a\"]) { id" }),
        json!({ "query": "query A { currentIntegration { id } } query B { currentIntegration { id } }" }),
        json!({ "query": "query A { currentIntegration { id } }", "operationName": "B" }),
        json!({ "query": "query($ids: [String!]!) { orders(ids: $ids) { id } }" }),
        json!({ "query": "query($ids: [String!]!) { orders(ids: $ids) { id } }", "variables": { "ids": [1] } }),
        json!({ "query": "mutation($n: Int!) { orderCreate(orderItems: [{ amountToOrder: $n }]) { id } }",
            "variables": { "n": 2_147_483_648_u64 } }),
        json!({ "query": "mutation { orderCreate(orderItems: [{ amountToOrder: 1.5, transactionId: \"x\" }]) { id } }" }),
        // Two fields of one name with other arguments need aliases.
        json!({ "query": "{ orders(ids: [\"a\"]) { id } orders(ids: [\"b\"]) { id } }" }),
    ] {
        let (status, answer) = post(sandbox.spiff_url(), &body.to_string());
        assert_eq!(status, 200, "{body}");
        assert!(answer["errors"][0]["message"].is_string(), "{answer}");
        assert!(answer.get("data").is_none(), "{answer}");
    }
    for body in
        ["", "[]", "{", r#"{"query":1}"#, r#"{"query":"{ x }","variables":[]}"#, "{ currentIntegration { id } }"]
    {
        let (status, answer) = post(sandbox.spiff_url(), body);
        assert_eq!(status, 400, "{body}");
        assert!(answer["errors"][0]["message"].is_string() && answer.get("data").is_none());
    }
    assert_eq!(call(sandbox.spiff_url(), "GET", "/graphql", &[APPLICATION], b"").status, 405);
}

#[test]
fn aliases_fragments_variables_cycles() {
    let sandbox = sandbox();
    let id = sandbox.create_transaction();
    let query = "query Read($ids: [String!]!, $deep: Boolean!) {
        first: transactions(ids: $ids) { ...T }
        second: transactions(ids: $ids) { id __typename product @include(if: $deep) { id } }
    }
    fragment T on Transaction { id product { name integrationProducts { product { integrationProducts { id } } } } }";
    let answer = graphql(sandbox.spiff_url(), query, json!({ "ids": [id], "deep": false }));
    assert!(answer.get("errors").is_none(), "{answer}");
    let first = &answer["data"]["first"][0];
    assert_eq!(first["id"], id.as_str());
    assert_eq!(first["product"]["name"], "Mug");
    assert!(first["product"]["integrationProducts"][0]["product"]["integrationProducts"][0]["id"].is_string());
    assert_eq!(answer["data"]["second"][0], json!({ "id": id, "__typename": "Transaction" }));
}

#[test]
fn fields_come_in_the_order_asked_for() {
    let sandbox = sandbox();
    let body = r#"{"query":"{ z: currentIntegration { type id enabled } a: currentIntegration { name } }"}"#;
    let reply = call(sandbox.spiff_url(), "POST", "/graphql", &[APPLICATION, JSON], body.as_bytes());
    let order: Vec<_> =
        ["\"z\"", "\"type\"", "\"id\"", "\"enabled\"", "\"a\"", "\"name\""].map(|key| reply.text().find(key)).into();
    assert!(order.is_sorted() && order[0].is_some(), "{}", reply.text());
}

#[test]
fn lists_are_aligned_with_the_ids_or_leave_gaps_out() {
    let sandbox = sandbox();
    let id = sandbox.create_transaction();
    let ask = || {
        let query = "query($ids: [String!]!) { transactions(ids: $ids) { id isOrdered } }";
        graphql(sandbox.spiff_url(), query, json!({ "ids": ["none", id, "neither"] }))["data"]["transactions"].clone()
    };
    assert_eq!(ask(), json!([null, { "id": id, "isOrdered": false }, null]));
    sandbox.settings(r#"{"unknown_ids":"omit"}"#).expect("a setting");
    assert_eq!(ask(), json!([{ "id": id, "isOrdered": false }]));
}

#[test]
fn absurd_documents_are_refused_and_nothing_breaks() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let nested = format!("{}{}", "{ transactions(ids: []) ".repeat(20_000), "}".repeat(20_000));
    let deep =
        format!("{{ bundles(ids: []) {{ {} id {} }} }}", "transactions { bundle { ".repeat(2000), "} } ".repeat(2000));
    let list = format!("{{ orders(ids: {}{}) {{ id }} }}", "[".repeat(50_000), "]".repeat(50_000));
    let cycle = "{ currentIntegration { ...A } } fragment A on Integration { ...B } fragment B on Integration { ...A }"
        .to_owned();
    for query in [nested, deep, list, cycle] {
        let (status, answer) = post(base, &json!({ "query": query }).to_string());
        assert_eq!(status, 200);
        assert!(answer.get("data").is_none() && answer["errors"][0]["message"].is_string(), "{answer}");
    }
    let body = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(post(base, &body).0, 400);
    assert!(graphql(base, "{ currentIntegration { id } }", json!({}))["data"]["currentIntegration"]["id"].is_string());
}

/// A value of this type that means nothing to the platform.
fn stranger(schema: &Schema, of: &Type) -> String {
    if of.is_list() {
        return format!("[{}]", stranger(schema, of.item_type()));
    }
    match of.inner_named_type().as_str() {
        "Int" => "1".into(),
        "Boolean" => "true".into(),
        name => match schema.get_input_object(name) {
            Some(input) => {
                let fields = input.fields.values().filter(|field| field.ty.is_non_null());
                let fields: Vec<_> =
                    fields.map(|field| format!("{}: {}", field.name, stranger(schema, &field.ty))).collect();
                format!("{{ {} }}", fields.join(", "))
            }
            None => "\"none\"".into(),
        },
    }
}

/// They need nothing that is there already.
const MAKE: [&str; 4] = [
    "customerCreate",
    "customerGenerateVerificationCode",
    "globalPropertyConfigurationCreate",
    "metafieldConfigurationCreate",
];

#[test]
fn a_mutation_that_names_nothing_known_says_so_or_answers_null() {
    let sandbox = sandbox();
    let schema = crate::schema::schema();
    for (name, field) in &schema.get_object("Mutation").expect("mutations").fields {
        let arguments: Vec<_> = field
            .arguments
            .iter()
            .map(|argument| format!("{}: {}", argument.name, stranger(&schema, &argument.ty)))
            .collect();
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let inner = crate::schema::selection(&schema, field.ty.inner_named_type(), 0);
        let query = format!("mutation {{ it: {name}{arguments} {inner} }}");
        let answer = graphql(sandbox.spiff_url(), &query, json!({}));
        assert!(answer.get("data").is_some(), "{query}: {answer}");
        assert_eq!(answer["data"]["it"].is_null(), !MAKE.contains(&name.as_str()), "{query}: {answer}");
        for error in answer["errors"].as_array().into_iter().flatten() {
            let message = error["message"].as_str().expect("a message");
            assert!(
                ["not found", "not JSON", "neither"].iter().any(|word| message.contains(word)),
                "{query}: {answer}"
            );
            assert_eq!(error["path"][0], "it");
        }
    }
}

#[test]
fn seeded_reads() {
    let sandbox = sandbox();
    let query = "{
        currentIntegration { id externalIntegrationId partner { currencyCode } }
        integrationProductFromExternalIds(externalIntegrationId: \"sandbox-shop\", externalProductId: \"shop-mug\") { product { name basePrice } }
        customer(emailAddress: \"shopper@example.com\") { firstName }
        orderStatusesFeed(limit: 2, offset: 1) { total items { name } }
        metafields(entityId: \"5a000000-0000-4000-8000-000000000003\") { value metafieldConfiguration { name } }
        productCollections(ids: [\"5a000000-0000-4000-8000-000000000015\"]) { productCollectionProducts(productIds: [\"5a000000-0000-4000-8000-000000000004\"]) { product { name } } }
    }";
    let answer = graphql(sandbox.spiff_url(), query, json!({}));
    let data = &answer["data"];
    assert_eq!(data["currentIntegration"]["partner"]["currencyCode"], "USD", "{answer}");
    assert_eq!(data["integrationProductFromExternalIds"]["product"], json!({ "name": "Mug", "basePrice": 1500 }));
    assert_eq!(data["customer"]["firstName"], "Sam");
    assert_eq!(
        data["orderStatusesFeed"],
        json!({ "total": 3, "items": [{ "name": "Printed" }, { "name": "Shipped" }] })
    );
    assert_eq!(data["metafields"][0]["metafieldConfiguration"]["name"], "Material");
    assert_eq!(data["productCollections"][0]["productCollectionProducts"], json!([{ "product": { "name": "Shirt" } }]));
}

#[test]
fn transactions_and_bundles_over_graphql() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let made = graphql(
        base,
        "mutation { transactionCreate(externalIntegrationId: \"sandbox-shop\", externalProductId: \"shop-shirt\") { id transactionOwnerId product { name } } }",
        json!({}),
    );
    let made = &made["data"]["transactionCreate"];
    assert_eq!(made["product"]["name"], "Shirt");
    assert!(made["transactionOwnerId"].is_string());
    // The owner id is shown once.
    let ids = json!({ "ids": [made["id"]] });
    let read = graphql(base, "query($ids: [String!]!) { transactions(ids: $ids) { transactionOwnerId } }", ids);
    assert_eq!(read["data"]["transactions"][0]["transactionOwnerId"], Value::Null);
    // A wrong owner id changes nothing, and nobody says so.
    let body = json!({ "query": "mutation($id: String!) { transactionUpdate(id: $id, designName: \"New\") { designName } }", "variables": { "id": made["id"] } }).to_string();
    let update = |owner: &str| {
        let headers = [APPLICATION, JSON, ("TransactionOwnerId", owner)];
        call(base, "POST", "/graphql", &headers, body.as_bytes()).json()
    };
    assert_eq!(update("wrong"), json!({ "data": { "transactionUpdate": null } }));
    let right = update(made["transactionOwnerId"].as_str().expect("an owner"));
    assert_eq!(right["data"]["transactionUpdate"]["designName"], "New");

    let copy = graphql(
        base,
        "mutation($id: String!) { transactionDuplicate(id: $id) { id designName isOrdered } }",
        json!({ "id": made["id"] }),
    );
    let copy = &copy["data"]["transactionDuplicate"];
    assert_eq!(copy["designName"], "New");
    assert_ne!(copy["id"], made["id"]);

    let bundle = graphql(
        base,
        "mutation { bundleCreate(metadata: [{ key: \"a\", value: \"b\" }], test: true) { id bundleOwnerId test metadata { key value } } }",
        json!({}),
    );
    let bundle = &bundle["data"]["bundleCreate"];
    assert_eq!(bundle["metadata"], json!([{ "key": "a", "value": "b" }]));
    let change = "mutation($id: String!, $all: [String!]!, $one: String!) {
        bundleAddTransactions(id: $id, transactionIds: $all) { transactionsCount }
        again: bundleAddTransaction(id: $id, transactionId: $one) { transactionsCount }
        bundleRemoveTransaction(id: $id, transactionId: $one) { transactionsCount transactions { id bundle { id } } }
        bundleUpdate(id: $id, name: \"Team\") { name }
    }";
    let variables = json!({ "id": bundle["id"], "all": [made["id"], copy["id"]], "one": made["id"] });
    let answer = graphql(base, change, variables);
    let data = &answer["data"];
    assert_eq!(data["bundleAddTransactions"]["transactionsCount"], 2, "{answer}");
    assert_eq!(data["again"]["transactionsCount"], 2);
    assert_eq!(
        data["bundleRemoveTransaction"]["transactions"],
        json!([{ "id": copy["id"], "bundle": { "id": bundle["id"] } }])
    );
    assert_eq!(data["bundleUpdate"]["name"], "Team");
    let update = "mutation($id: String!) { transactionUpdate(id: $id, quantity: 3) { bundle { totalPriceSubunits } } }";
    let updated = graphql(base, update, json!({ "id": copy["id"] }));
    assert_eq!(updated["data"]["transactionUpdate"]["bundle"]["totalPriceSubunits"], 3 * (2999 + 250), "{updated}");
    let gone = graphql(base, "mutation($id: String!) { bundleDelete(id: $id) }", json!({ "id": bundle["id"] }));
    assert_eq!(gone["data"]["bundleDelete"], true);
    let again = graphql(base, "mutation($id: String!) { bundleDelete(id: $id) }", json!({ "id": bundle["id"] }));
    assert_eq!(again["data"]["bundleDelete"], Value::Null);
    assert!(again["errors"][0]["message"].as_str().is_some_and(|text| text.contains("not found")));
}

#[test]
fn wrong_owner_ids_change_nothing() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let (design, bundle) = ("5a000000-0000-4000-8000-000000000040", "5a000000-0000-4000-8000-000000000050");
    let send = |query: &str, headers: &[(&str, &str)]| {
        let all = [&[APPLICATION, JSON], headers].concat();
        call(base, "POST", "/graphql", &all, json!({ "query": query }).to_string().as_bytes()).json()
    };
    let wrong = [("TransactionOwnerId", "wrong"), ("BundleOwnerId", "wrong")];
    let (design_owner, bundle_owner) = (format!("{design}-owner"), format!("{bundle}-owner"));
    let right = [("TransactionOwnerId", design_owner.as_str()), ("BundleOwnerId", bundle_owner.as_str())];
    for change in [
        format!("transactionUpdate(id: \"{design}\", quantity: 9) {{ id }}"),
        format!("transactionAddStakeholder(id: \"{design}\", details: {{}}, type: \"Owner\") {{ id }}"),
        format!("transactionsAddStakeholder(ids: [\"{design}\"], details: {{}}, type: \"Owner\") {{ id }}"),
        format!("transactionFinalizeUpdate(transactionId: \"{design}\")"),
        format!("addressAttachToTransaction(transactionId: \"{design}\") {{ id }}"),
        format!("bundleUpdate(id: \"{bundle}\", name: \"x\") {{ id }}"),
        format!("organizationAttachToBundle(bundleId: \"{bundle}\", organizationName: \"x\") {{ id }}"),
        format!("bundleRemoveTransactions(id: \"{bundle}\", transactionIds: [\"{design}\"]) {{ id }}"),
        format!("bundleDelete(id: \"{bundle}\")"),
    ] {
        sandbox.reset();
        let state = || sandbox.control("GET", "/_/state", "").expect("the state")["objects"].clone();
        let (query, before) = (format!("mutation {{ it: {change} }}"), state());
        assert_eq!(send(&query, &wrong), json!({ "data": { "it": null } }), "{change}");
        assert_eq!(state(), before, "{change}");
        let done = send(&query, &right);
        assert!(!done["data"]["it"].is_null(), "{change}: {done}");
        assert_ne!(state(), before, "{change}");
    }
    sandbox.reset();
    // The owners of several designs stand beside them.
    let add = |owner: &str| {
        format!(
            "mutation {{ bundleAddTransactions(id: \"{bundle}\", transactionIds: [\"{design}\"], transactionOwnerIds: [\"{owner}\"]) {{ id }} }}"
        )
    };
    assert_eq!(send(&add("wrong"), &[]), json!({ "data": { "bundleAddTransactions": null } }));
    assert!(!send(&add(&design_owner), &[])["data"]["bundleAddTransactions"].is_null());
}

#[test]
fn a_permission_that_is_missing_is_null() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let id = sandbox.create_transaction();
    let design = format!("mutation {{ transactionUpdate(id: \"{id}\", quantity: 2) {{ quantity }} }}");
    let read = format!("{{ transactions(ids: [\"{id}\"]) {{ quantity }} }}");
    let place = || call(base, "POST", "/graphql", &[APPLICATION, JSON], order_graphql(&id).as_bytes()).json();

    sandbox.settings(r#"{"forbidden":["orderCreate"]}"#).expect("a setting");
    assert_eq!(place(), json!({ "data": { "orderCreate": null } }));
    assert_eq!(call(base, "POST", "/api/v2/orders", &[APPLICATION, JSON], order(&id).as_bytes()).status, 403);
    assert_eq!(graphql(base, &design, json!({}))["data"]["transactionUpdate"]["quantity"], 2);
    assert_eq!(sandbox.orders().len(), 0);

    sandbox.settings(r#"{"forbidden":["transactionUpdate","customers"]}"#).expect("a setting");
    assert_eq!(graphql(base, &design, json!({})), json!({ "data": { "transactionUpdate": null } }));
    let both = "{ customers(ids: [\"5a000000-0000-4000-8000-000000000010\"]) { id } currentIntegration { type } }";
    assert_eq!(
        graphql(base, both, json!({}))["data"],
        json!({ "customers": null, "currentIntegration": { "type": "Custom" } })
    );
    assert_eq!(graphql(base, &read, json!({}))["data"]["transactions"][0]["quantity"], 2);

    sandbox.settings(r#"{"forbidden":["orderCreate"]}"#).expect("a setting");
    // The key pair is another credential.
    assert_eq!(signed(base, "/api/v2/orders", &order(&id)).status, 201);
    sandbox.settings(r#"{"forbidden":[]}"#).expect("a setting");
    assert!(!place()["data"]["orderCreate"].is_null());
    for wrong in [r#"{"forbidden":["order"]}"#, r#"{"forbidden":"orders"}"#, r#"{"forbidden":[1]}"#] {
        assert!(sandbox.settings(wrong).is_err_and(|why| why.contains("list of fields")));
    }
}

#[test]
fn the_schema_is_told_truly() {
    let sandbox = sandbox();
    // Notes of ours are not the platform's.
    let query = "{ __schema { directives { name } queryType { name } mutationType { name } types { name kind fields { name args { name } } inputFields { name } enumValues { name } } }
        __type(name: \"Order\") { fields { name type { kind name ofType { kind name ofType { name } } } } } }";
    let answer = graphql(sandbox.spiff_url(), query, json!({}));
    let told = &answer["data"]["__schema"];
    let schema = crate::schema::schema();
    assert_eq!((&told["queryType"]["name"], &told["mutationType"]["name"]), (&json!("Query"), &json!("Mutation")));
    let names = |list: &Value| {
        let names: Vec<_> =
            list.as_array().into_iter().flatten().map(|one| one["name"].as_str().expect("a name").to_owned()).collect();
        names
    };
    assert_eq!(names(&told["types"]).len(), schema.types.len() - 1);
    assert!(!names(&told["types"]).contains(&"Source".to_owned()));
    assert!(["src", "json", "secret"].iter().all(|note| !names(&told["directives"]).contains(&(*note).to_owned())));
    for one in told["types"].as_array().expect("types") {
        let name = one["name"].as_str().expect("a name");
        match &schema.types[name] {
            ExtendedType::Object(object) => {
                assert_eq!(names(&one["fields"]), object.fields.keys().map(|name| name.as_str()).collect::<Vec<_>>());
                for (field, told) in object.fields.values().zip(one["fields"].as_array().expect("fields")) {
                    let arguments: Vec<_> = field.arguments.iter().map(|argument| argument.name.as_str()).collect();
                    assert_eq!(names(&told["args"]), arguments, "{name}.{}", field.name);
                }
            }
            ExtendedType::InputObject(input) => {
                assert_eq!(
                    names(&one["inputFields"]),
                    input.fields.keys().map(|name| name.as_str()).collect::<Vec<_>>()
                );
            }
            ExtendedType::Enum(of) => {
                assert_eq!(names(&one["enumValues"]), of.values.keys().map(|name| name.as_str()).collect::<Vec<_>>());
            }
            _ => {}
        }
    }
    let lines =
        answer["data"]["__type"]["fields"].as_array().expect("fields").iter().find(|one| one["name"] == "lineItems");
    assert_eq!(
        lines.expect("it is there")["type"],
        json!({ "kind": "LIST", "name": null, "ofType": { "kind": "OBJECT", "name": "LineItem", "ofType": null } })
    );
}
