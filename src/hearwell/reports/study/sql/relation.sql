-- `study_message` for an archive: the brands' own messages, those that name a brand, those that
-- reply to one or came into one's own channel, and those known to be a brand's only because it
-- answered them. DuckDB only.
--
-- A view, not a table: a method reads some of the columns and some of the parts below, and what it
-- does not read is not worked out. `is_own`, `is_named` and `is_addressed` are constants of each
-- part, so that a method which asks for named messages never looks for unnamed ones.
create or replace temp view study_message as
with own as (
    select
        r.message, r.parent, b.name as brand, r.author_key, r.sent_at, r.needs_reply,
        r.is_retweet, r.is_question, r.handle, r.handles, r.is_automatic
    from archive_row r
    join brand b on b.key = r.author_key
),
reached as (
    select r.message, o.brand
    from archive_row r
    join own o on o.message = r.parent
    where not r.is_ours and r.parent is not null and r.author_key <> o.author_key
        and case when r.handles is null then r.handle <> o.author_key
            else not list_contains(r.handles, o.author_key) end
    union
    select r.message, b.name
    from archive_row r
    join brand b on b.key = r.brand_key
    where not r.is_ours and r.author_key <> b.key
        and case when r.handles is null then r.handle <> b.key
            else not list_contains(r.handles, b.key) end
),
answered as (
    select distinct r.message, o.brand
    from archive_row r
    join own o on o.parent = r.message
    where not r.is_ours and r.author_key <> o.author_key
        and case when r.handles is null then r.handle <> o.author_key
            else not list_contains(r.handles, o.author_key) end
),
several as (
    select *, unnest(different) as handle_named, len(different) as named
    from (
        select *, list_distinct(list_filter(handles, lambda h: h <> '')) as different
        from archive_row
        where handles is not null
    )
)
select
    o.message, o.brand, o.author_key as author, o.sent_at as "at", o.parent, o.needs_reply,
    true as is_own, false as is_named, true as is_addressed, o.is_retweet, o.is_question,
    case when o.handles is null then cast(o.handle <> '' as integer)
        else len(list_distinct(list_filter(o.handles, lambda h: h <> '')))::integer
    end as handles,
    o.is_automatic
from own o
union all
select
    r.message, b.name, r.author_key, r.sent_at, r.parent, r.needs_reply,
    false, true, true, r.is_retweet, r.is_question, 1, r.is_automatic
from archive_row r
join brand b on b.key = r.handle
where r.author_key <> b.key
union all
select
    r.message, b.name, r.author_key, r.sent_at, r.parent, r.needs_reply,
    false, true, true, r.is_retweet, r.is_question, r.named::integer, r.is_automatic
from several r
join brand b on b.key = r.handle_named
where r.author_key <> b.key
union all
select
    r.message, o.brand, r.author_key, r.sent_at, r.parent, r.needs_reply,
    false, false, true, r.is_retweet, r.is_question,
    coalesce(len(r.handles), cast(r.handle <> '' as integer))::integer, r.is_automatic
from archive_row r
join reached o on o.message = r.message
union all
select
    r.message, o.brand, r.author_key, r.sent_at, r.parent, r.needs_reply,
    false, false, false, r.is_retweet, r.is_question,
    coalesce(len(r.handles), cast(r.handle <> '' as integer))::integer, r.is_automatic
from archive_row r
join answered o on o.message = r.message
where not exists (select 1 from reached x where x.message=o.message and x.brand=o.brand)
