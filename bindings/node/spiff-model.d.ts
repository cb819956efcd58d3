// The types of Spiff's model, and the operations as methods.
// Generated from schema/spiff.graphql and schema/operations/ by `make generate`.

import type { CallOptions } from './index.js'

/** An address. Every part is optional. */
export interface AddressInput {
  /** First line of the street address. */
  address1?: string | null | undefined
  /** Second line of the street address. */
  address2?: string | null | undefined
  /** Town or city. */
  city?: string | null | undefined
  /** Company, if there is one. */
  company?: string | null | undefined
  /** Country, by its name. */
  country?: string | null | undefined
  /** Country, by a short code. */
  countryCode?: string | null | undefined
  /** First name of whoever receives there. */
  firstName?: string | null | undefined
  /** Last name of whoever receives there. */
  lastName?: string | null | undefined
  /** Latitude, as text. */
  latitude?: string | null | undefined
  /** Longitude, as text. */
  longitude?: string | null | undefined
  /** The whole name in one text. */
  name?: string | null | undefined
  /** Telephone number. */
  phone?: string | null | undefined
  /** State or province, by its name. */
  province?: string | null | undefined
  /** State or province, by a short code. */
  provinceCode?: string | null | undefined
  /** Postal code. */
  zip?: string | null | undefined
}

/** Several transactions that belong together. */
export interface Bundle {
  /** Id of the bundle. */
  id?: string | undefined
  /** Temporary id that lets its holder change the bundle. Treat it as a secret. */
  bundleOwnerId?: string | null | undefined
  /** Who takes part in the bundle. */
  bundleStakeholders?: (BundleStakeholder | null)[] | null | undefined
  /** When the bundle was made. */
  createdAt?: string | undefined
  /** Keys and values kept with the bundle. */
  metadata?: (BundleMetadataItem | null)[] | null | undefined
  /** Name of the bundle, for people. */
  name?: string | null | undefined
  /** Partner the bundle belongs to. */
  partner?: Partner | null | undefined
  /** Transactions in the bundle. */
  transactions?: (Transaction | null)[] | null | undefined
  /** When the bundle last changed. Unverified: known from a first-party client alone. */
  updatedAt?: string | null | undefined
  /** Whether the bundle was completed. Unverified: known from a first-party client alone. */
  completed?: boolean | null | undefined
  /** When it is to be dispatched. Unverified: known from a first-party client alone. */
  dispatchDate?: string | null | undefined
  /** Purchase order it refers to. Unverified: known from a first-party client alone. */
  purchaseOrder?: string | null | undefined
  /** Whether it is a template for other bundles. Unverified: known from a first-party client alone. */
  template?: boolean | null | undefined
  /** Whether the template is locked. Unverified: known from a first-party client alone. */
  templateLocked?: boolean | null | undefined
  /** State of the template. Unverified: known from a first-party client alone. */
  templateStatus?: 'Draft' | 'Active' | (string & {}) | null | undefined
  /** Whether it is a test, left out of reports and bills. Unverified: known from a first-party client alone. */
  test?: boolean | null | undefined
  /** Whether it was ordered. Unverified: known from a first-party client alone. */
  ordered?: boolean | null | undefined
  /** Id of the order made from it. Unverified: known from a first-party client alone. */
  orderId?: string | null | undefined
  /** The shop's id of the order made from it. Unverified: known from a first-party client alone. */
  externalOrderId?: string | null | undefined
  /** The platform's internal id of the order made from it. Unverified: known from a first-party client alone. */
  internalOrderId?: string | null | undefined
  /** Id of the quote made for it. Unverified: known from a first-party client alone. */
  quoteId?: string | null | undefined
  /** How many transactions are in it. Unverified: known from a first-party client alone. */
  transactionsCount?: number | null | undefined
  /** How many products are in it. Unverified: known from a first-party client alone. */
  productsCount?: number | null | undefined
  /** Price of everything in it, in minor currency units. Unverified: known from a first-party client alone. */
  totalPriceSubunits?: number | null | undefined
  /** Ids of the transactions in it. Unverified: known from a first-party client alone. */
  transactionIds?: (string | null)[] | null | undefined
  /**
   * What the experience in the browser keeps with it, as JSON text. Unverified: known from a first-party client alone.
   */
  bundleStateData?: string | null | undefined
  /** URL that shows it. Unverified: known from a first-party client alone. */
  workflowViewerLink?: string | null | undefined
  /** URL that shows it for amending. Unverified: known from a first-party client alone. */
  workflowViewerAmendLink?: string | null | undefined
  /** URL that shows it without letting anyone change it. Unverified: known from a first-party client alone. */
  workflowViewerReadOnlyLink?: string | null | undefined
  /** The stakeholder who is asking. Unverified: known from a first-party client alone. */
  currentBundleStakeholder?: BundleStakeholder | null | undefined
  /** What it can be shared for. Unverified: known from a first-party client alone. */
  bundleShareActions?: (ShareAction | null)[] | null | undefined
  /** Product collection it was made from. Unverified: known from a first-party client alone. */
  productCollection?: ProductCollection | null | undefined
  /** Global properties that apply to it. Unverified: known from a first-party client alone. */
  globalPropertyConfiguration?: GlobalPropertyConfiguration | null | undefined
}

/** One key and value to keep with a bundle. */
export interface BundleMetadataInput {
  /** The key. */
  key?: string | null | undefined
  /** The value. */
  value?: string | null | undefined
}

/** One key and value kept with a bundle. */
export interface BundleMetadataItem {
  /** The key. */
  key?: string | null | undefined
  /** The value. */
  value?: string | null | undefined
}

/** A customer's part in a bundle. */
export interface BundleStakeholder {
  /** Id of the stakeholder. */
  id?: string | null | undefined
  /** Kind of part: Owner, Approver, Editor, Viewer, or another. */
  type?: string | null | undefined
  /** The bundle. */
  bundle?: Bundle | null | undefined
  /** The customer. */
  customer?: Customer | null | undefined
  /** Whether the stakeholder approved or rejected. Unverified: known from a first-party client alone. */
  authorizationStatus?: string | null | undefined
  /** When the stakeholder approved or rejected. Unverified: known from a first-party client alone. */
  authorizationDate?: string | null | undefined
  /** What the stakeholder said about it. Unverified: known from a first-party client alone. */
  authorizationNote?: string | null | undefined
}

/** A customer who is to take part in a bundle. */
export interface BundleStakeholderInput {
  /** Who it is. */
  customerDetails: CustomerDetailsInput
  /** Kind of part: Owner, Approver, Editor, Viewer, or another. */
  type: string
}

/** What consumers are asked for while they design. */
export interface ConversionConfiguration {
  /** Id of the configuration. */
  id?: string | undefined
  /** Where the form appears. */
  locations?: (string | null)[] | undefined
  /** Whether the form has to be filled in. */
  mandatory?: boolean | null | undefined
  /** Name of the configuration, for people. */
  name?: string | null | undefined
  /** What is asked for. */
  requestedDataItems?: (ConversionData | null)[] | undefined
  /** Id of the partner it belongs to. Unverified: known from a first-party client alone. */
  partnerId?: string | null | undefined
  /** Kinds of data asked for. Unverified: known from a first-party client alone. */
  requestedData?: (string | null)[] | null | undefined
}

/** One thing that consumers are asked for. */
export interface ConversionData {
  /** Whether it has to be answered. */
  mandatory?: boolean | null | undefined
  /** Kind of data. */
  type?: string | undefined
  /** Title of the question. Unverified: known from a first-party client alone. */
  title?: string | null | undefined
  /** Name of the item, unique in its form. Unverified: known from a first-party client alone. */
  uniqueIdentifier?: string | null | undefined
  /** Position among the custom fields. Unverified: known from a first-party client alone. */
  customFieldIndex?: number | null | undefined
  /** Id of the option to choose from. Unverified: known from a first-party client alone. */
  optionId?: string | null | undefined
  /** Option to choose from. Unverified: known from a first-party client alone. */
  option?: Option | null | undefined
}

/** A consumer. */
export interface Customer {
  /** When the customer was made. */
  createdAt?: string | null | undefined
  /** Email address. */
  emailAddress?: string | null | undefined
  /** First name. */
  firstName?: string | null | undefined
  /** Id of the customer. */
  id?: string | null | undefined
  /** When the customer was last active. */
  lastActiveAt?: string | null | undefined
  /** Last name. */
  lastName?: string | null | undefined
  /** Telephone number. */
  phoneNumber?: string | null | undefined
  /** Partner the customer belongs to. Unverified: known from a first-party client alone. */
  partner?: Partner | null | undefined
  /** Token that logs the customer in. Treat it as a secret. Unverified: known from a first-party client alone. */
  loginToken?: string | null | undefined
  /** Id of the bundle that serves as the customer's template. Unverified: known from a first-party client alone. */
  defaultTemplateBundleId?: string | null | undefined
  /** Whether the customer has templates. Unverified: known from a first-party client alone. */
  hasBundleTemplates?: boolean | null | undefined
  /** The customer's parts in transactions. Unverified: known from a first-party client alone. */
  stakeholders?: (Stakeholder | null)[] | null | undefined
  /** The customer's parts in bundles. Unverified: known from a first-party client alone. */
  bundleStakeholders?: (BundleStakeholder | null)[] | null | undefined
  /** Product collections the customer may use. Unverified: known from a first-party client alone. */
  productCollectionCustomers?: (ProductCollectionCustomer | null)[] | null | undefined
}

