import django.db.models.deletion
import django.db.models.functions.text
import tertib.vault.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('full_name', models.CharField(max_length=200)),
                ('team', models.CharField(blank=True, max_length=40)),
                ('joined_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('language', models.CharField(choices=[('id', 'Bahasa Indonesia'), ('en', 'English')], default='id', max_length=2)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='people_small_email'), models.CheckConstraint(condition=models.Q(models.Q(('is_active', True), ('left_at', None)), models.Q(('is_active', False), ('left_at__gte', models.F('joined_at'))), _connector='OR'), name='people_active_or_left')],
            },
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=80, unique=True)),
                ('zone', models.CharField(max_length=64)),
                ('ranges', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=40, unique=True)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('scope', models.CharField(max_length=40)),
                ('kinds', models.JSONField(null=True)),
                ('issued_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', 'tertib'), _negated=True), name='people_no_machine_is_tertib')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(max_length=64)),
                ('address', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'at'], name='people_attempt_account'), models.Index(fields=['address', 'at'], name='people_attempt_address'), models.Index(fields=['at'], name='people_attempt_at')],
            },
        ),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=120)),
                ('started_at', models.DateTimeField()),
                ('set_up_at', models.DateTimeField(null=True)),
                ('mail_address', models.EmailField(blank=True, max_length=254)),
                ('mail_host', models.CharField(blank=True, max_length=200)),
                ('mail_port', models.PositiveIntegerField(default=993)),
                ('mail_user', models.CharField(blank=True, max_length=200)),
                ('mail_password', tertib.vault.fields.SecretField(bound_to='pk', null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='people_one_company')],
            },
        ),
        migrations.CreateModel(
            name='OneTimeLink',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('issued_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='user',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='people.site'),
        ),
    ]
