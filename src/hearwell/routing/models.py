"""Tables of routing."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Team(Scoped):
    """People who work on the same cases. One team of a workspace takes what nobody else gets."""

    name = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "name"], name="routing_team_name"),
            models.UniqueConstraint(
                fields=["workspace_id"],
                condition=models.Q(is_default=True),
                name="routing_team_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(Scoped):
    """A person in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    user_id = models.UUIDField()

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "team", "user_id"], name="routing_teammember_once"
            ),
        ]


class Claim(Scoped):
    """Somebody is on a case until `expires_at`. The unique key decides between two who press.

    `has_assigned` tells whether the claim made its holder the assignee, so that letting go
    undoes just that.
    """

    case_id = models.UUIDField()
    user_id = models.UUIDField()
    claimed_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    has_assigned = models.BooleanField(default=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "case_id"], name="routing_claim_one"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["expires_at"], name="routing_claim_expiry"),
        ]
