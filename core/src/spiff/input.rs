//! The inputs of operations that take more than a few ids. Generated from schema/spiff.graphql and schema/operations/ by `make generate`.

use super::flow::Terminal;
use super::texts::{Hidden, JsonText};
use super::types::*;
use serde::Serialize;

/// What `address_attach_to_bundle` takes. Attaches an address to a bundle. Unverified: known from a first-party client
/// alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressAttachToBundle {
    /// Id of the bundle.
    pub bundle_id: String,
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// Apartment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apartment: Option<String>,
    /// Town or city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_code: Option<String>,
}

/// What `address_attach_to_transaction` takes. Attaches an address to a transaction. Unverified: known from a
/// first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressAttachToTransaction {
    /// Id of the transaction.
    pub transaction_id: String,
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// Apartment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apartment: Option<String>,
    /// Town or city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_code: Option<String>,
}

/// What `bundle_add_stakeholder` takes. Lets a customer take part in a bundle. Unverified: known from a first-party
/// client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleAddStakeholder {
    /// Id of the bundle.
    pub id: String,
    /// Who it is.
    pub details: CustomerDetailsInput,
    /// Kind of part: Owner, Approver, Editor, Viewer, or another.
    #[serde(rename = "type")]
    pub kind: String,
}

/// What `bundle_add_transactions` takes. Puts transactions into a bundle. Unverified: known from a first-party client
/// alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleAddTransactions {
    /// Id of the bundle.
    pub id: String,
    /// Ids of the transactions.
    pub transaction_ids: Vec<String>,
    /// Owner ids that let the caller change them. Treat them as secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_owner_ids: Option<Vec<Hidden>>,
}

/// What `bundle_approve` takes. Approves a bundle. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleApprove {
    /// Id of the bundle.
    pub id: String,
    /// A note on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Id of the stakeholder who approves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stakeholder_id: Option<String>,
}

/// What `bundle_create` takes. Makes a bundle. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleCreate {
    /// Id of the product collection it is made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collection_id: Option<String>,
    /// Keys and values to keep with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<MetadataInput>>,
    /// Id of an installed theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketplace_theme_install_id: Option<String>,
    /// Id of the theme's configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketplace_theme_install_configuration_id: Option<String>,
    /// Id of an activation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activation_id: Option<String>,
    /// Whether it is a test, left out of reports and bills.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<bool>,
}

/// What `bundle_duplicate` takes. Copies a bundle. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleDuplicate {
    /// Id of the bundle.
    pub id: String,
    /// Whether the copy is a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<bool>,
    /// Id of an installed theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketplace_theme_install_id: Option<String>,
    /// Id of the theme's configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketplace_theme_install_configuration_id: Option<String>,
    /// Whether its transactions are copied too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_transactions: Option<bool>,
    /// Whether the copy is a test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<bool>,
}

/// What `bundle_email_share_page_link` takes. Sends the link to a bundle by email. Unverified: known from a first-party
/// client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleEmailSharePageLink {
    /// Id of the bundle.
    pub bundle_id: String,
    /// Email address it goes to.
    pub email: String,
    /// First name of whoever receives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name of whoever receives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
}

/// What `bundle_reject` takes. Rejects a bundle. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleReject {
    /// Id of the bundle.
    pub id: String,
    /// A note on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Id of the stakeholder who rejects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stakeholder_id: Option<String>,
}

/// What `bundle_update` takes. Changes a bundle. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleUpdate {
    /// Id of the bundle.
    pub id: String,
    /// Its new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Keys and values to keep with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<MetadataInput>>,
    /// What the experience in the browser keeps with it, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_state_data: Option<JsonText>,
    /// When it is to be dispatched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispatch_date: Option<String>,
    /// Purchase order it refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<String>,
    /// Id of the global properties that apply to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_property_configuration_id: Option<String>,
}

/// What `bundle_update_stakeholders` takes. Says who takes part in a bundle from now on. Unverified: known from a
/// first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleUpdateStakeholders {
    /// Id of the bundle.
    pub id: String,
    /// Everyone who takes part.
    pub input: Vec<BundleStakeholderInput>,
}

/// What `customer_bundles_feed` takes. Bundles of a customer, by pages. Unverified: known from a first-party client
/// alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerBundlesFeed {
    /// Id of the customer.
    pub id: String,
    /// Only templates, or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<bool>,
    /// Only templates in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_status: Option<String>,
    /// Only ordered ones, or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered: Option<bool>,
}

/// What `customer_create` takes. Makes a customer. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerCreate {
    /// Who it is.
    pub details: CustomerDetailsInput,
}

/// What `customer_transactions_feed` takes. Transactions of a customer, by pages. Unverified: known from a first-party
/// client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerTransactionsFeed {
    /// Id of the customer.
    pub id: String,
    /// Only those made since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<String>,
    /// Only those made until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
    /// Only those that match this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quicksearch: Option<String>,
}

/// What `global_property_configuration_update` takes. Changes a global property configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GlobalPropertyConfigurationUpdate {
    /// Id of the configuration.
    pub id: String,
    /// Its new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All its choices from now on.
    pub aspects: Vec<GlobalPropertyConfigurationAspectInput>,
}

/// What `global_property_state_update` takes. Records choices for global properties. The reference prints an undefined
/// type for aspects; first-party clients use this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GlobalPropertyStateUpdate {
    /// Id of the state.
    pub id: String,
    /// The choices.
    pub aspects: Vec<GlobalPropertyStateAspectInput>,
}

