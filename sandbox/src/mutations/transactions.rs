//! Designs: making, copying, changing and moving them.

use super::{Answer, Arguments, existing, missing, set, update, with_owner};
use crate::clock;
use crate::orders;
use crate::state::State;
use crate::store::{link, linked_ids, text};
use serde_json::{Value, json};

pub(super) fn answer(state: &mut State, field: &str, arguments: &Arguments<'_>) -> Option<Answer> {
    let id = arguments.id("id");
    Some(match field {
        "transactionCreate" => create(state, arguments),
        "transactionCreateMany" => {
            let inputs = arguments.list("inputs").iter().filter_map(Value::as_object);
            inputs.map(|input| create(state, &Arguments(input))).collect()
        }
        "transactionUpdate" => {
            let changes = arguments.only(&["workflowId", "designName", "workflowState", "quantity"]);
            update(state, "Transaction", id, changes).and_then(|found| refresh_bundle(state, id).map(|()| found))
        }
        "transactionDuplicate" => duplicate(state, id),
        // Whose it becomes is not public: here it is the owner among its stakeholders who is logged in.
        "transactionClaim" => {
            let owner = state.store.get("Transaction", id).and_then(|found| linked_ids(found, "stakeholders").pop());
            match owner {
                Some(owner) => set(state, "Transaction", id, "currentStakeholder", link("Stakeholder", &owner)),
                None => existing(state, "Transaction", id),
            }
        }
        "transactionFinalizeUpdate" => {
            let now = clock::iso(clock::now_ms());
            let changes = json!({ "completed": true, "lastSyncedAt": now });
            let changes = changes.as_object().cloned().unwrap_or_default();
            update(state, "Transaction", arguments.id("transactionId"), changes).map(|_| true.into())
        }
        "transactionUpdateIntegrationProduct" => to_product(state, id, arguments.text("integrationProductId")),
        // No public field shows these; they are kept where `/_/state` shows them.
        "addressAttachToTransaction" => {
            let address = arguments.only(&["streetAddress", "apartment", "city", "country", "state", "postCode"]);
            set(state, "Transaction", arguments.id("transactionId"), "@address", address.into())
        }
        "organizationAttachToTransaction" => {
            let name = arguments.id("organizationName").into();
            set(state, "Transaction", arguments.id("transactionId"), "@organization", name)
        }
        _ => return None,
    })
}

fn create(state: &mut State, arguments: &Arguments<'_>) -> Answer {
    let wanted = arguments.text("integrationProductId").or_else(|| arguments.text("externalProductId"));
    let Some(found) = wanted.and_then(|wanted| orders::find_integration_product(state, Some(wanted))) else {
        return missing("IntegrationProduct", wanted.unwrap_or("(none named)"));
    };
    let mut more = arguments.only(&["bulk", "workflowId", "designName", "quantity"]);
    if let Some(parent) = arguments.text("parentTransactionId") {
        more.insert("parentTransaction".into(), existing(state, "Transaction", parent)?);
    }
    let id = orders::new_transaction(state, &found, more)?;
    Ok(with_owner(state, "Transaction", &id, "transactionOwnerId"))
}

/// A copy under a new id, in no bundle and not ordered.
pub(super) fn duplicate(state: &mut State, id: &str) -> Answer {
    let Some(original) = state.store.get("Transaction", id).cloned() else { return missing("Transaction", id) };
    let kept =
        ["designName", "bulk", "quantity", "workflowId", "workflowState", "priceModifierTotal", "@choices", "@ink"];
    let more = Arguments(&original).only(&kept);
    let sold_as = match text(&original, "integrationProductId") {
        "" => {
            let product = orders::linked(state, &original, "product");
            orders::find_integration_product(state, Some(text(&product, "id"))).unwrap_or_default()
        }
        sold_as => sold_as.to_owned(),
    };
    let copy = orders::new_transaction(state, &sold_as, more)?;
    Ok(with_owner(state, "Transaction", &copy, "transactionOwnerId"))
}

fn to_product(state: &mut State, id: &str, to: Option<&str>) -> Answer {
    let Some(found) = state.store.get("IntegrationProduct", to.unwrap_or_default()).cloned() else {
        return missing("IntegrationProduct", to.unwrap_or("(none named)"));
    };
    let target = text(&found, "id");
    let changes = json!({ "integrationProduct": link("IntegrationProduct", target), "integrationProductId": target,
        "product": found.get("product") });
    let moved = update(state, "Transaction", id, changes.as_object().cloned().unwrap_or_default())?;
    refresh_bundle(state, id).map(|()| moved)
}

/// Keeps what the transaction's bundle derives from it true.
fn refresh_bundle(state: &mut State, transaction: &str) -> Result<(), String> {
    let found = state.store.get("Transaction", transaction).cloned().unwrap_or_default();
    let bundle = orders::linked(state, &found, "bundle");
    if bundle.is_empty() {
        return Ok(());
    }
    orders::set_bundle(state, text(&bundle, "id"), &linked_ids(&bundle, "transactions"))
}
