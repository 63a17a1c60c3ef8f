-- What was told before the copying began. Rows that were copied meanwhile come twice, which changes nothing.
insert into content_names
select
    id as contentId,
    fact,
    if(fact = 'title', value, '') as title,
    removeDiacriticsUTF8(caseFoldUTF8(concat(title, '\n', id))) as folded,
    version
from facts
where subject = 'content' and fact in ('title', 'type')
