"""`verify`: every number of history counted again, by plain SQL of its own, and compared."""
