import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import binom

from kafka_sizing import PartitionLoads, count_keys, place
from kafka_sizing.partitions import hottest_share_interval, share_interval

LEADS = {"one leads": [2.0], "two lead": [2.0, 2.0], "five lead": [2.0] * 5, "all even": []}


def population(leaders: list[float], partitions: int = 12) -> np.ndarray:
    rest = (partitions - sum(leaders)) / (partitions - len(leaders))
    return np.array(leaders + [rest] * (partitions - len(leaders))) / partitions


@given(st.integers(0, 50), st.integers(1, 50), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_ends_are_the_shares_that_make_the_count_just_too_rare(seen, records, confidence):
    seen = min(seen, records)
    interval = share_interval(seen, records, confidence=confidence)
    outside = (1 - confidence) / 2
    assert interval.low <= interval.share <= interval.high
    if seen:
        assert binom.sf(seen - 1, records, interval.low) == pytest.approx(outside, rel=1e-6)
    else:
        assert interval.low == 0
    if seen < records:
        assert binom.cdf(seen, records, interval.high) == pytest.approx(outside, rel=1e-6)
    else:
        assert interval.high == 1


def test_clopper_and_pearsons_interval_is_the_textbook_one():
    # 1 - 0.025 ** (1 / 10) for nothing in ten, and mirrored for ten in ten
    assert share_interval(0, 10).high == pytest.approx(0.30850, abs=5e-6)
    assert share_interval(10, 10).low == pytest.approx(0.69150, abs=5e-6)
    assert share_interval(0, 10).coverage == 0.95


@pytest.mark.parametrize("name", LEADS)
def test_the_exact_interval_holds_whatever_the_shares_are(name):
    shares = population(LEADS[name])
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        loads = PartitionLoads(loads=rng.multinomial(2_000, shares))
        interval = hottest_share_interval(loads, records=2_000)
        held += interval.low <= shares.max() <= interval.high
    assert held / 400 >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 400)  # 3 standard errors


@pytest.mark.parametrize(
    ("name", "least", "most", "again"),
    [  # of 300 samples; 4 standard errors about what the table of the docs prints
        pytest.param("one leads", 0.88, 1.0, 0.95, id="section 5: .93-.94 where one dominates"),
        pytest.param("two lead", 0.77, 0.94, 0.7, id="section 5: .85 where several are close"),
        pytest.param("five lead", 0.0, 0.1, 0.0, id="nearly never where five share the lead"),
        pytest.param("all even", 0.0, 0.02, 0.0, id="never where all are even"),
    ],
)
def test_the_bootstrap_holds_as_often_as_is_said(name, least, most, again):
    shares = population(LEADS[name])
    rng = np.random.default_rng(6)
    held, seen = 0, []
    for _ in range(300):
        loads = PartitionLoads(loads=rng.multinomial(5_000, shares))
        interval = hottest_share_interval(
            loads, records=5_000, method="bootstrap", draws=500, rng=rng
        )
        held += interval.low <= shares.max() <= interval.high
        seen.append(interval.hottest_again_share)
    assert least <= held / 300 <= most
    assert np.median(seen) >= again
    if name in ("five lead", "all even"):
        assert np.median(seen) < 0.7  # so that no coverage is promised


def test_the_hottest_of_a_sample_needs_a_lower_low_end_than_a_chosen_one():
    loads = PartitionLoads(loads=[600, 200, 150, 50])
    chosen = share_interval(600, 1_000)
    picked = hottest_share_interval(loads, records=1_000)
    assert picked.high == pytest.approx(chosen.high)
    assert picked.low == pytest.approx(share_interval(600, 1_000, confidence=1 - 0.05 / 4).low)
    assert picked.low < chosen.low


def test_ends_may_come_from_another_partition_only_if_it_is_as_hot():
    even = hottest_share_interval(PartitionLoads(loads=[500, 500]), records=1_000)
    assert even.low < 0.5 < even.high
    full = hottest_share_interval(PartitionLoads(loads=[9, 0]), records=9)
    assert (full.share, full.high) == (1, 1)


