"""The guard: said before anything is queued, overridden in the open, on every way that sends."""

from __future__ import annotations

import html
import re

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.connect.conformance_files import PNG
from hearwell.connect.model import Author
from hearwell.guard.models import Policy
from hearwell.guard.services import Wanted, set_policy
from hearwell.inbox.guarding import look
from hearwell.inbox.reply import Guarded, Reply, send_reply
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import Delivery, File
from tests.factories import make_case, make_channel, make_dm, receive
from tests.web.conftest import HTMX
from tests.web.test_files import put
from tests.web.test_replying import form, send

MAIL = "We have sent it to lena.vik@mail.example"
CARD = "Charged to 4111 1111 1111 1111"
LONG = "Thank you for your patience. Your request is with our team and we answer as soon as we can."


@pytest.fixture
def channel(workspace):
    return make_channel()


@pytest.fixture
def case(channel):
    return make_case("Where is my bag?", channel)


def button(page: str) -> dict[str, str]:
    """What the button under the reasons sends."""
    name, value = re.search(r'name="(\w+)" value="([^"]*)">\s*Send it all the same', page).groups()
    return {name: html.unescape(value)}


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_warning_is_said_and_overridden_in_the_open(agent, case, headers):
    fields = form(agent, case, text=MAIL)
    stopped = agent.post(f"/c/{case.id}/reply/", fields, headers=headers)
    page = stopped.content.decode()
    assert stopped.status_code == 422
    assert "Everybody would read this e-mail address: lena.vik@mail.example." in page
    assert f"{MAIL}</textarea>" in page
    assert not Delivery.objects.exists()
    again = {**fields, **button(page)}
    agent.post(f"/c/{case.id}/reply/", again, headers=headers)
    agent.post(f"/c/{case.id}/reply/", again, headers=headers)
    assert Delivery.objects.count() == 1
    row = AuditRow.objects.get(action="reply.overridden")
    assert row.after == {"checks": "email"}
    assert "lena.vik" not in str(row.summary)


def test_what_is_blocked_cannot_be_overridden(agent, case):
    page = send(agent, case, text=CARD).content.decode()
    assert "card number: 4111 1111 1111 1111" in page
    assert "Send it all the same" not in page
    assert send(agent, case, text=CARD, overrides="card-0000000000").status_code == 422
    assert not Delivery.objects.exists()


def test_another_address_is_another_warning(agent, case):
    told = button(send(agent, case, text=MAIL).content.decode())
    more = send(agent, case, text=f"{MAIL} and uma@mail.example", **told)
    assert more.status_code == 422
    assert not Delivery.objects.exists()


def test_what_was_agreed_to_is_not_asked_again_after_another_stop(owner, agent, case):
    fields = form(agent, case, text=MAIL)
    told = button(agent.post(f"/c/{case.id}/reply/", fields, headers=HTMX).content.decode())
    owner.post(f"/c/{case.id}/claim/", headers=HTMX)
    page = agent.post(f"/c/{case.id}/reply/", {**fields, **told}, headers=HTMX).content.decode()
    assert "Alice Adams is on this case" in page
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert hidden["overrides"] == told["overrides"]
    last = {**fields, "overrides": hidden["overrides"], "anyway": "1"}
    agent.post(f"/c/{case.id}/reply/", last, headers=HTMX)
    assert Delivery.objects.count() == 1


def test_in_private_an_address_may_be_said(agent, channel):
    (message,) = receive(channel, [make_dm("Where do you send it?")])
    assert send(agent, message.case, audience="private", text=MAIL).status_code == 200


def test_what_a_picture_is_said_to_show_is_looked_at_too(agent, case):
    key = uuid7()
    put(agent, case.id, key, PNG)
    told = {f"alt-{File.objects.get().id}": f"A letter. {CARD}"}
    page = send(agent, case, key=str(key), **told).content.decode()
    assert "card number: 4111 1111 1111 1111" in page
    assert not Delivery.objects.exists()


def test_a_note_is_not_looked_at(agent, case):
    assert send(agent, case, audience="team", text=CARD).status_code == 200


