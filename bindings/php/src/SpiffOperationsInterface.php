<?php
// The operations of Spiff, as signatures with their manual. Generated from schema/spiff.graphql and schema/operations/ by `make generate`.

declare(strict_types=1);

namespace Countersign;

use Countersign\Exception\CountersignException;

/**
 * What Spiff offers besides orders. Answers are the platform's own, as arrays; every field may be missing or null. Ids and
 * times are text, prices are in minor currency units. $select asks for other fields than the default: names and braces, such
 * as 'id product { id name }'; it is checked before anything is sent. docs/spiff-model.md has every type and operation.
 *
 * @phpstan-type AddressInput array{
 *   address1?: string|null,
 *   address2?: string|null,
 *   city?: string|null,
 *   company?: string|null,
 *   country?: string|null,
 *   countryCode?: string|null,
 *   firstName?: string|null,
 *   lastName?: string|null,
 *   latitude?: string|null,
 *   longitude?: string|null,
 *   name?: string|null,
 *   phone?: string|null,
 *   province?: string|null,
 *   provinceCode?: string|null,
 *   zip?: string|null,
 * }
 * @phpstan-type Bundle array{
 *   id?: string,
 *   bundleOwnerId?: string|null,
 *   bundleStakeholders?: list<BundleStakeholder|null>|null,
 *   createdAt?: string,
 *   metadata?: list<BundleMetadataItem|null>|null,
 *   name?: string|null,
 *   partner?: Partner|null,
 *   transactions?: list<Transaction|null>|null,
 *   updatedAt?: string|null,
 *   completed?: bool|null,
 *   dispatchDate?: string|null,
 *   purchaseOrder?: string|null,
 *   template?: bool|null,
 *   templateLocked?: bool|null,
 *   templateStatus?: string|null,
 *   test?: bool|null,
 *   ordered?: bool|null,
 *   orderId?: string|null,
 *   externalOrderId?: string|null,
 *   internalOrderId?: string|null,
 *   quoteId?: string|null,
 *   transactionsCount?: int|null,
 *   productsCount?: int|null,
 *   totalPriceSubunits?: int|null,
 *   transactionIds?: list<string|null>|null,
 *   bundleStateData?: string|null,
 *   workflowViewerLink?: string|null,
 *   workflowViewerAmendLink?: string|null,
 *   workflowViewerReadOnlyLink?: string|null,
 *   currentBundleStakeholder?: BundleStakeholder|null,
 *   bundleShareActions?: list<ShareAction|null>|null,
 *   productCollection?: ProductCollection|null,
 *   globalPropertyConfiguration?: GlobalPropertyConfiguration|null,
 * }
 * @phpstan-type BundleMetadataInput array{
 *   key?: string|null,
 *   value?: string|null,
 * }
 * @phpstan-type BundleMetadataItem array{
 *   key?: string|null,
 *   value?: string|null,
 * }
 * @phpstan-type BundleStakeholder array{
 *   id?: string|null,
 *   type?: string|null,
 *   bundle?: array<string, mixed>|null,
 *   customer?: Customer|null,
 *   authorizationStatus?: string|null,
 *   authorizationDate?: string|null,
 *   authorizationNote?: string|null,
 * }
 * @phpstan-type BundleStakeholderInput array{
 *   customerDetails: CustomerDetailsInput,
 *   type: string,
 * }
 * @phpstan-type ConversionConfiguration array{
 *   id?: string,
 *   locations?: list<string|null>,
 *   mandatory?: bool|null,
 *   name?: string|null,
 *   requestedDataItems?: list<ConversionData|null>,
 *   partnerId?: string|null,
 *   requestedData?: list<string|null>|null,
 * }
 * @phpstan-type ConversionData array{
 *   mandatory?: bool|null,
 *   type?: string,
 *   title?: string|null,
 *   uniqueIdentifier?: string|null,
 *   customFieldIndex?: int|null,
 *   optionId?: string|null,
 *   option?: Option|null,
 * }
 * @phpstan-type Customer array{
 *   createdAt?: string|null,
 *   emailAddress?: string|null,
 *   firstName?: string|null,
 *   id?: string|null,
 *   lastActiveAt?: string|null,
 *   lastName?: string|null,
 *   phoneNumber?: string|null,
 *   partner?: Partner|null,
 *   loginToken?: string|null,
 *   defaultTemplateBundleId?: string|null,
 *   hasBundleTemplates?: bool|null,
 *   stakeholders?: list<Stakeholder|null>|null,
 *   bundleStakeholders?: list<array<string, mixed>|null>|null,
 *   productCollectionCustomers?: list<ProductCollectionCustomer|null>|null,
 * }
 * @phpstan-type CustomerDetailsInput array{
 *   emailAddress?: string|null,
 *   firstName?: string|null,
 *   lastName?: string|null,
 *   phoneNumber?: string|null,
 * }
 * @phpstan-type ExternalDataInput array{
 *   orderNumber?: string|null,
 *   customerEmail?: string|null,
 *   customerPhone?: string|null,
 *   billingAddress?: list<AddressInput|null>|null,
 *   shippingAddress?: list<AddressInput|null>|null,
 *   discountCodes?: list<string|null>|null,
 *   note?: string|null,
 * }
 * @phpstan-type GlobalPropertyConfiguration array{
 *   id?: string|null,
 *   name?: string|null,
 *   aspects?: list<GlobalPropertyConfigurationAspect|null>|null,
 * }
 * @phpstan-type GlobalPropertyConfigurationAspect array{
 *   name?: string|null,
 *   type?: string|null,
 *   entityId?: string|null,
 *   title?: string|null,
 *   description?: string|null,
 *   mandatory?: bool|null,
 *   silent?: bool|null,
 *   conditionMode?: string|null,
 * }
 * @phpstan-type GlobalPropertyConfigurationAspectInput array{
 *   name: string,
 *   type: string,
 *   entityId?: string|null,
 *   title?: string|null,
 *   description?: string|null,
 * }
 * @phpstan-type GlobalPropertyConfigurationsFeed array{
 *   items?: list<GlobalPropertyConfiguration|null>|null,
 * }
 * @phpstan-type GlobalPropertyState array{
 *   id?: string|null,
 *   aspects?: list<GlobalPropertyStateAspect|null>|null,
 * }
 * @phpstan-type GlobalPropertyStateAspect array{
 *   name?: string|null,
 *   value?: string|null,
 *   type?: string|null,
 *   channel?: int|null,
 *   hidden?: bool|null,
 * }
 * @phpstan-type GlobalPropertyStateAspectInput array{
 *   name: string,
 *   value: string,
 * }
 * @phpstan-type Integration array{
 *   enabled?: bool|null,
 *   externalIntegrationId?: string|null,
 *   id?: string|null,
 *   type?: string|null,
 *   name?: string|null,
 *   logo?: string|null,
 *   isCurrent?: bool|null,
 *   partner?: Partner|null,
 * }
 * @phpstan-type IntegrationProduct array{
 *   additionalExternalProductId?: string|null,
 *   additionalExternalVariantId?: string|null,
 *   externalProductId?: string|null,
 *   externalVariantId?: string|null,
 *   id?: string|null,
 *   integrationEnabled?: bool|null,
 *   integration?: Integration|null,
 *   main?: bool|null,
 *   product?: Product|null,
 *   additionalIntegrationProduct?: array<string, mixed>|null,
 * }
 * @phpstan-type LineItem array{
 *   basePrice?: int|null,
 *   brochureLink?: string|null,
 *   createdAt?: string|null,
 *   customFields?: string|null,
 *   externalId?: string|null,
 *   id?: string|null,
 *   integrationType?: string|null,
 *   order?: Order|null,
 *   outputData?: OutputData|null,
 *   previewImageLink?: string|null,
 *   proxyOrder?: ProxyOrder|null,
 *   quantity?: int|null,
 *   rejectedAt?: string|null,
 *   shippingProviderStatus?: string|null,
 *   shippingProviderTrackingNumber?: string|null,
 *   shippingProviderTrackingUrl?: string|null,
 *   sku?: string|null,
 *   status?: string|null,
 *   transaction?: Transaction|null,
 * }
 * @phpstan-type MetadataItem array{
 *   name?: string|null,
 *   value?: string|null,
 * }
 * @phpstan-type Metafield array{
 *   id?: string,
 *   createdAt?: string,
 *   updatedAt?: string,
 *   entityId?: string,
 *   metafieldConfiguration?: MetafieldConfiguration,
 *   value?: string,
 * }
 * @phpstan-type MetafieldConfiguration array{
 *   id?: string,
 *   createdAt?: string,
 *   updatedAt?: string,
 *   entityType?: string,
 *   metafieldType?: string,
 *   name?: string,
 *   description?: string,
 * }
 * @phpstan-type MetafieldConfigurationsFeed array{
 *   items?: list<MetafieldConfiguration|null>,
 * }
 * @phpstan-type Order array{
 *   createdAt?: string|null,
 *   externalId?: string|null,
 *   externalTags?: string|null,
 *   id?: string|null,
 *   internalId?: string|null,
 *   lineItems?: list<array<string, mixed>|null>|null,
 *   paid?: bool|null,
 * }
 * @phpstan-type OrderItemInput array{
 *   amountToOrder: int,
 *   bundleId?: string|null,
 *   transactionId?: string|null,
 * }
 * @phpstan-type OrderSimpleBundleInput array{
 *   ownerEmailAddress?: string|null,
 *   metadata?: list<BundleMetadataInput|null>|null,
 * }
 * @phpstan-type OrderSimpleItemInput array{
 *   amountToOrder: int,
 *   externalId?: string|null,
 *   productId: string,
 *   workflowId: string,
 *   steps?: list<OrderSimpleItemStepInput|null>|null,
 * }
 * @phpstan-type OrderSimpleItemStepInput array{
 *   stepName: string,
 *   text?: string|null,
 *   variantId?: string|null,
 * }
 * @phpstan-type OrderStatus array{
 *   id?: string|null,
 *   name?: string|null,
 * }
 * @phpstan-type OrderStatusesFeed array{
 *   items?: list<OrderStatus|null>|null,
 *   total?: int|null,
 * }
 * @phpstan-type OutputData array{
 *   metadata?: list<MetadataItem|null>|null,
 *   sku?: string|null,
 *   transactionId?: string,
 *   variantSelections?: list<VariantSelection|null>|null,
 * }
 * @phpstan-type Partner array{
 *   id?: string,
 *   name?: string|null,
 *   billingCurrencyCode?: string|null,
 *   currencyCode?: string|null,
 *   activeAddons?: list<string|null>|null,
 *   beta?: bool|null,
 *   customerDetailsPromptMarkdown?: string|null,
 * }
 * @phpstan-type ProcessExecution array{
 *   createdAt?: string|null,
 *   edges?: list<ProcessExecutionEdge|null>|null,
 *   id?: string|null,
 *   internalId?: string|null,
 *   nodes?: list<ProcessExecutionNode|null>|null,
 *   processFlow?: ProcessFlow|null,
 *   updatedAt?: string|null,
 *   completedAt?: string|null,
 *   failedAt?: string|null,
 * }
 * @phpstan-type ProcessExecutionEdge array{
 *   data?: ProcessExecutionEdgeData|null,
 *   id?: string|null,
 *   sourceNode?: string|null,
 *   sourceSocket?: string|null,
 *   targetNode?: string|null,
 *   targetSocket?: string|null,
 * }
 * @phpstan-type ProcessExecutionEdgeData array{
 *   type?: string|null,
 *   value?: string|null,
 * }
 * @phpstan-type ProcessExecutionNode array{
 *   artifacts?: string|null,
 *   completedAt?: string|null,
 *   data?: string|null,
 *   failedAt?: string|null,
 *   id?: string|null,
 *   quickviewName?: string|null,
 *   quickview?: bool|null,
 *   region?: ProcessFlowRegion|null,
 *   startedAt?: string|null,
 *   type?: string|null,
 * }
 * @phpstan-type ProcessExecutionsFeed array{
 *   items?: list<ProcessExecution|null>|null,
 *   total?: int|null,
 * }
 * @phpstan-type ProcessFlow array{
 *   edges?: list<ProcessFlowEdge|null>|null,
 *   entityId?: string|null,
 *   entityType?: string|null,
 *   id?: string|null,
 *   name?: string|null,
 *   nodes?: list<ProcessFlowNode|null>|null,
 *   processFlowContext?: ProcessFlowContext|null,
 * }
 * @phpstan-type ProcessFlowContext array{
 *   description?: string|null,
 *   id?: string|null,
 *   inputs?: list<ProcessFlowContextTerminal|null>|null,
 *   name?: string|null,
 *   outputs?: list<ProcessFlowContextTerminal|null>|null,
 *   public?: bool|null,
 * }
 * @phpstan-type ProcessFlowContextTerminal array{
 *   name?: string,
 *   type?: string,
 * }
 * @phpstan-type ProcessFlowContextTerminalInput array{
 *   name: string,
 *   type: string,
 * }
 * @phpstan-type ProcessFlowContextsFeed array{
 *   items?: list<ProcessFlowContext|null>|null,
 * }
 * @phpstan-type ProcessFlowEdge array{
 *   id?: string|null,
 *   sourceNode?: string|null,
 *   sourceSocket?: string|null,
 *   targetNode?: string|null,
 *   targetSocket?: string|null,
 * }
 * @phpstan-type ProcessFlowEdgeInput array{
 *   id?: string|null,
 *   sourceNode?: string|null,
 *   sourceSocket?: string|null,
 *   targetNode?: string|null,
 *   targetSocket?: string|null,
 * }
 * @phpstan-type ProcessFlowNode array{
 *   data?: string|null,
 *   id?: string|null,
 *   parentNodeId?: string|null,
 *   quickviewName?: string|null,
 *   quickview?: bool|null,
 *   region?: ProcessFlowRegion|null,
 *   type?: string|null,
 * }
 * @phpstan-type ProcessFlowNodeInput array{
 *   data?: string|null,
 *   id?: string|null,
 *   parentNodeId?: string|null,
 *   quickviewName?: string|null,
 *   quickview?: bool|null,
 *   region?: ProcessFlowRegionInput|null,
 *   type?: string|null,
 * }
 * @phpstan-type ProcessFlowRegion array{
 *   height?: int|float|null,
 *   width?: int|float|null,
 *   x?: int|float|null,
 *   y?: int|float|null,
 * }
 * @phpstan-type ProcessFlowRegionInput array{
 *   height?: int|float|null,
 *   width?: int|float|null,
 *   x?: int|float|null,
 *   y?: int|float|null,
 * }
 * @phpstan-type ProcessFlowsFeed array{
 *   items?: list<ProcessFlow|null>|null,
 *   total?: int|null,
 * }
 * @phpstan-type Product array{
 *   autoProxyOrder?: bool|null,
 *   basePrice?: int|null,
 *   conversionConfiguration?: ConversionConfiguration|null,
 *   enabled?: bool|null,
 *   hubIntegrationProduct?: array<string, mixed>|null,
 *   id?: string,
 *   imageUrl?: string|null,
 *   integrationProducts?: list<array<string, mixed>|null>|null,
 *   modelUrl?: string|null,
 *   name?: string|null,
 *   overlayImageUrl?: string|null,
 *   partner?: Partner|null,
 *   preloadImageUrl?: string|null,
 *   productLinks?: list<ProductLink|null>|null,
 *   profanities?: list<Profanity|null>|null,
 *   skuCode?: string|null,
 *   sku?: string|null,
 *   weight?: int|float|null,
 *   workflows?: list<WorkflowProduct|null>|null,
 *   description?: string|null,
 *   minimumOrderQuantity?: int|null,
 *   priceBreaks?: list<PriceBreak|null>|null,
 *   productTags?: list<ProductTag|null>|null,
 *   promptForCustomerDetails?: bool|null,
 * }
 * @phpstan-type ProductLink array{
 *   id?: string,
 *   product?: array<string, mixed>|null,
 *   storefront?: Partner|null,
 *   status?: string|null,
 *   shouldPlaceProxyOrders?: bool|null,
 * }
 * @phpstan-type Profanity array{
 *   createdAt?: string|null,
 *   id?: string,
 *   word?: string,
 * }
 * @phpstan-type ProxyOrder array{
 *   externalId?: string|null,
 * }
 * @phpstan-type Stakeholder array{
 *   id?: string|null,
 *   type?: string|null,
 *   transaction?: Transaction|null,
 *   customer?: array<string, mixed>|null,
 *   authorizationStatus?: string|null,
 *   authorizationDate?: string|null,
 *   authorizationNote?: string|null,
 * }
 * @phpstan-type Tag array{
 *   id?: string,
 *   createdAt?: string,
 *   updatedAt?: string,
 *   entityId?: string,
 *   name?: string,
 * }
 * @phpstan-type TagsFeed array{
 *   items?: list<Tag|null>,
 * }
 * @phpstan-type Transaction array{
 *   bulkEmailAddress?: string|null,
 *   bulkSourceUrl?: string|null,
 *   bulk?: bool|null,
 *   createOrderLink?: string|null,
 *   createdAt?: string|null,
 *   customLogoLink?: string|null,
 *   designName?: string,
 *   externalCartProductId?: string|null,
 *   externalCartProductVariantId?: string|null,
 *   externalDesignProductId?: string|null,
 *   externalDesignProductVariantId?: string|null,
 *   externalOrderId?: string|null,
 *   id?: string,
 *   integrationPartnerName?: string|null,
 *   integrationProduct?: IntegrationProduct|null,
 *   integrationType?: string|null,
 *   isOrdered?: bool|null,
 *   lastSyncedAt?: string|null,
 *   previewImageLink?: string|null,
 *   priceModifierTotal?: int|null,
 *   product?: Product|null,
 *   quantity?: int|null,
 *   stakeholders?: list<array<string, mixed>|null>|null,
 *   status?: string|null,
 *   transactionOwnerId?: string|null,
 *   variationsCount?: int|null,
 *   workflowFooterLogoLink?: string|null,
 *   workflowId?: string|null,
 *   workflowState?: string|null,
 *   workflowViewerLink?: string,
 *   workflowViewerReadOnlyLink?: string,
 *   completed?: bool|null,
 *   bundle?: array<string, mixed>|null,
 *   parentTransaction?: array<string, mixed>|null,
 *   integrationProductId?: string|null,
 *   designExternalVariants?: list<DesignExternalVariant|null>|null,
 *   restApiIntegrationLink?: string|null,
 *   currentStakeholder?: array<string, mixed>|null,
 *   hasAuthenticatedActions?: bool|null,
 *   transactionShareActions?: list<ShareAction|null>|null,
 * }
 * @phpstan-type VariantSelection array{
 *   stepTitle?: string|null,
 *   variantName?: string|null,
 * }
 * @phpstan-type WorkflowProduct array{
 *   friendlyName?: string|null,
 *   id?: string|null,
 *   isPresent?: bool|null,
 *   imageUrl?: string|null,
 *   workflowName?: string|null,
 *   index?: int|null,
 * }
 * @phpstan-type BundlesFeed array{
 *   items?: list<Bundle|null>|null,
 *   total?: int|null,
 * }
 * @phpstan-type TransactionsFeed array{
 *   items?: list<Transaction|null>|null,
 *   total?: int|null,
 * }
 * @phpstan-type ShareAction array{
 *   id?: string|null,
 *   title?: string|null,
 *   type?: string|null,
 *   stakeholderType?: string|null,
 *   precedence?: int|null,
 *   url?: string|null,
 * }
 * @phpstan-type DesignExternalVariant array{
 *   id?: string|null,
 *   externalProductId?: string|null,
 *   externalProductVariantId?: string|null,
 * }
 * @phpstan-type PriceBreak array{
 *   id?: string|null,
 *   minQty?: int|null,
 *   percentage?: int|float|null,
 * }
 * @phpstan-type ProductTag array{
 *   id?: string|null,
 *   name?: string|null,
 * }
 * @phpstan-type CurrencyConversion array{
 *   rateFrom?: int|float|null,
 *   rateTo?: int|float|null,
 *   timestamp?: string|null,
 * }
 * @phpstan-type ProductCollection array{
 *   id?: string|null,
 *   name?: string|null,
 *   description?: string|null,
 *   dispatchStartDate?: string|null,
 *   dispatchEndDate?: string|null,
 *   total?: int|null,
 *   globalPropertyConfiguration?: GlobalPropertyConfiguration|null,
 *   productCollectionCustomers?: list<array<string, mixed>|null>|null,
 *   productCollectionProducts?: list<ProductCollectionProduct|null>|null,
 * }
 * @phpstan-type ProductCollectionCustomer array{
 *   id?: string|null,
 *   customer?: array<string, mixed>|null,
 *   productCollection?: ProductCollection|null,
 * }
 * @phpstan-type ProductCollectionProduct array{
 *   id?: string|null,
 *   productId?: string|null,
 *   workflowId?: string|null,
 *   product?: Product|null,
 *   workflows?: list<ProductCollectionProductWorkflow|null>|null,
 * }
 * @phpstan-type ProductCollectionProductWorkflow array{
 *   workflowProduct?: WorkflowProduct|null,
 * }
 * @phpstan-type GlobalPropertyTemplate array{
 *   id?: string|null,
 *   name?: string|null,
 *   createdAt?: string|null,
 *   updatedAt?: string|null,
 *   globalPropertyConfiguration?: GlobalPropertyConfiguration|null,
 *   aspectValues?: list<GlobalPropertyStateAspect|null>|null,
 * }
 * @phpstan-type GlobalPropertyTemplatesFeed array{
 *   items?: list<GlobalPropertyTemplate|null>|null,
 *   total?: int|null,
 * }
 * @phpstan-type Option array{
 *   id?: string|null,
 *   name?: string|null,
 * }
 * @phpstan-type Workflow array{
 *   id?: string|null,
 *   name?: string|null,
 * }
 * @phpstan-type MetadataInput array{
 *   key?: string|null,
 *   value?: string|null,
 * }
 * @phpstan-type TransactionCreateInput array{
 *   integrationProductId?: string|null,
 *   externalIntegrationId?: string|null,
 *   externalProductId?: string|null,
 *   workflowId?: string|null,
 *   designName?: string|null,
 *   claim?: bool|null,
 *   quantity?: int|null,
 *   parentTransactionId?: string|null,
 * }
 * @phpstan-type TransactionConfirmInput array{
 *   id: string,
 *   hash: string,
 * }
 */
