"""A canary secret in every place that takes one, looked for in everything that Python can print."""

import base64
import os
import subprocess
import sys

import pytest
from conftest import python

CANARY = "CANARY-5f3c"

CODE = '''
import asyncio, gc, io, json, logging, pickle, pprint, sys, traceback
logging.basicConfig(level=0, stream=sys.stdout, format="%(message)s %(attempt)s", force=True)
logging.getLogger("asyncio").disabled = True

class Everything(logging.Handler):
    def emit(self, record):
        print(vars(record))

logging.getLogger("countersign").handlers = [Everything()]
logging.getLogger("countersign").propagate = False

import countersign
from countersign import Signer, Spiff, SignCustomiser, Webhook, AsyncSpiff
import hashlib, hmac, os
c = "".join(["CAN", "ARY-5f3c"])  # not written out, so that no quoted source line shows it
spiff_url, signs_url = os.environ["SPIFF"], os.environ["SIGNS"]
order = {"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "t"}]}
other = {"integration_id": 1, "external_id": "1", "external_order_number": "1", "currency": "USD",
         "products": [{"external_id": "p", "quantity": 1, "price": 1}]}
app = Spiff(application_key=c, base_url=spiff_url)
signed = Spiff(access_key="key", secret_key=c, base_url=spiff_url)
raw = Spiff(access_key="key", secret_key=c.encode(), base_url=spiff_url)
signs = SignCustomiser(api_token=c, integration_secret=c, webhook_secret=c, base_url=signs_url)
proxied = Spiff(access_key="key", secret_key=c, region="us", proxy=f"http://user:{c}@127.0.0.1:9", timeout=2)
waiting = AsyncSpiff(access_key="key", secret_key=c, base_url=spiff_url)
webhook, signer = Webhook([c, "x" + c]), Signer("key", c)
body = b'{"product":{"product_id":1,"title":"t","price":1,"external_data":{}}}'
signature = hmac.new(c.encode(), b"5." + body, "sha256").hexdigest()
event = webhook.verify({"x-webhook-timestamp": "5", "x-webhook-signature": signature}, body, now=5)
from countersign.httpx import SignerAuth
from countersign.requests import SignerAuth as Other
things = [app, signed, raw, signs, proxied, waiting, webhook, signer, event, signs.webhooks, SignerAuth(signer), Other(signer),
          app.prepare_order(order), signed.prepare_order(order), signs.prepare_order(other), app.acting_for(partner_id="p")]
box = countersign.Outbox(f"sqlite:{os.environ['FOLDER']}/o.db", {"app": app, "signed": signed, "signs": signs}, create=True, anywhere=True)
box.install()
things += [box, box._native, countersign.AsyncOutbox(lambda: None, {"waiting": waiting}), box.enqueue(order, "app"), box.enqueue_statement(order, "signed"),
           box.enqueue(other | {"external_id": "2"}, "signs"), box.sweep([order | {"externalId": "3"}, {c: 1}], "signed").orders[0], box.drain(5), box.get("1"),
           box.list(), box.stats(), box.check()]

attempts = [
    lambda: Signer("key", " " + c), lambda: Signer("k k", c), lambda: Signer("key", c, scheme="VWS", digest="sha512"),
    lambda: Signer(c, None), lambda: Signer("key", [c]), lambda: Signer("key", (c,)),
    lambda: Webhook([c + " ", c]), lambda: Webhook([c, c + " "]), lambda: Webhook(c, content="nonsense"), lambda: Webhook([c, 5]), lambda: Webhook({c: 1}),
    lambda: Spiff(c), lambda: Spiff(secret_key=c, region="us"), lambda: Spiff(access_key="k", secret_key=c, region="eu"),
    lambda: Spiff(access_key="k", secret_key=c + "\\n", region="us"), lambda: Spiff(application_key=c + "\\n", region="us"),
    lambda: Spiff(application_key=c, secret_key=c, region="us"), lambda: Spiff(access_key="k", secret_key={c: c}, region="us"),
    lambda: Spiff(access_key="k", secret_key=[c, 5], region="us"), lambda: Spiff(access_key="k", secret_key="\\ud800" + c, region="us"),
    lambda: Spiff(access_key="k", secret_key=c, region="us", proxy="nonsense " + c), lambda: Spiff(access_key="k", secret_key=c, region="us", regoin=c),
    lambda: SignCustomiser(api_token=c + "\\r\\nX: y"), lambda: SignCustomiser(api_token=c, base_url="nonsense"),
    lambda: Spiff.from_env(secret_key=c, regoin="us"), lambda: SignCustomiser.from_env(api_token=c + "\\n"),
    lambda: app.place_order(order), lambda: signed.place_order(order), lambda: signs.place_order(other), lambda: proxied.place_order(order),
    lambda: signed.check(), lambda: app.check(), lambda: signs.check(), lambda: asyncio.run(waiting.place_order(order)), lambda: signed.run("__panic"),
    lambda: signer.verify("POST", "/", b"", {"Authorization": "SOA key:x"}), lambda: signer.authorization("\\n", "/"), lambda: webhook.verify({}, b""),
    lambda: app.prepare_order({}), lambda: signed.prepare_order(order).read(500, [], b""), lambda: signs.prepare_order(other).failed(),
    lambda: countersign.Outbox(f"postgresql://shop:{c}@localhost/shop", {}), lambda: countersign.Outbox(box, {}), lambda: countersign.Outbox(lambda: None, {"shop": c}),
    lambda: box.enqueue(order, policy=c), lambda: box.get("1", "none"), lambda: box.pause("none", why="x"),
    lambda: signed.prepare_order(order).read(5), lambda: signs.webhooks.get(1), lambda: signs.request("GET", "/api/v2/nothing"),
    lambda: signer.explain("POST", "/", b"", {"Authorization": f"SOA {c}:key", "Date": "x"}), lambda: signer.verify("POST", "/", b"", {"Authorization": f"SOA {c}:" + "a" * 27 + "="}),
]
for at, attempt in enumerate(attempts):
    try:
        print(repr(attempt()))
    except BaseException as error:
        things.append(error)
        traceback.print_exception(error, file=sys.stdout)
for thing in things:
    print("==", type(thing))
    for show in (repr, str, pprint.pformat, lambda t: format(t), lambda t: vars(t), dir, pickle.dumps, lambda t: t.__reduce_ex__(4),
                 lambda t: json.dumps(t, default=repr), lambda t: [getattr(t, n) for n in dir(t) if not n.startswith("__") and n not in ("headers",)]):
        try:
            print(show(thing))
        except Exception as error:
            print(error)
print("ALL SHOWN")
sys.stdout.flush()
Signer("key", " " + c)  # uncaught: Python prints it
'''


