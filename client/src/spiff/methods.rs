//! The operations as methods. Generated from schema/spiff.graphql and schema/operations/ by `make generate`.

use super::pages::Pages;
use super::{Client, input, operations, types};
use countersign_core::Error;
use serde_json::json;

impl Client {
    /// Attaches an address to a bundle. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn address_attach_to_bundle(&self, input: &input::AddressAttachToBundle) -> Result<types::Bundle, Error> {
        self.answer(&operations::ADDRESS_ATTACH_TO_BUNDLE, json!(input))
    }

    /// Attaches an address to a transaction. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn address_attach_to_transaction(&self, input: &input::AddressAttachToTransaction) -> Result<types::Transaction, Error> {
        self.answer(&operations::ADDRESS_ATTACH_TO_TRANSACTION, json!(input))
    }

    /// Lets a customer take part in a bundle. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_add_stakeholder(&self, input: &input::BundleAddStakeholder) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_ADD_STAKEHOLDER, json!(input))
    }

    /// Puts a transaction into a bundle. Unverified: known from a first-party client alone.
    ///
    /// `id`: Id of the bundle.
    /// `transaction_id`: Id of the transaction.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_add_transaction(&self, id: &str, transaction_id: &str) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_ADD_TRANSACTION, json!({ "id": id, "transactionId": transaction_id }))
    }

    /// Puts transactions into a bundle. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_add_transactions(&self, input: &input::BundleAddTransactions) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_ADD_TRANSACTIONS, json!(input))
    }

    /// Approves a bundle. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_approve(&self, input: &input::BundleApprove) -> Result<bool, Error> {
        self.answer(&operations::BUNDLE_APPROVE, json!(input))
    }

    /// Assigns a product collection to a bundle. Unverified: known from a first-party client alone.
    ///
    /// `id`: Id of the bundle.
    /// `collection_id`: Id of the collection.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_assign_product_collection(&self, id: &str, collection_id: &str) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_ASSIGN_PRODUCT_COLLECTION, json!({ "id": id, "collectionId": collection_id }))
    }

    /// Makes a bundle. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_create(&self, input: &input::BundleCreate) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_CREATE, json!(input))
    }

    /// Deletes a bundle. Unverified: known from a first-party client alone.
    ///
    /// `id`: Id of the bundle.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_delete(&self, id: &str) -> Result<bool, Error> {
        self.answer(&operations::BUNDLE_DELETE, json!({ "id": id }))
    }

    /// Copies a bundle. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_duplicate(&self, input: &input::BundleDuplicate) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_DUPLICATE, json!(input))
    }

    /// Sends the link to a bundle by email. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_email_share_page_link(&self, input: &input::BundleEmailSharePageLink) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_EMAIL_SHARE_PAGE_LINK, json!(input))
    }

    /// Ends a change of a bundle. Unverified: known from a first-party client alone.
    ///
    /// `bundle_id`: Id of the bundle.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_finalize_update(&self, bundle_id: &str) -> Result<bool, Error> {
        self.answer(&operations::BUNDLE_FINALIZE_UPDATE, json!({ "bundleId": bundle_id }))
    }

    /// Makes a quote id for a bundle. Unverified: known from a first-party client alone.
    ///
    /// `id`: Id of the bundle.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_generate_quote_id(&self, id: &str) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_GENERATE_QUOTE_ID, json!({ "id": id }))
    }

    /// Rejects a bundle. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_reject(&self, input: &input::BundleReject) -> Result<bool, Error> {
        self.answer(&operations::BUNDLE_REJECT, json!(input))
    }

    /// Ends a customer's part in a bundle. Unverified: known from a first-party client alone.
    ///
    /// `id`: Id of the bundle.
    /// `email_address`: Email address of the customer.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_remove_stakeholder(&self, id: &str, email_address: &str) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_REMOVE_STAKEHOLDER, json!({ "id": id, "emailAddress": email_address }))
    }

    /// Takes a transaction out of a bundle. Unverified: known from a first-party client alone.
    ///
    /// `id`: Id of the bundle.
    /// `transaction_id`: Id of the transaction.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_remove_transaction(&self, id: &str, transaction_id: &str) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_REMOVE_TRANSACTION, json!({ "id": id, "transactionId": transaction_id }))
    }

    /// Takes transactions out of a bundle. Unverified: known from a first-party client alone.
    ///
    /// `id`: Id of the bundle.
    /// `transaction_ids`: Ids of the transactions.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_remove_transactions(&self, id: &str, transaction_ids: &[&str]) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_REMOVE_TRANSACTIONS, json!({ "id": id, "transactionIds": transaction_ids }))
    }

    /// Changes a bundle. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_update(&self, input: &input::BundleUpdate) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_UPDATE, json!(input))
    }

    /// Says who takes part in a bundle from now on. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_update_stakeholders(&self, input: &input::BundleUpdateStakeholders) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_UPDATE_STAKEHOLDERS, json!(input))
    }

    /// Puts the transactions of a bundle into this order. Unverified: known from a first-party client alone.
    ///
    /// `id`: Id of the bundle.
    /// `transaction_ids`: Ids of the transactions, first to last.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn bundle_update_transaction_order(&self, id: &str, transaction_ids: &[&str]) -> Result<types::Bundle, Error> {
        self.answer(&operations::BUNDLE_UPDATE_TRANSACTION_ORDER, json!({ "id": id, "transactionIds": transaction_ids }))
    }

    /// Bundles by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids,
    /// `None` where the platform shows none. Any number of ids.
    ///
    /// `ids`: Ids of bundles.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn bundles(&self, ids: &[&str]) -> Result<Vec<Option<types::Bundle>>, Error> {
        self.answer(&operations::BUNDLES, json!({ "ids": ids }))
    }

    /// What consumers are asked for, by its id. Unverified: known from a first-party client alone.
    ///
    /// `id`: Id of the configuration.
    ///
    /// # Errors
    /// `missing_data` if it is not shown; those of a read.
    pub fn conversion_configuration(&self, id: &str) -> Result<types::ConversionConfiguration, Error> {
        self.answer(&operations::CONVERSION_CONFIGURATION, json!({ "id": id }))
    }

    /// The rate between two currencies. Unverified: known from a first-party client alone.
    ///
    /// `from`: Currency to convert from, as three letters.
    /// `to`: Currency to convert to, as three letters.
    ///
    /// # Errors
    /// `missing_data` if it is not shown; those of a read.
    pub fn currency_conversion(&self, from: &str, to: &str) -> Result<types::CurrencyConversion, Error> {
        self.answer(&operations::CURRENCY_CONVERSION, json!({ "from": from, "to": to }))
    }

    /// The integration that the credentials belong to. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// `missing_data` if it is not shown; those of a read.
    pub fn current_integration(&self) -> Result<types::Integration, Error> {
        self.answer(&operations::CURRENT_INTEGRATION, json!({}))
    }

    /// The customer with an email address. Unverified: known from a first-party client alone.
    ///
    /// `email_address`: Email address.
    ///
    /// # Errors
    /// `missing_data` if it is not shown; those of a read.
    pub fn customer(&self, email_address: &str) -> Result<types::Customer, Error> {
        self.answer(&operations::CUSTOMER, json!({ "emailAddress": email_address }))
    }

    /// Logs a customer in by a token. Unverified: known from a first-party client alone.
    ///
    /// `login_token`: The token. Treat it as a secret.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn customer_authenticate(&self, login_token: &str) -> Result<types::Customer, Error> {
        self.answer(&operations::CUSTOMER_AUTHENTICATE, json!({ "loginToken": login_token }))
    }

    /// Bundles of a customer, by pages. Unverified: known from a first-party client alone. Read page by page while it
    /// is iterated.
    pub fn customer_bundles_feed(&self, input: &input::CustomerBundlesFeed) -> Pages<types::Bundle> {
        self.pages(&operations::CUSTOMER_BUNDLES_FEED, json!(input))
    }

    /// Makes a customer. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn customer_create(&self, input: &input::CustomerCreate) -> Result<types::Customer, Error> {
        self.answer(&operations::CUSTOMER_CREATE, json!(input))
    }

    /// Sends a customer a code to log in with. Unverified: known from a first-party client alone.
    ///
    /// `email_address`: Email address of the customer.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn customer_generate_verification_code(&self, email_address: &str) -> Result<bool, Error> {
        self.answer(&operations::CUSTOMER_GENERATE_VERIFICATION_CODE, json!({ "emailAddress": email_address }))
    }

    /// Transactions of a customer, by pages. Unverified: known from a first-party client alone. Read page by page while
    /// it is iterated.
    pub fn customer_transactions_feed(&self, input: &input::CustomerTransactionsFeed) -> Pages<types::Transaction> {
        self.pages(&operations::CUSTOMER_TRANSACTIONS_FEED, json!(input))
    }

    /// Logs a customer in by a code. Unverified: known from a first-party client alone.
    ///
    /// `email_address`: Email address of the customer.
    /// `verification_code`: The code. Treat it as a secret.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn customer_verify_code(&self, email_address: &str, verification_code: &str) -> Result<types::Customer, Error> {
        self.answer(&operations::CUSTOMER_VERIFY_CODE, json!({ "emailAddress": email_address, "verificationCode": verification_code }))
    }

    /// Customers by their ids. The answer is aligned with the ids, `None` where the platform shows none. Any number of
    /// ids.
    ///
    /// `ids`: Ids of customers.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn customers(&self, ids: &[&str]) -> Result<Vec<Option<types::Customer>>, Error> {
        self.answer(&operations::CUSTOMERS, json!({ "ids": ids }))
    }

    /// Makes an empty global property configuration.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn global_property_configuration_create(&self) -> Result<types::GlobalPropertyConfiguration, Error> {
        self.answer(&operations::GLOBAL_PROPERTY_CONFIGURATION_CREATE, json!({}))
    }

    /// Changes a global property configuration.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn global_property_configuration_update(&self, input: &input::GlobalPropertyConfigurationUpdate) -> Result<types::GlobalPropertyConfiguration, Error> {
        self.answer(&operations::GLOBAL_PROPERTY_CONFIGURATION_UPDATE, json!(input))
    }

    /// Global property configurations by their ids. The answer is aligned with the ids, `None` where the platform shows
    /// none. Any number of ids.
    ///
    /// `ids`: Ids of configurations.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn global_property_configurations(&self, ids: &[&str]) -> Result<Vec<Option<types::GlobalPropertyConfiguration>>, Error> {
        self.answer(&operations::GLOBAL_PROPERTY_CONFIGURATIONS, json!({ "ids": ids }))
    }

    /// All global property configurations.
    pub fn global_property_configurations_feed(&self) -> Pages<types::GlobalPropertyConfiguration> {
        self.pages(&operations::GLOBAL_PROPERTY_CONFIGURATIONS_FEED, json!({}))
    }

    /// What was chosen for the global properties of a bundle. The reference prints another type for its argument, which
    /// seems to be a slip.
    ///
    /// `bundle_id`: Id of the bundle.
    ///
    /// # Errors
    /// `missing_data` if it is not shown; those of a read.
    pub fn global_property_state(&self, bundle_id: &str) -> Result<types::GlobalPropertyState, Error> {
        self.answer(&operations::GLOBAL_PROPERTY_STATE, json!({ "bundleId": bundle_id }))
    }

    /// Begins to record choices for global properties.
    ///
    /// `bundle_id`: Id of the bundle they are for.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn global_property_state_create(&self, bundle_id: &str) -> Result<types::GlobalPropertyState, Error> {
        self.answer(&operations::GLOBAL_PROPERTY_STATE_CREATE, json!({ "bundleId": bundle_id }))
    }

    /// Records choices for global properties. The reference prints an undefined type for aspects; first-party clients
    /// use this one.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn global_property_state_update(&self, input: &input::GlobalPropertyStateUpdate) -> Result<types::GlobalPropertyState, Error> {
        self.answer(&operations::GLOBAL_PROPERTY_STATE_UPDATE, json!(input))
    }

    /// Makes a template. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn global_property_template_create(&self, input: &input::GlobalPropertyTemplateCreate) -> Result<types::GlobalPropertyTemplate, Error> {
        self.answer(&operations::GLOBAL_PROPERTY_TEMPLATE_CREATE, json!(input))
    }

    /// Deletes a template. Unverified: known from a first-party client alone.
    ///
    /// `id`: Id of the template.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn global_property_template_delete(&self, id: &str) -> Result<bool, Error> {
        self.answer(&operations::GLOBAL_PROPERTY_TEMPLATE_DELETE, json!({ "id": id }))
    }

    /// Changes a template. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn global_property_template_update(&self, input: &input::GlobalPropertyTemplateUpdate) -> Result<types::GlobalPropertyTemplate, Error> {
        self.answer(&operations::GLOBAL_PROPERTY_TEMPLATE_UPDATE, json!(input))
    }

    /// Templates of a customer, by pages. Unverified: known from a first-party client alone. Read page by page while it
    /// is iterated.
    pub fn global_property_templates_feed(&self, input: &input::GlobalPropertyTemplatesFeed) -> Pages<types::GlobalPropertyTemplate> {
        self.pages(&operations::GLOBAL_PROPERTY_TEMPLATES_FEED, json!(input))
    }

    /// The integration product for a product of a shop. Unverified: known from a first-party client alone.
    ///
    /// `external_integration_id`: What identifies the shop at its own platform.
    /// `external_product_id`: Id of the product in the shop.
    ///
    /// # Errors
    /// `missing_data` if it is not shown; those of a read.
    pub fn integration_product_from_external_ids(&self, external_integration_id: &str, external_product_id: &str) -> Result<types::IntegrationProduct, Error> {
        self.answer(&operations::INTEGRATION_PRODUCT_FROM_EXTERNAL_IDS, json!({ "externalIntegrationId": external_integration_id, "externalProductId": external_product_id }))
    }

    /// Integration products by their ids. Unverified: known from a first-party client alone. The answer is aligned with
    /// the ids, `None` where the platform shows none. Any number of ids.
    ///
    /// `ids`: Ids of integration products.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn integration_products(&self, ids: &[&str]) -> Result<Vec<Option<types::IntegrationProduct>>, Error> {
        self.answer(&operations::INTEGRATION_PRODUCTS, json!({ "ids": ids }))
    }

    /// Integrations by their ids. The answer is aligned with the ids, `None` where the platform shows none. Any number
    /// of ids.
    ///
    /// `ids`: Ids of integrations.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn integrations(&self, ids: &[&str]) -> Result<Vec<Option<types::Integration>>, Error> {
        self.answer(&operations::INTEGRATIONS, json!({ "ids": ids }))
    }

    /// Makes a metafield configuration.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn metafield_configuration_create(&self, input: &input::MetafieldConfigurationCreate) -> Result<types::MetafieldConfiguration, Error> {
        self.answer(&operations::METAFIELD_CONFIGURATION_CREATE, json!(input))
    }

    /// All metafield configurations for one kind of thing.
    ///
    /// `entity_type`: Kind of thing: Asset, Integration, Product, Variant, or another. The argument's name is not
    /// printed anywhere. Unverified: inferred, seen nowhere.
    pub fn metafield_configurations_feed(&self, entity_type: &str) -> Pages<types::MetafieldConfiguration> {
        self.pages(&operations::METAFIELD_CONFIGURATIONS_FEED, json!({ "entityType": entity_type }))
    }

    /// Metafields of one thing. Unverified: known from a first-party client alone.
    ///
    /// `entity_id`: Id of the thing.
    ///
    /// # Errors
    /// `missing_data` if it is not shown; those of a read.
    pub fn metafields(&self, entity_id: &str) -> Result<Vec<Option<types::Metafield>>, Error> {
        self.answer(&operations::METAFIELDS, json!({ "entityId": entity_id }))
    }

    /// Metafields of several things, in one list; each says what it is attached to. Unverified: known from a
    /// first-party client alone. Any number of them.
    ///
    /// `entity_ids`: Ids of the things.
    ///
    /// # Errors
    /// `missing_data` if it is not shown; those of a read.
    pub fn metafields_many(&self, entity_ids: &[&str]) -> Result<Vec<Option<types::Metafield>>, Error> {
        self.answer(&operations::METAFIELDS_MANY, json!({ "entityIds": entity_ids }))
    }

    /// Options by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids,
    /// `None` where the platform shows none. Any number of ids.
    ///
    /// `ids`: Ids of options.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn options(&self, ids: &[&str]) -> Result<Vec<Option<types::DesignOption>>, Error> {
        self.answer(&operations::OPTIONS, json!({ "ids": ids }))
    }

    /// Makes designs and places an order for them in one step. Its arguments, its answer and how its end is told are
    /// not public. Unverified: known from an official example alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn order_create_simple_async(&self, input: &input::OrderCreateSimpleAsync) -> Result<types::Order, Error> {
        self.answer(&operations::ORDER_CREATE_SIMPLE_ASYNC, json!(input))
    }

    /// Order statuses, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated.
    pub fn order_statuses_feed(&self) -> Pages<types::OrderStatus> {
        self.pages(&operations::ORDER_STATUSES_FEED, json!({}))
    }

    /// Orders by their ids. Unverified: known from an official example alone. The answer is aligned with the ids,
    /// `None` where the platform shows none. Any number of ids.
    ///
    /// `ids`: Ids of orders.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn orders(&self, ids: &[&str]) -> Result<Vec<Option<types::Order>>, Error> {
        self.answer(&operations::ORDERS, json!({ "ids": ids }))
    }

    /// Attaches an organisation to a bundle. Unverified: known from a first-party client alone.
    ///
    /// `bundle_id`: Id of the bundle.
    /// `organization_name`: Name of the organisation.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn organization_attach_to_bundle(&self, bundle_id: &str, organization_name: &str) -> Result<types::Bundle, Error> {
        self.answer(&operations::ORGANIZATION_ATTACH_TO_BUNDLE, json!({ "bundleId": bundle_id, "organizationName": organization_name }))
    }

    /// Attaches an organisation to a transaction. Unverified: known from a first-party client alone.
    ///
    /// `transaction_id`: Id of the transaction.
    /// `organization_name`: Name of the organisation.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn organization_attach_to_transaction(&self, transaction_id: &str, organization_name: &str) -> Result<types::Transaction, Error> {
        self.answer(&operations::ORGANIZATION_ATTACH_TO_TRANSACTION, json!({ "transactionId": transaction_id, "organizationName": organization_name }))
    }

    /// Starts a run of a flow. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn process_execution_create(&self, input: &input::ProcessExecutionCreate) -> Result<types::ProcessExecution, Error> {
        self.answer(&operations::PROCESS_EXECUTION_CREATE, json!(input))
    }

    /// Runs of flows by their ids. Unverified: known from a first-party client alone. The answer is aligned with the
    /// ids, `None` where the platform shows none. Any number of ids.
    ///
    /// `ids`: Ids of runs.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn process_executions(&self, ids: &[&str]) -> Result<Vec<Option<types::ProcessExecution>>, Error> {
        self.answer(&operations::PROCESS_EXECUTIONS, json!({ "ids": ids }))
    }

    /// Runs of flows, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated.
    pub fn process_executions_feed(&self) -> Pages<types::ProcessExecution> {
        self.pages(&operations::PROCESS_EXECUTIONS_FEED, json!({}))
    }

    /// All flow contexts. Unverified: inferred, seen nowhere.
    pub fn process_flow_contexts_feed(&self) -> Pages<types::ProcessFlowContext> {
        self.pages(&operations::PROCESS_FLOW_CONTEXTS_FEED, json!({}))
    }

    /// Flows by their ids. Unverified: inferred, seen nowhere. The answer is aligned with the ids, `None` where the
    /// platform shows none. Any number of ids.
    ///
    /// `ids`: Ids of flows.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn process_flows(&self, ids: &[&str]) -> Result<Vec<Option<types::ProcessFlow>>, Error> {
        self.answer(&operations::PROCESS_FLOWS, json!({ "ids": ids }))
    }

    /// Flows, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated.
    pub fn process_flows_feed(&self) -> Pages<types::ProcessFlow> {
        self.pages(&operations::PROCESS_FLOWS_FEED, json!({}))
    }

    /// Product collections by their ids. Unverified: known from a first-party client alone. The answer is aligned with
    /// the ids, `None` where the platform shows none. Any number of ids.
    ///
    /// `ids`: Ids of collections.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn product_collections(&self, ids: &[&str]) -> Result<Vec<Option<types::ProductCollection>>, Error> {
        self.answer(&operations::PRODUCT_COLLECTIONS, json!({ "ids": ids }))
    }

    /// Products by their ids. Unverified: inferred, seen nowhere. The answer is aligned with the ids, `None` where the
    /// platform shows none. Any number of ids.
    ///
    /// `ids`: Ids of products.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn products(&self, ids: &[&str]) -> Result<Vec<Option<types::Product>>, Error> {
        self.answer(&operations::PRODUCTS, json!({ "ids": ids }))
    }

    /// All tags of one thing. Unverified: inferred, seen nowhere.
    ///
    /// `entity_id`: Id of the thing.
    pub fn tags_feed(&self, entity_id: &str) -> Pages<types::Tag> {
        self.pages(&operations::TAGS_FEED, json!({ "entityId": entity_id }))
    }

    /// Tags of several things, in one list; each says what it is attached to. Unverified: known from a first-party
    /// client alone. Any number of them.
    ///
    /// `entity_ids`: Ids of the things.
    ///
    /// # Errors
    /// `missing_data` if it is not shown; those of a read.
    pub fn tags_many(&self, entity_ids: &[&str]) -> Result<Vec<Option<types::Tag>>, Error> {
        self.answer(&operations::TAGS_MANY, json!({ "entityIds": entity_ids }))
    }

    /// Lets a customer take part in a transaction. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn transaction_add_stakeholder(&self, input: &input::TransactionAddStakeholder) -> Result<types::Transaction, Error> {
        self.answer(&operations::TRANSACTION_ADD_STAKEHOLDER, json!(input))
    }

    /// Approves a transaction. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn transaction_approve(&self, input: &input::TransactionApprove) -> Result<bool, Error> {
        self.answer(&operations::TRANSACTION_APPROVE, json!(input))
    }

    /// Makes the caller the owner of a transaction. Unverified: known from a first-party client alone.
    ///
    /// `id`: Id of the transaction.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn transaction_claim(&self, id: &str) -> Result<types::Transaction, Error> {
        self.answer(&operations::TRANSACTION_CLAIM, json!({ "id": id }))
    }

    /// Compares workflow states with the stored ones and answers the ids that differ. Unverified: known from a
    /// first-party client alone. Any number of them.
    ///
    /// # Errors
    /// `missing_data` if it is not shown; those of a read.
    pub fn transaction_confirm_workflow_states(&self, input: &input::TransactionConfirmWorkflowStates) -> Result<Vec<Option<String>>, Error> {
        self.answer(&operations::TRANSACTION_CONFIRM_WORKFLOW_STATES, json!(input))
    }

    /// Makes a transaction. Name the product by an integration product, or by the two external ids. Unverified: known
    /// from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn transaction_create(&self, input: &input::TransactionCreate) -> Result<types::Transaction, Error> {
        self.answer(&operations::TRANSACTION_CREATE, json!(input))
    }

    /// Makes several transactions. Unverified: known from a first-party client alone. At most 50 at once.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn transaction_create_many(&self, input: &input::TransactionCreateMany) -> Result<Vec<Option<types::Transaction>>, Error> {
        self.answer(&operations::TRANSACTION_CREATE_MANY, json!(input))
    }

    /// Copies a transaction. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn transaction_duplicate(&self, input: &input::TransactionDuplicate) -> Result<types::Transaction, Error> {
        self.answer(&operations::TRANSACTION_DUPLICATE, json!(input))
    }

    /// Ends a change of a transaction. Unverified: known from a first-party client alone.
    ///
    /// `transaction_id`: Id of the transaction.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn transaction_finalize_update(&self, transaction_id: &str) -> Result<bool, Error> {
        self.answer(&operations::TRANSACTION_FINALIZE_UPDATE, json!({ "transactionId": transaction_id }))
    }

    /// Rejects a transaction. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn transaction_reject(&self, input: &input::TransactionReject) -> Result<bool, Error> {
        self.answer(&operations::TRANSACTION_REJECT, json!(input))
    }

    /// Changes a transaction. Unverified: known from an official example alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn transaction_update(&self, input: &input::TransactionUpdate) -> Result<types::Transaction, Error> {
        self.answer(&operations::TRANSACTION_UPDATE, json!(input))
    }

    /// Gives a transaction another integration product. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn transaction_update_integration_product(&self, input: &input::TransactionUpdateIntegrationProduct) -> Result<types::Transaction, Error> {
        self.answer(&operations::TRANSACTION_UPDATE_INTEGRATION_PRODUCT, json!(input))
    }

    /// Transactions by their ids. Unverified: known from a first-party client alone. The answer is aligned with the
    /// ids, `None` where the platform shows none. Any number of ids.
    ///
    /// `ids`: Ids of transactions.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn transactions(&self, ids: &[&str]) -> Result<Vec<Option<types::Transaction>>, Error> {
        self.answer(&operations::TRANSACTIONS, json!({ "ids": ids }))
    }

    /// Lets a customer take part in several transactions. Unverified: known from a first-party client alone.
    ///
    /// # Errors
    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.
    pub fn transactions_add_stakeholder(&self, input: &input::TransactionsAddStakeholder) -> Result<Vec<Option<types::Transaction>>, Error> {
        self.answer(&operations::TRANSACTIONS_ADD_STAKEHOLDER, json!(input))
    }

    /// Workflows by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids,
    /// `None` where the platform shows none. Any number of ids.
    ///
    /// `ids`: Ids of workflows.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them; those of a read.
    pub fn workflows(&self, ids: &[&str]) -> Result<Vec<Option<types::Workflow>>, Error> {
        self.answer(&operations::WORKFLOWS, json!({ "ids": ids }))
    }
}
