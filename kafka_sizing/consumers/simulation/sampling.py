"""A simulation in; what a monitor of the group would have seen of it out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_at_least, check_non_negative
from kafka_sizing.consumers.monitoring.samples import LagSamples
from kafka_sizing.consumers.simulation.coordinator import NOBODY
from kafka_sizing.consumers.simulation.result import LagSimulation


def samples_of(
    simulation: LagSimulation,
    *,
    every_s: float,
    commit_interval_s: float = 0.0,
    from_offset: float = 0.0,
) -> LagSamples:
    """Take samples of offsets and owners, as `LagSimulation.samples` says."""
    step_s, times_s = simulation.step_s, simulation.times_s
    check_at_least("every_s", every_s, step_s)
    check_non_negative("commit_interval_s", commit_interval_s)
    check_non_negative("from_offset", from_offset)
    if every_s > simulation.duration_s:
        raise ValueError(
            f"every_s must be at most duration_s, {simulation.duration_s:g} s, got {every_s!r}"
        )
    stride = round(every_s / step_s)
    rows = np.arange(stride - 1, times_s.size, stride)
    committed_rows = rows
    if commit_interval_s > step_s:
        every = max(1, round(commit_interval_s / step_s))
        committed_rows = (rows + 1) // every * every - 1
    times = times_s[rows]
    ends = simulation.traffic.arrived_records(times) + simulation.initial_lag_records
    position = _positions(simulation, committed_rows)
    owners = simulation.owners_at(times)
    names = [f"member-{number}" for number in range(int(owners.max(initial=NOBODY)) + 1)]
    owners[_all_stand_at(simulation, times)] = NOBODY
    there = np.array([simulation.traffic.partitions_at(at_s) for at_s in times.tolist()])
    return LagSamples.from_grid(
        times,
        np.floor(np.minimum(position, ends) + from_offset + 1e-6).astype(np.int64),
        np.floor(ends + from_offset + 1e-6).astype(np.int64),
        members=names,
        owner=owners,
        seen=np.arange(simulation.partitions) < there[:, None],
    )


def _all_stand_at(simulation: LagSimulation, times_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say at which times a rebalance stops all partitions, shape (times,)."""
    stand = np.zeros(times_s.size, dtype=np.bool_)
    for rebalance in simulation.rebalances:
        for phase in rebalance.phases:
            if phase.stops == "all":
                stand |= (phase.starts_s < times_s) & (times_s < phase.ends_s)
    return stand


def _positions(simulation: LagSimulation, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give how far each partition was read, or lost, at the ends of some steps; -1: start."""
    done = simulation.read_records
    if simulation.lost_records is not None:
        done = done + simulation.lost_records
    at = np.maximum(rows, 0)
    return np.where(rows[:, None] >= 0, done[at], 0.0)
