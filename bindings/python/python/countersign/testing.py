"""Test tools: both platforms on loopback, for the tests of a shop.

    from countersign.testing import Sandbox

    with Sandbox() as sandbox:
        sandbox.fault("accept_then_hang")                       # what does the shop make of silence?
        Shop(sandbox.spiff(timeout=1)).checkout("1001", sandbox.transaction()["transactionId"])
        assert len(sandbox.orders("1001")) == 1

pytest has the fixtures countersign_sandbox, countersign_sandbox_session and countersign_outbox wherever the package is installed: see
docs/python.md, "Testing your shop". The sandbox is the command of the same version: pip install countersign-orders-cli.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import weakref
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, TypedDict

import countersign

from . import _native
from ._pages import given

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike
    from typing import Any, Literal, Self, Unpack

    from . import AsyncOutbox, AsyncSignCustomiser, AsyncSpiff, Error, Outbox, SignCustomiser, Spiff, Webhook
    from .types import Attempt, Json, Kind, Outcome, Problem, SignCustomiserOptions, SignOrder, SpiffOptions, SpiffOrder, Topic

    class _OutboxOptions(TypedDict, total=False):
        shop: str
        prefix: str
        site: str
        create: bool
        anywhere: bool
        on_held: Callable[..., object] | None


    class _ErrorFacts(TypedDict, total=False):
        effect: Literal["order", "change", "read"] | None
        outcome: Outcome | None
        message: str
        problems: Sequence[Problem]
        status: int | None
        request_id: str | None
        retry_after: int | None
        sent_at: int | None
        settle_after: int | None
        attempts: Sequence[Attempt]
        body: str
        number: int
        retryable: bool
        next_step: str
        attempt: Attempt | None


__all__ = ["Bundle", "Design", "Sandbox", "SandboxError", "error"]

# pytest shows the line of a test, and none of these.
__tracebackhide__ = True

INSTALL = f"pip install countersign-orders-cli=={countersign.__version__}"


class SandboxError(RuntimeError):
    """The sandbox cannot be started, has ended, or does not take what it was told; the message says what to do. It is no
    countersign.Error: what catches those in a shop under test does not catch it."""


class Design(TypedDict):
    """A design of one customised product, as the browser phase leaves it."""

    transactionId: str
    """What an order names."""
    transactionOwnerId: str
    """Write access to it: the option transaction_owner_id."""
    baseCost: int
    optionsCost: int
    previewImage: str
    createdAt: str


class Bundle(TypedDict):
    """Several designs together."""

    bundleId: str
    bundleOwnerId: str
    """Write access to it: the option bundle_owner_id."""


class Sandbox:
    """Both platforms on loopback, in a process that ends with close(), with the `with` block, and with this process, however that ends.
    They verify signatures, remember what arrived, and misbehave on demand: sandbox/README.md has every fault and setting.

    command: the path of the command `countersign`; None for what COUNTERSIGN_BIN names, else what the package countersign-orders-cli installed,
        else `countersign` on the PATH. It must be of this package's version
    port, sign_customiser_port: of the two platforms; 0 takes free ones
    timeout: how many seconds it may take to start

    ready: what it said when it was: addresses, keys and secrets
    env: the environment variables by which a shop finds it, in another process or by from_env()
    spiff_url, sign_customiser_url: addresses of the platforms
    spiff_page, sign_customiser_page: pages for a browser, that show what arrived there

    Raises SandboxError if it does not come up. Threads may share it. A process that is forked may use it as well, and neither ends it nor
    keeps it alive.
    """

    def __init__(
        self,
        *,
        command: str | PathLike[str] | None = None,
        port: int = 0,
        sign_customiser_port: int = 0,
        timeout: float = 10,
    ) -> None:
        path = _found() if command is None else os.fspath(command)
        named = f"{path}, which COUNTERSIGN_BIN names," if path == os.environ.get("COUNTERSIGN_BIN") else path
        self._lock = threading.Lock()
        self._owner, self._closed = os.getpid(), False
        self._folders: list[str] = []
        self._said = tempfile.TemporaryFile()
        arguments = [path, "sandbox", "--json", "--port", str(port), "--sign-customiser-port", str(sign_customiser_port)]
        pipe = subprocess.PIPE
        try:
            # In a group of its own: Ctrl-C in a debugger is meant for the test.
            self._process = subprocess.Popen(arguments, stdin=pipe, stdout=pipe, stderr=self._said, process_group=0)
        except OSError as error:
            self._said.close()
            message = f"{named} cannot be started: {error.strerror}. To have the command `countersign`: {INSTALL}"
            raise SandboxError(message) from None
        _running.add(self)
        try:
            self.ready: dict[str, Any] = self._first_words(named, timeout)
        except BaseException:
            self.close()
            raise
        self.env: dict[str, str] = self.ready["env"]
        self.spiff_url: str = self.ready["spiff"]["url"]
        self.spiff_page: str = self.ready["spiff"]["page"]
        self.sign_customiser_url: str = self.ready["sign_customiser"]["url"]
        self.sign_customiser_page: str = self.ready["sign_customiser"]["page"]

    def _first_words(self, named: str, timeout: float) -> Any:
        """The ready line, or why there is none."""
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._kill()

        timer = threading.Timer(timeout, give_up)
        timer.daemon = True
        timer.start()
        try:
            with self._process.stdout as stdout:  # type: ignore[union-attr]
                line = stdout.readline(1 << 20)
        finally:
            timer.cancel()
            timer.join()
        try:
            told = json.loads(line)
        except ValueError:
            told = None
        match told:
            case {"ready": True}:
                if (version := told.get("version", "unknown")) == (own := countersign.__version__):
                    return told
                both = f"The command {named} is of version {version}, the package countersign of version {own}"
                raise SandboxError(f"{both}: they must be the same: {INSTALL}")
            case {"error": {"message": str(message)}}:
                raise SandboxError(message)
        how = f"was given {timeout:g} seconds" if late.is_set() else self._end(1) or "goes on"
        said = line.decode(errors="replace").strip()[:2000] or self._last_words()
        raise SandboxError(f"The sandbox did not come up: {named} {how}, and said {said}. To have the command `countersign`: {INSTALL}")

    # Clients

    def spiff(self, **options: Unpack[SpiffOptions]) -> Spiff:
        """A client with the keys of the sandbox. Options come on top: timeout=1 where a fault lets it wait; settle_delay=0 and
        settle_gap=0 where a doubt is settled at once. With application_key (`ready` has one) it has no key pair."""
        return countersign.Spiff(**self._spiff(options))

    def async_spiff(self, *, workers: int = 8, waiting: int = 256, **options: Unpack[SpiffOptions]) -> AsyncSpiff:
        """The same for asyncio."""
        return countersign.AsyncSpiff(workers=workers, waiting=waiting, **self._spiff(options))

    def _spiff(self, options: SpiffOptions) -> SpiffOptions:
        ready = self.ready["spiff"]
        own: SpiffOptions = {"base_url": ready["url"]}
        if "application_key" not in options:
            own |= {"access_key": ready["access_key"], "secret_key": ready["secret_key"]}
        return {**own, **options}

    def sign_customiser(self, **options: Unpack[SignCustomiserOptions]) -> SignCustomiser:
        """A client with the token of the sandbox. Options come on top."""
        return countersign.SignCustomiser(**self._sign_customiser(options))

    def async_sign_customiser(
        self, *, workers: int = 8, waiting: int = 256, **options: Unpack[SignCustomiserOptions]
    ) -> AsyncSignCustomiser:
        """The same for asyncio."""
        return countersign.AsyncSignCustomiser(workers=workers, waiting=waiting, **self._sign_customiser(options))

    def _sign_customiser(self, options: SignCustomiserOptions) -> SignCustomiserOptions:
        ready = self.ready["sign_customiser"]
        return {"base_url": ready["url"], "api_token": ready["api_token"], **options}

    def webhook(self, *, content: str = "timestamp.body", encoding: str = "hex", tolerance: int = 300) -> Webhook:
        """Verifies what the sandbox delivers, and signs what a test delivers itself: webhook().sign(body) answers the headers."""
        return self._webhook("webhook_secret", content, encoding, tolerance)

    def callback(self, *, content: str = "timestamp.body", encoding: str = "hex", tolerance: int = 300) -> Webhook:
        """The same with the integration secret, for the product:created callback."""
        return self._webhook("integration_secret", content, encoding, tolerance)

    def _webhook(self, secret: str, content: str, encoding: str, tolerance: int) -> Webhook:
        return countersign.Webhook(self.ready["sign_customiser"][secret], content=content, encoding=encoding, tolerance=tolerance)

    # An outbox

    def outbox(
        self,
        store: Any = None,
        accounts: Mapping[str, Spiff | SignCustomiser] | None = None,
        *,
        policy: Mapping[str, int] | None = None,
        **options: Unpack[_OutboxOptions],
    ) -> Outbox:
        """An outbox whose times pass a hundred times faster than the manual says: a call that hangs is given up after half a second, and
        settled some two seconds later, by the same drain().

        store: None for a file of its own, with its tables, which close() removes; else as for countersign.Outbox
        accounts: None for "shop", a client of Spiff, and "signs", one of Sign Customiser
        policy: other numbers, in the manual's seconds. The rest as for countersign.Outbox
        """
        own = store is None
        if own:
            store, options = self._file(), {"create": True, "anywhere": True, **options}
        made: Outbox = _faster(countersign.Outbox)(store, self._accounts(accounts), policy=_policy(policy), **options)
        if own:
            made.install()
        return made

    def async_outbox(
        self,
        store: Any = None,
        accounts: Mapping[str, AsyncSpiff | AsyncSignCustomiser | Spiff | SignCustomiser] | None = None,
        *,
        policy: Mapping[str, int] | None = None,
        **options: Unpack[_OutboxOptions],
    ) -> AsyncOutbox:
        """The same for asyncio."""
        if store is None:
            store, options = self.outbox(policy=policy, **options)._store, {"anywhere": True, **options}
        made: AsyncOutbox = _faster(countersign.AsyncOutbox)(store, self._accounts(accounts), policy=_policy(policy), **options)
        return made

    def _accounts(self, accounts: Any) -> Any:
        return {"shop": self.spiff(), "signs": self.sign_customiser()} if accounts is None else accounts

    def _file(self) -> str:
        folder = tempfile.mkdtemp(prefix="countersign-")
        self._folders.append(folder)
        return f"sqlite:{folder}/outbox.db"

    # What a shopper does before the order

    def transaction(self, *, product: str | None = None, name: str | None = None) -> Design:
        """A new design, as the browser phase makes it.

        product: which one, by an id of the sandbox or of the shop: "shop-mug" unless it is said, or "shop-shirt"
        name: what the shopper calls it
        """
        return self._designs(1, product, name)[0]

    def transactions(self, count: int, *, product: str | None = None, name: str | None = None) -> list[Design]:
        """So many of them."""
        return self._designs(count, product, name)

    def _designs(self, count: int, product: str | None, name: str | None) -> list[Design]:
        made: list[Design] = self.control("POST", "transactions", given(count=count, product=product, name=name))
        return made

    def bundle(self, transaction_ids: Sequence[str]) -> Bundle:
        """A bundle of these designs."""
        made: Bundle = self.control("POST", "bundles", {"transactionIds": list(transaction_ids)})
        return made

    def order(self, external_id: str, *, amount: int = 1, designs: int = 1, paid: bool = True) -> SpiffOrder:
        """An order for Spiff that breaks no rule, of so many new designs.

        amount: how many of each
        """
        items = [{"amountToOrder": amount, "transactionId": one["transactionId"]} for one in self.transactions(designs)]
        return {"externalId": external_id, "paid": paid, "orderItems": items}  # type: ignore[typeddict-item]

    def sign_order(self, external_id: str, *, product: str = "shop-sign", quantity: int = 1, price: int = 2999) -> SignOrder:
        """An order for Sign Customiser that breaks no rule. product: the shop's id of it; price: in minor units."""
        return {
            "integration_id": 1,
            "external_id": external_id,
            "external_order_number": f"#{external_id}",
            "currency": "USD",
            "products": [{"external_id": product, "quantity": quantity, "price": price}],
        }

    # What happens

    def fault(self, name: str, target: Literal["order", "read", "other", "any"] = "order", **more: Json) -> None:
        """Lets something go wrong with the next request that matches: "accept_then_hang", "500", "401", "cut_reply", …

        target: "order" for those that place one, "read", "other" for further changes, "any"
        more: count, platform ("spiff" or "sign_customiser"), accept, and what the fault takes: fault("429", retry_after=3)
        """
        self.control("POST", "faults", {"fault": name, "target": target, **more})

    def faults(self) -> list[dict[str, Json]]:
        """Those that have not struck yet."""
        return self._list("faults")

    def settings(self, **changes: Json) -> dict[str, Json]:
        """Changes settings, such as dedupe=True, and answers all of them."""
        changed: dict[str, Json] = self.control("POST", "settings", changes)
        return changed

    def orders(self, external_id: str | None = None) -> list[dict[str, Json]]:
        """The orders that were accepted, oldest first; only those with this id of the shop's, if one is given. Each has platform, id,
        externalId, paid, items, externalData, body and more."""
        return [order for order in self._list("orders") if external_id in (None, order["externalId"])]

    def requests(self) -> list[dict[str, Json]]:
        """What arrived, oldest first: method, path, headers, body, status, accepted and why, fault, string_to_sign and more."""
        return self._list("requests")

    def deliver(self, topic: Topic, url: str, data: Json = None, *, secret: str | None = None) -> dict[str, Json]:
        """Delivers a signed webhook to the shop, waits for the answer, and tells it: ok, status, body or why, event.

        url: where, on this machine
        data: what is delivered, such as {"order": {…}}; None for a sample
        secret: it is signed with, instead of webhook()'s
        """
        body = given(topic=topic, url=url, data=data, secret=secret)
        return self._told("deliver", body)

    def product_created(
        self,
        url: str,
        *,
        customiser_id: int | None = None,
        product_id: int | None = None,
        product: Mapping[str, Json] | None = None,
        secret: str | None = None,
    ) -> dict[str, Json]:
        """Delivers the callback that has the shop create a product, and tells the answer: ok, external_id, product_id, status, body or why,
        event.

        url: where, on this machine
        product: members of it that are to be others than the sample's
        secret: it is signed with, instead of callback()'s
        """
        members = {"customiser_id": customiser_id, "product_id": product_id, "product": product, "secret": secret}
        return self._told("product-created", given(url=url, **members))

    def deliveries(self) -> list[dict[str, Json]]:
        """The webhooks that were sent, oldest first: topic, url, body, state, attempts."""
        return self._list("deliveries")

    def reset(self) -> None:
        """Forgets everything: orders, requests, designs, faults, settings. Ids begin anew."""
        self.control("POST", "reset")

    def control(self, method: str, path: str, body: Json = None) -> Any:
        """Asks for anything else of the control interface, and answers its JSON: control("POST", "past-orders", {"count": 3}).

        Raises SandboxError for what it refuses, and when it has ended.
        """
        connection = HTTPConnection(self.spiff_url.removeprefix("http://"), timeout=60)
        sent = None if body is None else json.dumps(body)
        try:
            if self._closed:
                raise ConnectionError
            connection.request(method, f"/_/{path.removeprefix('/_/')}", sent, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            answer = json.loads(reply.read())
        except (OSError, HTTPException) as error:
            raise SandboxError(self._gone(1) or f"The sandbox does not answer {method} {path}: {error!r}") from None
        finally:
            connection.close()
        if reply.status != 200:
            raise SandboxError(answer["error"])
        return answer

    def _list(self, path: str) -> list[dict[str, Json]]:
        found: list[dict[str, Json]] = self.control("GET", path)[path]
        return found

    def _told(self, path: str, body: Json) -> dict[str, Json]:
        told: dict[str, Json] = self.control("POST", path, body)
        return told

    # Its end

    def close(self) -> None:
        """Ends it. What it had is gone, and the files of outboxes that it made."""
        with self._lock:
            ends, self._closed = not self._closed and self._owner == os.getpid(), True
        if not ends:
            return
        self._process.stdin.close()  # type: ignore[union-attr]
        if self._end(5) is None:
            self._kill()
            self._process.wait()
        self._said.close()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

    def _gone(self, patience: float = 0) -> str | None:
        """That it answers no more, and why."""
        if self._closed:
            return "The sandbox is closed: start another one."
        end = self._end(patience)
        return end and f"The sandbox {end} in the middle, and said {self._last_words()}."

    def _end(self, patience: float) -> str | None:
        """How it ended, if it did; this is for the process that started it to know."""
        if self._owner != os.getpid():
            return None
        try:
            code = self._process.wait(patience)
        except subprocess.TimeoutExpired:
            return None
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def _last_words(self) -> str:
        """Of standard error, once it has ended."""
        with self._lock:
            self._said.seek(0)
            return self._said.read().decode(errors="replace").strip()[-2000:].rstrip(".") or "nothing"

    def _kill(self) -> None:
        # Until it is waited for, its number is nobody else's.
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    def _forked(self) -> None:
        """In a child: the sandbox is its parent's, and ends when the parent holds its pipe no more."""
        self._process.stdin.close()  # type: ignore[union-attr]
        self._process.returncode = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<countersign.testing.Sandbox at {self.spiff_url} and {self.sign_customiser_url}>"


def error(kind: Kind, **facts: Unpack[_ErrorFacts]) -> Error:
    """The exception that a client would raise, for a mock: `spiff.place_order.side_effect = error("timeout")`. It is of the class that fits,
    and outcome, retryable, next_step and times follow from its kind and what it struck, as for a client's own.

    effect: what it struck: "order", which it is if nothing is said, "change", "read", or None for what sends nothing
    outcome: of an order or a change, "unknown" or "not_placed". "timeout", "aborted" and "internal" are unknown if nothing is said; of the
        others all but "throttled" have one outcome alone
    message, problems, status, request_id, retry_after (seconds), sent_at and settle_after (seconds since 1970), attempts, body (text): as
        the exception has them. What is unknown was sent now, if nothing is said
    number, retryable, next_step, attempt: follow; they may be given as a log has them

    Raises InvalidInput for what is no fact or contradicts the others, such as a refused order that is retryable.
    """
    return _native.error_of(json.dumps({**facts, "kind": kind}).encode())


def _found() -> str:
    """The command."""
    if path := os.environ.get("COUNTERSIGN_BIN") or _installed() or shutil.which("countersign"):
        return path
    raise SandboxError(f"The sandbox is the command `countersign`, which is not installed: {INSTALL} (or COUNTERSIGN_BIN names it)")


def _installed() -> str | None:
    """What countersign-orders-cli put among the scripts, wherever those are."""
    from importlib.metadata import PackageNotFoundError, files

    try:
        found = files("countersign-orders-cli") or []
    except PackageNotFoundError:
        return None
    paths = (os.path.normpath(str(file.locate())) for file in found if file.name == "countersign" and file.parent.name == "bin")
    return next(filter(os.path.exists, paths), None)


# How much faster the times of an outbox under test pass.
FASTER = 100


def _policy(given: Mapping[str, int] | None) -> dict[str, int]:
    """What a call to the sandbox needs at most, how long a test may last, and otherwise the least that may be; in seconds of the manual."""
    return {"deadline": 50, "lease": 110, "settle": 10, "gap": 5, "alive": 2592000, **(given or {})}


def _faster(kind: Any) -> Any:
    """The same class, for a test."""
    return type(kind.__name__, (kind,), {"__module__": kind.__module__, "__slots__": (), "_scale": FASTER})


_running: weakref.WeakSet[Sandbox] = weakref.WeakSet()


def _forked() -> None:
    for sandbox in list(_running):
        sandbox._forked()
    _running.clear()


os.register_at_fork(after_in_child=_forked)
