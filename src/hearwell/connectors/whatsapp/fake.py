"""The examination of the connector on a fake number of its own."""

from __future__ import annotations

import httpx

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment
from hearwell.connect.model import Account, Audience, Author, Draft, IngressSecrets, Raw
from hearwell.connect.pretended import Answered, Examined, posted
from hearwell.connect.subject import Count, ErrorCase
from hearwell.connect.templates import SETTING
from hearwell.connectors.meta.fake_graph import CHALLENGE, error, throttled
from hearwell.connectors.meta.hook import HEADER, signature_of
from hearwell.connectors.whatsapp.connector import WhatsappConnector
from hearwell.connectors.whatsapp.fake_network import LENA, NUMBER, WABA, Network
from hearwell.connectors.whatsapp.parse import thread_of
from hearwell.connectors.whatsapp.templates import stored, usable


class Fake(Examined):
    """The connector on a fresh network with one message in it."""

    connector: WhatsappConnector
    network: Network

    def __init__(self) -> None:
        self.network = Network()
        self.connector = WhatsappConnector(self.network.client)
        app = self.network.app
        templates = stored(usable(self.network.templates))
        self.account = Account(
            external_id=NUMBER,
            handle="+1 555-078-3881",
            settings={"waba_id": WABA, "app_id": app.id, SETTING: templates},
            secrets={"token": self.network.mint(NUMBER), "app_secret": app.secret},
        )
        self.ingress = IngressSecrets(signing=(app.secret,), challenge=CHALLENGE)
        self.first = self.network.customer_says("My bag stayed in Lisbon")
        self.told: list[Raw] = []

    def raw(self, body: bytes) -> Raw:
        """A call of Meta's."""
        url = "https://care.example/hooks/x"
        return posted(url, {HEADER: signature_of(self.network.app.secret, body)}, body)

    def delivered(self) -> list[Raw]:
        """What the network told us since it began."""
        self.told += [self.raw(call.content) for call in self.network.deliveries()]
        return list(self.told)

    def story(self) -> list[Raw]:
        """A message, one more in answer to it, two edits and a deletion."""
        network = Network()
        first = network.customer_says("Where is my bag?")
        second = network.customer_says("Anyone?", context={"from": "1555", "id": first})
        network.edits(first, "Where is my blue bag?")
        network.edits(first, "Where is my blue bag? Tag LIS 4711")
        network.deletes(second)
        network.we_say_by_phone("We are looking for it.")
        return [self.raw(call.content) for call in network.deliveries()]

    def draft(self) -> Draft:
        """An answer to the first message."""
        return Draft(
            text="We have found it.",
            audience=Audience.PRIVATE,
            account=NUMBER,
            thread_key=thread_of(LENA["user_id"]),
            parent_id=self.first,
            to=Author(LENA["user_id"], f"+{LENA['wa_id']}", LENA["name"]),
        )

    def shown(self) -> list[tuple[bytes, str]]:
        """The file of our last message; there is no place for a description."""
        last = self.network.sent[-1]
        return [(self.network.files[last[last["type"]]["id"]].body, "")]

    def errors(self) -> list[ErrorCase]:
        """Every refusal that matters, and every way a line can break."""
        return [
            *self.answered(self.say, _REFUSALS),
            *self.answered(self.say, _ANSWERS),
            *self.answered(self._read, _TO_A_QUESTION),
            *self.broken(),
            ErrorCase("no such person", self._to_a_stranger, failures.WindowClosed),
            ErrorCase("upload", self._upload_of_nothing_known, failures.MediaRejected),
        ]

    def counts(self) -> list[Count]:
        """Characters, by hand."""
        return [
            Count(Audience.PRIVATE, "plain words", 11),
            Count(Audience.PRIVATE, "👨‍👩‍👧‍👦", 7),
            Count(Audience.PRIVATE, "e\u0301", 2),
        ]

    # --- misbehaving -----------------------------------------------------------------------------

    def _to_a_stranger(self) -> object:
        return self.say(thread_key=thread_of("US.1"))

    def _upload_of_nothing_known(self) -> object:
        file = Attachment("application/x-nobody-takes-this", "x", 1, body=b"x")
        return self.connector.upload(self.account, file)

    def _read(self) -> object:
        return self.connector.read_templates(self.account)


_F = failures
_SAID: tuple[tuple[int, int, int, type[failures.Failure]], ...] = (
    (401, 190, 463, _F.NeedsReauth),
    (401, 0, 0, _F.NeedsReauth),
    (403, 10, 0, _F.ScopeMissing),
    (403, 200, 0, _F.ScopeMissing),
    (403, 131005, 0, _F.ScopeMissing),
    (400, 4, 0, _F.Throttled),
    (400, 80007, 0, _F.Throttled),
    (400, 130429, 0, _F.Throttled),
    (400, 131048, 0, _F.Throttled),
    (400, 131056, 0, _F.Throttled),
    (500, 131057, 0, _F.Throttled),
    (403, 368, 0, _F.AccountDisabled),
    (403, 131031, 0, _F.AccountDisabled),
    (400, 131042, 0, _F.AccountDisabled),
    (500, 131045, 0, _F.AccountDisabled),
    (400, 2635, 0, _F.Refused),
    (400, 131047, 0, _F.WindowClosed),
    (400, 131026, 0, _F.NotAllowed),
    (400, 131030, 0, _F.NotAllowed),
    (400, 131049, 0, _F.NotAllowed),
    (400, 131050, 0, _F.NotAllowed),
    (400, 131062, 0, _F.NotAllowed),
    (400, 131053, 0, _F.MediaRejected),
    (400, 131052, 0, _F.MediaRejected),
    (400, 132000, 0, _F.Refused),
    (404, 132001, 0, _F.Refused),
    (400, 132015, 0, _F.Refused),
    (400, 132018, 0, _F.Refused),
    (400, 131009, 0, _F.Refused),
    (400, 100, 0, _F.Refused),
    (400, 100, 33, _F.TargetGone),
    (500, 131000, 0, _F.OutcomeUnknown),
    (503, 131016, 0, _F.OutcomeUnknown),
    (500, 1, 0, _F.OutcomeUnknown),
    (200, 131000, 0, _F.OutcomeUnknown),
)
_REFUSALS: tuple[Answered, ...] = tuple(
    (f"{code}", error(code, sub, status=status), expects) for status, code, sub, expects in _SAID
)
_TO_A_QUESTION: tuple[Answered, ...] = (
    ("read at 500", httpx.Response(500), _F.Unavailable),
    ("read in HTML", httpx.Response(200, text="<html>"), _F.ContractChanged),
)
_ANSWERS: tuple[Answered, ...] = (
    ("slow, and for how long", throttled(80008), _F.Throttled),
    ("429 in HTML", httpx.Response(429, text="<html>"), _F.Throttled),
    ("500", httpx.Response(500), _F.OutcomeUnknown),
    ("502 in HTML", httpx.Response(502, text="<html>"), _F.OutcomeUnknown),
    ("200 in HTML", httpx.Response(200, text="<html>"), _F.OutcomeUnknown),
    ("200 without an id", httpx.Response(200, json={"messages": []}), _F.OutcomeUnknown),
)
