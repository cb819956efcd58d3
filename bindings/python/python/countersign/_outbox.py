"""Outbox: paid orders, kept in the shop's own database and delivered once in effect. Every method comes to _run(); AsyncOutbox has the
same methods over a _run() that is awaited: _outbox_async.py. What an outbox does is decided step by step in the native module; here the
steps are done."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager, nullcontext
from importlib import import_module

from . import DatabaseError, InvalidInput, _native
from ._outbox_results import Changed, Changes, Checked, Drained, Enqueued, Row, RowList, Statement, Swept, rows
from ._signals import Held

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from ._clients import SignCustomiser, Spiff
    from ._errors import Error
    from ._native import Event
    from .types import (
        AccountStats,
        Cancelled,
        Decision,
        Json,
        Moment,
        Notified,
        OutboxConnection,
        OutboxDialect,
        OutboxOrder,
        OutboxState,
        Paramstyle,
    )

# Nothing of these may stand in a transaction of anybody's: each of their statements is committed for itself.
ALONE = {"drain", "install"}

IN_TRANSACTION = "A transaction is open on this connection, and this must not be part of one: commit first."

OTHER = "This outbox has a file of its own: no other connection leads to it."
FUNCTION = "The function returned another function: return a connection."

GIVE = (
    "give sqlite:PATH, a connection of psycopg, psycopg2, mysqlclient, PyMySQL or sqlite3, a psycopg_pool.ConnectionPool, an Engine, a "
    "Connection or a Session of SQLAlchemy, a function that returns one of these, or an object with the methods of "
    "countersign.types.OutboxConnection. AsyncOutbox takes what is awaited."
)
GIVE_AWAITED = (
    "give sqlite:PATH, a psycopg.AsyncConnection, a psycopg_pool.AsyncConnectionPool, a function that returns one of these, or an object "
    "with the methods of countersign.types.AsyncOutboxConnection. Outbox takes what blocks."
)

# Which module knows the classes of a package.
DRIVERS = {
    "MySQLdb": "_mysql",
    "psycopg": "_psycopg",
    "psycopg2": "_psycopg2",
    "psycopg_pool": "_psycopg",
    "pymysql": "_mysql",
    "sqlalchemy": "_sqlalchemy",
    "sqlite3": "_sqlite3",
}


def driver_of(store: Any, awaited: bool) -> Any:
    """What lends a driver's own connection; None for anything else."""
    for of in type(store).__mro__:
        if module := DRIVERS.get(of.__module__.partition(".")[0]):
            return import_module(f"countersign.{module}").kind(store, awaited)
    return None


class Given:
    """A connection of the host's that has the methods already."""

    @staticmethod
    def lent(store: Any, alone: bool) -> Any:
        if alone and hasattr(store, "commit") and not hasattr(store, "in_transaction"):
            # The first commit would be that of the host's transaction.
            raise InvalidInput("The connection has commit(), and no in_transaction: say whether a transaction is open.")
        return nullcontext(store)


