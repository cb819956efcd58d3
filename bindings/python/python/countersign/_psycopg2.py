"""psycopg2's connections as an outbox uses them: where each statement stands alone, with autocommit."""

from __future__ import annotations

from contextlib import contextmanager

import psycopg2.extensions as psycopg2

from . import _dbapi, _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Connection(_dbapi.Connection):
    __slots__ = ()
    dialect, cursor = "postgresql", psycopg2.cursor

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        if not connection.closed and connection.get_transaction_status() == psycopg2.TRANSACTION_STATUS_INERROR:
            raise _native.store_error(_dbapi.FAILED)

    @property
    def in_transaction(self) -> bool:
        open_ = (psycopg2.TRANSACTION_STATUS_ACTIVE, psycopg2.TRANSACTION_STATUS_INTRANS)
        return not self.connection.closed and self.connection.get_transaction_status() in open_

    def _broken(self) -> bool:
        return bool(self.connection.closed)

    @classmethod
    @contextmanager
    def lent(cls, given: Any, alone: bool) -> Any:
        lent = cls(given)
        if not alone:
            yield lent
            return
        with _dbapi.autocommitting(lent):
            yield lent


def kind(store: Any, awaited: bool) -> Any:
    """The class that lends this; None for what is not of psycopg2, or does not block."""
    return Connection if isinstance(store, psycopg2.connection) and not awaited and not store.async_ else None
