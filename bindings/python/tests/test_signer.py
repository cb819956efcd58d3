"""Signing beside the standard library's hmac, the forms that headers and bodies come in, and what is refused."""

import base64
import datetime
import hashlib
import hmac
import random
import threading

import pytest

import countersign
from countersign import InvalidInput, Signer, VerificationFailed

DATE = "Wed, 01 Jan 2020 00:00:00 GMT"
NOW = 1_577_836_800


def peer(scheme, digest, key_id, secret, method, path, body, content_type, date):
    """The rule, from the standard library alone."""
    if scheme == "VWS":
        content_type = content_type.split(";")[0]
    text = "\n".join([method, hashlib.new(digest, body).hexdigest(), content_type, date, path])
    signature = base64.b64encode(hmac.digest(secret, text.encode(), "sha1")).decode()
    return f"{scheme} {key_id}:{signature}"


def test_a_thousand_random_requests_agree_with_hmac():
    chance = random.Random(20200101)
    letters = "abcXYZ019/-._~%éß漢🎁"

    def text(low, high, alphabet=letters):
        return "".join(chance.choices(alphabet, k=chance.randint(low, high)))

    for _ in range(1000):
        scheme, digest = chance.choice([("SOA", "sha512"), ("SOA", "md5"), ("VWS", "md5")])
        key_id, secret = text(1, 40, "abcXYZ019-_"), chance.randbytes(chance.randint(1, 200)).strip() or b"s"
        body = chance.randbytes(chance.choice([0, 1, 111, 112, 127, 128, chance.randint(0, 3000), chance.randint(0, 80_000)]))
        method, path = chance.choice(["POST", "GET", "PUT"]), "/" + text(0, chance.choice([10, 300]))
        content_type, date = chance.choice(["application/json", "text/plain", ""]), chance.choice([DATE, text(0, 30, "abc ,:")])
        signer = Signer(key_id, secret, scheme=scheme, digest=digest, exact_secret=True)
        expected = peer(scheme, digest, key_id, secret, method, path, body, content_type, date)
        given = chance.choice([bytes, bytearray, memoryview])(body)
        assert signer.authorization(method, path, given, content_type, date) == expected
        headers = {"authorization": expected, "date": date} | ({"content-type": content_type} if content_type else {})
        assert signer.verify(method, path, body, headers, window=None) == 0
        with pytest.raises(VerificationFailed) as caught:
            signer.verify(method, path, body + b"!", headers, window=None)
        assert caught.value.kind == "mismatch"


def test_a_str_is_its_utf8_and_other_buffers_are_their_bytes():
    signer = Signer("key", "sécret")
    expected = signer.authorization("POST", "/ü", "ü€🎁".encode(), date=DATE)
    assert expected == peer("SOA", "sha512", "key", "sécret".encode(), "POST", "/ü", "ü€🎁".encode(), "application/json", DATE)
    assert signer.authorization("POST", "/ü", "ü€🎁", date=DATE) == expected
    assert Signer("key", "sécret".encode()).authorization("POST", "/ü", memoryview("ü€🎁".encode()), date=DATE) == expected
    every_second = memoryview(b"aXbXcX")[::2]
    assert signer.authorization("POST", "/", every_second, date=DATE) == signer.authorization("POST", "/", b"abc", date=DATE)
    assert signer.authorization("GET", "/", None, date=DATE) == signer.authorization("GET", "/", date=DATE)


def test_a_long_key_id_and_a_large_body():
    signer = Signer("k" * 1000, "s")
    body = b"x" * 1_000_000
    expected = peer("SOA", "sha512", "k" * 1000, b"s", "POST", "/", body, "application/json", DATE)
    assert signer.authorization("POST", "/", body, date=DATE) == expected


def test_headers_date_themselves():
    before = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    headers = Signer("key", "secret").headers("POST", "/", b"{}")
    dated = datetime.datetime.strptime(headers["Date"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=datetime.UTC)
    assert 0 <= (dated - before).total_seconds() <= 2
    assert list(headers) == ["Authorization", "Date", "Content-Type"]
    assert "Content-Type" not in Signer("key", "secret").headers("GET", "/", content_type="")
    zone = datetime.timezone(datetime.timedelta(hours=2))
    for now in (NOW, NOW + 0.9, datetime.datetime(2020, 1, 1, 2, tzinfo=zone)):
        assert Signer("key", "secret").headers("POST", "/", now=now)["Date"] == DATE


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="naive.*timezone.utc"):
        Signer("key", "secret").headers("POST", "/", now=datetime.datetime(2020, 1, 1))
    for wrong in ("now", True, b"1", [NOW]):
        with pytest.raises(TypeError):
            Signer("key", "secret").headers("POST", "/", now=wrong)
    for wrong in (-1, -0.5, float("nan"), float("inf"), float("-inf"), 10**300, 10**400, NOW * 1000):
        with pytest.raises(InvalidInput, match="seconds since 1970 are due"):
            Signer("key", "secret").headers("POST", "/", now=wrong)


