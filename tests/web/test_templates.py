"""Once the window has closed: said when the case is opened, a template chosen, filled in, sent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from hearwell.connect.model import Author
from hearwell.connect.templates import SETTING
from hearwell.connectors.whatsapp.fake_network import LENA, NUMBER, WABA
from hearwell.connectors.whatsapp.fake_templates import TEMPLATES
from hearwell.connectors.whatsapp.parse import thread_of
from hearwell.connectors.whatsapp.templates import stored, usable
from hearwell.conversations.models import Case, Draft
from hearwell.kit.clock import now
from hearwell.outbound.drafts import digest, loaded
from hearwell.outbound.models import Delivery
from tests.factories import make_channel, make_dm, receive
from tests.web.conftest import HTMX

SAID = (
    "Your bag LIS\n\nHello Lena, your bag is in Lisbon. Shall we send it on?\n\nNorthwind Airways"
)
FILLED = {"blank-0": "LIS", "blank-1": " Lena ", "blank-2": "Lis\nbon".replace("\n", "")}
CLOSED = "The time to answer freely has passed."


@pytest.fixture
def channel(workspace):
    settings = {"waba_id": WABA, SETTING: stored(usable(TEMPLATES))}
    return make_channel("whatsapp", "+1 555-078-3881", external_id=NUMBER, settings=settings)


def asked(channel, hours: float) -> Case:
    who = Author(LENA["user_id"], f"+{LENA['wa_id']}", LENA["name"])
    item = make_dm(
        "Where is my bag?",
        external_id="wamid.1",
        thread_key=thread_of(LENA["user_id"]),
        author=who,
        account=NUMBER,
        occurred_at=now() - timedelta(hours=hours),
    )
    (message,) = receive(channel, [item])
    return Case.objects.get(id=message.case_id)


def form(client, case, **changes) -> dict[str, str]:
    page = client.get(f"/c/{case.id}/").content.decode()
    composer = page[page.index('<form class="composer"') :]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', composer))
    return {**hidden, "audience": "private", "text": "", **changes}


def choose(client, case, **changes) -> str:
    given = form(client, case, **changes)
    return client.post(f"/c/{case.id}/template/", given, headers=HTMX).content.decode()


def send(client, case, text: str):
    return client.post(f"/c/{case.id}/reply/", form(client, case, text=text), headers=HTMX)


def test_while_words_are_free_nothing_is_said_of_templates(agent, channel):
    case = asked(channel, 23)
    assert CLOSED not in agent.get(f"/c/{case.id}/").content.decode()
    send(agent, case, "We have found it.")
    assert "template" not in Delivery.objects.get().draft


def test_a_closed_window_is_said_before_anything_is_typed(agent, channel):
    page = agent.get(f"/c/{asked(channel, 25).id}/").content.decode()
    assert CLOSED in page
    assert "bag found (en_US)" in page
    assert "boarding pass" not in page


def test_words_are_refused_with_what_is_possible_instead(agent, channel):
    answer = send(agent, asked(channel, 25), "We have found it.")
    assert answer.status_code == 422
    assert "approved template" in answer.content.decode()
    assert not Delivery.objects.exists()


def test_a_template_is_chosen_filled_in_and_seen_before_it_is_sent(agent, channel):
    case = asked(channel, 25)
    page = choose(agent, case, template="bag_found:en_US")
    assert "Hello {{1}}, your bag is in {{2}}." in page
    assert 'placeholder="Lisbon"' in page
    assert not Draft.objects.exists()
    page = choose(agent, case, template="bag_found:en_US", **FILLED)
    area = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert area
    assert area[1].strip() == SAID
    send(agent, case, SAID)
    draft = loaded(Delivery.objects.get().draft)
    assert draft.text == SAID
    assert draft.template
    assert (draft.template.name, draft.template.language) == ("bag_found", "en_US")
    assert dict(draft.template.values)["body:2"] == "Lisbon"


def test_one_without_blanks_is_there_at_once(agent, channel):
    page = choose(agent, asked(channel, 25), template="write_again:en_US")
    assert "May we tell you here?</textarea>" in page


def test_what_was_approved_is_this_template_and_no_other(agent, channel):
    send(agent, asked(channel, 25), SAID)
    row = Delivery.objects.get()
    other = {**row.draft, "template": {**row.draft["template"], "name": "another"}}
    assert digest(row.draft) == row.digest != digest(other)


def test_taken_back_it_is_the_same_template_again(agent, channel, bob):
    case = asked(channel, 25)
    send(agent, case, SAID)
    row = Delivery.objects.get()
    agent.post(f"/sent/{row.id}/undo/", headers={"Accept": "application/json"})
    assert Draft.objects.get().text == SAID
    page = agent.get(f"/c/{case.id}/").content.decode()
    assert 'value="bag_found:en_US" selected' in page
    assert 'name="blank-2" value="Lisbon"' in page
    send(agent, case, SAID)
    again = Delivery.objects.exclude(id=row.id).get()
    assert again.draft["template"] == row.draft["template"]


def test_without_any_template_an_admin_is_named(agent, channel):
    channel.settings = {"waba_id": WABA}
    channel.save()
    page = agent.get(f"/c/{asked(channel, 25).id}/").content.decode()
    assert "No approved template is known here" in page


def test_a_template_of_nobodys_is_not_put_in(agent, channel):
    page = choose(agent, asked(channel, 25), template="gone:en_US", text="as it was")
    assert "as it was</textarea>" in page


def test_who_may_not_answer_chooses_nothing(viewer, agent, channel):
    case = asked(channel, 25)
    assert viewer.post(f"/c/{case.id}/template/", {"audience": "private"}).status_code == 403
    assert agent.post(f"/c/{case.id}/template/", {"audience": "team"}).status_code == 404
    assert agent.post(f"/c/{case.id}/template/", {"audience": "public"}).status_code == 404
