"""Signals that wait: while an order is under way, the handlers that Python programs set (Ctrl-C's among them) are not run, because one
that raises would end the work between an order that was sent and what is written down of it."""

from __future__ import annotations

import signal
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Self


class Held:
    """While this is entered, handlers of signals wait; run() runs those that are due, where they may raise. Elsewhere than in the main
    thread there is nothing to do: Python runs handlers there alone."""

    def __init__(self) -> None:
        self._handlers: dict[int, Any] = {}
        self._waiting: list[tuple[int, FrameType | None]] = []

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            try:
                for number in signal.valid_signals():
                    if callable(handler := signal.getsignal(number)):
                        self._handlers[number] = handler
                        signal.signal(number, self._wait)
            except BaseException:
                self._let_go()
                raise
        return self

    def _wait(self, number: int, frame: FrameType | None) -> None:
        self._waiting.append((number, frame))

    def run(self) -> None:
        """Runs the handlers that are due."""
        while self._waiting:
            number, frame = self._waiting.pop(0)
            self._handlers[number](number, frame)

    def _let_go(self) -> None:
        raised = None
        handlers = dict(self._handlers)
        while handlers:
            # What was set back runs at once where it is due, and may raise: the others are set back all the same.
            try:
                number, handler = next(iter(handlers.items()))
                if signal.getsignal(number) == self._wait:
                    signal.signal(number, handler)
                del handlers[number]
            except BaseException as error:
                raised = error
        if raised is not None:
            raise raised

    def __exit__(self, *_: object) -> None:
        try:
            self._let_go()
        finally:
            self.run()
