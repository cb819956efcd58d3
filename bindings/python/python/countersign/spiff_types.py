"""The shapes of Spiff's model, for type checkers. Nothing of this package imports this module at run time.

Generated from schema/spiff.graphql and schema/operations/ by `make generate`.

Read members of answers with .get(): an answer holds what was asked for. Ids and times are text, prices are in minor currency
units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict


class AddressInput(TypedDict):
    """An address. Every part is optional."""

    address1: NotRequired[str | None]
    """First line of the street address."""

    address2: NotRequired[str | None]
    """Second line of the street address."""

    city: NotRequired[str | None]
    """Town or city."""

    company: NotRequired[str | None]
    """Company, if there is one."""

    country: NotRequired[str | None]
    """Country, by its name."""

    countryCode: NotRequired[str | None]
    """Country, by a short code."""

    firstName: NotRequired[str | None]
    """First name of whoever receives there."""

    lastName: NotRequired[str | None]
    """Last name of whoever receives there."""

    latitude: NotRequired[str | None]
    """Latitude, as text."""

    longitude: NotRequired[str | None]
    """Longitude, as text."""

    name: NotRequired[str | None]
    """The whole name in one text."""

    phone: NotRequired[str | None]
    """Telephone number."""

    province: NotRequired[str | None]
    """State or province, by its name."""

    provinceCode: NotRequired[str | None]
    """State or province, by a short code."""

    zip: NotRequired[str | None]
    """Postal code."""


class Bundle(TypedDict, total=False):
    """Several transactions that belong together."""

    id: str
    """Id of the bundle."""

    bundleOwnerId: str | None
    """Temporary id that lets its holder change the bundle. Treat it as a secret."""

    bundleStakeholders: list[BundleStakeholder | None] | None
    """Who takes part in the bundle."""

    createdAt: str
    """When the bundle was made."""

    metadata: list[BundleMetadataItem | None] | None
    """Keys and values kept with the bundle."""

    name: str | None
    """Name of the bundle, for people."""

    partner: Partner | None
    """Partner the bundle belongs to."""

    transactions: list[Transaction | None] | None
    """Transactions in the bundle."""

    updatedAt: str | None
    """When the bundle last changed. Unverified: known from a first-party client alone."""

    completed: bool | None
    """Whether the bundle was completed. Unverified: known from a first-party client alone."""

    dispatchDate: str | None
    """When it is to be dispatched. Unverified: known from a first-party client alone."""

    purchaseOrder: str | None
    """Purchase order it refers to. Unverified: known from a first-party client alone."""

    template: bool | None
    """Whether it is a template for other bundles. Unverified: known from a first-party client alone."""

    templateLocked: bool | None
    """Whether the template is locked. Unverified: known from a first-party client alone."""

    templateStatus: str | None
    """State of the template. Unverified: known from a first-party client alone."""

    test: bool | None
    """Whether it is a test, left out of reports and bills. Unverified: known from a first-party client alone."""

    ordered: bool | None
    """Whether it was ordered. Unverified: known from a first-party client alone."""

    orderId: str | None
    """Id of the order made from it. Unverified: known from a first-party client alone."""

    externalOrderId: str | None
    """The shop's id of the order made from it. Unverified: known from a first-party client alone."""

    internalOrderId: str | None
    """The platform's internal id of the order made from it. Unverified: known from a first-party client alone."""

    quoteId: str | None
    """Id of the quote made for it. Unverified: known from a first-party client alone."""

    transactionsCount: int | None
    """How many transactions are in it. Unverified: known from a first-party client alone."""

    productsCount: int | None
    """How many products are in it. Unverified: known from a first-party client alone."""

    totalPriceSubunits: int | None
    """Price of everything in it, in minor currency units. Unverified: known from a first-party client alone."""

    transactionIds: list[str | None] | None
    """Ids of the transactions in it. Unverified: known from a first-party client alone."""

    bundleStateData: str | None
    """What the experience in the browser keeps with it, as JSON text. Unverified: known from a first-party client
    alone.
    """

    workflowViewerLink: str | None
    """URL that shows it. Unverified: known from a first-party client alone."""

    workflowViewerAmendLink: str | None
    """URL that shows it for amending. Unverified: known from a first-party client alone."""

    workflowViewerReadOnlyLink: str | None
    """URL that shows it without letting anyone change it. Unverified: known from a first-party client alone."""

    currentBundleStakeholder: BundleStakeholder | None
    """The stakeholder who is asking. Unverified: known from a first-party client alone."""

    bundleShareActions: list[ShareAction | None] | None
    """What it can be shared for. Unverified: known from a first-party client alone."""

    productCollection: ProductCollection | None
    """Product collection it was made from. Unverified: known from a first-party client alone."""

    globalPropertyConfiguration: GlobalPropertyConfiguration | None
    """Global properties that apply to it. Unverified: known from a first-party client alone."""


class BundleMetadataInput(TypedDict):
    """One key and value to keep with a bundle."""

    key: NotRequired[str | None]
    """The key."""

    value: NotRequired[str | None]
    """The value."""


