"""Tables that benchmarks and proofs print."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

WIDTH = 130


def show(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    title: str | None = None,
    *,
    texts: Collection[int] = (0,),
) -> None:
    """Print a table: the columns of `texts` to the left, all others to the right. Without headings it has none."""
    cells = [[str(cell).replace("[", "\\[") for cell in row] for row in rows]
    table = Table(title=title, box=box.SIMPLE, show_header=any(headings))
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number in texts else "right")
    for row in cells:
        table.add_row(*row)
    Console(width=WIDTH, highlight=False).print(table)