def test_the_sample_is_what_the_keys_say_unless_it_is_stated():
    loads = place(count_keys({"UA": 600, "B6": 200, "EV": 150, "DL": 50}), 4)
    assert hottest_share_interval(loads).records == 1_000
    fewer = hottest_share_interval(loads, records=100)
    assert fewer.high - fewer.low > 2 * (
        hottest_share_interval(loads).high - hottest_share_interval(loads).low
    )


def test_a_bootstrap_is_repeated_by_its_seed_and_drawn_in_parts(monkeypatch):
    loads = PartitionLoads(loads=[600, 200, 150, 50])

    def bootstrap(seed: int):
        return hottest_share_interval(
            loads, records=1_000, method="bootstrap", draws=999, rng=seed
        )

    once = bootstrap(1)
    assert once == bootstrap(1)
    assert once != bootstrap(2)
    monkeypatch.setattr("kafka_sizing.partitions.intervals._CELLS_HELD", 7)
    in_parts = bootstrap(1)
    assert in_parts.low == pytest.approx(once.low, abs=0.01)
    assert in_parts.hottest_again_share == 1
    # the hottest alone is far ahead: percentiles of a binomial of 1,000 records
    assert once.low == pytest.approx(binom.ppf(0.025, 1_000, 0.6) / 1_000, abs=0.004)
    assert once.high == pytest.approx(binom.ppf(0.975, 1_000, 0.6) / 1_000, abs=0.004)


def test_intervals_say_how_far_to_trust_them():
    clear = PartitionLoads(loads=[600, 200, 150, 50])
    exact = hottest_share_interval(clear, records=1_000)
    assert exact.reason == (
        "60.0 % in a sample of 1,000 records, between 56.0 % and 63.1 % in at least 95.0 % of "
        "samples"
    )
    sure = hottest_share_interval(clear, records=1_000, method="bootstrap", rng=1)
    assert sure.coverage == 0.93
    assert sure.reason.endswith(
        "hottest in 100.0 %, which holds the true share in 93.0 % of samples"
    )
    other = hottest_share_interval(clear, records=99, confidence=0.9, method="bootstrap", rng=1)
    assert other.coverage is None
    assert other.reason.endswith("the same partition hottest in 100.0 % of the draws")
    level = PartitionLoads(loads=[250] * 4)
    unsure = hottest_share_interval(level, records=1_000, method="bootstrap", rng=1)
    assert unsure.coverage == 0
    assert unsure.reason.endswith("the interval lies too high: use the exact one")
    assert repr(exact) == "ShareInterval(60.0 %, 56.0 % … 63.1 %, exact)"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: share_interval(2, 1), "seen_records must be at most records=1, got 2"),
        (lambda: share_interval(-1, 1), "seen_records must be finite and >= 0, got -1"),
        (lambda: share_interval(0, 0), "records must be finite and > 0, got 0"),
        (lambda: share_interval(0, 1, confidence=1), r"confidence must be .* got 1"),
        (
            lambda: hottest_share_interval(PartitionLoads(loads=[1, 2])),
            "records must be given where loads do not say their sample, got None",
        ),
        (
            lambda: hottest_share_interval(PartitionLoads(loads=[0, 0]), records=9),
            "loads must add up to more than 0, got 0",
        ),
        (
            lambda: hottest_share_interval(PartitionLoads(loads=[1]), records=9, method="wald"),
            "method must be one of 'exact', 'bootstrap', got 'wald'",
        ),
        (
            lambda: hottest_share_interval(PartitionLoads(loads=[1]), records=9, draws=1),
            "draws must be a whole number in 2",
        ),
    ],
)
def test_nonsense_gets_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_something_else_than_loads_is_refused():
    with pytest.raises(TypeError, match="loads must be PartitionLoads, as place gives"):
        hottest_share_interval([1, 2])


def test_more_records_than_can_be_redrawn_are_refused():
    loads = place(count_keys({"a": 3, "b": 1}), 2)
    with pytest.raises(ValueError, match=r"^records must be at most 1,000,000,000,000,000,000"):
        hottest_share_interval(loads, records=1e20, method="bootstrap")
