"""Spiff and SignCustomiser. Every method comes to run(), which is native; AsyncSpiff and AsyncSignCustomiser have the same
methods over a run() that is awaited."""

from . import _native
from ._operations import SpiffOperations
from ._pages import given


class _Options:
    """The signature of a client: its options as keyword-only parameters, by the table that every language has. It is made when
    somebody asks for it, because inspect is slow to import."""

    def __get__(self, _, owner):
        if owner.__module__ != "countersign":
            raise AttributeError("__signature__")  # a class of users, which may have a constructor of its own
        from inspect import Parameter, Signature, signature

        own = [one for one in signature(owner.__init__).parameters.values() if one.kind is Parameter.KEYWORD_ONLY]
        names = [row["name"] for row in _native.options() if row["platform"] in (owner.platform, None)]
        return Signature(own + [Parameter(name, Parameter.KEYWORD_ONLY, default=None) for name in names])


class _Methods:
    """What all clients have in common."""

    __slots__ = ()
    __signature__ = _Options()

    def prepare_order(self, order, *, now=None):
        """Prepares an order for HTTP of your own: a PreparedCall. It sends nothing and never waits.

        now: when it is signed, in seconds since 1970 or as an aware datetime; None for the clock
        """
        return self.prepare("place_order", order, now=now)

    def check(self, *, timeout=None):
        """One harmless read that tells whether credentials, address and clock are right; raises what is wrong.

        Answers a dict with "skew" (the platform's clock minus ours in seconds, or None), "attempt", and what was read.
        """
        return self.run("check", timeout=timeout)


class SpiffMethods(_Methods, SpiffOperations):
    """What Spiff and AsyncSpiff have in common."""

    __slots__ = ()
    platform = "spiff"

    def place_order(self, order, *, timeout=None):
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

    def settle(self, order, *, sent_at, first_absent_at=None, timeout=None):
        """Finds out whether an order in doubt was placed, by reading its designs back: a Settlement, which equals "placed",
        "absent" or "unclear".

        order: as it was placed
        sent_at: what the error said, in seconds since 1970 (or an aware datetime)
        first_absent_at: what an earlier Settlement said

        "Nothing ordered" is "unclear" the first time: settle again at again_at, and hand first_absent_at over.
        Raises the errors of a read; the order is then as much in doubt as before.
        """
        return self.run("settle", _native.doubt(order, sent_at, first_absent_at), timeout=timeout)

    def graphql(self, query, variables=None, *, operation_name=None, timeout=None):
        """Executes a GraphQL document and answers its data.

        Raises an Error of kind graphql_refused if it was not executed, graphql_errors if it was with errors, missing_data
        for null; for a mutation with its outcome.
        """
        members = {"query": query}
        if variables is not None:
            members["variables"] = variables
        if operation_name is not None:
            members["operationName"] = operation_name
        return self.run("graphql", members, timeout=timeout)

    @staticmethod
    def decode(text):
        """The value of a text that is JSON itself: a line item's customFields, a transaction's workflowState, a node's
        artifacts, a metafield's value. None for None; raises ValueError for what is not JSON."""
        from json import loads

        return None if text is None else loads(text)

    def process_execution_wait(self, id, *, wait=60, interval=2, select=None, timeout=None):
        """Waits until a run of a flow has ended, well (completedAt) or not (failedAt), and answers it. That the two members say
        so is unverified: a first-party client relies on it.

        wait: seconds to wait at most; interval: seconds between two looks; select: fields of ProcessExecution
        Raises an Error of kind timeout if it has not ended by then.
        """
        members = given(id=id, timeout=wait, interval=interval, select=select)
        return self.run("process_execution_wait", members, timeout=timeout)


class Spiff(SpiffMethods, _native.Client):
    """Places orders at Spiff Commerce and reads them back. Make it once and share it: threads may use it at the same time,
    it keeps its connections, and it stays usable after fork. Options are keyword arguments, as docs/options.md has them:
    access_key and secret_key, or application_key; region ("us", "au") or base_url; timeout in seconds (30); and more.

    Methods that travel block until the platform answered or the time limit passed; other threads run meanwhile.
    """

    __slots__ = ()

    def acting_for(self, *, partner_id=None, transaction_owner_id=None, bundle_owner_id=None):
        """The same client for a partner, or with write access to one transaction or bundle. Connections are shared."""
        return self._acting_for(partner_id, transaction_owner_id, bundle_owner_id)


class SignCustomiserMethods(_Methods):
    """What SignCustomiser and AsyncSignCustomiser have in common."""

    __slots__ = ()
    platform = "sign_customiser"

    def place_order(self, order, *, timeout=None):
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

    def settle(self, order):
        """Always raises Unsupported, and says what there is instead: nothing can be read back at this platform."""
        return self.run("settle", order)

    def request(self, method, path, body=None, *, timeout=None):
        """Makes any call of the API and answers its JSON; body is sent as JSON."""
        members = {"method": method, "path": path}
        if body is not None:
            members["body"] = body
        return self.run("request", members, timeout=timeout)

    @property
    def webhooks(self):
        """The webhook subscriptions of the account."""
        return Webhooks(self)


class SignCustomiser(SignCustomiserMethods, _native.Client):
    """Places orders at Sign Customiser and keeps its webhook subscriptions. Make it once and share it: threads may use it at
    the same time, it keeps its connections, and it stays usable after fork. Options are keyword arguments, as
    docs/options.md has them: api_token, timeout in seconds (30), and more.
    """

    __slots__ = ()


class Webhooks:
    """Webhook subscriptions. Answers are the platform's objects; a change that fails says by its outcome whether it may have
    been made."""

    __slots__ = ("_client",)

    def __init__(self, client):
        self._client = client

    def list(self, *, timeout=None):
        """All of them."""
        return self._client.run("webhooks_list", timeout=timeout)

    def create(self, topic, url, meta=None, *, timeout=None):
        """A new one, with its secret. topic: such as "order:created"; url: where deliveries go."""
        return self._client.run("webhooks_create", _subscription(topic, url, meta), timeout=timeout)

    def get(self, id, *, timeout=None):
        """One of them, by its webhook_id."""
        return self._client.run("webhooks_get", {"id": id}, timeout=timeout)

    def update(self, id, topic, url, meta=None, *, timeout=None):
        """Changes one, with all its members."""
        return self._client.run("webhooks_update", {"id": id, **_subscription(topic, url, meta)}, timeout=timeout)

    def delete(self, id, *, timeout=None):
        """Ends one."""
        return self._client.run("webhooks_delete", {"id": id}, timeout=timeout)


def _subscription(topic, url, meta):
    members = {"topic": topic, "url": url}
    if meta is not None:
        members["meta"] = meta
    return members


for _class in (Spiff, SignCustomiser):
    # Where users find them: in repr, in tracebacks, in the documentation.
    _class.__module__ = "countersign"
