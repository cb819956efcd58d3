"""The exception classes: every kind with every outcome, what each may be caught by, and that they travel between processes."""

import copy
import json
import multiprocessing
import pickle
import traceback

import pytest
from conftest import ROOT, vectors

import countersign
from countersign import Error, NotPlaced, OutcomeUnknown, _native

INPUT = (countersign.InvalidInput, ValueError)
CONNECTION = (countersign.ConnectionFailed, ConnectionError)

# What each kind is caught by, besides Error and the class of its outcome.
CAUGHT_BY = {
    "invalid_argument": INPUT,
    "invalid_order": INPUT,
    "invalid_json": INPUT,
    "configuration": INPUT,
    "unsupported": (countersign.Unsupported, NotImplementedError),
    "busy": (),
    "aborted": (),
    "connect": CONNECTION,
    "tls": CONNECTION,
    "proxy": CONNECTION,
    "interrupted": CONNECTION,
    "timeout": (countersign.TimedOut, TimeoutError),
    "internal": (),
}
BANDS = {"signature": (countersign.VerificationFailed,), "reply": (countersign.PlatformError,), "outbox": ()}
FAMILIES = {
    countersign.InvalidInput,
    countersign.Unsupported,
    countersign.ConnectionFailed,
    countersign.TimedOut,
    countersign.VerificationFailed,
    countersign.PlatformError,
}


def made(row, outcome):
    """As the native module makes them: a class, and what is known in attributes."""
    error = _native.error_class(row["name"], outcome)("what and where")
    error.__dict__.update(kind=row["name"], number=row["number"], outcome=outcome, next_step=row["next_step"])
    return error


@vectors("error-kinds")
@pytest.mark.parametrize("outcome", [None, "not_placed", "unknown"])
def test_every_kind_has_its_classes(row, outcome):
    error = made(row, outcome)
    assert (error.kind, error.number, error.outcome) == (row["name"], row["number"], outcome)
    assert (str(error), error.args) == ("what and where", ("what and where",))
    assert isinstance(error, Error) and isinstance(error, Exception)
    due = CAUGHT_BY.get(row["name"], BANDS.get(row["band"]))
    assert due is not None, f"say in CAUGHT_BY, and in bindings/python/src/errors.rs, which class {row['name']} is raised as"
    for base in due:
        assert isinstance(error, base), f"{row['name']} is no {base}"
    others = FAMILIES - set(due)
    assert not any(isinstance(error, base) for base in others), type(error).__mro__
    assert isinstance(error, OutcomeUnknown) == (outcome == "unknown")
    # An invalid order was never sent, also where nobody asked for its outcome.
    refused = outcome == "not_placed" or (outcome is None and row["name"] == "invalid_order")
    assert isinstance(error, NotPlaced) == refused
    # By hand, it is of a kind and an outcome that belong to its class.
    by_hand = type(error)("for a test")
    assert by_hand.outcome == outcome or row["name"] == "invalid_order"
    assert not by_hand.retryable and by_hand.next_step
    assert all(isinstance(by_hand, base) for base in due)


@vectors("error-kinds")
@pytest.mark.parametrize("outcome", [None, "not_placed", "unknown"])
def test_every_error_pickles(row, outcome):
    error = made(row, outcome)
    error.body, error.problems, error.attempt = b"\xff", [{"path": "a", "code": "b", "message": "c"}], {"status": 500}
    error.attempts, error.sent_at = [{"status": 503}, error.attempt], 5
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        other = pickle.loads(pickle.dumps(error, protocol))
        assert type(other) is type(error)
        assert (other.args, other.__dict__) == (error.args, error.__dict__)
    assert copy.copy(error).kind == row["name"]
    # Queues that keep name and message alone (Celery's JSON results) find the class by its name.
    assert getattr(countersign, type(error).__name__) is type(error)
    rebuilt = getattr(countersign, type(error).__name__)(str(error))
    assert rebuilt.outcome == outcome or row["name"] == "invalid_order"


