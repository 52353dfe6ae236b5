-- facebook-page, version 1. The response figures of a Facebook page, as its help describes them.
-- Needs a reply: a person's first message, no retweet, after 24 hours of silence on both sides,
--   in the last 30 days, or among the brand's last 10 where those are fewer.
-- Answered: a human reply to that message or to another one before the next silence. Instant and
--   away replies do not count. The mean is of the fastest 90 %.
with reply as (
    select
        r.brand,
        r.parent,
        min(case when not r.is_automatic then r.at end) as replied_at,
        max(r.at) as last_word_at
    from study_message r
    where r.author = r.brand and r.parent is not null
    group by r.brand, r.parent
),
asked as (
    select
        m.brand,
        m.author,
        m.message,
        m.at as asked_at,
        m.is_addressed,
        case when m.is_addressed and not m.is_retweet then 0 else 1 end as opens_last,
        r.replied_at,
        r.last_word_at
    from study_message m
    left join reply r on r.brand = m.brand and r.parent = m.message
    where m.author <> m.brand
),
-- Of messages in the same second those go first that may open a conversation.
heard as (
    select
        a.brand,
        a.author,
        a.message,
        a.asked_at,
        a.is_addressed,
        a.opens_last = 0 as may_open,
        a.replied_at,
        lag(a.asked_at) over (
            partition by a.brand, a.author order by a.asked_at, a.opens_last
        ) as before_at,
        max(a.last_word_at) over (
            partition by a.brand, a.author
            order by a.asked_at, a.opens_last
            rows between unbounded preceding and 1 preceding
        ) as last_word_at
    from asked a
),
opened as (
    select
        h.*,
        h.may_open
            and (h.before_at is null or h.asked_at - h.before_at > interval '24 hours')
            and (h.last_word_at is null or h.last_word_at > h.asked_at
                or h.asked_at - h.last_word_at > interval '24 hours') as is_opening
    from heard h
),
spoken as (
    select
        o.*,
        sum(case when o.is_opening then 1 else 0 end) over (
            partition by o.brand, o.author
            order by o.asked_at, case when o.is_opening then 0 else 1 end
            rows between unbounded preceding and current row
        ) as episode
    from opened o
),
episode as (
    select p.brand, p.author, p.episode, min(p.replied_at) as replied_at
    from spoken p
    group by p.brand, p.author, p.episode
),
placed as (
    select
        p.brand,
        p.author,
        p.message,
        p.asked_at,
        p.episode,
        p.is_opening,
        row_number() over (
            partition by p.brand, p.is_opening order by p.asked_at desc, p.author
        ) as newest
    from spoken p
    cross join study_scope s
    where p.is_addressed and p.asked_at >= s.starts_at and p.asked_at < s.ends_at
),
waited as (
    select
        p.brand,
        p.message,
        p.asked_at,
        p.is_opening and (p.asked_at >= s.horizon - interval '30 days' or p.newest <= 10)
            as needs_reply,
        case when p.is_opening
                and (p.asked_at >= s.horizon - interval '30 days' or p.newest <= 10)
            then cast(extract(epoch from (e.replied_at - p.asked_at)) as double precision)
        end as wait_s
    from placed p
    cross join study_scope s
    join episode e on e.brand = p.brand and e.author = p.author and e.episode = p.episode
),
ninth_tenth as (
    select w.brand, percentile_disc(0.9) within group (order by w.wait_s) as wait_s
    from waited w
    group by w.brand
)
select
    w.brand,
    w.message,
    w.asked_at,
    w.needs_reply,
    w.wait_s,
    w.wait_s > n.wait_s as is_outlier,
    w.needs_reply and w.wait_s is null as is_waiting
from waited w
join ninth_tenth n on n.brand = w.brand
