# Generated from src/ and stubs/_native.pyi by `make generate`.
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final, Literal, Never, Self, final
from typing_extensions import disjoint_base
from ._errors import Error
from .types import Attempt, Body, Explanation, Headers, Json, Moment, Operation, Topic, WebhookExplanation
__version__: Final[str]

@final
class Signer:
    """One key pair, ready to sign. Make it once and keep it: it holds the keyed state. It is immutable: threads may share it,
    and it stays usable after fork. It sends nothing.

    access_key: the access key (key id) of an integration
    secret_key: its secret key as str or bytes: raw text, never decoded
    scheme: "SOA", or "VWS" for POST /targets
    digest: "sha512" or "md5"; None for the scheme's own
    exact_secret: accept a secret with white space around it

    Raises InvalidInput for what cannot be signed with.
    """

    def __new__(
        cls,
        access_key: str,
        secret_key: Body,
        *,
        scheme: str='SOA',
        digest: str | None=None,
        exact_secret: bool=False,
    ) -> Self: ...

    @property
    def access_key(self) -> str:
        """The access key (key id)."""

    @property
    def scheme(self) -> str:
        """"SOA" or "VWS"."""

    @property
    def digest(self) -> str:
        """"sha512" or "md5"."""

    def authorization(
        self,
        method: str,
        path: str,
        body: Body | None=None,
        content_type: str | None=None,
        date: str | None=None,
    ) -> str:
        """The value of the Authorization header.

        method: such as "POST"
        path: the path as it is requested
        body: the bytes that are sent; a str is its UTF-8
        content_type: None means application/json; "" an empty line in what is signed, and then no header is sent
        date: the Date header that you send. None for that of now; rather take headers() then, because the very same date
            has to be sent

        Raises InvalidInput for control characters. The interpreter is let go of while a large body is hashed.
        """

    def headers(
        self,
        method: str,
        path: str,
        body: Body | None=None,
        content_type: str | None=None,
        date: str | None=None,
        *,
        now: Moment | None=None,
    ) -> dict[str, str]:
        """The headers of a signed request, as a dict: Authorization, Date and, unless it is empty, Content-Type.

        now: when it is signed, as seconds since 1970 or an aware datetime; None for the clock. The rest as for
        authorization().
        """

    def string_to_sign(
        self,
        method: str,
        path: str,
        body: Body | None=None,
        content_type: str | None=None,
        date: str | None=None,
    ) -> str:
        """The exact text that is signed: the first thing to look at after a 401. Arguments as for authorization()."""

    def verify(
        self,
        method: str,
        path: str,
        body: Body | None,
        headers: Headers,
        *,
        now: Moment | None=None,
        window: int | None=300,
        others: list[Signer] | None=None,
    ) -> int:
        """Judges a received request, in constant time, and answers who signed it: 0 for this signer, then the others.

        headers: request.headers of any framework, Django's META, a WSGI environ, ASGI's byte pairs, a dict or pairs
        now: seconds since 1970 or an aware datetime; None for the clock
        window: how many seconds the Date may be from now, either way; None leaves the date unjudged
        others: more signers that are active, as during a rotation

        Raises VerificationFailed with the first kind that applies of malformed, unknown_key, mismatch, date_missing,
        date_malformed, too_old, in_the_future: answer 401.
        """

    def explain(self, method: str, path: str, body: Body | None, headers: Headers) -> Explanation:
        """The likely reason why a request was refused, as {"matches", "advice", "ours", "presented"}.

        matches is "as_sent" if the signature is right, the name of the mistake, or None; ours and presented are the strings
        to sign. path: as requested, with its query; headers as for verify().
        """

    def __reduce__(self) -> Never: ...

