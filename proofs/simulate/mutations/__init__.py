"""Known faults of the product, each of which must turn a simulation red."""
