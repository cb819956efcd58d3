"""A shop with FastAPI and SQLite: mugs by Spiff Commerce, signs by Sign Customiser. README.md says what it does.

python shop.py install   makes the tables
python shop.py serve     serves the pages
python shop.py worker    delivers what was paid; start as many as you like, and kill them as you like
"""

import hmac
import html
import json
import os
import re
import secrets
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Annotated

import countersign
import uvicorn
from fastapi import Cookie, Depends, FastAPI, Form, Request, Response, responses, staticfiles

HERE = Path(__file__).parent
TEXTS = json.loads((HERE / "texts.json").read_text())
# What the pages name: where the platforms' scripts and the payment are, and the ids that the platforms gave.
SETTINGS = {name: os.environ[f"SHOP_{name.upper()}"] for name in ("spiff", "signs", "payment", "mug", "customiser", "integration")}


class Store(threading.local):
    """A connection for each thread. Each statement is committed by itself, but in `with store.db`."""

    def __init__(self):
        self.db = sqlite3.connect(os.environ["SHOP_DATABASE"], isolation_level=None, timeout=20)
        self.db.row_factory = sqlite3.Row
        self.db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")


store = Store()


def query(sql, *params):
    return [dict(row) for row in store.db.execute(sql, params)]


spiff = countersign.Spiff.from_env()
outbox = countersign.Outbox(lambda: store.db, {"shop": spiff, "signs": countersign.SignCustomiser.from_env()})


class Problem(Exception):
    """By its name in texts.json."""


def page(name, **values):
    """A file of the folder pages. {{…}} is escaped, but for _html, which is a page already; {{…_money}} is in cents."""

    def value(found):
        known, (name, kind) = SETTINGS | values, re.fullmatch("(.*?)(_money)?", found[1]).groups()
        text = f"${known[name] // 100}.{known[name] % 100:02}" if kind else str(known[name])
        return text if name.endswith("_html") else html.escape(text)

    return re.sub(r"{{(\w+)}}", value, (HERE / f"pages/{name}.html").read_text())


def answer(title, main, status=200):
    return responses.HTMLResponse(page("layout", title=title, main_html=main), status)


def lines_of(cart):
    """The lines of a cart with what the platforms say of them now. The browser says which design, and never what it costs."""
    join = "SELECT * FROM shop_lines LEFT JOIN shop_products ON account = 'signs' AND item = external_id"
    lines = query(f"{join} WHERE cart = ? ORDER BY account, item", cart)
    try:
        ids = [line["item"] for line in lines if line["account"] == "shop"]
        fields = "id designName quantity isOrdered priceModifierTotal previewImageLink product { name basePrice }"
        found = {design["id"]: design for design in (spiff.transactions(ids, select=fields) if ids else []) if design}
    except countersign.Error as error:
        if error.kind != "missing_data":
            raise Problem("away") from error
        found = {}  # Spiff shows none of them
    for line in lines:
        design = found.get(line["item"])
        if line["account"] == "shop" and design and not design["isOrdered"]:
            line["title"] = f"{design['product']['name']}: {design['designName']}"
            line["price"] = design["product"]["basePrice"] + (design["priceModifierTotal"] or 0)
            line["picture"] = design["previewImageLink"]
        if line["price"] is None:
            query("DELETE FROM shop_lines WHERE cart = ? AND account = ? AND item = ?", cart, line["account"], line["item"])
            raise Problem("design")
        line["together"] = line["price"] * line["quantity"]
    return lines, sum(line["together"] for line in lines)


def orders_of(order):
    """What each platform is to make, by the account of the outbox. Both get the shop's own number of the order."""
    lines = json.loads(order["bought"])
    if mugs := [line for line in lines if line["account"] == "shop"]:
        goods = [{"amountToOrder": line["quantity"], "transactionId": line["item"]} for line in mugs]
        yield "shop", {"externalId": order["id"], "paid": True, "orderItems": goods}
    if signs := [line for line in lines if line["account"] == "signs"]:
        goods = [{"external_id": line["item"], "quantity": line["quantity"], "price": line["price"]} for line in signs]
        whole = {"integration_id": int(SETTINGS["integration"]), "external_id": order["id"], "external_order_number": order["id"]}
        yield "signs", {**whole, "currency": "USD", "customer": {"email": order["email"]}, "products": goods}


async def raw(request: Request):
    return await request.body()


Raw = Annotated[bytes, Depends(raw)]
Text = Annotated[str, Form()]
app = FastAPI(openapi_url=None)
app.mount("/static", staticfiles.StaticFiles(directory=HERE / "static"))


@app.exception_handler(404)
@app.exception_handler(Problem)
def problem(request: Request, error: Exception):
    status, title, sentence = TEXTS["problems"][str(error) if isinstance(error, Problem) else "missing"]
    return answer(title, page("message", title=title, sentence=sentence), status)


@app.exception_handler(countersign.VerificationFailed)
def refused(request: Request, error: countersign.VerificationFailed):
    return Response(error.kind, 401)


@app.get("/")
@app.get("/mug")
@app.get("/sign")
def shelf(request: Request):
    name = request.url.path[1:] or "home"
    return answer(TEXTS["titles"][name], page(name))


@app.get("/cart")
def show_cart(cart: Annotated[str, Cookie()] = ""):
    lines, total = lines_of(cart)
    if not lines:
        raise Problem("empty")
    return answer("Your cart", page("cart", lines_html="".join(page("line", **line) for line in lines), cart=cart, total=total))


