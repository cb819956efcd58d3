"""For monitoring: `manage.py countersign_check` ends with 1 if a person must look."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import countersign
from countersign.contrib.django import outbox


class Command(BaseCommand):
    help = "Says whether a person must look at the paid orders, and what the database does not promise. Ends with 1 if so."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--max-held", type=int, default=0, help="so many held orders are no problem (0)")
        parser.add_argument("--max-age", type=int, default=3600, help="an order may wait so many seconds (3600)")

    def handle(self, *_: Any, max_held: int, max_age: int, **__: Any) -> None:
        try:
            checked = outbox().check(max_held=max_held, max_age=max_age)
        except countersign.Error as error:
            raise CommandError(str(error)) from error
        for warning in checked.warnings:
            self.stdout.write(f"warning: {warning}")
        for problem in checked.problems:
            self.stderr.write(f"problem: {problem}")
        if not checked.ok:
            sys.exit(1)
        self.stdout.write("Nothing needs a person.")
