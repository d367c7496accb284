"""The name of a room and of a table of numbers that lies in it in; the table out."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def read_table(room: str, name: str) -> dict[str, Any]:
    """Read ``name``.toml of a package."""
    text = files(room).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
