"""Tools on the screen: a shop on loopback with its tools, a case about one of its orders."""

from __future__ import annotations

import html
import re

import pytest

from hearwell.commerce import services
from hearwell.commerce.models import Lookup, Service, ToolRun
from hearwell.commerce.services.carrying import carry_out
from tests.factories import make_case, make_channel
from tests.other_side import other_side
from tests.shop_tools import LAMP, ORDER, REFUND, a_live_tool, a_service
from tests.web.conftest import HTMX


@pytest.fixture
def side(settings):
    with other_side() as found:
        settings.HEARWELL_EGRESS_ALLOW = (found.origin,)
        found.orders["NW-1042"] = dict(LAMP)
        yield found


@pytest.fixture
def shop(workspace, alice, side):
    return a_service(side.origin, workspace.id, alice)


@pytest.fixture
def refund(shop, alice):
    return a_live_tool(shop, REFUND, alice)


@pytest.fixture
def orders(shop, alice):
    return a_live_tool(shop, ORDER, alice)


@pytest.fixture
def case(workspace):
    return make_case("My lamp NW-1042 came broken!", make_channel())


def work():
    """What the worker does."""
    waiting = Lookup.objects.filter(state="waiting")
    services.make_lookups(
        Service.objects.first().workspace_id, list(waiting.values_list("id", flat=True))
    )
    for run in ToolRun.objects.filter(state="queued"):
        carry_out(run.workspace_id, run.id)


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def panel(client, case) -> str:
    return text_of(client.get(f"/c/{case.id}/tools/", headers=HTMX))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found.group(1)


def fields_of(page: str) -> dict[str, str | list[str]]:
    """What the form of a tool would send as it stands."""
    form = page[page.index('name="kind"') - 200 :]
    form = form[: form.index("Keep as") if "Keep as" in form else len(form)]
    values: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or "checked" in tag):
            values[name[1]] = html.unescape(value[1]) if value else ""
    for name, body in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', body)
        values[name] = (chosen[1] or chosen[2]) if chosen else ""
    for name, body in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL
    ):
        values[name] = html.unescape(body)
    return values


def used(agent, case, refund, **typed):
    """Press through from the card to the run's page."""
    agent.post(f"/c/{case.id}/tools/refresh/", {"anew": "1"}, headers=HTMX)
    work()
    place = re.search(r"\?card=([0-9a-f-]+\.0)", panel(agent, case)).group(1)
    url = f"/c/{case.id}/tools/{refund.tool.id}/"
    form = text_of(agent.get(f"{url}?card={place}"))
    assert 'value="19.90"' in form
    sent = {"f-amount": "9.90", "f-why.words": "glass", "card": place, "step": "check", **typed}
    return url, sent, agent.post(url, sent)
