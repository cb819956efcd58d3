"""The kinds of failure, for type checkers. Generated from the core's table by `make generate`."""

from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    # An argument or option is not usable as it is.
    "invalid_argument",
    # The order breaks one or more rules; see the problems.
    "invalid_order",
    # The text is not JSON, or is JSON that this library refuses to read (too deep, duplicate keys).
    "invalid_json",
    # A credential, region or other option is missing or does not fit the others.
    "configuration",
    # The platform offers no such thing, or not with these credentials.
    "unsupported",
    # Too much work is waiting already.
    "busy",
    # The caller ended the call before its answer was there.
    "aborted",
    # The authorization or signature is not of the required form.
    "malformed",
    # The key id is not one of ours.
    "unknown_key",
    # The signature belongs to other bytes or another secret.
    "mismatch",
    # The signature is right, but there is no date.
    "date_missing",
    # The signature is right, but its date is not an IMF-fixdate or timestamp.
    "date_malformed",
    # The signature is right, but older than the window allows.
    "too_old",
    # The signature is right, but dated later than the window allows.
    "in_the_future",
    # No connection could be made: name look-up, refusal, or no route. Nothing was sent.
    "connect",
    # The TLS handshake failed. Nothing was sent.
    "tls",
    # The proxy refused or could not be reached. Nothing was sent.
    "proxy",
    # The connection broke after the request may have left.
    "interrupted",
    # The time limit passed after the request may have left.
    "timeout",
    # 401 or 403: the platform does not accept these credentials for this.
    "authentication",
    # The platform refused the request.
    "refused",
    # The platform asks to slow down.
    "throttled",
    # The GraphQL server refused the document: nothing was executed.
    "graphql_refused",
    # The platform failed while it may have been working on the request.
    "server_error",
    # The platform answered with a redirect, which is never followed.
    "redirect",
    # A status whose meaning is not documented.
    "unclear_status",
    # The reply is not what the platform documents (HTML, cut off, too large, not JSON, another order).
    "unexpected_reply",
    # The GraphQL server answered without the order object.
    "order_null",
    # The reply is well-formed, but what was asked for is not in it.
    "missing_data",
    # Part of the answer is missing because of GraphQL errors.
    "graphql_errors",
    # The outbox's store failed, or cannot be used as it is. What was not acknowledged is not kept.
    "store",
    # The outbox's store is locked by somebody else, or an order is being worked at.
    "store_busy",
    # A defect of this library.
    "internal",
]
"""What kind of failure it is: Error.kind."""
