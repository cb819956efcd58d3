//! Making designs and placing orders: what a Spiff order does to the objects, whichever way it came in.

use crate::clock;
use crate::seed::ids;
use crate::state::State;
use crate::store::{Object, followed, link, linked_ids, text};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};

/// How many lines an order may have: a bundle that is named often multiplies.
const MAX_LINES: usize = 20_000;

/// One line of an order to place.
pub(crate) struct Item {
    pub(crate) amount: i64,
    pub(crate) transaction: Option<String>,
    pub(crate) bundle: Option<String>,
}

/// An order to place.
#[derive(Default)]
pub(crate) struct NewOrder {
    /// `graphql`, `rest` or `targets`.
    pub(crate) wire: &'static str,
    pub(crate) external_id: Option<String>,
    pub(crate) paid: Option<bool>,
    pub(crate) items: Vec<Item>,
    pub(crate) external_data: Value,
    pub(crate) internal_id: Option<String>,
    pub(crate) generate_internal_id: bool,
    /// The request's body as it arrived.
    pub(crate) body: String,
    pub(crate) request: String,
}

/// Places an order, or says why not; then nothing has changed. Answers the order's id.
///
/// It never recognises a repetition unless `dedupe` is on: nothing public says that the platform does.
pub(crate) fn place(state: &mut State, new: NewOrder) -> Result<String, String> {
    if state.settings.dedupe
        && let Some(external) = new.external_id.as_deref()
        && let Some(earlier) = state.store.all("Order").find(|order| text(order, "externalId") == external)
    {
        return Ok(text(earlier, "id").to_owned());
    }
    let now = clock::now_ms();
    // Everything is looked up before anything is changed: an order is accepted whole or not at all.
    let mut lines = Vec::new();
    let mut bundles = Vec::new();
    let mut items = Vec::new();
    for (at, item) in new.items.iter().enumerate() {
        if item.amount < 1 {
            return Err(format!("orderItems[{at}].amountToOrder is {}; it must be at least 1.", item.amount));
        }
        // A bundle wins over a transaction beside it, which is then ignored.
        if let Some(bundle) = &item.bundle {
            let Some(found) = state.store.get("Bundle", bundle) else {
                return Err(format!("Bundle {bundle} was not found."));
            };
            lines.extend(linked_ids(found, "transactions").into_iter().map(|id| (id, item.amount)));
            if lines.len() > MAX_LINES {
                return Err(format!("The order has more than {MAX_LINES} lines, its bundles written out."));
            }
            bundles.push(bundle.clone());
            items.push(json!({ "amountToOrder": item.amount, "bundleId": bundle }));
        } else if let Some(transaction) = &item.transaction {
            if state.store.get("Transaction", transaction).is_none() {
                return Err(format!("Transaction {transaction} was not found."));
            }
            lines.push((transaction.clone(), item.amount));
            items.push(json!({ "amountToOrder": item.amount, "transactionId": transaction }));
        } else {
            return Err(format!("orderItems[{at}] has neither transactionId nor bundleId."));
        }
    }

    let order = state.store.id("Order");
    let internal = match new.internal_id {
        Some(id) => Some(id),
        None => new.generate_internal_id.then(|| format!("INT-{:06}", state.number("internal order"))),
    };
    let mut line_items = Vec::new();
    for (transaction, amount) in lines {
        line_items.push(line_item(state, &order, &transaction, amount, now));
        if let Some(transaction) = state.store.get_mut("Transaction", &transaction) {
            transaction.insert("isOrdered".into(), true.into());
            transaction.insert("externalOrderId".into(), json!(new.external_id));
        }
    }
    for bundle in &bundles {
        if let Some(bundle) = state.store.get_mut("Bundle", bundle) {
            bundle.insert("ordered".into(), true.into());
            bundle.insert("orderId".into(), order.clone().into());
            bundle.insert("externalOrderId".into(), json!(new.external_id));
            bundle.insert("internalOrderId".into(), json!(internal));
        }
    }
    state.store.add(
        "Order",
        json!({ "id": order, "createdAt": clock::iso(now), "externalId": new.external_id, "internalId": internal,
            "paid": new.paid, "lineItems": line_items }),
    );
    state.order(json!({
        "platform": "spiff",
        "wire": new.wire,
        "id": order,
        "internalId": internal,
        "externalId": new.external_id,
        "paid": new.paid,
        "items": items,
        "externalData": new.external_data,
        "time": clock::iso(now),
        "request": new.request,
        "body": new.body,
    }));
    Ok(order)
}

