"""Variables: of every setting the variable of the environment, and what it takes."""

from __future__ import annotations

from typing import Final

NOWHERE: Final = "none"
VARIABLES: Final[dict[str, tuple[str, str]]] = {
    "redis_url": ("REDIS_URL", "a redis:// or unix:// address"),
    "clickhouse_url": ("CLICKHOUSE_URL", "an http address with user, password and database"),
    "analyst_url": ("CLICKHOUSE_ANALYST_URL", "the same for the read-only user of `streakline sql`"),
    "history_url": (
        "CLICKHOUSE_HISTORY_URL",
        "the same for the reading user of the roles api, live and jobs",
    ),
    "data": ("STREAKLINE_DATA", "a folder"),
    "host": ("STREAKLINE_HOST", "the address to listen on"),
    "port": ("STREAKLINE_PORT", "the public port"),
    "roles": ("STREAKLINE_ROLES", "of ingest, live, api, jobs, with commas"),
    "shards": ("STREAKLINE_SHARDS", "a number, fixed at first start"),
    "parts": ("STREAKLINE_PARTS", "a number, fixed at first start"),
    "profile": ("STREAKLINE_PROFILE", "the counting profile"),
    "profile_by_source": ("STREAKLINE_PROFILE_BY_SOURCE", "source=profile pairs, with commas"),
    "secret": ("STREAKLINE_SECRET", "the secret that signs tokens"),
    "older_secrets": ("STREAKLINE_OLDER_SECRETS", "secrets whose tokens still hold, with commas"),
    "jwks_url": ("STREAKLINE_JWKS_URL", "an address of public keys (JWKS) whose tokens hold too"),
    "jwks_audience": ("STREAKLINE_JWKS_AUDIENCE", "the `aud` of those tokens"),
    "jwks_issuer": ("STREAKLINE_JWKS_ISSUER", "the `iss` of those tokens, empty for any"),
    "write_keys": ("STREAKLINE_WRITE_KEYS", "public write keys, with commas"),
    "anonymous_writes": ("STREAKLINE_ANONYMOUS_WRITES", "0 to take events only with a key or token"),
    "anonymous_users": (
        "STREAKLINE_ANONYMOUS_USERS",
        "0 to refuse a `userId` for which no token or key vouches",
    ),
    "public_reads": ("STREAKLINE_PUBLIC_READS", "0 to show public topics only with a token"),
    "origins": ("STREAKLINE_ORIGINS", "origins of browsers that may write and read, with commas, or *"),
    "public_url": (
        "STREAKLINE_PUBLIC_URL",
        "the address under which the world reaches the server, with the path before it if there is one",
    ),
    "trusted_proxies": ("STREAKLINE_TRUSTED_PROXIES", "addresses and networks of your proxies, with commas"),
    "visitor_header": ("STREAKLINE_VISITOR_HEADER", "the header in which they say whom they serve"),
    "country_header": ("STREAKLINE_COUNTRY_HEADER", "the header in which they say from which country"),
    "country_file": (
        "STREAKLINE_COUNTRY_FILE",
        "a file of MaxMind's format (.mmdb) that names the country of an address",
    ),
    "rate": ("STREAKLINE_RATE", "events a second that one sender may send, 0 for any number"),
    "read_rate": ("STREAKLINE_READ_RATE", "questions a second that one reader may ask, 0 for any number"),
    "private_webhooks": (
        "STREAKLINE_PRIVATE_WEBHOOKS",
        "1 to let webhooks go to private addresses, and by http",
    ),
    "platforms": (
        "STREAKLINE_PLATFORMS",
        "a JSON file of the applications that this installation is to other platforms",
    ),
    "platform_keys": (
        "STREAKLINE_PLATFORM_KEYS",
        "texts of 32 characters or more that seal the tokens of accounts there, the newest first, with commas",
    ),
    "reuse_port": ("STREAKLINE_REUSE_PORT", "1 to let several server processes share the port"),
    "generated": ("STREAKLINE_GENERATED", "1 if the data is generated: the page says so"),
    "page": ("STREAKLINE_PAGE", "the folder of the built page"),
    "max_ids": ("STREAKLINE_MAX_IDS", "ids held to tell repeats, over all shards"),
    "keep_live_minutes": ("STREAKLINE_KEEP_LIVE_MINUTES", "minutes of the streams that trimming leaves"),
    "redis_folder": (
        "STREAKLINE_REDIS_FOLDER",
        f"a folder on the disk of Redis, where ingest cannot see its own; {NOWHERE}: others watch it",
    ),
    "min_free_mb": ("STREAKLINE_MIN_FREE_MB", "free disk in MB below which ingest answers 503"),
    "max_memory_share": ("STREAKLINE_MAX_MEMORY_SHARE", "per cent of Redis' memory above which it does"),
    "epoch_seconds": ("STREAKLINE_EPOCH_SECONDS", "seconds between the snapshots of a flow"),
    "log_format": ("STREAKLINE_LOG_FORMAT", "text or json"),
}
"""Field -> (environment variable, what it takes)."""
