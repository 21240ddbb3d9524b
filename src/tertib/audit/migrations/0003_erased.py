from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_read_by_who_and_what")]

    operations = [
        migrations.AddField(
            model_name="entry", name="erased_at", field=models.DateTimeField(null=True)
        ),
    ]
