"""What a simulation has to say: peaks, ages, costs, tables and samples."""

import numpy as np
import pytest

from kafka_sizing.consumers import (
    Arrivals,
    Crash,
    MemberCapacity,
    PartitionIncrease,
    PoisonRecord,
    SharesChange,
    Slowdown,
    simulate_lag,
)


@pytest.fixture(scope="module")
def outage():
    """A dependency is down from 100 s to 200 s: 1,000 records/s against 2,000."""
    return simulate_lag(
        1_000,
        partitions=4,
        member=MemberCapacity(1_000, cpu_fraction=0.5),
        members=2,
        duration_s=400,
        events=[Slowdown(at_s=100, for_s=100)],
    )


def test_an_outage_is_told_by_the_numbers(outage):
    assert outage.peak_lag_records == pytest.approx(100_000)
    assert outage.peak_lag_s == pytest.approx(100)
    assert outage.caught_up_at_s() == 300
    assert outage.caught_up_at_s(within_records=50_000) == 250
    assert outage.caught_up_at_s(partition=3) == 300
    assert outage.duration_s == 400
    assert outage.partitions == 4
    assert outage.total_lost_records == 0
    assert outage.rebalancing_fraction == 0


def test_the_age_of_the_oldest_unread_falls_as_the_backlog_is_read(outage):
    ages = outage.oldest_unread_s
    # at 250 s 50,000 wait, which came in the last 50 s
    assert ages[249].tolist() == pytest.approx([50] * 4)
    assert ages[299].tolist() == pytest.approx([0] * 4, abs=1e-9)


def test_time_above_an_objective_counts_either_kind(outage):
    # lag is above 50,000 from 150 s to 250 s
    assert outage.time_above_s(lag_records=50_000) == pytest.approx(100, abs=1)
    assert outage.time_above_s(oldest_unread_s=50) == pytest.approx(100, abs=1)
    assert outage.time_above_s(lag_records=50_000, oldest_unread_s=1e9) == pytest.approx(
        100, abs=1
    )
    with pytest.raises(ValueError, match="lag_records or oldest_unread_s must be given"):
        outage.time_above_s()


def test_cpu_follows_what_is_read(outage):
    assert outage.cpu_fraction[[50, 150, 250, 350]].tolist() == pytest.approx([0.25, 0, 0.5, 0.25])


def test_rates_are_those_of_each_step(outage):
    assert outage.written_records_per_s.tolist() == pytest.approx([1_000] * 400)
    assert outage.read_records_per_s[[50, 150, 250, 350]].tolist() == pytest.approx(
        [1_000, 0, 2_000, 1_000]
    )


def test_explain_tells_when_how_much_and_until_when(outage):
    assert outage.explain() == (
        "lag peaked at 100,000 records after 200 s (oldest 100 s; most in partition 0); "
        "all was read by 300 s; 0 rebalances"
    )
    assert repr(outage) == (
        "LagSimulation(duration_s=400, partitions=4, peak_lag_records=100,000, rebalances=0)"
    )


def test_frames_have_a_row_per_step_and_per_step_and_partition(outage):
    frame = outage.to_frame()
    assert len(frame) == 400
    assert frame["lag_records"].max() == pytest.approx(100_000)
    assert not frame.isna().any().any()
    rows = outage.partitions_frame()
    assert len(rows) == 1_600
    assert rows["lag_records"].sum() == pytest.approx(frame["lag_records"].sum())
    assert set(rows["owner"]) == {0, 1}
    assert "<table" in outage._repr_html_()


def test_arrays_cannot_be_changed(outage):
    assert not outage.lag_records.flags.writeable
    assert not outage.times_s.flags.writeable


def test_ages_hold_where_nothing_was_written_for_a_while():
    arrivals = Arrivals.trace([0, 100, 200], [10, 0, 10])
    lag = simulate_lag(arrivals, partitions=1, member=1e-6, members=1, duration_s=300)
    assert lag.peak_lag_s == pytest.approx(300, abs=0.1)
    slow = simulate_lag(arrivals, partitions=1, member=5, members=1, duration_s=300)
    # the 1,000 records of the first 100 s are read by 200 s; then half of 10/s is
    assert slow.oldest_unread_s[198, 0] == pytest.approx(199 - 99.5, abs=0.01)
    assert slow.oldest_unread_s[199, 0] == pytest.approx(0, abs=1e-6)
    assert slow.oldest_unread_s[299, 0] == pytest.approx(50, abs=1e-6)


def test_ages_hold_where_the_shares_change():
    change = SharesChange(at_s=100, shares=[0.9, 0.1])
    lag = simulate_lag(
        100, shares=[0.5, 0.5], members=2, member=1e-6, duration_s=200, events=[change]
    )
    assert lag.oldest_unread_s[-1].tolist() == pytest.approx([200, 200], abs=0.01)


