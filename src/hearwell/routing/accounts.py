"""What rules know of the account that was written to. A question to the brand is one to its care.

A fragment of SQL beside a case ``c``: ``k.purpose`` is what the account is for; ``k.care`` are the
care accounts of the same brand and network, where the account is the brand's and the case asks us
something: rules that name one of them fit such a case, too, so that it lands in the care queue.
"""

from __future__ import annotations

from typing import Final

PURPOSE: Final = """
    LEFT JOIN LATERAL (
        SELECT a.purpose, CASE WHEN a.purpose = 'brand' AND c.duty = 'answer' THEN ARRAY(
            SELECT b.id::text FROM channels_channel b
            WHERE b.workspace_id = a.workspace_id AND b.brand_id = a.brand_id
                AND b.network = a.network AND b.purpose <> 'brand' AND b.state = 'active'
            ) END AS care
        FROM channels_channel a WHERE a.workspace_id = c.workspace_id AND a.id = c.channel_id
    ) k ON true
"""
