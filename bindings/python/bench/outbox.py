"""Enqueueing in the host's transaction beside a bare INSERT of the same row, through the same psycopg connection, on a real server of the
tests' own: python bench/outbox.py

Each is BEGIN, the work, COMMIT; rounds are interleaved, figures are medians. Without fsync, as no shop's server should run, a commit costs
next to nothing, and what is left is the overhead itself: an enqueue is one look and one INSERT, the check of the order and its draft.
psycopg prepares what a host executes again and again; the outbox prepares nothing, so that a pgbouncer may stand before the server.
"""

import os
import statistics
import sys
import time
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from outbox.server import running

import countersign

ORDER = {
    "externalId": "1001",
    "paid": True,
    "orderItems": [{"amountToOrder": 2, "transactionId": f"e3ac7f3a-a117-46d7-a5f0-232fbc7cfe3{n}"} for n in range(3)],
    "externalData": {"orderNumber": "#1001", "customerEmail": "sam@example.org"},
}
ROUNDS, EACH = 25, 40
TARGET = 2.0


def measured(server):
    """Seconds of each, per transaction."""
    samples, number = {}, 0
    with psycopg.connect(**server.arguments(autocommit=True)) as connection:
        box = countersign.Outbox(connection, {"shop": countersign.Spiff(application_key="k", region="us")})
        box.install()

        def order():
            nonlocal number
            number += 1
            return {**ORDER, "externalId": str(number)}

        def insert(statement, prepare=None):
            with connection.transaction():
                connection.execute(statement.sql, statement.params, prepare=prepare)

        def enqueue(one):
            with connection.transaction():
                box.enqueue(one)

        def empty(_):
            with connection.transaction():
                connection.execute("SELECT 1")

        candidates = {
            "a SELECT 1": (empty, order),
            # The row is made before the clock starts: what is measured is the INSERT alone.
            "a bare INSERT": (insert, lambda: box.enqueue_statement(order())),
            "a bare INSERT, not prepared": (lambda one: insert(one, False), lambda: box.enqueue_statement(order())),
            "an enqueue": (enqueue, order),
        }
        for _ in range(ROUNDS):
            for name, (work, make) in candidates.items():
                made = [make() for _ in range(EACH)]
                wall, cpu = time.perf_counter(), time.process_time()
                for one in made:
                    work(one)
                taken = ((time.perf_counter() - wall) / EACH, (time.process_time() - cpu) / EACH)
                samples.setdefault(name, []).append(taken)
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in samples.items()}


def main():
    missed = []
    print(f"enqueueing in a transaction over psycopg {psycopg.__version__} ({psycopg.pq.__impl__}), PostgreSQL on loopback (load {os.getloadavg()[0]:.1f})\n")
    print(f"{'':<44}{'transactions/s':>16}{'CPU each':>12}{'x INSERT':>12}{'x not prepared':>16}")
    for kind, options in (("", []), (", without fsync", ["--option", "fsync=off", "--option", "full_page_writes=off"])):
        with running(*options) as server:
            median = measured(server)
        bare, plain = median["a bare INSERT"][0], median["a bare INSERT, not prepared"][0]
        for name, (wall, cpu) in median.items():
            print(f"{name + kind:<44}{1 / wall:>16,.0f}{cpu * 1e6:>9.0f} us{wall / bare:>12.2f}{wall / plain:>16.2f}")
        if not kind and (ratio := median["an enqueue"][0] / bare) > TARGET:
            missed.append(f"{ratio:.2f} times")
    print(f"\ntarget: at most {TARGET:.0f} times a bare INSERT:", end=" ")
    print("met" if not missed else "MISSED: " + "; ".join(missed))


if __name__ == "__main__":
    main()
