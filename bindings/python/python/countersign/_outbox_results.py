"""What the outbox answers: records that do not change. Times are seconds since 1970 unless their names say something else."""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ._errors import Error
    from .types import EnqueueStatus, Json, OutboxState

_ALERTS = {"conflict", "possible_duplicate", "cancel_at_platform", "placed_after_its_end"}


@dataclass(frozen=True, slots=True)
class Enqueued:
    """What became of an order that was enqueued.

    status: "new", "known", "replaced", "revived", "conflict" or "elsewhere": docs/outbox.md says what each means
    account: the account that has it
    external_id: the shop's id of the order
    state: the state that it is in now
    """

    status: EnqueueStatus
    account: str
    external_id: str
    state: OutboxState


@dataclass(frozen=True, slots=True)
class Changed:
    """An order whose state a drain changed.

    reason: why it is held; None otherwise
    remote_id: the platform's id of the order
    why: what happened, in words
    """

    account: str
    external_id: str
    state: OutboxState
    reason: str | None = None
    remote_id: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Drained:
    """What one drain did.

    placed, unknown, held, rejected, cancelled: how many orders came into that state
    next_due: when the next one is due, in seconds since 1970; None if nothing is open that is due by itself
    changed: the orders that changed their state; the last thousand
    """

    placed: int
    unknown: int
    held: int
    rejected: int
    cancelled: int
    next_due: int | None
    changed: list[Changed]


@dataclass(frozen=True, slots=True)
class Row:
    """One order in the outbox.

    external_id: the shop's id of the order; "" once it is forgotten
    reason: why it is held
    flags: what else is to be known, such as "possible_duplicate"; docs/outbox.md lists them
    remote_id: the platform's id of the order
    due_at: when something is done about it next; created_at, updated_at: seconds since 1970, all three
    sends: how often it was sent
    first_sent_at, last_sent_at: milliseconds since 1970; None in a list
    history: what happened to it, the oldest first, with times in milliseconds since 1970; None in a list
    body: the order as it is sent, which may hold personal data; None unless asked for
    """

    account: str
    external_id: str
    state: OutboxState
    flags: list[str]
    remote_id: str | None
    due_at: int | None
    sends: int
    created_at: int
    updated_at: int
    reason: str | None = None
    first_sent_at: int | None = None
    last_sent_at: int | None = None
    history: list[dict[str, Json]] | None = None
    body: str | None = None

    @property
    def is_alert(self) -> bool:
        """Whether a person must look: it is held, or the outbox found something that it cannot mend."""
        return self.state == "held" or not _ALERTS.isdisjoint(self.flags)


@dataclass(frozen=True, slots=True)
class RowList:
    """Some orders, in the order of their enqueueing. Iterate it.

    rows: the orders
    next: where to go on: `after` of the next list(); None at the end
    """

    rows: list[Row]
    next: str | None

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Changes:
    """The orders that changed since a cursor, the earliest change first. Iterate it.

    rows: the orders as they are now
    cursor: `after` of the next changes()
    """

    rows: list[Row]
    cursor: str

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did.

    orders: one for each that was given: what became of it, or the error that it has
    unlisted: orders of that time which the list lacks, where it was said since when the list is whole
    """

    orders: list[Enqueued | Error]
    unlisted: list[Row]


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a person must look at the outbox.

    ok: nothing is wrong
    problems: what is, in sentences
    warnings: what is not as it should be and does no harm yet
    durability: "full", or "reduced" where the database may lose what it acknowledged
    """

    ok: bool
    problems: list[str]
    warnings: list[str]
    durability: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, for a program that runs its SQL itself.

    sql: with places for parameters, written in the style that was asked for
    params: a list; a dict where places have names
    """

    sql: str
    params: list[int | str | None] | dict[str, int | str | None]


def rows(answer: list[dict[str, Any]]) -> list[Row]:
    return [Row(**row) for row in answer]


for _class in (Enqueued, Changed, Drained, Row, RowList, Changes, Swept, Checked, Statement):
    # Where users find them, and pickle does.
    _class.__module__ = "countersign"
