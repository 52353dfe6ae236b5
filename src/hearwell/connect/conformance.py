"""The examination that every connector passes, ours and third parties' alike.

``CHECKS`` is a list of functions of (subject, recordings); each raises ``NonconformingError``
saying what is wrong. ``examine`` runs them all. Recordings are payloads as the network really
sent them, by name. A check of something that the connector cannot do passes silently: what it
can do is what its class *is*.
"""

from __future__ import annotations

import json
import logging
import random
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hearwell.connect.conformance_acts import acts_bear_repeating
from hearwell.connect.conformance_files import (
    files_arrive_as_they_are,
    manifest_says_which_files,
)
from hearwell.connect.contract import Connector, Polls, Receives, ReceivesWebhooks, Replies
from hearwell.connect.failures import BadSignature, ContractChanged, Failure
from hearwell.connect.ledger import ledger_of
from hearwell.connect.manifest import Changes, ReadBack
from hearwell.connect.model import (
    Audience,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Raw,
    Sent,
)
from hearwell.connect.noise import noise
from hearwell.connect.promises import NonconformingError, must
from hearwell.connect.subject import Subject

Recordings = Mapping[str, bytes]
Check = Callable[[Subject, Recordings], None]
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_SEED = 20261122
_ORDERS, _ROUNDS, _PAGES = 60, 150, 50
_CLIENT_KEY = "0199a000-0000-7000-8000-000000000001"


def examine(subject: Subject, recordings: Recordings) -> None:
    """Run every check; the first broken promise raises."""
    for check in CHECKS:
        check(subject, recordings)


# --- what it says of itself ----------------------------------------------------------------------


def manifest_is_valid(subject: Subject, recordings: Recordings) -> None:
    """Key, title and limits are there, and what it claims is what its class is."""
    del recordings
    manifest, connector = subject.connector.manifest, subject.connector
    must(_KEY.fullmatch(manifest.network), f"{manifest.network!r} is no network key")
    must(manifest.title.strip(), "a network needs a title for people")
    must(manifest.public_text.limit > 0, "a text limit is above zero")
    answers, hears = (isinstance(connector, kind) for kind in (Replies, Receives))
    must(answers == bool(manifest.reply_audiences), "audiences to answer ≠ class can answer")
    must(answers or manifest.read_back is ReadBack.NONE, "reads back what it cannot send")
    must(hears == bool(manifest.kinds), "kinds to hear ≠ class hears")
    must(all(w.lasts > timedelta(0) for w in manifest.windows), "a window lasts some time")
    must(all(host == host.lower() and "/" not in host for host in manifest.hosts), "bare hosts")


def text_counts_as_on_the_network(subject: Subject, recordings: Recordings) -> None:
    """The rule gives the network's own length, and pieces of a split fit."""
    del recordings
    for case in subject.counts():
        rule = subject.connector.text_rule(subject.account, case.audience)
        counted = rule.count(case.text)
        must(counted == case.length, f"{case.text[:40]!r}: {counted}, the network {case.length}")
        pieces = rule.split(case.text * 30)
        must(all(rule.fits(piece) for piece in pieces), f"{case.text[:40]!r}: a piece is too long")


# --- what it hears -------------------------------------------------------------------------------


def recordings_parse_twice_alike(subject: Subject, recordings: Recordings) -> None:
    """Every recorded payload gives items, the same ones each time."""
    connector = subject.connector
    if not isinstance(connector, Receives):
        return
    must(recordings, f"{connector.manifest.network}: no recorded payloads")
    for name, body in recordings.items():
        raw = subject.raw(body)
        first, second = connector.parse(raw), connector.parse(raw)
        must(first, f"{name}: no items")
        must(first == second, f"{name}: parsed twice, two results")
        for item in first:
            _item_is_sound(name, item)