def test_headers_come_in_many_forms():
    from django.http.request import HttpHeaders
    from starlette.datastructures import Headers as StarletteHeaders
    from werkzeug.datastructures import EnvironHeaders, Headers as WerkzeugHeaders

    import http.client
    import httpx
    import requests
    import urllib3

    signer = Signer("key", "secret")
    sent = signer.headers("POST", "/p", b"{}", date=DATE)
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": sent["Content-Type"],
        "CONTENT_LENGTH": "",
        "HTTP_AUTHORIZATION": sent["Authorization"],
        "HTTP_DATE": DATE,
        "wsgi.input": object(),
    }
    message = http.client.HTTPMessage()
    for name, value in sent.items():
        message[name] = value
    asgi = [(name.lower().encode(), value.encode()) for name, value in sent.items()]
    forms = [
        sent,
        list(sent.items()),
        [list(pair) for pair in sent.items()],
        {name.upper(): [value] for name, value in sent.items()},
        asgi,
        environ,
        HttpHeaders(environ),
        StarletteHeaders(raw=asgi),
        WerkzeugHeaders(sent),
        EnvironHeaders(environ),
        httpx.Headers(sent),
        requests.structures.CaseInsensitiveDict(sent),
        urllib3.HTTPHeaderDict(sent),
        message,
    ]
    for form in forms:
        assert signer.verify("POST", "/p", b"{}", form, now=NOW) == 0, type(form)
        assert signer.explain("POST", "/p", b"{}", form)["matches"] == "as_sent", type(form)
    twice = [*sent.items(), ("date", DATE)]
    for form in (twice, StarletteHeaders(raw=[*asgi, asgi[1]]), httpx.Headers(twice)):
        with pytest.raises(VerificationFailed) as caught:
            signer.verify("POST", "/p", b"{}", form, now=NOW)
        assert caught.value.kind == "malformed"
    for wrong in (None, 5, "Date: now", b"x", [1], ["ab", "cd"], [("a",)]):
        with pytest.raises(TypeError, match="headers are due"):
            signer.verify("POST", "/p", b"{}", wrong)


def test_verify_judges_date_and_rotation():
    old, new = Signer("key", "old"), Signer("key", "new")
    sent = new.headers("POST", "/", b"", date=DATE)
    assert old.verify("POST", "/", b"", sent, now=NOW, others=[new]) == 1
    for now, kind in ((NOW + 301, "too_old"), (NOW - 301, "in_the_future")):
        with pytest.raises(VerificationFailed) as caught:
            new.verify("POST", "/", b"", sent, now=now)
        assert (caught.value.kind, caught.value.outcome) == (kind, None)
    assert new.verify("POST", "/", b"", sent, now=NOW + 301, window=400) == 0
    assert new.verify("POST", "/", b"", sent, window=None) == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: Signer("", "s"),
        lambda: Signer("k k", "s"),
        lambda: Signer("k", ""),
        lambda: Signer("k", " s"),
        lambda: Signer("k", "s", scheme="AWS"),
        lambda: Signer("k", "s", scheme="VWS", digest="sha512"),
        lambda: Signer("k", "s").authorization("PO\nST", "/"),
        lambda: Signer("k", "s").authorization("POST", "/\r"),
        lambda: Signer("k", "s").authorization("POST", "/", "\ud800"),
        lambda: countersign.minor_units("1.999", "USD"),
        lambda: countersign.minor_units(1.99, "USD"),
        lambda: countersign.Webhook([]),
        lambda: countersign.Webhook("s", tolerance=-1),
        lambda: Signer("k", "s").verify("POST", "/", b"", {}, window=-1),
        lambda: Signer("k", "s").headers("POST", "/", now=10**400),
        lambda: countersign.Webhook("s", content="nonsense"),
    ],
)
def test_unusable_arguments_are_value_errors(make):
    with pytest.raises(InvalidInput) as caught:
        make()
    assert isinstance(caught.value, ValueError) and caught.value.kind == "invalid_argument"
    assert str(caught.value).endswith(".") or "?" in str(caught.value)


