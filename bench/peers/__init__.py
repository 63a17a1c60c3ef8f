"""Peers: one job that other engines were given too, done by the product's own buckets.

`python -m bench.peers`. JSON lines in; a row for each track and minute out: plays, sum of durations, skips, different
users, all exact. DuckDB's one query over the same file is the reference.
"""