class BundleMetadataItem(TypedDict, total=False):
    """One key and value kept with a bundle."""

    key: str | None
    """The key."""

    value: str | None
    """The value."""


class BundleStakeholder(TypedDict, total=False):
    """A customer's part in a bundle."""

    id: str | None
    """Id of the stakeholder."""

    type: str | None
    """Kind of part: Owner, Approver, Editor, Viewer, or another."""

    bundle: Bundle | None
    """The bundle."""

    customer: Customer | None
    """The customer."""

    authorizationStatus: str | None
    """Whether the stakeholder approved or rejected. Unverified: known from a first-party client alone."""

    authorizationDate: str | None
    """When the stakeholder approved or rejected. Unverified: known from a first-party client alone."""

    authorizationNote: str | None
    """What the stakeholder said about it. Unverified: known from a first-party client alone."""


class BundleStakeholderInput(TypedDict):
    """A customer who is to take part in a bundle."""

    customerDetails: CustomerDetailsInput
    """Who it is."""

    type: str
    """Kind of part: Owner, Approver, Editor, Viewer, or another."""


class ConversionConfiguration(TypedDict, total=False):
    """What consumers are asked for while they design."""

    id: str
    """Id of the configuration."""

    locations: list[str | None]
    """Where the form appears."""

    mandatory: bool | None
    """Whether the form has to be filled in."""

    name: str | None
    """Name of the configuration, for people."""

    requestedDataItems: list[ConversionData | None]
    """What is asked for."""

    partnerId: str | None
    """Id of the partner it belongs to. Unverified: known from a first-party client alone."""

    requestedData: list[str | None] | None
    """Kinds of data asked for. Unverified: known from a first-party client alone."""


class ConversionData(TypedDict, total=False):
    """One thing that consumers are asked for."""

    mandatory: bool | None
    """Whether it has to be answered."""

    type: str
    """Kind of data."""

    title: str | None
    """Title of the question. Unverified: known from a first-party client alone."""

    uniqueIdentifier: str | None
    """Name of the item, unique in its form. Unverified: known from a first-party client alone."""

    customFieldIndex: int | None
    """Position among the custom fields. Unverified: known from a first-party client alone."""

    optionId: str | None
    """Id of the option to choose from. Unverified: known from a first-party client alone."""

    option: Option | None
    """Option to choose from. Unverified: known from a first-party client alone."""


class Customer(TypedDict, total=False):
    """A consumer."""

    createdAt: str | None
    """When the customer was made."""

    emailAddress: str | None
    """Email address."""

    firstName: str | None
    """First name."""

    id: str | None
    """Id of the customer."""

    lastActiveAt: str | None
    """When the customer was last active."""

    lastName: str | None
    """Last name."""

    phoneNumber: str | None
    """Telephone number."""

    partner: Partner | None
    """Partner the customer belongs to. Unverified: known from a first-party client alone."""

    loginToken: str | None
    """Token that logs the customer in. Treat it as a secret. Unverified: known from a first-party client alone."""

    defaultTemplateBundleId: str | None
    """Id of the bundle that serves as the customer's template. Unverified: known from a first-party client alone."""

    hasBundleTemplates: bool | None
    """Whether the customer has templates. Unverified: known from a first-party client alone."""

    stakeholders: list[Stakeholder | None] | None
    """The customer's parts in transactions. Unverified: known from a first-party client alone."""

    bundleStakeholders: list[BundleStakeholder | None] | None
    """The customer's parts in bundles. Unverified: known from a first-party client alone."""

    productCollectionCustomers: list[ProductCollectionCustomer | None] | None
    """Product collections the customer may use. Unverified: known from a first-party client alone."""


class CustomerDetailsInput(TypedDict):
    """A customer to add or to change."""

    emailAddress: NotRequired[str | None]
    """Email address."""

    firstName: NotRequired[str | None]
    """First name."""

    lastName: NotRequired[str | None]
    """Last name."""

    phoneNumber: NotRequired[str | None]
    """Telephone number."""


class ExternalDataInput(TypedDict):
    """What the shop knows about an order, for the partner's flows to use."""

    orderNumber: NotRequired[str | None]
    """Number of the order in the shop."""

    customerEmail: NotRequired[str | None]
    """Email address of whoever ordered."""

    customerPhone: NotRequired[str | None]
    """Telephone number of whoever ordered."""

    billingAddress: NotRequired[Sequence[AddressInput | None] | None]
    """Billing address."""

    shippingAddress: NotRequired[Sequence[AddressInput | None] | None]
    """Delivery address."""

    discountCodes: NotRequired[Sequence[str | None] | None]
    """Discount codes that were used."""

    note: NotRequired[str | None]
    """A note on the order."""


class GlobalPropertyConfiguration(TypedDict, total=False):
    """Choices that several steps of a design share."""

    id: str | None
    """Id of the configuration."""

    name: str | None
    """Name of the configuration, for people."""

    aspects: list[GlobalPropertyConfigurationAspect | None] | None
    """The choices."""


