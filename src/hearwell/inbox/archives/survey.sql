-- What belongs together in an archive, and in which order it is taken in. Runs on DuckDB, on disk.
--
-- `row_in` holds every usable row and `brand` the handles (key: lower case). The statements stand
-- between lines of dashes; `tree` is folded after the third until nothing moves any more.
create table repeated as
select r.n, r.line, r.id
from row_in r
join (select id, min(n) as first_n from row_in group by id having count(*) > 1) f on f.id = r.id
where r.n > f.first_n
----
create table archived as
select r.*, lower(r.author) as author_key, lower(r.brand) as brand_key, list_distinct(
    list_transform(
        regexp_extract_all(r.text, '@([A-Za-z0-9_]+)', 1), lambda handle: lower(handle)
    )
) as handles
from row_in r
where r.n not in (select n from repeated)
----
-- `up` goes to the farthest ancestor, known to the archive or not.
create table tree as
select id, coalesce(nullif(thread, ''), nullif(parent, ''), id) as up from archived
----
-- A thread is a brand's where the brand wrote in it or somebody named it. Handles with other
-- characters than [A-Za-z0-9_] are looked for one by one; few archives have any.
create table member as
select distinct t.up as root, r.key as brand
from (
    select r.id, b.key from archived r join brand b on b.key in (r.author_key, r.brand_key)
    union all
    select r.id, b.key
    from (select id, unnest(handles) as handle from archived where not is_ours) r
    join brand b on b.key = r.handle
    union all
    select r.id, b.key
    from (select key from brand where not regexp_full_match(key, '[a-z0-9_]+')) b
    join archived r on not r.is_ours and regexp_matches(
        lower(r.text), '@' || regexp_escape(b.key) || '([^a-z0-9_]|$)'
    )
) r
join tree t on t.id = r.id
----
-- Another brand's own words are in a thread only where they name this one.
create table placed as
select r.n, m.brand, m.root, r.author_key <> m.brand as is_inbound
from archived r
join tree t on t.id = r.id
join member m on m.root = t.up
where not r.is_ours or r.author_key = m.brand or list_contains(r.handles, m.brand)
----
create table thread as
select p.brand, p.root, min(r.sent_at) as first_at, max(r.sent_at) as last_at
from placed p
join archived r on r.n = p.n
group by p.brand, p.root
----
-- Threads stay together, oldest first, brand by brand; the place of a row is its rowid. `line` is
-- the message as the archive network's connector reads it: `more` first, for of two fields of one
-- name the later counts. Texts are JSON already.
create table ready as
select
    p.brand, b.name as brand_name, p.root, coalesce(t.last_at >= $open_since, false) as is_open,
    '{' || case when r.more = '' then '' else r.more[2:-2] || ', ' end
        || '"id": ' || to_json(r.id) || ', "thread": ' || to_json(p.root)
        || ', "brand": ' || to_json(b.name) || ', "author": ' || to_json(r.author)
        || ', "inbound": ' || to_json(p.is_inbound)
        || ', "at": "' || strftime(r.sent_at, '%Y-%m-%dT%H:%M:%S.%f+00:00')
        || '", "text": ' || r.text || ', "in_reply_to": ' || to_json(r.parent) || '}' as line
from placed p
join archived r on r.n = p.n
join thread t on t.brand = p.brand and t.root = p.root
join brand b on b.key = p.brand
order by p.brand, is_open, t.first_at, p.root, r.sent_at, r.n
