"""Signs what requests sends:

    session = requests.Session()
    session.auth = countersign.requests.SignerAuth(countersign.Signer("access-key", "secret-key"))
    session.post("https://api.us.spiffcommerce.com/api/v2/orders", json={…}, allow_redirects=False, timeout=30)

The body has to be in memory: a file or generator is refused. Importing this module imports requests only once SignerAuth is
taken from it.
"""

from . import InvalidInput, _adapters


def _make():
    from requests.auth import AuthBase

    class SignerAuth(_adapters.SignerAuth, AuthBase):
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
            self._sign(request, request.path_url, body)
            return request

    return SignerAuth


__getattr__ = _adapters.offer(globals(), _make)
