"""The examination of the connector on a switchboard in memory: no sockets."""

from __future__ import annotations

from datetime import UTC, datetime

from hearwell.connect.failures import BadSignature, ContractChanged
from hearwell.connect.model import Account, IngressSecrets, Raw, Source
from hearwell.connect.subject import ErrorCase, Subject
from hearwell.connectors.phone.connector import PhoneConnector
from hearwell.connectors.phone.fake_network import LINE, TOKEN, Network
from hearwell.connectors.phone.signing import SIGNATURE, TIMESTAMP, signature


class Fake(Subject):
    """On a fresh switchboard with one call."""

    connector: PhoneConnector

    def __init__(self) -> None:
        self.network = Network()
        self.connector = PhoneConnector()
        self.account = Account(LINE, LINE, settings={"number": LINE}, secrets={})
        self.ingress = IngressSecrets(signing=(TOKEN,))
        self.network.customer_says("Please call me about my bag")

    def raw(self, body: bytes) -> Raw:
        """A call for our line, signed."""
        at = datetime.now(UTC)
        seconds = str(int(at.timestamp()))
        headers = {
            "content-type": "application/json",
            TIMESTAMP: seconds,
            SIGNATURE: signature(TOKEN, seconds, body),
        }
        url = "https://care.example/hooks/x?line=%2B493012345678&country=49"
        return Raw("POST", url, headers, body, at, Source.WEBHOOK)

    def delivered(self) -> list[Raw]:
        """One call each."""
        return [self.raw(request.content) for request in self.network.deliveries()]

    def errors(self) -> list[ErrorCase]:
        """What it tells wrongly, and what nobody vouches for."""
        return [
            ErrorCase("no JSON", lambda: self._parsed(b"<html>"), ContractChanged),
            ErrorCase("no number", lambda: self._parsed(b'{"outcome":"missed"}'), ContractChanged),
            ErrorCase("unsigned", self._unsigned, BadSignature),
        ]

    def _parsed(self, body: bytes) -> object:
        return self.connector.parse(self.raw(body))

    def _unsigned(self) -> object:
        raw = Raw("POST", "https://care.example/hooks/x", {}, b"{}", datetime.now(UTC))
        self.connector.verify(raw, IngressSecrets((TOKEN,)))
        return None
