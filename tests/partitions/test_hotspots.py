import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing import KeyLoads, PartitionLoads, count_keys, find_hot, place

LOADS = st.lists(st.integers(0, 1000), min_size=1, max_size=30)


def keyed(loads: list[int]) -> KeyLoads:
    return KeyLoads([f"user-{at}" for at in range(len(loads))], loads)


def test_a_key_above_the_line_is_one_key_and_no_count_helps(carriers):
    report = find_hot(place(carriers, 12), capacity=50_000)  # of 336,776 flights
    assert [hot.partition for hot in report.hot] == [3, 11, 10, 0]
    by_partition = {hot.partition: hot for hot in report.hot}
    ua = by_partition[10]
    assert (ua.cause, ua.keys[0].key, ua.separating_partitions) == ("one key", "UA", None)
    assert ua.keys[0].load == 58_665
    assert ua.keys[0].partition_share == pytest.approx(58_665 / ua.load)
    assert report.first_fitting is None
    assert not report.fits
    assert "'EV' alone writes 16.1 %" in report.verdict


def test_keys_that_share_a_partition_are_separated_by_the_first_count_that_does(carriers):
    capacity = 60_000
    report = find_hot(place(carriers, 12), capacity=capacity)
    (hot,) = [hot for hot in report.hot if hot.partition == 3]
    assert hot.cause == "several keys"
    assert [key.key for key in hot.keys] == ["EV", "MQ"]
    for count in range(13, hot.separating_partitions + 1):
        loads = place(carriers, count)
        there = [loads.partition_of_key[list(loads.keys.keys).index(k)] for k in (b"EV", b"MQ")]
        below = all(loads.loads[at] <= capacity for at in there)
        assert below == (count == hot.separating_partitions)
    for count in range(13, report.first_fitting + 1):
        fits = place(carriers, count).loads.max() <= capacity
        assert fits == (count == report.first_fitting)


def test_a_topic_too_big_for_its_partitions_says_so():
    keys = keyed([1] * 1000)
    report = find_hot(place(keys, 4), capacity=100)
    assert {hot.cause for hot in report.hot} == {"too few partitions"}
    assert place(keys, report.first_fitting).loads.max() <= 100
    assert place(keys, report.first_fitting - 1).loads.max() > 100


def test_null_keys_on_one_partition_are_their_own_cause():
    keys = KeyLoads(["a", "b", "c"], [1, 1, 1], null_load=30)
    report = find_hot(place(keys, 4, partitioner="librdkafka-consistent"), ratio=1.5)
    assert [(hot.partition, hot.cause) for hot in report.hot] == [(0, "null keys")]
    assert "without a key" in report.verdict


def test_a_small_sample_is_noise_and_a_large_one_is_not():
    few = count_keys(["a", "b", "c"] * 3)
    assert {hot.cause for hot in find_hot(place(few, 12)).hot} == {"noise"}
    assert find_hot(place(few, 12)).fits
    assert "hot for certain" in find_hot(place(few, 12)).verdict
    many = count_keys({"a": 3000, "b": 3000, "c": 3000})
    assert {hot.cause for hot in find_hot(place(many, 12)).hot} == {"one key"}


def test_noise_is_the_binomial_tail_over_all_partitions():
    # 12 partitions, line at 1.5 / 12 of n records: P(X >= seen) * 12 against 0.05
    from scipy.stats import binom

    n = 400
    for seen in range(51, 100):
        loads = [seen] + [(n - seen) / 11] * 11
        keys = KeyLoads([bytes([at]) for at in range(12)], loads, sample_size=n)
        placed = PartitionLoads(
            loads=loads,
            keys=keys,
            partition_of_key=np.arange(12),
            partitioner=place(keys, 12).partitioner,
        )
        expected = 12 * sum(binom.pmf(range(seen, n + 1), n, 1.5 / 12)) > 0.05
        assert (find_hot(placed).hot[0].cause == "noise") == expected