interface SpiffOperationsInterface
{
    /**
     * Attaches an address to a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $bundleId Id of the bundle.
     * @param string|null $streetAddress Street and number.
     * @param string|null $apartment Apartment.
     * @param string|null $city Town or city.
     * @param string|null $country Country.
     * @param string|null $state State or province.
     * @param string|null $postCode Postal code.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function addressAttachToBundle(
        string $bundleId,
        ?string $streetAddress = null,
        ?string $apartment = null,
        ?string $city = null,
        ?string $country = null,
        ?string $state = null,
        ?string $postCode = null,
        ?string $select = null,
    ): array;

    /**
     * Attaches an address to a transaction. Unverified: known from a first-party client alone.
     *
     * @param string $transactionId Id of the transaction.
     * @param string|null $streetAddress Street and number.
     * @param string|null $apartment Apartment.
     * @param string|null $city Town or city.
     * @param string|null $country Country.
     * @param string|null $state State or province.
     * @param string|null $postCode Postal code.
     * @param string|null $select fields of Transaction
     * @return Transaction
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function addressAttachToTransaction(
        string $transactionId,
        ?string $streetAddress = null,
        ?string $apartment = null,
        ?string $city = null,
        ?string $country = null,
        ?string $state = null,
        ?string $postCode = null,
        ?string $select = null,
    ): array;

    /**
     * Lets a customer take part in a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param CustomerDetailsInput $details Who it is.
     * @param string $type Kind of part: Owner, Approver, Editor, Viewer, or another.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleAddStakeholder(string $id, array $details, string $type, ?string $select = null): array;

    /**
     * Puts a transaction into a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param string $transactionId Id of the transaction.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleAddTransaction(string $id, string $transactionId, ?string $select = null): array;

    /**
     * Puts transactions into a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param list<string> $transactionIds Ids of the transactions.
     * @param list<string>|null $transactionOwnerIds Owner ids that let the caller change them. Treat them as secrets.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleAddTransactions(
        string $id,
        array $transactionIds,
        #[\SensitiveParameter] ?array $transactionOwnerIds = null,
        ?string $select = null,
    ): array;

    /**
     * Approves a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param string|null $note A note on it.
     * @param string|null $stakeholderId Id of the stakeholder who approves.
     * @return bool
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleApprove(string $id, ?string $note = null, ?string $stakeholderId = null): bool;

    /**
     * Assigns a product collection to a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param string $collectionId Id of the collection.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleAssignProductCollection(string $id, string $collectionId, ?string $select = null): array;

    /**
     * Makes a bundle. Unverified: known from a first-party client alone.
     *
     * @param string|null $collectionId Id of the product collection it is made from.
     * @param list<MetadataInput>|null $metadata Keys and values to keep with it.
     * @param string|null $marketplaceThemeInstallId Id of an installed theme.
     * @param string|null $marketplaceThemeInstallConfigurationId Id of the theme's configuration.
     * @param string|null $activationId Id of an activation.
     * @param bool|null $test Whether it is a test, left out of reports and bills.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleCreate(
        ?string $collectionId = null,
        ?array $metadata = null,
        ?string $marketplaceThemeInstallId = null,
        ?string $marketplaceThemeInstallConfigurationId = null,
        ?string $activationId = null,
        ?bool $test = null,
        ?string $select = null,
    ): array;

    /**
     * Deletes a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @return bool
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleDelete(string $id): bool;

    /**
     * Copies a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param bool|null $template Whether the copy is a template.
     * @param string|null $marketplaceThemeInstallId Id of an installed theme.
     * @param string|null $marketplaceThemeInstallConfigurationId Id of the theme's configuration.
     * @param bool|null $duplicateTransactions Whether its transactions are copied too.
     * @param bool|null $test Whether the copy is a test.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleDuplicate(
        string $id,
        ?bool $template = null,
        ?string $marketplaceThemeInstallId = null,
        ?string $marketplaceThemeInstallConfigurationId = null,
        ?bool $duplicateTransactions = null,
        ?bool $test = null,
        ?string $select = null,
    ): array;

    /**
     * Sends the link to a bundle by email. Unverified: known from a first-party client alone.
     *
     * @param string $bundleId Id of the bundle.
     * @param string $email Email address it goes to.
     * @param string|null $firstName First name of whoever receives it.
     * @param string|null $lastName Last name of whoever receives it.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleEmailSharePageLink(
        string $bundleId,
        string $email,
        ?string $firstName = null,
        ?string $lastName = null,
        ?string $select = null,
    ): array;

    /**
     * Ends a change of a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $bundleId Id of the bundle.
     * @return bool
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleFinalizeUpdate(string $bundleId): bool;

    /**
     * Makes a quote id for a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleGenerateQuoteId(string $id, ?string $select = null): array;

    /**
     * Rejects a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param string|null $note A note on it.
     * @param string|null $stakeholderId Id of the stakeholder who rejects.
     * @return bool
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleReject(string $id, ?string $note = null, ?string $stakeholderId = null): bool;

    /**
     * Ends a customer's part in a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param string $emailAddress Email address of the customer.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleRemoveStakeholder(string $id, string $emailAddress, ?string $select = null): array;

    /**
     * Takes a transaction out of a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param string $transactionId Id of the transaction.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleRemoveTransaction(string $id, string $transactionId, ?string $select = null): array;

    /**
     * Takes transactions out of a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param list<string> $transactionIds Ids of the transactions.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleRemoveTransactions(string $id, array $transactionIds, ?string $select = null): array;

    /**
     * Changes a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param string|null $name Its new name.
     * @param list<MetadataInput>|null $metadata Keys and values to keep with it.
     * @param array<mixed>|string|null $bundleStateData What the experience in the browser keeps with it, as JSON text.
     * An array is written as JSON.
     * @param string|null $dispatchDate When it is to be dispatched.
     * @param string|null $purchaseOrder Purchase order it refers to.
     * @param string|null $globalPropertyConfigurationId Id of the global properties that apply to it.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleUpdate(
        string $id,
        ?string $name = null,
        ?array $metadata = null,
        array|string|null $bundleStateData = null,
        ?string $dispatchDate = null,
        ?string $purchaseOrder = null,
        ?string $globalPropertyConfigurationId = null,
        ?string $select = null,
    ): array;

    /**
     * Says who takes part in a bundle from now on. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param list<BundleStakeholderInput> $input Everyone who takes part.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleUpdateStakeholders(string $id, array $input, ?string $select = null): array;

    /**
     * Puts the transactions of a bundle into this order. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the bundle.
     * @param list<string> $transactionIds Ids of the transactions, first to last.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function bundleUpdateTransactionOrder(string $id, array $transactionIds, ?string $select = null): array;

    /**
     * Bundles by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids, null
     * where the platform shows none. Any number of ids.
     *
     * @param list<string> $ids Ids of bundles.
     * @param string|null $select fields of Bundle
     * @return list<Bundle|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function bundles(array $ids, ?string $select = null): array;

    /**
     * What consumers are asked for, by its id. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the configuration.
     * @param string|null $select fields of ConversionConfiguration
     * @return ConversionConfiguration
     * @throws CountersignException missing_data if it is not shown
     */
    public function conversionConfiguration(string $id, ?string $select = null): array;

