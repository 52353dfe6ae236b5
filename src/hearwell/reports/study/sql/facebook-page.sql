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
    where r.is_own and r.parent is not null
    group by r.brand, r.parent
),
asked as (
    select
        m.brand,
        m.author,
        m.message,
        m.at as asked_at,
        m.is_addressed,
        m.is_retweet or not m.is_addressed as opens_last,
        r.replied_at,
        r.last_word_at
    from study_message m
    left join reply r on r.brand = m.brand and r.parent = m.message
    where not m.is_own
),
-- Of messages in the same second those go first that may open a conversation.
heard as (
    select
        a.*,
        lag(a.asked_at) over (
            partition by a.brand, a.author order by a.asked_at, a.opens_last
        ) as before_at,
        max(a.last_word_at) over (
            partition by a.brand, a.author
            order by a.asked_at, a.opens_last
            rows between unbounded preceding and 1 preceding
        ) as word_before_at
    from asked a
),
opened as materialized (
    select
        h.brand,
        h.author,
        h.message,
        h.asked_at,
        h.replied_at,
        h.is_addressed and h.asked_at >= s.starts_at and h.asked_at < s.ends_at as is_counted,
        h.asked_at >= s.horizon - interval '30 days' as is_recent,
        not h.opens_last
            and (h.before_at is null or h.asked_at > h.before_at + interval '24 hours')
            and (h.word_before_at is null or h.word_before_at > h.asked_at
                or h.asked_at > h.word_before_at + interval '24 hours') as is_opening
    from heard h
    cross join study_scope s
),
-- Where a brand has ten in the last 30 days, its last ten are among them.
busy as (
    select o.brand
    from opened o
    where o.is_opening and o.is_recent and o.is_counted
    group by o.brand
    having count(*) >= 10
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
    where (o.is_opening or o.replied_at is not null)
        and (o.is_recent or o.brand not in (select b.brand from busy b))
),
opening as (
    select
        p.brand,
        p.author,
        min(case when p.is_opening then p.message end) as message,
        min(case when p.is_opening then p.asked_at end) as asked_at,
        min(p.replied_at) as replied_at,
        bool_or(p.is_opening and p.is_recent) as is_recent
    from spoken p
    where p.episode > 0
    group by p.brand, p.author, p.episode
    having bool_or(p.is_opening and p.is_counted)
),
placed as (
    select
        o.*,
        row_number() over (partition by o.brand order by o.asked_at desc, o.author) as newest
    from opening o
    where o.brand not in (select b.brand from busy b)
    union all
    select o.*, null
    from opening o
    where o.brand in (select b.brand from busy b)
),
waited as (
    select
        p.brand,
        p.message,
        p.asked_at,
        p.is_recent or p.newest <= 10 as needs_reply,
        case when p.is_recent or p.newest <= 10
            then cast(extract(epoch from (p.replied_at - p.asked_at)) as double precision)
        end as wait_s
    from placed p
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
union all
select o.brand, o.message, o.asked_at, false, null, false, false
from opened o
where o.is_counted
    and not (o.is_opening and (o.is_recent or o.brand not in (select b.brand from busy b)))