def test_loads_without_keys_have_an_unknown_cause():
    report = find_hot(PartitionLoads(loads=[9, 1, 1, 1]), ratio=2)
    (hot,) = report.hot
    assert (hot.cause, hot.keys, hot.separating_partitions) == ("unknown", (), None)
    assert report.to_frame()["key"].tolist() == [None]
    assert (report.first_fitting, report.searched_to) == (None, 4)


def test_nothing_hot_is_an_answer_with_the_line_in_it():
    report = find_hot(place(keyed([1] * 600), 6))
    assert report.hot == ()
    assert report.fits
    assert report.first_fitting == 6
    assert "No partition of 6 is hot" in report.verdict
    assert "1.5 × the even share" in report.lines[0].reason
    assert report.lines[0].kind == "rule"


def test_of_two_lines_the_lower_one_decides():
    loads = PartitionLoads(loads=[30, 10, 10, 10])
    report = find_hot(loads, capacity=29, ratio=1.4)
    assert report.hot[0].line.name == "ratio"
    assert [line.name for line in report.lines] == ["capacity", "ratio"]
    report = find_hot(loads, capacity=16, ratio=1.4)
    assert report.hot[0].line.name == "capacity"


def test_a_load_on_the_line_is_not_hot():
    assert find_hot(PartitionLoads(loads=[0.3, 0.1, 0.2]), capacity=0.1 + 0.2).hot == ()
    assert find_hot(PartitionLoads(loads=[3, 1, 2]), ratio=1.5).hot == ()


@given(LOADS, st.integers(1, 12), st.integers(1, 3000))
def test_every_partition_above_the_capacity_is_reported_and_no_other(loads, n, capacity):
    placed = place(keyed(loads), n)
    report = find_hot(placed, capacity=capacity, most_partitions=40)
    above = {at for at in range(n) if placed.loads[at] > capacity}
    assert {hot.partition for hot in report.hot} == above
    assert [hot.load for hot in report.hot] == sorted((placed.loads[list(above)]), reverse=True)
    for hot in report.hot:
        together = sum(key.load for key in hot.keys)
        if not hot.keys_left_out:
            assert together > capacity
            assert together - hot.keys[-1].load <= capacity
        if hot.cause == "one key":
            assert hot.keys[0].load > capacity
            assert hot.separating_partitions is None


@given(LOADS, st.integers(1, 8), st.integers(1, 500))
def test_the_first_fitting_count_is_the_first_that_fits(loads, n, capacity):
    keys = keyed(loads)
    report = find_hot(place(keys, n), capacity=capacity, most_partitions=24)
    fitting = [m for m in range(n, 25) if place(keys, m).loads.max() <= capacity]
    assert report.first_fitting == (fitting[0] if fitting else None)


def test_the_search_goes_as_far_as_it_is_told():
    report = find_hot(place(keyed([5, 5, 5, 5]), 1), capacity=5, most_partitions=2)
    assert (report.searched_to, report.first_fitting) == (2, None)
    assert report.verdict.endswith("at least 4 partitions are needed.")


def test_keys_that_no_count_in_reach_separates_are_said_to_stay_together(carriers):
    hot, *_ = find_hot(place(carriers, 12), capacity=60_000, most_partitions=18).hot
    assert hot.reason.endswith("no larger count up to 18 brings them below it.")
    hot, *_ = find_hot(place(carriers, 12), capacity=60_000, most_partitions=12).hot
    assert hot.reason.endswith("no larger count was tried.")


def test_loads_without_a_partitioner_are_not_said_to_have_been_tried_elsewhere():
    loads = PartitionLoads(
        loads=[9, 1, 1], keys=KeyLoads(list("abcd"), [5, 4, 1, 1]), partition_of_key=[0, 0, 1, 2]
    )
    assert find_hot(loads, capacity=6).verdict.endswith("no larger count was tried.")


def test_keys_are_named_by_whoever_asks(carriers):
    report = find_hot(place(carriers, 12), capacity=60_000)
    text = report.explain(lambda key: "masked")
    assert "masked" in text
    assert "EV" not in text


