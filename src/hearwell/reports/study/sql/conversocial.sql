-- conversocial, version 1: our reading of Conversocial's airline reports, 2017.
-- Needs a reply: every mention of the handle, retweets too (the press text excludes nothing).
-- Answered: any reply to that person, whenever, to this message or to a later one of theirs.
with reply as (
    select r.brand, r.parent, min(r.at) as replied_at
    from study_message r
    where r.is_own and r.parent is not null
    group by r.brand, r.parent
),
heard as (
    select
        m.brand,
        m.message,
        m.at as asked_at,
        m.is_named,
        min(r.replied_at) over (
            partition by m.brand, m.author
            order by m.at desc
            range between unbounded preceding and current row
        ) as replied_at
    from study_message m
    left join reply r on r.brand = m.brand and r.parent = m.message
    where not m.is_own
)
select
    h.brand,
    h.message,
    h.asked_at,
    true as needs_reply,
    cast(extract(epoch from (h.replied_at - h.asked_at)) as double precision) as wait_s,
    false as is_outlier,
    h.replied_at is null as is_waiting
from heard h
cross join study_scope s
where h.is_named and h.asked_at >= s.starts_at and h.asked_at < s.ends_at
