//! The operations of the platform's GraphQL API. Generated from schema/spiff.graphql and schema/operations/ by `make generate`.

use super::account::Account;
use super::document::{Document, Form, argument};
use super::model::Source::{Client, Example, Inferred, Reference};
use crate::delivery::Effect;
use crate::operation::Operation;

/// Attaches an address to a bundle.
pub static ADDRESS_ATTACH_TO_BUNDLE: Document = Document {
    name: "address_attach_to_bundle",
    effect: Effect::Change,
    operation: "AddressAttachToBundle",
    field: "addressAttachToBundle",
    arguments: &[
        argument("bundleId", "String!", Client),
        argument("streetAddress", "String", Client),
        argument("apartment", "String", Client),
        argument("city", "String", Client),
        argument("country", "String", Client),
        argument("state", "String", Client),
        argument("postCode", "String", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Attaches an address to a transaction.
pub static ADDRESS_ATTACH_TO_TRANSACTION: Document = Document {
    name: "address_attach_to_transaction",
    effect: Effect::Change,
    operation: "AddressAttachToTransaction",
    field: "addressAttachToTransaction",
    arguments: &[
        argument("transactionId", "String!", Client),
        argument("streetAddress", "String", Client),
        argument("apartment", "String", Client),
        argument("city", "String", Client),
        argument("country", "String", Client),
        argument("state", "String", Client),
        argument("postCode", "String", Client),
    ],
    answer: "Transaction",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink",
    aligned: false,
    feed: false,
    source: Client,
};

/// Lets a customer take part in a bundle.
pub static BUNDLE_ADD_STAKEHOLDER: Document = Document {
    name: "bundle_add_stakeholder",
    effect: Effect::Change,
    operation: "BundleAddStakeholder",
    field: "bundleAddStakeholder",
    arguments: &[
        argument("id", "String!", Client),
        argument("details", "CustomerDetailsInput!", Client),
        argument("type", "String!", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Puts a transaction into a bundle.
pub static BUNDLE_ADD_TRANSACTION: Document = Document {
    name: "bundle_add_transaction",
    effect: Effect::Change,
    operation: "BundleAddTransaction",
    field: "bundleAddTransaction",
    arguments: &[
        argument("id", "String!", Client),
        argument("transactionId", "String!", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Puts transactions into a bundle.
pub static BUNDLE_ADD_TRANSACTIONS: Document = Document {
    name: "bundle_add_transactions",
    effect: Effect::Change,
    operation: "BundleAddTransactions",
    field: "bundleAddTransactions",
    arguments: &[
        argument("id", "String!", Client),
        argument("transactionIds", "[String!]!", Client),
        argument("transactionOwnerIds", "[String!]", Client).secret(),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Approves a bundle.
pub static BUNDLE_APPROVE: Document = Document {
    name: "bundle_approve",
    effect: Effect::Change,
    operation: "BundleApprove",
    field: "bundleApprove",
    arguments: &[
        argument("id", "String!", Client),
        argument("note", "String", Client),
        argument("stakeholderId", "String", Client),
    ],
    answer: "Boolean",
    of: "",
    selection: "",
    aligned: false,
    feed: false,
    source: Client,
};

/// Assigns a product collection to a bundle.
pub static BUNDLE_ASSIGN_PRODUCT_COLLECTION: Document = Document {
    name: "bundle_assign_product_collection",
    effect: Effect::Change,
    operation: "BundleAssignProductCollection",
    field: "bundleAssignProductCollection",
    arguments: &[
        argument("id", "String!", Client),
        argument("collectionId", "String!", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Makes a bundle.
pub static BUNDLE_CREATE: Document = Document {
    name: "bundle_create",
    effect: Effect::Change,
    operation: "BundleCreate",
    field: "bundleCreate",
    arguments: &[
        argument("collectionId", "String", Client),
        argument("metadata", "[MetadataInput!]", Client).form(Form::Literal),
        argument("marketplaceThemeInstallId", "String", Client),
        argument("marketplaceThemeInstallConfigurationId", "String", Client),
        argument("activationId", "String", Client),
        argument("test", "Boolean", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id bundleOwnerId createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Deletes a bundle.
pub static BUNDLE_DELETE: Document = Document {
    name: "bundle_delete",
    effect: Effect::Change,
    operation: "BundleDelete",
    field: "bundleDelete",
    arguments: &[
        argument("id", "String!", Client),
    ],
    answer: "Boolean",
    of: "",
    selection: "",
    aligned: false,
    feed: false,
    source: Client,
};

/// Copies a bundle.
pub static BUNDLE_DUPLICATE: Document = Document {
    name: "bundle_duplicate",
    effect: Effect::Change,
    operation: "BundleDuplicate",
    field: "bundleDuplicate",
    arguments: &[
        argument("id", "String!", Client),
        argument("template", "Boolean", Client),
        argument("marketplaceThemeInstallId", "String", Client),
        argument("marketplaceThemeInstallConfigurationId", "String", Client),
        argument("duplicateTransactions", "Boolean", Client),
        argument("test", "Boolean", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id bundleOwnerId createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Sends the link to a bundle by email.
pub static BUNDLE_EMAIL_SHARE_PAGE_LINK: Document = Document {
    name: "bundle_email_share_page_link",
    effect: Effect::Change,
    operation: "BundleEmailSharePageLink",
    field: "bundleEmailSharePageLink",
    arguments: &[
        argument("bundleId", "String!", Client),
        argument("email", "String!", Client),
        argument("firstName", "String", Client),
        argument("lastName", "String", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Ends a change of a bundle.
pub static BUNDLE_FINALIZE_UPDATE: Document = Document {
    name: "bundle_finalize_update",
    effect: Effect::Change,
    operation: "BundleFinalizeUpdate",
    field: "bundleFinalizeUpdate",
    arguments: &[
        argument("bundleId", "String!", Client),
    ],
    answer: "Boolean",
    of: "",
    selection: "",
    aligned: false,
    feed: false,
    source: Client,
};

/// Makes a quote id for a bundle.
pub static BUNDLE_GENERATE_QUOTE_ID: Document = Document {
    name: "bundle_generate_quote_id",
    effect: Effect::Change,
    operation: "BundleGenerateQuoteId",
    field: "bundleGenerateQuoteId",
    arguments: &[
        argument("id", "String!", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Rejects a bundle.
pub static BUNDLE_REJECT: Document = Document {
    name: "bundle_reject",
    effect: Effect::Change,
    operation: "BundleReject",
    field: "bundleReject",
    arguments: &[
        argument("id", "String!", Client),
        argument("note", "String", Client),
        argument("stakeholderId", "String", Client),
    ],
    answer: "Boolean",
    of: "",
    selection: "",
    aligned: false,
    feed: false,
    source: Client,
};

/// Ends a customer's part in a bundle.
pub static BUNDLE_REMOVE_STAKEHOLDER: Document = Document {
    name: "bundle_remove_stakeholder",
    effect: Effect::Change,
    operation: "BundleRemoveStakeholder",
    field: "bundleRemoveStakeholder",
    arguments: &[
        argument("id", "String!", Client),
        argument("emailAddress", "String!", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Takes a transaction out of a bundle.
pub static BUNDLE_REMOVE_TRANSACTION: Document = Document {
    name: "bundle_remove_transaction",
    effect: Effect::Change,
    operation: "BundleRemoveTransaction",
    field: "bundleRemoveTransaction",
    arguments: &[
        argument("id", "String!", Client),
        argument("transactionId", "String!", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Takes transactions out of a bundle.
pub static BUNDLE_REMOVE_TRANSACTIONS: Document = Document {
    name: "bundle_remove_transactions",
    effect: Effect::Change,
    operation: "BundleRemoveTransactions",
    field: "bundleRemoveTransactions",
    arguments: &[
        argument("id", "String!", Client),
        argument("transactionIds", "[String!]!", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Changes a bundle.
pub static BUNDLE_UPDATE: Document = Document {
    name: "bundle_update",
    effect: Effect::Change,
    operation: "BundleUpdate",
    field: "bundleUpdate",
    arguments: &[
        argument("id", "String!", Client),
        argument("name", "String", Client),
        argument("metadata", "[MetadataInput!]", Client).form(Form::Literal),
        argument("bundleStateData", "String", Client).form(Form::Json),
        argument("dispatchDate", "String", Client),
        argument("purchaseOrder", "String", Client),
        argument("globalPropertyConfigurationId", "String", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Says who takes part in a bundle from now on.
pub static BUNDLE_UPDATE_STAKEHOLDERS: Document = Document {
    name: "bundle_update_stakeholders",
    effect: Effect::Change,
    operation: "BundleUpdateStakeholders",
    field: "bundleUpdateStakeholders",
    arguments: &[
        argument("id", "String!", Client),
        argument("input", "[BundleStakeholderInput!]!", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Puts the transactions of a bundle into this order.
pub static BUNDLE_UPDATE_TRANSACTION_ORDER: Document = Document {
    name: "bundle_update_transaction_order",
    effect: Effect::Change,
    operation: "BundleUpdateTransactionOrder",
    field: "bundleUpdateTransactionOrder",
    arguments: &[
        argument("id", "String!", Client),
        argument("transactionIds", "[String!]!", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Bundles by their ids.
pub static BUNDLES: Document = Document {
    name: "bundles",
    effect: Effect::Read,
    operation: "Bundles",
    field: "bundles",
    arguments: &[
        argument("ids", "[String!]!", Client).batch(50),
    ],
    answer: "[Bundle]",
    of: "Bundle",
    selection: "id createdAt name bundleStakeholders { id type customer { id } } metadata { key value } partner { id name billingCurrencyCode currencyCode } transactions { bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink integrationProduct { id } product { id } }",
    aligned: true,
    feed: false,
    source: Client,
};

/// What consumers are asked for, by its id.
pub static CONVERSION_CONFIGURATION: Document = Document {
    name: "conversion_configuration",
    effect: Effect::Read,
    operation: "ConversionConfiguration",
    field: "conversionConfiguration",
    arguments: &[
        argument("id", "String!", Client),
    ],
    answer: "ConversionConfiguration",
    of: "ConversionConfiguration",
    selection: "id locations mandatory name requestedDataItems { mandatory type }",
    aligned: false,
    feed: false,
    source: Client,
};

/// The rate between two currencies.
pub static CURRENCY_CONVERSION: Document = Document {
    name: "currency_conversion",
    effect: Effect::Read,
    operation: "CurrencyConversion",
    field: "currencyConversion",
    arguments: &[
        argument("from", "String!", Client),
        argument("to", "String!", Client),
    ],
    answer: "CurrencyConversion",
    of: "CurrencyConversion",
    selection: "rateFrom rateTo timestamp",
    aligned: false,
    feed: false,
    source: Client,
};

/// The integration that the credentials belong to.
pub static CURRENT_INTEGRATION: Document = Document {
    name: "current_integration",
    effect: Effect::Read,
    operation: "CurrentIntegration",
    field: "currentIntegration",
    arguments: &[],
    answer: "Integration",
    of: "Integration",
    selection: "enabled externalIntegrationId id type",
    aligned: false,
    feed: false,
    source: Client,
};

/// The customer with an email address.
pub static CUSTOMER: Document = Document {
    name: "customer",
    effect: Effect::Read,
    operation: "Customer",
    field: "customer",
    arguments: &[
        argument("emailAddress", "String!", Client),
    ],
    answer: "Customer",
    of: "Customer",
    selection: "createdAt emailAddress firstName id lastActiveAt lastName phoneNumber",
    aligned: false,
    feed: false,
    source: Client,
};

/// Logs a customer in by a token.
pub static CUSTOMER_AUTHENTICATE: Document = Document {
    name: "customer_authenticate",
    effect: Effect::Change,
    operation: "CustomerAuthenticate",
    field: "customerAuthenticate",
    arguments: &[
        argument("loginToken", "String!", Client).secret(),
    ],
    answer: "Customer",
    of: "Customer",
    selection: "createdAt emailAddress firstName id lastActiveAt lastName phoneNumber",
    aligned: false,
    feed: false,
    source: Client,
};

/// Bundles of a customer, by pages.
pub static CUSTOMER_BUNDLES_FEED: Document = Document {
    name: "customer_bundles_feed",
    effect: Effect::Read,
    operation: "CustomerBundlesFeed",
    field: "customerBundlesFeed",
    arguments: &[
        argument("id", "String!", Client),
        argument("limit", "Int!", Client),
        argument("offset", "Int!", Client),
        argument("template", "Boolean", Client),
        argument("templateStatus", "BundleTemplateStatus", Client),
        argument("ordered", "Boolean", Client),
    ],
    answer: "BundlesFeed",
    of: "Bundle",
    selection: "id createdAt name bundleStakeholders { id type customer { id } } metadata { key value } partner { id name billingCurrencyCode currencyCode } transactions { bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink integrationProduct { id } product { id } }",
    aligned: false,
    feed: true,
    source: Client,
};

/// Makes a customer.
pub static CUSTOMER_CREATE: Document = Document {
    name: "customer_create",
    effect: Effect::Change,
    operation: "CustomerCreate",
    field: "customerCreate",
    arguments: &[
        argument("details", "CustomerDetailsInput!", Client),
    ],
    answer: "Customer",
    of: "Customer",
    selection: "createdAt emailAddress firstName id lastActiveAt lastName phoneNumber",
    aligned: false,
    feed: false,
    source: Client,
};

/// Sends a customer a code to log in with.
pub static CUSTOMER_GENERATE_VERIFICATION_CODE: Document = Document {
    name: "customer_generate_verification_code",
    effect: Effect::Change,
    operation: "CustomerGenerateVerificationCode",
    field: "customerGenerateVerificationCode",
    arguments: &[
        argument("emailAddress", "String!", Client),
    ],
    answer: "Boolean",
    of: "",
    selection: "",
    aligned: false,
    feed: false,
    source: Client,
};

/// Transactions of a customer, by pages.
pub static CUSTOMER_TRANSACTIONS_FEED: Document = Document {
    name: "customer_transactions_feed",
    effect: Effect::Read,
    operation: "CustomerTransactionsFeed",
    field: "customerTransactionsFeed",
    arguments: &[
        argument("id", "String!", Client),
        argument("limit", "Int!", Client),
        argument("offset", "Int!", Client),
        argument("startDate", "String", Client),
        argument("endDate", "String", Client),
        argument("quicksearch", "String", Client),
    ],
    answer: "TransactionsFeed",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink integrationProduct { additionalExternalProductId additionalExternalVariantId externalProductId externalVariantId id integrationEnabled main integration { id } product { id } } product { autoProxyOrder basePrice enabled id imageUrl modelUrl name overlayImageUrl preloadImageUrl skuCode sku weight conversionConfiguration { id } hubIntegrationProduct { id } partner { id } } stakeholders { id type customer { id } }",
    aligned: false,
    feed: true,
    source: Client,
};

/// Logs a customer in by a code.
pub static CUSTOMER_VERIFY_CODE: Document = Document {
    name: "customer_verify_code",
    effect: Effect::Change,
    operation: "CustomerVerifyCode",
    field: "customerVerifyCode",
    arguments: &[
        argument("emailAddress", "String!", Client),
        argument("verificationCode", "String!", Client).secret(),
    ],
    answer: "Customer",
    of: "Customer",
    selection: "createdAt emailAddress firstName id lastActiveAt lastName phoneNumber loginToken",
    aligned: false,
    feed: false,
    source: Client,
};

/// Customers by their ids.
pub static CUSTOMERS: Document = Document {
    name: "customers",
    effect: Effect::Read,
    operation: "Customers",
    field: "customers",
    arguments: &[
        argument("ids", "[String!]!", Reference).batch(50),
    ],
    answer: "[Customer]",
    of: "Customer",
    selection: "createdAt emailAddress firstName id lastActiveAt lastName phoneNumber",
    aligned: true,
    feed: false,
    source: Reference,
};

/// Makes an empty global property configuration.
pub static GLOBAL_PROPERTY_CONFIGURATION_CREATE: Document = Document {
    name: "global_property_configuration_create",
    effect: Effect::Change,
    operation: "GlobalPropertyConfigurationCreate",
    field: "globalPropertyConfigurationCreate",
    arguments: &[],
    answer: "GlobalPropertyConfiguration",
    of: "GlobalPropertyConfiguration",
    selection: "id name aspects { name type entityId title description }",
    aligned: false,
    feed: false,
    source: Reference,
};

/// Changes a global property configuration.
pub static GLOBAL_PROPERTY_CONFIGURATION_UPDATE: Document = Document {
    name: "global_property_configuration_update",
    effect: Effect::Change,
    operation: "GlobalPropertyConfigurationUpdate",
    field: "globalPropertyConfigurationUpdate",
    arguments: &[
        argument("id", "String!", Reference),
        argument("name", "String", Reference),
        argument("aspects", "[GlobalPropertyConfigurationAspectInput!]!", Reference),
    ],
    answer: "GlobalPropertyConfiguration",
    of: "GlobalPropertyConfiguration",
    selection: "id name aspects { name type entityId title description }",
    aligned: false,
    feed: false,
    source: Reference,
};

/// Global property configurations by their ids.
pub static GLOBAL_PROPERTY_CONFIGURATIONS: Document = Document {
    name: "global_property_configurations",
    effect: Effect::Read,
    operation: "GlobalPropertyConfigurations",
    field: "globalPropertyConfigurations",
    arguments: &[
        argument("ids", "[String!]!", Reference).batch(50),
    ],
    answer: "[GlobalPropertyConfiguration]",
    of: "GlobalPropertyConfiguration",
    selection: "id name aspects { name type entityId title description }",
    aligned: true,
    feed: false,
    source: Reference,
};

/// All global property configurations.
pub static GLOBAL_PROPERTY_CONFIGURATIONS_FEED: Document = Document {
    name: "global_property_configurations_feed",
    effect: Effect::Read,
    operation: "GlobalPropertyConfigurationsFeed",
    field: "globalPropertyConfigurationsFeed",
    arguments: &[],
    answer: "GlobalPropertyConfigurationsFeed",
    of: "GlobalPropertyConfiguration",
    selection: "id name aspects { name type entityId title description }",
    aligned: false,
    feed: true,
    source: Reference,
};

/// What was chosen for the global properties of a bundle. The reference prints another type for its argument, which seems to be a slip.
pub static GLOBAL_PROPERTY_STATE: Document = Document {
    name: "global_property_state",
    effect: Effect::Read,
    operation: "GlobalPropertyState",
    field: "globalPropertyState",
    arguments: &[
        argument("bundleId", "String!", Reference),
    ],
    answer: "GlobalPropertyState",
    of: "GlobalPropertyState",
    selection: "id aspects { name value }",
    aligned: false,
    feed: false,
    source: Reference,
};

/// Begins to record choices for global properties.
pub static GLOBAL_PROPERTY_STATE_CREATE: Document = Document {
    name: "global_property_state_create",
    effect: Effect::Change,
    operation: "GlobalPropertyStateCreate",
    field: "globalPropertyStateCreate",
    arguments: &[
        argument("bundleId", "String!", Reference),
    ],
    answer: "GlobalPropertyState",
    of: "GlobalPropertyState",
    selection: "id aspects { name value }",
    aligned: false,
    feed: false,
    source: Reference,
};

/// Records choices for global properties. The reference prints an undefined type for aspects; first-party clients use this one.
pub static GLOBAL_PROPERTY_STATE_UPDATE: Document = Document {
    name: "global_property_state_update",
    effect: Effect::Change,
    operation: "GlobalPropertyStateUpdate",
    field: "globalPropertyStateUpdate",
    arguments: &[
        argument("id", "String!", Reference),
        argument("aspects", "[GlobalPropertyStateAspectInput!]!", Reference),
    ],
    answer: "GlobalPropertyState",
    of: "GlobalPropertyState",
    selection: "id aspects { name value }",
    aligned: false,
    feed: false,
    source: Reference,
};

/// Makes a template.
pub static GLOBAL_PROPERTY_TEMPLATE_CREATE: Document = Document {
    name: "global_property_template_create",
    effect: Effect::Change,
    operation: "GlobalPropertyTemplateCreate",
    field: "globalPropertyTemplateCreate",
    arguments: &[
        argument("globalPropertyConfigurationId", "String!", Client),
        argument("customerId", "String", Client),
        argument("aspects", "[GlobalPropertyStateAspectInput!]!", Client),
    ],
    answer: "GlobalPropertyTemplate",
    of: "GlobalPropertyTemplate",
    selection: "id name createdAt updatedAt aspectValues { name value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Deletes a template.
pub static GLOBAL_PROPERTY_TEMPLATE_DELETE: Document = Document {
    name: "global_property_template_delete",
    effect: Effect::Change,
    operation: "GlobalPropertyTemplateDelete",
    field: "globalPropertyTemplateDelete",
    arguments: &[
        argument("id", "String!", Client),
    ],
    answer: "Boolean",
    of: "",
    selection: "",
    aligned: false,
    feed: false,
    source: Client,
};

/// Changes a template.
pub static GLOBAL_PROPERTY_TEMPLATE_UPDATE: Document = Document {
    name: "global_property_template_update",
    effect: Effect::Change,
    operation: "GlobalPropertyTemplateUpdate",
    field: "globalPropertyTemplateUpdate",
    arguments: &[
        argument("id", "String!", Client),
        argument("name", "String", Client),
        argument("aspectValues", "[GlobalPropertyStateAspectInput!]", Client),
    ],
    answer: "GlobalPropertyTemplate",
    of: "GlobalPropertyTemplate",
    selection: "id name createdAt updatedAt aspectValues { name value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Templates of a customer, by pages.
pub static GLOBAL_PROPERTY_TEMPLATES_FEED: Document = Document {
    name: "global_property_templates_feed",
    effect: Effect::Read,
    operation: "GlobalPropertyTemplatesFeed",
    field: "globalPropertyTemplatesFeed",
    arguments: &[
        argument("limit", "Int!", Client),
        argument("offset", "Int!", Client),
        argument("customerId", "String!", Client),
        argument("globalPropertyConfigurationId", "String", Client),
    ],
    answer: "GlobalPropertyTemplatesFeed",
    of: "GlobalPropertyTemplate",
    selection: "id name createdAt updatedAt globalPropertyConfiguration { id name aspects { name type entityId title description } } aspectValues { name value }",
    aligned: false,
    feed: true,
    source: Client,
};

/// The integration product for a product of a shop.
pub static INTEGRATION_PRODUCT_FROM_EXTERNAL_IDS: Document = Document {
    name: "integration_product_from_external_ids",
    effect: Effect::Read,
    operation: "IntegrationProductFromExternalIds",
    field: "integrationProductFromExternalIds",
    arguments: &[
        argument("externalIntegrationId", "String!", Client),
        argument("externalProductId", "String!", Client),
    ],
    answer: "IntegrationProduct",
    of: "IntegrationProduct",
    selection: "additionalExternalProductId additionalExternalVariantId externalProductId externalVariantId id integrationEnabled main integration { enabled externalIntegrationId id type } product { autoProxyOrder basePrice enabled id imageUrl modelUrl name overlayImageUrl preloadImageUrl skuCode sku weight conversionConfiguration { id } partner { id } }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Integration products by their ids.
pub static INTEGRATION_PRODUCTS: Document = Document {
    name: "integration_products",
    effect: Effect::Read,
    operation: "IntegrationProducts",
    field: "integrationProducts",
    arguments: &[
        argument("ids", "[String!]!", Client).batch(50),
    ],
    answer: "[IntegrationProduct]",
    of: "IntegrationProduct",
    selection: "additionalExternalProductId additionalExternalVariantId externalProductId externalVariantId id integrationEnabled main integration { enabled externalIntegrationId id type } product { autoProxyOrder basePrice enabled id imageUrl modelUrl name overlayImageUrl preloadImageUrl skuCode sku weight conversionConfiguration { id } partner { id } }",
    aligned: true,
    feed: false,
    source: Client,
};

/// Integrations by their ids.
pub static INTEGRATIONS: Document = Document {
    name: "integrations",
    effect: Effect::Read,
    operation: "Integrations",
    field: "integrations",
    arguments: &[
        argument("ids", "[String!]!", Reference).batch(50),
    ],
    answer: "[Integration]",
    of: "Integration",
    selection: "enabled externalIntegrationId id type",
    aligned: true,
    feed: false,
    source: Reference,
};

/// Makes a metafield configuration.
pub static METAFIELD_CONFIGURATION_CREATE: Document = Document {
    name: "metafield_configuration_create",
    effect: Effect::Change,
    operation: "MetafieldConfigurationCreate",
    field: "metafieldConfigurationCreate",
    arguments: &[
        argument("name", "String!", Reference),
        argument("entityType", "String!", Reference),
        argument("metafieldType", "String!", Inferred),
        argument("description", "String", Inferred),
    ],
    answer: "MetafieldConfiguration",
    of: "MetafieldConfiguration",
    selection: "id createdAt updatedAt entityType metafieldType name description",
    aligned: false,
    feed: false,
    source: Reference,
};

/// All metafield configurations for one kind of thing.
pub static METAFIELD_CONFIGURATIONS_FEED: Document = Document {
    name: "metafield_configurations_feed",
    effect: Effect::Read,
    operation: "MetafieldConfigurationsFeed",
    field: "metafieldConfigurationsFeed",
    arguments: &[
        argument("entityType", "String!", Inferred),
    ],
    answer: "MetafieldConfigurationsFeed",
    of: "MetafieldConfiguration",
    selection: "id createdAt updatedAt entityType metafieldType name description",
    aligned: false,
    feed: true,
    source: Reference,
};

/// Metafields of one thing.
pub static METAFIELDS: Document = Document {
    name: "metafields",
    effect: Effect::Read,
    operation: "Metafields",
    field: "metafields",
    arguments: &[
        argument("entityId", "String!", Client),
    ],
    answer: "[Metafield]",
    of: "Metafield",
    selection: "id createdAt updatedAt entityId value metafieldConfiguration { id createdAt updatedAt entityType metafieldType name description }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Metafields of several things, in one list; each says what it is attached to.
pub static METAFIELDS_MANY: Document = Document {
    name: "metafields_many",
    effect: Effect::Read,
    operation: "MetafieldsMany",
    field: "metafieldsMany",
    arguments: &[
        argument("entityIds", "[String!]!", Client).batch(50),
    ],
    answer: "[Metafield]",
    of: "Metafield",
    selection: "id createdAt updatedAt entityId value metafieldConfiguration { id createdAt updatedAt entityType metafieldType name description }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Options by their ids.
pub static OPTIONS: Document = Document {
    name: "options",
    effect: Effect::Read,
    operation: "Options",
    field: "options",
    arguments: &[
        argument("ids", "[String!]!", Client).batch(50),
    ],
    answer: "[Option]",
    of: "Option",
    selection: "id name",
    aligned: true,
    feed: false,
    source: Client,
};

/// Makes designs and places an order for them in one step. Its arguments, its answer and how its end is told are not public.
pub static ORDER_CREATE_SIMPLE_ASYNC: Document = Document {
    name: "order_create_simple_async",
    effect: Effect::Order,
    operation: "OrderCreateSimpleAsync",
    field: "orderCreateSimpleAsync",
    arguments: &[
        argument("orderItems", "[OrderSimpleItemInput!]!", Inferred),
        argument("bundle", "OrderSimpleBundleInput", Inferred),
        argument("externalId", "String", Inferred),
        argument("externalData", "ExternalDataInput", Inferred),
        argument("paid", "Boolean", Inferred),
    ],
    answer: "Order",
    of: "Order",
    selection: "id",
    aligned: false,
    feed: false,
    source: Example,
};

/// Order statuses, by pages.
pub static ORDER_STATUSES_FEED: Document = Document {
    name: "order_statuses_feed",
    effect: Effect::Read,
    operation: "OrderStatusesFeed",
    field: "orderStatusesFeed",
    arguments: &[
        argument("limit", "Int", Inferred),
        argument("offset", "Int", Inferred),
    ],
    answer: "OrderStatusesFeed",
    of: "OrderStatus",
    selection: "id name",
    aligned: false,
    feed: true,
    source: Inferred,
};

/// Orders by their ids.
pub static ORDERS: Document = Document {
    name: "orders",
    effect: Effect::Read,
    operation: "Orders",
    field: "orders",
    arguments: &[
        argument("ids", "[String!]!", Example).batch(50),
    ],
    answer: "[Order]",
    of: "Order",
    selection: "createdAt externalId externalTags id internalId paid lineItems { basePrice brochureLink createdAt customFields externalId id integrationType previewImageLink quantity rejectedAt shippingProviderStatus shippingProviderTrackingNumber shippingProviderTrackingUrl sku status outputData { sku transactionId metadata { name value } variantSelections { stepTitle variantName } } proxyOrder { externalId } transaction { id } }",
    aligned: true,
    feed: false,
    source: Example,
};

/// Attaches an organisation to a bundle.
pub static ORGANIZATION_ATTACH_TO_BUNDLE: Document = Document {
    name: "organization_attach_to_bundle",
    effect: Effect::Change,
    operation: "OrganizationAttachToBundle",
    field: "organizationAttachToBundle",
    arguments: &[
        argument("bundleId", "String!", Client),
        argument("organizationName", "String!", Client),
    ],
    answer: "Bundle",
    of: "Bundle",
    selection: "id createdAt name metadata { key value }",
    aligned: false,
    feed: false,
    source: Client,
};

/// Attaches an organisation to a transaction.
pub static ORGANIZATION_ATTACH_TO_TRANSACTION: Document = Document {
    name: "organization_attach_to_transaction",
    effect: Effect::Change,
    operation: "OrganizationAttachToTransaction",
    field: "organizationAttachToTransaction",
    arguments: &[
        argument("transactionId", "String!", Client),
        argument("organizationName", "String!", Client),
    ],
    answer: "Transaction",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink",
    aligned: false,
    feed: false,
    source: Client,
};

/// Starts a run of a flow.
pub static PROCESS_EXECUTION_CREATE: Document = Document {
    name: "process_execution_create",
    effect: Effect::Change,
    operation: "ProcessExecutionCreate",
    field: "processExecutionCreate",
    arguments: &[
        argument("processFlowId", "String!", Client),
        argument("inputs", "[String!]!", Client).form(Form::Terminals),
    ],
    answer: "ProcessExecution",
    of: "ProcessExecution",
    selection: "createdAt id internalId updatedAt",
    aligned: false,
    feed: false,
    source: Client,
};

/// Runs of flows by their ids.
pub static PROCESS_EXECUTIONS: Document = Document {
    name: "process_executions",
    effect: Effect::Read,
    operation: "ProcessExecutions",
    field: "processExecutions",
    arguments: &[
        argument("ids", "[String!]!", Client).batch(50),
    ],
    answer: "[ProcessExecution]",
    of: "ProcessExecution",
    selection: "createdAt id internalId updatedAt edges { id sourceNode sourceSocket targetNode targetSocket data { type value } } nodes { artifacts completedAt failedAt id quickviewName quickview startedAt type } processFlow { entityId entityType id name processFlowContext { id } }",
    aligned: true,
    feed: false,
    source: Client,
};

/// Runs of flows, by pages.
pub static PROCESS_EXECUTIONS_FEED: Document = Document {
    name: "process_executions_feed",
    effect: Effect::Read,
    operation: "ProcessExecutionsFeed",
    field: "processExecutionsFeed",
    arguments: &[
        argument("limit", "Int", Inferred),
        argument("offset", "Int", Inferred),
    ],
    answer: "ProcessExecutionsFeed",
    of: "ProcessExecution",
    selection: "createdAt id internalId updatedAt edges { id sourceNode sourceSocket targetNode targetSocket data { type value } } nodes { artifacts completedAt failedAt id quickviewName quickview startedAt type } processFlow { entityId entityType id name processFlowContext { id } }",
    aligned: false,
    feed: true,
    source: Inferred,
};

/// All flow contexts.
pub static PROCESS_FLOW_CONTEXTS_FEED: Document = Document {
    name: "process_flow_contexts_feed",
    effect: Effect::Read,
    operation: "ProcessFlowContextsFeed",
    field: "processFlowContextsFeed",
    arguments: &[],
    answer: "ProcessFlowContextsFeed",
    of: "ProcessFlowContext",
    selection: "description id name public inputs { name type } outputs { name type }",
    aligned: false,
    feed: true,
    source: Inferred,
};

/// Flows by their ids.
pub static PROCESS_FLOWS: Document = Document {
    name: "process_flows",
    effect: Effect::Read,
    operation: "ProcessFlows",
    field: "processFlows",
    arguments: &[
        argument("ids", "[String!]!", Inferred).batch(50),
    ],
    answer: "[ProcessFlow]",
    of: "ProcessFlow",
    selection: "entityId entityType id name edges { id sourceNode sourceSocket targetNode targetSocket } nodes { id parentNodeId quickviewName quickview type } processFlowContext { description id name public inputs { name type } outputs { name type } }",
    aligned: true,
    feed: false,
    source: Inferred,
};

/// Flows, by pages.
pub static PROCESS_FLOWS_FEED: Document = Document {
    name: "process_flows_feed",
    effect: Effect::Read,
    operation: "ProcessFlowsFeed",
    field: "processFlowsFeed",
    arguments: &[
        argument("limit", "Int", Inferred),
        argument("offset", "Int", Inferred),
    ],
    answer: "ProcessFlowsFeed",
    of: "ProcessFlow",
    selection: "entityId entityType id name edges { id sourceNode sourceSocket targetNode targetSocket } nodes { id parentNodeId quickviewName quickview type } processFlowContext { description id name public inputs { name type } outputs { name type } }",
    aligned: false,
    feed: true,
    source: Inferred,
};

/// Product collections by their ids.
pub static PRODUCT_COLLECTIONS: Document = Document {
    name: "product_collections",
    effect: Effect::Read,
    operation: "ProductCollections",
    field: "productCollections",
    arguments: &[
        argument("ids", "[String!]!", Client).batch(50),
    ],
    answer: "[ProductCollection]",
    of: "ProductCollection",
    selection: "id name description dispatchStartDate dispatchEndDate total globalPropertyConfiguration { id name aspects { name type entityId title description } } productCollectionCustomers { id customer { id } } productCollectionProducts { id productId workflowId product { id } workflows { workflowProduct { id } } }",
    aligned: true,
    feed: false,
    source: Client,
};

/// Products by their ids.
pub static PRODUCTS: Document = Document {
    name: "products",
    effect: Effect::Read,
    operation: "Products",
    field: "products",
    arguments: &[
        argument("ids", "[String!]!", Inferred).batch(50),
    ],
    answer: "[Product]",
    of: "Product",
    selection: "autoProxyOrder basePrice enabled id imageUrl modelUrl name overlayImageUrl preloadImageUrl skuCode sku weight conversionConfiguration { id locations mandatory name requestedDataItems { mandatory type } } hubIntegrationProduct { additionalExternalProductId additionalExternalVariantId externalProductId externalVariantId id integrationEnabled main integration { id } } integrationProducts { additionalExternalProductId additionalExternalVariantId externalProductId externalVariantId id integrationEnabled main integration { id } } partner { id name billingCurrencyCode currencyCode } productLinks { id status shouldPlaceProxyOrders storefront { id } } profanities { createdAt id word } workflows { friendlyName id isPresent imageUrl workflowName }",
    aligned: true,
    feed: false,
    source: Inferred,
};

/// All tags of one thing.
pub static TAGS_FEED: Document = Document {
    name: "tags_feed",
    effect: Effect::Read,
    operation: "TagsFeed",
    field: "tagsFeed",
    arguments: &[
        argument("entityId", "String!", Inferred),
    ],
    answer: "TagsFeed",
    of: "Tag",
    selection: "id createdAt updatedAt entityId name",
    aligned: false,
    feed: true,
    source: Inferred,
};

/// Tags of several things, in one list; each says what it is attached to.
pub static TAGS_MANY: Document = Document {
    name: "tags_many",
    effect: Effect::Read,
    operation: "TagsMany",
    field: "tagsMany",
    arguments: &[
        argument("entityIds", "[String!]!", Client).batch(50),
    ],
    answer: "[Tag]",
    of: "Tag",
    selection: "id createdAt updatedAt entityId name",
    aligned: false,
    feed: false,
    source: Client,
};

/// Lets a customer take part in a transaction.
pub static TRANSACTION_ADD_STAKEHOLDER: Document = Document {
    name: "transaction_add_stakeholder",
    effect: Effect::Change,
    operation: "TransactionAddStakeholder",
    field: "transactionAddStakeholder",
    arguments: &[
        argument("id", "String!", Client),
        argument("details", "CustomerDetailsInput!", Client),
        argument("type", "String!", Client),
    ],
    answer: "Transaction",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink",
    aligned: false,
    feed: false,
    source: Client,
};

/// Approves a transaction.
pub static TRANSACTION_APPROVE: Document = Document {
    name: "transaction_approve",
    effect: Effect::Change,
    operation: "TransactionApprove",
    field: "transactionApprove",
    arguments: &[
        argument("id", "String!", Client),
        argument("note", "String", Client),
    ],
    answer: "Boolean",
    of: "",
    selection: "",
    aligned: false,
    feed: false,
    source: Client,
};

/// Makes the caller the owner of a transaction.
pub static TRANSACTION_CLAIM: Document = Document {
    name: "transaction_claim",
    effect: Effect::Change,
    operation: "TransactionClaim",
    field: "transactionClaim",
    arguments: &[
        argument("id", "String!", Client),
    ],
    answer: "Transaction",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status transactionOwnerId variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink",
    aligned: false,
    feed: false,
    source: Client,
};

/// Compares workflow states with the stored ones and answers the ids that differ.
pub static TRANSACTION_CONFIRM_WORKFLOW_STATES: Document = Document {
    name: "transaction_confirm_workflow_states",
    effect: Effect::Read,
    operation: "TransactionConfirmWorkflowStates",
    field: "transactionConfirmWorkflowStates",
    arguments: &[
        argument("transactions", "[TransactionConfirmInput!]!", Client).batch(100),
    ],
    answer: "[String]",
    of: "",
    selection: "",
    aligned: false,
    feed: false,
    source: Client,
};

/// Makes a transaction. Name the product by an integration product, or by the two external ids.
pub static TRANSACTION_CREATE: Document = Document {
    name: "transaction_create",
    effect: Effect::Change,
    operation: "TransactionCreate",
    field: "transactionCreate",
    arguments: &[
        argument("integrationProductId", "String", Client),
        argument("externalIntegrationId", "String", Client),
        argument("externalProductId", "String", Client),
        argument("bulk", "Boolean", Client),
        argument("claim", "Boolean", Client),
        argument("workflowId", "String", Client),
    ],
    answer: "Transaction",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status transactionOwnerId variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink",
    aligned: false,
    feed: false,
    source: Client,
};

/// Makes several transactions.
pub static TRANSACTION_CREATE_MANY: Document = Document {
    name: "transaction_create_many",
    effect: Effect::Change,
    operation: "TransactionCreateMany",
    field: "transactionCreateMany",
    arguments: &[
        argument("inputs", "[TransactionCreateInput!]!", Client).batch(50),
        argument("marketplaceThemeInstallId", "String", Client),
        argument("marketplaceThemeInstallConfigurationId", "String", Client),
    ],
    answer: "[Transaction]",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status transactionOwnerId variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink",
    aligned: false,
    feed: false,
    source: Client,
};

/// Copies a transaction.
pub static TRANSACTION_DUPLICATE: Document = Document {
    name: "transaction_duplicate",
    effect: Effect::Change,
    operation: "TransactionDuplicate",
    field: "transactionDuplicate",
    arguments: &[
        argument("id", "String!", Client),
        argument("template", "Boolean", Client),
    ],
    answer: "Transaction",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status transactionOwnerId variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink",
    aligned: false,
    feed: false,
    source: Client,
};

/// Ends a change of a transaction.
pub static TRANSACTION_FINALIZE_UPDATE: Document = Document {
    name: "transaction_finalize_update",
    effect: Effect::Change,
    operation: "TransactionFinalizeUpdate",
    field: "transactionFinalizeUpdate",
    arguments: &[
        argument("transactionId", "String!", Client),
    ],
    answer: "Boolean",
    of: "",
    selection: "",
    aligned: false,
    feed: false,
    source: Client,
};

/// Rejects a transaction.
pub static TRANSACTION_REJECT: Document = Document {
    name: "transaction_reject",
    effect: Effect::Change,
    operation: "TransactionReject",
    field: "transactionReject",
    arguments: &[
        argument("id", "String!", Client),
        argument("note", "String", Client),
    ],
    answer: "Boolean",
    of: "",
    selection: "",
    aligned: false,
    feed: false,
    source: Client,
};

/// Changes a transaction.
pub static TRANSACTION_UPDATE: Document = Document {
    name: "transaction_update",
    effect: Effect::Change,
    operation: "TransactionUpdate",
    field: "transactionUpdate",
    arguments: &[
        argument("id", "String!", Example),
        argument("workflowId", "String", Example),
        argument("designName", "String", Client),
        argument("workflowState", "String", Client).form(Form::Json),
        argument("quantity", "Int", Client),
    ],
    answer: "Transaction",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink",
    aligned: false,
    feed: false,
    source: Example,
};

/// Gives a transaction another integration product.
pub static TRANSACTION_UPDATE_INTEGRATION_PRODUCT: Document = Document {
    name: "transaction_update_integration_product",
    effect: Effect::Change,
    operation: "TransactionUpdateIntegrationProduct",
    field: "transactionUpdateIntegrationProduct",
    arguments: &[
        argument("id", "String!", Client),
        argument("integrationProductId", "String", Client),
    ],
    answer: "Transaction",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink",
    aligned: false,
    feed: false,
    source: Client,
};

/// Transactions by their ids.
pub static TRANSACTIONS: Document = Document {
    name: "transactions",
    effect: Effect::Read,
    operation: "Transactions",
    field: "transactions",
    arguments: &[
        argument("ids", "[String!]!", Client).batch(50),
    ],
    answer: "[Transaction]",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink integrationProduct { additionalExternalProductId additionalExternalVariantId externalProductId externalVariantId id integrationEnabled main integration { id } product { id } } product { autoProxyOrder basePrice enabled id imageUrl modelUrl name overlayImageUrl preloadImageUrl skuCode sku weight conversionConfiguration { id } hubIntegrationProduct { id } partner { id } } stakeholders { id type customer { id } }",
    aligned: true,
    feed: false,
    source: Client,
};

/// Lets a customer take part in several transactions.
pub static TRANSACTIONS_ADD_STAKEHOLDER: Document = Document {
    name: "transactions_add_stakeholder",
    effect: Effect::Change,
    operation: "TransactionsAddStakeholder",
    field: "transactionsAddStakeholder",
    arguments: &[
        argument("ids", "[String!]!", Client),
        argument("details", "CustomerDetailsInput!", Client),
        argument("type", "String!", Client),
    ],
    answer: "[Transaction]",
    of: "Transaction",
    selection: "bulkEmailAddress bulkSourceUrl bulk createOrderLink createdAt customLogoLink designName externalCartProductId externalCartProductVariantId externalDesignProductId externalDesignProductVariantId externalOrderId id integrationPartnerName integrationType isOrdered lastSyncedAt previewImageLink priceModifierTotal quantity status variationsCount workflowFooterLogoLink workflowId workflowViewerLink workflowViewerReadOnlyLink",
    aligned: false,
    feed: false,
    source: Client,
};

/// Workflows by their ids.
pub static WORKFLOWS: Document = Document {
    name: "workflows",
    effect: Effect::Read,
    operation: "Workflows",
    field: "workflows",
    arguments: &[
        argument("ids", "[String!]!", Client).batch(50),
    ],
    answer: "[Workflow]",
    of: "Workflow",
    selection: "id name",
    aligned: true,
    feed: false,
    source: Client,
};

/// A row for each of them.
pub(crate) static ROWS: [Operation<Account>; 80] = [
    Operation::of(&ADDRESS_ATTACH_TO_BUNDLE, "bundleId, streetAddress, apartment, city, country, state, postCode, select", |account, input, now| ADDRESS_ATTACH_TO_BUNDLE.prepare(account, input, now)),
    Operation::of(&ADDRESS_ATTACH_TO_TRANSACTION, "transactionId, streetAddress, apartment, city, country, state, postCode, select", |account, input, now| ADDRESS_ATTACH_TO_TRANSACTION.prepare(account, input, now)),
    Operation::of(&BUNDLE_ADD_STAKEHOLDER, "id, details, type, select", |account, input, now| BUNDLE_ADD_STAKEHOLDER.prepare(account, input, now)),
    Operation::of(&BUNDLE_ADD_TRANSACTION, "id, transactionId, select", |account, input, now| BUNDLE_ADD_TRANSACTION.prepare(account, input, now)),
    Operation::of(&BUNDLE_ADD_TRANSACTIONS, "id, transactionIds, transactionOwnerIds, select", |account, input, now| BUNDLE_ADD_TRANSACTIONS.prepare(account, input, now)),
    Operation::of(&BUNDLE_APPROVE, "id, note, stakeholderId", |account, input, now| BUNDLE_APPROVE.prepare(account, input, now)),
    Operation::of(&BUNDLE_ASSIGN_PRODUCT_COLLECTION, "id, collectionId, select", |account, input, now| BUNDLE_ASSIGN_PRODUCT_COLLECTION.prepare(account, input, now)),
    Operation::of(&BUNDLE_CREATE, "collectionId, metadata, marketplaceThemeInstallId, marketplaceThemeInstallConfigurationId, activationId, test, select", |account, input, now| BUNDLE_CREATE.prepare(account, input, now)),
    Operation::of(&BUNDLE_DELETE, "id", |account, input, now| BUNDLE_DELETE.prepare(account, input, now)),
    Operation::of(&BUNDLE_DUPLICATE, "id, template, marketplaceThemeInstallId, marketplaceThemeInstallConfigurationId, duplicateTransactions, test, select", |account, input, now| BUNDLE_DUPLICATE.prepare(account, input, now)),
    Operation::of(&BUNDLE_EMAIL_SHARE_PAGE_LINK, "bundleId, email, firstName, lastName, select", |account, input, now| BUNDLE_EMAIL_SHARE_PAGE_LINK.prepare(account, input, now)),
    Operation::of(&BUNDLE_FINALIZE_UPDATE, "bundleId", |account, input, now| BUNDLE_FINALIZE_UPDATE.prepare(account, input, now)),
    Operation::of(&BUNDLE_GENERATE_QUOTE_ID, "id, select", |account, input, now| BUNDLE_GENERATE_QUOTE_ID.prepare(account, input, now)),
    Operation::of(&BUNDLE_REJECT, "id, note, stakeholderId", |account, input, now| BUNDLE_REJECT.prepare(account, input, now)),
    Operation::of(&BUNDLE_REMOVE_STAKEHOLDER, "id, emailAddress, select", |account, input, now| BUNDLE_REMOVE_STAKEHOLDER.prepare(account, input, now)),
    Operation::of(&BUNDLE_REMOVE_TRANSACTION, "id, transactionId, select", |account, input, now| BUNDLE_REMOVE_TRANSACTION.prepare(account, input, now)),
    Operation::of(&BUNDLE_REMOVE_TRANSACTIONS, "id, transactionIds, select", |account, input, now| BUNDLE_REMOVE_TRANSACTIONS.prepare(account, input, now)),
    Operation::of(&BUNDLE_UPDATE, "id, name, metadata, bundleStateData, dispatchDate, purchaseOrder, globalPropertyConfigurationId, select", |account, input, now| BUNDLE_UPDATE.prepare(account, input, now)),
    Operation::of(&BUNDLE_UPDATE_STAKEHOLDERS, "id, input, select", |account, input, now| BUNDLE_UPDATE_STAKEHOLDERS.prepare(account, input, now)),
    Operation::of(&BUNDLE_UPDATE_TRANSACTION_ORDER, "id, transactionIds, select", |account, input, now| BUNDLE_UPDATE_TRANSACTION_ORDER.prepare(account, input, now)),
    Operation::of(&BUNDLES, "ids, select", |account, input, now| BUNDLES.prepare(account, input, now)),
    Operation::of(&CONVERSION_CONFIGURATION, "id, select", |account, input, now| CONVERSION_CONFIGURATION.prepare(account, input, now)),
    Operation::of(&CURRENCY_CONVERSION, "from, to, select", |account, input, now| CURRENCY_CONVERSION.prepare(account, input, now)),
    Operation::of(&CURRENT_INTEGRATION, "select", |account, input, now| CURRENT_INTEGRATION.prepare(account, input, now)),
    Operation::of(&CUSTOMER, "emailAddress, select", |account, input, now| CUSTOMER.prepare(account, input, now)),
    Operation::of(&CUSTOMER_AUTHENTICATE, "loginToken, select", |account, input, now| CUSTOMER_AUTHENTICATE.prepare(account, input, now)),
    Operation::of(&CUSTOMER_BUNDLES_FEED, "id, limit, offset, template, templateStatus, ordered, select", |account, input, now| CUSTOMER_BUNDLES_FEED.prepare(account, input, now)),
    Operation::of(&CUSTOMER_CREATE, "details, select", |account, input, now| CUSTOMER_CREATE.prepare(account, input, now)),
    Operation::of(&CUSTOMER_GENERATE_VERIFICATION_CODE, "emailAddress", |account, input, now| CUSTOMER_GENERATE_VERIFICATION_CODE.prepare(account, input, now)),
    Operation::of(&CUSTOMER_TRANSACTIONS_FEED, "id, limit, offset, startDate, endDate, quicksearch, select", |account, input, now| CUSTOMER_TRANSACTIONS_FEED.prepare(account, input, now)),
    Operation::of(&CUSTOMER_VERIFY_CODE, "emailAddress, verificationCode, select", |account, input, now| CUSTOMER_VERIFY_CODE.prepare(account, input, now)),
    Operation::of(&CUSTOMERS, "ids, select", |account, input, now| CUSTOMERS.prepare(account, input, now)),
    Operation::of(&GLOBAL_PROPERTY_CONFIGURATION_CREATE, "select", |account, input, now| GLOBAL_PROPERTY_CONFIGURATION_CREATE.prepare(account, input, now)),
    Operation::of(&GLOBAL_PROPERTY_CONFIGURATION_UPDATE, "id, name, aspects, select", |account, input, now| GLOBAL_PROPERTY_CONFIGURATION_UPDATE.prepare(account, input, now)),
    Operation::of(&GLOBAL_PROPERTY_CONFIGURATIONS, "ids, select", |account, input, now| GLOBAL_PROPERTY_CONFIGURATIONS.prepare(account, input, now)),
    Operation::of(&GLOBAL_PROPERTY_CONFIGURATIONS_FEED, "select", |account, input, now| GLOBAL_PROPERTY_CONFIGURATIONS_FEED.prepare(account, input, now)),
    Operation::of(&GLOBAL_PROPERTY_STATE, "bundleId, select", |account, input, now| GLOBAL_PROPERTY_STATE.prepare(account, input, now)),
    Operation::of(&GLOBAL_PROPERTY_STATE_CREATE, "bundleId, select", |account, input, now| GLOBAL_PROPERTY_STATE_CREATE.prepare(account, input, now)),
    Operation::of(&GLOBAL_PROPERTY_STATE_UPDATE, "id, aspects, select", |account, input, now| GLOBAL_PROPERTY_STATE_UPDATE.prepare(account, input, now)),
    Operation::of(&GLOBAL_PROPERTY_TEMPLATE_CREATE, "globalPropertyConfigurationId, customerId, aspects, select", |account, input, now| GLOBAL_PROPERTY_TEMPLATE_CREATE.prepare(account, input, now)),
    Operation::of(&GLOBAL_PROPERTY_TEMPLATE_DELETE, "id", |account, input, now| GLOBAL_PROPERTY_TEMPLATE_DELETE.prepare(account, input, now)),
    Operation::of(&GLOBAL_PROPERTY_TEMPLATE_UPDATE, "id, name, aspectValues, select", |account, input, now| GLOBAL_PROPERTY_TEMPLATE_UPDATE.prepare(account, input, now)),
    Operation::of(&GLOBAL_PROPERTY_TEMPLATES_FEED, "limit, offset, customerId, globalPropertyConfigurationId, select", |account, input, now| GLOBAL_PROPERTY_TEMPLATES_FEED.prepare(account, input, now)),
    Operation::of(&INTEGRATION_PRODUCT_FROM_EXTERNAL_IDS, "externalIntegrationId, externalProductId, select", |account, input, now| INTEGRATION_PRODUCT_FROM_EXTERNAL_IDS.prepare(account, input, now)),
    Operation::of(&INTEGRATION_PRODUCTS, "ids, select", |account, input, now| INTEGRATION_PRODUCTS.prepare(account, input, now)),
    Operation::of(&INTEGRATIONS, "ids, select", |account, input, now| INTEGRATIONS.prepare(account, input, now)),
    Operation::of(&METAFIELD_CONFIGURATION_CREATE, "name, entityType, metafieldType, description, select", |account, input, now| METAFIELD_CONFIGURATION_CREATE.prepare(account, input, now)),
    Operation::of(&METAFIELD_CONFIGURATIONS_FEED, "entityType, select", |account, input, now| METAFIELD_CONFIGURATIONS_FEED.prepare(account, input, now)),
    Operation::of(&METAFIELDS, "entityId, select", |account, input, now| METAFIELDS.prepare(account, input, now)),
    Operation::of(&METAFIELDS_MANY, "entityIds, select", |account, input, now| METAFIELDS_MANY.prepare(account, input, now)),
    Operation::of(&OPTIONS, "ids, select", |account, input, now| OPTIONS.prepare(account, input, now)),
    Operation::of(&ORDER_CREATE_SIMPLE_ASYNC, "orderItems, bundle, externalId, externalData, paid, select", |account, input, now| ORDER_CREATE_SIMPLE_ASYNC.prepare(account, input, now)),
    Operation::of(&ORDER_STATUSES_FEED, "limit, offset, select", |account, input, now| ORDER_STATUSES_FEED.prepare(account, input, now)),
    Operation::of(&ORDERS, "ids, select", |account, input, now| ORDERS.prepare(account, input, now)),
    Operation::of(&ORGANIZATION_ATTACH_TO_BUNDLE, "bundleId, organizationName, select", |account, input, now| ORGANIZATION_ATTACH_TO_BUNDLE.prepare(account, input, now)),
    Operation::of(&ORGANIZATION_ATTACH_TO_TRANSACTION, "transactionId, organizationName, select", |account, input, now| ORGANIZATION_ATTACH_TO_TRANSACTION.prepare(account, input, now)),
    Operation::of(&PROCESS_EXECUTION_CREATE, "processFlowId, inputs, select", |account, input, now| PROCESS_EXECUTION_CREATE.prepare(account, input, now)),
    Operation::of(&PROCESS_EXECUTIONS, "ids, select", |account, input, now| PROCESS_EXECUTIONS.prepare(account, input, now)),
    Operation::of(&PROCESS_EXECUTIONS_FEED, "limit, offset, select", |account, input, now| PROCESS_EXECUTIONS_FEED.prepare(account, input, now)),
    Operation::of(&PROCESS_FLOW_CONTEXTS_FEED, "select", |account, input, now| PROCESS_FLOW_CONTEXTS_FEED.prepare(account, input, now)),
    Operation::of(&PROCESS_FLOWS, "ids, select", |account, input, now| PROCESS_FLOWS.prepare(account, input, now)),
    Operation::of(&PROCESS_FLOWS_FEED, "limit, offset, select", |account, input, now| PROCESS_FLOWS_FEED.prepare(account, input, now)),
    Operation::of(&PRODUCT_COLLECTIONS, "ids, select", |account, input, now| PRODUCT_COLLECTIONS.prepare(account, input, now)),
    Operation::of(&PRODUCTS, "ids, select", |account, input, now| PRODUCTS.prepare(account, input, now)),
    Operation::of(&TAGS_FEED, "entityId, select", |account, input, now| TAGS_FEED.prepare(account, input, now)),
    Operation::of(&TAGS_MANY, "entityIds, select", |account, input, now| TAGS_MANY.prepare(account, input, now)),
    Operation::of(&TRANSACTION_ADD_STAKEHOLDER, "id, details, type, select", |account, input, now| TRANSACTION_ADD_STAKEHOLDER.prepare(account, input, now)),
    Operation::of(&TRANSACTION_APPROVE, "id, note", |account, input, now| TRANSACTION_APPROVE.prepare(account, input, now)),
    Operation::of(&TRANSACTION_CLAIM, "id, select", |account, input, now| TRANSACTION_CLAIM.prepare(account, input, now)),
    Operation::of(&TRANSACTION_CONFIRM_WORKFLOW_STATES, "transactions", |account, input, now| TRANSACTION_CONFIRM_WORKFLOW_STATES.prepare(account, input, now)),
    Operation::of(&TRANSACTION_CREATE, "integrationProductId, externalIntegrationId, externalProductId, bulk, claim, workflowId, select", |account, input, now| TRANSACTION_CREATE.prepare(account, input, now)),
    Operation::of(&TRANSACTION_CREATE_MANY, "inputs, marketplaceThemeInstallId, marketplaceThemeInstallConfigurationId, select", |account, input, now| TRANSACTION_CREATE_MANY.prepare(account, input, now)),
    Operation::of(&TRANSACTION_DUPLICATE, "id, template, select", |account, input, now| TRANSACTION_DUPLICATE.prepare(account, input, now)),
    Operation::of(&TRANSACTION_FINALIZE_UPDATE, "transactionId", |account, input, now| TRANSACTION_FINALIZE_UPDATE.prepare(account, input, now)),
    Operation::of(&TRANSACTION_REJECT, "id, note", |account, input, now| TRANSACTION_REJECT.prepare(account, input, now)),
    Operation::of(&TRANSACTION_UPDATE, "id, workflowId, designName, workflowState, quantity, select", |account, input, now| TRANSACTION_UPDATE.prepare(account, input, now)),
    Operation::of(&TRANSACTION_UPDATE_INTEGRATION_PRODUCT, "id, integrationProductId, select", |account, input, now| TRANSACTION_UPDATE_INTEGRATION_PRODUCT.prepare(account, input, now)),
    Operation::of(&TRANSACTIONS, "ids, select", |account, input, now| TRANSACTIONS.prepare(account, input, now)),
    Operation::of(&TRANSACTIONS_ADD_STAKEHOLDER, "ids, details, type, select", |account, input, now| TRANSACTIONS_ADD_STAKEHOLDER.prepare(account, input, now)),
    Operation::of(&WORKFLOWS, "ids, select", |account, input, now| WORKFLOWS.prepare(account, input, now)),
];
