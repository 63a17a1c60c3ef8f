"""The page of a shared year: HTML that needs no script, made of the answer and of nothing else about the person."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import escape
from typing import Final

from streakline.people.yearly.answers import YearInReview
from streakline.people.yearly.card import SIZES, greatest
from streakline.people.yearly.moments import MONTHS
from streakline.people.yearly.rankings import Ranking

PLACES: Final = 5
STYLE: Final = """
:root{color-scheme:light dark;--ground:#f5f5f2;--raised:#fff;--ink:#17181c;--soft:#50535b;--line:#dfdfd9;--bar:#8d9098;
--accent:#cf3a0e}
@media (prefers-color-scheme:dark){:root{--ground:#101114;--raised:#1b1d22;--ink:#f2f2ee;--soft:#b0b3ba;--line:#27292f;
--bar:#7d818b;--accent:#ff6f43}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.45 system-ui,-apple-system,"Segoe UI",sans-serif;
font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
main{max-width:60rem;margin:0 auto;padding:clamp(1.25rem,5vw,3.5rem)}
h1{margin:0;font-size:1.25rem;font-weight:500;color:var(--soft);overflow-wrap:anywhere}
h1 b{color:var(--accent);font-size:clamp(2.5rem,10vw,4rem);font-weight:800;letter-spacing:-.02em;margin-right:.15em}
h2{margin:0 0 .75rem;font-size:1.0625rem;font-weight:600}
.great{margin:1.25rem 0 0;font-size:clamp(4rem,20vw,9rem);font-weight:800;letter-spacing:-.035em;line-height:1}
.great span{display:block;margin-top:.3em;font-size:1.125rem;font-weight:500;letter-spacing:0;color:var(--soft)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:1.25rem;margin:2rem 0}
dt{color:var(--soft);font-size:.875rem}
dd{margin:0;font-size:1.75rem;font-weight:700}
dl div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
svg{display:block;width:100%;height:auto;max-width:44rem}
svg rect{fill:var(--bar)}svg .most{fill:var(--accent)}svg text{fill:var(--soft);font-size:22px}
.lists{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:2rem 3rem;margin:2.5rem 0}
ol{list-style:none;margin:0;padding:0}
li{display:flex;gap:.75rem;padding:.5rem 0;border-top:1px solid var(--line)}
li i{flex:none;width:1.5rem;font-style:normal;color:var(--soft)}
li b{flex:1;min-width:0;font-weight:600;overflow-wrap:anywhere}
li span{color:var(--soft)}
nav{display:flex;flex-wrap:wrap;gap:.75rem;margin:2.5rem 0 2rem}
nav a{padding:.7rem 1.1rem;border-radius:6px;background:var(--ink);color:var(--ground);font-weight:600;
text-decoration:none}
a:focus-visible{outline:2px solid var(--accent);outline-offset:3px}
footer{color:var(--soft);font-size:.875rem}
"""
_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""What the page may do, for `Content-Security-Policy`: the style that stands in it, and pictures of ours."""


def shared_page(year: YearInReview, name: str, address: str) -> str:
    """Return the page of a shared year.

    Args:
        year: what is shown of it: numbers and names, no id.
        name: whose it is, "" where that is not said.
        address: of the page, as the world knows it, without a slash at its end.
    """
    title = f"{year.year} {'in review' if year.complete else 'so far'}" + (f" · {name}" if name else "")
    number, words = greatest(year)
    described = f"{number} {words}"
    if len(year.top_artists.leaders) == 1:
        described += f", {year.top_artists.leaders[0].name} most of all"
    wide = SIZES["landscape"]
    # Relative: the page does not know which path a proxy has put before it.
    here = address.rpartition("/")[2]
    head = _head(title, described, f"{address}/card.png", (wide.width, wide.height))
    body = "\n".join(_body(year, name, f"{here}/card"))
    return f"{head}\n<main>\n{body}\n</main>\n</html>\n"


def no_page() -> str:
    """Return the page of a link that opens nothing, for whatever reason."""
    title = "Nothing is here"
    return (
        f"{_head(title)}\n<main>\n<h1>{title}</h1>\n"
        "<p>The link was taken back, has ended, or was not copied whole.</p>\n</main>\n</html>\n"
    )


def _head(title: str, described: str = "", picture: str = "", size: tuple[int, int] = (0, 0)) -> str:
    meta = {"robots": "noindex", "viewport": "width=device-width, initial-scale=1", "referrer": "no-referrer"}
    shown = {"og:type": "website", "og:title": title, "og:description": described}
    if picture:
        meta |= {"description": described, "twitter:card": "summary_large_image"}
        shown |= {
            "og:image": picture, "og:image:type": "image/png", "og:image:width": str(size[0]),
            "og:image:height": str(size[1]), "og:image:alt": described,
        }  # fmt: skip
    lines = [f'<meta name="{name}" content="{escape(value)}">' for name, value in meta.items()]
    lines += [
        f'<meta property="{name}" content="{escape(value)}">' for name, value in shown.items() if picture
    ]
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        + "\n".join(lines)
        + f'\n<link rel="icon" href="data:,">\n<style>{STYLE}</style>'
    )


def _body(year: YearInReview, name: str, card: str) -> Iterator[str]:
    number, words = greatest(year)
    after = f"{'in review' if year.complete else 'so far'}{f' · {name}' if name else ''}"
    yield f"<h1><b>{year.year}</b> {escape(after)}</h1>"
    yield f'<p class="great">{escape(number)}<span>{escape(words)}</span></p>'
    yield "<dl>"
    for figure, what in _figures(year):
        yield f"<div><dt>{escape(what)}</dt><dd>{escape(figure)}</dd></div>"
    yield "</dl>"
    yield from _months(year.viewing_trends.plays_by_month)
    yield '<div class="lists">'
    yield from _list("Artists", year.top_artists)
    yield from _list("Titles", year.top_titles)
    yield from _list("Genres", year.top_genres)
    yield "</div>"
    yield "<nav>"
    for size, sheet in SIZES.items():
        yield f'<a href="{escape(card)}.png?size={size}">Picture, {sheet.width} &times; {sheet.height}</a>'
    yield "</nav>"
    yield "<footer>Counted by Streakline</footer>"


def _figures(year: YearInReview) -> Iterator[tuple[str, str]]:
    counts = (
        (year.plays if year.total_hours else 0, "play", "plays"),
        (year.artists, "artist", "artists"),
        (year.titles, "title", "titles"),
        (year.total_movies_watched, "movie finished", "movies finished"),
        (year.total_shows_watched, "show", "shows"),
        (year.days_watched, "day with a play", "days with a play"),
        (0 if year.first_times.is_first_year else year.first_times.artists, "new artist", "new artists"),
    )
    for number, one, many in counts:
        if number:
            yield f"{number:,}", one if number == 1 else many
    if year.longest_streak is not None:
        yield f"{year.longest_streak.days:,}", "days in a row"


def _months(plays: tuple[int, ...]) -> Iterator[str]:
    most = max(*plays, 1)
    told = ", ".join(f"{month} {number:,}" for month, number in zip(MONTHS, plays, strict=True))
    yield "<h2>Plays by month</h2>"
    yield f'<svg viewBox="0 0 720 156" role="img" aria-label="{escape(told)}">'
    for month, number in enumerate(plays):
        tall = max(120 * number / most, 2)
        kind = ' class="most"' if number == most else ""
        yield f'<rect{kind} x="{month * 60 + 8}" y="{122 - tall:.1f}" width="44" height="{tall:.1f}" rx="3"/>'
        yield f'<text x="{month * 60 + 30}" y="150" text-anchor="middle">{MONTHS[month][0]}</text>'
    yield "</svg>"


def _list(title: str, found: Ranking) -> Iterator[str]:
    if not found.first:
        return
    yield f"<section><h2>{title}</h2><ol>"
    for one in found.first[:PLACES]:
        yield f'<li><i>{one.rank}</i><b dir="auto">{escape(one.name)}</b><span>{one.plays:,}</span></li>'
    yield "</ol></section>"