    /**
     * The rate between two currencies. Unverified: known from a first-party client alone.
     *
     * @param string $from Currency to convert from, as three letters.
     * @param string $to Currency to convert to, as three letters.
     * @param string|null $select fields of CurrencyConversion
     * @return CurrencyConversion
     * @throws CountersignException missing_data if it is not shown
     */
    public function currencyConversion(string $from, string $to, ?string $select = null): array;

    /**
     * The integration that the credentials belong to. Unverified: known from a first-party client alone.
     *
     * @param string|null $select fields of Integration
     * @return Integration
     * @throws CountersignException missing_data if it is not shown
     */
    public function currentIntegration(?string $select = null): array;

    /**
     * The customer with an email address. Unverified: known from a first-party client alone.
     *
     * @param string $emailAddress Email address.
     * @param string|null $select fields of Customer
     * @return Customer
     * @throws CountersignException missing_data if it is not shown
     */
    public function customer(string $emailAddress, ?string $select = null): array;

    /**
     * Logs a customer in by a token. Unverified: known from a first-party client alone.
     *
     * @param string $loginToken The token. Treat it as a secret.
     * @param string|null $select fields of Customer
     * @return Customer
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function customerAuthenticate(#[\SensitiveParameter] string $loginToken, ?string $select = null): array;

    /**
     * Bundles of a customer, by pages. Unverified: known from a first-party client alone. Read page by page while it is
     * iterated.
     *
     * @param string $id Id of the customer.
     * @param bool|null $template Only templates, or none.
     * @param string|null $templateStatus Only templates in this state.
     * @param bool|null $ordered Only ordered ones, or none.
     * @param int $pageSize items of a page
     * @param string|null $select fields of Bundle
     * @return iterable<int, Bundle|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function customerBundlesFeed(
        string $id,
        ?bool $template = null,
        ?string $templateStatus = null,
        ?bool $ordered = null,
        int $pageSize = 50,
        ?string $select = null,
    ): iterable;

    /**
     * Makes a customer. Unverified: known from a first-party client alone.
     *
     * @param CustomerDetailsInput $details Who it is.
     * @param string|null $select fields of Customer
     * @return Customer
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function customerCreate(array $details, ?string $select = null): array;

    /**
     * Sends a customer a code to log in with. Unverified: known from a first-party client alone.
     *
     * @param string $emailAddress Email address of the customer.
     * @return bool
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function customerGenerateVerificationCode(string $emailAddress): bool;

    /**
     * Transactions of a customer, by pages. Unverified: known from a first-party client alone. Read page by page while
     * it is iterated.
     *
     * @param string $id Id of the customer.
     * @param string|null $startDate Only those made since then.
     * @param string|null $endDate Only those made until then.
     * @param string|null $quicksearch Only those that match this text.
     * @param int $pageSize items of a page
     * @param string|null $select fields of Transaction
     * @return iterable<int, Transaction|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function customerTransactionsFeed(
        string $id,
        ?string $startDate = null,
        ?string $endDate = null,
        ?string $quicksearch = null,
        int $pageSize = 50,
        ?string $select = null,
    ): iterable;

    /**
     * Logs a customer in by a code. Unverified: known from a first-party client alone.
     *
     * @param string $emailAddress Email address of the customer.
     * @param string $verificationCode The code. Treat it as a secret.
     * @param string|null $select fields of Customer
     * @return Customer
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function customerVerifyCode(
        string $emailAddress,
        #[\SensitiveParameter] string $verificationCode,
        ?string $select = null,
    ): array;

    /**
     * Customers by their ids. The answer is aligned with the ids, null where the platform shows none. Any number of
     * ids.
     *
     * @param list<string> $ids Ids of customers.
     * @param string|null $select fields of Customer
     * @return list<Customer|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function customers(array $ids, ?string $select = null): array;

    /**
     * Makes an empty global property configuration.
     *
     * @param string|null $select fields of GlobalPropertyConfiguration
     * @return GlobalPropertyConfiguration
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function globalPropertyConfigurationCreate(?string $select = null): array;

    /**
     * Changes a global property configuration.
     *
     * @param string $id Id of the configuration.
     * @param list<GlobalPropertyConfigurationAspectInput> $aspects All its choices from now on.
     * @param string|null $name Its new name.
     * @param string|null $select fields of GlobalPropertyConfiguration
     * @return GlobalPropertyConfiguration
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function globalPropertyConfigurationUpdate(
        string $id,
        array $aspects,
        ?string $name = null,
        ?string $select = null,
    ): array;

    /**
     * Global property configurations by their ids. The answer is aligned with the ids, null where the platform shows
     * none. Any number of ids.
     *
     * @param list<string> $ids Ids of configurations.
     * @param string|null $select fields of GlobalPropertyConfiguration
     * @return list<GlobalPropertyConfiguration|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function globalPropertyConfigurations(array $ids, ?string $select = null): array;

    /**
     * All global property configurations.
     *
     * @param string|null $select fields of GlobalPropertyConfiguration
     * @return iterable<int, GlobalPropertyConfiguration|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function globalPropertyConfigurationsFeed(?string $select = null): iterable;

    /**
     * What was chosen for the global properties of a bundle. The reference prints another type for its argument, which
     * seems to be a slip.
     *
     * @param string $bundleId Id of the bundle.
     * @param string|null $select fields of GlobalPropertyState
     * @return GlobalPropertyState
     * @throws CountersignException missing_data if it is not shown
     */
    public function globalPropertyState(string $bundleId, ?string $select = null): array;

