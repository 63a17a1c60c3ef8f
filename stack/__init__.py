"""One machine: starts real Redis and ClickHouse, supervises the processes, and is the command."""
