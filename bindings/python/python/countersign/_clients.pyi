from collections.abc import Mapping
from inspect import Signature
from typing import Any, Literal, Never, Self, Unpack

from . import _native
from ._native import PlacedOrder, PreparedCall, Settlement
from ._operations import SpiffOperations
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

class _Options:
    def __get__(self, _: object, owner: type) -> Signature: ...

class _Methods:
    __signature__: _Options
    def prepare_order(self, order: Any, *, now: Moment | None = None) -> PreparedCall: ...
    def check(self, *, timeout: float | None = None) -> Any: ...

class SpiffMethods(_Methods, SpiffOperations):
    platform: Literal["spiff"]
    def place_order(self, order: SpiffOrder | str | bytes, *, timeout: float | None = None) -> PlacedOrder: ...
    def prepare_order(self, order: SpiffOrder | str | bytes, *, now: Moment | None = None) -> PreparedCall: ...
    def check(self, *, timeout: float | None = None) -> SpiffCheck: ...
    def settle(
        self,
        order: SpiffOrder | str | bytes,
        *,
        sent_at: Moment,
        first_absent_at: Moment | None = None,
        timeout: float | None = None,
    ) -> Settlement: ...
    def graphql(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        timeout: float | None = None,
    ) -> dict[str, Json]: ...
    @staticmethod
    def decode(text: str | None) -> Any: ...
    def process_execution_wait(
        self,
        id: str,
        *,
        wait: int = 60,
        interval: int = 2,
        select: str | None = None,
        timeout: float | None = None,
    ) -> ProcessExecution: ...

class Spiff(SpiffMethods, _native.Client):
    def __new__(cls, **options: Unpack[SpiffOptions]) -> Self: ...
    @classmethod
    def from_env(cls, **options: Unpack[SpiffOptions]) -> Self: ...  # type: ignore[override]
    def acting_for(
        self,
        *,
        partner_id: str | None = None,
        transaction_owner_id: str | None = None,
        bundle_owner_id: str | None = None,
    ) -> Self: ...

class SignCustomiserMethods(_Methods):
    platform: Literal["sign_customiser"]
    def place_order(self, order: SignOrder | str | bytes, *, timeout: float | None = None) -> PlacedOrder: ...
    def prepare_order(self, order: SignOrder | str | bytes, *, now: Moment | None = None) -> PreparedCall: ...
    def check(self, *, timeout: float | None = None) -> SignCustomiserCheck: ...
    def settle(self, order: SignOrder | str | bytes) -> Never: ...
    def request(self, method: str, path: str, body: Json = None, *, timeout: float | None = None) -> Any: ...
    @property
    def webhooks(self) -> Webhooks: ...

class SignCustomiser(SignCustomiserMethods, _native.Client):
    def __new__(cls, **options: Unpack[SignCustomiserOptions]) -> Self: ...
    @classmethod
    def from_env(cls, **options: Unpack[SignCustomiserOptions]) -> Self: ...  # type: ignore[override]

class Webhooks:
    def __init__(self, client: Any) -> None: ...
    def list(self, *, timeout: float | None = None) -> list[Subscription]: ...
    def create(
        self, topic: str, url: str, meta: Mapping[str, Json] | None = None, *, timeout: float | None = None
    ) -> Subscription: ...
    def get(self, id: int, *, timeout: float | None = None) -> Subscription: ...
    def update(
        self, id: int, topic: str, url: str, meta: Mapping[str, Json] | None = None, *, timeout: float | None = None
    ) -> Subscription: ...
    def delete(self, id: int, *, timeout: float | None = None) -> None: ...
