"""Plain, honest code for the same job, as one would write it first."""
