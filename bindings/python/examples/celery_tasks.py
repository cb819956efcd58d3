"""Celery: places orders in tasks. What is certain not to be placed, and what is in doubt, is taken up again by a task of every minute.

    celery -A celery_tasks worker --beat

acks_late must stay off (the default) for `place`: a task that is delivered again after a crash would place a second order. The
state of each order is kept by the shop, with when something is due; here a dict stands for its table. No task retries by
itself: a message that is lost, or retries that are used up, would leave an order to nobody.
"""

import os
import time
from typing import Any

from celery import Celery

import countersign
from countersign.types import SpiffOrder

app = Celery("shop", broker=os.environ.get("BROKER", "memory://"), backend=os.environ.get("BACKEND", "cache+memory://"))
app.conf.task_serializer = "json"
app.conf.beat_schedule = {"sweep": {"task": "celery_tasks.sweep", "schedule": 60}}

# Made before Celery forks its workers, and used in them: that is fine.
spiff = countersign.Spiff.from_env()

STATES: dict[str, dict[str, Any]] = {}


@app.task
def place(order: SpiffOrder) -> str:
    """Places an order. In a table: UPDATE … SET state='sending' … WHERE state IN ('new', 'waiting'), and go on only if that changed
    the row."""
    row = STATES.setdefault(order["externalId"], {"state": "new", "order": order})
    if row["state"] not in ("new", "waiting"):
        return str(row["state"])
    row.update(state="sending", sent_at=int(time.time()), first_absent_at=None, due=time.time() + 120)
    try:
        placed = spiff.place_order(order)
    except countersign.OutcomeUnknown as doubt:
        row.update(state="unknown", sent_at=doubt.sent_at, due=doubt.settle_after)
    except countersign.NotPlaced as refused:
        state = "waiting" if refused.retryable else "refused"
        row.update(state=state, due=time.time() + (refused.retry_after or 60), why=str(refused))
        if not refused.retryable:
            raise
    else:
        row.update(state="placed", id=placed.id)
    return str(row["state"])


@app.task
def sweep() -> None:
    """Every minute: an order that waits is placed; one in doubt, or whose worker was killed while it was sent, is settled."""
    for row in list(STATES.values()):
        if row["state"] in ("sending", "unknown", "waiting") and row["due"] <= time.time():
            (place if row["state"] == "waiting" else settle).delay(row["order"])


@app.task
def settle(order: SpiffOrder) -> str:
    """Asks whether an order in doubt exists; a person decides what no read can, or what nobody knows the time of: it is held."""
    row = STATES[order["externalId"]]
    if row["state"] not in ("sending", "unknown"):
        return str(row["state"])
    if not row.get("sent_at"):
        row.update(state="held", why="Nobody knows when it was sent.")
        return "held"
    try:
        found = spiff.settle(order, sent_at=row["sent_at"], first_absent_at=row.get("first_absent_at"))
    except countersign.Error as error:
        # A read failed; the order is as much in doubt as before.
        row.update(state="unknown" if error.retryable else "held", due=time.time() + (error.retry_after or 60), why=str(error))
        return str(row["state"])
    match found.verdict:
        case "placed":
            row["state"] = "placed"
        case "absent":
            row.update(state="waiting", due=time.time())
        case "unclear" if found.again_at is not None:
            row.update(state="unknown", due=found.again_at, first_absent_at=found.first_absent_at)
        case _:
            row.update(state="held", why=found.reason)
    return str(row["state"])
