"""Invitations, places where one is signed in, providers that say who one is, forced factors."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.clock
import hearwell.kit.ids
from hearwell.kit import rls


def _id() -> tuple[str, models.Field]:  # type: ignore[type-arg]
    field = models.UUIDField(
        primary_key=True, default=hearwell.kit.ids.uuid7, editable=False, serialize=False
    )
    return "id", field


def _to(model: str, **more: object) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=model, **more)  # type: ignore[arg-type]


# Django's cache in a table, as `createcachetable` makes it: what limits attempts to sign in must
# hold for all processes together.
_LIMITS = """
    CREATE TABLE accounts_limit (
        cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
    );
    CREATE INDEX accounts_limit_expires ON accounts_limit (expires);
"""


class Migration(migrations.Migration):
    """Nothing that runs before this version minds: what is new may be empty, or has a default."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0006_audit_old_lines")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddField("workspace", "second_factor_from", models.DateTimeField(null=True)),
        migrations.AddField("loginlink", "workspace", _to("accounts.workspace", null=True)),
        migrations.AddField(
            "loginlink", "email", models.EmailField(blank=True, default="", db_default="")
        ),
        *(
            migrations.AddField(
                "loginlink",
                name,
                models.CharField(max_length=length, blank=True, default="", db_default=""),
            )
            for name, length in (("name", 120), ("role", 10))
        ),
        migrations.CreateModel(
            "SignIn",
            [
                _id(),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("address", models.GenericIPAddressField(null=True)),
                ("agent", models.CharField(blank=True, max_length=300)),
                (
                    "created_at",
                    models.DateTimeField(default=hearwell.kit.clock.now, editable=False),
                ),
                ("seen_at", models.DateTimeField(default=hearwell.kit.clock.now)),
                ("user", _to(settings.AUTH_USER_MODEL, related_name="sign_ins")),
            ],
            {"abstract": False},
        ),
        migrations.CreateModel(
            "SignInProvider",
            [
                _id(),
                ("name", models.CharField(max_length=60)),
                ("issuer", models.CharField(max_length=500)),
                ("client_id", models.CharField(max_length=250)),
                ("sealed", models.BinaryField()),
                (
                    "workspace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, to="accounts.workspace"
                    ),
                ),
            ],
            {"abstract": False},
        ),
        migrations.CreateModel(
            "SignInIdentity",
            [
                _id(),
                ("subject", models.CharField(max_length=255)),
                ("provider", _to("accounts.signinprovider")),
                ("user", _to(settings.AUTH_USER_MODEL)),
            ],
            {
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "subject"), name="accounts_identity_subject"
                    ),
                    models.UniqueConstraint(
                        fields=("provider", "user"), name="accounts_identity_user"
                    ),
                ]
            },
        ),
        migrations.RunSQL(_LIMITS, "DROP TABLE accounts_limit"),
        *(
            rls.unscoped_grant(f"accounts_{name}", app="SELECT, INSERT, UPDATE, DELETE")
            for name in ("signin", "signinprovider", "signinidentity", "limit")
        ),
    ]