class GlobalPropertyConfigurationAspect(TypedDict, total=False):
    """One choice that steps share."""

    name: str | None
    """Name of the aspect, unique in its configuration."""

    type: str | None
    """Kind of choice."""

    entityId: str | None
    """Id of what it chooses from, such as an option."""

    title: str | None
    """Title to show."""

    description: str | None
    """Words to show."""

    mandatory: bool | None
    """Whether a choice has to be made. Unverified: known from a first-party client alone."""

    silent: bool | None
    """Whether it is kept out of sight. Unverified: known from a first-party client alone."""

    conditionMode: str | None
    """How its conditions combine. Unverified: known from a first-party client alone."""


class GlobalPropertyConfigurationAspectInput(TypedDict):
    """One choice that steps are to share."""

    name: str
    """Name of the aspect, unique in its configuration."""

    type: str
    """Kind of choice."""

    entityId: NotRequired[str | None]
    """Id of what it chooses from, such as an option."""

    title: NotRequired[str | None]
    """Title to show."""

    description: NotRequired[str | None]
    """Words to show."""


class GlobalPropertyConfigurationsFeed(TypedDict, total=False):
    """All global property configurations, unpaged."""

    items: list[GlobalPropertyConfiguration | None] | None
    """The configurations."""


class GlobalPropertyState(TypedDict, total=False):
    """What a consumer chose for the global properties."""

    id: str | None
    """Id of the state."""

    aspects: list[GlobalPropertyStateAspect | None] | None
    """The choices made."""


class GlobalPropertyStateAspect(TypedDict, total=False):
    """One choice made."""

    name: str | None
    """Name of the aspect."""

    value: str | None
    """What was chosen."""

    type: str | None
    """Kind of choice. Unverified: known from a first-party client alone."""

    channel: int | None
    """Channel it applies to. Unverified: known from a first-party client alone."""

    hidden: bool | None
    """Whether it is hidden. Unverified: known from a first-party client alone."""


class GlobalPropertyStateAspectInput(TypedDict):
    """One choice to record."""

    name: str
    """Name of the aspect."""

    value: str
    """What is chosen."""


class Integration(TypedDict, total=False):
    """A connection to a shop or to a stock system."""

    enabled: bool | None
    """Whether it is switched on."""

    externalIntegrationId: str | None
    """What identifies the shop at its own platform."""

    id: str | None
    """Id of the integration."""

    type: str | None
    """Kind of integration: Hub, Shopify, or another."""

    name: str | None
    """Name of the integration, for people. Unverified: known from a first-party client alone."""

    logo: str | None
    """URL of its logo. Unverified: known from a first-party client alone."""

    isCurrent: bool | None
    """Whether it is the one whose credentials are in use. Unverified: known from a first-party client alone."""

    partner: Partner | None
    """Partner the integration belongs to. Unverified: known from a first-party client alone."""


class IntegrationProduct(TypedDict, total=False):
    """The link between a product here and a product of a shop."""

    additionalExternalProductId: str | None
    """Id of a related product in the shop."""

    additionalExternalVariantId: str | None
    """Id of a related variant in the shop."""

    externalProductId: str | None
    """Id of the product in the shop."""

    externalVariantId: str | None
    """Id of the variant in the shop."""

    id: str | None
    """Id of the link. This is what a shop stores."""

    integrationEnabled: bool | None
    """Whether its integration is switched on."""

    integration: Integration | None
    """Its integration."""

    main: bool | None
    """Whether it is the main link of its product."""

    product: Product | None
    """Product here."""

    additionalIntegrationProduct: IntegrationProduct | None
    """Related link. Unverified: known from a first-party client alone."""


class LineItem(TypedDict, total=False):
    """A transaction that was ordered."""

    basePrice: int | None
    """Price of the product when it was ordered, in minor currency units."""

    brochureLink: str | None
    """URL of the brochure."""

    createdAt: str | None
    """When the line item was made."""

    customFields: str | None
    """Values of the design's custom fields, as JSON text."""

    externalId: str | None
    """The shop's id of it."""

    id: str | None
    """Id of the line item."""

    integrationType: str | None
    """Kind of integration its transaction came through."""

    order: Order | None
    """Order it belongs to."""

    outputData: OutputData | None
    """What the design came to."""

    previewImageLink: str | None
    """URL of the preview image."""

    proxyOrder: ProxyOrder | None
    """Order passed on to another partner for it."""

    quantity: int | None
    """How many were ordered."""

    rejectedAt: str | None
    """When moderation rejected it."""

    shippingProviderStatus: str | None
    """What the carrier says, kept by a flow."""

    shippingProviderTrackingNumber: str | None
    """The carrier's tracking number, kept by a flow."""

    shippingProviderTrackingUrl: str | None
    """The carrier's tracking page, kept by a flow."""

    sku: str | None
    """SKU put together for its transaction."""

    status: str | None
    """How moderation stands."""

    transaction: Transaction | None
    """Its transaction."""


class MetadataItem(TypedDict, total=False):
    """One thing that came up while designing."""

    name: str | None
    """Step and kind of data."""

    value: str | None
    """The value."""


