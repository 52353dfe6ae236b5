"""Orders of reports by e-mail, kept apart by workspace, and the looks for what is due or old."""

import django.db.models.deletion
import hearwell.kit.clock
import hearwell.kit.ids
from django.db import migrations, models

from hearwell.kit import rls

_DUE = """
CREATE FUNCTION scheduledreports_due(moment timestamptz, lost timestamptz)
RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.workspace_id FROM scheduledreports_order o WHERE o.next_at <= moment
    UNION
    SELECT l.workspace_id FROM scheduledreports_letter l
    WHERE l.state = 'waiting' OR (l.state = 'sending' AND l.moved_at < lost)
$$
"""
_FORGET = """
CREATE FUNCTION scheduledreports_forget(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM scheduledreports_letter WHERE made_at < before RETURNING 1)
    SELECT count(*) FROM gone
$$
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('kind', models.CharField(max_length=20)),
                ('panel_id', models.UUIDField(null=True)),
                ('cadence', models.CharField(max_length=8)),
                ('on_day', models.PositiveSmallIntegerField(default=0)),
                ('hour', models.PositiveSmallIntegerField(default=8)),
                ('reader_ids', models.JSONField(default=list)),
                ('has_pdf', models.BooleanField(default=True)),
                ('has_csv', models.BooleanField(default=False)),
                ('is_paused', models.BooleanField(default=False)),
                ('is_removed', models.BooleanField(default=False)),
                ('before', models.JSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=1)),
                ('next_at', models.DateTimeField(null=True)),
                ('by_id', models.UUIDField()),
                ('made_at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('changed_at', models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at'], name='scheduledreports_order_due')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='scheduledreports_order_ws_id')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('user_id', models.UUIDField()),
                ('key', models.CharField(max_length=40)),
                ('first_on', models.DateField()),
                ('last_on', models.DateField()),
                ('state', models.CharField(choices=[('waiting', 'waits'), ('sending', 'is being sent'), ('sent', 'sent'), ('failed', 'not sent'), ('unsure', 'perhaps sent'), ('left_out', 'left out')], default='waiting', max_length=8)),
                ('why', models.CharField(blank=True, default='', max_length=20)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('made_at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('moved_at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('order', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='scheduledreports.order')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['state', 'moved_at'], name='scheduledreports_letter_due'), models.Index(fields=['made_at'], name='scheduledreports_letter_made')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='scheduledreports_letter_ws_id'), models.UniqueConstraint(fields=('workspace_id', 'order', 'user_id', 'key'), name='scheduledreports_letter_once')],
            },
        ),
        migrations.CreateModel(
            name='Stop',
            fields=[
                ('id', models.UUIDField(default=hearwell.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(editable=False)),
                ('user_id', models.UUIDField()),
                ('at', models.DateTimeField(default=hearwell.kit.clock.now)),
                ('order', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='scheduledreports.order')),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'id'), name='scheduledreports_stop_ws_id'), models.UniqueConstraint(fields=('workspace_id', 'order', 'user_id'), name='scheduledreports_stop_once')],
            },
        ),
        rls.protect(
            "scheduledreports_order", "scheduledreports_letter", "scheduledreports_stop"
        ),
        rls.composite_fk("scheduledreports_letter", "order_id", "scheduledreports_order"),
        rls.composite_fk("scheduledreports_stop", "order_id", "scheduledreports_order"),
        rls.definer_function("scheduledreports_due(timestamptz, timestamptz)", _DUE),
        rls.definer_function("scheduledreports_forget(timestamptz)", _FORGET),
    ]
