from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial")]

    operations = [
        migrations.AddField("item", "matter", models.CharField(blank=True, max_length=12)),
        migrations.AddField("item", "matter_uuid", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "item",
            models.UniqueConstraint(
                fields=["matter", "matter_uuid"],
                condition=~Q(matter=""),
                name="work_one_per_matter",
            ),
        ),
        migrations.AddConstraint(
            "item",
            models.CheckConstraint(
                condition=Q(matter="", matter_uuid=None)
                | ~Q(matter="") & Q(matter_uuid__isnull=False),
                name="work_matter_is_named",
            ),
        ),
    ]
