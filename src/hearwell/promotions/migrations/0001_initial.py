import hearwell.kit.clock
import hearwell.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('seq', models.BigIntegerField()),
                ('verb', models.CharField(choices=[('started', 'Held back'), ('ended', 'No longer held back')], max_length=8)),
                ('network', models.CharField(max_length=32)),
                ('network_id', models.TextField()),
                ('email_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('reason', models.CharField(choices=[('unanswered', 'unanswered'), ('open', 'open'), ('waiting_for_customer', 'waiting_for_customer'), ('snoozed', 'snoozed'), ('cooling_off', 'cooling_off')], max_length=20)),
                ('since', models.DateTimeField()),
                ('at', models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['at'], name='promotions_change_age')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='promotions_change_ws_id'), models.UniqueConstraint(fields=('workspace_id', 'seq'), name='promotions_change_seq')],
            },
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('read_seq', models.BigIntegerField(default=0)),
                ('last_seq', models.BigIntegerField(default=0)),
                ('counted_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='promotions_feed_ws_id'), models.UniqueConstraint(fields=('workspace_id',), name='promotions_feed_one')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('contact_id', models.UUIDField()),
                ('case_id', models.UUIDField()),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace_id', 'case_id'], name='promotions_hold_case')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='promotions_hold_ws_id'), models.UniqueConstraint(fields=('workspace_id', 'contact_id', 'case_id'), name='promotions_hold_once')],
            },
        ),
        migrations.CreateModel(
            name='HoldChoice',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('cool_off_h', models.PositiveSmallIntegerField(default=48)),
                ('counts_praise', models.BooleanField(default=True)),
                ('email_basis', models.CharField(blank=True, choices=[('', ''), ('consent', 'consent'), ('contract', 'contract'), ('legitimate_interest', 'legitimate_interest')], default='', max_length=20)),
                ('email_statement', models.TextField(blank=True, default='')),
                ('email_at', models.DateTimeField(null=True)),
                ('email_by_id', models.UUIDField(null=True)),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='promotions_holdchoice_ws_id'), models.UniqueConstraint(fields=('workspace_id',), name='promotions_choice_one')],
            },
        ),
        migrations.CreateModel(
            name='Told',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('network', models.CharField(max_length=32)),
                ('network_id', models.TextField()),
                ('contact_id', models.UUIDField()),
                ('email_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('reason', models.CharField(choices=[('unanswered', 'unanswered'), ('open', 'open'), ('waiting_for_customer', 'waiting_for_customer'), ('snoozed', 'snoozed'), ('cooling_off', 'cooling_off')], max_length=20)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace_id', 'contact_id'], name='promotions_told_contact'), models.Index(condition=models.Q(('until__isnull', False)), fields=['until'], name='promotions_told_until')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='promotions_told_ws_id'), models.UniqueConstraint(fields=('workspace_id', 'network', 'network_id'), name='promotions_told_once')],
            },
        ),
    ]
