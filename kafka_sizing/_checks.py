"""Guards on arguments: a name and a value in, nothing or one clear error out."""

from __future__ import annotations

import difflib
import math
import numbers
import operator
from collections.abc import Collection, Iterable
from fractions import Fraction
from types import UnionType
from typing import Final, SupportsIndex, get_args

MOST_PARTITIONS: Final = 2**31 - 1  # a partition number is a signed 32-bit integer
ROUNDING: Final = 1e-9  # relative size of what is taken for rounding under a ceiling


def check_positive(name: str, value: float) -> None:
    """Refuse anything but a finite number > 0."""
    if not _is_finite(value) or value <= 0:
        raise _error(name, "finite and > 0", value)


def check_non_negative(name: str, value: float) -> None:
    """Refuse anything but a finite number >= 0."""
    if not _is_finite(value) or value < 0:
        raise _error(name, "finite and >= 0", value)


def check_fraction(name: str, value: float) -> None:
    """Refuse anything outside [0, 1)."""
    if not _is_finite(value) or not 0 <= value < 1:
        raise _error(name, "a fraction in [0, 1)", value)


def check_share(name: str, value: float) -> None:
    """Refuse anything outside (0, 1]."""
    if not _is_finite(value) or not 0 < value <= 1:
        raise _error(name, "a share in (0, 1]", value)


def check_open_share(name: str, value: float) -> None:
    """Refuse anything outside (0, 1): what chance decides is neither sure nor ruled out."""
    if not _is_finite(value) or not 0 < value < 1:
        raise _error(name, "a share in (0, 1)", value)


def check_at_least(name: str, value: float, least: float) -> None:
    """Refuse anything but a finite number >= ``least``."""
    if not _is_finite(value) or value < least:
        raise _error(name, f"finite and >= {least:g}", value)


def check_count(
    name: str, value: SupportsIndex, *, least: int = 1, most: int = MOST_PARTITIONS
) -> int:
    """Refuse anything but a whole number in ``least`` … ``most``; return it as ``int``."""
    rule = f"a whole number in {least:,} … {most:,}"
    if isinstance(value, bool):
        raise _error(name, rule, value)
    try:
        count = operator.index(value)
    except TypeError:
        raise _error(name, rule, value) from None
    if not least <= count <= most:
        raise _error(name, rule, value)
    return count


def check_counts(name: str, values: object, *, most: int = MOST_PARTITIONS) -> list[int]:
    """Refuse anything but several whole numbers from 1 to ``most``; return them as given."""
    if not isinstance(values, Iterable) or isinstance(values, str | bytes):
        raise TypeError(f"{name} must be several whole numbers, got {values!r:.60}")
    return [check_count(name, value, most=most) for value in values]


def check_type(name: str, value: object, wanted: type | UnionType, maker: str = "") -> None:
    """Refuse anything but one of the types wanted; say which function gives it."""
    if not isinstance(value, wanted):
        names = " or ".join(kind.__name__ for kind in get_args(wanted) or (wanted,))
        given = f", as {maker} gives" if maker else ""
        raise TypeError(f"{name} must be {names}{given}, got {type(value).__name__}")


def check_text(name: str, value: object) -> None:
    """Refuse anything but text."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text, got {value!r:.60}")


def check_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Refuse anything but one of ``choices``; say which are near."""
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise _error(name, f"one of {listed}", value, hint=nearest(value, choices))


def nearest(value: object, choices: Collection[str]) -> str:
    """Say which of ``choices`` look like ``value``, as an end to an error text."""
    near = difflib.get_close_matches(str(value), choices, n=3, cutoff=0.5)
    return f" (near: {', '.join(repr(choice) for choice in near)})" if near else ""


def ceil_ratio(numerator: float, denominator: float) -> int:
    """Divide and round up; a quotient that is whole but for rounding stays that number.

    ``math.ceil(2.1 / 0.7)`` is 4; here it is 3. Refuses what outgrew a float on the way here.
    """
    if not math.isfinite(numerator):
        raise _error("amount to divide and round up", "finite", numerator)
    quotient = Fraction(float(numerator)) / Fraction(float(denominator))
    below = math.floor(quotient)
    tolerance = Fraction(ROUNDING) * below  # so that the least need is still a need
    return below if quotient - below <= tolerance else below + 1


def _is_finite(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond the largest float
        return False


def _error(name: str, rule: str, value: object, *, hint: str = "") -> ValueError:
    return ValueError(f"{name} must be {rule}, got {value!r}{hint}")
