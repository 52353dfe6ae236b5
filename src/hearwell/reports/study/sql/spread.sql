-- How long people waited, per brand, in the steps that the charts draw.
select
    j.brand,
    sum(case when j.wait_s <= 300 then 1 else 0 end) as to_5m,
    sum(case when j.wait_s > 300 and j.wait_s <= 900 then 1 else 0 end) as to_15m,
    sum(case when j.wait_s > 900 and j.wait_s <= 1800 then 1 else 0 end) as to_30m,
    sum(case when j.wait_s > 1800 and j.wait_s <= 3600 then 1 else 0 end) as to_1h,
    sum(case when j.wait_s > 3600 and j.wait_s <= 28800 then 1 else 0 end) as to_8h,
    sum(case when j.wait_s > 28800 and j.wait_s <= 86400 then 1 else 0 end) as to_24h,
    sum(case when j.wait_s > 86400 then 1 else 0 end) as longer,
    sum(case when j.needs_reply and j.wait_s is null and not j.is_waiting then 1 else 0 end)
        as late,
    sum(case when j.is_waiting then 1 else 0 end) as waiting
from judged j
group by j.brand
