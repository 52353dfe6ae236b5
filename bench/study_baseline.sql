-- The bare query that `study` is measured against (method simply-measured), for a file in the
-- twcs layout: times parsed, handles found in the texts, replies joined, every column computed.
-- $file is the path. Nothing is checked here: no rejected row, no repeated id, no period.
with tweet as materialized (
    select
        tweet_id,
        lower(author_id) as author,
        inbound,
        strptime(created_at, '%a %b %d %H:%M:%S %z %Y')::timestamp as sent_at,
        starts_with(text, 'RT @') as is_retweet,
        case when contains(text, '@')
            then list_transform(regexp_extract_all(text, '@([A-Za-z0-9_]+)', 1), lambda h: lower(h))
        end as handles,
        in_response_to_tweet_id as parent
    from read_csv($file)
),
brand as (
    select distinct author as brand from tweet where not inbound
),
named as (
    select distinct t.tweet_id, b.brand, t.sent_at, t.is_retweet
    from (select *, unnest(handles) as handle from tweet) as t
    join brand as b on b.brand = t.handle
    where t.author <> b.brand
),
reply as (
    select author as brand, parent, min(sent_at) as sent_at
    from tweet
    where parent is not null and author in (select brand from brand)
    group by author, parent
),
judged as (
    select
        n.brand,
        not n.is_retweet as needs_reply,
        case when not n.is_retweet then epoch(r.sent_at) - epoch(n.sent_at) end as wait_s
    from named as n
    left join reply as r on r.brand = n.brand and r.parent = n.tweet_id
)
select
    brand,
    count(*) as inbound,
    count(*) filter (where needs_reply) as needs_reply,
    count(wait_s) as answered,
    count(wait_s) / count(*) filter (where needs_reply) as response_rate,
    quantile_cont(wait_s, 0.5) as median_s,
    quantile_cont(wait_s, 0.9) as p90_s,
    avg(wait_s) as mean_s,
    count(*) filter (where wait_s <= 900) / count(*) filter (where needs_reply) as within_15m,
    count(*) filter (where wait_s <= 3600) / count(*) filter (where needs_reply) as within_1h,
    count(*) filter (where wait_s <= 28800) / count(*) filter (where needs_reply) as within_8h,
    count(*) filter (where wait_s <= 86400) / count(*) filter (where needs_reply) as within_24h,
    count(*) filter (where needs_reply) - count(wait_s) as waiting
from judged
group by brand
order by needs_reply desc, brand
