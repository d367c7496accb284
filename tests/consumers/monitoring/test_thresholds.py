"""The lines that monitoring draws: each says what it is, why, and is drawn somewhere."""

from importlib.resources import files

import pytest

from kafka_sizing.consumers.monitoring import thresholds


@pytest.mark.parametrize("name", sorted(thresholds()))
def test_every_line_has_a_unit_a_kind_a_reason_and_a_source(name):
    line = thresholds()[name]
    assert line.name == name
    assert line.value >= 0
    assert line.kind in ("exact", "rule")
    assert line.unit in ("commits", "intervals", "moments", "points", "ratio", "records", "s",
                         "share", "stops")  # fmt: skip
    assert line.reason
    assert line.source
    assert line.date


@pytest.mark.parametrize("name", sorted(thresholds()))
def test_every_line_is_drawn(name):
    room = files("kafka_sizing.consumers.monitoring")
    modules = [path for path in room.iterdir() if path.name.endswith(".py")]
    assert any(f'threshold("{name}")' in path.read_text(encoding="utf-8") for path in modules)


def test_lines_of_burrow_and_kafka_lag_exporter_are_theirs():
    exact = {name: line.value for name, line in thresholds().items() if line.kind == "exact"}
    assert exact == {
        "burrow_window_commits": 10,
        "burrow_allowed_lag_records": 0,
        "exporter_points": 60,
    }
