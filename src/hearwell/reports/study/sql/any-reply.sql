-- any-reply, version 1. Nobody judges anything: the widest count.
-- Needs a reply: every message to the brand, and every message that it replied to.
-- Answered: the brand replied to that very message, whenever. A message that is known to be
--   the brand's only because it was answered counts here, so the rate is an upper bound.
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
    true as needs_reply,
    cast(extract(epoch from (r.replied_at - m.at)) as double precision) as wait_s,
    false as is_outlier,
    r.replied_at is null as is_waiting
from study_message m
cross join study_scope s
left join reply r on r.brand = m.brand and r.parent = m.message
where not m.is_own and m.at >= s.starts_at and m.at < s.ends_at
