"""Files with something wrong in them: a row is unreadable, or the file is refused; the importers never fail."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from proofs.fuzz.files import broken_files
from stack.cli import streakline as command_line
from stack.imports.files import lines_of
from stack.imports.importing import check
from streakline_client.batches import batches
from streakline_client.imports import events, lastfm, rows, spotify, youtube
from streakline_client.imports.rows import BadFile, Imported, Outcome, Unreadable, sendable

Parse = Callable[[Iterable[str], str, str | None], Iterator[Outcome]]
PARSERS: dict[str, Parse] = {
    "lastfm": lastfm.parse, "spotify": spotify.parse, "youtube": youtube.parse, "events": events.parse
}  # fmt: skip
SEED = 20_261_121
FILES = 140

VIEW = {"titleUrl": "https://www.youtube.com/watch?v=v", "time": "2023-01-01T10:00:00Z", "title": "Watched V"}
TRACK = {"endTime": "2023-01-01 10:00", "artistName": "A", "trackName": "S", "msPlayed": 1}
PLAY = {"id": "e", "type": "play", "contentId": "c", "sessionId": "s", "timestamp": 1_700_000_000_000}


def outcomes_of(importer: str, path: Path) -> list[Outcome]:
    with closing(lines_of(path.open("rb"))) as lines:
        return [sendable(outcome) for outcome in PARSERS[importer](lines, "u", None)]


@pytest.mark.parametrize("start", range(0, FILES, 70))
def test_a_broken_file_is_read_as_far_as_it_can_be_or_refused(start: int, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    for file in broken_files(SEED + start, 70):
        path.write_bytes(file.content)
        try:
            outcomes = outcomes_of(file.importer, path)
        except BadFile:
            continue
        made = [outcome.event for outcome in outcomes if isinstance(outcome, Imported)]
        assert sum(batch.number for batch in batches(made)) == len(made)
        for outcome in outcomes:
            if isinstance(outcome, Unreadable):
                outcome.error.encode()


@pytest.mark.parametrize(
    ("importer", "row"),
    [
        ("youtube", {**VIEW, "titleUrl": "http://["}),
        ("spotify", {**TRACK, "msPlayed": 10**30}),
        ("spotify", {**TRACK, "endTime": "0001-01-01 00:00", "msPlayed": 10**9}),
        ("spotify", {**TRACK, "artistName": "\ud800"}),
        ("spotify", {**TRACK, "artistName": "x" * 1_100_000}),
        ("spotify", {"\ud800": 1}),
        ("events", {**PLAY, "id": "\ud800"}),
        ("events", {**PLAY, "duration": float("inf")}),
        ("events", {**PLAY, "title": "x" * 1_100_000}),
    ],
)
def test_a_row_that_nothing_can_be_made_of_is_unreadable_and_the_next_is_not(
    importer: str, row: dict[str, object], tmp_path: Path
) -> None:
    good = {"youtube": VIEW, "spotify": TRACK, "events": PLAY}[importer]
    (tmp_path / "rows.json").write_text(json.dumps([row, good]))
    first, second = outcomes_of(importer, tmp_path / "rows.json")
    assert isinstance(first, Unreadable)
    first.error.encode()
    assert isinstance(second, Imported)


@pytest.mark.parametrize("details", [5, "x", ["x"], [None], {"name": "From Google Ads"}])
def test_a_view_with_strange_details_is_a_view(details: object, tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(json.dumps([{**VIEW, "details": details, "subtitles": details}]))
    (outcome,) = outcomes_of("youtube", tmp_path / "rows.json")
    assert isinstance(outcome, Imported)


@pytest.mark.parametrize("importer", ["spotify", "youtube", "events"])
@pytest.mark.parametrize("opening", ["[", '{"events":', '{"a":'])
def test_nesting_without_end_is_refused(importer: str, opening: str, tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text(opening * 100_000)
    with pytest.raises(BadFile):
        outcomes_of(importer, tmp_path / "deep.json")


def test_a_gzip_file_with_a_wrong_byte_is_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b"artist,album,track\n" * 50))
    packed[10] |= 0b110  # a kind of block that there is not
    (tmp_path / "a.csv.gz").write_bytes(packed)
    with pytest.raises(BadFile, match="damaged gzip"):
        outcomes_of("lastfm", tmp_path / "a.csv.gz")


@pytest.mark.parametrize("importer", PARSERS)
@pytest.mark.parametrize("text", ["x" * 3_000, "[\n" + '"xxxxxxxx",\n' * 300])
def test_what_does_not_fit_into_memory_is_refused(
    importer: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "LONGEST_TEXT", 2_000)
    (tmp_path / "a.gz").write_bytes(gzip.compress(text.encode()))
    with pytest.raises(BadFile):
        outcomes_of(importer, tmp_path / "a.gz")


def test_empty_lines_without_end_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"uts,artist,track\n" + b"\n" * 200_000))
    with pytest.raises(BadFile, match="empty lines"):
        outcomes_of("lastfm", tmp_path / "a.gz")


def test_a_file_with_more_unreadable_rows_than_others_is_refused() -> None:
    some: list[Outcome] = [Imported(1, {}), *(Unreadable(row, "wrong") for row in range(2, 10_003))]
    with pytest.raises(BadFile, match=r"10,001 of 10,002 rows cannot be read, the first: wrong"):
        check(lambda: iter(some))
    assert len(check(lambda: iter(some[:-1])).unreadable) == 10_000


def test_a_file_of_which_most_rows_are_wrong_is_named_by_the_command(tmp_path: Path) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_text(json.dumps(PLAY) + "\n" + "no json\n" * 10_001)
    result = CliRunner().invoke(command_line, ["import", "events", str(path), "--user", "u"])
    assert result.exit_code == 2
    assert "wrong.jsonl: 10,001 of 10,002 rows cannot be read" in " ".join(result.output.split())
