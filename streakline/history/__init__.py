"""What is asked of history: ranges of time, and pages of a long answer. Pure: the server reads, this decides."""
