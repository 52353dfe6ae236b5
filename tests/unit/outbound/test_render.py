"""Initials and counting: what the composer shows is what the sender posts."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hearwell.connect.model import Account, Audience, Draft
from hearwell.outbound.render import final, render
from tests.harbour_wire import ACCOUNT, Wire

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
initials = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖŁ", min_size=1, max_size=3)


def draft(text: str, mark: str | None = "AB") -> Draft:
    return Draft(text=text, audience=Audience.PUBLIC, account=ACCOUNT, initials=mark)


@given(st.text(), initials)
def test_signing_twice_is_signing_once(text: str, mark: str) -> None:
    once = final(draft(text, mark))
    assert final(once) == once
    assert once.text.endswith(f"^{mark}") or once.text.casefold().endswith(f"^{mark}".casefold())


@given(st.text(alphabet=st.characters(exclude_characters="^")), initials)
def test_one_signature_no_more(text: str, mark: str) -> None:
    assert final(draft(text, mark)).text.count("^") == 1


@given(st.text(), initials)
def test_what_the_agent_typed_stays_in_front(text: str, mark: str) -> None:
    assert final(draft(text, mark)).text.startswith(text.rstrip())


def test_a_signature_typed_by_hand_is_not_doubled() -> None:
    for typed in ("Hello. ^AB", "Hello. ^ab", "Hello. ^AB  \n"):
        assert final(draft(typed)).text.casefold().count("^ab") == 1


def test_without_initials_nothing_is_added() -> None:
    assert final(draft("Hello.", None)).text == "Hello."
    assert final(draft("Hello."), uses_initials=False).text == "Hello."


@given(st.text(min_size=1, max_size=80).filter(str.strip))
def test_the_signature_counts_against_the_limit(text: str) -> None:
    shown = render(Wire(), Account(ACCOUNT), draft(text), NOW)
    assert shown.count == len(shown.draft.text)
    assert shown.is_blocked == (len(shown.draft.text) > shown.limit)
    assert shown.rule == "code_points"