/** A customer to add or to change. */
export interface CustomerDetailsInput {
  /** Email address. */
  emailAddress?: string | null | undefined
  /** First name. */
  firstName?: string | null | undefined
  /** Last name. */
  lastName?: string | null | undefined
  /** Telephone number. */
  phoneNumber?: string | null | undefined
}

/** What the shop knows about an order, for the partner's flows to use. */
export interface ExternalDataInput {
  /** Number of the order in the shop. */
  orderNumber?: string | null | undefined
  /** Email address of whoever ordered. */
  customerEmail?: string | null | undefined
  /** Telephone number of whoever ordered. */
  customerPhone?: string | null | undefined
  /** Billing address. */
  billingAddress?: readonly (AddressInput | null)[] | null | undefined
  /** Delivery address. */
  shippingAddress?: readonly (AddressInput | null)[] | null | undefined
  /** Discount codes that were used. */
  discountCodes?: readonly (string | null)[] | null | undefined
  /** A note on the order. */
  note?: string | null | undefined
}

/** Choices that several steps of a design share. */
export interface GlobalPropertyConfiguration {
  /** Id of the configuration. */
  id?: string | null | undefined
  /** Name of the configuration, for people. */
  name?: string | null | undefined
  /** The choices. */
  aspects?: (GlobalPropertyConfigurationAspect | null)[] | null | undefined
}

/** One choice that steps share. */
export interface GlobalPropertyConfigurationAspect {
  /** Name of the aspect, unique in its configuration. */
  name?: string | null | undefined
  /** Kind of choice. */
  type?: string | null | undefined
  /** Id of what it chooses from, such as an option. */
  entityId?: string | null | undefined
  /** Title to show. */
  title?: string | null | undefined
  /** Words to show. */
  description?: string | null | undefined
  /** Whether a choice has to be made. Unverified: known from a first-party client alone. */
  mandatory?: boolean | null | undefined
  /** Whether it is kept out of sight. Unverified: known from a first-party client alone. */
  silent?: boolean | null | undefined
  /** How its conditions combine. Unverified: known from a first-party client alone. */
  conditionMode?: string | null | undefined
}

/** One choice that steps are to share. */
export interface GlobalPropertyConfigurationAspectInput {
  /** Name of the aspect, unique in its configuration. */
  name: string
  /** Kind of choice. */
  type: string
  /** Id of what it chooses from, such as an option. */
  entityId?: string | null | undefined
  /** Title to show. */
  title?: string | null | undefined
  /** Words to show. */
  description?: string | null | undefined
}

/** All global property configurations, unpaged. */
export interface GlobalPropertyConfigurationsFeed {
  /** The configurations. */
  items?: (GlobalPropertyConfiguration | null)[] | null | undefined
}

/** What a consumer chose for the global properties. */
export interface GlobalPropertyState {
  /** Id of the state. */
  id?: string | null | undefined
  /** The choices made. */
  aspects?: (GlobalPropertyStateAspect | null)[] | null | undefined
}

/** One choice made. */
export interface GlobalPropertyStateAspect {
  /** Name of the aspect. */
  name?: string | null | undefined
  /** What was chosen. */
  value?: string | null | undefined
  /** Kind of choice. Unverified: known from a first-party client alone. */
  type?: string | null | undefined
  /** Channel it applies to. Unverified: known from a first-party client alone. */
  channel?: number | null | undefined
  /** Whether it is hidden. Unverified: known from a first-party client alone. */
  hidden?: boolean | null | undefined
}

/** One choice to record. */
export interface GlobalPropertyStateAspectInput {
  /** Name of the aspect. */
  name: string
  /** What is chosen. */
  value: string
}

/** A connection to a shop or to a stock system. */
export interface Integration {
  /** Whether it is switched on. */
  enabled?: boolean | null | undefined
  /** What identifies the shop at its own platform. */
  externalIntegrationId?: string | null | undefined
  /** Id of the integration. */
  id?: string | null | undefined
  /** Kind of integration: Hub, Shopify, or another. */
  type?: string | null | undefined
  /** Name of the integration, for people. Unverified: known from a first-party client alone. */
  name?: string | null | undefined
  /** URL of its logo. Unverified: known from a first-party client alone. */
  logo?: string | null | undefined
  /** Whether it is the one whose credentials are in use. Unverified: known from a first-party client alone. */
  isCurrent?: boolean | null | undefined
  /** Partner the integration belongs to. Unverified: known from a first-party client alone. */
  partner?: Partner | null | undefined
}

/** The link between a product here and a product of a shop. */
export interface IntegrationProduct {
  /** Id of a related product in the shop. */
  additionalExternalProductId?: string | null | undefined
  /** Id of a related variant in the shop. */
  additionalExternalVariantId?: string | null | undefined
  /** Id of the product in the shop. */
  externalProductId?: string | null | undefined
  /** Id of the variant in the shop. */
  externalVariantId?: string | null | undefined
  /** Id of the link. This is what a shop stores. */
  id?: string | null | undefined
  /** Whether its integration is switched on. */
  integrationEnabled?: boolean | null | undefined
  /** Its integration. */
  integration?: Integration | null | undefined
  /** Whether it is the main link of its product. */
  main?: boolean | null | undefined
  /** Product here. */
  product?: Product | null | undefined
  /** Related link. Unverified: known from a first-party client alone. */
  additionalIntegrationProduct?: IntegrationProduct | null | undefined
}

/** A transaction that was ordered. */
export interface LineItem {
  /** Price of the product when it was ordered, in minor currency units. */
  basePrice?: number | null | undefined
  /** URL of the brochure. */
  brochureLink?: string | null | undefined
  /** When the line item was made. */
  createdAt?: string | null | undefined
  /** Values of the design's custom fields, as JSON text. */
  customFields?: string | null | undefined
  /** The shop's id of it. */
  externalId?: string | null | undefined
  /** Id of the line item. */
  id?: string | null | undefined
  /** Kind of integration its transaction came through. */
  integrationType?: string | null | undefined
  /** Order it belongs to. */
  order?: Order | null | undefined
  /** What the design came to. */
  outputData?: OutputData | null | undefined
  /** URL of the preview image. */
  previewImageLink?: string | null | undefined
  /** Order passed on to another partner for it. */
  proxyOrder?: ProxyOrder | null | undefined
  /** How many were ordered. */
  quantity?: number | null | undefined
  /** When moderation rejected it. */
  rejectedAt?: string | null | undefined
  /** What the carrier says, kept by a flow. */
  shippingProviderStatus?: string | null | undefined
  /** The carrier's tracking number, kept by a flow. */
  shippingProviderTrackingNumber?: string | null | undefined
  /** The carrier's tracking page, kept by a flow. */
  shippingProviderTrackingUrl?: string | null | undefined
  /** SKU put together for its transaction. */
  sku?: string | null | undefined
  /** How moderation stands. */
  status?: string | null | undefined
  /** Its transaction. */
  transaction?: Transaction | null | undefined
}

/** One thing that came up while designing. */
export interface MetadataItem {
  /** Step and kind of data. */
  name?: string | null | undefined
  /** The value. */
  value?: string | null | undefined
}

/** A value attached to something, as its configuration allows. */
export interface Metafield {
  /** Id of the metafield. */
  id?: string | undefined
  /** When the metafield was made. */
  createdAt?: string | undefined
  /** When the metafield last changed. */
  updatedAt?: string | undefined
  /** Id of what it is attached to. */
  entityId?: string | undefined
  /** Its configuration. */
  metafieldConfiguration?: MetafieldConfiguration | undefined
  /** The value, as JSON text. */
  value?: string | undefined
}

/** Says what metafields of one name may be attached to and hold. */
export interface MetafieldConfiguration {
  /** Id of the configuration. */
  id?: string | undefined
  /** When the configuration was made. */
  createdAt?: string | undefined
  /** When the configuration last changed. */
  updatedAt?: string | undefined
  /** Kind of thing it attaches to: Asset, Integration, Product, Variant, or another. */
  entityType?: string | undefined
  /** Kind of value it holds. */
  metafieldType?: string | undefined
  /** Name of its metafields. */
  name?: string | undefined
  /** What they are for. Its text calls it optional although its type does not. */
  description?: string | undefined
}

