import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0010_demo")]

    operations = [
        migrations.CreateModel(
            name="ListLoad",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("by", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["at"], name="people_list_age")]},
        ),
        migrations.CreateModel(
            name="ListChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.UUIDField()),
                ("kind", models.CharField(max_length=6)),
                ("before", models.JSONField()),
                ("made", models.JSONField(default=dict)),
                ("marks", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "load",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="people.listload",
                    ),
                ),
            ],
        ),
    ]
