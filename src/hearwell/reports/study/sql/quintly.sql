-- quintly, version 1. quintly's "Twitter response times", help page of 2017.
-- Needs a reply: every mention of the handle with a question mark.
-- Answered: the handle replied to that very message within 7 days (later is "n/a" there). A
--   reply that names several accounts does not count as a reply.
with reply as (
    select r.brand, r.parent, min(r.at) as replied_at
    from study_message r
    where r.is_own and r.parent is not null and r.handles <= 1
    group by r.brand, r.parent
),
asked as (
    select
        m.brand,
        m.message,
        m.at as asked_at,
        m.is_question,
        r.replied_at,
        cast(extract(epoch from (r.replied_at - m.at)) as double precision) as reply_s
    from study_message m
    cross join study_scope s
    left join reply r on r.brand = m.brand and r.parent = m.message
    where not m.is_own and m.is_named and m.at >= s.starts_at and m.at < s.ends_at
)
select
    a.brand,
    a.message,
    a.asked_at,
    a.is_question as needs_reply,
    case when a.is_question and a.reply_s <= 7 * 86400 then a.reply_s end as wait_s,
    false as is_outlier,
    a.is_question and a.replied_at is null as is_waiting
from asked a
