//! The platform's types. Generated from schema/spiff.graphql and schema/operations/ by `make generate`.
//!
//! Every field of an answer may be missing: answers hold what was asked for, and are read leniently. Ids are
//! texts, times are texts as the platform writes them, prices are in minor currency units.

use super::texts::{Hidden, JsonText};
use serde::{Deserialize, Serialize};

/// An address. Every part is optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AddressInput {
    /// First line of the street address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address1: Option<String>,
    /// Second line of the street address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address2: Option<String>,
    /// Town or city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Company, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Country, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Country, by a short code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// First name of whoever receives there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name of whoever receives there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Latitude, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<String>,
    /// Longitude, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<String>,
    /// The whole name in one text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// State or province, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// State or province, by a short code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province_code: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
}

/// Several transactions that belong together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Bundle {
    /// Id of the bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Temporary id that lets its holder change the bundle. Treat it as a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_owner_id: Option<Hidden>,
    /// Who takes part in the bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_stakeholders: Option<Vec<Option<BundleStakeholder>>>,
    /// When the bundle was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Box<str>>,
    /// Keys and values kept with the bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<Option<BundleMetadataItem>>>,
    /// Name of the bundle, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// Partner the bundle belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<Box<Partner>>,
    /// Transactions in the bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions: Option<Vec<Option<Transaction>>>,
    /// When the bundle last changed. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Box<str>>,
    /// Whether the bundle was completed. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed: Option<bool>,
    /// When it is to be dispatched. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispatch_date: Option<Box<str>>,
    /// Purchase order it refers to. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<Box<str>>,
    /// Whether it is a template for other bundles. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<bool>,
    /// Whether the template is locked. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_locked: Option<bool>,
    /// State of the template. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_status: Option<Box<str>>,
    /// Whether it is a test, left out of reports and bills. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<bool>,
    /// Whether it was ordered. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered: Option<bool>,
    /// Id of the order made from it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Box<str>>,
    /// The shop's id of the order made from it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_order_id: Option<Box<str>>,
    /// The platform's internal id of the order made from it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_order_id: Option<Box<str>>,
    /// Id of the quote made for it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_id: Option<Box<str>>,
    /// How many transactions are in it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions_count: Option<i64>,
    /// How many products are in it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products_count: Option<i64>,
    /// Price of everything in it, in minor currency units. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_price_subunits: Option<i64>,
    /// Ids of the transactions in it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_ids: Option<Vec<Option<Box<str>>>>,
    /// What the experience in the browser keeps with it, as JSON text. Unverified: known from a first-party client
    /// alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_state_data: Option<JsonText>,
    /// URL that shows it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_viewer_link: Option<Box<str>>,
    /// URL that shows it for amending. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_viewer_amend_link: Option<Box<str>>,
    /// URL that shows it without letting anyone change it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_viewer_read_only_link: Option<Box<str>>,
    /// The stakeholder who is asking. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_bundle_stakeholder: Option<Box<BundleStakeholder>>,
    /// What it can be shared for. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_share_actions: Option<Vec<Option<ShareAction>>>,
    /// Product collection it was made from. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_collection: Option<Box<ProductCollection>>,
    /// Global properties that apply to it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_property_configuration: Option<Box<GlobalPropertyConfiguration>>,
}

/// One key and value to keep with a bundle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BundleMetadataInput {
    /// The key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// One key and value kept with a bundle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BundleMetadataItem {
    /// The key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Box<str>>,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<str>>,
}

/// A customer's part in a bundle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BundleStakeholder {
    /// Id of the stakeholder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Kind of part: Owner, Approver, Editor, Viewer, or another.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// The bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Box<Bundle>>,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Box<Customer>>,
    /// Whether the stakeholder approved or rejected. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_status: Option<Box<str>>,
    /// When the stakeholder approved or rejected. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_date: Option<Box<str>>,
    /// What the stakeholder said about it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_note: Option<Box<str>>,
}

/// A customer who is to take part in a bundle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BundleStakeholderInput {
    /// Who it is.
    pub customer_details: CustomerDetailsInput,
    /// Kind of part: Owner, Approver, Editor, Viewer, or another.
    #[serde(rename = "type")]
    pub kind: String,
}

