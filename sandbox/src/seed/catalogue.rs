//! The partner's side: integrations, products and what hangs on them.

use super::{EXTERNAL_INTEGRATION, THEN, ids};
use crate::store::{Store, link};
use serde_json::{Value, json};

/// Fills in the catalogue.
pub(super) fn seed(store: &mut Store, base: &str) {
    partners(store, base);
    conversions(store);
    products(store, base);
    properties(store);
    facts(store);
    collections(store);
}

fn partners(store: &mut Store, base: &str) {
    store.add(
        "Partner",
        json!({ "id": ids::PARTNER, "name": "Sandbox Partner", "billingCurrencyCode": "AUD", "currencyCode": "USD",
            "activeAddons": ["Approvals"], "beta": false,
            "customerDetailsPromptMarkdown": "Tell us **who** the design is for." }),
    );
    store.add("Partner", json!({ "id": ids::RESELLER, "name": "Sandbox Reseller" }));
    store.add(
        "Integration",
        json!({ "id": ids::INTEGRATION, "enabled": true, "externalIntegrationId": EXTERNAL_INTEGRATION, "type": "Custom",
            "name": "Sandbox Shop", "logo": format!("{base}/images/shop.png"), "isCurrent": true,
            "partner": link("Partner", ids::PARTNER) }),
    );
    store.add(
        "Integration",
        json!({ "id": ids::HUB, "enabled": true, "type": "Hub", "name": "Sandbox Hub", "isCurrent": false,
            "partner": link("Partner", ids::PARTNER) }),
    );
    store.add("Integration", json!({ "id": ids::CLOSED, "enabled": false, "type": "Shopify", "isCurrent": false }));
}

fn conversions(store: &mut Store) {
    store.add("Option", json!({ "id": ids::OPTION, "name": "Colours" }));
    store.add("Option", json!({ "id": ids::OPTION_BARE }));
    store.add(
        "ConversionConfiguration",
        json!({ "id": ids::CONVERSION, "name": "Ask for an e-mail address", "locations": ["Checkout"], "mandatory": false,
            "partnerId": ids::PARTNER, "requestedData": ["Email", "Option"],
            "requestedDataItems": [
                { "type": "Email", "mandatory": true, "title": "E-mail address", "uniqueIdentifier": "email" },
                { "type": "Option", "title": "Colour", "customFieldIndex": 1, "optionId": ids::OPTION,
                  "option": link("Option", ids::OPTION) }] }),
    );
    store.add(
        "ConversionConfiguration",
        json!({ "id": ids::CONVERSION_BARE, "locations": [null], "requestedDataItems": [] }),
    );
}

/// The one workflow of a product, as the product tells it.
fn workflow(id: &str, name: &str, base: &str) -> Value {
    json!({ "id": id, "workflowName": id, "friendlyName": name, "isPresent": true, "index": 0,
        "imageUrl": format!("{base}/images/workflow.png") })
}

fn products(store: &mut Store, base: &str) {
    let rows = [
        (ids::MUG, ids::MUG_WORKFLOW, "Mug", 1500, "MUG", &[ids::MUG_LINK, ids::MUG_HUB_LINK][..]),
        (ids::SHIRT, ids::SHIRT_WORKFLOW, "Shirt", 2999, "SHIRT", &[ids::SHIRT_LINK]),
    ];
    for (product, workflow_id, name, price, sku, sold_as) in rows {
        let small = name.to_lowercase();
        let picture = format!("{base}/images/{small}.png");
        let own_workflow = workflow(workflow_id, &format!("{name} workflow"), base);
        store.add("Workflow", json!({ "id": workflow_id, "name": format!("{name} workflow") }));
        store.add(
            "Product",
            json!({ "id": product, "name": name, "basePrice": price, "sku": sku, "skuCode": sku, "enabled": true,
                "autoProxyOrder": false, "imageUrl": picture, "preloadImageUrl": picture, "weight": 0.4,
                "overlayImageUrl": format!("{base}/images/{small}-overlay.png"),
                "modelUrl": format!("{base}/models/{small}.glb"),
                "description": format!("A {small} to customise."), "minimumOrderQuantity": 1,
                "promptForCustomerDetails": false, "partner": link("Partner", ids::PARTNER),
                "priceBreaks": [{ "id": format!("{sku}-10"), "minQty": 10, "percentage": 12.5 }],
                "productTags": [{ "id": format!("{sku}-tag"), "name": "sandbox" }],
                "profanities": [{ "id": format!("{sku}-word"), "word": "blast", "createdAt": THEN }],
                "productLinks": [{ "id": format!("{sku}-reseller"), "product": link("Product", product),
                    "storefront": link("Partner", ids::RESELLER), "status": "Accepted",
                    "shouldPlaceProxyOrders": false }],
                "conversionConfiguration": link("ConversionConfiguration", ids::CONVERSION),
                "hubIntegrationProduct": link("IntegrationProduct", sold_as[sold_as.len() - 1]),
                "integrationProducts": sold_as.iter().map(|id| link("IntegrationProduct", id)).collect::<Vec<_>>(),
                "workflows": [own_workflow] }),
        );
        store.add(
            "IntegrationProduct",
            json!({ "id": sold_as[0], "externalProductId": format!("shop-{small}"),
                "externalVariantId": format!("shop-{small}-default"), "integrationEnabled": true, "main": true,
                "integration": link("Integration", ids::INTEGRATION), "product": link("Product", product) }),
        );
    }
    // The mug is sold in the hub as well, with an engraving beside it.
    store.add(
        "IntegrationProduct",
        json!({ "id": ids::MUG_HUB_LINK, "externalProductId": "hub-mug", "additionalExternalProductId": "hub-engraving",
            "additionalExternalVariantId": "hub-engraving-default", "integrationEnabled": true, "main": false,
            "additionalIntegrationProduct": link("IntegrationProduct", ids::MUG_LINK),
            "integration": link("Integration", ids::HUB), "product": link("Product", ids::MUG) }),
    );
    // As little as a product may be.
    store.add("Workflow", json!({ "id": ids::WORKFLOW_BARE }));
    store.add(
        "Product",
        json!({ "id": ids::POSTER, "name": "Poster", "enabled": false, "workflows": [{ "isPresent": false }],
            "profanities": [{ "id": "POSTER-word", "word": "drat" }], "productLinks": [{ "id": "POSTER-reseller" }],
            "integrationProducts": [link("IntegrationProduct", ids::POSTER_LINK)] }),
    );
    store.add(
        "IntegrationProduct",
        json!({ "id": ids::POSTER_LINK, "integrationEnabled": false, "integration": link("Integration", ids::CLOSED),
            "product": link("Product", ids::POSTER) }),
    );
}

