"""A limit is a bound with a name, or an error that says what is wrong."""

from __future__ import annotations

import pytest

from kafka_sizing.partitions.limits import Limit


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, r"name must not be empty"),
        ({"partitions": 0}, r"partitions must be .*, got 0"),
        ({"partitions": 2.0}, r"partitions must be .*, got 2\.0"),
        ({"partitions": None}, r"partitions must be .*, got None"),
        ({"bound": "at least", "partitions": 0}, r"partitions must be .*, got 0"),
        ({"bound": "at least", "partitions": True}, r"partitions must be .*, got True"),
        ({"bound": "most"}, r"bound must be .*, got 'most'"),
        ({"kind": "guess"}, r"kind must be .*, got 'guess'"),
    ],
)
def test_limit_refuses_what_bounds_nothing(fields, message):
    good = {"name": "quota", "partitions": 10, "bound": "at most"}
    with pytest.raises((TypeError, ValueError), match=message):
        Limit(**{**good, **fields})


def test_lower_limit_may_say_that_no_count_is_enough():
    assert Limit(name="key", partitions=None, bound="at least").partitions is None
