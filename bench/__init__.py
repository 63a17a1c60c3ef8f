"""Benchmarks and fault tests against a whole stack: each prints a table. Run with `python -m bench.NAME`."""
