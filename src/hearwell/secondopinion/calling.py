"""Post one question to a model. No database, and nothing inside is reached unless allowed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import httpx
from django.conf import settings

from hearwell.kit import http
from hearwell.kit.ourselves import own_origins
from hearwell.kit.outside import wrong_with
from hearwell.kit.text import clean
from hearwell.secondopinion.rules import MOST_ANSWER_BYTES, Outcome, Question

AGENT: Final = "Hearwell-SecondOpinion/1"
KEPT: Final = 4000
_OK, _TOO_MANY, _BROKEN = 200, 429, 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `outcome` empty for a 200, whose `body` is yet to be read."""

    outcome: Outcome | None
    status: int | None = None
    body: bytes = b""
    took_ms: int = 0
    retry_after_s: int = 0
    was_sent: bool = True

    @property
    def beginning(self) -> str:
        """Its first characters, as the log keeps them."""
        return clean(self.body.decode("utf-8", "replace"))[0][:KEPT]


def post(url: str, key: str, question: Question, limit_s: float) -> Answer:
    """Post a question and return what came of it within the limit. Raises nothing."""
    own = own_origins()
    allowed = [one for one in settings.HEARWELL_EGRESS_ALLOW if one not in set(own)]
    if wrong_with(url, allowed, own):
        return Answer(Outcome.NO_ADDRESS, was_sent=False)
    begin = time.monotonic()
    headers = {"user-agent": AGENT, "accept-encoding": "identity"}
    if key:
        headers["authorization"] = f"Bearer {key}"
    try:
        with http.client(
            None,
            origins=allowed,
            timeout_s=limit_s,
            max_bytes=MOST_ANSWER_BYTES,
            lasts_s=limit_s,
        ) as client:
            content = question.text.encode()
            sent = {**headers, "content-type": "application/json"}
            response = client.post(f"{url}/chat/completions", content=content, headers=sent)
    except http.AnswerTooLargeError:
        return Answer(Outcome.TOO_LARGE, took_ms=_ms(begin))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return _failed(error, _ms(begin))
    return Answer(
        _outcome(response.status_code),
        response.status_code,
        response.content,
        _ms(begin),
        http.retry_after_s(response.headers),
    )


def _failed(error: Exception, took_ms: int) -> Answer:
    is_connecting = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
    if isinstance(error, http.EgressDeniedError) or isinstance(error.__cause__, http.InsideError):
        return Answer(Outcome.NO_ADDRESS, took_ms=took_ms, was_sent=False)
    if is_connecting:
        return Answer(Outcome.NO_CONNECTION, took_ms=took_ms, was_sent=False)
    is_late = isinstance(error, httpx.TimeoutException)
    return Answer(Outcome.TIMEOUT if is_late else Outcome.BROKEN, took_ms=took_ms)


def _outcome(status: int) -> Outcome | None:
    if status == _OK:
        return None
    if status == _TOO_MANY:
        return Outcome.BUSY
    return Outcome.BROKEN if status >= _BROKEN else Outcome.REFUSED


def _ms(begin: float) -> int:
    return int((time.monotonic() - begin) * 1000)
