"""What `streakline import` is given: files, pipes, other services' files. Nothing here needs a server."""

import json
import os
import subprocess
import sys
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from real_data import recorded
from running_stack import ROOT
from stack.cli import streakline as command_line
from stack.imports import files as _files
from stack.imports.files import Source, lines_of
from stack.imports.histories import histories
from streakline_client.imports import recognition
from streakline_client.imports.rows import BadFile

EXPORTS = Path(__file__).with_name("exports")
GERMAN = (EXPORTS / "youtube_german.json").read_text()
SEARCHES = json.dumps(
    [{"header": "YouTube", "title": "Gesucht", "time": "2024-05-01T10:00:00Z",
      "titleUrl": "https://www.youtube.com/results?search_query=x"}]
)  # fmt: skip
SPOTIFY = (EXPORTS / "spotify_account_unknown.json").read_text()


def text_of(source: Source) -> str:
    return "".join(lines_of(source.open()))


def zipped(folder: Path, files: dict[str, str], name: str = "export.zip") -> Source:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in files.items():
            archive.writestr(member, text)
    return Source(folder / name)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(
        command_line, ["--url", "http://127.0.0.1:9", "import", *map(str, words), "--user", "u"]
    )


# --- pipes ----------------------------------------------------------------------------------------


def test_a_named_pipe_is_read_once_and_as_often_as_is_wanted(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(GERMAN,))
    writer.start()
    with Source(pipe) as source:
        assert text_of(source) == text_of(source) == GERMAN
        kept = Path(str(source._kept and source._kept.name))
        assert kept.exists()
    assert not kept.exists()
    writer.join()


def test_a_pipe_may_carry_what_is_packed(tmp_path: Path):
    zipped(tmp_path, {"Takeout/YouTube/kijkgeschiedenis.json": GERMAN})
    packed = (tmp_path / "export.zip").read_bytes()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(packed,))
    writer.start()
    with Source(pipe) as source:
        (history,) = histories(source, "youtube")
        assert "".join(history.lines()) == "".join(history.lines()) == GERMAN
    writer.join()


def test_a_pipe_that_does_not_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_files, "MOST_KEPT", 3 << 20)
    with (
        Source(Path("/dev/zero")) as source,
        pytest.raises(BadFile, match="through a pipe; write it to a file"),
    ):
        source.open()


@pytest.mark.parametrize("word", ["-", "/dev/stdin", "<(cat)"])
def test_standard_input_is_read_by_each_of_its_names(word: str):
    line = f"{sys.executable} -m stack.cli --url http://127.0.0.1:9 import spotify {word} --user u --dry-run"
    rows = '[{"endTime": "2024-05-01 10:00", "artistName": "", "trackName": "", "msPlayed": 1}]'
    done = subprocess.run(
        ["bash", "-c", f"cat | {line}"],
        cwd=ROOT,
        input=rows,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "1 row read" in done.stdout, done.stderr
    assert "1 skipped: names neither track nor episode" in done.stdout
    assert done.returncode == 1


# --- other services' files ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("netflix_ViewingActivity.csv", "Netflix' ViewingActivity"),
        ("netflix_NetflixViewingHistory_us.csv", "Netflix' NetflixViewingHistory"),
        ("trakt_watched-history.json", "Trakt's history"),
        ("letterboxd_diary.csv", "Letterboxd's diary"),
        ("apple_Apple Music Play Activity.csv", "Apple Music's play activity"),
        ("listenbrainz_listens_2025_12.jsonl", "ListenBrainz' listens"),
        ("listenbrainz_api_listens.json", "ListenBrainz' listens"),
        ("tautulli_get_history.json", "Tautulli's history"),
        ("tidal_streaming.csv", "Tidal's history"),
        ("maloja_export_1714600000.json", "Maloja's scrobbles"),
        ("tvtime_tracking-prod-records-v2.csv", "TV Time's episodes"),
        ("tvtime_tracking-prod-records.csv", "TV Time's movies"),
        ("simkl_all-items.json", "Simkl's list"),
        ("lastfm_api_page1.json", "Last.fm's API"),
    ],
)
def test_exports_of_other_services_are_recognised(name: str, wanted: str):
    with recorded(f"imports/samples/{name}").open(encoding="utf-8-sig") as file:
        kind = recognition.kind_of(file.read(recognition.HEAD))
    assert kind is not None
    assert kind.name == wanted


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(EXPORTS.iterdir()) if "wrong" not in path.name],
    ids=lambda path: path.name,
)
def test_every_export_is_recognised_as_its_importers(path: Path):
    with Source(path) as source:
        name = path.name.partition("_")[0]
        heads = [history.head() for history in histories(source, name)]
    assert [kind and kind.importer for kind in map(recognition.kind_of, heads)] == [name]