/// What consumers are asked for while they design.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConversionConfiguration {
    /// Id of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Where the form appears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locations: Option<Vec<Option<Box<str>>>>,
    /// Whether the form has to be filled in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandatory: Option<bool>,
    /// Name of the configuration, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// What is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_data_items: Option<Vec<Option<ConversionData>>>,
    /// Id of the partner it belongs to. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner_id: Option<Box<str>>,
    /// Kinds of data asked for. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_data: Option<Vec<Option<Box<str>>>>,
}

/// One thing that consumers are asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConversionData {
    /// Whether it has to be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandatory: Option<bool>,
    /// Kind of data.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// Title of the question. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Box<str>>,
    /// Name of the item, unique in its form. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique_identifier: Option<Box<str>>,
    /// Position among the custom fields. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_field_index: Option<i64>,
    /// Id of the option to choose from. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option_id: Option<Box<str>>,
    /// Option to choose from. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<Box<DesignOption>>,
}

/// A consumer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Customer {
    /// When the customer was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Box<str>>,
    /// Email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_address: Option<Box<str>>,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Box<str>>,
    /// Id of the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// When the customer was last active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_active_at: Option<Box<str>>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Box<str>>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<Box<str>>,
    /// Partner the customer belongs to. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<Box<Partner>>,
    /// Token that logs the customer in. Treat it as a secret. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_token: Option<Hidden>,
    /// Id of the bundle that serves as the customer's template. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_template_bundle_id: Option<Box<str>>,
    /// Whether the customer has templates. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_bundle_templates: Option<bool>,
    /// The customer's parts in transactions. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stakeholders: Option<Vec<Option<Stakeholder>>>,
    /// The customer's parts in bundles. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_stakeholders: Option<Vec<Option<BundleStakeholder>>>,
    /// Product collections the customer may use. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_collection_customers: Option<Vec<Option<ProductCollectionCustomer>>>,
}

/// A customer to add or to change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomerDetailsInput {
    /// Email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_address: Option<String>,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

/// What the shop knows about an order, for the partner's flows to use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExternalDataInput {
    /// Number of the order in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
    /// Email address of whoever ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_email: Option<String>,
    /// Telephone number of whoever ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_phone: Option<String>,
    /// Billing address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Vec<AddressInput>>,
    /// Delivery address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Vec<AddressInput>>,
    /// Discount codes that were used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_codes: Option<Vec<String>>,
    /// A note on the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Choices that several steps of a design share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GlobalPropertyConfiguration {
    /// Id of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Name of the configuration, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// The choices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspects: Option<Vec<Option<GlobalPropertyConfigurationAspect>>>,
}

/// One choice that steps share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GlobalPropertyConfigurationAspect {
    /// Name of the aspect, unique in its configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// Kind of choice.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// Id of what it chooses from, such as an option.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<Box<str>>,
    /// Title to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Box<str>>,
    /// Words to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Box<str>>,
    /// Whether a choice has to be made. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandatory: Option<bool>,
    /// Whether it is kept out of sight. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent: Option<bool>,
    /// How its conditions combine. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_mode: Option<Box<str>>,
}

/// One choice that steps are to share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GlobalPropertyConfigurationAspectInput {
    /// Name of the aspect, unique in its configuration.
    pub name: String,
    /// Kind of choice.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id of what it chooses from, such as an option.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<String>,
    /// Title to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Words to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// All global property configurations, unpaged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GlobalPropertyConfigurationsFeed {
    /// The configurations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Option<GlobalPropertyConfiguration>>>,
}

/// What a consumer chose for the global properties.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GlobalPropertyState {
    /// Id of the state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// The choices made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspects: Option<Vec<Option<GlobalPropertyStateAspect>>>,
}

/// One choice made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GlobalPropertyStateAspect {
    /// Name of the aspect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// What was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<str>>,
    /// Kind of choice. Unverified: known from a first-party client alone.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// Channel it applies to. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<i64>,
    /// Whether it is hidden. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
}

/// One choice to record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GlobalPropertyStateAspectInput {
    /// Name of the aspect.
    pub name: String,
    /// What is chosen.
    pub value: String,
}

/// A connection to a shop or to a stock system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Integration {
    /// Whether it is switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// What identifies the shop at its own platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_integration_id: Option<Box<str>>,
    /// Id of the integration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Kind of integration: Hub, Shopify, or another.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// Name of the integration, for people. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// URL of its logo. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Box<str>>,
    /// Whether it is the one whose credentials are in use. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_current: Option<bool>,
    /// Partner the integration belongs to. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<Box<Partner>>,
}

