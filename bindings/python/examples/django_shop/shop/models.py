"""An order of the shop. What became of it at the platform stands in the outbox, once."""

from countersign.types import SignOrder, SpiffOrder
from django.db import models


class Order(models.Model):
    number = models.CharField(max_length=40, unique=True)
    design = models.CharField(max_length=80, help_text="Spiff's transaction, or the id of a sign")
    quantity = models.PositiveIntegerField(default=1)
    is_sign = models.BooleanField(default=False)
    price = models.PositiveIntegerField(help_text="of one, in cents")
    paid_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return str(self.number)

    @property
    def account(self) -> str:
        return "signs" if self.is_sign else "spiff"

    def as_countersign(self) -> SpiffOrder | SignOrder:
        """The same each time: an order that is told again is known, and one that differs is another one."""
        if self.is_sign:
            return {
                "integration_id": 1,
                "external_id": self.number,
                "external_order_number": f"#{self.number}",
                "currency": "USD",
                "products": [{"external_id": self.design, "quantity": self.quantity, "price": self.price}],
            }
        return {
            "externalId": self.number,
            "paid": True,
            "orderItems": [{"amountToOrder": self.quantity, "transactionId": self.design}],
            "externalData": {"orderNumber": f"#{self.number}"},
        }
