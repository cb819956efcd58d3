"""For requests of customers: `manage.py countersign_forget ID…`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import countersign
from countersign.contrib.django import outbox


class Command(BaseCommand):
    help = (
        "Strips what is personal of paid orders that have ended, or are held: what was ordered, their ids, their history. Their key, state "
        "and times stay, so that they are never sent again. It cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("external_ids", nargs="+", metavar="ID", help="the shop's id of an order")
        parser.add_argument("--account", help="whose orders they are, where several accounts have them")

    def handle(self, *_: Any, external_ids: list[str], account: str | None, **__: Any) -> None:
        for external_id in external_ids:
            try:
                outbox().forget(external_id, account)
            except countersign.Error as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{external_id}: forgotten")
