-- What a search finds contents by: titles and ids without case and accents. The newest title stands, as in `facts`.
create table if not exists content_names
(
    contentId String comment 'The content.' codec(ZSTD(1)),
    fact LowCardinality(String) comment 'title, or type: of contents that nobody gave a title.',
    title String comment 'Its title, empty for a type.' codec(ZSTD(1)),
    folded String comment 'Title and id without case and accents.' codec(ZSTD(1)),
    version UInt64 comment 'That of the fact, the greatest stands.'
)
engine = ReplacingMergeTree(version)
order by (contentId, fact)
comment 'Internal: titles and ids of contents as a search compares them.'
