"""Spiff and SignCustomiser. Every method comes to run(), which is native; AsyncSpiff and AsyncSignCustomiser have the same
methods over a run() that is awaited; stubs/make.py writes _async.pyi from what stands here."""

from __future__ import annotations

from . import _native
from ._operations import SpiffOperations
from ._pages import given

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Mapping
    from inspect import Signature
    from typing import Any, Literal, Never, Self, Unpack

    from ._native import PlacedOrder, PreparedCall, Settlement
    from .spiff_types import ProcessExecution
    from .types import (
        Json,
        Moment,
        SignCustomiserCheck,
        SignCustomiserOptions,
        SignOrder,
        SpiffCheck,
        SpiffOptions,
        SpiffOrder,
        Subscription,
    )

    _Runs = _native.Client
else:
    _Runs = object


class _Options:
    """The signature of a client: its options as keyword-only parameters, by the table that every language has. It is made when
    somebody asks for it, because inspect is slow to import."""

    def __get__(self, _: object, owner: Any) -> Signature:
        if owner.__module__ != "countersign":
            raise AttributeError("__signature__")  # a class of users, which may have a constructor of its own
        from inspect import Parameter, Signature, signature

        own = [one for one in signature(owner.__init__).parameters.values() if one.kind is Parameter.KEYWORD_ONLY]
        names = _native.options(owner.platform)
        return Signature(own + [Parameter(name, Parameter.KEYWORD_ONLY, default=None) for name in names])


class _Methods(_Runs):
    """What all clients have in common, over a run() and a prepare()."""

    __slots__ = ()
    __signature__ = _Options()

    def prepare_order(self, order: Any, *, now: Moment | None = None) -> PreparedCall:
        """Prepares an order for HTTP of your own: a PreparedCall. It sends nothing and never waits.

        now: when it is signed, in seconds since 1970 or as an aware datetime; None for the clock
        """
        return self.prepare("place_order", order, now=now)

    def check(self, *, timeout: float | None = None) -> Any:
        """One harmless read that tells whether credentials, address and clock are right; raises what is wrong.

        Answers a dict with "skew" (the platform's clock minus ours in seconds, or None), "attempt", and what was read.
        """
        return self.run("check", timeout=timeout)


class SpiffMethods(_Methods, SpiffOperations):
    """What Spiff and AsyncSpiff have in common."""

    __slots__ = ()
    platform: Literal["spiff"] = "spiff"
    if TYPE_CHECKING:

        def prepare_order(self, order: SpiffOrder | str | bytes, *, now: Moment | None = None) -> PreparedCall: ...
        def check(self, *, timeout: float | None = None) -> SpiffCheck: ...

    def place_order(self, order: SpiffOrder | str | bytes, *, timeout: float | None = None) -> PlacedOrder:
        """Places an order, once. Answers a PlacedOrder.

        order: a dict, on every wire the same (a str or bytes are JSON already):
            {"externalId": "1001", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "…"}],
             "externalData": {…}, "extra": {…}}
            paid has no default: say what is true. Amounts are int; 2.0 and "2" are refused.
        timeout: seconds for this call instead of the option's

        Raises InvalidOrder with every rule it breaks; NotPlaced if it was certainly not placed; OutcomeUnknown if it may
        have been placed: settle it, never send it again.
        """
        return self.run("place_order", order, timeout=timeout)

    def settle(
        self,
        order: SpiffOrder | str | bytes,
        *,
        sent_at: Moment,
        first_absent_at: Moment | None = None,
        timeout: float | None = None,
    ) -> Settlement:
        """Finds out whether an order in doubt was placed, by reading its designs back: a Settlement, which equals "placed",
        "absent" or "unclear".

        order: as it was placed
        sent_at: what the error said, in seconds since 1970 (or an aware datetime)
        first_absent_at: what an earlier Settlement said

        "Nothing ordered" is "unclear" the first time: settle again at again_at, and hand first_absent_at over.
        Raises the errors of a read; the order is then as much in doubt as before.
        """
        return self.run("settle", _native.doubt(order, sent_at, first_absent_at), timeout=timeout)

    def graphql(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        timeout: float | None = None,
    ) -> dict[str, Json]:
        """Executes a GraphQL document and answers its data.

        Raises an Error of kind graphql_refused if it was not executed, graphql_errors if it was with errors, missing_data
        for null; for a mutation with its outcome.
        """
        members = given(query=query, variables=variables, operationName=operation_name)
        return self.run("graphql", members, timeout=timeout)

    @staticmethod
    def decode(text: str | None) -> Any:
        """The value of a text that is JSON itself: a line item's customFields, a transaction's workflowState, a node's
        artifacts, a metafield's value. None for None; raises ValueError for what is not JSON."""
        from json import loads

        return None if text is None else loads(text)

    def process_execution_wait(
        self, id: str, *, wait: int = 60, interval: int = 2, select: str | None = None, timeout: float | None = None
    ) -> ProcessExecution:
        """Waits until a run of a flow has ended, well (completedAt) or not (failedAt), and answers it. That the two members say
        so is unverified: a first-party client relies on it.

        wait: seconds to wait at most; interval: seconds between two looks; select: fields of ProcessExecution
        Raises an Error of kind timeout if it has not ended by then.
        """
        members = given(id=id, timeout=wait, interval=interval, select=select)
        return self.run("process_execution_wait", members, timeout=timeout)

    def acting_for(
        self,
        *,
        partner_id: str | None = None,
        transaction_owner_id: str | None = None,
        bundle_owner_id: str | None = None,
    ) -> Self:
        """The same client for a partner, or with write access to one transaction or bundle. Connections, and threads,
        are shared."""
        return self._acting_for(partner_id, transaction_owner_id, bundle_owner_id)


