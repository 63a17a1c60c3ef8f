"""One machine: starts real Redis and real ClickHouse, supervises the processes, and is the `streakline` command."""
