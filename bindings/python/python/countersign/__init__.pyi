from . import httpx as httpx, requests as requests, spiff_types as spiff_types, types as types
from ._async import AsyncSignCustomiser as AsyncSignCustomiser, AsyncSpiff as AsyncSpiff
from ._clients import SignCustomiser as SignCustomiser, Spiff as Spiff
from ._errors import (
    ConnectionFailed as ConnectionFailed,
    Error as Error,
    InvalidInput as InvalidInput,
    InvalidOrder as InvalidOrder,
    NotPlaced as NotPlaced,
    OutcomeUnknown as OutcomeUnknown,
    PlatformError as PlatformError,
    TimedOut as TimedOut,
    Unsupported as Unsupported,
    VerificationFailed as VerificationFailed,
)
from ._native import (
    Event as Event,
    PlacedOrder as PlacedOrder,
    PreparedCall as PreparedCall,
    Settlement as Settlement,
    Signer as Signer,
    Webhook as Webhook,
    __version__ as __version__,
    minor_units as minor_units,
)

__all__ = [
    "AsyncSignCustomiser",
    "AsyncSpiff",
    "ConnectionFailed",
    "Error",
    "Event",
    "InvalidInput",
    "InvalidOrder",
    "NotPlaced",
    "OutcomeUnknown",
    "PlacedOrder",
    "PlatformError",
    "PreparedCall",
    "Settlement",
    "SignCustomiser",
    "Signer",
    "Spiff",
    "TimedOut",
    "Unsupported",
    "VerificationFailed",
    "Webhook",
    "__version__",
    "minor_units",
]
