"""Django: a view that places the order of a paid cart, a job that goes on with what is not certain, and a view that takes the
deliveries of Sign Customiser.

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

spiff = countersign.Spiff.from_env()
webhook = countersign.Webhook.from_env()

# In a shop this is a table: one row for each order, with a unique order id, written in the same transaction as the payment. States:
# "sending" and "unknown" may have been placed, "placed" and "refused" are certain, "waiting" was certainly not placed and is tried
# again, "look" may have been placed and no job can tell: a person looks at Spiff.
ORDERS: dict[str, dict[str, Any]] = {}
ANSWERED: dict[str, str] = {}

# Seconds until the next try of what failed for now. After the last a person must look.
WAITS = (60, 300, 1800, 7200, 43200)


@csrf_exempt
@require_POST
def pay(request: HttpRequest) -> HttpResponse:
    """The payment provider says that an order is paid: place it, once."""
    order_id, quantity = request.POST["order_id"], request.POST["quantity"]
    if order_id not in ORDERS:
        order = {
            "externalId": order_id,
            "paid": True,
            # Nobody rounds for a shop: "1.5" stays what it is, and is refused.
            "orderItems": [
                {
                    "amountToOrder": int(quantity) if quantity.isdecimal() else quantity,
                    "transactionId": request.POST["transaction_id"],
                }
            ],
        }
        ORDERS[order_id] = {"state": "paid", "order": json.dumps(order), "tries": 0}
        place(ORDERS[order_id])
    return JsonResponse(ORDERS[order_id])


def place(row: dict[str, Any]) -> None:
    # Committed before it is sent. Should this worker be killed, the job finds the row, still "sending", and settles it.
    now = int(time.time())
    row.update(state="sending", sent_at=now, first_absent_at=None, next=now + 300)
    try:
        placed = spiff.place_order(row["order"], timeout=10)
        row.update(state="placed", id=placed.id)
    except countersign.OutcomeUnknown as doubt:
        row.update(state="unknown", sent_at=doubt.sent_at, next=doubt.settle_after, tries=0, why=str(doubt))
    except countersign.NotPlaced as refused:
        if refused.retryable:
            later(row, "waiting", "refused", refused)
        else:
            row.update(state="refused", why=str(refused))


def later(row: dict[str, Any], state: str, end: str, error: countersign.Error) -> None:
    """Once more after a while; in the end a person must look."""
    if row["tries"] == len(WAITS):
        row.update(state=end, why=f"{error} A person must look.")
        return
    wait = max(WAITS[row["tries"]], error.retry_after or 0)
    row.update(state=state, next=int(time.time()) + wait, tries=row["tries"] + 1, why=str(error))


def again() -> None:
    """For a management command that runs every minute."""
    for row in list(ORDERS.values()):
        if row.get("next", 0) > time.time():
            continue
        if row["state"] == "waiting":
            place(row)
        elif row["state"] in ("sending", "unknown"):
            settle(row)


def settle(row: dict[str, Any]) -> None:
    if not row.get("sent_at"):
        # Never taken for 0: an order that was sent long ago is soon called absent, and then placed twice.
        row.update(state="look", why="It may have been placed, and when it was sent is lost. A person must look.")
        return
    try:
        found = spiff.settle(row["order"], sent_at=row["sent_at"], first_absent_at=row.get("first_absent_at"))
    except countersign.Error as error:
        later(row, "unknown", "look", error)  # A read failed; the order is as much in doubt as before.
        return
    match found.verdict:
        case "placed":
            row.update(state="placed")
        case "absent":
            row.update(state="waiting", next=0, tries=0)
        case _ if found.again_at is not None:
            row.update(state="unknown", next=found.again_at, first_absent_at=found.first_absent_at, tries=0)
        case _:
            row.update(state="look", why=f"{found.reason} A person must look.")


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