class Metafield(TypedDict, total=False):
    """A value attached to something, as its configuration allows."""

    id: str
    """Id of the metafield."""

    createdAt: str
    """When the metafield was made."""

    updatedAt: str
    """When the metafield last changed."""

    entityId: str
    """Id of what it is attached to."""

    metafieldConfiguration: MetafieldConfiguration
    """Its configuration."""

    value: str
    """The value, as JSON text."""


class MetafieldConfiguration(TypedDict, total=False):
    """Says what metafields of one name may be attached to and hold."""

    id: str
    """Id of the configuration."""

    createdAt: str
    """When the configuration was made."""

    updatedAt: str
    """When the configuration last changed."""

    entityType: str
    """Kind of thing it attaches to: Asset, Integration, Product, Variant, or another."""

    metafieldType: str
    """Kind of value it holds."""

    name: str
    """Name of its metafields."""

    description: str
    """What they are for. Its text calls it optional although its type does not."""


class MetafieldConfigurationsFeed(TypedDict, total=False):
    """All metafield configurations, unpaged."""

    items: list[MetafieldConfiguration | None]
    """The configurations."""


class Order(TypedDict, total=False):
    """Line items ordered together."""

    createdAt: str | None
    """When the order was made."""

    externalId: str | None
    """The shop's id of the order."""

    externalTags: str | None
    """The shop's tags, separated by commas."""

    id: str | None
    """Id of the order."""

    internalId: str | None
    """Id that was made for it here."""

    lineItems: list[LineItem | None] | None
    """What was ordered."""

    paid: bool | None
    """Whether it was paid, if that is known."""


class OrderItemInput(TypedDict):
    """One item to order."""

    amountToOrder: int
    """How many."""

    bundleId: NotRequired[str | None]
    """Id of the bundle. If it is given, transactionId is ignored."""

    transactionId: NotRequired[str | None]
    """Id of the transaction."""


class OrderSimpleBundleInput(TypedDict):
    """A bundle to make for the items of a simple order."""

    ownerEmailAddress: NotRequired[str | None]
    """Email address of its owner."""

    metadata: NotRequired[Sequence[BundleMetadataInput | None] | None]
    """Keys and values to keep with it."""


class OrderSimpleItemInput(TypedDict):
    """One item of a simple order, whose design is made with it."""

    amountToOrder: int
    """How many."""

    externalId: NotRequired[str | None]
    """The shop's id of it."""

    productId: str
    """Id of the product here, not of an integration product."""

    workflowId: str
    """Id of the workflow."""

    steps: NotRequired[Sequence[OrderSimpleItemStepInput | None] | None]
    """What is chosen in the steps."""


class OrderSimpleItemStepInput(TypedDict):
    """What is chosen in one step."""

    stepName: str
    """Id of the step, despite its name."""

    text: NotRequired[str | None]
    """Text, for a text step."""

    variantId: NotRequired[str | None]
    """Id of the variant, for a step that chooses one."""


class OrderStatus(TypedDict, total=False):
    """A status that the partner may give to orders."""

    id: str | None
    """Id of the status."""

    name: str | None
    """Name of the status."""


class OrderStatusesFeed(TypedDict, total=False):
    """A page of order statuses."""

    items: list[OrderStatus | None] | None
    """The statuses of this page."""

    total: int | None
    """How many there are in all."""


class OutputData(TypedDict, total=False):
    """What a design came to, for those who make it."""

    metadata: list[MetadataItem | None] | None
    """What the consumer entered."""

    sku: str | None
    """SKU put together for the transaction."""

    transactionId: str
    """Id of the transaction."""

    variantSelections: list[VariantSelection | None] | None
    """Variants the consumer chose."""


class Partner(TypedDict, total=False):
    """An organisation that sells."""

    id: str
    """Id of the partner."""

    name: str | None
    """Name of the partner, for people."""

    billingCurrencyCode: str | None
    """Currency it is billed in, as three letters."""

    currencyCode: str | None
    """Currency its consumers pay in, as three letters."""

    activeAddons: list[str | None] | None
    """Add-ons switched on for it. Unverified: known from a first-party client alone."""

    beta: bool | None
    """Whether it tries beta behaviour. Unverified: known from a first-party client alone."""

    customerDetailsPromptMarkdown: str | None
    """Words that ask for customer details, as Markdown. Unverified: known from a first-party client alone."""


class ProcessExecution(TypedDict, total=False):
    """One run of a flow."""

    createdAt: str | None
    """When the run was made."""

    edges: list[ProcessExecutionEdge | None] | None
    """Its edges."""

    id: str | None
    """Id of the run."""

    internalId: str | None
    """Id that a user gave it."""

    nodes: list[ProcessExecutionNode | None] | None
    """Its nodes."""

    processFlow: ProcessFlow | None
    """Flow it is a run of."""

    updatedAt: str | None
    """When the run last changed."""

    completedAt: str | None
    """When the run ended well. Unverified: known from a first-party client alone."""

    failedAt: str | None
    """When the run failed. Unverified: known from a first-party client alone."""