/// The link between a product here and a product of a shop.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IntegrationProduct {
    /// Id of a related product in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_external_product_id: Option<Box<str>>,
    /// Id of a related variant in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_external_variant_id: Option<Box<str>>,
    /// Id of the product in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_product_id: Option<Box<str>>,
    /// Id of the variant in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_variant_id: Option<Box<str>>,
    /// Id of the link. This is what a shop stores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Whether its integration is switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_enabled: Option<bool>,
    /// Its integration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration: Option<Box<Integration>>,
    /// Whether it is the main link of its product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main: Option<bool>,
    /// Product here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Box<Product>>,
    /// Related link. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_integration_product: Option<Box<IntegrationProduct>>,
}

/// A transaction that was ordered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LineItem {
    /// Price of the product when it was ordered, in minor currency units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_price: Option<i64>,
    /// URL of the brochure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brochure_link: Option<Box<str>>,
    /// When the line item was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Box<str>>,
    /// Values of the design's custom fields, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_fields: Option<JsonText>,
    /// The shop's id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Box<str>>,
    /// Id of the line item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Kind of integration its transaction came through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_type: Option<Box<str>>,
    /// Order it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Box<Order>>,
    /// What the design came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_data: Option<Box<OutputData>>,
    /// URL of the preview image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_image_link: Option<Box<str>>,
    /// Order passed on to another partner for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_order: Option<Box<ProxyOrder>>,
    /// How many were ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// When moderation rejected it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected_at: Option<Box<str>>,
    /// What the carrier says, kept by a flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_provider_status: Option<Box<str>>,
    /// The carrier's tracking number, kept by a flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_provider_tracking_number: Option<Box<str>>,
    /// The carrier's tracking page, kept by a flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_provider_tracking_url: Option<Box<str>>,
    /// SKU put together for its transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<Box<str>>,
    /// How moderation stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Box<str>>,
    /// Its transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Box<Transaction>>,
}

/// One thing that came up while designing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MetadataItem {
    /// Step and kind of data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<str>>,
}

/// A value attached to something, as its configuration allows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metafield {
    /// Id of the metafield.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// When the metafield was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Box<str>>,
    /// When the metafield last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Box<str>>,
    /// Id of what it is attached to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<Box<str>>,
    /// Its configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metafield_configuration: Option<Box<MetafieldConfiguration>>,
    /// The value, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<JsonText>,
}

/// Says what metafields of one name may be attached to and hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MetafieldConfiguration {
    /// Id of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// When the configuration was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Box<str>>,
    /// When the configuration last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Box<str>>,
    /// Kind of thing it attaches to: Asset, Integration, Product, Variant, or another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<Box<str>>,
    /// Kind of value it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metafield_type: Option<Box<str>>,
    /// Name of its metafields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// What they are for. Its text calls it optional although its type does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Box<str>>,
}

/// All metafield configurations, unpaged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MetafieldConfigurationsFeed {
    /// The configurations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Option<MetafieldConfiguration>>>,
}

/// Line items ordered together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Order {
    /// When the order was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Box<str>>,
    /// The shop's id of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Box<str>>,
    /// The shop's tags, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_tags: Option<Box<str>>,
    /// Id of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Id that was made for it here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_id: Option<Box<str>>,
    /// What was ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_items: Option<Vec<Option<LineItem>>>,
    /// Whether it was paid, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<bool>,
}

/// One item to order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OrderItemInput {
    /// How many.
    pub amount_to_order: i64,
    /// Id of the bundle. If it is given, transactionId is ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_id: Option<String>,
    /// Id of the transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
}

/// A bundle to make for the items of a simple order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OrderSimpleBundleInput {
    /// Email address of its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_email_address: Option<String>,
    /// Keys and values to keep with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<BundleMetadataInput>>,
}

/// One item of a simple order, whose design is made with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OrderSimpleItemInput {
    /// How many.
    pub amount_to_order: i64,
    /// The shop's id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Id of the product here, not of an integration product.
    pub product_id: String,
    /// Id of the workflow.
    pub workflow_id: String,
    /// What is chosen in the steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<OrderSimpleItemStepInput>>,
}

