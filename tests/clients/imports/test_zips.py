"""The histories in a ZIP, and ZIPs that are none, damaged or hostile. Nothing here needs a server."""

import json
import struct
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stack.cli import streakline as command_line
from stack.imports.files import Source
from stack.imports.histories import histories
from streakline_client.imports.rows import BadFile

EXPORTS = Path(__file__).with_name("exports")
GERMAN = (EXPORTS / "youtube_german.json").read_text()
SEARCHES = json.dumps(
    [{"header": "YouTube", "title": "Gesucht", "time": "2024-05-01T10:00:00Z",
      "titleUrl": "https://www.youtube.com/results?search_query=x"}]
)  # fmt: skip
SPOTIFY = (EXPORTS / "spotify_account_unknown.json").read_text()


def zipped(folder: Path, files: dict[str, str], name: str = "export.zip") -> Source:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in files.items():
            archive.writestr(member, text)
    return Source(folder / name)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(
        command_line, ["--url", "http://127.0.0.1:9", "import", *map(str, words), "--user", "u"]
    )


@pytest.mark.parametrize(
    "name", ["Verlauf/Wiedergabeverlauf.json", "geschiedenis/kijkgeschiedenis.json", "观看记录.json"]
)
def test_the_history_in_a_zip_is_found_whatever_its_name(name: str, tmp_path: Path):
    files = {
        "Takeout/archive_browser.html": "<html>",
        f"Takeout/YouTube/{name}": GERMAN,
        "Takeout/YouTube/Verlauf/Suchverlauf.json": SEARCHES,
        "Takeout/Abos/abos.csv": "Kanal-ID,Name\n",
    }
    with zipped(tmp_path, files) as source:
        (history,) = histories(source, "youtube")
        assert history.name == f"export.zip/Takeout/YouTube/{name}"
        assert "".join(history.lines()) == GERMAN


def test_all_histories_of_a_zip_are_read_and_nothing_else(tmp_path: Path):
    books = (EXPORTS / "spotify_account_audiobooks.json").read_text()
    files = {
        "Spotify Account Data/StreamingHistory_music_0.json": SPOTIFY,
        "Spotify Account Data/StreamingHistory_audiobook_0.json": books,
        "Spotify Account Data/Playlist1.json": '{"playlists": [{"name": "x", "items": []}]}',
        "Spotify Account Data/Read_Me_First.pdf": "%PDF",
        "__MACOSX/._StreamingHistory_music_0.json": "\0\5\26\7",
        "../../StreamingHistory_music_9.json": SPOTIFY,
        "a/../StreamingHistory_music_8.json": SPOTIFY,
    }  # fmt: skip
    with zipped(tmp_path, files) as source:
        assert [history.name.rpartition("/")[2] for history in histories(source, "spotify")] == [
            "StreamingHistory_music_0.json", "StreamingHistory_audiobook_0.json"
        ]  # fmt: skip


def test_a_zip_without_a_history_says_what_is_in_it(tmp_path: Path):
    said = r"StreamingHistory0.json looks like Spotify's account data"
    with (
        zipped(tmp_path, {"a/StreamingHistory0.json": SPOTIFY}) as source,
        pytest.raises(BadFile, match=said),
    ):
        histories(source, "youtube")
    with (
        zipped(tmp_path, {"photos/1.jpg": "x"}) as source,
        pytest.raises(BadFile, match=r"in it: photos/1.jpg"),
    ):
        histories(source, "youtube")
    with (
        zipped(tmp_path, {"xl/workbook.xml": "<x/>"}) as source,
        pytest.raises(BadFile, match="a spreadsheet"),
    ):
        histories(source, "lastfm")


def test_a_bomb_in_a_zip_is_no_history(tmp_path: Path):
    bomb = GERMAN.rstrip()[:-1] + "," + '"xxxxxxxx",\n' * 20_000_000
    with zipped(tmp_path, {"a.json": bomb}) as source:
        (history,) = histories(source, "youtube")
        result = run("youtube", tmp_path / "export.zip")
    assert history.name == "export.zip/a.json"
    assert result.exit_code == 2
    assert "more than 67,108,864 characters in one JSON text" in " ".join(result.output.split())


def test_a_damaged_or_locked_zip_is_named(tmp_path: Path):
    zipped(tmp_path, {"a.json": GERMAN * 50})
    whole = bytearray((tmp_path / "export.zip").read_bytes())
    for what, spoilt in {
        "cut": whole[:-40],
        "byte": whole[:60] + bytes([whole[60] ^ 0xFF]) + whole[61:],
        "locked": whole.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00").replace(
            b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
        ),
    }.items():
        (tmp_path / "spoilt.zip").write_bytes(spoilt)
        result = run("youtube", tmp_path / "spoilt.zip")
        assert result.exit_code == 2, what
        assert "Traceback" not in result.output


def test_a_zip_that_claims_an_endless_list_of_files_is_refused_unread(tmp_path: Path):
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_535, 65_535, 2_000_000_000, 0, 0)
    (tmp_path / "list.zip").write_bytes(b"PK\x03\x04" + bytes(100) + end)
    with (
        Source(tmp_path / "list.zip") as source,
        pytest.raises(BadFile, match="list of files takes more than"),
    ):
        histories(source, "youtube")
