"""Procrastinate: `python procrastinate_worker.py install|enqueue|work`, over DATABASE_URL, to PLATFORM."""

import asyncio
import json
import sys

from procrastinate_app import app, order


async def main(what):
    async with app.open_async():
        if what == "install":
            await app.schema_manager.apply_schema_async()
        elif what == "enqueue":
            await order.batch_defer_async(*(json.loads(line) for line in sys.stdin))
        else:
            # One job at a time in each process is its default. It is told of new jobs by NOTIFY, and fetches on while it finds some.
            await app.run_worker_async(concurrency=1, fetch_job_polling_interval=0.1)


asyncio.run(main(sys.argv[1]))
