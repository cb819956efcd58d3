//! The table of the platform's types, as [`super::model`] reads it. Generated from schema/spiff.graphql and schema/operations/ by `make generate`.

pub(super) static TABLE: &str = "\
input AddressInput reference
 address1 String
 address2 String
 city String
 company String
 country String
 countryCode String
 firstName String
 lastName String
 latitude String
 longitude String
 name String
 phone String
 province String
 provinceCode String
 zip String
type Bundle reference
 id String!
 bundleOwnerId String secret
 bundleStakeholders [BundleStakeholder]
 createdAt String!
 metadata [BundleMetadataItem]
 name String
 partner Partner
 transactions [Transaction]
 updatedAt String client
 completed Boolean client
 dispatchDate String client
 purchaseOrder String client
 template Boolean client
 templateLocked Boolean client
 templateStatus BundleTemplateStatus client
 test Boolean client
 ordered Boolean client
 orderId String client
 externalOrderId String client
 internalOrderId String client
 quoteId String client
 transactionsCount Int client
 productsCount Int client
 totalPriceSubunits Int client
 transactionIds [String] client
 bundleStateData String client json
 workflowViewerLink String client
 workflowViewerAmendLink String client
 workflowViewerReadOnlyLink String client
 currentBundleStakeholder BundleStakeholder client
 bundleShareActions [ShareAction] client
 productCollection ProductCollection client
 globalPropertyConfiguration GlobalPropertyConfiguration client
input BundleMetadataInput reference
 key String
 value String
type BundleMetadataItem reference
 key String
 value String
type BundleStakeholder reference
 id String
 type String
 bundle Bundle
 customer Customer
 authorizationStatus String client
 authorizationDate String client
 authorizationNote String client
input BundleStakeholderInput reference
 customerDetails CustomerDetailsInput!
 type String!
type ConversionConfiguration reference
 id String!
 locations [String]!
 mandatory Boolean
 name String
 requestedDataItems [ConversionData]!
 partnerId String client
 requestedData [String] client
type ConversionData reference
 mandatory Boolean
 type String!
 title String client
 uniqueIdentifier String client
 customFieldIndex Int client
 optionId String client
 option Option client
type Customer reference
 createdAt String
 emailAddress String
 firstName String
 id String
 lastActiveAt String
 lastName String
 phoneNumber String
 partner Partner client
 loginToken String client secret
 defaultTemplateBundleId String client
 hasBundleTemplates Boolean client
 stakeholders [Stakeholder] client
 bundleStakeholders [BundleStakeholder] client
 productCollectionCustomers [ProductCollectionCustomer] client
input CustomerDetailsInput reference
 emailAddress String
 firstName String
 lastName String
 phoneNumber String
input ExternalDataInput reference
 orderNumber String
 customerEmail String
 customerPhone String
 billingAddress [AddressInput]
 shippingAddress [AddressInput]
 discountCodes [String]
 note String
type GlobalPropertyConfiguration reference
 id String
 name String
 aspects [GlobalPropertyConfigurationAspect]
type GlobalPropertyConfigurationAspect reference
 name String
 type String
 entityId String
 title String
 description String
 mandatory Boolean client
 silent Boolean client
 conditionMode String client
input GlobalPropertyConfigurationAspectInput reference
 name String!
 type String!
 entityId String
 title String
 description String
type GlobalPropertyConfigurationsFeed reference
 items [GlobalPropertyConfiguration]
type GlobalPropertyState reference
 id String
 aspects [GlobalPropertyStateAspect]
type GlobalPropertyStateAspect reference
 name String
 value String
 type String client
 channel Int client
 hidden Boolean client
input GlobalPropertyStateAspectInput reference
 name String!
 value String!
type Integration reference
 enabled Boolean
 externalIntegrationId String
 id String
 type String
 name String client
 logo String client
 isCurrent Boolean client
 partner Partner client
type IntegrationProduct reference
 additionalExternalProductId String
 additionalExternalVariantId String
 externalProductId String
 externalVariantId String
 id String
 integrationEnabled Boolean
 integration Integration
 main Boolean
 product Product
 additionalIntegrationProduct IntegrationProduct client