def _item_is_sound(name: str, item: Inbound) -> None:
    must(item.dedup_key and item.account, f"{name}: an item without dedup key or account")
    must(item.occurred_at.utcoffset() == timedelta(0), f"{name}: a time that is not UTC")
    must(item.version >= 1, f"{name}: versions begin at 1")
    must(item.raw_index is None, f"{name}: raw_index is the drainer's to set")
    if isinstance(item, InboundMessage):
        must(item.external_id and item.author.external_id, f"{name}: nobody said nothing")
        must(item.thread_key, f"{name}: a message without a thread")
        ends = all(0 <= e.start < e.end <= len(item.text) for e in item.entities)
        must(ends, f"{name}: an entity outside its text (offsets are code points)")


def any_bytes_parse_or_are_refused(subject: Subject, recordings: Recordings) -> None:
    """Whatever the bytes: items, or ``ContractChanged``; routing likewise."""
    connector = subject.connector
    if not isinstance(connector, Receives):
        return
    for body in noise(list(recordings.values()), seed=_SEED, rounds=_ROUNDS):
        raw = subject.raw(body)
        _refuses_kindly(connector.parse, raw)
        if hasattr(connector, "route"):  # a webhook's; pollers know whom they asked for
            _refuses_kindly(connector.route, raw)


def _refuses_kindly(read: Callable[[Raw], object], raw: Raw) -> None:
    try:
        read(raw)
    except ContractChanged:
        return
    except Exception as error:
        message = f"{read.__name__} raised {error!r} for {raw.body[:300]!r}"
        raise NonconformingError(message) from error


def order_and_repetition_do_not_matter(subject: Subject, recordings: Recordings) -> None:
    """Thrice each and shuffled, edit or deletion first, child before parent: one conversation."""
    del recordings
    connector, story = subject.connector, list(subject.story())
    if not isinstance(connector, Receives) or not story:
        return
    told = [connector.parse(raw) for raw in story]
    _story_is_whole(connector, [item for items in told for item in items])
    expected = ledger_of(item for items in told for item in items)
    threads = {entry.thread_key for entry in expected.values()}
    must(len(threads) == 1, f"one conversation, {len(threads)} threads: {sorted(threads)}")
    for order in _orders(told):
        must(ledger_of(order) == expected, "another order of delivery, another conversation")


def _story_is_whole(connector: Connector, items: list[Inbound]) -> None:
    kinds = {type(item) for item in items}
    manifest = connector.manifest
    must(manifest.edits is Changes.NEVER or MessageEdited in kinds, "the story has no edit")
    gone = manifest.deletions is Changes.NEVER or MessageDeleted in kinds
    must(gone, "the story has no deletion")
    messages = [item for item in items if isinstance(item, InboundMessage)]
    must(any(m.parent_id for m in messages), "the story has no child")
    must(not manifest.has_echo or any(m.is_echo for m in messages), "the story has no echo")


def _orders(told: list[list[Inbound]]) -> Iterator[list[Inbound]]:
    rng = random.Random(_SEED)  # noqa: S311 -- reproducible shuffling
    yield [item for items in reversed(told) for item in items]
    for _ in range(_ORDERS):
        thrice = told * 3
        rng.shuffle(thrice)
        yield [item for items in thrice for item in items]


def every_way_in_tells_the_same(subject: Subject, recordings: Recordings) -> None:
    """What was pushed and what a poll finds carry the same dedup keys."""
    del recordings
    connector = subject.connector
    if not isinstance(connector, Polls) or not isinstance(connector, ReceivesWebhooks):
        return
    pushed = {i.dedup_key for raw in subject.delivered() for i in connector.parse(raw)}
    polled = {i.dedup_key for raw in _polled(connector, subject) for i in connector.parse(raw)}
    must(pushed <= polled, f"pushed but not polled: {sorted(pushed - polled)[:3]}")


def _polled(connector: Polls, subject: Subject) -> Iterator[Raw]:
    for stream in connector.streams(subject.account):
        cursor: str | None = None
        for _ in range(_PAGES):
            page = connector.poll(subject.account, stream, cursor)
            yield from page.raws
            if not page.raws or page.cursor == cursor:
                break
            cursor = page.cursor


