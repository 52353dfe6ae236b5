-- What every method's judgements come to, one row a brand. `unripe` counts the messages whose
-- window had not run out when the record ends: nobody can say yet whether they are answered.
select
    j.brand,
    count(*) as inbound,
    sum(case when j.needs_reply then 1 else 0 end) as needs_reply,
    count(j.wait_s) as answered,
    percentile_cont(0.5) within group (order by j.wait_s) as median_s,
    percentile_cont(0.9) within group (order by j.wait_s) as p90_s,
    avg(case when not j.is_outlier then j.wait_s end) as mean_s,
    sum(case when j.wait_s <= 900 then 1 else 0 end) as within_15m,
    sum(case when j.wait_s <= 3600 then 1 else 0 end) as within_1h,
    sum(case when j.wait_s <= 28800 then 1 else 0 end) as within_8h,
    sum(case when j.wait_s <= 86400 then 1 else 0 end) as within_24h,
    sum(case when j.is_waiting then 1 else 0 end) as waiting,
    sum(
        case when j.is_waiting
            and extract(epoch from (s.horizon - j.asked_at)) < s.window_s
            then 1 else 0
        end
    ) as unripe
from judged j
cross join study_scope s
group by j.brand
