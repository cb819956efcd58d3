"""Orders as literals, for mypy and pyright: `# E` marks what they have to find, and they find nothing else. test_types.py reads it."""

import datetime
import json

import countersign
from countersign.types import SignOrder, SpiffOrder

spiff = countersign.Spiff.from_env()
waiting = countersign.AsyncSpiff.from_env()
signs = countersign.SignCustomiser.from_env()

# Right.
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "t"}]})
spiff.place_order({"externalId": "1", "paid": True, "orderItems": ({"amountToOrder": 1, "bundleId": "b"},), "extra": {"autoPrint": True}})
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "t"}, {"amountToOrder": 2, "bundleId": "b"}]})
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [], "externalData": {"note": "n", "shippingAddress": {"city": "c"}}})
spiff.place_order('{"externalId": "1"}')
spiff.place_order(json.loads("{}"))
order: SpiffOrder = {"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "t"}]}
spiff.settle(order, sent_at=datetime.datetime.now(datetime.UTC))
signs.place_order({"integration_id": 1, "external_id": "1", "external_order_number": "1", "currency": "USD", "products": [{"external_id": "p", "quantity": 1, "price": 1}]})
try:
    spiff.place_order(order)
except countersign.OutcomeUnknown as doubt:
    times: tuple[int, int] = (doubt.sent_at, doubt.settle_after)
    spiff.settle(order, sent_at=doubt.sent_at)
except countersign.TimedOut as error:
    perhaps: int = error.sent_at  # E

# Missing.
spiff.place_order({"externalId": "1", "orderItems": [{"amountToOrder": 1, "transactionId": "t"}]})  # E
spiff.place_order({"paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "t"}]})  # E
spiff.place_order({"externalId": "1", "paid": True})  # E
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [{"transactionId": "t"}]})  # E
spiff.place_order({})  # E

# Neither a design nor a bundle; both.
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 1}]})  # E
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "t", "bundleId": "b"}]})  # E

# Unknown.
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [], "autoPrint": True})  # E
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [{"quantity": 1, "transactionId": "t"}]})  # E
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [], "externalData": {"email": "e"}})  # E
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [], "externalData": {"billingAddress": {"street": "s"}}})  # E

# Of another type.
spiff.place_order({"externalId": 1, "paid": True, "orderItems": []})  # E
spiff.place_order({"externalId": "1", "paid": "yes", "orderItems": []})  # E
spiff.place_order({"externalId": "1", "paid": True, "orderItems": {"amountToOrder": 1, "transactionId": "t"}})  # E
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 2.0, "transactionId": "t"}]})  # E
spiff.place_order({"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": "2", "transactionId": "t"}]})  # E
spiff.place_order([])  # E
spiff.place_order(None)  # E

# The other methods, and the other platform.
async def main() -> None:
    await waiting.place_order({"externalId": "1", "orderItems": []})  # E
spiff.prepare_order({"externalId": "1", "orderItems": []})  # E
spiff.settle({"externalId": "1", "orderItems": []}, sent_at=1)  # E
signs.place_order({"integration_id": "1", "external_id": "1", "external_order_number": "1", "currency": "USD", "products": []})  # E
signs.place_order({"integration_id": 1, "external_id": "1", "external_order_number": "1", "currency": "USD", "products": [{"external_id": "p", "quantity": 1, "price": 29.99}]})  # E
signs.place_order({"integration_id": 1, "external_id": "1", "currency": "USD", "products": []})  # E
signs.prepare_order(order)  # E
wrong: SignOrder = {"integration_id": 1, "external_id": "1", "external_order_number": "1", "currency": "USD", "products": [], "paid": True}  # E
countersign.Webhook.from_env(secret="callback")  # E