@final
class Webhook:
    """Verifies deliveries with the secrets that are active, in constant time. It is immutable: threads may share it, and it
    stays usable after fork.

    secret: the webhook secret of a subscription, or the integration secret for the product:created callback, as str or
        bytes; a list of them during a rotation
    content: what is signed: "timestamp.body", "body", "timestamp+body", "body+timestamp" or "body.timestamp". Which one
        the platform uses is unverified: explain() settles it with one captured delivery
    encoding: "hex" or "base64"
    tolerance: how many seconds a timestamp may be from the clock, either way
    exact_secret: accept secrets with white space around them

    Raises InvalidInput for what cannot be verified with.
    """

    def __new__(
        cls,
        secret: Body | list[Body] | tuple[Body, ...] | list[str] | list[bytes],
        *,
        content: str='timestamp.body',
        encoding: str='hex',
        tolerance: int=300,
        exact_secret: bool=False,
    ) -> Self: ...

    @staticmethod
    def from_env(
        *,
        secret: Literal['webhook', 'integration']='webhook',
        content: str='timestamp.body',
        encoding: str='hex',
        tolerance: int=300,
        exact_secret: bool=False,
    ) -> Webhook:
        """With the secret of the environment: COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET, or the file that
        COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET_FILE names.

        secret: "integration" takes COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET instead, for the product:created callback.
            The rest as for the class.
        """

    def verify(self, headers: Headers, raw_body: Body, *, now: Moment | None=None) -> Event:
        """Verifies a delivery and reads it.

        headers: request.headers of any framework, Django's META, a WSGI environ, ASGI's byte pairs, a dict or pairs
        raw_body: the bytes as they arrived; parsed and written again they would be others
        now: seconds since 1970 or an aware datetime; None for the clock

        Raises VerificationFailed (malformed, mismatch, too_old, in_the_future): answer 401. InvalidInput for a body that
        is signed but not readable.
        """

    def sign(self, raw_body: Body, timestamp: Moment | None=None) -> dict[str, str]:
        """The headers that the platform would send with this body, as a dict: for tests of a shop's own, which need deliveries that
        verify. Signed with the first secret, by the formula of this object.

        timestamp: when it is stamped, as seconds since 1970 or an aware datetime; None for the clock
        """

    def explain(self, headers: Headers, raw_body: Body) -> WebhookExplanation:
        """Says which formula a captured delivery matches, whatever its age, as {"content", "encoding", "configured",
        "advice"}. Arguments as for verify().
        """

    def __reduce__(self) -> Never: ...

@final
class Event:
    """A delivery whose signature is right. Deliveries may repeat: answer a repeated dedup_key as the first.

    topic: "product:created", "order:created" or "form:submitted"
    data: what stands under "product", "order" or "form_submission", as a dict
    timestamp: when the platform stamped it, in seconds since 1970
    dedup_key: the same text for every delivery of one happening, such as "product:17"; keep it for twice the tolerance
    secret_index: which of the secrets verified it, from 0
    """

    @property
    def topic(self) -> Topic: ...

    @property
    def data(self) -> dict[str, Json]: ...

    @property
    def timestamp(self) -> int: ...

    @property
    def dedup_key(self) -> str: ...

    @property
    def secret_index(self) -> int: ...

    def answer(self, external_id: str) -> str:
        """The JSON text to answer the product:created callback with, status 200 and application/json. Answer other topics with
        status 200 and {"ok":true}.

        external_id: the shop's id of the product; the same product must always get the same one

        Raises Unsupported for another topic, InvalidInput for an empty id.
        """

    def __reduce__(self) -> Never: ...

@final
class PlacedOrder:
    """An order that the platform has. Store id with your own order.

    id: the platform's id; None where it answered none (a placed order all the same)
    internal_id: the platform's number for people, where generateInternalId asked for it
    external_id: your own id of the order
    errors: GraphQL errors beside the order, as sent
    raw: the platform's own answer
    attempt: the record of the attempt, for a log; None with HTTP of your own
    """

    def __new__(
        cls,
        id: str | None=None,
        internal_id: str | None=None,
        external_id: str | None=None,
        errors: list[Json] | None=None,
        raw: Json=None,
        attempt: Attempt | None=None,
    ) -> Self: ...

    @property
    def id(self) -> str | None: ...

    @property
    def internal_id(self) -> str | None: ...

    @property
    def external_id(self) -> str: ...

    @property
    def errors(self) -> list[Json] | None: ...

    @property
    def raw(self) -> Json: ...

    @property
    def attempt(self) -> Attempt | None: ...

    def __reduce__(self) -> tuple[type[PlacedOrder], tuple[Any, ...]]: ...

