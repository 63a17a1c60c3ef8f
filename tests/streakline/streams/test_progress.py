"""The progress hash: one name for every field, and which reader holds up which stream."""

import re
from pathlib import Path

import streakline
from streakline.streams import keys, progress

NAMED = [
    progress.CONTENT_FLOOR,
    progress.CONTENT_OFF,
    progress.ARCHIVE_OFF,
    progress.ARCHIVE_COVERED,
    progress.ARCHIVE_OWED,
    progress.ARCHIVE_DIFFERENCES,
]


def test_no_two_readers_write_one_field():
    fields = [field for reader in progress.READERS for field in (reader.field, reader.two_ago)]
    fields += [progress.back(reader.field) for reader in progress.READERS] + NAMED
    fields += [progress.viewers_covered(shard) for shard in range(4)]
    assert len(fields) == len(set(fields))


def test_a_flow_reads_its_streams_alone():
    assert [reader.stream(3) for reader in progress.readers("content")] == [keys.events(3)]
    assert [reader.stream(3) for reader in progress.readers("viewers")] == [keys.candidates(3)]
    assert [reader.stream(3) for reader in progress.readers("archive")] == [keys.events(3), keys.out(3)]


def test_the_fields_are_spelled_nowhere_else():
    root = Path(streakline.__file__).parents[1]
    # A bare name of a flow is also the name of the flow.
    spelled = {
        *NAMED,
        *(reader.two_ago for reader in progress.READERS),
        *(reader.field for reader in progress.READERS),
    } - {*progress.FLOWS}
    literal = re.compile("|".join(f'"{re.escape(field)}"' for field in spelled))
    found = {
        path.relative_to(root).as_posix()
        for folder in ("streakline", "flows", "server", "stack")
        for path in (root / folder).rglob("*.py")
        if literal.search(path.read_text())
    }
    assert found == {"streakline/streams/progress.py"}
