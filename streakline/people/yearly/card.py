"""The card of a year: a picture to share, as SVG. Few numbers, large; it is drawn from the answer alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from streakline.people.yearly.answers import YearInReview
from streakline.people.yearly.card_text import Style, Typeface, Typesetter
from streakline.people.yearly.rankings import Ranked, Ranking

PLACES: Final = 5
GROUND, GLOW, INK, SOFT, FAINT = "#101114", "#4a2113", "#f2f2ee", "#b0b3ba", "#8f929a"
LINE, BAR, ACCENT = "#3d4048", "#7d818b", "#ff6f43"
"""Those of the page on a dark ground."""


class Column(NamedTuple):
    """Where a part of a card stands.

    Attributes:
        x: its left edge.
        y: the base line of its first line.
        width: of the part.
    """

    x: float
    y: float
    width: float


class Sheet(NamedTuple):
    """The places of a size of a card, in pixels.

    Attributes:
        width: of the card.
        height: of the card.
        scale: of all text, against that of the wide card.
        year: the year's figures and what they are.
        hours: the greatest number; `hours_size` is the size that it has where there is room.
        stats: the three numbers beside it.
        months: the bars; their first line is their foot.
        lead: what was played most.
        rows: titles played most.
        mark: whose card it is, at its end.
    """

    width: int
    height: int
    scale: float
    year: Column
    year_size: float
    hours: Column
    hours_size: float
    stats: Column
    months: Column
    months_height: float
    lead: Column
    rows: Column
    mark: Column


LANDSCAPE: Final = Sheet(
    width=1200, height=630, scale=1,
    year=Column(64, 104, 520), year_size=60,
    hours=Column(64, 264, 520), hours_size=176,
    stats=Column(64, 402, 520),
    months=Column(64, 560, 520), months_height=72,
    lead=Column(664, 96, 472),
    rows=Column(664, 288, 472),
    mark=Column(664, 584, 472),
)  # fmt: skip
PORTRAIT: Final = Sheet(
    width=1080, height=1920, scale=1.6,
    year=Column(88, 212, 904), year_size=168,
    hours=Column(88, 530, 904), hours_size=290,
    stats=Column(88, 756, 904),
    months=Column(88, 1016, 904), months_height=140,
    lead=Column(88, 1154, 904),
    rows=Column(88, 1458, 904),
    mark=Column(88, 1862, 904),
)  # fmt: skip
SIZES: Final = {"landscape": LANDSCAPE, "portrait": PORTRAIT}


class Card(NamedTuple):
    """A card.

    Attributes:
        svg: the picture; its text is text, and it holds nothing that lies elsewhere.
        families: typefaces that it is written in.
    """

    svg: str
    families: frozenset[str]


def card(year: YearInReview, sheet: Sheet, faces: Sequence[Typeface], name: str = "") -> Card:
    """Return the card of a year.

    Args:
        year: what is known of it.
        sheet: one of `SIZES`.
        faces: the typefaces that there are, the plainest one first.
        name: whose year it is, where that is to be seen.
    """
    setter = Typesetter(faces)
    drawn = _Drawing(year, sheet, setter, name)
    parts = [
        *drawn.ground(), *drawn.year_line(), *drawn.hours(), *drawn.stats(), *drawn.months(), *drawn.lead(),
        *drawn.rows(), *drawn.mark(),
    ]  # fmt: skip
    title = setter.readable(f"{year.year} in review")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sheet.width}" height="{sheet.height}" '
        f'viewBox="0 0 {sheet.width} {sheet.height}" font-family={setter.family}>\n'
        f"<title>{title}</title>\n" + "\n".join(parts) + "\n</svg>\n"
    )
    return Card(svg, frozenset(setter.used))


class _Drawing:
    def __init__(self, year: YearInReview, sheet: Sheet, setter: Typesetter, name: str) -> None:
        self._year, self._sheet, self._setter, self._name = year, sheet, setter, name

    def ground(self) -> Iterator[str]:
        sheet = self._sheet
        yield (
            f'<defs><radialGradient id="glow" gradientUnits="userSpaceOnUse" cx="{sheet.width}" cy="0" '
            f'r="{max(sheet.width, sheet.height) * 0.72:g}"><stop offset="0" stop-color="{GLOW}"/>'
            f'<stop offset="1" stop-color="{GROUND}"/></radialGradient></defs>'
        )
        yield f'<rect width="{sheet.width}" height="{sheet.height}" fill="url(#glow)"/>'

    def year_line(self) -> Iterator[str]:
        at, size = self._sheet.year, self._sheet.year_size
        digits, style = str(self._year.year), Style(size, 700, ACCENT)
        yield self._setter.line(digits, at.x, at.y, style)
        words = "in review" if self._year.complete else "so far"
        if self._name:
            words = f"{words} · {self._name}"
        after = self._setter.width(digits, style) + size * 0.24
        small = self._style(28 if size < 100 else 32, 500, SOFT)
        yield self._setter.line(words, at.x + after, at.y, small, at.width - after)

    def hours(self) -> Iterator[str]:
        at = self._sheet.hours
        number, words = greatest(self._year)
        yield self._setter.line(number, at.x, at.y, self._shrunk(number, self._sheet.hours_size, at.width))
        # Below the tail of a comma.
        below = at.y + self._sheet.hours_size * 0.2 + 20 * self._sheet.scale
        yield self._setter.line(words, at.x, below, self._style(26, 500, SOFT))

    def stats(self) -> Iterator[str]:
        at, scale = self._sheet.stats, self._sheet.scale
        found = list(_stats(self._year))
        for place, (number, words) in enumerate(found):
            x, room = at.x + place * at.width / 3, at.width / 3 - 12 * scale
            yield self._setter.line(number, x, at.y, self._shrunk(number, 44 * scale, room))
            yield self._setter.line(words, x, at.y + 28 * scale, self._style(18, 500, FAINT), room)

    def months(self) -> Iterator[str]:
        at, scale = self._sheet.months, self._sheet.scale
        plays = self._year.viewing_trends.plays_by_month
        most, step = max(*plays, 1), at.width / 12
        wide = step * 0.58
        for month, number in enumerate(plays):
            tall = max(number / most * self._sheet.months_height, 3 * scale)
            x = at.x + month * step
            color = LINE if not number else ACCENT if number == most else BAR
            yield (
                f'<rect x="{x:.1f}" y="{at.y - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}" '
                f'rx="{min(wide, tall) / 4:.1f}" fill="{color}"/>'
            )
            letter = self._style(15, 500, FAINT, "middle")
            yield self._setter.line("JFMAMJJASOND"[month], x + wide / 2, at.y + 24 * scale, letter)

    def lead(self) -> Iterator[str]:
        at, scale, year = self._sheet.lead, self._sheet.scale, self._year
        found = year.top_artists if year.artists else year.top_titles
        first = found.first[0]
        yield self._setter.line(_most(found), at.x, at.y, self._style(20, 600, ACCENT))
        style = self._shrunk(self._setter.readable(first.name), 58 * scale, at.width, least=0.66)
        yield self._setter.line(first.name, at.x, at.y + 66 * scale, style, at.width)
        yield self._setter.line(_plays(first), at.x, at.y + 104 * scale, self._style(22, 500, SOFT))

    def rows(self) -> Iterator[str]:
        at, scale = self._sheet.rows, self._sheet.scale
        below = self._year.top_titles.first[:PLACES]
        yield (
            f'<rect x="{at.x:g}" y="{at.y - 62 * scale:g}" width="{at.width:g}" height="{scale:g}" fill="{LINE}"/>'
        )
        yield self._setter.line("Titles", at.x, at.y - 28 * scale, self._style(18, 500, FAINT))
        for place, one in enumerate(below):
            y = at.y + (12 + place * 46) * scale
            plays = self._style(20, 500, SOFT, "end")
            number = f"{one.plays:,}"
            taken = self._setter.width(number, plays) + 20 * scale
            left = 36 * scale
            yield self._setter.line(str(one.rank), at.x, y, self._style(22, 600, FAINT))
            yield self._setter.line(one.name, at.x + left, y, self._style(24, 600), at.width - left - taken)
            yield self._setter.line(number, at.x + at.width, y, plays)

    def mark(self) -> Iterator[str]:
        at, scale = self._sheet.mark, self._sheet.scale
        style = self._style(20, 700, INK, "end")
        right = at.x + at.width
        x = right - self._setter.width("Streakline", style) - 32 * scale
        yield (
            f'<g transform="translate({x:.1f} {at.y - 23 * scale:.1f}) scale({scale * 0.9:g})" stroke-width="3.6" '
            f'stroke-linecap="round"><path d="M7 22.5 10.5 16" stroke="#8c9099"/>'
            f'<path d="M13 22.5 18 13" stroke="#d9dade"/><path d="M19.2 22.5 26 9.5" stroke="{ACCENT}"/></g>'
        )
        yield self._setter.line("Streakline", right, at.y, style)

    def _style(self, size: float, weight: int, color: str = INK, anchor: str = "start") -> Style:
        return Style(round(size * self._sheet.scale, 1), weight, color, anchor)

    def _shrunk(self, text: str, size: float, room: float, least: float = 0.0) -> Style:
        """Return the style of a text in large letters, smaller where it would not fit, down to a part of the size."""
        wide = self._setter.width(text, Style(size, 700, INK))
        return Style(round(size * max(min(1.0, room / wide if wide else 1.0), least), 1), 700, INK)


def greatest(year: YearInReview) -> tuple[str, str]:
    """Return the number that says most of a year, and what it counts: hours, or plays where nobody knows any."""
    if year.total_hours:
        return _hours(year.total_hours), "hour played" if year.total_hours == 1 else "hours played"
    return f"{year.plays:,}", "play" if year.plays == 1 else "plays"


def _hours(hours: float) -> str:
    return f"{hours:,.0f}" if hours >= 100 else f"{hours:,.1f}".removesuffix(".0")


def _stats(year: YearInReview) -> Iterator[tuple[str, str]]:
    if year.total_hours:
        yield f"{year.plays:,}", "play" if year.plays == 1 else "plays"
    if year.artists:
        yield f"{year.artists:,}", "artist" if year.artists == 1 else "artists"
    if not (year.total_hours and year.artists):
        yield f"{year.titles:,}", "title" if year.titles == 1 else "titles"
    if year.longest_streak is not None:
        yield f"{year.longest_streak.days:,}", "days in a row"
    else:
        yield f"{year.days_watched:,}", "day" if year.days_watched == 1 else "days"


def _most(found: Ranking) -> str:
    tied = sum(one.rank == 1 for one in found.first) + (found.tied if found.first[-1].rank == 1 else 0)
    return "Played most" if tied == 1 else f"Played most, with {tied - 1:,} more"


def _plays(one: Ranked) -> str:
    return "1 play" if one.plays == 1 else f"{one.plays:,} plays"
