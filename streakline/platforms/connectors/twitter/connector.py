"""X: an account and its posts. Reading costs money, once a post and day of UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from streakline.platforms.connectors.connector import Account, Defaults, Resource
from streakline.platforms.connectors.exchange import Ask, Asking, Pairs, Reply, Unreadable, json_of
from streakline.platforms.connectors.faults import Fault, Faulty
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import ClientApp, Tokens, challenge_of, tokens_of
from streakline.platforms.connectors.parts import part
from streakline.platforms.connectors.quotas import Quota, Rate
from streakline.platforms.connectors.twitter.faults import fault_of
from streakline.platforms.connectors.twitter.replies import (
    OF_ACCOUNT,
    OF_POST,
    Posts,
    named,
    posts_of,
    user_of,
    whole,
)
from streakline.times import DAY_MS, HOUR_MS, MINUTE_MS, iso, parse_when

SOURCE: Final = ("x-api", "2")
SCOPES: Final = ("tweet.read", "users.read", "offline.access")
CALLS: Final = "calls"
PAGE: Final = 100
PRIVATE: Final = 30 * DAY_MS
"""For so long a post has numbers that only its owner sees, and is looked at each time."""
WHOLE: Final = 7 * DAY_MS
"""After so long older posts are looked at, too."""
OF_POSTS: Final = 5_000
OF_USERS: Final = 10_000
"""Price of one, in millionths of a dollar."""
_FIELDS: Final = "created_at,public_metrics,attachments"


class Twitter(Defaults):
    """The connector of X."""

    name: str = "twitter"
    platform: str = "twitter"
    pace: int = 2 * HOUR_MS
    addresses: Mapping[str, str] = {
        "authorize": "https://x.com/i/oauth2/authorize",
        "token": "https://api.x.com",
        "data": "https://api.x.com",
    }
    quotas: Mapping[str, Quota] = {CALLS: Rate(75, 15 * MINUTE_MS)}
    """As the document has it, of each account: that is the least of what any of its paths allows."""

    def authorize(self, app: ClientApp, redirect: str, state: str, verifier: str) -> Ask:
        """Return the address that a person is sent to, to say yes."""
        query = (
            ("response_type", "code"),
            ("client_id", app.client_id),
            ("redirect_uri", redirect),
            ("scope", " ".join(app.scopes or SCOPES)),
            ("state", state),
            ("code_challenge", challenge_of(verifier)),
            ("code_challenge_method", "S256"),
        )
        return Ask("authorize", "", query)

    def exchange(self, app: ClientApp, code: str, redirect: str, verifier: str, now: int) -> Asking[Tokens]:
        """Take a code, which lives for half a minute, for tokens."""
        form = (
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        )
        tokens = _tokens((yield _token(app, "token", form)), now, None)
        if not tokens.refresh:
            raise Faulty(Fault("refused", "the grant lacks offline.access, so it would end within two hours"))
        return tokens

    def refresh(self, app: ClientApp, tokens: Tokens, now: int) -> Asking[Tokens]:
        """Take a grant for newer tokens. Whether the refresh token changes no page says: what comes is kept."""
        form = (("grant_type", "refresh_token"), ("refresh_token", tokens.refresh))
        return _tokens((yield _token(app, "token", form)), now, tokens)

    def revoke(self, app: ClientApp, tokens: Tokens) -> Ask | None:
        """Return what gives a grant back."""
        return _token(app, "revoke", (("token", tokens.refresh or tokens.access),))

    def who(self, tokens: Tokens) -> Asking[Account]:
        """Ask whose account a grant is of."""
        user = user_of((yield _me("", "username")))
        return Account(user.id, user.username)

    def look(self, look: Look) -> Asking[None]:
        """Ask for an account and its posts."""
        yield from part(look, "account", _account(look))
        recent = (("start_time", iso(look.now - PRIVATE)),)
        yield from part(look, "posts", _posts(look, f"{_FIELDS},non_public_metrics", recent))
        if look.now - look.notes.get("whole", 0) >= WHOLE:
            yield from part(look, "older posts", _older(look))

    def fault_of(self, ask: Ask, reply: Reply, now: int) -> Fault | None:
        """Return why there is no use in a reply; None if there is."""
        return fault_of(ask, reply, now)

    def resources(self, ask: Ask, reply: Reply) -> Sequence[Resource]:
        """Return what a reply costs: each once a day of UTC."""
        if not ask.worst:
            return ()
        if ask.path.endswith("/me"):
            return [Resource(f"user:{user_of(reply).id}", OF_USERS)]
        page = posts_of(reply)
        posts = [Resource(f"post:{one.id}", OF_POSTS) for one in page.data]
        # No page says what media cost: they are counted as posts are.
        return posts + [Resource(f"media:{one.media_key}", OF_POSTS) for one in page.includes.media]


def _token(app: ClientApp, which: str, form: Pairs) -> Ask:
    client = (app.client_id, app.client_secret)
    return Ask("token", f"/2/oauth2/{which}", form=form, method="POST", signed=False, basic=client)


def _tokens(reply: Reply, now: int, before: Tokens | None) -> Tokens:
    said = json_of(reply.body)
    tokens = tokens_of(said, now, before) if isinstance(said, dict) else None
    if tokens is None:
        raise Unreadable("the answer of the token endpoint holds no access_token")
    return tokens


def _me(account: str, fields: str) -> Ask:
    return Ask("data", "/2/users/me", (("user.fields", fields),), bucket=f"{CALLS}:{account}", worst=OF_USERS)


def _account(look: Look) -> Asking[None]:
    reply = yield _me(look.account, "username,public_metrics")
    look.add("", named(look, user_of(reply).public_metrics, OF_ACCOUNT), reply.at, SOURCE)


def _older(look: Look) -> Asking[None]:
    """Ask for all that is left, the newest 3,200 at most; what only owners see is gone of them."""
    yield from _posts(look, _FIELDS, (("end_time", iso(look.now - PRIVATE)),))
    look.notes["whole"] = look.now


def _posts(look: Look, fields: str, more: Pairs) -> Asking[None]:
    query = (
        ("max_results", str(PAGE)),
        ("exclude", "retweets"),  # of those the numbers are another's
        ("tweet.fields", fields),
        ("expansions", "attachments.media_keys"),
        ("media.fields", "public_metrics"),
        *more,
    )
    token, seen = "", set[str]()
    while True:
        page_of = (("pagination_token", token),) if token else ()
        # A page of posts with four pictures each.
        worst = PAGE * OF_POSTS * 5
        path = f"/2/users/{look.account}/tweets"
        reply = yield Ask("data", path, query + page_of, bucket=f"{CALLS}:{look.account}", worst=worst)
        page = posts_of(reply)
        _add(look, page, reply.at, seen)
        if not page.meta.next_token or page.meta.next_token == token:
            return
        token = page.meta.next_token


def _add(look: Look, page: Posts, at: int, seen: set[str]) -> None:
    views = {one.media_key: whole(one.public_metrics.get("view_count")) for one in page.includes.media}
    for post in page.data:
        if post.id in seen:
            continue
        seen.add(post.id)
        told = named(look, post.public_metrics, OF_POST)
        told |= named(look, post.non_public_metrics, OF_POST)
        of_media = [views[key] for key in post.attachments.media_keys if views.get(key) is not None]
        if of_media:
            told["views"] = sum(number for number in of_media if number is not None)
        look.add(post.id, told, at, SOURCE)
        if post.text and post.created_at:
            look.tell(post.id, "post", post.text, parse_when(post.created_at)[0], at)
