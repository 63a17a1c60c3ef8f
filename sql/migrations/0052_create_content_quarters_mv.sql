-- Copies quarter hours to `content_quarters` as they are written; like them they are absolute, and may come twice.
create materialized view if not exists content_quarters_mv to content_quarters as
select *
from rollup
where grain = 'quarter'