    /**
     * Begins to record choices for global properties.
     *
     * @param string $bundleId Id of the bundle they are for.
     * @param string|null $select fields of GlobalPropertyState
     * @return GlobalPropertyState
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function globalPropertyStateCreate(string $bundleId, ?string $select = null): array;

    /**
     * Records choices for global properties. The reference prints an undefined type for aspects; first-party clients
     * use this one.
     *
     * @param string $id Id of the state.
     * @param list<GlobalPropertyStateAspectInput> $aspects The choices.
     * @param string|null $select fields of GlobalPropertyState
     * @return GlobalPropertyState
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function globalPropertyStateUpdate(string $id, array $aspects, ?string $select = null): array;

    /**
     * Makes a template. Unverified: known from a first-party client alone.
     *
     * @param string $globalPropertyConfigurationId Id of the configuration it makes choices for.
     * @param list<GlobalPropertyStateAspectInput> $aspects The choices.
     * @param string|null $customerId Id of the customer it is for.
     * @param string|null $select fields of GlobalPropertyTemplate
     * @return GlobalPropertyTemplate
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function globalPropertyTemplateCreate(
        string $globalPropertyConfigurationId,
        array $aspects,
        ?string $customerId = null,
        ?string $select = null,
    ): array;

    /**
     * Deletes a template. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the template.
     * @return bool
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function globalPropertyTemplateDelete(string $id): bool;

    /**
     * Changes a template. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the template.
     * @param string|null $name Its new name.
     * @param list<GlobalPropertyStateAspectInput>|null $aspectValues The choices.
     * @param string|null $select fields of GlobalPropertyTemplate
     * @return GlobalPropertyTemplate
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function globalPropertyTemplateUpdate(
        string $id,
        ?string $name = null,
        ?array $aspectValues = null,
        ?string $select = null,
    ): array;

    /**
     * Templates of a customer, by pages. Unverified: known from a first-party client alone. Read page by page while it
     * is iterated.
     *
     * @param string $customerId Id of the customer.
     * @param string|null $globalPropertyConfigurationId Only those of this configuration.
     * @param int $pageSize items of a page
     * @param string|null $select fields of GlobalPropertyTemplate
     * @return iterable<int, GlobalPropertyTemplate|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function globalPropertyTemplatesFeed(
        string $customerId,
        ?string $globalPropertyConfigurationId = null,
        int $pageSize = 50,
        ?string $select = null,
    ): iterable;

    /**
     * The integration product for a product of a shop. Unverified: known from a first-party client alone.
     *
     * @param string $externalIntegrationId What identifies the shop at its own platform.
     * @param string $externalProductId Id of the product in the shop.
     * @param string|null $select fields of IntegrationProduct
     * @return IntegrationProduct
     * @throws CountersignException missing_data if it is not shown
     */
    public function integrationProductFromExternalIds(
        string $externalIntegrationId,
        string $externalProductId,
        ?string $select = null,
    ): array;

