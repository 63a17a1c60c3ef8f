-- Offsets of one zone by the engine's time-zone data, in seconds: at some moments, which are seconds since 1970.
select groupArray(timezoneOffset(toDateTime(at, {zone:String})))
from (select arrayJoin({moments:Array(UInt32)}) as at)
