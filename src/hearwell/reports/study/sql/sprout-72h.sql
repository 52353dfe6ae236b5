-- sprout-72h, version 1: our reading of the Sprout Social Index, 2015 to 2016.
-- Needs a reply: messages judged to need one (the Index says four in ten; not how).
-- Answered: the brand replied to that very message within 72 hours.
with reply as (
    select r.brand, r.parent, min(r.at) as replied_at
    from study_message r
    where r.is_own and r.parent is not null
    group by r.brand, r.parent
),
asked as (
    select
        m.brand,
        m.message,
        m.at as asked_at,
        m.needs_reply,
        r.replied_at,
        cast(extract(epoch from (r.replied_at - m.at)) as double precision) as reply_s
    from study_message m
    cross join study_scope s
    left join reply r on r.brand = m.brand and r.parent = m.message
    where not m.is_own and m.is_addressed
        and m.at >= s.starts_at and m.at < s.ends_at
)
select
    a.brand,
    a.message,
    a.asked_at,
    a.needs_reply,
    case when a.needs_reply and a.reply_s <= 72 * 3600 then a.reply_s end as wait_s,
    false as is_outlier,
    a.needs_reply and a.replied_at is null as is_waiting
from asked a
