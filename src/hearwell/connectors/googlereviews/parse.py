"""What Google told us of reviews, read into the contract's items. Pure and total.

A delivery is an envelope of our own: ``account`` (``accounts/…``), ``place`` (what the location is
called) and any of

- ``reviews``: reviews as ``accounts.locations.reviews`` gives them, with our answer;
- ``gone``: names of reviews that are there no more, and ids of answers that were replaced.

An answer has no name of its own and a review has one answer at most. Its id is made of its words,
so that the same answer is the same one however often it is sent, and another one is another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, json_of, moment_in, nonempty_in, object_in, text_or_none
from hearwell.connect.model import (
    Audience,
    Author,
    Inbound,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    MessageKind,
    Raw,
    Receipt,
    ReceiptState,
)

STARS: Mapping[str, int] = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
_ANSWER: Final = "/reply/"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REJECTED: Final = "Google's moderation has rejected this answer; customers do not see it."
_STATES: Mapping[str, ReceiptState] = {
    "REJECTED": ReceiptState.FAILED,
    "APPROVED": ReceiptState.DELIVERED,
}


def parse(raw: Raw) -> list[Inbound]:
    """Every item of a delivery, in its order. Raises ``ContractChanged``, and nothing else."""
    body = object_in(json_of(raw.body, "Google"), "a delivery")
    account = nonempty_in(body, "account")
    place = text_or_none(body, "place") or ""
    parts = [name for name in _READERS if name in body]
    if not parts:
        message = "a delivery with nothing in it that is known"
        raise ContractChanged(message)
    return [item for name in parts for item in _READERS[name](account, place, body[name], raw)]


def answer_id(review: str, text: str) -> str:
    """The id of an answer to a review: the same for the same words."""
    digest = hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()
    return f"{review}{_ANSWER}{digest[:16]}"


def review_of(ref: str) -> str:
    """The review that an id belongs to: its own, or that of an answer."""
    return ref.partition(_ANSWER)[0]


def answer_of(review: Fields) -> Fields | None:
    """Our answer to a review; None if there is none."""
    answer = review.get("reviewReply")
    return answer if isinstance(answer, dict) and answer else None


def _reviews(account: str, place: str, said: object, _: Raw) -> Iterable[Inbound]:
    if not isinstance(said, list):
        message = "a list of reviews that is none"
        raise ContractChanged(message)
    for one in said:
        review = object_in(one, "a review")
        yield from _review(account, place, review)
        answer = answer_of(review)
        if answer is not None:
            yield from _answer(account, nonempty_in(review, "name"), answer)


def _review(account: str, place: str, review: Fields) -> Iterable[Inbound]:
    name, text = nonempty_in(review, "name"), text_or_none(review, "comment") or ""
    at, changed = moment_in(review, "createTime"), moment_in(review, "updateTime")
    version = max(1, _ms(changed)) if changed > at else 1
    stars = STARS.get(str(review.get("starRating")))
    if changed > at:
        yield MessageEdited(
            external_id=name,
            dedup_key=f"edit:{name}:{version}",
            occurred_at=changed,
            account=account,
            version=version,
            thread_key=name,
            text=text,
            edited_at=changed,
            rating=stars,
        )
    yield InboundMessage(
        external_id=name,
        dedup_key=f"review:{name}",
        occurred_at=at,
        account=account,
        version=version,
        thread_key=name,
        kind=MessageKind.REVIEW,
        audience=Audience.PUBLIC,
        author=_author(name, review),
        text=text,
        root_id=name,
        rating=stars,
        subject=place,
    )


def _answer(account: str, review: str, answer: Fields) -> Iterable[Inbound]:
    text = text_or_none(answer, "comment") or ""
    at, answer_ref = moment_in(answer, "updateTime"), answer_id(review, text)
    yield InboundMessage(
        external_id=answer_ref,
        dedup_key=f"answer:{answer_ref}",
        occurred_at=at,
        account=account,
        thread_key=review,
        kind=MessageKind.COMMENT,
        audience=Audience.PUBLIC,
        author=Author(account),
        text=text,
        parent_id=review,
        root_id=review,
        is_echo=True,
    )
    told = text_or_none(answer, "reviewReplyState") or ""
    state = _STATES.get(told)
    if state is not None:
        yield Receipt(
            external_id=answer_ref,
            dedup_key=f"moderated:{answer_ref}:{told}",
            occurred_at=at,
            account=account,
            thread_key=review,
            state=state,
            target_id=answer_ref,
            reason=_why(answer) if state is ReceiptState.FAILED else "",
        )


def _why(answer: Fields) -> str:
    """What the answer is said to violate, where Google says."""
    told = answer.get("policyViolation")
    return f"{_REJECTED} ({told[:100]})" if isinstance(told, str) and told else _REJECTED


def _author(name: str, review: Fields) -> Author:
    """Who wrote it. Google tells no id of a person: one is known by this review alone."""
    told = review.get("reviewer")
    shown = text_or_none(told, "displayName") if isinstance(told, dict) else None
    return Author(f"reviewer:{name}", "", shown or "")


def _gone(account: str, _: str, said: object, raw: Raw) -> Iterable[Inbound]:
    if not isinstance(said, list) or not all(isinstance(one, str) and one for one in said):
        message = "a list of deleted reviews that is none"
        raise ContractChanged(message)
    for one in said:
        yield MessageDeleted(
            external_id=one,
            dedup_key=f"gone:{one}",
            occurred_at=raw.received_at,
            account=account,
            thread_key=review_of(one),
        )


def _ms(at: datetime) -> int:
    return int((at - _EPOCH).total_seconds() * 1000)


_Reader = Callable[[str, str, Any, Raw], Iterable[Inbound]]
_READERS: Mapping[str, _Reader] = {"reviews": _reviews, "gone": _gone}
