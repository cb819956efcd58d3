"""Celery: places an order in a task that repeats what was certainly not placed, and settles what is in doubt.

    celery -A celery_tasks worker --beat

acks_late must stay off (the default) for `place`: a task that is delivered again after a crash would place a second order. The
state of each order is kept by the shop; here a dict stands for its table.
"""

import os
import time
from typing import Any

from celery import Celery, Task

import countersign
from countersign.types import SpiffOrder

app = Celery("shop", broker=os.environ.get("BROKER", "memory://"), backend=os.environ.get("BACKEND", "cache+memory://"))
app.conf.task_serializer = "json"
app.conf.beat_schedule = {"sweep": {"task": "celery_tasks.sweep", "schedule": 60}}

# Made before Celery forks its workers, and used in them: that is fine.
spiff = countersign.Spiff.from_env()

# "held" may have been placed, or was not for too long: a person must look.
STATES: dict[str, dict[str, Any]] = {}

# Seconds until the next try of what failed for now. After the last a person must look.
WAITS = (60, 300, 1800, 7200, 43200)


@app.task(bind=True, max_retries=len(WAITS))
def place(self: Task, order: SpiffOrder) -> str:
    """Places an order. Only what is certain not to be placed is tried again."""
    state = STATES.setdefault(order["externalId"], {"state": "new"})
    if state["state"] not in ("new", "waiting"):
        return str(state["state"])
    state.update(state="sending", sent_at=int(time.time()), order=order)
    try:
        placed = spiff.place_order(order)
    except countersign.OutcomeUnknown as doubt:
        state.update(state="unknown", sent_at=doubt.sent_at)
        wait = max(0, doubt.settle_after - time.time())
        settle.apply_async((order, doubt.sent_at), countdown=wait)
        return "unknown"
    except countersign.NotPlaced as refused:
        if not refused.retryable:
            state.update(state="refused", why=str(refused))
            raise
        if self.request.retries == len(WAITS):
            state.update(state="held", why=f"not placed: {refused}")
            raise
        state["state"] = "waiting"
        wait = max(WAITS[self.request.retries], refused.retry_after or 0)
        raise self.retry(exc=refused, countdown=wait)
    state.update(state="placed", id=placed.id)
    return "placed"


@app.task
def sweep() -> None:
    """Every minute: an order whose worker was killed while it was sent is in doubt like any other."""
    for state in list(STATES.values()):
        if state["state"] != "sending":
            continue
        if not state.get("sent_at"):
            # Never taken for 0: an order that was sent long ago is soon called absent, and then placed twice.
            state.update(state="held", why="it may have been placed, and when it was sent is lost")
        elif state["sent_at"] < time.time() - 120:
            state["state"] = "unknown"
            settle.delay(state["order"], state["sent_at"])


@app.task(bind=True, max_retries=len(WAITS))
def settle(self: Task, order: SpiffOrder, sent_at: int, first_absent_at: int | None = None) -> str:
    """Asks whether an order in doubt exists; a person decides what no read can."""
    state = STATES[order["externalId"]]
    try:
        found = spiff.settle(order, sent_at=sent_at, first_absent_at=first_absent_at)
    except countersign.Error as error:
        # A read failed; the order is as much in doubt as before.
        if self.request.retries == len(WAITS):
            state.update(state="held", why=f"it may have been placed, and cannot be read back: {error}")
            raise
        raise self.retry(exc=error, countdown=WAITS[self.request.retries])
    match found.verdict:
        case "placed":
            state["state"] = "placed"
        case "absent":
            state["state"] = "waiting"
            place.delay(order)
        case "unclear" if found.again_at is not None:
            wait = max(0, found.again_at - time.time())
            settle.apply_async((order, sent_at, found.first_absent_at), countdown=wait)
        case _:
            state.update(state="held", why=found.reason)
    return str(found)