    /**
     * Integration products by their ids. Unverified: known from a first-party client alone. The answer is aligned with
     * the ids, null where the platform shows none. Any number of ids.
     *
     * @param list<string> $ids Ids of integration products.
     * @param string|null $select fields of IntegrationProduct
     * @return list<IntegrationProduct|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function integrationProducts(array $ids, ?string $select = null): array;

    /**
     * Integrations by their ids. The answer is aligned with the ids, null where the platform shows none. Any number of
     * ids.
     *
     * @param list<string> $ids Ids of integrations.
     * @param string|null $select fields of Integration
     * @return list<Integration|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function integrations(array $ids, ?string $select = null): array;

    /**
     * Makes a metafield configuration.
     *
     * @param string $name Name of its metafields.
     * @param string $entityType Kind of thing it attaches to: Asset, Integration, Product, Variant, or another.
     * @param string $metafieldType Kind of value it holds. Unverified: inferred, seen nowhere.
     * @param string|null $description What they are for. Unverified: inferred, seen nowhere.
     * @param string|null $select fields of MetafieldConfiguration
     * @return MetafieldConfiguration
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function metafieldConfigurationCreate(
        string $name,
        string $entityType,
        string $metafieldType,
        ?string $description = null,
        ?string $select = null,
    ): array;

    /**
     * All metafield configurations for one kind of thing.
     *
     * @param string $entityType Kind of thing: Asset, Integration, Product, Variant, or another. The argument's name is
     * not printed anywhere. Unverified: inferred, seen nowhere.
     * @param string|null $select fields of MetafieldConfiguration
     * @return iterable<int, MetafieldConfiguration|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function metafieldConfigurationsFeed(string $entityType, ?string $select = null): iterable;

    /**
     * Metafields of one thing. Unverified: known from a first-party client alone.
     *
     * @param string $entityId Id of the thing.
     * @param string|null $select fields of Metafield
     * @return list<Metafield|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function metafields(string $entityId, ?string $select = null): array;

    /**
     * Metafields of several things, in one list; each says what it is attached to. Unverified: known from a first-party
     * client alone. Any number of them.
     *
     * @param list<string> $entityIds Ids of the things.
     * @param string|null $select fields of Metafield
     * @return list<Metafield|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function metafieldsMany(array $entityIds, ?string $select = null): array;

    /**
     * Options by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids, null
     * where the platform shows none. Any number of ids.
     *
     * @param list<string> $ids Ids of options.
     * @param string|null $select fields of Option
     * @return list<Option|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function options(array $ids, ?string $select = null): array;

    /**
     * Makes designs and places an order for them in one step. Its arguments, its answer and how its end is told are not
     * public. Unverified: known from an official example alone.
     *
     * @param list<OrderSimpleItemInput> $orderItems What to order. Unverified: inferred, seen nowhere.
     * @param OrderSimpleBundleInput|null $bundle Bundle to make for the items. Unverified: inferred, seen nowhere.
     * @param string|null $externalId The shop's id of the order. Unverified: inferred, seen nowhere.
     * @param ExternalDataInput|null $externalData What the shop knows about it. Unverified: inferred, seen nowhere.
     * @param bool|null $paid Whether it was paid. Unverified: inferred, seen nowhere.
     * @param string|null $select fields of Order
     * @return Order
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function orderCreateSimpleAsync(
        array $orderItems,
        ?array $bundle = null,
        ?string $externalId = null,
        ?array $externalData = null,
        ?bool $paid = null,
        ?string $select = null,
    ): array;

    /**
     * Order statuses, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated.
     *
     * @param int $pageSize items of a page
     * @param string|null $select fields of OrderStatus
     * @return iterable<int, OrderStatus|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function orderStatusesFeed(int $pageSize = 50, ?string $select = null): iterable;

    /**
     * Orders by their ids. Unverified: known from an official example alone. The answer is aligned with the ids, null
     * where the platform shows none. Any number of ids.
     *
     * @param list<string> $ids Ids of orders.
     * @param string|null $select fields of Order
     * @return list<Order|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function orders(array $ids, ?string $select = null): array;

    /**
     * Attaches an organisation to a bundle. Unverified: known from a first-party client alone.
     *
     * @param string $bundleId Id of the bundle.
     * @param string $organizationName Name of the organisation.
     * @param string|null $select fields of Bundle
     * @return Bundle
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function organizationAttachToBundle(
        string $bundleId,
        string $organizationName,
        ?string $select = null,
    ): array;

    /**
     * Attaches an organisation to a transaction. Unverified: known from a first-party client alone.
     *
     * @param string $transactionId Id of the transaction.
     * @param string $organizationName Name of the organisation.
     * @param string|null $select fields of Transaction
     * @return Transaction
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function organizationAttachToTransaction(
        string $transactionId,
        string $organizationName,
        ?string $select = null,
    ): array;

    /**
     * Starts a run of a flow. Unverified: known from a first-party client alone.
     *
     * @param string $processFlowId Id of the flow.
     * @param list<array{text: string}|array{type: string, id: string}|list<mixed>|string> $inputs What each start
     * terminal is given: {"text": …}, {"type": "Transaction", "id": …}, a list of these, or JSON text.
     * @param string|null $select fields of ProcessExecution
     * @return ProcessExecution
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function processExecutionCreate(string $processFlowId, array $inputs, ?string $select = null): array;

    /**
     * Runs of flows by their ids. Unverified: known from a first-party client alone. The answer is aligned with the
     * ids, null where the platform shows none. Any number of ids.
     *
     * @param list<string> $ids Ids of runs.
     * @param string|null $select fields of ProcessExecution
     * @return list<ProcessExecution|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function processExecutions(array $ids, ?string $select = null): array;

    /**
     * Runs of flows, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated.
     *
     * @param int $pageSize items of a page
     * @param string|null $select fields of ProcessExecution
     * @return iterable<int, ProcessExecution|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function processExecutionsFeed(int $pageSize = 50, ?string $select = null): iterable;

    /**
     * All flow contexts. Unverified: inferred, seen nowhere.
     *
     * @param string|null $select fields of ProcessFlowContext
     * @return iterable<int, ProcessFlowContext|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function processFlowContextsFeed(?string $select = null): iterable;

    /**
     * Flows by their ids. Unverified: inferred, seen nowhere. The answer is aligned with the ids, null where the
     * platform shows none. Any number of ids.
     *
     * @param list<string> $ids Ids of flows.
     * @param string|null $select fields of ProcessFlow
     * @return list<ProcessFlow|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function processFlows(array $ids, ?string $select = null): array;

    /**
     * Flows, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated.
     *
     * @param int $pageSize items of a page
     * @param string|null $select fields of ProcessFlow
     * @return iterable<int, ProcessFlow|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function processFlowsFeed(int $pageSize = 50, ?string $select = null): iterable;

    /**
     * Product collections by their ids. Unverified: known from a first-party client alone. The answer is aligned with
     * the ids, null where the platform shows none. Any number of ids.
     *
     * @param list<string> $ids Ids of collections.
     * @param string|null $select fields of ProductCollection
     * @return list<ProductCollection|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function productCollections(array $ids, ?string $select = null): array;

    /**
     * Products by their ids. Unverified: inferred, seen nowhere. The answer is aligned with the ids, null where the
     * platform shows none. Any number of ids.
     *
     * @param list<string> $ids Ids of products.
     * @param string|null $select fields of Product
     * @return list<Product|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function products(array $ids, ?string $select = null): array;

    /**
     * All tags of one thing. Unverified: inferred, seen nowhere.
     *
     * @param string $entityId Id of the thing.
     * @param string|null $select fields of Tag
     * @return iterable<int, Tag|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function tagsFeed(string $entityId, ?string $select = null): iterable;

    /**
     * Tags of several things, in one list; each says what it is attached to. Unverified: known from a first-party
     * client alone. Any number of them.
     *
     * @param list<string> $entityIds Ids of the things.
     * @param string|null $select fields of Tag
     * @return list<Tag|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function tagsMany(array $entityIds, ?string $select = null): array;

    /**
     * Lets a customer take part in a transaction. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the transaction.
     * @param CustomerDetailsInput $details Who it is.
     * @param string $type Kind of part: Owner, Approver, Editor, Viewer, or another.
     * @param string|null $select fields of Transaction
     * @return Transaction
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function transactionAddStakeholder(string $id, array $details, string $type, ?string $select = null): array;

    /**
     * Approves a transaction. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the transaction.
     * @param string|null $note A note on it.
     * @return bool
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function transactionApprove(string $id, ?string $note = null): bool;

    /**
     * Makes the caller the owner of a transaction. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the transaction.
     * @param string|null $select fields of Transaction
     * @return Transaction
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function transactionClaim(string $id, ?string $select = null): array;

    /**
     * Compares workflow states with the stored ones and answers the ids that differ. Unverified: known from a
     * first-party client alone. Any number of them.
     *
     * @param list<TransactionConfirmInput> $transactions States to compare.
     * @return list<string|null>
     * @throws CountersignException missing_data if it is not shown
     */
    public function transactionConfirmWorkflowStates(array $transactions): array;

