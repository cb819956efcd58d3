"""What the native module has, for make.py, which adds the docstrings that stand in src/. What is written here as an attribute is
a property that cannot be set."""

from collections.abc import Callable
from types import ModuleType
from typing import Any, Final, Literal, Never, Self, final

from typing_extensions import disjoint_base

from ._errors import Error
from .types import Attempt, Body, Explanation, Headers, Json, Moment, Operation, Topic, WebhookExplanation

__version__: Final[str]

@final
class Signer:
    def __new__(
        cls,
        access_key: str,
        secret_key: Body,
        *,
        scheme: str = "SOA",
        digest: str | None = None,
        exact_secret: bool = False,
    ) -> Self: ...
    access_key: str
    scheme: str
    digest: str
    def authorization(
        self, method: str, path: str, body: Body | None = None, content_type: str | None = None, date: str | None = None
    ) -> str: ...
    def headers(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        content_type: str | None = None,
        date: str | None = None,
        *,
        now: Moment | None = None,
    ) -> dict[str, str]: ...
    def string_to_sign(
        self, method: str, path: str, body: Body | None = None, content_type: str | None = None, date: str | None = None
    ) -> str: ...
    def verify(
        self,
        method: str,
        path: str,
        body: Body | None,
        headers: Headers,
        *,
        now: Moment | None = None,
        window: int | None = 300,
        others: list[Signer] | None = None,
    ) -> int: ...
    def explain(self, method: str, path: str, body: Body | None, headers: Headers) -> Explanation: ...
    def __reduce__(self) -> Never: ...

@final
class Webhook:
    def __new__(
        cls,
        secret: Body | list[Body] | tuple[Body, ...] | list[str] | list[bytes],
        *,
        content: str = "timestamp.body",
        encoding: str = "hex",
        tolerance: int = 300,
        exact_secret: bool = False,
    ) -> Self: ...
    @staticmethod
    def from_env(
        *,
        secret: Literal["webhook", "integration"] = "webhook",
        content: str = "timestamp.body",
        encoding: str = "hex",
        tolerance: int = 300,
        exact_secret: bool = False,
    ) -> Webhook: ...
    def verify(self, headers: Headers, raw_body: Body, *, now: Moment | None = None) -> Event: ...
    def sign(self, raw_body: Body, timestamp: Moment | None = None) -> dict[str, str]: ...
    def explain(self, headers: Headers, raw_body: Body) -> WebhookExplanation: ...
    def __reduce__(self) -> Never: ...

@final
class Event:
    topic: Topic
    data: dict[str, Json]
    timestamp: int
    dedup_key: str
    secret_index: int
    def answer(self, external_id: str) -> str: ...
    def __reduce__(self) -> Never: ...

@final
class PlacedOrder:
    def __new__(
        cls,
        id: str | None = None,
        internal_id: str | None = None,
        external_id: str | None = None,
        errors: list[Json] | None = None,
        raw: Json = None,
        attempt: Attempt | None = None,
    ) -> Self: ...
    id: str | None
    internal_id: str | None
    external_id: str
    errors: list[Json] | None
    raw: Json
    attempt: Attempt | None
    def __reduce__(self) -> tuple[type[PlacedOrder], tuple[Any, ...]]: ...

@final
class Settlement:
    def __new__(
        cls,
        verdict: Literal["placed", "absent", "unclear"],
        reason: str = "",
        again_at: int | None = None,
        first_absent_at: int | None = None,
    ) -> Self: ...
    verdict: Literal["placed", "absent", "unclear"]
    reason: str
    again_at: int | None
    first_absent_at: int | None
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[type[Settlement], tuple[Any, ...]]: ...

@final
class PreparedCall:
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    signed_at: int
    def read(self, status: Any, headers: Headers | None = None, body: Body | None = None) -> Any: ...
    def failed(self, *, not_sent: bool = False) -> Never: ...
    def __reduce__(self) -> Never: ...

@disjoint_base
class Client:
    def __new__(cls, **options: Any) -> Self: ...
    @classmethod
    def from_env(cls, **options: Any) -> Self: ...
    @classmethod
    def operations(cls) -> list[Operation]: ...
    def run(self, operation: str, input: Any = None, *, timeout: float | None = None) -> Any: ...
    def prepare(self, operation: str, input: Any = None, *, now: Moment | None = None) -> PreparedCall: ...
    def _job(self, operation: str, input: Any, timeout: float | None) -> Job: ...
    def close(self) -> None: ...
    closed: bool
    def _acting_for(
        self,
        partner_id: str | None = None,
        transaction_owner_id: str | None = None,
        bundle_owner_id: str | None = None,
    ) -> Self: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...
    def __reduce__(self) -> Never: ...

@final
class Job:
    effect: Literal["read", "order", "change"]
    left: float
    def run(self) -> Any: ...
    def struck(
        self,
        event: Literal["busy", "aborted_waiting", "expired_waiting", "aborted_under_way", "interrupted_after_success"],
        message: str | None = None,
    ) -> Error: ...

def doubt(order: Any, sent_at: Moment, first_absent_at: Moment | None = None) -> bytes: ...
def options(platform: str) -> list[str]: ...
def errors() -> ModuleType: ...
def error_class(kind: str, outcome: str | None) -> type[Error]: ...
def error_of(facts: bytes) -> Error: ...
def minor_units(amount: Any, currency: str) -> int: ...

@final
class Outbox:
    def __new__(cls, store: str, settings: bytes, accounts: dict[str, Any], scale: int) -> Self: ...
    def begin(self, dialect: str, paramstyle: str, operation: str, members: dict[str, Any]) -> Task: ...
    def run(
        self, operation: str, members: dict[str, Any], stop: Stop | None = None, tell: Callable[[list[dict[str, Any]]], object] | None = None
    ) -> tuple[Any] | None: ...

@final
class Task:
    def next(self, answer: Any = None) -> tuple[Any, ...]: ...
    def perform(self) -> None: ...
    def told(self) -> list[dict[str, Any]]: ...

@final
class Stop:
    def __new__(cls) -> Self: ...
    is_set: bool
    def set(self) -> None: ...

def order_json(order: Any) -> bytes: ...
def delivery(event: Event) -> dict[str, Any]: ...
def store_error(message: str, sqlstate: str = "") -> Error: ...