type LineItem reference
 basePrice Int
 brochureLink String
 createdAt String
 customFields String json
 externalId String
 id String
 integrationType String
 order Order
 outputData OutputData
 previewImageLink String
 proxyOrder ProxyOrder
 quantity Int
 rejectedAt String
 shippingProviderStatus String
 shippingProviderTrackingNumber String
 shippingProviderTrackingUrl String
 sku String
 status String
 transaction Transaction
type MetadataItem reference
 name String
 value String
type Metafield reference
 id String!
 createdAt String!
 updatedAt String!
 entityId String!
 metafieldConfiguration MetafieldConfiguration!
 value String! json
type MetafieldConfiguration reference
 id String!
 createdAt String!
 updatedAt String!
 entityType String!
 metafieldType String!
 name String!
 description String!
type MetafieldConfigurationsFeed reference
 items [MetafieldConfiguration]!
type Order reference
 createdAt String
 externalId String
 externalTags String
 id String
 internalId String
 lineItems [LineItem]
 paid Boolean
input OrderItemInput reference
 amountToOrder Int!
 bundleId String
 transactionId String
input OrderSimpleBundleInput reference
 ownerEmailAddress String
 metadata [BundleMetadataInput]
input OrderSimpleItemInput reference
 amountToOrder Int!
 externalId String
 productId String!
 workflowId String!
 steps [OrderSimpleItemStepInput]
input OrderSimpleItemStepInput reference
 stepName String!
 text String
 variantId String
type OrderStatus reference
 id String
 name String
type OrderStatusesFeed reference
 items [OrderStatus]
 total Int
type OutputData reference
 metadata [MetadataItem]
 sku String
 transactionId String!
 variantSelections [VariantSelection]
type Partner reference
 id String!
 name String
 billingCurrencyCode String
 currencyCode String
 activeAddons [String] client
 beta Boolean client
 customerDetailsPromptMarkdown String client
type ProcessExecution reference
 createdAt String
 edges [ProcessExecutionEdge]
 id String
 internalId String
 nodes [ProcessExecutionNode]
 processFlow ProcessFlow
 updatedAt String
 completedAt String client
 failedAt String client
type ProcessExecutionEdge reference
 data ProcessExecutionEdgeData
 id String
 sourceNode String
 sourceSocket String
 targetNode String
 targetSocket String
type ProcessExecutionEdgeData reference
 type String
 value String
type ProcessExecutionNode reference
 artifacts String json
 completedAt String
 data String json
 failedAt String
 id String
 quickviewName String
 quickview Boolean
 region ProcessFlowRegion
 startedAt String
 type String
type ProcessExecutionsFeed reference
 items [ProcessExecution]
 total Int
type ProcessFlow reference
 edges [ProcessFlowEdge]
 entityId String
 entityType String
 id String
 name String
 nodes [ProcessFlowNode]
 processFlowContext ProcessFlowContext
type ProcessFlowContext reference
 description String
 id String
 inputs [ProcessFlowContextTerminal]
 name String
 outputs [ProcessFlowContextTerminal]
 public Boolean
type ProcessFlowContextTerminal reference
 name String!
 type String!
input ProcessFlowContextTerminalInput reference
 name String!
 type String!
type ProcessFlowContextsFeed reference
 items [ProcessFlowContext]
type ProcessFlowEdge reference
 id String
 sourceNode String
 sourceSocket String
 targetNode String
 targetSocket String
input ProcessFlowEdgeInput reference
 id String
 sourceNode String
 sourceSocket String
 targetNode String
 targetSocket String
type ProcessFlowNode reference
 data String json
 id String
 parentNodeId String
 quickviewName String
 quickview Boolean
 region ProcessFlowRegion
 type String
input ProcessFlowNodeInput reference
 data String json
 id String
 parentNodeId String
 quickviewName String
 quickview Boolean
 region ProcessFlowRegionInput
 type String
type ProcessFlowRegion reference
 height Float
 width Float
 x Float
 y Float
