"""One file an area of the HTTP interface."""
