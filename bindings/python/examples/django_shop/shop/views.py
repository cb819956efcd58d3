"""The shopper's order, the payment provider's webhook, and Sign Customiser's."""

import functools
import hmac
from typing import Literal

import countersign
from countersign.contrib.django import outbox
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from .models import Order


@functools.cache
def webhook(secret: Literal["webhook", "integration"]) -> countersign.Webhook:
    return countersign.Webhook.from_env(secret=secret)


@csrf_exempt
@require_POST
def payment(request: HttpRequest) -> HttpResponse:
    """The payment provider tells what became of a payment, again and again until it is answered with 2xx, and also twice at once."""
    if not hmac.compare_digest(request.headers.get("X-Payment-Secret", "").encode(), settings.PAYMENT_SECRET.encode()):
        return HttpResponse(status=401)
    refunded = request.POST["event"] == "refunded"
    # Both are there, or neither is. What fails here is answered with 500, and told again.
    with transaction.atomic():
        order = get_object_or_404(Order.objects.select_for_update(), number=request.POST["order"])
        if refunded:
            outbox().cancel(order.number, order.account)
        else:
            order.paid_at = order.paid_at or timezone.now()
            order.save(update_fields=["paid_at"])
            outbox().enqueue(order.as_countersign(), order.account)
    return HttpResponse(status=204)


@require_GET
def page(request: HttpRequest, number: str) -> HttpResponse:
    """The shopper's page of an order. In a shop it is for the shopper alone."""
    order = get_object_or_404(Order, number=number)
    return render(request, "shop/order.html", {"order": order, "row": outbox().get(order.number, order.account)})


@csrf_exempt
@require_POST
def delivery(request: HttpRequest) -> HttpResponse:
    """A delivery of a subscription: its order:created settles an order in doubt. request.body is the raw body."""
    try:
        event = webhook("webhook").verify(request.headers, request.body)
    except countersign.VerificationFailed as refused:
        return HttpResponse(refused.kind, status=401, content_type="text/plain")
    outbox().notify(event)
    return HttpResponse('{"ok":true}', content_type="application/json")


@csrf_exempt
@require_POST
def create_product(request: HttpRequest) -> HttpResponse:
    """The product:created callback of the custom integration, which signs with a secret of its own: a sign was designed."""
    try:
        event = webhook("integration").verify(request.headers, request.body)
    except countersign.VerificationFailed as refused:
        return HttpResponse(refused.kind, status=401, content_type="text/plain")
    # The id that the shop sells this sign by: the same each time, also where it is told twice.
    return HttpResponse(event.answer(f"sign-{event.data['product_id']}"), content_type="application/json")