input ProcessFlowRegionInput reference
 height Float
 width Float
 x Float
 y Float
type ProcessFlowsFeed reference
 items [ProcessFlow]
 total Int
type Product reference
 autoProxyOrder Boolean
 basePrice Int
 conversionConfiguration ConversionConfiguration
 enabled Boolean
 hubIntegrationProduct IntegrationProduct
 id String!
 imageUrl String
 integrationProducts [IntegrationProduct]
 modelUrl String
 name String
 overlayImageUrl String
 partner Partner
 preloadImageUrl String
 productLinks [ProductLink]
 profanities [Profanity]
 skuCode String
 sku String
 weight Float
 workflows [WorkflowProduct]
 description String client
 minimumOrderQuantity Int client
 priceBreaks [PriceBreak] client
 productTags [ProductTag] client
 promptForCustomerDetails Boolean client
type ProductLink reference
 id String!
 product Product
 storefront Partner
 status String
 shouldPlaceProxyOrders Boolean
type Profanity reference
 createdAt String
 id String!
 word String!
type ProxyOrder reference
 externalId String
type Stakeholder reference
 id String
 type String
 transaction Transaction
 customer Customer
 authorizationStatus String client
 authorizationDate String client
 authorizationNote String client
type Tag reference
 id String!
 createdAt String!
 updatedAt String!
 entityId String!
 name String!
type TagsFeed reference
 items [Tag]!
type Transaction reference
 bulkEmailAddress String
 bulkSourceUrl String
 bulk Boolean
 createOrderLink String
 createdAt String
 customLogoLink String
 designName String!
 externalCartProductId String
 externalCartProductVariantId String
 externalDesignProductId String
 externalDesignProductVariantId String
 externalOrderId String
 id String!
 integrationPartnerName String
 integrationProduct IntegrationProduct
 integrationType String
 isOrdered Boolean
 lastSyncedAt String
 previewImageLink String
 priceModifierTotal Int
 product Product
 quantity Int
 stakeholders [Stakeholder]
 status String
 transactionOwnerId String secret
 variationsCount Int
 workflowFooterLogoLink String
 workflowId String
 workflowState String json
 workflowViewerLink String!
 workflowViewerReadOnlyLink String!
 completed Boolean client
 bundle Bundle client
 parentTransaction Transaction client
 integrationProductId String client
 designExternalVariants [DesignExternalVariant] client
 restApiIntegrationLink String client
 currentStakeholder Stakeholder client
 hasAuthenticatedActions Boolean client
 transactionShareActions [ShareAction] client
type VariantSelection reference
 stepTitle String
 variantName String
type WorkflowProduct reference
 friendlyName String
 id String
 isPresent Boolean
 imageUrl String
 workflowName String
 index Int client
type Query client
 customers [Customer] reference
  ids [String!]!
 globalPropertyConfigurations [GlobalPropertyConfiguration] reference
  ids [String]!
 globalPropertyConfigurationsFeed GlobalPropertyConfigurationsFeed reference
 globalPropertyState GlobalPropertyState reference
  bundleId String
 integrations [Integration] reference
  ids [String!]!
 metafieldConfigurationsFeed MetafieldConfigurationsFeed reference
  entityType String! inferred
 orders [Order] example
  ids [String!]!
 transactions [Transaction]
  ids [String]!
 bundles [Bundle]
  ids [String]!
 customer Customer
  emailAddress String!
 processExecutions [ProcessExecution]
  ids [String]!
 integrationProducts [IntegrationProduct]
  ids [String!]!
 integrationProductFromExternalIds IntegrationProduct
  externalIntegrationId String!
  externalProductId String!
 currentIntegration Integration
 metafields [Metafield]
  entityId String!
 metafieldsMany [Metafield]
  entityIds [String!]!
 tagsMany [Tag]
  entityIds [String!]!
 conversionConfiguration ConversionConfiguration
  id String!
 customerBundlesFeed BundlesFeed
  id String!
  limit Int!
  offset Int!
  template Boolean
  templateStatus BundleTemplateStatus
  ordered Boolean
 customerTransactionsFeed TransactionsFeed
  id String!
  limit Int!
  offset Int!
  startDate String
  endDate String
  quicksearch String
 transactionConfirmWorkflowStates [String]
  transactions [TransactionConfirmInput!]!
 currencyConversion CurrencyConversion
  from String!
  to String!
 globalPropertyTemplatesFeed GlobalPropertyTemplatesFeed
  limit Int!
  offset Int!
  customerId String!
  globalPropertyConfigurationId String
 options [Option]
  ids [String]!
 productCollections [ProductCollection]
  ids [String!]!
 workflows [Workflow]
  ids [String!]!
 orderStatusesFeed OrderStatusesFeed inferred
  limit Int
  offset Int
 processExecutionsFeed ProcessExecutionsFeed inferred
  limit Int
  offset Int
 processFlowContextsFeed ProcessFlowContextsFeed inferred
 processFlows [ProcessFlow] inferred
  ids [String]!
 processFlowsFeed ProcessFlowsFeed inferred
  limit Int
  offset Int
 products [Product] inferred
  ids [String!]!
 tagsFeed TagsFeed inferred
  entityId String!
