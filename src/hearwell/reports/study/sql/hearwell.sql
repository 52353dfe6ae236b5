-- hearwell, version 1. Our own count.
-- Needs a reply: messages to the brand that triage, corrected by people, says need an answer.
-- Answered: a human reply to that person within 24 hours, to this message or to a later one of
--   theirs, sent here or in the network itself. Automatic replies do not count.
with reply as (
    select r.brand, r.parent, min(r.at) as replied_at
    from study_message r
    where r.is_own and r.parent is not null and not r.is_automatic
    group by r.brand, r.parent
),
heard as (
    select
        m.brand,
        m.message,
        m.at as asked_at,
        m.is_addressed,
        m.needs_reply,
        min(r.replied_at) over (
            partition by m.brand, m.author
            order by m.at desc
            range between unbounded preceding and current row
        ) as replied_at
    from study_message m
    left join reply r on r.brand = m.brand and r.parent = m.message
    where not m.is_own
),
asked as (
    select
        h.*,
        cast(extract(epoch from (h.replied_at - h.asked_at)) as double precision) as reply_s
    from heard h
    cross join study_scope s
    where h.is_addressed and h.asked_at >= s.starts_at and h.asked_at < s.ends_at
)
select
    a.brand,
    a.message,
    a.asked_at,
    a.needs_reply,
    case when a.needs_reply and a.reply_s <= 86400 then a.reply_s end as wait_s,
    false as is_outlier,
    a.needs_reply and a.replied_at is null as is_waiting,
    a.replied_at
from asked a
