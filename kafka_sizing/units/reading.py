"""Text as people write amounts in; bytes, records and seconds out."""

from __future__ import annotations

import math
import re
from typing import Final

from kafka_sizing.units.names import GB, KB, MB, TB, YEAR_S, GiB, KiB, LoadUnit, MiB, TiB

_BYTES: Final = {
    "b": 1,
    "byte": 1,
    "bytes": 1,
    "kb": KB,
    "mb": MB,
    "gb": GB,
    "tb": TB,
    "kib": KiB,
    "mib": MiB,
    "gib": GiB,
    "tib": TiB,
}
_RECORDS: Final = {"record": 1, "records": 1}
_SECONDS: Final = {
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "min": 60.0,
    "h": 3_600.0,
    "d": 86_400.0,
    "y": YEAR_S,
}
_BITS: Final = re.compile("[KMGT]i?b")
_QUANTITY: Final = re.compile(
    r"\s*(?P<number>[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+(?:_\d+)*)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)"
    r"\s*(?P<unit>[a-z]+)\s*(?P<per>/\s*(?:s|sec|second))?\s*",
    re.ASCII | re.IGNORECASE,
)


def parse_load(text: str) -> tuple[float, LoadUnit]:
    """Read an amount or a rate of records or bytes.

    Parameters
    ----------
    text : str
        A number, a unit and perhaps ``/s``: ``"200 MiB/s"``, ``"3 GB"``,
        ``"5000 records/s"``. ``mb`` is ``MB``; ``MB`` is 10**6 bytes and ``MiB``
        2**20; ``,`` may group digits by three, and ``_`` at will. Bits are refused: ``Mb``.

    Returns
    -------
    tuple of float and LoadUnit
        The amount in records, bytes, records/s or bytes/s, and which of them it is.

    Raises
    ------
    ValueError
        If the text is not such an amount, or is not finite and >= 0.

    Examples
    --------
    >>> from kafka_sizing.units import parse_load
    >>> parse_load("10 MiB/s")
    (10485760.0, 'bytes/s')
    """
    number, unit, per_second = _split(text, "an amount such as '200 MiB/s' or '5000 records/s'")
    if unit in _BYTES:
        return _finite(number * _BYTES[unit], text), "bytes/s" if per_second else "bytes"
    if unit in _RECORDS:
        return number, "records/s" if per_second else "records"
    raise ValueError(f"amount must be in records or bytes (B, kB, MB, MiB …), got {text!r}")


def parse_bytes_per_s(text: str) -> float:
    """Read a rate in bytes: ``"200 MiB/s"`` is 209,715,200.0 [bytes/s].

    Parameters
    ----------
    text : str
        As for `parse_load`, but bytes per second only.

    Returns
    -------
    float
        The rate. [bytes/s]

    Raises
    ------
    ValueError
        If the text is not a rate in bytes.

    Examples
    --------
    >>> from kafka_sizing.units import parse_bytes_per_s
    >>> parse_bytes_per_s("1.5 kB/s")
    1500.0
    """
    amount, unit = parse_load(text)
    if unit != "bytes/s":
        raise ValueError(f"rate must be in bytes per second such as '200 MiB/s', got {text!r}")
    return amount


def parse_bytes(text: str) -> float:
    """Read an amount of bytes: ``"6 GB"`` is 6e9 [bytes].

    Parameters
    ----------
    text : str
        As for `parse_load`, but bytes only.

    Returns
    -------
    float
        The amount. [bytes]

    Raises
    ------
    ValueError
        If the text is not an amount of bytes.

    Examples
    --------
    >>> from kafka_sizing.units import parse_bytes
    >>> parse_bytes("1 KiB")
    1024.0
    """
    amount, unit = parse_load(text)
    if unit != "bytes":
        raise ValueError(f"size must be in bytes such as '6 GB', got {text!r}")
    return amount


def parse_duration(text: str) -> float:
    """Read a time span: ``"20 ms"`` is 0.02 [s].

    Parameters
    ----------
    text : str
        A number and one of us, ms, s, min, h, d, y (365.25 days).

    Returns
    -------
    float
        The span. [s]

    Raises
    ------
    ValueError
        If the text is not a time span.

    Examples
    --------
    >>> from kafka_sizing.units import parse_duration
    >>> parse_duration("7 d")
    604800.0
    """
    number, unit, per_second = _split(text, "a time span such as '20 ms' or '7 d'")
    if unit not in _SECONDS or per_second:
        units = ", ".join(_SECONDS)
        raise ValueError(f"time span must be in one of {units}, got {text!r}")
    return _finite(number * _SECONDS[unit], text)


def _split(text: str, expected: str) -> tuple[float, str, bool]:
    if not isinstance(text, str):
        raise TypeError(f"text must be {expected}, got {text!r:.60}")
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"text must be {expected}, got {text!r}")
    if _BITS.fullmatch(match["unit"]):
        raise ValueError(
            f"unit must be bytes with a capital B, for a small b is read as bits, got {text!r}"
        )
    number = _finite(float(match["number"].replace(",", "").replace("_", "")), text)
    return number, match["unit"].lower(), match["per"] is not None


def _finite(number: float, text: str) -> float:
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"amount must be finite and >= 0, got {text!r}")
    return number
