<?php
// The operations of Spiff as methods over run(). Generated from schema/spiff.graphql and schema/operations/ by `make generate`.

declare(strict_types=1);

namespace Countersign;

use Countersign\Internal\Operations;

/** What {@see SpiffOperationsInterface} says, by run(): also for a double in a test. */
trait SpiffOperations
{
    use Operations;

    public function addressAttachToBundle(
        string $bundleId,
        ?string $streetAddress = null,
        ?string $apartment = null,
        ?string $city = null,
        ?string $country = null,
        ?string $state = null,
        ?string $postCode = null,
        ?string $select = null,
    ): array {
        return $this->operation('address_attach_to_bundle', [
            'bundleId' => $bundleId,
            'streetAddress' => $streetAddress,
            'apartment' => $apartment,
            'city' => $city,
            'country' => $country,
            'state' => $state,
            'postCode' => $postCode,
            'select' => $select,
        ]);
    }

    public function addressAttachToTransaction(
        string $transactionId,
        ?string $streetAddress = null,
        ?string $apartment = null,
        ?string $city = null,
        ?string $country = null,
        ?string $state = null,
        ?string $postCode = null,
        ?string $select = null,
    ): array {
        return $this->operation('address_attach_to_transaction', [
            'transactionId' => $transactionId,
            'streetAddress' => $streetAddress,
            'apartment' => $apartment,
            'city' => $city,
            'country' => $country,
            'state' => $state,
            'postCode' => $postCode,
            'select' => $select,
        ]);
    }

    public function bundleAddStakeholder(string $id, array $details, string $type, ?string $select = null): array
    {
        return $this->operation('bundle_add_stakeholder', [
            'id' => $id,
            'details' => (object) $details,
            'type' => $type,
            'select' => $select,
        ]);
    }

    public function bundleAddTransaction(string $id, string $transactionId, ?string $select = null): array
    {
        return $this->operation('bundle_add_transaction', [
            'id' => $id,
            'transactionId' => $transactionId,
            'select' => $select,
        ]);
    }

    public function bundleAddTransactions(
        string $id,
        array $transactionIds,
        #[\SensitiveParameter] ?array $transactionOwnerIds = null,
        ?string $select = null,
    ): array {
        return $this->operation('bundle_add_transactions', [
            'id' => $id,
            'transactionIds' => array_values($transactionIds),
            'transactionOwnerIds' => $transactionOwnerIds === null ? null : array_values($transactionOwnerIds),
            'select' => $select,
        ]);
    }

    public function bundleApprove(string $id, ?string $note = null, ?string $stakeholderId = null): bool
    {
        return $this->operation('bundle_approve', ['id' => $id, 'note' => $note, 'stakeholderId' => $stakeholderId]);
    }

    public function bundleAssignProductCollection(string $id, string $collectionId, ?string $select = null): array
    {
        return $this->operation('bundle_assign_product_collection', [
            'id' => $id,
            'collectionId' => $collectionId,
            'select' => $select,
        ]);
    }

    public function bundleCreate(
        ?string $collectionId = null,
        ?array $metadata = null,
        ?string $marketplaceThemeInstallId = null,
        ?string $marketplaceThemeInstallConfigurationId = null,
        ?string $activationId = null,
        ?bool $test = null,
        ?string $select = null,
    ): array {
        return $this->operation('bundle_create', [
            'collectionId' => $collectionId,
            'metadata' => $metadata === null ? null : array_values($metadata),
            'marketplaceThemeInstallId' => $marketplaceThemeInstallId,
            'marketplaceThemeInstallConfigurationId' => $marketplaceThemeInstallConfigurationId,
            'activationId' => $activationId,
            'test' => $test,
            'select' => $select,
        ]);
    }

    public function bundleDelete(string $id): bool
    {
        return $this->operation('bundle_delete', ['id' => $id]);
    }

    public function bundleDuplicate(
        string $id,
        ?bool $template = null,
        ?string $marketplaceThemeInstallId = null,
        ?string $marketplaceThemeInstallConfigurationId = null,
        ?bool $duplicateTransactions = null,
        ?bool $test = null,
        ?string $select = null,
    ): array {
        return $this->operation('bundle_duplicate', [
            'id' => $id,
            'template' => $template,
            'marketplaceThemeInstallId' => $marketplaceThemeInstallId,
            'marketplaceThemeInstallConfigurationId' => $marketplaceThemeInstallConfigurationId,
            'duplicateTransactions' => $duplicateTransactions,
            'test' => $test,
            'select' => $select,
        ]);
    }