fn properties(store: &mut Store) {
    store.add(
        "GlobalPropertyConfiguration",
        json!({ "id": ids::PROPERTIES, "name": "Club", "aspects": [
            { "name": "clubName", "type": "Text", "title": "Club name", "description": "Stands on every design.",
              "mandatory": true, "silent": false, "conditionMode": "All" },
            { "name": "clubColour", "type": "Option", "entityId": ids::OPTION }] }),
    );
    store.add("GlobalPropertyConfiguration", json!({ "id": ids::PROPERTIES_BARE }));
}

/// Metafields, tags and order statuses: facts about other objects.
fn facts(store: &mut Store) {
    let made = |more: Value| {
        let mut all = json!({ "createdAt": THEN, "updatedAt": THEN });
        if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
            all.extend(more);
        }
        all
    };
    for (id, name, entity, kind, description) in [
        (ids::METAFIELD, "Material", "Product", "Text", "What it is made of."),
        (ids::METAFIELD_JSON, "Print area", "Product", "Json", "In millimetres."),
        (ids::METAFIELD_SHOP, "Season", "Integration", "Text", ""),
    ] {
        let about = json!({ "id": id, "name": name, "entityType": entity, "metafieldType": kind,
            "description": description });
        store.add("MetafieldConfiguration", made(about));
    }
    // The value of a metafield is JSON in a string, whatever its type.
    for (entity, configuration, value) in [
        (ids::MUG, ids::METAFIELD, json!("Ceramic")),
        (ids::MUG, ids::METAFIELD_JSON, json!({ "width": 200, "height": 90 })),
        (ids::SHIRT, ids::METAFIELD, json!("Cotton")),
        (ids::INTEGRATION, ids::METAFIELD_SHOP, json!("Summer")),
    ] {
        let configuration = link("MetafieldConfiguration", configuration);
        let fields = json!({ "entityId": entity, "value": value.to_string(), "metafieldConfiguration": configuration });
        store.add("Metafield", made(fields));
    }
    for (entity, name) in [(ids::MUG, "kitchen"), (ids::MUG, "gift"), (ids::SHIRT, "clothes")] {
        store.add("Tag", made(json!({ "entityId": entity, "name": name })));
    }
    for name in ["Processing", "Printed", "Shipped"] {
        store.add("OrderStatus", json!({ "name": name }));
    }
}

fn collections(store: &mut Store) {
    let item = |nth: usize, product: &str, own_workflow: &str| {
        json!({ "id": format!("{}-{nth}", ids::COLLECTION), "productId": product, "workflowId": own_workflow,
            "product": link("Product", product),
            "workflows": [{ "workflowProduct": { "id": own_workflow, "workflowName": own_workflow } }] })
    };
    let items = [
        item(1, ids::MUG, ids::MUG_WORKFLOW),
        item(2, ids::SHIRT, ids::SHIRT_WORKFLOW),
        json!({ "id": format!("{}-3", ids::COLLECTION), "productId": ids::POSTER,
            "product": link("Product", ids::POSTER), "workflows": [{}] }),
    ];
    store.add(
        "ProductCollection",
        json!({ "id": ids::COLLECTION, "name": "Everything", "description": "All products", "total": items.len(),
            "dispatchStartDate": "2024-06-01T00:00:00.000Z", "dispatchEndDate": "2024-06-30T00:00:00.000Z",
            "globalPropertyConfiguration": link("GlobalPropertyConfiguration", ids::PROPERTIES),
            "productCollectionCustomers": [], "productCollectionProducts": items }),
    );
    store.add(
        "ProductCollection",
        json!({ "id": ids::COLLECTION_BARE, "total": 0, "productCollectionCustomers": [],
            "productCollectionProducts": [] }),
    );
}
