"""What questions of history cost: `python -m bench.queries`."""
