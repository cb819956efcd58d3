"""The fixtures of countersign for pytest, which finds them by the package's entry point.

A module beside the package, not in it: pytest imports it at the start of every run where the package is installed. So nothing of
countersign is imported before a test asks for a fixture: a native module that cannot be loaded breaks those tests alone, other runs pay
nothing, and what watches imports, such as coverage, misses none.
"""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from countersign import Outbox
    from countersign.testing import Sandbox


def _started() -> Sandbox:
    from countersign.testing import Sandbox, SandboxError

    try:
        return Sandbox()
    except SandboxError as error:
        message = str(error)
    # The sentence is the whole report.
    pytest.fail(message, pytrace=False)


def _closed(sandbox: Sandbox) -> None:
    """Closes it, and fails what used it if it had ended by itself."""
    gone = None if sandbox._closed else sandbox._gone()
    sandbox.close()
    if gone:
        pytest.fail(gone, pytrace=False)


class _Shared:
    """One sandbox for all tests of this process, in turn; another one where a test ended it."""

    def __init__(self) -> None:
        self.sandbox = _started()

    def fresh(self) -> Sandbox:
        if self.sandbox._closed:
            self.sandbox = _started()
        else:
            self.sandbox.reset()
        return self.sandbox


@pytest.fixture(scope="session")
def _countersign_shared() -> Iterator[_Shared]:
    shared = _Shared()
    yield shared
    shared.sandbox.close()


@pytest.fixture
def countersign_sandbox(_countersign_shared: _Shared) -> Iterator[Sandbox]:
    """Both platforms on loopback: a countersign.testing.Sandbox with nothing in it. One process serves all tests."""
    sandbox = _countersign_shared.fresh()
    yield sandbox
    if sandbox._gone():
        _closed(sandbox)


@pytest.fixture(scope="session")
def countersign_sandbox_session() -> Iterator[Sandbox]:
    """A countersign.testing.Sandbox of its own for the whole session, which nobody resets: for fixtures that are made once."""
    sandbox = _started()
    yield sandbox
    _closed(sandbox)


@pytest.fixture
def countersign_outbox(countersign_sandbox: Sandbox, tmp_path: Path) -> Outbox:
    """An outbox in tmp_path over countersign_sandbox, with the accounts "shop" (Spiff) and "signs" (Sign Customiser). Its times pass a
    hundred times faster: see countersign.testing.Sandbox.outbox()."""
    outbox = countersign_sandbox.outbox(f"sqlite:{tmp_path}/outbox.db", create=True, anywhere=True)
    outbox.install()
    return outbox
