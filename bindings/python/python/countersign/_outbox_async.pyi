# Generated from _outbox.py and _outbox_async.py by `make generate`.
from ._async import AsyncSignCustomiser, AsyncSpiff
from ._clients import SignCustomiser, Spiff
from ._native import Event
from ._outbox_results import Changed, Changes, Checked, Drained, Enqueued, Row, RowList, Statement, Swept
from .types import AccountStats, AsyncOutboxConnection, Cancelled, Decision, Json, Moment, Notified, OutboxDialect, OutboxOrder, OutboxState, Paramstyle
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

class AsyncOutbox:

    def __init__(
        self,
        store: AsyncOutboxConnection | Callable[[], Any] | str | Any,
        accounts: Mapping[str, AsyncSpiff | AsyncSignCustomiser | Spiff | SignCustomiser],
        *,
        shop: str='',
        prefix: str='',
        site: str='',
        policy: Mapping[str, int] | None=None,
        create: bool=False,
        anywhere: bool=False,
        on_held: Callable[[Changed], object] | None=None,
    ) -> None: ...

    async def install(self) -> None: ...

    def schema(self, dialect: OutboxDialect | None=None) -> Sequence[str]: ...

    async def enqueue(
        self,
        order: OutboxOrder,
        account: str | None=None,
        due: Moment | None=None,
        already: str | bool | None=None,
        anyway: bool=False,
        *,
        connection: Any=None,
    ) -> Enqueued: ...

    def enqueue_statement(
        self,
        order: OutboxOrder,
        account: str | None=None,
        due: Moment | None=None,
        already: str | bool | None=None,
        *,
        paramstyle: Paramstyle | None=None,
        dialect: OutboxDialect | None=None,
    ) -> Statement: ...

    async def sweep(
        self,
        orders: Iterable[OutboxOrder],
        account: str | None=None,
        since: Moment | None=None,
        *,
        connection: Any=None,
    ) -> Swept: ...

    async def import_(
        self,
        external_id: str,
        remote_id: str | None=None,
        account: str | None=None,
        *,
        connection: Any=None,
    ) -> Enqueued: ...

    async def drain(self, seconds: float=20, max: int=100) -> Drained: ...

    async def get(self, external_id: str, account: str | None=None, body: bool=False) -> Row | None: ...

    async def stats(self) -> dict[str, AccountStats]: ...

    async def check(self, max_held: int=0, max_age: int=3600) -> Checked: ...

    async def changes(self, after: str | None=None, limit: int=100) -> Changes: ...

    async def resolve(self, external_id: str, decision: Decision, who: str, why: str, account: str | None=None) -> Row: ...

    async def cancel(self, external_id: str, account: str | None=None, *, connection: Any=None) -> Cancelled: ...

    async def notify(
        self,
        event: Event | None=None,
        *,
        topic: str | None=None,
        data: Json=None,
        timestamp: Moment | None=None,
        connection: Any=None,
    ) -> Notified: ...

    async def pause(self, account: str, why: str) -> None: ...

    async def resume(self, account: str) -> None: ...

    async def adopt(self) -> None: ...

    async def forget(self, external_id: str, account: str | None=None) -> None: ...

    async def list(
        self,
        state: OutboxState | None=None,
        account: str | None=None,
        alerts: bool=False,
        after: str | int | None=None,
        limit: int=100,
    ) -> RowList: ...

    def __repr__(self) -> str: ...

    def __reduce__(self) -> Any: ...
