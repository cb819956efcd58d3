"""FastAPI: the order of a paid cart goes into the outbox in the transaction of its payment, a task of the server delivers what is there,
and Sign Customiser's deliveries settle what is in doubt.

    DATABASE_URL=postgresql://shop@localhost/shop uvicorn fastapi_shop:app

Several such servers may run over one database. Instead of the task here, `countersign outbox run --store $DATABASE_URL` may deliver.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

import countersign
from countersign.types import SpiffOrder

log = logging.getLogger("shop")
deliveries = countersign.Webhook.from_env()  # of a subscription
callback = countersign.Webhook.from_env(secret="integration")  # product:created of a custom integration


def ask_a_person(row: countersign.Changed) -> None:
    log.error("order %s is held (%s): %s", row.external_id, row.reason, row.why)


async def deliver_orders(outbox: countersign.AsyncOutbox) -> None:
    while True:
        try:
            await outbox.drain(seconds=60)
        except countersign.Error as error:
            log.error("nothing is delivered: %s", error)  # the database is away, perhaps: it goes on later
        await asyncio.sleep(1)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncConnectionPool(os.environ["DATABASE_URL"], open=False) as pool:
        outbox = countersign.AsyncOutbox(
            pool,
            {"shop": countersign.Spiff.from_env(), "signs": countersign.SignCustomiser.from_env()},
            shop="fastapi shop",
            on_held=ask_a_person,
        )
        # In a shop these are migrations: outbox.schema() has the statements.
        await outbox.install()
        async with pool.connection() as connection:
            await connection.execute("CREATE TABLE IF NOT EXISTS payments (order_id text PRIMARY KEY)")
        app.state.pool, app.state.outbox = pool, outbox
        job = asyncio.create_task(deliver_orders(outbox))
        yield
        job.cancel()
        await asyncio.wait((job,))  # an order that is under way has its end first


app = FastAPI(lifespan=lifespan)


class Paid(BaseModel):
    order_id: str
    transaction_id: str
    quantity: int = 1


@app.post("/payments")
async def paid(payment: Paid, request: Request) -> dict[str, Any]:
    """What the payment provider calls, and calls again until it is answered with 2xx."""
    order: SpiffOrder = {
        "externalId": payment.order_id,
        "paid": True,
        "orderItems": [{"amountToOrder": payment.quantity, "transactionId": payment.transaction_id}],
    }
    try:
        async with request.app.state.pool.connection() as connection:
            # Both, or neither: it is one transaction, which ends with this block.
            await connection.execute("INSERT INTO payments (order_id) VALUES (%s) ON CONFLICT DO NOTHING", (payment.order_id,))
            enqueued = await request.app.state.outbox.enqueue(order, "shop", connection=connection)
    except countersign.InvalidOrder as refused:
        raise HTTPException(422, [dict(problem) for problem in refused.problems]) from refused
    except countersign.Error as error:
        raise HTTPException(503, str(error)) from error  # nothing was acknowledged: let it come again
    return {"status": enqueued.status, "state": enqueued.state}


@app.get("/orders/{order_id}")
async def look(order_id: str, request: Request) -> dict[str, Any]:
    row = await request.app.state.outbox.get(order_id)
    if row is None:
        raise HTTPException(404)
    return {"state": row.state, "id": row.remote_id, "why": row.reason}


async def verified(webhook: countersign.Webhook, request: Request) -> countersign.Event:
    try:
        return webhook.verify(request.headers, await request.body())
    except countersign.VerificationFailed as refused:
        raise HTTPException(401, refused.kind) from refused


@app.post("/deliveries")
async def deliver(request: Request) -> dict[str, bool]:
    # Its order:created tells that the platform has an order; of other topics it says "ignored". Repeated it does no harm.
    await request.app.state.outbox.notify(await verified(deliveries, request))
    return {"ok": True}


@app.post("/create-product")
async def create_product(request: Request) -> Response:
    event = await verified(callback, request)
    # The same product gets the same id, however often it is told.
    return Response(event.answer(f"shop-{event.data['product_id']}"), media_type="application/json")
