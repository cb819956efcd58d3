from collections.abc import Generator

import httpx

from ._native import Signer

class SignerAuth(httpx.Auth):
    def __init__(self, signer: Signer) -> None: ...
    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]: ...
