//! The fields of `Mutation`. Orders, transactions and bundles do all that a server can observe; the rest does the
//! simple thing.

use crate::clock;
use crate::graphql::World;
use crate::orders::{self, Item, NewOrder};
use crate::seed::ids;
use crate::state::State;
use crate::store::{Object, link, linked_ids, text};
use serde_json::{Value, json};

type Answer = Result<Value, String>;

struct Arguments<'a>(&'a Object);

impl Arguments<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A required one; the document's validation already demanded it.
    fn id(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    fn list(&self, name: &str) -> &[Value] {
        self.0.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        self.list(name).iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// These arguments as changes to an object; absent ones change nothing.
    fn only(&self, names: &[&str]) -> Object {
        names.iter().filter_map(|name| Some(((*name).to_owned(), self.0.get(*name)?.clone()))).collect()
    }
}

/// The answer to one field, a message for `errors`, or `None` for a field that is not written here.
pub(crate) fn answer(world: &World<'_>, field: &str, arguments: &Object) -> Result<Option<Value>, String> {
    let mut guard = world.state.borrow_mut();
    let state: &mut State = &mut guard;
    let arguments = Arguments(arguments);
    let id = arguments.id("id");
    let owner = |given: &Option<String>, state: &State, type_name: &str, id: &str| owns(state, given, type_name, id);
    // A wrong owner id fails without a word: the platform's own clients fell over that again and again.
    let may = match field {
        "transactionUpdate" => owner(&world.context.transaction_owner, state, "Transaction", id),
        "bundleUpdate"
        | "bundleDelete"
        | "bundleAddTransaction"
        | "bundleAddTransactions"
        | "bundleRemoveTransaction"
        | "bundleRemoveTransactions" => owner(&world.context.bundle_owner, state, "Bundle", id),
        _ => true,
    };
    if !may {
        return Ok(Some(Value::Null));
    }
    let answered = match field {
        "orderCreate" => order_create(world, state, &arguments),
        "orderCreateSimpleAsync" => order_create_simple(world, state, &arguments),

        "transactionCreate" => transaction_create(state, &arguments),
        "transactionCreateMany" => {
            let inputs = arguments.list("inputs").iter().filter_map(Value::as_object);
            inputs.map(|input| transaction_create(state, &Arguments(input))).collect()
        }
        "transactionUpdate" => {
            let changes = arguments.only(&["workflowId", "designName", "workflowState", "quantity"]);
            update(state, "Transaction", id, changes).and_then(|found| refresh_bundle(state, id).map(|()| found))
        }
        "transactionDuplicate" => transaction_duplicate(state, id),
        "transactionClaim" => existing(state, "Transaction", id),
        "transactionFinalizeUpdate" => {
            existing(state, "Transaction", arguments.id("transactionId")).map(|_| true.into())
        }
        "transactionUpdateIntegrationProduct" => transaction_move(state, id, arguments.text("integrationProductId")),
        "transactionAddStakeholder" => add_stakeholder(state, "Transaction", id, &arguments),
        "transactionsAddStakeholder" => {
            let all = arguments.texts("ids");
            all.iter().map(|id| add_stakeholder(state, "Transaction", id, &arguments)).collect()
        }
        "transactionApprove" | "transactionReject" => judged(state, "Transaction", id, field, &arguments),
        "bundleApprove" | "bundleReject" => judged(state, "Bundle", id, field, &arguments),
        "addressAttachToTransaction" | "organizationAttachToTransaction" => {
            existing(state, "Transaction", arguments.id("transactionId"))
        }

        "bundleCreate" => {
            let mut more = arguments.only(&["metadata", "test"]);
            if let Some(collection) = arguments.text("collectionId") {
                more.insert("productCollection".into(), link("ProductCollection", collection));
            }
            orders::new_bundle(state, &[], more).map(|id| with_owner(state, "Bundle", &id, "bundleOwnerId"))
        }
        "bundleUpdate" => {
            let mut changes = arguments.only(&["name", "metadata", "bundleStateData", "dispatchDate", "purchaseOrder"]);
            if let Some(id) = arguments.text("globalPropertyConfigurationId") {
                changes.insert("globalPropertyConfiguration".into(), link("GlobalPropertyConfiguration", id));
            }
            changes.insert("updatedAt".into(), clock::iso(clock::now_ms()).into());
            update(state, "Bundle", id, changes)
        }
        "bundleDelete" => bundle_delete(state, id),
        "bundleDuplicate" => bundle_duplicate(state, id, &arguments),
        "bundleAddTransaction" => {
            change_bundle(state, id, |now| push_new(now, vec![arguments.id("transactionId").into()]))
        }
        "bundleAddTransactions" => change_bundle(state, id, |now| push_new(now, arguments.texts("transactionIds"))),
        "bundleRemoveTransaction" => {
            change_bundle(state, id, |now| now.retain(|one| one != arguments.id("transactionId")))
        }
        "bundleRemoveTransactions" => {
            let gone = arguments.texts("transactionIds");
            change_bundle(state, id, |now| now.retain(|one| !gone.contains(one)))
        }
        "bundleUpdateTransactionOrder" => {
            let order = arguments.texts("transactionIds");
            let place = |one: &String| order.iter().position(|id| id == one).unwrap_or(usize::MAX);
            change_bundle(state, id, |now| now.sort_by_key(place))
        }
        "bundleAddStakeholder" => add_stakeholder(state, "Bundle", id, &arguments),
        "bundleRemoveStakeholder" => remove_stakeholder(state, id, arguments.id("emailAddress")),
        "bundleUpdateStakeholders" => replace_stakeholders(state, id, arguments.list("input")),
        "bundleAssignProductCollection" => {
            let collection = link("ProductCollection", arguments.id("collectionId"));
            update(state, "Bundle", id, [("productCollection".to_owned(), collection)].into_iter().collect())
        }
        "bundleGenerateQuoteId" => {
            let quote = format!("Q-{:06}", state.number("quote"));
            update(state, "Bundle", id, [("quoteId".to_owned(), quote.into())].into_iter().collect())
        }
        "bundleFinalizeUpdate" => existing(state, "Bundle", arguments.id("bundleId")).map(|_| true.into()),
        "bundleEmailSharePageLink" | "addressAttachToBundle" | "organizationAttachToBundle" => {
            existing(state, "Bundle", arguments.id("bundleId"))
        }

        "customerCreate" => Ok(link("Customer", &customer(state, &arguments.0["details"]))),
        "customerAuthenticate" => Ok(logged_in(state, |one| text(one, "loginToken") == arguments.id("loginToken"))),
        "customerGenerateVerificationCode" => Ok(true.into()),
        "customerVerifyCode" => Ok(logged_in(state, |one| text(one, "emailAddress") == arguments.id("emailAddress"))),

        "globalPropertyConfigurationCreate" => {
            Ok(added(state, "GlobalPropertyConfiguration", json!({ "name": "", "aspects": [] })))
        }
        "globalPropertyConfigurationUpdate" => {
            update(state, "GlobalPropertyConfiguration", id, arguments.only(&["name", "aspects"]))
        }
        "globalPropertyStateCreate" => {
            let fields = json!({ "aspects": [], "@bundle": arguments.text("bundleId") });
            Ok(added(state, "GlobalPropertyState", fields))
        }
        "globalPropertyStateUpdate" => update(state, "GlobalPropertyState", id, arguments.only(&["aspects"])),
        "globalPropertyTemplateCreate" => {
            let now = clock::iso(clock::now_ms());
            let configuration = arguments.id("globalPropertyConfigurationId");
            let fields = json!({ "name": "", "createdAt": now, "updatedAt": now,
                "globalPropertyConfiguration": link("GlobalPropertyConfiguration", configuration),
                "@customer": arguments.text("customerId"), "aspectValues": arguments.list("aspects") });
            Ok(added(state, "GlobalPropertyTemplate", fields))
        }
        "globalPropertyTemplateUpdate" => {
            update(state, "GlobalPropertyTemplate", id, arguments.only(&["name", "aspectValues"]))
        }
        "globalPropertyTemplateDelete" => Ok(state.store.remove("GlobalPropertyTemplate", id).into()),
        "metafieldConfigurationCreate" => {
            let now = clock::iso(clock::now_ms());
            let fields = json!({ "name": arguments.id("name"), "entityType": arguments.id("entityType"),
                "metafieldType": arguments.id("metafieldType"), "createdAt": now, "updatedAt": now,
                "description": arguments.text("description").unwrap_or_default() });
            Ok(added(state, "MetafieldConfiguration", fields))
        }
        "processExecutionCreate" => process_execution_create(state, &arguments),
        _ => return Ok(None),
    };
    answered.map(Some)
}

fn owns(state: &State, given: &Option<String>, type_name: &str, id: &str) -> bool {
    let (Some(given), Some(object)) = (given, state.store.get(type_name, id)) else { return true };
    text(object, "@owner") == given
}

fn existing(state: &State, type_name: &str, id: &str) -> Answer {
    if state.store.get(type_name, id).is_some() { Ok(link(type_name, id)) } else { missing(type_name, id) }
}

fn missing(type_name: &str, id: &str) -> Answer {
    Err(format!("{type_name} {id} was not found."))
}

fn update(state: &mut State, type_name: &str, id: &str, changes: Object) -> Answer {
    if state.store.update(type_name, id, changes) { Ok(link(type_name, id)) } else { missing(type_name, id) }
}

fn added(state: &mut State, type_name: &str, fields: Value) -> Value {
    let id = state.store.add(type_name, fields);
    link(type_name, &id)
}

/// The object itself with its owner id, which is shown at creation and never again.
fn with_owner(state: &State, type_name: &str, id: &str, field: &str) -> Value {
    let mut object = state.store.get(type_name, id).cloned().unwrap_or_default();
    object.insert(field.to_owned(), object.get("@owner").cloned().unwrap_or_default());
    object.into()
}

fn order_create(world: &World<'_>, state: &mut State, arguments: &Arguments<'_>) -> Answer {
    let items = arguments.list("orderItems").iter().filter(|item| !item.is_null()).map(|item| Item {
        amount: item["amountToOrder"].as_i64().unwrap_or(0),
        transaction: item["transactionId"].as_str().map(str::to_owned),
        bundle: item["bundleId"].as_str().map(str::to_owned),
    });
    let order = NewOrder {
        wire: "graphql",
        external_id: arguments.text("externalId").map(str::to_owned),
        paid: arguments.flag("paid"),
        items: items.collect(),
        external_data: arguments.0.get("externalData").cloned().unwrap_or_default(),
        internal_id: arguments.text("internalId").map(str::to_owned),
        generate_internal_id: arguments.flag("generateInternalId") == Some(true),
        body: world.context.body.clone(),
        request: world.context.request.clone(),
    };
    orders::place(state, order).map(|id| link("Order", &id))
}

/// Designs and order in one step. Its arguments are not public: this follows the reading in the schema.
fn order_create_simple(world: &World<'_>, state: &mut State, arguments: &Arguments<'_>) -> Answer {
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
            ("workflowState".to_owned(), item["steps"].to_string().into()),
        ];
        let id = orders::new_transaction(state, &integration_product, more.into_iter().collect())?;
        designs.push(id.clone());
        items.push(Item { amount, transaction: Some(id), bundle: None });
    }
    if let Some(bundle) = arguments.0.get("bundle").and_then(Value::as_object) {
        let bundle = Arguments(bundle);
        let id = orders::new_bundle(state, &designs, bundle.only(&["metadata"]))?;
        if let Some(email) = bundle.text("ownerEmailAddress") {
            stakeholder(state, "Bundle", &id, &json!({ "emailAddress": email }), "Owner");
        }
    }
    let order = NewOrder {
        wire: "graphql",
        external_id: arguments.text("externalId").map(str::to_owned),
        paid: arguments.flag("paid"),
        items,
        external_data: arguments.0.get("externalData").cloned().unwrap_or_default(),
        internal_id: None,
        generate_internal_id: false,
        body: world.context.body.clone(),
        request: world.context.request.clone(),
    };
    orders::place(state, order).map(|id| link("Order", &id))
}

