"""Paths of partition counts: by hand, against every other path, and against placed keys."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from kafka_sizing import KeyLoads, moved_keys, moved_share, place, zipf_keys
from kafka_sizing.partitions.growing import GrowthCurve, plan_growth
from kafka_sizing.units import MiB

pytestmark = pytest.mark.long

DOUBLING = {"growth_fraction_per_year": 1.0, "horizon_years": 3, "partition_bytes_per_s": 10}


def plan(keys=None, write=100, **changes):
    return plan_growth(keys, write, **(DOUBLING | changes))


def keys_of(n, seed=0, exponent=0.5):
    return zipf_keys(n, exponent=exponent, total=1_000_000, prefix=f"k{seed}-")


# --- the load ---------------------------------------------------------------------------


def test_a_load_that_doubles_every_year_is_full_when_it_has_doubled():
    curve = GrowthCurve(write_bytes_per_s=100, growth_fraction_per_year=1, horizon_years=3)
    assert [curve.rate_at(years) for years in (0, 1, 3)] == [100, 200, 800]
    assert curve.horizon_bytes_per_s == 800
    assert [curve.years_until(level) for level in (50, 100, 200, 1_600)] == [-1, 0, 1, 4]


@pytest.mark.parametrize(("level", "years"), [(100, None), (99, -math.inf), (101, None)])
def test_a_load_that_does_not_grow_fits_for_ever_or_never(level, years):
    curve = GrowthCurve(write_bytes_per_s=100, growth_fraction_per_year=0, horizon_years=3)
    assert curve.years_until(level) == years


def test_a_level_met_but_for_rounding_is_met():
    curve = GrowthCurve(write_bytes_per_s=2.1, growth_fraction_per_year=0.3, horizon_years=3)
    assert curve.years_until(0.7 * 3) == 0
    assert curve.years_until(curve.horizon_bytes_per_s * (1 - 1e-12)) == 3
    assert curve.years_until(curve.horizon_bytes_per_s * (1 - 1e-6)) < 3


# --- by hand ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        (12, 24, 1 / 2),
        (12, 18, 2 / 3),
        (10, 11, 10 / 11),
        (30, 60, 1 / 2),
        (6, 9, 2 / 3),
        (16, 24, 2 / 3),
        (12, 36, 2 / 3),
    ],
    ids=lambda value: f"KR01 {value}" if isinstance(value, int) else "",
)
def test_one_step_moves_what_the_gcd_rule_says(before, after, share):
    # as much load as the larger count carries, so that one step is all there is
    path = plan(write=10 * after, growth_fraction_per_year=0, partitions=before, counts=[after])
    assert path.counts == (before, after)
    (step,) = path.steps
    assert step.moved_load_share == pytest.approx(share, abs=1e-15)
    assert step.moved_key_share == step.moved_load_share
    assert path.ever_moved_load_share == pytest.approx(share, abs=1e-15)


def test_a_count_that_is_enough_stays_kr01_24_to_24():
    path = plan(write=240, growth_fraction_per_year=0, partitions=24)
    assert path.counts == (24,)
    assert path.moved_ratio == path.moved_bytes_per_s == path.ever_moved_load_share == 0
    assert (
        path.reason
        == "24 partitions from the start carry the load to year 3, and no key ever moves"
    )
    assert path.lasts_years is None


def test_doublings_move_half_the_load_each_as_soon_as_twice_what_is_needed_is_allowed():
    path = plan(counts=[10, 20, 40, 80], partitions=10, most_spare_ratio=2)
    # 20 is allowed at once; 40 when 10 are full and 20 needed, so at year 0 too; 80 at year 1
    assert path.counts == (10, 40, 80)
    assert [step.years for step in path.steps] == [0, 1]
    assert [step.latest_years for step in path.steps] == [0, 2]
    assert [step.moved_bytes_per_s for step in path.steps] == [75, 100]
    assert [step.spare_ratio for step in path.steps] == [2, 2]
    assert path.moved_ratio == 1.75  # of the 100 bytes/s that are written today
    assert path.ever_moved_load_share == 1 - 10 / 80
    assert path.partition_years == 40 * 1 + 80 * 2


def test_what_is_said_to_move_is_what_the_path_was_chosen_for():
    """12 -> 24 -> 48 moves smaller shares, 1/2 + 1/2 against 2/3 + 1/2, but of more load."""
    growth = {"growth_fraction_per_year": 0.5, "partitions": 12, "most_spare_ratio": 2}
    chosen = plan(**growth)
    assert chosen.counts == (12, 18, 36)  # 18 now; 36 when 17 are full and 18 needed
    assert [step.years for step in chosen.steps] == pytest.approx([0, math.log(1.7, 1.5)])
    assert chosen.moved_ratio == pytest.approx(2 / 3 + 1.7 / 2)
    # 24 when 11 are full, 48 when 23 are: less in shares, more in load
    assert chosen.moved_ratio < 1.1 / 2 + 2.3 / 2
    assert "2 steps, 1.52 × today's load moves" in chosen.reason


def test_grown_as_needed_every_doubling_waits_until_the_topic_is_full():
    path = plan(counts=[10, 20, 40, 80], partitions=10).as_needed
    assert path.counts == (10, 20, 40, 80)
    assert [step.years for step in path.steps] == [0, 1, 2]
    assert [step.latest_years for step in path.steps] == [0, 1, 2]
    assert path.moved_bytes_per_s == 50 + 100 + 200
    assert [stage.full_years for stage in path.stages] == [0, 1, 2, 3]
    assert path.lasts_years == 3
    assert path.feasible


def test_with_no_bound_on_spare_partitions_a_new_topic_starts_with_the_last_count():
    path = plan(counts=range(1, 200))
    assert path.counts == (80,)
    assert path.at_once.counts == (80,)
    assert path.as_needed.counts == tuple(range(10, 81))


def test_the_count_that_moves_least_is_not_the_least_that_lasts():
    # 12 -> 36 moves 2/3, 12 -> 34 moves 16/17, 12 -> 48 moves 3/4
    path = plan(write=100, horizon_years=1.76, partitions=12)
    assert path.counts == (12, 36)
    # at once is not bound by the spare ratio, nor does it change with it
    frugal = plan(write=100, horizon_years=1.76, partitions=12, most_spare_ratio=1)
    assert frugal.at_once == path.at_once
    assert path.at_once.counts == (12, 36)


def test_steps_are_of_a_stated_multiple():
    path = plan(write=90, multiple_of=9, most_spare_ratio=2)
    assert all(count % 9 == 0 for count in path.counts)
    assert plan(write=90, multiple_of=9, counts=[9, 72, 73]).counts == (72,)


def test_headroom_takes_a_part_of_what_a_partition_carries():
    full = plan(counts=range(1, 400))
    half = plan(counts=range(1, 400), headroom_fraction=0.5)
    assert half.counts == (2 * full.counts[0],)
    assert half.partition_bytes_per_s == 5


def test_a_topic_that_is_too_small_today_grows_at_once():
    path = plan(counts=[5, 10, 20, 40, 80], partitions=5)
    assert path.counts == (5, 80)
    assert path.steps[0].years == path.steps[0].latest_years == 0
    assert path.stages[0].full_years == 0
    assert path.as_needed.counts == (5, 10, 20, 40, 80)
    assert path.feasible


def test_a_hot_key_ends_every_path():
    keys = KeyLoads(["hot", *(f"k{n}" for n in range(100))], [25, *[0.75] * 100])
    path = plan(keys, write=20)
    assert not path.feasible
    # a quarter of 20 × 2**t is 10 after one year: no count carries more
    assert path.lasts_years <= 1 + 1e-9
    assert "the hottest key alone, 25.0 %, outgrows the 10 B/s of its partition" in path.reason
    assert path.reason.startswith("No path reaches year 3")


def test_keys_that_each_fill_a_partition_are_never_all_parted():
    # as many keys as partitions, each alone on one: of 300 keys some two always meet
    keys = KeyLoads([f"k{n}" for n in range(300)], [1] * 300)
    path = plan(keys, write=3_000, growth_fraction_per_year=0)
    assert not path.feasible
    assert "the hottest key" not in path.reason
    assert path.lasts_years == 0


def test_too_few_counts_to_choose_from_are_no_fault_of_a_key():
    path = plan(counts=[10, 20], partitions=10)
    assert path.counts == (10, 20)
    assert not path.feasible
    assert path.lasts_years == 1
    assert path.reason == (
        "No path reaches year 3: 20 partitions, the best of the counts, carry 200 B/s, "
        "up to year 1.00, and the load will be 800 B/s"
    )


@pytest.mark.parametrize(("today", "counts"), [(None, (9,)), (4, (4,))])
def test_where_nothing_fits_today_the_best_that_there_is_stays(today, counts):
    path = plan(write=1_000, counts=[8, 9], partitions=today)
    assert path.counts == counts
    assert not path.feasible
    assert path.lasts_years == 0


def test_where_nothing_fits_and_nothing_grows_it_is_the_same():
    path = plan(write=1_000, counts=[8, 9], growth_fraction_per_year=0, horizon_years=0)
    assert (path.counts, path.feasible, path.lasts_years) == ((9,), False, 0)


def test_words_say_when_and_why():
    path = plan(counts=[10, 20, 40, 80], partitions=10, most_spare_ratio=2)
    assert path.reason == (
        "10 partitions, 40 from year 0.00, 80 from year 1.00: 2 steps, 1.75 × today's load moves; "
        "at once (10 -> 80): 1 step, 0.88 × today's load moves; "
        "as needed (10 -> 20 -> 40 -> 80): 3 steps, 3.50 × today's load moves"
    )
    assert path.steps[1].reason == (
        "In year 1.00 (year 2.00, when the topic is full, at the latest) 40 partitions become "
        "80: 50.0 % of the load moves; 2 × the count, so keys leave for new partitions only"
    )
    assert path.as_needed.steps[1].reason.startswith("In year 1.00 20 partitions become 40: ")
    odd = plan(write=30, horizon_years=1, counts=[4, 6], partitions=4)
    assert odd.steps[0].reason == (
        "In year 0.00 (year 0.42, when the topic is full, at the latest) 4 partitions become 6: "
        "66.7 % of the load moves; no multiple of 4, so keys change between old partitions too"
    )
    assert repr(path) == (
        "GrowthPath(10 -> 40 -> 80 partitions in 3 years, moved=1.75 × today's load, "
        "feasible=True)"
    )


def test_many_steps_are_not_all_named():
    path = plan(counts=range(10, 90), most_spare_ratio=1)
    assert "10 partitions, 11 from year" not in path.reason  # 11 at once, as 10 are full
    assert ", …, 80 from year" in path.reason
    assert " -> … -> 80 partitions" in repr(path)


def test_the_frame_holds_the_three_ways():
    path = plan(counts=[10, 20, 40, 80], partitions=10, most_spare_ratio=2)
    frame = path.to_frame()
    assert frame.columns.tolist() == [
        "strategy",
        "begins_years",
        "partitions",
        "max_share",
        "ceiling_bytes_per_s",
        "full_years",
        "moved_key_share",
        "moved_load_share",
        "moved_bytes_per_s",
    ]
    assert frame["strategy"].tolist() == ["fewest moves"] * 3 + ["at once"] * 2 + ["as needed"] * 4
    assert frame["partitions"].tolist() == [10, 40, 80, 10, 80, 10, 20, 40, 80]
    assert frame["ceiling_bytes_per_s"].tolist()[:3] == [100, 400, 800]
    assert set(path.at_once.to_frame()["strategy"]) == {"at once"}
    still = plan(growth_fraction_per_year=0, partitions=10)
    assert still.to_frame()["full_years"].isna().all()
    assert "10 partitions from the start" in still._repr_html_()


# --- against every other path -----------------------------------------------------------


def cheapest_of_all(counts, *, full, moved, curve, most_spare, today):
    """Try every rising sequence of counts and every time that could matter."""

    def least(years):
        """The least count that fits from here on, never below today's."""
        return next((n for n in counts if full[n] > years), None)

    times = sorted({0.0, *(t for t in full.values() if 0 <= t <= curve.horizon_years)})

    def opens(n):
        for years in times:
            fits = least(years)
            if fits is None or most_spare is None or n <= most_spare * fits * (1 + 1e-9):
                return years
        return math.inf

    target = min(curve.horizon_years, max(full.values()))
    best = math.inf
    for length in range(1, len(counts) + 1):
        for way in itertools.combinations(counts, length):
            if today is not None and way[0] != today:
                continue
            if full[way[-1]] < target or (today is None and opens(way[0]) > 0):
                continue
            cost = 0.0
            for before, after in itertools.pairwise(way):
                if opens(after) > max(full[before], 0.0):
                    cost = math.inf
                    break
                cost += moved(before, after) * curve.rate_at(opens(after))
            best = min(best, cost)
    return best


