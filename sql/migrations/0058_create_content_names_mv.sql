-- Copies titles to `content_names` as they are told. A type is told of everything that is played, with a title or not.
create materialized view if not exists content_names_mv to content_names
(
    contentId String comment 'The content.',
    fact LowCardinality(String) comment 'title or type.',
    title String comment 'Its title, empty for a type.',
    folded String comment 'Title and id without case and accents.',
    version UInt64 comment 'That of the fact.'
)
as
select
    id as contentId,
    fact,
    if(fact = 'title', value, '') as title,
    removeDiacriticsUTF8(caseFoldUTF8(concat(title, '\n', id))) as folded,
    version
from facts
where subject = 'content' and fact in ('title', 'type')
comment 'Internal: copies titles and ids of facts to content_names.'