def test_replies_that_read_alike_are_told_apart_by_the_name(agent, channel, workspace, alice):
    set_policy(workspace.id, Wanted({}, alike_of=50, alike_from=2), by=alice)
    names = ("Uma Um", "Vic Vau", "Wim Weh")
    cases = [
        make_case("Hello?", channel, author=Author(name, name.split()[0].lower(), name))
        for name in names
    ]
    assert [send(agent, one, text=LONG).status_code for one in cases] == [200, 200, 422]
    page = send(agent, cases[2], text=LONG).content.decode()
    assert "2 recent replies to other customers read almost the same" in page
    assert send(agent, cases[2], text=f"Wim, {LONG}").status_code == 200


def test_the_same_customer_may_read_the_same_again(agent, channel, workspace, alice, case):
    set_policy(workspace.id, Wanted({}, alike_of=50, alike_from=1), by=alice)
    assert send(agent, case, text=LONG).status_code == 200
    assert send(agent, case, text=LONG).status_code == 200


def test_it_reads_little_however_much_was_sent(channel, case, bobs, budget):
    from hearwell.guard.queries import policy_of
    from hearwell.inbox.composing import target_in

    target = target_in(bobs.workspace_id, case.id, "public")
    with budget(4):  # the policy, our mailboxes, the replies to others
        look(case, target, LONG, policy_of(bobs.workspace_id), bobs)


@pytest.mark.parametrize(("level", "status"), [("off", 200), ("warn", 422), ("block", 422)])
def test_the_level_decides(agent, case, workspace, alice, level, status):
    set_policy(workspace.id, Wanted({"email": level}), by=alice)
    told = send(agent, case, text=MAIL)
    assert told.status_code == status
    assert ("all the same" in told.content.decode()) == (level == "warn")


def test_a_macro_or_program_that_calls_the_story_is_looked_at_too(case, bobs):
    reply = Reply(
        case_id=case.id, text=CARD, audience="public", key=uuid7(), seen_version=case.version,
        confirm=True, overrides=frozenset({"card", "email"}),
    )  # fmt: skip
    with pytest.raises(Guarded):
        send_reply(reply, bobs)


def fields_of(page: str) -> dict[str, str]:
    """The settings' form as a browser would send it, unchanged."""
    chosen = re.findall(
        r'<select class="input" id="[^"]+" name="([^"]+)">.*?value="(\w+)" selected',
        page,
        re.DOTALL,
    )
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', page, re.DOTALL)
    numbers = re.findall(r'name="(alike_\w+)" type="number"[^>]*value="(\d+)"', page, re.DOTALL)
    return {name: html.unescape(value) for name, value in (*chosen, *areas, *numbers)}


def test_the_page_keeps_what_was_chosen_and_audits_it(owner, workspace, budget):
    with budget(15):
        page = owner.get("/settings/guard/").content.decode()
    fields = fields_of(page)
    assert owner.post("/settings/guard/", fields).status_code == 302
    assert not AuditRow.objects.filter(action="guard.changed").exists(), "nothing was changed"
    changed = {
        **fields,
        "level-phone": "off",
        "ours": "help@northwind.example\n@northwind.example",
        "patterns": "NW-999999",
        "words-en": "gosh",
    }
    owner.post("/settings/guard/", changed)
    policy = Policy.objects.get()
    assert policy.levels == {"phone": "off"}
    assert policy.ours == ["help@northwind.example", "@northwind.example"]
    assert (policy.patterns, policy.words) == (["NW-999999"], {"en": ["gosh"]})
    (row,) = AuditRow.objects.filter(action="guard.changed")
    assert set(row.after) == {"levels", "ours", "patterns", "words"}
    assert fields_of(owner.get("/settings/guard/").content.decode()) == changed


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"patterns": "HELLO"}, "write 9 where a digit stands"),
        ({"alike_from": "60", "alike_of": "50"}, "Choose two numbers"),
        ({"level-card": "maybe"}, "Choose one of the three"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_kept(owner, workspace, wrong, said):
    fields = fields_of(owner.get("/settings/guard/").content.decode())
    answer = owner.post("/settings/guard/", {**fields, "ours": "@x.example", **wrong})
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    assert "@x.example" in answer.content.decode(), "what was typed stays"
    assert not Policy.objects.exists()


def test_only_owners_and_admins_choose(agent):
    assert agent.get("/settings/guard/").status_code == 403


def test_the_guard_of_another_workspace_is_not_ours(workspace, other_workspace, alice, agent, case):
    from hearwell.kit.scope import scope

    with scope(other_workspace.id):
        set_policy(other_workspace.id, Wanted({"email": "off", "card": "off"}), by=alice)
    assert send(agent, case, text=CARD).status_code == 422
