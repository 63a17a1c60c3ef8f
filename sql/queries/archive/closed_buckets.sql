-- Of each shard the newest closed quarter hour.
select shard, upto
from closed final
order by shard
