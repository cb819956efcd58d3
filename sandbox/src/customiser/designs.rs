//! Designs at Spiff: which product a page means, and what becomes of the choices – a transaction, or a bundle of several.

use super::Subject;
use super::choices::Choices;
use crate::orders::{linked, new_bundle, new_transaction};
use crate::page::form::Form;
use crate::platform::Platform;
use crate::state::{Shared, State};
use crate::store::{Object, text};
use serde_json::{Map, Value, json};

/// What an address or a form asks for, or a sentence about what is wrong with it.
pub(super) fn subject(shared: &Shared, state: &State, form: &Form) -> Result<Subject, String> {
    check_key(shared, form)?;
    let sold = active(state, form)?;
    let product = linked(state, sold, "product");
    let number = |field: &str| product.get(field).and_then(Value::as_i64);
    Ok(Subject {
        name: text(&product, "name").to_owned(),
        base: number("basePrice").unwrap_or_default(),
        currency: currency(form)?,
        least: number("minimumOrderQuantity").unwrap_or(1),
        kept: vec![
            ("product", text(sold, "id").to_owned()),
            ("currency", form.text("currency").to_owned()),
            ("workflow", workflow(&product, form)?),
            ("portal", form.text("portal").to_owned()),
            ("bundle", String::new()),
        ],
    })
}

/// The product that is named, if it is switched on.
pub(super) fn active<'s>(state: &'s State, form: &Form) -> Result<&'s Object, String> {
    let sold = named(state, form)?;
    let (product, integration) = (linked(state, sold, "product"), linked(state, sold, "integration"));
    let on = [(sold, "integrationEnabled"), (&product, "enabled"), (&integration, "enabled")];
    match on.into_iter().all(|(object, field)| object.get(field) == Some(&true.into())) {
        true => Ok(sold),
        false => Err(format!("The product {} is switched off.", text(sold, "id"))),
    }
}

/// By the platform's id, or by what the shop calls its integration and its product.
fn named<'s>(state: &'s State, form: &Form) -> Result<&'s Object, String> {
    let id = form.text("product");
    if !id.is_empty() {
        let found = state.store.get("IntegrationProduct", id);
        return found.ok_or_else(|| format!("There is no integration product {id:?}."));
    }
    let (integration, product) = (form.text("integration"), form.text("shop_product"));
    if product.is_empty() {
        return Err("The page names no product.".to_owned());
    }
    let fits = |found: &&Object| {
        let of = linked(state, found, "integration");
        text(found, "externalProductId") == product
            && [text(&of, "id"), text(&of, "externalIntegrationId")].contains(&integration)
    };
    let found = state.store.all("IntegrationProduct").find(fits);
    found.ok_or_else(|| format!("The integration {integration:?} has no product {product:?}."))
}

/// In which currency prices are shown. They are the same in each.
fn currency(form: &Form) -> Result<String, String> {
    let given = form.text("currency");
    match given.len() == 3 && given.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        true => Ok(given.to_ascii_uppercase()),
        false => Err(format!("presentmentCurrency is three letters, such as USD, not {given:?}.")),
    }
}

/// The product's own, unless the page names another of its own.
fn workflow(product: &Object, form: &Form) -> Result<String, String> {
    let wanted = form.text("workflow");
    let known = product.get("workflows").and_then(Value::as_array);
    let mut known = known.into_iter().flatten().filter_map(|workflow| workflow["id"].as_str());
    let found = known.find(|id| wanted.is_empty() || *id == wanted);
    found.map(str::to_owned).ok_or_else(|| format!("The product has no workflow {wanted:?}."))
}

/// A page may show a key; the frame has no need of it then.
fn check_key(shared: &Shared, form: &Form) -> Result<(), String> {
    let given = form.text("key");
    match given.is_empty() || given == shared.options.application_key {
        true => Ok(()),
        false => Err("The application key is not known.".to_owned()),
    }
}

/// Does what the form asks for: `bundle` puts the designs that were made into one, all else makes another. Answers what the
/// page and the person are told; nothing if something is wrong, which the form then says.
pub(super) fn finish(state: &mut State, subject: &Subject, form: &mut Form) -> Option<Value> {
    let done = carry_out(state, subject, form).map_err(|why| form.refuse("", why));
    done.ok().filter(|_| form.is_right())
}