/** All metafield configurations, unpaged. */
export interface MetafieldConfigurationsFeed {
  /** The configurations. */
  items?: (MetafieldConfiguration | null)[] | undefined
}

/** Line items ordered together. */
export interface Order {
  /** When the order was made. */
  createdAt?: string | null | undefined
  /** The shop's id of the order. */
  externalId?: string | null | undefined
  /** The shop's tags, separated by commas. */
  externalTags?: string | null | undefined
  /** Id of the order. */
  id?: string | null | undefined
  /** Id that was made for it here. */
  internalId?: string | null | undefined
  /** What was ordered. */
  lineItems?: (LineItem | null)[] | null | undefined
  /** Whether it was paid, if that is known. */
  paid?: boolean | null | undefined
}

/** One item to order. */
export interface OrderItemInput {
  /** How many. */
  amountToOrder: number
  /** Id of the bundle. If it is given, transactionId is ignored. */
  bundleId?: string | null | undefined
  /** Id of the transaction. */
  transactionId?: string | null | undefined
}

/** A bundle to make for the items of a simple order. */
export interface OrderSimpleBundleInput {
  /** Email address of its owner. */
  ownerEmailAddress?: string | null | undefined
  /** Keys and values to keep with it. */
  metadata?: readonly (BundleMetadataInput | null)[] | null | undefined
}

/** One item of a simple order, whose design is made with it. */
export interface OrderSimpleItemInput {
  /** How many. */
  amountToOrder: number
  /** The shop's id of it. */
  externalId?: string | null | undefined
  /** Id of the product here, not of an integration product. */
  productId: string
  /** Id of the workflow. */
  workflowId: string
  /** What is chosen in the steps. */
  steps?: readonly (OrderSimpleItemStepInput | null)[] | null | undefined
}

/** What is chosen in one step. */
export interface OrderSimpleItemStepInput {
  /** Id of the step, despite its name. */
  stepName: string
  /** Text, for a text step. */
  text?: string | null | undefined
  /** Id of the variant, for a step that chooses one. */
  variantId?: string | null | undefined
}

/** A status that the partner may give to orders. */
export interface OrderStatus {
  /** Id of the status. */
  id?: string | null | undefined
  /** Name of the status. */
  name?: string | null | undefined
}

/** A page of order statuses. */
export interface OrderStatusesFeed {
  /** The statuses of this page. */
  items?: (OrderStatus | null)[] | null | undefined
  /** How many there are in all. */
  total?: number | null | undefined
}

/** What a design came to, for those who make it. */
export interface OutputData {
  /** What the consumer entered. */
  metadata?: (MetadataItem | null)[] | null | undefined
  /** SKU put together for the transaction. */
  sku?: string | null | undefined
  /** Id of the transaction. */
  transactionId?: string | undefined
  /** Variants the consumer chose. */
  variantSelections?: (VariantSelection | null)[] | null | undefined
}

/** An organisation that sells. */
export interface Partner {
  /** Id of the partner. */
  id?: string | undefined
  /** Name of the partner, for people. */
  name?: string | null | undefined
  /** Currency it is billed in, as three letters. */
  billingCurrencyCode?: string | null | undefined
  /** Currency its consumers pay in, as three letters. */
  currencyCode?: string | null | undefined
  /** Add-ons switched on for it. Unverified: known from a first-party client alone. */
  activeAddons?: (string | null)[] | null | undefined
  /** Whether it tries beta behaviour. Unverified: known from a first-party client alone. */
  beta?: boolean | null | undefined
  /** Words that ask for customer details, as Markdown. Unverified: known from a first-party client alone. */
  customerDetailsPromptMarkdown?: string | null | undefined
}

/** One run of a flow. */
export interface ProcessExecution {
  /** When the run was made. */
  createdAt?: string | null | undefined
  /** Its edges. */
  edges?: (ProcessExecutionEdge | null)[] | null | undefined
  /** Id of the run. */
  id?: string | null | undefined
  /** Id that a user gave it. */
  internalId?: string | null | undefined
  /** Its nodes. */
  nodes?: (ProcessExecutionNode | null)[] | null | undefined
  /** Flow it is a run of. */
  processFlow?: ProcessFlow | null | undefined
  /** When the run last changed. */
  updatedAt?: string | null | undefined
  /** When the run ended well. Unverified: known from a first-party client alone. */
  completedAt?: string | null | undefined
  /** When the run failed. Unverified: known from a first-party client alone. */
  failedAt?: string | null | undefined
}

/** One edge in a run. */
export interface ProcessExecutionEdge {
  /** What passed through it. */
  data?: ProcessExecutionEdgeData | null | undefined
  /** Id of the edge. */
  id?: string | null | undefined
  /** Id of the node it leaves. */
  sourceNode?: string | null | undefined
  /** Id of the socket it leaves. */
  sourceSocket?: string | null | undefined
  /** Id of the node it enters. */
  targetNode?: string | null | undefined
  /** Id of the socket it enters. */
  targetSocket?: string | null | undefined
}

/** What passed through an edge. */
export interface ProcessExecutionEdgeData {
  /** Kind of data. */
  type?: string | null | undefined
  /** The data. */
  value?: string | null | undefined
}

/** One node in a run. */
export interface ProcessExecutionNode {
  /** What the node produced, as JSON text: a type and a value. */
  artifacts?: string | null | undefined
  /** When the node ended well. */
  completedAt?: string | null | undefined
  /** Settings of the node, as JSON text. */
  data?: string | null | undefined
  /** When the node failed. */
  failedAt?: string | null | undefined
  /** Id of the node. */
  id?: string | null | undefined
  /** Its name in the quick view. */
  quickviewName?: string | null | undefined
  /** Whether the quick view shows it. */
  quickview?: boolean | null | undefined
  /** Where it is drawn. */
  region?: ProcessFlowRegion | null | undefined
  /** When the node began. */
  startedAt?: string | null | undefined
  /** Kind of node. */
  type?: string | null | undefined
}

/** A page of runs. */
export interface ProcessExecutionsFeed {
  /** The runs of this page. */
  items?: (ProcessExecution | null)[] | null | undefined
  /** How many there are in all. */
  total?: number | null | undefined
}

/** A graph of steps that the platform carries out. */
export interface ProcessFlow {
  /** Its edges. */
  edges?: (ProcessFlowEdge | null)[] | null | undefined
  /** Id of something its conditions look at. */
  entityId?: string | null | undefined
  /** What that id stands for. */
  entityType?: string | null | undefined
  /** Id of the flow. */
  id?: string | null | undefined
  /** Name of the flow, for people. */
  name?: string | null | undefined
  /** Its nodes. */
  nodes?: (ProcessFlowNode | null)[] | null | undefined
  /** Context it is written for. */
  processFlowContext?: ProcessFlowContext | null | undefined
}

/** An occasion on which flows run. */
export interface ProcessFlowContext {
  /** Description, for people. */
  description?: string | null | undefined
  /** Id of the context. */
  id?: string | null | undefined
  /** What a run is given. */
  inputs?: (ProcessFlowContextTerminal | null)[] | null | undefined
  /** Name of the context, for people. */
  name?: string | null | undefined
  /** What a run gives. */
  outputs?: (ProcessFlowContextTerminal | null)[] | null | undefined
  /** Whether the platform itself supplies it. */
  public?: boolean | null | undefined
}

/** One thing a run is given or gives. */
export interface ProcessFlowContextTerminal {
  /** Name of the terminal. */
  name?: string | undefined
  /** Kind of data. */
  type?: string | undefined
}

/** One thing a run is to be given or to give. */
export interface ProcessFlowContextTerminalInput {
  /** Name of the terminal. */
  name: string
  /** Kind of data. */
  type: string
}

/** All flow contexts, unpaged. */
export interface ProcessFlowContextsFeed {
  /** The contexts. */
  items?: (ProcessFlowContext | null)[] | null | undefined
}

/** One edge of a flow. */
export interface ProcessFlowEdge {
  /** Id of the edge. */
  id?: string | null | undefined
  /** Id of the node it leaves. */
  sourceNode?: string | null | undefined
  /** Id of the socket it leaves. */
  sourceSocket?: string | null | undefined
  /** Id of the node it enters. */
  targetNode?: string | null | undefined
  /** Id of the socket it enters. */
  targetSocket?: string | null | undefined
}

/** One edge of a flow to be. */
export interface ProcessFlowEdgeInput {
  /** Id of the edge. */
  id?: string | null | undefined
  /** Id of the node it leaves. */
  sourceNode?: string | null | undefined
  /** Id of the socket it leaves. */
  sourceSocket?: string | null | undefined
  /** Id of the node it enters. */
  targetNode?: string | null | undefined
  /** Id of the socket it enters. */
  targetSocket?: string | null | undefined
}

