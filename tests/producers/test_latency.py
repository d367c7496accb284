"""A record's way to its acknowledgement: parts, sums and ends."""

import pytest

from kafka_sizing.producers import latency_budget


def _part(budget, name):
    return next(part for part in budget.parts if part.name == name)


def test_default_budget_is_linger_and_a_measured_request():
    budget = latency_budget()
    assert [part.name for part in budget.parts] == ["linger", "request", "replication"]
    assert [part.kind for part in budget.parts] == ["exact", "measured", "measured"]
    # LinkedIn 2014: median 2 ms, 99.9 % within 14 ms; linger.ms=5
    assert budget.least_s == pytest.approx(0.002)
    assert budget.most_s == pytest.approx(0.019)
    assert budget.largest.name == "request"
    assert "without the number of leaders" in _part(budget, "replication").reason


@pytest.mark.parametrize(
    ("leaders", "brokers", "replicas", "seconds"),
    [
        pytest.param(2_000, 2, 2, 0.02, id="Rao 2015: 1,000 from one broker to another"),
        pytest.param(11_000, 11, 2, 0.002, id="Rao 2015: 1,000 leaders, 10 other brokers"),
        pytest.param(3_000, 3, 3, 0.02, id="both others copy all of a broker"),
        pytest.param(5_000, 1, 1, 0.0, id="one replica has nothing to wait for"),
        pytest.param(1, 3, 3, 0.00002, id="a part of a partition is one"),
    ],
)
def test_copies_take_20_ms_for_every_1000_of_a_pair(leaders, brokers, replicas, seconds):
    budget = latency_budget(leaders=leaders, brokers=brokers, replication_factor=replicas)
    assert _part(budget, "replication").most_s == pytest.approx(seconds)
    assert _part(budget, "replication").least_s == 0


@pytest.mark.parametrize(("acks", "names"), [("1", ["linger", "request"]), ("-1", None)])
def test_only_acks_all_waits_for_copies(acks, names):
    budget = latency_budget(leaders=100, settings={"acks": acks})
    expected = names or ["linger", "request", "replication"]
    assert [part.name for part in budget.parts] == expected


def test_acks_none_waits_for_nobody():
    budget = latency_budget(settings={"acks": "0", "linger.ms": 20})
    assert (budget.least_s, budget.most_s) == (0.0, pytest.approx(0.02))
    assert _part(budget, "request").kind == "exact"


def test_end_is_what_send_may_wait_and_the_delivery_timeout():
    end = latency_budget().end
    assert (end.least_s, end.most_s, end.kind) == (120.0, 180.0, "exact")
    raised = latency_budget(settings={"request.timeout.ms": 150_000, "max.block.ms": 0}).end
    assert (raised.least_s, raised.most_s) == (150.005, 150.005)


def test_librdkafka_does_not_wait_and_may_never_give_up():
    end = latency_budget(client="librdkafka").end
    assert (end.least_s, end.most_s) == (300.0, 300.0)
    endless = latency_budget(client="librdkafka", settings={"message.timeout.ms": 0})
    assert endless.end is None
    assert "ends" not in endless.reason
    assert list(endless.to_frame()["part"]) == ["linger", "request", "replication"]


def test_target_is_met_by_the_sum_of_the_mosts():
    assert latency_budget(target_s=0.02).fits
    tight = latency_budget(target_s=0.018)
    assert tight.fits is False
    assert tight.reason == (
        "2 ms to 19 ms, most of it request (14 ms); a broker that stays away ends it after "
        "180 s at most; over the 18 ms wanted"
    )
    assert latency_budget(target_s=0.02).reason.endswith("; within the 20 ms wanted")
    assert latency_budget().fits is None


def test_frame_has_a_row_for_each_part_and_the_end():
    frame = latency_budget(leaders=10).to_frame()
    assert list(frame.columns) == [
        "part", "least_s", "most_s", "kind", "reason", "source", "date",
    ]  # fmt: skip
    assert list(frame["part"]) == ["linger", "request", "replication", "end"]
    assert frame["source"].str.len().min() > 5
    assert "<table" in latency_budget()._repr_html_()
    assert repr(latency_budget()) == (
        "LatencyBudget(least_s=0.002, most_s=0.019, largest='request')"
    )


@pytest.mark.parametrize(
    ("name", "bad"),
    [("leaders", -1), ("brokers", 0), ("replication_factor", 4), ("target_s", 0)],
)
def test_number_out_of_range_is_refused_by_name(name, bad):
    with pytest.raises(ValueError, match=rf"^{name} must be .*, got {bad}"):
        latency_budget(**{name: bad})


def test_long_waits_are_written_in_full():
    slow = latency_budget(settings={"linger.ms": 60_000}, target_s=1_000)
    assert slow.reason == (
        "2 ms to 60,014 ms, most of it linger (60,000 ms); a broker that stays away ends it "
        "after 180 s at most; within the 1,000,000 ms wanted"
    )


def test_a_record_nobody_acknowledges_has_a_source_of_its_own():
    part = _part(latency_budget(settings={"acks": "0"}), "request")
    assert (part.most_s, part.kind, part.date) == (0, "exact", "2026-11-23")
    assert part.source == "acks in ProducerConfig, Apache Kafka 4.x"


def test_one_copied_partition_is_one():
    part = _part(latency_budget(leaders=1, brokers=2, replication_factor=2), "replication")
    assert "acks=all: 1 partition that one broker" in part.reason
