"""The documents speak of what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from streakline.settings import VARIABLES

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FOLDERS = ("streakline", "flows", "server", "sql", "stack", "clients", "tests", "bench", "docs", "deploy")
PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./*-]*[\w*/])`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_and_link_leads_somewhere(document: Path) -> None:
    text = document.read_text()
    missing = [path for path in PATH.findall(text) if not list(ROOT.glob(path))]
    missing += [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("variable", [variable for variable, _ in VARIABLES.values()])
def test_every_setting_is_documented(variable: str) -> None:
    assert f"`{variable}`" in (ROOT / "docs" / "operations.md").read_text()


def test_the_commands_of_the_readme_are_targets_of_make() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_every_dependency_has_its_line() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    section = project[
        project.index("\ndependencies = [") : project.index("\n]\n", project.index("\ndependencies = ["))
    ]
    names = re.findall(r'^  "([A-Za-z0-9_.-]+)', section, re.MULTILINE)
    documented = (ROOT / "docs" / "dependencies.md").read_text()
    assert [name for name in names if name not in documented] == []


def test_every_alarm_asks_for_metrics_that_are_documented() -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"][0]["rules"]
    named = {name for rule in rules for name in re.findall(r"streakline_\w+", rule["expr"])}
    operations = (ROOT / "docs" / "operations.md").read_text()
    assert named
    assert [name for name in sorted(named) if f"`{name.removesuffix('_total')}`" not in operations] == []


def _tests_named(document: str) -> list[tuple[str, str]]:
    return re.findall(r"`([\w./-]+\.(?:py|ts|tsx))::(\w+)`", (ROOT / "docs" / document).read_text())


@pytest.mark.parametrize("document", ["faults.md", "requirements.md"])
def test_every_test_that_a_table_names_exists(document: str) -> None:
    named = _tests_named(document)
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not any(
            f"def {name}(" in one.read_text() for one in ROOT.glob(f"tests/**/{path.removeprefix('tests/')}")
        )
    ]
    assert missing == []


def test_every_requirement_is_to_come_or_tied_to_a_test_a_benchmark_or_a_decision() -> None:
    text = (ROOT / "docs" / "requirements.md").read_text()
    rows = re.findall(r"^\| (R\d-\S+) \|.* \| (.+) \|$", text, re.MULTILINE)
    begun = {name: shown for name, shown in rows if shown != "to come"}
    assert [name for name, shown in begun.items() if not re.search(r"::\w+|`bench\.|\(adr/", shown)] == []
    done = [shown for shown in begun.values() if "to come" not in shown]
    assert f"Done: {len(done)} of {len(rows)}." in text


def test_every_kind_of_fault_has_one_row_and_a_test() -> None:
    rows = re.findall(
        r"^\| ([RAPX]\d+) \|.*\| (.*) \|$", (ROOT / "docs" / "faults.md").read_text(), re.MULTILINE
    )
    kinds = [
        f"{area}{number}"
        for area, last in (("R", 19), ("A", 11), ("P", 10), ("X", 15))
        for number in range(1, last + 1)
    ]
    assert [kind for kind, _ in rows] == kinds
    assert [kind for kind, held in rows if "::" not in held] == []


def test_every_error_has_a_line_that_says_who_raises_and_who_catches_it() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE
    )
    errors = {
        name
        for folder in ("streakline", "flows", "server", "sql", "stack", "clients/python")
        for path in (ROOT / folder).rglob("*.py")
        for name, base in re.findall(r"^class (\w+)\(([\w.]+)\):", path.read_text(), re.MULTILINE)
        if base.endswith(("Error", "Exception"))
    }
    assert {name for name, _, _ in rows} == errors
    wrong = []
    for name, raiser, catcher in rows:
        for where, words in ((raiser, f"(raise |set_exception\\(|class ){name}"), (catcher, name)):
            for path in re.findall(r"`([\w/]+\.py)`", where):
                [file] = [one for one in (ROOT / path, ROOT / "clients/python" / path) if one.exists()] or [
                    None
                ]
                if file is None or not re.search(words, file.read_text()):
                    wrong.append((name, path))
    assert wrong == []
