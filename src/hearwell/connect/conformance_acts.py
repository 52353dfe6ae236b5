"""The part of the examination that is about acts on messages: doing one twice is no error."""

from __future__ import annotations

from collections.abc import Mapping

from hearwell.connect.contract import Moderates, Replies
from hearwell.connect.failures import Failure
from hearwell.connect.model import Act, Sent
from hearwell.connect.promises import must
from hearwell.connect.subject import Subject

_KEY = "0199a000-0000-7000-8000-0000000ac7ed"


def acts_bear_repeating(subject: Subject, recordings: Mapping[str, bytes]) -> None:
    """A like, its end, and the deletion of what we said: each twice, without an error."""
    del recordings
    connector, account = subject.connector, subject.account
    if not isinstance(connector, Moderates) or not isinstance(connector, Replies):
        return
    must(connector.acts, "it can do nothing")
    draft = subject.draft()
    sent = connector.send(account, draft, _KEY)
    ours = sent.external_id if isinstance(sent, Sent) else None
    for act, ref in (
        (Act.LIKE, draft.parent_id),
        (Act.UNLIKE, draft.parent_id),
        (Act.DELETE, ours),
    ):
        if act in connector.acts and ref:
            _twice(subject, connector, act, ref)


def _twice(subject: Subject, connector: Moderates, act: Act, ref: str) -> None:
    for time in ("once", "again"):
        try:
            connector.act(subject.account, act, ref)
        except Failure as failure:
            must(holds=False, message=f"{act.value}, {time}: {failure!r}")
