import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import hearwell.kit.clock
import hearwell.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0013_facets"),
        ("triage", "0003_engine"),
    ]

    operations = [
        migrations.CreateModel(
            name="Learned",
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
                ("number", models.PositiveIntegerField()),
                ("up_to", models.PositiveIntegerField()),
                ("base", models.CharField(max_length=24)),
                ("delta", models.BinaryField(null=True)),
                ("calibration", models.JSONField(default=dict)),
                ("scores", models.JSONField(default=dict)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("promoted", "promoted"),
                            ("refused", "refused"),
                            ("went_back", "went_back"),
                        ],
                        max_length=12,
                    ),
                ),
                ("why", models.CharField(blank=True, default="", max_length=24)),
                ("left_out", models.JSONField(default=list)),
                ("is_whole", models.BooleanField(default=True)),
                ("by_id", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField(default=hearwell.kit.clock.now)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Lesson",
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
                ("number", models.PositiveIntegerField()),
                ("head", models.CharField(max_length=12)),
                ("label", models.CharField(max_length=16)),
                ("predicted", models.CharField(max_length=16)),
                ("certainty", models.FloatField()),
                ("chance", models.FloatField()),
                ("answer", models.FloatField()),
                ("was_sure", models.BooleanField(default=False)),
                ("was_quieted", models.BooleanField(default=False)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("corrected", "corrected"),
                            ("confirmed", "confirmed"),
                            ("reviewed", "reviewed"),
                            ("asked", "asked"),
                            ("taken_back", "taken_back"),
                        ],
                        max_length=12,
                    ),
                ),
                ("engine", models.CharField(max_length=24)),
                ("user_id", models.UUIDField()),
                ("at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("is_left_out", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Topic",
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
                ("name", models.CharField(max_length=60)),
                (
                    "phrases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("language", models.CharField(blank=True, default="", max_length=16)),
                ("is_active", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("changed_by_id", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Understanding",
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
                ("stamp", models.UUIDField(default=hearwell.kit.ids.uuid7)),
                ("epoch", models.PositiveIntegerField(default=0)),
                ("snapshot_id", models.UUIDField(null=True)),
                ("lessons", models.PositiveIntegerField(default=0)),
                ("labelled", models.PositiveIntegerField(default=0)),
                ("refit_at", models.DateTimeField(null=True)),
                ("refit_lessons", models.PositiveIntegerField(default=0)),
                ("quiet", models.FloatField(null=True)),
                ("may_quiet", models.BooleanField(default=True)),
                ("miss_budget", models.FloatField(default=0.02)),
                ("sure", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("changed_by_id", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="verdict",
            name="topics",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=None, null=True, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="verdict",
            index=models.Index(
                condition=models.Q(("duty", "none")),
                fields=["workspace_id", "decided_at"],
                name="triage_verdict_idle",
            ),
        ),
        migrations.AddIndex(
            model_name="verdict",
            index=models.Index(
                condition=models.Q(("is_unsure", True)),
                fields=["workspace_id", "decided_at"],
                name="triage_verdict_unsure",
            ),
        ),
        migrations.AddConstraint(
            model_name="learned",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "id"), name="triage_learned_ws_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="learned",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "number"), name="triage_learned_number"
            ),
        ),
        migrations.AddField(
            model_name="lesson",
            name="message",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="conversations.message",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "id"), name="triage_topic_ws_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "name"), name="triage_topic_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="understanding",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "id"), name="triage_understanding_ws_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="understanding",
            constraint=models.UniqueConstraint(
                fields=("workspace_id",), name="triage_understanding_one"
            ),
        ),
        migrations.AddIndex(
            model_name="lesson",
            index=models.Index(fields=["workspace_id", "message"], name="triage_lesson_message"),
        ),
        migrations.AddIndex(
            model_name="lesson",
            index=models.Index(
                fields=["workspace_id", "head", "predicted"], name="triage_lesson_predicted"
            ),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "id"), name="triage_lesson_ws_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.UniqueConstraint(
                fields=("workspace_id", "number"), name="triage_lesson_number"
            ),
        ),
    ]
