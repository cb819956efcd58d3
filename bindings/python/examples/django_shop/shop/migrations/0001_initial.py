"""The shop's orders."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("design", models.CharField(help_text="Spiff's transaction, or the id of a sign", max_length=80)),
                ("quantity", models.PositiveIntegerField(default=1)),
                ("is_sign", models.BooleanField(default=False)),
                ("price", models.PositiveIntegerField(help_text="of one, in cents")),
                ("paid_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
        ),
    ]
