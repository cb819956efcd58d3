"""Countersign: places orders at customisation platforms, signed, sent once, with an honest answer about what happened.

    signer = countersign.Signer("access-key", "secret-key")
    spiff = countersign.Spiff(access_key="…", secret_key="…", region="us")      # or Spiff.from_env()
    placed = spiff.place_order({"externalId": "1001", "paid": True, "orderItems": [{"amountToOrder": 1, "transactionId": "…"}]})

    outbox = countersign.Outbox(connection, {"shop": spiff})                    # paid orders, delivered once in effect: enqueue(), drain()

Except OutcomeUnknown, which says that an order may have been placed: settle it, and never send it again.

Tests of a shop find both platforms in countersign.testing. (For pytest: PYTEST_DONT_REWRITE, there are no assertions here.)
"""

# Importing this package imports its native module and nothing else; what is written in Python is imported when it is used. (Python has `os` already.)
import os as _os


def _clash():
    """The distribution that unpacks into this very folder and is not ours, as `countersign` and `countersign-cli` of PyPI do. Ours begin with countersign-orders."""
    site = _os.path.join(_os.path.dirname(__file__), _os.pardir)
    try:
        for name in _os.listdir(site):
            if name.startswith(("countersign-", "countersign_cli-")) and name.endswith(".dist-info"):
                with open(_os.path.join(site, name, "RECORD"), encoding="utf-8") as record:
                    if "countersign/__init__.py," in record.read():
                        return name.partition("-")[0].replace("_", "-")
    except OSError:
        pass  # Frozen into an archive.


if _clash():
    from ._trouble import clash

    raise clash(_clash())

try:
    from ._native import Event, PlacedOrder, PreparedCall, Settlement, Signer, Webhook, __version__, minor_units
except ImportError as _error:
    from ._trouble import explain as _explain

    raise _explain(_error) from _error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import httpx as httpx, requests as requests, spiff_types as spiff_types, types as types
    from ._async import AsyncSignCustomiser, AsyncSpiff
    from ._clients import SignCustomiser, Spiff
    from ._errors import *
    from ._outbox import Outbox
    from ._outbox_async import AsyncOutbox
    from ._outbox_results import Changed, Changes, Checked, Drained, Enqueued, Row, RowList, Statement, Swept

__all__ = [
    "AsyncOutbox",
    "AsyncSignCustomiser",
    "AsyncSpiff",
    "Changed",
    "Changes",
    "Checked",
    "ConnectionFailed",
    "DatabaseError",
    "Drained",
    "Enqueued",
    "Error",
    "Event",
    "InvalidInput",
    "InvalidOrder",
    "NotPlaced",
    "Outbox",
    "OutcomeUnknown",
    "PlacedOrder",
    "PlatformError",
    "PreparedCall",
    "Row",
    "RowList",
    "Settlement",
    "SignCustomiser",
    "Signer",
    "Spiff",
    "Statement",
    "Swept",
    "TimedOut",
    "Unsupported",
    "VerificationFailed",
    "Webhook",
    "__version__",
    "minor_units",
]

if not TYPE_CHECKING:

    def __getattr__(name):
        if name in ("httpx", "requests", "spiff_types", "types"):
            from importlib import import_module

            return import_module(f"{__name__}.{name}")
        if name in ("Spiff", "SignCustomiser"):
            from . import _clients as module
        elif name in ("AsyncSpiff", "AsyncSignCustomiser"):
            from . import _async as module
        elif name == "Outbox":
            from . import _outbox as module
        elif name == "AsyncOutbox":
            from . import _outbox_async as module
        elif name in ("Changed", "Changes", "Checked", "Drained", "Enqueued", "Row", "RowList", "Statement", "Swept"):
            from . import _outbox_results as module
        elif name in __all__ or name.startswith(("NotPlaced", "OutcomeUnknown")):
            # The exceptions, also those of two bases such as OutcomeUnknownTimedOut, which pickle looks up by their names.
            from . import _native

            module = _native.errors()
        else:
            module = None
        try:
            found = getattr(module, name)
        except AttributeError:
            raise AttributeError(f"module 'countersign' has no attribute {name!r}") from None
        globals()[name] = found
        return found


def __dir__():
    return __all__
