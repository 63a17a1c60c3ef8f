"""The stack over a Redis that fails over to a replica which had been cut off. See `python -m bench.failover --help`."""