def test_no_output_shows_a_secret(sandbox, tmp_path):
    done = python(CODE, env={"SPIFF": sandbox.spiff_keys["base_url"], "SIGNS": sandbox.sign_keys["base_url"], "FOLDER": str(tmp_path)})
    assert "ALL SHOWN" in done.stdout, done.stderr[-2000:]
    assert done.returncode == 1 and "countersign.InvalidInput: The secret key begins" in done.stderr
    forms = [CANARY, base64.b64encode(CANARY.encode()).decode().rstrip("="), CANARY.encode().hex(), repr(CANARY.encode())[2:-1]]
    for name, text in (("output", done.stdout), ("error", done.stderr)):
        for form in forms:
            at = text.find(form)
            assert at < 0, f"standard {name} shows the secret: {text[max(0, at - 600):at + 100]}"
    assert len(done.stdout) > 30_000, f"only {len(done.stdout)} bytes were shown"


FROM_ENV = """
import sys, traceback
import countersign

for read in (countersign.Spiff.from_env, countersign.AsyncSpiff.from_env, countersign.SignCustomiser.from_env,
             countersign.AsyncSignCustomiser.from_env, countersign.Webhook.from_env,
             lambda: countersign.Webhook.from_env(secret="integration")):
    try:
        print("MADE", read())
    except countersign.Error as error:
        print(vars(error))
        traceback.print_exception(error, file=sys.stdout)
"""

SECRETS = {
    "COUNTERSIGN_SPIFF_SECRET_KEY": 2,
    "COUNTERSIGN_SPIFF_APPLICATION_KEY": 2,
    "COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN": 2,
    "COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET": 1,
    "COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET": 1,
}


@pytest.mark.parametrize("variable", SECRETS)
@pytest.mark.parametrize("form", ["in the place of its file", "not UTF-8", "a file of many bytes"])
def test_what_the_environment_has_wrong_is_refused_and_not_shown(variable, form, tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    env |= {"COUNTERSIGN_SPIFF_ACCESS_KEY": "key"} if "APPLICATION" not in variable else {}
    (tmp_path / "secret").write_bytes(CANARY.encode() + b"x" * 70_000)
    if form == "in the place of its file":
        env[f"{variable}_FILE"] = CANARY
    elif form == "not UTF-8":
        env[os.fsencode(variable)] = CANARY.encode() + b"\xff"
    else:
        env[f"{variable}_FILE"] = str(tmp_path / "secret")
    done = subprocess.run([sys.executable, "-c", FROM_ENV], capture_output=True, cwd="/", env=env, timeout=60)
    shown = (done.stdout + done.stderr).decode()
    assert done.returncode == 0 and CANARY not in shown and "MADE" not in shown, shown
    named = [line for line in shown.splitlines() if line.startswith("countersign.InvalidInput: ") and variable in line]
    assert len(named) >= SECRETS[variable], shown
