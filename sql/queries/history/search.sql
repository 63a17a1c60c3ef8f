-- Contents whose title or id holds every word, without regard to case and accents: the one with that very id first, then
-- those played most up to their newest recount. Called by the server.
with arrayMap(word -> removeDiacriticsUTF8(caseFoldUTF8(word)), {words:Array(String)}) as wanted
select contentId, max(name) as title
from
(
    select contentId, title as name, toUInt64(0) as counted, arrayAll(word -> position(folded, word) > 0, wanted) as matches
    from content_names final
    where matches
    union all
    select contentId, '', plays, arrayAll(word -> position(folded, word) > 0, wanted)
    from content_plays final
    where contentId != ''
)
group by contentId
having max(matches)
order by contentId = {text:String} desc, max(counted) desc, contentId
limit {limit:UInt16}
settings max_threads = 2, max_execution_time = 2