fn transaction_create(state: &mut State, arguments: &Arguments<'_>) -> Answer {
    let wanted = arguments.text("integrationProductId").or_else(|| arguments.text("externalProductId"));
    let Some(found) = wanted.and_then(|wanted| orders::find_integration_product(state, Some(wanted))) else {
        return missing("IntegrationProduct", wanted.unwrap_or("(none named)"));
    };
    let mut more = arguments.only(&["bulk", "workflowId", "designName", "quantity"]);
    if let Some(parent) = arguments.text("parentTransactionId") {
        more.insert("parentTransaction".into(), link("Transaction", parent));
    }
    let id = orders::new_transaction(state, &found, more)?;
    Ok(with_owner(state, "Transaction", &id, "transactionOwnerId"))
}

fn transaction_duplicate(state: &mut State, id: &str) -> Answer {
    let Some(original) = state.store.get("Transaction", id).cloned() else { return missing("Transaction", id) };
    let kept = ["designName", "bulk", "quantity", "workflowId", "workflowState", "priceModifierTotal"];
    let more = Arguments(&original).only(&kept);
    let copy = orders::new_transaction(state, text(&original, "integrationProductId"), more)?;
    Ok(with_owner(state, "Transaction", &copy, "transactionOwnerId"))
}

fn transaction_move(state: &mut State, id: &str, to: Option<&str>) -> Answer {
    let Some(found) = state.store.get("IntegrationProduct", to.unwrap_or_default()).cloned() else {
        return missing("IntegrationProduct", to.unwrap_or("(none named)"));
    };
    let target = text(&found, "id");
    let changes = json!({ "integrationProduct": link("IntegrationProduct", target), "integrationProductId": target,
        "product": found.get("product") });
    update(state, "Transaction", id, changes.as_object().cloned().unwrap_or_default())
}

