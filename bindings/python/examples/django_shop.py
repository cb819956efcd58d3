"""Django: a view that places the order of a paid cart, and one that takes the deliveries of Sign Customiser.

The client is made once, when the module is loaded: gunicorn's workers, threads and forks may all use it. Store what happened
with the order before answering: a page that is loaded twice must not place twice, and doubt must survive a restart.
"""

import json
import os
import time

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

import countersign
from countersign.types import SpiffOrder

spiff = countersign.Spiff.from_env()
webhook = countersign.Webhook.from_env()

# In a shop this is a table: one row for each order, with a unique order id, written in the same transaction as the payment.
ORDERS: dict[str, dict[str, object]] = {}
ANSWERED: dict[str, str] = {}


@csrf_exempt
@require_POST
def pay(request: HttpRequest) -> HttpResponse:
    """The payment provider says that an order is paid: place it, once."""
    order_id, design = request.POST["order_id"], request.POST["transaction_id"]
    if order_id in ORDERS:
        return JsonResponse(ORDERS[order_id])
    order: SpiffOrder = {
        "externalId": order_id,
        "paid": True,
        "orderItems": [{"amountToOrder": int(request.POST["quantity"]), "transactionId": design}],
    }
    # Committed before it is sent. Should this worker be killed, a job finds the row, still "sending", and settles it.
    row: dict[str, object] = {"state": "sending", "sent_at": int(time.time()), "order": json.dumps(order)}
    ORDERS[order_id] = row
    try:
        placed = spiff.place_order(order, timeout=10)
        row.update(state="placed", id=placed.id)
    except countersign.OutcomeUnknown as doubt:
        # A job settles it later: spiff.settle(order, sent_at=…).
        row.update(state="unknown", sent_at=doubt.sent_at, settle_after=doubt.settle_after)
    except countersign.NotPlaced as refused:
        row.update(state="waiting" if refused.retryable else "refused", why=str(refused))
    return JsonResponse(row)


@csrf_exempt
@require_POST
def deliver(request: HttpRequest) -> HttpResponse:
    """A delivery: request.body is the raw body, and request.headers or request.META are its headers."""
    try:
        event = webhook.verify(request.headers, request.body)
    except countersign.VerificationFailed as refused:
        return HttpResponse(refused.kind, status=401, content_type="text/plain")
    if event.dedup_key not in ANSWERED:
        # Do the work here, once.
        product = event.topic == "product:created"
        ANSWERED[event.dedup_key] = event.answer(f"shop-{event.data['product_id']}") if product else '{"ok":true}'
    return HttpResponse(ANSWERED[event.dedup_key], content_type="application/json")


urlpatterns = [path("pay", pay), path("deliveries", deliver)]

if __name__ == "__main__":
    from django.conf import settings
    from django.core.management import execute_from_command_line

    settings.configure(ROOT_URLCONF=__name__, SECRET_KEY=os.urandom(16).hex(), ALLOWED_HOSTS=["127.0.0.1", "localhost"])
    execute_from_command_line(["django_shop.py", "runserver", "--noreload", "8000"])
