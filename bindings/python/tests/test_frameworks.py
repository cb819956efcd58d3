"""The examples with the real frameworks, through their in-process clients, against the sandbox."""

import asyncio
import hashlib
import hmac
import importlib.util
import json
import sys
import time
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


def delivery(sandbox, body, at=None, secret="webhook_secret"):
    """Headers and raw body of a delivery, as the platform signs it."""
    text, stamp = json.dumps(body).encode(), str(at or int(time.time()))
    key = sandbox.ready["sign_customiser"][secret].encode()
    signature = hmac.new(key, stamp.encode() + b"." + text, hashlib.sha256).hexdigest()
    return {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": signature}, text


ORDER_CREATED = {"order": {"order_id": 77, "external_id": "fastapi-3"}}
PRODUCT = {"product": {"product_id": 17, "title": "t", "price": 1, "external_data": {}}}


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
            # Each address takes what is signed with its own secret, and nothing that is signed with the other's.
            paths = (
                ("/deliveries", "webhook_secret", "integration_secret", ORDER_CREATED, {"ok": True}),
                ("/create-product", "integration_secret", "webhook_secret", PRODUCT, {"external_id": "shop-17"}),
            )
            for path, secret, other, body, answer in paths:
                headers, text = delivery(sandbox, body, secret=other)
                reply = await client.post(path, content=text, headers=headers)
                assert (reply.status_code, reply.json()["detail"]) == (401, "mismatch")
                headers, text = delivery(sandbox, body, secret=secret)
                for _ in range(2):
                    reply = await client.post(path, content=text, headers=headers)
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


def test_celery(sandbox, monkeypatch, postgresql, caplog):
    from celery.contrib.testing.worker import start_worker
    from outbox.hosts import engine
    from sqlalchemy import text

    with postgresql.connect() as connection:
        connection.execute("CREATE DATABASE celery")
    url = engine("postgresql+psycopg", postgresql.arguments(dbname="celery")).url.render_as_string(hide_password=False)
    module = example("celery_tasks", sandbox, monkeypatch, DATABASE_URL=url)
    module.app.conf.update(worker_hijack_root_logger=False, broker_transport_options={"polling_interval": 0.05})
    module.install()

    def payments():
        with module.engine.connect() as connection:
            return sorted(id for (id,) in connection.execute(text("SELECT order_id FROM payments")))

    # A worker of Celery's, over a broker in memory; it is not there yet, and that harms nobody.
    first, second, refused = (sandbox.order(f"celery-{n}") for n in range(3))
    assert (module.paid(first), module.paid(first)) == ("new", "known")
    module.engine.dispose()  # one that runs tasks in this process takes itself for a fork
    with start_worker(module.app, pool="solo", perform_ping_check=False, loglevel="ERROR"):
        module.deliver.delay().get(timeout=30)
        assert module.paid(second) == "new"
        until = time.monotonic() + 30
        while module.outbox.get(second["externalId"]).state == "pending" and time.monotonic() < until:
            time.sleep(0.05)
        assert module.check.delay().get(timeout=30) is True
    assert len(sandbox.accepted(first["externalId"])) == len(sandbox.accepted(second["externalId"])) == 1
    with pytest.raises(countersign.InvalidOrder):
        module.paid(refused | {"orderItems": []})
    assert payments() == [first["externalId"], second["externalId"]]
    # Without a broker: it is delivered all the same, by the task of every half minute.
    monkeypatch.setattr(module.deliver, "delay", lambda: (_ for _ in ()).throw(module.OperationalError()))
    assert module.paid(refused) == "new" and module.outbox.get(refused["externalId"]).state == "pending"
    # A person must look: it is told.
    sandbox.spiff().place_order({**refused, "externalId": "celery-other"})
    assert module.deliver() == 0 and module.check() is False
    assert "is held (already_ordered)" in caplog.text and "the outbox: " in caplog.text
    assert all(row["task"] in module.app.tasks for row in module.app.conf.beat_schedule.values())
    # As after a fork: the process has its own connections.
    module.engine.dispose()
    module.forked()
    assert module.outbox.get(first["externalId"]) is not None
    module.engine.dispose()


def test_errors_travel_through_celery_backends(sandbox):
    """JSON results keep name and message; pickled ones keep everything."""
    from celery import Celery

    sandbox.fault("500")
    with pytest.raises(countersign.OutcomeUnknown) as caught:
        sandbox.spiff().place_order(sandbox.order("celery-backend"))
    error = caught.value
    app = Celery("other", backend="cache+memory://")
    app.conf.result_serializer = "json"
    backend = app.backend
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
