-- Every row of the archive, narrow: what the methods need from the text, not the text.
-- Runs on DuckDB only.
--
-- `handle` is the handle that the text names, where it has no more than one @; `handles` are all
-- of them where it has more. '' is an @ without a handle. Names are kept as `author_key`, in small
-- letters; as they are written only where a brand may be named after them.
--
-- `needs_reply` is the archive's own rule, which knows no language: no retweet, and a question or
-- at least 24 bytes besides handles and one link (23 bytes there). Bytes, because scripts that
-- say more with a character also take more bytes for it. A handle costs its @ and a space.
create temp table archive_row as
select
    id as message,
    case when is_ours then author end as author,
    lower(author) as author_key,
    brand_key,
    is_ours,
    -- Nearly all times are UTC in so many letters, which is quicker to read than a zone.
    coalesce(
        try_strptime(sent, '%a %b %d %H:%M:%S +0000 %Y'),
        try_strptime(sent, '%a %b %d %H:%M:%S %z %Y')::timestamp,
        try_cast(sent as timestamptz)::timestamp
    ) as sent_at,
    parent,
    is_retweet,
    is_question,
    is_automatic,
    is_object,
    -- Either of the two.
    case when handles is null then handle end as handle,
    handles,
    case when is_retweet then false
        when is_question then true
        else strlen(text)
            - case when handles is not null then coalesce(list_sum(list_transform(
                    list_filter(handles, lambda h: h <> ''), lambda h: strlen(h) + 2)), 0)
                when handle <> '' then strlen(handle) + 2
                else 0 end
            - case when contains(text, 'http') then 23 else 0 end >= 24
    end as needs_reply
from (
    select
        *,
        case when inbound in ('True', 'true') then false
            when inbound in ('False', 'false') then true
            when lower(inbound) in ('true', '1') then false
            when lower(inbound) in ('false', '0') then true
        end as is_ours,
        starts_with(text, 'RT @') as is_retweet,
        contains(text, '?') as is_question,
        -- Anchored at the start, the one group is found without looking back: a third of the cost.
        lower(regexp_extract(text, '^[^@]*@([A-Za-z0-9_]*)', 1)) as handle,
        case when text like '%@%@%' then list_transform(
            string_split(text, '@')[2:],
            lambda piece: lower(regexp_extract(piece, '^[A-Za-z0-9_]+'))
        ) end as handles
    from source
)