# --- whom it trusts ------------------------------------------------------------------------------


def forgeries_are_refused(subject: Subject, recordings: Recordings) -> None:
    """Right passes with the new and the old secret; altered, unsigned, foreign, old does not."""
    connector, ingress = subject.connector, subject.ingress
    if not isinstance(connector, ReceivesWebhooks) or ingress is None:
        return
    raw = subject.raw(next(iter(recordings.values()), b"{}"))
    connector.verify(raw, ingress)
    connector.verify(raw, replace(ingress, signing=("another", *ingress.signing)))
    wrong = replace(ingress, signing=("another",))
    for secrets in (wrong, replace(ingress, signing=()), replace(ingress, signing=("",))):
        _is_forged(connector, raw, secrets)
    if connector.signs_body:
        _is_forged(connector, replace(raw, body=raw.body + b" "), ingress)
    _is_forged(connector, replace(raw, headers={}), ingress)
    for name in raw.headers:
        if "sign" in name or "token" in name:
            _is_forged(connector, replace(raw, headers={**raw.headers, name: ""}), ingress)
            _is_forged(connector, replace(raw, headers={**raw.headers, name: "é\ud800"}), ingress)


def _is_forged(connector: ReceivesWebhooks, raw: Raw, secrets: object) -> None:
    try:
        connector.verify(raw, secrets)  # type: ignore[arg-type]
    except BadSignature:
        return
    message = "a forged delivery was accepted"
    raise NonconformingError(message)


# --- what it says --------------------------------------------------------------------------------


def sends_once_and_finds_it(subject: Subject, recordings: Recordings) -> None:
    """Sent, echoed with our key or id, found by reading back, never claimed twice."""
    del recordings
    connector = subject.connector
    if not isinstance(connector, Replies) or not connector.manifest.reply_audiences:
        return
    account, draft = subject.account, subject.draft()
    since = datetime.now(UTC) - timedelta(minutes=1)
    must(connector.identity(account) == account.external_id, "the token speaks for another")
    if connector.manifest.read_back is not ReadBack.NONE:
        early = connector.find_sent(account, draft, _CLIENT_KEY, since=since)
        must(early is None, "found before it was sent")
    before = len(subject.delivered())
    sent = connector.send(account, draft, _CLIENT_KEY)
    while not isinstance(sent, Sent):
        sent = connector.settle(account, sent)
    _echo_is_ours(subject, before, sent)
    if connector.manifest.read_back is not ReadBack.NONE:
        found = connector.find_sent(account, draft, _CLIENT_KEY, since=since)
        must(found == sent, f"sent {sent}, read back {found}")
        linked = {sent.external_id}
        again = connector.find_sent(account, draft, _CLIENT_KEY, since=since, linked=linked)
        must(again is None, "one remote message was claimed twice")


def _echo_is_ours(subject: Subject, before: int, sent: Sent) -> None:
    connector = subject.connector
    if not connector.manifest.has_echo or not isinstance(connector, Receives):
        return
    items = [i for raw in subject.delivered()[before:] for i in connector.parse(raw)]
    echoes = [i for i in items if isinstance(i, InboundMessage) and i.is_echo]
    must(echoes, "the echo is not told apart from a customer's message")
    ours = any(i.external_id == sent.external_id or i.echo_key == _CLIENT_KEY for i in echoes)
    must(ours, "the echo cannot be matched to what was sent")


