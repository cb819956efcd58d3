"""The exceptions. An error is caught by its outcome (OutcomeUnknown, NotPlaced), by what it is (InvalidInput, TimedOut, …), by the
builtin that a Python user expects, and by Error. What has an outcome and is of a family has a class of both, named after both.

What an error knows lies in its attributes, so that it pickles as any exception does; the native module sets them. What stands
here is for exceptions that a test makes by hand. Imported with the first client, or when an error is raised or asked for.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from .types import Attempt, Kind, Outcome, Problem


class Error(Exception):
    """What failed, where, and what to do. The base of every exception of this package.

    kind: the kind's name, such as "timeout", the same in every language; number: its number
    outcome: for orders and changes "not_placed" or "unknown"; None for reads and for what sends nothing
    retryable: whether the same call may simply be made again later; never True when the outcome is unknown
    problems: every problem of a refused input, as {"path", "code", "message"}
    status, request_id, retry_after (seconds): of the reply, where one arrived
    attempts: the records of all attempts: method, url without query, status, milliseconds and more; attempt: of the last
    sent_at, settle_after: seconds since 1970, for an unknown outcome
    next_step: what to do, in one sentence
    body: the first 64 KiB of the reply's body; it may hold personal data, do not log it unasked
    """

    kind: Kind = "internal"
    number: int = 90
    outcome: Outcome | None = None
    retryable: bool = False
    problems: Sequence[Problem] = ()
    status: int | None = None
    request_id: str | None = None
    retry_after: int | None = None
    attempts: Sequence[Attempt] = ()
    attempt: Attempt | None = None
    sent_at: int | None = None
    settle_after: int | None = None
    next_step: str = "Do what the message says."
    body: bytes | None = None


class NotPlaced(Error):
    """The order, or other change, was certainly not made. Whether trying again helps: retryable."""

    outcome: Literal["not_placed"] = "not_placed"


class OutcomeUnknown(Error):
    """The order, or other change, may have been made: the reply did not arrive or does not say.

    Keep sent_at with the order and ask settle(order, sent_at=sent_at) from settle_after on. Never place the order again
    before it is settled as absent.
    """

    outcome: Literal["unknown"] = "unknown"
    sent_at: int
    settle_after: int
    next_step: str = "The order may have been placed: settle it, do not send it again."


class InvalidInput(Error, ValueError):
    """An argument, option or JSON text is not usable as it is; the message names it."""

    kind: Kind = "invalid_argument"
    number: int = 1
    next_step: str = "Correct the argument that the message names; nothing was sent."


class InvalidOrder(NotPlaced, InvalidInput):
    """The order breaks rules: problems has every one with its path. Nothing was sent."""

    kind: Kind = "invalid_order"
    number: int = 2
    next_step: str = "Correct every problem listed; nothing was sent."


class Unsupported(Error, NotImplementedError):
    """The platform offers no such thing, or not with these credentials."""

    kind: Kind = "unsupported"
    number: int = 5


class VerificationFailed(Error):
    """A request or delivery is not what a holder of the secret sent, or is out of its time: answer it with status 401."""

    kind: Kind = "mismatch"
    number: int = 22


class ConnectionFailed(Error, ConnectionError):
    """No connection could be made, or it broke."""

    kind: Kind = "interrupted"
    number: int = 43


class TimedOut(Error, TimeoutError):
    """The time limit passed."""

    kind: Kind = "timeout"
    number: int = 44


class PlatformError(Error):
    """The platform answered something other than success."""

    kind: Kind = "refused"
    number: int = 61


class DatabaseError(Exception):
    """What a database says of a statement that failed. A connection that is lent to an Outbox raises it, from its execute(); what it
    means, the outbox knows, and it reaches nobody else.

    number: the database's own, such as 1062; 0 where it has none, as PostgreSQL
    sqlstate: such as "40001"; "" where the driver does not tell
    lost: the connection broke, and the statement may have been done
    """

    def __init__(self, message: str, number: int = 0, sqlstate: str = "", lost: bool = False) -> None:
        super().__init__(message)
        self.number = number
        self.sqlstate = sqlstate
        self.lost = lost


# Both: caught by either.
class NotPlacedInvalidInput(NotPlaced, InvalidInput): ...
class NotPlacedUnsupported(NotPlaced, Unsupported): ...
class NotPlacedVerificationFailed(NotPlaced, VerificationFailed): ...
class NotPlacedConnectionFailed(NotPlaced, ConnectionFailed): ...
class NotPlacedTimedOut(NotPlaced, TimedOut): ...
class NotPlacedPlatformError(NotPlaced, PlatformError): ...
class OutcomeUnknownInvalidInput(OutcomeUnknown, InvalidInput): ...
class OutcomeUnknownUnsupported(OutcomeUnknown, Unsupported): ...
class OutcomeUnknownVerificationFailed(OutcomeUnknown, VerificationFailed): ...
class OutcomeUnknownConnectionFailed(OutcomeUnknown, ConnectionFailed): ...
class OutcomeUnknownTimedOut(OutcomeUnknown, TimedOut): ...
class OutcomeUnknownPlatformError(OutcomeUnknown, PlatformError): ...


for _class in [found for found in globals().values() if isinstance(found, type)]:
    # Where users find them, and pickle does.
    _class.__module__ = "countersign"
    _class.__doc__ = _class.__doc__ or "Both of its bases: catch it by either."
