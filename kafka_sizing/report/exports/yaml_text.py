"""Mappings, lists and plain values in; YAML that reads back as the same out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_WIDTH: Final = 99
_BREAKS: Final = re.compile("[\x85\u2028\u2029]")  # ends of lines to YAML 1.1 alone


def yaml_text(document: Mapping[str, Any]) -> str:
    """Write a document as YAML, its keys in their order.

    Parameters
    ----------
    document : mapping
        Of str to texts, numbers, true or false, lists, or such mappings.

    Returns
    -------
    str
        In ASCII where a line end of other alphabets would read back as something else.

    Examples
    --------
    >>> from kafka_sizing.report.exports.yaml_text import yaml_text
    >>> print(yaml_text({"partitions": 12, "unclean.leader.election.enable": False}), end="")
    partitions: 12
    unclean.leader.election.enable: false
    """
    import yaml

    def dumped(*, allow_unicode: bool) -> str:
        return yaml.safe_dump(document, sort_keys=False, width=_WIDTH, allow_unicode=allow_unicode)

    text = dumped(allow_unicode=True)
    return dumped(allow_unicode=False) if _BREAKS.search(text) else text