/// What is chosen in one step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OrderSimpleItemStepInput {
    /// Id of the step, despite its name.
    pub step_name: String,
    /// Text, for a text step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Id of the variant, for a step that chooses one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant_id: Option<String>,
}

/// A status that the partner may give to orders.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OrderStatus {
    /// Id of the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Name of the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
}

/// A page of order statuses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OrderStatusesFeed {
    /// The statuses of this page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Option<OrderStatus>>>,
    /// How many there are in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// What a design came to, for those who make it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OutputData {
    /// What the consumer entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<Option<MetadataItem>>>,
    /// SKU put together for the transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<Box<str>>,
    /// Id of the transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<Box<str>>,
    /// Variants the consumer chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant_selections: Option<Vec<Option<VariantSelection>>>,
}

/// An organisation that sells.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Partner {
    /// Id of the partner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Name of the partner, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// Currency it is billed in, as three letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_currency_code: Option<Box<str>>,
    /// Currency its consumers pay in, as three letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency_code: Option<Box<str>>,
    /// Add-ons switched on for it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_addons: Option<Vec<Option<Box<str>>>>,
    /// Whether it tries beta behaviour. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beta: Option<bool>,
    /// Words that ask for customer details, as Markdown. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_details_prompt_markdown: Option<Box<str>>,
}

/// One run of a flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessExecution {
    /// When the run was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Box<str>>,
    /// Its edges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edges: Option<Vec<Option<ProcessExecutionEdge>>>,
    /// Id of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Id that a user gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_id: Option<Box<str>>,
    /// Its nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<Vec<Option<ProcessExecutionNode>>>,
    /// Flow it is a run of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process_flow: Option<Box<ProcessFlow>>,
    /// When the run last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Box<str>>,
    /// When the run ended well. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Box<str>>,
    /// When the run failed. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<Box<str>>,
}

/// One edge in a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessExecutionEdge {
    /// What passed through it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<ProcessExecutionEdgeData>>,
    /// Id of the edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Id of the node it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_node: Option<Box<str>>,
    /// Id of the socket it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_socket: Option<Box<str>>,
    /// Id of the node it enters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_node: Option<Box<str>>,
    /// Id of the socket it enters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_socket: Option<Box<str>>,
}

/// What passed through an edge.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessExecutionEdgeData {
    /// Kind of data.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// The data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<str>>,
}

/// One node in a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessExecutionNode {
    /// What the node produced, as JSON text: a type and a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts: Option<JsonText>,
    /// When the node ended well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Box<str>>,
    /// Settings of the node, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<JsonText>,
    /// When the node failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<Box<str>>,
    /// Id of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Its name in the quick view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quickview_name: Option<Box<str>>,
    /// Whether the quick view shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quickview: Option<bool>,
    /// Where it is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Box<ProcessFlowRegion>>,
    /// When the node began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Box<str>>,
    /// Kind of node.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
}

/// A page of runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessExecutionsFeed {
    /// The runs of this page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Option<ProcessExecution>>>,
    /// How many there are in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// A graph of steps that the platform carries out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlow {
    /// Its edges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edges: Option<Vec<Option<ProcessFlowEdge>>>,
    /// Id of something its conditions look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<Box<str>>,
    /// What that id stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<Box<str>>,
    /// Id of the flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Name of the flow, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// Its nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<Vec<Option<ProcessFlowNode>>>,
    /// Context it is written for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process_flow_context: Option<Box<ProcessFlowContext>>,
}

/// An occasion on which flows run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlowContext {
    /// Description, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Box<str>>,
    /// Id of the context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// What a run is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<Option<ProcessFlowContextTerminal>>>,
    /// Name of the context, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// What a run gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Vec<Option<ProcessFlowContextTerminal>>>,
    /// Whether the platform itself supplies it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
}

/// One thing a run is given or gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlowContextTerminal {
    /// Name of the terminal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// Kind of data.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
}

/// One thing a run is to be given or to give.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlowContextTerminalInput {
    /// Name of the terminal.
    pub name: String,
    /// Kind of data.
    #[serde(rename = "type")]
    pub kind: String,
}

/// All flow contexts, unpaged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlowContextsFeed {
    /// The contexts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Option<ProcessFlowContext>>>,
}

