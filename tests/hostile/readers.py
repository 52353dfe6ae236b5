"""Everything of ours that reads what strangers send, and what each may say to what it cannot."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx

from hearwell.commerce import calling, cards, openapi
from hearwell.connect import failures
from hearwell.connect.contract import ReceivesWebhooks
from hearwell.connect.model import Raw
from hearwell.connect.registry import all_connectors
from hearwell.connect.subject import Subject, subject_for
from hearwell.connectors.email import limited, reading
from hearwell.connectors.feeds import charsets, discovery, fetching
from hearwell.connectors.feeds import reading as feed_reading
from hearwell.connectors.feeds.parse import parse as parse_feed
from hearwell.conversations import references
from hearwell.conversations.words import asked, excerpt, vector
from hearwell.gateway.chat.files import bare, type_of
from hearwell.gateway.chat.refusals import Refusal
from hearwell.guard import masking
from hearwell.guard.rules import Terms, findings
from hearwell.inbox import callfiles
from hearwell.inbox.archives import look, mailed, rows
from hearwell.inbox.archives.records import ArchiveError, Layout
from hearwell.inbox.links import BadLinkError, recognised
from hearwell.kit import http, sniff
from hearwell.kit.markup import plain_text
from hearwell.kit.pictures import DamagedError, without_metadata
from hearwell.kit.text import clean
from hearwell.kit.tokens import TokenRefusedError, object_in
from hearwell.listening import rules as listening
from hearwell.secondopinion import rules
from hearwell.secondopinion import rules as opinion
from hearwell.surveys import rules as surveys
from hearwell.triage.engine.features import Item
from hearwell.triage.engine.judge import judge

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
BASE = "https://blog.northwind.test/feed"
FORM = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": "eA=="}
WANTED = listening.Wanted(("Northwind Air", "日本"), ("harbour",), is_lenient=True)


MODEL, TOOL = rules.MOST_ANSWER_BYTES, calling.MOST_ANSWER_BYTES


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads; `may_say` are the refusals that it documents.

    `at_most` bytes ever reach it: whoever fetches for it takes no more.
    """

    name: str
    read: Callable[[bytes], object]
    may_say: tuple[type[Exception], ...] = ()
    at_most: int | None = None

    @property
    def names(self) -> set[str]:
        """What the refusals and all their kinds are called."""
        kinds = list(self.may_say)
        for kind in kinds:
            kinds += kind.__subclasses__()
        return {kind.__name__ for kind in kinds}


def readers() -> Mapping[str, list[Reader]]:
    """Target -> who reads it."""
    limited.read = reading.read  # in this process, which is weighed; else in a child of its own
    networks = [subject_for(one) for one in all_connectors()]
    changed = (failures.ContractChanged,)
    return {
        "json": [*_networks(networks), *_answers()],
        "form": [_verifier(one) for one in networks if one.connector.manifest.network in FORMS],
        "xml": [
            Reader("feed", lambda body: feed_reading.read(body, "text/xml", BASE), changed),
            Reader("stored feed", lambda body: parse_feed(_raw(body, "text/xml")), changed),
            Reader("page", _named),
        ],
        "gzip": [
            Reader("any answer", _answered, (httpx.TransportError, httpx.DecodingError)),
            Reader("feed's answer", _fed, (*changed, httpx.TransportError)),
            Reader("archive's beginning", _looked_at, (ArchiveError,)),
        ],
        "mail": [Reader("mail", lambda body: _mail(body, networks), changed)],
        "picture": [
            Reader("attached", _picture, (DamagedError,)),
            Reader("from the chat", lambda body: bare(body, type_of(body)), (Refusal,)),
        ],
        "archive": [
            Reader("archive's beginning", _looked_at, (ArchiveError,)),
            Reader("archive", _archive, (ArchiveError,)),
        ],
        "table": [Reader("calls", lambda body: callfiles.read_file(body, zone="Europe/Berlin"),
                         (callfiles.CallFileError,))],
        "text": list(_texts()),
    }  # fmt: skip


# Those whose signature is over the fields of a form: it is read before anybody is proven.
FORMS = ("sms", "phone")


