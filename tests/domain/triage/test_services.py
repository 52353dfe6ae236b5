"""Verdicts in bulk, and a person's word over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import User, Workspace
from hearwell.connect.model import Media, MessageKind
from hearwell.conversations.models import Case, Message
from hearwell.conversations.rules import Gist
from hearwell.triage import queries, services, shipped
from hearwell.triage.models import Correction, Verdict
from hearwell.triage.services import BadCorrectionError
from tests.factories import (
    make_channel,
    make_dm,
    make_echo,
    make_item,
    make_message,
    make_reply,
    receive,
)
from tests.unit.triage.engine.tiny import tiny_model


def verdict() -> Verdict:
    return Verdict.objects.get()


def test_a_verdict_says_why(workspace: Workspace) -> None:
    message = make_message("my parcel never arrived")

    kept = queries.verdicts_of(workspace.id, [message.id])[message.id]

    assert (kept.duty, kind_of(kept), kept.urgency) == ("answer", "complaint", 1)
    assert "trouble:never arrived" in kept.reasons
    assert "word:parcel" in kept.reasons
    assert queries.verdict_of_case(workspace.id, message.case_id) == kept


def test_what_is_noticed_beside_the_kind_is_kept(workspace: Workspace) -> None:
    make_message("my parcel never arrived, this is awful! Call me: +44 20 7946 0958")

    kept = verdict()

    assert (kept.sentiment, kept.language) == ("negative", "en")
    assert kept.engine == shipped.shipped_model().version
    assert kept.personal == ["phone"]
    assert kept.near
    assert kept.probabilities()["duty"]["answer"] > 0.7


def test_hindi_in_latin_letters_goes_to_who_speaks_hindi(workspace: Workspace) -> None:
    message = make_message("bhai mera order abhi tak nahi aaya")

    assert verdict().language == "hi-Latn"
    assert queries.languages_of([message.case_id]) == {message.case_id: "hi"}
    assert queries.gists_of([message.case_id]) == {message.case_id: Gist("hi", frozenset())}


def test_a_model_that_cannot_be_read_leaves_the_rules(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "base.npz").write_bytes(b"PK")
    monkeypatch.setattr(shipped, "files", lambda _package: tmp_path)
    shipped.shipped_model.cache_clear()
    try:
        make_message("my parcel never arrived")
        assert verdict().engine == "rules-3"
        assert shipped.shipped_model() is None
    finally:
        shipped.shipped_model.cache_clear()


def test_a_model_in_its_place_judges(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    tiny_model().save(tmp_path / "data" / "base.npz")
    monkeypatch.setattr(shipped, "files", lambda _package: tmp_path)
    shipped.shipped_model.cache_clear()
    try:
        make_message("so my refund then")
        kept = verdict()
        assert (kept.engine, kept.duty, kept.kind) == ("tiny-1", "answer", "request")
        assert sum(kept.chances or ()) == pytest.approx(5000, abs=20)
    finally:
        shipped.shipped_model.cache_clear()


def test_a_kind_that_a_person_sets_brings_its_sentiment(workspace: Workspace, alice: User) -> None:
    message = make_message("Where is my bag?")
    assert verdict().sentiment == "neutral"

    services.correct(message.id, "kind", "complaint", alice.id)

    assert (verdict().sentiment, verdict().is_unsure) == ("negative", False)


def kind_of(kept: Verdict) -> str:
    return kept.kind


def test_thanks_are_told_by_the_reply_before_them(workspace: Workspace) -> None:
    channel = make_channel()
    (message,) = receive(channel, [make_dm("It is broken", thread_key="t")])
    make_reply(message.case)

    (closing,) = receive(channel, [make_dm("👍", thread_key="t")])

    assert queries.verdicts_of(workspace.id, [closing.id])[closing.id].is_thanks


def test_our_own_messages_are_not_judged(workspace: Workspace) -> None:
    receive(make_channel(), [make_echo("Sorry about that")])

    assert not Verdict.objects.exists()


@pytest.mark.parametrize(
    ("says", "duty"), [(True, "answer"), (False, "acknowledge"), (None, "acknowledge")]
)
def test_a_network_that_knows_has_the_last_word(
    workspace: Workspace, says: bool | None, duty: str
) -> None:
    make_message("Great crew", needs_reply=says)

    assert verdict().duty == duty


def test_a_network_that_needs_nothing_is_believed(workspace: Workspace) -> None:
    make_message("Where is my bag?", needs_reply=False)

    assert (verdict().duty, verdict().reasons) == ("none", ["sign:network"])


def test_stars_count_for_reviews_only(workspace: Workspace) -> None:
    make_message("Nice", kind=MessageKind.REVIEW, rating=1)
    assert (verdict().duty, verdict().kind) == ("answer", "review")


def test_pictures_are_looked_at(workspace: Workspace) -> None:
    make_message("", media=(Media("image", "https://x.example/1.png"),))
    assert verdict().duty == "answer"


def test_judging_takes_three_statements(workspace: Workspace) -> None:
    fresh = receive(make_channel(), [make_item(f"Where is bag {n}?") for n in range(60)])

    with CaptureQueriesContext(connection) as captured:
        services.assess(fresh)

    assert len(captured) == 3
    assert services.assess([]) == {}


def test_an_edit_is_judged_anew_unless_a_person_has_spoken(workspace: Workspace, bob: User) -> None:
    message = make_message("Great crew")
    message.text = "Terrible crew"
    assert services.assess([message])[message.id].duty == "answer"

    services.correct(message.id, "kind", "chatter", bob.id)
    assert services.assess([message])[message.id].duty == "none"
    assert verdict().kind == "chatter"


def test_a_correction_is_kept_and_applied(workspace: Workspace, bob: User) -> None:
    message = make_message("my parcel never arrived")

    services.correct(message.id, "kind", "spam", bob.id)

    case = Case.objects.get()
    assert (case.turn, case.kind, case.duty, case.waiting_since, case.certainty) == (
        "none", "spam", "none", None, 100,
    )  # fmt: skip
    labels = Correction.objects.order_by("field").values_list("field", "before", "after")
    assert list(labels) == [("duty", "answer", "none"), ("kind", "complaint", "spam")]

    services.correct(message.id, "duty", "answer", bob.id)
    assert Case.objects.get().turn == "ours"
    services.correct(message.id, "urgency", 4, bob.id)
    assert Case.objects.get().urgency == 4


def test_saying_the_same_is_no_correction(workspace: Workspace, bob: User) -> None:
    message = make_message("my parcel never arrived")
    services.correct(message.id, "kind", "complaint", bob.id)
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("duty", "x"), ("kind", "x"), ("urgency", 5), ("urgency", "x"), ("text", "x")],
)
def test_bad_corrections(workspace: Workspace, bob: User, field: str, value: Any) -> None:
    message = make_message()
    with pytest.raises(BadCorrectionError):
        services.correct(message.id, field, value, bob.id)


def test_only_what_was_judged_can_be_corrected(workspace: Workspace, bob: User) -> None:
    with pytest.raises(Verdict.DoesNotExist):
        services.correct(uuid4(), "duty", "none", bob.id)


@pytest.mark.usefixtures("as_app_role")
def test_labels_cannot_be_altered(workspace: Workspace, bob: User) -> None:
    message = make_message()
    services.correct(message.id, "duty", "none", bob.id)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Correction.objects.update(after="answer")
    assert Message.objects.count() == 1