@pytest.mark.parametrize("wrong", [5, 1.5, [], {}, object()])
def test_unusable_types_are_type_errors(wrong):
    for make in (
        lambda: Signer("k", wrong),
        lambda: Signer(wrong, "s"),
        lambda: Signer("k", "s").authorization("POST", "/", wrong),
        lambda: Signer("k", "s").authorization("POST", wrong),
        lambda: countersign.Webhook(wrong if wrong != [] else 5),
    ):
        with pytest.raises(TypeError):
            make()


def test_a_parsed_body_is_refused_with_what_to_give():
    for judge in (countersign.Webhook("s").verify, countersign.Webhook("s").explain):
        with pytest.raises(TypeError, match=r"raw_body is a dict: the bytes are due as they arrived.*request\.body"):
            judge({}, {"product": {}})


def test_odd_headers_are_judged_and_harm_nothing():
    class Changes:
        def __str__(self):
            environ.clear()
            environ.update({f"HTTP_X{n}": "1" for n in range(100)})
            return "value"

    environ = {"REQUEST_METHOD": "POST", "HTTP_A": Changes(), "HTTP_B": Changes()}
    holds_itself = []
    holds_itself.append(holds_itself)
    for headers in (environ, {"x": holds_itself}, {"x": [["y"]]}):
        with pytest.raises(VerificationFailed):
            countersign.Webhook("s").verify(headers, b"")


def test_the_defaults_are_those_that_the_signatures_say():
    import inspect

    def defaults(thing, *names):
        return [inspect.signature(thing).parameters[name].default for name in names]

    content, encoding, tolerance = defaults(countersign.Webhook, "content", "encoding", "tolerance")
    assert defaults(countersign.Webhook.from_env, "content", "encoding", "tolerance") == [content, encoding, tolerance]
    body = b'{"form_submission":{"submission_number":1}}'
    signature = hmac.new(b"s", f"{NOW}".encode() + b"." + body, "sha256").hexdigest()
    headers = {"X-Webhook-Timestamp": str(NOW), "X-Webhook-Signature": signature}
    signer, (window,) = Signer("key", "secret"), defaults(Signer.verify, "window")
    for webhook in (countersign.Webhook("s"), countersign.Webhook("s", content=content, encoding=encoding, tolerance=tolerance)):
        assert webhook.verify(headers, body, now=NOW + tolerance).timestamp == NOW
        with pytest.raises(VerificationFailed, match=f"{tolerance} are allowed"):
            webhook.verify(headers, body, now=NOW + tolerance + 1)
    for more in ({}, {"window": window}):
        assert signer.verify("POST", "/", b"", signer.headers("POST", "/", date=DATE), now=NOW + window, **more) == 0
        with pytest.raises(VerificationFailed):
            signer.verify("POST", "/", b"", signer.headers("POST", "/", date=DATE), now=NOW + window + 1, **more)


def test_prices():
    from decimal import Decimal

    class Text(str):
        pass

    assert countersign.minor_units(Text("29.99"), "USD") == 2999

    assert countersign.minor_units("29.99", "USD") == 2999
    assert countersign.minor_units(Decimal("29.99"), "USD") == 2999
    assert countersign.minor_units(Decimal("1E+2"), "USD") == 10_000
    assert countersign.minor_units("500", "JPY") == 500


def test_what_it_tells_of_itself():
    signer = Signer("key", "secret", scheme="vws")
    assert (signer.access_key, signer.scheme, signer.digest) == ("key", "VWS", "md5")
    assert repr(signer) == '<countersign.Signer VWS md5 "key">'
    assert (Signer.__module__, Signer.__name__) == ("countersign", "Signer")
    assert type(Signer.__dict__["authorization"]).__name__ == "method_descriptor", "the class itself is native"


def test_threads_share_a_signer():
    signer = Signer("key", "secret")
    bodies = [bytes([n]) * 50_000 for n in range(8)]
    expected = [signer.authorization("POST", "/", body, date=DATE) for body in bodies]
    found = [None] * 8

    def work(n):
        for _ in range(20):
            found[n] = signer.authorization("POST", "/", bodies[n], date=DATE)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected
