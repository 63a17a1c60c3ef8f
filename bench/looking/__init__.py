"""What is seen of a stack while it works: lag, probes, CPU and memory, stacks."""