@settings(max_examples=150, deadline=None)
@given(
    counts=st.sets(st.integers(4, 60), min_size=1, max_size=7),
    most_spare=st.sampled_from([None, 1, 1.5, 2, 3]),
    growth=st.sampled_from([0.0, 0.3, 1.0]),
    starts=st.booleans(),
    seed=st.integers(-1, 3),
)
def test_no_other_path_moves_less(counts, most_spare, growth, starts, seed):
    counts = sorted(counts)
    keys = None if seed < 0 else keys_of(200, seed, 0.4)
    today = counts[0] if starts else None
    path = plan(
        keys,
        write=50,
        growth_fraction_per_year=growth,
        counts=counts,
        partitions=today,
        most_spare_ratio=most_spare,
    )
    curve = path.curve

    def full(n):
        share = 1 / n if keys is None else place(keys, n).max_share
        years = curve.years_until(10 / share)
        return math.inf if years is None else years

    def moved(before, after):
        if keys is None:
            return moved_share(before, after)
        return moved_keys(keys, before, after).load_share

    fulls = {n: full(n) for n in counts}
    assume(any(years >= 0 for years in fulls.values()))
    usable = [n for n in counts if fulls[n] >= 0 or n == today]
    expected = cheapest_of_all(
        usable, full=fulls, moved=moved, curve=curve, most_spare=most_spare, today=today
    )
    assert path.moved_bytes_per_s == pytest.approx(expected, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    write=st.floats(20, 300),
    growth=st.floats(0, 1.5),
    horizon=st.floats(0, 4),
    spare=st.one_of(st.none(), st.floats(1, 4)),
    today=st.one_of(st.none(), st.integers(1, 40)),
    seed=st.integers(-1, 2),
)
def test_every_path_rises_fits_at_every_time_and_keeps_its_promises(
    *, write, growth, horizon, spare, today, seed
):
    keys = None if seed < 0 else keys_of(300, seed, 0.3)
    path = plan_growth(
        keys,
        write,
        growth_fraction_per_year=growth,
        horizon_years=horizon,
        partition_bytes_per_s=10,
        partitions=today,
        most_spare_ratio=spare,
    )
    curve = path.curve
    for each in (path, path.at_once, path.as_needed):
        assert list(each.counts) == sorted(set(each.counts))
        assert today is None or each.counts[0] == today
        assert each.counts == (each.partitions, *(step.after for step in each.steps))
        ends = [*(stage.begins_years for stage in each.stages[1:]), horizon]
        if path.feasible:
            for stage, end in zip(each.stages, ends, strict=True):
                if end > stage.begins_years or stage is each.stages[-1]:
                    assert curve.rate_at(end) <= stage.ceiling_bytes_per_s * (1 + 1e-8)
        assert all(step.years <= step.latest_years for step in each.steps)
        assert each.ever_moved_load_share <= min(1, each.moved_ratio) + 1e-9
        assert (each.feasible, each.curve) == (path.feasible, curve)
    assert all(step.spare_ratio <= (spare or math.inf) * (1 + 1e-8) for step in path.steps)
    if spare is None:
        assert path.moved_bytes_per_s <= path.as_needed.moved_bytes_per_s * (1 + 1e-9) + 1e-6
    assert path.at_once.moved_bytes_per_s <= write * (1 + 1e-9)
    assert path.as_needed.partition_years <= path.at_once.partition_years * (1 + 1e-9)


