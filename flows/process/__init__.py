"""What every flow process has: its recovery folder, its metrics, its faults."""
