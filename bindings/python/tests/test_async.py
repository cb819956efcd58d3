"""The clients for asyncio: the loop goes on, threads are few and their own, a cancelled call says what is known."""

import asyncio
import contextlib
import logging
import threading
import time

import pytest
from conftest import python, sign_order

import countersign
from countersign import AsyncSignCustomiser, AsyncSpiff, NotPlaced, OutcomeUnknown


def spiff_of(sandbox, **options):
    return AsyncSpiff(**{**sandbox.spiff_keys, **options})


def test_the_same_methods_awaited(sandbox):
    order = sandbox.order("async-1")

    async def main():
        async with spiff_of(sandbox, settle_delay=0, settle_gap=0) as spiff:
            placed = await spiff.place_order(order)
            assert (await spiff.orders([placed.id]))[0]["id"] == placed.id
            assert (await spiff.graphql("{ currentIntegration { id } }"))["currentIntegration"]["id"]
            assert (await spiff.check())["attempt"]["status"] == 200
            assert await spiff.settle(order, sent_at=time.time() - 5) == "placed"
            assert (await spiff.acting_for(partner_id="p").current_integration())["id"]
            assert spiff.prepare_order(order).method == "POST"
            with pytest.raises(countersign.InvalidOrder):
                await spiff.place_order({})
            assert repr(spiff).startswith("<countersign.AsyncSpiff with ")
        assert spiff.closed
        with pytest.raises(countersign.InvalidInput, match="closed"):
            await spiff.check()
        async with AsyncSignCustomiser(**sandbox.sign_keys) as signs:
            assert (await signs.place_order(sign_order("async-sc"))).external_id == "async-sc"
            made = await signs.webhooks.create("order:created", "http://127.0.0.1:9/a")
            assert (await signs.webhooks.get(made["webhook_id"]))["topic"] == "order:created"
            await signs.webhooks.delete(made["webhook_id"])
            with pytest.raises(countersign.Unsupported):
                await signs.settle(sign_order("x"))

    asyncio.run(main())
    assert len(sandbox.accepted("async-1")) == 1


def test_the_loop_goes_on_while_eight_orders_wait(sandbox):
    orders = [sandbox.order(f"loop-{n}") for n in range(8)]
    sandbox.fault("accept_late", ms=1000, count=8)

    async def main():
        longest, last, steps = 0.0, time.monotonic(), 0
        async with spiff_of(sandbox) as spiff:
            placing = asyncio.gather(*[spiff.place_order(order) for order in orders])
            while not placing.done():
                await asyncio.sleep(0.005)
                now = time.monotonic()
                longest, last, steps = max(longest, now - last), now, steps + 1
            names = {thread.name for thread in threading.enumerate()}
            assert any(name.startswith("countersign") for name in names), names
            return [placed.external_id for placed in await placing], longest, steps

    begun = time.monotonic()
    found, longest, steps = asyncio.run(main())
    assert found == [order["externalId"] for order in orders]
    assert longest < 0.7 and steps > 20, (longest, steps)
    assert time.monotonic() - begun < 8, "they waited for each other"


def test_more_than_may_wait_is_refused_and_was_not_sent(sandbox):
    orders = [sandbox.order(f"busy-{n}") for n in range(4)]
    sandbox.fault("accept_late", ms=400, count=2)

    async def main():
        async with spiff_of(sandbox, workers=1, waiting=1) as spiff:
            tasks = [asyncio.create_task(spiff.place_order(order)) for order in orders]
            return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third, fourth = asyncio.run(main())
    assert (first.external_id, second.external_id) == ("busy-0", "busy-1")
    for refused in (third, fourth):
        assert isinstance(refused, NotPlaced)
        assert (refused.kind, refused.outcome, refused.retryable) == ("busy", "not_placed", True)
    assert not sandbox.accepted("busy-2") and not sandbox.accepted("busy-3")


def test_an_order_that_waits_is_sent_as_it_was_given(sandbox):
    first, second = sandbox.order("as-given-1"), sandbox.order("as-given-2")
    sandbox.fault("accept_late", ms=300)

    async def main():
        async with spiff_of(sandbox, workers=1) as spiff:
            placing = asyncio.create_task(spiff.place_order(first))
            waiting = asyncio.create_task(spiff.place_order(second))
            await asyncio.sleep(0.1)
            second["externalId"] = "changed"
            with pytest.raises(countersign.InvalidOrder):
                await spiff.place_order({"externalId": float("nan")})
            assert not placing.done(), "what is wrong is said before it waits"
            await asyncio.gather(placing, waiting)

    asyncio.run(main())
    assert len(sandbox.accepted("as-given-2")) == 1 and not sandbox.accepted("changed")