class ProcessExecutionEdge(TypedDict, total=False):
    """One edge in a run."""

    data: ProcessExecutionEdgeData | None
    """What passed through it."""

    id: str | None
    """Id of the edge."""

    sourceNode: str | None
    """Id of the node it leaves."""

    sourceSocket: str | None
    """Id of the socket it leaves."""

    targetNode: str | None
    """Id of the node it enters."""

    targetSocket: str | None
    """Id of the socket it enters."""


class ProcessExecutionEdgeData(TypedDict, total=False):
    """What passed through an edge."""

    type: str | None
    """Kind of data."""

    value: str | None
    """The data."""


class ProcessExecutionNode(TypedDict, total=False):
    """One node in a run."""

    artifacts: str | None
    """What the node produced, as JSON text: a type and a value."""

    completedAt: str | None
    """When the node ended well."""

    data: str | None
    """Settings of the node, as JSON text."""

    failedAt: str | None
    """When the node failed."""

    id: str | None
    """Id of the node."""

    quickviewName: str | None
    """Its name in the quick view."""

    quickview: bool | None
    """Whether the quick view shows it."""

    region: ProcessFlowRegion | None
    """Where it is drawn."""

    startedAt: str | None
    """When the node began."""

    type: str | None
    """Kind of node."""


class ProcessExecutionsFeed(TypedDict, total=False):
    """A page of runs."""

    items: list[ProcessExecution | None] | None
    """The runs of this page."""

    total: int | None
    """How many there are in all."""


class ProcessFlow(TypedDict, total=False):
    """A graph of steps that the platform carries out."""

    edges: list[ProcessFlowEdge | None] | None
    """Its edges."""

    entityId: str | None
    """Id of something its conditions look at."""

    entityType: str | None
    """What that id stands for."""

    id: str | None
    """Id of the flow."""

    name: str | None
    """Name of the flow, for people."""

    nodes: list[ProcessFlowNode | None] | None
    """Its nodes."""

    processFlowContext: ProcessFlowContext | None
    """Context it is written for."""


class ProcessFlowContext(TypedDict, total=False):
    """An occasion on which flows run."""

    description: str | None
    """Description, for people."""

    id: str | None
    """Id of the context."""

    inputs: list[ProcessFlowContextTerminal | None] | None
    """What a run is given."""

    name: str | None
    """Name of the context, for people."""

    outputs: list[ProcessFlowContextTerminal | None] | None
    """What a run gives."""

    public: bool | None
    """Whether the platform itself supplies it."""


class ProcessFlowContextTerminal(TypedDict, total=False):
    """One thing a run is given or gives."""

    name: str
    """Name of the terminal."""

    type: str
    """Kind of data."""


class ProcessFlowContextTerminalInput(TypedDict):
    """One thing a run is to be given or to give."""

    name: str
    """Name of the terminal."""

    type: str
    """Kind of data."""


class ProcessFlowContextsFeed(TypedDict, total=False):
    """All flow contexts, unpaged."""

    items: list[ProcessFlowContext | None] | None
    """The contexts."""


class ProcessFlowEdge(TypedDict, total=False):
    """One edge of a flow."""

    id: str | None
    """Id of the edge."""

    sourceNode: str | None
    """Id of the node it leaves."""

    sourceSocket: str | None
    """Id of the socket it leaves."""

    targetNode: str | None
    """Id of the node it enters."""

    targetSocket: str | None
    """Id of the socket it enters."""


class ProcessFlowEdgeInput(TypedDict):
    """One edge of a flow to be."""

    id: NotRequired[str | None]
    """Id of the edge."""

    sourceNode: NotRequired[str | None]
    """Id of the node it leaves."""

    sourceSocket: NotRequired[str | None]
    """Id of the socket it leaves."""

    targetNode: NotRequired[str | None]
    """Id of the node it enters."""

    targetSocket: NotRequired[str | None]
    """Id of the socket it enters."""


class ProcessFlowNode(TypedDict, total=False):
    """One node of a flow."""

    data: str | None
    """Settings of the node, as JSON text."""

    id: str | None
    """Id of the node."""

    parentNodeId: str | None
    """Id of the node that contains it."""

    quickviewName: str | None
    """Its name in the quick view."""

    quickview: bool | None
    """Whether the quick view shows it."""

    region: ProcessFlowRegion | None
    """Where it is drawn."""

    type: str | None
    """Kind of node."""


class ProcessFlowNodeInput(TypedDict):
    """One node of a flow to be."""

    data: NotRequired[str | None]
    """Settings of the node, as JSON text."""

    id: NotRequired[str | None]
    """Id of the node."""

    parentNodeId: NotRequired[str | None]
    """Id of the node that contains it."""

    quickviewName: NotRequired[str | None]
    """Its name in the quick view."""

    quickview: NotRequired[bool | None]
    """Whether the quick view shows it."""

    region: NotRequired[ProcessFlowRegionInput | None]
    """Where it is drawn."""

    type: NotRequired[str | None]
    """Kind of node."""