# --- against placed keys ----------------------------------------------------------------


def test_shares_of_keys_are_those_of_the_keys_as_they_are_placed():
    keys = keys_of(3_000, exponent=0.5)
    path = plan(keys, write=100, horizon_years=2, partitions=12, most_spare_ratio=2)
    assert len(path.steps) > 1
    ever = np.zeros(len(keys), dtype=bool)
    for stage in path.stages:
        loads = place(keys, stage.partitions)
        assert stage.max_share == pytest.approx(loads.max_share)
        assert stage.ceiling_bytes_per_s == pytest.approx(10 / loads.max_share)
        ever |= place(keys, 12).partition_of_key != loads.partition_of_key
    for step in path.steps:
        moved = moved_keys(keys, step.before, step.after)
        assert step.moved_key_share == pytest.approx(moved.key_share)
        assert step.moved_load_share == pytest.approx(moved.load_share)
    assert path.ever_moved_load_share == pytest.approx(keys.shares[ever].sum())
    assert path.hottest_key_share == pytest.approx(keys.shares.max())


def test_even_keys_are_what_many_keys_become():
    keys = KeyLoads([f"user-{n}" for n in range(200_000)], np.ones(200_000))
    counts = {"counts": [10, 16, 24, 90], "partitions": 10, "most_spare_ratio": 2}
    even, real = plan(**counts), plan(keys, write=98, **counts)
    assert real.counts == even.counts
    for one, other in zip(even.steps, real.steps, strict=True):
        # five standard errors of a share of 200,000 keys
        assert one.moved_load_share == pytest.approx(other.moved_load_share, abs=0.0056)
    assert even.ever_moved_load_share == pytest.approx(real.ever_moved_load_share, abs=0.0056)


