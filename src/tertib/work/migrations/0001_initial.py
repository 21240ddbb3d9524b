import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('evidence', '0001_initial'),
        ('people', '0002_organisation'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('prefix', models.CharField(max_length=3, primary_key=True, serialize=False)),
                ('last', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('act', models.CharField(max_length=12)),
                ('before', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('undone_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('issued_at', models.DateTimeField()),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('prefix', models.CharField(default='TGS', max_length=3)),
                ('number', models.PositiveBigIntegerField()),
                ('look', models.CharField(choices=[('task', 'Task'), ('ticket', 'Ticket'), ('incident', 'Incident'), ('work_order', 'Work Order'), ('review', 'Review'), ('escalation', 'Escalation'), ('training', 'Training'), ('campaign', 'Campaign')], max_length=10)),
                ('control', models.CharField(blank=True, max_length=60)),
                ('clause', models.CharField(blank=True, max_length=20)),
                ('title_id', models.CharField(max_length=200)),
                ('title_en', models.CharField(max_length=200)),
                ('text', models.TextField(blank=True)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('why', models.CharField(choices=[('holder', 'Holder'), ('deputy', 'Deputy'), ('manager', 'Manager'), ('head', 'Head'), ('nobody', 'Nobody'), ('given', 'Given')], max_length=8)),
                ('lent_until', models.DateTimeField(null=True)),
                ('lent_away', models.BooleanField(default=False)),
                ('raised_role', models.CharField(blank=True, max_length=40)),
                ('began_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField()),
                ('due_by', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('snoozed_until', models.DateTimeField(null=True)),
                ('lines_open', models.PositiveIntegerField(default=0)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_because', models.CharField(blank=True, choices=[('evidence', 'Evidence'), ('done', 'Done'), ('cancelled', 'Cancelled')], max_length=9)),
                ('version', models.PositiveIntegerField(default=1)),
                ('instead_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('raised_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.site')),
                ('subject', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.subject')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('closed_at', None)), fields=['owner', 'due_by', 'id'], name='work_owner'), models.Index(condition=models.Q(('closed_at', None)), fields=['raised_to'], name='work_raised'), models.Index(condition=models.Q(('closed_at', None)), fields=['role', 'due_by', 'id'], name='work_role'), models.Index(condition=models.Q(('closed_at', None)), fields=['due_by', 'id'], name='work_due'), models.Index(condition=models.Q(('closed_at', None), ('lent_until__isnull', False)), fields=['lent_until'], name='work_lent'), models.Index(condition=models.Q(('closed_at', None)), fields=['subject'], name='work_subject'), models.Index(fields=['control', '-opened_at'], name='work_control'), models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['-closed_at', '-id'], name='work_closed')],
                'constraints': [models.UniqueConstraint(fields=('prefix', 'number'), name='work_number'), models.UniqueConstraint(condition=models.Q(('closed_at', None), models.Q(('control', ''), _negated=True)), fields=('control',), name='work_one_per_control'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_because', '')), models.Q(('closed_at__isnull', False), models.Q(('closed_because', ''), _negated=True)), _connector='OR'), name='work_closed_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('lent_by', None), ('lent_until', None)), models.Q(('lent_by__isnull', False), ('lent_until__isnull', False)), _connector='OR'), name='work_lent_until_when')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('found_at', models.DateTimeField()),
                ('told', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='work.item')),
            ],
            options={
                'indexes': [models.Index(fields=['item', 'at'], name='work_history')],
                'constraints': [models.CheckConstraint(condition=models.Q(('found_at__gte', models.F('at'))), name='work_seen_after')],
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('text', models.TextField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='work.item')),
            ],
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='work.item')),
            ],
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('control', models.CharField(max_length=60)),
                ('subject', models.UUIDField()),
                ('trigger', models.BigIntegerField(default=0)),
                ('began_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('because', models.CharField(blank=True, choices=[('evidence', 'Evidence'), ('waived', 'Waived'), ('gone', 'Gone'), ('late', 'Late'), ('corrected', 'Corrected')], max_length=9)),
                ('cause', models.CharField(blank=True, max_length=500)),
                ('correction', models.CharField(blank=True, max_length=500)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='work.item')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['item', 'closed_at', 'began_at'], name='work_lines'), models.Index(condition=models.Q(('closed_at', None)), fields=['person'], name='work_line_person')],
                'constraints': [models.UniqueConstraint(fields=('control', 'subject', 'trigger', 'began_at'), name='work_line_key'), models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('control', 'subject', 'trigger'), name='work_one_open_line')],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('climb', 'Climb'), ('due', 'Due'), ('remind', 'Remind')], max_length=6)),
                ('at', models.DateTimeField()),
                ('control', models.CharField(blank=True, max_length=60)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('outcome', models.CharField(blank=True, choices=[('taken', 'Taken'), ('skipped', 'Skipped')], max_length=7)),
                ('found_at', models.DateTimeField(null=True)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='work.item')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('outcome', '')), fields=['at', 'id'], name='work_to_come')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'climb')), fields=('item', 'control', 'role'), name='work_climbs_once')],
            },
        ),
        migrations.CreateModel(
            name='View',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('query', models.CharField(max_length=300)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'name'), name='work_view_name')],
            },
        ),
    ]
