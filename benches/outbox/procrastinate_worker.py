"""Procrastinate: `python procrastinate_worker.py install|enqueue|work`, over DATABASE_URL, to PLATFORM."""

import asyncio
import json
import os
import sys
from urllib.parse import urlsplit

import procrastinate

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))
PLATFORM = urlsplit(os.environ.get("PLATFORM", "http://127.0.0.1:9"))
kept = []


@app.task(name="order")
async def order(**order):
    """One POST over a connection that is kept. Written by hand: no client library costs less."""
    if not kept:
        kept.extend(await asyncio.open_connection(PLATFORM.hostname, PLATFORM.port))
    reader, writer = kept
    body = json.dumps(order).encode()
    writer.write(b"POST /api/v2/orders HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                 % (PLATFORM.netloc.encode(), len(body), body))
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length:")[2].split()[0])
    told = json.loads(await reader.readexactly(length))
    if told["order"]["external_id"] != order["external_id"]:
        raise RuntimeError("not placed")


async def main(what):
    async with app.open_async():
        if what == "install":
            await app.schema_manager.apply_schema_async()
        elif what == "enqueue":
            await order.batch_defer_async(*(json.loads(line) for line in sys.stdin))
        else:
            # One job at a time in each process is its default. It is told of new jobs by NOTIFY, and fetches on while it finds some.
            await app.run_worker_async(concurrency=1, fetch_job_polling_interval=0.1)


if __name__ == "__main__":
    # It wants its tasks in a module that has a name.
    import procrastinate_worker

    asyncio.run(procrastinate_worker.main(sys.argv[1]))
