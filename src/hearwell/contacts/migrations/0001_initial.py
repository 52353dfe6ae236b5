

import django.db.models.deletion
import hearwell.kit.clock
import hearwell.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('name', models.TextField(blank=True, default='')),
                ('language', models.CharField(blank=True, default='', max_length=16)),
                ('note_count', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=hearwell.kit.clock.now, editable=False)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace_id', 'created_at'], name='contacts_contact_newest')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='contacts_contact_ws_id')],
            },
        ),
        migrations.CreateModel(
            name='ContactNote',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('author_id', models.UUIDField()),
                ('text', models.TextField()),
                ('created_at', models.DateTimeField(default=hearwell.kit.clock.now, editable=False)),
                ('contact', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='notes', to='contacts.contact')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace_id', 'contact', '-created_at'], name='contacts_note_newest')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='contacts_contactnote_ws_id')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('network', models.CharField(max_length=32)),
                ('external_id', models.TextField()),
                ('handle', models.TextField(blank=True, default='')),
                ('name', models.TextField(blank=True, default='')),
                ('seen_at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('contact', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='identities', to='contacts.contact')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace_id', 'contact'], name='contacts_identity_contact')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='contacts_identity_ws_id'), models.UniqueConstraint(fields=('workspace_id', 'network', 'external_id'), name='contacts_identity_once')],
            },
        ),
    ]
