//! The whole schema, field by field: every query answers it in its type, with values and with nulls.

use crate::http::{APPLICATION, JSON, call, graphql};
use crate::sandbox;
use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn schema() -> Valid<Schema> {
    Schema::parse_and_validate(countersign_schema::SPIFF, "spiff.graphql").expect("a valid schema")
}

/// A seeded object's id.
pub(crate) fn id(number: u32) -> String {
    format!("5a000000-0000-4000-8000-0000000000{number:02}")
}

pub(crate) fn ids(numbers: &[u32]) -> Value {
    numbers.iter().copied().map(id).collect()
}

/// Every field of a type, objects as deep as `depth`.
pub(crate) fn selection(schema: &Schema, type_name: &str, depth: usize) -> String {
    let Some(object) = schema.get_object(type_name) else { return String::new() };
    let fields = object.fields.values().filter_map(|field| {
        let inner = field.ty.inner_named_type();
        match (schema.get_object(inner), depth) {
            (None, _) => Some(field.name.to_string()),
            (Some(_), 0) => None,
            (Some(_), _) => Some(format!("{} {}", field.name, selection(schema, inner, depth - 1))),
        }
    });
    format!("{{ __typename {} }}", fields.collect::<Vec<_>>().join(" "))
}

/// What was seen of each field: whether it had a value, whether it was null.
#[derive(Default)]
pub(crate) struct Seen(BTreeMap<String, (bool, bool)>);

/// Holds a value against its type.
pub(crate) fn check(schema: &Schema, expected: &Type, value: &Value, place: &str, seen: &mut Seen) {
    if value.is_null() {
        assert!(!expected.is_non_null(), "{place} is null, and its type is {expected}");
        return;
    }
    if expected.is_list() {
        let items = value.as_array().unwrap_or_else(|| panic!("{place} is no list: {value}"));
        for item in items {
            check(schema, expected.item_type(), item, place, seen);
        }
        return;
    }
    let name = expected.inner_named_type().as_str();
    let fits = match name {
        "String" => value.is_string(),
        "Int" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "Float" => value.is_number(),
        "Boolean" => value.is_boolean(),
        _ => match &schema.types[name] {
            ExtendedType::Enum(of) => value.as_str().is_some_and(|word| of.values.contains_key(word)),
            ExtendedType::Object(object) => {
                assert_eq!(value["__typename"], name, "{place}");
                for (key, value) in value.as_object().unwrap_or_else(|| panic!("{place}: {value}")) {
                    if key == "__typename" {
                        continue;
                    }
                    let field = &object.fields[key.as_str()];
                    let place = format!("{name}.{key}");
                    let of = seen.0.entry(place.clone()).or_default();
                    if value.is_null() {
                        of.1 = true
                    } else {
                        of.0 = true
                    }
                    check(schema, &field.ty, value, &place, seen);
                }
                true
            }
            other => panic!("{place} has the type {other}"),
        },
    };
    assert!(fits, "{place} should be {expected}, and is {value}");
}

