"""Connectors: what is asked of a platform, what its answers mean, and what to do when it refuses. No IO."""
