"""Numbers with units, as people write them: text in, bytes and seconds out, and back."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Final, Literal, get_args

LoadUnit = Literal["records", "bytes", "records/s", "bytes/s"]
LOAD_UNITS: Final[tuple[LoadUnit, ...]] = get_args(LoadUnit)

KB: Final = 10**3
MB: Final = 10**6
GB: Final = 10**9
TB: Final = 10**12
KiB: Final = 2**10
MiB: Final = 2**20
GiB: Final = 2**30
TiB: Final = 2**40

YEAR_S: Final = 365.25 * 86_400.0

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
_SPANS: Final = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_TENTHS: Final = 10  # below so many seconds a span keeps its tenths
_MOST_FIGURES: Final = 12  # beyond, what two numbers differ by is rounding
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


def display_unit(unit: LoadUnit, largest: float) -> tuple[float, str]:
    """Choose the unit in which loads up to ``largest`` read best.

    Parameters
    ----------
    unit : LoadUnit
        What the loads are counted in.
    largest : float
        The largest load to show, in ``unit``. >= 0

    Returns
    -------
    tuple of float and str
        What to divide loads by, and the name of the unit they are then in.

    Examples
    --------
    >>> from kafka_sizing.units import display_unit
    >>> display_unit("bytes/s", 262_144_000)
    (1048576, 'MiB/s')
    """
    if not unit.startswith("bytes"):
        return 1, unit
    suffix = unit.removeprefix("bytes")
    scale = max((s for s in (1, KiB, MiB, GiB, TiB) if s <= largest), default=1)
    name = {1: "B", KiB: "KiB", MiB: "MiB", GiB: "GiB", TiB: "TiB"}[scale]
    return scale, name + suffix


def format_load(load: float, unit: LoadUnit) -> str:
    """Write a load as people read it.

    Parameters
    ----------
    load : float
        The load, in ``unit``. >= 0
    unit : LoadUnit
        What it is counted in.

    Returns
    -------
    str
        ``"250.0 MiB/s"``, ``"336,776 records"``.

    Examples
    --------
    >>> from kafka_sizing.units import format_load
    >>> format_load(262_144_000, "bytes/s"), format_load(336_776, "records")
    ('250.0 MiB/s', '336,776 records')
    """
    factor, name = display_unit(unit, load)
    number = load / factor
    if number >= 1e15:  # beyond what anyone reads digit by digit
        return f"{number:.3g} {name}"
    whole = factor == 1 and math.isclose(number, round(number), abs_tol=1e-9)
    if whole and number and round(number) == 1:
        return f"1 {name.replace('records', 'record')}"
    if whole or number >= 999.95:  # would read 1,000.0
        return f"{round(number):,} {name}"
    return f"{number:,.1f} {name}" if number >= 1 else f"{_figures(number, 3)} {name}"


def format_share(share: float) -> str:
    """Write a share as a percentage of three or four figures.

    Parameters
    ----------
    share : float
        Part of a total, or how many times something. >= 0

    Returns
    -------
    str
        ``"25.2 %"``; small shares keep their figures, ``"0.172 %"``.

    Examples
    --------
    >>> from kafka_sizing.units import format_share
    >>> format_share(0.252055), format_share(0.00172), format_share(0.0)
    ('25.2 %', '0.172 %', '0 %')
    """
    percent = 100 * share
    return f"{percent:,.1f} %" if percent >= 1 else f"{_figures(percent, 3)} %"


def format_loads_apart(one: float, other: float, unit: LoadUnit) -> tuple[str, str]:
    """Write two loads with as many digits as it takes to tell which is larger.

    Parameters
    ----------
    one, other : float
        The loads, in ``unit``. >= 0
    unit : LoadUnit
        What they are counted in.

    Returns
    -------
    tuple of str
        As `format_load` has them, with more digits where both would read alike; twelve at most.

    Examples
    --------
    >>> from kafka_sizing.units import MiB, format_loads_apart
    >>> format_loads_apart(20.81 * MiB, 20.79 * MiB, "bytes/s")
    ('20.81 MiB/s', '20.79 MiB/s')
    """
    factor, name = display_unit(unit, min(one, other))
    plain = format_load(one, unit), format_load(other, unit)
    return _apart(plain, one / factor, other / factor, name)


def format_shares_apart(one: float, other: float) -> tuple[str, str]:
    """Write two shares with as many digits as it takes to tell which is larger.

    Parameters
    ----------
    one, other : float
        Parts of a total. [0, 1]

    Returns
    -------
    tuple of str
        As `format_share` has them, with more digits where both would read alike; twelve at most.

    Examples
    --------
    >>> from kafka_sizing.units import format_shares_apart
    >>> format_shares_apart(0.1001, 0.1), format_shares_apart(0.2, 0.1)
    (('10.01 %', '10.00 %'), ('20.0 %', '10.0 %'))
    """
    return _apart((format_share(one), format_share(other)), 100 * one, 100 * other, "%")


def format_duration(seconds: float) -> str:
    """Write a time span in its two largest units.

    Parameters
    ----------
    seconds : float
        The span. [s] >= 0

    Returns
    -------
    str
        ``"12 min 5 s"``, ``"2 d 3 h"``; below 10 s with a tenth, below 1 s in milliseconds.

    Examples
    --------
    >>> from kafka_sizing.units import format_duration
    >>> [format_duration(seconds) for seconds in (0.25, 4.5, 52.4, 725, 3_600, 184_000)]
    ['250 ms', '4.5 s', '52 s', '12 min 5 s', '1 h', '2 d 3 h']
    """
    if 0 < seconds < 0.9995:
        return f"{1_000 * seconds:.3g} ms"
    if seconds < _TENTHS - 0.05:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    left = round(seconds)
    parts: list[str] = []
    for name, length in _SPANS:
        count, left = divmod(left, length)
        if count or parts:
            parts.append(f"{count:,} {name}" if count else "")
    return " ".join(part for part in parts[:2] if part)


def format_number(number: float) -> str:
    """Write a number that has no unit of its own as people read it.

    Parameters
    ----------
    number : float
        Any finite number.

    Returns
    -------
    str
        ``"16,384"``, ``"2.667"``: whole from a thousand on, four figures below.

    Examples
    --------
    >>> from kafka_sizing.units import format_number
    >>> [format_number(number) for number in (995_024.9, 10_000.0, 2.66667, 0.00002)]
    ['995,025', '10,000', '2.667', '0.00002']
    """
    size = abs(number)
    if size >= 999.5 and size < 1e15:
        return f"{number:,.0f}"
    return _figures(number, 4)


def format_count(count: int, noun: str, nouns: str = "") -> str:
    """Write a count and its noun, in the plural where that is due.

    Parameters
    ----------
    count : int
        How many there are. >= 0
    noun : str
        What one of them is called.
    nouns : str, default ""
        What several are called; "": the noun and an s.

    Returns
    -------
    str
        ``"1 broker"``, ``"2,000 retries"``.

    Examples
    --------
    >>> from kafka_sizing.units import format_count
    >>> format_count(1, "broker"), format_count(2_000, "retry", "retries")
    ('1 broker', '2,000 retries')
    """
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def _apart(plain: tuple[str, str], one: float, other: float, unit: str) -> tuple[str, str]:
    """Add digits to both numbers while their texts are the same."""
    if plain[0] != plain[1] or one == other:
        return plain
    decimals = _MOST_FIGURES - len(f"{max(one, other):.0f}")
    for digits in range(decimals + 1):
        first, second = f"{one:,.{digits}f}", f"{other:,.{digits}f}"
        if first != second:
            return f"{first} {unit}", f"{second} {unit}"
    return plain


def _figures(number: float, figures: int) -> str:
    """Write so many figures, and zeros rather than an exponent where they can be counted."""
    text = f"{number:,.{figures}g}"
    return f"{Decimal(text):f}" if 1e-9 <= abs(number) < 1e-4 else text


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