type Mutation client
 globalPropertyConfigurationCreate GlobalPropertyConfiguration reference
 globalPropertyConfigurationUpdate GlobalPropertyConfiguration reference
  id String!
  name String
  aspects [GlobalPropertyConfigurationAspectInput]!
 globalPropertyStateCreate GlobalPropertyState reference
  bundleId String
 globalPropertyStateUpdate GlobalPropertyState reference
  id String!
  aspects [GlobalPropertyStateAspectInput]!
 metafieldConfigurationCreate MetafieldConfiguration reference
  name String!
  entityType String!
  metafieldType String! inferred
  description String inferred
 orderCreate Order example
  orderItems [OrderItemInput]! client
  externalId String client
  paid Boolean client
  externalData ExternalDataInput client
  generateInternalId Boolean client
  internalId String inferred
 orderCreateSimpleAsync Order example
  orderItems [OrderSimpleItemInput] inferred
  bundle OrderSimpleBundleInput inferred
  externalId String inferred
  externalData ExternalDataInput inferred
  paid Boolean inferred
 transactionUpdate Transaction example
  id String!
  workflowId String
  designName String client
  workflowState String client json
  quantity Int client
 transactionCreate Transaction
  integrationProductId String
  externalIntegrationId String
  externalProductId String
  bulk Boolean
  claim Boolean
  workflowId String
 transactionCreateMany [Transaction]
  inputs [TransactionCreateInput]!
  marketplaceThemeInstallId String
  marketplaceThemeInstallConfigurationId String
 transactionClaim Transaction
  id String!
 transactionDuplicate Transaction
  id String!
  template Boolean
 transactionAddStakeholder Transaction
  id String!
  details CustomerDetailsInput!
  type String!
 transactionsAddStakeholder [Transaction]
  ids [String!]!
  details CustomerDetailsInput!
  type String!
 transactionApprove Boolean
  id String!
  note String
 transactionReject Boolean
  id String!
  note String
 transactionFinalizeUpdate Boolean
  transactionId String!
 transactionUpdateIntegrationProduct Transaction
  id String!
  integrationProductId String
 addressAttachToTransaction Transaction
  transactionId String!
  streetAddress String
  apartment String
  city String
  country String
  state String
  postCode String
 organizationAttachToTransaction Transaction
  transactionId String!
  organizationName String!
 bundleCreate Bundle
  collectionId String
  metadata [MetadataInput!]
  marketplaceThemeInstallId String
  marketplaceThemeInstallConfigurationId String
  activationId String
  test Boolean
 bundleUpdate Bundle
  id String!
  name String
  metadata [MetadataInput!]
  bundleStateData String json
  dispatchDate String
  purchaseOrder String
  globalPropertyConfigurationId String
 bundleDelete Boolean
  id String!
 bundleDuplicate Bundle
  id String!
  template Boolean
  marketplaceThemeInstallId String
  marketplaceThemeInstallConfigurationId String
  duplicateTransactions Boolean
  test Boolean
 bundleAddTransaction Bundle
  id String!
  transactionId String!
 bundleAddTransactions Bundle
  id String!
  transactionIds [String!]!
  transactionOwnerIds [String!] secret
 bundleRemoveTransaction Bundle
  id String!
  transactionId String!
 bundleRemoveTransactions Bundle
  id String!
  transactionIds [String!]!
 bundleUpdateTransactionOrder Bundle
  id String!
  transactionIds [String!]!
 bundleAddStakeholder Bundle
  id String!
  details CustomerDetailsInput!
  type String!
 bundleRemoveStakeholder Bundle
  id String!
  emailAddress String!
 bundleUpdateStakeholders Bundle
  id String!
  input [BundleStakeholderInput!]!
 bundleAssignProductCollection Bundle
  id String!
  collectionId String!
 bundleApprove Boolean
  id String!
  note String
  stakeholderId String
 bundleReject Boolean
  id String!
  note String
  stakeholderId String
 bundleFinalizeUpdate Boolean
  bundleId String!
 bundleGenerateQuoteId Bundle
  id String!
 bundleEmailSharePageLink Bundle
  bundleId String!
  email String!
  firstName String
  lastName String
 addressAttachToBundle Bundle
  bundleId String!
  streetAddress String
  apartment String
  city String
  country String
  state String
  postCode String
 organizationAttachToBundle Bundle
  bundleId String!
  organizationName String!
 processExecutionCreate ProcessExecution
  processFlowId String!
  inputs [String]!
 customerCreate Customer
  details CustomerDetailsInput!
 customerAuthenticate Customer
  loginToken String! secret
 customerGenerateVerificationCode Boolean
  emailAddress String!
 customerVerifyCode Customer
  emailAddress String!
  verificationCode String! secret
 globalPropertyTemplateCreate GlobalPropertyTemplate
  globalPropertyConfigurationId String!
  customerId String
  aspects [GlobalPropertyStateAspectInput!]!
 globalPropertyTemplateUpdate GlobalPropertyTemplate
  id String!
  name String
  aspectValues [GlobalPropertyStateAspectInput]
 globalPropertyTemplateDelete Boolean
  id String!
