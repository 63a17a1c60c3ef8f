"""What lives as long as the process and is shared by all requests."""
