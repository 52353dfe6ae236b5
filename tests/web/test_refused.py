"""Where a network refuses an answer whatever it says, the composer tells before anybody types."""

from __future__ import annotations

from hearwell.connect.model import Author, MessageKind
from hearwell.connectors.x.manifest import ENTERPRISE, SELF_SERVE
from tests.factories import make_case, make_channel

US, POST = "1700000000000000001", "1999999999999999999"
LENA = Author("1700000000000000002", "@lena", "Lena")


def composer(client, kind: MessageKind, tier: str) -> str:
    channel = make_channel("x", "@northwind", external_id=US, tier=tier)
    case = make_case(
        "Mine too",
        channel,
        external_id=POST,
        thread_key=f"post:{POST}",
        kind=kind,
        author=LENA,
        permalink=f"https://x.com/i/status/{POST}",
    )
    return client.get(f"/c/{case.id}/").content.decode()


def test_who_did_not_call_the_account_is_answered_elsewhere(agent):
    page = composer(agent, MessageKind.COMMENT, SELF_SERVE)
    assert "X lets this account answer only who mentions it" in page
    assert f'href="https://x.com/i/status/{POST}"' in page
    assert "Answer on X" in page
    assert f"recipient_id={LENA.external_id}" in page
    assert "Write in private on X" in page


def test_who_called_it_is_answered_here(agent):
    page = composer(agent, MessageKind.MENTION, SELF_SERVE)
    assert "X lets this account answer only" not in page
    assert "Answer on X" not in page


def test_enterprise_answers_anybody(agent):
    assert "Answer on X" not in composer(agent, MessageKind.COMMENT, ENTERPRISE)
