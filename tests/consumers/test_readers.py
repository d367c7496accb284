"""Several groups on one topic: each judged alone, and what they read together."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing.consumers.readers import Reader, fan_out
from kafka_sizing.partitions.placement import PartitionLoads

BILLING = Reader("billing", members=6, member_records_per_s=200)
SEARCH = Reader("search", members=7, member_records_per_s=150)


def test_a_slow_group_holds_up_no_other():
    result = fan_out([BILLING, SEARCH], partitions=12, write_records_per_s=1_000)
    billing, search = result.verdicts
    assert (billing.keeps_up, search.keeps_up, result.keeps_up) == (True, False, False)
    assert billing.read_records_per_s == pytest.approx(1_000)
    assert billing.lag_growth_records_per_s == pytest.approx(0)
    # of 7 members, 5 are full and 2 read one twelfth each
    assert search.read_records_per_s == pytest.approx(5 * 150 + 2 * 1_000 / 12)
    assert search.lag_growth_records_per_s == pytest.approx(5 * (1_000 / 6 - 150))
    assert (billing.needed.members, search.needed.members) == (6, 12)


def test_brokers_hand_out_what_is_written_once_for_each_group():
    groups = [Reader(f"group {at}", members=4, member_records_per_s=300) for at in range(5)]
    result = fan_out(groups, partitions=12, write_records_per_s=1_000, record_bytes=200)
    assert result.keeps_up is True
    assert result.read_ratio == pytest.approx(5)
    assert result.read_records_per_s == pytest.approx(5_000)
    assert result.read_bytes_per_s == pytest.approx(1_000_000)
    assert result.catch_up_records_per_s == pytest.approx(5 * 1_200)
    assert result.catch_up_bytes_per_s == pytest.approx(1_200_000)


def test_idle_members_do_not_help_to_catch_up():
    crowd = Reader("crowd", members=15, member_records_per_s=100)
    (verdict,) = fan_out([crowd], partitions=12, write_records_per_s=1_000).verdicts
    assert verdict.catch_up_records_per_s == 1_200
    assert verdict.name == "crowd"


def test_one_group_needs_no_list():
    (verdict,) = fan_out(BILLING, partitions=12, write_records_per_s=1_000).verdicts
    assert verdict.reader is BILLING


def test_without_the_size_of_a_record_there_are_no_bytes():
    result = fan_out([BILLING], partitions=12, write_records_per_s=1_000)
    assert (result.read_bytes_per_s, result.catch_up_bytes_per_s) == (None, None)


def test_loads_in_records_per_second_say_what_is_written():
    loads = PartitionLoads(loads=[400, 50, 100, 30, 20, 200], unit="records/s")
    by_count = Reader("by count", members=3, member_records_per_s=410)
    by_load = Reader("by load", members=3, member_records_per_s=410, assignor="load-aware")
    result = fan_out([by_count, by_load], partitions=loads)
    assert result.write_records_per_s == 800
    assert [verdict.keeps_up for verdict in result.verdicts] == [False, True]
    assert result.verdicts[0].lag_growth_records_per_s == pytest.approx(40)
    assert [verdict.needed.members for verdict in result.verdicts] == [6, 2]


@settings(max_examples=50)
@given(
    members=st.lists(st.integers(1, 30), min_size=1, max_size=4),
    rate=st.floats(1, 1_000),
    partitions=st.integers(1, 40),
    written=st.floats(1, 10_000),
)
def test_no_group_reads_more_than_is_written_or_its_members_can(
    members, rate, partitions, written
):
    groups = [
        Reader(str(at), members=n, member_records_per_s=rate) for at, n in enumerate(members)
    ]
    result = fan_out(groups, partitions=partitions, write_records_per_s=written)
    for verdict in result.verdicts:
        assert verdict.read_records_per_s <= min(written, verdict.catch_up_records_per_s) * (
            1 + 1e-9
        )
        assert verdict.lag_growth_records_per_s == pytest.approx(
            written - verdict.read_records_per_s, abs=1e-6
        )
    assert result.read_records_per_s == pytest.approx(
        sum(verdict.read_records_per_s for verdict in result.verdicts)
    )


def test_the_reason_names_who_falls_behind():
    result = fan_out(
        [BILLING, SEARCH], partitions=12, write_records_per_s=1_000, record_bytes=1_200
    )
    assert result.reason == (
        "2 groups read 1,917 records/s (2.2 MiB/s), 1.92 × what is written; search cannot keep up"
    )
    assert result.verdicts[0].reason.startswith("billing keeps up: 6 members carry 1,200 rec")
    assert result.verdicts[1].reason == (
        "search falls behind by 83.3 records/s: 12 members carry 1,000 records/s; at "
        "150 records/s each the rate asks for 7, but partitions go to members as a whole"
    )
    alone = fan_out([BILLING], partitions=12, write_records_per_s=1_000)
    assert alone.reason == "1 group reads 1,000 records/s, 1.00 × what is written; all keep up"


def test_the_frame_has_a_row_for_each_group():
    hopeless = Reader("hopeless", members=1, member_records_per_s=10)
    result = fan_out([BILLING, SEARCH, hopeless], partitions=12, write_records_per_s=1_000)
    frame = result.to_frame()
    assert list(frame.columns) == [
        "reader",
        "members",
        "usable_records_per_s",
        "utilisation_ratio",
        "keeps_up",
        "read_records_per_s",
        "lag_growth_records_per_s",
        "catch_up_records_per_s",
        "members_needed",
    ]
    assert frame["reader"].tolist() == ["billing", "search", "hopeless"]
    assert frame["members"].tolist() == [6, 7, 1]
    assert frame["usable_records_per_s"].tolist() == pytest.approx([1_200, 900, 10])
    assert frame["utilisation_ratio"].tolist() == pytest.approx([1 / 1.2, 1 / 0.9, 100])
    assert frame["keeps_up"].tolist() == [True, False, False]
    assert frame["read_records_per_s"].tolist() == pytest.approx([1_000, 2_750 / 3, 10])
    assert frame["lag_growth_records_per_s"].tolist() == pytest.approx([0, 250 / 3, 990])
    assert frame["catch_up_records_per_s"].tolist() == [1_200, 1_050, 10]
    assert frame["members_needed"].tolist() == [6, 12, pd.NA]
    assert repr(result) == "FanOut(readers=3, read_ratio=1.93, keeps_up=False)"
    assert result._repr_html_().startswith("<p>3 groups read")


@pytest.mark.parametrize(
    ("inputs", "error", "message"),
    [
        ({"name": ""}, ValueError, r"^name must not be empty, got ''"),
        ({"members": 0}, ValueError, r"^members of reader 'r' must be .* got 0"),
        (
            {"member_records_per_s": 0},
            ValueError,
            r"^member_records_per_s of reader 'r' must be .* got 0",
        ),
        ({"assignor": "x"}, ValueError, r"^assignor of reader 'r' must be one of .* got 'x'"),
    ],
)
def test_a_reader_that_makes_no_sense_is_refused(inputs, error, message):
    given = {"name": "r", "members": 1, "member_records_per_s": 1} | inputs
    with pytest.raises(error, match=message):
        Reader(given.pop("name"), **given)


@pytest.mark.parametrize(
    ("readers", "inputs", "error", "message"),
    [
        ([], {}, ValueError, r"^readers must hold at least one Reader, got none"),
        (["billing"], {}, TypeError, r"^readers must be Reader objects, got 'billing'"),
        ([BILLING] * 2, {}, ValueError, r"^names of readers must differ, got 'billing' twice"),
        ([BILLING], {"partitions": 0}, ValueError, r"^partitions must be .* got 0"),
        ([BILLING], {"record_bytes": 0}, ValueError, r"^record_bytes must be .* got 0"),
        (
            [BILLING],
            {"write_records_per_s": 0},
            ValueError,
            r"^write_records_per_s must be .* got 0",
        ),
        (
            [BILLING],
            {"write_records_per_s": None},
            ValueError,
            r"^write_records_per_s must be given unless .* got None",
        ),
        (
            [BILLING],
            {"write_records_per_s": None, "partitions": PartitionLoads(loads=[1.0])},
            ValueError,
            r"^write_records_per_s must be given unless .* got None",
        ),
    ],
)
def test_groups_that_make_no_sense_are_refused(readers, inputs, error, message):
    given = {"partitions": 4, "write_records_per_s": 10} | inputs
    with pytest.raises(error, match=message):
        fan_out(readers, **given)
