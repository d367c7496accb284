"""Quantities with units: what people write is read exactly, and what is printed reads back."""

import math

import pytest
from hypothesis import given, strategies as st

from kafka_sizing.units import (
    GB,
    KB,
    LOAD_UNITS,
    MB,
    TB,
    GiB,
    KiB,
    MiB,
    TiB,
    display_unit,
    format_count,
    format_load,
    format_loads_apart,
    format_number,
    format_share,
    format_shares_apart,
    parse_bytes,
    parse_bytes_per_s,
    parse_duration,
    parse_load,
)


def test_decimal_and_binary_units_follow_iec_80000_13():
    assert (KB, MB, GB, TB) == (1e3, 1e6, 1e9, 1e12)
    assert (KiB, MiB, GiB, TiB) == (1024, 1024**2, 1024**3, 1024**4)


@pytest.mark.parametrize(
    ("text", "load", "unit"),
    [
        ("200 MiB/s", 200 * 1024**2, "bytes/s"),
        ("200MiB/s", 200 * 1024**2, "bytes/s"),
        ("200 mib / sec", 200 * 1024**2, "bytes/s"),
        ("200 MiB/second", 200 * 1024**2, "bytes/s"),
        ("  3 GB  ", 3_000_000_000, "bytes"),
        ("1.5 kB", 1_500, "bytes"),
        ("2 TB", 2_000_000_000_000, "bytes"),
        ("1 KiB", 1_024, "bytes"),
        ("1 GiB", 1_073_741_824, "bytes"),
        ("1 TiB", 1_099_511_627_776, "bytes"),
        ("7 B", 7, "bytes"),
        ("1 byte", 1, "bytes"),
        ("12 bytes/s", 12, "bytes/s"),
        ("5000 records/s", 5_000, "records/s"),
        ("1 record", 1, "records"),
        ("336,776 records", 336_776, "records"),
        ("1,336,776.5 records", 1_336_776.5, "records"),
        ("1_000_000 records", 1_000_000, "records"),
        ("200 MIB/S", 200 * 1024**2, "bytes/s"),
        (".5 MB", 500_000, "bytes"),
        ("5. MB", 5_000_000, "bytes"),
        ("1.2e3 records/s", 1_200, "records/s"),
        ("1E-3 MB", 1_000, "bytes"),
        ("+4 B", 4, "bytes"),
        ("0 B", 0, "bytes"),
    ],
)
def test_an_amount_is_read_as_written(text, load, unit):
    assert parse_load(text) == (load, unit)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("200", "text must be an amount such as '200 MiB/s' or '5000 records/s'"),
        ("MiB/s", "text must be an amount such as"),
        ("", "text must be an amount such as"),
        ("40 Mb/s", "unit must be bytes with a capital B, for a small b is read as bits"),
        ("40 Gib", "unit must be bytes with a capital B, for a small b is read as bits"),
        ("1 2 MB", "text must be an amount such as"),
        ("nan MB", "text must be an amount such as"),
        ("5 MB/min", "text must be an amount such as"),
        ("5 MB/s/s", "text must be an amount such as"),
        ("5 MB per second", "text must be an amount such as"),
        ("1,5 MB", "text must be an amount such as"),  # a comma groups, and is no point
        ("1,50 MB", "text must be an amount such as"),
        ("1,0000 MB", "text must be an amount such as"),
        ("1e308 TB", "amount must be finite and >= 0"),
        ("-1 MB", "amount must be finite and >= 0"),
        ("1e999 MB", "amount must be finite and >= 0"),
        ("5 parsecs", "amount must be in records or bytes"),
        ("5 s", "amount must be in records or bytes"),
        ("5 MiBs", "amount must be in records or bytes"),
    ],
)
def test_what_is_no_amount_is_refused_by_the_rule_it_breaks(text, rule):
    with pytest.raises(ValueError, match=rule) as refused:
        parse_load(text)
    assert str(refused.value).endswith(f"got {text!r}")


def test_bytes_and_rates_of_bytes_are_told_apart():
    assert parse_bytes("6 GB") == 6e9
    assert parse_bytes_per_s("6 GB/s") == 6e9
    with pytest.raises(ValueError, match=r"^size must be in bytes .* got '6 GB/s'$"):
        parse_bytes("6 GB/s")
    with pytest.raises(ValueError, match=r"^rate must be in bytes per second .* got '6 GB'$"):
        parse_bytes_per_s("6 GB")
    with pytest.raises(ValueError, match=r"^rate must be in bytes per second"):
        parse_bytes_per_s("6 records/s")
    with pytest.raises(ValueError, match=r"^size must be in bytes"):
        parse_bytes("6 records")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("250 us", 0.00025),
        ("20 ms", 0.02),
        ("1.5 s", 1.5),
        ("2 min", 120),
        ("3 h", 10_800),
        ("7 d", 604_800),
        ("1 Y", 31_557_600),  # a Julian year
        ("0 s", 0),
    ],
)
def test_a_time_span_is_read_in_seconds(text, seconds):
    assert parse_duration(text) == pytest.approx(seconds, rel=1e-15)


@pytest.mark.parametrize("text", ["5 MB", "5 records", "5 s/s", "5 weeks"])
def test_what_is_no_time_span_is_refused_with_the_units_there_are(text):
    rule = rf"^time span must be in one of us, ms, s, min, h, d, y, got '{text}'$"
    with pytest.raises(ValueError, match=rule):
        parse_duration(text)


def test_a_time_span_is_finite():
    with pytest.raises(ValueError, match=r"finite and >= 0, got '1e308 y'"):
        parse_duration("1e308 y")


