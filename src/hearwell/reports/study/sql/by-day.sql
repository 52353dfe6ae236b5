-- Messages that needed a reply and those answered, by the day they came (UTC), all brands.
select
    date_trunc('day', j.asked_at) as asked_on,
    sum(case when j.needs_reply then 1 else 0 end) as needs_reply,
    count(j.wait_s) as answered
from judged j
group by date_trunc('day', j.asked_at)
order by 1
