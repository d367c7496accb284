"""What a formula gives in one line, the simulation gives step by step: to one per cent."""

import numpy as np
import pytest

from kafka_sizing.consumers import Crash, Deployment, Join, Leave, Slowdown, simulate_lag
from kafka_sizing.consumers.backlog import drain_backlog
from kafka_sizing.consumers.capacity import group_capacity
from kafka_sizing.consumers.rebalance import rebalance_cost
from kafka_sizing.consumers.retention import time_to_loss
from kafka_sizing.partitions import PartitionLoads

pytestmark = pytest.mark.long

WITHIN = 0.01
DEFAULT_ASSIGNORS = {
    "eager": "range",
    "cooperative": "cooperative-sticky",
    "consumer": "uniform",
}


def random_loads(rng):
    """Between even partitions and one that takes a good part of the load."""
    partitions = int(rng.integers(2, 40))
    return PartitionLoads(
        loads=rng.dirichlet(np.full(partitions, rng.choice([5.0, 50.0]))), unit="records/s"
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_backlog_drains_as_fast_as_the_formula_says(seed):
    rng = np.random.default_rng(seed)
    loads = random_loads(rng)
    members = int(rng.integers(1, loads.partitions + 3))
    member_records_per_s = rng.uniform(100, 2_000)
    capacity = group_capacity(
        loads,
        members,
        member_records_per_s=member_records_per_s,
        assignor="cooperative-sticky",
    )
    write = capacity.usable_records_per_s * rng.uniform(0.3, 0.9)
    outage_s = float(rng.integers(60, 600))
    drain = drain_backlog(
        PartitionLoads(loads=loads.shares * write, unit="records/s"),
        capacity_records_per_s=capacity,
        outage_s=outage_s,
    )
    assert drain.drain_s is not None
    step_s = drain.drain_s / 2_000
    lag = simulate_lag(
        write,
        shares=loads,
        member=member_records_per_s,
        members=members,
        duration_s=outage_s + 1.2 * drain.drain_s,
        step_s=step_s,
        events=[Slowdown(at_s=0, for_s=outage_s)],
    )
    assert lag.peak_lag_records == pytest.approx(drain.backlog_records, rel=WITHIN)
    caught_up = lag.caught_up_at_s(within_records=1e-6 * drain.backlog_records)
    assert caught_up is not None
    assert caught_up - outage_s == pytest.approx(drain.drain_s, rel=WITHIN)


@pytest.mark.parametrize("seed", range(100, 120))
def test_the_first_loss_comes_when_the_formula_says(seed):
    rng = np.random.default_rng(seed)
    partitions = int(rng.integers(1, 20))
    write = rng.uniform(100, 10_000)
    retention_s = rng.uniform(3_600, 7 * 86_400)
    keeps_up = rng.uniform(0, 0.9)
    loss = time_to_loss(write, retention_s=retention_s, capacity_records_per_s=keeps_up * write)
    assert loss.earliest_s is not None
    lag = simulate_lag(
        write,
        partitions=partitions,
        member=max(keeps_up * write / partitions, 1e-9),
        members=partitions,
        duration_s=1.2 * loss.earliest_s,
        step_s=loss.earliest_s / 500,
        retention_s=retention_s,
    )
    assert lag.lost_records is not None
    first = lag.times_s[lag.lost_records.any(axis=1)][0]
    assert first == pytest.approx(loss.earliest_s, rel=WITHIN)


@pytest.mark.parametrize("protocol", ["eager", "cooperative", "consumer"])
@pytest.mark.parametrize("event", ["crash", "leave", "join", "deployment"])
@pytest.mark.parametrize("seed", range(200, 203))
def test_a_rebalance_piles_up_what_the_formula_says(protocol, event, seed):
    rng = np.random.default_rng(seed)
    members = int(rng.integers(2, 9))
    partitions = members * int(rng.integers(2, 5))
    write = rng.uniform(500, 5_000)
    restart_s, barrier_s = float(rng.uniform(20, 40)), float(rng.uniform(2, 10))
    cost = rebalance_cost(
        event,
        members=members,
        partitions=partitions,
        write_records_per_s=write,
        protocol=protocol,
        barrier_s=barrier_s,
        **({"restart_s": restart_s} if event == "deployment" else {}),
        **({"member": 0} if event in {"crash", "leave"} else {}),
    )
    happens = {
        "crash": Crash(at_s=10, member=0),
        "leave": Leave(at_s=10, member=0),
        "join": Join(at_s=10),
        "deployment": Deployment(at_s=10, restart_s=restart_s, pause_s=60),
    }[event]
    lag = simulate_lag(
        write,
        partitions=partitions,
        member=1e9,  # so that what piled up is read at once
        members=members,
        duration_s=10 + members * (restart_s + 60) + 60,
        step_s=0.05,
        protocol=protocol,
        assignor=DEFAULT_ASSIGNORS[protocol],
        barrier_s=barrier_s,
        events=[happens],
    )
    assert len(lag.rebalances) == cost.rebalances
    # what piled up is what is read at one go when the partitions are read again; the step
    # before falls short by up to a step
    read_at_one_go = -np.minimum(np.diff(lag.total_lag_records), 0).sum()
    slack = 2 * lag.step_s * write
    assert read_at_one_go == pytest.approx(
        cost.piled_up_records, rel=WITHIN, abs=slack * cost.rebalances
    )
    if cost.rebalances == 1:
        assert lag.peak_lag_records == pytest.approx(
            cost.peak_piled_up_records, rel=WITHIN, abs=slack
        )
