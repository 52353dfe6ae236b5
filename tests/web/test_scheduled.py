"""The page of reports by e-mail: ordered, changed, paused, removed, sent now, stopped by a link."""

from __future__ import annotations

import html
import re

from django.test import Client

from hearwell.scheduledreports.models import Letter, Order
from hearwell.scheduledreports.services import letters, stops

AT = "/reports/scheduled/"
WISH = {"kind": "service", "cadence": "weekly", "week_day": "1", "month_day": "1", "hour": "7",
        "pdf": "1", "csv": "1"}  # fmt: skip


def words_of(page: bytes) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.decode())).split())


def press(client: Client, order: Order, what: str):
    order.refresh_from_db()
    given = {"do": what, "seen": order.version}
    return words_of(client.post(f"{AT}{order.id}/do/", given, follow=True).content)


def test_a_lead_orders_changes_pauses_removes_and_takes_back(owner, alice, bob, budget):
    assert "No report is sent by e-mail" in words_of(owner.get(AT).content)
    assert owner.post(AT, {**WISH, "reader": [str(alice.id), str(bob.id)]}).status_code == 302
    order = Order.objects.get()
    with budget(15):
        page = owner.get(AT).content
    words = words_of(page)
    assert "Every Monday at 07:00, of the seven days before · PDF, CSV" in words
    assert "To: Alice Adams , Bob Brown" in words
    assert "no mail server yet" in words
    assert b"style=" not in page
    form = words_of(owner.get(f"{AT}{order.id}/").content)
    assert "Monthly on day" in form
    changed = {**WISH, "seen": "1", "cadence": "monthly", "month_day": "31", "reader": str(bob.id)}
    assert owner.post(f"{AT}{order.id}/", changed).status_code == 302
    assert "Every month on day 31 at 07:00" in words_of(owner.get(AT).content)
    stale = owner.post(f"{AT}{order.id}/", changed)
    assert "Somebody has changed it since" in words_of(stale.content)
    assert "Paused." in press(owner, order, "pause")
    assert "It goes on" in press(owner, order, "resume")
    assert "Removed: Service" in press(owner, order, "remove")
    assert "Taken back." in press(owner, order, "undo")
    stale = owner.post(f"{AT}{order.id}/do/", {"do": "pause", "seen": "1"}, follow=True)
    assert "Nothing was done" in words_of(stale.content)


def test_an_agent_orders_for_themselves_and_stops_what_others_send_them(
    agent, owner, alice, bob, settings
):
    assert "A lead orders reports for others." in words_of(agent.get(AT).content)
    assert agent.post(AT, {**WISH, "reader": str(alice.id)}).status_code == 302
    own = Order.objects.get()
    assert own.reader_ids == [str(bob.id)]
    owner.post(AT, {**WISH, "reader": [str(bob.id), str(alice.id)]})
    theirs = Order.objects.exclude(id=own.id).get()
    assert agent.get(f"{AT}{theirs.id}/").status_code == 404
    for what in ("pause", "remove", "x"):
        assert agent.post(f"{AT}{theirs.id}/do/", {"do": what}).status_code == 404
    assert "no longer sent to you" in press(agent, theirs, "stop")
    assert "stopped by themselves" in words_of(owner.get(AT).content)
    assert "sent to you again" in press(agent, theirs, "start")
    assert "no mail server yet. Nothing was sent." in press(agent, theirs, "now")
    settings.HEARWELL_HAS_MAIL = True
    assert "on its way to you" in press(agent, theirs, "now")
    assert "on its way to you already" in press(agent, theirs, "now")


def test_what_cannot_be_is_said_and_nothing_typed_is_lost(owner):
    answer = owner.post(AT, {**WISH, "hour": "8", "cadence": "monthly", "month_day": "30"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose at least one person" in page
    assert re.search(r'<option value="30" selected', page)
    assert owner.post(AT, {**WISH, "hour": "24"}).status_code == 422
    assert not Order.objects.exists()


def test_what_was_not_sent_is_said_and_tried_again(owner, workspace, alice, settings):
    settings.HEARWELL_HAS_MAIL = True
    owner.post(AT, {**WISH, "reader": str(alice.id)})
    order = Order.objects.get()
    press(owner, order, "now")
    letter = Letter.objects.get()
    letters.settle([letter], "failed", "refused")
    assert "not sent. The mail server did not take it. Try again" in words_of(owner.get(AT).content)
    again = owner.post(f"/reports/letters/{letter.id}/again/", follow=True)
    assert "tried again within a minute" in words_of(again.content)
    assert owner.post(f"/reports/letters/{letter.id}/again/").status_code == 404


def test_the_link_of_a_letter_stops_it_for_its_reader_alone(owner, workspace, alice, bob):
    owner.post(AT, {**WISH, "reader": [str(alice.id), str(bob.id)]})
    order = Order.objects.get()
    at = f"/reports/stop/{stops.stop_token(workspace.id, order.id, bob.id)}/"
    stranger = Client()
    assert "Stop this report for yourself?" in words_of(stranger.get(at).content)
    assert "stopped by themselves" not in words_of(owner.get(AT).content)
    answer = stranger.post(at, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer["Referrer-Policy"]) == (200, "no-referrer")
    assert "The report is stopped" in words_of(answer.content)
    assert words_of(owner.get(AT).content).count("stopped by themselves") == 1
    assert stranger.post("/reports/stop/none/").status_code == 410
