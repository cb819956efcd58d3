"""What Procrastinate does: one POST over a connection that is kept, to PLATFORM. Written by hand: no client library costs less."""

import asyncio
import json
import os
from urllib.parse import urlsplit

import procrastinate

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))
PLATFORM = urlsplit(os.environ["PLATFORM"])
kept = []


@app.task(name="order")
async def order(**order):
    if not kept:
        kept.extend(await asyncio.open_connection(PLATFORM.hostname, PLATFORM.port))
    reader, writer = kept
    body = json.dumps(order).encode()
    head = f"POST /api/v2/orders HTTP/1.1\r\nHost: {PLATFORM.netloc}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    told = json.loads(await reader.readexactly(int(head.partition("content-length:")[2].split()[0])))
    if told["order"]["external_id"] != order["external_id"]:
        raise RuntimeError("not placed")