@given(st.lists(st.integers(1, 12), min_size=2, max_size=4, unique=True))
def test_what_ever_moves_is_counted_over_a_whole_cycle_of_hashes(counts):
    from kafka_sizing.partitions.growing.candidates import EvenPlaces

    counts = sorted(counts)
    cycle = np.arange(math.lcm(*counts))
    stays = np.all([cycle % n == cycle % counts[0] for n in counts], axis=0)
    share = EvenPlaces(counts).ever_moved_load(range(len(counts)))
    assert share == pytest.approx(1 - stays.mean(), abs=1e-12)


@given(first=st.integers(1, 40), doublings=st.integers(1, 4))
def test_doublings_ever_move_what_one_jump_does_and_never_take_a_key_back(first, doublings):
    counts = [first << n for n in range(doublings + 1)]
    path = plan(
        write=10 * first, horizon_years=doublings, counts=counts, partitions=first
    ).as_needed
    assert path.counts == tuple(counts)
    # half the load each time, which doubles with every step: 1/2 + 1 + 2 + …
    assert path.moved_ratio == pytest.approx((2**doublings - 1) / 2)
    assert path.ever_moved_load_share == pytest.approx(moved_share(first, counts[-1]))
    assert all(step.splits for step in path.steps)
    hashes = np.arange(4 * counts[-1])
    stands = [hashes % count for count in counts]
    for before, after in itertools.pairwise(stands):
        assert ((after == before) | (after >= before.max() + 1)).all()


