//! The shoppers' side: customers, their designs and bundles, who may look at them, and what was ordered.

use super::{THEN, ids};
use crate::store::{Object, Store, link};
use serde_json::{Value, json};

/// Fills in what happened; the catalogue is there.
pub(super) fn seed(store: &mut Store, base: &str) {
    customers(store);
    designs(store, base);
    bundles(store, base);
    stakeholders(store);
    orders(store, base);
    properties(store);
}

fn customers(store: &mut Store) {
    store.add(
        "Customer",
        json!({ "id": ids::CUSTOMER, "emailAddress": "shopper@example.com", "firstName": "Sam", "lastName": "Shopper",
            "phoneNumber": "+61 2 5550 1234", "createdAt": THEN, "lastActiveAt": "2024-03-01T10:00:00.000Z",
            "loginToken": "sandbox-login", "@verificationCode": "000000", "hasBundleTemplates": true, "defaultTemplateBundleId": ids::TEMPLATE_BUNDLE,
            "partner": link("Partner", ids::PARTNER), "stakeholders": [], "bundleStakeholders": [],
            "productCollectionCustomers": [] }),
    );
    store.add(
        "Customer",
        json!({ "id": ids::APPROVER, "emailAddress": "approver@example.com", "firstName": "Robin", "lastName": "Reviewer",
            "createdAt": THEN, "partner": link("Partner", ids::PARTNER), "hasBundleTemplates": false,
            "stakeholders": [], "bundleStakeholders": [], "productCollectionCustomers": [] }),
    );
    store.add(
        "Customer",
        json!({ "id": ids::VIEWER, "emailAddress": "viewer@example.com", "stakeholders": [], "bundleStakeholders": [] }),
    );
    let joined = store.add(
        "ProductCollectionCustomer",
        json!({ "customer": link("Customer", ids::CUSTOMER),
            "productCollection": link("ProductCollection", ids::COLLECTION) }),
    );
    for (type_name, id) in [("Customer", ids::CUSTOMER), ("ProductCollection", ids::COLLECTION)] {
        store.push(type_name, id, "productCollectionCustomers", link("ProductCollectionCustomer", &joined));
    }
}

/// What every design has.
fn design(id: &str, base: &str, day: u32, shirt: bool, more: Value) -> Value {
    let (product, sold_as, workflow, name) = if shirt {
        (ids::SHIRT, ids::SHIRT_LINK, ids::SHIRT_WORKFLOW, "Shirt")
    } else {
        (ids::MUG, ids::MUG_LINK, ids::MUG_WORKFLOW, "Mug")
    };
    let mut all = json!({
        "id": id, "@owner": format!("{id}-owner"), "createdAt": format!("2024-02-{day:02}T09:00:00.000Z"),
        "designName": format!("{name} design"), "bulk": false, "completed": true, "isOrdered": false, "quantity": 1,
        "priceModifierTotal": 250, "variationsCount": 1, "status": "Complete",
        "product": link("Product", product), "integrationProduct": link("IntegrationProduct", sold_as),
        "integrationProductId": sold_as, "integrationType": "Custom", "integrationPartnerName": "Sandbox Partner",
        "stakeholders": [], "hasAuthenticatedActions": false, "workflowId": workflow,
        "workflowState": json!({ "steps": [{ "name": "text", "text": "Sam" }] }).to_string(),
        "previewImageLink": format!("{base}/images/{id}.svg"),
        "restApiIntegrationLink": format!("{base}/api/transactions/{id}"),
        "workflowViewerLink": format!("{base}/designs/{id}"),
        "workflowViewerReadOnlyLink": format!("{base}/designs/{id}?readOnly=true"),
    });
    merge(&mut all, more);
    all
}

fn merge(all: &mut Value, more: Value) {
    if let (Value::Object(all), Value::Object(more)) = (all, more) {
        all.extend(more);
    }
}

fn designs(store: &mut Store, base: &str) {
    let full = json!({ "externalOrderId": "1001", "isOrdered": true, "designName": "Sam's mug",
        "externalCartProductId": "shop-mug", "externalCartProductVariantId": "shop-mug-default",
        "externalDesignProductId": "shop-design-1", "externalDesignProductVariantId": "shop-design-1-default",
        "designExternalVariants": [{ "id": "design-variant-1", "externalProductId": "shop-design-1",
            "externalProductVariantId": "shop-design-1-default" }],
        "createOrderLink": format!("{base}/orders/new?transaction={}", ids::ORDERED_MUG),
        "customLogoLink": format!("{base}/images/logo.png"),
        "workflowFooterLogoLink": format!("{base}/images/footer.png"), "lastSyncedAt": "2024-03-02T00:00:00.000Z",
        "transactionShareActions": [share(base, "mug")], "quantity": 2 });
    store.add("Transaction", design(ids::ORDERED_MUG, base, 1, false, full));
    let ordered = json!({ "externalOrderId": "1001", "isOrdered": true });
    store.add("Transaction", design(ids::ORDERED_SHIRT, base, 2, true, ordered));
    store.add("Transaction", design(ids::MUG_DESIGN, base, 3, false, json!({ "designName": "A mug for later" })));
    let copied = json!({ "externalOrderId": "1002", "isOrdered": true, "priceModifierTotal": 0,
        "parentTransaction": link("Transaction", ids::MUG_DESIGN) });
    store.add("Transaction", design(ids::COPIED_DESIGN, base, 4, false, copied));
    let bulk = json!({ "bulk": true, "bulkEmailAddress": "shopper@example.com", "variationsCount": 3,
        "bulkSourceUrl": format!("{base}/files/names.csv"), "completed": false, "status": "Processing",
        "workflowState": null, "previewImageLink": null, "quantity": 3, "priceModifierTotal": 750,
        "integrationProduct": null, "integrationProductId": null });
    store.add("Transaction", design(ids::BULK_DESIGN, base, 5, false, bulk));
}

