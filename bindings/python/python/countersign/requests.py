"""Signs what requests sends:

    session = requests.Session()
    session.auth = countersign.requests.SignerAuth(countersign.Signer("access-key", "secret-key"))
    session.post("https://api.us.spiffcommerce.com/api/v2/orders", json={…}, allow_redirects=False, timeout=30)

The body has to be in memory: a file or generator is refused. Importing this module imports requests only once SignerAuth is
taken from it.
"""

from . import InvalidInput
from ._adapters import missing, sign


def __getattr__(name):
    if name != "SignerAuth":
        raise AttributeError(f"module 'countersign.requests' has no attribute {name!r}")
    try:
        from requests.auth import AuthBase
    except ImportError as error:
        raise missing("requests", error) from error

    class SignerAuth(AuthBase):
        """Sets Authorization and Date on each request; an Authorization that is there already is replaced."""

        def __init__(self, signer):
            self._signer = signer

        def __call__(self, request):
            body = request.body or b""
            if not isinstance(body, (bytes, str)):
                raise InvalidInput(
                    f"The body is a {type(body).__name__}, which can be read once only: give its bytes, so that they can be "
                    "signed and sent.",
                )
            if isinstance(body, str):
                # Older versions of urllib3 would send text as Latin-1.
                body = request.body = body.encode()
                request.headers["Content-Length"] = str(len(body))
            headers = request.headers
            signed = sign(
                self._signer, request.method, request.path_url, headers.get("Content-Type"), headers.get("Date"), body
            )
            headers.update(signed)
            return request

        def __repr__(self):
            return f"<countersign.requests.SignerAuth {self._signer!r}>"

    SignerAuth.__qualname__ = "SignerAuth"
    globals()["SignerAuth"] = SignerAuth
    return SignerAuth