class TestSamples:
    def test_samples_are_what_a_monitor_sees(self, outage):
        samples = outage.samples(every_s=50)
        assert np.unique(samples.times_s).tolist() == [50, 100, 150, 200, 250, 300, 350, 400]
        frame = samples.to_frame()
        at_150 = frame[frame["time_s"] == 150]
        assert at_150["end_offset"].tolist() == [37_500] * 4
        assert at_150["committed_offset"].tolist() == [25_000] * 4

    def test_commits_trail_by_their_interval(self, outage):
        at_once = outage.samples(every_s=7)
        trailing = outage.samples(every_s=7, commit_interval_s=5)
        late = at_once.committed_offsets - trailing.committed_offsets
        assert late.min() >= 0
        assert late.max() <= 5 * 500
        assert (trailing.end_offsets == at_once.end_offsets).all()
        # at 7 s the last commit was at 5 s: 5 × 250
        assert trailing.committed_offsets[0] == 1_250

    def test_before_the_first_commit_nothing_is_committed(self, outage):
        samples = outage.samples(every_s=1, commit_interval_s=30)
        assert samples.committed_offsets[:29].tolist() == [0] * 29

    def test_offsets_may_start_anywhere(self, outage):
        samples = outage.samples(every_s=100, from_offset=10**9)
        assert samples.end_offsets.min() == 10**9 + 25_000

    def test_a_lag_at_the_start_counts(self):
        lag = simulate_lag(
            10, partitions=1, members=1, member=1e-6, duration_s=10, initial_lag_records=500
        )
        samples = lag.samples(every_s=10)
        assert samples.end_offsets.tolist() == [600]
        assert samples.committed_offsets.tolist() == [0]

    def test_owners_are_named(self):
        lag = simulate_lag(
            10,
            partitions=2,
            members=2,
            member=100,
            duration_s=100,
            events=[Crash(at_s=10, member=1)],
        )
        owners = lag.samples(every_s=1).to_frame().set_index(["time_s", "partition"])["member"]
        assert sorted(owners.loc[1.0]) == ["member-0", "member-1"]
        assert sorted(owners.loc[100.0]) == ["member-0", "member-0"]

    @pytest.mark.parametrize(
        ("options", "error"),
        [
            ({"every_s": 0}, "every_s must be"),
            ({"every_s": 1, "commit_interval_s": -1}, "commit_interval_s must be"),
            ({"every_s": 1, "from_offset": -1}, "from_offset must be"),
        ],
    )
    def test_options_out_of_range_are_refused(self, outage, options, error):
        with pytest.raises(ValueError, match=error):
            outage.samples(**options)


def test_lost_records_show_in_frames_and_samples():
    lag = simulate_lag(100, partitions=2, member=10, members=2, duration_s=600, retention_s=300)
    assert lag.to_frame()["lost_records"].iloc[-1] == pytest.approx(lag.total_lost_records)
    assert lag.partitions_frame()["lost_records"].iloc[-2:].sum() == pytest.approx(
        lag.total_lost_records
    )
    samples = lag.samples(every_s=600)
    waiting = samples.end_offsets - samples.committed_offsets
    assert waiting.sum() == pytest.approx(lag.total_lag_records[-1], abs=2)


def test_what_is_said_of_the_peak_belongs_to_one_moment():
    """Partition 0 is worst at first, the others are together later; each is caught up between."""
    poison = [
        PoisonRecord(at_s=10, partition=0, for_s=1_000),
        PoisonRecord(at_s=1_500, partition=1, for_s=950),
        PoisonRecord(at_s=1_500, partition=2, for_s=950),
    ]
    lag = simulate_lag(
        1_000, shares=[0.4, 0.3, 0.3], member=1_000, members=3, duration_s=3_000, events=poison
    )
    # 400/s × 1,000 s = 400,000 at 1,010 s; 2 × 300/s × 950 s = 570,000 at 2,450 s.
    assert lag.explain().startswith(
        "lag peaked at 570,000 records after 2,450 s (oldest 950 s then and 1,000 s at worst; "
        "most in partition 1)"
    )
    assert (lag.worst_partition, lag.furthest_behind_partition) == (1, 0)
    assert lag.lag_records[lag.peak_row].tolist() == pytest.approx([0, 285_000, 285_000])


def test_partitions_that_are_not_there_yet_are_not_sampled():
    more = PartitionIncrease(at_s=60, shares=[0.25] * 4)
    lag = simulate_lag(100, partitions=3, member=100, members=1, duration_s=100, events=[more])
    samples = lag.samples(every_s=20)
    first = {
        int(number): float(samples.times_s[samples.partition == number].min())
        for number in np.unique(samples.partition)
    }
    assert first == {0: 20, 1: 20, 2: 20, 3: 60}
