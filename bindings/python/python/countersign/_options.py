"""The options of the clients, for type checkers. Generated from core/src/options.rs by `make generate`."""

from collections.abc import Sequence
from os import PathLike
from typing import Literal, TypedDict


class SpiffOptions(TypedDict, total=False):
    """Keyword arguments of Spiff and AsyncSpiff."""

    access_key: str | None
    """The access key (client key) of an integration; signs together with secret_key."""
    secret_key: str | bytes | None
    """The secret key that belongs to the access key. Raw text, never decoded."""
    application_key: str | bytes | None
    """An application key, instead of access_key and secret_key. Not for orders_api "targets"."""
    region: Literal["us", "au"] | None
    """Where the account lives. Either this or base_url is needed."""
    orders_api: Literal["graphql", "rest", "targets"] | None
    """How orders are placed: orderCreate, POST /api/v2/orders (deprecated by the platform), or POST /targets (its oldest form, VWS). Default: graphql."""
    digest: Literal["sha512", "md5"] | None
    """The body digest of SOA signatures; md5 is the legacy form. Default: sha512."""
    partner_id: str | None
    """Sent as PartnerId with every call."""
    transaction_owner_id: str | None
    """Sent as TransactionOwnerId: write access to one transaction."""
    bundle_owner_id: str | None
    """Sent as BundleOwnerId: write access to one bundle."""
    settle_gap: int | None
    """Seconds between the two read-backs that absent needs. Default: 60."""
    base_url: str | None
    """The address of the API, with a path prefix if it has one. The path signed is the path requested. Default: by region; https://web.signcustomiser.com."""
    exact_secret: bool | None
    """Accept secrets with white space around them. Default: false."""
    throttled: Literal["not_placed", "unknown"] | None
    """What 429, and 503 with Retry-After, mean for an order. That throttling precedes processing is unverified. Default: not_placed."""
    settle_delay: int | None
    """Seconds after signing from which a read-back may say absent. Default: 180."""
    timeout: float | None
    """Seconds for a whole call, from name look-up to the last byte of the reply. Default: 30."""
    connect_timeout: float | None
    """Seconds to connect, TLS included. Default: 10."""
    reply_limit: int | None
    """The longest reply body that is read, in bytes. Default: 1048576."""
    roots: str | PathLike[str] | None
    """Trusted certificate authorities: "platform", "bundled", or the path of a PEM file. Default: platform."""
    proxy: str | None
    """The URL of an HTTP proxy, or "env" for HTTPS_PROXY and NO_PROXY of the environment."""
    allow_http: str | Sequence[str] | None
    """Host names that may be spoken to without TLS, besides loopback. For test networks only."""
    app_info: str | None
    """Added to User-Agent, such as "my-shop/1.4"."""
    skew_correction: bool | None
    """Learn the platform's clock from its Date headers and sign with it when ours is far off. Default: true."""
    read_retries: int | None
    """How often a failed read is repeated. Orders are never repeated. Default: 2."""


class SignCustomiserOptions(TypedDict, total=False):
    """Keyword arguments of SignCustomiser and AsyncSignCustomiser."""

    api_token: str | bytes | None
    """The API token."""
    integration_secret: str | bytes | None
    """Verifies the product:created callback of a custom integration."""
    webhook_secret: str | bytes | None
    """Verifies the deliveries of one webhook subscription."""
    base_url: str | None
    """The address of the API, with a path prefix if it has one. The path signed is the path requested. Default: by region; https://web.signcustomiser.com."""
    exact_secret: bool | None
    """Accept secrets with white space around them. Default: false."""
    throttled: Literal["not_placed", "unknown"] | None
    """What 429, and 503 with Retry-After, mean for an order. That throttling precedes processing is unverified. Default: not_placed."""
    settle_delay: int | None
    """Seconds after signing from which a read-back may say absent. Default: 180."""
    timeout: float | None
    """Seconds for a whole call, from name look-up to the last byte of the reply. Default: 30."""
    connect_timeout: float | None
    """Seconds to connect, TLS included. Default: 10."""
    reply_limit: int | None
    """The longest reply body that is read, in bytes. Default: 1048576."""
    roots: str | PathLike[str] | None
    """Trusted certificate authorities: "platform", "bundled", or the path of a PEM file. Default: platform."""
    proxy: str | None
    """The URL of an HTTP proxy, or "env" for HTTPS_PROXY and NO_PROXY of the environment."""
    allow_http: str | Sequence[str] | None
    """Host names that may be spoken to without TLS, besides loopback. For test networks only."""
    app_info: str | None
    """Added to User-Agent, such as "my-shop/1.4"."""
    skew_correction: bool | None
    """Learn the platform's clock from its Date headers and sign with it when ours is far off. Default: true."""
    read_retries: int | None
    """How often a failed read is repeated. Orders are never repeated. Default: 2."""
