-- What plays and shares say of their contents that are no robot's after all: nobody took it from them while they were. The
-- same facts as flows/archive/facts.py makes of the plays of people. Called by archive for a control entry.
insert into facts (subject, id, fact, value, version)
select 'content', contentId, told.1, argMax(told.2, entry), max(entry)
from events
array join [
    ('title', title), ('type', toString(contentType)), ('creator', creatorId), ('parent', parentId),
    ('genre', toString(genre)), ('duration', if(length = 0, '', toString(length)))
] as told
where shard = {shard:UInt8} and entry <= {position:UInt64} and botReason != '' and not bot and contentId != ''
    and told.2 != '' and (kind <= 3 or kind = 8 and told.1 = 'title')
    and arrayExists(
        (r, a, s) -> (r = '' or r = botReason) and (a = '' or position(userAgent, a) > 0)
            and (s = '' or s = if(mapContains(sent, 'source'), sent['source'], source)),
        {changed_reasons:Array(String)}, {changed_agents:Array(String)}, {changed_sources:Array(String)}
    )
group by contentId, told.1
