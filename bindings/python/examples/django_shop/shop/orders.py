"""The shop's outbox: settings.COUNTERSIGN_OUTBOX names it. Secrets come from the environment."""

from typing import Any

import countersign
from countersign.contrib.django import Outbox, order_held
from django.core.mail import mail_admins
from django.dispatch import receiver


def make_outbox() -> Outbox:
    """Called once in a process, by what first needs it: where an image is built there are no secrets."""
    return Outbox({"spiff": countersign.Spiff.from_env(), "signs": countersign.SignCustomiser.from_env()})


@receiver(order_held)
def tell(order: countersign.Changed, **_: Any) -> None:
    """Somebody must look: the admin has the order with its history, and what may be decided."""
    mail_admins(f"Order {order.external_id} is held", f"{order.reason}: {order.why}\n")
