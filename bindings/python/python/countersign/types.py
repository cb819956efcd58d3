"""The shapes of what goes in and comes out, for type checkers. Nothing of this package imports this module at run time.

Members are the platforms' own, with their spelling. Read members with .get(): the platforms leave some out, and add new ones.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NotRequired, Protocol, TypeAlias, TypedDict

from ._kinds import Kind as Kind
from ._options import SignCustomiserOptions as SignCustomiserOptions, SpiffOptions as SpiffOptions
from .spiff_types import AddressInput

Json: TypeAlias = Any
"""Whatever JSON holds, as Python's json reads it."""

Moment: TypeAlias = float | datetime
"""Seconds since 1970 (int or float), or a datetime with a zone. Naive datetimes are refused."""

Headers: TypeAlias = Any
"""A mapping of names to values; pairs, also of bytes (ASGI); Django's META; a WSGI environ; request.headers of any framework."""

Outcome: TypeAlias = Literal["not_placed", "unknown"]


# Spiff


class SpiffTransactionItem(TypedDict):
    amountToOrder: int
    """1 to 2147483647."""
    transactionId: str
    """The design of one customised product."""


class SpiffBundleItem(TypedDict):
    amountToOrder: int
    """1 to 2147483647."""
    bundleId: str
    """Several designs together; with orders_api "graphql" alone."""


SpiffOrderItem: TypeAlias = SpiffTransactionItem | SpiffBundleItem
"""What is ordered: a design or a bundle, never both."""


class SpiffAddress(AddressInput):
    """An address, as Spiff's schema has it."""


class SpiffExternalData(TypedDict, total=False):
    """ExternalDataInput of the schema, but for its addresses: an order has one of each, not a list."""

    orderNumber: str
    customerEmail: str
    customerPhone: str
    billingAddress: SpiffAddress
    shippingAddress: SpiffAddress
    discountCodes: list[str]
    note: str


class SpiffOrder(TypedDict):
    externalId: str
    """The shop's own id of the order."""
    paid: bool
    """Whether the shopper has paid; no default."""
    orderItems: Sequence[SpiffOrderItem]
    externalData: NotRequired[SpiffExternalData]
    extra: NotRequired[Mapping[str, Json]]
    """Further members, sent as they are."""


# Sign Customiser


class SignCustomer(TypedDict, total=False):
    first_name: str
    last_name: str
    email: str
    phone: str


class SignAddress(SignCustomer, total=False):
    address_1: str
    address_2: str
    city: str
    province: str
    """Comes back as state in webhooks."""
    postcode: str
    country: str


class SignProduct(TypedDict):
    external_id: str
    """The shop's id of the product, as it answered product:created."""
    quantity: int
    price: int
    """In minor units: see minor_units(). Per unit, which is unverified."""


class SignOrder(TypedDict):
    integration_id: int
    external_id: str
    external_order_number: str
    currency: str
    """ISO 4217, such as "USD"."""
    products: Sequence[SignProduct]
    billing_address: NotRequired[SignAddress]
    shipping_address: NotRequired[SignAddress]
    shipping_line: NotRequired[str]
    customer: NotRequired[SignCustomer]
    extra: NotRequired[Mapping[str, Json]]
    """Further members, sent as they are."""


Topic: TypeAlias = Literal["product:created", "order:created", "form:submitted"]


class Subscription(TypedDict, total=False):
    webhook_id: int
    topic: str
    url: str
    status: str
    secret: str
    """Verifies the deliveries of this subscription."""
    meta: dict[str, Json]
    created_at: str
    updated_at: str


class ProductCreated(TypedDict, total=False):
    """Event.data of product:created. Scalars are as the platform writes them; only samples document their types."""

    product_id: int
    title: str
    description: str | None
    description_html: str | None
    external_id: str | None
    external_data: dict[str, Json]
    price: int
    compare_price: int | None
    customiser_id: int
    logo_upload_id: int | None
    product_image_url: str
    uploads: list[Json]
    created_at: str
    updated_at: str


class OrderCreated(TypedDict, total=False):
    """Event.data of order:created."""

    order_id: int
    order_number: str
    external_order_number: str
    external_id: str
    """The shop's id of the order: it settles an unknown outcome."""
    order_total: int
    app_total: int
    currency: str
    shipping_line: str | None
    billing_address: dict[str, Json]
    shipping_address: dict[str, Json]
    customer: dict[str, Json]
    products: list[Json]