/// One edge of a flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlowEdge {
    /// Id of the edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Id of the node it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_node: Option<Box<str>>,
    /// Id of the socket it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_socket: Option<Box<str>>,
    /// Id of the node it enters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_node: Option<Box<str>>,
    /// Id of the socket it enters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_socket: Option<Box<str>>,
}

/// One edge of a flow to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlowEdgeInput {
    /// Id of the edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Id of the node it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_node: Option<String>,
    /// Id of the socket it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_socket: Option<String>,
    /// Id of the node it enters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_node: Option<String>,
    /// Id of the socket it enters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_socket: Option<String>,
}

/// One node of a flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlowNode {
    /// Settings of the node, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<JsonText>,
    /// Id of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Id of the node that contains it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_node_id: Option<Box<str>>,
    /// Its name in the quick view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quickview_name: Option<Box<str>>,
    /// Whether the quick view shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quickview: Option<bool>,
    /// Where it is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Box<ProcessFlowRegion>>,
    /// Kind of node.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
}

/// One node of a flow to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlowNodeInput {
    /// Settings of the node, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<JsonText>,
    /// Id of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Id of the node that contains it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_node_id: Option<String>,
    /// Its name in the quick view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quickview_name: Option<String>,
    /// Whether the quick view shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quickview: Option<bool>,
    /// Where it is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<ProcessFlowRegionInput>,
    /// Kind of node.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A rectangle in the drawing of a flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlowRegion {
    /// Height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<f64>,
    /// Width.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<f64>,
    /// Left edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<f64>,
    /// Upper edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<f64>,
}

/// A rectangle in the drawing of a flow to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlowRegionInput {
    /// Height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<f64>,
    /// Width.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<f64>,
    /// Left edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<f64>,
    /// Upper edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<f64>,
}

/// A page of flows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProcessFlowsFeed {
    /// The flows of this page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Option<ProcessFlow>>>,
    /// How many there are in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// Something that is sold, perhaps customised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Product {
    /// Whether orders are passed on by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_proxy_order: Option<bool>,
    /// Price without the prices of options, in minor currency units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_price: Option<i64>,
    /// What consumers are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion_configuration: Option<Box<ConversionConfiguration>>,
    /// Whether consumers can buy it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Link that is used in the hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub_integration_product: Option<Box<IntegrationProduct>>,
    /// Id of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// URL of its image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<Box<str>>,
    /// Its links to products of shops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_products: Option<Vec<Option<IntegrationProduct>>>,
    /// URL of its three-dimensional model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_url: Option<Box<str>>,
    /// Name of the product, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// URL of the image laid over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlay_image_url: Option<Box<str>>,
    /// Partner the product belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<Box<Partner>>,
    /// URL of the image shown while it loads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preload_image_url: Option<Box<str>>,
    /// Partners it is shared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_links: Option<Vec<Option<ProductLink>>>,
    /// Words that may not be put on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profanities: Option<Vec<Option<Profanity>>>,
    /// Part that it adds to SKUs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku_code: Option<Box<str>>,
    /// SKU of the product in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<Box<str>>,
    /// Weight, in the shop's unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Its workflows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflows: Option<Vec<Option<WorkflowProduct>>>,
    /// Description, for people. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Box<str>>,
    /// Smallest number that can be ordered. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_order_quantity: Option<i64>,
    /// Prices by quantity. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_breaks: Option<Vec<Option<PriceBreak>>>,
    /// Its tags. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_tags: Option<Vec<Option<ProductTag>>>,
    /// Whether consumers are asked who they are. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_for_customer_details: Option<bool>,
}

/// A product shared with another partner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductLink {
    /// Id of the share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// The product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Box<Product>>,
    /// Partner it is shared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storefront: Option<Box<Partner>>,
    /// How the share stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Box<str>>,
    /// Whether its orders are passed on to the shop of the product's owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub should_place_proxy_orders: Option<bool>,
}

/// A word that is not allowed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Profanity {
    /// When the word was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Box<str>>,
    /// Id of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// The word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word: Option<Box<str>>,
}

/// An order passed on to the shop of another partner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProxyOrder {
    /// That shop's id of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Box<str>>,
}

