-- How much each content was ever played, up to its newest recount: a search puts those with most first. The row that was
-- written last stands. Archive writes it where it writes the base of a content.
create table if not exists content_plays
(
    contentId String comment 'The content.' codec(ZSTD(1)),
    plays UInt64 comment 'Counted plays over all time, up to the newest closed quarter hour.',
    folded String materialized removeDiacriticsUTF8(caseFoldUTF8(contentId)) comment 'The id without case and accents.' codec(ZSTD(1))
)
engine = ReplacingMergeTree
order by contentId
comment 'Internal: lifetime plays of contents, by which a search orders them.'
