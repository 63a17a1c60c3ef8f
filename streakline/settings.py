"""Settings: one frozen value, built from a mapping of environment variables and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from streakline.counting_profiles import DEFAULT, PROFILES
from streakline.door.public_url import public_url
from streakline.door.visitors import FORWARDED_FOR, Proxies
from streakline.variables import NOWHERE as NOWHERE
from streakline.variables import VARIABLES as VARIABLES

_ROLES: Final = ("ingest", "live", "api", "jobs")


class BadSetting(ValueError):
    """A variable whose value cannot be used; the message names both and says what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a process of Streakline can be told. The variable of a field is listed in `VARIABLES`."""

    redis_url: str = "redis://127.0.0.1:6379/0"
    clickhouse_url: str = "http://127.0.0.1:8123/streakline"
    analyst_url: str = ""
    history_url: str = ""
    data: str = "./streakline-data"
    host: str = "127.0.0.1"
    port: int = 8080
    roles: tuple[str, ...] = _ROLES
    shards: int | None = None
    """Of contents; None: as many as the installation has."""
    parts: int | None = None
    """Of persons; None: as many as the installation has."""
    profile: str = DEFAULT
    profile_by_source: dict[str, str] = {}
    secret: str = ""
    older_secrets: tuple[str, ...] = ()
    jwks_url: str = ""
    jwks_audience: str = ""
    jwks_issuer: str = ""
    write_keys: tuple[str, ...] = ()
    anonymous_writes: bool = True
    anonymous_users: bool = True
    public_reads: bool = True
    origins: tuple[str, ...] = ("*",)
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    visitor_header: str = FORWARDED_FOR
    country_header: str = ""
    country_file: str = ""
    rate: float = 0.0
    read_rate: float = 0.0
    private_webhooks: bool = False
    platforms: str = ""
    platform_keys: tuple[str, ...] = ()
    reuse_port: bool = False
    generated: bool = False
    page: str = ""
    max_ids: int = 20_000_000
    keep_live_minutes: int = 90
    redis_folder: str = ""
    min_free_mb: int = 512
    max_memory_share: int = 80
    epoch_seconds: float = 2.0
    log_format: str = "text"

    @staticmethod
    def of(environment: Mapping[str, str]) -> Settings:
        """Return the settings that an environment names; what it does not name keeps its default.

        Raises:
            BadSetting: naming the variable, its value and what it takes.
        """
        values: dict[str, object] = {}
        for field, (variable, takes) in VARIABLES.items():
            text = environment.get(variable, "")
            if text:
                values[field] = _parsed(field, variable, text, takes)
        settings = Settings(**values)  # type: ignore[arg-type]
        settings.check()
        return settings

    @property
    def writes(self) -> bool:
        """Whether a process with these roles writes events: those that are posted, or those of its own."""
        return bool({"ingest", "api", "jobs"} & set(self.roles))

    def check(self) -> None:
        """Refuse values that parse but make no sense.

        Raises:
            BadSetting: naming the variable.
        """
        named = [("profile", self.profile)]
        named += [("profile_by_source", name) for name in self.profile_by_source.values()]
        for field, name in named:
            if name not in PROFILES:
                msg = f"{VARIABLES[field][0]} names {name!r}; the profiles are {', '.join(PROFILES)}"
                raise BadSetting(msg)
        for field, (least, most) in _RANGES.items():
            value = getattr(self, field)
            if value is not None and not least <= value <= most:
                variable, takes = VARIABLES[field]
                msg = f"{variable} is {value}; it takes {takes}, {least} to {most}"
                raise BadSetting(msg)
        unknown = set(self.roles) - set(_ROLES)
        if unknown or not self.roles:
            msg = f"STREAKLINE_ROLES names {', '.join(sorted(unknown))!r}; the roles are {', '.join(_ROLES)}"
            raise BadSetting(msg)
        self._check_origins()
        self._check_public_url()
        self._check_proxies()
        self._check_jwks()
        if self.log_format not in {"text", "json"}:
            msg = f"STREAKLINE_LOG_FORMAT is {self.log_format!r}; it takes text or json"
            raise BadSetting(msg)

    def _check_proxies(self) -> None:
        variable, takes = VARIABLES["trusted_proxies"]
        for network in self.trusted_proxies:
            try:
                Proxies((network,))
            except ValueError as error:
                msg = f"{variable} names {network!r}: {error}; it takes {takes}, like 10.0.0.7,fd00::/8"
                raise BadSetting(msg) from None
        for field in ("visitor_header", "country_header"):
            value = getattr(self, field)
            if value not in {"", FORWARDED_FOR} and not self.trusted_proxies:
                told = f"{VARIABLES[field][0]} is {value!r}, but nobody's word is taken"
                msg = f"{told}; name your proxies in {variable}"
                raise BadSetting(msg)

    def _check_jwks(self) -> None:
        variable, takes = VARIABLES["jwks_url"]
        if self.jwks_url and not self.jwks_url.startswith(("https://", "http://")):
            msg = f"{variable} is {self.jwks_url!r}; it takes {takes}, like https://id.example.org/jwks.json"
            raise BadSetting(msg)
        given = [field for field in ("jwks_url", "jwks_audience", "jwks_issuer") if getattr(self, field)]
        lacking = [field for field in ("jwks_url", "jwks_audience") if field not in given]
        if given and lacking:
            held = f"{VARIABLES[given[0]][0]} is {getattr(self, given[0])!r}"
            msg = f"{held} and {VARIABLES[lacking[0]][0]} is ''; set both: "
            raise BadSetting(f"{msg}a token that was made for another service must not hold here")

    def _check_origins(self) -> None:
        for origin in self.origins:
            if origin not in {"*", "null"} and "://" not in origin:
                variable, takes = VARIABLES["origins"]
                msg = f"{variable} names {origin!r}; it takes {takes}; an origin is like https://example.org"
                raise BadSetting(msg)

    def _check_public_url(self) -> None:
        try:
            public_url(self.public_url or "http://localhost")
        except ValueError as error:
            variable, takes = VARIABLES["public_url"]
            told = f"{variable} is {self.public_url!r}: {error}"
            msg = f"{told}; it takes {takes}, like https://example.org/streakline"
            raise BadSetting(msg) from None


def _parsed(field: str, variable: str, text: str, takes: str) -> object:
    default = getattr(Settings(), field)
    kind = _KINDS.get(field, str)
    try:
        if kind is bool:
            return {"1": True, "true": True, "0": False, "false": False}[text.lower()]
        if kind is tuple:
            return tuple(part.strip() for part in text.split(",") if part.strip())
        if kind is dict:
            return _pairs(text)
        return kind(text)
    except (ValueError, KeyError):
        msg = f"{variable} is {text!r}; it takes {takes} (default {default!r})"
        raise BadSetting(msg) from None


def _pairs(text: str) -> dict[str, str]:
    """Return the pairs of a text. A source may hold commas and equals signs, the name of a profile holds neither."""
    pairs: dict[str, str] = {}
    whole = ""
    for part in text.split(","):
        whole += part
        if "=" in part:
            source, _, name = whole.rpartition("=")
            pairs[source.strip()] = name.strip()
            whole = ""
        elif whole.strip():
            whole += ","
    if whole.strip(" ,"):
        pairs[whole.strip(" ,")] = ""
    return pairs


_KINDS: Final[dict[str, type]] = {
    "port": int,
    "shards": int,
    "parts": int,
    "max_ids": int,
    "keep_live_minutes": int,
    "min_free_mb": int,
    "max_memory_share": int,
    "rate": float,
    "read_rate": float,
    "epoch_seconds": float,
    "roles": tuple,
    "older_secrets": tuple,
    "write_keys": tuple,
    "origins": tuple,
    "trusted_proxies": tuple,
    "platform_keys": tuple,
    "profile_by_source": dict,
    "anonymous_writes": bool,
    "anonymous_users": bool,
    "public_reads": bool,
    "private_webhooks": bool,
    "reuse_port": bool,
    "generated": bool,
}
"""Field -> how its text is read; what is not listed is a text."""

_RANGES: Final[dict[str, tuple[float, float]]] = {
    "port": (0, 65_535),
    "shards": (1, 64),
    "parts": (1, 64),
    "rate": (0, 1e9),
    "read_rate": (0, 1e9),
    "max_ids": (0, 10**12),
    "keep_live_minutes": (0, 10**9),
    "min_free_mb": (0, 10**9),
    "max_memory_share": (1, 100),
    "epoch_seconds": (0, 3600),
}
"""Field -> the least and the greatest that makes sense."""
