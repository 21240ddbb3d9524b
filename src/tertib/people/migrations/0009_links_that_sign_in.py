from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0008_ways_in")]

    operations = [
        migrations.AddField(
            model_name="onetimelink", name="signs_in", field=models.BooleanField(default=False)
        ),
    ]
