"""What a simulation wrote down in; lag, throughput, rebalances and losses over time out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing._checks import ROUNDING, check_count, check_non_negative
from kafka_sizing.consumers.simulation.ages import ages_s
from kafka_sizing.consumers.simulation.coordinator import NOBODY, SimulatedRebalance
from kafka_sizing.consumers.simulation.events import Event
from kafka_sizing.consumers.simulation.member import MemberCapacity
from kafka_sizing.consumers.simulation.traffic import Traffic
from kafka_sizing.units import format_load

if TYPE_CHECKING:
    import pandas as pd

    from kafka_sizing.consumers.monitoring.samples import LagSamples
    from kafka_sizing.consumers.scaling.policies import Decision

_HOUR_S: Final = 3_600.0
_ONE_RECORD: Final = 1.0
_ROWS_SHOWN: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ownership:
    """Who owns each partition from a time on."""

    at_s: float
    owners: NDArray[np.int64]  #: (partitions,) number of the member; -1: nobody


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LagSimulation:
    """A group over time: a row per step, a column per partition; times are ends of steps."""

    step_s: float
    times_s: NDArray[np.float64]  #: (steps,)
    traffic: Traffic  #: what was written
    member: MemberCapacity
    initial_lag_records: NDArray[np.float64]  #: (partitions,) unread at the start
    lag_records: NDArray[np.float64]  #: (steps, partitions) unread at the end of the step
    read_records: NDArray[np.float64]  #: (steps, partitions) read since the start
    lost_records: NDArray[np.float64] | None  #: (steps, partitions) deleted unread; None: nothing
    ready_members: NDArray[np.int64]  #: (steps,) members that read
    starting_members: NDArray[np.int64]  #: (steps,) members that are starting up
    silent_members: NDArray[np.int64]  #: (steps,) members that do not read, unnoticed so far
    capacity_records_per_s: NDArray[np.float64]  #: (steps,) what those that read could, at the end
    cpu_fraction: NDArray[np.float64]  #: (steps,) CPU used over CPU asked for, of ready members
    rebalancing_s: NDArray[np.float64]  #: (steps,) seconds of the step in a rebalance
    rebalances: tuple[SimulatedRebalance, ...]
    ownerships: tuple[Ownership, ...]
    decisions: tuple[Decision, ...]  #: of the scaling policy; empty without one
    events: tuple[Event, ...]
    missed_events: tuple[Event, ...]  #: those of them that found nobody, and changed nothing
    retention_s: float | None

    def __post_init__(self) -> None:
        for name in (
            "times_s",
            "initial_lag_records",
            "lag_records",
            "read_records",
            "lost_records",
            "ready_members",
            "starting_members",
            "silent_members",
            "capacity_records_per_s",
            "cpu_fraction",
            "rebalancing_s",
        ):
            array = getattr(self, name)
            if array is not None:
                array.flags.writeable = False

    @property
    def partitions(self) -> int:
        """How many partitions there are in the end."""
        return int(self.lag_records.shape[1])

    @property
    def running_members(self) -> NDArray[np.int64]:
        """Members that are paid for, shape (steps,): ready, starting, and silent ones."""
        return self.ready_members + self.starting_members + self.silent_members

    @property
    def duration_s(self) -> float:
        """How long was simulated."""
        return float(self.times_s[-1])

    @property
    def arrived_records(self) -> NDArray[np.float64]:
        """Records written to each partition since the start, shape (steps, partitions)."""
        return self.traffic.arrived_records(self.times_s)

    @property
    def total_lag_records(self) -> NDArray[np.float64]:
        """Unread records of all partitions, shape (steps,)."""
        total: NDArray[np.float64] = self.lag_records.sum(axis=1)
        return total

    @property
    def written_records_per_s(self) -> NDArray[np.float64]:
        """Mean rate written to the topic in each step, shape (steps,)."""
        times = np.append(0.0, self.times_s)
        return np.diff(self.traffic.arrivals.records_until(times)) / self.step_s

    @property
    def read_records_per_s(self) -> NDArray[np.float64]:
        """Mean rate read by the group in each step, shape (steps,)."""
        read: NDArray[np.float64] = np.diff(self.read_records.sum(axis=1), prepend=0.0)
        return read / self.step_s

    @property
    def oldest_unread_s(self) -> NDArray[np.float64]:
        """Age of the oldest unread record of each partition, shape (steps, partitions).

        The lag in seconds: 0 where everything is read. What was unread at the start is taken
        to have come at the first rate; if that is 0, at the start.
        """
        return ages_s(self.traffic, self.initial_lag_records, self.lag_records, self.times_s)

    @property
    def peak_lag_records(self) -> float:
        """Most unread records at the end of a step, of all partitions together."""
        return float(self.total_lag_records.max())

    @property
    def peak_lag_s(self) -> float:
        """Greatest age of an unread record, of all partitions."""
        return float(self.oldest_unread_s.max())

    @property
    def peak_row(self) -> int:
        """The step at whose end the lag of all partitions together was greatest; the first."""
        return int(self.total_lag_records.argmax())

    @property
    def worst_partition(self) -> int:
        """The partition with the most unread records when the lag was greatest; the first."""
        return int(self.lag_records[self.peak_row].argmax())

    @property
    def furthest_behind_partition(self) -> int:
        """The partition with the most unread records at any time; the first of several."""
        return int(self.lag_records.max(axis=0).argmax())

    @property
    def idle_members(self) -> NDArray[np.int64]:
        """Members of the group that own no partition, shape (steps,).

        Those that wait for a rebalance to end are not counted.
        """
        busy = [np.unique(each.owners[each.owners != NOBODY]).size for each in self.ownerships]
        settled = self._latest([each.at_s for each in self.ownerships])
        in_group = self.ready_members + self.silent_members
        idle: NDArray[np.int64] = np.maximum(in_group - np.array(busy)[settled], 0)
        if self.rebalances:
            latest = self._latest([each.starts_s for each in self.rebalances])
            ends_s = np.array([each.ends_s for each in self.rebalances])[latest]
            idle[(latest >= 0) & (self.times_s < ends_s)] = 0
        return idle

    @property
    def total_lost_records(self) -> float:
        """Records that retention deleted unread."""
        return 0.0 if self.lost_records is None else float(self.lost_records[-1].sum())

    @property
    def member_hours(self) -> float:
        """Hours that members ran, or were about to: what the group costs.

        Those that start up count, and those that do not read until somebody notices.
        """
        return float(self.running_members.sum() * self.step_s / _HOUR_S)

    @property
    def rebalancing_fraction(self) -> float:
        """Part of the time in which a rebalance was under way."""
        return float(self.rebalancing_s.sum() / self.duration_s)

    def caught_up_at_s(
        self, *, partition: int | None = None, within_records: float = _ONE_RECORD
    ) -> float | None:
        """Say from when on the lag stays small.

        Parameters
        ----------
        partition : int or None, default None
            One partition; None: all together.
        within_records : float, default 1
            How many unread records count as none. [records] >= 0

        Returns
        -------
        float or None
            End of the first step from which on the lag never passes that again; None if it
            is above it at the end. [s]
        """
        check_non_negative("within_records", within_records)
        lag = self.total_lag_records
        if partition is not None:
            check_count("partition", partition, least=0, most=self.partitions - 1)
            lag = self.lag_records[:, partition]
        above = np.flatnonzero(lag > within_records)
        if not above.size:
            return 0.0
        return None if above[-1] == lag.size - 1 else float(self.times_s[above[-1] + 1])

    def time_above_s(
        self, *, lag_records: float | None = None, oldest_unread_s: float | None = None
    ) -> float:
        """Add up the time in which the group was further behind than it should be.

        Parameters
        ----------
        lag_records : float, optional
            Most unread records of all partitions together. [records] >= 0
        oldest_unread_s : float, optional
            Greatest age of an unread record, in any partition. [s] >= 0

        Returns
        -------
        float
            The time above either. [s]
        """
        if lag_records is None and oldest_unread_s is None:
            raise ValueError("lag_records or oldest_unread_s must be given, got neither")
        above = np.zeros(self.times_s.size, dtype=np.bool_)
        if lag_records is not None:
            check_non_negative("lag_records", lag_records)
            above |= self.total_lag_records > lag_records * (1 + ROUNDING)
        if oldest_unread_s is not None:
            check_non_negative("oldest_unread_s", oldest_unread_s)
            above |= self.oldest_unread_s.max(axis=1) > oldest_unread_s * (1 + ROUNDING)
        return float(above.sum() * self.step_s)

    def owners_at(self, times_s: ArrayLike) -> NDArray[np.int64]:
        """Give the number of each partition's owner; -1: nobody. Shape (times, partitions)."""
        at = self._latest([each.at_s for each in self.ownerships], times_s)
        return np.array([ownership.owners for ownership in self.ownerships])[at]

    def samples(
        self,
        *,
        every_s: float,
        commit_interval_s: float = 0.0,
        from_offset: float = 0.0,
    ) -> LagSamples:
        """Give what a monitor would have seen: offsets of each partition now and then.

        Parameters
        ----------
        every_s : float
            From one sample to the next; taken at ends of steps. [s] ``step_s`` … ``duration_s``
        commit_interval_s : float, default 0
            Members commit only as often; 0: at every step. [s] >= 0
        from_offset : float, default 0
            Offset of the first unread record at the start. [records] >= 0

        Returns
        -------
        LagSamples
            End offsets, committed offsets and owners, rounded down to whole records; partitions
            from when they are there on. As Kafka tells it, a partition has no owner while a
            rebalance stops all.
        """
        from kafka_sizing.consumers.simulation.sampling import samples_of

        return samples_of(
            self, every_s=every_s, commit_interval_s=commit_interval_s, from_offset=from_offset
        )

    def explain(self) -> str:
        """Say in words how the group fared."""
        row = self.peak_row
        if self.peak_lag_records < _ONE_RECORD:
            fared = "the group kept up all the time"
        else:
            oldest_s = self.oldest_unread_s.max(axis=1)
            age, worst_age = f"{oldest_s[row]:,.0f} s", f"{oldest_s.max():,.0f} s"
            if worst_age != age:
                age += f" then and {worst_age} at worst"
            fared = (
                f"lag peaked at {format_load(self.peak_lag_records, 'records')} after "
                f"{self.times_s[row]:,g} s (oldest {age}; most in partition "
                f"{self.worst_partition})"
            )
            caught_up = self.caught_up_at_s()
            if caught_up is None:
                left = format_load(float(self.total_lag_records[-1]), "records")
                fared += f" and was {left} at the end"
            else:
                fared += f"; all was read by {caught_up:,g} s"
        lost = ""
        if self.total_lost_records:
            lost = f"; retention deleted {format_load(self.total_lost_records, 'records')} unread"
        idle = int(self.idle_members.max())
        if idle:
            lost += f"; up to {idle:,} member{'' if idle == 1 else 's'} had no partition"
        n = len(self.rebalances)
        return f"{fared}{lost}; {n} rebalance{'' if n == 1 else 's'}"

    def to_frame(self) -> pd.DataFrame:
        """One row per step: rates, lag, members and time spent rebalancing."""
        import pandas as pd

        lost: Any = 0.0 if self.lost_records is None else self.lost_records.sum(axis=1)
        return pd.DataFrame(
            {
                "time_s": self.times_s,
                "written_records_per_s": self.written_records_per_s,
                "read_records_per_s": self.read_records_per_s,
                "lag_records": self.total_lag_records,
                "worst_partition_lag_records": self.lag_records.max(axis=1),
                "oldest_unread_s": self.oldest_unread_s.max(axis=1),
                "lost_records": lost,
                "ready_members": self.ready_members,
                "starting_members": self.starting_members,
                "silent_members": self.silent_members,
                "idle_members": self.idle_members,
                "capacity_records_per_s": self.capacity_records_per_s,
                "cpu_fraction": self.cpu_fraction,
                "rebalancing_s": self.rebalancing_s,
            }
        )

    def partitions_frame(self) -> pd.DataFrame:
        """One row per step and partition: lag, age of the oldest unread, read and lost."""
        import pandas as pd

        steps, partitions = self.lag_records.shape
        lost: Any = 0.0 if self.lost_records is None else self.lost_records.ravel()
        return pd.DataFrame(
            {
                "time_s": np.repeat(self.times_s, partitions),
                "partition": np.tile(np.arange(partitions), steps),
                "lag_records": self.lag_records.ravel(),
                "oldest_unread_s": self.oldest_unread_s.ravel(),
                "read_records": self.read_records.ravel(),
                "lost_records": lost,
                "owner": self.owners_at(self.times_s).ravel(),
            }
        )

    def __repr__(self) -> str:
        """Say how long was simulated and how far the group fell behind."""
        return (
            f"LagSimulation(duration_s={self.duration_s:,g}, partitions={self.partitions:,}, "
            f"peak_lag_records={self.peak_lag_records:,.0f}, "
            f"rebalances={len(self.rebalances):,})"
        )

    def _repr_html_(self) -> str:
        """Show what happened at about a dozen moments."""
        frame = self.to_frame()
        rows = np.unique(np.linspace(0, len(frame) - 1, _ROWS_SHOWN).astype(int))
        return str(frame.take(rows).to_html(index=False, float_format="{:,.6g}".format))

    def _latest(
        self, starts_s: Sequence[float], times_s: ArrayLike | None = None
    ) -> NDArray[np.int64]:
        """Give which of several starts was the last by each time; -1: none yet."""
        times = self.times_s if times_s is None else np.asarray(times_s, dtype=np.float64)
        latest: NDArray[np.int64] = np.searchsorted(starts_s, times, side="right") - 1
        return latest
