"""Files that are replaced as a whole, for good: after a crash there is the old one or the new one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def replace_file(file: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Give a file another content, which is on disk when this returns.

    Args:
        file: whose folder is there.
        data: all that it shall hold.
        mode: permissions, of which the process' umask takes away some.

    Raises:
        OSError: if it cannot be written; the old one stands.
    """
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
