"""A template and what it tells in; an HTML page, everything in it escaped, out."""

from __future__ import annotations

from typing import Any


def rendered(template: str, **told: Any) -> str:
    """Fill in a template of this room."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("kafka_sizing.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    page: str = environment.get_template(template).render(**told)
    return page
