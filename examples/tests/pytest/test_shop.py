"""What the shop makes of a good day and of a bad one. The fixtures come with the package countersign."""

import json

import pytest
from countersign import Outbox
from countersign.testing import Sandbox

from shop import Shop


@pytest.fixture
def shop(countersign_sandbox: Sandbox, countersign_outbox: Outbox) -> Shop:
    # A call gives up after half a second, and what is in doubt need not rest before it is settled.
    spiff = countersign_sandbox.spiff(timeout=0.5, settle_delay=0, settle_gap=0)
    return Shop(spiff, countersign_outbox, countersign_sandbox.webhook(), countersign_sandbox.callback())


@pytest.fixture
def design(countersign_sandbox: Sandbox) -> str:
    return countersign_sandbox.transaction()["transactionId"]


def test_checkout_places_the_order(shop: Shop, countersign_sandbox: Sandbox, design: str) -> None:
    assert shop.checkout("1001", design) == "placed"
    (order,) = countersign_sandbox.orders("1001")
    assert order["id"] == shop.orders["1001"]["id"] and order["paid"]


def test_silence_is_settled_and_nothing_is_sent_twice(shop: Shop, countersign_sandbox: Sandbox, design: str) -> None:
    countersign_sandbox.fault("accept_then_hang")
    assert shop.checkout("1001", design) == "unknown"
    shop.settle()
    assert shop.orders["1001"]["state"] == "placed"
    assert len(countersign_sandbox.orders("1001")) == 1


def test_what_never_arrived_may_be_placed_again(shop: Shop, countersign_sandbox: Sandbox, design: str) -> None:
    countersign_sandbox.fault("hang")
    assert shop.checkout("1001", design) == "unknown"
    shop.settle()
    assert shop.orders["1001"]["state"] == "waiting"
    assert shop.checkout("1001", design) == "placed"
    assert len(countersign_sandbox.orders("1001")) == 1


def test_wrong_keys_are_no_doubt(shop: Shop, countersign_sandbox: Sandbox, design: str) -> None:
    countersign_sandbox.fault("401")
    assert shop.checkout("1001", design) == "refused"
    assert countersign_sandbox.orders() == []


def test_the_outbox_delivers_once_although_the_platform_hangs(shop: Shop, countersign_sandbox: Sandbox) -> None:
    order = countersign_sandbox.order("1001")
    countersign_sandbox.fault("accept_then_hang")
    shop.paid(order, "shop")
    shop.paid(order, "shop")  # payment providers repeat themselves
    drained = shop.outbox.drain(seconds=20)
    assert (drained.unknown, drained.placed) == (1, 1)
    assert len(countersign_sandbox.orders("1001")) == 1


def test_a_signed_webhook_settles_an_order_in_doubt(shop: Shop, countersign_sandbox: Sandbox) -> None:
    countersign_sandbox.fault("cut_reply")
    shop.paid(countersign_sandbox.sign_order("2001"), "signs")
    assert shop.outbox.drain(max=1).unknown == 1
    (order,) = countersign_sandbox.orders("2001")
    body = json.dumps({"order": {"order_id": order["id"], "external_id": "2001"}}).encode()
    assert shop.delivered(countersign_sandbox.webhook().sign(body), body) == (200, '{"ok":true}')
    row = shop.outbox.get("2001")
    assert row is not None and row.state == "placed"


def test_a_forged_webhook_is_refused(shop: Shop, countersign_sandbox: Sandbox) -> None:
    body = b'{"product":{"product_id":17}}'
    headers = countersign_sandbox.callback().sign(body)
    assert shop.create_product(headers, body) == (200, '{"external_id":"shop-17"}')
    assert shop.create_product(headers, body.replace(b"17", b"18"))[0] == 401
    # Each address has its own secret.
    assert shop.delivered(headers, body)[0] == shop.create_product(countersign_sandbox.webhook().sign(body), body)[0] == 401
