"""Signing beside Python's own ways, in one process: python bench/sign.py

Every candidate signs the same request and must answer the same text. Rounds are interleaved, time is the CPU time of this
thread, and each figure is the median of its rounds. Where this package is slower, that is printed too.
"""

import base64
import email.utils
import hashlib
import hmac
import os
import platform
import statistics
import sys
import time
import timeit

import vws_auth_tools

import countersign

KEY_ID, SECRET = "access-key-123", "s" * 40
METHOD, PATH, TYPE, DATE = "POST", "/targets", "application/json", "Wed, 01 Jan 2020 00:00:00 GMT"
SIZES = {"150 B": 150, "1 KB": 1024, "16 KB": 16_384, "64 KB": 65_536}


def naive(digest, scheme):
    algorithm = getattr(hashlib, digest)

    def sign(method, path, body, content_type, date):
        text = "\n".join([method, algorithm(body).hexdigest(), content_type, date, path])
        signature = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()).decode()
        return f"{scheme} {KEY_ID}:{signature}"

    return sign


def tuned(digest, scheme):
    """The best that the standard library gives: the key is set up once and copied, and nothing is looked up twice."""
    algorithm, keyed = getattr(hashlib, digest), hmac.new(SECRET.encode(), None, "sha1")
    copy, encode, prefix = keyed.copy, base64.b64encode, f"{scheme} {KEY_ID}:"

    def sign(method, path, body, content_type, date):
        mac = copy()
        mac.update(f"{method}\n{algorithm(body).hexdigest()}\n{content_type}\n{date}\n{path}".encode())
        return prefix + encode(mac.digest()).decode()

    return sign


def naive_dated(method, path, body):
    date = email.utils.formatdate(usegmt=True)
    text = "\n".join([method, hashlib.sha512(body).hexdigest(), TYPE, date, path])
    signature = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return {"Authorization": f"SOA {KEY_ID}:{signature}", "Date": date, "Content-Type": TYPE}


# How each is called: as in a program, without a wrapper around it.
CALL = "sign(METHOD, PATH, body, TYPE, DATE)"
CALL_DATED = "sign(METHOD, PATH, body)"
CALL_VWS = (
    "sign(access_key=KEY_ID, secret_key=SECRET, method=METHOD, content=body, content_type=TYPE, date=DATE, request_path=PATH)"
)


def timer(call, sign, body):
    return timeit.Timer(call, timer=time.thread_time_ns, globals={**globals(), "sign": sign, "body": body})


def measure(candidates, body, rounds):
    """Nanoseconds per call: the median of interleaved rounds of about a millisecond."""
    timers = {name: timer(call, sign, body) for name, (call, sign) in candidates.items()}
    loops, samples = {}, {name: [] for name in candidates}
    for name, one in timers.items():
        loops[name] = max(1, int(1_000_000 / max(1, one.timeit(50) / 50)))
    for _ in range(rounds):
        for name, one in timers.items():
            samples[name].append(one.timeit(loops[name]) / loops[name])
    return {name: statistics.median(times) for name, times in samples.items()}


def body_of(size):
    text = '{"externalId":"1001","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"e3ac7f3a"}]}'
    return (text * (size // len(text) + 1)).encode()[:size]


def main():
    try:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    except (AttributeError, OSError):
        pass
    print(f"Python {platform.python_version()}, countersign {countersign.__version__}, load {os.getloadavg()[0]:.1f}\n")
    missed = []
    soa = countersign.Signer(KEY_ID, SECRET)
    md5 = countersign.Signer(KEY_ID, SECRET, scheme="VWS")
    tables = {
        "SOA, SHA-512": {
            "naive": (CALL, naive("sha512", "SOA")),
            "tuned": (CALL, tuned("sha512", "SOA")),
            "countersign": (CALL, soa.authorization),
        },
        "VWS, MD5": {
            "naive": (CALL, naive("md5", "VWS")),
            "tuned": (CALL, tuned("md5", "VWS")),
            "vws-auth-tools": (CALL_VWS, vws_auth_tools.authorization_header),
            "countersign": (CALL, md5.authorization),
        },
        "SOA with date, as headers": {
            "naive": (CALL_DATED, naive_dated),
            "countersign": (CALL_DATED, soa.headers),
        },
    }
    targets = {
        ("SOA, SHA-512", "150 B", "naive"): 3.8,
        ("SOA, SHA-512", "150 B", "tuned"): 3.0,
        ("VWS, MD5", "150 B", "vws-auth-tools"): 4.8,
        ("SOA with date, as headers", "150 B", "naive"): 5.5,
    }
    for title, candidates in tables.items():
        peers = [name for name in candidates if name != "countersign"]
        print(f"{title:<28}" + "".join(f"{name:>18}" for name in candidates) + "".join(f"{'x ' + name:>18}" for name in peers))
        for label, size in SIZES.items():
            body = body_of(size)
            answers = {eval(call, {**globals(), "sign": sign, "body": body}) for call, sign in candidates.values() if call != CALL_DATED}
            if len(answers) > 1:
                sys.exit("The candidates do not agree.")
            times = measure(candidates, body, 61 if size < 10_000 else 31)
            ratios = {name: times[name] / times["countersign"] for name in peers}
            cells = "".join(f"{times[name]:>15,.0f} ns" for name in candidates)
            cells += "".join(f"{ratio:>13.2f}{' slow' if ratio < 1 else '     '}" for ratio in ratios.values())
            print(f"  {label:<26}{cells}")
            for name, ratio in ratios.items():
                target = targets.get((title, label, name))
                if target is not None and ratio < target:
                    missed.append(f"{ratio:.2f} times {name} ({title}, {label}), target {target}")
        print()
    print("targets at 150 B: " + ", ".join(f"{ratio} times {name} ({title})" for (title, _, name), ratio in targets.items()))
    print("met" if not missed else "MISSED: " + "; ".join(missed))


if __name__ == "__main__":
    main()
