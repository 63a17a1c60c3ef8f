-- What is known of each content: the newest fact of each kind.
create view if not exists content as
select
    id as contentId,
    maxIf(value, fact = 'title') as title,
    maxIf(value, fact = 'type') as contentType,
    maxIf(value, fact = 'creator') as creatorId,
    maxIf(value, fact = 'parent') as parentId,
    maxIf(value, fact = 'genre') as genre,
    toUInt32OrZero(maxIf(value, fact = 'duration')) as duration,   -- ms, 0 unknown
    parseDateTime64BestEffortOrNull(maxIf(value, fact = 'created'), 3, 'UTC') as createdAt
from facts final
where subject = 'content'
group by id
