"""The page of a shared year, as its golden file shows it: numbers and names, nothing that runs and no id."""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser

from golden import Golden
from streakline.people.yearly.rankings import Ranked, Ranking
from streakline.people.yearly.shared_page import POLICY, STYLE, no_page, shared_page
from year_facts import ranked, year_of

ADDRESS = "https://plays.example/shared/year/abc.def"


class Read(HTMLParser):
    """What a page consists of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_as_it_was_when_somebody_last_looked_at_it(golden: Golden):
    golden("cards/shared_page.html", shared_page(year_of(), "Jörg", ADDRESS))
    golden("cards/no_page.html", no_page())


def test_messengers_are_told_title_words_and_picture():
    told = {
        str(attributes["property"]): attributes["content"]
        for tag, attributes in Read(shared_page(year_of(), "Jörg", ADDRESS)).tags
        if tag == "meta" and "property" in attributes
    }
    assert told == {
        "og:type": "website", "og:title": "2025 in review · Jörg",
        "og:description": "1,433 hours played, Motörhead most of all", "og:image": f"{ADDRESS}/card.png",
        "og:image:type": "image/png", "og:image:width": "1200", "og:image:height": "630",
        "og:image:alt": "1,433 hours played, Motörhead most of all",
    }  # fmt: skip
    equal = Ranking((Ranked(1, "a", "A", 7), Ranked(1, "b", "B", 7)), 0)
    assert "most of all" not in shared_page(year_of(top_artists=equal), "", ADDRESS)


def test_the_page_and_no_page_are_in_no_index():
    for page in (shared_page(year_of(), "", ADDRESS), no_page()):
        assert ("meta", {"name": "robots", "content": "noindex"}) in Read(page).tags


def test_markup_in_names_is_text_and_no_id_is_told():
    name, title = "</h1><script>alert(1)</script>", '"><img src=x onerror=alert(1)>'
    page = shared_page(year_of(top_titles=ranked(title), top_artists=ranked(title)), name, ADDRESS)
    read = Read(page)
    assert {tag for tag, _ in read.tags} <= {
        "html", "meta", "title", "link", "style", "main", "h1", "b", "p", "span", "dl", "div", "dt", "dd", "h2", "svg",
        "rect", "text", "section", "ol", "li", "i", "nav", "a", "footer",
    }  # fmt: skip
    assert not any(
        attribute.startswith("on") or attribute == "style" for _, have in read.tags for attribute in have
    )
    assert read.text.count(name) == 2
    assert read.text.count(title) == 2
    assert "id-0" not in page


def test_the_policy_lets_the_style_of_the_page_in_and_nothing_from_elsewhere():
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in POLICY
    page = shared_page(year_of(), "", ADDRESS)
    assert page.count(f"<style>{STYLE}</style>") == 1
    links = [have.get("href") or have.get("src") for _, have in Read(page).tags]
    assert [link for link in links if link] == [
        "data:,", "abc.def/card.png?size=landscape", "abc.def/card.png?size=portrait",
    ]  # fmt: skip


def test_a_thin_year_has_no_empty_lists_and_no_figure_of_nothing():
    thin = year_of(
        plays=1, total_hours=0.0, artists=0, titles=1, days_watched=1, total_movies_watched=0, total_shows_watched=0,
        top_artists=Ranking((), 0), top_genres=Ranking((), 0), longest_streak=None, complete=False,
    )  # fmt: skip
    read = Read(shared_page(thin, "", ADDRESS))
    assert "Artists" not in read.text
    assert "Genres" not in read.text
    assert "so far" in read.text
    assert [tag for tag, _ in read.tags].count("dt") == 2
