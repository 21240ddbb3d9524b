from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_passkeys")]

    operations = [
        migrations.AddField(
            model_name="user", name="erased_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(erased_at=None) | models.Q(is_active=False),
                name="people_erased_has_left",
            ),
        ),
    ]