def _networks(networks: list[Subject]) -> Iterator[Reader]:
    changed = (failures.ContractChanged,)
    for one in networks:
        name = one.connector.manifest.network
        if name not in {"email", "feeds"}:
            yield Reader(f"{name} parse", _parser(one), changed)
        if isinstance(one.connector, ReceivesWebhooks):
            yield replace(_verifier(one), name=f"{name} verify")
    yield Reader("feed", lambda body: feed_reading.read(body, "application/json", BASE), changed)
    yield Reader("stored feed", lambda body: parse_feed(_raw(body, "application/json")), changed)


def _parser(one: Subject) -> Callable[[bytes], object]:
    parse = one.connector.parse
    return lambda body: parse(_raw(body, "application/json"))


def _verifier(one: Subject) -> Reader:
    connector, ingress = one.connector, one.ingress
    assert isinstance(connector, ReceivesWebhooks)
    assert ingress is not None
    network = connector.manifest.network
    raw = replace(one.raw(b"{}"), received_at=AT)
    more = FORM if network in FORMS else {}

    def read(body: bytes) -> None:
        connector.verify(replace(raw, body=body, headers={**raw.headers, **more}), ingress)

    return Reader(f"{network} verify", read, (failures.BadSignature,))


def _answers() -> Iterator[Reader]:
    yield Reader("model's answer", opinion.read_completion, (opinion.UnusableError,), MODEL)
    yield Reader("model's words", _labels, (opinion.UnusableError,), MODEL)
    yield Reader("tool's answer", cards.document_of, (cards.UnreadableError,), TOOL)
    yield Reader("tool's description", openapi.read_document, (openapi.BadDocumentError,))
    yield Reader("token", lambda body: object_in(body.decode("latin-1")), (TokenRefusedError,))


def _labels(body: bytes) -> None:
    opinion.read_labels(body.decode("utf-8", "replace"))


def _raw(body: bytes, kind: str) -> Raw:
    headers = {"content-type": kind, "x-feed-url": BASE}
    return Raw("POST", "https://here.test/hooks/x?account=1", headers, body, AT)


def _named(body: bytes) -> None:
    for _ in discovery.named_in(charsets.text_of(body, "text/html"), BASE):
        pass


def _mail(body: bytes, networks: list[Subject]) -> None:
    one = next(one for one in networks if one.connector.manifest.network == "email")
    one.connector.parse(one.raw(body))


def _packed_answer(body: bytes) -> httpx.Response:
    return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(body))


def _answered(body: bytes) -> None:
    for _ in http._unpacked(_packed_answer(body), http.MAX_ANSWER_BYTES):
        pass


def _fed(body: bytes) -> None:
    answer = _packed_answer(body)
    b"".join(fetching._unpacked(answer, fetching.MOST_BYTES, float("inf")))


@contextmanager
def _file(body: bytes) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        yield Path(file.name)


def _looked_at(body: bytes) -> None:
    """Look at a file, as the page does that takes it."""
    with _file(body) as path:
        look.looked_at(path)


def _archive(body: bytes) -> None:
    """Read all of a file, whatever it is, as the import does: that takes as long as it is."""
    with _file(body) as path:
        for layout in (Layout.TWCS, Layout.JSONL, Layout.PLAY):
            with suppress(ArchiveError):
                for _ in rows.read_rows(path, layout):
                    pass
        for _ in mailed.letter_rows(path, ["support@northwind.test"]):
            pass


def _picture(body: bytes) -> None:
    without_metadata(body, sniff.type_of(body[: sniff.ENOUGH]))


def _texts() -> Iterator[Reader]:
    """What a message's words go through between its arrival and its place on the screen."""
    looks: Mapping[str, Callable[[str], object]] = {
        "cleaned": clean,
        "found by": vector,
        "asked for": lambda text: excerpt(text, asked(text)),
        "marked": lambda text: excerpt(text, asked("northwind lost")),
        "references": references.references,
        "judged": lambda text: judge([Item(text)], None),
        "masked": lambda text: masking.mask(text, names=["Lena Hoff"], masks=["NW-******"]),
        "guarded": lambda text: findings(
            text, Terms(patterns=("NW-99**", "******")), is_public=True
        ),
        "heard": lambda text: listening.read(WANTED, text),
        "surveyed": surveys.read,
        "recognised": recognised,
        "markup": plain_text,
    }
    for name, look_at in looks.items():
        yield Reader(name, lambda body, look_at=look_at: look_at(body.decode()), (BadLinkError,))
