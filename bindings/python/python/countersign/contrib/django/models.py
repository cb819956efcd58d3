"""The outbox's tables as models, to be read: lists, filters and counts of a project's own. What changes an order is the outbox itself."""

from __future__ import annotations

import datetime
import json
from typing import Any, NoReturn

from django.db import models

from ._outbox import outbox
from .fields import AsciiField

# The words for the numbers in the tables: docs/outbox.md says what they mean. Numbers never change.
STATES = {1: "pending", 2: "sending", 3: "unknown", 4: "held", 5: "placed", 6: "rejected", 7: "cancelled"}
REASONS = {
    1: "malformed",
    2: "crashed",
    3: "too_old",
    4: "already_ordered",
    5: "partly_ordered",
    6: "already_ours",
    7: "other_order",
    8: "partial",
    9: "not_shown",
    10: "resends_spent",
    11: "no_read",
    12: "baseline",
}
FLAGS = [
    "ordered_before",
    "cancel_wanted",
    "conflict",
    "possible_duplicate",
    "changed",
    "found",
    "in_doubt",
    "was_in_doubt",
    "cancel_at_platform",
    "risk_accepted",
    "placed_elsewhere",
    "placed_after_its_end",
]
HELD = 4
ALERTS = sum(1 << FLAGS.index(name) for name in ("conflict", "possible_duplicate", "cancel_at_platform", "placed_after_its_end"))


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise TypeError("The tables of the outbox are read only here: call enqueue, cancel, resolve or forget of the outbox.")


# Templates call nothing that has this.
_refuse.alters_data = True  # type: ignore[attr-defined]


class ReadOnly(models.QuerySet):
    """Rows of the database that the outbox uses, whatever DATABASE_ROUTERS say."""

    create = bulk_create = bulk_update = update = delete = _refuse


class Manager(models.Manager.from_queryset(ReadOnly)):  # type: ignore[misc]
    def get_queryset(self) -> Any:
        return super().get_queryset().using(outbox().using)


class Table(models.Model):
    """What the tables have in common: nothing is saved or deleted by a model."""

    objects = Manager()

    class Meta:
        abstract = True

    save = delete = _refuse


class Order(Table):
    """A paid order. Times are in milliseconds since 1970."""

    id = models.BigAutoField(primary_key=True)
    row_key = models.CharField(max_length=64)
    provider = models.BigIntegerField()
    account = models.CharField(max_length=64)
    external_id = AsciiField("id of the shop", max_length=765)
    state = models.BigIntegerField()
    version = models.BigIntegerField()
    due_at = models.BigIntegerField(null=True)
    lease_until = models.BigIntegerField(null=True)
    token = models.CharField(max_length=32, null=True)
    failures = models.BigIntegerField(default=0)
    crashes = models.BigIntegerField(default=0)
    sends = models.BigIntegerField(default=0)
    doubts = models.BigIntegerField(default=0)
    resends = models.BigIntegerField(default=0)
    read_backs = models.BigIntegerField(default=0)
    first_sent_at = models.BigIntegerField(null=True)
    last_sent_at = models.BigIntegerField(null=True)
    doubted_at = models.BigIntegerField(null=True)
    wait_at = models.BigIntegerField(null=True)
    wait_clock = models.BigIntegerField(null=True)
    absent_at = models.BigIntegerField(null=True)
    absent_clock = models.BigIntegerField(null=True)
    flags = models.BigIntegerField(default=0)
    reason = models.BigIntegerField(null=True)
    wire = models.BigIntegerField()
    items_hash = models.CharField(max_length=64)
    conflict_hash = models.CharField(max_length=64, null=True)
    body = models.TextField(null=True)
    remote_id = AsciiField("id of the platform", max_length=765, null=True)
    last_kind = models.BigIntegerField(null=True)
    created_at = models.BigIntegerField()
    fresh_at = models.BigIntegerField()
    updated_at = models.BigIntegerField()
    done_at = models.BigIntegerField(null=True)
    history = models.TextField()

    class Meta:
        db_table = "countersign_outbox"
        verbose_name = "paid order"
        default_permissions = ("view",)
        permissions = [
            ("resolve_order", "Can decide about a paid order that is held"),
            ("cancel_order", "Can cancel a paid order"),
            ("forget_order", "Can strip what is personal of a paid order"),
            ("view_order_body", "Can see what a paid order holds"),
        ]
        constraints = [models.UniqueConstraint(fields=["row_key"], name="countersign_outbox_key")]
        indexes = [
            models.Index(fields=["account", "state", "due_at", "id"], name="countersign_outbox_due"),
            models.Index(fields=["external_id"], name="countersign_outbox_external"),
            models.Index(fields=["updated_at", "id"], name="countersign_outbox_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id or f'#{self.pk}'} ({self.account})"

    @property
    def state_name(self) -> str:
        return STATES.get(self.state, str(self.state))

    @property
    def reason_name(self) -> str | None:
        """Why it is held."""
        return REASONS.get(self.reason, str(self.reason)) if self.state == HELD and self.reason is not None else None

    @property
    def flag_names(self) -> list[str]:
        return [name for bit, name in enumerate(FLAGS) if self.flags >> bit & 1]

    @property
    def is_alert(self) -> bool:
        """Whether a person must look."""
        return self.state == HELD or bool(self.flags & ALERTS)

    @property
    def events(self) -> list[dict[str, Any]]:
        """What happened to it, the oldest first; "at" is in milliseconds since 1970."""
        return [json.loads(line) for line in self.history.splitlines()]


class Design(Table):
    """A design that is under way, so that of two orders with it one is."""

    design = models.CharField(max_length=64, primary_key=True)
    row_id = models.BigIntegerField()
    token = models.CharField(max_length=32)
    reserved_at = models.BigIntegerField()

    class Meta:
        db_table = "countersign_outbox_design"
        default_permissions = ()


class Account(Table):
    """An account: whether it pauses, and what was last seen of it."""

    account = models.CharField(max_length=64, primary_key=True)
    provider = models.BigIntegerField()
    version = models.BigIntegerField()
    pause = models.BigIntegerField()
    paused_until = models.BigIntegerField(null=True)
    pause_key = models.CharField(max_length=64, null=True)
    pause_why = AsciiField(max_length=1000, null=True)
    pauses = models.TextField()
    quota = models.BigIntegerField()
    quota_at = models.BigIntegerField()
    integration = AsciiField(max_length=765, null=True)
    checked_at = models.BigIntegerField(null=True)
    success_at = models.BigIntegerField(null=True)
    alive_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "countersign_outbox_account"
        default_permissions = ()


def moment(milliseconds: int | None) -> datetime.datetime | None:
    """A time of the tables, aware and in UTC."""
    return None if milliseconds is None else datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
