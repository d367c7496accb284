"""A total outage of a dependency, against a simulation record by record."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from kafka_sizing.retries import dependency_outage, plan_retries


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        pytest.param(lambda down: down.dead_letter_records, 653_000, id="RT02 dead letters"),
        pytest.param(
            lambda down: [stage.most_waiting_records for stage in down.stages],
            [1_000, 6_000, 60_000],
            id="RT02 stages hold",
        ),
        pytest.param(lambda down: down.recovered_records, 67_000, id="RT02 recovered"),
        pytest.param(lambda down: down.failed_records, 720_000, id="RT02 failed at all"),
        pytest.param(lambda down: down.total_delay_s, 335, id="RT02 delays in all"),
        pytest.param(lambda down: down.missing_delay_s, 3_265, id="RT02 delay that is missing"),
        pytest.param(lambda down: down.recovered_after_s, 3_900, id="RT02 last record through"),
        pytest.param(lambda down: down.peak_attempts_per_s, 800, id="RT02 main and three stages"),
    ],
)
def test_published_outage_is_met(read, expected):
    assert read(dependency_outage(200, outage_s=3_600, delays_s=[5, 30, 300])) == expected


def test_shorter_outage_reaches_only_the_stages_its_records_come_to():
    # from 0 on into the first, from 5 on into the second; the third would begin at 35
    down = dependency_outage(200, outage_s=20, delays_s=[5, 30, 300])
    assert [stage.entered_records for stage in down.stages] == [4_000, 3_000, 0]
    assert [stage.most_waiting_records for stage in down.stages] == [1_000, 3_000, 0]
    assert [stage.empty_after_s for stage in down.stages] == [25, 50, None]
    assert down.dead_letter_records == 0
    assert down.recovered_records == down.failed_records == 4_000
    assert not down.outlasts_retries
    assert down.recovered_after_s == 50


def test_outage_as_long_as_all_delays_loses_nothing():
    down = dependency_outage(10, outage_s=7, delays_s=[1, 2, 4])
    assert not down.outlasts_retries
    assert down.dead_letter_records == down.missing_delay_s == 0
    longer = dependency_outage(10, outage_s=8, delays_s=[1, 2, 4])
    assert longer.outlasts_retries
    assert longer.dead_letter_records == 10


def test_peak_may_come_after_the_dependency_is_back():
    # out of the first stage until 12, out of the second from 11 until 20: all at 11, not at 10
    down = dependency_outage(1, outage_s=10, delays_s=[2, 9])
    assert down.peak_attempts_per_s == 3
    # out of the first until 12, out of the second only from 12
    apart = dependency_outage(1, outage_s=10, delays_s=[2, 10])
    assert apart.peak_attempts_per_s == 2


def test_without_retries_all_that_fails_is_a_dead_letter():
    down = dependency_outage(10, outage_s=6, delays_s=[])
    assert down.dead_letter_records == down.failed_records == 60
    assert down.recovered_records == 0
    assert down.recovered_after_s == 6
    assert down.peak_attempts_per_s == 10
    assert down.reason == "60 records of 6 s become dead letters, for the delays are only 0 s"


# --- against records one by one ---------------------------------------------------------------


class Simulation:
    """Records at a steady rate; each attempt fails while the dependency is down."""

    def __init__(self, per_s, outage_s, delays_s):
        self.per_s, self.outage_s, self.delays_s = per_s, Fraction(outage_s), delays_s
        self.stays = [[] for _ in delays_s]  # when each record comes into a stage and goes
        self.dead = self.failed = 0
        self.attempts = []
        for number in range(int(self.per_s * (self.outage_s + sum(delays_s) + 1))):
            self.send(Fraction(number, per_s))

    def send(self, at):
        self.attempts.append(at)
        if at >= self.outage_s:
            return
        self.failed += 1
        for stage, delay in enumerate(self.delays_s):
            self.stays[stage].append((at, at + delay))
            at += delay
            self.attempts.append(at)
            if at >= self.outage_s:
                return
        self.dead += 1

    def most_waiting(self, stage):
        moves = sorted(
            step for begin, end in self.stays[stage] for step in ((begin, 1), (end, -1))
        )
        held = most = 0
        for _, change in moves:  # at the same moment those that go, go first
            held += change
            most = max(most, held)
        return most

    def most_attempts(self):
        """The most in one second from the end of the outage on, by spans of a second."""
        seconds = {}
        for at in self.attempts:
            if at >= self.outage_s:
                seconds[math.floor(at)] = seconds.get(math.floor(at), 0) + 1
        return max(seconds.values())


@settings(max_examples=40, deadline=None)
@given(
    per_s=st.integers(1, 5),
    outage_s=st.integers(1, 40),
    delays_s=st.lists(st.integers(1, 20), min_size=0, max_size=4),
)
def test_simulated_records_fare_as_computed(per_s, outage_s, delays_s):
    played = Simulation(per_s, outage_s, delays_s)
    down = dependency_outage(per_s, outage_s=outage_s, delays_s=delays_s)
    assert down.failed_records == played.failed
    assert down.dead_letter_records == played.dead
    assert down.recovered_records == played.failed - played.dead
    for number, stage in enumerate(down.stages):
        assert stage.entered_records == len(played.stays[number])
        assert stage.most_waiting_records == played.most_waiting(number)
        last = max((end for _, end in played.stays[number]), default=None)
        # the fluid's last record comes an instant before the dependency is back
        expected = None if last is None else last + Fraction(1, per_s)
        assert stage.empty_after_s == expected
    assert down.peak_attempts_per_s == played.most_attempts()


@given(
    outage_s=st.floats(0.01, 1e5),
    delays_s=st.lists(st.floats(0, 1e4), max_size=6),
)
def test_what_fails_recovers_or_is_a_dead_letter(outage_s, delays_s):
    down = dependency_outage(7, outage_s=outage_s, delays_s=delays_s)
    total = down.recovered_records + down.dead_letter_records
    assert total == pytest.approx(down.failed_records)


def test_stages_never_hold_more_than_rate_times_delay():
    down = dependency_outage(1_000, outage_s=1e6, delays_s=[1, 2, 4])
    ladder = plan_retries(1_000, delays_s=[1, 2, 4], failing_fraction=0.999999)
    for stage, steady in zip(down.stages, ladder.stages, strict=True):
        assert stage.most_waiting_records == pytest.approx(steady.waiting_records, rel=1e-4)


# --- words ------------------------------------------------------------------------------------


def test_reason_says_who_is_lost_and_what_meets_the_dependency():
    lost = dependency_outage(200, outage_s=3_600, delays_s=[5, 30, 300])
    assert lost.reason == (
        "653,000 records of 3,600 s become dead letters, for the delays are only 335 s; when the "
        "dependency is back up to 800 records/s meet it, not 200 records/s, and the last record "
        "is through 3,900 s after the start"
    )
    kept = dependency_outage(200, outage_s=20, delays_s=[5, 30, 300])
    assert kept.reason.startswith(
        "4,000 records fail in 20 s and all recover, for the delays are 335 s; "
    )
    assert repr(kept) == (
        "DependencyOutage(outage='20 s', total_delay='335 s', dead_letters='0 records')"
    )


def test_frame_has_a_row_per_retry():
    import pandas as pd

    frame = dependency_outage(200, outage_s=20, delays_s=[5, 30, 300]).to_frame()
    assert list(frame.columns) == [
        "name",
        "delay_s",
        "filled_from_s",
        "entered_records",
        "most_waiting_records",
        "recovered_records",
        "empty_after_s",
    ]
    assert frame["name"].to_list() == ["retry 1", "retry 2", "retry 3"]
    assert frame["filled_from_s"].to_list() == [0, 5, 35]
    assert frame["delay_s"].to_list() == [5, 30, 300]
    assert frame["empty_after_s"][2] is pd.NA


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"records_per_s": 0}, "records_per_s"),
        ({"outage_s": 0}, "outage_s"),
        ({"outage_s": math.inf}, "outage_s"),
        ({"delays_s": [-1]}, "each of delays_s"),
    ],
)
def test_number_out_of_range_is_refused_by_name(changes, name):
    inputs = {"records_per_s": 1, "outage_s": 1, "delays_s": [1]} | changes
    with pytest.raises(ValueError, match=rf"^{name} must be finite"):
        dependency_outage(inputs.pop("records_per_s"), **inputs)


def test_more_records_than_a_float_holds_are_refused():
    with pytest.raises(ValueError, match=r"^records_per_s times outage_s must be finite"):
        dependency_outage(1e300, outage_s=1e10, delays_s=[1])
