from requests import PreparedRequest
from requests.auth import AuthBase

from ._native import Signer

class SignerAuth(AuthBase):
    def __init__(self, signer: Signer) -> None: ...
    def __call__(self, request: PreparedRequest) -> PreparedRequest: ...
