"""What an HPA measures in; how many members it would have, before any limit, out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kafka_sizing._checks import (
    ceil_ratio,
    check_count,
    check_fraction,
    check_non_negative,
    check_positive,
)
from kafka_sizing.consumers.scaling.defaults import default_count, default_number


def hpa_replicas(
    metric: float,
    *,
    threshold: float,
    members: int,
    up_tolerance_fraction: float | None = None,
    down_tolerance_fraction: float | None = None,
) -> int:
    """Count the members that bring a total down to a threshold per member.

    This is what the Horizontal Pod Autoscaler of Kubernetes makes of an external metric with a
    target of type AverageValue, which is how KEDA hands it a lag:
    ⌈``metric`` / ``threshold``⌉, unless ``metric`` / (``threshold`` · ``members``) is so close
    to 1 that nothing changes (replica_calculator.go, kubernetes/kubernetes).

    Parameters
    ----------
    metric : float
        The total that is shared out, such as a lag. >= 0
    threshold : float
        What one member may have of it. [as ``metric``] > 0
    members : int
        How many there are, starting ones included. >= 1
    up_tolerance_fraction, down_tolerance_fraction : float, optional
        How far the ratio may be above and below 1; 0.1 unless said otherwise. [0, 1)

    Returns
    -------
    int
        Members, before stabilisation, rate limits, minimum and maximum.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import hpa_replicas
    >>> [hpa_replicas(240, threshold=10, members=members) for members in (21, 22, 26, 27)]
    [24, 22, 26, 24]
    """
    check_non_negative("metric", metric)
    check_positive("threshold", threshold)
    check_count("members", members)
    near = _Tolerance.of(up_tolerance_fraction, down_tolerance_fraction)

    if near.covers(metric / (threshold * members)):
        return members
    return ceil_ratio(metric, threshold)


def cpu_replicas(
    cpu_fractions: ArrayLike,
    *,
    members: int,
    target_percent: int | None = None,
    up_tolerance_fraction: float | None = None,
    down_tolerance_fraction: float | None = None,
) -> int | None:
    """Count the members that bring the CPU they use to a target.

    This is what the Horizontal Pod Autoscaler makes of a resource metric with a target of type
    Utilization (replica_calculator.go and metrics/utilization.go, kubernetes/kubernetes): the
    CPU used by ready members over what they request, in whole percent and rounded down, divided
    by the target, times the members it was measured on, rounded up. Members that are not ready
    count as using nothing when that ratio says "more", and do not count at all when it says
    "fewer".

    Parameters
    ----------
    cpu_fractions : array_like of float
        CPU used / CPU requested of each ready member. >= 0, and above 1 where a limit allows it
    members : int
        How many there are: those that are ready, and those that are not.
    target_percent : int, optional
        Wanted utilisation; 80 unless said otherwise. [percent of the request] >= 1
    up_tolerance_fraction, down_tolerance_fraction : float, optional
        How far the ratio may be above and below 1; 0.1 unless said otherwise. [0, 1)

    Returns
    -------
    int or None
        Members, before stabilisation, rate limits, minimum and maximum. None if no member is
        ready, so that there is nothing to go by and nothing changes.

    Raises
    ------
    ValueError
        If an argument is out of range, or more members are ready than there are.

    Notes
    -----
    Left out, because they cannot be seen from here: members that are ready but whose metrics
    are missing, and the rule that CPU measured within the first five minutes of a member counts
    only once a whole window was measured after it became ready. All members request the same.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import cpu_replicas
    >>> cpu_replicas([0.9, 0.9, 0.9], members=3, target_percent=60)
    5
    >>> cpu_replicas([0.9, 0.9, 0.9], members=5, target_percent=60)  # two are starting
    5
    """
    used = np.asarray(cpu_fractions, dtype=np.float64)
    if used.ndim != 1 or not (np.isfinite(used).all() and (used >= 0).all()):
        raise ValueError(f"cpu_fractions must be 1-D, finite and >= 0, got {used!r:.120}")
    check_count("members", members, least=0)
    if used.size > members:
        raise ValueError(f"cpu_fractions must be at most one per member, got {used.size}")
    target = default_count("averageUtilization") if target_percent is None else target_percent
    check_count("target_percent", target)
    near = _Tolerance.of(up_tolerance_fraction, down_tolerance_fraction)
    if not used.size:
        return None

    total = float(used.sum())
    counted = used.size
    ratio = _usage_ratio(total, counted, target)
    if ratio > 1.0 and members > counted:
        counted = members
        ratio = _usage_ratio(total, counted, target)
        if ratio < 1.0:  # what is starting is enough
            return members
    if near.covers(ratio):
        return members
    return math.ceil(ratio * counted)


@dataclass(frozen=True, slots=True)
class _Tolerance:
    """How far a ratio may be from 1 before anything changes."""

    up_fraction: float
    down_fraction: float

    @classmethod
    def of(cls, up_fraction: float | None, down_fraction: float | None) -> _Tolerance:
        """Check what was given, and take the default for what was not."""
        default = default_number("horizontal-pod-autoscaler-tolerance")
        up = default if up_fraction is None else up_fraction
        down = default if down_fraction is None else down_fraction
        check_fraction("up_tolerance_fraction", up)
        check_fraction("down_tolerance_fraction", down)
        return cls(up, down)

    def covers(self, ratio: float) -> bool:
        return 1.0 - self.down_fraction <= ratio <= 1.0 + self.up_fraction


def _usage_ratio(total_fraction: float, counted: int, target_percent: int) -> float:
    """Divide the utilisation, in whole percent as the controller has it, by the target."""
    percent = math.floor(100.0 * total_fraction / counted + 1e-9)
    return percent / target_percent
