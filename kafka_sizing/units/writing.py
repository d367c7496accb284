"""Numbers in bytes, records and seconds in; text as people read amounts out."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final

from kafka_sizing.units.names import GiB, KiB, LoadUnit, MiB, TiB

_SPANS: Final = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_TENTHS: Final = 10  # below so many seconds a span keeps its tenths
_MOST_FIGURES: Final = 12  # beyond, what two numbers differ by is rounding


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
