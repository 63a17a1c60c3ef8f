-- Which contents were ever said to be a creator's: where to look for his contents. Whose a content is, `facts` says: of
-- one that changed hands a row stays here.
create table if not exists creator_contents
(
    creatorId String comment 'The creator.' codec(ZSTD(1)),
    contentId String comment 'A content that was his at some time.' codec(ZSTD(1))
)
engine = ReplacingMergeTree
order by (creatorId, contentId)
comment 'Internal: contents that facts ever said to be of a creator.'