/// A customer's part in a transaction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Stakeholder {
    /// Id of the stakeholder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Kind of part: Owner, Approver, Editor, Viewer, or another.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// The transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Box<Transaction>>,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Box<Customer>>,
    /// Whether the stakeholder approved or rejected. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_status: Option<Box<str>>,
    /// When the stakeholder approved or rejected. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_date: Option<Box<str>>,
    /// What the stakeholder said about it. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_note: Option<Box<str>>,
}

/// A text attached to something, to sort it by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Tag {
    /// Id of the tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// When the tag was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Box<str>>,
    /// When the tag last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Box<str>>,
    /// Id of what it is attached to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<Box<str>>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
}

/// All tags of something, unpaged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TagsFeed {
    /// The tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Option<Tag>>>,
}

/// A design of a consumer: what was customised, personalised or chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Transaction {
    /// Email address the consumer gave for a bulk design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk_email_address: Option<Box<str>>,
    /// URL of the data of a bulk design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk_source_url: Option<Box<str>>,
    /// Whether it is a bulk design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk: Option<bool>,
    /// URL for making an order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_order_link: Option<Box<str>>,
    /// When the transaction was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Box<str>>,
    /// URL of the partner's logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_logo_link: Option<Box<str>>,
    /// Name that the consumer gave the design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub design_name: Option<Box<str>>,
    /// Id of the product in the shop's cart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_cart_product_id: Option<Box<str>>,
    /// Id of the variant in the shop's cart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_cart_product_variant_id: Option<Box<str>>,
    /// Id of the product that the shop made for this design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_design_product_id: Option<Box<str>>,
    /// Id of the variant that the shop made for this design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_design_product_variant_id: Option<Box<str>>,
    /// The shop's id of an order that it was associated with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_order_id: Option<Box<str>>,
    /// Id of the transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Name of the partner whose integration it came through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_partner_name: Option<Box<str>>,
    /// Integration product it was made with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_product: Option<Box<IntegrationProduct>>,
    /// Kind of integration it came through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_type: Option<Box<str>>,
    /// Whether at least one line item exists for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_ordered: Option<bool>,
    /// When a consumer last synchronised bulk data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_synced_at: Option<Box<str>>,
    /// URL of the preview image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_image_link: Option<Box<str>>,
    /// Price of the chosen options, in minor currency units, summed over all variations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_modifier_total: Option<i64>,
    /// Its product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Box<Product>>,
    /// How many were or would be ordered, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// Who takes part in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stakeholders: Option<Vec<Option<Stakeholder>>>,
    /// How it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Box<str>>,
    /// Temporary id that lets its holder change the transaction. Treat it as a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_owner_id: Option<Hidden>,
    /// How many variations a bulk design has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variations_count: Option<i64>,
    /// URL of the logo at the edge of the experience.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_footer_logo_link: Option<Box<str>>,
    /// Id of its workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<Box<str>>,
    /// State of the design, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_state: Option<JsonText>,
    /// URL that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_viewer_link: Option<Box<str>>,
    /// URL that shows it without letting anyone change it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_viewer_read_only_link: Option<Box<str>>,
    /// Whether the design was completed. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed: Option<bool>,
    /// Bundle it is in. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Box<Bundle>>,
    /// Transaction it is a variation of. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_transaction: Option<Box<Transaction>>,
    /// Id of the integration product it was made with. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_product_id: Option<Box<str>>,
    /// Variants that shops made for this design. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub design_external_variants: Option<Vec<Option<DesignExternalVariant>>>,
    /// URL of it in the REST API. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest_api_integration_link: Option<Box<str>>,
    /// The stakeholder who is asking. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_stakeholder: Option<Box<Stakeholder>>,
    /// Whether some actions need a login. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_authenticated_actions: Option<bool>,
    /// What it can be shared for. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_share_actions: Option<Vec<Option<ShareAction>>>,
}

/// A variant that was chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VariantSelection {
    /// Step it was chosen in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_title: Option<Box<str>>,
    /// The variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant_name: Option<Box<str>>,
}

/// The link between a product and a workflow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkflowProduct {
    /// Name of the workflow, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<Box<str>>,
    /// Id of the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Whether the link is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_present: Option<bool>,
    /// URL of the image to choose the workflow by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<Box<str>>,
    /// Id of the workflow, despite its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_name: Option<Box<str>>,
    /// Position among the product's workflows. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
}

