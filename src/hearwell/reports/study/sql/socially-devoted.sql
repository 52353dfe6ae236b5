-- socially-devoted, version 1. Socialbakers' Socially Devoted, 2012 to 2015.
-- Needs a reply: every question to the brand, that is a text with a question mark, no retweet.
-- Answered: the brand replied to that very message, whenever.
with reply as (
    select r.brand, r.parent, min(r.at) as replied_at
    from study_message r
    where r.is_own and r.parent is not null
    group by r.brand, r.parent
),
asked as (
    select m.*, m.is_question and not m.is_retweet as is_asking
    from study_message m
    cross join study_scope s
    where not m.is_own and m.is_addressed
        and m.at >= s.starts_at and m.at < s.ends_at
)
select
    a.brand,
    a.message,
    a.at as asked_at,
    a.is_asking as needs_reply,
    case when a.is_asking
        then cast(extract(epoch from (r.replied_at - a.at)) as double precision)
    end as wait_s,
    false as is_outlier,
    a.is_asking and r.replied_at is null as is_waiting
from asked a
left join reply r on r.brand = a.brand and r.parent = a.message
