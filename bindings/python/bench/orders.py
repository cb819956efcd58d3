"""Placing orders beside other HTTP libraries, on a plain loopback server; import time and memory: python bench/orders.py

The server (server.c) is a process of its own that answers every request with the same order. Each client keeps its connection. Rounds are
interleaved; figures are medians. CPU is that of the client's process. Everything runs on one core: else the figures tell
where the kernel happened to put the two processes.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import httpx
import requests

import countersign

ORDER = {"externalId": "1001", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "e3ac7f3a"}]}


def server_in(folder):
    """Starts the server; it is in C, so that its own time hardly counts."""
    program = f"{folder}/server"
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server.c")
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", program, source], check=True)
    return subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def in_process(code, repeats=9):
    """Medians of a statement in fresh interpreters: seconds it takes, and MiB that the process has then."""
    program = f"""
import time
begun = time.perf_counter()
{code}
took = time.perf_counter() - begun
print(took, [int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmRSS")][0])
"""
    command = [sys.executable, "-c", program]
    rows = [
        [float(cell) for cell in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()]
        for _ in range(repeats)
    ]
    return [statistics.median(column) for column in zip(*rows)]


def main():
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        server = server_in(folder)
    port = int(server.stdout.readline())
    url, missed = f"http://127.0.0.1:{port}", []
    spiff = countersign.Spiff(access_key="access-key", secret_key="secret-key", base_url=url)
    call = spiff.prepare_order(ORDER)
    body, headers = call.body, call.headers
    plain = http.client.HTTPConnection("127.0.0.1", port)
    session, client = requests.Session(), httpx.Client()

    def with_http_client():
        plain.request("POST", "/graphql", body, headers)
        return json.loads(plain.getresponse().read())["data"]["orderCreate"]["id"]

    candidates = {
        # The whole of it: checked, serialised, signed, sent, read.
        "countersign": lambda: spiff.place_order(ORDER).id,
        # Only sent and read: the same bytes each time, neither checked nor signed.
        "http.client": with_http_client,
        "httpx": lambda: client.post(url + "/graphql", content=body, headers=headers).json()["data"]["orderCreate"]["id"],
        "requests": lambda: session.post(url + "/graphql", data=body, headers=headers).json()["data"]["orderCreate"]["id"],
    }
    try:
        samples = {name: [] for name in candidates}
        for place in candidates.values():
            assert place() == "o-1"
        for _ in range(15):
            for name, place in candidates.items():
                wall, cpu = time.perf_counter(), time.process_time()
                for _ in range(60):
                    place()
                samples[name].append(((time.perf_counter() - wall) / 60, (time.process_time() - cpu) / 60))
    finally:
        server.stdin.close()
        server.wait(10)
        server.stdout.close()
    print(f"orders of {len(body)} bytes over loopback, one at a time, connection kept (load {os.getloadavg()[0]:.1f})\n")
    print(f"{'':<14}{'orders/s':>12}{'CPU per order':>16}{'x orders/s':>14}{'x CPU':>10}")
    median = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in samples.items()}
    ours = median["countersign"]
    for name, (wall, cpu) in median.items():
        print(f"{name:<14}{1 / wall:>12,.0f}{cpu * 1e6:>13.0f} us{wall / ours[0]:>14.2f}{cpu / ours[1]:>10.2f}")
    if (ratio := median["requests"][0] / ours[0]) < 6:
        missed.append(f"{ratio:.1f} times the orders per second of requests, target 6")

    many = [{"id": f"o-{n}", "externalId": str(n), "paid": True, "lineItems": [{"id": f"l-{n}", "quantity": 2, "sku": "MUG", "customFields": '{"engraving":"Sam"}'}] * 3} for n in range(1000)]
    reply = json.dumps({"data": {"orders": many}}).encode()
    read = spiff.prepare("graphql", {"query": "{ orders { id } }"}).read
    times = {"json.loads": [], "countersign": []}
    for _ in range(41):
        for name, work in (("json.loads", lambda: json.loads(reply)["data"]), ("countersign", lambda: read(200, {}, reply))):
            begun = time.thread_time_ns()
            work()
            times[name].append((time.thread_time_ns() - begun) / 1e6)
    plain, checked = (statistics.median(times[name]) for name in times)
    print(f"\na reply of 1,000 orders, {len(reply):,} bytes: json.loads alone {plain:.2f} ms; checked, understood and parsed {checked:.2f} ms ({checked / plain:.2f} times)")

    print("\nin a fresh interpreter:")
    rows = {name: in_process(f"import {name}") for name in ("countersign", "requests", "httpx", "http.client")}
    rows["(nothing)"] = in_process("pass")
    rows["countersign.Spiff"] = in_process("import countersign; countersign.Spiff(access_key='a', secret_key='b', region='us')")
    for name, (seconds, memory) in rows.items():
        print(f"{name:<20}{seconds * 1e3:>10.2f} ms{memory:>10.1f} MiB")
    if (ratio := rows["requests"][0] / rows["countersign"][0]) < 100:
        missed.append(f"imported {ratio:.0f} times faster than requests, target 100")
    print("\ntargets: 6 times the orders per second of requests, imported 100 times faster than requests:", end=" ")
    print("met" if not missed else "MISSED: " + "; ".join(missed))


if __name__ == "__main__":
    main()
