"""What a monitor sees of a simulation: no owners while all stand, no partition before its time."""

import numpy as np
import pytest

from kafka_sizing.consumers import Join, PartitionIncrease, simulate_lag


@pytest.mark.parametrize(
    ("protocol", "are_hidden"), [("eager", True), ("cooperative", False), ("consumer", False)]
)
def test_owners_are_not_seen_while_a_rebalance_stops_all(protocol, are_hidden):
    lag = simulate_lag(
        100,
        partitions=4,
        member=100,
        members=2,
        duration_s=100,
        protocol=protocol,
        barrier_s=None if protocol == "consumer" else 10,
        events=[Join(at_s=50)],
    )
    frame = lag.samples(every_s=5).to_frame()
    nobody = frame[frame["member"].isna()]
    # all stand from 50 s to 60 s: at 55 s; at 60 s the rebalance is over
    assert nobody["time_s"].unique().tolist() == ([55] if are_hidden else [])
    assert len(nobody) == (4 if are_hidden else 0)
    assert "member-2" in set(frame[frame["time_s"] == 100]["member"])


def test_partitions_are_seen_from_when_they_are_there_on():
    lag = simulate_lag(
        100,
        partitions=2,
        member=100,
        members=2,
        duration_s=100,
        events=[PartitionIncrease(at_s=50, shares=np.full(4, 1 / 4))],
    )
    frame = lag.samples(every_s=10).to_frame()
    first = frame.groupby("partition")["time_s"].min()
    assert first.tolist() == [10, 10, 50, 50]
    assert frame[frame["time_s"] == 50]["end_offset"].tolist() == [2_500, 2_500, 0, 0]