@app.post("/cart")
def change_cart(cart: Annotated[str, Cookie()] = "", shop: Text = "", signs: Text = "", quantity: Text = "1", remove: Text = ""):
    """Puts a design into the cart, says how many, or takes it out, however often it is sent."""
    account, item = ("shop", shop) if shop else ("signs", signs)
    if not re.fullmatch(r"[\w-]{1,64}", item, re.ASCII):
        raise Problem("design")
    if not re.fullmatch("[0-9]{1,3}", quantity):
        raise Problem("quantity")
    cart = cart if re.fullmatch("[0-9a-f]{32}", cart) else secrets.token_hex(16)
    if remove or int(quantity) == 0:
        query("DELETE FROM shop_lines WHERE cart = ? AND account = ? AND item = ?", cart, account, item)
    else:
        upsert = "INSERT INTO shop_lines VALUES (?, ?, ?, ?) ON CONFLICT (cart, account, item) DO UPDATE SET quantity = excluded.quantity"
        query(upsert, cart, account, item, int(quantity))
    changed = responses.RedirectResponse("/cart", 303)
    changed.set_cookie("cart", cart, httponly=True, samesite="lax")
    return changed


@app.post("/checkout")
def checkout(cart: Text = "", total: Text = "", email: Text = ""):
    """Makes one order of a cart, however often the form is sent."""
    lines, cost = lines_of(cart)
    made = "SELECT id FROM shop_orders WHERE cart = ?"
    if not query(made, cart):
        if not lines:
            raise Problem("empty")
        if not re.fullmatch("[!-?A-~]{1,99}@[!-?A-~]{1,99}", email):
            raise Problem("email")
        if total != str(cost):
            raise Problem("changed")
        with store.db:
            query("BEGIN IMMEDIATE")
            insert = "INSERT INTO shop_orders VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (cart) DO NOTHING"
            query(insert, secrets.token_hex(8), cart, email, cost, json.dumps(lines))
            query("DELETE FROM shop_lines WHERE cart = ?", cart)
    done = responses.RedirectResponse(f"/orders/{query(made, cart)[0]['id']}", 303)
    done.delete_cookie("cart")
    return done


@app.get("/orders/{number}")
def show_order(number: str):
    if not (found := query("SELECT * FROM shop_orders WHERE id = ?", number)):
        raise Problem("missing")
    order, states, parts = found[0], [], ""
    for account, _ in orders_of(order):
        row = outbox.get(number, account)
        # A paid order without a row was refused, as it breaks a rule.
        states.append(TEXTS["outbox"][row.state] if row else "held" if order["paid"] else "unpaid")
        word, remote = TEXTS["states"][states[-1]][0], (row and row.remote_id) or ""
        parts += page("part", maker=TEXTS["makers"][account], word=word, remote=remote)
    # The whole is as the part that needs the most care.
    state = next(state for state in TEXTS["states"] if state in states)
    word, sentence = TEXTS["states"][state]
    pay = page("pay", **order) if state == "unpaid" else ""
    bought = "".join(page("bought", **line) for line in json.loads(order["bought"]))
    shown = page("order", **order, state=state, word=word, sentence=sentence, parts_html=parts, pay_html=pay, bought_html=bought)
    return answer("Your order", shown)


@app.post("/payments")
def paid(request: Request, body: Raw):
    """What the payment provider calls, and calls again: the order is paid and enqueued, or neither."""
    signature = hmac.digest(os.environ["SHOP_PAYMENT_SECRET"].encode(), body, "sha256").hex().encode()
    if not hmac.compare_digest(signature, request.headers.get("x-payment-signature", "").encode()):
        raise Problem("unsigned")
    payment = json.loads(body)
    with store.db:
        query("BEGIN IMMEDIATE")
        query("UPDATE shop_orders SET paid = 1 WHERE id = ? AND total = ?", payment["order"], payment["amount"])
        for order in query("SELECT * FROM shop_orders WHERE id = ? AND paid = 1", payment["order"]):
            for account, document in orders_of(order):
                try:
                    outbox.enqueue(document, account)
                except countersign.InvalidOrder as refused:
                    # Paid is paid: a person has to correct it.
                    print(f"order {order['id']} is not enqueued: {refused}", file=sys.stderr)
    return {"ok": True}


@app.post("/products")
def create_product(request: Request, body: Raw):
    """A finished sign: Sign Customiser tells it, perhaps again, and waits for the shop's own id of it."""
    event = countersign.Webhook.from_env(secret="integration").verify(request.headers, body)
    name = f"sign-{event.data['product_id']}"
    values = name, event.data["title"], event.data["price"], event.data["product_image_url"]
    query("INSERT INTO shop_products VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", *values)
    return Response(event.answer(name), media_type="application/json")


@app.post("/webhooks")
def webhook(request: Request, body: Raw):
    """That Sign Customiser has an order settles it, if it was in doubt."""
    outbox.notify(countersign.Webhook.from_env().verify(request.headers, body))
    return {"ok": True}


def work():
    while True:
        try:
            outbox.drain(seconds=60)
        except countersign.Error as error:
            print("nothing is delivered:", error, file=sys.stderr)
            time.sleep(5)


if __name__ == "__main__":
    if sys.argv[1] == "install":
        store.db.executescript((HERE / "schema.sql").read_text())
        outbox.install()
    elif sys.argv[1] == "worker":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # once the order under way has its end
        work()
    else:
        uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")
