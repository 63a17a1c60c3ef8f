-- What the catalogue knows of the contents of one person. Part of the other statements of this folder.
select
    id as content, anyIf(value, fact = 'type') as type, anyIf(value, fact = 'parent') as parent,
    anyIf(value, fact = 'creator') as creator, anyIf(value, fact = 'genre') as genre, anyIf(value, fact = 'title') as title,
    toUInt64OrZero(anyIf(value, fact = 'duration')) as length
from facts final
where subject = 'content' and fact in ('type', 'parent', 'creator', 'genre', 'title', 'duration')
    and id in (select contentId from mine)
group by id
