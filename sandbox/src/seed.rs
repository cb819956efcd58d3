//! What exists before anyone does anything: a partner with an integration, two products and what hangs on them.

use crate::store::{Store, link};
use serde_json::{Value, json};

const THEN: &str = "2024-01-01T00:00:00.000Z";

/// Fixed ids, so that a test can name them without asking first.
pub(crate) mod ids {
    pub(crate) const PARTNER: &str = "5a000000-0000-4000-8000-000000000001";
    pub(crate) const INTEGRATION: &str = "5a000000-0000-4000-8000-000000000002";
    pub(crate) const MUG: &str = "5a000000-0000-4000-8000-000000000003";
    pub(crate) const SHIRT: &str = "5a000000-0000-4000-8000-000000000004";
    pub(crate) const MUG_LINK: &str = "5a000000-0000-4000-8000-000000000005";
    pub(crate) const SHIRT_LINK: &str = "5a000000-0000-4000-8000-000000000006";
    pub(crate) const MUG_WORKFLOW: &str = "5a000000-0000-4000-8000-000000000007";
    pub(crate) const SHIRT_WORKFLOW: &str = "5a000000-0000-4000-8000-000000000008";
    pub(crate) const CONVERSION: &str = "5a000000-0000-4000-8000-000000000009";
    pub(crate) const CUSTOMER: &str = "5a000000-0000-4000-8000-000000000010";
    pub(crate) const FLOW: &str = "5a000000-0000-4000-8000-000000000011";
    pub(crate) const FLOW_CONTEXT: &str = "5a000000-0000-4000-8000-000000000012";
    pub(crate) const PROPERTIES: &str = "5a000000-0000-4000-8000-000000000013";
    pub(crate) const METAFIELD: &str = "5a000000-0000-4000-8000-000000000014";
    pub(crate) const COLLECTION: &str = "5a000000-0000-4000-8000-000000000015";
    pub(crate) const OPTION: &str = "5a000000-0000-4000-8000-000000000016";
}

/// The shop's own ids of the seeded integration and products.
pub(crate) const EXTERNAL_INTEGRATION: &str = "sandbox-shop";

