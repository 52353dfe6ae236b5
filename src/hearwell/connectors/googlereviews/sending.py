"""One answer to a review: put where there is none, or in place of the one there is."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from hearwell.connect import failures
from hearwell.connect.fields import Fields, moment_in
from hearwell.connect.model import Act, Sent
from hearwell.connectors.google.wire import Line
from hearwell.connectors.googlereviews import parse, render

if TYPE_CHECKING:
    from hearwell.connect.model import Draft

ACTS = frozenset({Act.DELETE})


def send(line: Line, draft: Draft) -> Sent:
    """Put the answer. The same one again changes nothing."""
    review, text = render.target_of(draft), render.text_of(draft)
    answer = line.do("PUT", f"v4/{review}/reply", None, {"comment": text})
    try:
        return _sent(review, text, answer)
    except failures.ContractChanged as error:
        raise failures.OutcomeUnknown(network_code="200 without an answer") from error


def find_sent(line: Line, draft: Draft, linked: Collection[str]) -> Sent | None:
    """Whether the review's answer is this one."""
    review, text = render.target_of(draft), render.text_of(draft)
    answer = parse.answer_of(line.get(f"v4/{review}"))
    if answer is None or str(answer.get("comment", "")).strip() != text:
        return None
    sent = _sent(review, text, answer)
    return None if sent.external_id in linked else sent


def _sent(review: str, text: str, answer: Fields) -> Sent:
    return Sent(parse.answer_id(review, text), "", moment_in(answer, "updateTime"))


def act(line: Line, act: Act, ref: str) -> None:
    """Take our answer back; twice is no error."""
    review = parse.review_of(ref)
    if act is not Act.DELETE or review == ref:
        raise failures.NotAllowed
    try:
        line.do("DELETE", f"v4/{review}/reply", None, None)
    except failures.TargetGone:
        return