    public function bundleEmailSharePageLink(
        string $bundleId,
        string $email,
        ?string $firstName = null,
        ?string $lastName = null,
        ?string $select = null,
    ): array {
        return $this->operation('bundle_email_share_page_link', [
            'bundleId' => $bundleId,
            'email' => $email,
            'firstName' => $firstName,
            'lastName' => $lastName,
            'select' => $select,
        ]);
    }

    public function bundleFinalizeUpdate(string $bundleId): bool
    {
        return $this->operation('bundle_finalize_update', ['bundleId' => $bundleId]);
    }

    public function bundleGenerateQuoteId(string $id, ?string $select = null): array
    {
        return $this->operation('bundle_generate_quote_id', ['id' => $id, 'select' => $select]);
    }

    public function bundleReject(string $id, ?string $note = null, ?string $stakeholderId = null): bool
    {
        return $this->operation('bundle_reject', ['id' => $id, 'note' => $note, 'stakeholderId' => $stakeholderId]);
    }

    public function bundleRemoveStakeholder(string $id, string $emailAddress, ?string $select = null): array
    {
        return $this->operation('bundle_remove_stakeholder', [
            'id' => $id,
            'emailAddress' => $emailAddress,
            'select' => $select,
        ]);
    }

    public function bundleRemoveTransaction(string $id, string $transactionId, ?string $select = null): array
    {
        return $this->operation('bundle_remove_transaction', [
            'id' => $id,
            'transactionId' => $transactionId,
            'select' => $select,
        ]);
    }

    public function bundleRemoveTransactions(string $id, array $transactionIds, ?string $select = null): array
    {
        return $this->operation('bundle_remove_transactions', [
            'id' => $id,
            'transactionIds' => array_values($transactionIds),
            'select' => $select,
        ]);
    }

    public function bundleUpdate(
        string $id,
        ?string $name = null,
        ?array $metadata = null,
        array|string|null $bundleStateData = null,
        ?string $dispatchDate = null,
        ?string $purchaseOrder = null,
        ?string $globalPropertyConfigurationId = null,
        ?string $select = null,
    ): array {
        return $this->operation('bundle_update', [
            'id' => $id,
            'name' => $name,
            'metadata' => $metadata === null ? null : array_values($metadata),
            'bundleStateData' => $bundleStateData,
            'dispatchDate' => $dispatchDate,
            'purchaseOrder' => $purchaseOrder,
            'globalPropertyConfigurationId' => $globalPropertyConfigurationId,
            'select' => $select,
        ]);
    }

    public function bundleUpdateStakeholders(string $id, array $input, ?string $select = null): array
    {
        return $this->operation('bundle_update_stakeholders', [
            'id' => $id,
            'input' => array_values($input),
            'select' => $select,
        ]);
    }

    public function bundleUpdateTransactionOrder(string $id, array $transactionIds, ?string $select = null): array
    {
        return $this->operation('bundle_update_transaction_order', [
            'id' => $id,
            'transactionIds' => array_values($transactionIds),
            'select' => $select,
        ]);
    }

