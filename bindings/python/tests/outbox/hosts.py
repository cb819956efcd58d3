"""Connections of hosts by their drivers, as one class each: what the outbox takes of it is `store`, and what the host itself executes is in the
driver's own way. Each begins its transactions by itself where its name ends with off."""

import sqlite3

# By the server that they are over.
HOSTS = {
    "sqlite3": (None, {"isolation_level": None}),
    "sqlite3-off": (None, {}),
    "pymysql": ("mariadb", {"autocommit": True}),
    "pymysql-off": ("mariadb", {}),
    "mysqlclient": ("mariadb", {"autocommit": True}),
    "mysqlclient-off": ("mariadb", {}),
    "psycopg2": ("postgresql", {"autocommit": True}),
    "psycopg2-off": ("postgresql", {}),
    "engine-pymysql": ("mariadb", "mysql+pymysql"),
    "connection-psycopg-off": ("postgresql", "postgresql+psycopg"),
    "session-sqlite-off": (None, "sqlite"),
    "session-mysqlclient-off": ("mariadb", "mariadb+mysqldb"),
    "session-psycopg2-off": ("postgresql", "postgresql+psycopg2"),
}


class Host:
    """A connection of the DB-API."""

    def __init__(self, store):
        self.store, self.commit, self.close = store, store.commit, store.close

    def execute(self, sql, params=None):
        cursor = self.store.cursor()
        cursor.execute(sql, params) if params else cursor.execute(sql)
        found = cursor.fetchall() if cursor.description else []
        cursor.close()
        return found


class Alchemy:
    """Of SQLAlchemy: an Engine, a Connection or a Session."""

    def __init__(self, store, engine):
        self.store, self.engine = store, engine

    def execute(self, sql, params=None):
        from sqlalchemy import text

        if self.store is self.engine:
            with self.engine.begin() as connection:
                connection.execute(text(sql), params)
        elif sql.upper() in ("BEGIN", "COMMIT", "ROLLBACK"):
            getattr(self.store, sql.lower())()
        else:
            found = self.store.execute(text(sql), params)
            return found.fetchall() if found.returns_rows else []

    def commit(self):
        self.store.commit()

    def close(self):
        if self.store is not self.engine:
            self.store.close()
        self.engine.dispose()


def connect(driver, given, **more):
    """A connection of a driver. given: what the server says of itself, or the path of a file of SQLite."""
    if driver == "sqlite3":
        return sqlite3.connect(given, timeout=20, **more)
    if driver == "psycopg2":
        import psycopg2

        autocommit = more.pop("autocommit", False)
        connection = psycopg2.connect(**given, **more)
        connection.autocommit = autocommit
        return connection
    if driver == "pymysql":
        from pymysql import connect
    else:
        from MySQLdb import connect
    return connect(**given, **more)


def engine(url, given, **more):
    """An Engine of SQLAlchemy. given: as for connect()"""
    from sqlalchemy import URL, create_engine

    if isinstance(given, str):
        return create_engine(URL.create(url, database=given), **more)
    # libpq's names are others.
    names = {"username": "user", "password": "password", "host": "host", "port": "port"}
    database = given.get("database") or given["dbname"]
    return create_engine(URL.create(url, database=database, **{name: given[of] for name, of in names.items()}), **more)


def host(kind, given, folder):
    """A host of this kind. given: what the server says of itself; where there is none, a file in the folder has the database."""
    server, how = HOSTS[kind]
    given = given if server else f"{folder}/host.db"
    if isinstance(how, dict):
        return Host(connect(kind.partition("-")[0], given, **how))
    made = engine(how, given)
    if kind.startswith("engine"):
        return Alchemy(made, made)
    if kind.startswith("connection"):
        return Alchemy(made.connect(), made)
    from sqlalchemy.orm import Session

    return Alchemy(Session(made), made)