def test_partitioners_without_a_remainder_are_placed_too():
    keys = keys_of(500)
    path = plan(keys, horizon_years=1, counts=[30, 45, 60], partitioner="flink")
    assert path.stages[0].max_share == pytest.approx(
        place(keys, path.partitions, partitioner="flink").max_share
    )


# --- counts to choose from --------------------------------------------------------------


def test_a_wide_range_is_thinned_and_keeps_what_matters():
    path = plan(write=10_000, partition_bytes_per_s=1, horizon_years=1, partitions=7_001)
    assert path.counts == (7_001, 21_003)  # three times as many: 2/3 move
    assert plan(write=10_000, partition_bytes_per_s=1).counts == (80_000,)


def test_a_lucky_or_unlucky_hash_is_seen_in_the_count_that_lasts():
    keys = keys_of(300, exponent=0.2)
    (count,) = plan(keys, write=50, horizon_years=1).counts
    assert count > 10  # what even keys need
    assert place(keys, count).max_share <= 0.1
    assert all(place(keys, n).max_share > 0.1 for n in range(10, count))


def test_millions_of_partitions_are_refused():
    with pytest.raises(ValueError, match=r"horizon_years must be so short that 5,000,000 part.*"):
        plan(write=1e6, partition_bytes_per_s=1, horizon_years=3)
    too_long = r"got 30, when even keys need 107,374,182,400$"  # 100 × 2**30
    with pytest.raises(ValueError, match=too_long):
        plan(partition_bytes_per_s=1, horizon_years=30)
    too_much = (
        r"write_bytes_per_s must be at most what 5,000,000 partitions carry, got 5000001.0, .*"
    )
    with pytest.raises(ValueError, match=too_much):
        plan(write=5_000_001, partition_bytes_per_s=1, horizon_years=0)
    assert plan(write=5_000_000, partition_bytes_per_s=1, horizon_years=0).counts == (5_000_000,)


