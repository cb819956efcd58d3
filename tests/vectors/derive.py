#!/usr/bin/env python3
"""Re-derives every expectation in this folder with CPython's hashlib and hmac alone, and compares.

An implementation apart from the library: it shares no line with it, and follows the written rules only.

    python3 derive.py            check all files; exit 1 and name each row that differs
    python3 derive.py --write    also fill in expectations that a new row leaves out (never changes one that is there)

A row whose value comes from a document or another implementation carries that value; this script confirms it.
"""

import base64
import email.utils
import hashlib
import hmac
import json
import pathlib
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
WRITE = "--write" in sys.argv[1:]
problems = []


def load(name):
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def save(name, rows):
    (HERE / name).write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def expect(name, row, field, value):
    """The field must hold the value; where it is left out and --write is given, it is filled in."""
    if field not in row and WRITE:
        row[field] = value
    elif field not in row or row[field] != value:
        problems.append(f"{name} {row['id']}: {field} is {row.get(field)!r}, derived {value!r}")


def raw(row, field):
    """Bytes of `field`, or of `field_base64`."""
    if field + "_base64" in row:
        return base64.b64decode(row[field + "_base64"], validate=True)
    return row[field].encode("utf-8")


def media_type(value):
    return value.split(";", 1)[0].rstrip()


def string_to_sign(digest, method, body, content_type, date, path):
    return "\n".join([method, hashlib.new(digest, body).hexdigest(), content_type, date, path])


def hmac_sha1(secret, text):
    return hmac.new(secret, text.encode("utf-8"), hashlib.sha1).digest()


# --- sign.json -------------------------------------------------------------------------------------------------------

WHITE = " \t\n\r\x0b\x0c"


def has_control(text):
    return any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text)


def must_be_refused(row):
    """The rules for arguments, as the documentation of `Signer` states them."""
    if row["scheme"] not in ("SOA", "VWS") or row.get("digest", "md5") not in ("sha512", "md5"):
        return True
    if row["scheme"] == "VWS" and row.get("digest") == "sha512":
        return True
    key_id = row["key_id"]
    if not key_id or ":" in key_id or has_control(key_id) or any(c.isspace() for c in key_id):
        return True
    secret = raw(row, "secret")
    if not secret:
        return True
    if not row.get("exact_secret") and (chr(secret[0]) in WHITE or chr(secret[-1]) in WHITE):
        return True
    return any(has_control(row.get(part, "")) for part in ("method", "path", "content_type", "date"))


def check_sign():
    rows = load("sign.json")
    for row in rows:
        if "error" in row:
            if row["error"] != "invalid_argument" or not must_be_refused(row):
                problems.append(f"sign.json {row['id']}: nothing in the rules refuses it")
            if "authorization" in row or "string_to_sign" in row:
                problems.append(f"sign.json {row['id']}: an error and a signature exclude each other")
            continue
        if must_be_refused(row):
            problems.append(f"sign.json {row['id']}: the rules refuse it")
        content_type = row.get("content_type", "application/json")
        if row["scheme"] == "VWS":
            digest, content_type = "md5", media_type(content_type)
        else:
            digest = row.get("digest", "sha512")
        text = string_to_sign(digest, row["method"], raw(row, "body"), content_type, row["date"], row["path"])
        signature = base64.b64encode(hmac_sha1(raw(row, "secret"), text)).decode()
        expect("sign.json", row, "string_to_sign", text)
        expect("sign.json", row, "authorization", f"{row['scheme']} {row['key_id']}:{signature}")
    return "sign.json", rows


# --- webhook.json ----------------------------------------------------------------------------------------------------

SIGNED_BYTES = {
    "A": lambda timestamp, body: timestamp + b"." + body,
    "B": lambda timestamp, body: body,
    "C": lambda timestamp, body: timestamp + body,
    "D": lambda timestamp, body: body + timestamp,
    "E": lambda timestamp, body: body + b"." + timestamp,
}


