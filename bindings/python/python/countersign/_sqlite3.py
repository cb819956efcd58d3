"""The standard library's sqlite3 as an outbox uses it: over the host's own connection, so that one copy of SQLite has the file."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager

from . import DatabaseError, _dbapi, _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ALWAYS = (
    "On this connection a transaction is always open (autocommit=False), and this must not be part of one. Give one that was made with "
    "autocommit=True, or without autocommit."
)
# With what the outbox knows of SQLite, this is an open transaction.
BEGUN = "A transaction was begun on this connection meanwhile, and this statement may not stand inside a transaction"


class Connection(_dbapi.Connection):
    __slots__ = ("_alone",)
    dialect, paramstyle, cursor = "sqlite", "qmark", sqlite3.Cursor

    def __init__(self, connection: Any, alone: bool = False) -> None:
        super().__init__(connection)
        self._alone = alone

    @property
    def in_transaction(self) -> bool:
        return self.connection.in_transaction

    def execute(self, sql: str, params: list[Any], rows: bool) -> Any:
        if self._alone and self.in_transaction:
            # By another thread: what it takes back must not take back what was sent.
            raise DatabaseError(BEGUN, sqlite3.SQLITE_ERROR)
        return super().execute(sql, params, rows)

    @classmethod
    @contextmanager
    def lent(cls, given: Any, alone: bool) -> Any:
        try:
            sqlite3.Cursor(given)
        except sqlite3.ProgrammingError as error:
            words = str(error).rstrip(".")
            raise _native.store_error(
                f"This connection cannot be used here: {words}. Give one of this thread: as the store, a function that returns it."
            ) from error
        if alone and getattr(given, "autocommit", None) is False:
            raise _native.store_error(ALWAYS)
        if not alone or given.in_transaction:
            yield cls(given)
            return
        level = given.isolation_level
        if level is None:
            # Setting it once more would commit what another thread begins meanwhile.
            yield cls(given, True)
            return
        # The driver begins nothing by itself.
        given.isolation_level = None
        try:
            yield cls(given, True)
        finally:
            given.isolation_level = level


def kind(store: Any, awaited: bool) -> Any:
    """The class that lends this; None for what is not of sqlite3, or awaited."""
    return Connection if isinstance(store, sqlite3.Connection) and not awaited else None