/** One node of a flow. */
export interface ProcessFlowNode {
  /** Settings of the node, as JSON text. */
  data?: string | null | undefined
  /** Id of the node. */
  id?: string | null | undefined
  /** Id of the node that contains it. */
  parentNodeId?: string | null | undefined
  /** Its name in the quick view. */
  quickviewName?: string | null | undefined
  /** Whether the quick view shows it. */
  quickview?: boolean | null | undefined
  /** Where it is drawn. */
  region?: ProcessFlowRegion | null | undefined
  /** Kind of node. */
  type?: string | null | undefined
}

/** One node of a flow to be. */
export interface ProcessFlowNodeInput {
  /** Settings of the node, as JSON text. */
  data?: string | null | undefined
  /** Id of the node. */
  id?: string | null | undefined
  /** Id of the node that contains it. */
  parentNodeId?: string | null | undefined
  /** Its name in the quick view. */
  quickviewName?: string | null | undefined
  /** Whether the quick view shows it. */
  quickview?: boolean | null | undefined
  /** Where it is drawn. */
  region?: ProcessFlowRegionInput | null | undefined
  /** Kind of node. */
  type?: string | null | undefined
}

/** A rectangle in the drawing of a flow. */
export interface ProcessFlowRegion {
  /** Height. */
  height?: number | null | undefined
  /** Width. */
  width?: number | null | undefined
  /** Left edge. */
  x?: number | null | undefined
  /** Upper edge. */
  y?: number | null | undefined
}

/** A rectangle in the drawing of a flow to be. */
export interface ProcessFlowRegionInput {
  /** Height. */
  height?: number | null | undefined
  /** Width. */
  width?: number | null | undefined
  /** Left edge. */
  x?: number | null | undefined
  /** Upper edge. */
  y?: number | null | undefined
}

/** A page of flows. */
export interface ProcessFlowsFeed {
  /** The flows of this page. */
  items?: (ProcessFlow | null)[] | null | undefined
  /** How many there are in all. */
  total?: number | null | undefined
}

/** Something that is sold, perhaps customised. */
export interface Product {
  /** Whether orders are passed on by themselves. */
  autoProxyOrder?: boolean | null | undefined
  /** Price without the prices of options, in minor currency units. */
  basePrice?: number | null | undefined
  /** What consumers are asked for. */
  conversionConfiguration?: ConversionConfiguration | null | undefined
  /** Whether consumers can buy it. */
  enabled?: boolean | null | undefined
  /** Link that is used in the hub. */
  hubIntegrationProduct?: IntegrationProduct | null | undefined
  /** Id of the product. */
  id?: string | undefined
  /** URL of its image. */
  imageUrl?: string | null | undefined
  /** Its links to products of shops. */
  integrationProducts?: (IntegrationProduct | null)[] | null | undefined
  /** URL of its three-dimensional model. */
  modelUrl?: string | null | undefined
  /** Name of the product, for people. */
  name?: string | null | undefined
  /** URL of the image laid over it. */
  overlayImageUrl?: string | null | undefined
  /** Partner the product belongs to. */
  partner?: Partner | null | undefined
  /** URL of the image shown while it loads. */
  preloadImageUrl?: string | null | undefined
  /** Partners it is shared with. */
  productLinks?: (ProductLink | null)[] | null | undefined
  /** Words that may not be put on it. */
  profanities?: (Profanity | null)[] | null | undefined
  /** Part that it adds to SKUs. */
  skuCode?: string | null | undefined
  /** SKU of the product in the shop. */
  sku?: string | null | undefined
  /** Weight, in the shop's unit. */
  weight?: number | null | undefined
  /** Its workflows. */
  workflows?: (WorkflowProduct | null)[] | null | undefined
  /** Description, for people. Unverified: known from a first-party client alone. */
  description?: string | null | undefined
  /** Smallest number that can be ordered. Unverified: known from a first-party client alone. */
  minimumOrderQuantity?: number | null | undefined
  /** Prices by quantity. Unverified: known from a first-party client alone. */
  priceBreaks?: (PriceBreak | null)[] | null | undefined
  /** Its tags. Unverified: known from a first-party client alone. */
  productTags?: (ProductTag | null)[] | null | undefined
  /** Whether consumers are asked who they are. Unverified: known from a first-party client alone. */
  promptForCustomerDetails?: boolean | null | undefined
}

/** A product shared with another partner. */
export interface ProductLink {
  /** Id of the share. */
  id?: string | undefined
  /** The product. */
  product?: Product | null | undefined
  /** Partner it is shared with. */
  storefront?: Partner | null | undefined
  /** How the share stands. */
  status?: string | null | undefined
  /** Whether its orders are passed on to the shop of the product's owner. */
  shouldPlaceProxyOrders?: boolean | null | undefined
}

/** A word that is not allowed. */
export interface Profanity {
  /** When the word was added. */
  createdAt?: string | null | undefined
  /** Id of the entry. */
  id?: string | undefined
  /** The word. */
  word?: string | undefined
}

/** An order passed on to the shop of another partner. */
export interface ProxyOrder {
  /** That shop's id of the order. */
  externalId?: string | null | undefined
}

/** A customer's part in a transaction. */
export interface Stakeholder {
  /** Id of the stakeholder. */
  id?: string | null | undefined
  /** Kind of part: Owner, Approver, Editor, Viewer, or another. */
  type?: string | null | undefined
  /** The transaction. */
  transaction?: Transaction | null | undefined
  /** The customer. */
  customer?: Customer | null | undefined
  /** Whether the stakeholder approved or rejected. Unverified: known from a first-party client alone. */
  authorizationStatus?: string | null | undefined
  /** When the stakeholder approved or rejected. Unverified: known from a first-party client alone. */
  authorizationDate?: string | null | undefined
  /** What the stakeholder said about it. Unverified: known from a first-party client alone. */
  authorizationNote?: string | null | undefined
}

/** A text attached to something, to sort it by. */
export interface Tag {
  /** Id of the tag. */
  id?: string | undefined
  /** When the tag was made. */
  createdAt?: string | undefined
  /** When the tag last changed. */
  updatedAt?: string | undefined
  /** Id of what it is attached to. */
  entityId?: string | undefined
  /** The text. */
  name?: string | undefined
}

/** All tags of something, unpaged. */
export interface TagsFeed {
  /** The tags. */
  items?: (Tag | null)[] | undefined
}

/** A design of a consumer: what was customised, personalised or chosen. */
export interface Transaction {
  /** Email address the consumer gave for a bulk design. */
  bulkEmailAddress?: string | null | undefined
  /** URL of the data of a bulk design. */
  bulkSourceUrl?: string | null | undefined
  /** Whether it is a bulk design. */
  bulk?: boolean | null | undefined
  /** URL for making an order. */
  createOrderLink?: string | null | undefined
  /** When the transaction was made. */
  createdAt?: string | null | undefined
  /** URL of the partner's logo. */
  customLogoLink?: string | null | undefined
  /** Name that the consumer gave the design. */
  designName?: string | undefined
  /** Id of the product in the shop's cart. */
  externalCartProductId?: string | null | undefined
  /** Id of the variant in the shop's cart. */
  externalCartProductVariantId?: string | null | undefined
  /** Id of the product that the shop made for this design. */
  externalDesignProductId?: string | null | undefined
  /** Id of the variant that the shop made for this design. */
  externalDesignProductVariantId?: string | null | undefined
  /** The shop's id of an order that it was associated with. */
  externalOrderId?: string | null | undefined
  /** Id of the transaction. */
  id?: string | undefined
  /** Name of the partner whose integration it came through. */
  integrationPartnerName?: string | null | undefined
  /** Integration product it was made with. */
  integrationProduct?: IntegrationProduct | null | undefined
  /** Kind of integration it came through. */
  integrationType?: string | null | undefined
  /** Whether at least one line item exists for it. */
  isOrdered?: boolean | null | undefined
  /** When a consumer last synchronised bulk data. */
  lastSyncedAt?: string | null | undefined
  /** URL of the preview image. */
  previewImageLink?: string | null | undefined
  /** Price of the chosen options, in minor currency units, summed over all variations. */
  priceModifierTotal?: number | null | undefined
  /** Its product. */
  product?: Product | null | undefined
  /** How many were or would be ordered, if that is known. */
  quantity?: number | null | undefined
  /** Who takes part in it. */
  stakeholders?: (Stakeholder | null)[] | null | undefined
  /** How it stands. */
  status?: string | null | undefined
  /** Temporary id that lets its holder change the transaction. Treat it as a secret. */
  transactionOwnerId?: string | null | undefined
  /** How many variations a bulk design has. */
  variationsCount?: number | null | undefined
  /** URL of the logo at the edge of the experience. */
  workflowFooterLogoLink?: string | null | undefined
  /** Id of its workflow. */
  workflowId?: string | null | undefined
  /** State of the design, as JSON text. */
  workflowState?: string | null | undefined
  /** URL that shows it. */
  workflowViewerLink?: string | undefined
  /** URL that shows it without letting anyone change it. */
  workflowViewerReadOnlyLink?: string | undefined
  /** Whether the design was completed. Unverified: known from a first-party client alone. */
  completed?: boolean | null | undefined
  /** Bundle it is in. Unverified: known from a first-party client alone. */
  bundle?: Bundle | null | undefined
  /** Transaction it is a variation of. Unverified: known from a first-party client alone. */
  parentTransaction?: Transaction | null | undefined
  /** Id of the integration product it was made with. Unverified: known from a first-party client alone. */
  integrationProductId?: string | null | undefined
  /** Variants that shops made for this design. Unverified: known from a first-party client alone. */
  designExternalVariants?: (DesignExternalVariant | null)[] | null | undefined
  /** URL of it in the REST API. Unverified: known from a first-party client alone. */
  restApiIntegrationLink?: string | null | undefined
  /** The stakeholder who is asking. Unverified: known from a first-party client alone. */
  currentStakeholder?: Stakeholder | null | undefined
  /** Whether some actions need a login. Unverified: known from a first-party client alone. */
  hasAuthenticatedActions?: boolean | null | undefined
  /** What it can be shared for. Unverified: known from a first-party client alone. */
  transactionShareActions?: (ShareAction | null)[] | null | undefined
}

