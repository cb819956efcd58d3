"""The app: what Django calls when it starts, and after it has migrated."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections, router
from django.db.models.signals import post_migrate

from ._outbox import outbox, setting


class CountersignConfig(AppConfig):
    name = "countersign.contrib.django"
    label = "countersign"
    verbose_name = "Paid orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401

        post_migrate.connect(complete, sender=self)


def complete(sender: CountersignConfig, using: str, **_: Any) -> None:
    """Writes down whose tables these are, and where they stand, once a migration has made them. Tests that flush them call it too."""
    order = sender.get_model("Order")
    if setting() is None or not router.allow_migrate_model(using, order):
        return
    host = connections[using]
    if using != outbox().using or order._meta.db_table not in host.introspection.table_names():
        return
    # Somebody's transaction, such as that of a test: it is not for this to commit.
    if host.get_autocommit():
        outbox().install()
