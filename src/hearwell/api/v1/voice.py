"""What the brand itself says, who hears it, and how far service and marketing go together."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Query, Router, Schema

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1.reports import FigureOut, PeriodIn, span_in
from hearwell.conversations.models import Message
from hearwell.voice import services
from hearwell.voice.figures import asked_of, voice_of
from hearwell.voice.people import people_of
from hearwell.voice.queries import Post, posts_of
from hearwell.voice.together import together_of
from hearwell.voice.wishes import wishes_of

router = Router(tags=["Our voice"])
ClassName = Literal["care", "information", "promotion", "entertainment", "unsure"]
SayableName = Literal["care", "information", "promotion", "entertainment"]


class VoiceFilters(PeriodIn):
    """Also of which account, and whether only what all can read counts."""

    channel_id: UUID | None = None
    public: bool = False


class ClassCounts(Schema):
    """How many posts, by class. `coupons` are of those that are no care."""

    posts: int
    care: int
    information: int
    promotion: int
    entertainment: int
    unsure: int
    automatic: int
    coupons: int
    care_share: float | None
    coupon_share: float | None


class VoiceWeek(ClassCounts):
    """A week from Monday on; `days` of it lie in the period."""

    monday: date
    days: int


class VoiceAccount(ClassCounts):
    """An account; `crowded_days` saw more than one post of it that answers nobody."""

    channel_id: UUID
    crowded_days: int


class VoiceOut(Schema):
    """What the brand said in a period, each post once, with the method."""

    first: date
    last: date
    time_zone: str
    method: str
    notes: list[str]
    figures: list[FigureOut]
    by_week: list[VoiceWeek]
    by_account: list[VoiceAccount]


class CueOut(Schema):
    """A word that speaks for a class."""

    klass: Annotated[ClassName, Field(alias="class")]
    word: str


class PostOut(Schema):
    """A post that answers nobody, or of which a person spoke.

    `class` is what it counts as, `told_by_words` what its words say, `words` which. `corrected` is
    what a person said, else empty.
    """

    id: UUID
    channel_id: UUID
    network: str
    sent_at: datetime
    text: str
    klass: Annotated[ClassName, Field(alias="class")]
    told_by_words: ClassName
    words: list[CueOut]
    is_coupon: bool
    corrected: Literal["", "care", "information", "promotion", "entertainment"]


class PostFilters(VoiceFilters):
    """Also of one class alone; the newest first."""

    klass: Annotated[ClassName | None, Field(alias="class")] = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class ClassIn(Schema):
    """What a post is."""

    klass: Annotated[SayableName, Field(alias="class")]


class ClassOut(Schema):
    """What a person said of a post; empty: as the rules tell it."""

    message_id: UUID
    klass: Annotated[Literal["", "care", "information", "promotion", "entertainment"],
                     Field(alias="class")]  # fmt: skip


class FollowersOut(Schema):
    """How many followed an account on a day (UTC)."""

    channel_id: UUID
    day: date
    followers: int


class HeardWeek(Schema):
    """Public messages of a week from Monday on, and by how many people."""

    monday: date
    messages: int
    people: int


class WishExample(Schema):
    """One person's newest words."""

    message_id: UUID
    case_id: UUID
    text: str


class WishOut(Schema):
    """Wishes that are alike; `topic` is empty where their words alone say so."""

    topic: str
    people: int
    messages: int
    ideas: int
    examples: list[WishExample]


class PeopleOut(Schema):
    """Influence, loyalty and engagement, which are never added, and wishes by people.

    `not_told`: the accounts whose network did not say how many follow.
    """

    first: date
    last: date
    followers: list[FollowersOut]
    not_told: list[UUID]
    by_week: list[HeardWeek]
    loyalty: FigureOut
    engagement: list[FigureOut]
    wishes: list[WishOut]


class ItemOut(Schema):
    """One thing that is so or not, read from settings and records."""

    key: str
    title: str
    holds: Literal["yes", "partly", "no", "nothing"]
    evidence: str


class TogetherOut(Schema):
    """Of `of` that could be judged, `score` hold: yes one, partly a half."""

    score: float
    of: int
    items: list[ItemOut]


@router.get("/voice", response=VoiceOut, summary="What the brand says")
@needs("read")
def voice(request: ApiRequest, asked: Annotated[VoiceFilters, Query()]) -> Any:
    """Return the brand's posts by class, week and account; the last four weeks by default."""
    workspace = request.auth.workspace
    span = span_in(asked, workspace.time_zone)
    return voice_of(workspace, span, asked.channel_id, is_public=asked.public).as_json()


@router.get("/voice/posts", response=list[PostOut], by_alias=True, summary="The brand's posts")
@needs("read")
def posts(request: ApiRequest, asked: Annotated[PostFilters, Query()]) -> Any:
    """Return posts that answer nobody, the newest first, with the words that decided."""
    workspace = request.auth.workspace
    span = span_in(asked, workspace.time_zone)
    wanted = asked_of(workspace, span, asked.channel_id, is_public=asked.public)
    found = (one for one in posts_of(wanted).posts if asked.klass in {None, one.klass.value})
    return [_post(one) for one, _n in zip(found, range(asked.limit), strict=False)]


@router.put(
    "/voice/posts/{message_id}/class",
    response=ClassOut,
    by_alias=True,
    summary="Say what a post is",
)
@needs("tag")
def say(request: ApiRequest, message_id: UUID, given: ClassIn) -> Any:
    """Say what a post of the brand is; it counts so from now on."""
    try:
        one = services.say_class(message_id, given.klass, request.auth)
    except Message.DoesNotExist as error:
        raise not_found() from error
    return {"message_id": one.message_id, "class": one.klass}


@router.post(
    "/voice/posts/{message_id}/class/undo", response=ClassOut, by_alias=True,
    summary="Take back what a post is said to be",
)  # fmt: skip
@needs("tag")
def undo(request: ApiRequest, message_id: UUID) -> Any:
    """Take the last change back, once; then it counts as before."""
    try:
        one = services.undo_class(message_id, request.auth)
    except services.NothingToTakeBackError as error:
        raise Problem(409, "nothing_to_take_back", "Nothing was said of this post.") from error
    return {"message_id": one.message_id, "class": one.klass}


@router.get("/voice/people", response=PeopleOut, summary="Who hears the brand")
@needs("read")
def people(request: ApiRequest, asked: Annotated[VoiceFilters, Query()]) -> Any:
    """Return followers where networks tell, mentions, who came back, and wishes by people."""
    workspace = request.auth.workspace
    span = span_in(asked, workspace.time_zone)
    wishes = wishes_of(workspace, span, asked.channel_id).groups
    found = people_of(workspace, span, asked.channel_id).as_json()
    return found | {"wishes": [one.as_json() for one in wishes]}


@router.get("/voice/together", response=TogetherOut, summary="Service and marketing together")
@needs("read")
def together(request: ApiRequest) -> Any:
    """Return how far service and marketing work together, item by item."""
    found = together_of(request.auth.workspace)
    items = [one.as_json() for one in found.items]
    return {"score": found.score, "of": found.of, "items": items}


def _post(one: Post) -> dict[str, Any]:
    return {
        "id": one.id,
        "channel_id": one.channel_id,
        "network": one.network,
        "sent_at": one.sent_at,
        "text": one.text,
        "class": one.klass.value,
        "told_by_words": one.told.klass.value,
        "words": [{"class": klass.value, "word": word} for klass, word in one.told.words],
        "is_coupon": one.told.is_coupon,
        "corrected": one.ruled,
    }
