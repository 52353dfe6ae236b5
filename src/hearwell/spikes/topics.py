"""What a message is about, for counting: its kind and its case's labels. Replace it here.

A topic is a word with a prefix: `kind:complaint`, `label:delays`. The empty one is everything.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

EVERYTHING: Final = ""
KIND, LABEL = "kind:", "label:"
# Of `said` (at, channel_id, workspace_id, case_id, kind, urgency): a line a message and topic.
TOPICS_SQL: Final = """
    SELECT at, channel_id, kind, urgency, '' AS topic FROM said
    UNION ALL
    SELECT at, channel_id, kind, urgency, 'kind:' || kind FROM said WHERE kind <> ''
    UNION ALL
    SELECT s.at, s.channel_id, s.kind, s.urgency, 'label:' || lower(t.name) FROM said s
    JOIN conversations_casetag ct ON ct.workspace_id = s.workspace_id AND ct.case_id = s.case_id
    JOIN conversations_tag t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id
"""
# Of a message `m`: the names of its case's labels.
LABELS_SQL: Final = """ARRAY(
    SELECT lower(t.name) FROM conversations_casetag ct
    JOIN conversations_tag t ON t.workspace_id = ct.workspace_id AND t.id = ct.tag_id
    WHERE ct.workspace_id = m.workspace_id AND ct.case_id = m.case_id)"""
# Of one person so much counts in five minutes on a channel: who writes five thousand times is one.
MOST_OF_AUTHOR: Final = 3
# Of a message `m`: the how manieth of its author's it is in those five minutes.
NTH_OF_AUTHOR_SQL: Final = """row_number() OVER (
    PARTITION BY m.channel_id, coalesce(m.author_identity_id::text, m.author_name),
        date_bin('5 minutes', m.sent_at, 'epoch') ORDER BY m.sent_at, m.id)"""
# What counts as a complaint: its kind, or that somebody is in need.
COMPLAINT_SQL: Final = "(kind = 'complaint' OR urgency >= 3)"
PRAISE_SQL: Final = "(kind = 'praise')"
_URGENT: Final = 3
_ASKING: Final = frozenset({"question", "request"})


def is_complaint(kind: str, urgency: int) -> bool:
    """Say the same as COMPLAINT_SQL of one message."""
    return kind == "complaint" or urgency >= _URGENT


def is_praise(kind: str) -> bool:
    """Say the same as PRAISE_SQL of one message."""
    return kind == "praise"


def is_asking(kind: str) -> bool:
    """Say whether somebody wants something of us, without complaining."""
    return kind in _ASKING


def is_about(topic: str, kind: str, labels: Collection[str]) -> bool:
    """Say whether a message of this kind and these labels counts towards a topic."""
    if topic == EVERYTHING:
        return True
    if topic.startswith(KIND):
        return topic.removeprefix(KIND) == kind
    return topic.removeprefix(LABEL) in labels
