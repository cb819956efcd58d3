"""AsyncSpiff and AsyncSignCustomiser: the blocking clients on a few threads of their own, for asyncio.

Not on the loop's default threads, which other code fills with other work; few, because each holds a connection; and with
an end to what may wait, because an order that nobody places is better refused than forgotten. Threads begin with the first
call, and a forked process begins its own. What type checkers see of it is written by stubs/make.py.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import os
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from . import InvalidInput
from ._clients import SignCustomiser, SignCustomiserMethods, Spiff, SpiffMethods, Webhooks
from ._pages import kept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any, Never, Self

    from ._native import PreparedCall
    from .types import Moment, Operation


class _Pool:
    """Threads of one process, and room for calls that wait."""

    def __init__(self, workers, waiting):
        self.threads = ThreadPoolExecutor(workers, thread_name_prefix="countersign")
        self.room = threading.BoundedSemaphore(workers + waiting)

    def submit(self, work):
        """A future, or None if there is no room."""
        if not self.room.acquire(blocking=False):
            return None
        future = Future()
        future.add_done_callback(lambda _: self.room.release())
        try:
            self.threads.submit(_carry_out, future, contextvars.copy_context(), work)
        except Exception:
            # No thread could begin. The executor keeps the work all the same, for a thread that becomes free: it must not be
            # done then. Unless one has it already.
            if future.cancel():
                raise
        return future


def _carry_out(future, context, work):
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(context.run(work))
    except BaseException as error:
        future.set_exception(error)
        future = None  # else the error would hold itself, by its traceback


async def _refused(error):
    try:
        raise error
    finally:
        del error  # else it would hold itself, by its traceback


class _AsyncClient:
    __slots__ = ("_client", "_pools", "_size", "__weakref__")

    def __init__(self, *, workers: int = 8, waiting: int = 256, **options: Any) -> None:
        self._set(self._sync(**options), workers, waiting, {})

    def _set(self, client, workers, waiting, pools):
        if workers < 1 or waiting < 0:
            raise InvalidInput("workers is at least 1, and waiting at least 0.")
        self._client = client
        self._size = (workers, waiting)
        self._pools = pools  # by process, because threads do not survive a fork; shared with what acting_for() made
        return self

    @classmethod
    def from_env(cls, *, workers: int = 8, waiting: int = 256, **options: Any) -> Self:
        """A client by the environment; options given here come on top."""
        return cls.__new__(cls)._set(cls._sync.from_env(**options), workers, waiting, {})

    def __init_subclass__(cls, **more):
        super().__init_subclass__(**more)
        if asyncio.iscoroutinefunction(own := cls.__dict__.get("run")):
            # Its body begins when it is first awaited. What it is handed is therefore a copy of its own.
            @functools.wraps(own)
            def run(self, operation, input=None, *, timeout=None):
                return own(self, operation, kept(input), timeout=timeout)

            cls.run = run

    def run(self, operation: str, input: Any = None, *, timeout: float | None = None) -> Coroutine[Any, Any, Any]:
        """Runs an operation by its name, as the blocking client's run() does, on a thread of this client. The input is judged
        and kept when this is called; what is wrong with it is raised when the call is awaited.

        Its time limit counts from when it is first awaited: if it still waits for a thread when that has passed, it is taken
        back, a NotPlaced (an order or change) that is a TimedOut. Cancelled while it waits for a thread, nothing was sent:
        the CancelledError of an order or change has a NotPlaced as its __cause__. Cancelled later, the call goes on, and it
        is an OutcomeUnknown, with sent_at. To limit the time, give timeout: it knows whether anything was sent. What is never
        awaited is never sent.
        """
        try:
            call = self._travel(operation, self._client._job(operation, input, timeout))
        except Exception as error:
            call = _refused(error)
        # Where Python warns that it was never awaited.
        call.__name__, call.__qualname__ = operation, f"{type(self).__name__}.{operation}"
        return call

    async def _travel(self, operation, job):
        loop = asyncio.get_running_loop()  # without one nothing may be sent
        pool = self._pools.get(os.getpid()) or self._pools.setdefault(os.getpid(), _Pool(*self._size))
        try:
            future = pool.submit(job.run)
        except Exception as error:
            raise job.struck("busy", f"No thread could begin: {error}.") from error
        if future is None:
            raise job.struck("busy", f"{sum(self._size)} calls are under way or waiting already (workers and waiting).")
        answer = asyncio.wrap_future(future, loop=loop)
        answer.add_done_callback(lambda one: one.cancelled() or one.exception())  # it was seen, also where nobody waits any more
        try:
            await asyncio.wait((answer,), timeout=job.left)
            if not answer.done() and future.cancel():
                raise job.struck("expired_waiting")
            return await answer
        except asyncio.CancelledError as cancelled:
            answer.cancel()
            if job.effect == "read":
                raise
            if future.cancel() or future.cancelled():
                raise cancelled from job.struck("aborted_waiting")
            ended = future.done()
            error = future.exception() if ended else None
            if error is None:
                # Also where it has just succeeded, and nobody gets the answer.
                error = job.struck("interrupted_after_success" if ended else "aborted_under_way")
                try:
                    self._log(operation, error)
                except Exception as failure:  # a log that is broken changes nothing
                    loop.call_exception_handler({"message": "The log of countersign failed.", "exception": failure})
            raise cancelled from error

    def prepare(self, operation: str, input: Any = None, *, now: Moment | None = None) -> PreparedCall:
        """Prepares an operation for HTTP of your own; it never waits."""
        return self._client.prepare(operation, input, now=now)

    def operations(self) -> list[Operation]:
        """Every operation of this platform, as a list of {"name", "effect", "input"}."""
        return self._client.operations()

    def _acting_for(self, *owners):
        return self.__new__(type(self))._set(self._client._acting_for(*owners), *self._size, self._pools)

    def _log(self, operation, error):
        logging = sys.modules.get("logging")
        if logging is not None and logging.getLogger("countersign").hasHandlers():
            extra = {"platform": self.platform, "operation": operation, "kind": error.kind, "outcome": error.outcome}
            logging.getLogger("countersign").warning(
                "%s %s: cancelled, outcome unknown", self.platform, operation, extra=extra
            )

    async def aclose(self) -> None:
        """Closes the client. Calls under way end as they would; those that wait, and later ones, are refused: not placed."""
        self._pools = {}  # the threads end once no client has them
        self._client.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._client.closed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self):
        return repr(self._client).replace("<countersign.", "<countersign.Async", 1)

    def __reduce__(self) -> Never:
        return self._client.__reduce__()


class AsyncSpiff(SpiffMethods, _AsyncClient):
    """Spiff for asyncio: the same methods, awaited; options as for Spiff.

    workers: how many calls travel at the same time (8); waiting: how many more may wait (256) before one is refused with an
    Error of kind busy, which was certainly not sent.
    """

    __slots__ = ()
    _sync = Spiff


class AsyncSignCustomiser(SignCustomiserMethods, _AsyncClient):
    """SignCustomiser for asyncio: the same methods, awaited; workers and waiting as for AsyncSpiff."""

    __slots__ = ()
    _sync = SignCustomiser


for _class in (AsyncSpiff, AsyncSignCustomiser):
    _class.__module__ = "countersign"

# The same at run time; type checkers see awaitables: _async.pyi.
AsyncWebhooks = Webhooks
