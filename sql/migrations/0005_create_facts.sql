-- The catalogue, one fact a row: of content `title`, `type`, `creator`, `parent`, `genre`, `duration` (ms) and
-- `created`, of a creator `name`. The newest stands; one that was stated (a content or creator event) stands
-- above any that came along with a play.
create table if not exists facts
(
    subject LowCardinality(String),   -- 'content' or 'creator'
    id      String,
    fact    LowCardinality(String),
    value   String,
    version UInt64                    -- position of the entry, + 2^63 if stated
)
engine = ReplacingMergeTree(version)
order by (subject, id, fact)
