"""Every Redis key of the product, built in one place.

The braces around a shard, or a part of the persons, are Redis Cluster hash tags: all keys of one number live on one
node, so that one MULTI can hold them.
"""

from __future__ import annotations

UPDATES = "sl:updates"
"""Stream of live states, read by the servers."""
STATE = "sl:state"
"""Hash with the newest entry of `UPDATES` for each part: `content:S`, `viewers:P`, `base:S`."""
EPOCH = "sl:epoch"
"""Name of the life of `UPDATES`: made new whenever a reader finds itself ahead of the stream."""
DEAD = "sl:dead"
"""Stream of dead letters: what could not be read or stored, with the reason."""
SEED = "sl:seed"
"""The seed of every hash (u64, decimal), made at first start."""
SHARDS = "sl:shards"
"""Number of shards of the contents, fixed at first start."""
PARTS = "sl:parts"
"""Number of parts of the persons, fixed at first start; missing: as many as shards."""
SUBSCRIBED = "sl:subscribed"
"""Hash contentId -> time in ms until which somebody watches that content."""
FOLLOWED = "sl:followed"
"""Hash creatorId -> until when somebody watches that creator, and whose contents (`streakline.live.followed`)."""
FAULTS = "sl:faults"
"""Hash of the faults that people are told of (`streakline.health.faults`)."""
FAULT_COUNTS = "sl:faults:counts"
"""Hash with the same fields: how often each happened."""
ZONES = "sl:zones"
"""The editions of the time-zone data that the stack was prepared with (`streakline.zones`)."""
JOBS = "sl:jobs"
"""Lock of the one process that runs jobs."""
JOB_STATES = "sl:jobs:states"
"""Hash name -> what is known of a job (`streakline.health.jobs`)."""
JOB_PLACES = "sl:jobs:places"
"""Hash name -> how far a job over persons is (`server.jobs.people.walk`), as JSON."""
API_KEYS = "sl:keys"
"""Hash id -> what is kept of an API key (`streakline.door.api_keys`), as JSON."""
API_KEYS_REVOKED = "sl:keys:revoked"
"""Hash id -> when that key was revoked, ms."""
API_KEYS_CHANGE = "sl:keys:change"
"""A word, another one after every change of the two."""
YEAR_LINKS = "sl:years:links"
"""Hash id -> what is kept of a link to a shared year (`streakline.people.yearly.links`), as JSON."""
YEAR_LINKS_REVOKED = "sl:years:links:revoked"
"""Hash id -> when that link was revoked, ms."""
YEAR_LINKS_CHANGE = "sl:years:links:change"
"""A word, another one after every change of the two."""
ROBOTS = "sl:robots"
"""Hash id -> the state of a rule for robots (`streakline.ingest.robots`), as JSON."""
ROBOTS_PUT = "sl:robots:put"
"""Hash id -> the `changed` of the state that control entries have put into every stream."""
ROBOTS_CHANGE = "sl:robots:change"
"""A word, another one after every change of `ROBOTS`."""
DOMAIN = "sl:domain"
"""Stream of domain events: field `event` -> its JSON (`streakline.domain_events`)."""
DOMAIN_ENTRIES = 50_000
"""Entries that it keeps, about: a reader that is further behind has missed some."""
WEBHOOKS = "sl:webhooks"
"""Hash id -> a webhook (`streakline.webhooks.known`), as JSON with its secret."""
WEBHOOKS_REMOVED = "sl:webhooks:removed"
"""Hash id -> when that webhook was removed, ms."""
WEBHOOKS_DISABLED = "sl:webhooks:disabled"
"""Hash id -> when its receiver said that it is gone, ms."""
WEBHOOKS_CHANGE = "sl:webhooks:change"
"""A word, another one after every change of the three."""
WEBHOOKS_CURSORS = "sl:webhooks:cursors"
"""Hash id -> the entry of `DOMAIN` up to which deliveries were made of it for that webhook."""
WEBHOOKS_LOCK = "sl:webhooks:lock"
"""Lock of the one process that delivers."""
PEOPLE_WHOLE = "sl:people:whole"
"""There as long as the live rows of persons have every event of this installation."""
PEOPLE_LOCK = "sl:people:lock"
"""Lock of the one process that emits the domain events that are owed."""
PLATFORM_CONNECTIONS = "sl:platforms:connections"
"""Hash id -> a connection (`streakline.platforms.connectors.known`), as JSON."""
PLATFORM_GRANTS = "sl:platforms:grants"
"""Hash id -> the grant of a connection, as JSON; its tokens are sealed."""
PLATFORM_REMOVED = "sl:platforms:removed"
"""Hash id -> when that connection was removed, ms."""
PLATFORM_CHANGE = "sl:platforms:change"
"""A word, another one after every change of the three."""
PLATFORM_SYNCS = "sl:platforms:syncs"
"""Hash id -> when a connection is looked at next, and how the last look went, as JSON."""
TICKER = "sl:ticker"
"""Lock of the one ingest process that writes ticks and trims."""


def events(shard: int) -> str:
    """Return the stream of accepted events of a shard."""
    return f"sl:{{{shard}}}:events"


