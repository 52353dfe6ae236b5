"""Promotions held back: the page, the file, the customer's panel, the settings, by role."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver

from hearwell.accounts.access import POLICY_ATTRIBUTE
from hearwell.accounts.models import AuditRow, User, Workspace
from hearwell.accounts.rules import RIGHTS
from hearwell.accounts.scoping import scope
from hearwell.connect.model import Author
from hearwell.conversations import services as conversations
from hearwell.promotions.models import HoldChoice
from hearwell.promotions.shapes import sha256_of
from tests.api.conftest import program_of
from tests.architecture.test_urls import is_foreign, patterns
from tests.characters import _member
from tests.factories import DUARTE, make_case, make_channel

pytestmark = pytest.mark.django_db
LENA_MAIL = "Lena.Vik@Example.com"


@pytest.fixture
def mia(workspace: Workspace) -> User:
    """Mia does marketing."""
    return _member(workspace, "Mia Moss", "marketing", "MM")


@pytest.fixture
def marketing(signed_in, mia: User) -> Client:
    return signed_in(mia)


@pytest.fixture
def admin(signed_in, workspace: Workspace) -> Client:
    return signed_in(_member(workspace, "Ada Ash", "admin", "AD"))


def table(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.reader(io.StringIO(text)))


def test_marketing_sees_who_is_held_back_and_nothing_of_what_they_wrote(marketing, workspace):
    case = make_case("My secret is hunter2, where is my bag?")

    home = marketing.get("/", follow=True)
    page = home.content.decode()

    assert home.redirect_chain == [("/promotions/", 302)]
    assert "waits for our answer" in page
    assert ">lena<" in page
    assert "hunter2" not in page
    assert marketing.get(f"/c/{case.id}/").status_code == 403
    assert marketing.get("/inbox/").status_code == 403
    assert 'href="/inbox/"' not in page
    assert 'href="/reports/response/"' not in page


def test_marketing_is_let_in_nowhere_else(marketing, workspace, frozen):
    """Every address there is: open to all, its own settings, the list, or 403."""
    may = RIGHTS["marketing"]
    seen = set()
    for address, entry in patterns(get_resolver()):
        policy = getattr(entry.callback, POLICY_ATTRIBUTE, "")
        if "(" in address or is_foreign(entry.callback) or policy in ("", "public"):
            continue
        status = marketing.get(address).status_code
        if policy not in may:
            assert status in (403, 404, 405), (address, policy, status)
        else:
            seen.add(address)
    assert {"/promotions/", "/promotions/csv/", "/me/", "/me/tokens/", "/"} <= seen


def test_marketing_is_given_no_case_and_told_of_none(owner, workspace, mia):
    case = make_case()

    answer = owner.post(f"/c/{case.id}/assign/", {"user": str(mia.id)})

    assert answer.status_code != 200 or "Mia" not in answer.content.decode()
    case.refresh_from_db()
    assert case.assignee_id is None
    assert "Mia Moss" not in owner.get(f"/c/{case.id}/").content.decode()


@pytest.mark.parametrize(("role", "status"), [("lead", 200), ("agent", 403), ("viewer", 403)])
def test_who_sees_the_list(signed_in, workspace, role, status):
    client = signed_in(_member(workspace, "Otto Oak", role, "OO"))

    assert client.get("/promotions/").status_code == status
    assert client.get("/promotions/csv/").status_code == status


def test_the_file_has_everybody_exactly(owner, workspace, bob):
    sandbox, mail = make_channel(), make_channel("email")
    make_case(channel=sandbox)
    settled = make_case("My seat is broken, please help!", channel=sandbox, author=DUARTE)
    conversations.close(settled.id, "solved", bob.id)
    make_case("Where is my refund?", mail, author=Author(LENA_MAIL, LENA_MAIL, "Lena"))
    with scope(workspace.id):
        found = table(owner.get("/promotions/csv/"))
        assert found[0] == ["network", "network_id", "email_sha256", "reason", "since", "until"]
        assert sorted(row[:4] for row in found[1:]) == [
            ["sandbox", "duarte", "", "cooling_off"],
            ["sandbox", "lena", "", "unanswered"],
        ]
        HoldChoice.objects.create(
            workspace_id=workspace.id, email_basis="consent", email_statement="x" * 20
        )
        digest = sha256_of(f"  {LENA_MAIL.upper()} ")
        assert ["email", digest, digest, "unanswered"] in [
            row[:4] for row in table(owner.get("/promotions/csv/"))
        ]
        assert table(owner.get("/promotions/csv/?format=audience")) == [["email_sha256"], [digest]]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("=1+1", "'=1+1"), ("+cmd|x", "'+cmd|x"), ("-2+3", "'-2+3"), ("@SUM(1)", "'@SUM(1)"),
        (" =1", "' =1"), ("\uff1d1", "'\uff1d1"), ("+4915112345", "+4915112345"), ("a=1", "a=1"),
    ],
)  # fmt: skip
def test_in_the_file_no_id_is_a_formula_and_programs_get_it_as_it_is(
    owner, workspace, mia, name, shown
):
    make_case(author=Author(name, name, name))

    assert table(owner.get("/promotions/csv/"))[1][1] == shown
    told = program_of(workspace, mia).get("/suppressions?format=csv")
    assert table(told)[1][1] == name


def test_one_person_is_looked_for(owner, workspace):
    make_case()

    assert "waits for our answer" in owner.get("/promotions/?who=lena").content.decode()
    page = owner.get("/promotions/?who=nobody").content.decode()
    assert "Nobody who goes by this is held back" in page


def test_an_empty_list_says_so(owner, workspace):
    assert "Nobody is held back" in owner.get("/promotions/").content.decode()


def test_the_panel_says_it_and_why(agent, workspace, bob, frozen):
    case = make_case()

    said = agent.get(f"/c/{case.id}/held/").content.decode()
    assert "Promotions are held back since" in said
    assert "because they wait for our answer" in said
    assert f"/c/{case.id}/held/" in agent.get(f"/c/{case.id}/").content.decode()

    conversations.close(case.id, "no_answer_needed", bob.id)
    assert "They are free again from" in agent.get(f"/c/{case.id}/held/").content.decode()
    frozen.shift(timedelta(hours=48))
    assert "held back" not in agent.get(f"/c/{case.id}/held/").content.decode()


def test_the_settings_are_kept_and_audited(owner, workspace):
    form = {
        "cool_off_h": "12",
        "email_basis": "consent",
        "email_statement": "Terms of service, section 7, agreed to at sign-up.",
    }

    assert owner.post("/settings/promotions/", form).status_code == 302

    choice = HoldChoice.objects.get()
    assert (choice.cool_off_h, choice.counts_praise, choice.email_basis) == (12, False, "consent")
    assert choice.email_at is not None
    row = AuditRow.objects.get(action="promotions.chosen")
    assert row.after["email_basis"] == "consent"
    assert "Holding back of promotions changed" in owner.get("/settings/audit/").content.decode()


def test_only_an_owner_states_the_ground(admin, workspace):
    form = {"cool_off_h": "5", "counts_praise": "1", "email_basis": "consent"}

    admin.post("/settings/promotions/", form | {"email_statement": "I say so, that is enough."})

    choice = HoldChoice.objects.get()
    assert (choice.cool_off_h, choice.email_basis, choice.email_statement) == (5, "", "")


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({"cool_off_h": "-3"}, "Between 0 and"),
        ({"cool_off_h": "99999"}, "Between 0 and"),
        ({"cool_off_h": "1", "email_basis": "consent"}, "Say in a sentence"),
        ({"cool_off_h": "1", "email_basis": "whim"}, "Choose one of the grounds"),
    ],
)
def test_what_makes_no_sense_is_said(owner, workspace, form, word):
    answer = owner.post("/settings/promotions/", form)

    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert not HoldChoice.objects.exists()


def test_pages_keep_their_budget(owner, agent, workspace, budget):
    case = make_case()
    with budget(15):
        owner.get("/promotions/")
    with budget(15):
        owner.get("/promotions/?who=lena")
    with budget(12):
        agent.get(f"/c/{case.id}/held/")
    with budget(15):
        owner.get("/settings/promotions/")
