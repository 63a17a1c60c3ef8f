#!/usr/bin/env bash
# Question: does ClickHouse, as the wheel chdb-core carries it, put an instant on the same local day as Python with the
# tzdata wheel of the same autumn?
# Guess: yes; both are of 2026, and zone rules are announced months ahead.
# Seen: no. The engine's own copy is 2026c, the wheel's 2026f, and in between Winnipeg gave up winter time: from
# 2026-11-02 an hour differs, so a play at 05:30 UTC falls on two days. The engine has no setting for another copy.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3.11 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check chdb-core==26.9.0 tzdata==2026.6
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import zoneinfo
from datetime import UTC, datetime

import chdb

zoneinfo.reset_tzpath(to=[])  # the wheel, not the machine's files
INSTANT = datetime(2026, 11, 28, 5, 30, tzinfo=UTC)
python_day = str(INSTANT.astimezone(zoneinfo.ZoneInfo("America/Winnipeg")).date())
query = "select toDate(toTimeZone(toDateTime('2026-11-28 05:30:00', 'UTC'), 'America/Winnipeg'))"
engine_day = str(chdb.query(query, "TabSeparated")).strip()
edition = str(chdb.query("select value from system.build_options where name = 'TZDATA_VERSION'", "TabSeparated")).strip()
print(f"engine {edition or 'unknown edition'}: {engine_day}; tzdata wheel: {python_day}")
sys.exit(0 if (engine_day, python_day) == ("2026-11-27", "2026-11-28") else 1)
PYTHON
