"""SQLAlchemy's engines, connections and sessions as an outbox uses them: by the driver's connection below, which that driver's own module
lends. So no log, event or error of SQLAlchemy's holds an order."""

from __future__ import annotations

from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from . import InvalidInput, _dbapi, _native
from ._outbox import IN_TRANSACTION, driver_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .types import OutboxDialect

DIALECTS: dict[str, OutboxDialect] = {"mariadb": "mysql", "mysql": "mysql", "postgresql": "postgresql", "sqlite": "sqlite"}

MAKER = "The store is a sessionmaker, whose sessions nobody would commit: give its Engine, and the Session as connection= of each call."


class Lender:
    """Lends what is below one engine, connection or session."""

    __slots__ = ("store",)
    # As text() takes it: for enqueue_statement().
    paramstyle = "named"

    def __init__(self, store: Any) -> None:
        self.store = store

    @property
    def dialect(self) -> OutboxDialect:
        name = (self.store.get_bind() if isinstance(self.store, Session) else self.store).dialect.name
        if name not in DIALECTS:
            raise InvalidInput(f"SQLAlchemy's dialect {name} is unknown to the outbox: it knows {', '.join(DIALECTS)}.")
        return DIALECTS[name]

    @contextmanager
    def lent(self, given: Any, alone: bool) -> Any:
        try:
            if isinstance(given, Session):
                if alone and given.in_transaction():
                    raise _native.store_error(IN_TRANSACTION)
                given = given.get_bind() if alone else given.connection()
            if isinstance(given, Connection):
                with _below(given, alone) as host:
                    yield host
            else:
                # What stands in no transaction of the host's is committed when the connection goes back.
                with given.connect() if alone else given.begin() as connection, _below(connection, alone) as host:
                    yield host
        except DBAPIError as error:
            raise _dbapi.failed(self.dialect, error.orig or error) from error.orig
        except SQLAlchemyError as error:
            raise _native.store_error(f"SQLAlchemy cannot give a connection: {str(error).rstrip('.')}.") from error


@contextmanager
def _below(connection: Connection, alone: bool) -> Any:
    if alone and connection.in_transaction():
        raise _native.store_error(IN_TRANSACTION)
    if not alone and not connection.in_transaction():
        # As with any statement: commit() would do nothing without it.
        connection.begin()
    given = connection.connection.driver_connection
    driver = driver_of(given, False)
    if driver is None:
        raise InvalidInput(
            f"SQLAlchemy's driver is {connection.dialect.driver}, which the outbox does not know: it knows psycopg, psycopg2, mysqlclient, "
            "PyMySQL and sqlite3. Give an object with the methods of countersign.types.OutboxConnection."
        )
    with driver.lent(given, alone) as host:
        yield host


def kind(store: Any, awaited: bool) -> Any:
    """What lends this; None for what is awaited, or is a function, as a scoped_session is one."""
    if isinstance(store, sessionmaker):
        raise InvalidInput(MAKER)
    return Lender(store) if isinstance(store, Engine | Connection | Session) and not awaited else None
