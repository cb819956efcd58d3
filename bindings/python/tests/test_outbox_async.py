"""AsyncOutbox: nothing blocks the loop, and what is cancelled loses nothing."""

import asyncio
import logging
import threading
import time

import psycopg
import psycopg_pool
import pytest

import countersign


def outbox(store, sandbox, **more):
    return countersign.AsyncOutbox(store, {"shop": sandbox.spiff()}, **more)


@pytest.fixture(params=["file", "psycopg", "pool"])
def awaited(request, sandbox, postgresql, tmp_path):
    """Makes an outbox with its tables, within a loop."""
    prefix = postgresql.prefix()

    async def made(work, **more):
        kind = request.param
        if kind == "file":
            box = outbox(f"sqlite:{tmp_path}/o.db", sandbox, create=True, anywhere=True, **more)
            await box.install()
            return await work(box, nothing)
        arguments = postgresql.arguments(autocommit=False)
        if kind == "pool":
            async with psycopg_pool.AsyncConnectionPool(kwargs=arguments, min_size=1, max_size=3, open=False) as pool:
                box = outbox(pool, sandbox, prefix=prefix, **more)
                await box.install()
                return await work(box, nothing)
        async with await psycopg.AsyncConnection.connect(**arguments) as connection:
            box = outbox(connection, sandbox, prefix=prefix, **more)
            await box.install()
            return await work(box, connection.commit)

    async def nothing():
        pass

    made.id = f"{request.param}-{prefix}"
    return made


def test_the_life_of_an_order(sandbox, awaited):
    async def work(box, commit):
        order = sandbox.order(awaited.id)
        assert (await box.enqueue(order)).status == "new"
        assert (await box.enqueue(order)).status == "known"
        await commit()
        drained = await box.drain()
        assert (drained.placed, drained.next_due) == (1, None)
        assert [row.external_id for row in await box.list("placed")] == [awaited.id]
        assert (await box.check()).ok and (await box.stats())["shop"]["alerts"] == 0
        await commit()
        assert (await box.drain(0)).placed == 0
        with pytest.raises(countersign.InvalidOrder):
            await box.enqueue({"externalId": "1"})
        assert repr(box).startswith("<countersign.AsyncOutbox over ")

    asyncio.run(awaited(work))


def test_cancelled_in_the_middle_of_a_send_it_has_its_end_first(sandbox, awaited):
    async def work(box, commit):
        first, second = sandbox.order(f"{awaited.id}-1"), sandbox.order(f"{awaited.id}-2")
        await box.enqueue(first)
        await box.enqueue(second)
        await commit()
        sandbox.fault("accept_late", ms=700)
        task = asyncio.create_task(box.drain(20))
        await asyncio.sleep(0.3)
        began = time.monotonic()
        for _ in range(3):  # however often
            task.cancel()
            await asyncio.sleep(0.05)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled() and 0.2 < time.monotonic() - began < 10
        rows = {row.external_id: (row.state, row.sends) for row in await box.list()}
        assert rows == {first["externalId"]: ("placed", 1), second["externalId"]: ("pending", 0)}
        await commit()
        # And it may be drained again, over the same connection.
        assert (await box.drain()).placed == 1

    asyncio.run(awaited(work))


def test_cancelled_while_it_waits_it_ends_at_once(sandbox, awaited):
    async def work(box, commit):
        await box.enqueue(sandbox.order(awaited.id), due=time.time() + 15)
        await commit()
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await box.drain(30)
        assert time.monotonic() - began < 5
        assert (await box.get(awaited.id)).state == "pending"

    asyncio.run(awaited(work))


def test_a_loop_that_ends_lets_the_order_under_way_end(sandbox, awaited):
    """asyncio.run() cancels every task, ours too."""
    told = []

    async def work(box, commit):
        await box.enqueue(sandbox.order(awaited.id))
        await commit()
        sandbox.fault("accept_late", ms=700)
        before = asyncio.all_tasks()
        task = asyncio.create_task(box.drain(20))
        task.add_done_callback(lambda task: told.append(task.cancelled()))
        await asyncio.sleep(0.3)
        # But those that the pool needs for its end.
        for one in asyncio.all_tasks() - before:
            one.cancel()
        await asyncio.wait((task,))
        assert told == [True]
        row = await box.get(awaited.id)
        assert (row.state, row.sends) == ("placed", 1)

    asyncio.run(awaited(work))


def test_the_loop_goes_on_and_its_threads_are_left_alone(sandbox, awaited):
    async def work(box, commit):
        for n in range(3):
            await box.enqueue(sandbox.order(f"{awaited.id}-{n}"))
        await commit()
        sandbox.fault("accept_late", ms=300, count=3)
        # Not one of the loop's own threads may be asked for.
        asyncio.get_running_loop().set_default_executor(Refusing(1))
        longest, last, task = 0.0, time.monotonic(), asyncio.create_task(box.drain(20))
        while not task.done():
            await asyncio.sleep(0.002)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        assert task.result().placed == 3 and longest < 0.25, longest

    asyncio.run(awaited(work))
    assert not [one.name for one in threading.enumerate() if one.name.startswith("countersign-drain")]


class Refusing(asyncio.base_events.concurrent.futures.ThreadPoolExecutor):
    def submit(self, *_, **__):
        raise AssertionError("the loop's own threads")


