"""The operation of a migration that makes the outbox's tables, in the words of the database that it runs on."""

from __future__ import annotations

from typing import Any

from django.db import router
from django.db.migrations.operations.base import Operation

import countersign

from ._connection import dialect_of

STAY = (
    "The tables of the outbox stay: without what is written there, an order of before could be sent again. To be rid of them, drop "
    "countersign_outbox, countersign_outbox_design, countersign_outbox_account and countersign_outbox_meta by hand."
)


class MakeTables(Operation):
    """Makes what is missing. Backwards it drops nothing, and says so."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """What models know of the tables stands beside it in the migration."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        host = schema_editor.connection
        if router.allow_migrate(host.alias, app_label, model_name="order"):
            for statement in countersign.Outbox(lambda: None, {}).schema(dialect_of(host)):
                schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.collect_sql:
            schema_editor.collected_sql.append(f"-- {STAY}")
        elif router.allow_migrate(schema_editor.connection.alias, app_label, model_name="order"):
            print(f"\n    {STAY}", end="")

    def describe(self) -> str:
        return "Makes the tables of the outbox"
