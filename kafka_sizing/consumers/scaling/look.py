"""An observation and earlier decisions in; what one look of an HPA comes to, out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from kafka_sizing.consumers.scaling.behavior import ScalingBehavior, limit_members
from kafka_sizing.consumers.scaling.policies import Decision, Observation

_ROUNDING_S: Final = 1e-6  # times are sums of steps


@dataclass(frozen=True, slots=True)
class Step:
    """What an autoscaler does now."""

    recommended: int | None
    members: int
    reason: str

    def decision(self, now: Observation, *, active: bool | None = None) -> Decision:
        """Put the observation it was made on to it."""
        return Decision(
            at_s=now.at_s,
            members_before=now.members,
            recommended=self.recommended,
            members=self.members,
            reason=self.reason,
            active=active,
        )


@dataclass(frozen=True, slots=True)
class Damping:
    """What stands between a recommendation and the number of members."""

    behavior: ScalingBehavior | None
    tolerance_fraction: float
    most: int

    @property
    def up_tolerance_fraction(self) -> float:
        """How far a measure may be above its target: the behavior's own, or the cluster's."""
        own = self.behavior.up.tolerance_fraction if self.behavior else None
        return self.tolerance_fraction if own is None else own

    @property
    def down_tolerance_fraction(self) -> float:
        """How far a measure may be below its target, likewise."""
        own = self.behavior.down.tolerance_fraction if self.behavior else None
        return self.tolerance_fraction if own is None else own


def hpa_look(
    recommend: Callable[[float, float], int | None],
    measured: str,
    *,
    now: Observation,
    past: Sequence[Decision],
    damping: Damping,
    least: int,
) -> Step:
    """Go through one look of the Horizontal Pod Autoscaler."""
    members, most = now.members, damping.most
    if members == 0 and least > 0:
        return Step(None, 0, "switched off at zero members")
    if members > most:
        return Step(None, most, f"{most} is the most")
    if members < least:
        return Step(None, least, f"{least} is the least")
    recommended = recommend(damping.up_tolerance_fraction, damping.down_tolerance_fraction)
    if recommended is None:
        return Step(None, members, "no member is ready to be measured")
    limited = limit_members(
        recommended,
        members=members,
        at_s=now.at_s,
        past=past,
        behavior=damping.behavior,
        least=least,
        most=most,
    )
    reason = measured if limited.reason is None else f"{measured}; {limited.reason}"
    return Step(recommended, limited.members, reason)


def is_due(period_s: float, now: Observation, past: Sequence[Decision]) -> bool:
    """Say whether a clock that began at the first look has ticked since the last one."""
    if not past:
        return True
    begun_s = past[0].at_s - _ROUNDING_S
    return math.floor((now.at_s - begun_s) / period_s) > math.floor(
        (past[-1].at_s - begun_s) / period_s
    )
