"""A `Scenario` in; what it takes for granted, in words, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from kafka_sizing.consumers.scenario import Scenario
from kafka_sizing.consumers.settings import ConsumerSettings, default_of
from kafka_sizing.units import format_duration, format_share


def scenario_inputs(scenario: Scenario) -> dict[str, str]:
    """Name what a scenario says of the group and its members.

    Parameters
    ----------
    scenario : Scenario
        As `scenario_of` gives it.

    Returns
    -------
    dict of str to str
        Names and values, for the inputs of a report; what a simulation itself knows is left
        out.

    Examples
    --------
    >>> from kafka_sizing.consumers.scenario import scenario_of
    >>> from kafka_sizing.report.lag_inputs import scenario_inputs
    >>> scenario = scenario_of(
    ...     {
    ...         "duration": "1 h",
    ...         "topic": {"partitions": 12},
    ...         "arrivals": {"rate": "1000 records/s"},
    ...         "group": {"members": 6},
    ...         "member": {"rate": "250 records/s", "start": "40 s"},
    ...         "settings": {"session": {"timeout": {"ms": 10_000}}},
    ...     }
    ... )
    >>> scenario_inputs(scenario)["set otherwise than by default"]
    'session.timeout.ms 10 s'
    """
    return dict(_inputs(scenario))


def _inputs(scenario: Scenario) -> Iterator[tuple[str, str]]:
    members = f"{scenario.members:,} member{'s' if scenario.members > 1 else ''}"
    rules = f"{scenario.protocol} protocol, {scenario.membership} membership"
    yield "group", f"{members}, {rules}"
    if scenario.assignor is not None:
        yield "assignor", scenario.assignor
    for name, seconds in (("restore", scenario.restore_s), ("barrier", scenario.barrier_s)):
        if seconds:
            yield name, format_duration(seconds)
    if scenario.policy is not None:
        yield "scaled by", scenario.policy.name
    member = scenario.member
    yield "start of a member", format_duration(member.start_s)
    yield "CPU of a member at capacity", format_share(member.cpu_fraction)
    changed = ", ".join(_changed(scenario.settings))
    if changed:
        yield "set otherwise than by default", changed


def _changed(settings: ConsumerSettings) -> Iterator[str]:
    """Give the settings that are not Kafka's defaults."""
    for each in fields(settings):
        name, value = each.metadata["property"], getattr(settings, each.name)
        if value != default_of(name).value:
            yield f"{name} {format_duration(value) if name.endswith('.ms') else f'{value:,}'}"
