"""What answers mean, what comes back as data, what leaves, and what documents say. No database."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.commerce.cards import Reading, UnreadableError, at, cards_in, document_of, is_there
from hearwell.commerce.definition import (
    BadToolError,
    Definition,
    Field,
    checked,
    definition_from,
)
from hearwell.commerce.filling import BadValueError, look_request, read_value, request_for
from hearwell.commerce.openapi import MOST_OPERATIONS, BadDocumentError, read_document
from hearwell.commerce.rules import (
    GIVE_UP_AFTER,
    Answer,
    Attempt,
    Code,
    State,
    verdict_on_act,
    verdict_on_look,
)
from tests.shop_tools import ORDER, REFUND

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


def attempt(**values) -> Attempt:
    facts = {"tries": 1, "looks": 1, "sent_at": NOW, "now": NOW, "has_look": True} | values
    return Attempt(**facts)


@pytest.mark.parametrize("status", [*range(300, 309), 408, 409, *range(500, 512)])
def test_whatever_may_have_acted_is_looked_up(status):
    verdict = verdict_on_act(Answer(status=status), attempt(), says_done=True)
    assert verdict.to == State.UNKNOWN
    alone = verdict_on_act(Answer(status=status), attempt(has_look=False), says_done=True)
    assert alone.to == (State.FAILED if status == 409 else State.HUMAN)


@pytest.mark.parametrize("code", [Code.TIMEOUT, Code.BROKEN, Code.TOO_LARGE])
def test_no_answer_is_no_refusal(code):
    assert verdict_on_act(Answer(code), attempt(), says_done=False).to == State.UNKNOWN


@pytest.mark.parametrize("code", list(Code))
@pytest.mark.parametrize("tries", [1, 2, 3, 9])
def test_only_what_surely_left_nothing_is_done_again(code, tries):
    verdict = verdict_on_act(Answer(code), attempt(tries=tries), says_done=False)
    assert verdict.to != State.QUEUED
    unsent = verdict_on_act(Answer(code, was_sent=False), attempt(tries=tries), says_done=False)
    may = code == Code.NO_CONNECTION and tries < 3
    assert unsent.to == (State.QUEUED if may else State.FAILED)


def test_no_trace_is_believed_only_after_it_settled():
    absent = Answer(status=404)
    for after, state in ((0, State.UNKNOWN), (29, State.UNKNOWN), (30, State.FAILED)):
        looked = attempt(now=NOW + timedelta(seconds=after))
        verdict = verdict_on_look(absent, looked, is_found=False)
        assert verdict.to == state, after
        assert verdict.wait_s <= 31


def test_what_nobody_can_tell_within_a_day_a_person_finds_out():
    late = attempt(now=NOW + GIVE_UP_AFTER + timedelta(seconds=1), looks=500)
    assert verdict_on_look(Answer(status=500), late, is_found=False).to == State.HUMAN
    early = attempt(now=NOW + timedelta(hours=1), looks=50)
    assert verdict_on_look(Answer(status=500), early, is_found=False).to == State.UNKNOWN


@given(JSON, st.text(max_size=20))
def test_any_answer_is_read_without_harm(document, pointer):
    at(document, f"/{pointer}")
    reading = replace(ORDER.reading, root="", title="/a", state=f"/{pointer}")
    for card in cards_in(document, reading, "EUR"):
        assert len(card.title) <= 1000
        assert card.link == "" or card.link.startswith("https://")


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_none(body):
    try:
        document_of(body)
    except UnreadableError:
        return


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://x.example/a", True),
        ("http://x.example/a", False),
        ("http://shop.lan:8080/a", True),
        ("javascript:alert(1)", False),
        ("https://a:b@x.example/", False),
        ("//x.example", False),
        ("https://", False),
    ],
)
def test_links_lead_out_by_https_or_to_the_service(link, kept):
    reading = Reading(title="/t", link="/l")
    (card,) = cards_in({"t": "x", "l": link}, reading, "EUR", "http://shop.lan:8080")
    assert bool(card.link) is kept


@pytest.mark.parametrize(
    ("said", "minor"),
    [("19.9", 1990), (19.9, 1990), ("19.999", None), ("NaN", None), ("x", None), (True, None)],
)
def test_amounts_are_exact_or_none(said, minor):
    (card,) = cards_in({"t": "x", "a": said}, Reading(title="/t", amount="/a"), "EUR")
    assert card.amount_minor == minor


def test_nothing_that_is_empty_is_there():
    assert not any(map(is_there, (None, [], {}, at({}, "/x"))))
    assert all(map(is_there, (0, False, "", [0])))


@given(st.text(min_size=1, max_size=30))
def test_no_value_leaves_its_place_in_a_path(value):
    try:
        request = request_for(ORDER, {"order": value}, currency="EUR")
    except BadValueError:
        assert value in (".", "..")
        return
    assert request.path.startswith("/orders/")
    assert request.path.count("/") == 2
    assert not set(request.path) & set("?#\\ \r\n")


def test_keys_and_values_are_quoted_in_a_look_up():
    path = look_request(REFUND, {}, currency="EUR", key="a&b=c").path
    assert path == "/acts?key=a%26b%3Dc"


@pytest.mark.parametrize("one", [ORDER, REFUND])
def test_a_definition_is_kept_as_it_is(one):
    assert definition_from(json.loads(json.dumps(checked(one).kept()))) == one


def test_a_definition_of_an_older_version_takes_defaults():
    old = {"title": "Old", "fields": [{"name": "x"}]}
    assert definition_from(old) == Definition("Old", fields=(Field("x"),))


@given(JSON)
def test_any_json_is_a_document_or_said_to_be_none(document):
    for text in (document, {"openapi": "3.1.0", "paths": document},
                 {"openapi": "3.0.0", "paths": {"/x": {"post": document}}}):  # fmt: skip
        try:
            read_document(json.dumps(text))
        except BadDocumentError:
            continue


def test_references_in_a_circle_end():
    loop = {"$ref": "#/components/schemas/A"}
    body = {"content": {"application/json": {"schema": loop}}}
    document = {
        "openapi": "3.0.0",
        "paths": {"/x": {"post": {"requestBody": body}}},
        "components": {"schemas": {"A": {"$ref": "#/components/schemas/A"}}},
    }
    (one,) = read_document(json.dumps(document)).operations
    assert one.definition.fields == ()


WIDE = {f"p{n}": {"type": "string"} for n in range(20_000)}
HEAVY = {
    "properties": {"type": "object", "properties": WIDE, "required": list(WIDE)},
    "choices": {
        "type": "object",
        "properties": {f"c{n}": {"enum": ["x" * 300_000]} for n in range(4)},
    },
    "a long way": {"$ref": "#/" + "a/" * 400_000},
    "a long title": {"properties": {"t": {"title": "t " * 400_000}}},
}


@pytest.mark.parametrize("what", HEAVY)
def test_what_a_document_says_once_and_names_thousands_of_times_weighs_nothing(what):
    schema = {"$ref": "#/components/schemas/A"}
    content = {"content": {"application/json": {"schema": schema}}}
    one = {"requestBody": content, "responses": {"200": content}}
    document = {
        "openapi": "3.0.0",
        "paths": {f"/{n}": {"post": one} for n in range(2_000)},
        "components": {"schemas": {"A": HEAVY[what]}},
    }
    began = time.process_time()
    found = read_document(json.dumps(document)).operations
    assert len(found) == MOST_OPERATIONS
    assert time.process_time() - began < 2
    for one in found:
        said = [one.definition.title, *(f.label + f.detail for f in one.definition.fields)]
        assert len("".join(said)) < 9000


def test_what_is_needed_and_stands_late_is_not_lost():
    names = {f"p{n}": {"type": "string"} for n in range(500)}
    schema = {"properties": names, "required": ["p499"]}
    body = {"content": {"application/json": {"schema": schema}}}
    document = {"openapi": "3.0.0", "paths": {"/x": {"post": {"requestBody": body}}}}
    (one,) = read_document(json.dumps(document)).operations
    assert (one.definition.fields[0].name, one.definition.fields[0].is_required) == ("p499", True)


def test_a_definition_is_kept_without_what_no_database_keeps():
    reading = replace(ORDER.reading, details=(("a\x00", "/a"),), says="/a", says_one_of=("\ud800",))
    (number,) = ORDER.fields
    fixed = Field("f", "l\x00", "fixed", place="query", detail="\x00")
    kept = checked(replace(ORDER, fields=(number, fixed), reading=reading, reply="\ud800"))
    assert "\\u0000" not in json.dumps(kept.kept())
    assert "\\ud800" not in json.dumps(kept.kept())


@pytest.mark.parametrize(
    "changes",
    [
        {"reading": replace(ORDER.reading, details=(("x" * 5000, "/a"),))},
        {"reading": replace(ORDER.reading, details=(("x", "/a"),) * 50)},
        {"reading": replace(ORDER.reading, says="/a", says_one_of=("yes",) * 50)},
        {"fields": (Field("order", "x" * 200, place="path"),)},
        {"fields": (Field("order", place="path", most=-1),)},
        {"fields": (Field("order", place="path", most=10**40),)},
        {"fields": (Field("order", place="path", detail="x" * 5000),)},
        {"undo_method": "x" * 5000},
        {"reason": "x" * 5000},
    ],
)
def test_a_definition_without_bounds_is_refused(changes):
    with pytest.raises(BadToolError):
        checked(replace(ORDER, **changes))


@pytest.mark.parametrize("amount", ["1E+9999999", "-1E+9999999", "1E-9999999", "9" * 999, "sNaN"])
def test_an_amount_beyond_all_reckoning_is_none(amount):
    (card,) = cards_in({"t": "x", "a": amount}, Reading(title="/t", amount="/a"), "EUR")
    assert (card.title, card.amount_minor) == ("x", None)


def test_remote_references_are_not_followed():
    schema = {"$ref": "https://evil.example/x.json"}
    body = {"content": {"application/json": {"schema": schema}}}
    document = {"openapi": "3.0.0", "paths": {"/x": {"post": {"requestBody": body}}}}
    (one,) = read_document(json.dumps(document)).operations
    assert one.definition.fields == ()


@pytest.mark.parametrize("card_minor", [0, None, 499])
def test_nothing_above_the_card_is_given_whatever_it_says(card_minor):
    (amount,) = (one for one in REFUND.fields if one.name == "amount")
    with pytest.raises(BadValueError):
        read_value(amount, "5", "EUR", card_minor=card_minor)