@final
class Settlement:
    """What a read-back says about an order in doubt. It equals its verdict: `spiff.settle(...) == "absent"`.

    verdict: "placed"; "absent": place it again; "unclear": settle again at again_at
    reason: why, for a person
    again_at: when to settle again, in seconds since 1970; None if a person must look: see the reason
    first_absent_at: hand it to the next settle()
    """

    def __new__(
        cls,
        verdict: Literal['placed', 'absent', 'unclear'],
        reason: str='',
        again_at: int | None=None,
        first_absent_at: int | None=None,
    ) -> Self: ...

    @property
    def verdict(self) -> Literal['placed', 'absent', 'unclear']: ...

    @property
    def reason(self) -> str: ...

    @property
    def again_at(self) -> int | None: ...

    @property
    def first_absent_at(self) -> int | None: ...

    def __eq__(self, other: object, /) -> bool: ...

    def __hash__(self) -> int: ...

    def __reduce__(self) -> tuple[type[Settlement], tuple[Any, ...]]: ...

@final
class PreparedCall:
    """A request that is ready to be sent with any HTTP stack, and the reader of its reply.

    Send it once, unchanged, with redirects off and a time limit; then hand the reply to read(), or say failed(). For
    another attempt prepare another one: the date in it ages. It is immutable: threads may share it.

    method, url: of the request
    headers: a dict; they carry credentials, do not log them
    body: bytes, to be sent as they are; b"" for none
    signed_at: in seconds since 1970; what settle() wants to know of an order in doubt
    """

    @property
    def method(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def headers(self) -> dict[str, str]: ...

    @property
    def body(self) -> bytes: ...

    @property
    def signed_at(self) -> int: ...

    def read(self, status: Any, headers: Headers | None=None, body: Body | None=None) -> Any:
        """Reads a reply that was received whole: read(status, headers, body), or read(response) for a response of httpx or
        requests whose body was read.

        Answers a PlacedOrder for an order, else the platform's answer. Raises what the reply means: NotPlaced,
        OutcomeUnknown, or for a read another Error.
        """

    def failed(self, *, not_sent: bool=False) -> Never:
        """Says that no whole reply came, and always raises what that means.

        not_sent: True only if it is certain that no byte of the request left: a name that does not resolve, a refused
            connection, a failed TLS handshake (httpx.ConnectError). In doubt False, and the outcome of an order is unknown.
        """

    def __reduce__(self) -> Never: ...

@disjoint_base
class Client:

    def __new__(cls, **options: Any) -> Self: ...

    @classmethod
    def from_env(cls, **options: Any) -> Self:
        """A client by the environment; options given here come on top."""

    @classmethod
    def operations(cls) -> list[Operation]:
        """Every operation of this platform, as a list of {"name", "effect", "input"}."""

    def run(self, operation: str, input: Any=None, *, timeout: float | None=None) -> Any:
        """Runs an operation by its name: prepares it, sends it, reads the reply. operations() lists them; the methods of this
        class are made of it.

        input: the operation's members as a dict; str or bytes are JSON already
        timeout: seconds for this call instead of the option's

        Answers a PlacedOrder for place_order, a Settlement for settle, else the platform's answer. Blocks without holding the
        interpreter.
        """

    def prepare(self, operation: str, input: Any=None, *, now: Moment | None=None) -> PreparedCall:
        """Prepares an operation by its name without sending it, for HTTP of your own.

        input: as for run(); now: when it is signed, as seconds since 1970 or an aware datetime, None for the clock
        """

    def _job(self, operation: str, input: Any, timeout: float | None) -> Job: ...

    def close(self) -> None:
        """Closes the client and its connections. Calls under way end as they would; later ones are refused. Doing it again
        does nothing.
        """

    @property
    def closed(self) -> bool:
        """Whether it was closed."""

    def _acting_for(
        self,
        partner_id: str | None=None,
        transaction_owner_id: str | None=None,
        bundle_owner_id: str | None=None,
    ) -> Self: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_exception: object) -> None: ...

    def __reduce__(self) -> Never: ...

