-- The quarter hours of `rollup` once more, by content: any days of any zone of one content are a few granules here.
create table if not exists content_quarters as rollup
engine = ReplacingMergeTree(version)
partition by toYear(at)
order by (shard, contentId, at)
comment 'Internal: the quarter hours of rollup once more, by content.'
