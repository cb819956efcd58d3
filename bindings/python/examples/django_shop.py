"""Django: a view that places the order of a paid cart, a job for what is not done then, and a view for Sign Customiser's deliveries.

The client is made once, when the module is loaded: gunicorn's workers, threads and forks may all use it. Store what happened
with the order before answering: a page that is loaded twice must not place twice, and doubt must survive a restart.
"""

import json
import os
import time
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

import countersign
from countersign.types import SpiffOrder

spiff = countersign.Spiff.from_env()
webhook = countersign.Webhook.from_env()

# In a shop this is a table: one row for each order, with a unique order id, written in the same transaction as the payment.
ORDERS: dict[str, dict[str, Any]] = {}
ANSWERED: dict[str, str] = {}


def place(row: dict[str, Any]) -> None:
    """Places the order of a row. In a table: UPDATE … SET state='sending' … WHERE state IN ('new', 'waiting'), and go on only if that
    changed the row, so that no two processes do it."""
    # Committed before it is sent. Should this worker be killed, sweep() finds the row, still "sending", and settles it.
    row.update(state="sending", sent_at=int(time.time()), first_absent_at=None, due=time.time() + 120)
    try:
        placed = spiff.place_order(json.loads(row["order"]), timeout=10)
    except countersign.OutcomeUnknown as doubt:
        row.update(state="unknown", sent_at=doubt.sent_at, due=doubt.settle_after, why=str(doubt))
    except countersign.NotPlaced as refused:
        state = "waiting" if refused.retryable else "refused"
        row.update(state=state, due=time.time() + (refused.retry_after or 60), why=str(refused))
    else:
        row.update(state="placed", id=placed.id)


def settle(row: dict[str, Any]) -> None:
    """Asks whether an order in doubt exists. Where no read can tell, a person must look: it is "held"."""
    if not row.get("sent_at"):
        # No time is made up: what was sent just now may still be accepted.
        row.update(state="held", why="Nobody knows when it was sent.")
        return
    try:
        order: SpiffOrder = json.loads(row["order"])
        found = spiff.settle(order, sent_at=row["sent_at"], first_absent_at=row.get("first_absent_at"), timeout=10)
    except countersign.Error as error:
        # A read failed; the order is as much in doubt as before.
        row.update(due=time.time() + (error.retry_after or 60), why=str(error))
        if not error.retryable:
            row["state"] = "held"
        return
    if found == "placed":
        row["state"] = "placed"
    elif found == "absent":
        row.update(state="waiting", due=time.time())
    elif found.again_at is None:
        row.update(state="held", why=found.reason)
    else:
        row.update(state="unknown", due=found.again_at, first_absent_at=found.first_absent_at, why=found.reason)


def sweep() -> None:
    """Every minute, by cron and a management command: what waits is placed, what is in doubt is settled."""
    for row in list(ORDERS.values()):
        if row["state"] in ("sending", "unknown") and row["due"] <= time.time():
            settle(row)
        if row["state"] == "waiting" and row["due"] <= time.time():
            place(row)


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
    ORDERS[order_id] = {"state": "new", "order": json.dumps(order)}
    place(ORDERS[order_id])
    return JsonResponse(ORDERS[order_id])


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
