-- Copies day rows to `content_days` as they are written; like them they are absolute, and may come twice.
create materialized view if not exists content_days_mv to content_days as
select *
from rollup
where grain = 'day'
