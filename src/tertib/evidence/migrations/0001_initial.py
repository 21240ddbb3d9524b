import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Definition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=60)),
                ('since', models.DateTimeField()),
                ('filters', models.JSONField()),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=60)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('outcome', models.CharField(max_length=20)),
                ('body', models.JSONField()),
                ('actor', models.UUIDField(null=True)),
                ('source', models.CharField(max_length=100)),
                ('source_id', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'occurred_at'], name='evidence_kind')],
                'constraints': [models.UniqueConstraint(fields=('source', 'source_id'), name='evidence_told_once')],
            },
        ),
        migrations.CreateModel(
            name='Inbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.CharField(choices=[('fact', 'Fact'), ('retraction', 'Retraction'), ('membership', 'Membership'), ('waiver', 'Waiver'), ('merge', 'Merge')], max_length=10)),
                ('seq', models.BigIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('subject', models.UUIDField(null=True)),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('root', models.CharField(max_length=64)),
                ('previous', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('entries', models.PositiveIntegerField()),
                ('horizon', models.DateTimeField()),
                ('sealed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Retraction',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(null=True)),
                ('source', models.CharField(max_length=100)),
                ('recorded_at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('fact', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='retraction', to='evidence.fact')),
            ],
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('label', models.CharField(blank=True, max_length=200)),
                ('owner', models.CharField(max_length=100)),
                ('introduced_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'label'], name='evidence_subject_kind')],
            },
        ),
        migrations.AddField(
            model_name='fact',
            name='subject',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='evidence.subject'),
        ),
        migrations.CreateModel(
            name='Attributes',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('values', models.JSONField()),
                ('began_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='described', to='evidence.subject')),
            ],
            options={
                'verbose_name_plural': 'attributes',
            },
        ),
        migrations.CreateModel(
            name='Alias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=200)),
                ('folded', models.CharField(max_length=200)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aliases', to='evidence.subject')),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'folded'], name='evidence_alias_name')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='evidence_alias_ends_after_it_began')],
            },
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('control', models.CharField(max_length=60)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('actor', models.UUIDField(null=True)),
                ('source', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=64)),
                ('subject', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.subject')),
            ],
            options={
                'indexes': [models.Index(fields=['control', 'subject'], name='evidence_waiver_control')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at__gt', models.F('began_at'))), name='evidence_waiver_lasts')],
            },
        ),
        migrations.CreateModel(
            name='SealEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField()),
                ('entry', models.CharField(max_length=10)),
                ('seq', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='evidence.seal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('entry', 'seq'), name='evidence_sealed_once'), models.UniqueConstraint(fields=('seal', 'place'), name='evidence_seal_place')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('actor', models.UUIDField(null=True)),
                ('source', models.CharField(max_length=100)),
                ('recorded_at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('absorbed', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='merged_into', to='evidence.subject')),
                ('survivor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absorbed', to='evidence.subject')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('absorbed', models.F('survivor')), _negated=True), name='evidence_merge_of_two')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('population', models.CharField(max_length=60)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('actor', models.UUIDField(null=True)),
                ('source', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=64)),
                ('subject', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='evidence.subject')),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'population'], name='evidence_member'), models.Index(fields=['population', 'subject'], name='evidence_population')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='evidence_ends_after_it_began')],
            },
        ),
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(fields=['subject', 'kind', 'occurred_at'], name='evidence_newest'),
        ),
    ]
