-- The rows of `person_quarters` once more, by person: all that one ever played lies side by side.
create table if not exists person_history as person_quarters
engine = ReplacingMergeTree(version)
order by (userId, at, contentId, shard, offset, platform)
comment 'Internal: plays by person, closed quarter hour and content.'