    public function bundles(array $ids, ?string $select = null): array
    {
        return $this->operation('bundles', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function conversionConfiguration(string $id, ?string $select = null): array
    {
        return $this->operation('conversion_configuration', ['id' => $id, 'select' => $select]);
    }

    public function currencyConversion(string $from, string $to, ?string $select = null): array
    {
        return $this->operation('currency_conversion', ['from' => $from, 'to' => $to, 'select' => $select]);
    }

    public function currentIntegration(?string $select = null): array
    {
        return $this->operation('current_integration', ['select' => $select]);
    }

    public function customer(string $emailAddress, ?string $select = null): array
    {
        return $this->operation('customer', ['emailAddress' => $emailAddress, 'select' => $select]);
    }

    public function customerAuthenticate(#[\SensitiveParameter] string $loginToken, ?string $select = null): array
    {
        return $this->operation('customer_authenticate', ['loginToken' => $loginToken, 'select' => $select]);
    }

    public function customerBundlesFeed(
        string $id,
        ?bool $template = null,
        ?string $templateStatus = null,
        ?bool $ordered = null,
        int $pageSize = 50,
        ?string $select = null,
    ): \Generator {
        return $this->feed('customer_bundles_feed', [
            'id' => $id,
            'template' => $template,
            'templateStatus' => $templateStatus,
            'ordered' => $ordered,
            'limit' => $pageSize,
            'select' => $select,
        ]);
    }

    public function customerCreate(array $details, ?string $select = null): array
    {
        return $this->operation('customer_create', ['details' => (object) $details, 'select' => $select]);
    }

    public function customerGenerateVerificationCode(string $emailAddress): bool
    {
        return $this->operation('customer_generate_verification_code', ['emailAddress' => $emailAddress]);
    }

    public function customerTransactionsFeed(
        string $id,
        ?string $startDate = null,
        ?string $endDate = null,
        ?string $quicksearch = null,
        int $pageSize = 50,
        ?string $select = null,
    ): \Generator {
        return $this->feed('customer_transactions_feed', [
            'id' => $id,
            'startDate' => $startDate,
            'endDate' => $endDate,
            'quicksearch' => $quicksearch,
            'limit' => $pageSize,
            'select' => $select,
        ]);
    }

    public function customerVerifyCode(
        string $emailAddress,
        #[\SensitiveParameter] string $verificationCode,
        ?string $select = null,
    ): array {
        return $this->operation('customer_verify_code', [
            'emailAddress' => $emailAddress,
            'verificationCode' => $verificationCode,
            'select' => $select,
        ]);
    }

    public function customers(array $ids, ?string $select = null): array
    {
        return $this->operation('customers', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function globalPropertyConfigurationCreate(?string $select = null): array
    {
        return $this->operation('global_property_configuration_create', ['select' => $select]);
    }

    public function globalPropertyConfigurationUpdate(
        string $id,
        array $aspects,
        ?string $name = null,
        ?string $select = null,
    ): array {
        return $this->operation('global_property_configuration_update', [
            'id' => $id,
            'aspects' => array_values($aspects),
            'name' => $name,
            'select' => $select,
        ]);
    }

    public function globalPropertyConfigurations(array $ids, ?string $select = null): array
    {
        return $this->operation('global_property_configurations', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function globalPropertyConfigurationsFeed(?string $select = null): \Generator
    {
        return $this->feed('global_property_configurations_feed', ['select' => $select]);
    }

    public function globalPropertyState(string $bundleId, ?string $select = null): array
    {
        return $this->operation('global_property_state', ['bundleId' => $bundleId, 'select' => $select]);
    }

    public function globalPropertyStateCreate(string $bundleId, ?string $select = null): array
    {
        return $this->operation('global_property_state_create', ['bundleId' => $bundleId, 'select' => $select]);
    }

    public function globalPropertyStateUpdate(string $id, array $aspects, ?string $select = null): array
    {
        return $this->operation('global_property_state_update', [
            'id' => $id,
            'aspects' => array_values($aspects),
            'select' => $select,
        ]);
    }

    public function globalPropertyTemplateCreate(
        string $globalPropertyConfigurationId,
        array $aspects,
        ?string $customerId = null,
        ?string $select = null,
    ): array {
        return $this->operation('global_property_template_create', [
            'globalPropertyConfigurationId' => $globalPropertyConfigurationId,
            'aspects' => array_values($aspects),
            'customerId' => $customerId,
            'select' => $select,
        ]);
    }

    public function globalPropertyTemplateDelete(string $id): bool
    {
        return $this->operation('global_property_template_delete', ['id' => $id]);
    }

    public function globalPropertyTemplateUpdate(
        string $id,
        ?string $name = null,
        ?array $aspectValues = null,
        ?string $select = null,
    ): array {
        return $this->operation('global_property_template_update', [
            'id' => $id,
            'name' => $name,
            'aspectValues' => $aspectValues === null ? null : array_values($aspectValues),
            'select' => $select,
        ]);
    }

    public function globalPropertyTemplatesFeed(
        string $customerId,
        ?string $globalPropertyConfigurationId = null,
        int $pageSize = 50,
        ?string $select = null,
    ): \Generator {
        return $this->feed('global_property_templates_feed', [
            'customerId' => $customerId,
            'globalPropertyConfigurationId' => $globalPropertyConfigurationId,
            'limit' => $pageSize,
            'select' => $select,
        ]);
    }

    public function integrationProductFromExternalIds(
        string $externalIntegrationId,
        string $externalProductId,
        ?string $select = null,
    ): array {
        return $this->operation('integration_product_from_external_ids', [
            'externalIntegrationId' => $externalIntegrationId,
            'externalProductId' => $externalProductId,
            'select' => $select,
        ]);
    }

    public function integrationProducts(array $ids, ?string $select = null): array
    {
        return $this->operation('integration_products', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function integrations(array $ids, ?string $select = null): array
    {
        return $this->operation('integrations', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function metafieldConfigurationCreate(
        string $name,
        string $entityType,
        string $metafieldType,
        ?string $description = null,
        ?string $select = null,
    ): array {
        return $this->operation('metafield_configuration_create', [
            'name' => $name,
            'entityType' => $entityType,
            'metafieldType' => $metafieldType,
            'description' => $description,
            'select' => $select,
        ]);
    }

    public function metafieldConfigurationsFeed(string $entityType, ?string $select = null): \Generator
    {
        return $this->feed('metafield_configurations_feed', ['entityType' => $entityType, 'select' => $select]);
    }

    public function metafields(string $entityId, ?string $select = null): array
    {
        return $this->operation('metafields', ['entityId' => $entityId, 'select' => $select]);
    }

    public function metafieldsMany(array $entityIds, ?string $select = null): array
    {
        return $this->operation('metafields_many', ['entityIds' => array_values($entityIds), 'select' => $select]);
    }

    public function options(array $ids, ?string $select = null): array
    {
        return $this->operation('options', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function orderCreateSimpleAsync(
        array $orderItems,
        ?array $bundle = null,
        ?string $externalId = null,
        ?array $externalData = null,
        ?bool $paid = null,
        ?string $select = null,
    ): array {
        return $this->operation('order_create_simple_async', [
            'orderItems' => array_values($orderItems),
            'bundle' => $bundle === null ? null : (object) $bundle,
            'externalId' => $externalId,
            'externalData' => $externalData === null ? null : (object) $externalData,
            'paid' => $paid,
            'select' => $select,
        ]);
    }

    public function orderStatusesFeed(int $pageSize = 50, ?string $select = null): \Generator
    {
        return $this->feed('order_statuses_feed', ['limit' => $pageSize, 'select' => $select]);
    }

    public function orders(array $ids, ?string $select = null): array
    {
        return $this->operation('orders', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function organizationAttachToBundle(
        string $bundleId,
        string $organizationName,
        ?string $select = null,
    ): array {
        return $this->operation('organization_attach_to_bundle', [
            'bundleId' => $bundleId,
            'organizationName' => $organizationName,
            'select' => $select,
        ]);
    }

    public function organizationAttachToTransaction(
        string $transactionId,
        string $organizationName,
        ?string $select = null,
    ): array {
        return $this->operation('organization_attach_to_transaction', [
            'transactionId' => $transactionId,
            'organizationName' => $organizationName,
            'select' => $select,
        ]);
    }

    public function processExecutionCreate(string $processFlowId, array $inputs, ?string $select = null): array
    {
        return $this->operation('process_execution_create', [
            'processFlowId' => $processFlowId,
            'inputs' => array_values($inputs),
            'select' => $select,
        ]);
    }

    public function processExecutions(array $ids, ?string $select = null): array
    {
        return $this->operation('process_executions', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function processExecutionsFeed(int $pageSize = 50, ?string $select = null): \Generator
    {
        return $this->feed('process_executions_feed', ['limit' => $pageSize, 'select' => $select]);
    }

    public function processFlowContextsFeed(?string $select = null): \Generator
    {
        return $this->feed('process_flow_contexts_feed', ['select' => $select]);
    }

    public function processFlows(array $ids, ?string $select = null): array
    {
        return $this->operation('process_flows', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function processFlowsFeed(int $pageSize = 50, ?string $select = null): \Generator
    {
        return $this->feed('process_flows_feed', ['limit' => $pageSize, 'select' => $select]);
    }

    public function productCollections(array $ids, ?string $select = null): array
    {
        return $this->operation('product_collections', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function products(array $ids, ?string $select = null): array
    {
        return $this->operation('products', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function tagsFeed(string $entityId, ?string $select = null): \Generator
    {
        return $this->feed('tags_feed', ['entityId' => $entityId, 'select' => $select]);
    }

    public function tagsMany(array $entityIds, ?string $select = null): array
    {
        return $this->operation('tags_many', ['entityIds' => array_values($entityIds), 'select' => $select]);
    }

    public function transactionAddStakeholder(string $id, array $details, string $type, ?string $select = null): array
    {
        return $this->operation('transaction_add_stakeholder', [
            'id' => $id,
            'details' => (object) $details,
            'type' => $type,
            'select' => $select,
        ]);
    }

    public function transactionApprove(string $id, ?string $note = null): bool
    {
        return $this->operation('transaction_approve', ['id' => $id, 'note' => $note]);
    }

    public function transactionClaim(string $id, ?string $select = null): array
    {
        return $this->operation('transaction_claim', ['id' => $id, 'select' => $select]);
    }

    public function transactionConfirmWorkflowStates(array $transactions): array
    {
        return $this->operation('transaction_confirm_workflow_states', ['transactions' => array_values($transactions)]);
    }

    public function transactionCreate(
        ?string $integrationProductId = null,
        ?string $externalIntegrationId = null,
        ?string $externalProductId = null,
        ?bool $bulk = null,
        ?bool $claim = null,
        ?string $workflowId = null,
        ?string $select = null,
    ): array {
        return $this->operation('transaction_create', [
            'integrationProductId' => $integrationProductId,
            'externalIntegrationId' => $externalIntegrationId,
            'externalProductId' => $externalProductId,
            'bulk' => $bulk,
            'claim' => $claim,
            'workflowId' => $workflowId,
            'select' => $select,
        ]);
    }

    public function transactionCreateMany(
        array $inputs,
        ?string $marketplaceThemeInstallId = null,
        ?string $marketplaceThemeInstallConfigurationId = null,
        ?string $select = null,
    ): array {
        return $this->operation('transaction_create_many', [
            'inputs' => array_values($inputs),
            'marketplaceThemeInstallId' => $marketplaceThemeInstallId,
            'marketplaceThemeInstallConfigurationId' => $marketplaceThemeInstallConfigurationId,
            'select' => $select,
        ]);
    }

    public function transactionDuplicate(string $id, ?bool $template = null, ?string $select = null): array
    {
        return $this->operation('transaction_duplicate', ['id' => $id, 'template' => $template, 'select' => $select]);
    }

    public function transactionFinalizeUpdate(string $transactionId): bool
    {
        return $this->operation('transaction_finalize_update', ['transactionId' => $transactionId]);
    }

    public function transactionReject(string $id, ?string $note = null): bool
    {
        return $this->operation('transaction_reject', ['id' => $id, 'note' => $note]);
    }

    public function transactionUpdate(
        string $id,
        ?string $workflowId = null,
        ?string $designName = null,
        array|string|null $workflowState = null,
        ?int $quantity = null,
        ?string $select = null,
    ): array {
        return $this->operation('transaction_update', [
            'id' => $id,
            'workflowId' => $workflowId,
            'designName' => $designName,
            'workflowState' => $workflowState,
            'quantity' => $quantity,
            'select' => $select,
        ]);
    }

    public function transactionUpdateIntegrationProduct(
        string $id,
        ?string $integrationProductId = null,
        ?string $select = null,
    ): array {
        return $this->operation('transaction_update_integration_product', [
            'id' => $id,
            'integrationProductId' => $integrationProductId,
            'select' => $select,
        ]);
    }

    public function transactions(array $ids, ?string $select = null): array
    {
        return $this->operation('transactions', ['ids' => array_values($ids), 'select' => $select]);
    }

    public function transactionsAddStakeholder(array $ids, array $details, string $type, ?string $select = null): array
    {
        return $this->operation('transactions_add_stakeholder', [
            'ids' => array_values($ids),
            'details' => (object) $details,
            'type' => $type,
            'select' => $select,
        ]);
    }

    public function workflows(array $ids, ?string $select = null): array
    {
        return $this->operation('workflows', ['ids' => array_values($ids), 'select' => $select]);
    }
}
