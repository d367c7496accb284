import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import binom

from kafka_sizing import PartitionLoads, find_hot
from kafka_sizing.partitions import records_to_see, records_to_tell


@pytest.mark.parametrize(
    ("share", "times", "certainty", "records"),
    [
        pytest.param(0.5, 1, 0.95, 5, id="1 - 1/32 is enough, 1 - 1/16 is not"),
        pytest.param(0.5, 1, 0.5, 1, id="a coin once"),
        pytest.param(0.01, 1, 0.95, 299, id="ln 0.05 / ln 0.99 = 298.07"),
        pytest.param(0.001, 1, 0.99, 4_603, id="ln 0.01 / ln 0.999 = 4602.9"),
        pytest.param(0.5, 2, 0.5, 3, id="two of three coins: 4 of 8"),
        pytest.param(1, 7, 0.99, 7, id="every record is one"),
    ],
)
def test_the_records_to_see_a_share_follow_by_hand(share, times, certainty, records):
    needed = records_to_see(share, times=times, certainty=certainty)
    assert (needed.records, needed.seen_records, needed.line_share) == (records, times, None)


@given(st.floats(0.001, 0.9), st.integers(1, 30), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_so_many_records_are_enough_and_one_fewer_is_not(share, times, certainty):
    needed = records_to_see(share, times=times, certainty=certainty)
    assert binom.sf(times - 1, needed.records, share) >= certainty
    assert binom.sf(times - 1, needed.records - 1, share) < certainty


def least_of_all_that_follow(share, line, among, certainty, most):
    """Search every number of records up to ``most`` for the last that fails."""
    failing = 0
    for records in range(1, most):
        counts = np.arange(records + 2)
        critical = int(np.argmax(binom.sf(counts - 1, records, line) * among <= 0.05))
        if binom.sf(critical - 1, records, share) < certainty:
            failing = records
    return failing + 1


@pytest.mark.parametrize(
    ("share", "line", "among", "certainty", "most"),
    [
        (0.5, 0.1, 5, 0.9, 150),
        (0.3, 0.1, 1, 0.5, 150),
        (0.9, 0.5, 3, 0.99, 150),
        (0.3, 0.125, 12, 0.95, 400),
        (0.2, 0.1, 1, 0.8, 400),
        (1.0, 0.5, 2, 0.95, 60),
        (0.99, 0.001, 1, 0.5, 60),  # a single record tells
    ],
)
def test_the_records_to_tell_are_those_after_the_last_that_fail(
    share, line, among, certainty, most
):
    needed = records_to_tell(share, line_share=line, among=among, certainty=certainty)
    assert needed.records == least_of_all_that_follow(share, line, among, certainty, most)


@given(st.floats(0.05, 0.5), st.floats(1.2, 2.0), st.integers(1, 50))
def test_power_is_enough_from_there_on(line, ratio, among):
    share = line * ratio
    needed = records_to_tell(share, line_share=line, among=among, certainty=0.9)
    assert binom.sf(needed.seen_records - 1, needed.records, line) * among <= 0.05
    assert binom.sf(needed.seen_records - 2, needed.records, line) * among > 0.05
    for records in range(needed.records, needed.records + 40):
        critical = int(binom.isf(0.05 / among, records, line)) + 1
        assert binom.sf(critical - 1, records, share) >= 0.9


def test_find_hot_calls_a_partition_hot_in_as_many_samples_as_said():
    # 2 × the even share of 12 against the line at 1.5 ×, 95 of 100 samples
    needed = records_to_tell(2 / 12, line_share=1.5 / 12, among=12)
    shares = np.array([2.0] + [10 / 11] * 11) / 12
    rng = np.random.default_rng(8)
    hot = 0
    for _ in range(400):
        loads = PartitionLoads(loads=rng.multinomial(needed.records, shares))
        found = find_hot(loads, sample_size=needed.records, most_partitions=12)
        hot += any(one.partition == 0 for one in found.certain)
    assert hot / 400 >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 400)  # 3 standard errors
    assert hot / 400 <= 0.99


def test_a_stricter_level_needs_more_records():
    usual = records_to_tell(0.2, line_share=0.1)
    strict = records_to_tell(0.2, line_share=0.1, significance=0.001)
    assert usual.records < strict.records
    assert usual == records_to_tell(0.2, line_share=0.1, significance=0.05)


def test_what_no_sample_can_tell_is_an_answer():
    on_it = records_to_tell(0.1, line_share=0.1)
    assert (on_it.records, on_it.seen_records) == (None, None)
    assert on_it.reason == (
        "a share of 10.0 % is not above the line of 10.0 %: no sample can show it"
    )
    near = records_to_tell(0.1000001, line_share=0.1)
    assert near.records is None
    assert "a trillion records do not tell" in near.reason
    assert repr(near) == "RecordsNeeded(none, share=10.00001 %, line=10.00000 %)"


def test_numbers_are_told_in_a_sentence_and_a_line():
    seen = records_to_see(0.01)
    assert repr(seen) == "RecordsNeeded(299 records, share=1.0 %)"
    assert seen.reason == (
        "a share of 1.0 % has 1 record or more in 95.0 % of samples, from 299 records on"
    )
    told = records_to_tell(2 / 12, line_share=1.5 / 12, among=12)
    assert told.reason == (
        "a share of 16.7 % is told from the line of 12.5 % in 95.0 % of samples, from 1,337 "
        "records on"
    )


def test_a_share_next_to_its_line_is_written_so_that_the_two_differ():
    above = records_to_tell(0.1001, line_share=0.1)
    assert above.reason.startswith("a share of 10.01 % is told from the line of 10.00 % in ")
    assert "share=10.01 %, line=10.00 %" in repr(above)
    below = records_to_tell(0.1, line_share=0.1001)
    assert below.reason.startswith("a share of 10.00 % is not above the line of 10.01 %: ")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: records_to_see(0), r"share must be a share in \(0, 1\], got 0"),
        (lambda: records_to_see(0.1, certainty=1), r"certainty .* got 1"),
        (lambda: records_to_see(0.1, certainty=0), r"certainty .* got 0"),
        (lambda: records_to_see(0.1, times=0), r"times must be a whole number"),
        (lambda: records_to_see(1e-15), r"share must be large enough .* got 1e-15"),
        (lambda: records_to_tell(0.1, line_share=0), r"line_share .* got 0"),
        (lambda: records_to_tell(2, line_share=0.1), r"share .* got 2"),
        (lambda: records_to_tell(0.2, line_share=0.1, among=0), r"among .* got 0"),
        (lambda: records_to_tell(0.2, line_share=0.1, significance=0), r"significance .* got 0"),
        (lambda: records_to_tell(0.2, line_share=0.1, significance=0.5), r"below 0.5, got 0.5"),
        (lambda: records_to_tell(0.2, line_share=0.1, certainty=1), r"certainty .* got 1"),
    ],
)
def test_nonsense_gets_one_clear_line(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_line_next_to_nothing_takes_as_many_records_as_to_see_the_share():
    told = records_to_tell(0.2, line_share=1e-300)  # one record settles it: 0.8**14 < 0.05
    assert (told.records, told.seen_records) == (14, 1)
