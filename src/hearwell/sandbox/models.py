"""Harbour's tables. Scoped like all others: a sandbox belongs to one workspace."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hearwell.kit.clock import now
from hearwell.kit.models import Scoped


class Profile(Scoped):
    """Someone on Harbour: a customer, or (``is_brand``) the brand's page itself."""

    handle = models.TextField()
    name = models.TextField()
    bio = models.TextField(default="", blank=True)
    place = models.TextField(default="", blank=True)
    hue = models.SmallIntegerField(default=0)
    is_brand = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "handle"], name="sandbox_profile_handle"
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"


class Page(Scoped):
    """The brand's page: its address here, who may speak for it, and how it tells what happens.

    One a workspace, and perhaps a sister: a second account of the same brand, which is told of what
    names or answers it, speaks in public and takes no private messages. Of the tokens only hashes
    are kept; ``may_write`` says whether they may answer. ``channel_id`` is the channel through
    which this house speaks as the page, once there is one.
    """

    address = models.SlugField(max_length=60)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, db_constraint=False)
    channel_id = models.UUIDField(null=True)
    is_open = models.BooleanField(default=True)
    opened_at = models.DateTimeField(default=now)
    access_digest = models.BinaryField(default=bytes)
    refresh_digest = models.BinaryField(default=bytes)
    access_expires_at = models.DateTimeField(default=now)
    may_write = models.BooleanField(default=True)
    last_seq = models.BigIntegerField(default=0)
    has_webhook = models.BooleanField(default=True)
    has_stream = models.BooleanField(default=False)
    is_sister = models.BooleanField(default=False, db_default=False)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "is_sister"], name="sandbox_page_two"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["address"], name="sandbox_page_address"),
        ]


class Faults(Scoped):
    """How the network misbehaves. The counts are of calls still to come, used up one by one."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, db_constraint=False)
    throttle = models.PositiveSmallIntegerField(default=0)
    fail_before = models.PositiveSmallIntegerField(default=0)
    fail_after = models.PositiveSmallIntegerField(default=0)
    hang_after = models.PositiveSmallIntegerField(default=0)
    duplicate = models.BooleanField(default=False)
    reorder = models.BooleanField(default=False)
    delay_s = models.PositiveSmallIntegerField(default=0)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "page"], name="sandbox_faults_page"),
        ]


class Post(Scoped):
    """Something said in public; with a parent it is a comment.

    ``root_id`` is the post that the thread began with, ``branch_id`` the first-level comment
    this one stands under (or itself). ``on_page``: written on the brand's own page.
    ``is_told``: the brand has been told of it, so it will be told of changes too. ``pictures`` says
    which it shows: their ``id`` and ``alt``. ``hidden_at``: the brand has hidden this comment from
    all but its author.
    """

    author = models.ForeignKey(Profile, on_delete=models.CASCADE, db_constraint=False)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, db_constraint=False)
    root_id = models.UUIDField()
    branch_id = models.UUIDField()
    root_by_page = models.BooleanField(default=False)
    on_page = models.BooleanField(default=False)
    is_told = models.BooleanField(default=True)
    text = models.TextField()
    mentions = models.JSONField(default=list)
    language = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    pictures = models.JSONField(default=list)
    client_ref = models.TextField(default="", blank=True)
    play_ref = models.TextField(default="", blank=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "play_ref"],
                condition=~Q(play_ref=""),
                name="sandbox_post_play_ref",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace_id", "root_id", "created_at"], name="sandbox_post_in"),
            models.Index(fields=["workspace_id", "-created_at"], name="sandbox_post_at"),
            models.Index(fields=["workspace_id", "author", "-created_at"], name="sandbox_post_by"),
        ]


class DirectMessage(Scoped):
    """Something said in private between one customer and the brand."""

    customer = models.ForeignKey(Profile, on_delete=models.CASCADE, db_constraint=False)
    is_from_brand = models.BooleanField(default=False)
    text = models.TextField()
    language = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    pictures = models.JSONField(default=list)
    client_ref = models.TextField(default="", blank=True)
    play_ref = models.TextField(default="", blank=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "play_ref"],
                condition=~Q(play_ref=""),
                name="sandbox_directmessage_play_ref",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "customer", "created_at"], name="sandbox_directmessage_in"
            ),
        ]


class Picture(Scoped):
    """A picture of the brand's, shown by a post or a private message, or by nothing yet."""

    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, db_constraint=False)
    message = models.ForeignKey(
        DirectMessage, null=True, on_delete=models.CASCADE, db_constraint=False
    )
    mime = models.CharField(max_length=40)
    alt = models.TextField(default="", blank=True)
    body = models.BinaryField()
    uploaded_at = models.DateTimeField(default=now)


class Like(Scoped):
    """One person likes one post."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, db_constraint=False)
    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, related_name="likes", db_constraint=False
    )

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "post", "profile"], name="sandbox_like_once"
            ),
        ]


class Follow(Scoped):
    """One person follows the brand's page."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, db_constraint=False)
    since = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "profile"], name="sandbox_follow_once"),
        ]


class Entry(Scoped):
    """One thing that happened, as the brand's page is told of it, in the order it happened.

    ``seq`` grows without gaps in the order of commit, so that a poll can never pass one by.
    ``body`` is what goes over the wire. ``not_before`` holds back a webhook that is to be late.
    ``for_sister``: the second account is told, with numbers of its own.
    """

    seq = models.BigIntegerField()
    for_sister = models.BooleanField(default=False, db_default=False)
    body = models.JSONField()
    not_before = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(default="", blank=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "for_sister", "seq"], name="sandbox_entry_seq"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["workspace_id", "not_before"],
                condition=Q(sent_at__isnull=True),
                name="sandbox_entry_unsent",
            ),
        ]


class Play(Scoped):
    """A playing of the demo brand: how far it is, and when its next line is due."""

    started_at = models.DateTimeField(default=now)
    step = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id"], name="sandbox_play_one"),
        ]


class TradeHouse(Scoped):
    """A shop or an airline of the demo. `digest` is of the secret that its callers send.

    `faults` are those of the calls to come, used up one by one.
    """

    house = models.CharField(max_length=8)
    digest = models.BinaryField(default=bytes)
    faults = models.JSONField(default=list)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(fields=["workspace_id", "house"], name="sandbox_house_once"),
        ]


class TradeThing(Scoped):
    """An order, booking, bag or call there: `body` is all that the house knows of it."""

    house = models.CharField(max_length=8)
    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=20)
    body = models.JSONField()
    pay_code = models.CharField(max_length=40, blank=True, default="")

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "house", "number"], name="sandbox_thing_number"
            ),
        ]


class TradeAct(Scoped):
    """Something done there, once for each key. `before` is how its thing was."""

    house = models.CharField(max_length=8)
    key = models.CharField(max_length=80)
    verb = models.CharField(max_length=20)
    thing = models.ForeignKey(TradeThing, null=True, on_delete=models.CASCADE, db_constraint=False)
    before = models.JSONField(default=dict)
    asked = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    undoes_id = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=now)

    class Meta(Scoped.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Scoped.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace_id", "house", "key"], name="sandbox_act_key"
            ),
        ]
