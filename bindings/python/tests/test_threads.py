"""The interpreter is never blocked, and clients survive a fork."""

import os
import threading
import time

from conftest import python

import countersign


def test_other_threads_go_on_while_a_platform_is_silent(sandbox):
    spiff, order = sandbox.spiff(), sandbox.order("gil-1")
    sandbox.fault("accept_late", ms=1500)
    done = []
    thread = threading.Thread(target=lambda: done.append(spiff.place_order(order)))
    longest, begun = 0.0, time.monotonic()
    thread.start()
    steps, last = 0, begun
    while thread.is_alive():
        now = time.monotonic()
        longest, last, steps = max(longest, now - last), now, steps + 1
        time.sleep(0.001)
    assert done and time.monotonic() - begun > 1.4
    # A call that kept the interpreter would make one gap of all that time.
    assert longest < 1 and steps > 100, f"{steps} steps, longest gap {longest:.3f} s"


def test_eight_threads_share_a_client(sandbox):
    spiff = sandbox.spiff()
    orders = [sandbox.order(f"shared-{n}") for n in range(16)]
    sandbox.fault("accept_late", ms=400, count=16)
    placed, begun = [], time.monotonic()
    threads = [threading.Thread(target=lambda o=order: placed.append(spiff.place_order(o).external_id)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(placed) == sorted(order["externalId"] for order in orders)
    assert time.monotonic() - begun < 16 * 0.4, "they waited for each other"


def test_hashing_a_large_body_lets_other_threads_go_on():
    signer, body = countersign.Signer("k", "s"), b"x" * 150_000_000
    thread = threading.Thread(target=signer.authorization, args=("POST", "/", body))
    thread.start()
    steps = 0
    while thread.is_alive():
        steps += 1
        time.sleep(0.001)
    assert steps > 20


PREFORK = """
import json, os, sys
import countersign

orders = json.loads(os.environ["ORDERS"])
spiff = countersign.Spiff.from_env()
signer = countersign.Signer("k", "s")
spiff.check()                        # the parent has connections
children = []
for order in orders[1:]:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signer.authorization("POST", "/", date="d")
            code = 0 if spiff.place_order(order).external_id == order["externalId"] else 2
        finally:
            os._exit(code)
    children.append(child)
print(spiff.place_order(orders[0]).external_id, [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
"""


def test_prefork_as_gunicorn_does(sandbox):
    import json

    orders = [sandbox.order(f"fork-{n}") for n in range(4)]
    done = python(PREFORK, env={**sandbox.ready["env"], "ORDERS": json.dumps(orders)})
    assert done.stdout == "fork-0 [0, 0, 0]\n", done.stderr
    assert all(len(sandbox.accepted(order["externalId"])) == 1 for order in orders)


FORK_AFTER_ASYNC = """
import asyncio, json, os
import countersign

orders = json.loads(os.environ["ORDERS"])
spiff = countersign.AsyncSpiff.from_env()

async def place(order):
    return (await spiff.place_order(order)).external_id

print(asyncio.run(place(orders[0])), flush=True)   # threads are there now
child = os.fork()
if child == 0:
    print(asyncio.run(place(orders[1])), flush=True)
else:
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), asyncio.run(place(orders[2])), flush=True)
"""


def test_fork_after_the_threads_of_an_async_client_began(sandbox):
    import json

    orders = [sandbox.order(f"async-fork-{n}") for n in range(3)]
    done = python(FORK_AFTER_ASYNC, env={**sandbox.ready["env"], "ORDERS": json.dumps(orders)})
    assert done.stdout == "async-fork-0\nasync-fork-1\n0 async-fork-2\n", done.stderr


def _place(order):
    return os.getpid(), _WORKER.place_order(order).external_id


def _start(keys):
    global _WORKER
    _WORKER = countersign.Spiff(**keys)


def test_workers_as_celery_has_them(sandbox):
    """A pool of forked workers, each with a client made before the fork or in its initializer."""
    import multiprocessing
    import warnings

    orders = [sandbox.order(f"pool-{n}") for n in range(6)]
    for initializer in (_start, None):
        if initializer is None:
            _start(sandbox.spiff_keys)
            _WORKER.check()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pool = multiprocessing.get_context("fork").Pool(3, initializer, (sandbox.spiff_keys,) if initializer else ())
        with pool:
            found = pool.map(_place, orders, chunksize=1)
        assert [external_id for _, external_id in found] == [order["externalId"] for order in orders]
        assert os.getpid() not in {pid for pid, _ in found}
        orders = [sandbox.order(f"pool-again-{n}") for n in range(6)]


GEVENT = """
from gevent import monkey
monkey.patch_all()
import json, os, time
import gevent
import countersign

orders = json.loads(os.environ["ORDERS"])
spiff = countersign.Spiff.from_env()
gaps = [0.0]

def beat():
    last = time.monotonic()
    while True:
        gevent.sleep(0.01)
        last, gap = time.monotonic(), time.monotonic() - last
        gaps.append(gap)

def place(order):
    return gevent.get_hub().threadpool.apply(spiff.place_order, (order,), {"timeout": 10})

beating = gevent.spawn(beat)
gevent.sleep(0.05)
placing = [gevent.spawn(place, order) for order in orders]
gevent.joinall(placing)
print([one.get().external_id for one in placing], max(gaps) < 0.4, len(gaps) > 20)
try:
    place({})
except countersign.InvalidOrder:
    print("refused")
"""


def test_gevent_goes_on_where_calls_run_in_its_threads(sandbox):
    """A call is no I/O that gevent can see: without this, every greenlet waits for it."""
    import json

    orders = [sandbox.order(f"gevent-{n}") for n in range(4)]
    sandbox.fault("accept_late", ms=600, count=4)
    done = python(GEVENT, env={**sandbox.ready["env"], "ORDERS": json.dumps(orders)})
    assert done.stdout == f"{[order['externalId'] for order in orders]} True True\nrefused\n", done.stderr
    assert all(len(sandbox.accepted(order["externalId"])) == 1 for order in orders)
