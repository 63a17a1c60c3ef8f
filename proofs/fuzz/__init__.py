"""Bad input for a running stack: requests, live connections, stream entries and import files, from a seed."""
