"""What a scenario file says in; a group's lag, the verdict on it, and policies compared, out."""

from __future__ import annotations

from kafka_sizing.consumers.scenario.objective import LagObjective, LagVerdict, judge_lag
from kafka_sizing.consumers.scenario.scenario import Scenario, scenario_of

__all__ = ["LagObjective", "LagVerdict", "Scenario", "judge_lag", "scenario_of"]
