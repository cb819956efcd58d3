"""Producers and workers in Python over one store, killed and stopped at random together with their database, while the platform
misbehaves: python storm.py postgresql|sqlite BLOWS SEED prints one line of JSON at the end.

The processes are forked, without exec, of one that has imported everything: half of the time of a storm would be Python's start.
"""

import asyncio
import collections
import contextlib
import ctypes
import json
import logging
import os
import random
import select
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import psycopg
import psycopg_pool

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from conftest import started
from outbox.server import running

import countersign

# As in outbox/tests/kills.rs: the times of production divided by fifty, shorter where that keeps their order.
POLICY = {"deadline": 20, "lease": 60, "settle": 60, "settle_growth": 2, "gap": 15, "backoff_most": 50, "pause": 5}
SCALE = "50"
LEASE, LATE = 1.2, 0.8
PATIENCE = 120


class Role:
    """A process that is talked to by its pipes, and what it is at."""

    def __init__(self, storm, play, how):
        self.storm, self.play, self.how = storm, play, how
        self.start()

    def start(self):
        self.event, self.read = None, b""
        (inside, self.tells), (self.hears, outside) = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                # It ends with this program, also if that is killed.
                ctypes.CDLL(None).prctl(1, signal.SIGKILL)
                for other in self.storm.roles:
                    if other is not self:
                        os.close(other.tells)
                        os.close(other.hears)
                os.close(self.tells)
                os.close(self.hears)
                self.play(self.storm, self.how, os.fdopen(inside, "r"), os.fdopen(outside, "w"))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        os.close(inside)
        os.close(outside)
        os.set_blocking(self.hears, False)

    def tell(self, line):
        os.write(self.tells, line.encode() + b"\n")

    def hear(self):
        """Whole lines."""
        with contextlib.suppress(BlockingIOError):
            while said := os.read(self.hears, 65536):
                self.read += said
        *lines, self.read = self.read.split(b"\n")
        return [line.decode() for line in lines]

    def end(self, number=None):
        """An orderly end, or one by a signal; what it said last."""
        if number:
            os.kill(self.pid, number)
        os.close(self.tells)
        os.waitpid(self.pid, 0)
        lines = self.hear()
        os.close(self.hears)
        return lines


# What the processes do


def box_over(storm, connection, kind=countersign.Outbox):
    accounts = {"shop": countersign.Spiff(**storm.sandbox.spiff_keys)}
    if storm.server is None:
        return kind(storm.file, accounts, policy=POLICY, anywhere=True)
    return kind(connection, accounts, prefix="storm_", policy=POLICY)


PAYMENT = "INSERT INTO storm_payments (id) VALUES (%s) ON CONFLICT DO NOTHING"


def produce(storm, how, inside, outside):
    """A payment hook: takes an event in each line, and answers "ack ID" once payment and order are committed, or "no ID"."""
    connection = box = None
    for line in inside:
        event, order = line.rstrip("\n").split("\t")
        try:
            if storm.server is None:
                box = box or box_over(storm, None)
                box.enqueue(order)
            elif how == "async":
                asyncio.run(produce_awaiting(storm, event, order))
            else:
                if connection is None:
                    connection = storm.server.connect(autocommit=how == "autocommit", connect_timeout=3)
                    box = box_over(storm, connection)
                with connection.transaction():
                    connection.execute(PAYMENT, (event,))
                    box.enqueue(order)
            said = "ack"
        except Exception:
            # Nobody knows what a connection is good for that failed.
            connection, said = None, "no"
            time.sleep(0.02)
        print(said, event, file=outside, flush=True)


async def produce_awaiting(storm, event, order):
    async with await psycopg.AsyncConnection.connect(**storm.server.arguments(connect_timeout=3)) as connection:
        await connection.execute(PAYMENT, (event,))
        await box_over(storm, connection, countersign.AsyncOutbox).enqueue(order)


