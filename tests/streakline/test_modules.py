"""Every module of the domain has its own tests."""

from pathlib import Path

import streakline


def test_every_module_has_its_test_file():
    modules = {path.stem for path in Path(streakline.__file__).parent.glob("[a-z]*.py")}
    tests = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert modules - tests == set()
    # Tests of a module that fill several files have its name and one more word.
    assert {test for test in tests - modules if test.rpartition("_")[0] not in modules} == {"modules"}
