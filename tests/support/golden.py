"""Golden files: what the code printed when somebody last read it. `make golden` writes them anew."""

import difflib
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden"


class Golden:
    """Compares texts with files, or writes the files when `pytest --golden` asks for it."""

    def __init__(self, *, rewrite: bool) -> None:
        """Compare, or with `rewrite` write."""
        self._rewrite = rewrite

    def __call__(self, name: str | Path, text: str) -> None:
        """Hold `text` against a file: `name` is a path, or a name below `tests/golden`.

        Raises:
            AssertionError: they differ; the message shows the lines.
        """
        path = name if isinstance(name, Path) else GOLDEN / name
        if self._rewrite:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        difference = difflib.unified_diff(kept.splitlines(), text.splitlines(), str(path), "now", lineterm="")
        assert kept == text, "\n".join([*difference, "if it is meant to be so: make golden"])
