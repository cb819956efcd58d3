"""The storm of storm.py over the other drivers' connections, with payments in the same transaction as their orders:
python driver_storm.py PAIR BLOWS SEED prints one line of JSON at the end."""

import contextlib
import json
import logging
import os
import select
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from conftest import started
from outbox import hosts, storm
from outbox.server import MariaDB, PostgreSQL, running

import countersign

# A driver and a store, by the kinds of hosts.py that enqueue and that drain.
PAIRS = {
    "sqlite3 in SQLite": (["sqlite3-off", "sqlite3"], ["sqlite3", "sqlite3-off"]),
    "PyMySQL in MariaDB": (["pymysql-off", "pymysql"], ["pymysql-off", "pymysql"]),
    "mysqlclient in MariaDB": (["mysqlclient-off", "mysqlclient"], ["mysqlclient-off", "mysqlclient"]),
    "psycopg2 in PostgreSQL": (["psycopg2-off", "psycopg2"], ["psycopg2-off", "psycopg2"]),
    "SQLAlchemy in SQLite": (["session-sqlite-off"] * 2, ["session-sqlite-off"] * 2),
    "SQLAlchemy in MariaDB": (["session-mysqlclient-off"] * 2, ["engine-pymysql", "session-mysqlclient-off"]),
    "SQLAlchemy in PostgreSQL": (["session-psycopg2-off", "connection-psycopg-off"], ["session-psycopg2-off", "connection-psycopg-off"]),
}

SERVERS = {"MariaDB": MariaDB, "PostgreSQL": PostgreSQL, "SQLite": None}


def box_over(storm_, host):
    return countersign.Outbox(host.store, {"shop": countersign.Spiff(**storm_.sandbox.spiff_keys)}, prefix="storm_", policy=storm.POLICY)


def produce(storm_, how, inside, outside):
    """A payment hook: takes an event in each line, and answers "ack ID" once payment and order are committed, or "no ID"."""
    insert = "INSERT IGNORE INTO storm_payments VALUES ('{}')" if "mysql" in how else "INSERT INTO storm_payments VALUES ('{}') ON CONFLICT DO NOTHING"
    host = None
    for line in inside:
        event, order = line.rstrip("\n").split("\t")
        try:
            host = host or storm_.host(how)
            begins_by_itself = how.endswith("-off")
            if not begins_by_itself:
                host.execute("BEGIN")
            host.execute(insert.format(event))
            box_over(storm_, host).enqueue(order)
            host.commit() if begins_by_itself else host.execute("COMMIT")
            said = "ack"
        except Exception:
            # Nobody knows what a connection is good for that failed.
            closed(host)
            host, said = None, "no"
            time.sleep(0.02)
        print(said, event, file=outside, flush=True)


def work(storm_, how, inside, outside):
    """A worker: drains until nobody is there any more."""
    host = None
    while not select.select([inside], [], [], 0)[0]:
        try:
            host = host or storm_.host(how)
            box_over(storm_, host).drain(0.3, 1000)
        except Exception:
            closed(host)
            host = None
        time.sleep(0.02)


def closed(host):
    with contextlib.suppress(Exception):
        host.close()


class Storm(storm.Storm):
    def __init__(self, sandbox, server, folder, blows, seed, kinds=((), ())):
        super().__init__(sandbox, server, None, blows, seed)
        self.folder, self.kinds = folder, kinds

    def host(self, how):
        return hosts.host(how, self.server and self.server.arguments(connect_timeout=3), self.folder)

    @contextlib.contextmanager
    def watcher(self):
        """A connection that commits by itself, of whoever looks on."""
        driver = {MariaDB: "pymysql", PostgreSQL: "psycopg2"}.get(type(self.server), "sqlite3")
        with contextlib.closing(self.host(driver)) as host:
            yield host

    @contextlib.contextmanager
    def box(self):
        with self.watcher() as host:
            yield box_over(self, host)

    def install(self):
        with self.watcher() as host, self.box() as box:
            if self.server is None:
                host.execute("PRAGMA journal_mode = WAL")
            box.install()
            host.execute("CREATE TABLE storm_payments (id varchar(40) PRIMARY KEY)")
        # Whatever is imported for one of a kind is there before the processes are forked.
        for how in {*self.kinds[0], *self.kinds[1]}:
            with contextlib.closing(self.host(how)) as host:
                box_over(self, host).list()

    def cast(self):
        enqueue, drain = self.kinds
        yield from ((produce, how) for how in enqueue)
        yield from ((work, how) for how in drain)

    def apart(self):
        both = ("storm_payments", "id"), ("storm_countersign_outbox", "external_id")
        with self.watcher() as host:
            return sum(
                len(host.execute(f"SELECT {id} FROM {table} WHERE {id} NOT IN (SELECT {of} FROM {other})"))
                for (table, id), (other, of) in (both, both[::-1])
            )


def main():
    pair, blows, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.environ["COUNTERSIGN_OUTBOX_TEST_SCALE"] = storm.SCALE
    logging.disable()  # SQLAlchemy's pool, of each connection that broke
    storm.produce, storm.work = produce, work
    kind = SERVERS[pair.split(" ")[-1]]
    with started() as sandbox, tempfile.TemporaryDirectory() as folder, running(kind=kind) if kind else contextlib.nullcontext() as database:
        print(json.dumps(Storm(sandbox, database, folder, blows, seed, PAIRS[pair]).run()))


if __name__ == "__main__":
    main()
