"""What keeps a file small enough to be read and a folder small enough to be searched by eye."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

from sql.migrate import migrations

ROOT = Path(__file__).parents[1]
LINES, MODULES = 300, 15
CODE = {".py", ".ts", ".tsx", ".sql"}
WHOLE = {"sql/schema.sql"}
"""Written by a program, and read as a whole."""


def ours() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    files = [Path(name) for name in listed if (ROOT / name).is_file()]
    return [file for file in files if file.suffix in CODE and "migrations" not in file.parts]


def test_no_file_is_longer_than_a_reader_keeps_in_mind() -> None:
    lengths = {str(file): len((ROOT / file).read_text().splitlines()) for file in ours()}
    assert len(lengths) > 500
    assert {name: n for name, n in lengths.items() if n > LINES and name not in WHOLE} == {}


def test_no_folder_has_more_modules_side_by_side_than_can_be_told_apart() -> None:
    modules = [file for file in ours() if file.suffix != ".sql" and file.name != "__init__.py"]
    folders = Counter(str(file.parent) for file in modules)
    assert {folder: n for folder, n in folders.items() if n > MODULES} == {}


def test_migrations_are_numbered_without_a_gap_or_a_number_twice() -> None:
    assert [migration.id for migration in migrations()] == list(range(1, len(migrations()) + 1))
