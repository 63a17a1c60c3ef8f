"""Settings from the environment."""

import pytest

from streakline.settings import VARIABLES, BadSetting, Settings

SAMPLES: dict[str, tuple[str, object]] = {
    "redis_url": ("unix:///run/redis.sock", "unix:///run/redis.sock"),
    "clickhouse_url": ("http://c:8123/s", "http://c:8123/s"),
    "analyst_url": ("http://a:8123/s", "http://a:8123/s"),
    "history_url": ("http://h:8123/s", "http://h:8123/s"),
    "data": ("/var/lib/streakline", "/var/lib/streakline"),
    "host": ("0.0.0.0", "0.0.0.0"),  # noqa: S104 - a text
    "port": ("80", 80),
    "roles": ("ingest, live,", ("ingest", "live")),
    "shards": ("8", 8),
    "parts": ("3", 3),
    "profile": ("any-start", "any-start"),
    "profile_by_source": ("lastfm = stream-30s, x=any-start,", {"lastfm": "stream-30s", "x": "any-start"}),
    "secret": ("s3cret", "s3cret"),
    "older_secrets": ("old, older", ("old", "older")),
    "jwks_url": ("https://id.example/jwks", "https://id.example/jwks"),
    "jwks_audience": ("streakline", "streakline"),
    "jwks_issuer": ("https://id.example", "https://id.example"),
    "write_keys": ("a,b", ("a", "b")),
    "anonymous_writes": ("0", False),
    "anonymous_users": ("0", False),
    "public_reads": ("False", False),
    "origins": ("https://a.example,https://b.example", ("https://a.example", "https://b.example")),
    "public_url": ("https://example.org/music/", "https://example.org/music/"),
    "trusted_proxies": ("10.0.0.7, fd00::/8", ("10.0.0.7", "fd00::/8")),
    "visitor_header": ("Forwarded", "Forwarded"),
    "country_header": ("X-Country", "X-Country"),
    "country_file": ("/geo/country.mmdb", "/geo/country.mmdb"),
    "rate": ("2.5", 2.5),
    "read_rate": ("0.5", 0.5),
    "private_webhooks": ("1", True),
    "platforms": ("/etc/streakline/platforms.json", "/etc/streakline/platforms.json"),
    "platform_keys": ("new, old", ("new", "old")),
    "reuse_port": ("1", True),
    "generated": ("TRUE", True),
    "page": ("/srv/page", "/srv/page"),
    "max_ids": ("1000", 1000),
    "keep_live_minutes": ("30", 30),
    "redis_folder": ("/redis", "/redis"),
    "min_free_mb": ("10", 10),
    "max_memory_share": ("50", 50),
    "epoch_seconds": ("0.5", 0.5),
    "log_format": ("json", "json"),
}  # fmt: skip
NEEDS = {
    "visitor_header": ["trusted_proxies"], "country_header": ["trusted_proxies"],
    "jwks_url": ["jwks_audience"], "jwks_audience": ["jwks_url"], "jwks_issuer": ["jwks_audience", "jwks_url"],
}  # fmt: skip
"""Field -> others without which it would say nothing, and is refused."""


def test_every_field_has_its_own_documented_variable():
    assert list(VARIABLES) == list(Settings.__struct_fields__)
    names = [variable for variable, _ in VARIABLES.values()]
    assert len(set(names)) == len(names)
    assert all(takes for _, takes in VARIABLES.values())
    assert set(SAMPLES) == set(VARIABLES)


def test_an_empty_environment_gives_the_defaults():
    assert Settings.of({}) == Settings.of({"STREAKLINE_PORT": "", "HOME": "/root"}) == Settings()


@pytest.mark.parametrize("field", SAMPLES)
def test_every_variable_is_read(field):
    text, value = SAMPLES[field]
    given = {field: text}
    given |= {other: SAMPLES[other][0] for other in NEEDS.get(field, [])}
    settings = Settings.of({VARIABLES[name][0]: one for name, one in given.items()})
    assert getattr(settings, field) == value
    others = [name for name in Settings.__struct_fields__ if name not in given]
    assert all(getattr(settings, name) == getattr(Settings(), name) for name in others)


