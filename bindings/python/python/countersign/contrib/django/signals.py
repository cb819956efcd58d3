"""The signals of the app."""

from __future__ import annotations

from django.dispatch import Signal

order_held = Signal()
"""An order is held now: a person must look.

sender: countersign.contrib.django.Outbox
outbox: the outbox that it is in
order: a countersign.Changed: its account, external_id and reason, and why in words

It is sent in the process that drains, between two orders, and outside of any transaction. What a receiver raises is logged by Django and
disturbs nothing. A worker that is killed may never send it: `countersign_check` and the admin know all the same.
"""
