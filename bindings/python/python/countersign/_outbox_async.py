"""AsyncOutbox: the outbox for asyncio. The steps are those of _outbox.py, over connections that are awaited; what blocks, a call to the
platform and a file of SQLite, is done in threads of its own, not in the loop's default ones. What type checkers see of it is written by
stubs/make.py.

A drain that is cancelled ends where nothing is lost: the order under way has its end first. So the steps are a task of their own, which
only the drain's stop ends, and each statement is a task in it.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager

from . import DatabaseError, InvalidInput, _native
from ._outbox import ALONE, FUNCTION, IN_TRANSACTION, OTHER, OutboxMethods, params_of, style_of, uncommitted, unraisable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

    from ._async import AsyncSignCustomiser, AsyncSpiff
    from ._clients import SignCustomiser, Spiff
    from ._outbox_results import Changed
    from .types import AsyncOutboxConnection


class _Steady(asyncio.Task):
    """A task that ends by itself alone: to cancel it is to say that it should."""

    stop = None

    def cancel(self, msg=None):
        if self.stop:
            self.stop()
        return False


async def _apart(awaitable):
    """What is awaited, in a task of its own: what cancels that is told as its result, and cancels nobody else."""
    inner = asyncio.ensure_future(awaitable)
    await asyncio.wait((inner,))
    return inner.result()


async def _to_its_end(steps, stop):
    """Waits for steps in a task of their own, however often this is cancelled: it says stop() instead, and is cancelled once they ended."""
    steady, cancelled = _Steady(steps), None
    steady.stop = stop
    while not steady.done():
        try:
            await asyncio.wait((steady,))
        except asyncio.CancelledError as error:
            cancelled = cancelled or error
            stop()
    if cancelled:
        raise cancelled from steady.exception()
    answer = steady.result()
    if answer is None:
        # It was stopped by who cancelled that task, as a loop does that ends.
        raise asyncio.CancelledError
    return answer


class AsyncOutbox(OutboxMethods):
    """Outbox for asyncio: the same methods, awaited, but for schema() and enqueue_statement(), which never wait.

    store: where the orders are:
        "sqlite:PATH", a file of the outbox's own, which threads of the outbox read and write;
        a psycopg.AsyncConnection, or a psycopg_pool.AsyncConnectionPool;
        a function that returns such a connection, or awaits one, asked for each call;
        anything else with the methods of countersign.types.AsyncOutboxConnection
    accounts: clients by a name of the shop's own: AsyncSpiff, AsyncSignCustomiser, or their blocking namesakes
    on_held: may be a coroutine function
    The rest as for Outbox.

    A drain that is cancelled ends once the order under way has its end: then the CancelledError leaves. Anything else is cancelled at
    once, and a statement that was under way may have been done.
    """

    __slots__ = ()
    _awaited = True

    if TYPE_CHECKING:

        def __init__(
            self,
            store: AsyncOutboxConnection | Callable[[], Any] | str | Any,
            accounts: Mapping[str, AsyncSpiff | AsyncSignCustomiser | Spiff | SignCustomiser],
            *,
            shop: str = "",
            prefix: str = "",
            site: str = "",
            policy: Mapping[str, int] | None = None,
            create: bool = False,
            anywhere: bool = False,
            on_held: Callable[[Changed], object] | None = None,
        ) -> None: ...

    @asynccontextmanager
    async def _lent(self, connection, alone):
        """The connection for one operation."""
        if self._own:
            raise InvalidInput(OTHER)
        store = self._store if connection is None else connection
        lender = self._lender(store)
        if lender is None:
            store = store()
            if hasattr(store, "__await__"):
                store = await store
            lender = self._lender(store)
            if lender is None:
                raise InvalidInput(FUNCTION)
        async with lender.lent(store, alone) as host:
            if alone and getattr(host, "in_transaction", False):
                raise _native.store_error(IN_TRANSACTION)
            yield host

    async def _run(self, operation, make, connection=None, **members):
        alone = operation in ALONE
        if self._own and connection is None:
            return make(await (self._whole_drain(members) if operation == "drain" else self._whole(operation, members)))
        async with self._lent(connection, alone) as host:
            style = style_of(host)
            task = self._native.begin(host.dialect, style, operation, members)
            return make(await (self._drain(task, host, style) if operation == "drain" else self._steps(task, host, style, alone)))

    async def _whole(self, operation, members):
        """Something short in the file, in the thread that this outbox has for that."""
        threads = self._threads.get(os.getpid())
        if threads is None:
            threads = self._threads.setdefault(os.getpid(), ThreadPoolExecutor(1, thread_name_prefix="countersign-outbox"))
        (answer,) = await asyncio.wrap_future(threads.submit(self._native.run, operation, members))
        return answer

    async def _whole_drain(self, members):
        """In a thread of its own: whoever enqueues does not wait for it."""
        stop, told = _native.Stop(), deque()

        async def steps():
            with _threads() as threads:
                done = asyncio.wrap_future(threads.submit(self._native.run, "drain", members, stop, told.append))
                while not done.done() or told:
                    await asyncio.wait((done,), timeout=1)
                    while told:
                        await self._tell(told.popleft())
                return done.result()

        (answer,) = await _to_its_end(steps(), stop.set)
        return answer

    async def _drain(self, task, host, style):
        stopping = asyncio.get_running_loop().create_future()

        async def steps():
            with _threads() as threads:
                try:
                    return await self._steps(task, host, style, True, stopping, threads)
                finally:
                    await self._tell(task.told())

        return await _to_its_end(steps(), lambda: stopping.done() or stopping.set_result(None))

    async def _steps(self, task, host, style, alone, stopping=None, threads=None):
        """Runs an operation to its end, or until it is stopping, with None."""
        execute, answer = host.execute, None
        named = style in ("named", "pyformat")
        commit = getattr(host, "commit", None) if alone else None
        while True:
            step = task.next(answer)
            answer = None
            match step[0]:
                case "sql":
                    _, sql, params, wants_rows, commits, stop = step
                    if stop and stopping:
                        if stopping.done():
                            return None
                        await self._tell(task.told())
                    answer = await _answered(stopping, execute, sql, params_of(style, params) if named else params, wants_rows)
                    if commit or commits:
                        error = await (_answered(stopping, commit) if commit else _answered(stopping, execute, "COMMIT", [], False))
                        if isinstance(error, DatabaseError):
                            answer = uncommitted(answer, error)
                case "call":
                    await asyncio.get_running_loop().run_in_executor(threads, task.perform)
                case "wait":
                    _, seconds, stop = step
                    if stop and stopping:
                        await self._tell(task.told())
                        await asyncio.wait((stopping,), timeout=seconds)
                        if stopping.done():
                            return None
                    else:
                        await asyncio.sleep(seconds)
                case _:
                    return step[1]

    async def _tell(self, told):
        for row in self._log(told) if told else ():
            try:
                heard = self._on_held(row)
                if hasattr(heard, "__await__"):
                    await _apart(heard)
            except (Exception, asyncio.CancelledError) as failure:
                unraisable(failure, self._on_held)


async def _answered(stopping, statement, *arguments):
    """The answer to a statement; its error is one. In a drain it is a task of its own."""
    try:
        return await (_apart(statement(*arguments)) if stopping else statement(*arguments))
    except DatabaseError as error:
        return error
    except asyncio.CancelledError as error:
        if not stopping:
            raise
        # The loop ends: whether the statement was done, nobody knows.
        return DatabaseError(f"The statement was cancelled: {error!r}.", lost=True)


@contextmanager
def _threads():
    """One thread, once it is needed, for as long as one drain."""
    threads = ThreadPoolExecutor(1, thread_name_prefix="countersign-drain")
    try:
        yield threads
    finally:
        threads.shutdown(wait=False)


AsyncOutbox.__module__ = "countersign"
