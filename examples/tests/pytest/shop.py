"""A small shop. What a real one keeps in its database is a dict here."""

import time
from typing import Any

import countersign
from countersign.types import Headers, SignOrder, SpiffOrder


class Shop:
    def __init__(
        self, spiff: countersign.Spiff, outbox: countersign.Outbox, webhook: countersign.Webhook, callback: countersign.Webhook
    ) -> None:
        self.spiff, self.outbox, self.webhook, self.callback = spiff, outbox, webhook, callback
        self.orders: dict[str, dict[str, Any]] = {}

    def checkout(self, order_id: str, design: str) -> str:
        """Places a paid order, while the shopper waits, and says what became of it."""
        order: SpiffOrder = {
            "externalId": order_id,
            "paid": True,
            "orderItems": [{"amountToOrder": 1, "transactionId": design}],
        }
        row = self.orders[order_id] = {"state": "sending", "sent_at": int(time.time()), "order": order}
        try:
            row |= {"state": "placed", "id": self.spiff.place_order(order).id}
        except countersign.OutcomeUnknown as doubt:
            row |= {"state": "unknown", "sent_at": doubt.sent_at, "first_absent_at": None}
        except countersign.NotPlaced as refused:
            row |= {"state": "waiting" if refused.retryable else "refused", "why": str(refused)}
        return str(row["state"])

    def settle(self) -> None:
        """Finds out about the orders in doubt: a job of every minute."""
        for row in self.orders.values():
            if row["state"] == "unknown":
                found = self.spiff.settle(row["order"], sent_at=row["sent_at"], first_absent_at=row["first_absent_at"])
                row["first_absent_at"] = found.first_absent_at
                if found == "placed":
                    row["state"] = "placed"
                elif found == "absent":
                    row["state"] = "waiting"
                elif found.again_at is None:
                    row["state"] = "held"

    def paid(self, order: SpiffOrder | SignOrder, account: str) -> None:
        """Hears from the payment provider, perhaps twice: the outbox delivers it."""
        self.outbox.enqueue(order, account)

    def delivered(self, headers: Headers, body: bytes) -> tuple[int, str]:
        """Answers a delivery of a subscription at Sign Customiser: a status, and a body."""
        try:
            event = self.webhook.verify(headers, body)
        except countersign.VerificationFailed:
            return 401, "{}"
        self.outbox.notify(event)
        return 200, '{"ok":true}'

    def create_product(self, headers: Headers, body: bytes) -> tuple[int, str]:
        """Answers the product:created callback of Sign Customiser, which is signed with the integration's secret."""
        try:
            event = self.callback.verify(headers, body)
        except countersign.VerificationFailed:
            return 401, "{}"
        return 200, event.answer(f"shop-{event.data['product_id']}")
