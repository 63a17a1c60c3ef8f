-- Freezes, pauses, repairs and settings by person: all that is stated of one lies side by side. Its rows are a set: which of
-- them stand, `streakline/people/personal_events.py` decides.
create table if not exists personal_events
(
    userId String comment 'The person.' codec(ZSTD(1)),
    kind UInt8 comment '17 freeze, 18 pause, 19 repair, 20 settings.' codec(ZSTD(1)),
    id String comment 'Id of the event.' codec(ZSTD(1)),
    at DateTime64(3, 'UTC') comment 'Its timestamp.' codec(Delta(8), ZSTD(1)),
    properties String comment 'Its fields as a JSON object, empty for none.' codec(ZSTD(1))
)
engine = ReplacingMergeTree
order by (userId, kind, id, at, properties)
comment 'Internal: freezes, pauses, repairs and settings by person.'
