-- simply-measured, version 1. Simply Measured's customer service studies, 2012 to 2015.
-- Needs a reply: every message by another author that names the handle and is no retweet; a
--   message that names two handles counts for each.
-- Answered: the handle's account replied to that very message. The time is to its first reply.
with reply as (
    select r.brand, r.parent, min(r.at) as replied_at
    from study_message r
    where r.is_own and r.parent is not null
    group by r.brand, r.parent
)
select
    m.brand,
    m.message,
    m.at as asked_at,
    not m.is_retweet as needs_reply,
    case when not m.is_retweet
        then cast(extract(epoch from (r.replied_at - m.at)) as double precision)
    end as wait_s,
    false as is_outlier,
    not m.is_retweet and r.replied_at is null as is_waiting
from study_message m
cross join study_scope s
left join reply r on r.brand = m.brand and r.parent = m.message
where not m.is_own and m.is_named and m.at >= s.starts_at and m.at < s.ends_at
