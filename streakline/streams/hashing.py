"""Hashes of contents, listeners and identities: 64 bits, by the installation's own seed.

The stamping loops call xxh3 themselves, for speed; their tests hold them to these definitions.
"""

from __future__ import annotations

from xxhash import xxh3_64_intdigest


def hash64(text: str, seed: int) -> int:
    """Return the 64-bit hash of a text (xxh3_64, with the installation's seed)."""
    return xxh3_64_intdigest(text.encode(), seed)


def identity64(content: str, start_ms: int, identity: str, seed: int) -> int:
    """Return the hash of an event's identity: content, timestamp in ms (of a play its start), id."""
    return xxh3_64_intdigest(f"{content}\0{start_ms}\0{identity}".encode(), seed)
