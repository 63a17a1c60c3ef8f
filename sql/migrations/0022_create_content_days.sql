-- The day rows of `rollup` once more, by content: the whole history of one content is a few granules here.
create table if not exists content_days as rollup
engine = ReplacingMergeTree(version)
partition by toYear(at)
order by (shard, contentId, at)
