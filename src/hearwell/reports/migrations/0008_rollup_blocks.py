"""Roll-ups many cells a row; what was made in the old form is due anew."""

from django.db import migrations, models

import hearwell.kit.ids
from hearwell.kit import rls

_DUE = """
CREATE OR REPLACE FUNCTION reports_due(moment timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.workspace_id FROM reports_rollupdue d
    UNION
    SELECT w.id FROM accounts_workspace w
    LEFT JOIN reports_rollupclock k ON k.workspace_id = w.id
    WHERE k.time_zone IS DISTINCT FROM w.time_zone
        OR k.form IS DISTINCT FROM {form}
        OR k.months_before < date_trunc('month', moment AT TIME ZONE w.time_zone)::date
        OR EXISTS (SELECT FROM channels_importrun i WHERE i.workspace_id = w.id
            AND i.finished_at > k.made_at)
$$
"""


def _due(form: str) -> str:
    return _DUE.format(form=form)


class Migration(migrations.Migration):
    """Beside the old table, which stays for code that still runs."""

    dependencies = [("reports", "0007_goals")]

    operations = [
        migrations.CreateModel(
            name="RollupBlock",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=hearwell.kit.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("grain", models.CharField(max_length=1)),
                ("starts_on", models.DateField()),
                ("measure", models.CharField(max_length=8)),
                ("cut", models.CharField(max_length=4)),
                ("channel_id", models.UUIDField(null=True)),
                ("kind", models.CharField(blank=True, default="", max_length=8)),
                ("language", models.CharField(blank=True, default="", max_length=16)),
                ("team_id", models.UUIDField(null=True)),
                ("keys", models.BinaryField()),
                ("seats", models.BinaryField()),
                ("counts", models.BinaryField()),
                ("waits", models.BinaryField()),
                ("since", models.BinaryField()),
            ],
            options={"abstract": False},
        ),
        migrations.AddConstraint(
            model_name="rollupblock",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "id"), name="reports_rollupblock_ws_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="rollupblock",
            constraint=models.UniqueConstraint(
                fields=(
                    "workspace_id",
                    "grain",
                    "starts_on",
                    "cut",
                    "measure",
                    "channel_id",
                    "kind",
                    "language",
                    "team_id",
                ),
                name="reports_rollup_block",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            model_name="rollupclock",
            name="form",
            field=models.PositiveSmallIntegerField(default=0, db_default=0),
        ),
        rls.protect("reports_rollupblock"),
        # Packed once and for all; to press them costs more time than it saves disk.
        migrations.RunSQL(
            """ALTER TABLE reports_rollupblock ALTER counts SET STORAGE EXTERNAL,
               ALTER waits SET STORAGE EXTERNAL, ALTER since SET STORAGE EXTERNAL,
               ALTER seats SET STORAGE EXTERNAL""",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(_due("1"), _due("k.form")),
    ]