class ProcessFlowRegion(TypedDict, total=False):
    """A rectangle in the drawing of a flow."""

    height: float | None
    """Height."""

    width: float | None
    """Width."""

    x: float | None
    """Left edge."""

    y: float | None
    """Upper edge."""


class ProcessFlowRegionInput(TypedDict):
    """A rectangle in the drawing of a flow to be."""

    height: NotRequired[float | None]
    """Height."""

    width: NotRequired[float | None]
    """Width."""

    x: NotRequired[float | None]
    """Left edge."""

    y: NotRequired[float | None]
    """Upper edge."""


class ProcessFlowsFeed(TypedDict, total=False):
    """A page of flows."""

    items: list[ProcessFlow | None] | None
    """The flows of this page."""

    total: int | None
    """How many there are in all."""


class Product(TypedDict, total=False):
    """Something that is sold, perhaps customised."""

    autoProxyOrder: bool | None
    """Whether orders are passed on by themselves."""

    basePrice: int | None
    """Price without the prices of options, in minor currency units."""

    conversionConfiguration: ConversionConfiguration | None
    """What consumers are asked for."""

    enabled: bool | None
    """Whether consumers can buy it."""

    hubIntegrationProduct: IntegrationProduct | None
    """Link that is used in the hub."""

    id: str
    """Id of the product."""

    imageUrl: str | None
    """URL of its image."""

    integrationProducts: list[IntegrationProduct | None] | None
    """Its links to products of shops."""

    modelUrl: str | None
    """URL of its three-dimensional model."""

    name: str | None
    """Name of the product, for people."""

    overlayImageUrl: str | None
    """URL of the image laid over it."""

    partner: Partner | None
    """Partner the product belongs to."""

    preloadImageUrl: str | None
    """URL of the image shown while it loads."""

    productLinks: list[ProductLink | None] | None
    """Partners it is shared with."""

    profanities: list[Profanity | None] | None
    """Words that may not be put on it."""

    skuCode: str | None
    """Part that it adds to SKUs."""

    sku: str | None
    """SKU of the product in the shop."""

    weight: float | None
    """Weight, in the shop's unit."""

    workflows: list[WorkflowProduct | None] | None
    """Its workflows."""

    description: str | None
    """Description, for people. Unverified: known from a first-party client alone."""

    minimumOrderQuantity: int | None
    """Smallest number that can be ordered. Unverified: known from a first-party client alone."""

    priceBreaks: list[PriceBreak | None] | None
    """Prices by quantity. Unverified: known from a first-party client alone."""

    productTags: list[ProductTag | None] | None
    """Its tags. Unverified: known from a first-party client alone."""

    promptForCustomerDetails: bool | None
    """Whether consumers are asked who they are. Unverified: known from a first-party client alone."""


class ProductLink(TypedDict, total=False):
    """A product shared with another partner."""

    id: str
    """Id of the share."""

    product: Product | None
    """The product."""

    storefront: Partner | None
    """Partner it is shared with."""

    status: str | None
    """How the share stands."""

    shouldPlaceProxyOrders: bool | None
    """Whether its orders are passed on to the shop of the product's owner."""


class Profanity(TypedDict, total=False):
    """A word that is not allowed."""

    createdAt: str | None
    """When the word was added."""

    id: str
    """Id of the entry."""

    word: str
    """The word."""


class ProxyOrder(TypedDict, total=False):
    """An order passed on to the shop of another partner."""

    externalId: str | None
    """That shop's id of the order."""


class Stakeholder(TypedDict, total=False):
    """A customer's part in a transaction."""

    id: str | None
    """Id of the stakeholder."""

    type: str | None
    """Kind of part: Owner, Approver, Editor, Viewer, or another."""

    transaction: Transaction | None
    """The transaction."""

    customer: Customer | None
    """The customer."""

    authorizationStatus: str | None
    """Whether the stakeholder approved or rejected. Unverified: known from a first-party client alone."""

    authorizationDate: str | None
    """When the stakeholder approved or rejected. Unverified: known from a first-party client alone."""

    authorizationNote: str | None
    """What the stakeholder said about it. Unverified: known from a first-party client alone."""


class Tag(TypedDict, total=False):
    """A text attached to something, to sort it by."""

    id: str
    """Id of the tag."""

    createdAt: str
    """When the tag was made."""

    updatedAt: str
    """When the tag last changed."""

    entityId: str
    """Id of what it is attached to."""

    name: str
    """The text."""


class TagsFeed(TypedDict, total=False):
    """All tags of something, unpaged."""

    items: list[Tag | None]
    """The tags."""