/// Fills an empty store.
pub(crate) fn seed(store: &mut Store, base: &str) {
    store.add(
        "Partner",
        json!({ "id": ids::PARTNER, "name": "Sandbox Partner", "billingCurrencyCode": "USD", "currencyCode": "USD",
            "activeAddons": [], "beta": false }),
    );
    store.add(
        "Integration",
        json!({ "id": ids::INTEGRATION, "enabled": true, "externalIntegrationId": EXTERNAL_INTEGRATION, "type": "Custom",
            "name": "Sandbox Shop", "isCurrent": true, "partner": link("Partner", ids::PARTNER) }),
    );
    store.add("Option", json!({ "id": ids::OPTION, "name": "Colours" }));
    store.add(
        "ConversionConfiguration",
        json!({ "id": ids::CONVERSION, "name": "Ask for an e-mail address", "locations": ["Checkout"], "mandatory": false,
            "partnerId": ids::PARTNER, "requestedData": ["Email"],
            "requestedDataItems": [{ "type": "Email", "mandatory": true, "title": "E-mail address",
                "optionId": ids::OPTION, "option": link("Option", ids::OPTION) }] }),
    );
    for (product, integration_product, workflow, name, price, sku) in [
        (ids::MUG, ids::MUG_LINK, ids::MUG_WORKFLOW, "Mug", 1500, "MUG"),
        (ids::SHIRT, ids::SHIRT_LINK, ids::SHIRT_WORKFLOW, "Shirt", 2999, "SHIRT"),
    ] {
        let external = format!("shop-{}", name.to_lowercase());
        let picture = format!("{base}/images/{}.png", name.to_lowercase());
        store.add("Workflow", json!({ "id": workflow, "name": format!("{name} workflow") }));
        store.add(
            "IntegrationProduct",
            json!({ "id": integration_product, "externalProductId": external, "externalVariantId": null,
                "integrationEnabled": true, "main": true,
                "integration": link("Integration", ids::INTEGRATION), "product": link("Product", product) }),
        );
        store.add(
            "Product",
            json!({ "id": product, "name": name, "basePrice": price, "sku": sku, "skuCode": sku, "enabled": true,
                "autoProxyOrder": false, "imageUrl": picture, "preloadImageUrl": picture, "weight": 0.4,
                "description": format!("A {} to customise.", name.to_lowercase()), "minimumOrderQuantity": 1,
                "promptForCustomerDetails": false, "priceBreaks": [], "productTags": [], "profanities": [],
                "productLinks": [], "partner": link("Partner", ids::PARTNER),
                "conversionConfiguration": link("ConversionConfiguration", ids::CONVERSION),
                "hubIntegrationProduct": link("IntegrationProduct", integration_product),
                "integrationProducts": [link("IntegrationProduct", integration_product)],
                "workflows": [{ "id": workflow, "workflowName": workflow, "friendlyName": format!("{name} workflow"),
                    "isPresent": true, "index": 0 }] }),
        );
    }
    store.add(
        "Customer",
        json!({ "id": ids::CUSTOMER, "emailAddress": "shopper@example.com", "firstName": "Sam", "lastName": "Shopper",
            "createdAt": THEN, "partner": link("Partner", ids::PARTNER), "stakeholders": [], "bundleStakeholders": [] }),
    );
    store.add(
        "MetafieldConfiguration",
        json!({ "id": ids::METAFIELD, "name": "Material", "entityType": "Product", "metafieldType": "Text",
            "description": "", "createdAt": THEN, "updatedAt": THEN }),
    );
    let about = json!({ "entityId": ids::MUG, "createdAt": THEN, "updatedAt": THEN });
    let with = |more: Value| {
        let mut all = about.clone();
        if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
            all.extend(more);
        }
        all
    };
    let configuration = link("MetafieldConfiguration", ids::METAFIELD);
    store.add("Metafield", with(json!({ "value": "Ceramic", "metafieldConfiguration": configuration })));
    store.add("Tag", with(json!({ "name": "kitchen" })));
    for name in ["Processing", "Printed", "Shipped"] {
        store.add("OrderStatus", json!({ "name": name }));
    }
    let properties = link("GlobalPropertyConfiguration", ids::PROPERTIES);
    store.add(
        "GlobalPropertyConfiguration",
        json!({ "id": ids::PROPERTIES, "name": "Club", "aspects": [
            { "name": "clubName", "type": "Text", "title": "Club name", "description": "", "mandatory": false }] }),
    );
    store.add(
        "ProductCollection",
        json!({ "id": ids::COLLECTION, "name": "Everything", "description": "All products", "total": 2,
            "globalPropertyConfiguration": properties, "productCollectionCustomers": [],
            "productCollectionProducts": [
                { "id": format!("{}-1", ids::COLLECTION), "productId": ids::MUG, "workflowId": ids::MUG_WORKFLOW,
                  "product": link("Product", ids::MUG), "workflows": [] },
                { "id": format!("{}-2", ids::COLLECTION), "productId": ids::SHIRT, "workflowId": ids::SHIRT_WORKFLOW,
                  "product": link("Product", ids::SHIRT), "workflows": [] }] }),
    );
    store.add(
        "ProcessFlowContext",
        json!({ "id": ids::FLOW_CONTEXT, "name": "Orders", "description": "Runs on orders", "public": true,
            "inputs": [{ "name": "input", "type": "Transaction" }], "outputs": [{ "name": "output", "type": "JsonKey" }] }),
    );
    store.add(
        "ProcessFlow",
        json!({ "id": ids::FLOW, "name": "Export a design", "entityType": "Partner", "entityId": ids::PARTNER,
            "processFlowContext": link("ProcessFlowContext", ids::FLOW_CONTEXT),
            "nodes": [{ "id": "start", "type": "Start", "quickview": false }, { "id": "end", "type": "End", "quickview": true,
                "quickviewName": "Result", "region": { "x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0 } }],
            "edges": [{ "id": "edge", "sourceNode": "start", "sourceSocket": "output", "targetNode": "end",
                "targetSocket": "input" }] }),
    );
}