fn carry_out(state: &mut State, subject: &Subject, form: &mut Form) -> Result<Value, String> {
    let mut made: Vec<_> = form.text("bundle").split_whitespace().map(str::to_owned).collect();
    if let Some(missing) = made.iter().find(|id| state.store.get("Transaction", id).is_none()) {
        return Err(format!("The bundle's design {missing} is not there: the sandbox was reset since it was made."));
    }
    let portal = !form.text("portal").is_empty();
    let bundling = portal && form.text("action") == "bundle";
    // What stands in the form when a bundle is finished belongs to it.
    if !bundling || made.is_empty() || !form.text("text").is_empty() {
        let choices = Choices::of(Platform::Spiff, form, subject.least);
        if !form.is_right() {
            return Ok(Value::Null);
        }
        made.push(design(state, subject, &choices)?);
    }
    let mut result = match made.last().filter(|_| !bundling) {
        Some(id) => told(state, id),
        None => bundle(state, &made)?,
    };
    if portal {
        result["type"] = if bundling { "bundle" } else { "transaction" }.into();
    }
    Ok(json!({ "result": result, "said": format!("In the bundle: {}.", made.len()) }))
}

fn design(state: &mut State, subject: &Subject, choices: &Choices) -> Result<String, String> {
    let Choices { text, text_price, colour, quantity } = choices;
    let kept = json!([
        { "name": "Text", "value": text, "priceModifier": text_price },
        { "name": "Colour", "value": colour.name, "priceModifier": colour.price, "variant": colour.id },
    ]);
    let more = json!({ "designName": text, "quantity": quantity, "priceModifierTotal": choices.price(),
        "workflowId": subject.kept("workflow"), "workflowState": json!({ "text": text, "colour": colour.id }).to_string(),
        "@choices": kept, "@ink": colour.ink });
    new_transaction(state, subject.kept("product"), more.as_object().cloned().unwrap_or_default())
}

fn bundle(state: &mut State, designs: &[String]) -> Result<Value, String> {
    let id = new_bundle(state, designs, Map::new())?;
    let bundle = state.store.get("Bundle", &id).cloned().unwrap_or_default();
    let items: Vec<_> = designs.iter().map(|design| told(state, design)).collect();
    Ok(json!({ "bundleId": id, "bundleOwnerId": text(&bundle, "@owner"), "name": text(&bundle, "name"),
        "collectionId": null, "collectionName": null, "dispatchDate": null, "purchaseOrder": null, "items": items,
        "cartAddMode": "Default" }))
}

/// What a page is told of a design: what the platform knows of it.
fn told(state: &State, id: &str) -> Value {
    let design = state.store.get("Transaction", id).cloned().unwrap_or_default();
    let (product, sold) = (linked(state, &design, "product"), linked(state, &design, "integrationProduct"));
    let choices = design.get("@choices").and_then(Value::as_array).cloned().unwrap_or_default();
    let exported: Map<_, _> = choices
        .iter()
        .filter_map(|choice| {
            let told = json!({ "value": choice["value"], "priceModifier": choice["priceModifier"] });
            Some((choice["name"].as_str()?.to_owned(), told))
        })
        .collect();
    let metadata: Vec<_> =
        choices.iter().map(|choice| json!({ "key": choice["name"], "value": choice["value"] })).collect();
    let variants: Vec<_> = choices
        .iter()
        .filter(|choice| choice["variant"].is_string())
        .map(|choice| json!({ "key": choice["name"], "ids": [choice["variant"]] }))
        .collect();
    json!({
        "transactionId": id,
        "transactionOwnerId": text(&design, "@owner"),
        "baseCost": product.get("basePrice"),
        "optionsCost": design.get("priceModifierTotal"),
        "exportedData": exported,
        "previewImage": design.get("previewImageLink"),
        "lineItemImageUrl": design.get("previewImageLink"),
        "quantity": design.get("quantity"),
        "sku": product.get("sku"),
        "weight": product.get("weight"),
        "metadata": metadata,
        "selectedVariants": variants,
        "workflowViewerLink": design.get("workflowViewerLink"),
        "workflowViewerReadOnlyLink": design.get("workflowViewerReadOnlyLink"),
        "externalCartProductId": sold.get("externalProductId"),
        "externalCartProductVariantId": sold.get("externalVariantId"),
        "additionalExternalProductId": sold.get("additionalExternalProductId"),
        "additionalExternalVariantId": sold.get("additionalExternalVariantId"),
        "designExternalVariants": [],
        "processExecutionId": null,
    })
}
