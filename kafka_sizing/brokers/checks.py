"""What is used of each limit in; whether a cluster holds it, and what binds first, out."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kafka_sizing._checks import ROUNDING, check_choice
from kafka_sizing.brokers.limits import ClusterLimit, ClusterLimits, Resource, format_amount
from kafka_sizing.units import format_share

if TYPE_CHECKING:
    import pandas as pd

Outcome = Literal["fits", "exceeded", "beyond advice", "not known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitCheck:
    """One limit, and how much of it is used."""

    limit: ClusterLimit
    allowed: float  #: of all brokers or units it counts for, in ``limit.unit``
    used: float | None  #: in ``limit.unit``; None: not known from what was given

    @property
    def used_share(self) -> float | None:
        """The part of the limit that is used; above 1 it is exceeded."""
        return None if self.used is None else self.used / self.allowed

    @property
    def left(self) -> float | None:
        """What is left, in ``limit.unit``; negative if the limit is exceeded."""
        return None if self.used is None else self.allowed - self.used

    @property
    def outcome(self) -> Outcome:
        """Whether it fits; what only advises against is "beyond advice", not "exceeded"."""
        if self.used is None:
            return "not known"
        if self.used <= self.allowed * (1 + ROUNDING):
            return "fits"
        return "exceeded" if self.limit.is_enforced else "beyond advice"

    @property
    def reason(self) -> str:
        """What is used of how much, as a sentence without a full stop."""
        limit = self.limit
        allowed = format_amount(self.allowed, limit.unit)
        if self.used is None:
            return f"{limit.name} ({limit.advice}): at most {allowed}, what is used is not known"
        share = format_share(self.used / self.allowed)
        used = format_amount(self.used, limit.unit)
        return f"{limit.name} ({limit.advice}): {used} of {allowed}, {share}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFit:
    """Whether a footprint fits on a cluster, and every limit it was held against."""

    cluster: ClusterLimits
    units: int  #: CKU, TU, PU, CU, cores …; 1 where a cluster has none
    checks: tuple[LimitCheck, ...]

    @property
    def fits(self) -> bool:
        """Whether no limit that is enforced is exceeded; advice does not decide."""
        return all(check.outcome != "exceeded" for check in self.checks)

    @property
    def binding(self) -> LimitCheck | None:
        """The fullest limit that is enforced; of advice, if nothing else is known; or None."""
        known = [check for check in self.checks if check.used_share is not None]
        enforced = [check for check in known if check.limit.is_enforced]
        return max(enforced or known, key=_share, default=None)

    @property
    def exceeded(self) -> tuple[LimitCheck, ...]:
        """Limits that are enforced and exceeded."""
        return self._with("exceeded")

    @property
    def beyond_advice(self) -> tuple[LimitCheck, ...]:
        """Recommendations, and what was observed elsewhere, that are passed."""
        return self._with("beyond advice")

    @property
    def not_known(self) -> tuple[LimitCheck, ...]:
        """Limits on what was not given."""
        return self._with("not known")

    @property
    def growth_ratio(self) -> float | None:
        """What the binding resource may grow by before it is full; None: nothing is used."""
        return 1 / _share(self.binding) if self.binding and self.binding.used else None

    def of(self, resource: Resource) -> LimitCheck:
        """Give the fullest check of a resource.

        Raises
        ------
        ValueError
            If no limit is on that resource.
        """
        found = [check for check in self.checks if check.limit.resource == resource]
        check_choice("resource", resource, [check.limit.resource for check in self.checks])
        return max(found, key=_share)

    @property
    def reason(self) -> str:
        """What binds first and what is left, as a sentence without a full stop."""
        binding = self.binding
        if binding is None:
            text = f"Nothing that {self.cluster.name} limits is known"
        elif self.fits:
            left = format_amount(max(binding.left or 0.0, 0.0), binding.limit.unit)
            room = f"leaves {left}" if binding.outcome == "fits" else "is only advice"
            text = f"Fits on {self.cluster.name}: the fullest, {binding.reason}, {room}"
        else:
            over = "; ".join(check.reason for check in self.exceeded)
            text = f"Does not fit on {self.cluster.name}: {over}"
        advised = [check for check in self.beyond_advice if check is not binding]
        if advised:
            text += f"; beyond advice: {'; '.join(check.reason for check in advised)}"
        return text

    def to_frame(self) -> pd.DataFrame:
        """One row per limit: what is used and allowed of it, and who says so."""
        import pandas as pd

        return pd.DataFrame(
            {
                "limit": [check.limit.name for check in self.checks],
                "resource": [check.limit.resource for check in self.checks],
                "per": [check.limit.per for check in self.checks],
                "used": pd.Series([check.used for check in self.checks], dtype="Float64"),
                "allowed": [check.allowed for check in self.checks],
                "left": pd.Series([check.left for check in self.checks], dtype="Float64"),
                "unit": [check.limit.unit for check in self.checks],
                "used_share": pd.Series(
                    [check.used_share for check in self.checks], dtype="Float64"
                ),
                "outcome": [check.outcome for check in self.checks],
                "advice": [check.limit.advice for check in self.checks],
                "kind": [check.limit.kind for check in self.checks],
                "source": [check.limit.source for check in self.checks],
                "date": [check.limit.date for check in self.checks],
            }
        )

    def __repr__(self) -> str:
        binding = self.binding.limit.name if self.binding else None
        return (
            f"ClusterFit(cluster={self.cluster.name!r}, units={self.units}, fits={self.fits}, "
            f"binding={binding!r})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"

    def _with(self, outcome: Outcome) -> tuple[LimitCheck, ...]:
        return tuple(check for check in self.checks if check.outcome == outcome)


def _share(check: LimitCheck) -> float:
    """Sort checks by how full they are, those not known first."""
    return -1.0 if check.used_share is None else check.used_share
