"""The worker: `manage.py countersign_drain --forever`; without it, once, for cron."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

import countersign
from countersign.contrib.django import Outbox, outbox

# How long a worker rests where nothing is due, and after a failure of the database at first and at last: seconds.
REST, PAUSE, LONGEST_PAUSE = 1.0, 1.0, 60.0


class Asked(BaseException):
    """The worker was asked to end."""


class Command(BaseCommand):
    help = (
        "Sends the paid orders that are due, and reads back those in doubt. Any number of these may run at once. SIGTERM or Ctrl-C ends "
        "it after the order under way, which takes 40 seconds at most."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forever", action="store_true", help="go on until SIGTERM or Ctrl-C")
        parser.add_argument("--seconds", type=float, default=20, help="without --forever: for so long at most (20)")
        parser.add_argument("--max", type=int, default=100, help="without --forever: so many orders at most (100)")

    def handle(self, *_: Any, forever: bool, seconds: float, max: int, **__: Any) -> None:
        box = outbox()
        with asked_by_signals():
            try:
                if forever:
                    self.work(box)
                else:
                    self.drain(box, seconds, max)
            except countersign.Error as error:
                raise CommandError(str(error)) from error
            except (Asked, KeyboardInterrupt):
                self.stdout.write("Ended as asked.")

    def drain(self, box: Outbox, seconds: float, most: int) -> bool:
        """Whether anything changed."""
        drained = box.drain(seconds, most)
        for order in drained.changed:
            self.stdout.write(" ".join(filter(None, [order.account, order.external_id, order.state, order.reason, order.remote_id])))
        return bool(drained.changed)

    def work(self, box: Outbox) -> None:
        # The first one tells whether the outbox can be used at all: where it cannot, nothing is waited for.
        busy, pause, told = self.drain(box, 1, 100), PAUSE, ""
        while True:
            if not busy:
                time.sleep(REST)
            # A worker has no requests, after which Django would do so.
            close_old_connections()
            try:
                # Short ones, so that new orders do not wait for old ones that become due.
                busy = self.drain(box, 1, 1000)
            except countersign.Error as error:
                if str(error) != told:
                    told = str(error)
                    self.stderr.write(f"{told} It is tried again until it works.")
                time.sleep(pause)
                busy, pause = True, min(2 * pause, LONGEST_PAUSE)
            else:
                if told:
                    self.stderr.write("It works again.")
                pause, told = PAUSE, ""


@contextmanager
def asked_by_signals() -> Iterator[None]:
    """SIGTERM raises as Ctrl-C does; a drain lets both wait until nothing is lost by that."""

    def ask(*_: object) -> None:
        raise Asked

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
