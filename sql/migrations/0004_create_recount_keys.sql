-- The keys of one run of a recount, read by its statements; of no use after it.
create table if not exists recount_keys
(
    run       UInt64,
    at        DateTime('UTC'),
    contentId String,
    made      DateTime('UTC') default now()
)
engine = MergeTree
order by (run, at, contentId)
ttl made + interval 1 day