fn share(base: &str, what: &str) -> Value {
    json!({ "id": format!("share-{what}"), "title": "Send a link", "type": "Link", "stakeholderType": "Viewer",
        "precedence": 1, "url": format!("{base}/share/{what}") })
}

fn bundles(store: &mut Store, base: &str) {
    let made = |id: &str, day: u32, designs: &[&str], products: usize, total: u32, more: Value| {
        let mut all = json!({
            "id": id, "@owner": format!("{id}-owner"), "createdAt": format!("2024-02-{day:02}T12:00:00.000Z"),
            "updatedAt": format!("2024-02-{day:02}T12:30:00.000Z"), "partner": link("Partner", ids::PARTNER),
            "bundleStakeholders": [], "test": false, "ordered": false, "completed": false, "template": false,
            "templateLocked": false, "transactionIds": designs, "transactionsCount": designs.len(),
            "transactions": designs.iter().map(|id| link("Transaction", id)).collect::<Vec<_>>(),
            "productsCount": products, "totalPriceSubunits": total,
        });
        merge(&mut all, more);
        all
    };
    let full = json!({ "name": "Team kit", "ordered": true, "completed": true, "orderId": ids::ORDER,
        "externalOrderId": "1001", "internalOrderId": "INT-1001", "quoteId": "Q-1001", "purchaseOrder": "PO-77",
        "dispatchDate": "2024-06-01T00:00:00.000Z", "metadata": [{ "key": "team", "value": "Reds" }, {}],
        "bundleStateData": json!({ "step": "done" }).to_string(), "bundleShareActions": [share(base, "kit"), {}],
        "productCollection": link("ProductCollection", ids::COLLECTION),
        "globalPropertyConfiguration": link("GlobalPropertyConfiguration", ids::PROPERTIES),
        "workflowViewerLink": format!("{base}/bundles/{}", ids::ORDERED_BUNDLE),
        "workflowViewerAmendLink": format!("{base}/bundles/{}?amend=true", ids::ORDERED_BUNDLE),
        "workflowViewerReadOnlyLink": format!("{base}/bundles/{}?readOnly=true", ids::ORDERED_BUNDLE) });
    let both = [ids::ORDERED_MUG, ids::ORDERED_SHIRT];
    // Two mugs and a shirt, each with its options.
    let total = 2 * (1500 + 250) + (2999 + 250);
    store.add("Bundle", made(ids::ORDERED_BUNDLE, 6, &both, 2, total, full));
    let template = json!({ "name": "Mug to begin with", "template": true, "templateStatus": "Active",
        "templateLocked": true, "metadata": [] });
    store.add("Bundle", made(ids::TEMPLATE_BUNDLE, 7, &[ids::MUG_DESIGN], 1, 1500 + 250, template));
    let empty = json!({ "template": true, "templateStatus": "Draft", "test": true });
    store.add("Bundle", made(ids::EMPTY_BUNDLE, 8, &[], 0, 0, empty));
    for (design, bundle) in [
        (ids::ORDERED_MUG, ids::ORDERED_BUNDLE),
        (ids::ORDERED_SHIRT, ids::ORDERED_BUNDLE),
        (ids::MUG_DESIGN, ids::TEMPLATE_BUNDLE),
    ] {
        set(store, "Transaction", design, json!({ "bundle": link("Bundle", bundle) }));
    }
}

fn set(store: &mut Store, type_name: &str, id: &str, changes: Value) {
    let changes: Object = changes.as_object().cloned().unwrap_or_default();
    store.update(type_name, id, changes);
}

