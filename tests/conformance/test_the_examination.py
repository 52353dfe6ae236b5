"""The examination itself: a connector that breaks a promise does not pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hearwell.connect import conformance, failures
from hearwell.connect.conformance import NonconformingError, examine
from hearwell.connect.model import InboundMessage, MessageEdited, Raw
from hearwell.connect.subject import Count
from hearwell.connect.textrule import CodePoints
from hearwell.connectors.sandbox.connector import SandboxConnector
from hearwell.connectors.sandbox.fake import Fake

Spoil = Callable[[pytest.MonkeyPatch], None]


def _recordings() -> dict[str, bytes]:
    return {f"{n}.json": raw.body for n, raw in enumerate(Fake().story())}


def test_the_sandbox_passes() -> None:
    examine(Fake(), _recordings())


def _replace_parse(change: Callable[[Any], Any]) -> Spoil:
    parse = SandboxConnector.parse

    def spoil(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(
            SandboxConnector, "parse", lambda self, raw: [change(i) for i in parse(self, raw)]
        )

    return spoil


def _counting(patch: pytest.MonkeyPatch) -> None:
    manifest = replace(SandboxConnector.manifest, public_text=CodePoints(280))
    patch.setattr(SandboxConnector, "manifest", manifest)


def _trusting(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SandboxConnector, "verify", lambda *_: None)


def _half_trusting(patch: pytest.MonkeyPatch) -> None:
    def verify(self: SandboxConnector, raw: Raw, secrets: object) -> None:
        if not raw.headers:
            raise failures.BadSignature

    patch.setattr(SandboxConnector, "verify", verify)


def _raising(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SandboxConnector, "route", lambda _, raw: [json.loads(raw.body)["page"]])


def _clocked(patch: pytest.MonkeyPatch) -> None:
    parse = SandboxConnector.parse

    def stamped(self: SandboxConnector, raw: Raw) -> list[Any]:
        return [replace(item, occurred_at=datetime.now(UTC)) for item in parse(self, raw)]

    patch.setattr(SandboxConnector, "parse", stamped)


def _doubling(patch: pytest.MonkeyPatch) -> None:
    find = SandboxConnector.find_sent

    def found(self: SandboxConnector, *args: Any, **kwargs: Any) -> Any:
        return find(self, *args, **kwargs | {"linked": ()})

    patch.setattr(SandboxConnector, "find_sent", found)


def _retrying(patch: pytest.MonkeyPatch) -> None:
    send = SandboxConnector.send

    def sent(self: SandboxConnector, *args: Any) -> Any:
        try:
            return send(self, *args)
        except failures.OutcomeUnknown:
            return send(self, *args)

    patch.setattr(SandboxConnector, "send", sent)


def _lenient(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SandboxConnector, "preflight", lambda *_: [])


def _boasting(patch: pytest.MonkeyPatch) -> None:
    """More is promised than passes."""
    (limit,) = SandboxConnector.manifest.media
    manifest = replace(SandboxConnector.manifest, media=(replace(limit, max_count=9),))
    patch.setattr(SandboxConnector, "manifest", manifest)


def _incurious(patch: pytest.MonkeyPatch) -> None:
    """Nobody is asked what is to be seen."""
    preflight = SandboxConnector.preflight
    patch.setattr(
        SandboxConnector,
        "preflight",
        lambda *given: [one for one in preflight(*given) if one.blocking],
    )


def _undescribing(patch: pytest.MonkeyPatch) -> None:
    upload = SandboxConnector.upload
    patch.setattr(
        SandboxConnector,
        "upload",
        lambda self, account, file: upload(self, account, replace(file, alt="")),
    )


def _bare(patch: pytest.MonkeyPatch) -> None:
    send = SandboxConnector.send
    patch.setattr(
        SandboxConnector,
        "send",
        lambda self, account, draft, key: send(self, account, replace(draft, media=()), key),
    )


def _calling_elsewhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SandboxConnector, "hosts", lambda *_: frozenset({"harbour.example"}))


def _talkative(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Fake, "errors", lambda self: [_Leak(self)])


class _Leak:
    """An error that tells the token."""

    name, expects = "leak", failures.NeedsReauth

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    def act(self) -> None:
        raise failures.NeedsReauth(self._fake.account.secrets["access"])


def _forgetful(item: Any) -> Any:
    return replace(item, version=1) if isinstance(item, MessageEdited) else item


def _scattering(item: Any) -> Any:
    return replace(item, thread_key=item.external_id) if hasattr(item, "kind") else item


def _deaf_to_itself(item: Any) -> Any:
    return replace(item, is_echo=False) if isinstance(item, InboundMessage) else item


def _by_source(item: Any) -> Any:
    return replace(item, dedup_key=item.dedup_key + ":" + str(datetime.now(UTC).timestamp()))


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (_counting, conformance.text_counts_as_on_the_network),
        (_clocked, conformance.recordings_parse_twice_alike),
        (_raising, conformance.any_bytes_parse_or_are_refused),
        (_replace_parse(_forgetful), conformance.order_and_repetition_do_not_matter),
        (_replace_parse(_scattering), conformance.order_and_repetition_do_not_matter),
        (_replace_parse(_deaf_to_itself), conformance.sends_once_and_finds_it),
        (_replace_parse(_by_source), conformance.every_way_in_tells_the_same),
        (_trusting, conformance.forgeries_are_refused),
        (_half_trusting, conformance.forgeries_are_refused),
        (_doubling, conformance.sends_once_and_finds_it),
        (_retrying, conformance.errors_map_to_failures),
        (_lenient, conformance.preflight_is_pure_and_strict),
        (_boasting, conformance.manifest_says_which_files),
        (_incurious, conformance.manifest_says_which_files),
        (_undescribing, conformance.files_arrive_as_they_are),
        (_bare, conformance.files_arrive_as_they_are),
        (_calling_elsewhere, conformance.only_its_own_hosts_are_called),
        (_talkative, conformance.no_secret_slips_out),
    ],
)
def test_a_broken_promise_is_found(
    monkeypatch: pytest.MonkeyPatch, spoil: Spoil, check: conformance.Check
) -> None:
    recordings = _recordings()
    spoil(monkeypatch)
    fake = Fake()
    if check is conformance.only_its_own_hosts_are_called:
        fake.connector.health(fake.account)
    with pytest.raises(NonconformingError):
        check(fake, recordings)


def test_a_miscount_names_the_text() -> None:
    fake = Fake()
    fake.counts = lambda: [Count(next(iter(fake.connector.manifest.reply_audiences)), "abc", 4)]
    with pytest.raises(NonconformingError, match="abc"):
        conformance.text_counts_as_on_the_network(fake, {})
