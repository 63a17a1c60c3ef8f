"""A stack whose Redis fails over to a replica that had been cut off. See `python -m proofs.failover --help`."""
