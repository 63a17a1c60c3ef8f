"""Live connections: sockets, topics, frames, and the feed that moves them."""
