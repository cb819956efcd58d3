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


PRODUCT = {"product": {"product_id": 17, "title": "t", "price": 1, "external_data": {}}}


def test_first_order(sandbox, monkeypatch, capsys):
    module = example("first_order", sandbox, monkeypatch, TRANSACTION_ID=sandbox.transaction(), ORDER_ID="example-1")
    assert module.main() == 0 and capsys.readouterr().out.startswith("placed: ")
    sandbox.fault("500")
    assert module.main() == 3 and capsys.readouterr().out.startswith("unknown: ")
    monkeypatch.setenv("TRANSACTION_ID", "")
    assert module.main() == 1 and "orderItems[0].transactionId" in capsys.readouterr().out


@pytest.fixture(scope="module")
def django_settings():
    import django
    from django.conf import settings

    settings.configure(
        ROOT_URLCONF="django_shop",
        SECRET_KEY="for tests",
        ALLOWED_HOSTS=["testserver"],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"],
    )
    django.setup()


def test_django(sandbox, monkeypatch, django_settings):
    from django.test import Client, RequestFactory

    module = example("django_shop", sandbox, monkeypatch)
    client = Client(enforce_csrf_checks=True)
    form = {"order_id": "django-1", "transaction_id": sandbox.transaction(), "quantity": "2"}
    first, again = client.post("/pay", form).json(), client.post("/pay", form).json()
    assert first["state"] == "placed" and again == first
    assert [order["id"] for order in sandbox.accepted("django-1")] == [first["id"]]
    sandbox.fault("500")
    assert client.post("/pay", form | {"order_id": "django-2", "transaction_id": sandbox.transaction()}).json()["state"] == "unknown"
    assert client.post("/pay", form | {"order_id": "django-3", "quantity": "0"}).json()["state"] == "refused"
    sandbox.fault("503", retry_after=3)
    assert client.post("/pay", form | {"order_id": "django-4"}).json()["state"] == "waiting"
    # A fraction is neither cut nor rounded.
    assert client.post("/pay", form | {"order_id": "django-5", "quantity": "1.5"}).json()["state"] == "refused"

    # The job: nothing before its time; then what was refused for now is placed, and what is in doubt is settled.
    module.again()
    assert [module.ORDERS[f"django-{n}"]["state"] for n in (2, 4)] == ["unknown", "waiting"]
    for row in module.ORDERS.values():
        row["next"] = 0
    module.spiff = sandbox.spiff(settle_delay=0, settle_gap=0)
    for _ in range(3):
        module.again()
        module.ORDERS["django-2"]["next"] = 0
    for number in (2, 4):
        name = f"django-{number}"
        assert module.ORDERS[name]["state"] == "placed" and len(sandbox.accepted(name)) == 1, module.ORDERS[name]
    # It ends: a refusal, a read that fails, and a time that is lost.
    module.ORDERS["django-6"] = {"state": "waiting", "order": json.dumps(sandbox.order("django-6")), "tries": 0}
    for tries in range(1, 7):
        sandbox.fault("429")
        module.ORDERS["django-6"]["next"] = 0
        module.again()
        assert module.ORDERS["django-6"]["state"] == ("waiting" if tries < 6 else "refused")
    assert "A person must look" in module.ORDERS["django-6"]["why"]
    for name, sent_at in (("django-7", None), ("django-8", 0)):
        order = json.dumps(sandbox.order(name))
        module.ORDERS[name] = {"state": "unknown", "order": order, "sent_at": sent_at, "first_absent_at": 1_700_000_000}
        module.again()
        module.again()
        assert module.ORDERS[name]["state"] == "look" and not sandbox.accepted(name)
    module.ORDERS["django-9"] = {"state": "unknown", "order": "{}", "sent_at": int(time.time()), "tries": 0}
    for _ in range(9):
        module.ORDERS["django-9"]["next"] = 0
        module.again()
    assert module.ORDERS["django-9"]["state"] == "look"

    headers, body = delivery(sandbox, PRODUCT)
    for _ in range(2):
        reply = client.post("/deliveries", body, content_type="application/json", headers=headers)
        assert (reply.status_code, reply.json()) == (200, {"external_id": "shop-17"})
    reply = client.post("/deliveries", body + b" ", content_type="application/json", headers=headers)
    assert (reply.status_code, reply.content) == (401, b"mismatch")
    # META as well as headers.
    request = RequestFactory().post("/deliveries", body, content_type="application/json", headers=headers)
    assert module.webhook.verify(request.META, request.body).topic == "product:created"
    assert module.webhook.verify(request.headers, request.body).dedup_key == "product:17"