    /**
     * Makes a transaction. Name the product by an integration product, or by the two external ids. Unverified: known
     * from a first-party client alone.
     *
     * @param string|null $integrationProductId Id of the integration product.
     * @param string|null $externalIntegrationId What identifies the shop at its own platform.
     * @param string|null $externalProductId Id of the product in the shop.
     * @param bool|null $bulk Whether it is a bulk design.
     * @param bool|null $claim Whether the caller becomes its owner.
     * @param string|null $workflowId Id of the workflow.
     * @param string|null $select fields of Transaction
     * @return Transaction
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function transactionCreate(
        ?string $integrationProductId = null,
        ?string $externalIntegrationId = null,
        ?string $externalProductId = null,
        ?bool $bulk = null,
        ?bool $claim = null,
        ?string $workflowId = null,
        ?string $select = null,
    ): array;

    /**
     * Makes several transactions. Unverified: known from a first-party client alone. At most 50 at once.
     *
     * @param list<TransactionCreateInput> $inputs The transactions.
     * @param string|null $marketplaceThemeInstallId Id of an installed theme.
     * @param string|null $marketplaceThemeInstallConfigurationId Id of the theme's configuration.
     * @param string|null $select fields of Transaction
     * @return list<Transaction|null>
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function transactionCreateMany(
        array $inputs,
        ?string $marketplaceThemeInstallId = null,
        ?string $marketplaceThemeInstallConfigurationId = null,
        ?string $select = null,
    ): array;

    /**
     * Copies a transaction. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the transaction.
     * @param bool|null $template Whether the copy is a template.
     * @param string|null $select fields of Transaction
     * @return Transaction
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function transactionDuplicate(string $id, ?bool $template = null, ?string $select = null): array;

    /**
     * Ends a change of a transaction. Unverified: known from a first-party client alone.
     *
     * @param string $transactionId Id of the transaction.
     * @return bool
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function transactionFinalizeUpdate(string $transactionId): bool;

    /**
     * Rejects a transaction. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the transaction.
     * @param string|null $note A note on it.
     * @return bool
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function transactionReject(string $id, ?string $note = null): bool;

    /**
     * Changes a transaction. Unverified: known from an official example alone.
     *
     * @param string $id Id of the transaction.
     * @param string|null $workflowId Id of its new workflow.
     * @param string|null $designName New name of the design. Unverified: known from a first-party client alone.
     * @param array<mixed>|string|null $workflowState New state of the design, as JSON text. Unverified: known from a
     * first-party client alone. An array is written as JSON.
     * @param int|null $quantity How many. Unverified: known from a first-party client alone.
     * @param string|null $select fields of Transaction
     * @return Transaction
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function transactionUpdate(
        string $id,
        ?string $workflowId = null,
        ?string $designName = null,
        array|string|null $workflowState = null,
        ?int $quantity = null,
        ?string $select = null,
    ): array;

    /**
     * Gives a transaction another integration product. Unverified: known from a first-party client alone.
     *
     * @param string $id Id of the transaction.
     * @param string|null $integrationProductId Id of the integration product.
     * @param string|null $select fields of Transaction
     * @return Transaction
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function transactionUpdateIntegrationProduct(
        string $id,
        ?string $integrationProductId = null,
        ?string $select = null,
    ): array;

    /**
     * Transactions by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids,
     * null where the platform shows none. Any number of ids.
     *
     * @param list<string> $ids Ids of transactions.
     * @param string|null $select fields of Transaction
     * @return list<Transaction|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function transactions(array $ids, ?string $select = null): array;

    /**
     * Lets a customer take part in several transactions. Unverified: known from a first-party client alone.
     *
     * @param list<string> $ids Ids of the transactions.
     * @param CustomerDetailsInput $details Who it is.
     * @param string $type Kind of part: Owner, Approver, Editor, Viewer, or another.
     * @param string|null $select fields of Transaction
     * @return list<Transaction|null>
     * @throws CountersignException with its outcome: not placed is certain, else it may have been done
     */
    public function transactionsAddStakeholder(array $ids, array $details, string $type, ?string $select = null): array;

    /**
     * Workflows by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids,
     * null where the platform shows none. Any number of ids.
     *
     * @param list<string> $ids Ids of workflows.
     * @param string|null $select fields of Workflow
     * @return list<Workflow|null>
     * @throws CountersignException missing_data if there is none at all
     */
    public function workflows(array $ids, ?string $select = null): array;
}
