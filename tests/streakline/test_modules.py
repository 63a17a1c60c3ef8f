"""Every module of the domain has its own tests, in the same folder under `tests/streakline`."""

from pathlib import Path

import streakline

WITHOUT_BEHAVIOUR = {
    "live_windows", "platforms/connectors/connector", "platforms/connectors/faults", "streak_limits", "variables",
}  # fmt: skip
"""Modules of constants, protocols and kinds of errors alone."""
DOMAIN, TESTS = Path(streakline.__file__).parent, Path(__file__).parent


def test_every_module_has_its_test_file():
    modules = {path.relative_to(DOMAIN).with_suffix("").as_posix() for path in DOMAIN.rglob("[a-z]*.py")}
    tests = {
        path.relative_to(TESTS).with_suffix("").as_posix().replace("test_", "")
        for path in TESTS.rglob("test_*.py")
    }
    assert modules - tests == WITHOUT_BEHAVIOUR
    # Tests of a module that fill several files have its name and one more word.
    assert {test for test in tests - modules if test.rpartition("_")[0] not in modules} == {"modules"}
