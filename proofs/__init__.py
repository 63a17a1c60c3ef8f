"""Proofs of exactness under faults: a simulation, chaos, failover, fuzz. Benchmarks are in `bench`."""
