"""FastAPI: places orders without blocking the loop, and takes the deliveries of Sign Customiser.

    uvicorn fastapi_shop:app
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel

import countersign
from countersign.types import SpiffOrder

webhook = countersign.Webhook.from_env()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with countersign.AsyncSpiff.from_env() as spiff:
        app.state.spiff = spiff
        yield


app = FastAPI(lifespan=lifespan)


class Paid(BaseModel):
    order_id: str
    transaction_id: str
    quantity: int = 1


@app.post("/orders")
async def place(paid: Paid, request: Request) -> dict[str, object]:
    spiff: countersign.AsyncSpiff = request.app.state.spiff
    # First look the order up, and store that it is being sent, as django_shop.py does.
    order: SpiffOrder = {
        "externalId": paid.order_id,
        "paid": True,
        "orderItems": [{"amountToOrder": paid.quantity, "transactionId": paid.transaction_id}],
    }
    try:
        # Its own time limit rather than asyncio.timeout(): it knows whether anything was sent.
        placed = await spiff.place_order(order, timeout=10)
    except countersign.OutcomeUnknown as doubt:
        # Store both with the order, and settle it in a job.
        return {"state": "unknown", "sent_at": doubt.sent_at, "settle_after": doubt.settle_after}
    except countersign.InvalidOrder as invalid:
        raise HTTPException(422, [dict(problem) for problem in invalid.problems]) from invalid
    except countersign.NotPlaced as refused:
        raise HTTPException(503 if refused.retryable else 502, str(refused)) from refused
    return {"state": "placed", "id": placed.id}


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
