"""The rules of deploy/alerts.yml fire on the series that a dead flow leaves, asked of Prometheus' own promtool."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
RULES = ROOT / "deploy" / "alerts.yml"


def promtool() -> str:
    """Return the program; skip the test where Debian's `prometheus` is not installed."""
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed (apt-get install prometheus)")
    return program


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([promtool(), *arguments], capture_output=True, text=True, check=False)


def firing(folder: Path, alarm: str, at: str, series: dict[str, str], labels: dict[str, Any] | None) -> str:
    """Return what promtool has against an alarm that fires with some labels, or (None) does not."""
    rules = yaml.safe_load(RULES.read_text())
    for rule in rules["groups"][0]["rules"]:
        rule["annotations"] = {}  # their words are not what is asked
    folder.joinpath("rules.yml").write_text(yaml.safe_dump(rules))
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "5s",
        "tests": [
            {
                "interval": "5s",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": [
                    {
                        "eval_time": at,
                        "alertname": alarm,
                        "exp_alerts": [] if labels is None else [{"exp_labels": labels}],
                    }
                ],
            }
        ],
    }
    file = folder / "test.yml"
    file.write_text(json.dumps(test))
    answer = run("test", "rules", str(file))
    return "" if answer.returncode == 0 else answer.stdout + answer.stderr


def flow(metric: str, name: str, **more: str) -> str:
    """Return a series as a scrape of one server has it."""
    labels = {"flow": name, "instance": "a:8080", **(more or {"shard": "2"})}
    named = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{metric}{{{named}}}"


def test_the_rules_are_rules() -> None:
    answer = run("check", "rules", str(RULES))
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("name", ["content", "viewers", "archive"])
def test_a_flow_without_a_sign_of_life_is_an_alarm_within_20_s_and_none_when_it_is_back(
    tmp_path: Path, name: str
) -> None:
    # It grows by 5 a scrape from the blow on: 12 s after it at the third.
    series = {flow("streakline_flow_silent_seconds", name): "0 0 2 7 12 17 22 0 0 0"}
    at = {"flow": name, "shard": "2"}
    assert firing(tmp_path, "StreaklineFlowSilent", "15s", series, None) == ""
    assert firing(tmp_path, "StreaklineFlowSilent", "25s", series, at) == ""
    assert firing(tmp_path, "StreaklineFlowSilent", "40s", series, None) == ""


def test_two_servers_that_tell_of_one_flow_make_one_alarm(tmp_path: Path) -> None:
    series = {
        flow("streakline_flow_silent_seconds", "content", shard="0", instance="a:8080"): "0+5x20",
        flow("streakline_flow_silent_seconds", "content", shard="0", instance="b:8080"): "1+5x20",
    }
    at = {"flow": "content", "shard": "0"}
    assert firing(tmp_path, "StreaklineFlowSilent", "30s", series, at) == ""


@pytest.mark.parametrize(
    ("alarm", "name", "until"),
    [
        ("StreaklineFlowBehind", "content", "160s"),
        ("StreaklineFlowBehind", "viewers", "160s"),
        ("StreaklineArchiveBehind", "archive", "610s"),
    ],
)
def test_a_lag_that_grows_with_time_is_an_alarm_and_one_that_froze_would_not_be(
    tmp_path: Path, alarm: str, name: str, until: str
) -> None:
    lag = flow("streakline_flow_lag_ms", name)
    at = {"flow": name, "shard": "2"}
    assert firing(tmp_path, alarm, until, {lag: "0+5000x200"}, at) == ""
    assert firing(tmp_path, alarm, until, {lag: "1658+0x200"}, None) == ""


def test_a_flow_that_starts_again_and_again_is_an_alarm_though_its_numbers_end_with_each_process(
    tmp_path: Path,
) -> None:
    started = flow("streakline_flow_started_seconds", "content", shards="0,1,2,3")
    at = {"flow": "content", "shards": "0,1,2,3"}
    assert (
        firing(tmp_path, "StreaklineFlowRestarts", "80s", {started: "10 10 _ _ 31 _ _ 52 _ _ 73 73"}, at)
        == ""
    )
    assert firing(tmp_path, "StreaklineFlowRestarts", "80s", {started: "10 10 _ _ 31 31 31 31"}, None) == ""


def test_a_job_that_fails_again_is_an_alarm_and_one_that_does_its_work_is_none(tmp_path: Path) -> None:
    def runs(outcome: str) -> str:
        return f'streakline_job_runs_total{{instance="a:8080",job="check-history",outcome="{outcome}"}}'

    labels = {"instance": "a:8080", "job": "check-history", "outcome": "failed"}
    failing = {runs("failed"): "1 1 1 2 2 2 3", runs("done"): "7 7 7 7 7 7 7"}
    assert firing(tmp_path, "StreaklineJobFails", "30s", failing, labels) == ""
    working = {runs("failed"): "3 3 3 3 3 3 3", runs("done"): "7 7 7 8 8 8 9"}
    assert firing(tmp_path, "StreaklineJobFails", "30s", working, None) == ""