def webhook_signature(row):
    """`signed` names what the sender did otherwise than the row says."""
    signed = row.get("signed", {})
    sent = row | signed
    body = raw(signed if "body" in signed else row, "body")
    timestamp = sent.get("timestamp", "").encode("utf-8")
    mac = hmac.new(raw(sent, "secret"), SIGNED_BYTES[sent["scheme"]](timestamp, body), hashlib.sha256).digest()
    text = {
        "hex": mac.hex(),
        "HEX": mac.hex().upper(),
        "base64": base64.b64encode(mac).decode(),
        "url_safe": base64.urlsafe_b64encode(mac).decode(),
        "unpadded": base64.b64encode(mac).decode().rstrip("="),
    }[sent["encoding"]]
    return signed.get("template", "{}").format(text)


def well_formed(row):
    """Both headers are there and have the documented form."""
    timestamp, signature = row.get("timestamp"), row.get("signature")
    if timestamp is None or signature is None:
        return False
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if row["encoding"] == "hex":
        return len(signature) == 64 and all(c in "0123456789abcdefABCDEF" for c in signature)
    try:
        mac = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    return len(mac) == 32 and base64.b64encode(mac).decode() == signature


def is_event(body):
    """One JSON object with exactly one of the documented keys, and an object under it."""
    try:
        members = json.loads(body.decode("utf-8"), object_pairs_hook=list)
    except ValueError:
        return False
    if not isinstance(members, list) or any(not isinstance(member, tuple) for member in members):
        return False
    known = [value for key, value in members if key in ("product", "order", "form_submission")]
    return len(known) == 1 and isinstance(known[0], list)


def webhook_result(row):
    if not well_formed(row):
        return "malformed"
    due = webhook_signature(row | {"signed": {"encoding": row["encoding"]}})
    presented = row["signature"].lower() if row["encoding"] == "hex" else row["signature"]
    active = row.get("active_secrets", [row.get("secret")])
    if presented != due or row.get("secret") not in active:
        return "mismatch"
    age = row["now"] - int(row["timestamp"])
    if abs(age) > row["tolerance"]:
        return "too_old" if age > 0 else "in_the_future"
    return "ok" if is_event(raw(row, "body")) else "invalid_json"


def check_webhook():
    rows = load("webhook.json")
    for row in rows:
        # `null`: nobody signed; the header is missing or holds some text.
        if row.get("signed", {}) is not None:
            expect("webhook.json", row, "signature", webhook_signature(row))
        expect("webhook.json", row, "result", webhook_result(row))
        if "active_secrets" in row and row["result"] == "ok":
            expect("webhook.json", row, "secret_index", row["active_secrets"].index(row["secret"]))
    return "webhook.json", rows


# --- explain.json ----------------------------------------------------------------------------------------------------


def encoded(mac, encoding):
    standard = base64.b64encode(mac).decode()
    url_safe = base64.urlsafe_b64encode(mac).decode()
    return {
        "base64": standard,
        "unpadded": standard.rstrip("="),
        "url_safe": url_safe,
        "url_safe_unpadded": url_safe.rstrip("="),
        "hex": mac.hex(),
        "HEX": mac.hex().upper(),
        "hex_in_base64": base64.b64encode(mac.hex().encode()).decode(),
    }[encoding]


