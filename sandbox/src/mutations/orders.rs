//! `orderCreate` and `orderCreateSimpleAsync`.

use super::{Answer, Arguments, missing, people};
use crate::orders::{self, Item, NewOrder};
use crate::state::State;
use crate::store::link;
use crate::world::World;
use serde_json::{Value, json};

pub(super) fn create(world: &World<'_>, state: &mut State, arguments: &Arguments<'_>) -> Answer {
    let items = arguments.list("orderItems").iter().filter(|item| !item.is_null()).map(|item| Item {
        amount: item["amountToOrder"].as_i64().unwrap_or(0),
        transaction: item["transactionId"].as_str().map(str::to_owned),
        bundle: item["bundleId"].as_str().map(str::to_owned),
    });
    let order = NewOrder {
        items: items.collect(),
        internal_id: arguments.text("internalId").map(str::to_owned),
        generate_internal_id: arguments.flag("generateInternalId") == Some(true),
        ..common(world, arguments)
    };
    orders::place(state, order).map(|id| link("Order", &id))
}

/// What both mutations take.
fn common(world: &World<'_>, arguments: &Arguments<'_>) -> NewOrder {
    NewOrder {
        wire: "graphql",
        external_id: arguments.text("externalId").map(str::to_owned),
        paid: arguments.flag("paid"),
        items: Vec::new(),
        external_data: arguments.0.get("externalData").cloned().unwrap_or_default(),
        internal_id: None,
        generate_internal_id: false,
        body: world.context.body.clone(),
        request: world.context.request.clone(),
    }
}

/// Designs and order in one step. Its arguments are not public: this follows the reading in the schema.
pub(super) fn create_simple(world: &World<'_>, state: &mut State, arguments: &Arguments<'_>) -> Answer {
    let wanted = arguments.list("orderItems");
    let mut found = Vec::new();
    for item in wanted.iter().filter(|item| !item.is_null()) {
        let product = item["productId"].as_str().unwrap_or_default();
        let by_product =
            state.store.get("Product", product).and_then(|_| orders::find_integration_product(state, Some(product)));
        let Some(integration_product) = by_product else { return missing("Product", product) };
        let amount = item["amountToOrder"].as_i64().unwrap_or(0);
        if amount < 1 {
            return Err(format!("amountToOrder is {amount}; it must be at least 1."));
        }
        found.push((integration_product, amount, item));
    }
    let mut items = Vec::new();
    let mut designs = Vec::new();
    for (integration_product, amount, item) in found {
        let more = [
            ("workflowId".to_owned(), item["workflowId"].clone()),
            ("workflowState".to_owned(), json!({ "steps": item["steps"] }).to_string().into()),
        ];
        let id = orders::new_transaction(state, &integration_product, more.into_iter().collect())?;
        designs.push(id.clone());
        items.push(Item { amount, transaction: Some(id), bundle: None });
    }
    if let Some(bundle) = arguments.0.get("bundle").and_then(Value::as_object) {
        let bundle = Arguments(bundle);
        let id = orders::new_bundle(state, &designs, bundle.only(&["metadata"]))?;
        if let Some(email) = bundle.text("ownerEmailAddress") {
            people::add(state, "Bundle", &id, &json!({ "emailAddress": email }), "Owner");
        }
    }
    let order = NewOrder { items, ..common(world, arguments) };
    orders::place(state, order).map(|id| link("Order", &id))
}