/** A variant that was chosen. */
export interface VariantSelection {
  /** Step it was chosen in. */
  stepTitle?: string | null | undefined
  /** The variant. */
  variantName?: string | null | undefined
}

/** The link between a product and a workflow. */
export interface WorkflowProduct {
  /** Name of the workflow, for people. */
  friendlyName?: string | null | undefined
  /** Id of the link. */
  id?: string | null | undefined
  /** Whether the link is valid. */
  isPresent?: boolean | null | undefined
  /** URL of the image to choose the workflow by. */
  imageUrl?: string | null | undefined
  /** Id of the workflow, despite its name. */
  workflowName?: string | null | undefined
  /** Position among the product's workflows. Unverified: known from a first-party client alone. */
  index?: number | null | undefined
}

/** A page of bundles. Unverified: known from a first-party client alone. */
export interface BundlesFeed {
  /** The bundles of this page. */
  items?: (Bundle | null)[] | null | undefined
  /** How many there are in all. */
  total?: number | null | undefined
}

/** A page of transactions. Unverified: known from a first-party client alone. */
export interface TransactionsFeed {
  /** The transactions of this page. */
  items?: (Transaction | null)[] | null | undefined
  /** How many there are in all. */
  total?: number | null | undefined
}

/** Something that a link can be shared for. Unverified: known from a first-party client alone. */
export interface ShareAction {
  /** Id of the action. */
  id?: string | null | undefined
  /** Title to show. */
  title?: string | null | undefined
  /** Kind of action. */
  type?: string | null | undefined
  /** Kind of stakeholder it is for. */
  stakeholderType?: string | null | undefined
  /** Position among the actions. */
  precedence?: number | null | undefined
  /** URL to share. */
  url?: string | null | undefined
}

/** A variant that a shop made for a design. Unverified: known from a first-party client alone. */
export interface DesignExternalVariant {
  /** Id of the entry. */
  id?: string | null | undefined
  /** Id of the product in the shop. */
  externalProductId?: string | null | undefined
  /** Id of the variant in the shop. */
  externalProductVariantId?: string | null | undefined
}

/** A price that begins at a quantity. Unverified: known from a first-party client alone. */
export interface PriceBreak {
  /** Id of the price break. */
  id?: string | null | undefined
  /** Smallest quantity it applies to. */
  minQty?: number | null | undefined
  /** Reduction in per cent. */
  percentage?: number | null | undefined
}

/** A tag of a product. Unverified: known from a first-party client alone. */
export interface ProductTag {
  /** Id of the tag. */
  id?: string | null | undefined
  /** The text. */
  name?: string | null | undefined
}

/** A rate between two currencies. Unverified: known from a first-party client alone. */
export interface CurrencyConversion {
  /** Rate of the currency converted from. */
  rateFrom?: number | null | undefined
  /** Rate of the currency converted to. */
  rateTo?: number | null | undefined
  /** When the rates were taken. */
  timestamp?: string | null | undefined
}

/** Products offered together. Unverified: known from a first-party client alone. */
export interface ProductCollection {
  /** Id of the collection. */
  id?: string | null | undefined
  /** Name of the collection, for people. */
  name?: string | null | undefined
  /** Description, for people. */
  description?: string | null | undefined
  /** First day of dispatch. */
  dispatchStartDate?: string | null | undefined
  /** Last day of dispatch. */
  dispatchEndDate?: string | null | undefined
  /** How many products are in it. */
  total?: number | null | undefined
  /** Global properties that apply to it. */
  globalPropertyConfiguration?: GlobalPropertyConfiguration | null | undefined
  /** Customers who may use it. */
  productCollectionCustomers?: (ProductCollectionCustomer | null)[] | null | undefined
  /** Products in it. */
  productCollectionProducts?: (ProductCollectionProduct | null)[] | null | undefined
}

/** A customer who may use a product collection. Unverified: known from a first-party client alone. */
export interface ProductCollectionCustomer {
  /** Id of the link. */
  id?: string | null | undefined
  /** The customer. */
  customer?: Customer | null | undefined
  /** The collection. */
  productCollection?: ProductCollection | null | undefined
}

/** A product in a collection. Unverified: known from a first-party client alone. */
export interface ProductCollectionProduct {
  /** Id of the link. */
  id?: string | null | undefined
  /** Id of the product. */
  productId?: string | null | undefined
  /** Id of the workflow. */
  workflowId?: string | null | undefined
  /** The product. */
  product?: Product | null | undefined
  /** Workflows offered for it. */
  workflows?: (ProductCollectionProductWorkflow | null)[] | null | undefined
}

/** A workflow offered for a product of a collection. Unverified: known from a first-party client alone. */
export interface ProductCollectionProductWorkflow {
  /** Link between the product and the workflow. */
  workflowProduct?: WorkflowProduct | null | undefined
}

/** Choices for global properties, kept for use again. Unverified: known from a first-party client alone. */
export interface GlobalPropertyTemplate {
  /** Id of the template. */
  id?: string | null | undefined
  /** Name of the template, for people. */
  name?: string | null | undefined
  /** When the template was made. */
  createdAt?: string | null | undefined
  /** When the template last changed. */
  updatedAt?: string | null | undefined
  /** What it makes choices for. */
  globalPropertyConfiguration?: GlobalPropertyConfiguration | null | undefined
  /** The choices. */
  aspectValues?: (GlobalPropertyStateAspect | null)[] | null | undefined
}

/** A page of templates. Unverified: known from a first-party client alone. */
export interface GlobalPropertyTemplatesFeed {
  /** The templates of this page. */
  items?: (GlobalPropertyTemplate | null)[] | null | undefined
  /** How many there are in all. */
  total?: number | null | undefined
}

/** Something to choose a variant of. Reduced to its identity. Unverified: known from a first-party client alone. */
export interface Option {
  /** Id of the option. */
  id?: string | null | undefined
  /** Name of the option. */
  name?: string | null | undefined
}

/** The steps of a design. Reduced to its identity. Unverified: known from a first-party client alone. */
export interface Workflow {
  /** Id of the workflow. */
  id?: string | null | undefined
  /** Name of the workflow. */
  name?: string | null | undefined
}

/**
 * One key and value. The reference calls it BundleMetadataInput: which name the platform knows is unverified.
 * Unverified: known from a first-party client alone.
 */
export interface MetadataInput {
  /** The key. */
  key?: string | null | undefined
  /** The value. */
  value?: string | null | undefined
}

/** A transaction to make. Unverified: known from a first-party client alone. */
export interface TransactionCreateInput {
  /** Id of the integration product. Or name the product by the two external ids. */
  integrationProductId?: string | null | undefined
  /** What identifies the shop at its own platform. */
  externalIntegrationId?: string | null | undefined
  /** Id of the product in the shop. */
  externalProductId?: string | null | undefined
  /** Id of the workflow. */
  workflowId?: string | null | undefined
  /** Name of the design. */
  designName?: string | null | undefined
  /** Whether the caller becomes its owner. */
  claim?: boolean | null | undefined
  /** How many. */
  quantity?: number | null | undefined
  /** Id of the transaction it is a variation of. */
  parentTransactionId?: string | null | undefined
}

/** A state to compare with the stored one. Unverified: known from a first-party client alone. */
export interface TransactionConfirmInput {
  /** Id of the transaction. */
  id: string
  /** Hash of its workflow state. How it is made is unverified. */
  hash: string
}

/** What a start terminal of a flow is given: a text, something that the platform holds, several, or JSON text. */
export type Terminal = { text: string } | { type: string, id: string } | readonly Terminal[] | string

