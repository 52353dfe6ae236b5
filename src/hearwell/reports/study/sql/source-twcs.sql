-- The columns that `archive_row` is made of, from the customer-support-on-Twitter CSV.
select
    tweet_id as id,
    author_id as author,
    inbound,
    created_at as sent,
    coalesce(text, '') as text,
    in_response_to_tweet_id as parent,
    cast(null as varchar) as brand_key,
    false as is_automatic,
    true as is_object
from {rows}
