"""Guards: each rule lets through what it names, and its refusal names argument, rule and value."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from kafka_sizing._checks import (
    ceil_ratio,
    check_at_least,
    check_choice,
    check_count,
    check_counts,
    check_fraction,
    check_non_negative,
    check_open_share,
    check_positive,
    check_share,
    check_text,
    check_type,
    nearest,
)

REFUSALS = (TypeError, ValueError)
NOT_NUMBERS = ["1", b"1", None, True, np.True_, [1.0], np.ones(2), 1j, Decimal(1)]
HUGE = 10**400
NOT_FINITE = [math.nan, math.inf, -math.inf, np.float64("nan")]
positive = st.floats(1e-6, 1e12)


def at_least_half(name, value):
    check_at_least(name, value, 0.5)


@pytest.mark.parametrize(
    ("check", "accepted"),
    [
        (check_positive, [5e-324, 1, 1e300, np.float32(2), np.int64(3), Fraction(1, 3)]),
        (check_non_negative, [0, -0.0, 0.5, 10**30, np.uint8(0)]),
        (check_fraction, [0, 0.5, 1 - 2**-53, np.float64(0.25)]),
        (check_share, [5e-324, 0.5, 1, 1.0, np.float64(1)]),
        (check_open_share, [5e-324, 0.5, 1 - 2**-53, np.float64(0.95)]),
        (at_least_half, [0.5, 1, 1e300, np.float32(0.5)]),
    ],
)
def test_a_number_within_the_rule_passes(check, accepted):
    for value in accepted:
        check("rate", value)


@pytest.mark.parametrize(
    ("check", "rule", "refused"),
    [
        (check_positive, "finite and > 0", [0, -0.0, -1, *NOT_FINITE]),
        (check_non_negative, "finite and >= 0", [-5e-324, -1, *NOT_FINITE]),
        (check_fraction, "a fraction in [0, 1)", [-5e-324, 1, 1.0, 2, *NOT_FINITE]),
        (check_share, "a share in (0, 1]", [0, 0.0, -1, 1 + 2**-52, *NOT_FINITE]),
        (check_open_share, "a share in (0, 1)", [0, -0.0, 1, 1.0, 2, *NOT_FINITE]),
        (at_least_half, "finite and >= 0.5", [0.49999, 0, -1, *NOT_FINITE]),
    ],
)
def test_a_refusal_names_the_argument_the_rule_and_what_came(check, rule, refused):
    for value in [*refused, *NOT_NUMBERS]:
        with pytest.raises(REFUSALS) as raised:
            check("rate", value)
        assert str(raised.value) == f"rate must be {rule}, got {value!r}"


@pytest.mark.parametrize("count", [1, 12, 2**31 - 1, np.int32(7), np.uint64(8)])
def test_a_count_comes_back_as_a_python_int(count):
    checked = check_count("partitions", count)
    assert checked == count
    assert type(checked) is int


@pytest.mark.parametrize("count", [0, -1, 2**31, 12.0, "12", None, True, math.nan])
def test_what_is_no_count_is_refused(count):
    with pytest.raises(REFUSALS) as raised:
        check_count("partitions", count)
    rule = "a whole number in 1 … 2,147,483,647"
    assert str(raised.value) == f"partitions must be {rule}, got {count!r}"


def test_the_ends_of_a_count_can_be_set():
    assert check_count("buckets", 0, least=0, most=4) == 0
    assert check_count("buckets", 4, least=0, most=4) == 4
    for count in (-1, 5):
        with pytest.raises(ValueError, match=rf"buckets must be .* in 0 … 4, got {count}"):
            check_count("buckets", count, least=0, most=4)


def test_a_choice_must_be_listed_and_near_ones_are_shown():
    check_choice("ordering", "per key", ["per key", "none"])
    with pytest.raises(ValueError, match="ordering") as raised:
        check_choice("ordering", "per-key", ["per key", "none"])
    assert str(raised.value) == (
        "ordering must be one of 'per key', 'none', got 'per-key' (near: 'per key')"
    )


def test_a_choice_that_is_near_to_nothing_gets_no_hint():
    with pytest.raises(ValueError, match=r"got 17$"):
        check_choice("ordering", 17, ["per key", "none"])


def test_at_most_three_near_names_are_shown_the_nearest_first():
    names = ["java", "java2", "javax", "javas", "librdkafka"]
    assert nearest("java2", names).startswith(" (near: 'java2', ")
    assert nearest("java2", names).count("'") == 6
    assert nearest("zzz", names) == ""
    assert nearest("ab", ["abcdef"]) == " (near: 'abcdef')"  # half of all letters are shared


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [
        pytest.param(2.1, 0.7, 3, id="an exact fit survives floats"),
        pytest.param(0.3, 0.1, 3, id="0.3 / 0.1 is just below 3 in floats"),
        pytest.param(10, 5, 2, id="whole numbers"),
        pytest.param(10, 4, 3, id="a half is rounded up"),
        pytest.param(10.000_001, 5, 3, id="a millionth too much is not rounding"),
        pytest.param(1e-12, 1, 1, id="the least need is a need"),
        pytest.param(1e-6, 1, 1, id="a millionth is something"),
        pytest.param(1 + 0.9e-9, 1, 1, id="a billionth is still rounding"),
        pytest.param(1 + 1.5e-9, 1, 2, id="more than a billionth is not"),
        pytest.param(0, 3, 0, id="nothing needs nothing"),
        pytest.param(1e9 + 0.5, 1, 10**9, id="half in a billion is rounding"),
        pytest.param(1e9 + 2, 1, 10**9 + 2, id="a whole number stays itself"),
    ],
)
def test_a_ratio_is_rounded_up_but_not_for_rounding_errors(numerator, denominator, quotient):
    assert ceil_ratio(numerator, denominator) == quotient


@given(count=st.integers(1, 10**6), each=positive)
def test_a_whole_multiple_divides_into_itself(count, each):
    assert ceil_ratio(count * each, each) == count


@given(numerator=positive, denominator=positive)
def test_the_count_is_enough_and_one_fewer_is_not(numerator, denominator):
    count = ceil_ratio(numerator, denominator)
    enough = Fraction(numerator) * (1 - Fraction(1, 10**8)) - Fraction(denominator) / 10**8
    assert count * Fraction(denominator) >= enough
    assert (count - 1) * Fraction(denominator) < Fraction(numerator)


@pytest.mark.parametrize("value", [None, 5, b"5"])
def test_what_is_no_text_is_named(value):
    with pytest.raises(TypeError, match=rf"^x must be text, got {value!r}$"):
        check_text("x", value)
    check_text("x", "")


@pytest.mark.parametrize(
    ("wanted", "maker", "message"),
    [
        pytest.param(int, "", r"^x must be int, got str$", id="one type"),
        pytest.param(int | float, "", r"^x must be int or float, got str$", id="one of two"),
        pytest.param(int, "len", r"^x must be int, as len gives, got str$", id="who gives it"),
    ],
)
def test_what_is_of_another_type_is_told_what_was_wanted(wanted, maker, message):
    with pytest.raises(TypeError, match=message):
        check_type("x", "5", wanted, maker)
    check_type("x", 5, wanted, maker)


@pytest.mark.parametrize("outgrown", [math.inf, math.nan])
def test_what_outgrew_a_float_is_not_rounded_up(outgrown):
    with pytest.raises(ValueError, match=r"^amount to divide and round up must be finite, got "):
        ceil_ratio(outgrown, 1)


def test_counts_are_several_whole_numbers():
    assert check_counts("counts", range(1, 4)) == [1, 2, 3]
    assert check_counts("counts", []) == []
    for wrong in (5, "12", b"12", None):
        with pytest.raises(TypeError, match=r"^counts must be several whole numbers, got "):
            check_counts("counts", wrong)
    with pytest.raises(ValueError, match=r"counts must be a whole number in 1 … 9, got 10"):
        check_counts("counts", [3, 10], most=9)
