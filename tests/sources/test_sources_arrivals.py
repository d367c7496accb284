"""A file of rates becomes arrivals, or one line that says what is wrong with it."""

from __future__ import annotations

import pytest

from kafka_sizing.sources.arrivals import read_arrivals


@pytest.fixture
def file(tmp_path):
    def write(text, name="traffic.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("time_s,records_per_s\n0,100\n60,300\n", id="seconds"),
        pytest.param("Time , Value\n1790000000,100\n1790000060,300\n", id="epoch"),
        pytest.param("timestamp,rate\n1790000000000,100\n1790000060000,300\n", id="epoch in ms"),
        pytest.param(
            'time,host,value\n2026-11-02T10:00:00Z,"a,b",100\n2026-11-02T11:01:00+01:00,c,3e2\n',
            id="ISO 8601",
        ),
        pytest.param("\ufefftime_s,records_per_s\r\n\r\n5,100\r\n65,300\r\n", id="Windows"),
    ],
)
def test_rates_hold_from_each_time_to_the_next(file, text):
    arrivals = read_arrivals(file(text))
    assert arrivals.times_s.tolist() == [0, 60]
    assert arrivals.records_per_s.tolist() == [100, 300]
    assert arrivals.repeat_s is None


def test_our_own_names_come_before_others(file):
    arrivals = read_arrivals(file("time,time_s,value,records_per_s\nx,0,y,7\n"))
    assert arrivals.records_per_s.tolist() == [7]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must hold a header and at least one row, got 0 rows"),
        ("time_s,records_per_s\n", "must hold a header and at least one row, got 1 rows"),
        ("a,b\n0,1\n", "must have a column time_s or time or timestamp, got a, b"),
        ("time_s,b\n0,1\n", "must have a column records_per_s or rate or value, got time_s, b"),
        ("time_s,value\n0,1\n1\n", "line 3: must have 2 columns as the header has, got 1"),
        ("time_s,value\nsoon,1\n", "line 2, column time_s: must be a time, got 'soon'"),
        ("time_s,value\n0,fast\n", "line 2, column value: must be a rate >= 0, got 'fast'"),
        ("time_s,value\n0,nan\n", "line 2, column value: must be a rate >= 0, got 'nan'"),
        ("time_s,value\n0,-1\n", "line 2, column value: must be a rate >= 0, got '-1'"),
        (
            "time_s,value\n5,1\n6,1\n\n 6 ,1\n",
            "traffic.csv, line 5, column time_s: must be later than the row before, '6', got '6'",
        ),
        (
            "time,value\n2026-11-02T10:00Z,1\n2026-11-02T09:59Z,1\n",
            "line 3, column time: must be later than .*10:00Z', got '2026-11-02T09:59Z'",
        ),
        (b"time_s,value\n\xff,1\n", "must be UTF-8, got byte 0xff"),
        ('time_s,value\n"0"x,1\n', "must be CSV, got: "),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_one_line(file, text, message):
    path = file(text)
    with pytest.raises(ValueError, match=message) as error:
        read_arrivals(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def minutes(*numbers):
    return "time_s,value\n" + "".join(f"{60 * number},1\n" for number in numbers)


def test_a_hole_in_what_was_measured_is_refused_with_its_line(file):
    # 0 … 9 min, then 2 h: line 12 is the first after the hole, of 120 − 9 = 111 min
    with pytest.raises(ValueError, match=r"traffic.csv, line 12, column time_s: ") as error:
        read_arrivals(file(minutes(*range(10), 120, 121)))
    assert str(error.value).endswith(
        "must be at most 2 min 30 s after the row before, 2.5 times the usual step, got "
        "1 h 51 min (most_gap in a scenario, or most_gap_s, allows longer ones)"
    )


def test_a_sample_that_is_missing_is_no_hole_and_few_rows_have_no_usual_step(file):
    assert read_arrivals(file(minutes(0, 1, 2, 4, 5))).times_s.tolist() == [0, 60, 120, 240, 300]
    assert read_arrivals(file(minutes(0, 1, 2, 120))).times_s[-1] == 7_200
    assert read_arrivals(file(minutes(3))).times_s.tolist() == [0]


def test_how_long_a_rate_may_stand_can_be_said(file):
    text = minutes(*range(10), 120)
    assert read_arrivals(file(text), most_gap_s=7_200).times_s[-1] == 7_200
    with pytest.raises(ValueError, match=r"at most 59 s after the row before, got 1 min$"):
        read_arrivals(file(minutes(0, 1)), most_gap_s=59)
    with pytest.raises(ValueError, match="most_gap_s must be finite and > 0, got 0"):
        read_arrivals(file(text), most_gap_s=0)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_arrivals(tmp_path / "none.csv")