/// What `global_property_template_create` takes. Makes a template. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GlobalPropertyTemplateCreate {
    /// Id of the configuration it makes choices for.
    pub global_property_configuration_id: String,
    /// Id of the customer it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// The choices.
    pub aspects: Vec<GlobalPropertyStateAspectInput>,
}

/// What `global_property_template_update` takes. Changes a template. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GlobalPropertyTemplateUpdate {
    /// Id of the template.
    pub id: String,
    /// Its new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The choices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_values: Option<Vec<GlobalPropertyStateAspectInput>>,
}

/// What `global_property_templates_feed` takes. Templates of a customer, by pages. Unverified: known from a first-party
/// client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GlobalPropertyTemplatesFeed {
    /// Id of the customer.
    pub customer_id: String,
    /// Only those of this configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub global_property_configuration_id: Option<String>,
}

/// What `metafield_configuration_create` takes. Makes a metafield configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetafieldConfigurationCreate {
    /// Name of its metafields.
    pub name: String,
    /// Kind of thing it attaches to: Asset, Integration, Product, Variant, or another.
    pub entity_type: String,
    /// Kind of value it holds. Unverified: inferred, seen nowhere.
    pub metafield_type: String,
    /// What they are for. Unverified: inferred, seen nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What `order_create_simple_async` takes. Makes designs and places an order for them in one step. Its arguments, its
/// answer and how its end is told are not public. Unverified: known from an official example alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderCreateSimpleAsync {
    /// What to order. Unverified: inferred, seen nowhere.
    pub order_items: Vec<OrderSimpleItemInput>,
    /// Bundle to make for the items. Unverified: inferred, seen nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<OrderSimpleBundleInput>,
    /// The shop's id of the order. Unverified: inferred, seen nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What the shop knows about it. Unverified: inferred, seen nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_data: Option<ExternalDataInput>,
    /// Whether it was paid. Unverified: inferred, seen nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<bool>,
}

/// What `process_execution_create` takes. Starts a run of a flow. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessExecutionCreate {
    /// Id of the flow.
    pub process_flow_id: String,
    /// What each start terminal is given: {"text": …}, {"type": "Transaction", "id": …}, a list of these, or JSON text.
    pub inputs: Vec<Terminal>,
}

/// What `transaction_add_stakeholder` takes. Lets a customer take part in a transaction. Unverified: known from a
/// first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionAddStakeholder {
    /// Id of the transaction.
    pub id: String,
    /// Who it is.
    pub details: CustomerDetailsInput,
    /// Kind of part: Owner, Approver, Editor, Viewer, or another.
    #[serde(rename = "type")]
    pub kind: String,
}

/// What `transaction_approve` takes. Approves a transaction. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionApprove {
    /// Id of the transaction.
    pub id: String,
    /// A note on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What `transaction_confirm_workflow_states` takes. Compares workflow states with the stored ones and answers the ids
/// that differ. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionConfirmWorkflowStates {
    /// States to compare.
    pub transactions: Vec<TransactionConfirmInput>,
}

/// What `transaction_create` takes. Makes a transaction. Name the product by an integration product, or by the two
/// external ids. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionCreate {
    /// Id of the integration product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_product_id: Option<String>,
    /// What identifies the shop at its own platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_integration_id: Option<String>,
    /// Id of the product in the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_product_id: Option<String>,
    /// Whether it is a bulk design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk: Option<bool>,
    /// Whether the caller becomes its owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<bool>,
    /// Id of the workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<String>,
}

/// What `transaction_create_many` takes. Makes several transactions. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionCreateMany {
    /// The transactions.
    pub inputs: Vec<TransactionCreateInput>,
    /// Id of an installed theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketplace_theme_install_id: Option<String>,
    /// Id of the theme's configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketplace_theme_install_configuration_id: Option<String>,
}

/// What `transaction_duplicate` takes. Copies a transaction. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionDuplicate {
    /// Id of the transaction.
    pub id: String,
    /// Whether the copy is a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<bool>,
}

/// What `transaction_reject` takes. Rejects a transaction. Unverified: known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionReject {
    /// Id of the transaction.
    pub id: String,
    /// A note on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What `transaction_update` takes. Changes a transaction. Unverified: known from an official example alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionUpdate {
    /// Id of the transaction.
    pub id: String,
    /// Id of its new workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<String>,
    /// New name of the design. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub design_name: Option<String>,
    /// New state of the design, as JSON text. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_state: Option<JsonText>,
    /// How many. Unverified: known from a first-party client alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
}

/// What `transaction_update_integration_product` takes. Gives a transaction another integration product. Unverified:
/// known from a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionUpdateIntegrationProduct {
    /// Id of the transaction.
    pub id: String,
    /// Id of the integration product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_product_id: Option<String>,
}

/// What `transactions_add_stakeholder` takes. Lets a customer take part in several transactions. Unverified: known from
/// a first-party client alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TransactionsAddStakeholder {
    /// Ids of the transactions.
    pub ids: Vec<String>,
    /// Who it is.
    pub details: CustomerDetailsInput,
    /// Kind of part: Owner, Approver, Editor, Viewer, or another.
    #[serde(rename = "type")]
    pub kind: String,
}