@pytest.mark.parametrize("value", [None, 5, b"5 MB"])
def test_what_is_no_text_is_a_type_error(value):
    with pytest.raises(TypeError, match=r"text must be .* got"):
        parse_load(value)
    with pytest.raises(TypeError, match=r"text must be a time span .* got"):
        parse_duration(value)


@pytest.mark.parametrize("text", ["5", "soon", ""])
def test_what_has_no_number_and_unit_is_no_time_span(text):
    with pytest.raises(ValueError, match=r"^text must be a time span such as '20 ms' or '7 d'"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("largest", "factor", "name"),
    [
        (0, 1, "B"),
        (1, 1, "B"),
        (1023, 1, "B"),
        (1024, 1024, "KiB"),
        (1024**2 - 1, 1024, "KiB"),
        (1024**2, 1024**2, "MiB"),
        (1024**3, 1024**3, "GiB"),
        (1024**4, 1024**4, "TiB"),
        (1024**6, 1024**4, "TiB"),
    ],
)
def test_the_display_unit_is_the_largest_that_fits(largest, factor, name):
    assert display_unit("bytes", largest) == (factor, name)
    assert display_unit("bytes/s", largest) == (factor, f"{name}/s")


@pytest.mark.parametrize("unit", ["records", "records/s"])
def test_records_are_shown_as_they_are(unit):
    assert display_unit(unit, 10**9) == (1, unit)


@pytest.mark.parametrize(
    ("load", "unit", "text"),
    [
        (262_144_000, "bytes/s", "250.0 MiB/s"),
        (1_536, "bytes", "1.5 KiB"),
        (1_024, "bytes", "1.0 KiB"),
        (1_000 * 1024, "bytes", "1,000 KiB"),
        (512, "bytes", "512 B"),
        (0, "bytes", "0 B"),
        (5_000 * 1024**4, "bytes", "5,000 TiB"),
        (336_776, "records", "336,776 records"),
        (1_234.5678, "records/s", "1,235 records/s"),
        (1_000.5, "records/s", "1,000 records/s"),
        (999.96, "records/s", "1,000 records/s"),
        (1.25, "records/s", "1.2 records/s"),
        (12.345, "records/s", "12.3 records/s"),
        (1.0, "records/s", "1 record/s"),
        (0.012345, "records/s", "0.0123 records/s"),
    ],
)
def test_a_load_is_written_as_people_read_it(load, unit, text):
    assert format_load(load, unit) == text


@given(load=st.floats(0, 1e18), unit=st.sampled_from(LOAD_UNITS))
def test_a_load_that_was_written_reads_back_to_the_figures_shown(load, unit):
    read, read_unit = parse_load(format_load(load, unit))
    assert read_unit == unit
    assert math.isclose(read, load, rel_tol=0.05, abs_tol=1e-9)


@given(load=st.integers(0, 10**15))
def test_a_whole_number_of_records_loses_no_digit(load):
    assert parse_load(format_load(load, "records")) == (load, "records")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (12_345.0, "1,234,500.0 %"),
        (1.0, "100.0 %"),
        (0.252055, "25.2 %"),
        (0.01, "1.0 %"),
        (0.00172, "0.172 %"),
        (0.0000123456, "0.00123 %"),
        (0.0, "0 %"),
    ],
)
def test_a_share_is_written_as_a_percentage(share, text):
    assert format_share(share) == text


@pytest.mark.parametrize(
    ("one", "other", "texts"),
    [
        (0.1001, 0.1, ("10.01 %", "10.00 %")),
        (0.0017204, 0.0017201, ("0.17204 %", "0.17201 %")),
        (0.25, 0.1, ("25.0 %", "10.0 %")),
        (0.1, 0.1, ("10.0 %", "10.0 %")),
        (0.1, 0.1 + 1e-15, ("10.0 %", "10.0 %")),
    ],
)
def test_shares_that_read_alike_get_digits_until_they_differ(one, other, texts):
    assert format_shares_apart(one, other) == texts


def test_loads_that_read_alike_get_digits_until_they_differ():
    apart = format_loads_apart(20.81 * MiB, 20.79 * MiB, "bytes/s")
    assert apart == ("20.81 MiB/s", "20.79 MiB/s")
    assert format_loads_apart(2 * MiB, 3 * MiB, "bytes") == ("2.0 MiB", "3.0 MiB")
    assert format_loads_apart(5e15, 5e15 + 1, "records") == ("5e+15 records", "5e+15 records")


def test_absurd_loads_are_written_short():
    assert format_load(1.5e300, "records") == "1.5e+300 records"
    assert format_load(999_999_999_999_999, "records") == "999,999,999,999,999 records"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (2.66667, "2.667"),
        (999.4, "999.4"),
        (999.6, "1,000"),
        (10_000, "10,000"),
        (995_024.87, "995,025"),
        (-16_384, "-16,384"),
        (0.0001, "0.0001"),
        (0.0000123456, "0.00001235"),
        (1e-10, "1e-10"),
        (999_999_999_999_999, "999,999,999,999,999"),
        (1e15, "1e+15"),
    ],
)
def test_a_number_is_written_without_an_exponent_as_far_as_it_is_read(number, text):
    assert format_number(number) == text


@pytest.mark.parametrize(
    ("count", "nouns", "text"),
    [
        (0, ("broker",), "0 brokers"),
        (1, ("broker",), "1 broker"),
        (1_500, ("broker",), "1,500 brokers"),
        (1, ("retry", "retries"), "1 retry"),
        (2, ("retry", "retries"), "2 retries"),
    ],
)
def test_a_count_is_written_with_its_noun(count, nouns, text):
    assert format_count(count, *nouns) == text


def test_small_loads_and_shares_count_their_zeros():
    assert format_load(0.00000625, "records/s") == "0.00000625 records/s"
    assert format_share(8.54e-10) == "0.0000000854 %"
