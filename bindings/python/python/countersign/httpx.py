"""Signs what httpx sends, blocking and asynchronous:

    client = httpx.Client(auth=countersign.httpx.SignerAuth(countersign.Signer("access-key", "secret-key")))
    client.post("https://api.us.spiffcommerce.com/api/v2/orders", json={…})

The body is read whole and signed as it is sent. Importing this module imports httpx only once SignerAuth is taken from it.
"""

from . import _adapters


def _make():
    import httpx

    class SignerAuth(_adapters.SignerAuth, httpx.Auth):
        requires_request_body = True

        def auth_flow(self, request):
            self._sign(request, request.url.raw_path.decode("ascii"), request.content)
            yield request

    return SignerAuth


__getattr__ = _adapters.offer(globals(), _make)
