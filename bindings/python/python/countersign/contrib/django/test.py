"""For tests of a project's own: delivering what they enqueued."""

from __future__ import annotations

import countersign

from ._outbox import outbox


def drain_outbox(seconds: float = 5, max: int = 100) -> countersign.Drained:
    """Sends what is due, as a worker would, to the platform that the accounts lead to: a sandbox, in tests. Call it in a
    TransactionTestCase (in pytest-django with the fixture transactional_db): inside the transaction that TestCase puts around a test
    nothing can be sent, because every step must be committed, and the error says so. A TestCase looks at what was enqueued instead:
    outbox().get(external_id) and list().
    """
    return outbox().drain(seconds, max)
