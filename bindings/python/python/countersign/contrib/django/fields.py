"""A field of the models: text as it stands in the outbox's tables."""

from __future__ import annotations

import json
from typing import Any

from django.db import models


class AsciiField(models.CharField):
    """Text in ASCII, as a JSON string without its quotes writes it."""

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return value if value is None or "\\" not in value else json.loads('"' + value.replace('"', '\\"') + '"')

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None else "".join(map(_ascii, value))


def _ascii(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if " " <= character <= "~":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
