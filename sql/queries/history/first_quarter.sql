-- Start of the first quarter hour that has a row, in ms since 1970; no row without one. Called by the server.
select toUnixTimestamp(at) * 1000 as first
from rollup
where grain = 'quarter'
order by at
limit 1
