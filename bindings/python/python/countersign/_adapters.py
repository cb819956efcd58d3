"""What countersign.httpx and countersign.requests have in common: signing a request that another library is about to send."""

from . import InvalidInput


class SignerAuth:
    """Sets Authorization and Date on each request; an Authorization that is there already is replaced."""

    def __init__(self, signer):
        self._signer = signer

    def _sign(self, request, target, body):
        """target: the path as it is sent, with its query."""
        path, mark, _ = target.partition("?")
        if mark:
            raise InvalidInput(
                f"The URL has a query ({path}?…): whether the platform signs it is not documented, so it is not sent.",
            )
        headers = request.headers
        # What is signed is what is sent: without a Content-Type header that is an empty line.
        kind = headers.get("Content-Type") or ""
        headers.update(self._signer.headers(request.method, path, body, kind, headers.get("Date")))

    def __repr__(self):
        return f"<{self.__module__}.SignerAuth {self._signer!r}>"


def offer(module, make):
    """The __getattr__ of a module that has SignerAuth, made once it is asked for."""
    library = module["__name__"].rpartition(".")[2]

    def find(name):
        if name != "SignerAuth":
            raise AttributeError(f"module 'countersign.{library}' has no attribute {name!r}")
        try:
            found = make()
        except ImportError as error:
            raise ImportError(
                f"countersign.{library} needs {library}, which is not installed: pip install {library}", name=error.name
            ) from error
        found.__qualname__, found.__doc__ = "SignerAuth", SignerAuth.__doc__
        module["SignerAuth"] = found
        return found

    return find
