"""HTTP of one's own: an order prepared here travels through httpx, with its proxies, hooks and metrics.

    TRANSACTION_ID=… python own_http.py
"""

import os

import httpx

import countersign
from countersign.types import SpiffOrder


def place(spiff: countersign.Spiff, http: httpx.Client, order: SpiffOrder) -> countersign.PlacedOrder:
    call = spiff.prepare_order(order)
    try:
        # Once, unchanged, with redirects off and a time limit.
        response = http.request(
            call.method, call.url, headers=call.headers, content=call.body, follow_redirects=False, timeout=30
        )
    except httpx.ConnectError:
        call.failed(not_sent=True)  # raises NotPlaced: no connection, so nothing was sent
    except httpx.HTTPError:
        call.failed()  # raises OutcomeUnknown: bytes may have left
    placed: countersign.PlacedOrder = call.read(response)
    return placed


if __name__ == "__main__":
    order: SpiffOrder = {
        "externalId": "1001",
        "paid": True,
        "orderItems": [{"amountToOrder": 1, "transactionId": os.environ["TRANSACTION_ID"]}],
    }
    with countersign.Spiff.from_env() as spiff, httpx.Client() as http:
        print(place(spiff, http, order))
