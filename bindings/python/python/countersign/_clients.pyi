from collections.abc import Mapping
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

class SpiffMethods(SpiffOperations):
    def place_order(self, order: Any, *, timeout: float | None = None) -> Any: ...
    def prepare_order(
        self, order: SpiffOrder | Mapping[str, Any] | str | bytes, *, now: Moment | None = None
    ) -> PreparedCall: ...
    def graphql(
        self, query: str, variables: Any = None, *, operation_name: str | None = None, timeout: float | None = None
    ) -> Any: ...
    @staticmethod
    def decode(text: str | None) -> Any: ...
    def process_execution_wait(
        self, id: str, *, wait: int = 60, interval: int = 2, select: str | None = None, timeout: float | None = None
    ) -> Any: ...

class Spiff(SpiffMethods, _native.Client):
    platform: Literal["spiff"]
    def __new__(cls, **options: Unpack[SpiffOptions]) -> Self: ...
    @classmethod
    def from_env(cls, **options: Unpack[SpiffOptions]) -> Self: ...  # type: ignore[override]
    def place_order(
        self, order: SpiffOrder | Mapping[str, Any] | str | bytes, *, timeout: float | None = None
    ) -> PlacedOrder: ...
    def graphql(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        operation_name: str | None = None,
        timeout: float | None = None,
    ) -> dict[str, Json]: ...
    def process_execution_wait(
        self,
        id: str,
        *,
        wait: int = 60,
        interval: int = 2,
        select: str | None = None,
        timeout: float | None = None,
    ) -> ProcessExecution: ...
    def check(self, *, timeout: float | None = None) -> SpiffCheck: ...
    def settle(
        self,
        order: SpiffOrder | Mapping[str, Any] | str | bytes,
        *,
        sent_at: Moment,
        first_absent_at: Moment | None = None,
        timeout: float | None = None,
    ) -> Settlement: ...
    def acting_for(
        self,
        *,
        partner_id: str | None = None,
        transaction_owner_id: str | None = None,
        bundle_owner_id: str | None = None,
    ) -> Self: ...

class SignCustomiserMethods:
    def place_order(self, order: Any, *, timeout: float | None = None) -> Any: ...
    def prepare_order(
        self, order: SignOrder | Mapping[str, Any] | str | bytes, *, now: Moment | None = None
    ) -> PreparedCall: ...
    def request(self, method: str, path: str, body: Json = None, *, timeout: float | None = None) -> Any: ...
    @property
    def webhooks(self) -> Any: ...

class SignCustomiser(SignCustomiserMethods, _native.Client):
    platform: Literal["sign_customiser"]
    def __new__(cls, **options: Unpack[SignCustomiserOptions]) -> Self: ...
    @classmethod
    def from_env(cls, **options: Unpack[SignCustomiserOptions]) -> Self: ...  # type: ignore[override]
    def place_order(
        self, order: SignOrder | Mapping[str, Any] | str | bytes, *, timeout: float | None = None
    ) -> PlacedOrder: ...
    def check(self, *, timeout: float | None = None) -> SignCustomiserCheck: ...
    def settle(self, order: SignOrder | Mapping[str, Any] | str | bytes) -> Never: ...
    @property
    def webhooks(self) -> Webhooks: ...

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
