"""Whole stacks, started for proofs and benchmarks, and what is measured of the machine."""
