"""What `manage.py check` says of the outbox; with --database, of its tables as well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router

import countersign

from ._connection import DIALECTS
from ._outbox import outbox, setting


@register("countersign")
def check_settings(**_: Any) -> list[CheckMessage]:
    if setting() is None:
        hint = 'Name it by its dotted path, such as COUNTERSIGN_OUTBOX = "shop.orders.outbox".'
        return [Warning("COUNTERSIGN_OUTBOX is not set: commands and the admin have no outbox.", hint=hint, id="countersign.W001")]
    try:
        box = outbox()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="countersign.E002")]
    except countersign.Error as error:
        # As where a project is built, or its migrations are written: nobody delivers anything there.
        return [Warning(f"The outbox cannot be made here: {error}", id="countersign.W008")]
    if box.using not in list(connections):
        return [Error(f'The outbox uses the alias "{box.using}", which DATABASES lacks.', id="countersign.E003")]
    found: list[CheckMessage] = []
    host = connections[box.using]
    if host.vendor not in DIALECTS:
        found.append(Error(f"The outbox does not know the database {host.vendor}.", hint=f"It knows {', '.join(DIALECTS)}.", id="countersign.E004"))
    if not box.accounts:
        found.append(Error("The outbox has no account.", hint='Give it a client: Outbox({"shop": spiff}).', id="countersign.E005"))
    if host.settings_dict["ATOMIC_REQUESTS"]:
        hint = "Let `manage.py countersign_drain` do it. enqueue() in a view is right, and joins the transaction of the request."
        found.append(Info("With ATOMIC_REQUESTS a view cannot drain the outbox.", hint=hint, id="countersign.I006"))
    return found


@register(Tags.database)
def check_tables(databases: Iterable[str] | None = None, **_: Any) -> list[CheckMessage]:
    if setting() is None:
        return []
    try:
        using = outbox().using
    except (ImproperlyConfigured, countersign.Error):
        return []
    if using not in (databases or ()) or using not in list(connections) or connections[using].vendor not in DIALECTS:
        return []
    if "countersign_outbox" in connections[using].introspection.table_names():
        return []
    # `migrate` asks as well, before it makes them: that must not stop it.
    hint = f"Run `manage.py migrate --database {using}`."
    if not router.allow_migrate(using, "countersign", model_name="order"):
        hint = f'DATABASE_ROUTERS forbid it: let allow_migrate() answer True for "{using}" and the app countersign.'
    return [Warning(f'The tables of the outbox are missing in "{using}".', hint=hint, id="countersign.W007")]
