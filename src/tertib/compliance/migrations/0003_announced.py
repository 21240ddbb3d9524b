from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compliance", "0002_owed")]

    operations = [
        migrations.CreateModel(
            name="Announced",
            fields=[
                ("clause", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=10)),
                ("since", models.DateTimeField()),
            ],
        ),
    ]
