"""The files of a composer as they are drawn: what each is, and what is wrong with it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from hearwell.channels.models import Channel
from hearwell.channels.queries import account_of
from hearwell.channels.telling import told
from hearwell.connect.attachments import IMAGE, Attachment
from hearwell.connect.contract import Replies
from hearwell.connect.mediarule import MediaRule
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.kit.sniff import PICTURES
from hearwell.outbound.queries import waiting_files
from hearwell.web.components.writing import FileFace, Files

_NOTHING: Final = MediaRule("")


def rule_of(channel: Channel | None) -> MediaRule:
    """Return what files may go out on a channel; none where nothing can be sent."""
    if channel is None:
        return _NOTHING
    try:
        connector = connector_for(channel.network)
    except UnknownNetworkError:
        return _NOTHING
    if not isinstance(connector, Replies):
        return _NOTHING
    return connector.media_rule(account_of(channel))


def files_under(workspace_id: UUID, key: str, channel: Channel | None) -> Files:
    """Return what was attached under a composer's key, as it stands for one channel; one query."""
    try:
        files = waiting_files(workspace_id, UUID(key))
    except ValueError:
        return Files()
    if not files:
        return Files()
    rule = rule_of(channel)
    if not rule.limits:
        words = _("Files cannot be sent to these readers from here.")
        return Files([_face(file, _NOTHING) for file in files], [words])
    of_one = {problem for file in files for problem in rule.wrong_with(file)}
    together = [one for one in rule.problems(files) if one not in of_one]
    return Files([_face(file, rule) for file in files], [told(one.message) for one in together])


def _face(file: Attachment, rule: MediaRule) -> FileFace:
    limit = rule.limit_for(file)
    wrong = [one for one in rule.wrong_with(file) if one.blocking] if rule.limits else []
    return FileFace(
        id=file.ref,
        name=file.name,
        size=filesizeformat(file.size),
        url=reverse("file", args=[file.ref]),
        is_picture=file.mime in PICTURES,
        alt=file.alt,
        longest_alt=limit.max_alt if limit and file.kind == IMAGE else 0,
        trouble=" ".join(told(problem.message) for problem in wrong),
    )
