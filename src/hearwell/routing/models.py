"""Tables of routing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped
from hearwell.routing import rules
from hearwell.routing.rules import Method, Mode, Presence, SkillKind

MODES = [
    (Mode.PULL.value, _("Pull: people take the next case")),
    (Mode.PUSH.value, _("Push: cases are given to people")),
]
METHODS = [
    (Method.LEAST_LOADED.value, _("To whoever has the most room")),
    (Method.ROUND_ROBIN.value, _("In turn")),
]
PRESENCES = [
    (Presence.AVAILABLE.value, _("Available")),
    (Presence.BUSY.value, _("Busy")),
    (Presence.AWAY.value, _("Away")),
]
SKILLS = [
    (SkillKind.LANGUAGE.value, _("Language")),
    (SkillKind.PRODUCT.value, _("Product")),
    (SkillKind.NETWORK.value, _("Network")),
    (SkillKind.CASE_KIND.value, _("Kind of case")),
]


class Team(Scoped):
    """People who work on the same cases. One team of a workspace takes what nobody else gets.

    A team without members is everybody's. `calendar_key` names opening hours (kept by sla); empty:
    always open. What waits longer than `overflow_after_s` (0: never) may be done without the skill,
    and after as long again goes to `overflow_team_id`. At the end of its hours what waits for us
    goes to `next_team_id`, or on from there to the first that is open.
    """

    name = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)
    mode = models.CharField(max_length=4, choices=MODES, default=Mode.PULL.value)
    method = models.CharField(max_length=12, choices=METHODS, default=Method.LEAST_LOADED.value)
    calendar_key = models.CharField(max_length=60, blank=True, default="")
    overflow_after_s = models.PositiveIntegerField(default=900)
    overflow_team_id = models.UUIDField(null=True)
    next_team_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=now, editable=False)

    is_routed = False  # not a column: whether this workspace has set routing up

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
    """A person in a team. Who has the lowest `turn` is next where cases are given in turn."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    user_id = models.UUIDField()
    turn = models.BigIntegerField(default=0)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "team", "user_id"], name="routing_teammember_once"
            ),
        ]


class Agent(Scoped):
    """Whether a person is here, as they chose and as their pages show, and how much they can do.

    `presence` is their choice. `is_gone`: nothing was heard of them for so long that they count as
    away. `away_since` is since when they are away either way. `capacity` in points; without one
    the workspace's holds.
    """

    user_id = models.UUIDField()
    presence = models.CharField(max_length=9, choices=PRESENCES, default=Presence.AVAILABLE.value)
    presence_since = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(default=now)
    is_gone = models.BooleanField(default=False)
    away_since = models.DateTimeField(null=True)
    capacity = models.PositiveSmallIntegerField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "user_id"], name="routing_agent_once"),
        ]

    @property
    def effective(self) -> Presence:
        """What counts: away where they are gone."""
        return Presence.AWAY if self.is_gone else Presence(self.presence)


class Skill(Scoped):
    """One thing a person can do. Who lists none of a kind is taken to have any of that kind."""

    user_id = models.UUIDField()
    kind = models.CharField(max_length=8, choices=SKILLS)
    value = models.CharField(max_length=60)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "user_id", "kind", "value"], name="routing_skill_once"
            ),
        ]


class Rule(Scoped):
    """Which cases go to which team. The first that fits decides; `position` counts from 1.

    `when` as `rules.When.stored`; `needs` is a list of [kind, value]. A change counts `version` up.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    is_active = models.BooleanField(default=True)
    when = models.JSONField(default=dict)
    team = models.ForeignKey(Team, on_delete=models.RESTRICT, db_constraint=False, db_index=False)
    needs = models.JSONField(default=list)
    priority = models.SmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=now)
    changed_by_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "name"], name="routing_rule_name"),
            models.UniqueConstraint(
                fields=["workspace_id", "position"],
                name="routing_rule_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def conditions(self) -> rules.When:
        """The conditions as the rules take them."""
        return rules.When.parse(self.when)

    @property
    def needed(self) -> rules.Needs:
        """The skills it asks for."""
        return tuple((str(kind), str(value)) for kind, value in self.needs)


class PlacementState(models.TextChoices):
    """New ones wait for the rules, queued ones for a person; the others have one.

    Given by the machine, which may take them back; held by somebody's own hand.
    """

    NEW = "new", _("New")
    QUEUED = "queued", _("Queued")
    GIVEN = "given", _("Given")
    HELD = "held", _("Held")


class Placement(Scoped):
    """Where an open case stands in routing; gone when the case is closed.

    `needs` are the skills wanted; `needs_key` is their text, empty where anybody may do it.
    `stage`: 0 with the skill, 1 anybody of the team, 2 the overflow team. `look_at`: when the next
    stage begins. `user_id`: whom the machine gave it to; while the case is theirs, the machine may
    take it back. `not_to_id`: who had it last and gave it back.
    """

    case_id = models.UUIDField()
    state = models.CharField(
        max_length=6, choices=PlacementState.choices, default=PlacementState.NEW
    )
    team = models.ForeignKey(
        Team, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    rule_id = models.UUIDField(null=True)
    rule_name = models.CharField(max_length=80, blank=True, default="")
    needs = models.JSONField(default=list)
    needs_key = models.TextField(blank=True, default="")
    priority = models.SmallIntegerField(default=0)
    stage = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=now)
    look_at = models.DateTimeField(null=True)
    user_id = models.UUIDField(null=True)
    given_at = models.DateTimeField(null=True)
    not_to_id = models.UUIDField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "case_id"], name="routing_placement_case"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "queued_at"],
                condition=models.Q(state="new"),
                name="routing_placement_new",
            ),
            models.Index(
                fields=["workspace_id", "team", "needs_key"],
                condition=models.Q(state="queued"),
                name="routing_placement_waits",
            ),
            models.Index(fields=["workspace_id", "team"], name="routing_placement_team"),
            models.Index(
                fields=["workspace_id", "look_at"],
                condition=models.Q(look_at__isnull=False),
                name="routing_placement_look",
            ),
        ]


def default_weights() -> dict[str, Any]:
    """Return the points of a case by kind of channel."""
    return dict(rules.DEFAULT_WEIGHTS)


class RoutingSettings(Scoped):
    """What holds for the whole workspace; without a row, these defaults do.

    After `away_after_s` without a sign of life a person counts as away; after `back_after_s` away
    what waits with them goes back to its queue. `weights` are points by kind of channel
    (rules.Load); `capacity` is a person's, in points, who has none of their own.
    """

    away_after_s = models.PositiveIntegerField(default=300)
    back_after_s = models.PositiveIntegerField(default=1800)
    capacity = models.PositiveSmallIntegerField(default=6)
    weights = models.JSONField(default=default_weights)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="routing_settings_one"),
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
