"""Any name in; one that another tool admits, and that no other name becomes, out."""

from __future__ import annotations

import hashlib
import re
from typing import Final, Literal

_HASH_DIGITS: Final = 8


def admitted_name(
    name: str,
    *,
    pattern: str,
    allowed: str,
    most: int,
    case: Literal["any", "lower"] = "any",
    prefix: str = "",
) -> str:
    """Keep a name where a tool admits it; otherwise change it and add a hash of the original.

    Parameters
    ----------
    name : str
        As Kafka has it.
    pattern : str
        What the tool admits, as a regular expression.
    allowed : str
        The characters to keep where it does not, as the inside of a class of a regular
        expression; others become "-".
    most : int
        Characters at most. [characters]
    case : {"any", "lower"}, default "any"
        Whether capitals become small letters.
    prefix : str, default ""
        Put before a changed name that does not begin as the tool wants.

    Returns
    -------
    str
        The name itself, or one that ends in the first digits of its SHA-256: "A" and "a" stay
        two names where capitals are not admitted.

    Examples
    --------
    >>> from kafka_sizing.report.exports.names import admitted_name
    >>> admitted_name("orders", pattern="[a-z-]+", allowed="a-z", most=20)
    'orders'
    >>> admitted_name("Orders", pattern="[a-z-]+", allowed="a-z", most=20, case="lower")[:7]
    'orders-'
    """
    if len(name) <= most and re.fullmatch(pattern, name):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    words = name.lower() if case == "lower" else name
    kept = re.sub(f"[^{allowed}]+", "-", words).strip("-")
    kept = kept[: most - len(prefix) - len(digest) - 1].rstrip("-")
    changed = f"{kept}-{digest}" if kept else digest
    return changed if re.fullmatch(pattern, changed) else prefix + changed


def one_line(text: str) -> str:
    """Put a text on one line, so that a comment ends where it should."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
