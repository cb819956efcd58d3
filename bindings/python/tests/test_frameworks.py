"""The examples with the real frameworks, through their in-process clients, against the sandbox."""

import asyncio
import hashlib
import hmac
import importlib.util
import json
import sys
import time
import types
from pathlib import Path

import pytest
from conftest import sign_order

import countersign

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def example(name, sandbox, monkeypatch, **env):
    for variable, value in {**sandbox.ready["env"], **env}.items():
        monkeypatch.setenv(variable, value)
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


def delivery(sandbox, body, at=None):
    """Headers and raw body of a delivery, as the platform signs it."""
    text, stamp = json.dumps(body).encode(), str(at or int(time.time()))
    secret = sandbox.ready["sign_customiser"]["webhook_secret"].encode()
    signature = hmac.new(secret, stamp.encode() + b"." + text, hashlib.sha256).hexdigest()
    return {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": signature}, text


ORDER_CREATED = {"order": {"order_id": 77, "external_id": "fastapi-3"}}
PRODUCT = {"product": {"product_id": 17, "title": "t", "price": 1, "external_data": {}}}


def taken_up_again(sandbox, monkeypatch, module, rows, sweep, name):
    """What is due is done by the job: nothing is left to nobody, nothing is sent twice, and what no read can tell is held."""
    rows.clear()
    now = [time.time()]
    monkeypatch.setattr(module, "time", types.SimpleNamespace(time=lambda: now[0]))

    def row(case, state, **more):
        order = sandbox.order(f"{name}-{case}")
        rows[order["externalId"]] = {"state": state, "order": order, "due": now[0], **more}
        return rows[order["externalId"]], order

    # Refused for now, again and again: placed in the end, once.
    waiting, order = row("waiting", "waiting")
    sandbox.fault("503", retry_after=5, count=2)
    sweep()
    assert waiting["state"] == "waiting" and waiting["due"] == now[0] + 5
    sweep()
    assert not sandbox.accepted(order["externalId"])
    for seconds, state in ((6, "waiting"), (6, "placed"), (60, "placed")):
        now[0] += seconds
        sweep()
        assert waiting["state"] == state
    assert len(sandbox.accepted(order["externalId"])) == 1

    # A worker that was killed while the order was sent: it exists, or it does not.
    there, order = row("there", "sending", sent_at=int(now[0]) - 600)
    sandbox.spiff().place_order(order)
    sweep()
    assert there["state"] == "placed" and len(sandbox.accepted(order["externalId"])) == 1
    missing, order = row("missing", "sending", sent_at=int(now[0]) - 600)
    for _ in range(30):
        sweep()
        now[0] += 60
    assert missing["state"] == "placed" and len(sandbox.accepted(order["externalId"])) == 1

    # The time was lost: nobody makes one up, and nothing is sent.
    for lost in ({}, {"sent_at": None}, {"sent_at": 0}):
        held, order = row("lost", "sending", **lost)
        sweep()
        assert held["state"] == "held" and not sandbox.accepted(order["externalId"])

    # No read can tell, and the platform says so; or the platform refuses the read for good.
    for answer in (
        lambda *_, **__: countersign.Settlement("unclear", "a person must look"),
        lambda *_, **__: module.countersign.Spiff(access_key="a", secret_key="b", region="us").settle({}, sent_at=now[0]),
    ):
        held, order = row("held", "unknown", sent_at=int(now[0]) - 600)

        class Told:
            place_order = None

            def settle(self, *given, **more):
                return answer(*given, **more)

        with_client(monkeypatch, module, Told(), sweep)
        assert held["state"] == "held" and held["why"]
    assert all(one["state"] not in ("sending", "new") for one in rows.values())


def with_client(monkeypatch, module, client, work):
    with monkeypatch.context() as patch:
        patch.setattr(module, "spiff", client)
        work()


def test_first_order(sandbox, monkeypatch, capsys):
    module = example("first_order", sandbox, monkeypatch, TRANSACTION_ID=sandbox.transaction(), ORDER_ID="example-1")
    assert module.main() == 0 and capsys.readouterr().out.startswith("placed: ")
    sandbox.fault("500")
    assert module.main() == 3 and capsys.readouterr().out.startswith("unknown: ")
    monkeypatch.setenv("TRANSACTION_ID", "")
    assert module.main() == 1 and "orderItems[0].transactionId" in capsys.readouterr().out


def test_fastapi(sandbox, monkeypatch, postgresql):
    import httpx
    from psycopg.conninfo import make_conninfo

    with postgresql.connect() as connection:
        connection.execute("CREATE SCHEMA fastapi")
    url = make_conninfo(**postgresql.arguments(options="-c search_path=fastapi"))
    module = example("fastapi_shop", sandbox, monkeypatch, DATABASE_URL=url)

    async def main():
        transport = httpx.ASGITransport(app=module.app)
        async with module.lifespan(module.app), httpx.AsyncClient(transport=transport, base_url="http://shop") as client:

            async def until(order_id, state):
                for _ in range(200):
                    found = (await client.get(f"/orders/{order_id}")).json()
                    if found["state"] == state:
                        return found
                    await asyncio.sleep(0.05)
                raise AssertionError(found)

            paid = {"order_id": "fastapi-1", "transaction_id": sandbox.transaction(), "quantity": 2}
            reply = await client.post("/payments", json=paid)
            assert (reply.status_code, reply.json()["status"]) == (200, "new")
            assert (await client.post("/payments", json=paid)).json()["status"] == "known"
            found = await until("fastapi-1", "placed")
            assert [order["id"] for order in sandbox.accepted("fastapi-1")] == [found["id"]]
            reply = await client.post("/payments", json=paid | {"order_id": "fastapi-2", "quantity": 0})
            assert reply.status_code == 422 and reply.json()["detail"][0]["path"] == "orderItems[0].amountToOrder"
            assert (await client.get("/orders/fastapi-2")).status_code == 404
            async with module.app.state.pool.connection() as connection:
                # The payment of what was refused was taken back with it.
                cursor = await connection.execute("SELECT array_agg(order_id) FROM payments")
                assert await cursor.fetchone() == (["fastapi-1"],)
            # In doubt at a platform without a read: its webhook tells.
            sandbox.fault("accept_then_500")
            await module.app.state.outbox.enqueue(sign_order("fastapi-3"), "signs")
            await until("fastapi-3", "unknown")
            for body, answer in ((ORDER_CREATED, {"ok": True}), (PRODUCT, {"external_id": "shop-17"})):
                headers, text = delivery(sandbox, body)
                for _ in range(2):
                    reply = await client.post("/deliveries", content=text, headers=headers)
                    assert (reply.status_code, reply.json()) == (200, answer)
            assert (await until("fastapi-3", "placed"))["id"] == "77"
            headers, body = delivery(sandbox, PRODUCT, at=int(time.time()) - 4000)
            reply = await client.post("/deliveries", content=body, headers=headers)
            assert (reply.status_code, reply.json()["detail"]) == (401, "too_old")
            # The store fails: the provider is told to come again, and there is no payment without its order.
            async with module.app.state.pool.connection() as connection:
                await connection.execute("ALTER TABLE countersign_outbox_meta RENAME TO away")
            assert (await client.post("/payments", json=paid | {"order_id": "fastapi-4"})).status_code == 503
            async with module.app.state.pool.connection() as connection:
                await connection.execute("ALTER TABLE away RENAME TO countersign_outbox_meta")
                cursor = await connection.execute("SELECT count(*) FROM payments WHERE order_id = 'fastapi-4'")
                assert await cursor.fetchone() == (0,)

    asyncio.run(main())


def test_flask(sandbox, tmp_path):
    """No example of its own: a view is four lines."""
    import flask

    app = flask.Flask("shop")
    outbox = countersign.Outbox(f"sqlite:{tmp_path}/o.db", {"signs": sandbox.signs()}, create=True, anywhere=True)
    outbox.install()
    webhook = countersign.Webhook(sandbox.ready["sign_customiser"]["webhook_secret"])

    @app.post("/deliveries")
    def deliver():
        event = webhook.verify(flask.request.headers, flask.request.get_data())
        webhook.verify(flask.request.environ, flask.request.get_data())
        assert outbox.notify(event) == "ignored"
        return event.answer("shop-17")

    headers, body = delivery(sandbox, PRODUCT)
    reply = app.test_client().post("/deliveries", data=body, headers=headers)
    assert reply.get_json(force=True) == {"external_id": "shop-17"}


def test_celery(sandbox, monkeypatch):
    module = example("celery_tasks", sandbox, monkeypatch)
    module.app.conf.task_always_eager = True
    module.spiff = sandbox.spiff(settle_delay=0, settle_gap=0)

    order = sandbox.order("celery-1")
    assert module.place.delay(order).get() == "placed"
    assert module.place.delay(order).get() == "placed" and len(sandbox.accepted("celery-1")) == 1

    # Refused: not tried again.
    result = module.place.delay(order | {"externalId": "celery-3", "orderItems": []})
    with pytest.raises(countersign.InvalidOrder):
        result.get()
    assert module.STATES["celery-3"]["state"] == "refused"

    # In doubt, and it exists: settled, not sent again.
    order = sandbox.order("celery-4")
    sandbox.fault("accept_then_500")
    assert module.place.delay(order).get() == "unknown"
    module.sweep.delay()
    assert module.STATES["celery-4"]["state"] == "placed" and len(sandbox.accepted("celery-4")) == 1

    taken_up_again(sandbox, monkeypatch, module, module.STATES, lambda: module.sweep.delay().get(), "celery")
    assert all(row["task"] in module.app.tasks for row in module.app.conf.beat_schedule.values())


def test_errors_travel_through_celery_backends(sandbox, monkeypatch):
    """JSON results keep name and message; pickled ones keep everything."""
    module = example("celery_tasks", sandbox, monkeypatch)
    sandbox.fault("500")
    with pytest.raises(countersign.OutcomeUnknown) as caught:
        module.spiff.place_order(sandbox.order("celery-backend"))
    error = caught.value
    module.app.conf.result_serializer = "json"
    backend = module.app.backend
    for serializer in ("json", "pickle"):
        backend.serializer = serializer
        other = backend.exception_to_python(backend.prepare_exception(error, serializer))
        assert isinstance(other, countersign.OutcomeUnknown) and isinstance(other, countersign.PlatformError), other
        assert other.outcome == "unknown" and str(error) in str(other)


def test_own_http(sandbox, monkeypatch):
    import httpx

    module = example("own_http", sandbox, monkeypatch)
    with sandbox.spiff() as spiff, httpx.Client() as http:
        placed = module.place(spiff, http, sandbox.order("own-http-1"))
        assert [order["id"] for order in sandbox.accepted("own-http-1")] == [placed.id]
        sandbox.fault("cut_reply")
        with pytest.raises(countersign.OutcomeUnknown) as caught:
            module.place(spiff, http, sandbox.order("own-http-2"))
        assert isinstance(caught.value.__context__, httpx.HTTPError), caught.value.__context__
    with countersign.Spiff(access_key="a", secret_key="b", base_url="http://127.0.0.1:9") as spiff, httpx.Client() as http:
        with pytest.raises(countersign.NotPlaced):
            module.place(spiff, http, sandbox.order("own-http-3"))
