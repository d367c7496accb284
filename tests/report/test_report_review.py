from __future__ import annotations

import pytest

from kafka_sizing import (
    PARTITIONERS,
    CompositeKey,
    KeyBuckets,
    KeyLoads,
    MiB,
    MorePartitions,
    NoKey,
    TimeBuckets,
    compare_fixes,
    find_hot,
    place,
    plan_partitions,
)
from kafka_sizing.report.review import plan_sentence, review


def tiles(hot, **results):
    return {tile.name: tile for tile in review(hot, **results).tiles()}


def test_the_tiles_repeat_the_results(flights, plan):
    hot, comparison = flights
    shown = tiles(hot, comparison=comparison, plan=plan)
    assert shown["partitions"].value == "12"
    assert shown["load of the topic"].value == "336,776 records"
    assert shown["hottest partition"].value == "25.2 %"
    assert shown["hot partitions"].value == "4"
    assert shown["hottest key"].value == "17.4 %"
    assert shown["planned partitions"].value == "30"


@pytest.mark.parametrize(
    ("keys", "partitions", "capacity", "value", "note"),
    [
        pytest.param(KeyLoads(["a", "b"], [9, 1]), 4, 5, "none", "a key alone", id="one key"),
        pytest.param(KeyLoads(["a", "b"], [4, 1]), 4, 5, "4", "the present count", id="fits"),
    ],
)
def test_the_first_count_that_fits_or_why_there_is_none(keys, partitions, capacity, value, note):
    tile = tiles(find_hot(place(keys, partitions), capacity=capacity))["first count with none hot"]
    assert tile.value == value
    assert note in tile.note


def test_a_search_without_success_says_how_far_it_went():
    keys = KeyLoads([f"k{at}" for at in range(100)], [1.0] * 100)
    hot = find_hot(place(keys, 4), capacity=10, most_partitions=5)
    tile = tiles(hot)["first count with none hot"]
    assert (tile.value, tile.note) == ("none", "tried up to 5")


def test_a_count_is_looked_for_from_the_present_one_upwards():
    keys = KeyLoads([f"k{at}" for at in range(100)], [1.0] * 100)
    tile = tiles(find_hot(place(keys, 4), capacity=20))["first count with none hot"]
    assert int(tile.value) > 5
    assert tile.note == "from 4 upwards"


def test_null_keys_on_one_partition_are_named_as_the_cause():
    to_one = next(
        each
        for each in PARTITIONERS.values()
        if each.is_keyed and each.null_key not in ("spread", "refused")
    )
    keys = KeyLoads(["a", "b"], [1, 1], null_load=20)
    told = review(find_hot(place(keys, 4, partitioner=to_one), capacity=10))
    tile = next(tile for tile in told.tiles() if tile.name == "first count with none hot")
    assert "records without a key" in tile.note
    where = to_one.null_partition(4)
    rows = {row[0]: row for row in told.certainty().rows}
    assert rows["records without a key"][1:] == (
        "exact",
        f"the client sends them to partition {where}",
    )


def test_what_may_be_chance_does_not_alarm():
    keys = KeyLoads(["a", "b", "c"], [5, 4, 1], sample_size=10)
    hot = find_hot(place(keys, 12))
    assert hot.fits
    assert hot.hot
    shown = tiles(hot)
    assert not any(tile.alarming for tile in shown.values())
    assert shown["hot partitions"].note.endswith(f", {len(hot.hot)} perhaps by chance")
    assert "first count with none hot" not in shown


def test_a_plan_that_no_count_meets_has_no_band():
    plan = plan_partitions(10 * MiB, consumer_bytes_per_s=MiB, upper_limits={"cluster quota": 5})
    assert "As a topic" not in plan_sentence(plan)
    assert plan_sentence(plan).startswith("No count fits")


def test_all_that_a_plan_was_given_is_an_input(flights):
    plan = plan_partitions(
        10 * MiB,
        consumer_bytes_per_s=10 * MiB,
        peak_ratio=2,
        compression_ratio=4,
        headroom_fraction=0.5,
        hottest_key_share=0.1,
    )
    rows = dict(review(flights[0], plan=plan).inputs_table().rows)
    assert rows["peak over average"] == "2"
    assert rows["payload over wire bytes"] == "4"
    assert rows["headroom"] == "50.0 %"
    assert rows["write rate planned for"] == "20.0 MiB/s"
    # half of 10 MiB/s for a key with a tenth of the load
    assert rows["most the hottest key allows"] == "50.0 MiB/s"


def test_the_row_of_every_fix_says_what_its_numbers_rest_on(carriers, flights):
    fixes = [MorePartitions(24), KeyBuckets(120), CompositeKey(4), TimeBuckets(60), NoKey()]
    comparison = compare_fixes(carriers, 12, fixes)
    rows = {row[0]: row[1] for row in review(flights[0], comparison).certainty().rows}
    expected = ["exact", "exact", "expectation", "exact for these slices", "expectation"]
    assert [rows[f"fix: {fix.name}"] for fix in fixes] == expected
