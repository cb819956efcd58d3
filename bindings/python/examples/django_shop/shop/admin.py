"""The shop's orders, with what the outbox knows of them."""

from countersign.contrib.django import outbox
from django.contrib import admin

from .models import Order


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["number", "quantity", "paid_at", "delivery"]
    search_fields = ["number"]

    @admin.display(description="at the platform")
    def delivery(self, order: Order) -> str:
        row = outbox().get(order.number, order.account)
        return " ".join(filter(None, [row.state, row.reason, row.remote_id])) if row else "not enqueued"
