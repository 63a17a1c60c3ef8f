"""One statement for what several shards insert at the same time: each insert is a part that ClickHouse has to merge.

The shards of a batch work in threads. Whoever has something to insert waits until all others have too, or are done
with the batch. What came together is then bundled, table by table, and the first of a bundle inserts all of it. Nobody
goes on before his own rows are stored, so progress is reported after them as ever. If a shared statement fails, each
inserts his own: what is wrong with the rows of one is nobody else's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import structlog

log = structlog.get_logger()

T = TypeVar("T")

FULL: Final = 4 << 20
"""Bytes from which a bundle takes no more: about 10,000 raw rows, which are worth a statement of their own."""


class _Offer:
    """What one shard wants inserted."""

    def __init__(self, table: str, data: bytes) -> None:
        self.table, self.data = table, data
        self.bundle: _Bundle | None = None


class _Bundle:
    """Offers for one table that share a statement."""

    def __init__(self) -> None:
        self.offers: list[_Offer] = []
        self.is_over = self.is_stored = False

    @property
    def size(self) -> int:
        """Bytes of all."""
        return sum(len(offer.data) for offer in self.offers)


class Gathering:
    """Where the shards of one process meet."""

    def __init__(self) -> None:
        """Prepare; without a batch everybody inserts alone."""
        self._changed = threading.Condition()
        self._at_work = 0
        """Shards that have yet to say that they are done with the batch."""
        self._offers: list[_Offer] = []
        self._making = threading.Lock()

    def one_by_one(self, made: Iterator[T]) -> Iterator[T]:
        """Yield what is made, each while no other shard makes anything.

        Only one thread at a time runs Python anyway. What each has in hand fills the processor's caches: in turns of
        some microseconds they would throw out each other's.
        """
        while True:
            with self._making:
                one = next(made, None)
            if one is None:
                return
            yield one

    def begin(self, shards: int) -> None:
        """Expect so many shards, each of which `works` once."""
        with self._changed:
            self._at_work = shards

    @contextmanager
    def works(self) -> Iterator[None]:
        """Let a shard take its share of the batch; after that nobody waits for it."""
        try:
            yield
        finally:
            with self._changed:
                self._at_work -= 1
                self._bundle_if_all_are_here()

    def insert(self, table: str, data: bytes, send: Callable[[bytes], None]) -> None:
        """Return when the rows are stored, together with those of others.

        Args:
            table: that they are for.
            data: blocks in the format of ClickHouse, which may follow each other in one statement.
            send: inserts blocks into the table.

        Raises:
            Exception: what `send` raised for these rows alone.
        """
        offer = _Offer(table, data)
        with self._changed:
            self._offers.append(offer)
            self._bundle_if_all_are_here()
            self._changed.wait_for(lambda: offer.bundle is not None)
        bundle = offer.bundle
        assert bundle is not None
        if len(bundle.offers) > 1:
            if bundle.offers[0] is offer:
                self._send(bundle, send)
            with self._changed:
                self._changed.wait_for(lambda: bundle.is_over)
            if bundle.is_stored:
                return
        send(data)

    def _send(self, bundle: _Bundle, send: Callable[[bytes], None]) -> None:
        try:
            send(b"".join(offer.data for offer in bundle.offers))
            bundle.is_stored = True
        except Exception as error:  # noqa: BLE001 - each meets it again, or does not, with what is his own
            shards, fault = len(bundle.offers), str(error)[:300]
            log.warning("shared_insert_failed", table=bundle.offers[0].table, shards=shards, error=fault)
        finally:
            with self._changed:
                bundle.is_over = True
                self._changed.notify_all()

    def _bundle_if_all_are_here(self) -> None:
        if len(self._offers) < max(1, self._at_work):
            return
        open_bundles: dict[str, _Bundle] = {}
        for offer in self._offers:
            bundle = open_bundles.get(offer.table)
            if bundle is None or bundle.size >= FULL:
                bundle = open_bundles[offer.table] = _Bundle()
            bundle.offers.append(offer)
            offer.bundle = bundle
        self._offers = []
        self._changed.notify_all()