class Spiff(SpiffMethods, _native.Client):
    """Places orders at Spiff Commerce and reads them back. Make it once and share it: threads may use it at the same time,
    it keeps its connections, and it stays usable after fork. Options are keyword arguments, as docs/options.md has them:
    access_key and secret_key, or application_key; region ("us", "au") or base_url; timeout in seconds (30); and more.

    Methods that travel block until the platform answered or the time limit passed; other threads run meanwhile.
    """

    __slots__ = ()
    if TYPE_CHECKING:

        def __new__(cls, **options: Unpack[SpiffOptions]) -> Self: ...
        @classmethod
        def from_env(cls, **options: Unpack[SpiffOptions]) -> Self: ...  # type: ignore[override]


class SignCustomiserMethods(_Methods):
    """What SignCustomiser and AsyncSignCustomiser have in common."""

    __slots__ = ()
    platform: Literal["sign_customiser"] = "sign_customiser"
    if TYPE_CHECKING:

        def prepare_order(self, order: SignOrder | str | bytes, *, now: Moment | None = None) -> PreparedCall: ...
        def check(self, *, timeout: float | None = None) -> SignCustomiserCheck: ...

    def place_order(self, order: SignOrder | str | bytes, *, timeout: float | None = None) -> PlacedOrder:
        """Places an order, once. Answers a PlacedOrder.

        order: a dict (a str or bytes are JSON already):
            {"integration_id": 1, "external_id": "1001", "external_order_number": "#1001", "currency": "USD",
             "products": [{"external_id": "sku-1", "quantity": 1, "price": 2999}], …}
            Prices are int, in minor units of the currency: see minor_units(). Floats are refused.
        timeout: seconds for this call instead of the option's

        Raises InvalidOrder with every rule it breaks; NotPlaced if it was certainly not placed; OutcomeUnknown if it may
        have been placed: then wait for the order:created webhook with the same external_id.
        """
        return self.run("place_order", order, timeout=timeout)

    def settle(self, order: SignOrder | str | bytes) -> Never:
        """Always raises Unsupported, and says what there is instead: nothing can be read back at this platform."""
        return self.run("settle", order)  # type: ignore[misc]

    def request(self, method: str, path: str, body: Json = None, *, timeout: float | None = None) -> Any:
        """Makes any call of the API and answers its JSON; body is sent as JSON."""
        return self.run("request", given(method=method, path=path, body=body), timeout=timeout)

    @property
    def webhooks(self) -> Webhooks:
        """The webhook subscriptions of the account."""
        return Webhooks(self)


class SignCustomiser(SignCustomiserMethods, _native.Client):
    """Places orders at Sign Customiser and keeps its webhook subscriptions. Make it once and share it: threads may use it at
    the same time, it keeps its connections, and it stays usable after fork. Options are keyword arguments, as
    docs/options.md has them: api_token, timeout in seconds (30), and more.
    """

    __slots__ = ()
    if TYPE_CHECKING:

        def __new__(cls, **options: Unpack[SignCustomiserOptions]) -> Self: ...
        @classmethod
        def from_env(cls, **options: Unpack[SignCustomiserOptions]) -> Self: ...  # type: ignore[override]


class Webhooks:
    """Webhook subscriptions. Answers are the platform's objects; a change that fails says by its outcome whether it may have
    been made."""

    __slots__ = ("_client",)

    def __init__(self, client: Any) -> None:
        self._client = client

    def list(self, *, timeout: float | None = None) -> list[Subscription]:
        """All of them."""
        return self._client.run("webhooks_list", timeout=timeout)

    def create(
        self, topic: str, url: str, meta: Mapping[str, Json] | None = None, *, timeout: float | None = None
    ) -> Subscription:
        """A new one, with its secret. topic: such as "order:created"; url: where deliveries go."""
        return self._client.run("webhooks_create", given(topic=topic, url=url, meta=meta), timeout=timeout)

    def get(self, id: int, *, timeout: float | None = None) -> Subscription:
        """One of them, by its webhook_id."""
        return self._client.run("webhooks_get", {"id": id}, timeout=timeout)

    def update(
        self, id: int, topic: str, url: str, meta: Mapping[str, Json] | None = None, *, timeout: float | None = None
    ) -> Subscription:
        """Changes one, with all its members."""
        return self._client.run("webhooks_update", given(id=id, topic=topic, url=url, meta=meta), timeout=timeout)

    def delete(self, id: int, *, timeout: float | None = None) -> None:
        """Ends one."""
        return self._client.run("webhooks_delete", {"id": id}, timeout=timeout)


for _class in (Spiff, SignCustomiser):
    # Where users find them: in repr, in tracebacks, in the documentation.
    _class.__module__ = "countersign"
