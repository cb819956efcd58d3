"""Outbox over a database of Django's settings, and the one of the project."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import django.conf
from asgiref.sync import sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.module_loading import import_string

import countersign

from ._connection import Connection
from .signals import order_held

P = ParamSpec("P")
R = TypeVar("R")

# These are part of a payment: it is rolled back with them, or they with it.
WITH_THE_PAYMENT = {"enqueue", "import", "sweep"}


def _awaited(method: Callable[Concatenate[Any, P], R]) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, R]]:
    @wraps(method)
    async def awaited(self: Any, /, *args: P.args, **more: P.kwargs) -> R:
        return await sync_to_async(method, thread_sensitive=True)(self, *args, **more)

    awaited.__name__ = f"a{method.__name__}"
    awaited.__qualname__ = f"Outbox.{awaited.__name__}"
    awaited.__doc__ = f"{method.__name__}() for code that awaits. No transaction.atomic() reaches it: see docs/django.md."
    return awaited


class Outbox(countersign.Outbox):
    """Paid orders in a database of settings.DATABASES: enqueue() where a payment is confirmed, in the transaction.atomic() of the payment;
    `manage.py countersign_drain` in the background. Make one for the project, in a module of its own, and name it in
    settings.COUNTERSIGN_OUTBOX.

    accounts: clients by a name of the shop's own, 1 to 64 of a-z, 0-9, ".", "_" and "-": {"shop": spiff}
    using: the alias of the database, where payments are written too. Each call uses the connection that its thread has to it, whatever
        DATABASE_ROUTERS say: it is the primary server's
    shop: whose tables these are: any name, the same in every process
    site: where the shop stands, such as its host name: a copy of it elsewhere is noticed by that
    policy: times and numbers by their names in docs/outbox.md

    Any thread may use it, and it stays usable after fork: the connections are Django's. Its methods are those of countersign.Outbox, and
    raise what those raise. An error of kind store or store_busy inside atomic() marks the block for rollback, as errors of models do.
    """

    __slots__ = ("accounts", "using")

    def __init__(
        self,
        accounts: Mapping[str, countersign.Spiff | countersign.SignCustomiser],
        *,
        using: str = DEFAULT_DB_ALIAS,
        shop: str = "",
        site: str = "",
        policy: Mapping[str, int] | None = None,
    ) -> None:
        self.using, self.accounts = using, tuple(accounts)
        super().__init__(self._called, accounts, shop=shop, site=site, policy=policy, on_held=self._held)

    def _called(self) -> Connection:
        return Connection(connections[self.using], False)

    def _held(self, order: countersign.Changed) -> None:
        order_held.send_robust(sender=Outbox, outbox=self, order=order)

    @contextmanager
    def _lent(self, connection: Any, alone: bool) -> Iterator[Connection]:
        if connection is not None:
            raise countersign.InvalidInput(
                f'This outbox uses the connection of the alias "{self.using}", whichever it is for the thread: give none.'
            )
        lent = Connection(connections[self.using], alone)
        if alone and lent.in_transaction:
            raise countersign._native.store_error(self._in_transaction(lent.host))
        try:
            yield lent
        except countersign.Error as error:
            if lent.failed and lent.host.in_atomic_block:
                lent.host.needs_rollback, lent.host.rollback_exc = True, error
            raise

    def _run(self, operation: str, make: Callable[[Any], Any], connection: Any = None, **members: Any) -> Any:
        if operation in WITH_THE_PAYMENT:
            self._refuse_another_database(operation)
        return super()._run(operation, make, connection, **members)

    def _in_transaction(self, host: Any) -> str:
        why = "transaction.atomic() or, in a view, ATOMIC_REQUESTS" if host.in_atomic_block else "autocommit is off: commit first"
        if any(map(_is_of_a_test, host.atomic_blocks)):
            why = "TestCase puts one around each test: use TransactionTestCase"
        return (
            f'A transaction is open on the database "{self.using}" ({why}), and this must not be part of one, because each of its steps '
            "is committed for itself."
        )

    def _refuse_another_database(self, operation: str) -> None:
        own = connections[self.using]
        if _has_begun(own) or (not own.in_atomic_block and not own.get_autocommit()):
            return
        others = [other.alias for other in connections.all(initialized_only=True) if other is not own and _has_begun(other)]
        if others:
            raise countersign.InvalidInput(
                f'{operation}() writes into the database "{self.using}", but transaction.atomic() is open on "{others[0]}" alone: the order '
                f'would stay if that was rolled back. Keep the outbox where payments are written: Outbox(…, using="{others[0]}"). Or begin '
                f'both: transaction.atomic(using="{self.using}").'
            )

    aenqueue = _awaited(countersign.Outbox.enqueue)
    acancel = _awaited(countersign.Outbox.cancel)
    aget = _awaited(countersign.Outbox.get)
    anotify = _awaited(countersign.Outbox.notify)

    def __repr__(self) -> str:
        return f'<countersign.contrib.django.Outbox using "{self.using}">'


def _is_of_a_test(block: Any) -> bool:
    """Whether an atomic block is one that TestCase puts around a test: the host's code does not know of it."""
    return getattr(block, "_from_testcase", False)


def _has_begun(connection: Any) -> bool:
    return not all(map(_is_of_a_test, connection.atomic_blocks))


# By their paths: one in a process.
_made: dict[str, Outbox] = {}


def _named(path: str) -> Outbox:
    try:
        found = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"COUNTERSIGN_OUTBOX is {path!r}, and that cannot be imported: {error}.") from error
    made = found() if callable(found) else found
    if not isinstance(made, Outbox):
        raise ImproperlyConfigured(
            f"COUNTERSIGN_OUTBOX is {path!r}, and that is of {type(made).__module__}.{type(made).__qualname__}: name a "
            "countersign.contrib.django.Outbox, or a function that returns one."
        )
    return made


def setting() -> Any:
    """The path of the project's outbox, or None where it has none."""
    return getattr(django.conf.settings, "COUNTERSIGN_OUTBOX", None)


def outbox() -> Outbox:
    """The project's outbox, which settings.COUNTERSIGN_OUTBOX names by its dotted path, such as "shop.orders.outbox": an Outbox, or a
    function that returns one and is called once in a process."""
    path = setting()
    if not isinstance(path, str):
        raise ImproperlyConfigured(
            'Set COUNTERSIGN_OUTBOX to the dotted path of the project\'s outbox, such as "shop.orders.outbox": a '
            "countersign.contrib.django.Outbox, or a function that returns one."
        )
    return _made.get(path) or _made.setdefault(path, _named(path))


Outbox.__module__ = outbox.__module__ = "countersign.contrib.django"