/// The arguments with which each query shows something, at least once.
fn arguments(query: &str) -> Vec<String> {
    let list = |numbers: &[u32]| vec![format!("(ids: {})", ids(numbers))];
    let mug = id(3);
    let page = format!("id: \"{}\", limit: 50, offset: 0", id(10));
    match query {
        "transactions" => list(&[40, 41, 42, 43, 44]),
        "bundles" => list(&[50, 51, 52]),
        "orders" => list(&[60, 61]),
        "customers" => list(&[10, 30, 31]),
        "integrations" => list(&[2, 18, 19]),
        "integrationProducts" => list(&[5, 6, 21, 22]),
        "products" => list(&[3, 4, 20]),
        "options" => list(&[16, 28]),
        "workflows" => list(&[7, 8, 29]),
        "productCollections" => list(&[15, 27]),
        "processFlows" => list(&[11, 70, 71]),
        "processExecutions" => list(&[80, 81, 82]),
        "globalPropertyConfigurations" => list(&[13, 26]),
        "conversionConfiguration" => [9, 23].map(|number| format!("(id: \"{}\")", id(number))).into(),
        "customer" => vec!["(emailAddress: \"shopper@example.com\")".into()],
        "integrationProductFromExternalIds" => {
            vec!["(externalIntegrationId: \"sandbox-shop\", externalProductId: \"shop-mug\")".into()]
        }
        "metafields" | "tagsFeed" => vec![format!("(entityId: \"{mug}\")")],
        "metafieldsMany" | "tagsMany" => vec![format!("(entityIds: {})", ids(&[3, 4]))],
        "metafieldConfigurationsFeed" => vec!["(entityType: \"Product\")".into()],
        "globalPropertyState" => [50, 52].map(|number| format!("(bundleId: \"{}\")", id(number))).into(),
        "customerBundlesFeed" | "customerTransactionsFeed" => vec![format!("({page})")],
        "globalPropertyTemplatesFeed" => vec![format!("(customerId: \"{}\", limit: 50, offset: 0)", id(10))],
        "transactionConfirmWorkflowStates" => {
            vec![format!("(transactions: [{{ id: \"{}\", hash: \"other\" }}])", id(40))]
        }
        "currencyConversion" => vec!["(from: \"USD\", to: \"AUD\")".into()],
        "currentIntegration"
        | "globalPropertyConfigurationsFeed"
        | "orderStatusesFeed"
        | "processExecutionsFeed"
        | "processFlowContextsFeed"
        | "processFlowsFeed" => vec![String::new()],
        other => panic!(
            "the query {other} is new: say in sandbox/tests/sandbox/schema.rs with which arguments it shows something"
        ),
    }
}

/// Shown once, when the object is made, and never in a query.
const SHOWN_ONCE: [&str; 2] = ["Bundle.bundleOwnerId", "Transaction.transactionOwnerId"];

#[test]
fn every_query_answers_every_field_in_its_type() {
    let (sandbox, schema) = (sandbox(), schema());
    let mut seen = Seen::default();
    for (name, field) in &schema.get_object("Query").expect("queries").fields {
        for arguments in arguments(name) {
            let query = format!("{{ it: {name}{arguments} {} }}", selection(&schema, field.ty.inner_named_type(), 3));
            let answer = graphql(sandbox.spiff_url(), &query, json!({}));
            assert!(answer.get("errors").is_none(), "{name}: {answer}");
            let it = &answer["data"]["it"];
            assert!(!it.is_null() && *it != json!([]) && *it != json!([null]), "{name} shows nothing: {answer}");
            check(&schema, &field.ty, it, name, &mut seen);
        }
    }
    // Whatever a client may get is got here, null included.
    for (name, definition) in &schema.types {
        let ExtendedType::Object(object) = definition else { continue };
        if definition.is_built_in() || name == "Query" || name == "Mutation" {
            continue;
        }
        for field in object.fields.values() {
            let place = format!("{name}.{}", field.name);
            let (value, _) = seen.0.get(&place).copied().unwrap_or_default();
            let once = SHOWN_ONCE.contains(&place.as_str());
            assert!(
                value != once,
                "{place}: a value is {}shown: see sandbox/src/seed/",
                if value { "" } else { "never " }
            );
        }
    }
    let nullable = seen.0.iter().filter(|(place, _)| {
        let (of, field) = place.split_once('.').expect("a place");
        !schema.get_object(of).expect("an object").fields[field].ty.is_non_null()
    });
    let (null, never): (Vec<_>, Vec<_>) = nullable.partition(|(_, (_, null))| *null);
    let never: Vec<_> = never.into_iter().map(|(place, _)| place.as_str()).collect();
    assert!(null.len() > never.len(), "{} of them null at times, {} never: {never:?}", null.len(), never.len());
}

#[test]
fn json_in_strings_is_json() {
    let sandbox = sandbox();
    let query = format!(
        "{{ orders(ids: {}) {{ lineItems {{ customFields }} }} transactions(ids: {}) {{ workflowState }}
            bundles(ids: {}) {{ bundleStateData }} metafieldsMany(entityIds: {}) {{ value }}
            processFlows(ids: {}) {{ nodes {{ data }} }} processExecutions(ids: {}) {{ nodes {{ data artifacts }} }} }}",
        ids(&[60, 61]),
        ids(&[40, 44]),
        ids(&[50, 51]),
        ids(&[2, 3, 4]),
        ids(&[11, 70]),
        ids(&[80, 81])
    );
    fn texts<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::String(text) => found.push(text),
            Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
            Value::Object(fields) => fields.values().for_each(|item| texts(item, found)),
            _ => {}
        }
    }
    let answer = graphql(sandbox.spiff_url(), &query, json!({}));
    for (root, value) in answer["data"].as_object().expect("data") {
        let mut found = Vec::new();
        texts(value, &mut found);
        assert!(!found.is_empty(), "{root}");
        for text in found {
            assert!(serde_json::from_str::<Value>(text).is_ok(), "{root}: {text}");
        }
    }
}

