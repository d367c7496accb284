"""A design and what its groups may miss in; how long records must be kept, and are, out."""

from __future__ import annotations

from dataclasses import dataclass

from kafka_sizing.topic.design import TopicDesign
from kafka_sizing.topic.planning.groups import GroupPlan
from kafka_sizing.topic.planning.kept import kept_size_bytes, kept_time_s, only_compacts
from kafka_sizing.units import format_duration


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRetention:
    """How long records must be kept so that one group misses none."""

    name: str
    outage_s: float
    drain_s: float | None  #: until it is current again; None: never

    @property
    def needed_s(self) -> float | None:
        """Its outage and the time to catch up; None: it never does."""
        return None if self.drain_s is None else self.outage_s + self.drain_s


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPlan:
    """How long the topic keeps records, and how long its readers need them."""

    kept_s: float | None  #: that every record is kept at least; None: no limit
    kept_bytes_per_partition: float | None  #: ``retention.bytes``; None: no limit
    kept_by: str  #: the property that decides
    groups: tuple[GroupRetention, ...]

    @property
    def needed_s(self) -> float | None:
        """The longest that a group needs; None: one never catches up."""
        needs = [group.needed_s for group in self.groups]
        return None if None in needs else max((need for need in needs if need), default=0.0)

    @property
    def needed_by(self) -> str | None:
        """The group that needs it; None: none does."""
        never = next((group.name for group in self.groups if group.needed_s is None), None)
        if never is not None or not self.needed_s:
            return never
        return max(self.groups, key=lambda group: group.needed_s or 0.0).name

    @property
    def enough(self) -> bool:
        """Whether no group loses records after its longest outage."""
        if self.kept_s is None:
            return True
        return self.needed_s is not None and self.needed_s < self.kept_s

    @property
    def reason(self) -> str:
        """Why that is, or is not, enough, as a sentence without a full stop."""
        kept = self._kept
        if self.needed_s is None:
            return f"records are kept {kept}, and group {self.needed_by!r} never catches up"
        if self.needed_by is None:
            return f"records are kept {kept}; no group has named an outage to survive"
        need = format_duration(self.needed_s)
        words = "is enough for" if self.enough else "is too short for"
        return (
            f"records are kept {kept}, which {words} group {self.needed_by!r}: its longest outage "
            f"and the time to catch up are {need}"
        )

    @property
    def _kept(self) -> str:
        if self.kept_by == "cleanup.policy":
            return "until a newer one of their key is there"
        return "without limit" if self.kept_s is None else format_duration(self.kept_s)


def plan_retention(
    design: TopicDesign, groups: tuple[GroupPlan, ...], *, hottest_wire_bytes_per_s: float
) -> RetentionPlan:
    """Hold what the topic keeps against what its groups need.

    ``hottest_wire_bytes_per_s`` is what the hottest partition gets at the average rate of the
    horizon: size retention keeps its records for the shortest time.
    """
    kept_s, kept_bytes = kept_time_s(design), kept_size_bytes(design)
    times = {
        "retention.ms": kept_s,
        "retention.bytes": None if kept_bytes is None else kept_bytes / hottest_wire_bytes_per_s,
    }
    limited = {name: time for name, time in times.items() if time is not None}
    unlimited = "cleanup.policy" if only_compacts(design) else "retention.ms"
    kept_by = min(limited, key=lambda name: limited[name], default=unlimited)
    return RetentionPlan(
        kept_s=limited.get(kept_by),
        kept_bytes_per_partition=kept_bytes,
        kept_by=kept_by,
        groups=tuple(
            GroupRetention(
                name=plan.name,
                outage_s=plan.group.outage_s,
                drain_s=0.0 if plan.drain is None else plan.drain.drain_s,
            )
            for plan in groups
        ),
    )