fn bundle_delete(state: &mut State, id: &str) -> Answer {
    orders::set_bundle(state, id, &[])?;
    Ok(state.store.remove("Bundle", id).into())
}

fn bundle_duplicate(state: &mut State, id: &str, arguments: &Arguments<'_>) -> Answer {
    let Some(original) = state.store.get("Bundle", id).cloned() else { return missing("Bundle", id) };
    let mut designs = Vec::new();
    // A transaction is in one bundle only: without copies of its designs, the new bundle is empty.
    if arguments.flag("duplicateTransactions") == Some(true) {
        for design in linked_ids(&original, "transactions") {
            let copy = transaction_duplicate(state, &design)?;
            designs.push(copy["id"].as_str().unwrap_or_default().to_owned());
        }
    }
    let mut more = Arguments(&original).only(&["name", "metadata", "bundleStateData", "productCollection"]);
    more.extend(arguments.only(&["template", "test"]).into_iter().filter(|(_, value)| !value.is_null()));
    let copy = orders::new_bundle(state, &designs, more)?;
    Ok(with_owner(state, "Bundle", &copy, "bundleOwnerId"))
}

fn change_bundle(state: &mut State, id: &str, change: impl FnOnce(&mut Vec<String>)) -> Answer {
    let Some(bundle) = state.store.get("Bundle", id) else { return missing("Bundle", id) };
    let mut designs = linked_ids(bundle, "transactions");
    change(&mut designs);
    orders::set_bundle(state, id, &designs).map(|()| link("Bundle", id))
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

fn push_new(now: &mut Vec<String>, more: Vec<String>) {
    for id in more {
        if !now.contains(&id) {
            now.push(id);
        }
    }
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

fn logged_in(state: &State, who: impl Fn(&Object) -> bool) -> Value {
    state.store.links("Customer", who).into_iter().next().unwrap_or_default()
}

/// The type of stakeholder that hangs on a type, and the field that holds them.
fn stakeholders_of(type_name: &str) -> (&'static str, &'static str, &'static str) {
    match type_name {
        "Bundle" => ("BundleStakeholder", "bundleStakeholders", "bundle"),
        _ => ("Stakeholder", "stakeholders", "transaction"),
    }
}

fn stakeholder(state: &mut State, type_name: &str, id: &str, details: &Value, role: &str) {
    let (stakeholder_type, field, back) = stakeholders_of(type_name);
    let customer = customer(state, details);
    let made = state.store.add(
        stakeholder_type,
        json!({ "type": role, back: link(type_name, id), "customer": link("Customer", &customer),
            "authorizationStatus": "Pending" }),
    );
    for (owner, owner_id) in [(type_name, id), ("Customer", &customer)] {
        let list = state.store.get_mut(owner, owner_id).and_then(|object| object.get_mut(field));
        if let Some(list) = list.and_then(Value::as_array_mut) {
            list.push(link(stakeholder_type, &made));
        }
    }
}

fn add_stakeholder(state: &mut State, type_name: &str, id: &str, arguments: &Arguments<'_>) -> Answer {
    let found = existing(state, type_name, id)?;
    stakeholder(state, type_name, id, &arguments.0["details"], arguments.id("type"));
    Ok(found)
}

fn remove_stakeholder(state: &mut State, id: &str, email: &str) -> Answer {
    let Some(bundle) = state.store.get("Bundle", id) else { return missing("Bundle", id) };
    let kept: Vec<_> = linked_ids(bundle, "bundleStakeholders")
        .into_iter()
        .filter(|one| {
            let one = state.store.get("BundleStakeholder", one).cloned().unwrap_or_default();
            text(&orders::linked(state, &one, "customer"), "emailAddress") != email
        })
        .map(|one| link("BundleStakeholder", &one))
        .collect();
    update(state, "Bundle", id, [("bundleStakeholders".to_owned(), kept.into())].into_iter().collect())
}

fn replace_stakeholders(state: &mut State, id: &str, wanted: &[Value]) -> Answer {
    let none = [("bundleStakeholders".to_owned(), json!([]))].into_iter().collect();
    let found = update(state, "Bundle", id, none)?;
    for one in wanted {
        stakeholder(state, "Bundle", id, &one["customerDetails"], one["type"].as_str().unwrap_or_default());
    }
    Ok(found)
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

fn process_execution_create(state: &mut State, arguments: &Arguments<'_>) -> Answer {
    let flow_id = arguments.id("processFlowId");
    let Some(flow) = state.store.get("ProcessFlow", flow_id).cloned() else { return missing("ProcessFlow", flow_id) };
    let mut inputs = Vec::new();
    for (at, input) in arguments.texts("inputs").iter().enumerate() {
        inputs
            .push(serde_json::from_str::<Value>(input).map_err(|error| format!("inputs[{at}] is not JSON: {error}."))?);
    }
    let ms = clock::now_ms();
    let now = clock::iso(ms);
    let nodes = flow.get("nodes").and_then(Value::as_array).cloned().unwrap_or_default().into_iter().map(|mut node| {
        node["startedAt"] = now.clone().into();
        node
    });
    let internal = format!("EX-{:06}", state.number("process execution"));
    let fields = json!({ "internalId": internal, "createdAt": now, "updatedAt": now,
        "processFlow": link("ProcessFlow", flow_id), "nodes": nodes.collect::<Vec<_>>(),
        "edges": flow.get("edges"), "@due": ms + i64::from(state.settings.process_ms), "@inputs": inputs });
    Ok(added(state, "ProcessExecution", fields))
}
