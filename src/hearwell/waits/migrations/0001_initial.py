import hearwell.kit.clock
import hearwell.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Estimate',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('channel_id', models.UUIDField(null=True)),
                ('at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('p50_s', models.IntegerField(null=True)),
                ('p90_s', models.IntegerField(null=True)),
                ('n', models.IntegerField(default=0)),
                ('waiting', models.IntegerField(default=0)),
                ('span_s', models.IntegerField(default=0)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['at'], name='waits_estimate_age')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='waits_estimate_ws_id'), models.UniqueConstraint(fields=('workspace_id', 'channel_id', 'at'), name='waits_estimate_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Named',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('user_id', models.UUIDField()),
                ('first_name', models.CharField(max_length=40)),
                ('at', models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='waits_named_ws_id'), models.UniqueConstraint(fields=('workspace_id', 'user_id'), name='waits_named_once')],
            },
        ),
        migrations.CreateModel(
            name='WaitChoice',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('is_public', models.BooleanField(default=False)),
                ('in_chat', models.BooleanField(default=False)),
                ('has_roster', models.BooleanField(default=False)),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='waits_waitchoice_ws_id'), models.UniqueConstraint(fields=('workspace_id',), name='waits_choice_one')],
            },
        ),
    ]