def test_one_dict_that_is_used_again_places_every_order_once(sandbox):
    """What each call was given counts, not what the dict says when a thread, or the loop, comes to it."""
    order, names = sandbox.order("reused"), [f"reused-{n}" for n in range(20)]
    sandbox.fault("accept_late", ms=300, count=len(names))

    async def main():
        async with spiff_of(sandbox) as spiff:
            tasks = []
            for name in names:
                order["externalId"] = name
                tasks.append(asyncio.create_task(spiff.place_order(order)))
            order["orderItems"].clear()
            return [placed.external_id for placed in await asyncio.gather(*tasks)]

    assert asyncio.run(main()) == names
    assert [len(sandbox.accepted(name)) for name in names] == [1] * len(names)


def test_every_call_keeps_its_input_when_it_is_made(sandbox):
    order = sandbox.order("kept")
    ids, variables = [order["orderItems"][0]["transactionId"]], {"ids": ["not-there"]}
    signed, body, meta = sign_order("kept-sc"), {"topic": "order:created", "url": "http://127.0.0.1:9/"}, {"a": 1}
    query = "query ($ids: [String!]!) { products(ids: $ids) { id } }"

    async def main():
        async with spiff_of(sandbox, settle_delay=0, settle_gap=0) as spiff, AsyncSignCustomiser(**sandbox.sign_keys) as signs:
            await spiff.place_order(order)
            calls = [
                spiff.settle(order, sent_at=time.time() - 5),
                spiff.transactions(ids),
                spiff.run("transactions", {"ids": ids}),
                spiff.graphql(query, variables),
                spiff.process_execution_wait("not-there", wait=0),
                signs.place_order(signed),
                signs.request("POST", "/api/v2/webhooks", body),
                signs.webhooks.create("order:created", "http://127.0.0.1:9/", meta),
            ]
            for kept in (order, ids, variables["ids"], variables, signed, body, meta):
                kept.clear()
            settled, *reads, flow, placed, made, other = await asyncio.gather(*calls, return_exceptions=True)
            assert settled == "placed", settled
            assert [len(read["products"] if isinstance(read, dict) else read) for read in reads] == [1, 1, 1], reads
            assert isinstance(flow, countersign.Error), flow
            assert placed.external_id == "kept-sc" and made and other["webhook_id"]

    asyncio.run(main())


def test_pages_keep_what_they_were_asked_with(sandbox):
    from countersign._pages import Pages

    class Client:
        def run(self, operation, members, timeout):
            asked.append(members)
            return {"items": [1], "next": 1 if len(asked) == 1 else None}

    asked, ids = [], ["a", {"deep": ["b"]}]
    ids.append(ids)  # no input can be this, and it is refused when it is read
    pages = Pages(Client(), "transactions_feed", {"ids": ids, "text": "t"}, None)
    ids.pop()
    ids[1]["deep"].clear()
    assert list(pages) == [1, 1]
    for members in asked:
        assert members["ids"][:2] == ["a", {"deep": ["b"]}] and members["ids"][2] is members["ids"]


def test_a_call_that_is_never_awaited_sends_nothing_and_python_says_so(sandbox):
    order = sandbox.order("never-awaited")
    with spiff_client(sandbox) as spiff:
        with pytest.warns(RuntimeWarning, match=r"coroutine 'AsyncSpiff\.place_order' was never awaited"):
            spiff.place_order(order)
        # What is wrong with an input is said where it is awaited, so that gather() hears of it.
        refused = spiff.place_order({})
        with pytest.raises(countersign.InvalidOrder):
            asyncio.run(refused)
        call = spiff.place_order(order, timeout=5)
    with pytest.raises(NotPlaced, match="closed"):
        asyncio.run(call)
    assert not sandbox.accepted("never-awaited")


@contextlib.contextmanager
def spiff_client(sandbox):
    spiff = spiff_of(sandbox)
    yield spiff
    asyncio.run(spiff.aclose())


def test_the_time_limit_of_a_call_begins_with_it(sandbox):
    """Not when it was made: programs make many calls, and let a few at a time begin."""
    order = sandbox.order("made-early")

    async def main():
        async with spiff_of(sandbox) as spiff:
            placing = spiff.place_order(order, timeout=0.6)
            await asyncio.sleep(0.8)
            return await placing

    assert asyncio.run(main()).external_id == "made-early"


