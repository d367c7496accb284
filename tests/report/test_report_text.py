from __future__ import annotations

import unicodedata

import pytest

from kafka_sizing import KeyLoads, MiB, PartitionLoads, find_hot, place, plan_partitions, report
from kafka_sizing.report.labels import columns_of
from kafka_sizing.units import format_load, format_share


def words(text: str) -> str:
    """Undo the line breaks."""
    return " ".join(text.split())


def test_the_verdict_comes_first(flights):
    hot, comparison = flights
    written = words(report.text(hot, comparison))
    assert written.startswith(
        "Does not fit. 4 of 12 partitions are hot. Partition 3 carries 25.2 %"
    )
    assert words(comparison.reason) in written[: written.index("Hot partitions")]


def test_a_topic_that_fits_says_so_and_lists_no_hot_partition():
    hot = find_hot(PartitionLoads(loads=[10, 11, 9, 10]), capacity=20)
    written = report.text(hot)
    assert written.startswith("Fits. No partition of 4 is hot")
    assert "Hot partitions" not in written
    assert "Heaviest keys" not in written


def test_what_only_a_small_sample_makes_hot_fits_as_far_as_it_can_tell():
    keys = KeyLoads([f"k{at}" for at in range(40)], [1.0] * 40, sample_size=40)
    hot = find_hot(place(keys, 8), ratio=1.3)
    assert hot.hot
    assert hot.fits
    assert report.text(hot).startswith("Fits, as far as this sample can tell.")


def test_a_plan_without_a_count_does_not_fit(flights):
    clash = plan_partitions(
        250 * MiB, consumer_bytes_per_s=25 * MiB, upper_limits={"cluster quota": 5}
    )
    even = find_hot(PartitionLoads(loads=[1, 1]), capacity=2)
    written = report.text(even, None, clash)
    assert written.startswith("Does not fit.")
    assert "allows at most 5" in words(written)


def test_the_numbers_are_those_of_the_results(flights):
    hot, comparison = flights
    written = words(report.text(hot, comparison, width=200))
    for partition in hot.hot:
        row = (
            f"{partition.partition} {format_load(partition.load, 'records')} "
            f"{format_share(partition.share)} {partition.imbalance_ratio:.2f}"
        )
        assert row in written
        for key in partition.keys:
            assert (
                f"{partition.partition} {key.key} {format_load(key.load, 'records')} "
                f"{format_share(key.share)} {format_share(key.partition_share)}"
            ) in written
    for outcome in comparison.outcomes:
        row = f"{outcome.name} {format_share(outcome.peak_share)} {outcome.imbalance_ratio:.2f}"
        assert row in written
    for rank, key in enumerate(hot.loads.keys.top(10), start=1):
        assert f"{rank} {key.key} {format_load(key.load, 'records')}" in written


def test_only_the_best_fix_is_marked(flights):
    hot, comparison = flights
    written = report.text(hot, comparison, width=200)
    fixes = written[written.index("Fixes side by side") : written.index("What each fix")]
    marked = [line for line in fixes.splitlines() if line.startswith("> ")]
    assert len(marked) == 1
    assert marked[0].startswith(f"> {comparison.best.name}")


def test_no_key_reaches_the_terminal_unescaped(hostile, plan):
    written = report.text(*hostile, plan)
    dangerous = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not [
        character
        for character in written
        if character != "\n" and unicodedata.category(character) in dangerous
    ]
    assert "red\\x1b[31m\\x1b[2J" in written
    assert "two\\nlines\\r\\tand tabs" in written
    assert "漢字キー" in written
    assert "0xfffe80" in written
    assert "(empty key)" in written


def test_inputs_from_outside_are_escaped_too(flights):
    written = report.text(flights[0], inputs={"file\x1b[2J": "a\nb.csv"})
    assert "file\\x1b[2J" in written
    assert "a\\nb.csv" in written


@pytest.mark.parametrize("width", [80, 100, 160])
def test_lines_keep_to_the_width(flights, plan, width):
    written = report.text(*flights, plan, width=width)
    assert max(map(columns_of, written.splitlines())) <= width


def test_lines_with_wide_characters_keep_to_the_width(hostile):
    written = report.text(*hostile, width=100)
    assert max(map(columns_of, written.splitlines())) <= 100


def test_the_same_input_gives_the_same_text(flights, plan):
    assert report.text(*flights, plan) == report.text(*flights, plan)


def test_long_lists_say_what_they_leave_out():
    keys = KeyLoads([f"key-{at}" for at in range(3_000)], [1.0] * 3_000)
    hot = find_hot(place(keys, 1_000), ratio=1.0)
    written = report.text(hot)
    assert f"… and {len(hot.hot) - 10:,} more hot partitions" in written
    assert "… and 2,990 more keys" in written


def test_it_says_how_sure_the_numbers_are(carriers, plan):
    written = words(report.text(find_hot(place(carriers, 12)), None, plan, width=200))
    # 0.174196 ± 1.96 * sqrt(0.174196 * 0.825804 / 336776) = ± 0.00128
    assert "hottest key 17.4 % ± 0.128 % (95 %)" in written
    assert "partition of each key exact" in written
    assert "line 'ratio' rule of thumb" in written


def test_records_without_a_key_are_told_of():
    keys = KeyLoads(["a", "b"], [3, 1], null_load=4)
    written = words(report.text(find_hot(place(keys, 2), ratio=2)))
    assert "load without a key 4 records" in written
    assert "records without a key expectation the client spreads them" in written


def test_a_plan_alone_begins_with_its_count(plan):
    written = words(report.plan_text(plan))
    assert written.startswith("30 partitions: consumers at 70.0 % of 25.0 MiB/s each need 25")
    assert "between medium and high (25–49)" in written
    assert "write rate planned for 422.5 MiB/s" in written


@pytest.mark.parametrize(
    ("arguments", "options", "error", "text"),
    [
        ((None,), {}, TypeError, "hot must be a HotReport, got NoneType"),
        (("hot",), {}, TypeError, "hot must be a HotReport, got str"),
        ((0, 1), {}, TypeError, "hot must be"),
        ((0,), {"width": 39}, ValueError, "width must be a whole number in 40"),
    ],
)
def test_what_cannot_be_reported_is_refused(arguments, options, error, text):
    with pytest.raises(error, match=text):
        report.text(*arguments, **options)


def test_comparison_and_plan_are_told_apart(flights, plan):
    with pytest.raises(TypeError, match="comparison must be a Comparison, got PartitionPlan"):
        report.text(flights[0], plan)
    with pytest.raises(TypeError, match="plan must be a PartitionPlan, got HotReport"):
        report.plan_text(flights[0])


def test_a_summary_ends_with_the_fixes_in_numbers(flights):
    summary = report.text(*flights, detail="summary")
    assert report.text(*flights).startswith(summary.rstrip("\n"))
    assert "Fixes side by side" in summary
    for left_out in ("What each fix asks for", "Heaviest keys", "Inputs", "How sure"):
        assert left_out not in summary


def test_an_unknown_detail_gets_one_clear_line(flights):
    with pytest.raises(ValueError, match="detail must be one of 'summary', 'full', got 'short'"):
        report.text(*flights, detail="short")
