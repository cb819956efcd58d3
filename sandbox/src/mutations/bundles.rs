//! Bundles: making, copying and changing them, and what is in them.

use super::{Answer, Arguments, existing, missing, people, set, transactions, update, with_owner};
use crate::clock;
use crate::orders;
use crate::state::State;
use crate::store::{link, linked_ids};
use serde_json::json;

pub(super) fn answer(state: &mut State, field: &str, arguments: &Arguments<'_>) -> Option<Answer> {
    let id = arguments.id("id");
    Some(match field {
        "bundleCreate" => create(state, arguments),
        "bundleUpdate" => change(state, id, arguments),
        "bundleDelete" => delete(state, id),
        "bundleDuplicate" => duplicate(state, id, arguments),
        "bundleAddTransaction" => {
            change_content(state, id, |now| push_new(now, vec![arguments.id("transactionId").into()]))
        }
        "bundleAddTransactions" => change_content(state, id, |now| push_new(now, arguments.texts("transactionIds"))),
        "bundleRemoveTransaction" => {
            change_content(state, id, |now| now.retain(|one| one != arguments.id("transactionId")))
        }
        "bundleRemoveTransactions" => {
            let gone = arguments.texts("transactionIds");
            change_content(state, id, |now| now.retain(|one| !gone.contains(one)))
        }
        "bundleUpdateTransactionOrder" => {
            let order = arguments.texts("transactionIds");
            let place = |one: &String| order.iter().position(|id| id == one).unwrap_or(usize::MAX);
            change_content(state, id, |now| now.sort_by_key(place))
        }
        "bundleAssignProductCollection" => existing(state, "ProductCollection", arguments.id("collectionId"))
            .and_then(|collection| set(state, "Bundle", id, "productCollection", collection)),
        "bundleGenerateQuoteId" => {
            let quote = format!("Q-{:06}", state.number("quote"));
            set(state, "Bundle", id, "quoteId", quote.into())
        }
        "bundleFinalizeUpdate" => {
            set(state, "Bundle", arguments.id("bundleId"), "completed", true.into()).map(|_| true.into())
        }
        // No public field shows these; they are kept where `/_/state` shows them.
        "bundleEmailSharePageLink" => {
            let mail = arguments.only(&["email", "firstName", "lastName"]);
            set(state, "Bundle", arguments.id("bundleId"), "@mailed", mail.into())
        }
        "addressAttachToBundle" => {
            let address = arguments.only(&["streetAddress", "apartment", "city", "country", "state", "postCode"]);
            set(state, "Bundle", arguments.id("bundleId"), "@address", address.into())
        }
        "organizationAttachToBundle" => {
            let name = arguments.id("organizationName").into();
            set(state, "Bundle", arguments.id("bundleId"), "@organization", name)
        }
        _ => return None,
    })
}

fn create(state: &mut State, arguments: &Arguments<'_>) -> Answer {
    let mut more = arguments.only(&["metadata", "test"]);
    if let Some(collection) = arguments.text("collectionId") {
        more.insert("productCollection".into(), existing(state, "ProductCollection", collection)?);
    }
    orders::new_bundle(state, &[], more).map(|id| with_owner(state, "Bundle", &id, "bundleOwnerId"))
}

fn change(state: &mut State, id: &str, arguments: &Arguments<'_>) -> Answer {
    let mut changes = arguments.only(&["name", "metadata", "bundleStateData", "dispatchDate", "purchaseOrder"]);
    if let Some(id) = arguments.text("globalPropertyConfigurationId") {
        changes.insert("globalPropertyConfiguration".into(), existing(state, "GlobalPropertyConfiguration", id)?);
    }
    changes.insert("updatedAt".into(), clock::iso(clock::now_ms()).into());
    update(state, "Bundle", id, changes)
}

fn delete(state: &mut State, id: &str) -> Answer {
    orders::set_bundle(state, id, &[])?;
    people::remove(state, "Bundle", id, |_| true);
    Ok(state.store.remove("Bundle", id).into())
}

fn duplicate(state: &mut State, id: &str, arguments: &Arguments<'_>) -> Answer {
    let Some(original) = state.store.get("Bundle", id).cloned() else { return missing("Bundle", id) };
    let mut designs = Vec::new();
    // A transaction is in one bundle only: without copies of its designs, the new bundle is empty.
    if arguments.flag("duplicateTransactions") == Some(true) {
        for design in linked_ids(&original, "transactions") {
            let copy = transactions::duplicate(state, &design)?;
            designs.push(copy["id"].as_str().unwrap_or_default().to_owned());
        }
    }
    let mut more = Arguments(&original).only(&["name", "metadata", "bundleStateData", "productCollection"]);
    more.extend(arguments.only(&["template", "test"]).into_iter().filter(|(_, value)| !value.is_null()));
    if more.get("template") == Some(&json!(true)) {
        more.insert("templateStatus".into(), "Draft".into());
    }
    let copy = orders::new_bundle(state, &designs, more)?;
    Ok(with_owner(state, "Bundle", &copy, "bundleOwnerId"))
}

fn change_content(state: &mut State, id: &str, change: impl FnOnce(&mut Vec<String>)) -> Answer {
    let Some(bundle) = state.store.get("Bundle", id) else { return missing("Bundle", id) };
    let mut designs = linked_ids(bundle, "transactions");
    change(&mut designs);
    orders::set_bundle(state, id, &designs).map(|()| link("Bundle", id))
}

fn push_new(now: &mut Vec<String>, more: Vec<String>) {
    for id in more {
        if !now.contains(&id) {
            now.push(id);
        }
    }
}