def test_a_run_of_ones_own_is_handed_the_input_as_it_was(sandbox):
    order, seen = sandbox.order("own-run"), []

    class Traced(AsyncSpiff):
        async def run(self, operation, input=None, *, timeout=None):
            seen.append(input["externalId"])
            return await super().run(operation, input, timeout=timeout)

    class Plain(AsyncSpiff):
        def run(self, operation, input=None, *, timeout=None):
            return super().run(operation, input, timeout=timeout)

    async def main():
        for kind in (Traced, Plain):
            async with kind(**sandbox.spiff_keys) as spiff:
                order["externalId"] = f"own-run-{kind.__name__}"
                placing = asyncio.create_task(spiff.place_order(order))
                order["externalId"] = "changed"
                assert (await placing).external_id == f"own-run-{kind.__name__}"

    asyncio.run(main())
    assert seen == ["own-run-Traced"] and not sandbox.accepted("changed")


def test_cancelled_before_the_start_nothing_is_sent(sandbox):
    first, second = sandbox.order("before-1"), sandbox.order("before-2")
    sandbox.fault("accept_late", ms=400)

    async def main():
        async with spiff_of(sandbox, workers=1) as spiff:
            placing = asyncio.create_task(spiff.place_order(first))
            waiting = asyncio.create_task(spiff.place_order(second))
            await asyncio.sleep(0.1)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await waiting
            known = caught.value.__cause__
            assert isinstance(known, NotPlaced) and (known.kind, known.retryable) == ("aborted", True)
            await placing
            await asyncio.sleep(0.1)

    asyncio.run(main())
    assert len(sandbox.accepted("before-1")) == 1
    assert not sandbox.accepted("before-2")


def test_cancelled_under_way_the_outcome_is_unknown(sandbox, caplog):
    order = sandbox.order("under-way")
    sandbox.fault("accept_late", ms=1500)

    async def main():
        async with spiff_of(sandbox, settle_delay=7) as spiff:
            placing = asyncio.create_task(spiff.place_order(order))
            await asyncio.sleep(0.2)
            begun = time.monotonic()
            placing.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await placing
            assert time.monotonic() - begun < 0.8, "a cancelled task ends at once"
            return caught.value

    before = int(time.time())
    cancelled = asyncio.run(main())
    doubt = cancelled.__cause__
    assert isinstance(doubt, OutcomeUnknown)
    assert (doubt.kind, doubt.outcome, doubt.retryable) == ("aborted", "unknown", False)
    assert before <= doubt.sent_at <= time.time() and doubt.settle_after == doubt.sent_at + 7
    assert any(getattr(record, "outcome", None) == "unknown" for record in caplog.records)
    for _ in range(200):
        if sandbox.accepted("under-way"):
            break
        time.sleep(0.02)
    assert len(sandbox.accepted("under-way")) == 1, "the call went on, and the order exists"


def test_cancelled_just_after_it_succeeded_the_answer_is_not_taken_for_nothing_sent(sandbox):
    order = sandbox.order("just-after")

    async def main():
        async with spiff_of(sandbox) as spiff:
            placing = asyncio.create_task(spiff.place_order(order))
            await asyncio.sleep(0)
            for _ in range(500):  # the loop stands still, and the call ends meanwhile
                if sandbox.accepted("just-after"):
                    break
                time.sleep(0.01)
            time.sleep(0.2)
            placing.cancel()
            await placing

    with pytest.raises(asyncio.CancelledError) as caught:
        asyncio.run(main())
    assert isinstance(caught.value.__cause__, OutcomeUnknown) and caught.value.__cause__.sent_at


def test_cancelled_after_closing_with_a_broken_log_it_is_cancelled_all_the_same(sandbox, monkeypatch):
    order = sandbox.order("closed-under-way")
    sandbox.fault("accept_late", ms=600)
    told = []

    def broken(*_, **__):
        raise RuntimeError("the log is broken")

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        spiff = spiff_of(sandbox)
        placing = asyncio.create_task(spiff.place_order(order))
        await asyncio.sleep(0.2)
        await spiff.aclose()
        monkeypatch.setattr(logging.getLogger("countersign"), "warning", broken)
        placing.cancel()
        await placing

    with pytest.raises(asyncio.CancelledError) as caught:
        asyncio.run(main())
    assert isinstance(caught.value.__cause__, OutcomeUnknown)
    assert len(told) == 1


