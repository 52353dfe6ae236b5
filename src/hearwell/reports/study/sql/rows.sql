-- Every row of the archive, narrow: what the methods need from the text, not the text.
-- `reason` says why a row cannot be used. Runs on DuckDB only.
--
-- `needs_reply` is the archive's own rule, which knows no language: no retweet, and a question or
-- at least 24 bytes besides handles and one link (23 bytes there). Bytes, because scripts that
-- say more with a character also take more bytes for it. A handle costs its @ and a space.
create temp table archive_row as
select
    id as message,
    author,
    lower(author) as author_key,
    brand_key,
    case lower(inbound) when 'true' then false when '1' then false
        when 'false' then true when '0' then true
    end as is_ours,
    coalesce(
        try_strptime(sent, '%a %b %d %H:%M:%S %z %Y')::timestamp,
        try_cast(sent as timestamptz)::timestamp
    ) as sent_at,
    parent,
    starts_with(text, 'RT @') as is_retweet,
    contains(text, '?') as is_question,
    is_automatic,
    handles,
    not starts_with(text, 'RT @') and (
        contains(text, '?')
        or strlen(text) - strlen(array_to_string(handles, '  '))
            - case when contains(text, 'http') then 23 else 0 end >= 26
    ) as needs_reply,
    case
        when not is_object then 'not a JSON object'
        when id is null then 'no id'
        when author is null or author = '' then 'no author'
        when is_ours is null then 'inbound is neither true nor false'
        when sent_at is null then 'unreadable time'
    end as reason
from (
    -- The same as every match of '@([A-Za-z0-9_]+)', and a third cheaper. '' is a lone @.
    select *, list_transform(
        string_split(text, '@')[2:],
        lambda piece: lower(regexp_extract(piece, '^[A-Za-z0-9_]+'))
    ) as handles
    from source
)
