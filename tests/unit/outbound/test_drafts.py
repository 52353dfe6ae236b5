"""A draft survives its storage unchanged, and its digest notices any change."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hearwell.connect.attachments import Attachment
from hearwell.connect.model import Audience, Author, Draft
from hearwell.connect.templates import Filled
from hearwell.outbound.drafts import digest, dumped, loaded

times = st.none() | st.datetimes(timezones=st.just(UTC))
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
files = st.builds(
    Attachment, mime=texts, name=texts, size=st.integers(0), alt=texts, ref=texts, digest=texts
)
drafts = st.builds(
    Draft,
    text=texts,
    audience=st.sampled_from(Audience),
    account=texts,
    thread_key=texts,
    parent_id=st.none() | texts,
    root_id=st.none() | texts,
    to=st.none() | st.builds(Author, texts, texts, texts),
    initials=st.none() | texts,
    media=st.lists(files, max_size=3).map(tuple),
    parent_seen_at=times,
    choices=st.lists(texts, max_size=2).map(tuple),
    template=st.none()
    | st.builds(Filled, texts, texts, st.lists(st.tuples(texts, texts), max_size=2).map(tuple)),
)


@given(drafts)
def test_there_and_back(draft: Draft) -> None:
    stored = json.loads(json.dumps(dumped(draft)))
    assert loaded(stored) == draft
    assert digest(stored) == digest(dumped(draft))


def test_any_change_changes_the_digest() -> None:
    draft = Draft(text="a", audience=Audience.PUBLIC, account="p")
    changed = [
        replace(draft, text="b"),
        replace(draft, audience=Audience.PRIVATE),
        replace(draft, account="q"),
        replace(draft, thread_key="t"),
        replace(draft, media=(Attachment("image/png", "a.png", 1),)),
        replace(draft, media=(Attachment("image/png", "a.png", 1, digest="b"),)),
        replace(draft, parent_seen_at=datetime(2026, 1, 1, tzinfo=UTC)),
        replace(draft, choices=("Yes", "No")),
        replace(draft, template=Filled("bag_found", "en_US")),
        replace(draft, template=Filled("bag_found", "en_US", (("body:1", "Lena"),))),
    ]
    assert len({digest(dumped(one)) for one in (draft, *changed)}) == len(changed) + 1


def test_a_draft_without_choices_is_stored_as_before() -> None:
    assert "template" not in dumped(Draft(text="a", audience=Audience.PUBLIC, account="p"))
    assert "choices" not in dumped(Draft(text="a", audience=Audience.PUBLIC, account="p"))