class OutboxMethods:
    """What Outbox and AsyncOutbox have in common."""

    __slots__ = ("_native", "_on_held", "_own", "_store", "_threads")

    def __init__(
        self,
        store: Any,
        accounts: Mapping[str, Any],
        *,
        shop: str = "",
        prefix: str = "",
        site: str = "",
        policy: Mapping[str, int] | None = None,
        create: bool = False,
        anywhere: bool = False,
        on_held: Callable[[Changed], Any] | None = None,
    ) -> None:
        from json import dumps

        if isinstance(store, str) and not (store.startswith("sqlite:") and len(store) > 7):
            raise InvalidInput(
                "The store is a text, but not sqlite:PATH. For PostgreSQL give a psycopg connection, a pool, or a function that "
                "returns a connection; URLs are for the command: countersign outbox run --store URL."
            )
        settings = {"shop": shop, "prefix": prefix, "site": site, "policy": dict(policy or {}), "create": create, "anywhere": anywhere}
        clients = {name: getattr(client, "_client", client) for name, client in accounts.items()}
        self._own = isinstance(store, str)
        if not self._own:
            self._lender(store)
        self._native = _native.Outbox(store if self._own else "", dumps(settings).encode(), clients, self._scale)
        self._store, self._on_held = store, on_held
        self._threads: dict[int, Any] = {}  # by process, because threads do not survive a fork

    _awaited = False
    # By what the times of its policy are divided, where an outbox of countersign.testing says so.
    _scale = 0

    def _lender(self, store):
        """What lends a connection of this kind; None for a function."""
        if hasattr(store, "execute") and isinstance(getattr(store, "dialect", None), str):
            return Given
        if lender := driver_of(store, self._awaited):
            return lender
        if callable(store):
            return None
        raise InvalidInput(f"The store is a {type(store).__module__}.{type(store).__qualname__}: {GIVE_AWAITED if self._awaited else GIVE}")

    def _called(self):
        """What the function that is the store returns, where that is not awaited."""
        raise InvalidInput("The store is a function: say which dialect.")

    def _dialect(self, dialect):
        """Of the store, with the way its connection writes parameters, or of this name."""
        if dialect or self._own:
            return dialect or "sqlite", ""
        lender, store = self._lender(self._store), self._store
        if lender is None:
            store = self._called()
            lender = self._lender(store)
        source = store if lender is Given else lender
        return source.dialect, style_of(source)

    def _run(self, operation, make, connection=None, **members):
        raise NotImplementedError

    def install(self) -> None:
        """Makes the tables where they are missing. Never inside a transaction: where the connection has autocommit off, each statement
        is committed."""
        return self._run("install", _nothing)

    def schema(self, dialect: OutboxDialect | None = None) -> Sequence[str]:
        """The statements that install() runs, for a migration of the shop's own.

        dialect: "postgresql", "mysql" or "sqlite"; None for that of the store
        """
        return self._native.begin(self._dialect(dialect)[0], "", "schema", {}).next()[1]

    def enqueue(
        self,
        order: OutboxOrder,
        account: str | None = None,
        due: Moment | None = None,
        already: str | bool | None = None,
        anyway: bool = False,
        *,
        connection: Any = None,
    ) -> Enqueued:
        """Enqueues a paid order, in the transaction that is open on the connection if there is one: then it is there if the payment is.
        Call it as often as the payment is told, also twice at once: there is one row. Once the transaction is committed, nothing loses it.

        order: as for place_order() of the account's client; a str or bytes are JSON already
        account: whose order it is; None where there is one account
        due: when it may be sent at the earliest, a time of grace for cancelling: seconds since 1970 or an aware datetime
        already: it was placed before, by another way: its id at the platform, or True. It is never sent
        anyway: enqueue it also where another account has an order with this id
        connection: the one that the transaction is open on, where it is not the outbox's own

        Raises InvalidOrder with every problem, and then nothing is written; an Error of kind store or store_busy if the database failed,
        and then nothing was acknowledged: roll back, and answer the payment's webhook with 5xx.
        """
        members = {"account": account, "due": due, "already": already, "anyway": anyway}
        return self._run("enqueue", _enqueued, connection, order=_native.order_json(order), **members)

    def enqueue_statement(
        self,
        order: OutboxOrder,
        account: str | None = None,
        due: Moment | None = None,
        already: str | bool | None = None,
        *,
        paramstyle: Paramstyle | None = None,
        dialect: OutboxDialect | None = None,
    ) -> Statement:
        """The one statement that enqueues an order, for SQLAlchemy and others that run their SQL themselves. Where the key is there
        already, the row stays as it is (MySQL answers error 1062): an order with other goods is then not noticed.

        paramstyle: how parameters are written: "qmark" ?, "format" %s, "numeric" :1, "numeric_dollar" $1, "named" :p1,
            "pyformat" %(p1)s; None for that of the store's connection
        dialect: "postgresql", "mysql" or "sqlite"; None for that of the store. The rest as for enqueue()

        Raises InvalidOrder with every problem.
        """
        of, style = self._dialect(dialect)
        style = paramstyle or style
        members = {"order": _native.order_json(order), "account": account, "due": due, "already": already, "paramstyle": style or None}
        made = self._native.begin(of, style, "enqueue_statement", members).next()[1]
        return Statement(made["sql"], params_of(style, made["params"]))

    def sweep(
        self, orders: Iterable[OutboxOrder], account: str | None = None, since: Moment | None = None, *, connection: Any = None
    ) -> Swept:
        """Enqueues what is missing of a shop's paid orders, given whole; what was cancelled stays so, and an order that breaks rules
        stops no other. Once a night it repairs what was forgotten between payment and enqueue.

        since: the list has every paid order since then: what the outbox has of that time, and the list has not, is in `unlisted`
        """
        if isinstance(orders, (str, bytes, dict)):
            raise InvalidInput("sweep() takes a list of orders.")
        texts, wrong = [], {}
        for at, order in enumerate(orders):
            try:
                texts.append(_native.order_json(order))
            except InvalidInput as error:
                wrong[at] = error
                texts.append(b"null")
        whole = b"[" + b",".join(texts) + b"]"
        return self._run("sweep", lambda answer: _swept(answer, wrong), connection, orders=whole, account=account, since=since)

    def import_(
        self, external_id: str, remote_id: str | None = None, account: str | None = None, *, connection: Any = None
    ) -> Enqueued:
        """Writes down an order that was placed before the outbox was there, with the platform's id where it is known: it is never
        sent."""
        return self._run("import", _enqueued, connection, external_id=external_id, remote_id=remote_id, account=account)

    def drain(self, seconds: float = 20, max: int = 100) -> Drained:
        """Sends and reads back what is due. Safe to overlap, in any number of processes and threads; never inside a transaction. A
        request of a shopper should not drain: a server may end it in the middle, and the order is in doubt until it is read back.

        seconds: how long it may take; a call that is under way then ends first
        max: how many orders it may send or read back

        Handlers of signals, such as that of Ctrl-C, wait until the order under way has ended. Raises an Error of kind store or store_busy
        if the database failed; what a platform does is no error, the rows tell.
        """
        return self._run("drain", _drained, seconds=seconds, max=max)

    def get(self, external_id: str, account: str | None = None, body: bool = False) -> Row | None:
        """One order with its history, and with its body if that is asked for; None if the outbox has none with this id."""
        return self._run("get", _row_or_none, external_id=external_id, account=account, body=body)

    def stats(self) -> dict[str, AccountStats]:
        """Counts, pauses, and when something last went well, by account. Times are seconds since 1970."""
        return self._run("stats", _itself)

    def check(self, max_held: int = 0, max_age: int = 3600) -> Checked:
        """Whether a person must look: more orders held than max_held, one that waits longer than max_age seconds, an account that
        pauses; and what the database does not promise."""
        return self._run("check", _checked, max_held=max_held, max_age=max_age)

    def changes(self, after: str | None = None, limit: int = 100) -> Changes:
        """The orders that changed since a cursor, so that a shop whose orders are drained elsewhere can note it. A change is told two
        seconds after it happened.

        after: the `cursor` of the last call; None for everything
        """
        return self._run("changes", _changes, after=after, limit=limit)

    def resolve(self, external_id: str, decision: Decision, who: str, why: str, account: str | None = None) -> Row:
        """Writes down what a person decides about an order: "placed", "retry" or "drop".

        who decides, and why, is kept with the order

        Raises an Error of kind store_busy while a worker is at it, InvalidInput for what cannot be decided.
        """
        return self._run("resolve", _row, external_id=external_id, decision=decision, who=who, why=why, account=account)

    def cancel(self, external_id: str, account: str | None = None, *, connection: Any = None) -> Cancelled:
        """Cancels an order as far as that is possible, and says how far: "cancelled"; "wanted", it is under way or in doubt; "placed", a
        person must cancel it at the platform; "ended", it had ended otherwise; "unknown", there is no such order."""
        return self._run("cancel", _itself, connection, external_id=external_id, account=account)

    def notify(
        self,
        event: Event | None = None,
        *,
        topic: str | None = None,
        data: Json = None,
        timestamp: Moment | None = None,
        connection: Any = None,
    ) -> Notified:
        """Takes a delivery of Sign Customiser that was verified: its order:created settles an order in doubt. Answers "placed", "unknown"
        (the outbox has no such order) or "ignored".

        event: as Webhook.verify() answered it; or its topic, data and timestamp, where another process verified it
        """
        if event is not None:
            members = _native.delivery(event)
        elif topic is None or timestamp is None:
            raise InvalidInput("notify() takes an event of Webhook.verify(), or its topic, data and timestamp.")
        else:
            members = {"topic": topic, "data": {} if data is None else data, "timestamp": timestamp}
        return self._run("notify", _itself, connection, **members)

    def pause(self, account: str, why: str) -> None:
        """Sends nothing of an account until it is resumed; what is in doubt is read back all the same."""
        return self._run("pause", _nothing, account=account, why=why)

    def resume(self, account: str) -> None:
        """Ends a pause."""
        return self._run("resume", _nothing, account=account)

    def adopt(self) -> None:
        """A person says that this store is the newest, and stands where it should: after a move, a copy or a restored backup."""
        return self._run("adopt", _nothing)

    def forget(self, external_id: str, account: str | None = None) -> None:
        """Strips what is personal of an order that has ended, or is held. Its key, its state and its times stay: never delete a row."""
        return self._run("forget", _nothing, external_id=external_id, account=account)

    # The last one: its name is that of a type.
    def list(
        self,
        state: OutboxState | None = None,
        account: str | None = None,
        alerts: bool = False,
        after: str | int | None = None,
        limit: int = 100,
    ) -> RowList:
        """Some orders, in the order of their enqueueing.

        alerts: only those that a person must look at
        after: where to go on: `next` of the last list
        limit: how many at most, up to 1000
        """
        return self._run("list", _row_list, state=state, account=account, alerts=alerts, after=after, limit=limit)

    def _log(self, told):
        """Logs orders that changed, and answers those that are held now. A log that is broken breaks nothing: what was done is done."""
        changed = [Changed(**row) for row in told]
        logging = sys.modules.get("logging")
        logger = logging and logging.getLogger("countersign")
        if logger and logger.hasHandlers():
            for row in changed:
                extra = {name: getattr(row, name) for name in ("account", "external_id", "state", "reason", "remote_id", "why")}
                level = logging.INFO if row.state in ("placed", "cancelled") else logging.WARNING
                try:
                    logger.log(level, "order %s of %s is %s", row.external_id, row.account, row.state, extra=extra)
                except Exception as failure:
                    unraisable(failure, logger)
        return [row for row in changed if row.state == "held"] if self._on_held else ()

    def __repr__(self) -> str:
        kind = self._store if self._own else type(self._store).__name__
        return f"<countersign.{type(self).__name__} over {kind}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"{type(self).__name__} holds a connection and credentials and cannot be pickled or copied.")