@pytest.mark.parametrize(
    ("importer", "name", "said"),
    [
        (
            "youtube",
            "youtube_wrong_file_spotify.json",
            "it looks like Spotify's account data; `streakline import",
        ),
        (
            "spotify",
            "youtube_german.json",
            "it looks like YouTube's watch history; `streakline import youtube`",
        ),
        ("lastfm", "spotify_extended_paused.json", "it looks like Spotify's extended history"),
        ("lastfm", "youtube_watch-history.html", "it looks like YouTube's watch history"),
        ("events", "lastfm_lastfmstats.json", "it looks like lastfmstats' scrobbles"),
        ("events", "spotify_account_unknown.json", "it looks like Spotify's account data"),
        ("youtube", "lastfm_1970.csv", "it looks like Last.fm's scrobbles"),
        ("spotify", "lastfm_headerless_now_playing_first.csv", "it looks like Last.fm's scrobbles"),
        ("youtube", "lastfm_scraper.tsv", "it looks like Last.fm's scrobbles"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name(importer: str, name: str, said: str):
    result = run(importer, EXPORTS / name)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_a_trakt_file_is_named_though_nothing_reads_it(tmp_path: Path):
    result = run("youtube", recorded("imports/samples/trakt_watched-history.json"))
    assert result.exit_code == 2
    assert "it looks like Trakt's history, which no importer reads yet" in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("importer", "text", "said"),
    [
        (
            "spotify",
            "spotify_track_uri,ts,ms_played,track_name,artist_name\nX,2013-07-08 02:44:34,118000,Song,Artist\n",
            "it lacks master_metadata_track_name, master_metadata_album_artist_name; it has spotify_track_uri, ts",
        ),
        ("spotify", "[]", "0 rows read"),
        ("lastfm", "uts,artist,track\n,Ada,Harbour\n", "1 skipped: without a time (playing now)"),
        (
            "youtube",
            SEARCHES,
            "it looks like YouTube's history of searches",
        ),
    ],
)
def test_an_import_that_keeps_nothing_ends_with_one_and_says_why(
    importer: str, text: str, said: str, tmp_path: Path
):
    (tmp_path / "a.txt").write_text(text)
    result = run(importer, tmp_path / "a.txt")
    assert result.exit_code == 1
    assert said in result.output
    assert "nothing in it to import" in result.output


def test_a_page_without_line_ends_is_read_in_pieces(tmp_path: Path):
    row = (
        '<div class="outer-cell"><div class="header-cell"><p class="mdl-typography--title">YouTube<br></p></div>'
        '<div class="content-cell mdl-typography--body-1">Angesehen:\u00a0'
        '<a href="https://www.youtube.com/watch?v=v{n}">Fog {n}</a><br>'
        '<a href="https://www.youtube.com/channel/c">Coast</a><br>{d:02}.01.2024, 16:16:16 MEZ</div></div>'
    )
    page = "<html><head><style>" + "a{}" * 30_000 + "</style></head><body>"
    rows = "".join(row.format(n=n, d=n % 28 + 1) for n in range(5_000))
    (tmp_path / "Wiedergabeverlauf.html").write_text(page + rows + "</body></html>")
    with Source(tmp_path / "Wiedergabeverlauf.html") as source:
        assert max(map(len, lines_of(source.open()))) <= 1 << 16
    result = CliRunner().invoke(
        command_line,
        ["--url", "http://127.0.0.1:9", "import", "youtube", str(tmp_path / "Wiedergabeverlauf.html"), "--user", "u",
         "--dry-run"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "5,000 rows read; nothing was sent" in result.output


def test_text_without_end_in_a_page_is_refused(tmp_path: Path):
    (tmp_path / "a.html").write_text("<html><a href='" + "x" * 3_000_000)
    assert run("youtube", tmp_path / "a.html").exit_code == 2


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path):
    (tmp_path / "a.csv").write_text("x")
    result = run("lastfm", tmp_path / "absent.csv")
    assert (result.exit_code, "does not exist" in result.output) == (2, True)


def test_a_page_whose_zone_may_be_several_needs_the_persons_own(tmp_path: Path):
    page = (EXPORTS / "youtube_watch-history.html").read_text().replace("PM TRT", "PM IST")
    (tmp_path / "a.html").write_text(page)
    refused = run("youtube", tmp_path / "a.html", "--dry-run")
    assert refused.exit_code == 2
    assert "the zone IST is several; say which with --tz" in " ".join(refused.output.split())
    assert "3 new" not in refused.output
    told = run("youtube", tmp_path / "a.html", "--dry-run", "--tz", "Asia/Kolkata")
    assert told.exit_code == 0, told.output
    assert "4 rows read; nothing was sent" in told.output


def test_an_archive_of_another_sort_is_named(tmp_path: Path):
    with tarfile.open(tmp_path / "takeout.tgz", "w:gz") as archive:
        archive.add(EXPORTS / "youtube_german.json", "Takeout/YouTube/Verlauf/Wiedergabeverlauf.json")
    result = run("youtube", tmp_path / "takeout.tgz")
    assert result.exit_code == 2
    assert "a tar archive (.tgz): unpack it" in " ".join(result.output.split())


def test_a_replay_reads_pipes_too():
    done = subprocess.run(
        ["bash", "-c", f"echo '{{\"a\": 1}}' | {sys.executable} -m stack.cli --url http://127.0.0.1:9 replay -"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "holds no events" in done.stderr
