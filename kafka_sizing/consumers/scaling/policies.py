"""What a scaler sees of a consumer group in; how many members the group shall have out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_non_negative, check_positive


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observation:
    """What an autoscaler can see of a consumer group at one moment.

    Raises
    ------
    ValueError
        If a number is out of range, or an array is not as long as its count.
    """

    at_s: float  #: since the start of the simulation. [s] >= 0
    members: int  #: ready and starting: how many the group has been told to have
    ready_members: int  #: how many have joined and take part in the assignment
    partitions: int
    lag_records: NDArray[np.float64]  #: (partitions,) log end offset − committed offset, >= 0
    moved: NDArray[np.bool_]  #: (partitions,) the committed offset changed since the last look
    cpu_fractions: NDArray[np.float64]  #: (ready_members,) CPU used / CPU requested, >= 0
    written_records_per_s: float  #: to all partitions, since the last look
    read_records_per_s: float  #: by the whole group, since the last look

    def __post_init__(self) -> None:
        check_non_negative("at_s", self.at_s)
        check_count("members", self.members, least=0)
        check_count("ready_members", self.ready_members, least=0)
        check_count("partitions", self.partitions)
        check_non_negative("written_records_per_s", self.written_records_per_s)
        check_non_negative("read_records_per_s", self.read_records_per_s)
        self._freeze("lag_records", np.float64, self.partitions)
        self._freeze("moved", np.bool_, self.partitions)
        self._freeze("cpu_fractions", np.float64, self.ready_members)

    @property
    def starting_members(self) -> int:
        """How many were asked for and have not joined yet."""
        return max(0, self.members - self.ready_members)

    @property
    def total_lag_records(self) -> float:
        """Records written and not committed, over all partitions."""
        return float(self.lag_records.sum())

    def __repr__(self) -> str:
        return (
            f"Observation(at_s={self.at_s:g}, members={self.members}, "
            f"ready_members={self.ready_members}, partitions={self.partitions}, "
            f"total_lag_records={self.total_lag_records:,.0f})"
        )

    def _freeze(self, name: str, dtype: type[np.generic], length: int) -> None:
        """Keep a read-only copy of an array field, refused if it is not what it should be."""
        array: NDArray[Any] = np.array(getattr(self, name), dtype=dtype)
        if array.shape != (length,):
            raise ValueError(f"{name} must have the shape ({length},), got {array.shape}")
        if dtype is not np.bool_ and not (np.isfinite(array).all() and (array >= 0).all()):
            raise ValueError(f"{name} must be finite and >= 0, got {array!r:.120}")
        array.flags.writeable = False
        object.__setattr__(self, name, array)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How many members a policy wants, and how many its limits let it have."""

    at_s: float
    members_before: int  #: what the group had been told to have
    recommended: int | None  #: by the measure alone, before any limit; None: it was not consulted
    members: int  #: what the group shall have now
    reason: str
    active: bool | None = None  #: whether there was something to read; None: nobody looked

    @property
    def change(self) -> int:
        """Members added (> 0) or taken away (< 0)."""
        return self.members - self.members_before

    @property
    def is_activation(self) -> bool:
        """Whether the group was woken up or put to sleep, which is not the HPA's doing."""
        return self.active is not None and 0 in (self.members_before, self.members)


@runtime_checkable
class ScalingPolicy(Protocol):
    """What decides how many members a group has.

    A policy remembers nothing: ``past`` holds all its earlier decisions, oldest first, so the
    same arguments always give the same decision.
    """

    @property
    def name(self) -> str:
        """How reports and plots call it."""

    @property
    def interval_s(self) -> float:
        """Time from one look to the next. [s]"""

    @property
    def least(self) -> int:
        """The fewest members it ever asks for."""

    @property
    def most(self) -> int:
        """The most members it ever asks for."""

    def decide(self, now: Observation, past: Sequence[Decision]) -> Decision:
        """Say how many members the group shall have."""


@dataclass(frozen=True, slots=True)
class FixedMembers:
    """A group whose size nobody changes.

    Raises
    ------
    ValueError
        If ``members`` is no whole number above 0, or the interval is not positive.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import FixedMembers
    >>> FixedMembers(12).name
    '12 members'
    """

    members: int
    interval_s: float = 3_600.0  #: it always says the same, so it need not look often

    def __post_init__(self) -> None:
        check_count("members", self.members)
        check_positive("interval_s", self.interval_s)

    @property
    def name(self) -> str:
        """How reports and plots call it."""
        return f"{self.members} member{'s' if self.members > 1 else ''}"

    @property
    def least(self) -> int:
        """Its size."""
        return self.members

    @property
    def most(self) -> int:
        """Its size."""
        return self.members

    def decide(self, now: Observation, past: Sequence[Decision]) -> Decision:  # noqa: ARG002
        """Ask for the same number as ever."""
        return Decision(
            at_s=now.at_s,
            members_before=now.members,
            recommended=self.members,
            members=self.members,
            reason=f"always {self.members}",
        )
