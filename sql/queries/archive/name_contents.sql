-- Copy the facts that a search finds contents by once more. What is there already changes nothing.
insert into content_names
select
    id as contentId,
    fact,
    if(fact = 'title', value, '') as title,
    removeDiacriticsUTF8(caseFoldUTF8(concat(title, '\n', id))) as folded,
    version
from facts final
where subject = 'content' and fact in ('title', 'type')