/** Options of a call that answers objects. */
export interface SelectOptions extends CallOptions {
  /** Fields to ask for instead of the default: names and braces, such as `id product { id name }`; checked before sending. */
  select?: string | undefined
}

/** Options of a feed. */
export interface FeedOptions extends SelectOptions {
  /** Items of a page (50). */
  pageSize?: number | undefined
}

/** What {@link SpiffOperations.addressAttachToBundle} takes. */
export interface AddressAttachToBundleArguments {
  /** Id of the bundle. */
  bundleId: string
  /** Street and number. */
  streetAddress?: string | undefined
  /** Apartment. */
  apartment?: string | undefined
  /** Town or city. */
  city?: string | undefined
  /** Country. */
  country?: string | undefined
  /** State or province. */
  state?: string | undefined
  /** Postal code. */
  postCode?: string | undefined
}

/** What {@link SpiffOperations.addressAttachToTransaction} takes. */
export interface AddressAttachToTransactionArguments {
  /** Id of the transaction. */
  transactionId: string
  /** Street and number. */
  streetAddress?: string | undefined
  /** Apartment. */
  apartment?: string | undefined
  /** Town or city. */
  city?: string | undefined
  /** Country. */
  country?: string | undefined
  /** State or province. */
  state?: string | undefined
  /** Postal code. */
  postCode?: string | undefined
}

/** What {@link SpiffOperations.bundleAddTransactions} takes. */
export interface BundleAddTransactionsArguments {
  /** Id of the bundle. */
  id: string
  /** Ids of the transactions. */
  transactionIds: readonly string[]
  /** Owner ids that let the caller change them. Treat them as secrets. */
  transactionOwnerIds?: readonly string[] | undefined
}

/** What {@link SpiffOperations.bundleApprove} takes. */
export interface BundleApproveArguments {
  /** Id of the bundle. */
  id: string
  /** A note on it. */
  note?: string | undefined
  /** Id of the stakeholder who approves. */
  stakeholderId?: string | undefined
}

/** What {@link SpiffOperations.bundleCreate} takes. */
export interface BundleCreateArguments {
  /** Id of the product collection it is made from. */
  collectionId?: string | undefined
  /** Keys and values to keep with it. */
  metadata?: readonly MetadataInput[] | undefined
  /** Id of an installed theme. */
  marketplaceThemeInstallId?: string | undefined
  /** Id of the theme's configuration. */
  marketplaceThemeInstallConfigurationId?: string | undefined
  /** Id of an activation. */
  activationId?: string | undefined
  /** Whether it is a test, left out of reports and bills. */
  test?: boolean | undefined
}

/** What {@link SpiffOperations.bundleDuplicate} takes. */
export interface BundleDuplicateArguments {
  /** Id of the bundle. */
  id: string
  /** Whether the copy is a template. */
  template?: boolean | undefined
  /** Id of an installed theme. */
  marketplaceThemeInstallId?: string | undefined
  /** Id of the theme's configuration. */
  marketplaceThemeInstallConfigurationId?: string | undefined
  /** Whether its transactions are copied too. */
  duplicateTransactions?: boolean | undefined
  /** Whether the copy is a test. */
  test?: boolean | undefined
}

/** What {@link SpiffOperations.bundleEmailSharePageLink} takes. */
export interface BundleEmailSharePageLinkArguments {
  /** Id of the bundle. */
  bundleId: string
  /** Email address it goes to. */
  email: string
  /** First name of whoever receives it. */
  firstName?: string | undefined
  /** Last name of whoever receives it. */
  lastName?: string | undefined
}

/** What {@link SpiffOperations.bundleReject} takes. */
export interface BundleRejectArguments {
  /** Id of the bundle. */
  id: string
  /** A note on it. */
  note?: string | undefined
  /** Id of the stakeholder who rejects. */
  stakeholderId?: string | undefined
}

/** What {@link SpiffOperations.bundleUpdate} takes. */
export interface BundleUpdateArguments {
  /** Id of the bundle. */
  id: string
  /** Its new name. */
  name?: string | undefined
  /** Keys and values to keep with it. */
  metadata?: readonly MetadataInput[] | undefined
  /** What the experience in the browser keeps with it, as JSON text. Anything but a string is written as JSON. */
  bundleStateData?: object | string | undefined
  /** When it is to be dispatched. */
  dispatchDate?: string | undefined
  /** Purchase order it refers to. */
  purchaseOrder?: string | undefined
  /** Id of the global properties that apply to it. */
  globalPropertyConfigurationId?: string | undefined
}

/** What {@link SpiffOperations.customerBundlesFeed} takes. */
export interface CustomerBundlesFeedArguments {
  /** Id of the customer. */
  id: string
  /** Only templates, or none. */
  template?: boolean | undefined
  /** Only templates in this state. */
  templateStatus?: 'Draft' | 'Active' | (string & {}) | undefined
  /** Only ordered ones, or none. */
  ordered?: boolean | undefined
}

/** What {@link SpiffOperations.customerTransactionsFeed} takes. */
export interface CustomerTransactionsFeedArguments {
  /** Id of the customer. */
  id: string
  /** Only those made since then. */
  startDate?: string | undefined
  /** Only those made until then. */
  endDate?: string | undefined
  /** Only those that match this text. */
  quicksearch?: string | undefined
}

/** What {@link SpiffOperations.globalPropertyConfigurationUpdate} takes. */
export interface GlobalPropertyConfigurationUpdateArguments {
  /** Id of the configuration. */
  id: string
  /** Its new name. */
  name?: string | undefined
  /** All its choices from now on. */
  aspects: readonly GlobalPropertyConfigurationAspectInput[]
}

/** What {@link SpiffOperations.globalPropertyTemplateCreate} takes. */
export interface GlobalPropertyTemplateCreateArguments {
  /** Id of the configuration it makes choices for. */
  globalPropertyConfigurationId: string
  /** Id of the customer it is for. */
  customerId?: string | undefined
  /** The choices. */
  aspects: readonly GlobalPropertyStateAspectInput[]
}

/** What {@link SpiffOperations.globalPropertyTemplateUpdate} takes. */
export interface GlobalPropertyTemplateUpdateArguments {
  /** Id of the template. */
  id: string
  /** Its new name. */
  name?: string | undefined
  /** The choices. */
  aspectValues?: readonly GlobalPropertyStateAspectInput[] | undefined
}

/** What {@link SpiffOperations.globalPropertyTemplatesFeed} takes. */
export interface GlobalPropertyTemplatesFeedArguments {
  /** Id of the customer. */
  customerId: string
  /** Only those of this configuration. */
  globalPropertyConfigurationId?: string | undefined
}

/** What {@link SpiffOperations.metafieldConfigurationCreate} takes. */
export interface MetafieldConfigurationCreateArguments {
  /** Name of its metafields. */
  name: string
  /** Kind of thing it attaches to: Asset, Integration, Product, Variant, or another. */
  entityType: string
  /** Kind of value it holds. Unverified: inferred, seen nowhere. */
  metafieldType: string
  /** What they are for. Unverified: inferred, seen nowhere. */
  description?: string | undefined
}

/** What {@link SpiffOperations.orderCreateSimpleAsync} takes. */
export interface OrderCreateSimpleAsyncArguments {
  /** What to order. Unverified: inferred, seen nowhere. */
  orderItems: readonly OrderSimpleItemInput[]
  /** Bundle to make for the items. Unverified: inferred, seen nowhere. */
  bundle?: OrderSimpleBundleInput | undefined
  /** The shop's id of the order. Unverified: inferred, seen nowhere. */
  externalId?: string | undefined
  /** What the shop knows about it. Unverified: inferred, seen nowhere. */
  externalData?: ExternalDataInput | undefined
  /** Whether it was paid. Unverified: inferred, seen nowhere. */
  paid?: boolean | undefined
}

/** What {@link SpiffOperations.transactionApprove} takes. */
export interface TransactionApproveArguments {
  /** Id of the transaction. */
  id: string
  /** A note on it. */
  note?: string | undefined
}

/** What {@link SpiffOperations.transactionCreate} takes. */
export interface TransactionCreateArguments {
  /** Id of the integration product. */
  integrationProductId?: string | undefined
  /** What identifies the shop at its own platform. */
  externalIntegrationId?: string | undefined
  /** Id of the product in the shop. */
  externalProductId?: string | undefined
  /** Whether it is a bulk design. */
  bulk?: boolean | undefined
  /** Whether the caller becomes its owner. */
  claim?: boolean | undefined
  /** Id of the workflow. */
  workflowId?: string | undefined
}

/** What {@link SpiffOperations.transactionCreateMany} takes. */
export interface TransactionCreateManyArguments {
  /** The transactions. */
  inputs: readonly TransactionCreateInput[]
  /** Id of an installed theme. */
  marketplaceThemeInstallId?: string | undefined
  /** Id of the theme's configuration. */
  marketplaceThemeInstallConfigurationId?: string | undefined
}

