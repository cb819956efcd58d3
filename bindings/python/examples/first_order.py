"""A first order at Spiff: places it once, and says what happened. Credentials come from the environment.

    TRANSACTION_ID=… python first_order.py
"""

import os

import countersign
from countersign.types import SpiffOrder


def main() -> int:
    order: SpiffOrder = {
        "externalId": os.environ.get("ORDER_ID", "1001"),
        "paid": True,  # no default: say what is true
        "orderItems": [{"amountToOrder": 1, "transactionId": os.environ["TRANSACTION_ID"]}],
    }
    with countersign.Spiff.from_env() as spiff:
        try:
            placed = spiff.place_order(order)
        except countersign.OutcomeUnknown as doubt:
            # It may exist. Store sent_at with the order, and settle it later; never send it again.
            print(f"unknown: {doubt} sent at {doubt.sent_at}, settle from {doubt.settle_after} on")
            return 3
        except countersign.NotPlaced as refused:
            # Certain. Every problem of an order has its path.
            print("try again later:" if refused.retryable else "not placed:", refused)
            return 1
    print("placed:", placed.id)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