class Transaction(TypedDict, total=False):
    """A design of a consumer: what was customised, personalised or chosen."""

    bulkEmailAddress: str | None
    """Email address the consumer gave for a bulk design."""

    bulkSourceUrl: str | None
    """URL of the data of a bulk design."""

    bulk: bool | None
    """Whether it is a bulk design."""

    createOrderLink: str | None
    """URL for making an order."""

    createdAt: str | None
    """When the transaction was made."""

    customLogoLink: str | None
    """URL of the partner's logo."""

    designName: str
    """Name that the consumer gave the design."""

    externalCartProductId: str | None
    """Id of the product in the shop's cart."""

    externalCartProductVariantId: str | None
    """Id of the variant in the shop's cart."""

    externalDesignProductId: str | None
    """Id of the product that the shop made for this design."""

    externalDesignProductVariantId: str | None
    """Id of the variant that the shop made for this design."""

    externalOrderId: str | None
    """The shop's id of an order that it was associated with."""

    id: str
    """Id of the transaction."""

    integrationPartnerName: str | None
    """Name of the partner whose integration it came through."""

    integrationProduct: IntegrationProduct | None
    """Integration product it was made with."""

    integrationType: str | None
    """Kind of integration it came through."""

    isOrdered: bool | None
    """Whether at least one line item exists for it."""

    lastSyncedAt: str | None
    """When a consumer last synchronised bulk data."""

    previewImageLink: str | None
    """URL of the preview image."""

    priceModifierTotal: int | None
    """Price of the chosen options, in minor currency units, summed over all variations."""

    product: Product | None
    """Its product."""

    quantity: int | None
    """How many were or would be ordered, if that is known."""

    stakeholders: list[Stakeholder | None] | None
    """Who takes part in it."""

    status: str | None
    """How it stands."""

    transactionOwnerId: str | None
    """Temporary id that lets its holder change the transaction. Treat it as a secret."""

    variationsCount: int | None
    """How many variations a bulk design has."""

    workflowFooterLogoLink: str | None
    """URL of the logo at the edge of the experience."""

    workflowId: str | None
    """Id of its workflow."""

    workflowState: str | None
    """State of the design, as JSON text."""

    workflowViewerLink: str
    """URL that shows it."""

    workflowViewerReadOnlyLink: str
    """URL that shows it without letting anyone change it."""

    completed: bool | None
    """Whether the design was completed. Unverified: known from a first-party client alone."""

    bundle: Bundle | None
    """Bundle it is in. Unverified: known from a first-party client alone."""

    parentTransaction: Transaction | None
    """Transaction it is a variation of. Unverified: known from a first-party client alone."""

    integrationProductId: str | None
    """Id of the integration product it was made with. Unverified: known from a first-party client alone."""

    designExternalVariants: list[DesignExternalVariant | None] | None
    """Variants that shops made for this design. Unverified: known from a first-party client alone."""

    restApiIntegrationLink: str | None
    """URL of it in the REST API. Unverified: known from a first-party client alone."""

    currentStakeholder: Stakeholder | None
    """The stakeholder who is asking. Unverified: known from a first-party client alone."""

    hasAuthenticatedActions: bool | None
    """Whether some actions need a login. Unverified: known from a first-party client alone."""

    transactionShareActions: list[ShareAction | None] | None
    """What it can be shared for. Unverified: known from a first-party client alone."""


class VariantSelection(TypedDict, total=False):
    """A variant that was chosen."""

    stepTitle: str | None
    """Step it was chosen in."""

    variantName: str | None
    """The variant."""


class WorkflowProduct(TypedDict, total=False):
    """The link between a product and a workflow."""

    friendlyName: str | None
    """Name of the workflow, for people."""

    id: str | None
    """Id of the link."""

    isPresent: bool | None
    """Whether the link is valid."""

    imageUrl: str | None
    """URL of the image to choose the workflow by."""

    workflowName: str | None
    """Id of the workflow, despite its name."""

    index: int | None
    """Position among the product's workflows. Unverified: known from a first-party client alone."""


class BundlesFeed(TypedDict, total=False):
    """A page of bundles. Unverified: known from a first-party client alone."""

    items: list[Bundle | None] | None
    """The bundles of this page."""

    total: int | None
    """How many there are in all."""


class TransactionsFeed(TypedDict, total=False):
    """A page of transactions. Unverified: known from a first-party client alone."""

    items: list[Transaction | None] | None
    """The transactions of this page."""

    total: int | None
    """How many there are in all."""


class ShareAction(TypedDict, total=False):
    """Something that a link can be shared for. Unverified: known from a first-party client alone."""

    id: str | None
    """Id of the action."""

    title: str | None
    """Title to show."""

    type: str | None
    """Kind of action."""

    stakeholderType: str | None
    """Kind of stakeholder it is for."""

    precedence: int | None
    """Position among the actions."""

    url: str | None
    """URL to share."""


class DesignExternalVariant(TypedDict, total=False):
    """A variant that a shop made for a design. Unverified: known from a first-party client alone."""

    id: str | None
    """Id of the entry."""

    externalProductId: str | None
    """Id of the product in the shop."""

    externalProductVariantId: str | None
    """Id of the variant in the shop."""


class PriceBreak(TypedDict, total=False):
    """A price that begins at a quantity. Unverified: known from a first-party client alone."""

    id: str | None
    """Id of the price break."""

    minQty: int | None
    """Smallest quantity it applies to."""

    percentage: float | None
    """Reduction in per cent."""


