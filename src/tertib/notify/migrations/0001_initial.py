import datetime
import django.db.models.deletion
import tertib.vault.fields
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('person', models.UUIDField(db_index=True)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('endpoint', tertib.vault.fields.SecretField(bound_to='uuid', null=True)),
                ('key', models.CharField(max_length=100)),
                ('auth', tertib.vault.fields.SecretField(bound_to='uuid', null=True)),
                ('label', models.CharField(max_length=80)),
                ('added_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Rhythm',
            fields=[
                ('person', models.UUIDField(primary_key=True, serialize=False)),
                ('digest_at', models.TimeField(default=datetime.time(7, 30))),
                ('quiet_from', models.TimeField(default=datetime.time(21, 0))),
                ('quiet_until', models.TimeField(default=datetime.time(6, 0))),
            ],
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('mail', 'E-mail'), ('push', 'Push to the browser'), ('chat', 'Chat')], max_length=4)),
                ('name', models.CharField(max_length=80)),
                ('options', models.JSONField(default=dict)),
                ('secret', tertib.vault.fields.SecretField(bound_to='uuid', null=True)),
                ('paused_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('error_at', models.DateTimeField(null=True)),
                ('resume_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'chat'), _negated=True), fields=('kind',), name='notify_one_of_a_kind'), models.UniqueConstraint(fields=('name',), name='notify_channel_name')],
            },
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.UUIDField()),
                ('topic', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('mail', 'E-mail'), ('push', 'Push to the browser'), ('chat', 'Chat')], max_length=4)),
                ('wanted', models.BooleanField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'topic', 'kind'), name='notify_one_choice')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('person', models.UUIDField(null=True)),
                ('message_id', models.CharField(max_length=200)),
                ('test', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('waiting', 'Waits'), ('sending', 'Is being sent'), ('sent', 'Sent'), ('failed', 'Could not be sent'), ('dropped', 'No longer needed')], default='waiting', max_length=7)),
                ('created_at', models.DateTimeField()),
                ('next_at', models.DateTimeField()),
                ('leased_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('unsure', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notify.channel')),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notify.device')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['channel', 'next_at'], name='notify_waiting'), models.Index(condition=models.Q(('state', 'sending')), fields=['leased_until'], name='notify_sending'), models.Index(fields=['channel', 'person', '-created_at'], name='notify_last_to'), models.Index(fields=['created_at'], name='notify_delivery_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'sending'), _negated=True), ('leased_until__isnull', False), _connector='OR'), name='notify_sending_is_leased'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='notify_sent_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('person', models.UUIDField()),
                ('topic', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=200)),
                ('data', models.JSONField(default=dict)),
                ('url', models.CharField(blank=True, max_length=500)),
                ('secret', tertib.vault.fields.SecretField(bound_to='uuid', null=True)),
                ('hidden', models.BooleanField(default=False)),
                ('urgent', models.BooleanField(default=False)),
                ('told_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('planned_at', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('planned_at', None)), fields=['id'], name='notify_unplanned'), models.Index(condition=models.Q(('hidden', False), ('read_at', None)), fields=['person'], name='notify_unread'), models.Index(fields=['person', '-id'], name='notify_of_person'), models.Index(fields=['read_at'], name='notify_read')],
                'constraints': [models.UniqueConstraint(fields=('person', 'topic', 'key'), name='notify_told_once')],
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.UUIDField(null=True)),
                ('once', models.CharField(max_length=300, null=True)),
                ('go_at', models.DateTimeField()),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='notify.channel')),
                ('delivery', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='notify.delivery')),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notify.device')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='notify.notice')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('delivery', None)), fields=['go_at'], name='notify_line_waits')],
                'constraints': [models.UniqueConstraint(fields=('channel', 'once'), name='notify_once_in_a_chat'), models.UniqueConstraint(condition=models.Q(('device', None)), fields=('notice', 'channel'), name='notify_one_line'), models.UniqueConstraint(condition=models.Q(('device__isnull', False)), fields=('notice', 'channel', 'device'), name='notify_one_line_a_device')],
            },
        ),
    ]
