-- Copies personal events as they are written. The person may be part of the key: unlike a play, which somebody may sign in to
-- under way, such an event never changes hands.
create materialized view if not exists personal_events_mv to personal_events
(
    userId String comment 'The person.',
    kind UInt8 comment '17 freeze, 18 pause, 19 repair, 20 settings.',
    id String comment 'Id of the event.',
    at DateTime64(3, 'UTC') comment 'Its timestamp.',
    properties String comment 'Its fields as a JSON object, empty for none.'
)
as
select userId, kind, id, ts as at, properties
from events
where kind in (17, 18, 19, 20) and userId != ''
comment 'Internal: copies personal events to personal_events.'
