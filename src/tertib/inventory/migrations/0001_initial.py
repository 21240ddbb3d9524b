import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('evidence', '0001_initial'),
        ('people', '0001_initial'),
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
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32, unique=True)),
                ('version', models.CharField(blank=True, max_length=100)),
                ('arch', models.CharField(blank=True, max_length=20)),
                ('raw_name', models.CharField(max_length=250)),
            ],
        ),
        migrations.CreateModel(
            name='Title',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32, unique=True)),
                ('source', models.CharField(blank=True, max_length=20)),
                ('name', models.CharField(max_length=200)),
                ('publisher', models.CharField(blank=True, max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name='Asset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tag', models.CharField(max_length=40, unique=True)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('serial', models.CharField(blank=True, max_length=100)),
                ('type', models.CharField(choices=[('desktop', 'Desktop'), ('laptop', 'Laptop'), ('server', 'Server'), ('printer', 'Printer'), ('network', 'Network'), ('ups', 'Ups'), ('phone', 'Phone'), ('other', 'Other')], max_length=10)),
                ('status', models.CharField(choices=[('in_use', 'In Use'), ('in_stock', 'In Stock'), ('in_repair', 'In Repair'), ('retired', 'Retired')], default='in_use', max_length=10)),
                ('place', models.CharField(blank=True, max_length=100)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('maker', models.CharField(blank=True, max_length=100)),
                ('model', models.CharField(blank=True, max_length=100)),
                ('system', models.CharField(blank=True, max_length=200)),
                ('system_version', models.CharField(blank=True, max_length=100)),
                ('titles', models.PositiveIntegerField(default=0)),
                ('to_review', models.BooleanField(default=False)),
                ('first_seen_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('whole_at', models.DateTimeField(null=True)),
                ('report_digest', models.CharField(blank=True, max_length=64)),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.asset')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.site')),
                ('subject', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.subject')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('merged_into', None)), fields=['-seen_at', '-id'], name='inventory_asset_newest'), models.Index(fields=['serial'], name='inventory_asset_serial')],
                'constraints': [models.CheckConstraint(condition=models.Q(('owner', None), ('unit', ''), _connector='OR'), name='inventory_one_owner'), models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='inventory_not_into_itself'), models.CheckConstraint(condition=models.Q(('tag', ''), _negated=True), name='inventory_has_a_tag')],
            },
        ),
        migrations.CreateModel(
            name='Identifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('value', models.CharField(max_length=200)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identifiers', to='inventory.asset')),
            ],
            options={
                'indexes': [models.Index(fields=['value', 'kind'], name='inventory_recognise')],
                'constraints': [models.UniqueConstraint(fields=('asset', 'kind', 'value'), name='inventory_identifier_once')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, choices=[('same', 'Same'), ('different', 'Different')], max_length=10)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.UUIDField(null=True)),
                ('new', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.asset')),
                ('old', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.asset')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answer', '')), fields=['asked_at'], name='inventory_asked')],
                'constraints': [models.UniqueConstraint(fields=('new', 'old'), name='inventory_asked_once'), models.CheckConstraint(condition=models.Q(('new', models.F('old')), _negated=True), name='inventory_asks_about_two'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='inventory_answered_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Installed',
            fields=[
                ('pk', models.CompositePrimaryKey('asset_id', 'release_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('asset', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.asset')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.release')),
            ],
        ),
        migrations.AddField(
            model_name='release',
            name='title',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='inventory.title'),
        ),
    ]
