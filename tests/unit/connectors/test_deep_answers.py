"""An answer of nested brackets is a failure that the contract knows, at whichever network."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from hearwell.connect import failures
from hearwell.connectors.sandbox.connector import SandboxConnector
from hearwell.connectors.sandbox.fake import Fake as SandboxFake
from hearwell.connectors.sms.connector import SmsConnector
from hearwell.connectors.sms.fake import Fake as SmsFake
from hearwell.connectors.telegram.connector import TelegramConnector
from hearwell.connectors.telegram.fake import Fake as TelegramFake


def _client(*_: object) -> httpx.Client:
    deep = httpx.Response(200, text="[" * 100_000)
    return httpx.Client(transport=httpx.MockTransport(lambda _: deep))


ASKED: dict[str, Callable[[], object]] = {
    "sandbox": lambda: SandboxConnector(_client).identity(SandboxFake().account),
    "sms": lambda: SmsConnector(_client()).identity(SmsFake().account),
    "telegram": lambda: TelegramConnector(_client).identity(TelegramFake().account),
}


@pytest.mark.parametrize("network", ASKED)
def test_it_is_no_answer(network: str) -> None:
    with pytest.raises((failures.ContractChanged, failures.Unavailable)):
        ASKED[network]()
