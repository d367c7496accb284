"""Nothing in; the JSON schema of a design file, for editors, out."""

from __future__ import annotations

from typing import Any

from kafka_sizing.topic.file.tables import TABLES, schema_of


def topic_schema() -> dict[str, Any]:
    """Describe a design file as a JSON schema, so that an editor completes and checks it.

    Returns
    -------
    dict
        The schema, draft 2020-12.

    Examples
    --------
    >>> from kafka_sizing.topic import topic_schema
    >>> sorted(topic_schema()["required"])
    ['topic', 'traffic']
    """
    properties: dict[str, Any] = {}
    for name, (table, about) in TABLES.items():
        described = schema_of(table)
        if name == "group":
            described = {"type": "array", "items": described}
        properties[name] = {"description": about, **described}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A topic as kafka_sizing plans it",
        "type": "object",
        "properties": properties,
        "required": ["topic", "traffic"],
        "additionalProperties": False,
    }