@final
class Job:

    @property
    def effect(self) -> Literal['read', 'order', 'change']:
        """"read", "order" or "change"."""

    @property
    def left(self) -> float:
        """How many seconds of its time limit are left. It begins when this is first asked."""

    def run(self) -> Any:
        """Does it in the time that is left, without holding the interpreter, and logs its attempts. Ctrl-C, or what any other
        handler of a signal raises, is answered once the call has ended, and says what came of it.
        """

    def struck(
        self,
        event: Literal['busy', 'aborted_waiting', 'expired_waiting', 'aborted_under_way', 'interrupted_after_success'],
        message: str | None=None,
    ) -> Error:
        """What is known of it when something struck it from outside: "busy", "aborted_waiting", "expired_waiting",
        "aborted_under_way" or "interrupted_after_success".
        """

def doubt(order: Any, sent_at: Moment, first_absent_at: Moment | None=None) -> bytes:
    """The input of the operation `settle`: an order, also as JSON text, and moments."""

def options(platform: str) -> list[str]:
    """The names of a platform's options."""

def errors() -> ModuleType:
    """The module of the classes, imported when it is first needed: importing the package stays quick."""

def error_class(kind: str, outcome: str | None) -> type[Error]:
    """For the tests: the class of every kind with every outcome."""

def error_of(facts: bytes) -> Error:
    """The exception that these facts describe, for a test's own mock: not raised. A mistake in them is."""

def minor_units(amount: Any, currency: str) -> int:
    """A decimal price as an integer of minor units: ("29.99", "USD") gives 2999, ("500", "JPY") gives 500.

    amount: plain decimal text or a Decimal; never a float, which has lost cents before it arrives
    currency: three capital letters

    Raises InvalidInput for what is no plain decimal number or has more places than the currency.
    """

@final
class Outbox:
    """What makes the tasks of one outbox, whatever connection each of them is for."""

    def __new__(cls, store: str, settings: bytes, accounts: dict[str, Any], scale: int) -> Self: ...

    def begin(self, dialect: str, paramstyle: str, operation: str, members: dict[str, Any]) -> Task:
        """Begins an operation whose steps the caller runs, over a connection of this dialect."""

    def run(
        self,
        operation: str,
        members: dict[str, Any],
        stop: Stop | None=None,
        tell: Callable[[list[dict[str, Any]]], object] | None=None,
    ) -> tuple[Any] | None:
        """Runs an operation whole in the outbox's own file, without holding the interpreter, and answers (its answer,). Handlers of
        signals run between two orders, as tell(rows) does; what they raise, and stop, end it there. Stopped it answers None.
        """

@final
class Task:
    """An operation step by step. It belongs to one thread, and may be dropped at any step: another one goes on."""

    def next(self, answer: Any=None) -> tuple[Any, ...]:
        """Goes on with the answer to a statement (None at first, after a call and after a wait), and gives the next step:
        ("sql", text, parameters, whether it has rows, whether to commit, whether to stop here), ("call", what, account),
        ("wait", seconds, whether to stop here) or ("done", answer).
        """

    def perform(self) -> None:
        """Makes the call of the last step, without holding the interpreter."""

    def told(self) -> list[dict[str, Any]]:
        """The rows that changed since this was last asked."""

@final
class Stop:
    """Says to a drain in another thread that it is to stop before it takes another order."""

    def __new__(cls) -> Self: ...

    @property
    def is_set(self) -> bool: ...

    def set(self) -> None: ...

def order_json(order: Any) -> bytes:
    """The JSON of an order. A text or bytes stand as a text: what they are worth, the outbox says."""

def delivery(event: Event) -> dict[str, Any]:
    """A delivery of the platform, as `notify` takes it."""

def store_error(message: str, sqlstate: str='') -> Error:
    """The error of a store that cannot be used, or with the SQLSTATE of what somebody else's transaction stopped, one that is busy."""