def test_many_keys_are_counted_and_only_the_heaviest_named():
    report = find_hot(place(keyed([1] * 400), 2), capacity=100)
    hot = report.hot[0]
    assert len(hot.keys) == 5
    assert hot.keys_left_out == 96  # 101 keys of load 1 are the fewest above 100


def test_frames_and_tables_have_a_row_per_key(carriers):
    report = find_hot(place(carriers, 12), capacity=60_000)
    frame = report.to_frame()
    assert frame["key"].tolist()[:2] == ["EV", "MQ"]
    assert frame["cause"].tolist()[:2] == ["several keys"] * 2
    assert "several keys" in report._repr_html_()
    hostile = find_hot(place(KeyLoads(["<script>"], [9]), 4))
    assert "<script>" not in hostile._repr_html_()
    assert repr(hostile).startswith("HotReport(1 of 4 partitions hot")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"capacity": 0}, r"capacity must be finite and > 0, got 0"),
        ({"capacity": float("nan")}, r"capacity must be finite and > 0, got nan"),
        ({"ratio": 0.9}, r"ratio must be finite and >= 1, got 0.9"),
        ({"most_partitions": 0}, r"most_partitions must be a whole number"),
    ],
)
def test_bad_lines_get_one_clear_line(arguments, message):
    with pytest.raises(ValueError, match=message):
        find_hot(PartitionLoads(loads=[1, 2]), **arguments)


def test_a_partition_hot_from_spread_load_alone_has_no_key_to_name():
    keys = KeyLoads(["abc"], [1], null_load=400)
    report = find_hot(place(keys, 4), capacity=50)
    assert len(report.hot) == 4
    assert {hot.cause for hot in report.hot} == {"too few partitions"}
    assert report.first_fitting == 9  # 400 / 9 + 1 <= 50 < 400 / 8 + 1
    assert {hot.separating_partitions for hot in report.hot} == {9}
    assert all(hot.keys == () for hot in report.hot)  # hot without any key
    assert "at least 9 partitions are needed, and 9 is the first count" in report.hot[-1].reason


def test_a_key_that_shares_with_records_without_a_key_is_not_called_several():
    report = find_hot(place(KeyLoads(["abc"], [45], null_load=100), 4), capacity=50)
    assert report.hot[0].separating_partitions == 20  # 45 + 100 / 20 = 50
    assert "key 'abc' 31.0 % and records without a key share it" in report.verdict
    assert report.verdict.endswith("20 is the first count that brings the key below it.")


def test_where_even_spread_is_hot_the_count_that_helps_leaves_nothing_hot():
    keys = keyed([10, 10, 10, 9, 9, 9])
    report = find_hot(place(keys, 2), capacity=12)  # 57 / 12: no fewer than 5
    fitting = next(n for n in range(3, 100) if place(keys, n).loads.max() <= 12)
    assert {hot.separating_partitions for hot in report.hot} == {fitting}
    assert f"at least 5 partitions are needed, and {fitting} is the first" in report.verdict


def test_even_spread_that_needs_more_partitions_than_there_can_be_is_not_searched():
    report = find_hot(place(keyed([1] * 30), 3), capacity=1e-9)
    assert (report.first_fitting, report.searched_to) == (None, 3)
    unplaced = find_hot(PartitionLoads(loads=[9, 8]), capacity=1e-9)
    assert unplaced.first_fitting is None
    spread = find_hot(place(KeyLoads(["a"], [0], null_load=9), 3), capacity=1e-9)
    assert "not even 10,000,000 partitions are enough" in spread.verdict


def test_an_empty_key_that_the_client_spreads_is_not_too_big_for_a_partition():
    keys = KeyLoads([""], [100])
    report = find_hot(place(keys, 4, partitioner="librdkafka"), capacity=15)
    assert report.first_fitting == 7  # 100 / 7 <= 15 < 100 / 6


def test_the_search_stops_where_the_partitioner_does():
    keys = keyed([1] * 300)
    placed = place(keys, 100, partitioner="flink-subtask-of-128")
    report = find_hot(placed, capacity=3, most_partitions=1000)
    fitting = [
        n
        for n in range(101, 129)
        if place(keys, n, partitioner="flink-subtask-of-128").loads.max() <= 3
    ]
    assert report.first_fitting == (fitting[0] if fitting else None)
    assert report.searched_to == 128


