# Generated from _clients.py and _async.py by `make generate`.
from ._native import PlacedOrder, PreparedCall, Settlement
from ._operations import AsyncSpiffOperations
from .spiff_types import ProcessExecution
from .types import Json, Moment, Operation, SignCustomiserCheck, SignCustomiserOptions, SignOrder, SpiffCheck, SpiffOptions, SpiffOrder, Subscription
from collections.abc import Coroutine, Mapping
from typing import Any, Literal, Never, Self, Unpack

class AsyncSpiff(AsyncSpiffOperations):

    def prepare_order(self, order: SpiffOrder | str | bytes, *, now: Moment | None=None) -> PreparedCall: ...

    async def check(self, *, timeout: float | None=None) -> SpiffCheck: ...
    platform: Literal['spiff']

    async def place_order(self, order: SpiffOrder | str | bytes, *, timeout: float | None=None) -> PlacedOrder: ...

    async def settle(
        self,
        order: SpiffOrder | str | bytes,
        *,
        sent_at: Moment,
        first_absent_at: Moment | None=None,
        timeout: float | None=None,
    ) -> Settlement: ...

    async def graphql(
        self,
        query: str,
        variables: Mapping[str, Any] | None=None,
        *,
        operation_name: str | None=None,
        timeout: float | None=None,
    ) -> dict[str, Json]: ...

    @staticmethod
    def decode(text: str | None) -> Any: ...

    async def process_execution_wait(
        self,
        id: str,
        *,
        wait: int=60,
        interval: int=2,
        select: str | None=None,
        timeout: float | None=None,
    ) -> ProcessExecution: ...

    def acting_for(
        self,
        *,
        partner_id: str | None=None,
        transaction_owner_id: str | None=None,
        bundle_owner_id: str | None=None,
    ) -> Self: ...

    @classmethod
    def from_env(cls, *, workers: int=8, waiting: int=256, **options: Unpack[SpiffOptions]) -> Self: ...

    def __init__(self, *, workers: int=8, waiting: int=256, **options: Unpack[SpiffOptions]) -> None: ...

    def run(self, operation: str, input: Any=None, *, timeout: float | None=None) -> Coroutine[Any, Any, Any]: ...

    def prepare(self, operation: str, input: Any=None, *, now: Moment | None=None) -> PreparedCall: ...

    def operations(self) -> list[Operation]: ...

    async def aclose(self) -> None: ...

    @property
    def closed(self) -> bool: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    def __reduce__(self) -> Never: ...

class AsyncSignCustomiser:

    def prepare_order(self, order: SignOrder | str | bytes, *, now: Moment | None=None) -> PreparedCall: ...

    async def check(self, *, timeout: float | None=None) -> SignCustomiserCheck: ...
    platform: Literal['sign_customiser']

    async def place_order(self, order: SignOrder | str | bytes, *, timeout: float | None=None) -> PlacedOrder: ...

    async def settle(self, order: SignOrder | str | bytes) -> Never: ...

    async def request(self, method: str, path: str, body: Json=None, *, timeout: float | None=None) -> Any: ...

    @property
    def webhooks(self) -> AsyncWebhooks: ...

    @classmethod
    def from_env(cls, *, workers: int=8, waiting: int=256, **options: Unpack[SignCustomiserOptions]) -> Self: ...

    def __init__(self, *, workers: int=8, waiting: int=256, **options: Unpack[SignCustomiserOptions]) -> None: ...

    def run(self, operation: str, input: Any=None, *, timeout: float | None=None) -> Coroutine[Any, Any, Any]: ...

    def prepare(self, operation: str, input: Any=None, *, now: Moment | None=None) -> PreparedCall: ...

    def operations(self) -> list[Operation]: ...

    async def aclose(self) -> None: ...

    @property
    def closed(self) -> bool: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    def __reduce__(self) -> Never: ...

class AsyncWebhooks:

    def __init__(self, client: Any) -> None: ...

    async def list(self, *, timeout: float | None=None) -> list[Subscription]: ...

    async def create(
        self,
        topic: str,
        url: str,
        meta: Mapping[str, Json] | None=None,
        *,
        timeout: float | None=None,
    ) -> Subscription: ...

    async def get(self, id: int, *, timeout: float | None=None) -> Subscription: ...

    async def update(
        self,
        id: int,
        topic: str,
        url: str,
        meta: Mapping[str, Json] | None=None,
        *,
        timeout: float | None=None,
    ) -> Subscription: ...

    async def delete(self, id: int, *, timeout: float | None=None) -> None: ...
