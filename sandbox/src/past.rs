//! What control asks for as if it had happened before: designs and bundles made in a browser, orders of earlier days.

use crate::clock;
use crate::orders::{self, Item, NewOrder};
use crate::state::{Shared, State};
use crate::store::text;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How many orders are made before others have their turn.
const AT_A_TIME: u64 = 50;

/// Makes orders of earlier days, two lines each, for `/_/past-orders`. They can be read, and `/_/orders` leaves them out:
/// nobody placed them here.
pub(crate) fn orders(shared: &Shared, given: &Value) -> Result<Value, String> {
    let epoch = shared.state().epoch;
    let mut ids = Vec::new();
    for at in 1..=count(given)?.unwrap_or(1) {
        // Others want to be answered meanwhile, and whoever waits for a lock is not asked in turn.
        if at % AT_A_TIME == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let state: &mut State = &mut shared.state();
        if state.epoch != epoch {
            return Err("The sandbox was reset meanwhile.".into());
        }
        let mut items = Vec::new();
        for (product, amount) in [("shop-mug", 1), ("shop-shirt", 2)] {
            let product = orders::find_integration_product(state, Some(product)).unwrap_or_default();
            let transaction = orders::new_transaction(state, &product, Map::new())?;
            items.push(Item { amount, transaction: Some(transaction), bundle: None });
        }
        let order = NewOrder {
            external_id: Some(format!("past-{}", state.number("past order"))),
            paid: Some(true),
            items,
            generate_internal_id: true,
            ..NewOrder::default()
        };
        ids.push(orders::place(state, order)?);
        state.unplace();
    }
    Ok(json!({ "ids": ids }))
}

/// Makes designs as the browser phase does, for `/_/transactions`.
pub(crate) fn browser_phase(state: &mut State, given: &Value) -> Result<Value, String> {
    let count = count(given)?;
    let wanted = match &given["product"] {
        Value::Null => None,
        Value::String(product) => Some(product.as_str()),
        _ => return Err("\"product\" is an id: of a product, of an integration product, or the shop's own.".into()),
    };
    let Some(product) = orders::find_integration_product(state, wanted) else {
        return Err(format!("There is no product {:?}.", wanted.unwrap_or_default()));
    };
    let more = match &given["name"] {
        Value::Null => Map::new(),
        Value::String(name) => Map::from_iter([("designName".to_owned(), name.as_str().into())]),
        _ => return Err("\"name\" is what the design is called.".into()),
    };
    let mut made = Vec::new();
    for _ in 0..count.unwrap_or(1) {
        let id = orders::new_transaction(state, &product, more.clone())?;
        let design = state.store.get("Transaction", &id).cloned().unwrap_or_default();
        let base = orders::linked(state, &design, "product").get("basePrice").cloned();
        made.push(json!({ "transactionId": id, "transactionOwnerId": text(&design, "@owner"), "baseCost": base,
            "optionsCost": design.get("priceModifierTotal"), "previewImage": design.get("previewImageLink"),
            "createdAt": clock::iso(clock::now_ms()) }));
    }
    Ok(if count.is_some() { made.into() } else { made.remove(0) })
}

/// Makes a bundle of designs, for `/_/bundles`.
pub(crate) fn browser_bundle(state: &mut State, given: &Value) -> Result<Value, String> {
    let Some(list) = given["transactionIds"].as_array() else {
        return Err("\"transactionIds\" is a list of transaction ids.".into());
    };
    let designs: Vec<_> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let id = orders::new_bundle(state, &designs, Map::new())?;
    let owner = state.store.get("Bundle", &id).map(|bundle| text(bundle, "@owner").to_owned());
    Ok(json!({ "bundleId": id, "bundleOwnerId": owner }))
}

/// How many of something control is to make; `None` if it does not say.
fn count(given: &Value) -> Result<Option<u64>, String> {
    match &given["count"] {
        Value::Null => Ok(None),
        count => {
            let count = count.as_u64().filter(|n| (1..=10_000).contains(n));
            Ok(Some(count.ok_or("\"count\" is a number from 1 to 10000.")?))
        }
    }
}
