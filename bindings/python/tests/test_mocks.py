"""tests/vectors/facts.json: exceptions that a test makes for its own mock."""

import pickle
import time
from unittest.mock import Mock

import pytest
from conftest import vectors

import countersign
from countersign.testing import error

ATTRIBUTES = ["kind", "number", "outcome", "retryable", "problems", "status", "request_id", "retry_after", "sent_at", "settle_after"]
RECORD = [*ATTRIBUTES, "attempts", "attempt", "next_step"]


@vectors("facts")
def test_an_exception_is_made_of_its_facts(row):
    facts = dict(row["facts"])
    kind = facts.pop("kind", None)
    if "refused" in row:
        with pytest.raises(countersign.InvalidInput) as refused:
            error(kind, **facts)
        # A call without a kind names None, which is missing as well.
        assert [problem["path"] for problem in refused.value.problems] == row["refused"]
        return
    made = error(kind, **facts)
    for name, due in row["error"].items():
        if name == "message":
            assert str(made) == due
        elif name == "body":
            assert made.body == due.encode()
        elif name == "problems":
            assert [problem["path"] for problem in made.problems] == due
        else:
            assert getattr(made, name) == due, name
    outcomes = {"unknown": countersign.OutcomeUnknown, "not_placed": countersign.NotPlaced, None: countersign.Error}
    assert isinstance(made, outcomes[made.outcome])
    # What a log has of it makes it again.
    effect = {"effect": facts["effect"]} if "effect" in facts else {}
    again = error(made.kind, message=str(made), **effect, **{name: getattr(made, name) for name in RECORD if name != "kind"})
    for copy in (again, pickle.loads(pickle.dumps(made))):
        assert type(copy) is type(made) and str(copy) == str(made)
        assert [getattr(copy, name) for name in RECORD] == [getattr(made, name) for name in RECORD]


def test_a_shop_is_tested_with_a_client_that_fails():
    def checkout(spiff, order):
        try:
            return spiff.place_order(order).id
        except countersign.OutcomeUnknown as doubt:
            return spiff.settle(order, sent_at=doubt.sent_at).verdict

    spiff = Mock(spec=countersign.Spiff)
    spiff.place_order.side_effect = error("timeout")
    spiff.settle.side_effect = lambda order, sent_at: Mock(verdict=sent_at)
    assert time.time() - 60 < checkout(spiff, {}) <= time.time()
    spiff.place_order.side_effect = error("authentication", status=401)
    with pytest.raises(countersign.NotPlaced, match="does not accept"):
        checkout(spiff, {})
    # The builtin that a Python user expects, as ever.
    assert isinstance(error("timeout"), TimeoutError)