class Outbox(OutboxMethods):
    """Paid orders, kept in the shop's own database and delivered once in effect, whatever crashes: enqueue() where a payment is confirmed,
    drain() in the background. It makes no table by itself: call install() once.

    store: where the orders are:
        "sqlite:PATH", a file of the outbox's own, which nothing else in this process may open with another copy of SQLite;
        a connection of psycopg, psycopg2, mysqlclient, PyMySQL or sqlite3, or a psycopg_pool.ConnectionPool, of which each statement of a
            drain may take another connection;
        an Engine, a Connection or a Session of SQLAlchemy, where an Engine commits what is not given connection=;
        a function that returns such a connection, asked for each call: for connections that belong to a thread or a request;
        anything else with the methods of countersign.types.OutboxConnection
    accounts: clients by a name of the shop's own, 1 to 64 of a-z, 0-9, ".", "_" and "-": {"shop": spiff}
    shop: whose tables these are: any name, the same in every process
    prefix: in front of the names of the tables; of another schema with a dot (PostgreSQL)
    site: where the shop stands, such as its host name: a copy of it elsewhere is noticed by that
    policy: times and numbers by their names in docs/outbox.md
    create: makes the file of "sqlite:PATH" where it is missing
    anywhere: takes a file also where it would be lost, or seen by everybody
    on_held: called with a Changed for each order that became held in a drain, between two orders; what it raises is told to
        sys.unraisablehook alone

    Threads may share it as far as they may share its connections; it stays usable after fork as they do. Every method raises an Error of
    kind store where the database failed or cannot be used, store_busy where somebody holds a lock, and InvalidInput for a mistake in the
    call.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(
            self,
            store: OutboxConnection | Callable[[], Any] | str | Any,
            accounts: Mapping[str, Spiff | SignCustomiser],
            *,
            shop: str = "",
            prefix: str = "",
            site: str = "",
            policy: Mapping[str, int] | None = None,
            create: bool = False,
            anywhere: bool = False,
            on_held: Callable[[Changed], object] | None = None,
        ) -> None: ...

    def _called(self):
        return self._store()

    @contextmanager
    def _lent(self, connection, alone):
        """The connection for one operation."""
        if self._own:
            raise InvalidInput(OTHER)
        store = self._store if connection is None else connection
        lender = self._lender(store)
        if lender is None:
            store = store()
            lender = self._lender(store)
            if lender is None:
                raise InvalidInput(FUNCTION)
        with lender.lent(store, alone) as host:
            if alone and getattr(host, "in_transaction", False):
                raise _native.store_error(IN_TRANSACTION)
            yield host

    def _run(self, operation, make, connection=None, **members):
        if self._own and connection is None:
            (answer,) = self._native.run(operation, members, None, self._tell)
            return make(answer)
        alone = operation in ALONE
        with self._lent(connection, alone) as host:
            style = style_of(host)
            task = self._native.begin(host.dialect, style, operation, members)
            if not alone:
                return make(self._steps(task, host, style, None))
            with Held() as held:
                try:
                    return make(self._steps(task, host, style, held))
                finally:
                    self._tell(task.told())

    def _steps(self, task, host, style, held):
        """Runs an operation to its end. held: it stands alone, and handlers of signals run where nothing is lost if they raise."""
        execute, answer = host.execute, None
        named = style in ("named", "pyformat")
        commit = getattr(host, "commit", None) if held else None
        while True:
            step = task.next(answer)
            match step[0]:
                case "sql":
                    _, sql, params, wants_rows, commits, stop = step
                    if stop and held:
                        held.run()
                        self._tell(task.told())
                    try:
                        answer = execute(sql, params_of(style, params) if named else params, wants_rows)
                    except DatabaseError as error:
                        answer = error
                    if commit or commits:
                        try:
                            commit() if commit else execute("COMMIT", [], False)
                        except DatabaseError as error:
                            answer = uncommitted(answer, error)
                case "call":
                    task.perform()
                    answer = None
                case "wait":
                    _, seconds, stop = step
                    until = time.monotonic() + seconds
                    while (left := until - time.monotonic()) > 0:
                        if stop and held:
                            held.run()
                            self._tell(task.told())
                        time.sleep(min(left, 0.1))
                    answer = None
                case _:
                    return step[1]

    def _tell(self, told):
        for row in self._log(told) if told else ():
            try:
                self._on_held(row)
            except Exception as failure:
                unraisable(failure, self._on_held)


def uncommitted(answer: Any, error: DatabaseError) -> DatabaseError:
    """The answer to a statement whose commit failed: whether it stands, nobody knows, unless it had failed itself."""
    if isinstance(answer, DatabaseError):
        return answer
    error.lost = True
    return error


def unraisable(failure: Exception, where: object) -> None:
    """Tells of what may disturb nothing."""
    from types import SimpleNamespace

    args = {"exc_type": type(failure), "exc_value": failure, "exc_traceback": failure.__traceback__, "err_msg": None, "object": where}
    sys.unraisablehook(SimpleNamespace(**args))  # type: ignore[arg-type]


def style_of(connection: Any) -> str:
    return getattr(connection, "paramstyle", None) or ""


def params_of(style: str, params: Any) -> Any:
    return {f"p{number}": value for number, value in enumerate(params, 1)} if style in ("named", "pyformat") else params


def _nothing(answer: Any) -> None:
    return None


def _itself(answer: Any) -> Any:
    return answer


def _enqueued(answer: dict[str, Any]) -> Enqueued:
    return Enqueued(**answer)


def _drained(answer: dict[str, Any]) -> Drained:
    return Drained(**{**answer, "changed": [Changed(**row) for row in answer["changed"]]})


def _row(answer: dict[str, Any]) -> Row:
    return Row(**answer)


def _row_or_none(answer: dict[str, Any] | None) -> Row | None:
    return None if answer is None else Row(**answer)


def _row_list(answer: dict[str, Any]) -> RowList:
    return RowList(rows(answer["orders"]), None if answer["next"] is None else str(answer["next"]))


def _changes(answer: dict[str, Any]) -> Changes:
    return Changes(rows(answer["orders"]), answer["cursor"])


def _checked(answer: dict[str, Any]) -> Checked:
    return Checked(**answer)


def _swept(answer: dict[str, Any], wrong: Mapping[int, Error]) -> Swept:
    def one(at: int, row: dict[str, Any]) -> Enqueued | Error:
        return wrong.get(at) or (_error(row["error"]) if "error" in row else Enqueued(**row))

    return Swept([one(at, row) for at, row in enumerate(answer["orders"])], rows(answer["unlisted"]))


def _error(record: dict[str, Any]) -> Error:
    made = _native.error_class(record["kind"], record["outcome"])(record.pop("message"))
    vars(made).update(record)
    made.add_note(record["next_step"])
    return made


Outbox.__module__ = "countersign"
