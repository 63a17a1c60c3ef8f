-- Compare what a search finds contents by with the facts of the catalogue. Returns how many names were compared and
-- differ, and of some (content, fact, the rows that there should be, those that there are), a row as (title, folded,
-- version).
with
    both as
    (
        select
            id as contentId, fact, if(fact = 'title', value, '') as title,
            removeDiacriticsUTF8(caseFoldUTF8(concat(if(fact = 'title', value, ''), '\n', id))) as folded, version, true as wanted
        from facts final
        where subject = 'content' and fact in ('title', 'type')
        union all
        select contentId, fact, title, folded, version, false
        from content_names final
    ),
    names as
    (
        select
            contentId, fact, groupArrayIf((title, folded, version), wanted) as should, groupArrayIf((title, folded, version), not wanted) as are
        from both
        group by contentId, fact
    )
select
    count() as compared, countIf(should != are) as differing,
    groupArrayIf(20)((contentId, fact, should, are), should != are) as examples
from names
