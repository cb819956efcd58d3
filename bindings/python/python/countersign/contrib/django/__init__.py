"""Countersign in Django: an app for INSTALLED_APPS with an outbox over the project's own database. docs/django.md has the whole.

| file | job |
|---|---|
| `_outbox.py` | `Outbox` over an alias of DATABASES, and `outbox()`, the project's |
| `_connection.py` | Django's connection as an outbox uses it, and what its errors say |
| `models.py`, `migrations/`, `_tables.py` | the tables: made by a migration, read by models |
| `admin.py`, `templates/` | what people see and decide |
| `management/` | `countersign_drain`, `countersign_check`, `countersign_forget` |
| `apps.py`, `checks.py` | the app, and what `manage.py check` says |
| `test.py` | for tests of a project's own |
"""

from ._outbox import Outbox, outbox
from .signals import order_held

__all__ = ["Outbox", "order_held", "outbox"]