/** What {@link SpiffOperations.transactionDuplicate} takes. */
export interface TransactionDuplicateArguments {
  /** Id of the transaction. */
  id: string
  /** Whether the copy is a template. */
  template?: boolean | undefined
}

/** What {@link SpiffOperations.transactionReject} takes. */
export interface TransactionRejectArguments {
  /** Id of the transaction. */
  id: string
  /** A note on it. */
  note?: string | undefined
}

/** What {@link SpiffOperations.transactionUpdate} takes. */
export interface TransactionUpdateArguments {
  /** Id of the transaction. */
  id: string
  /** Id of its new workflow. */
  workflowId?: string | undefined
  /** New name of the design. Unverified: known from a first-party client alone. */
  designName?: string | undefined
  /**
   * New state of the design, as JSON text. Unverified: known from a first-party client alone. Anything but a string is
   * written as JSON.
   */
  workflowState?: object | string | undefined
  /** How many. Unverified: known from a first-party client alone. */
  quantity?: number | undefined
}

/** What {@link SpiffOperations.transactionUpdateIntegrationProduct} takes. */
export interface TransactionUpdateIntegrationProductArguments {
  /** Id of the transaction. */
  id: string
  /** Id of the integration product. */
  integrationProductId?: string | undefined
}

/**
 * What Spiff offers besides orders. Answers are the platform's own; every member may be missing or null. Ids and times are
 * text, prices are in minor currency units. docs/spiff-model.md has every type and operation.
 */
export interface SpiffOperations {
  /** Attaches an address to a bundle. Unverified: known from a first-party client alone. */
  addressAttachToBundle (input: AddressAttachToBundleArguments, options?: SelectOptions): Promise<Bundle>

  /** Attaches an address to a transaction. Unverified: known from a first-party client alone. */
  addressAttachToTransaction (input: AddressAttachToTransactionArguments, options?: SelectOptions): Promise<Transaction>

  /** Lets a customer take part in a bundle. Unverified: known from a first-party client alone. */
  bundleAddStakeholder (id: string, details: CustomerDetailsInput, type: string, options?: SelectOptions): Promise<Bundle>

  /** Puts a transaction into a bundle. Unverified: known from a first-party client alone. */
  bundleAddTransaction (id: string, transactionId: string, options?: SelectOptions): Promise<Bundle>

  /** Puts transactions into a bundle. Unverified: known from a first-party client alone. */
  bundleAddTransactions (input: BundleAddTransactionsArguments, options?: SelectOptions): Promise<Bundle>

  /** Approves a bundle. Unverified: known from a first-party client alone. */
  bundleApprove (input: BundleApproveArguments, options?: CallOptions): Promise<boolean>

  /** Assigns a product collection to a bundle. Unverified: known from a first-party client alone. */
  bundleAssignProductCollection (id: string, collectionId: string, options?: SelectOptions): Promise<Bundle>

  /** Makes a bundle. Unverified: known from a first-party client alone. */
  bundleCreate (input?: BundleCreateArguments, options?: SelectOptions): Promise<Bundle>

  /** Deletes a bundle. Unverified: known from a first-party client alone. */
  bundleDelete (id: string, options?: CallOptions): Promise<boolean>

  /** Copies a bundle. Unverified: known from a first-party client alone. */
  bundleDuplicate (input: BundleDuplicateArguments, options?: SelectOptions): Promise<Bundle>

  /** Sends the link to a bundle by email. Unverified: known from a first-party client alone. */
  bundleEmailSharePageLink (input: BundleEmailSharePageLinkArguments, options?: SelectOptions): Promise<Bundle>

  /** Ends a change of a bundle. Unverified: known from a first-party client alone. */
  bundleFinalizeUpdate (bundleId: string, options?: CallOptions): Promise<boolean>

  /** Makes a quote id for a bundle. Unverified: known from a first-party client alone. */
  bundleGenerateQuoteId (id: string, options?: SelectOptions): Promise<Bundle>

  /** Rejects a bundle. Unverified: known from a first-party client alone. */
  bundleReject (input: BundleRejectArguments, options?: CallOptions): Promise<boolean>

  /** Ends a customer's part in a bundle. Unverified: known from a first-party client alone. */
  bundleRemoveStakeholder (id: string, emailAddress: string, options?: SelectOptions): Promise<Bundle>

  /** Takes a transaction out of a bundle. Unverified: known from a first-party client alone. */
  bundleRemoveTransaction (id: string, transactionId: string, options?: SelectOptions): Promise<Bundle>

  /** Takes transactions out of a bundle. Unverified: known from a first-party client alone. */
  bundleRemoveTransactions (id: string, transactionIds: readonly string[], options?: SelectOptions): Promise<Bundle>

  /** Changes a bundle. Unverified: known from a first-party client alone. */
  bundleUpdate (input: BundleUpdateArguments, options?: SelectOptions): Promise<Bundle>

  /** Says who takes part in a bundle from now on. Unverified: known from a first-party client alone. */
  bundleUpdateStakeholders (id: string, input: readonly BundleStakeholderInput[], options?: SelectOptions): Promise<Bundle>

  /** Puts the transactions of a bundle into this order. Unverified: known from a first-party client alone. */
  bundleUpdateTransactionOrder (id: string, transactionIds: readonly string[], options?: SelectOptions): Promise<Bundle>

  /**
   * Bundles by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids, `null`
   * where the platform shows none. Any number of ids.
   */
  bundles (ids: readonly string[], options?: SelectOptions): Promise<(Bundle | null)[]>

  /** What consumers are asked for, by its id. Unverified: known from a first-party client alone. */
  conversionConfiguration (id: string, options?: SelectOptions): Promise<ConversionConfiguration>

  /** The rate between two currencies. Unverified: known from a first-party client alone. */
  currencyConversion (from: string, to: string, options?: SelectOptions): Promise<CurrencyConversion>

  /** The integration that the credentials belong to. Unverified: known from a first-party client alone. */
  currentIntegration (options?: SelectOptions): Promise<Integration>

  /** The customer with an email address. Unverified: known from a first-party client alone. */
  customer (emailAddress: string, options?: SelectOptions): Promise<Customer>

  /** Logs a customer in by a token. Unverified: known from a first-party client alone. */
  customerAuthenticate (loginToken: string, options?: SelectOptions): Promise<Customer>

  /**
   * Bundles of a customer, by pages. Unverified: known from a first-party client alone. Read page by page while it is
   * iterated.
   */
  customerBundlesFeed (input: CustomerBundlesFeedArguments, options?: FeedOptions): AsyncIterableIterator<Bundle | null>

  /** Makes a customer. Unverified: known from a first-party client alone. */
  customerCreate (details: CustomerDetailsInput, options?: SelectOptions): Promise<Customer>

  /** Sends a customer a code to log in with. Unverified: known from a first-party client alone. */
  customerGenerateVerificationCode (emailAddress: string, options?: CallOptions): Promise<boolean>

  /**
   * Transactions of a customer, by pages. Unverified: known from a first-party client alone. Read page by page while it
   * is iterated.
   */
  customerTransactionsFeed (input: CustomerTransactionsFeedArguments, options?: FeedOptions): AsyncIterableIterator<Transaction | null>

  /** Logs a customer in by a code. Unverified: known from a first-party client alone. */
  customerVerifyCode (emailAddress: string, verificationCode: string, options?: SelectOptions): Promise<Customer>

  /**
   * Customers by their ids. The answer is aligned with the ids, `null` where the platform shows none. Any number of
   * ids.
   */
  customers (ids: readonly string[], options?: SelectOptions): Promise<(Customer | null)[]>

  /** Makes an empty global property configuration. */
  globalPropertyConfigurationCreate (options?: SelectOptions): Promise<GlobalPropertyConfiguration>

  /** Changes a global property configuration. */
  globalPropertyConfigurationUpdate (input: GlobalPropertyConfigurationUpdateArguments, options?: SelectOptions): Promise<GlobalPropertyConfiguration>

  /**
   * Global property configurations by their ids. The answer is aligned with the ids, `null` where the platform shows
   * none. Any number of ids.
   */
  globalPropertyConfigurations (ids: readonly string[], options?: SelectOptions): Promise<(GlobalPropertyConfiguration | null)[]>

  /** All global property configurations. */
  globalPropertyConfigurationsFeed (options?: SelectOptions): AsyncIterableIterator<GlobalPropertyConfiguration | null>

  /**
   * What was chosen for the global properties of a bundle. The reference prints another type for its argument, which
   * seems to be a slip.
   */
  globalPropertyState (bundleId: string, options?: SelectOptions): Promise<GlobalPropertyState>

  /** Begins to record choices for global properties. */
  globalPropertyStateCreate (bundleId: string, options?: SelectOptions): Promise<GlobalPropertyState>

