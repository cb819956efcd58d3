"""The tables of the outbox: made by its own statements, and known to the models."""

from django.db import migrations, models

from .._tables import MakeTables
from ..fields import AsciiField


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[MakeTables()],
            state_operations=[
                migrations.CreateModel(
                    name="Account",
                    fields=[
                        ("account", models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ("provider", models.BigIntegerField()),
                        ("version", models.BigIntegerField()),
                        ("pause", models.BigIntegerField()),
                        ("paused_until", models.BigIntegerField(null=True)),
                        ("pause_key", models.CharField(max_length=64, null=True)),
                        ("pause_why", AsciiField(max_length=1000, null=True)),
                        ("pauses", models.TextField()),
                        ("quota", models.BigIntegerField()),
                        ("quota_at", models.BigIntegerField()),
                        ("integration", AsciiField(max_length=765, null=True)),
                        ("checked_at", models.BigIntegerField(null=True)),
                        ("success_at", models.BigIntegerField(null=True)),
                        ("alive_at", models.BigIntegerField(null=True)),
                    ],
                    options={
                        "db_table": "countersign_outbox_account",
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="Design",
                    fields=[
                        ("design", models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ("row_id", models.BigIntegerField()),
                        ("token", models.CharField(max_length=32)),
                        ("reserved_at", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "countersign_outbox_design",
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="Order",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("row_key", models.CharField(max_length=64)),
                        ("provider", models.BigIntegerField()),
                        ("account", models.CharField(max_length=64)),
                        ("external_id", AsciiField(max_length=765, verbose_name="id of the shop")),
                        ("state", models.BigIntegerField()),
                        ("version", models.BigIntegerField()),
                        ("due_at", models.BigIntegerField(null=True)),
                        ("lease_until", models.BigIntegerField(null=True)),
                        ("token", models.CharField(max_length=32, null=True)),
                        ("failures", models.BigIntegerField(default=0)),
                        ("crashes", models.BigIntegerField(default=0)),
                        ("sends", models.BigIntegerField(default=0)),
                        ("doubts", models.BigIntegerField(default=0)),
                        ("resends", models.BigIntegerField(default=0)),
                        ("read_backs", models.BigIntegerField(default=0)),
                        ("first_sent_at", models.BigIntegerField(null=True)),
                        ("last_sent_at", models.BigIntegerField(null=True)),
                        ("doubted_at", models.BigIntegerField(null=True)),
                        ("wait_at", models.BigIntegerField(null=True)),
                        ("wait_clock", models.BigIntegerField(null=True)),
                        ("absent_at", models.BigIntegerField(null=True)),
                        ("absent_clock", models.BigIntegerField(null=True)),
                        ("flags", models.BigIntegerField(default=0)),
                        ("reason", models.BigIntegerField(null=True)),
                        ("wire", models.BigIntegerField()),
                        ("items_hash", models.CharField(max_length=64)),
                        ("conflict_hash", models.CharField(max_length=64, null=True)),
                        ("body", models.TextField(null=True)),
                        ("remote_id", AsciiField(max_length=765, null=True, verbose_name="id of the platform")),
                        ("last_kind", models.BigIntegerField(null=True)),
                        ("created_at", models.BigIntegerField()),
                        ("fresh_at", models.BigIntegerField()),
                        ("updated_at", models.BigIntegerField()),
                        ("done_at", models.BigIntegerField(null=True)),
                        ("history", models.TextField()),
                    ],
                    options={
                        "verbose_name": "paid order",
                        "db_table": "countersign_outbox",
                        "permissions": [
                            ("resolve_order", "Can decide about a paid order that is held"),
                            ("cancel_order", "Can cancel a paid order"),
                            ("forget_order", "Can strip what is personal of a paid order"),
                            ("view_order_body", "Can see what a paid order holds"),
                        ],
                        "default_permissions": ("view",),
                        "indexes": [
                            models.Index(fields=["account", "state", "due_at", "id"], name="countersign_outbox_due"),
                            models.Index(fields=["external_id"], name="countersign_outbox_external"),
                            models.Index(fields=["updated_at", "id"], name="countersign_outbox_changed"),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("row_key",), name="countersign_outbox_key")],
                    },
                ),
            ],
        ),
    ]
