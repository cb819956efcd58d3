"""FastAPI: places orders without blocking the loop, takes up later what was not placed or is in doubt, and takes Sign Customiser's
deliveries.

    uvicorn fastapi_shop:app
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel

import countersign
from countersign.types import SpiffOrder

webhook = countersign.Webhook.from_env()

# In a shop this is a table: one row for each order, with a unique order id. See django_shop.py.
ORDERS: dict[str, dict[str, Any]] = {}


async def place(spiff: countersign.AsyncSpiff, row: dict[str, Any]) -> None:
    # Committed before it is sent, in one statement that changes a row which is "new" or "waiting", and no other.
    row.update(state="sending", sent_at=int(time.time()), first_absent_at=None, due=time.time() + 120)
    try:
        # Its own time limit rather than asyncio.timeout(): it knows whether anything was sent.
        placed = await spiff.place_order(row["order"], timeout=10)
    except countersign.OutcomeUnknown as doubt:
        row.update(state="unknown", sent_at=doubt.sent_at, due=doubt.settle_after)
    except countersign.NotPlaced as refused:
        state = "waiting" if refused.retryable else "refused"
        problems = [dict(problem) for problem in refused.problems]
        row.update(state=state, due=time.time() + (refused.retry_after or 60), why=str(refused), problems=problems)
    else:
        row.update(state="placed", id=placed.id)


async def settle(spiff: countersign.AsyncSpiff, row: dict[str, Any]) -> None:
    if not row.get("sent_at"):
        row.update(state="held", why="Nobody knows when it was sent.")  # a person must look: no time is made up
        return
    try:
        found = await spiff.settle(row["order"], sent_at=row["sent_at"], first_absent_at=row.get("first_absent_at"), timeout=10)
    except countersign.Error as error:
        # A read failed; the order is as much in doubt as before.
        row.update(state="unknown" if error.retryable else "held", due=time.time() + (error.retry_after or 60), why=str(error))
        return
    if found == "placed":
        row["state"] = "placed"
    elif found == "absent":
        row.update(state="waiting", due=time.time())
    elif found.again_at is None:
        row.update(state="held", why=found.reason)  # a person must look
    else:
        row.update(state="unknown", due=found.again_at, first_absent_at=found.first_absent_at)


async def sweep(spiff: countersign.AsyncSpiff) -> None:
    """What waits is placed, what is in doubt is settled."""
    for row in list(ORDERS.values()):
        if row["state"] in ("sending", "unknown") and row["due"] <= time.time():
            await settle(spiff, row)
        if row["state"] == "waiting" and row["due"] <= time.time():
            await place(spiff, row)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with countersign.AsyncSpiff.from_env() as spiff:

        async def every_minute() -> None:
            while True:
                await asyncio.sleep(60)
                await sweep(spiff)

        app.state.spiff, job = spiff, asyncio.create_task(every_minute())
        yield
        job.cancel()


app = FastAPI(lifespan=lifespan)


class Paid(BaseModel):
    order_id: str
    transaction_id: str
    quantity: int = 1


@app.post("/orders")
async def pay(paid: Paid, request: Request) -> dict[str, Any]:
    if paid.order_id not in ORDERS:
        order: SpiffOrder = {
            "externalId": paid.order_id,
            "paid": True,
            "orderItems": [{"amountToOrder": paid.quantity, "transactionId": paid.transaction_id}],
        }
        ORDERS[paid.order_id] = {"state": "new", "order": order}
        await place(request.app.state.spiff, ORDERS[paid.order_id])
    row = ORDERS[paid.order_id]
    if row["state"] == "refused":
        raise HTTPException(422, row["problems"] or row["why"])
    return {name: row.get(name) for name in ("state", "id", "why")}


@app.post("/deliveries")
async def deliver(request: Request) -> Response:
    try:
        event = webhook.verify(request.headers, await request.body())
    except countersign.VerificationFailed as refused:
        raise HTTPException(401, refused.kind) from refused
    # Deliveries repeat: look event.dedup_key up first, and answer a repeated one as the first.
    product = event.topic == "product:created"
    answer = event.answer(f"shop-{event.data['product_id']}") if product else '{"ok":true}'
    return Response(answer, media_type="application/json")