fn line_item(state: &mut State, order: &str, transaction: &str, amount: i64, now: i64) -> Value {
    let design = state.store.get("Transaction", transaction).cloned().unwrap_or_default();
    let product = linked(state, &design, "product");
    let sku = product.get("sku").cloned().unwrap_or_default();
    let id = state.store.add(
        "LineItem",
        json!({ "createdAt": clock::iso(now), "quantity": amount, "order": link("Order", order),
            "transaction": link("Transaction", transaction), "basePrice": product.get("basePrice"), "sku": sku,
            "status": "Approved", "integrationType": design.get("integrationType"),
            "previewImageLink": design.get("previewImageLink"),
            "outputData": output(transaction, &sku, &design) }),
    );
    link("LineItem", &id)
}

/// What a design came to: as it was chosen, or, where control made it, something.
fn output(transaction: &str, sku: &Value, design: &Object) -> Value {
    let variant = |name: &Value, value: &Value| json!({ "stepTitle": name, "variantName": value });
    let (metadata, variants) = match design.get("@choices").and_then(Value::as_array) {
        None => (Vec::new(), vec![variant(&"Colour".into(), &"Black".into())]),
        Some(choices) => {
            let chosen = choices.iter().filter(|choice| choice["variant"].is_string());
            (
                choices.iter().map(|choice| json!({ "name": choice["name"], "value": choice["value"] })).collect(),
                chosen.map(|choice| variant(&choice["name"], &choice["value"])).collect(),
            )
        }
    };
    json!({ "transactionId": transaction, "sku": sku, "metadata": metadata, "variantSelections": variants })
}

/// The object that a field links to, or an empty one.
pub(crate) fn linked(state: &State, object: &Object, field: &str) -> Object {
    let target = object.get(field).and_then(Value::as_object).and_then(crate::store::followed);
    target.and_then(|(type_name, id)| state.store.get(type_name, id)).cloned().unwrap_or_default()
}

/// A design as the browser phase leaves it. Answers its id; the owner id is in the hidden field `@owner`.
pub(crate) fn new_transaction(state: &mut State, integration_product: &str, more: Object) -> Result<String, String> {
    let Some(found) = state.store.get("IntegrationProduct", integration_product).cloned() else {
        return Err(format!("Integration product {integration_product} was not found."));
    };
    let product = linked(state, &found, "product");
    let workflow = product.get("workflows").and_then(|workflows| workflows[0]["id"].as_str()).unwrap_or_default();
    let id = state.store.id("Transaction");
    let owner = state.store.id("TransactionOwner");
    let base = &state.spiff_url;
    let fields = json!({
        "id": id, "@owner": owner, "createdAt": clock::iso(clock::now_ms()),
        "designName": format!("{} design", text(&product, "name")), "bulk": false, "completed": true,
        "isOrdered": false, "externalOrderId": null, "quantity": 1, "priceModifierTotal": 250, "variationsCount": 1,
        "integrationProduct": link("IntegrationProduct", integration_product),
        "integrationProductId": integration_product, "product": found.get("product"), "integrationType": "Custom",
        "integrationPartnerName": "Sandbox Partner", "externalCartProductId": found.get("externalProductId"),
        "externalCartProductVariantId": found.get("externalVariantId"),
        "status": "Complete", "stakeholders": [], "designExternalVariants": [], "transactionShareActions": [],
        "hasAuthenticatedActions": false, "workflowId": workflow, "workflowState": "{}",
        "previewImageLink": format!("{base}/images/{id}.svg"),
        "restApiIntegrationLink": format!("{base}/api/transactions/{id}"),
        "workflowViewerLink": format!("{base}/designs/{id}"),
        "workflowViewerReadOnlyLink": format!("{base}/designs/{id}?readOnly=true"),
    });
    state.store.add("Transaction", fields);
    state.store.update("Transaction", &id, more);
    Ok(id)
}

