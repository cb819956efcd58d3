"""psycopg's connections and pools as an outbox uses them, whatever the host set on them: its own cursor, nothing prepared, and where each
statement stands alone, autocommit. Imported once somebody gives one."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager, contextmanager

import psycopg
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg.rows import tuple_row

from . import DatabaseError, _dbapi, _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PIPELINE = (
    "This connection is in pipeline mode, where a statement has no answer yet when the next one is sent. Call this outside of "
    "`with connection.pipeline()`."
)


def _trouble(connection: Any, error: psycopg.Error) -> DatabaseError:
    return _dbapi.trouble("postgresql", error, connection.closed)


class _Any:
    """What connections have in common, blocking or awaited."""

    __slots__ = ("connection",)
    dialect = "postgresql"
    paramstyle = "format"

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        pgconn = connection.pgconn
        if pgconn.pipeline_status != PipelineStatus.OFF:
            raise _native.store_error(PIPELINE)
        if pgconn.transaction_status == TransactionStatus.INERROR:
            raise _native.store_error(_dbapi.FAILED)

    @property
    def in_transaction(self) -> bool:
        return self.connection.pgconn.transaction_status in (TransactionStatus.ACTIVE, TransactionStatus.INTRANS)


class Connection(_Any):
    __slots__ = ()

    def execute(self, sql: str, params: list[Any], rows: bool) -> Any:
        try:
            cursor = psycopg.Cursor(self.connection, row_factory=tuple_row)
            cursor.execute(sql, params, prepare=False)
            return cursor.fetchall() if rows else cursor.rowcount
        except psycopg.Error as error:
            raise _trouble(self.connection, error) from error

    @classmethod
    @contextmanager
    def lent(cls, given: Any, alone: bool) -> Any:
        lent = cls(given)
        if not alone:
            yield lent
            return
        with _dbapi.autocommitting(lent):
            yield lent


class _AnyPool:
    """What stands alone takes a connection for each statement; anything else has one, and is committed when that goes back."""

    __slots__ = ("pool",)
    dialect, paramstyle = _Any.dialect, _Any.paramstyle

    def __init__(self, pool: Any) -> None:
        self.pool = pool


class Pool(_AnyPool):
    __slots__ = ()

    def execute(self, sql: str, params: list[Any], rows: bool) -> Any:
        try:
            given = self.pool.getconn()
        except psycopg.Error as error:
            raise DatabaseError(str(error)) from error  # nothing was sent
        try:
            with Connection.lent(given, True) as lent:
                return lent.execute(sql, params, rows)
        finally:
            self.pool.putconn(given)

    @classmethod
    @contextmanager
    def lent(cls, given: Any, alone: bool) -> Any:
        if alone:
            yield cls(given)
            return
        try:
            with given.connection() as taken:
                yield Connection(taken)
        except psycopg.Error as error:
            # There was no connection, or the commit failed.
            raise _dbapi.failed("postgresql", error) from error


class AsyncConnection(_Any):
    __slots__ = ()

    async def execute(self, sql: str, params: list[Any], rows: bool) -> Any:
        try:
            cursor = psycopg.AsyncCursor(self.connection, row_factory=tuple_row)
            await cursor.execute(sql, params, prepare=False)
            return await cursor.fetchall() if rows else cursor.rowcount
        except psycopg.Error as error:
            raise _trouble(self.connection, error) from error

    @classmethod
    @asynccontextmanager
    async def lent(cls, given: Any, alone: bool) -> Any:
        lent = cls(given)
        if not alone or given.autocommit or lent.in_transaction:
            yield lent
            return
        try:
            await given.set_autocommit(True)
        except psycopg.Error as error:
            raise _dbapi.failed("postgresql", error) from error
        try:
            yield lent
        finally:
            if not given.closed:
                await given.set_autocommit(False)


class AsyncPool(_AnyPool):
    __slots__ = ()

    async def execute(self, sql: str, params: list[Any], rows: bool) -> Any:
        try:
            given = await self.pool.getconn()
        except psycopg.Error as error:
            raise DatabaseError(str(error)) from error  # nothing was sent
        try:
            async with AsyncConnection.lent(given, True) as lent:
                return await lent.execute(sql, params, rows)
        finally:
            await self.pool.putconn(given)

    @classmethod
    @asynccontextmanager
    async def lent(cls, given: Any, alone: bool) -> Any:
        if alone:
            yield cls(given)
            return
        try:
            async with given.connection() as taken:
                yield AsyncConnection(taken)
        except psycopg.Error as error:
            raise _dbapi.failed("postgresql", error) from error


def kind(store: Any, awaited: bool) -> Any:
    """The class that lends this; None for what is not of psycopg, or of its other half."""
    if isinstance(store, psycopg.AsyncConnection if awaited else psycopg.Connection):
        return AsyncConnection if awaited else Connection
    pools = sys.modules.get("psycopg_pool")
    if pools and isinstance(store, pools.AsyncConnectionPool if awaited else pools.ConnectionPool):
        return AsyncPool if awaited else Pool
    return None
