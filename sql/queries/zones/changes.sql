-- By the engine's time-zone data, of one zone: every `step` seconds from `first` to `last` at which another offset holds than
-- a step before, as seconds since 1970, and that offset.
select groupArray(at), groupArray(held)
from
(
    select
        number as at,
        timezoneOffset(toDateTime(number, {zone:String})) as held,
        lagInFrame(held) over (order by number) as before
    from numbers({first:UInt64}, {last:UInt64} - {first:UInt64} + 1, {step:UInt64})
)
where at = {first:UInt64} or held != before
