"""PyMySQL and mysqlclient as an outbox uses them. Whether a transaction is open, and whether the connection commits by itself, is asked of
the server: these drivers do not know for certain."""

from __future__ import annotations

from . import _dbapi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Connection(_dbapi.Connection):
    __slots__ = ()
    dialect = "mysql"

    def _broken(self) -> bool:
        return not self.connection.open


class PyMySQL(_Connection):
    __slots__ = ()

    @staticmethod
    def cursor(given: Any) -> Any:
        from pymysql.cursors import Cursor

        return Cursor(given)


class Mysqlclient(_Connection):
    __slots__ = ()

    @staticmethod
    def cursor(given: Any) -> Any:
        from MySQLdb.cursors import Cursor

        return Cursor(given)


CLASSES = {"pymysql.connections": PyMySQL, "MySQLdb.connections": Mysqlclient}


def kind(store: Any, awaited: bool) -> Any:
    """The class that lends this; None for what is no connection of these drivers, or awaited."""
    found = [CLASSES[of.__module__] for of in type(store).__mro__ if of.__module__ in CLASSES]
    return found[0] if found and not awaited else None