def check_explain():
    rows = load("explain.json")
    for row in rows:
        header = {}
        for name, value in row["headers"]:
            header.setdefault(name.lower(), value)
        content_type = header.get("content-type", "")
        honest = {
            "method": row["method"],
            "path": row["path"].split("?", 1)[0],
            "content_type": media_type(content_type) if row["scheme"] == "VWS" else content_type,
            "date": header.get("date", ""),
            "digest": "md5" if row["scheme"] == "VWS" else row.get("digest", "sha512"),
        }
        repeated = len(header) != len(row["headers"])
        ours = string_to_sign(body=raw(row, "body"), **(honest | {"content_type": "", "date": ""} if repeated else honest))
        expect("explain.json", row, "ours", ours)
        signed = row["signed"]
        if signed is None:
            expect("explain.json", row, "presented", None)
            continue
        body = raw(signed, "body") if "body" in signed or "body_base64" in signed else raw(row, "body")
        text = string_to_sign(body=body, **{field: signed.get(field, value) for field, value in honest.items()})
        secret = raw(signed if "secret" in signed or "secret_base64" in signed else row, "secret")
        if signed.get("hmac") == "sha256":
            mac = hmac.new(secret, text.encode(), hashlib.sha256).digest()
        else:
            mac = hmac_sha1(secret, text)
        signature = encoded(mac, signed.get("encoding", "base64"))
        template = signed.get("header", "{scheme} {key_id}:{signature}")
        value = template.format(scheme=row["scheme"], key_id=signed.get("key_id", row["key_id"]), signature=signature)
        for pair in row["headers"]:
            if pair[0].lower() == "authorization":
                if pair[1] is None and WRITE:
                    pair[1] = value
                if pair[1] != value:
                    problems.append(f"explain.json {row['id']}: Authorization is {pair[1]!r}, derived {value!r}")
        expect("explain.json", row, "presented", None if row["matches"] is None else text)
    return "explain.json", rows


# --- order.json and reply.json ----------------------------------------------------------------------------------------


def check_order():
    """A prepared request is signed over the body and path that stand in the row."""
    rows = load("order.json")
    for row in rows:
        scheme = row.get("expect", {}).get("scheme")
        if scheme is None:
            continue
        due, options = row["expect"], row["options"]
        digest = {"SOA-sha512": "sha512", "SOA-md5": "md5", "VWS": "md5"}[scheme]
        path = "/" + due["url"].split("/", 3)[3]
        date = email.utils.formatdate(row["now"], usegmt=True)
        text = string_to_sign(digest, due["method"], due["body"].encode("utf-8"), "application/json", date, path)
        mac = base64.b64encode(hmac_sha1(options["secret_key"].encode("utf-8"), text)).decode()
        expect("order.json", due | {"id": row["id"]} if not WRITE else due, "authorization",
               f"{scheme.split('-')[0]} {options['access_key']}:{mac}")
    return "order.json", rows


def check_reply():
    return "reply.json", load("reply.json")


# --- rfc2202.json ----------------------------------------------------------------------------------------------------


def check_rfc2202():
    rows = load("rfc2202.json")
    for row in rows:
        mac = hmac.new(bytes.fromhex(row["key_hex"]), bytes.fromhex(row["data_hex"]), hashlib.sha1)
        expect("rfc2202.json", row, "digest_hex", mac.hexdigest())
    return "rfc2202.json", rows


# --- outbox_enqueue.json ---------------------------------------------------------------------------------------------

# As docs/outbox.md, "Without the library", says them.
CLOCK = {
    "mysql": "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)",
    "postgresql": "CAST(extract(epoch FROM statement_timestamp()) * 1000 AS bigint)",
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000.0 + 0.5 AS INTEGER)",
}
COMMIT = "CASE WHEN (current_setting('synchronous_commit') <> 'off' OR set_config('synchronous_commit', 'on', true) = 'on') THEN 1 END"
PLATFORMS = {"spiff": (1, "externalId"), "sign_customiser": (2, "external_id")}


def ascii_of(text, escaped):
    """Every UTF-16 unit of a character that is `escaped` as JSON writes it."""
    def one(c):
        units = c.encode("utf-16-be").hex()
        return "".join("\\u" + units[at:at + 4] for at in range(0, len(units), 4))
    return "".join(one(c) if escaped(c) else c for c in text)


