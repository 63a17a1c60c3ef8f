"""Redis as the flows use it: connections, the one source, the one sink, cursors."""
