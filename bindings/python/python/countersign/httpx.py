"""Signs what httpx sends, blocking and asynchronous:

    client = httpx.Client(auth=countersign.httpx.SignerAuth(countersign.Signer("access-key", "secret-key")))
    client.post("https://api.us.spiffcommerce.com/api/v2/orders", json={…})

The body is read whole and signed as it is sent. Importing this module imports httpx only once SignerAuth is taken from it.
"""

from ._adapters import missing, sign


def __getattr__(name):
    if name != "SignerAuth":
        raise AttributeError(f"module 'countersign.httpx' has no attribute {name!r}")
    try:
        import httpx
    except ImportError as error:
        raise missing("httpx", error) from error

    class SignerAuth(httpx.Auth):
        """Sets Authorization and Date on each request; an Authorization that is there already is replaced."""

        requires_request_body = True

        def __init__(self, signer):
            self._signer = signer

        def auth_flow(self, request):
            target = request.url.raw_path.decode("ascii")
            headers = request.headers
            signed = sign(
                self._signer, request.method, target, headers.get("Content-Type"), headers.get("Date"), request.content
            )
            headers.update(signed)
            yield request

        def __repr__(self):
            return f"<countersign.httpx.SignerAuth {self._signer!r}>"

    SignerAuth.__qualname__ = "SignerAuth"
    globals()["SignerAuth"] = SignerAuth
    return SignerAuth
