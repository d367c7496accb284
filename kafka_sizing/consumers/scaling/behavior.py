"""A recommended number of members and what went before in; the number an HPA allows now, out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from kafka_sizing._checks import (
    check_choice,
    check_count,
    check_fraction,
    check_positive,
    check_type,
)
from kafka_sizing.consumers.scaling.defaults import default_count, default_number
from kafka_sizing.consumers.scaling.policies import Decision

RateUnit = Literal["members", "percent"]
Select = Literal["max", "min", "disabled"]


@dataclass(frozen=True, slots=True)
class ScalingRate:
    """The most members that may be added, or taken away, within a time.

    Parameters
    ----------
    value : int
        How many, or how many for each hundred there were when the time began. >= 1
    unit : {"members", "percent"}
        What ``value`` counts.
    period_s : float
        The time. [s] > 0, at most 1,800

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import ScalingRate
    >>> ScalingRate(10, "percent", period_s=60).value
    10
    """

    value: int
    unit: RateUnit
    period_s: float = field(kw_only=True)

    def __post_init__(self) -> None:
        check_count("value", self.value)
        check_choice("unit", self.unit, get_args(RateUnit))
        check_positive("period_s", self.period_s)
        _check_at_most("period_s", self.period_s, default_number("largest periodSeconds"))

    def highest(self, start: int) -> int:
        """Give the most members there may be if there were ``start`` when the time began."""
        if self.unit == "members":
            return start + self.value
        return math.ceil(start * (1.0 + self.value / 100.0))

    def lowest(self, start: int) -> int:
        """Give the fewest members there may be if there were ``start`` when the time began."""
        if self.unit == "members":
            return start - self.value
        return int(start * (1.0 - self.value / 100.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingRules:
    """How one direction of scaling is damped: ``scaleUp`` or ``scaleDown`` of a behavior.

    Parameters
    ----------
    stabilization_s : float
        How far back recommendations are looked at: the lowest of them counts on the way up, the
        highest on the way down. [s] 0 … 3,600
    rates : tuple of ScalingRate
        What may change within which time. At least one
    select : {"max", "min", "disabled"}, default "max"
        Which of the rates counts: the one that allows the largest change, the smallest, or none
        at all, so that nothing changes in this direction.
    tolerance_fraction : float or None, default None
        How far from its target a measure may be in this direction before anything changes; None:
        the default of the cluster, 0.1. [0, 1)

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import ScalingRate, ScalingRules
    >>> slow = ScalingRules(stabilization_s=600, rates=(ScalingRate(1, "members", period_s=120),))
    >>> slow.select
    'max'
    """

    stabilization_s: float
    rates: tuple[ScalingRate, ...]
    select: Select = "max"
    tolerance_fraction: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "rates", tuple(self.rates))
        most_s = default_number("largest stabilizationWindowSeconds")
        if not 0 <= self.stabilization_s <= most_s:
            raise ValueError(
                f"stabilization_s must be in 0 … {most_s:g}, got {self.stabilization_s!r}"
            )
        if not self.rates or not all(isinstance(rate, ScalingRate) for rate in self.rates):
            raise ValueError(f"rates must be at least one ScalingRate, got {self.rates!r:.80}")
        check_choice("select", self.select, get_args(Select))
        if self.tolerance_fraction is not None:
            check_fraction("tolerance_fraction", self.tolerance_fraction)


def default_scale_up() -> ScalingRules:
    """Give the rules for adding members where a behavior says nothing about it.

    Returns
    -------
    ScalingRules
        At once, and at most 4 members or 100 percent in 15 s, whichever is more.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import default_scale_up
    >>> [(rate.value, rate.unit) for rate in default_scale_up().rates]
    [(4, 'members'), (100, 'percent')]
    """
    period_s = default_number("behavior.policies.periodSeconds")
    pods = default_count("behavior.scaleUp.policies.Pods")
    percent = default_count("behavior.scaleUp.policies.Percent")
    return ScalingRules(
        stabilization_s=default_number("behavior.scaleUp.stabilizationWindowSeconds"),
        rates=(
            ScalingRate(pods, "members", period_s=period_s),
            ScalingRate(percent, "percent", period_s=period_s),
        ),
    )


def default_scale_down() -> ScalingRules:
    """Give the rules for taking members away where a behavior says nothing about it.

    Returns
    -------
    ScalingRules
        Down to the highest recommendation of the last 300 s, and then by any number.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import default_scale_down
    >>> default_scale_down().stabilization_s
    300.0
    """
    period_s = default_number("behavior.policies.periodSeconds")
    percent = default_count("behavior.scaleDown.policies.Percent")
    return ScalingRules(
        stabilization_s=default_number("horizontal-pod-autoscaler-downscale-stabilization"),
        rates=(ScalingRate(percent, "percent", period_s=period_s),),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingBehavior:
    """The ``behavior`` of a Horizontal Pod Autoscaler: how its changes are damped.

    Parameters
    ----------
    up, down : ScalingRules, optional
        For adding members and for taking them away; by default as Kubernetes fills them in.

    Raises
    ------
    TypeError
        If ``up`` or ``down`` is not a ScalingRules.

    Notes
    -----
    An HPA whose manifest has no ``behavior`` at all follows older rules, which are not quite
    those defaults: it goes to at most max(4, 2 · members) at a time, so from one member to 4
    and not to 5 (horizontal.go, kubernetes/kubernetes). Policies here take ``behavior=None``
    for that.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import ScalingBehavior
    >>> ScalingBehavior().down.stabilization_s
    300.0
    """

    up: ScalingRules = field(default_factory=default_scale_up)
    down: ScalingRules = field(default_factory=default_scale_down)

    def __post_init__(self) -> None:
        check_type("up", self.up, ScalingRules)
        check_type("down", self.down, ScalingRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitedMembers:
    """How many members an HPA allows now, and what kept it from the recommendation."""

    members: int
    reason: str | None  #: None: nothing did


def limit_members(
    recommended: int,
    *,
    members: int,
    at_s: float,
    past: Sequence[Decision] = (),
    behavior: ScalingBehavior | None = None,
    least: int = 1,
    most: int,
) -> LimitedMembers:
    """Apply stabilisation, rate limits and bounds, as the Horizontal Pod Autoscaler does.

    Parameters
    ----------
    recommended : int
        What a measure asks for. >= 0
    members : int
        How many there are. >= 0
    at_s : float
        Now. [s]
    past : sequence of Decision, default ()
        Earlier decisions, oldest first: their recommendations and changes count.
    behavior : ScalingBehavior or None, default None
        As in the manifest; None if it has none, which is a rule of its own.
    least, most : int
        The bounds. ``least`` is 1 unless said otherwise

    Returns
    -------
    LimitedMembers
        The number allowed now, and why it is not the recommended one.

    Raises
    ------
    ValueError
        If an argument is out of range, or ``least`` is above ``most``.

    Notes
    -----
    Source: horizontal.go, kubernetes/kubernetes. The number there was before the first decision
    counts as a recommendation of that moment, so no group shrinks in the first five minutes.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import ScalingBehavior, limit_members
    >>> limit_members(40, members=3, at_s=0.0, most=100).members
    6
    >>> limit_members(40, members=3, at_s=0.0, behavior=ScalingBehavior(), most=100).members
    7
    """
    check_count("recommended", recommended, least=0)
    check_count("members", members, least=0)
    check_bounds(least, most)
    if behavior is None:
        stabilized = _held_up(recommended, members, at_s, past)
        highest = max(
            default_count("scaleUpLimitFactor") * members, default_count("scaleUpLimitMinimum")
        )
        lowest = 0
    else:
        stabilized = _stabilized(recommended, members, at_s, past, behavior)
        highest, lowest = _reach(members, at_s, past, behavior)
    allowed = stabilized
    reason = None
    if stabilized != recommended:
        reason = f"{recommended} recommended, {stabilized} by the stabilization window"
    # The controller looks at a bound only on the way to it.
    if allowed > min(most, highest) and (behavior is None or allowed > members):
        allowed = min(most, highest)
        reason = _bound_reason(stabilized, allowed, "most" if most <= highest else "rate")
    elif allowed < max(least, lowest) and (behavior is None or allowed < members):
        allowed = max(least, lowest)
        reason = _bound_reason(stabilized, allowed, "least" if least >= lowest else "rate")
    return LimitedMembers(members=allowed, reason=reason)


def check_bounds(least: int, most: int) -> None:
    """Refuse bounds between which there is no number."""
    check_count("least", least, least=0)
    check_count("most", most)
    if least > most:
        raise ValueError(f"least must be <= most, got {least} and {most}")


def _held_up(recommended: int, members: int, at_s: float, past: Sequence[Decision]) -> int:
    """Give the highest recommendation of the window, its far end included."""
    window_s = default_number("horizontal-pod-autoscaler-downscale-stabilization")
    return max(
        recommended,
        *(
            count
            for when_s, count in _recommendations(members, at_s, past, window_s)
            if when_s >= at_s - window_s
        ),
        0,
    )


def _stabilized(
    recommended: int,
    members: int,
    at_s: float,
    past: Sequence[Decision],
    behavior: ScalingBehavior,
) -> int:
    """Move no further than every recommendation of the window of that direction agrees to."""
    up_s, down_s = behavior.up.stabilization_s, behavior.down.stabilization_s
    lowest = highest = recommended
    for when_s, count in _recommendations(members, at_s, past, max(up_s, down_s)):
        if when_s > at_s - up_s:
            lowest = min(lowest, count)
        if when_s > at_s - down_s:
            highest = max(highest, count)
    return min(max(members, lowest), highest)


def _recommendations(
    members: int, at_s: float, past: Sequence[Decision], window_s: float
) -> Iterator[tuple[float, int]]:
    """Give when and what was recommended, newest first, back to the window and a bit further."""
    for decision in reversed(past):
        if decision.at_s < at_s - window_s:
            return
        if decision.recommended is not None:
            yield decision.at_s, decision.recommended
    if past:
        yield past[0].at_s, past[0].members_before
    else:
        yield at_s, members


def _reach(
    members: int, at_s: float, past: Sequence[Decision], behavior: ScalingBehavior
) -> tuple[int, int]:
    """Give the most and the fewest members that the rates allow now."""
    highest = [rate.highest(_start(rate, members, at_s, past)) for rate in behavior.up.rates]
    lowest = [rate.lowest(_start(rate, members, at_s, past)) for rate in behavior.down.rates]
    up = max(highest) if behavior.up.select == "max" else min(highest)
    down = min(lowest) if behavior.down.select == "max" else max(lowest)
    return (
        members if behavior.up.select == "disabled" else max(members, up),
        members if behavior.down.select == "disabled" else min(members, down),
    )


def _start(rate: ScalingRate, members: int, at_s: float, past: Sequence[Decision]) -> int:
    """Give how many members there were when the time of a rate began."""
    changed = 0
    for decision in reversed(past):
        if decision.at_s <= at_s - rate.period_s:
            break
        if not decision.is_activation:
            changed += decision.change
    return members - changed


def _bound_reason(wanted: int, allowed: int, bound: str) -> str:
    what = {
        "most": f"{allowed} is the most",
        "least": f"{allowed} is the least",
        "rate": f"the rate allows {allowed}",
    }
    return f"{wanted} wanted, but {what[bound]}"


def _check_at_most(name: str, value: float, most: float) -> None:
    if value > most:
        raise ValueError(f"{name} must be at most {most:g}, got {value!r}")
