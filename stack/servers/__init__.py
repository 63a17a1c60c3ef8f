"""Real Redis and ClickHouse out of their wheels."""
