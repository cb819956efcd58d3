"""What countersign.httpx and countersign.requests have in common: signing a request that another library is about to send."""

from . import InvalidInput


def sign(signer, method, target, content_type, date, body):
    """The headers of a request. target: the path as it is sent, with its query; content_type and date: as they are sent, or
    None."""
    path, mark, _ = target.partition("?")
    if mark:
        raise InvalidInput(
            f"The URL has a query ({path}?…): whether the platform signs it is not documented, so it is not sent.",
        )
    # What is signed is what is sent: without a Content-Type header that is an empty line.
    return signer.headers(method, path, body, content_type or "", date)


def missing(library, error):
    """The ImportError for an adapter without its library."""
    return ImportError(f"countersign.{library} needs {library}, which is not installed: pip install {library}", name=error.name)
