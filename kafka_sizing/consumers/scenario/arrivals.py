"""The table ``[arrivals]`` of a scenario in; `Arrivals` out."""

from __future__ import annotations

from typing import Final, Protocol

from kafka_sizing.consumers.scenario.events import check_before_end
from kafka_sizing.consumers.simulation import Arrivals
from kafka_sizing.toml.section import Key, Section, sections
from kafka_sizing.toml.values import duration, number, positive, rate, shown


class ReadTrace(Protocol):
    """What reads a file of rates, such as `read_arrivals` does."""

    def __call__(self, name: str, /, *, most_gap_s: float | None) -> Arrivals:
        """Read the file of a name, as the scenario has it; refuse a longer gap than that."""


_DAILY: Final = {
    "mean": Key("mean_records_per_s", rate),
    "peak_ratio": Key("peak_ratio", number),
    "peak_at": Key("peak_at_s", duration, required=False),
    "begins_at": Key("begins_at_s", duration, required=False),
}
_POINT: Final = {"at": Key("at_s", duration), "rate": Key("records_per_s", rate)}
_BURST: Final = {
    "at": Key("at_s", duration),
    "for": Key("for_s", duration),
    "ratio": Key("ratio", number),
}
_WAYS: Final = ("rate", "daily", "trace")


def arrivals_of(given: object, read_trace: ReadTrace | None, *, ends_s: float) -> Arrivals:
    """Read what is written to the topic: a rate, a day or a trace; and its bursts."""
    section = Section.of("[arrivals]", given, (*_WAYS, "most_gap", "burst"))
    way = section.one_of(*_WAYS)
    if "most_gap" in section and way != "trace":
        raise section.wrong("most_gap", f"must stand beside trace only, got it beside {way}")
    if way == "rate":
        arrivals = section.made(Arrivals.steady, {"rate": Key("records_per_s", rate)})
    elif way == "daily":
        arrivals = section.part("daily", _DAILY).made(_daily, _DAILY)
    else:
        arrivals = _trace(section, read_trace)
    for where, table in sections("[[arrivals.burst]]", section.values.get("burst", [])):
        burst = Section.of(where, table, _BURST)
        check_before_end(burst, ends_s)
        arrivals = burst.made(arrivals.with_burst, _BURST)
    return arrivals


def _daily(
    mean_records_per_s: float,
    *,
    peak_ratio: float,
    peak_at_s: float = 14 * 3_600.0,
    begins_at_s: float = 0.0,
) -> Arrivals:
    """Let a day begin at another time than midnight."""
    return Arrivals.daily(
        mean_records_per_s, peak_ratio=peak_ratio, peak_at_s=peak_at_s - begins_at_s
    )


def _trace(section: Section, read_trace: ReadTrace | None) -> Arrivals:
    """Take rates that stand in the scenario, or in a file that it names."""
    given = section.values["trace"]
    most_gap_s = section.optional("most_gap", positive(duration))
    if isinstance(given, str):
        if read_trace is None:
            raise ValueError(
                f"{section.where} trace names a file, {shown(given)}: "
                "read_trace must be given to read it"
            )
        return read_trace(given, most_gap_s=most_gap_s)
    if not isinstance(given, list) or not given:
        raise ValueError(
            f"{section.where} trace must be a list such as "
            "[{ at = '0 s', rate = '100 records/s' }], or the name of a file, "
            f"got {shown(given)}"
        )
    points = [
        Section.of(f"{section.where} trace {at}", point, _POINT).arguments(_POINT)
        for at, point in enumerate(given, start=1)
    ]
    if points[0]["at_s"]:
        raise section.wrong(
            "trace",
            f"must begin at '0 s', the start of the scenario, got {shown(given[0]['at'])}",
        )
    with section.naming({"times_s": "trace", "records_per_s": "trace"}):
        return Arrivals.trace(
            [point["at_s"] for point in points],
            [point["records_per_s"] for point in points],
            most_gap_s=most_gap_s,
        )