#[test]
fn feeds_page_and_count_all() {
    let sandbox = sandbox();
    let page = |feed: &str, more: &str, limit: u32, offset: u32| {
        let query = format!("{{ it: {feed}({more} limit: {limit}, offset: {offset}) {{ total items {{ id }} }} }}");
        graphql(sandbox.spiff_url(), &query, json!({}))["data"]["it"].clone()
    };
    let sam = format!("id: \"{}\",", id(10));
    let customer = format!("customerId: \"{}\",", id(10));
    for (feed, more, total) in [
        ("customerTransactionsFeed", sam.as_str(), 5),
        ("customerBundlesFeed", &sam, 3),
        ("globalPropertyTemplatesFeed", &customer, 3),
        ("orderStatusesFeed", "", 3),
        ("processFlowsFeed", "", 3),
        ("processExecutionsFeed", "", 3),
    ] {
        let mut all = BTreeSet::new();
        for offset in (0..total + 2).step_by(2) {
            let page = page(feed, more, 2, offset);
            assert_eq!(page["total"], total, "{feed}");
            let items = page["items"].as_array().expect("items");
            assert_eq!(items.len(), usize::try_from(2.min(total.saturating_sub(offset))).expect("few"), "{feed}");
            all.extend(items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
        }
        assert_eq!(all.len(), usize::try_from(total).expect("few"), "{feed}");
        assert_eq!(page(feed, more, 0, 0)["items"], json!([]));
    }
    let filtered = format!(
        "{{ a: customerBundlesFeed({sam} limit: 9, offset: 0, ordered: true) {{ total }}
            b: customerBundlesFeed({sam} limit: 9, offset: 0, templateStatus: Draft) {{ items {{ id }} }}
            c: customerTransactionsFeed({sam} limit: 9, offset: 0, quicksearch: \"later\") {{ total }}
            d: customerTransactionsFeed({sam} limit: 9, offset: 0, startDate: \"2024-02-04\") {{ total }} }}"
    );
    let answer = graphql(sandbox.spiff_url(), &filtered, json!({}));
    let expected = json!({ "a": { "total": 1 }, "b": { "items": [{ "id": id(52) }] }, "c": { "total": 1 },
        "d": { "total": 2 } });
    assert_eq!(answer["data"], expected);
}

#[test]
fn faults_apply_to_every_query() {
    let (sandbox, schema) = (sandbox(), schema());
    for (name, field) in &schema.get_object("Query").expect("queries").fields {
        let arguments = arguments(name).remove(0);
        let query = format!(
            "{{ it: {name}{arguments} {} and: currentIntegration {{ type }} }}",
            selection(&schema, field.ty.inner_named_type(), 1)
        );
        let ask = |fault: &str| {
            sandbox.faults(fault).expect("a fault");
            let body = json!({ "query": query }).to_string();
            call(sandbox.spiff_url(), "POST", "/graphql", &[APPLICATION, JSON], body.as_bytes())
        };
        let partial = ask(r#"{"fault":"field_error","path":"it"}"#).json();
        assert_eq!(partial["data"], json!({ "it": null, "and": { "type": "Custom" } }), "{name}");
        assert_eq!(partial["errors"][0]["path"], json!(["it"]), "{name}");
        assert_eq!(ask(r#"{"fault":"order_null","target":"read"}"#).json()["data"]["it"], Value::Null);
        assert_eq!(ask(r#"{"fault":"data_null"}"#).json(), json!({ "data": null }));
        assert_eq!(ask(r#"{"fault":"429","retry_after":1}"#).status, 429);
        assert!(serde_json::from_slice::<Value>(&ask(r#"{"fault":"truncated_json"}"#).body).is_err());
    }
}
