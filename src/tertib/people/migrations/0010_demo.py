from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

STAMP = "demo"  # the file that said so before


def read_the_stamp(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    if (settings.DATA / STAMP).exists():
        apps.get_model("people", "Company").objects.update(is_demo=True)


class Migration(migrations.Migration):
    dependencies = [("people", "0009_links_that_sign_in")]

    operations = [
        migrations.AddField("company", "is_demo", models.BooleanField(default=False)),
        migrations.RunPython(read_the_stamp, migrations.RunPython.noop),
    ]
