"""The servers of the tests: tests/postgresql.py and tests/mariadb.py, talked to over their pipes, and what connects to them."""

import contextlib
import itertools
import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pymysql

ROOT = Path(__file__).resolve().parents[4]


class Server:
    def __init__(self, *options):
        command = [sys.executable, str(ROOT / "tests" / self.program), *options]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.heard()
        self.numbers = itertools.count(1)

    def heard(self):
        line = self.process.stdout.readline()
        assert line, f"{self.program} ended; what it said stands above"
        self.ready = json.loads(line)

    def say(self, command):
        """kill, start, stop, freeze or continue: obeyed in their order."""
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        if command == "start":
            self.heard()

    def prefix(self):
        """One that no other test has."""
        return f"t{next(self.numbers)}_"

    def end(self):
        self.process.stdin.close()
        self.process.wait(120)
        self.process.stdout.close()


class MariaDB(Server):
    program = "mariadb.py"

    def arguments(self, **more):
        """What PyMySQL and mysqlclient take."""
        return {"connect_timeout": 10, **{name: self.ready[name] for name in ("host", "port", "user", "password", "database")}, **more}

    def execute(self, *statements):
        """The rows of the last one."""
        with contextlib.closing(pymysql.connect(**self.arguments(autocommit=True))) as connection, connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(sql)
            return cursor.fetchall()


class PostgreSQL(Server):
    program = "postgresql.py"

    def arguments(self, **more):
        """What psycopg.connect() takes. pooled: by way of pgbouncer."""
        port = self.ready["pgbouncer" if more.pop("pooled", False) else "port"]
        names = {"host": "host", "user": "user", "password": "password", "dbname": "database"}
        return {"port": port, "connect_timeout": 10, **{name: self.ready[of] for name, of in names.items()}, **more}

    def connect(self, **more):
        return psycopg.connect(**self.arguments(**{"autocommit": True, **more}))

    def value(self, sql, *params):
        with self.connect() as connection:
            return connection.execute(sql, params).fetchone()[0]

    def rows(self, prefix, where="true"):
        """How many rows of the outbox there are."""
        return self.value(f"SELECT count(*) FROM {prefix}countersign_outbox WHERE {where}")


@contextlib.contextmanager
def running(*options, kind=PostgreSQL):
    server = kind(*options)
    try:
        yield server
    finally:
        server.end()