@given(LOADS, st.integers(1, 8), st.integers(1, 300), st.integers(0, 200))
def test_the_count_that_separates_is_the_first_that_does(loads, n, capacity, null_load):
    keys = KeyLoads([f"user-{at}" for at in range(len(loads))], loads, null_load=null_load)
    report = find_hot(place(keys, n), capacity=capacity, most_partitions=40)
    at_count = {m: place(keys, m) for m in range(n + 1, 41)}
    for hot in report.hot:
        if hot.cause != "several keys" or hot.keys_left_out:
            continue
        places = [int(key.key.removeprefix("user-")) for key in hot.keys]
        helping = [
            m
            for m, placed in at_count.items()
            if placed.loads[placed.partition_of_key[places]].max() <= capacity * (1 + 1e-9)
        ]
        assert hot.separating_partitions == (helping[0] if helping else None)


def test_a_partitioner_without_a_remainder_rule_is_searched_too():
    keys = keyed([3] * 40)
    report = find_hot(place(keys, 3, partitioner="flink-subtask"), capacity=40, most_partitions=20)
    fitting = [
        n for n in range(3, 21) if place(keys, n, partitioner="flink-subtask").loads.max() <= 40
    ]
    assert report.first_fitting == (fitting[0] if fitting else None)


def test_verdicts_read_as_they_should(carriers):
    share = "Partition 3 carries 25.2 % of the load, 3.02 × the even share"
    assert find_hot(place(carriers, 12), capacity=60_000, most_partitions=12).hot[0].reason == (
        f"{share}: keys 'EV' 16.1 %, 'MQ' 7.8 % share it, none alone above the line of 17.8 %: "
        "no larger count was tried."
    )
    hottest = find_hot(place(carriers, 12), capacity=50_000).hot[0]
    assert hottest.reason == (
        f"{share}: key 'EV' alone writes 16.1 %, above the line of 14.8 %, "
        "so more partitions cannot help."
    )
    few = KeyLoads(["a", "b"], [11, 9], sample_size=20)
    placed = PartitionLoads(
        loads=[11, 9], keys=few, partition_of_key=[0, 1], partitioner=place(few, 2).partitioner
    )
    report = find_hot(placed, ratio=1.05)
    assert [hot.cause for hot in report.hot] == ["noise"]
    assert report.verdict == (
        "No partition of 2 is hot for certain: 1 is above the line, but in a sample of this size "
        "that may be chance."
    )


def test_a_key_too_big_is_the_cause_even_where_spread_load_alone_is_too_much():
    keys = KeyLoads(["a", "b"], [100, 1], null_load=400)
    placed = place(keys, 4)
    report = find_hot(placed, capacity=50)
    causes = {hot.partition: hot.cause for hot in report.hot}
    of_a = int(placed.partition_of_key[0])
    assert causes.pop(of_a) == "one key"
    assert set(causes.values()) == {"too few partitions"}


def test_the_columns_of_a_report_are_its_fields(carriers):
    assert find_hot(place(carriers, 12)).to_frame().columns.tolist() == [
        "partition",
        "load",
        "share",
        "imbalance_ratio",
        "line",
        "cause",
        "separating_partitions",
        "key",
        "key_load",
        "key_share",
        "key_partition_share",
    ]


def test_a_search_beyond_what_can_be_placed_is_refused():
    with pytest.raises(ValueError, match="most_partitions must be a whole number in 1 … 10,000,0"):
        find_hot(PartitionLoads(loads=[1]), most_partitions=10_000_001)


def test_a_stated_line_is_exact_and_a_customary_one_a_rule():
    loads = PartitionLoads(loads=[3, 1])
    kinds = [line.kind for line in find_hot(loads, capacity=2, ratio=1.2).lines]
    assert kinds == ["exact", "exact"]
    assert find_hot(loads).lines[0].kind == "rule"