enum BundleTemplateStatus client
 Draft String
 Active String
type BundlesFeed client
 items [Bundle]
 total Int
type TransactionsFeed client
 items [Transaction]
 total Int
type ShareAction client
 id String
 title String
 type String
 stakeholderType String
 precedence Int
 url String
type DesignExternalVariant client
 id String
 externalProductId String
 externalProductVariantId String
type PriceBreak client
 id String
 minQty Int
 percentage Float
type ProductTag client
 id String
 name String
type CurrencyConversion client
 rateFrom Float
 rateTo Float
 timestamp String
type ProductCollection client
 id String
 name String
 description String
 dispatchStartDate String
 dispatchEndDate String
 total Int
 globalPropertyConfiguration GlobalPropertyConfiguration
 productCollectionCustomers [ProductCollectionCustomer]
 productCollectionProducts [ProductCollectionProduct]
  productIds [String!]
type ProductCollectionCustomer client
 id String
 customer Customer
 productCollection ProductCollection
type ProductCollectionProduct client
 id String
 productId String
 workflowId String
 product Product
 workflows [ProductCollectionProductWorkflow]
type ProductCollectionProductWorkflow client
 workflowProduct WorkflowProduct
type GlobalPropertyTemplate client
 id String
 name String
 createdAt String
 updatedAt String
 globalPropertyConfiguration GlobalPropertyConfiguration
 aspectValues [GlobalPropertyStateAspect]
type GlobalPropertyTemplatesFeed client
 items [GlobalPropertyTemplate]
 total Int
type Option client
 id String
 name String
type Workflow client
 id String
 name String
input MetadataInput client
 key String
 value String
input TransactionCreateInput client
 integrationProductId String
 externalIntegrationId String
 externalProductId String
 workflowId String
 designName String
 claim Boolean
 quantity Int
 parentTransactionId String
input TransactionConfirmInput client
 id String!
 hash String!
";
