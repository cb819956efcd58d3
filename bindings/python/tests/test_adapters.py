"""SignerAuth for httpx and requests: what the sandbox verified is what was sent."""

import asyncio
import io
import json

import httpx
import pytest
import requests
from conftest import python

import countersign
import countersign.httpx
import countersign.requests

BODY = {"externalId": "adapter", "autoPrint": False, "orderItems": []}


@pytest.fixture
def signer(sandbox):
    return countersign.Signer(sandbox.ready["spiff"]["access_key"], sandbox.ready["spiff"]["secret_key"])


def bodies(sandbox, name):
    order = sandbox.order(name)
    return [
        {"json": order},
        {"content": json.dumps(order, indent=2).encode(), "headers": {"Content-Type": "application/json"}},
        {"content": json.dumps(order, ensure_ascii=False), "headers": {"Content-Type": "application/json; charset=utf-8"}},
    ]


def last(sandbox):
    return sandbox.requests()[-1]


def test_httpx(sandbox, signer):
    auth = countersign.httpx.SignerAuth(signer)
    assert isinstance(auth, httpx.Auth) and "secret" not in repr(auth)
    with httpx.Client(auth=auth, base_url=sandbox.ready["spiff"]["url"]) as client:
        for number, body in enumerate(bodies(sandbox, "httpx-é")):
            assert client.post("/api/v2/orders", **body).status_code == 201, number
        # A stream is read whole and sent as it was signed.
        chunks = (part for part in [b'{"query": "{ currentIntegration', b' { id } }"}'])
        reply = client.post("/graphql", content=chunks, headers={"Content-Type": "application/json"})
        assert reply.json()["data"]["currentIntegration"]["id"]
        assert last(sandbox)["auth"]["accepted"]
        with pytest.raises(ValueError, match="has a query"):
            client.get("/api/v2/orders?a=b")


def test_httpx_async(sandbox, signer):
    async def main():
        auth = countersign.httpx.SignerAuth(signer)
        async with httpx.AsyncClient(auth=auth, base_url=sandbox.ready["spiff"]["url"]) as client:
            for body in bodies(sandbox, "httpx-async"):
                assert (await client.post("/api/v2/orders", **body)).status_code == 201

            async def chunks():
                yield b'{"query":"{ currentIntegration'
                yield b' { id } }"}'

            reply = await client.post("/graphql", content=chunks(), headers={"Content-Type": "application/json"})
            assert reply.json()["data"]["currentIntegration"]["id"]

    asyncio.run(main())


def test_requests(sandbox, signer):
    auth = countersign.requests.SignerAuth(signer)
    assert isinstance(auth, requests.auth.AuthBase) and "secret" not in repr(auth)
    with requests.Session() as session:
        session.auth = auth
        url = sandbox.ready["spiff"]["url"]
        for body in bodies(sandbox, "requests-é"):
            if "content" in body:
                body["data"] = body.pop("content")
            assert session.post(f"{url}/api/v2/orders", **body, timeout=10).status_code == 201
            assert last(sandbox)["auth"]["accepted"]
        for wrong in (io.BytesIO(b"{}"), iter([b"{}"])):
            with pytest.raises(ValueError, match="read once only"):
                session.post(f"{url}/api/v2/orders", data=wrong, timeout=10)
        with pytest.raises(ValueError, match="has a query"):
            session.get(f"{url}/api/v2/orders", params={"a": "b"}, timeout=10)


def test_a_date_and_content_type_that_are_there_are_signed(sandbox, signer):
    headers = {"Date": "Wed, 01 Jan 2020 00:00:00 GMT", "Content-Type": "text/plain"}
    httpx.post(f"{sandbox.ready['spiff']['url']}/api/v2/orders", content=b"x", headers=headers, auth=countersign.httpx.SignerAuth(signer))
    assert last(sandbox)["auth"]["accepted"]
    assert "Wed, 01 Jan 2020" in last(sandbox)["string_to_sign"] and "text/plain" in last(sandbox)["string_to_sign"]
    httpx.get(f"{sandbox.ready['spiff']['url']}/api/transactions/x", auth=countersign.httpx.SignerAuth(signer))
    assert last(sandbox)["auth"]["accepted"], last(sandbox)


def test_without_their_libraries_they_say_what_to_install():
    code = """
import sys
for name in ("httpx", "requests"):
    sys.modules[name] = None
import countersign
for name in ("httpx", "requests"):
    module = getattr(countersign, name)
    try:
        module.SignerAuth
    except ImportError as error:
        print(error)
"""
    done = python(code)
    assert done.stdout == "".join(
        f"countersign.{name} needs {name}, which is not installed: pip install {name}\n" for name in ("httpx", "requests")
    ), done.stderr


def test_importing_an_adapter_imports_no_library():
    done = python("import sys, countersign.httpx, countersign.requests; print('httpx' in sys.modules, 'requests' in sys.modules)")
    assert done.stdout == "False False\n", done.stderr
