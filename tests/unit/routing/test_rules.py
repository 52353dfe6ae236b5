"""Who gets a case: what always holds, whatever the situation; and which rules can be met at all."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.routing.rules import (
    CaseFacts,
    Decision,
    Load,
    Method,
    Person,
    Wait,
    When,
    Why,
    covers,
    decide,
    first_open,
    first_that_fits,
    fits,
    has_skills,
    impossible,
    key_of,
    load_of,
    needs_from,
    needs_of,
    primary,
)

LANGUAGES = ("de", "en", "nb")
NEEDS = st.lists(
    st.sampled_from([("language", code) for code in LANGUAGES] + [("product", "app")]),
    max_size=2,
    unique=True,
).map(tuple)
SKILLS = st.dictionaries(
    st.sampled_from(["language", "product"]),
    st.frozensets(st.sampled_from([*LANGUAGES, "app", "fares"]), max_size=3),
)


@st.composite
def people(draw, most=8):
    ids = draw(st.lists(st.integers(1, 50), max_size=most, unique=True))
    found = []
    for number in ids:
        capacity = draw(st.integers(0, 8))
        found.append(
            Person(
                UUID(int=number),
                capacity,
                draw(st.integers(0, capacity + 2)),
                draw(st.integers(0, 5)),
                draw(SKILLS),
            )
        )
    return found


@st.composite
def waits(draw, most=15):
    ids = draw(st.lists(st.integers(100, 200), max_size=most, unique=True))
    return [
        Wait(
            UUID(int=number),
            draw(st.integers(1, 3)),
            draw(NEEDS),
            draw(st.none() | st.integers(1, 50).map(lambda n: UUID(int=n))),
        )
        for number in ids
    ]


METHODS = st.sampled_from(list(Method))


def replayed(decisions: list[Decision], waiting: list[Wait]) -> dict[UUID, int]:
    weights = {wait.case_id: wait.weight for wait in waiting}
    given_to: dict[UUID, int] = {}
    for one in decisions:
        if one.user_id:
            given_to[one.user_id] = given_to.get(one.user_id, 0) + weights[one.case_id]
    return given_to


class TestDecide:
    @given(waits(), people(), METHODS)
    def test_nobody_is_ever_given_more_than_they_have_room_for(self, waiting, team, method):
        taken = replayed(decide(waiting, team, method), waiting)
        for person in team:
            if taken.get(person.user_id):
                assert person.used + taken[person.user_id] <= person.capacity

    @given(waits(), people(), METHODS)
    def test_only_those_who_are_offered_get_anything_and_each_case_once(
        self, waiting, team, method
    ):
        decisions = decide(waiting, team, method)
        assert [one.case_id for one in decisions] == [wait.case_id for wait in waiting]
        offered = {person.user_id for person in team}
        assert {one.user_id for one in decisions} - {None} <= offered

    @given(waits(), people(), METHODS)
    def test_who_gets_it_has_the_skills_and_has_not_given_it_back(self, waiting, team, method):
        skills = {person.user_id: person.skills for person in team}
        for wait, one in zip(waiting, decide(waiting, team, method), strict=True):
            if one.user_id:
                assert has_skills(skills[one.user_id], wait.needs)
                assert one.user_id != wait.not_to

    @given(waits(), people(), METHODS)
    def test_the_same_situation_ends_the_same_in_whatever_order_people_are_read(
        self, waiting, team, method
    ):
        assert decide(waiting, team, method) == decide(waiting, team[::-1], method)

    @given(waits(), people(), METHODS)
    def test_a_case_waits_only_where_nobody_could_take_it(self, waiting, team, method):
        used = {person.user_id: person.used for person in team}
        for wait, one in zip(waiting, decide(waiting, team, method), strict=True):
            if one.user_id:
                used[one.user_id] += wait.weight
                assert (one.why, one.used) == (Why.GIVEN, used[one.user_id])
                continue
            able = [
                person
                for person in team
                if has_skills(person.skills, wait.needs) and person.user_id != wait.not_to
            ]
            free = [p for p in able if used[p.user_id] + wait.weight <= p.capacity]
            assert not free
            assert one.why is (Why.FULL if able else Why.SKILL if team else Why.NOBODY)

    @given(st.integers(1, 7), st.integers(0, 40), METHODS)
    def test_in_turn_and_by_load_nobody_gets_two_more_than_another(self, size, cases, method):
        team = [Person(UUID(int=n + 1), 1000) for n in range(size)]
        waiting = [Wait(UUID(int=100 + n)) for n in range(cases)]
        taken = replayed(decide(waiting, team, method), waiting)
        counts = [taken.get(person.user_id, 0) for person in team]
        assert max(counts) - min(counts) <= 1

    @given(st.lists(st.integers(0, 4), min_size=2, max_size=6), st.integers(1, 30))
    def test_turns_go_on_where_the_batch_before_ended(self, sizes, cases):
        people_now = {UUID(int=n + 1): 0 for n in range(len(sizes))}
        counts = dict.fromkeys(people_now, 0)
        for number in range(cases):
            team = [Person(key, 1000, 0, turn) for key, turn in people_now.items()]
            (one,) = decide([Wait(UUID(int=500 + number))], team, Method.ROUND_ROBIN)
            people_now[one.user_id] = one.turn
            counts[one.user_id] += 1
        assert max(counts.values()) - min(counts.values()) <= 1

    def test_the_least_loaded_by_share_not_by_number(self):
        small, large = Person(UUID(int=1), 4, 2), Person(UUID(int=2), 10, 3)
        (one,) = decide([Wait(UUID(int=9))], [small, large], Method.LEAST_LOADED)
        assert (one.user_id, one.used, one.capacity) == (large.user_id, 4, 10)

    def test_round_robin_passes_by_who_is_full(self):
        full, free = Person(UUID(int=1), 3, 3, 0), Person(UUID(int=2), 3, 0, 5)
        (one,) = decide([Wait(UUID(int=9))], [full, free], Method.ROUND_ROBIN)
        assert one.user_id == free.user_id

    def test_the_reason_names_what_a_person_expressly_can(self):
        bea = Person(UUID(int=1), 6, 1, skills={"language": {"de", "en"}})
        case = Wait(UUID(int=9), 1, (("language", "de"), ("network", "mastodon")))
        (one,) = decide([case], [bea], Method.LEAST_LOADED)
        assert one.skills == (("language", "de"),)


class TestWhen:
    FACTS = CaseFacts(
        "mastodon", "c1", "public", "complaint", "de", 2, frozenset({"refund"}), "gold",
        topics=frozenset({"baggage", "fares"}),
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("when", "does_fit"),
        [
            (When(), True),
            (When(networks=frozenset({"mastodon", "email"})), True),
            (When(networks=frozenset({"email"})), False),
            (When(channels=frozenset({"c2"})), False),
            (When(kinds=frozenset({"complaint"}), languages=frozenset({"de"})), True),
            (When(kinds=frozenset({"complaint"}), languages=frozenset({"en"})), False),
            (When(urgency_from=2), True),
            (When(urgency_from=3), False),
            (When(tags=frozenset({"refund", "bag"})), True),
            (When(tags=frozenset({"bag"})), False),
            (When(topics=frozenset({"baggage", "meals"})), True),
            (When(topics=frozenset({"meals"})), False),
            (When(audiences=frozenset({"private"})), False),
            (When(tiers=frozenset({"gold"})), True),
            (When(tiers=frozenset({"staff"})), False),
        ],
    )
    def test_all_conditions_hold_and_of_each_one_is_enough(self, when, does_fit):
        assert fits(when, self.FACTS) is does_fit

    def test_the_first_that_fits_decides(self):
        order = [When(urgency_from=4), When(languages=frozenset({"de"})), When()]
        assert first_that_fits(order, self.FACTS) == 1
        assert first_that_fits(order[:1], self.FACTS) is None

    def test_what_is_kept_reads_back_the_same(self):
        when = When(networks=frozenset({"b", "a"}), tags=frozenset({"x"}), urgency_from=3)
        assert when.stored() == {"networks": ["a", "b"], "tags": ["x"], "urgency_from": 3}
        assert When.parse(when.stored()) == when
        assert When.parse({}).is_empty


NETWORKS = {"c1": "mastodon", "c2": "email", "c3": "mastodon"}
_LISTED = {
    "networks": st.frozensets(st.sampled_from(["mastodon", "email"]), max_size=2),
    "channels": st.frozensets(st.sampled_from(sorted(NETWORKS)), max_size=2),
    "kinds": st.frozensets(st.sampled_from(["complaint", "praise"]), max_size=2),
    "languages": st.frozensets(st.sampled_from(["de", "en"]), max_size=2),
    "tags": st.frozensets(st.sampled_from(["bag", "refund"]), max_size=2),
    "topics": st.frozensets(st.sampled_from(["baggage", "fares"]), max_size=2),
}
WHENS = st.builds(When, urgency_from=st.integers(0, 4), **_LISTED)
FACTS = st.builds(
    lambda channel, kind, language, urgency, tags, topics: CaseFacts(
        NETWORKS[channel], channel, "public", kind, language, urgency, tags, topics=topics
    ),
    st.sampled_from(sorted(NETWORKS)),
    st.sampled_from(["complaint", "praise", "question"]),
    st.sampled_from(["", "de", "en"]),
    st.integers(0, 4),
    st.frozensets(st.sampled_from(["bag", "refund"]), max_size=2),
    st.frozensets(st.sampled_from(["baggage", "fares"]), max_size=2),
)


class TestReach:
    @given(WHENS, WHENS, FACTS)
    def test_a_rule_that_covers_another_takes_every_case_of_it(self, earlier, later, facts):
        if covers(earlier, later, NETWORKS) and fits(later, facts):
            assert fits(earlier, facts)

    @given(WHENS, FACTS)
    def test_conditions_called_impossible_fit_no_case(self, when, facts):
        if impossible(when, NETWORKS):
            assert not fits(when, facts)

    def test_the_narrower_rule_may_stand_before_the_wider_and_not_behind_it(self):
        wide = When(languages=frozenset({"de", "nb"}))
        narrow = When(languages=frozenset({"de"}), urgency_from=3)
        assert covers(wide, narrow, NETWORKS)
        assert not covers(narrow, wide, NETWORKS)

    def test_accounts_stand_for_their_networks(self):
        assert covers(
            When(networks=frozenset({"mastodon"})), When(channels=frozenset({"c1"})), NETWORKS
        )
        assert not covers(
            When(networks=frozenset({"mastodon"})), When(channels=frozenset({"c1", "c2"})), NETWORKS
        )

    def test_an_account_of_another_network_and_public_mail_are_impossible(self):
        mail = frozenset({"email"})
        assert impossible(When(networks=mail, channels=frozenset({"c1"})), NETWORKS) == "channels"
        assert impossible(When(networks=mail, audiences=frozenset({"public"})), {}) == "audiences"
        assert impossible(When(networks=mail, channels=frozenset({"c2"})), NETWORKS) == ""


class TestNeeds:
    def test_a_case_wants_what_it_is_in_and_the_rule_has_the_last_word(self):
        facts = CaseFacts(network="email", kind="question", language="de")
        assert needs_of((), facts) == (
            ("kind", "question"), ("language", "de"), ("network", "email"),
        )  # fmt: skip
        asked = (("language", "en"), ("product", "fares"))
        assert ("language", "de") not in needs_of(asked, facts)
        assert set(asked) <= set(needs_of(asked, facts))

    def test_who_lists_none_of_a_kind_has_any_of_it(self):
        assert has_skills({}, (("language", "de"),))
        assert has_skills({"language": ["de"]}, (("language", "de"), ("product", "fares")))
        assert not has_skills({"language": ["en"]}, (("language", "de"),))

    @given(NEEDS)
    def test_needs_read_back_from_their_key(self, needs):
        assert needs_from(key_of(tuple(sorted(needs)))) == tuple(sorted(needs))

    def test_the_language_of_a_tag(self):
        assert [primary(tag) for tag in ("de-AT", "NB_no", "", "en")] == ["de", "nb", "", "en"]

    def test_how_much_of_a_person_a_case_takes_goes_by_its_channel(self):
        assert load_of("webchat", "private") is Load.CHAT
        assert load_of("email", "private") is Load.MAIL
        assert load_of("mastodon", "private") is Load.PRIVATE
        assert load_of("mastodon", "public") is Load.PUBLIC


class TestFollowTheSun:
    A, B, C = (UUID(int=n) for n in (1, 2, 3))

    def test_the_first_open_team_of_the_chain_takes_over(self):
        nexts = {self.A: self.B, self.B: self.C, self.C: self.A}
        opens = {self.A: False, self.B: False, self.C: True}
        assert first_open(self.A, nexts, opens) == self.C
        assert first_open(self.C, nexts, opens) == self.C

    @given(
        st.dictionaries(st.sampled_from([A, B, C]), st.none() | st.sampled_from([A, B, C])),
        st.dictionaries(st.sampled_from([A, B, C]), st.booleans()),
    )
    def test_it_ends_whatever_points_where_and_stays_where_nobody_is_open(self, nexts, opens):
        taker = first_open(self.A, nexts, opens)
        assert opens.get(taker) or taker == self.A
