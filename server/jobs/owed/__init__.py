"""Domain events within seconds, of the persons of whom viewers found something new: emitted by one of all processes."""