def enqueue_refused(row):
    """The kind of error, by the rules that need no library."""
    dialect, account = row["dialect"], row.get("account", "shop")
    schema, _, prefix = row.get("prefix", "").rpartition(".")
    if not 1 <= len(account) <= 64 or set(account) - set("abcdefghijklmnopqrstuvwxyz0123456789._-"):
        return "invalid_argument"
    letters = prefix + schema
    if not all(c == "_" or (c.isascii() and c.isalnum()) for c in letters) or ("." in row.get("prefix", "") and (dialect != "postgresql" or not schema)):
        return "invalid_argument"
    if dialect == "postgresql" and letters != letters.lower():
        return "invalid_argument"
    # A year from now: whoever gives milliseconds is far beyond.
    if isinstance(row.get("due"), int) and row["due"] > 1e11:
        return "invalid_argument"
    try:
        order = json.loads(row["order"])
    except ValueError:
        return "invalid_json"
    ident = order.get(PLATFORMS[row["platform"]][1]) if isinstance(order, dict) else None
    if not isinstance(ident, str) or not ident.strip() or len(ident.encode()) > 255:
        return "invalid_order"
    if any(ord(c) < 32 or ord(c) == 127 for c in ident) or any(c.isspace() or unicodedata.category(c) in ("Cc", "Cf") for c in (ident[0], ident[-1])):
        return "invalid_order"
    return None


def check_outbox_enqueue():
    name, rows = "outbox_enqueue.json", load("outbox_enqueue.json")
    for row in rows:
        refused = enqueue_refused(row)
        if "error" in row or refused:
            if row.get("error") != refused:
                problems.append(f"{name} {row['id']}: error is {row.get('error')!r}, derived {refused!r}")
            continue
        dialect, platform, account = row["dialect"], row["platform"], row.get("account", "shop")
        number, member = PLATFORMS[platform]
        text = row["order"]
        ident = json.loads(text)[member]
        key = hashlib.sha256(b"".join(part.encode() + b"\n" for part in (platform, account, ident))).hexdigest()
        due, now = ("?" if "due" in row else CLOCK[dialect]), CLOCK[dialect]
        version = COMMIT if dialect == "postgresql" else "1"
        columns = {
            "due_at": due, "row_key": "?", "provider": "?", "account": "?", "external_id": "?", "state": "1", "version": version, "failures": "0",
            "crashes": "0", "sends": "0", "doubts": "0", "resends": "0", "read_backs": "0", "flags": "?", "wire": "?", "items_hash": "?", "body": "?",
            "remote_id": "?", "created_at": now, "fresh_at": now, "updated_at": now, "done_at": "NULL", "history": "?",
        }
        sql = f"INSERT INTO {row.get('prefix', '')}countersign_outbox ({', '.join(columns)}) VALUES ({', '.join(columns.values())})"
        if dialect != "mysql":
            sql += " ON CONFLICT (row_key) DO NOTHING"
        if dialect == "postgresql":
            parts = sql.split("?")
            sql = parts[0] + "".join(f"${at}{part}" for at, part in enumerate(parts[1:], 1))
        shown = ascii_of(ident.replace("\\", "\\\\"), lambda c: not " " <= c <= "~")
        body = ascii_of(text, lambda c: c > "\x7f")
        expect(name, row, "external_id", ident)
        expect(name, row, "key", key)
        expect(name, row, "sql", sql)
        expect(name, row, "params", ["{due}"] * ("due" in row) + [key, number, account, shown, 0, 0, "", body, None, '{"event":"enqueued"}'])
    return name, rows


for check in (check_sign, check_webhook, check_explain, check_order, check_reply, check_outbox_enqueue, check_rfc2202):
    name, rows = check()
    ids = [row["id"] for row in rows]
    problems.extend(f"{name}: the id {i} is used twice" for i in sorted({i for i in ids if ids.count(i) > 1}))
    problems.extend(f"{name} {row['id']}: no source" for row in rows if not row.get("source"))
    if WRITE:
        save(name, rows)
    print(f"{name}: {len(rows)} rows")

for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
