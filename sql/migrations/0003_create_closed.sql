-- Of each shard the newest quarter hour that is closed: up to it, `rollup` has the last word. A UTC day is closed
-- when its last quarter hour is.
create table if not exists closed
(
    shard UInt8,
    upto  DateTime('UTC')
)
engine = ReplacingMergeTree(upto)
order by shard
