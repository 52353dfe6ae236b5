

import django.db.models.deletion
import hearwell.kit.clock
import hearwell.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('conversations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('field', models.CharField(max_length=12)),
                ('before', models.CharField(max_length=16)),
                ('after', models.CharField(max_length=16)),
                ('engine', models.CharField(max_length=24)),
                ('user_id', models.UUIDField()),
                ('at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('message', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='conversations.message')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace_id', 'message'], name='triage_correction_message')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='triage_correction_ws_id')],
            },
        ),
        migrations.CreateModel(
            name='Verdict',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('case_id', models.UUIDField()),
                ('duty', models.CharField(choices=[('answer', 'answer'), ('acknowledge', 'acknowledge'), ('none', 'none')], max_length=12)),
                ('kind', models.CharField(choices=[('complaint', 'complaint'), ('question', 'question'), ('request', 'request'), ('praise', 'praise'), ('idea', 'idea'), ('prepurchase', 'prepurchase'), ('review', 'review'), ('chatter', 'chatter'), ('spam', 'spam')], max_length=16)),
                ('urgency', models.SmallIntegerField()),
                ('is_thanks', models.BooleanField(default=False)),
                ('language', models.CharField(blank=True, default='', max_length=16)),
                ('certainty', models.FloatField()),
                ('reasons', models.JSONField(default=list)),
                ('engine', models.CharField(max_length=24)),
                ('is_corrected', models.BooleanField(default=False)),
                ('decided_at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('message', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='conversations.message')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace_id', 'case_id'], name='triage_verdict_case')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='triage_verdict_ws_id'), models.UniqueConstraint(fields=('workspace_id', 'message'), name='triage_verdict_once')],
            },
        ),
    ]