class ProductTag(TypedDict, total=False):
    """A tag of a product. Unverified: known from a first-party client alone."""

    id: str | None
    """Id of the tag."""

    name: str | None
    """The text."""


class CurrencyConversion(TypedDict, total=False):
    """A rate between two currencies. Unverified: known from a first-party client alone."""

    rateFrom: float | None
    """Rate of the currency converted from."""

    rateTo: float | None
    """Rate of the currency converted to."""

    timestamp: str | None
    """When the rates were taken."""


class ProductCollection(TypedDict, total=False):
    """Products offered together. Unverified: known from a first-party client alone."""

    id: str | None
    """Id of the collection."""

    name: str | None
    """Name of the collection, for people."""

    description: str | None
    """Description, for people."""

    dispatchStartDate: str | None
    """First day of dispatch."""

    dispatchEndDate: str | None
    """Last day of dispatch."""

    total: int | None
    """How many products are in it."""

    globalPropertyConfiguration: GlobalPropertyConfiguration | None
    """Global properties that apply to it."""

    productCollectionCustomers: list[ProductCollectionCustomer | None] | None
    """Customers who may use it."""

    productCollectionProducts: list[ProductCollectionProduct | None] | None
    """Products in it."""


class ProductCollectionCustomer(TypedDict, total=False):
    """A customer who may use a product collection. Unverified: known from a first-party client alone."""

    id: str | None
    """Id of the link."""

    customer: Customer | None
    """The customer."""

    productCollection: ProductCollection | None
    """The collection."""


class ProductCollectionProduct(TypedDict, total=False):
    """A product in a collection. Unverified: known from a first-party client alone."""

    id: str | None
    """Id of the link."""

    productId: str | None
    """Id of the product."""

    workflowId: str | None
    """Id of the workflow."""

    product: Product | None
    """The product."""

    workflows: list[ProductCollectionProductWorkflow | None] | None
    """Workflows offered for it."""


class ProductCollectionProductWorkflow(TypedDict, total=False):
    """A workflow offered for a product of a collection. Unverified: known from a first-party client alone."""

    workflowProduct: WorkflowProduct | None
    """Link between the product and the workflow."""


class GlobalPropertyTemplate(TypedDict, total=False):
    """Choices for global properties, kept for use again. Unverified: known from a first-party client alone."""

    id: str | None
    """Id of the template."""

    name: str | None
    """Name of the template, for people."""

    createdAt: str | None
    """When the template was made."""

    updatedAt: str | None
    """When the template last changed."""

    globalPropertyConfiguration: GlobalPropertyConfiguration | None
    """What it makes choices for."""

    aspectValues: list[GlobalPropertyStateAspect | None] | None
    """The choices."""


class GlobalPropertyTemplatesFeed(TypedDict, total=False):
    """A page of templates. Unverified: known from a first-party client alone."""

    items: list[GlobalPropertyTemplate | None] | None
    """The templates of this page."""

    total: int | None
    """How many there are in all."""


class Option(TypedDict, total=False):
    """Something to choose a variant of. Reduced to its identity. Unverified: known from a first-party client alone."""

    id: str | None
    """Id of the option."""

    name: str | None
    """Name of the option."""


class Workflow(TypedDict, total=False):
    """The steps of a design. Reduced to its identity. Unverified: known from a first-party client alone."""

    id: str | None
    """Id of the workflow."""

    name: str | None
    """Name of the workflow."""


class MetadataInput(TypedDict):
    """One key and value. The reference calls it BundleMetadataInput: which name the platform knows is unverified.
    Unverified: known from a first-party client alone.
    """

    key: NotRequired[str | None]
    """The key."""

    value: NotRequired[str | None]
    """The value."""


class TransactionCreateInput(TypedDict):
    """A transaction to make. Unverified: known from a first-party client alone."""

    integrationProductId: NotRequired[str | None]
    """Id of the integration product. Or name the product by the two external ids."""

    externalIntegrationId: NotRequired[str | None]
    """What identifies the shop at its own platform."""

    externalProductId: NotRequired[str | None]
    """Id of the product in the shop."""

    workflowId: NotRequired[str | None]
    """Id of the workflow."""

    designName: NotRequired[str | None]
    """Name of the design."""

    claim: NotRequired[bool | None]
    """Whether the caller becomes its owner."""

    quantity: NotRequired[int | None]
    """How many."""

    parentTransactionId: NotRequired[str | None]
    """Id of the transaction it is a variation of."""


class TransactionConfirmInput(TypedDict):
    """A state to compare with the stored one. Unverified: known from a first-party client alone."""

    id: str
    """Id of the transaction."""

    hash: str
    """Hash of its workflow state. How it is made is unverified."""


class TerminalText(TypedDict):
    """A text that a start terminal of a flow is given."""

    text: str


class TerminalEntity(TypedDict):
    """Something that a start terminal of a flow is given: a Transaction, Bundle, Product, Variant, Option, LineItem, Asset, or another."""

    type: str
    id: str


Terminal = TerminalText | TerminalEntity | Sequence[Any] | str
"""What a start terminal of a flow is given; a str is JSON already."""