def test_fastapi(sandbox, monkeypatch):
    import httpx

    module = example("fastapi_shop", sandbox, monkeypatch)

    async def main():
        transport = httpx.ASGITransport(app=module.app)
        async with module.lifespan(module.app), httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            paid = {"order_id": "fastapi-1", "transaction_id": sandbox.transaction(), "quantity": 2}
            reply = await client.post("/orders", json=paid)
            assert (reply.status_code, reply.json()["state"]) == (200, "placed")
            assert len(sandbox.accepted("fastapi-1")) == 1
            reply = await client.post("/orders", json=paid | {"quantity": 0})
            assert reply.status_code == 422 and reply.json()["detail"][0]["path"] == "orderItems[0].amountToOrder"
            sandbox.fault("500")
            assert (await client.post("/orders", json=paid)).json()["state"] == "unknown"
            sandbox.fault("429", retry_after=3)
            assert (await client.post("/orders", json=paid)).status_code == 503
            headers, body = delivery(sandbox, PRODUCT)
            reply = await client.post("/deliveries", content=body, headers=headers)
            assert (reply.status_code, reply.json()) == (200, {"external_id": "shop-17"})
            headers, body = delivery(sandbox, PRODUCT, at=int(time.time()) - 4000)
            reply = await client.post("/deliveries", content=body, headers=headers)
            assert (reply.status_code, reply.json()["detail"]) == (401, "too_old")

    asyncio.run(main())


def test_flask(sandbox):
    """No example of its own: a view is three lines."""
    import flask

    app = flask.Flask("shop")
    webhook = countersign.Webhook(sandbox.ready["sign_customiser"]["webhook_secret"])

    @app.post("/deliveries")
    def deliver():
        event = webhook.verify(flask.request.headers, flask.request.get_data())
        webhook.verify(flask.request.environ, flask.request.get_data())
        return event.answer("shop-17")

    headers, body = delivery(sandbox, PRODUCT)
    reply = app.test_client().post("/deliveries", data=body, headers=headers)
    assert reply.get_json(force=True) == {"external_id": "shop-17"}


def test_celery(sandbox, monkeypatch):
    module = example("celery_tasks", sandbox, monkeypatch)
    module.app.conf.task_always_eager = True
    module.spiff = sandbox.spiff(settle_delay=0, settle_gap=0)
    monkeypatch.setattr(module.time, "sleep", lambda _: None)

    order = sandbox.order("celery-1")
    assert module.place.delay(order).get() == "placed"
    assert module.place.delay(order).get() == "placed" and len(sandbox.accepted("celery-1")) == 1

    # Not placed, for certain: tried again, and then placed once.
    order = sandbox.order("celery-2")
    sandbox.fault("503", retry_after=1)
    module.place.delay(order)
    assert module.STATES["celery-2"]["state"] == "placed" and len(sandbox.accepted("celery-2")) == 1

    # Not placed, again and again: a person must look.
    for _ in range(6):
        sandbox.fault("429")
    with pytest.raises(countersign.NotPlaced):
        module.place.delay(sandbox.order("celery-8")).get()
    assert module.STATES["celery-8"]["state"] == "held" and not sandbox.accepted("celery-8")

    # A read that fails again and again, and a time that is lost: a person must look.
    module.STATES["celery-9"] = {"state": "unknown"}
    with pytest.raises(countersign.Error):
        module.settle.delay({"externalId": "celery-9"}, int(time.time())).get()
    module.STATES["celery-10"] = {"state": "sending", "sent_at": None, "order": sandbox.order("celery-10")}
    module.sweep.delay()
    assert [module.STATES[f"celery-{n}"]["state"] for n in (9, 10)] == ["held", "held"]

    # Refused: not tried again.
    result = module.place.delay(order | {"externalId": "celery-3", "orderItems": []})
    with pytest.raises(countersign.InvalidOrder):
        result.get()
    assert module.STATES["celery-3"]["state"] == "refused"

    # In doubt, and it exists: settled, not sent again.
    order = sandbox.order("celery-4")
    sandbox.fault("accept_then_500")
    assert module.place.delay(order).get() == "unknown"
    assert module.STATES["celery-4"]["state"] == "placed" and len(sandbox.accepted("celery-4")) == 1

    # In doubt, and it does not exist: absent after two looks, then placed.
    order = sandbox.order("celery-5")
    sandbox.fault("500")
    module.spiff = sandbox.spiff(settle_delay=0, settle_gap=0)
    assert module.place.delay(order).get() == "unknown"
    assert module.STATES["celery-5"]["state"] == "placed" and len(sandbox.accepted("celery-5")) == 1


    # Its worker was killed: swept up, settled, and placed once.
    for name, sent in (("celery-6", True), ("celery-7", False)):
        order = sandbox.order(name)
        if sent:
            module.spiff.place_order(order)
        module.STATES[name] = {"state": "sending", "sent_at": int(time.time()) - 600, "order": order}
    module.sweep.delay()
    for name in ("celery-6", "celery-7"):
        assert module.STATES[name]["state"] == "placed" and len(sandbox.accepted(name)) == 1
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
