//! Customers, and the stakeholders that tie them to designs and bundles.

use super::{Answer, Arguments, existing, missing, set};
use crate::clock;
use crate::orders;
use crate::seed::ids;
use crate::state::State;
use crate::store::{Object, link, linked_ids, text};
use serde_json::{Value, json};

/// What customers are told to type back.
const CODE: &str = "@verificationCode";

pub(super) fn answer(state: &mut State, field: &str, arguments: &Arguments<'_>) -> Option<Answer> {
    let id = arguments.id("id");
    let email = arguments.id("emailAddress");
    Some(match field {
        "customerCreate" => Ok(link("Customer", &customer(state, &arguments.0["details"]))),
        "customerAuthenticate" => Ok(logged_in(state, |one| text(one, "loginToken") == arguments.id("loginToken"))),
        "customerGenerateVerificationCode" => {
            let customer = customer(state, &json!({ "emailAddress": email }));
            let code = format!("{:06}", state.number("verification code"));
            set(state, "Customer", &customer, CODE, code.into()).map(|_| true.into())
        }
        "customerVerifyCode" => Ok(logged_in(state, |one| {
            text(one, "emailAddress") == email && text(one, CODE) == arguments.id("verificationCode")
        })),
        "transactionAddStakeholder" => add_checked(state, "Transaction", id, arguments),
        "transactionsAddStakeholder" => {
            let all = arguments.texts("ids");
            all.iter().map(|id| add_checked(state, "Transaction", id, arguments)).collect()
        }
        "transactionApprove" | "transactionReject" => judged(state, "Transaction", id, field, arguments),
        "bundleAddStakeholder" => add_checked(state, "Bundle", id, arguments),
        "bundleRemoveStakeholder" => existing(state, "Bundle", id).inspect(|_| {
            remove(state, "Bundle", id, |customer| text(customer, "emailAddress") == email);
        }),
        "bundleUpdateStakeholders" => existing(state, "Bundle", id).inspect(|_| {
            remove(state, "Bundle", id, |_| true);
            for one in arguments.list("input") {
                add(state, "Bundle", id, &one["customerDetails"], one["type"].as_str().unwrap_or_default());
            }
        }),
        "bundleApprove" | "bundleReject" => judged(state, "Bundle", id, field, arguments),
        _ => return None,
    })
}

/// The customer with that e-mail address, made if need be.
fn customer(state: &mut State, details: &Value) -> String {
    let email = details["emailAddress"].as_str();
    if let Some(email) = email
        && let Some(known) = state.store.all("Customer").find(|one| text(one, "emailAddress") == email)
    {
        return text(known, "id").to_owned();
    }
    let id = state.store.id("Customer");
    let fields = json!({ "id": id, "emailAddress": email, "firstName": details["firstName"],
        "lastName": details["lastName"], "phoneNumber": details["phoneNumber"], "loginToken": format!("login-{id}"),
        "createdAt": clock::iso(clock::now_ms()), "partner": link("Partner", ids::PARTNER), "stakeholders": [],
        "bundleStakeholders": [], "hasBundleTemplates": false });
    state.store.add("Customer", fields)
}

/// The customer whom `who` recognises, from now on seen; null if there is none.
fn logged_in(state: &mut State, who: impl Fn(&Object) -> bool) -> Value {
    let Some(found) = state.store.links("Customer", who).into_iter().next() else { return Value::Null };
    let now = clock::iso(clock::now_ms());
    set(state, "Customer", found["id"].as_str().unwrap_or_default(), "lastActiveAt", now.into()).unwrap_or_default()
}

/// The type of stakeholder that hangs on a type, the field that holds them, and the way back.
fn stakeholders_of(type_name: &str) -> (&'static str, &'static str, &'static str) {
    match type_name {
        "Bundle" => ("BundleStakeholder", "bundleStakeholders", "bundle"),
        _ => ("Stakeholder", "stakeholders", "transaction"),
    }
}

/// Ties a customer to a design or a bundle.
pub(super) fn add(state: &mut State, type_name: &str, id: &str, details: &Value, role: &str) {
    let (stakeholder_type, field, back) = stakeholders_of(type_name);
    let customer = customer(state, details);
    let fields = json!({ "type": role, back: link(type_name, id), "customer": link("Customer", &customer),
        "authorizationStatus": "Pending" });
    let made = state.store.add(stakeholder_type, fields);
    for (owner, owner_id) in [(type_name, id), ("Customer", &customer)] {
        state.store.push(owner, owner_id, field, link(stakeholder_type, &made));
    }
}

fn add_checked(state: &mut State, type_name: &str, id: &str, arguments: &Arguments<'_>) -> Answer {
    let found = existing(state, type_name, id)?;
    add(state, type_name, id, &arguments.0["details"], arguments.id("type"));
    Ok(found)
}

/// Takes the stakeholders away whose customer `who` names, on both sides.
pub(super) fn remove(state: &mut State, type_name: &str, id: &str, who: impl Fn(&Object) -> bool) {
    let (stakeholder_type, field, _) = stakeholders_of(type_name);
    let all = state.store.get(type_name, id).map(|object| linked_ids(object, field)).unwrap_or_default();
    for one in all {
        let stakeholder = state.store.get(stakeholder_type, &one).cloned().unwrap_or_default();
        let customer = orders::linked(state, &stakeholder, "customer");
        if !who(&customer) {
            continue;
        }
        for (owner, owner_id) in [(type_name, id), ("Customer", text(&customer, "id"))] {
            state.store.unlink(owner, owner_id, field, &one);
        }
        if let Some(object) = state.store.get_mut(type_name, id) {
            object.retain(|name, value| !name.starts_with("current") || value["id"] != one.as_str());
        }
        state.store.remove(stakeholder_type, &one);
    }
}

/// An approval or a rejection of all stakeholders, or of the one that is named.
fn judged(state: &mut State, type_name: &str, id: &str, field: &str, arguments: &Arguments<'_>) -> Answer {
    let (stakeholder_type, list, _) = stakeholders_of(type_name);
    let Some(object) = state.store.get(type_name, id) else { return missing(type_name, id) };
    let only = arguments.text("stakeholderId");
    let verdict = if field.ends_with("Approve") { "Approved" } else { "Rejected" };
    for one in linked_ids(object, list).into_iter().filter(|one| only.is_none_or(|only| only == one)) {
        let changes = json!({ "authorizationStatus": verdict, "authorizationNote": arguments.text("note"),
            "authorizationDate": clock::iso(clock::now_ms()) });
        state.store.update(stakeholder_type, &one, changes.as_object().cloned().unwrap_or_default());
    }
    Ok(true.into())
}
