-- `study_message` for an archive: the brands' own messages, those that name a brand, those that
-- reply to one or came into one's own channel, and those known to be a brand's only because it
-- answered them. DuckDB only.
create temp table study_message as
with own as (
    select r.message, r.parent, b.name as brand, b.key
    from archive_row r
    join brand b on b.key = r.author_key
),
reached as (
    select r.message, o.brand, true as is_addressed
    from archive_row r
    join own o on o.message = r.parent
    where not r.is_ours and r.author_key <> o.key and not list_contains(r.handles, o.key)
    union all
    select r.message, b.name, true
    from archive_row r
    join brand b on b.key = r.brand_key
    where not r.is_ours and r.author_key <> b.key and not list_contains(r.handles, b.key)
    union all
    select r.message, o.brand, false
    from archive_row r
    join own o on o.parent = r.message
    where not r.is_ours and r.author_key <> o.key and not list_contains(r.handles, o.key)
),
reached_once as (
    select message, brand, bool_or(is_addressed) as is_addressed from reached group by message, brand
),
-- Most texts name one handle, and those need no list.
one as (
    select *, handles[1] as handle, 1 as named from archive_row where len(handles) = 1
),
several as (
    select *, unnest(distinct_handles) as handle, len(distinct_handles) as named
    from (
        select *, list_distinct(list_filter(handles, lambda h: h <> '')) as distinct_handles
        from archive_row
        where len(handles) > 1
    )
)
select
    r.message, b.name as brand, b.name as author, r.sent_at as "at", r.parent, r.needs_reply,
    false as is_named, true as is_addressed, r.is_retweet, r.is_question,
    case when len(r.handles) > 1 then len(list_distinct(r.handles)) else len(r.handles) end
        as handles,
    r.is_automatic
from archive_row r
join brand b on b.key = r.author_key
union all
select
    r.message, b.name, r.author_key, r.sent_at, r.parent, r.needs_reply,
    true, true, r.is_retweet, r.is_question, r.named, r.is_automatic
from one r
join brand b on b.key = r.handle
where r.author_key <> b.key
union all
select
    r.message, b.name, r.author_key, r.sent_at, r.parent, r.needs_reply,
    true, true, r.is_retweet, r.is_question, r.named, r.is_automatic
from several r
join brand b on b.key = r.handle
where r.author_key <> b.key
union all
select
    r.message, o.brand, r.author_key, r.sent_at, r.parent, r.needs_reply,
    false, o.is_addressed, r.is_retweet, r.is_question, len(r.handles), r.is_automatic
from archive_row r
join reached_once o on o.message = r.message
