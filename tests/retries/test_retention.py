"""Whether retry and dead-letter topics keep records long enough."""

import pytest

from kafka_sizing.retries import check_dead_letter_retention, check_retry_retention

DAY = 86_400


@pytest.mark.parametrize(
    ("kept_s", "long_enough", "missing_s"),
    [
        pytest.param(2 * DAY, False, 86_700, id="RD03 259,500 s needed, 172,800 s kept"),
        pytest.param(259_499, False, 1, id="a second less"),
        pytest.param(259_500, True, 0, id="exactly"),
        pytest.param(7 * DAY, True, 0, id="Kafka's own week"),
    ],
)
def test_retry_topic_outlives_delay_and_outage(kept_s, long_enough, missing_s):
    check = check_retry_retention(kept_s, delay_s=300, consumer_outage_s=3 * DAY)
    assert check.needed_s == 259_500
    assert check.kept_s == kept_s
    assert check.long_enough is long_enough
    assert check.missing_s == missing_s


def test_rule_of_thumb_allows_for_three_days():
    assert check_retry_retention(1, delay_s=300).needed_s == 259_500


def test_dead_letters_outlive_triage():
    assert check_dead_letter_retention(10, triage_s=10).long_enough
    short = check_dead_letter_retention(7 * DAY)
    assert (short.needed_s, short.missing_s) == (14 * DAY, 7 * DAY)
    assert short.reason == (
        "7 d kept are less than the 14 d needed: 14 d until somebody has looked at a dead letter; "
        "dead letters are deleted before anybody has looked at them"
    )


def test_reason_adds_up():
    check = check_retry_retention(900, delay_s=300, consumer_outage_s=600)
    assert check.reason == (
        "900 s kept cover the 900 s needed: 300 s of delay and 600 s of consumer outage"
    )
    short = check_retry_retention(899, delay_s=300, consumer_outage_s=600)
    assert short.reason.endswith(
        "; after such an outage records are deleted that were never retried"
    )
    assert repr(short) == "RetentionCheck(kept='899 s', needed='900 s', long_enough=False)"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"retention_s": 0}, "retention_s"),
        ({"delay_s": -1}, "delay_s"),
        ({"consumer_outage_s": -1}, "consumer_outage_s"),
    ],
)
def test_number_out_of_range_is_refused_by_name(changes, name):
    inputs = {"retention_s": 1, "delay_s": 1, "consumer_outage_s": 1} | changes
    with pytest.raises(ValueError, match=rf"^{name} must be finite"):
        check_retry_retention(inputs.pop("retention_s"), **inputs)


def test_dead_letter_numbers_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"^retention_s must be"):
        check_dead_letter_retention(-1)
    with pytest.raises(ValueError, match=r"^triage_s must be"):
        check_dead_letter_retention(1, triage_s=0)


def test_a_span_beyond_a_float_is_refused():
    with pytest.raises(ValueError, match=r"^delay_s plus consumer_outage_s must be finite"):
        check_retry_retention(1, delay_s=1e308, consumer_outage_s=1.7e308)
