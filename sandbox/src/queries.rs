//! The fields of `Query`.

use crate::clock;
use crate::processes;
use crate::seed::ids;
use crate::state::State;
use crate::store::{Object, followed, link, text};
use crate::world::World;
use serde_json::{Value, json};

/// The fields that read objects by their ids, and the type that each reads.
const BY_IDS: [(&str, &str); 13] = [
    ("transactions", "Transaction"),
    ("bundles", "Bundle"),
    ("orders", "Order"),
    ("customers", "Customer"),
    ("integrations", "Integration"),
    ("integrationProducts", "IntegrationProduct"),
    ("products", "Product"),
    ("options", "Option"),
    ("workflows", "Workflow"),
    ("productCollections", "ProductCollection"),
    ("processFlows", "ProcessFlow"),
    ("processExecutions", "ProcessExecution"),
    ("globalPropertyConfigurations", "GlobalPropertyConfiguration"),
];

/// The answer to one field; `None` for a field that is not written here.
pub(crate) fn answer(world: &World<'_>, field: &str, arguments: &Object) -> Option<Value> {
    let mut state = world.state.borrow_mut();
    let argument = |name: &str| text(arguments, name);
    let entity = |wanted: &[Value]| {
        let wanted = wanted.to_vec();
        move |object: &Object| object.get("entityId").is_some_and(|id| wanted.contains(id))
    };
    let list = |name: &str| arguments.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let all = |_: &Object| true;
    if field.starts_with("processExecutions") {
        processes::advance(&mut state);
    }
    if let Some((_, type_name)) = BY_IDS.iter().find(|(name, _)| *name == field) {
        return Some(by_ids(&state, world.context.drop_items, type_name, &list("ids")));
    }
    if let Some(all) = feed(&state, field, arguments) {
        return Some(page(all, arguments));
    }
    Some(match field {
        "currentIntegration" => link("Integration", ids::INTEGRATION),
        "conversionConfiguration" => link("ConversionConfiguration", argument("id")),
        "customer" => first(state.store.links("Customer", |one| text(one, "emailAddress") == argument("emailAddress"))),
        "integrationProductFromExternalIds" => first(state.store.links("IntegrationProduct", |one| {
            let integration = crate::orders::linked(&state, one, "integration");
            text(one, "externalProductId") == argument("externalProductId")
                && text(&integration, "externalIntegrationId") == argument("externalIntegrationId")
        })),
        "metafields" => state.store.links("Metafield", entity(&[argument("entityId").into()])).into(),
        "metafieldsMany" => state.store.links("Metafield", entity(&list("entityIds"))).into(),
        "tagsMany" => state.store.links("Tag", entity(&list("entityIds"))).into(),
        "tagsFeed" => json!({ "items": state.store.links("Tag", entity(&[argument("entityId").into()])) }),
        "metafieldConfigurationsFeed" => {
            let of_type = |one: &Object| text(one, "entityType") == argument("entityType");
            json!({ "items": state.store.links("MetafieldConfiguration", of_type) })
        }
        "globalPropertyConfigurationsFeed" => json!({ "items": state.store.links("GlobalPropertyConfiguration", all) }),
        "processFlowContextsFeed" => json!({ "items": state.store.links("ProcessFlowContext", all) }),
        "globalPropertyState" => {
            let of_bundle = |one: &Object| text(one, "@bundle") == argument("bundleId");
            first(state.store.links("GlobalPropertyState", of_bundle))
        }
        "transactionConfirmWorkflowStates" => {
            // How the real hash is made is not public: here it is the state itself.
            let differs = |wanted: &&Value| {
                let stored = state.store.get("Transaction", wanted["id"].as_str().unwrap_or_default());
                stored.is_none_or(|one| text(one, "workflowState") != wanted["hash"].as_str().unwrap_or_default())
            };
            list("transactions").iter().filter(differs).map(|wanted| wanted["id"].clone()).collect()
        }
        "currencyConversion" => {
            json!({ "rateFrom": 1.0, "rateTo": 1.0, "timestamp": clock::iso(clock::now_ms()) })
        }
        _ => return None,
    })
}

/// Everything that a feed with pages is about; `None` for a field that is no such feed.
fn feed(state: &State, field: &str, arguments: &Object) -> Option<Vec<Value>> {
    let argument = |name: &str| text(arguments, name);
    let all = |_: &Object| true;
    Some(match field {
        "orderStatusesFeed" => state.store.links("OrderStatus", all),
        "processFlowsFeed" => state.store.links("ProcessFlow", all),
        "processExecutionsFeed" => state.store.links("ProcessExecution", all),
        "globalPropertyTemplatesFeed" => {
            let configuration = arguments.get("globalPropertyConfigurationId").and_then(Value::as_str);
            let of_customer = |one: &Object| {
                text(one, "@customer") == argument("customerId")
                    && configuration.is_none_or(|wanted| {
                        let link = one.get("globalPropertyConfiguration").and_then(Value::as_object);
                        link.and_then(followed).is_some_and(|(_, id)| id == wanted)
                    })
            };
            state.store.links("GlobalPropertyTemplate", of_customer)
        }
        "customerBundlesFeed" => {
            let wanted = |one: &Object| {
                let same = |name: &str| match arguments.get(name) {
                    None | Some(Value::Null) => true,
                    wanted => one.get(name) == wanted,
                };
                has_stakeholder(state, one, "bundleStakeholders", argument("id"))
                    && ["template", "templateStatus", "ordered"].into_iter().all(same)
            };
            state.store.links("Bundle", wanted)
        }
        "customerTransactionsFeed" => {
            let wanted = |one: &Object| {
                let made = text(one, "createdAt");
                let (from, to) = (argument("startDate"), argument("endDate"));
                has_stakeholder(state, one, "stakeholders", argument("id"))
                    && text(one, "designName").contains(argument("quicksearch"))
                    && made >= from
                    && (to.is_empty() || made <= to)
            };
            state.store.links("Transaction", wanted)
        }
        _ => return None,
    })
}

/// Objects in the order of the ids asked for; unknown ones as null or left out, as the setting says.
fn by_ids(state: &State, drop_last: bool, type_name: &str, ids: &[Value]) -> Value {
    let found = ids.iter().map(|id| match id.as_str() {
        Some(id) if state.store.get(type_name, id).is_some() => link(type_name, id),
        _ => Value::Null,
    });
    let omit = state.settings.omit_unknown_ids;
    let mut all: Vec<_> = found.filter(|one| !(omit && one.is_null())).collect();
    if drop_last {
        all.pop();
    }
    all.into()
}

fn first(mut links: Vec<Value>) -> Value {
    if links.is_empty() { Value::Null } else { links.swap_remove(0) }
}

/// One page of a feed, with the number of all.
fn page(all: Vec<Value>, arguments: &Object) -> Value {
    let number = |name: &str| arguments.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let total = all.len();
    let items = all.into_iter().skip(number("offset").unwrap_or(0)).take(number("limit").unwrap_or(usize::MAX));
    json!({ "items": items.collect::<Vec<_>>(), "total": total })
}

fn has_stakeholder(state: &State, object: &Object, field: &str, customer: &str) -> bool {
    let list = object.get(field).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object).any(|stakeholder| {
        let stakeholder = followed(stakeholder).and_then(|(type_name, id)| state.store.get(type_name, id));
        let linked = stakeholder.and_then(|one| one.get("customer")).and_then(Value::as_object).and_then(followed);
        linked.is_some_and(|(_, id)| id == customer)
    })
}