def test_without_a_loop_of_asyncio_nothing_is_sent(sandbox):
    order = sandbox.order("no-loop")
    placing = spiff_of(sandbox).place_order(order)
    with pytest.raises(RuntimeError, match="no running event loop"):
        placing.send(None)
    time.sleep(0.2)
    assert not sandbox.accepted("no-loop")


def test_where_no_thread_can_begin_nothing_is_sent(sandbox, monkeypatch):
    """Python's executor keeps the work when it cannot begin a thread, and does it later: an order that was refused."""
    first, second = sandbox.order("thread-1"), sandbox.order("thread-2")
    sandbox.fault("accept_late", ms=300)

    def no_threads(_):
        raise RuntimeError("can't start new thread")

    async def main():
        async with spiff_of(sandbox, workers=2) as spiff:
            placing = asyncio.create_task(spiff.place_order(first))
            await asyncio.sleep(0.1)
            with monkeypatch.context() as patch:
                patch.setattr(threading.Thread, "start", no_threads)
                with pytest.raises(NotPlaced, match="No thread could begin") as caught:
                    await spiff.place_order(second)
            assert (caught.value.kind, caught.value.retryable) == ("busy", True)
            assert (await placing).id
            await spiff.check()

    asyncio.run(main())
    assert not sandbox.accepted("thread-2")


def test_clients_that_share_threads_close_on_their_own(sandbox):
    async def main():
        spiff = spiff_of(sandbox)
        async with spiff.acting_for(partner_id="p") as other:
            await other.check()
        other = spiff.acting_for(partner_id="q")
        await spiff.check()
        await spiff.aclose()
        with pytest.raises(NotPlaced, match="closed"):
            await spiff.place_order({})
        await other.check()
        await other.aclose()

    before = set(threading.enumerate())
    asyncio.run(main())
    for _ in range(200):
        if set(threading.enumerate()) <= before:
            break
        time.sleep(0.01)
    assert set(threading.enumerate()) <= before, "threads end with the last client that has them"


def test_a_timeout_of_asyncio_keeps_the_doubt(sandbox):
    order = sandbox.order("wait-for")
    sandbox.fault("accept_late", ms=600)

    async def main():
        async with spiff_of(sandbox) as spiff:
            async with asyncio.timeout(0.2):
                await spiff.place_order(order)

    with pytest.raises(TimeoutError) as caught:
        asyncio.run(main())
    causes, error = [], caught.value
    while error is not None:
        causes.append(type(error))
        error = error.__cause__ or error.__context__
    assert any(issubclass(cause, OutcomeUnknown) for cause in causes), causes


def test_our_own_timeout_says_so_itself(sandbox):
    order = sandbox.order("own-timeout")
    sandbox.fault("accept_late", ms=600)

    async def main():
        async with spiff_of(sandbox) as spiff:
            await spiff.place_order(order, timeout=0.2)

    with pytest.raises(OutcomeUnknown) as caught:
        asyncio.run(main())
    assert isinstance(caught.value, TimeoutError)


def test_a_cancelled_read_is_just_cancelled(sandbox):
    sandbox.control("POST", "faults", {"fault": "accept_late", "target": "read", "ms": 300})

    async def main():
        async with spiff_of(sandbox) as spiff:
            reading = asyncio.create_task(spiff.current_integration())
            await asyncio.sleep(0.1)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await reading
            assert caught.value.__cause__ is None

    asyncio.run(main())


def test_a_program_ends_once_its_orders_are_placed(sandbox):
    import json

    code = """
import asyncio, json, os
import countersign

async def main():
    spiff = countersign.AsyncSpiff.from_env()
    asyncio.create_task(spiff.place_order(json.loads(os.environ["ORDER"])))
    await asyncio.sleep(0.2)

asyncio.run(main())
"""
    sandbox.fault("accept_late", ms=500)
    order = sandbox.order("program-end")
    done = python(code, env={**sandbox.ready["env"], "ORDER": json.dumps(order)}, timeout=20)
    assert done.returncode == 0, done.stderr
    assert len(sandbox.accepted("program-end")) == 1


def test_sizes_are_checked(sandbox):
    for size in ({"workers": 0}, {"waiting": -1}):
        with pytest.raises(countersign.InvalidInput):
            spiff_of(sandbox, **size)
    with pytest.raises(countersign.InvalidInput, match="Did you mean"):
        spiff_of(sandbox, tiemout=3)
