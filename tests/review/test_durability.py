import pytest
from hypothesis import given, strategies as st

from kafka_sizing.review import losses_survived, review_configs


@pytest.mark.parametrize(
    ("replicas", "in_sync", "writes", "acknowledged"),
    [
        pytest.param(3, 2, 1, 1, id="RD01 3/2 (readiness rules, F8.1)"),
        pytest.param(3, 3, 0, 2, id="RD01 3/3 (readiness rules, F8.1)"),
        pytest.param(3, 1, 2, 0, id="RD01 3/1 (readiness rules, F8.1)"),
        pytest.param(5, 3, 2, 2, id="RD01 5/3 (readiness rules, F8.1)"),
        pytest.param(1, 1, 0, 0, id="one replica survives nothing"),
        pytest.param(2, 3, 0, 1, id="more asked for than there are"),
    ],
)
def test_losses_that_writes_and_acknowledged_records_survive(
    replicas, in_sync, writes, acknowledged
):
    kept = losses_survived(replicas, min_insync_replicas=in_sync)
    assert (kept.writes_survive, kept.acknowledged_survives) == (writes, acknowledged)


@given(replicas=st.integers(1, 9), in_sync=st.integers(1, 9))
def test_what_one_gains_the_other_loses(replicas, in_sync):
    kept = losses_survived(replicas, min_insync_replicas=in_sync)
    if kept.writable:
        assert kept.writes_survive + kept.acknowledged_survives == replicas - 1
    else:
        assert kept.writes_survive == 0
        assert "nothing is ever acknowledged" in kept.reason


def test_the_reason_names_both():
    assert losses_survived(3, min_insync_replicas=2).reason == (
        "with 3 replicas and min.insync.replicas=2 writes survive the loss of 1 broker, "
        "acknowledged records that of 1"
    )


@pytest.mark.parametrize(
    ("replicas", "in_sync", "found"),
    [
        pytest.param(3, 2, set(), id="RD01 3/2 is right"),
        pytest.param(3, 3, {"writes-stop-on-one-loss"}, id="RD01 3/3 stops on one loss"),
        pytest.param(
            3, 1, {"acknowledged-on-one-replica"}, id="RD01 3/1 loses what was told safe"
        ),
        pytest.param(5, 3, set(), id="RD01 5/3 survives two of each"),
        pytest.param(1, 1, {"too-few-replicas"}, id="one replica is the finding, not its ISR"),
        pytest.param(
            2, 2, {"writes-stop-on-one-loss", "too-few-replicas"}, id="two of two are too few"
        ),
        pytest.param(
            2, 1, {"acknowledged-on-one-replica", "too-few-replicas"}, id="two replicas, one told"
        ),
    ],
)
def test_the_review_says_the_same(replicas, in_sync, found):
    review = review_configs(topic={"min.insync.replicas": in_sync}, replication_factor=replicas)
    rules = {finding.rule for finding in review.findings if finding.severity != "note"}
    assert rules == found


@pytest.mark.parametrize(
    ("replicas", "in_sync", "change"),
    [
        (3, 1, "set min.insync.replicas=2 on the topic"),
        (2, 1, "use 3 replicas and min.insync.replicas=2"),
        (3, 3, "set min.insync.replicas=2"),
        (2, 2, "set min.insync.replicas=2 and use 3 replicas"),
        (5, 5, "set min.insync.replicas=4"),
    ],
)
def test_the_change_would_help(replicas, in_sync, change):
    review = review_configs(topic={"min.insync.replicas": in_sync}, replication_factor=replicas)
    assert change in {finding.change for finding in review.findings}


@pytest.mark.parametrize("name", ["replication_factor", "min_insync_replicas"])
def test_counts_must_be_whole_and_at_least_one(name):
    counts = {"replication_factor": 3, "min_insync_replicas": 2, name: 0}
    with pytest.raises(ValueError, match=rf"{name} must be a whole number in 1 .* got 0"):
        losses_survived(
            counts["replication_factor"], min_insync_replicas=counts["min_insync_replicas"]
        )
