-- Copies creators to `creator_contents` as facts name them.
create materialized view if not exists creator_contents_mv to creator_contents
(
    creatorId String comment 'The creator.',
    contentId String comment 'The content.'
)
as
select value as creatorId, id as contentId
from facts
where subject = 'content' and fact = 'creator' and value != ''
comment 'Internal: copies creators of facts to creator_contents.'
