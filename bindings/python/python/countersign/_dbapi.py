"""What the blocking drivers have in common, the DB-API (PEP 249), as an outbox uses it: a cursor of its own, whatever the host set, and what
an error says. What is a driver's own stands in its module, which is imported once somebody gives a connection of that driver."""

from __future__ import annotations

from contextlib import contextmanager

from . import DatabaseError, _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from .types import OutboxDialect, Paramstyle

FAILED = (
    "A statement of the transaction that is open on this connection has failed, and PostgreSQL takes no other in it. Roll back, and "
    "repeat the whole transaction."
)


def failed(dialect: str, error: Exception) -> Any:
    """The error of what is no statement, such as a commit."""
    words = str(trouble(dialect, error)).strip().rstrip(".")
    return _native.store_error(f"The store failed: {words}.", _sqlstate(error))


def trouble(dialect: str, error: Any, broken: bool = False) -> DatabaseError:
    """A driver's error, by the number or the state that it has. One that the server did not say is of a connection that broke."""
    message, number, sqlstate = str(error), 0, _sqlstate(error)
    match dialect, error.args:
        case "mysql", [int(number), *words]:
            message = " ".join(map(str, words)) or "the connection is closed"
        case "sqlite", _:
            number = getattr(error, "sqlite_errorcode", 0)
    # Without its details, which may name values.
    message = getattr(getattr(error, "diag", None), "message_primary", None) or message
    unsaid = broken or any(of.__name__ in ("OperationalError", "InterfaceError") for of in type(error).__mro__)
    return DatabaseError(message, number, sqlstate, unsaid and not number and not sqlstate)


def _sqlstate(error: Any) -> str:
    """Of psycopg, and psycopg2."""
    return getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""


class Connection:
    """Has the methods of countersign.types.OutboxConnection, over a driver's connection."""

    __slots__ = ("connection",)
    dialect: ClassVar[OutboxDialect]
    paramstyle: ClassVar[Paramstyle] = "format"
    # The driver's own class.
    cursor: ClassVar[Any]

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def execute(self, sql: str, params: list[Any], rows: bool) -> Any:
        try:
            cursor = self.cursor(self.connection)
            cursor.execute(sql, params)
            return cursor.fetchall() if rows else cursor.rowcount
        except self.connection.Error as error:
            raise trouble(self.dialect, error, self._broken()) from error

    def _broken(self) -> bool:
        return False

    @classmethod
    @contextmanager
    def lent(cls, given: Any, alone: bool) -> Any:
        """The connection for one operation. alone: each of its statements is committed for itself."""
        yield cls(given)


@contextmanager
def autocommitting(lent: Any) -> Any:
    """A connection of psycopg's kind, whose autocommit can be set while no transaction is open."""
    given = lent.connection
    if given.autocommit or lent.in_transaction:
        yield lent
        return
    try:
        given.autocommit = True
    except given.Error as error:
        raise failed(lent.dialect, error) from error
    try:
        yield lent
    finally:
        if not given.closed:
            given.autocommit = False
