"""How many partitions a design needs, by which limits, and what would change that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings, strategies as st

from kafka_sizing import KeyLoads, find_hot, place
from kafka_sizing.keys import uniform_keys, zipf_keys
from kafka_sizing.topic import Cluster, Group, Keys, Producers, TopicDesign, Traffic
from kafka_sizing.topic.planning.count import decide_count

pytestmark = pytest.mark.long


def design(write=100e6, **given):
    traffic = given.pop("traffic", {})
    return TopicDesign(
        name="orders",
        traffic=Traffic(**{"write_bytes_per_s": write, "record_bytes": 1_000, **traffic}),
        **given,
    )


def group(name="billing", rate=10_000, **given):
    return Group(name=name, member_records_per_s=rate, **given)


@pytest.mark.parametrize(
    ("given", "partitions", "binding"),
    [
        pytest.param(
            {
                "write": 1_000e6,
                "producers": Producers(partition_bytes_per_s=100e6),
                "groups": [group(rate=50_000)],
            },
            20,
            "billing",
            id="PC01 Cloudera: 1000 MB/s, 100 in and 50 out",
        ),
        pytest.param(
            {
                "write": 500e3,
                "groups": [Group(name="slow", processing_s=0.02)],
            },
            10,
            "slow",
            id="PC03 The Definitive Guide: 500 records/s at 20 ms",
        ),
        pytest.param(
            {
                "write": 120e6,
                "producers": Producers(partition_bytes_per_s=30e6),
                "groups": [
                    group("A", rate=10_000, read_ratio=1 / 3),
                    group("B", rate=8_000),
                    group("C", rate=15_000, read_ratio=0.5),
                ],
            },
            15,
            "B",
            id="PC08 of several groups the largest",
        ),
        pytest.param(
            {
                "write": 40e6,
                "traffic": {
                    "growth_fraction_per_year": 0.3,
                    "horizon_years": 3,
                    "headroom_fraction": 0.2,
                },
                "producers": Producers(partition_bytes_per_s=10e6),
            },
            11,
            "producer",
            id="PC10 87.88 MB/s at the horizon, 25 % on top",
        ),
        pytest.param(
            {
                "write": 12e6,
                "traffic": {
                    "growth_fraction_per_year": 0.5,
                    "horizon_years": 2,
                    "peak_ratio": 3,
                    "headroom_fraction": 0.4,
                },
                "producers": Producers(partition_bytes_per_s=10e6),
            },
            14,
            "producer",
            id="PC11 81 MB/s at the peak, 60 % used",
        ),
        pytest.param(
            {"write": 150e6, "groups": [group()], "multiple_of": (4,)},
            16,
            "billing",
            id="PC09 15 rounded up to a multiple of 4",
        ),
        pytest.param(
            {
                "write": 100e6,
                "groups": [group("a", rate=1e9), group("b", rate=1e9), group("c", rate=1e9)],
                "cluster": Cluster(brokers=3, limits="MSK Serverless"),
            },
            30,
            None,
            id="PC15 MSK Serverless, 100 MB/s in and 300 MB/s out",
        ),
        pytest.param(
            {
                "write": 500e6,
                "groups": [group(rate=1e9)],
                "cluster": Cluster(brokers=30, limits="MSK Express 2xlarge"),
            },
            34,
            None,
            id="PC16 MSK Express, 500 MB/s in",
        ),
        pytest.param(
            {"write": 1e6, "groups": [group(members=7)]},
            7,
            "billing members",
            id="a partition for each planned member",
        ),
    ],
)
def test_the_largest_need_sets_the_count(given, partitions, binding):
    decision = decide_count(design(**given))
    assert (decision.partitions, decision.recommended, decision.given) == (
        partitions,
        partitions,
        None,
    )
    assert decision.holds
    if binding is not None:
        assert decision.binding.name == binding


def test_a_count_that_is_given_is_judged():
    few = decide_count(design(groups=[group()], partitions=6))
    assert (few.partitions, few.recommended, few.holds) == (6, 10, False)
    assert [limit.name for limit in few.broken] == ["billing"]
    assert few.reason == (
        "6 partitions will not do: members of group 'billing' at 9.5 MiB/s each need 10 for "
        "95.4 MiB/s; 10 would keep every limit"
    )
    many = decide_count(design(groups=[group()], partitions=24))
    assert many.holds
    assert many.reason.startswith("24 partitions keep every limit; 10 would be enough: ")


def test_the_cluster_sets_an_upper_limit():
    """MSK Serverless has 2,400 leaders; 2,390 are taken."""
    cluster = Cluster(
        brokers=3, limits="MSK Serverless", other_leaders=2_395, other_replicas=7_185
    )
    decision = decide_count(design(groups=[group()], cluster=cluster))
    assert (decision.recommended, decision.partitions, decision.holds) == (None, 20, False)
    assert decision.broken[0].bound == "at most"
    assert decision.broken[0].partitions == 5
    assert "no count keeps every limit" in decision.reason


def test_the_hottest_partition_must_fit_not_the_even_one():
    keys = zipf_keys(2_000, exponent=0.5, total=1)
    decision = decide_count(design(groups=[group()], keys=Keys(loads=keys)))
    assert decision.recommended > 10
    assert decision.keyed.most_share == pytest.approx(0.1)
    for count in range(10, decision.recommended + 1):
        fits = find_hot(place(keys, count), capacity=0.1 * keys.total).fits
        assert fits == (count == decision.recommended)


def test_a_key_that_is_too_big_leaves_no_count():
    keys = KeyLoads(["big", "a", "b", "c"], [40, 20, 20, 20])
    decision = decide_count(design(groups=[group()], keys=Keys(loads=keys)))
    assert (decision.recommended, decision.partitions, decision.holds) == (None, 10, False)
    assert decision.keyed.one_key_is_too_big
    assert decision.broken[0].partitions is None
    assert "the hottest key writes 40.0 %" in decision.reason


def test_a_share_alone_shows_the_ceiling():
    """The hottest key has 20 %, a partition takes 10 MB/s: at most 50 MB/s (PC12)."""
    keys = Keys(hottest_key_share=0.2)
    above = decide_count(design(write=51e6, groups=[group()], keys=keys))
    assert (above.recommended, above.holds) == (None, False)
    assert above.rates.throughput_ceiling_bytes_per_s == pytest.approx(50e6)
    assert decide_count(design(write=49e6, groups=[group()], keys=keys)).holds


def test_the_largest_partition_wanted_asks_for_partitions_too():
    """300 GB a day, kept a day, at most 6 GB a partition (The Definitive Guide): 50."""
    decision = decide_count(
        design(
            write=300e9 / 86_400,
            retention_s=86_400,
            partition_retained_bytes=6e9,
            groups=[group(rate=1e6)],
        )
    )
    assert (decision.partitions, decision.binding.name) == (50, "retained bytes")


def test_nothing_that_says_what_a_partition_carries_is_an_error():
    with pytest.raises(ValueError, match="partition_bytes_per_s of producers or at least one of"):
        decide_count(design())


def test_frames_have_a_row_for_each_limit_and_each_input():
    decision = decide_count(design(groups=[group()], keys=Keys(loads=uniform_keys(500, total=1))))
    assert decision.to_frame()["name"].tolist() == ["billing", "keys"]
    frame = decision.sensitivity_frame()
    assert set(frame["input"]) == {
        "write rate",
        "peak ratio",
        "headroom",
        "member rate of billing",
        "read ratio of billing",
    }
    assert "CountDecision(partitions=" in repr(decision)
    assert "<table" in decision._repr_html_()


MOVES = {
    "write rate": lambda d, v: replace(d, traffic=replace(d.traffic, write_bytes_per_s=v)),
    "peak ratio": lambda d, v: replace(d, traffic=replace(d.traffic, peak_ratio=v)),
    "growth": lambda d, v: replace(d, traffic=replace(d.traffic, growth_fraction_per_year=v)),
    "horizon": lambda d, v: replace(d, traffic=replace(d.traffic, horizon_years=v)),
    "compression ratio": lambda d, v: replace(d, traffic=replace(d.traffic, compression_ratio=v)),
    "headroom": lambda d, v: replace(d, traffic=replace(d.traffic, headroom_fraction=v)),
    "producer rate": lambda d, v: replace(
        d, producers=replace(d.producers, partition_bytes_per_s=v)
    ),
    "member rate of billing": lambda d, v: replace(
        d, groups=(replace(d.groups[0], member_records_per_s=v), *d.groups[1:])
    ),
    "read ratio of billing": lambda d, v: replace(
        d, groups=(replace(d.groups[0], read_ratio=v), *d.groups[1:])
    ),
}
RISES_WITH = {"compression ratio": -1, "producer rate": -1, "member rate of billing": -1}
NUDGES = {"growth": 1e-5, "horizon": 1e-5, "headroom": 1e-5}  # others: a millionth of the value


@settings(max_examples=60, deadline=None)
@given(
    traffic=st.fixed_dictionaries(
        {
            "write_bytes_per_s": st.floats(5e6, 200e6),
            "growth_fraction_per_year": st.floats(0.05, 0.8),
            "headroom_fraction": st.floats(0.05, 0.5),
        }
    ),
    producer=st.floats(3e6, 30e6),
    member=st.floats(2_000, 30_000),
    step=st.sampled_from([1, 4]),
    keyed=st.booleans(),
)
def test_beyond_the_value_named_the_count_changes_and_before_it_does_not(
    traffic, producer, member, step, keyed
):
    keys = Keys(loads=zipf_keys(5_000, exponent=0.4, total=1)) if keyed else None
    start = design(
        traffic={"peak_ratio": 2, "horizon_years": 1.5, "compression_ratio": 3, **traffic},
        producers=Producers(partition_bytes_per_s=producer),
        groups=[group(rate=member)],
        multiple_of=(step,),
        keys=keys,
    )
    decision = decide_count(start)
    assume(decision.recommended is not None and decision.recommended < 150)
    for row in decision.sensitivity:
        more_load = row.effect == "needs more"
        sign = RISES_WITH.get(row.input, 1) * (1 if more_load else -1)
        nudge = sign * NUDGES.get(row.input, 1e-6 * row.changed_value)
        beyond = decide_count(MOVES[row.input](start, row.changed_value + nudge))
        before = decide_count(MOVES[row.input](start, row.changed_value - nudge))
        assert before.recommended == decision.recommended, row
        if row.partitions is not None:
            assert beyond.recommended == row.partitions, row
        else:
            assert beyond.recommended != decision.recommended, row


def test_a_cluster_without_room_leaves_no_count():
    cluster = Cluster(
        brokers=3, limits="MSK Serverless", other_leaders=2_400, other_replicas=7_200
    )
    decision = decide_count(design(groups=[group()], cluster=cluster))
    assert (decision.recommended, decision.holds) == (None, False)
    assert decision.broken[0].partitions is None


def test_for_a_count_that_breaks_it_says_from_which_value_on_it_holds():
    """6 partitions at 10 MB/s carry 60 of the 100 MB/s; 16.7 MB/s each would carry all."""
    decision = decide_count(design(groups=[group()], partitions=6))
    rows = {row.input: row for row in decision.sensitivity}
    assert {row.effect for row in rows.values()} == {"then holds"}
    assert rows["write rate"].changed_value == pytest.approx(60e6)
    assert rows["member rate of billing"].changed_value == pytest.approx(16_666.7, rel=1e-4)
    assert rows["write rate"].partitions == 6
    assert rows["write rate"].change_ratio == pytest.approx(0.6)


def test_a_hottest_key_that_is_too_big_says_what_would_make_it_fit():
    """40 % of 40 MB/s are 16 MB/s on one partition, and a member reads 5 MB/s: × 5 / 16."""
    decision = decide_count(
        design(40e6, keys=Keys(hottest_key_share=0.4), groups=[group(rate=5_000)])
    )
    assert decision.recommended is None
    rows = {row.input: row for row in decision.sensitivity}
    assert {row.effect for row in rows.values()} == {"then holds"}
    assert rows["write rate"].changed_value == pytest.approx(40e6 * 5 / 16)
    assert rows["member rate of billing"].changed_value == pytest.approx(16_000)
    mended = decide_count(
        design(40e6 * 5 / 16, keys=Keys(hottest_key_share=0.4), groups=[group(rate=5_000)])
    )
    assert mended.holds


def test_a_count_that_is_no_multiple_of_what_is_wanted_says_so():
    decision = decide_count(
        design(40e6, partitions=13, multiple_of=(6, 4), groups=[group(rate=5_000)])
    )
    assert decision.holds
    assert decision.reason.startswith(
        "13 partitions keep every limit, but are no multiple of 12; 12 would be enough: "
    )


def test_a_count_that_a_vendor_does_not_allow_names_the_limit():
    """32 partitions in an event hub of the Standard tier."""
    cluster = Cluster(brokers=3, limits="Event Hubs Standard", units=40)
    decision = decide_count(
        design(10e6, partitions=50, cluster=cluster, groups=[group(rate=5_000)])
    )
    assert decision.reason == (
        "50 partitions will not do: Event Hubs Standard: leaders per event hub allows 32, 32 in "
        "one topic; 2 would keep every limit"
    )


def test_what_one_group_reads_is_only_a_part_of_what_a_vendor_grants():
    """MSK Serverless grants 10 MB/s out of a partition: 40 MB/s of 4, 10 of them to b."""
    groups = [group("a", rate=30_000), group("b", rate=30_000)]
    cluster = Cluster(brokers=3, limits="MSK Serverless")
    decision = decide_count(design(10e6, partitions=4, cluster=cluster, groups=groups))
    (row,) = [
        row
        for row in decision.sensitivity
        if (row.input, row.effect) == ("read ratio of a", "needs more")
    ]
    assert row.limit == "reads from one partition (out)"
    assert row.changed_value == pytest.approx(3)
    (own,) = [row for row in decision.sensitivity if row.input == "member rate of a"]
    assert own.limit == "a"


def test_a_load_beyond_all_topics_is_refused_by_name():
    with pytest.raises(ValueError, match=r"that the load needs must be .* got 20000000"):
        decide_count(design(100e9, groups=[group(rate=5)]))
