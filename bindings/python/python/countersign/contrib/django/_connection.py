"""A connection of Django's as an outbox uses it: Django's own cursor, so that its rules, and the host's execute_wrappers, hold; but without
the log of queries that DEBUG keeps, because parameters hold orders."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db.backends.utils import CursorDebugWrapper
from django.db.utils import Error

from countersign import DatabaseError, InvalidInput
from countersign._dbapi import trouble
from countersign.types import OutboxDialect

DIALECTS: dict[str, OutboxDialect] = {"postgresql": "postgresql", "mysql": "mysql", "sqlite": "sqlite"}

# Of a driver of PostgreSQL: a transaction is open, and a statement runs, none runs, or one has failed.
IN_TRANSACTION = (1, 2, 3)


def dialect_of(host: Any) -> OutboxDialect:
    """What the database of a connection speaks."""
    if host.vendor not in DIALECTS:
        raise InvalidInput(
            f'The outbox does not know the database of the alias "{host.alias}", which is of the vendor {host.vendor}: it knows '
            "PostgreSQL, MySQL, MariaDB and SQLite."
        )
    return DIALECTS[host.vendor]


class Connection:
    """Has the methods of countersign.types.OutboxConnection, for one operation."""

    paramstyle = "format"

    def __init__(self, host: Any, alone: bool) -> None:
        self.host, self.dialect, self._alone = host, dialect_of(host), alone
        # Whether any statement failed, and whether the last one did.
        self.failed = self._undone = False

    def execute(self, sql: str, params: Any, rows: bool) -> Any:
        host, self._undone = self.host, False
        try:
            cursor = host.cursor()
            if isinstance(cursor, CursorDebugWrapper):
                cursor = host.make_cursor(cursor.cursor)
            with cursor:
                cursor.execute(sql, params)
                return cursor.fetchall() if rows else max(cursor.rowcount, 0)
        except Error as error:
            # What Django itself refuses, such as anything after an error in an atomic block, is no word of the database.
            if not isinstance(error.__cause__, host.Database.Error):
                raise
            self.failed = self._undone = True
            self._mend()
            raise _trouble(host.vendor, error) from error

    def commit(self) -> None:
        """After each step of what stands alone. Not after one that failed: on MySQL it may have failed because the host has begun
        something, which only the server knows."""
        try:
            if not self._undone and not self.host.get_autocommit():
                self.host.commit()
        except Error as error:
            raise _trouble(self.host.vendor, error) from error

    def _mend(self) -> None:
        """After an error the next statement works, if one can: over a new connection where this one broke. What the host has begun is
        the host's to end."""
        host = self.host
        if self._alone and not host.autocommit and self.dialect != "mysql":
            # It was begun by the step that failed, and takes no other.
            with suppress(Error):
                host.rollback()
        # Not one that is merely old: what the host has begun may be open in it.
        if (self._alone or host.autocommit) and host.errors_occurred and host.connection is not None and not host.is_usable():
            with suppress(Error):
                host.close()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, as far as Django and the driver know; the outbox asks the database itself besides."""
        host = self.host
        if host.in_atomic_block:
            return True
        if self.dialect == "postgresql" and host.connection is not None:
            return int(host.connection.info.transaction_status) in IN_TRANSACTION
        return self.dialect == "sqlite" and host.connection is not None and bool(host.connection.in_transaction)


def _trouble(vendor: str, error: Error) -> DatabaseError:
    """What the driver said."""
    return trouble(vendor, error.__cause__ or error)