class FormSubmitted(TypedDict, total=False):
    """Event.data of form:submitted."""

    submission_number: int
    type: str
    form: dict[str, Json]
    responses: list[Json]
    created_at: str


# Both


class Problem(TypedDict):
    path: str
    """JSON path, such as orderItems[0].amountToOrder; empty for the whole input."""
    code: str
    message: str


class Attempt(TypedDict):
    """What one attempt looked like from outside: no body, no secret, no query."""

    method: str
    url: str
    status: int | None
    milliseconds: int
    request_id: str | None
    bytes_sent: int
    bytes_received: int
    skew: int | None
    """The platform's clock minus ours, in seconds."""
    number: int
    """Which attempt of the call, from 1."""
    level: Literal["debug", "info", "warning"]
    """How loudly a log tells of it."""


class _Check(TypedDict):
    skew: int | None
    attempt: Attempt


class SpiffCheck(_Check):
    integration: dict[str, Json]


class SignCustomiserCheck(_Check):
    subscriptions: int


class Explanation(TypedDict):
    matches: str | None
    """ "as_sent", the name of the mistake, or None."""
    advice: str
    ours: str
    presented: str | None


class WebhookExplanation(TypedDict):
    content: str | None
    encoding: str | None
    configured: bool
    advice: str


class Operation(TypedDict):
    name: str
    effect: Literal["read", "order", "change"]
    input: str


Body: TypeAlias = str | bytes | bytearray | memoryview
"""Bytes; a str is its UTF-8."""

Ids: TypeAlias = list[str] | tuple[str, ...]

# The outbox

OutboxOrder: TypeAlias = SpiffOrder | SignOrder | str | bytes
"""An order of either platform; text and bytes are JSON already."""

OutboxState: TypeAlias = Literal["pending", "sending", "unknown", "held", "placed", "rejected", "cancelled"]
"""What each means: docs/outbox.md. A person must look at "held"."""

EnqueueStatus: TypeAlias = Literal["new", "known", "replaced", "revived", "conflict", "elsewhere"]

Cancelled: TypeAlias = Literal["cancelled", "wanted", "placed", "ended", "unknown"]

Notified: TypeAlias = Literal["placed", "unknown", "ignored"]

Decision: TypeAlias = Literal["placed", "retry", "drop"]

OutboxDialect: TypeAlias = Literal["postgresql", "mysql", "sqlite"]
"""MariaDB is "mysql"."""

Paramstyle: TypeAlias = Literal["qmark", "numeric", "numeric_dollar", "named", "format", "pyformat"]
"""How parameters are written: ?, :1, $1, :p1, %s, %(p1)s."""


class AccountStats(TypedDict):
    """Counts of one account. Times are seconds since 1970."""

    open: dict[OutboxState, int]
    oldest_pending: int | None
    """How old the oldest order is that waits to be sent, in seconds."""
    alerts: int
    pause: str | None
    pause_why: str | None
    paused_until: int | None
    success_at: int | None
    alive_at: int | None


class OutboxConnection(Protocol):
    """A connection that an Outbox can use: the primary server's, never a replica's. Beside what stands here it may have

    paramstyle: how its driver wants parameters to be written; without it the dialect's own way: ?, $1 on PostgreSQL
    commit(): where it does not commit each statement by itself; it is called after each statement of drain() and install(), also one
        that failed, and of nothing else. Without it the connection commits by itself, outside of transactions that the host begins
    in_transaction: whether a transaction is open now. It is due where commit() is; elsewhere the outbox asks the database without it,
        which costs a drain two statements
    """

    @property
    def dialect(self) -> OutboxDialect: ...

    def execute(self, sql: str, params: Any, rows: bool) -> Sequence[Sequence[Any]] | int:
        """Executes one statement as it stands, without a transaction of its own.

        params: int (below 2**53), str (ASCII) and None: a list; a dict ("p1" …) for the styles with names
        rows: whether the statement answers rows: then they are answered, otherwise how many rows it changed

        Raises DatabaseError for what the database says, with its own number or SQLSTATE and whether the connection broke.
        """


class AsyncOutboxConnection(Protocol):
    """The same for an AsyncOutbox: execute(), and commit() where there is one, are awaited. A drain awaits each in a task of its own."""

    @property
    def dialect(self) -> OutboxDialect: ...

    async def execute(self, sql: str, params: Any, rows: bool) -> Sequence[Sequence[Any]] | int: ...