/// The integration product that a control request or a mutation means; the mug if nothing is named. A product's own
/// id or the shop's id for it will do.
pub(crate) fn find_integration_product(state: &State, wanted: Option<&str>) -> Option<String> {
    let Some(wanted) = wanted else { return Some(ids::MUG_LINK.to_owned()) };
    let fits = |found: &&Object| {
        text(found, "id") == wanted
            || text(found, "externalProductId") == wanted
            || text(&linked(state, found, "product"), "id") == wanted
    };
    state.store.all("IntegrationProduct").find(fits).map(|found| text(found, "id").to_owned())
}

/// A bundle of designs. Answers its id; the owner id is in the hidden field `@owner`.
pub(crate) fn new_bundle(state: &mut State, transactions: &[String], more: Object) -> Result<String, String> {
    let id = state.store.id("Bundle");
    let owner = state.store.id("BundleOwner");
    let now = clock::iso(clock::now_ms());
    let base = &state.spiff_url;
    let fields = json!({
        "id": id, "@owner": owner, "createdAt": now, "updatedAt": now, "name": "Bundle", "metadata": [],
        "transactions": [], "bundleStakeholders": [], "bundleShareActions": [], "partner": link("Partner", ids::PARTNER),
        "ordered": false, "completed": false, "template": false, "templateLocked": false, "test": false,
        "workflowViewerLink": format!("{base}/bundles/{id}"),
        "workflowViewerReadOnlyLink": format!("{base}/bundles/{id}?readOnly=true"),
    });
    state.store.add("Bundle", fields);
    state.store.update("Bundle", &id, more);
    if let Err(error) = set_bundle(state, &id, transactions) {
        state.store.remove("Bundle", &id);
        return Err(error);
    }
    Ok(id)
}

/// Makes these the transactions of a bundle, and keeps what is derived from them true.
pub(crate) fn set_bundle(state: &mut State, bundle: &str, transactions: &[String]) -> Result<(), String> {
    let Some(before) = state.store.get("Bundle", bundle) else { return Err(format!("Bundle {bundle} was not found.")) };
    if let Some(missing) = transactions.iter().find(|id| state.store.get("Transaction", id).is_none()) {
        return Err(format!("Transaction {missing} was not found."));
    }
    // A transaction is in one bundle only: it leaves the one that it is in.
    let taken: HashSet<_> = transactions.iter().map(String::as_str).collect();
    let bundle_of = |id: &String| {
        let link = state.store.get("Transaction", id)?.get("bundle")?.as_object()?;
        followed(link).map(|(_, other)| other.to_owned())
    };
    let others: BTreeSet<_> = transactions.iter().filter_map(bundle_of).filter(|other| other != bundle).collect();
    let elsewhere: Vec<_> = others
        .into_iter()
        .filter_map(|other| {
            let kept = linked_ids(state.store.get("Bundle", &other)?, "transactions");
            Some((other, kept.into_iter().filter(|one| !taken.contains(one.as_str())).collect::<Vec<_>>()))
        })
        .collect();
    let before = linked_ids(before, "transactions");
    for (other, kept) in elsewhere {
        set_bundle(state, &other, &kept)?;
    }
    for gone in before {
        if let Some(transaction) = state.store.get_mut("Transaction", &gone) {
            transaction.remove("bundle");
        }
    }
    let mut total = 0;
    let mut products = BTreeSet::new();
    for id in transactions {
        let design = state.store.get("Transaction", id).cloned().unwrap_or_default();
        let product = linked(state, &design, "product");
        let price = |object: &Object, field| object.get(field).and_then(Value::as_i64).unwrap_or(0);
        total += (price(&product, "basePrice") + price(&design, "priceModifierTotal")) * price(&design, "quantity");
        products.insert(text(&product, "id").to_owned());
        if let Some(transaction) = state.store.get_mut("Transaction", id) {
            transaction.insert("bundle".into(), link("Bundle", bundle));
        }
    }
    let changes = json!({
        "transactions": transactions.iter().map(|id| link("Transaction", id)).collect::<Vec<_>>(),
        "transactionIds": transactions, "transactionsCount": transactions.len(), "productsCount": products.len(),
        "totalPriceSubunits": total, "updatedAt": clock::iso(clock::now_ms()),
    });
    if let Value::Object(changes) = changes {
        state.store.update("Bundle", bundle, changes);
    }
    Ok(())
}
