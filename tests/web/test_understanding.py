"""The pages of understanding: what people say there is learned, shown honestly, and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from hearwell.accounts.models import AuditRow, User, Workspace
from hearwell.conversations.models import Case, Message
from hearwell.sla import services as sla
from hearwell.triage import services as triage
from hearwell.triage.learning import mind
from hearwell.triage.models import Lesson, Topic, Understanding, Verdict
from tests.factories import make_channel, make_item, receive

pytestmark = pytest.mark.usefixtures("small_shipped")
SONG = "haha lol"


@pytest.fixture
def html() -> Callable[[HttpResponse], str]:
    """A page as text, runs of space as one."""
    return lambda response: " ".join(response.content.decode().split())


@pytest.fixture
def song(workspace: Workspace) -> Message:
    sla.ensure_defaults(workspace)
    (message,) = receive(make_channel(), [make_item(SONG)])
    return message


def test_right_is_a_label_too(agent: Client, workspace: Workspace, song: Message) -> None:
    agent.post(f"/c/{song.case_id}/verdict/", {"act": "right", "value": "spam"})

    verdict = Verdict.objects.get()
    assert (verdict.is_corrected, verdict.certainty, verdict.is_unsure) == (True, 1.0, False)
    assert set(Lesson.objects.values_list("source", flat=True)) == {"confirmed"}


@pytest.mark.parametrize(
    ("say", "word"),
    [
        ("sentiment:positive", "How it sounds: Positive, before: "),
        ("urgency:4", "How urgent it is: At once, before: "),
        ("thanks:yes", "Only thanks or goodbye: Yes, before: No"),
    ],
)
def test_how_it_sounds_how_urgent_and_thanks_are_put_right_and_undone(
    agent: Client, workspace: Workspace, html: Callable[..., str], say: str, word: str
) -> None:
    (message,) = receive(make_channel(), [make_item("Where is my bag?")])
    told = ("kind", "duty", "sentiment", "urgency", "is_thanks")
    before = [getattr(Verdict.objects.get(), name) for name in told]
    where = f"/c/{message.case_id}"

    agent.post(f"{where}/verdict/", {"say": say})

    assert [getattr(Verdict.objects.get(), name) for name in told] != before
    page = html(agent.get(f"{where}/why/"))
    assert word in page
    assert f'value="{say}" data-digit' in page.replace("\n", " ")
    assert "Undo" in page
    heads = html(agent.get("/understanding/accuracy/"))
    head = {"urgency": "urgent"}.get(say.partition(":")[0], say.partition(":")[0])
    assert f'id="{head}-h"' in heads

    agent.post(f"{where}/verdict/", {"undo": "1"})
    assert [getattr(Verdict.objects.get(), name) for name in told] == before


def test_where_nothing_was_said_there_is_no_undo(
    agent: Client, song: Message, html: Callable[..., str]
) -> None:
    where = f"/c/{song.case_id}"
    assert "Undo" not in html(agent.get(f"{where}/why/"))
    assert agent.post(f"{where}/verdict/", {"undo": "1"}).status_code == 404
    for wrong in ("sentiment:angry", "urgency:9", "thanks:", "engine:x", "nonsense"):
        assert agent.post(f"{where}/verdict/", {"say": wrong}).status_code == 404


def test_a_viewer_is_told_and_says_nothing(
    viewer: Client, song: Message, html: Callable[..., str]
) -> None:
    page = html(viewer.get(f"/c/{song.case_id}/why/"))
    assert "Sentiment:" in page
    assert "data-pick" not in page
    for posted in ({"say": "sentiment:positive"}, {"undo": "1"}):
        assert viewer.post(f"/c/{song.case_id}/verdict/", posted).status_code == 403


def test_why_says_how_those_like_it_did(
    agent: Client, workspace: Workspace, song: Message, bob: User, html: Callable[..., str]
) -> None:
    others = receive(make_channel(), [make_item(SONG) for _ in range(3)])
    kind = Verdict.objects.get(message_id=song.id).kind
    triage.correct(others[0].id, "kind", kind, bob.id)
    Lesson.objects.filter(head="kind").update(certainty=_certainty(song))
    triage.correct(others[1].id, "kind", "spam", bob.id)
    Lesson.objects.filter(head="kind").update(certainty=_certainty(song))

    page = html(agent.get(f"/c/{song.case_id}/why/"))

    assert "1 of 2 like it were right." in page


def _certainty(message: Message) -> float:
    verdict = Verdict.objects.get(message_id=message.id)
    return verdict.probabilities()["kind"][verdict.kind]


def test_accuracy_begins_empty_and_says_so(
    agent: Client, workspace: Workspace, html: Callable[..., str]
) -> None:
    assert "Nobody has said yet" in html(agent.get("/understanding/accuracy/"))


def test_accuracy_counts_what_people_said(
    agent: Client,
    workspace: Workspace,
    bob: User,
    html: Callable[..., str],
    budget: Callable[[int], object],
) -> None:
    messages = receive(make_channel(), [make_item(f"{SONG} {n}") for n in range(30)])
    for message in messages:
        triage.correct(message.id, "kind", "chatter", bob.id)

    with budget(12):
        page = html(agent.get("/understanding/accuracy/"))

    assert "What it is" in page
    assert "of 30" in page
    assert "surely between" in page


def test_below_two_hundred_nothing_is_quieted(
    owner: Client, workspace: Workspace, song: Message, html: Callable[..., str]
) -> None:
    assert Verdict.objects.get().is_unsure
    page = html(owner.get("/settings/understanding/"))
    assert "200 more messages must be labelled before anything is quieted." in page


def test_bands_are_kept_and_audited(owner: Client, workspace: Workspace) -> None:
    form = {"may_quiet": "1", "budget": "1.5", "sure-duty": "80", "sure-kind": ""}
    assert owner.post("/settings/understanding/", form).status_code == 302

    kept = Understanding.objects.get()
    assert (kept.miss_budget, kept.sure) == (0.015, {"duty": 0.8})
    known = mind.mind_of(workspace.id)
    assert known.bands is not None
    assert known.bands.sure["duty"] == 0.8
    assert AuditRow.objects.filter(action="triage.bands_chosen").count() == 1
    assert owner.post("/settings/understanding/", {**form, "budget": "50"}).status_code == 422
    assert owner.post("/settings/understanding/", {**form, "budget": "x"}).status_code == 422


def test_an_agent_does_not_choose(agent: Client, workspace: Workspace) -> None:
    assert agent.get("/settings/understanding/").status_code == 403
    assert agent.post("/settings/understanding/forget/", {"sure": "yes"}).status_code == 403


def test_what_was_not_shown_is_counted_and_taken_back(
    agent: Client, workspace: Workspace, song: Message, html: Callable[..., str]
) -> None:
    assert Verdict.objects.get().duty == "none"
    page = html(agent.get("/understanding/unshown/?reason=unsure"))
    assert "1 message" in page
    assert SONG in page

    where = f"/understanding/say/{song.id}/"
    back = "/understanding/unshown/?reason=unsure"
    said = {"source": "taken_back", "say": "duty:answer", "back": back}
    answer = agent.post(where, said)

    assert answer["location"] == back
    assert Case.objects.get().turn == "ours"
    assert Lesson.objects.get().source == "taken_back"
    assert SONG not in html(agent.get(back))


def test_it_never_leads_elsewhere(agent: Client, workspace: Workspace, song: Message) -> None:
    said = {"source": "taken_back", "say": "duty:answer", "back": "https://evil.example/"}
    answer = agent.post(f"/understanding/say/{song.id}/", said)
    assert answer["location"] == "/understanding/unshown/"


@pytest.mark.parametrize("say", ["duty:nonsense", "urgency:4", "nonsense"])
def test_nonsense_is_not_found(
    agent: Client, workspace: Workspace, song: Message, say: str
) -> None:
    answer = agent.post(f"/understanding/say/{song.id}/", {"source": "asked", "say": say})
    assert answer.status_code == 404


def test_the_most_useful_ones_are_asked_for(
    agent: Client, workspace: Workspace, song: Message, html: Callable[..., str]
) -> None:
    receive(make_channel(), [make_item(SONG) for _ in range(3)])
    page = html(agent.get("/understanding/teach/"))
    assert SONG in page
    assert "1 more today" in page  # four tellings of one story
    assert "sign:" not in page
    assert "[" not in page[page.find("Triage says") : page.find("data-digit=")]

    agent.post(f"/understanding/say/{song.id}/", {"source": "asked", "say": "kind:praise"})

    assert Verdict.objects.get(message_id=song.id).kind == "praise"
    assert Lesson.objects.filter(source="asked").count() == 2


def test_a_viewer_teaches_nothing(viewer: Client, workspace: Workspace, song: Message) -> None:
    assert viewer.get("/understanding/teach/").status_code == 403
    said = {"source": "asked", "say": "kind:praise"}
    assert viewer.post(f"/understanding/say/{song.id}/", said).status_code == 403
    assert viewer.get("/understanding/accuracy/").status_code == 200


def test_topics_are_found_shown_and_filtered(
    owner: Client, workspace: Workspace, html: Callable[..., str]
) -> None:
    form = {"name": "Baggage", "phrases": "bag\nlost luggage", "language": "", "act": "save"}
    owner.post("/settings/topics/", form)
    (topic,) = Topic.objects.all()
    texts = ("Where is my BAG?", "Lost  luggage!", "Hello?")
    messages = receive(make_channel(), [make_item(text) for text in texts])

    found = [Verdict.objects.get(message_id=one.id).topics for one in messages]
    assert found == [["Baggage"], ["Baggage"], None]
    listed = html(owner.get("/inbox/q/all/?topic=baggage"))
    assert "Where is my BAG?" in listed
    assert "Lost luggage!" in listed
    assert "Hello?" not in listed

    assert owner.post("/settings/topics/", form).status_code == 422
    owner.post(f"/settings/topics/{topic.id}/", {"act": "remove"})
    assert not Topic.objects.exists()
    assert AuditRow.objects.filter(action__startswith="triage.topic").count() == 2


def test_the_way_back(owner: Client, workspace: Workspace, song: Message, alice: User) -> None:
    triage.correct(song.id, "kind", "praise", alice.id)
    owner.post("/settings/understanding/back/", {"version": "0"})
    assert Lesson.objects.filter(is_left_out=True).count() == 2
    assert owner.post("/settings/understanding/back/", {"version": "77"}).status_code == 404

    owner.post("/settings/understanding/forget/", {})
    assert Lesson.objects.count() == 2
    owner.post("/settings/understanding/forget/", {"sure": "yes"})
    assert not Lesson.objects.exists()