def _fail(_):
    order = {"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 0, "transactionId": "t"}]}
    countersign.Spiff(access_key="a", secret_key="b", region="us").prepare_order(order)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_error_crosses_processes():
    with multiprocessing.get_context("spawn").Pool(1) as pool, pytest.raises(countersign.InvalidOrder) as caught:
        pool.map(_fail, [1])
    assert caught.value.problems[0]["path"] == "orderItems[0].amountToOrder"
    assert caught.value.outcome == "not_placed"


def test_what_holds_secrets_does_not_pickle():
    spiff = countersign.Spiff(access_key="a", secret_key="b", region="us")
    order = {"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "t"}]}
    things = [
        countersign.Signer("a", "b"),
        countersign.Webhook("s"),
        spiff,
        countersign.SignCustomiser(api_token="t"),
        countersign.AsyncSpiff(access_key="a", secret_key="b", region="us"),
        countersign.AsyncSignCustomiser(api_token="t"),
        spiff.prepare_order(order),
    ]
    for thing in things:
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="cannot be pickled or copied.*anew"):
                attempt(thing)


def test_answers_pickle():
    placed = countersign.PlacedOrder("o-1", "7", "1001", None, {"a": 1}, {"status": 200})
    other = pickle.loads(pickle.dumps(placed))
    assert (other.id, other.internal_id, other.external_id, other.raw) == ("o-1", "7", "1001", {"a": 1})
    assert repr(other) == "PlacedOrder(id='o-1', external_id='1001')"
    settlement = countersign.Settlement("absent", "why", None, 5)
    assert pickle.loads(pickle.dumps(settlement)) == settlement == "absent"
    assert settlement != "placed" and str(settlement) == "absent" and {settlement: 1}["absent"] == 1
    match settlement:
        case "absent":
            pass
        case _:
            raise AssertionError


def test_a_traceback_says_what_to_do():
    try:
        countersign.Signer("k", " s")
    except Error as error:
        text = "".join(traceback.format_exception(error))
    assert "countersign.InvalidInput: The secret key begins with white space" in text
    assert "Correct the argument that the message names; nothing was sent." in text


def test_the_classes_are_those_that_are_declared():
    kinds = {row["name"]: row for row in json.loads((ROOT / "tests/vectors/error-kinds.json").read_text("utf-8"))}
    declared = {name: it for name, it in vars(_native.errors()).items() if isinstance(it, type) and issubclass(it, Error) and name[0] != "_"}
    assert len(declared) == 22 and set(declared) >= {name for name in countersign.__all__ if name in declared}
    used = {_native.error_class(kind, outcome) for kind in kinds for outcome in (None, "not_placed", "unknown")}
    assert used == set(declared.values()), "a class that no error has, or an error without a declared class"
    for name, it in declared.items():
        assert getattr(countersign, name) is it and it.__doc__ and (it.__module__, it.__qualname__) == ("countersign", name)
        assert it("x").number == kinds[it("x").kind]["number"], name


def test_an_error_says_all_that_it_knows():
    spiff = countersign.Spiff(access_key="a", secret_key="b", region="us")
    call = spiff.prepare("transaction_approve", {"id": "t"}, now=1_735_689_599)
    with pytest.raises(OutcomeUnknown) as caught:
        call.read(500, {"X-Request-Id": "r-1"}, b"why")
    error = caught.value
    assert error.__notes__ == [error.next_step] and error.next_step.startswith("It may have been done")
    assert (error.kind, error.number, error.status, error.request_id, error.body) == ("server_error", 64, 500, "r-1", b"why")
    assert (error.sent_at, error.settle_after, error.retry_after) == (1_735_689_599, 1_735_689_779, None)
    assert (error.attempt, error.attempts, error.problems, error.retryable) == (None, [], [], False)
    assert set(vars(error)) - {"__notes__"} == set(countersign.Error.__annotations__)


def test_hand_made_errors_have_every_attribute():
    for cls, outcome in ((Error, None), (NotPlaced, "not_placed"), (OutcomeUnknown, "unknown")):
        error = cls("for a test")
        assert (error.outcome, error.retryable, error.status, list(error.problems)) == (outcome, False, None, [])
        assert error.kind and error.next_step and not error.attempts