@pytest.mark.parametrize(
    ("variable", "text", "told"),
    [
        ("STREAKLINE_PORT", "http", "is 'http'; it takes the public port (default 8080)"),
        ("STREAKLINE_PORT", "70000", "is 70000; it takes the public port, 0 to 65535"),
        (
            "STREAKLINE_JWKS_URL",
            "id.example/jwks",
            "is 'id.example/jwks'; it takes an address of public keys",
        ),
        ("STREAKLINE_JWKS_URL", "https://id.example/jwks", "STREAKLINE_JWKS_AUDIENCE is ''"),
        ("STREAKLINE_JWKS_AUDIENCE", "streakline", "STREAKLINE_JWKS_URL is ''; set both"),
        ("STREAKLINE_JWKS_ISSUER", "https://id.example", "STREAKLINE_JWKS_URL is ''"),
        ("STREAKLINE_SHARDS", "0", "is 0; it takes a number, fixed at first start, 1 to 64"),
        ("STREAKLINE_SHARDS", "65", "is 65"),
        ("STREAKLINE_SHARDS", "4.5", "is '4.5'"),
        ("STREAKLINE_RATE", "nan", "is nan"),
        ("STREAKLINE_RATE", "-1", "is -1.0"),
        ("STREAKLINE_GENERATED", "perhaps", "is 'perhaps'"),
        ("STREAKLINE_MAX_MEMORY_SHARE", "101", "is 101"),
        ("STREAKLINE_PROFILE", "mine", "names 'mine'; the profiles are default-20s, stream-30s"),
        ("STREAKLINE_PROFILE_BY_SOURCE", "a=mine", "names 'mine'; the profiles are"),
        ("STREAKLINE_PROFILE_BY_SOURCE", "a=any-start, b", "names ''; the profiles are"),
        ("STREAKLINE_PROFILE_BY_SOURCE", "a", "names ''; the profiles are"),
        ("STREAKLINE_ROLES", "ingest,brew", "names 'brew'; the roles are ingest, live, api, jobs"),
        ("STREAKLINE_ROLES", ",", "names ''; the roles are ingest, live, api, jobs"),
        ("STREAKLINE_ORIGINS", "example.org", "names 'example.org'; it takes origins of browsers"),
        (
            "STREAKLINE_PUBLIC_URL",
            "example.org",
            "is 'example.org': it begins with neither https:// nor http://",
        ),
        (
            "STREAKLINE_PUBLIC_URL",
            "https://a.example/?x=1",
            "it has a query; it takes the address under which",
        ),
        ("STREAKLINE_TRUSTED_PROXIES", "10.0.0.7,proxy", "names 'proxy': 'proxy' does not appear to be"),
        ("STREAKLINE_TRUSTED_PROXIES", "10.0.0.7/8", "names '10.0.0.7/8': 10.0.0.7/8 has host bits set"),
        ("STREAKLINE_COUNTRY_HEADER", "CF-IPCountry", "name your proxies in STREAKLINE_TRUSTED_PROXIES"),
        ("STREAKLINE_VISITOR_HEADER", "Forwarded", "name your proxies in STREAKLINE_TRUSTED_PROXIES"),
        ("STREAKLINE_LOG_FORMAT", "xml", "is 'xml'; it takes text or json"),
    ],
)
def test_a_bad_value_names_its_variable_the_value_and_what_it_takes(variable, text, told):
    with pytest.raises(BadSetting) as refusal:
        Settings.of({variable: text})
    assert str(refusal.value).startswith(f"{variable} ")
    assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a=b=any-start", {"a=b": "any-start"}),
        ("radio, live=any-start,x=stream-30s", {"radio, live": "any-start", "x": "stream-30s"}),
        (",x=any-start,,y=any-start,", {"x": "any-start", "y": "any-start"}),
    ],
)
def test_a_source_may_hold_what_separates_the_pairs(text: str, read: dict[str, str]) -> None:
    assert Settings.of({"STREAKLINE_PROFILE_BY_SOURCE": text}).profile_by_source == read


@pytest.mark.parametrize(
    ("roles", "writes"), [("ingest", True), ("api,jobs", True), ("live", False), ("jobs", True)]
)
def test_who_takes_events_or_makes_some_writes(roles: str, writes: bool) -> None:
    assert Settings.of({"STREAKLINE_ROLES": roles}).writes is writes