def work(storm, how, inside, outside):
    """A worker: drains until nobody is there any more."""

    def ended():
        return bool(select.select([inside], [], [], 0)[0])

    if how == "async":
        asyncio.run(work_awaiting(storm, ended))
        return
    store = box = None
    while not ended():
        try:
            if box is None:
                if how == "pool":
                    store = psycopg_pool.ConnectionPool(kwargs=storm.server.arguments(connect_timeout=3), min_size=1, max_size=2, open=True, timeout=3)
                elif storm.server:
                    store = storm.server.connect(autocommit=how == "autocommit", connect_timeout=3)
                box = box_over(storm, store)
            box.drain(0.3, 1000)
        except Exception:
            if store:
                store.close()
            box = None
        time.sleep(0.02)


async def work_awaiting(storm, ended):
    store = box = None
    while not ended():
        try:
            if box is None:
                store = storm.server and await psycopg.AsyncConnection.connect(**storm.server.arguments(connect_timeout=3, autocommit=True))
                box = box_over(storm, store, countersign.AsyncOutbox)
            await box.drain(0.3, 1000)
        except Exception:
            if store:
                await store.close()
            box = None
        await asyncio.sleep(0.02)


# The storm


class Storm:
    def __init__(self, sandbox, server, file, blows, seed):
        self.sandbox, self.server, self.file, self.blows = sandbox, server, file, blows
        self.random, self.seed = random.Random(seed), seed
        self.roles, self.waiting, self.acknowledged = [], collections.deque(), set()
        self.released = self.deliveries = self.kills = self.servers = self.stops = 0
        self.stopped = {}

    def run(self):
        began = time.monotonic()
        self.install()
        self.orders = {}
        for number in range(2 * self.blows):
            order = self.sandbox.order(f"e{number}")
            order["externalData"] = {"orderNumber": f"#{number} é 🎈"}
            self.orders[f"e{number}"] = json.dumps(order)
        profile = {"accept_then_hang": 8, "accept_late": {"percent": 8, "ms": int(LATE * 1000)}, "cut_reply": 5, "accept_then_500": 5}
        profile |= {"500": 4, "503": 4, "429": 5}
        for target, of, more in (("order", profile, 1), ("read", {"500": 3}, 2)):
            self.sandbox.control("POST", "faults", {"profile": of, "target": target, "seed": self.seed + more, "count": 1_000_000_000})
        for play, how in self.cast():
            self.roles.append(Role(self, play, how))
        self.producers = [role for role in self.roles if role.play is produce]
        self.workers = [role for role in self.roles if role.play is work]
        try:
            self.rage()
            self.sandbox.control("DELETE", "faults")
            self.until(lambda: len(self.acknowledged) == len(self.orders), "events that nobody acknowledges")
            rested = self.rest()
            held = self.answer()
            time.sleep(LATE + 0.5)
            rested = self.rest() and rested
            stuck = 0 if rested else len(self.open())
        finally:
            for role in self.roles:
                role.end()
        return {**self.compare(), "held": held, "stuck": stuck, "seconds": round(time.monotonic() - began)}

    def install(self):
        if self.server:
            with self.server.connect() as connection:
                box_over(self, connection).install()
                connection.execute("CREATE TABLE storm_payments (id text PRIMARY KEY)")
        else:
            countersign.Outbox(self.file, {}, create=True, anywhere=True).install()

    def cast(self):
        """What each process does, and how."""
        yield from ((produce, how) for how in (("off", "async") if self.server else ("file", "file")))
        yield from ((work, how) for how in (("pool", "async", "off") if self.server else ("file", "async")))

    def rage(self):
        for blow in range(self.blows):
            self.release(2 * blow)
            until = time.monotonic() + self.random.uniform(0.02, 0.2)
            while time.monotonic() < until:
                self.deliver()
                time.sleep(0.002)
            self.go_on()
            if self.server and blow % 25 == 12:
                self.server.say("kill")
                # Whoever is at work sees it gone.
                time.sleep(self.random.uniform(0, 0.2))
                self.server.say("start")
                self.servers += 1
                self.kills += 1
                continue
            if blow % 20 == 7 and len(self.stopped) < len(self.workers) - 1:
                # A worker that stands still for longer than it has its order: it is beyond its lease when it goes on.
                worker = self.random.choice([one for one in self.workers if one not in self.stopped])
                os.kill(worker.pid, signal.SIGSTOP)
                self.stopped[worker] = time.monotonic() + LEASE * 1.5
                self.stops += 1
            if blow % 3 == 0:
                self.killed(self.random.choice(self.producers))
            else:
                self.killed(self.random.choice(self.workers))
            self.kills += 1
        self.release(len(self.orders))
        while self.stopped:
            self.go_on()
            self.deliver()
            time.sleep(0.002)

    def go_on(self):
        for worker, until in list(self.stopped.items()):
            if time.monotonic() > until:
                os.kill(worker.pid, signal.SIGCONT)
                del self.stopped[worker]

    def release(self, until):
        """Events happen as the storm goes on; one in ten is delivered twice."""
        for number in range(self.released, min(until, len(self.orders))):
            self.waiting += [f"e{number}"] * (2 if self.random.random() < 0.1 else 1)
        self.released = max(self.released, until)

    def killed(self, role):
        if role in self.producers:
            # While it does something: before, in the middle, or when it has just said so.
            self.release(self.released + 2)
            until = time.monotonic() + 0.06
            while role.event is None and time.monotonic() < until:
                self.deliver()
            time.sleep(self.random.uniform(0, 0.012))
        self.stopped.pop(role, None)
        event, last = role.event, role.end(signal.SIGKILL)
        role.start()
        if event is not None:
            if f"ack {event}" in last:
                # What it said before its end was heard.
                self.acknowledged.add(event)
            else:
                # Without an answer it is delivered again: the payment provider knows no more than that.
                self.waiting.appendleft(event)

    def deliver(self):
        for producer in self.producers:
            for line in producer.hear():
                said, event = line.split(" ")
                producer.event = None
                self.acknowledged.add(event) if said == "ack" else self.waiting.appendleft(event)
            if producer.event is None and self.waiting:
                producer.event = self.waiting.popleft()
                self.deliveries += 1
                producer.tell(f"{producer.event}\t{self.orders[producer.event]}")

    def until(self, done, otherwise):
        until = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < until, otherwise
            self.deliver()
            time.sleep(0.002)

    @contextlib.contextmanager
    def box(self):
        with self.server.connect() if self.server else contextlib.nullcontext() as connection:
            yield box_over(self, connection)

    def open(self, states=("pending", "sending", "unknown")):
        with self.box() as box:
            return [row for state in states for row in box.list(state, limit=1000)]

    def rest(self):
        """Whether every order comes to an end."""
        until = time.monotonic() + PATIENCE
        while self.open():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def answer(self):
        """A person answers what is held: look again, and send it if it is not there."""
        held = collections.Counter()
        for row in self.open(["held"]):
            held[row.reason] += 1
            with self.box() as box:
                box.resolve(row.external_id, "retry", who="ana", why="look again")
        return held

    def compare(self):
        accepted = collections.Counter(order["externalId"] for order in self.sandbox.control("GET", "orders")["orders"])
        targets = collections.Counter(request["target"] for request in self.sandbox.requests())
        told = []
        with self.box() as box:
            told += [f"{id} was accepted {accepted[id]} times: {box.get(id)}" for id in self.orders if accepted[id] != 1][:5]
        return {
            "kills": self.kills,
            "servers": self.servers,
            "stops": self.stops,
            "events": len(self.orders),
            "again": self.deliveries - len(self.orders),
            "posts": targets["order"],
            "reads": targets["read"],
            "lost": sum(accepted[id] == 0 for id in self.orders),
            "doubled": sum(accepted[id] > 1 for id in self.orders),
            "apart": self.apart(),
            "told": told,
        }

    def apart(self):
        """Payment and order were one transaction: there is never one without the other."""
        if self.server is None:
            return 0
        join = "storm_payments p FULL JOIN storm_countersign_outbox o ON o.external_id = p.id WHERE p.id IS NULL OR o.id IS NULL"
        return self.server.value(f"SELECT count(*) FROM {join}")


def main():
    over, blows, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.environ["COUNTERSIGN_OUTBOX_TEST_SCALE"] = SCALE
    logging.disable()  # the pool's, of each connection that broke
    with started() as sandbox, tempfile.TemporaryDirectory() as folder:
        with running() if over == "postgresql" else contextlib.nullcontext() as server:
            print(json.dumps(Storm(sandbox, server, f"sqlite:{folder}/storm.db", blows, seed).run()))


if __name__ == "__main__":
    main()
