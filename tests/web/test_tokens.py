"""Tokens for programs: shown once, one's own, ended at once."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import ApiToken, AuditRow
from hearwell.accounts.services import MOST_TOKENS
from hearwell.api.limits import FAILURES, REQUESTS

URL = "/me/tokens/"
CEILING = 12


@pytest.fixture(autouse=True)
def _full_buckets():
    REQUESTS.clear()
    FAILURES.clear()


def made(client, name="The shop"):
    page = client.post(URL, {"name": name})
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    return re.search(r'id="secret">(hw_[^<]+)<', page.content.decode())[1]


def asked(secret):
    return Client().get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})


def test_a_token_is_made_shown_once_used_and_ended(agent, bob):
    secret = made(agent)
    assert asked(secret).json()["name"] == "Bob Brown"
    page = agent.get(URL).content.decode()
    assert secret not in page
    assert "The shop" in page
    token = ApiToken.objects.get()
    assert agent.post(f"{URL}{token.id}/end/", follow=True).status_code == 200
    assert asked(secret).status_code == 401
    assert "The shop" not in agent.get(URL).content.decode().split('id="mine-h"')[1]
    agent.post(f"{URL}{token.id}/end/")
    acts = AuditRow.objects.filter(action__startswith="token.").order_by("at", "id")
    assert [(row.action, row.actor_id) for row in acts] == [
        ("token.made", bob.id), ("token.ended", bob.id),
    ]  # fmt: skip
    assert secret not in str([(row.before, row.after, row.summary) for row in acts])


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_that_says_nothing_is_refused_at_its_field(agent, name):
    page = agent.post(URL, {"name": name})
    assert page.status_code == 422
    assert 'id="t-error"' in page.content.decode()
    assert not ApiToken.objects.exists()


def test_there_is_an_end_to_how_many(agent):
    for n in range(MOST_TOKENS):
        made(agent, f"T{n}")
    assert agent.post(URL, {"name": "One more"}).status_code == 422
    assert ApiToken.objects.count() == MOST_TOKENS


def test_somebody_elses_is_theirs_but_for_who_manages_people(owner, agent, alice):
    made(owner, "Owners own")
    secret = made(agent, "Agents own")
    assert "Owners own" not in agent.get(URL).content.decode()
    theirs = ApiToken.objects.get(name="Owners own")
    assert agent.post(f"{URL}{theirs.id}/end/").status_code == 404
    page = owner.get(URL).content.decode()
    assert "Tokens of colleagues" in page
    assert "Bob Brown" in page
    owner.post(f"{URL}{ApiToken.objects.get(name='Agents own').id}/end/")
    assert asked(secret).status_code == 401
    assert AuditRow.objects.get(action="token.ended").actor_id == alice.id


def test_another_workspaces_is_absent(owner, other_workspace, charlie):
    from hearwell.accounts.services import add_member, make_api_token

    member = add_member(other_workspace, charlie, "owner")
    token, secret = make_api_token(member, "Theirs")
    assert owner.post(f"{URL}{token.id}/end/").status_code == 404
    assert "Theirs" not in owner.get(URL).content.decode()
    assert asked(secret).status_code == 200


def test_many_cost_no_more_statements(owner, agent):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(URL).status_code == 200
        return len(queries)

    made(agent)
    owner.get(URL)
    few = cost()
    for n in range(8):
        made(agent, f"T{n}")
    assert cost() == few <= CEILING
