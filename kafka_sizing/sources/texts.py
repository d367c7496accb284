"""The path of a file that people write in; its text out."""

from __future__ import annotations

from pathlib import Path


def read_text(path: Path, kind: str) -> str:
    """Read a file as UTF-8; an error says what it should be, and the first wrong byte."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise ValueError(f"{path} must be {kind} in UTF-8, got byte 0x{byte:02x}") from None