def out(shard: int) -> str:
    """Return the outbox of the content flow, read by archive."""
    return f"sl:{{{shard}}}:out"


def candidates(part: int) -> str:
    """Return the stream of candidates for one part of the persons, read by viewers."""
    return f"sl:{{{part}}}:cand"


def streaks(part: int, slot: int) -> str:
    """Return the hash person -> live row (`streakline.people.live.rows`) of one slot of a part of the persons."""
    return f"sl:{{{part}}}:streaks:{slot}"


def people(part: int) -> str:
    """Return the set of persons (hash, 8 bytes) of whom viewers found something new: domain events of them are owed."""
    return f"sl:{{{part}}}:people"


def people_of_history(part: int) -> str:
    """Return the set of those of them of whom only history can tell what is new."""
    return f"sl:{{{part}}}:people:history"


def claimed(owed: str) -> str:
    """Return the set of persons that a process took out of one of these two, until it is done with them."""
    return f"{owed}:claimed"


def claimant(owed: str) -> str:
    """Return the key with the name of that claim."""
    return f"{owed}:claimant"


def open_bucket(shard: int, bucket: int) -> str:
    """Return the hash of absolute counts of one open quarter hour (`bucket`: its start in ms)."""
    return f"sl:{{{shard}}}:open:{bucket}"


def base(shard: int) -> str:
    """Return the hash of the lifetime counts up to and including `upto`."""
    return f"sl:{{{shard}}}:base"


def base_field(content: str) -> str:
    """Return the field of a content in that hash."""
    return f"c:{content}"


def progress(shard: int) -> str:
    """Return the hash in which every reader of a shard, or of a part of the persons, notes how far it is."""
    return f"sl:{{{shard}}}:progress"


def history(shard: int) -> str:
    """Return the hash of two words, each another one after every change of what is stored of a shard in ClickHouse."""
    return f"sl:{{{shard}}}:history"


HISTORY_CLOSED = "closed"
"""Field of `history`: of closed quarter hours and the catalogue."""
HISTORY_OPEN = "open"
"""Field of `history`: of anything."""


def trimmed(shard: int) -> str:
    """Return the key with the id up to which the events stream was trimmed."""
    return f"sl:{{{shard}}}:trimmed"


def trimmed_candidates(part: int) -> str:
    """Return the key with the id up to which the candidates of a part were trimmed."""
    return f"sl:{{{part}}}:cand:trimmed"


def trimmed_out(shard: int) -> str:
    """Return the key with the id up to which the outbox of a shard was trimmed."""
    return f"sl:{{{shard}}}:out:trimmed"


def marks(shard: int) -> str:
    """Return the hash `BUCKET|contentId` -> least position not yet recounted."""
    return f"sl:{{{shard}}}:marks"


def wanted(shard: int) -> str:
    """Return the key that exists while somebody waits for this shard to settle."""
    return f"sl:{{{shard}}}:wanted"


def dictionary(dimension: str) -> str:
    """Return the append-only hash value -> code of a dimension."""
    return f"sl:dict:{dimension}"


def rate(name: str) -> str:
    """Return the bucket of a sender or reader, given the HMAC of its name."""
    return f"sl:rate:{name}"


def rate_key(day: int) -> str:
    """Return the key of that HMAC on a day (days since 1970, UTC)."""
    return f"sl:rate:key:{day}"


def domain_subjects(user: str) -> str:
    """Return the hash subject -> id of a person's last domain event of it (8 bytes), and when it was found (ms)."""
    return f"sl:domain:of:{user}"


def deliveries(webhook: str) -> str:
    """Return the hash event id -> delivery (`streakline.webhooks.deliveries`), as JSON."""
    return f"sl:webhooks:{{{webhook}}}:of"


def deliveries_in(webhook: str, state: str) -> str:
    """Return the sorted set of deliveries in a state: `pending` by when they are tried, others by when they ended."""
    return f"sl:webhooks:{{{webhook}}}:{state}"


def platform_held(connection: str) -> str:
    """Return the hash key -> the number of a connection that was acknowledged last (`connectors.sent`)."""
    return f"sl:platforms:{{{connection}}}:held"


def platform_pending(connection: str) -> str:
    """Return the key with the events of a look that may not be acknowledged yet."""
    return f"sl:platforms:{{{connection}}}:pending"


def platform_lock(connection: str) -> str:
    """Return the lock of the one process that looks at a connection."""
    return f"sl:platforms:{{{connection}}}:lock"


def platform_refresh(connection: str) -> str:
    """Return the lock of the one process that takes its grant for a newer one."""
    return f"sl:platforms:{{{connection}}}:refresh"


def platform_state(hashed: str) -> str:
    """Return the key with a request for a grant, given the hash of its state."""
    return f"sl:platforms:state:{hashed}"


def platform_quota(platform: str, bucket: str) -> str:
    """Return the hash of what is used of a quota of a platform."""
    return f"sl:platforms:quota:{platform}:{bucket}"


def metrics(flow: str, shards: str) -> str:
    """Return the hash of a flow process's metrics; `shards` are parts where the flow is viewers."""
    return f"sl:metrics:{flow}:{shards}"