fn stakeholders(store: &mut Store) {
    let designs = [ids::ORDERED_MUG, ids::ORDERED_SHIRT, ids::MUG_DESIGN, ids::COPIED_DESIGN, ids::BULK_DESIGN]
        .map(|id| ("Transaction", "transaction", "Stakeholder", "stakeholders", id));
    let bundles = [ids::ORDERED_BUNDLE, ids::TEMPLATE_BUNDLE, ids::EMPTY_BUNDLE]
        .map(|id| ("Bundle", "bundle", "BundleStakeholder", "bundleStakeholders", id));
    for (of, back, type_name, field, id) in designs.into_iter().chain(bundles) {
        let mut who = vec![(ids::CUSTOMER, "Owner")];
        if id == ids::ORDERED_SHIRT || id == ids::ORDERED_BUNDLE {
            who.push((ids::APPROVER, "Approver"));
            who.push((ids::VIEWER, "Viewer"));
        }
        for (customer, role) in who {
            let mut fields = json!({ "type": role, back: link(of, id), "customer": link("Customer", customer) });
            if role == "Approver" {
                merge(
                    &mut fields,
                    json!({ "authorizationStatus": "Approved", "authorizationDate": "2024-03-01T08:00:00.000Z",
                        "authorizationNote": "Looks good." }),
                );
            }
            let made = store.add(type_name, fields);
            store.push(of, id, field, link(type_name, &made));
            store.push("Customer", customer, field, link(type_name, &made));
            if role == "Owner" && id == ids::ORDERED_BUNDLE {
                set(store, of, id, json!({ "currentBundleStakeholder": link(type_name, &made) }));
            }
            if role == "Owner" && id == ids::ORDERED_MUG {
                set(store, of, id, json!({ "currentStakeholder": link(type_name, &made) }));
            }
        }
    }
}

fn orders(store: &mut Store, base: &str) {
    let line = |store: &mut Store, order: &str, design: &str, quantity: u32, price: u32, more: Value| {
        let sku = if price == 1500 { "MUG" } else { "SHIRT" };
        let mut all = json!({ "createdAt": "2024-03-01T10:00:00.000Z", "quantity": quantity, "basePrice": price,
            "order": link("Order", order), "transaction": link("Transaction", design), "sku": sku,
            "status": "Approved", "integrationType": "Custom",
            "previewImageLink": format!("{base}/images/{design}.svg") });
        merge(&mut all, more);
        let id = store.add("LineItem", all);
        link("LineItem", &id)
    };
    let full = json!({ "externalId": "1001-1", "customFields": json!({ "engraving": "Sam" }).to_string(),
        "brochureLink": format!("{base}/files/brochure.pdf"), "proxyOrder": { "externalId": "proxy-1" },
        "shippingProviderStatus": "In transit", "shippingProviderTrackingNumber": "TRACK-1",
        "shippingProviderTrackingUrl": format!("{base}/tracking/TRACK-1"),
        "outputData": { "transactionId": ids::ORDERED_MUG, "sku": "MUG-BLACK",
            "metadata": [{ "name": "Text", "value": "Sam" }, {}],
            "variantSelections": [{ "stepTitle": "Colour", "variantName": "Black" }, {}] } });
    let first = line(store, ids::ORDER, ids::ORDERED_MUG, 2, 1500, full);
    let bare = json!({ "previewImageLink": null, "outputData": { "transactionId": ids::ORDERED_SHIRT },
        "proxyOrder": {} });
    let second = line(store, ids::ORDER, ids::ORDERED_SHIRT, 1, 2999, bare);
    store.add(
        "Order",
        json!({ "id": ids::ORDER, "createdAt": "2024-03-01T10:00:00.000Z", "externalId": "1001",
            "internalId": "INT-1001", "externalTags": "gift", "paid": true, "lineItems": [first, second] }),
    );
    let rejected = json!({ "status": "Rejected", "rejectedAt": "2024-03-05T10:00:00.000Z" });
    let third = line(store, ids::REJECTED_ORDER, ids::COPIED_DESIGN, 1, 1500, rejected);
    store.add(
        "Order",
        json!({ "id": ids::REJECTED_ORDER, "createdAt": "2024-03-04T10:00:00.000Z", "externalId": "1002",
            "lineItems": [third] }),
    );
}

/// What shoppers filled in for the partner's global properties.
fn properties(store: &mut Store) {
    let values = json!([
        { "name": "clubName", "value": "Reds", "type": "Text", "channel": 0, "hidden": false },
        { "name": "clubColour", "value": "Red" }]);
    let [filled, empty] = ids::PROPERTY_STATES;
    store.add("GlobalPropertyState", json!({ "id": filled, "@bundle": ids::ORDERED_BUNDLE, "aspects": values }));
    store.add("GlobalPropertyState", json!({ "id": empty, "@bundle": ids::EMPTY_BUNDLE }));
    for (id, name) in ids::PROPERTY_TEMPLATES.into_iter().zip([Some("Reds"), Some("Blues"), None]) {
        let values = name.map(|_| &values);
        store.add(
            "GlobalPropertyTemplate",
            json!({ "id": id, "@customer": ids::CUSTOMER, "name": name, "aspectValues": values,
                "createdAt": name.map(|_| THEN), "updatedAt": name.map(|_| THEN),
                "globalPropertyConfiguration": name.map(|_| link("GlobalPropertyConfiguration", ids::PROPERTIES)) }),
        );
    }
}