def test_a_drain_in_a_file_keeps_nobody_from_enqueueing(sandbox, tmp_path):
    async def main():
        box = outbox(f"sqlite:{tmp_path}/o.db", sandbox, create=True, anywhere=True)
        await box.install()
        await box.enqueue(sandbox.order("slow"))
        sandbox.fault("accept_late", ms=1500)
        task = asyncio.create_task(box.drain(10, 1))
        await asyncio.sleep(0.2)
        began = time.monotonic()
        assert (await box.enqueue(sandbox.order("quick"))).status == "new" and not task.done()
        assert time.monotonic() - began < 1
        assert (await task).placed == 1

    asyncio.run(main())


def test_what_is_held_is_told(sandbox, awaited, caplog):
    caplog.set_level(logging.INFO, "countersign")
    told = []

    async def on_held(row):
        async with asyncio.timeout(5):
            await asyncio.sleep(0)
        told.append(row.external_id)

    async def work(box, commit):
        order = sandbox.order(awaited.id)
        await asyncio.to_thread(sandbox.spiff().place_order, {**order, "externalId": f"other-{awaited.id}"})
        await box.enqueue(order)
        await commit()
        assert (await box.drain(5)).held == 1

    asyncio.run(awaited(work, on_held=on_held))
    assert told == [awaited.id]
    assert [record.state for record in caplog.records if getattr(record, "external_id", None) == awaited.id] == ["held"]


def test_cancelled_while_it_tells_it_ends_there(sandbox, awaited):
    heard = []

    async def on_held(row):
        heard.append(row.external_id)
        await asyncio.sleep(0.3)
        heard.append("to its end")

    async def work(box, commit):
        for n in range(2):
            order = sandbox.order(f"{awaited.id}-{n}")
            await asyncio.to_thread(sandbox.spiff().place_order, {**order, "externalId": f"other-{awaited.id}-{n}"})
            await box.enqueue(order)
        await box.enqueue(sandbox.order(awaited.id), due=time.time() + 20)
        await commit()
        task = asyncio.create_task(box.drain(30))
        while not heard:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 10)
        assert heard[1] == "to its end"

    asyncio.run(awaited(work, on_held=on_held))


def test_transactions(sandbox, postgresql):
    async def main():
        prefix = postgresql.prefix()
        async with await psycopg.AsyncConnection.connect(**postgresql.arguments()) as connection:
            box = outbox(connection, sandbox, prefix=prefix)
            await box.install()
            order = sandbox.order(f"{prefix}1")
            with pytest.raises(ZeroDivisionError):
                async with connection.transaction():
                    assert (await box.enqueue(order)).status == "new"
                    for call in (box.drain, box.install):
                        with pytest.raises(countersign.Error, match="commit first"):
                            await call()
                    raise ZeroDivisionError
            assert postgresql.rows(prefix) == 0
            async with connection.transaction():
                await box.enqueue(order)
                with pytest.raises(psycopg.Error):
                    async with connection.transaction():
                        await connection.execute("SELECT 1/0")
            assert postgresql.rows(prefix) == 1
            with pytest.raises(psycopg.Error):
                await connection.execute("SELECT 1/0")
            with pytest.raises(countersign.Error, match="repeat the whole transaction"):
                await box.enqueue(order)
            await connection.rollback()
            async with connection.pipeline():
                with pytest.raises(countersign.Error, match="pipeline"):
                    await box.enqueue(order)
            # The statement of an enqueue, for who runs SQL himself.
            other = sandbox.order(f"{prefix}2")
            made = box.enqueue_statement(other)
            await connection.execute(made.sql, made.params)
            await connection.commit()
            assert (await box.drain()).placed == 2 and connection.autocommit is False

            async def lent():
                return connection

            assert len(await outbox(lent, sandbox, prefix=prefix).list()) == 2
            await connection.commit()
            # Many at the same time, over a pool.
            async with psycopg_pool.AsyncConnectionPool(kwargs=postgresql.arguments(), min_size=2, max_size=4, open=False) as pool:
                box = outbox(pool, sandbox, prefix=prefix)
                orders = [sandbox.order(f"{prefix}many-{n}") for n in range(20)]
                told = await asyncio.gather(*(box.enqueue(order) for order in orders + orders))
                assert [one.status for one in told].count("new") == 20
                async with pool.connection() as lent:
                    await box.enqueue(sandbox.order(f"{prefix}lent"), connection=lent)
                    await lent.rollback()
                done = await asyncio.gather(*(box.drain(10) for _ in range(3)))
                assert sum(one.placed for one in done) == 20
            await connection.close()
            with pytest.raises(countersign.Error, match="closed|lost"):
                await outbox(connection, sandbox, prefix=prefix).enqueue(order)
        with pytest.raises(countersign.InvalidInput, match="which dialect"):
            outbox(lambda: None, sandbox).schema()
        assert outbox(lambda: None, sandbox).enqueue_statement(order, dialect="postgresql", paramstyle="named").sql.count(":p") == 10
        with pytest.raises(countersign.InvalidInput, match="psycopg.AsyncConnection"):
            await outbox(lambda: None, sandbox).list()

    asyncio.run(main())


def test_an_asynchronous_client_serves_as_an_account(sandbox, tmp_path):
    async def main():
        async with countersign.AsyncSpiff(**sandbox.spiff_keys) as spiff:
            box = countersign.AsyncOutbox(f"sqlite:{tmp_path}/o.db", {"shop": spiff}, create=True, anywhere=True)
            await box.install()
            await box.enqueue(sandbox.order("by-async"))
            assert (await box.drain(5)).placed == 1

    asyncio.run(main())
