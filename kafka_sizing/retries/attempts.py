"""Chances of failure and delays in; which share of records reaches an attempt out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from kafka_sizing._checks import check_fraction, check_non_negative


def failed_share(
    attempts: int, *, failing_fraction: float, always_failing_fraction: float
) -> float:
    """Compute which share of all records fails so many attempts in a row: f + (1 − f) pⁱ.

    A share f never succeeds, the others fail each attempt by chance, with probability p, and
    independently. After no attempt at all, that is every record.
    """
    by_chance = float(failing_fraction) ** attempts
    return always_failing_fraction + (1 - always_failing_fraction) * by_chance


def failed_shares(
    attempts: int, *, failing_fraction: float, always_failing_fraction: float
) -> tuple[float, ...]:
    """Compute which share of all records reaches each attempt, the first to one after the last."""
    return tuple(
        failed_share(
            failed,
            failing_fraction=failing_fraction,
            always_failing_fraction=always_failing_fraction,
        )
        for failed in range(attempts + 1)
    )


def check_failing(failing_fraction: float, always_failing_fraction: float) -> tuple[float, float]:
    """Refuse anything but two fractions in [0, 1); give them as floats."""
    check_fraction("failing_fraction", failing_fraction)
    check_fraction("always_failing_fraction", always_failing_fraction)
    return float(failing_fraction), float(always_failing_fraction)


def check_delays(name: str, delays_s: Iterable[float]) -> tuple[float, ...]:
    """Refuse anything but a list of finite numbers >= 0; give them as a tuple of floats."""
    given: Any = delays_s
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(f"{name} must be a list of delays, one per retry, got {given!r:.60}")
    delays = tuple(given)
    for delay in delays:
        check_non_negative(f"each of {name}", delay)
    total = tuple(float(delay) for delay in delays)
    check_non_negative(f"{name} in all", sum(total))
    return total


def attempt_times(delays_s: Iterable[float]) -> tuple[float, ...]:
    """Give how long after the first attempt each attempt is made, the first at 0. [s]"""
    return tuple(accumulate(delays_s, initial=0.0))
