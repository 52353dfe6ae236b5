
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import hearwell.kit.clock
import hearwell.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contacts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseNumber',
            fields=[
                ('workspace_id', models.UUIDField(primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=1000)),
            ],
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('number', models.PositiveIntegerField()),
                ('title', models.TextField(blank=True, default='')),
                ('status', models.CharField(choices=[('open', 'Open'), ('snoozed', 'Snoozed'), ('closed', 'Closed')], default='open', max_length=8)),
                ('closed_reason', models.CharField(blank=True, default='', max_length=40)),
                ('closed_at', models.DateTimeField(null=True)),
                ('turn', models.CharField(choices=[('ours', 'Ours'), ('theirs', 'Theirs'), ('none', 'None')], default='none', max_length=6)),
                ('duty', models.CharField(blank=True, default='', max_length=12)),
                ('kind', models.CharField(blank=True, default='', max_length=16)),
                ('urgency', models.SmallIntegerField(default=0)),
                ('certainty', models.SmallIntegerField(null=True)),
                ('assignee_id', models.UUIDField(null=True)),
                ('team_id', models.UUIDField(null=True)),
                ('channel_id', models.UUIDField(null=True)),
                ('network', models.CharField(blank=True, default='', max_length=32)),
                ('audience', models.CharField(blank=True, default='', max_length=8)),
                ('preview', models.TextField(blank=True, default='')),
                ('opened_at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('last_message_at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('last_inbound_at', models.DateTimeField(null=True)),
                ('last_reply_at', models.DateTimeField(null=True)),
                ('waiting_since', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('snoozed_until', models.DateTimeField(null=True)),
                ('unread', models.BooleanField(default=False)),
                ('is_historic', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('contact', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, to='contacts.contact')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CaseLog',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('actor_id', models.UUIDField(null=True)),
                ('verb', models.CharField(max_length=24)),
                ('data', models.JSONField(default=dict)),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='conversations.case')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('channel_id', models.UUIDField()),
                ('network', models.CharField(max_length=32)),
                ('thread_key', models.TextField()),
                ('audience', models.CharField(max_length=8)),
                ('created_at', models.DateTimeField(default=hearwell.kit.clock.now, editable=False)),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='conversations', to='conversations.case')),
                ('contact', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, to='contacts.contact')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('user_id', models.UUIDField()),
                ('audience', models.CharField(max_length=8)),
                ('text', models.TextField()),
                ('updated_at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='conversations.case')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='EarlyChange',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('channel_id', models.UUIDField()),
                ('remote_id', models.TextField()),
                ('verb', models.CharField(max_length=8)),
                ('version', models.BigIntegerField(default=0)),
                ('data', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('created_at', models.DateTimeField(default=hearwell.kit.clock.now, editable=False)),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='conversations_earlychange_ws_id'), models.UniqueConstraint(fields=('workspace_id', 'channel_id', 'remote_id', 'verb', 'version'), name='conversations_early_once')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('channel_id', models.UUIDField(null=True)),
                ('remote_id', models.TextField(blank=True, default='')),
                ('direction', models.CharField(choices=[('in', 'In'), ('out', 'Out')], max_length=3)),
                ('kind', models.CharField(max_length=8)),
                ('audience', models.CharField(max_length=8)),
                ('parent_remote_id', models.TextField(blank=True, default='')),
                ('root_remote_id', models.TextField(blank=True, default='')),
                ('author_user_id', models.UUIDField(null=True)),
                ('author_name', models.TextField(blank=True, default='')),
                ('text', models.TextField(blank=True, default='')),
                ('entities', models.JSONField(default=list)),
                ('media', models.JSONField(default=list)),
                ('language', models.CharField(blank=True, default='', max_length=16)),
                ('rating', models.SmallIntegerField(null=True)),
                ('needs_reply', models.BooleanField(null=True)),
                ('replaced', models.BooleanField(default=False)),
                ('sent_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('edited_at', models.DateTimeField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('is_purged', models.BooleanField(default=False)),
                ('version', models.BigIntegerField(default=1)),
                ('raw_id', models.UUIDField(null=True)),
                ('permalink', models.TextField(blank=True, default='')),
                ('is_holding', models.BooleanField(default=False)),
                ('is_automatic', models.BooleanField(default=False)),
                ('is_historic', models.BooleanField(default=False)),
                ('delivery_id', models.UUIDField(null=True)),
                ('sent_outside', models.BooleanField(default=False)),
                ('receipt', models.CharField(blank=True, default='', max_length=9)),
                ('search', django.contrib.postgres.search.SearchVectorField(null=True)),
                ('author_identity', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, to='contacts.identity')),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='messages', to='conversations.case')),
                ('conversation', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='messages', to='conversations.conversation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MessageVersion',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('version', models.BigIntegerField()),
                ('text', models.TextField(blank=True, default='')),
                ('entities', models.JSONField(default=list)),
                ('said_at', models.DateTimeField()),
                ('message', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='versions', to='conversations.message')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Reaction',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('channel_id', models.UUIDField()),
                ('target_remote_id', models.TextField()),
                ('actor_external_id', models.TextField()),
                ('actor_name', models.TextField(blank=True, default='')),
                ('reaction', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='conversations_reaction_ws_id'), models.UniqueConstraint(fields=('workspace_id', 'channel_id', 'target_remote_id', 'actor_external_id'), name='conversations_reaction_once')],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('name', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField(default=hearwell.kit.clock.now, editable=False)),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='conversations_tag_ws_id'), models.UniqueConstraint(models.F('workspace_id'), django.db.models.functions.text.Lower('name'), name='conversations_tag_once')],
            },
        ),
        migrations.CreateModel(
            name='CaseTag',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('tagged_by_id', models.UUIDField(null=True)),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='conversations.case')),
                ('tag', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='conversations.tag')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('case_id', models.UUIDField()),
                ('conversation_id', models.UUIDField()),
                ('identity_id', models.UUIDField(null=True)),
                ('since', models.DateTimeField()),
                ('kind', models.CharField(blank=True, default='', max_length=16)),
                ('urgency', models.SmallIntegerField(default=0)),
                ('certainty', models.SmallIntegerField(null=True)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace_id', 'case_id', 'since'], name='conversations_waiting_case'), models.Index(fields=['workspace_id', 'conversation_id'], name='conversations_waiting_conv')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='conversations_waiting_ws_id')],
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('is_historic', False), ('status', 'open'), ('turn', 'ours')), fields=['workspace_id', 'due_at', 'id'], name='conversations_case_ours'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('is_historic', False), ('status', 'open'), ('assignee_id__isnull', False)), fields=['workspace_id', 'assignee_id', 'due_at', 'id'], name='conversations_case_mine'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('is_historic', False), ('status', 'open')), fields=['workspace_id', 'last_message_at', 'id'], name='conversations_case_open'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('status', 'snoozed')), fields=['workspace_id', 'snoozed_until', 'id'], name='conversations_case_snoozed'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('status', 'closed')), fields=['workspace_id', 'is_historic', 'last_message_at', 'id'], name='conversations_case_closed'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['workspace_id', 'contact', '-opened_at'], name='conversations_case_contact'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'id'), name='conversations_case_ws_id'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'number'), name='conversations_case_number'),
        ),
        migrations.AddIndex(
            model_name='caselog',
            index=models.Index(fields=['workspace_id', 'case', 'at'], name='conversations_log_case'),
        ),
        migrations.AddConstraint(
            model_name='caselog',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'id'), name='conversations_caselog_ws_id'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(fields=['workspace_id', 'case'], name='conversations_conv_case'),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'id'), name='conversations_conversation_ws_id'),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'channel_id', 'thread_key'), name='conversations_conversation_once'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'id'), name='conversations_draft_ws_id'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'case', 'user_id', 'audience'), name='conversations_draft_once'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['workspace_id', 'case', 'sent_at', 'id'], name='conversations_message_case'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('conversation__isnull', False), ('direction', 'out')), fields=['workspace_id', 'conversation', 'sent_at'], name='conversations_message_ours'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['workspace_id', 'sent_at'], name='conversations_message_time'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='conversations_message_search'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'id'), name='conversations_message_ws_id'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'channel_id', 'remote_id'), name='conversations_message_once'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('delivery_id__isnull', False)), fields=('workspace_id', 'delivery_id'), name='conversations_message_delivery'),
        ),
        migrations.AddConstraint(
            model_name='messageversion',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'id'), name='conversations_messageversion_ws_id'),
        ),
        migrations.AddConstraint(
            model_name='messageversion',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'message', 'version'), name='conversations_version_once'),
        ),
        migrations.AddIndex(
            model_name='casetag',
            index=models.Index(fields=['workspace_id', 'tag', 'case'], name='conversations_casetag_tag'),
        ),
        migrations.AddConstraint(
            model_name='casetag',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'id'), name='conversations_casetag_ws_id'),
        ),
        migrations.AddConstraint(
            model_name='casetag',
            constraint=models.UniqueConstraint(fields=('workspace_id', 'case', 'tag'), name='conversations_casetag_once'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('is_historic', False), ('status', 'open'), ('turn', 'ours'), ('urgency__gte', 3)), fields=['workspace_id', 'due_at', 'id'], name='conversations_case_urgent'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('is_historic', False), ('status', 'open'), ('turn', 'ours')), fields=['workspace_id', 'channel_id', 'due_at', 'id'], name='conversations_case_channel'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('is_historic', False), ('status', 'open'), ('turn', 'none')), fields=['workspace_id', 'duty', 'last_message_at', 'id'], name='conversations_case_idle'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('is_historic', False), ('status', 'open')), fields=['workspace_id'], include=('turn', 'urgency', 'due_at', 'assignee_id', 'unread', 'duty', 'channel_id'), name='conversations_case_counts'),
        ),
    ]
