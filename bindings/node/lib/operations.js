// The operations of Spiff's model as methods over `run`; spiff-model.d.ts has their manual.
// Generated from schema/spiff.graphql and schema/operations/ by `make generate`.
'use strict'

const { pages, run } = require('./pages.js')

/** The class with a method for each operation. */
exports.withOperations = Base => class extends Base {
  addressAttachToBundle (input, options) {
    return run(this, 'address_attach_to_bundle', input, options)
  }

  addressAttachToTransaction (input, options) {
    return run(this, 'address_attach_to_transaction', input, options)
  }

  bundleAddStakeholder (id, details, type, options) {
    return run(this, 'bundle_add_stakeholder', { id, details, type }, options)
  }

  bundleAddTransaction (id, transactionId, options) {
    return run(this, 'bundle_add_transaction', { id, transactionId }, options)
  }

  bundleAddTransactions (input, options) {
    return run(this, 'bundle_add_transactions', input, options)
  }

  bundleApprove (input, options) {
    return run(this, 'bundle_approve', input, options)
  }

  bundleAssignProductCollection (id, collectionId, options) {
    return run(this, 'bundle_assign_product_collection', { id, collectionId }, options)
  }

  bundleCreate (input = {}, options) {
    return run(this, 'bundle_create', input, options)
  }

  bundleDelete (id, options) {
    return run(this, 'bundle_delete', { id }, options)
  }

  bundleDuplicate (input, options) {
    return run(this, 'bundle_duplicate', input, options)
  }

  bundleEmailSharePageLink (input, options) {
    return run(this, 'bundle_email_share_page_link', input, options)
  }

  bundleFinalizeUpdate (bundleId, options) {
    return run(this, 'bundle_finalize_update', { bundleId }, options)
  }

  bundleGenerateQuoteId (id, options) {
    return run(this, 'bundle_generate_quote_id', { id }, options)
  }

  bundleReject (input, options) {
    return run(this, 'bundle_reject', input, options)
  }

  bundleRemoveStakeholder (id, emailAddress, options) {
    return run(this, 'bundle_remove_stakeholder', { id, emailAddress }, options)
  }

  bundleRemoveTransaction (id, transactionId, options) {
    return run(this, 'bundle_remove_transaction', { id, transactionId }, options)
  }

  bundleRemoveTransactions (id, transactionIds, options) {
    return run(this, 'bundle_remove_transactions', { id, transactionIds }, options)
  }

  bundleUpdate (input, options) {
    return run(this, 'bundle_update', input, options)
  }

  bundleUpdateStakeholders (id, input, options) {
    return run(this, 'bundle_update_stakeholders', { id, input }, options)
  }

  bundleUpdateTransactionOrder (id, transactionIds, options) {
    return run(this, 'bundle_update_transaction_order', { id, transactionIds }, options)
  }

  bundles (ids, options) {
    return run(this, 'bundles', { ids }, options)
  }

  conversionConfiguration (id, options) {
    return run(this, 'conversion_configuration', { id }, options)
  }

  currencyConversion (from, to, options) {
    return run(this, 'currency_conversion', { from, to }, options)
  }

  currentIntegration (options) {
    return run(this, 'current_integration', {}, options)
  }

  customer (emailAddress, options) {
    return run(this, 'customer', { emailAddress }, options)
  }

  customerAuthenticate (loginToken, options) {
    return run(this, 'customer_authenticate', { loginToken }, options)
  }

  customerBundlesFeed (input, options) {
    return pages(this, 'customer_bundles_feed', input, options)
  }

  customerCreate (details, options) {
    return run(this, 'customer_create', { details }, options)
  }

  customerGenerateVerificationCode (emailAddress, options) {
    return run(this, 'customer_generate_verification_code', { emailAddress }, options)
  }

  customerTransactionsFeed (input, options) {
    return pages(this, 'customer_transactions_feed', input, options)
  }

  customerVerifyCode (emailAddress, verificationCode, options) {
    return run(this, 'customer_verify_code', { emailAddress, verificationCode }, options)
  }

  customers (ids, options) {
    return run(this, 'customers', { ids }, options)
  }

  globalPropertyConfigurationCreate (options) {
    return run(this, 'global_property_configuration_create', {}, options)
  }

  globalPropertyConfigurationUpdate (input, options) {
    return run(this, 'global_property_configuration_update', input, options)
  }

  globalPropertyConfigurations (ids, options) {
    return run(this, 'global_property_configurations', { ids }, options)
  }

  globalPropertyConfigurationsFeed (options) {
    return pages(this, 'global_property_configurations_feed', {}, options)
  }

  globalPropertyState (bundleId, options) {
    return run(this, 'global_property_state', { bundleId }, options)
  }

  globalPropertyStateCreate (bundleId, options) {
    return run(this, 'global_property_state_create', { bundleId }, options)
  }

  globalPropertyStateUpdate (id, aspects, options) {
    return run(this, 'global_property_state_update', { id, aspects }, options)
  }

  globalPropertyTemplateCreate (input, options) {
    return run(this, 'global_property_template_create', input, options)
  }

  globalPropertyTemplateDelete (id, options) {
    return run(this, 'global_property_template_delete', { id }, options)
  }

  globalPropertyTemplateUpdate (input, options) {
    return run(this, 'global_property_template_update', input, options)
  }

  globalPropertyTemplatesFeed (input, options) {
    return pages(this, 'global_property_templates_feed', input, options)
  }

  integrationProductFromExternalIds (externalIntegrationId, externalProductId, options) {
    return run(this, 'integration_product_from_external_ids', { externalIntegrationId, externalProductId }, options)
  }

  integrationProducts (ids, options) {
    return run(this, 'integration_products', { ids }, options)
  }

  integrations (ids, options) {
    return run(this, 'integrations', { ids }, options)
  }

  metafieldConfigurationCreate (input, options) {
    return run(this, 'metafield_configuration_create', input, options)
  }

  metafieldConfigurationsFeed (entityType, options) {
    return pages(this, 'metafield_configurations_feed', { entityType }, options)
  }

  metafields (entityId, options) {
    return run(this, 'metafields', { entityId }, options)
  }

  metafieldsMany (entityIds, options) {
    return run(this, 'metafields_many', { entityIds }, options)
  }

  options (ids, options) {
    return run(this, 'options', { ids }, options)
  }

  orderCreateSimpleAsync (input, options) {
    return run(this, 'order_create_simple_async', input, options)
  }

  orderStatusesFeed (options) {
    return pages(this, 'order_statuses_feed', {}, options)
  }

  orders (ids, options) {
    return run(this, 'orders', { ids }, options)
  }

  organizationAttachToBundle (bundleId, organizationName, options) {
    return run(this, 'organization_attach_to_bundle', { bundleId, organizationName }, options)
  }

  organizationAttachToTransaction (transactionId, organizationName, options) {
    return run(this, 'organization_attach_to_transaction', { transactionId, organizationName }, options)
  }

  processExecutionCreate (processFlowId, inputs, options) {
    return run(this, 'process_execution_create', { processFlowId, inputs }, options)
  }

  processExecutions (ids, options) {
    return run(this, 'process_executions', { ids }, options)
  }

  processExecutionsFeed (options) {
    return pages(this, 'process_executions_feed', {}, options)
  }

  processFlowContextsFeed (options) {
    return pages(this, 'process_flow_contexts_feed', {}, options)
  }

  processFlows (ids, options) {
    return run(this, 'process_flows', { ids }, options)
  }

  processFlowsFeed (options) {
    return pages(this, 'process_flows_feed', {}, options)
  }

  productCollections (ids, options) {
    return run(this, 'product_collections', { ids }, options)
  }

  products (ids, options) {
    return run(this, 'products', { ids }, options)
  }

  tagsFeed (entityId, options) {
    return pages(this, 'tags_feed', { entityId }, options)
  }

  tagsMany (entityIds, options) {
    return run(this, 'tags_many', { entityIds }, options)
  }

  transactionAddStakeholder (id, details, type, options) {
    return run(this, 'transaction_add_stakeholder', { id, details, type }, options)
  }

  transactionApprove (input, options) {
    return run(this, 'transaction_approve', input, options)
  }

  transactionClaim (id, options) {
    return run(this, 'transaction_claim', { id }, options)
  }

  transactionConfirmWorkflowStates (transactions, options) {
    return run(this, 'transaction_confirm_workflow_states', { transactions }, options)
  }

  transactionCreate (input = {}, options) {
    return run(this, 'transaction_create', input, options)
  }

  transactionCreateMany (input, options) {
    return run(this, 'transaction_create_many', input, options)
  }

  transactionDuplicate (input, options) {
    return run(this, 'transaction_duplicate', input, options)
  }

  transactionFinalizeUpdate (transactionId, options) {
    return run(this, 'transaction_finalize_update', { transactionId }, options)
  }

  transactionReject (input, options) {
    return run(this, 'transaction_reject', input, options)
  }

  transactionUpdate (input, options) {
    return run(this, 'transaction_update', input, options)
  }

  transactionUpdateIntegrationProduct (input, options) {
    return run(this, 'transaction_update_integration_product', input, options)
  }

  transactions (ids, options) {
    return run(this, 'transactions', { ids }, options)
  }

  transactionsAddStakeholder (ids, details, type, options) {
    return run(this, 'transactions_add_stakeholder', { ids, details, type }, options)
  }

  workflows (ids, options) {
    return run(this, 'workflows', { ids }, options)
  }
}