def preflight_is_pure_and_strict(subject: Subject, recordings: Recordings) -> None:
    """The same answer twice, nobody called; too long and the wrong account are stopped."""
    del recordings
    connector = subject.connector
    if not isinstance(connector, Replies) or not connector.manifest.reply_audiences:
        return
    account, draft, now = subject.account, subject.draft(), datetime(2026, 11, 22, tzinfo=UTC)
    calls = len(list(subject.contacted()))
    problems = connector.preflight(account, draft, now)
    must(problems == connector.preflight(account, draft, now), "preflight is not pure")
    must(not any(p.blocking for p in problems), f"a good draft was stopped: {problems}")
    limit = connector.text_rule(account, draft.audience).limit
    for bad in (
        replace(draft, text="x" * (limit + 1)),
        replace(draft, text="x" * limit, initials="AB", audience=Audience.PUBLIC),
        replace(draft, account="another"),
    ):
        if bad.audience in connector.manifest.reply_audiences:
            stopped = any(p.blocking for p in connector.preflight(account, bad, now))
            must(stopped or _has_no_initials(connector, bad), f"not stopped: {bad!r:.120}")
    must(len(list(subject.contacted())) == calls, "preflight called the network")


def _has_no_initials(connector: Connector, draft: object) -> bool:
    return getattr(draft, "initials", None) is not None and not connector.manifest.uses_initials


def errors_map_to_failures(subject: Subject, recordings: Recordings) -> None:
    """Each documented error raises its failure, with words for the agent; nothing else."""
    del recordings
    for case in subject.errors():
        try:
            case.act()
        except Failure as failure:
            must(type(failure) is case.expects, f"{case.name}: {failure!r}")
            must(failure.message and failure.code, f"{case.name}: nothing to tell the agent")
        except Exception as error:
            message = f"{case.name}: {error!r} is not a failure of the contract"
            raise NonconformingError(message) from error
        else:
            message = f"{case.name}: nothing was raised"
            raise NonconformingError(message)


def health_never_raises(subject: Subject, recordings: Recordings) -> None:
    """Health is a verdict, also without a single setting or secret."""
    del recordings
    bare = replace(subject.account, settings={}, secrets={})
    for account in (subject.account, bare):
        health = subject.connector.health(account)
        must(health.checks, "health has at least one check")


# --- where it goes and what it lets slip ---------------------------------------------------------


def only_its_own_hosts_are_called(subject: Subject, recordings: Recordings) -> None:
    """Whatever was done so far went to the hosts it named."""
    del recordings
    stray = set(subject.contacted()) - subject.connector.hosts(subject.account)
    must(not stray, f"called {sorted(stray)}, which the manifest does not name")


def no_secret_slips_out(subject: Subject, recordings: Recordings) -> None:
    """Not in a repr, not in a failure's words or traceback, not in any log record."""
    del recordings
    secrets = [*subject.account.secrets.values()]
    if subject.ingress is not None:
        secrets += [*subject.ingress.signing, subject.ingress.challenge]
    said = [repr(subject.account), repr(subject.ingress), repr(subject.connector)]
    with _log_lines() as lines:
        for case in subject.errors():
            said += _words_of(case.act)
        said.append(repr(subject.connector.health(subject.account)))
    spoken = json.dumps(said + lines)
    for secret in filter(None, secrets):
        must(secret not in spoken, f"a secret ({secret[:3]}…) was shown")


def _words_of(act: Callable[[], object]) -> list[str]:
    try:
        return [repr(act())]
    except Exception as error:  # noqa: BLE001 -- whatever it says must not hold a secret
        return [repr(error), "".join(traceback.format_exception(error))]


@contextmanager
def _log_lines() -> Iterator[list[str]]:
    """Everything that any logger says, at any level."""
    lines: list[str] = []
    handler, root = logging.Handler(), logging.getLogger()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


CHECKS: tuple[Check, ...] = (
    manifest_is_valid,
    text_counts_as_on_the_network,
    recordings_parse_twice_alike,
    any_bytes_parse_or_are_refused,
    order_and_repetition_do_not_matter,
    forgeries_are_refused,
    sends_once_and_finds_it,
    manifest_says_which_files,
    files_arrive_as_they_are,
    acts_bear_repeating,
    every_way_in_tells_the_same,
    preflight_is_pure_and_strict,
    errors_map_to_failures,
    health_never_raises,
    only_its_own_hosts_are_called,
    no_secret_slips_out,
)


def names_of(checks: Iterable[Check]) -> list[str]:
    """What the checks are called in a report."""
    return [check.__name__ for check in checks]