  /**
   * Records choices for global properties. The reference prints an undefined type for aspects; first-party clients use
   * this one.
   */
  globalPropertyStateUpdate (id: string, aspects: readonly GlobalPropertyStateAspectInput[], options?: SelectOptions): Promise<GlobalPropertyState>

  /** Makes a template. Unverified: known from a first-party client alone. */
  globalPropertyTemplateCreate (input: GlobalPropertyTemplateCreateArguments, options?: SelectOptions): Promise<GlobalPropertyTemplate>

  /** Deletes a template. Unverified: known from a first-party client alone. */
  globalPropertyTemplateDelete (id: string, options?: CallOptions): Promise<boolean>

  /** Changes a template. Unverified: known from a first-party client alone. */
  globalPropertyTemplateUpdate (input: GlobalPropertyTemplateUpdateArguments, options?: SelectOptions): Promise<GlobalPropertyTemplate>

  /**
   * Templates of a customer, by pages. Unverified: known from a first-party client alone. Read page by page while it is
   * iterated.
   */
  globalPropertyTemplatesFeed (input: GlobalPropertyTemplatesFeedArguments, options?: FeedOptions): AsyncIterableIterator<GlobalPropertyTemplate | null>

  /** The integration product for a product of a shop. Unverified: known from a first-party client alone. */
  integrationProductFromExternalIds (externalIntegrationId: string, externalProductId: string, options?: SelectOptions): Promise<IntegrationProduct>

  /**
   * Integration products by their ids. Unverified: known from a first-party client alone. The answer is aligned with
   * the ids, `null` where the platform shows none. Any number of ids.
   */
  integrationProducts (ids: readonly string[], options?: SelectOptions): Promise<(IntegrationProduct | null)[]>

  /**
   * Integrations by their ids. The answer is aligned with the ids, `null` where the platform shows none. Any number of
   * ids.
   */
  integrations (ids: readonly string[], options?: SelectOptions): Promise<(Integration | null)[]>

  /** Makes a metafield configuration. */
  metafieldConfigurationCreate (input: MetafieldConfigurationCreateArguments, options?: SelectOptions): Promise<MetafieldConfiguration>

  /** All metafield configurations for one kind of thing. */
  metafieldConfigurationsFeed (entityType: string, options?: SelectOptions): AsyncIterableIterator<MetafieldConfiguration | null>

  /** Metafields of one thing. Unverified: known from a first-party client alone. */
  metafields (entityId: string, options?: SelectOptions): Promise<(Metafield | null)[]>

  /**
   * Metafields of several things, in one list; each says what it is attached to. Unverified: known from a first-party
   * client alone. Any number of them.
   */
  metafieldsMany (entityIds: readonly string[], options?: SelectOptions): Promise<(Metafield | null)[]>

  /**
   * Options by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids, `null`
   * where the platform shows none. Any number of ids.
   */
  options (ids: readonly string[], options?: SelectOptions): Promise<(Option | null)[]>

  /**
   * Makes designs and places an order for them in one step. Its arguments, its answer and how its end is told are not
   * public. Unverified: known from an official example alone.
   */
  orderCreateSimpleAsync (input: OrderCreateSimpleAsyncArguments, options?: SelectOptions): Promise<Order>

  /** Order statuses, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated. */
  orderStatusesFeed (options?: FeedOptions): AsyncIterableIterator<OrderStatus | null>

  /**
   * Orders by their ids. Unverified: known from an official example alone. The answer is aligned with the ids, `null`
   * where the platform shows none. Any number of ids.
   */
  orders (ids: readonly string[], options?: SelectOptions): Promise<(Order | null)[]>

  /** Attaches an organisation to a bundle. Unverified: known from a first-party client alone. */
  organizationAttachToBundle (bundleId: string, organizationName: string, options?: SelectOptions): Promise<Bundle>

  /** Attaches an organisation to a transaction. Unverified: known from a first-party client alone. */
  organizationAttachToTransaction (transactionId: string, organizationName: string, options?: SelectOptions): Promise<Transaction>

  /** Starts a run of a flow. Unverified: known from a first-party client alone. */
  processExecutionCreate (processFlowId: string, inputs: readonly Terminal[], options?: SelectOptions): Promise<ProcessExecution>

  /**
   * Runs of flows by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids,
   * `null` where the platform shows none. Any number of ids.
   */
  processExecutions (ids: readonly string[], options?: SelectOptions): Promise<(ProcessExecution | null)[]>

  /** Runs of flows, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated. */
  processExecutionsFeed (options?: FeedOptions): AsyncIterableIterator<ProcessExecution | null>

  /** All flow contexts. Unverified: inferred, seen nowhere. */
  processFlowContextsFeed (options?: SelectOptions): AsyncIterableIterator<ProcessFlowContext | null>

  /**
   * Flows by their ids. Unverified: inferred, seen nowhere. The answer is aligned with the ids, `null` where the
   * platform shows none. Any number of ids.
   */
  processFlows (ids: readonly string[], options?: SelectOptions): Promise<(ProcessFlow | null)[]>

  /** Flows, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated. */
  processFlowsFeed (options?: FeedOptions): AsyncIterableIterator<ProcessFlow | null>

  /**
   * Product collections by their ids. Unverified: known from a first-party client alone. The answer is aligned with the
   * ids, `null` where the platform shows none. Any number of ids.
   */
  productCollections (ids: readonly string[], options?: SelectOptions): Promise<(ProductCollection | null)[]>

  /**
   * Products by their ids. Unverified: inferred, seen nowhere. The answer is aligned with the ids, `null` where the
   * platform shows none. Any number of ids.
   */
  products (ids: readonly string[], options?: SelectOptions): Promise<(Product | null)[]>

  /** All tags of one thing. Unverified: inferred, seen nowhere. */
  tagsFeed (entityId: string, options?: SelectOptions): AsyncIterableIterator<Tag | null>

  /**
   * Tags of several things, in one list; each says what it is attached to. Unverified: known from a first-party client
   * alone. Any number of them.
   */
  tagsMany (entityIds: readonly string[], options?: SelectOptions): Promise<(Tag | null)[]>

  /** Lets a customer take part in a transaction. Unverified: known from a first-party client alone. */
  transactionAddStakeholder (id: string, details: CustomerDetailsInput, type: string, options?: SelectOptions): Promise<Transaction>

  /** Approves a transaction. Unverified: known from a first-party client alone. */
  transactionApprove (input: TransactionApproveArguments, options?: CallOptions): Promise<boolean>

  /** Makes the caller the owner of a transaction. Unverified: known from a first-party client alone. */
  transactionClaim (id: string, options?: SelectOptions): Promise<Transaction>

  /**
   * Compares workflow states with the stored ones and answers the ids that differ. Unverified: known from a first-party
   * client alone. Any number of them.
   */
  transactionConfirmWorkflowStates (transactions: readonly TransactionConfirmInput[], options?: CallOptions): Promise<(string | null)[]>

  /**
   * Makes a transaction. Name the product by an integration product, or by the two external ids. Unverified: known from
   * a first-party client alone.
   */
  transactionCreate (input?: TransactionCreateArguments, options?: SelectOptions): Promise<Transaction>

  /** Makes several transactions. Unverified: known from a first-party client alone. At most 50 at once. */
  transactionCreateMany (input: TransactionCreateManyArguments, options?: SelectOptions): Promise<(Transaction | null)[]>

  /** Copies a transaction. Unverified: known from a first-party client alone. */
  transactionDuplicate (input: TransactionDuplicateArguments, options?: SelectOptions): Promise<Transaction>

  /** Ends a change of a transaction. Unverified: known from a first-party client alone. */
  transactionFinalizeUpdate (transactionId: string, options?: CallOptions): Promise<boolean>

  /** Rejects a transaction. Unverified: known from a first-party client alone. */
  transactionReject (input: TransactionRejectArguments, options?: CallOptions): Promise<boolean>

  /** Changes a transaction. Unverified: known from an official example alone. */
  transactionUpdate (input: TransactionUpdateArguments, options?: SelectOptions): Promise<Transaction>

  /** Gives a transaction another integration product. Unverified: known from a first-party client alone. */
  transactionUpdateIntegrationProduct (input: TransactionUpdateIntegrationProductArguments, options?: SelectOptions): Promise<Transaction>

  /**
   * Transactions by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids,
   * `null` where the platform shows none. Any number of ids.
   */
  transactions (ids: readonly string[], options?: SelectOptions): Promise<(Transaction | null)[]>

  /** Lets a customer take part in several transactions. Unverified: known from a first-party client alone. */
  transactionsAddStakeholder (ids: readonly string[], details: CustomerDetailsInput, type: string, options?: SelectOptions): Promise<(Transaction | null)[]>

  /**
   * Workflows by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids,
   * `null` where the platform shows none. Any number of ids.
   */
  workflows (ids: readonly string[], options?: SelectOptions): Promise<(Workflow | null)[]>
}
