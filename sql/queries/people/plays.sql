-- When one person's counted plays began, by their zones and types, as three lists side by side: of a quarter hour the first
-- and the last play of a content, between which no day ends and nothing breaks off. Called by the server.
select
    groupArray(play.1) as starts, groupArray(play.2) as offsets, groupArray(play.3) as types
from
(
    select
        arrayJoin(arrayDistinct([first_ms, last_ms])) as ms, zone, indexOf({types:Array(String)}, type) as place,
        (ms, zone, toUInt8(if(place = 0, {other:UInt8}, place - 1))) as play
    from mine
    left join known on contentId = content
    where plays > 0
)
