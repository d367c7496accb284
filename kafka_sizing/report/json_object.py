"""The fields of a result in; one JSON object that says what it is out."""

from __future__ import annotations

import json
from typing import Any, Final

SCHEMA_VERSION: Final = 1  # rises when a field goes or changes its meaning, not when one comes


def json_object(kind: str, fields: dict[str, Any]) -> str:
    """Write fields below those that every object begins with; in ASCII, without NaN."""
    from kafka_sizing import __version__

    told = {
        "schema": f"kafka-sizing/{kind}",
        "schema_version": SCHEMA_VERSION,
        "version": __version__,
        **fields,
    }
    return json.dumps(told, indent=2, allow_nan=False) + "\n"
