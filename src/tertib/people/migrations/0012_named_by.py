import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def each_named_their_own(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Until now one's own account was the only page on which an absence was entered."""
    apps.get_model("people", "Absence").objects.update(named_by=F("person"))


class Migration(migrations.Migration):
    dependencies = [("people", "0011_lists")]

    operations = [
        migrations.AddField(
            "absence",
            "named_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(each_named_their_own, migrations.RunPython.noop),
    ]
