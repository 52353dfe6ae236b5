-- The columns that `archive_row` is made of, from the documented JSON lines. A line that is no
-- JSON object is found by `is_object`. Where the brand wrote, `brand` is the author.
select
    nullif(doc ->> '$.id', '') as id,
    case when doc ->> '$.inbound' = 'false' then coalesce(doc ->> '$.brand', doc ->> '$.author')
        else doc ->> '$.author'
    end as author,
    doc ->> '$.inbound' as inbound,
    doc ->> '$.at' as sent,
    coalesce(doc ->> '$.text', '') as text,
    nullif(doc ->> '$.in_reply_to', '') as parent,
    lower(doc ->> '$.brand') as brand_key,
    coalesce(doc ->> '$.automatic' = 'true', false) as is_automatic,
    coalesce(json_type(doc) = 'OBJECT', false) as is_object
from (
    select case when json_valid(line) then line::json end as doc
    from {rows}
    where trim(line) <> ''
)
