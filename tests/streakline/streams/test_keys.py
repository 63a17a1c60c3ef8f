"""Redis keys."""

from streakline.streams import keys

OF_A_SHARD = (
    keys.events,
    keys.out,
    keys.candidates,
    keys.base,
    keys.progress,
    keys.trimmed,
    keys.marks,
    keys.wanted,
    keys.people,
    keys.people_of_history,
    lambda part: keys.claimed(keys.people(part)),
    lambda part: keys.claimant(keys.people(part)),
    lambda part: keys.claimed(keys.people_of_history(part)),
    lambda part: keys.claimant(keys.people_of_history(part)),
)
FIXED = (
    keys.UPDATES,
    keys.STATE,
    keys.EPOCH,
    keys.DEAD,
    keys.SEED,
    keys.SHARDS,
    keys.SUBSCRIBED,
    keys.FOLLOWED,
    keys.TICKER,
    keys.JOBS,
    keys.JOB_STATES,
    keys.PEOPLE_LOCK,
    keys.PEOPLE_WHOLE,
    keys.DOMAIN,
    keys.WEBHOOKS,
    keys.WEBHOOKS_REMOVED,
    keys.WEBHOOKS_DISABLED,
    keys.WEBHOOKS_CHANGE,
    keys.WEBHOOKS_CURSORS,
    keys.WEBHOOKS_LOCK,
)


def test_all_keys_of_a_shard_carry_its_hash_tag():
    for key in (*(make(3) for make in OF_A_SHARD), keys.open_bucket(3, 900_000)):
        assert key.startswith("sl:{3}:")


def test_no_two_keys_are_the_same():
    names = [make(shard) for make in OF_A_SHARD for shard in (0, 1, 10)]
    names += [keys.open_bucket(s, b) for s in (0, 1) for b in (0, 900_000)]
    names += [keys.domain_subjects(user) for user in ("ann", "")]
    names += [keys.deliveries(hook) for hook in ("a", "b")]
    names += [keys.deliveries_in("a", state) for state in ("pending", "delivered", "dead")]
    names += [keys.dictionary("source"), keys.dictionary("device"), *FIXED]
    names += [keys.metrics("content", "0"), keys.metrics("content", "1"), keys.metrics("viewers", "0")]
    assert len(set(names)) == len(names)
    assert all(name.startswith("sl:") for name in names)


def test_names_that_other_programs_rely_on():
    assert keys.events(0) == "sl:{0}:events"
    assert keys.open_bucket(2, 1_763_700_300_000) == "sl:{2}:open:1763700300000"
    assert keys.dictionary("source") == "sl:dict:source"
