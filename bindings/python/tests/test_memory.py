"""Nothing grows: signatures, refusals, orders and answers are let go of."""

from pathlib import Path

import countersign

ORDER = {"externalId": "1", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "t"}]}


def resident():
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1])


def test_nothing_grows():
    signer, spiff = countersign.Signer("k", "s"), countersign.Spiff(access_key="a", secret_key="b", region="us")
    body = '{"data":{"orderCreate":{"id":"o","externalId":"1","pad":"%s"}}}' % ("x" * 2000)

    def work(times):
        for _ in range(times):
            signer.headers("POST", "/", bytearray(2000))
            placed = spiff.prepare_order(ORDER).read(200, {"a": "b"}, body)
            assert placed.raw["id"] == "o"
            for wrong in (lambda: signer.authorization("\n", "/"), lambda: spiff.prepare_order({}), lambda: spiff.prepare_order(ORDER).failed()):
                try:
                    wrong()
                except countersign.Error as error:
                    assert error.kind
            countersign.Signer("k" * 50, "s" * 50)

    work(2000)
    before = resident()
    work(10_000)
    # A leak of one small object in each round would be a megabyte.
    assert resident() - before < 1000, f"{resident() - before} KiB more"


def test_an_outbox_does_not_grow(tmp_path):
    spiff = countersign.Spiff(access_key="a", secret_key="b", region="us")
    box = countersign.Outbox(f"sqlite:{tmp_path}/o.db", {"shop": spiff}, create=True, anywhere=True)
    box.install()
    box.enqueue(ORDER)
    box.pause("shop", why="nothing is sent here")

    def work(times):
        for _ in range(times):
            assert box.enqueue(ORDER).status == "known" and box.get("1").state == "pending" and box.list().rows and box.enqueue_statement(ORDER).params
            for wrong in (lambda: box.enqueue({"externalId": "1"}), lambda: box.enqueue(float("nan")), lambda: box.list("lost")):
                try:
                    wrong()
                except countersign.Error as error:
                    assert error.kind
            # What is begun and not ended: dropped at its first step.
            box._native.begin("postgresql", "format", "get", {"external_id": "1"}).next()
        box.drain(0)

    work(300)
    before = resident()
    work(2000)
    assert resident() - before < 500, f"{resident() - before} KiB more"


def test_clients_that_are_closed_keep_no_connection(sandbox):
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    for _ in range(30):
        spiff = sandbox.spiff()
        spiff.check()
        spiff.close()
    for _ in range(30):
        sandbox.spiff().check()
    assert len(list(descriptors.iterdir())) <= before + 2