# --- nonsense ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"write": 0}, r"write_bytes_per_s must be finite and > 0, got 0"),
        ({"growth_fraction_per_year": -0.1}, r"growth_fraction_per_year must be .* >= 0"),
        ({"horizon_years": -1}, r"horizon_years must be finite and >= 0"),
        ({"horizon_years": 1e6}, r"write_bytes_per_s at the horizon must be finite"),
        ({"partition_bytes_per_s": 0}, r"partition_bytes_per_s must be finite and > 0"),
        ({"headroom_fraction": 1}, r"headroom_fraction must be a fraction in \[0, 1\)"),
        ({"most_spare_ratio": 0.9}, r"most_spare_ratio must be finite and >= 1"),
        ({"partitions": 0}, r"partitions must be a whole number in 1"),
        ({"multiple_of": 0}, r"multiple_of must be a whole number in 1"),
        ({"counts": [0]}, r"counts must be a whole number in 1"),
        ({"counts": []}, r"counts must hold at least one multiple of 1, got \[\]"),
        ({"counts": [8], "multiple_of": 3}, r"at least one multiple of 3, got \[8\]"),
        ({"partitioner": "murmur"}, r"murmur"),
        ({"keys": KeyLoads(["a"], [0])}, r"keys must carry a load, got 0 in all"),
    ],
)
def test_nonsense_gets_one_clear_line(changes, text):
    with pytest.raises(ValueError, match=text):
        plan(**changes)


def test_keys_are_key_loads_or_none():
    with pytest.raises(TypeError, match="keys must be KeyLoads, as count_keys gives, got list"):
        plan(["a"])


def test_rates_read_well_in_the_real_world():
    path = plan_growth(
        None,
        100 * MiB,
        growth_fraction_per_year=0.5,
        horizon_years=3,
        partition_bytes_per_s=10 * MiB,
        counts=[10],
    )
    assert "carry 100.0 MiB/s, up to year 0.00, and the load will be 337.5 MiB/s" in path.reason


def test_a_curve_refuses_what_no_float_holds_and_levels_that_are_none():
    curve = GrowthCurve(write_bytes_per_s=1, growth_fraction_per_year=1, horizon_years=3)
    with pytest.raises(ValueError, match=r"^write_bytes_per_s after so many years must be finite"):
        curve.rate_at(1e5)
    for level in (0, -1, float("nan")):
        with pytest.raises(ValueError, match=r"^level_bytes_per_s must be finite and > 0"):
            curve.years_until(level)


def test_one_partition_carries_and_more_carry():
    path = plan_growth(
        None, 1, growth_fraction_per_year=0, horizon_years=1, partition_bytes_per_s=10
    )
    assert path.reason.startswith("1 partition from the start carries the load to year 1, and")
