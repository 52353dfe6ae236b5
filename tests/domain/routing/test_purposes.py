"""A question to a brand account goes where those to its care account go."""

from __future__ import annotations

from hearwell.routing.rules import When
from tests.factories import make_channel


class TestAQuestionToTheBrand:
    """It goes where questions to the care account of the brand go."""

    def test_it_lands_in_the_care_queue_and_praise_does_not(self, desk):
        bea = desk.person("Bea Berg", "BE", capacity=9)
        care = make_channel(handle="NorthwindCare")
        brand = make_channel(handle="NorthwindBrand", purpose="brand")
        team = desk.team("Care", bea)
        desk.rule("Care account", team, When(channels=frozenset({str(care.id)})))
        asked = desk.case("Where is my bag?", channel=brand)
        thanks = desk.case("What a lovely crew you have, thank you!", channel=brand)
        desk.place()
        assert desk.team_of(asked) == "Care"
        assert desk.team_of(thanks) != "Care"

    def test_a_rule_may_ask_what_the_account_is_for(self, desk):
        brand = make_channel(handle="NorthwindBrand", purpose="brand")
        desk.rule("Brand accounts", desk.team("Care"), When(purposes=frozenset({"brand"})))
        asked, other = desk.case("Where is my bag?", channel=brand), desk.case("Where is it?")
        desk.place()
        assert desk.team_of(asked) == "Care"
        assert desk.team_of(other) != "Care"
