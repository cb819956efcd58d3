"""Celery and SQLAlchemy: an order is enqueued in the transaction of its payment, and a task delivers what is there. No task places an order
itself: a message that is lost, delivered twice, or whose worker is killed, changes nothing but when.

    DATABASE_URL=postgresql+psycopg://shop@localhost/shop celery -A celery_tasks worker --beat
"""

import logging
import os
from contextlib import suppress

from celery import Celery
from celery.signals import worker_process_init
from kombu.exceptions import OperationalError
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

import countersign
from countersign.types import SpiffOrder

log = logging.getLogger("shop")


def ask_a_person(row: countersign.Changed) -> None:
    log.error("order %s is held (%s): %s", row.external_id, row.reason, row.why)


# A broken connection is noticed before it is used.
engine = create_engine(os.environ["DATABASE_URL"], pool_pre_ping=True)
spiff = countersign.Spiff.from_env()
outbox = countersign.Outbox(engine, {"shop": spiff}, shop="celery shop", on_held=ask_a_person)

app = Celery("shop", broker=os.environ.get("BROKER", "memory://"), backend=os.environ.get("BACKEND", "cache+memory://"))
# One that has waited for so long that the next one is there is not needed.
app.conf.beat_schedule = {
    "deliver": {"task": "celery_tasks.deliver", "schedule": 30, "options": {"expires": 30}},
    "check": {"task": "celery_tasks.check", "schedule": 600, "options": {"expires": 600}},
}


@worker_process_init.connect
def forked(**_: object) -> None:
    """Its parent's connections are not its own."""
    engine.dispose(close=False)


def install() -> None:
    """Once. In a shop these are migrations: outbox.schema() has the statements."""
    outbox.install()
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS payments (order_id varchar(80) PRIMARY KEY)"))


def paid(order: SpiffOrder) -> str:
    """What the webhook of the payment provider calls; where it raises, let the provider tell it again."""
    with Session(engine) as session, session.begin():
        # Both, or neither: it is one transaction, which ends with this block.
        enqueued = outbox.enqueue(order, connection=session)
        if enqueued.status == "new":  # otherwise it was told before
            session.execute(text("INSERT INTO payments (order_id) VALUES (:id)"), {"id": order["externalId"]})
    # Only so that nobody waits for the next one of every half minute: never in the transaction, which the worker does not see yet.
    with suppress(OperationalError):
        deliver.delay()
    return enqueued.status


# time_limit kills: let it be longer than `seconds` and the policy's deadline, 20 seconds, together.
@app.task(time_limit=120)
def deliver() -> int:
    """Sends and reads back what is due. Any number of them may run at once."""
    return outbox.drain(seconds=20).placed


@app.task
def check() -> bool:
    """Whether all is well."""
    found = outbox.check()
    for problem in found.problems:
        log.error("the outbox: %s", problem)
    return found.ok
