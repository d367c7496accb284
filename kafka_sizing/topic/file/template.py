"""Nothing in; a commented design file to start from out."""

from __future__ import annotations

from importlib.resources import files


def template_text() -> str:
    """Give a design file with a comment on every key, to be filled in.

    Returns
    -------
    str
        TOML; as it stands it is a topic that can be planned.

    Examples
    --------
    >>> import tomllib
    >>> from kafka_sizing.topic import design_of, template_text
    >>> design_of(tomllib.loads(template_text())).name
    'orders'
    """
    return files("kafka_sizing.topic.file").joinpath("template.toml").read_text(encoding="utf-8")
