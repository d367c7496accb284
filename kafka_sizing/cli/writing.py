"""A path and a text in; a file that holds all of the text, or is what it was before, out."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its place, and put it there when it is complete.

    What stands there stays until then, whatever stops the writing: a full disk, Ctrl-C. A pipe or
    a device is written to as it is, and so is a file in a folder that takes no other.
    """
    target = path.resolve()
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        if target.exists() and not target.is_file():
            _write(target, text, "w")
            return
        try:
            _write(part, text, "x")
        except PermissionError:
            _write(target, text, "w")
            return
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        part.unlink(missing_ok=True)


def _write(path: Path, text: str, mode: str) -> None:
    with path.open(mode, encoding="utf-8", errors="replace") as file:
        file.write(text)
