"""Everybody reads their language: by choice, else as their browser wishes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.translation import ngettext, override

import hearwell
from hearwell.web.components.numbers import grouped, one_decimal
from hearwell.web.context import _words

SCRIPTS = Path(hearwell.__file__).parent / "web/static/hearwell/js"
PAGES = (
    "inbox",
    "report_response",
    "settings_networks",
    "network_abilities",
    "settings_listening",
    "settings_people",
    "settings_general",
    "settings_teams",
    "settings_routing",
    "settings_promises",
    "settings_knowledge",
    "settings_macros",
    "settings_imports",
    "settings_audit",
    "team",
    "me",
    "keys",
    "setup",
    "wallboard",
    "wall_links",
    "saved_views",
    "approvals",
    "grants",
    "report_parity",
    "benchmarks",
    "report_service",
    "report_methods",
    "report_coverage",
    "survey_results",
    "expectation",
    "fairness",
    "settings_surveys",
    "settings_survey_new",
    "playbook",
    "quality",
    "quality_scores",
    "quality_agreement",
    "calibrations",
    "my_reviews",
    "settings_quality",
    "settings_voice",
    "settings_guard",
    "settings_approval",
    "settings_powers",
    "my_powers",
    "settings_webhooks",
    "digest",
    "push_devices",
)
# Numbers in attributes are for programs: 3,5 would be none.
COMMA = re.compile(r'\s(?:[a-z-]+)="-?\d+,\d+"')
MODULE = re.compile(r'\bsay\("(\w+)"')


@pytest.mark.parametrize(
    ("wish", "language", "direction", "words"),
    [
        ("ar-EG,ar;q=0.9,en;q=0.5", "ar", "rtl", "تسجيل الدخول"),
        ("de-AT,en;q=0.5", "de", "ltr", "Anmelden"),
        ("nb,sv;q=0.5", "en", "ltr", "Sign in"),
    ],
)
@pytest.mark.django_db
def test_a_stranger_reads_what_the_browser_wishes(client, wish, language, direction, words):
    answer = client.get("/account/login/", headers={"accept-language": wish})
    page = answer.content.decode()
    assert f'<html lang="{language}" dir="{direction}"' in page
    assert words in page
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]


def test_a_choice_is_kept_goes_before_the_browser_and_can_be_taken_back(agent, bob):
    ar = {"accept-language": "ar"}
    assert 'lang="ar"' in agent.get("/inbox/", headers=ar).content.decode()
    saved = agent.post("/me/", {"language": "de", "initials": "BB"}, headers=ar, follow=True)
    page = saved.content.decode()
    assert '<html lang="de" dir="ltr"' in page
    assert "Gespeichert." in page
    assert '<option value="de" lang="de" selected>Deutsch</option>' in page
    agent.post("/me/", {"language": "tlh", "initials": "BB"})
    bob.refresh_from_db()
    assert bob.preferences["language"] == "de"
    agent.post("/me/", {"language": "", "initials": "BB"})
    assert 'lang="ar"' in agent.get("/inbox/", headers=ar).content.decode()


@pytest.mark.parametrize("stored", ["tlh", 7, None, ["de"]])
def test_a_language_that_we_no_longer_have_is_the_browsers(agent, bob, stored):
    bob.preferences = {"language": stored}
    bob.save()
    page = agent.get("/inbox/", headers={"accept-language": "de"}).content.decode()
    assert '<html lang="de"' in page


@pytest.mark.parametrize("language", ["de", "ar"])
def test_every_page_is_whole_in_every_language(owner, alice, language):
    alice.preferences = {"language": language}
    alice.save()
    for name in PAGES:
        answer = owner.get(reverse(name))
        assert answer.status_code == 200, name
        page = answer.content.decode()
        assert f'<html lang="{language}"' in page
        assert not COMMA.search(page), name


def test_numbers_and_plurals_follow_the_language():
    with override("de"):
        assert (grouped(15_000), one_decimal(19.44)) == ("15.000", "19,4")
        assert one_decimal(0.0, is_signed=True) == "+0,0"
        # Rounded, never cut off: two of three are 66,7 %.
        assert [one_decimal(x) for x in (200 / 3, 43.75, 99.96, -0.04)] == [
            "66,7", "43,8", "100,0", "0,0",
        ]  # fmt: skip
    with override("en"):
        assert (grouped(15_000), one_decimal(-19.44, is_signed=True)) == ("15,000", "-19.4")
    with override("ar"):
        forms = {ngettext("%(n)s case", "%(n)s cases", n) for n in (0, 1, 2, 3, 11, 100)}
        assert len(forms) == 5  # eleven and a hundred are told alike


def test_scripts_find_every_sentence_they_say():
    said = {key for path in SCRIPTS.glob("*.js") for key in MODULE.findall(path.read_text())}
    assert said
    assert said <= _words().keys()