/// A page of bundles. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BundlesFeed {
    /// The bundles of this page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Option<Bundle>>>,
    /// How many there are in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// A page of transactions. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TransactionsFeed {
    /// The transactions of this page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Option<Transaction>>>,
    /// How many there are in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// Something that a link can be shared for. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ShareAction {
    /// Id of the action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Title to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Box<str>>,
    /// Kind of action.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Box<str>>,
    /// Kind of stakeholder it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stakeholder_type: Option<Box<str>>,
    /// Position among the actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precedence: Option<i64>,
    /// URL to share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Box<str>>,
}

/// A variant that a shop made for a design. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DesignExternalVariant {
    /// Id of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Id of the product in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_product_id: Option<Box<str>>,
    /// Id of the variant in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_product_variant_id: Option<Box<str>>,
}

/// A price that begins at a quantity. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PriceBreak {
    /// Id of the price break.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Smallest quantity it applies to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_qty: Option<i64>,
    /// Reduction in per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentage: Option<f64>,
}

/// A tag of a product. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductTag {
    /// Id of the tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
}

/// A rate between two currencies. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CurrencyConversion {
    /// Rate of the currency converted from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_from: Option<f64>,
    /// Rate of the currency converted to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_to: Option<f64>,
    /// When the rates were taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Box<str>>,
}

/// Products offered together. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductCollection {
    /// Id of the collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Name of the collection, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// Description, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Box<str>>,
    /// First day of dispatch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispatch_start_date: Option<Box<str>>,
    /// Last day of dispatch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispatch_end_date: Option<Box<str>>,
    /// How many products are in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Global properties that apply to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_property_configuration: Option<Box<GlobalPropertyConfiguration>>,
    /// Customers who may use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_collection_customers: Option<Vec<Option<ProductCollectionCustomer>>>,
    /// Products in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_collection_products: Option<Vec<Option<ProductCollectionProduct>>>,
}

/// A customer who may use a product collection. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductCollectionCustomer {
    /// Id of the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Box<Customer>>,
    /// The collection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_collection: Option<Box<ProductCollection>>,
}

/// A product in a collection. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductCollectionProduct {
    /// Id of the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Id of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_id: Option<Box<str>>,
    /// Id of the workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<Box<str>>,
    /// The product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Box<Product>>,
    /// Workflows offered for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflows: Option<Vec<Option<ProductCollectionProductWorkflow>>>,
}

/// A workflow offered for a product of a collection. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductCollectionProductWorkflow {
    /// Link between the product and the workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_product: Option<Box<WorkflowProduct>>,
}

/// Choices for global properties, kept for use again. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GlobalPropertyTemplate {
    /// Id of the template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Name of the template, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// When the template was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Box<str>>,
    /// When the template last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Box<str>>,
    /// What it makes choices for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_property_configuration: Option<Box<GlobalPropertyConfiguration>>,
    /// The choices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_values: Option<Vec<Option<GlobalPropertyStateAspect>>>,
}

/// A page of templates. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GlobalPropertyTemplatesFeed {
    /// The templates of this page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Option<GlobalPropertyTemplate>>>,
    /// How many there are in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// Something to choose a variant of. Reduced to its identity. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DesignOption {
    /// Id of the option.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Name of the option.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
}

/// The steps of a design. Reduced to its identity. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Workflow {
    /// Id of the workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Box<str>>,
    /// Name of the workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
}

/// One key and value. The reference calls it BundleMetadataInput: which name the platform knows is unverified.
/// Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MetadataInput {
    /// The key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// A transaction to make. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TransactionCreateInput {
    /// Id of the integration product. Or name the product by the two external ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_product_id: Option<String>,
    /// What identifies the shop at its own platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_integration_id: Option<String>,
    /// Id of the product in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_product_id: Option<String>,
    /// Id of the workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<String>,
    /// Name of the design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub design_name: Option<String>,
    /// Whether the caller becomes its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<bool>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// Id of the transaction it is a variation of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_transaction_id: Option<String>,
}

/// A state to compare with the stored one. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TransactionConfirmInput {
    /// Id of the transaction.
    pub id: String,
    /// Hash of its workflow state. How it is made is unverified.
    pub hash: String,
}
