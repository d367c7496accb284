"""What a scenario file says, as a mapping, in; a `Scenario` that can be played out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing.consumers.assignment import ASSIGNORS
from kafka_sizing.consumers.rebalance.assignors import assignor_under
from kafka_sizing.consumers.rebalance.detection import Membership, Protocol
from kafka_sizing.consumers.scaling import FixedMembers, ScalingPolicy
from kafka_sizing.consumers.scaling.comparison import (
    PolicyComparison,
    compare_policies,
    starting_members,
)
from kafka_sizing.consumers.scenario.arrivals import ReadTrace, arrivals_of
from kafka_sizing.consumers.scenario.events import events_of
from kafka_sizing.consumers.scenario.objective import LagObjective, LagVerdict, judge_lag
from kafka_sizing.consumers.scenario.policies import policies_of
from kafka_sizing.consumers.scenario.settings import settings_of
from kafka_sizing.consumers.settings import ConsumerSettings
from kafka_sizing.consumers.simulation import (
    Arrivals,
    Event,
    LagSimulation,
    MemberCapacity,
    simulate_lag,
)
from kafka_sizing.consumers.simulation.events import checked_shares
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.toml.section import Key, Section
from kafka_sizing.toml.values import (
    choice,
    count,
    duration,
    number,
    numbers,
    positive,
    rate,
    records,
    records_each,
    text,
)

_PROTOCOL: Final[Protocol] = "cooperative"

PlaceKeys = Callable[[int], PartitionLoads]  # how many partitions there are, in

_TOP: Final = {
    "title": Key("title", text, required=False),
    "duration": Key("duration_s", positive(duration)),
    "step": Key("step_s", positive(duration), required=False),
}
_TABLES: Final = (
    "topic",
    "arrivals",
    "group",
    "member",
    "settings",
    "event",
    "policy",
    "objective",
)
_STEPS_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3_600.0)
_CELLS: Final = 5_000_000  # 80 MB a simulation; a comparison holds several
_NEEDED: Final = ("topic", "arrivals", "group", "member")
_TOPIC: Final = ("partitions", "shares", "retention")
_MEMBER: Final = {
    "rate": Key("records_per_s", rate),
    "cpu": Key("cpu_fraction", number, required=False),
    "start": Key("start_s", duration, required=False),
}
_GROUP: Final = {
    "members": Key("members", positive(count)),
    "protocol": Key("protocol", choice(get_args(Protocol)), required=False),
    "membership": Key("membership", choice(get_args(Membership)), required=False),
    "assignor": Key("assignor", choice(ASSIGNORS), required=False),
    "barrier": Key("barrier_s", duration, required=False),
    "restore": Key("restore_s", duration, required=False),
    "initial_lag": Key("initial_lag_records", records_each, required=False),
}
_OBJECTIVE: Final = {
    "lag": Key("lag_records", records, required=False),
    "oldest_unread": Key("oldest_unread_s", duration, required=False),
    "except_for": Key("except_for_s", duration, required=False),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenario:
    """A topic, a group and what befalls them: all that a simulation needs, as one thing.

    The fields are the arguments of `simulate_lag`, by the same names; `scenario_of` reads them
    from what a TOML file says.
    """

    arrivals: Arrivals
    shares: NDArray[np.float64]  #: (partitions,) part of the arrivals that each one takes
    member: MemberCapacity
    members: int
    duration_s: float
    step_s: float = 1.0
    title: str = ""
    protocol: Protocol = _PROTOCOL
    membership: Membership = "dynamic"
    assignor: str | None = None
    settings: ConsumerSettings = field(default_factory=ConsumerSettings)
    barrier_s: float | None = None
    restore_s: float = 0.0
    events: tuple[Event, ...] = ()
    retention_s: float | None = None
    initial_lag_records: ArrayLike = 0.0
    objective: LagObjective | None = None
    policy: ScalingPolicy | None = None  #: what scales the group; None: nothing does
    policies: tuple[ScalingPolicy, ...] = ()  #: what `compare` compares

    def __post_init__(self) -> None:
        """Freeze the shares."""
        object.__setattr__(self, "shares", checked_shares(self.shares))

    @property
    def partitions(self) -> int:
        """How many partitions the topic begins with."""
        return int(self.shares.size)

    def simulate(self) -> LagSimulation:
        """Play the group through the scenario.

        Returns
        -------
        LagSimulation
            Its lag over time, under ``policy`` if there is one.
        """
        return simulate_lag(
            self.arrivals,
            member=self.member,
            members=self.members,
            duration_s=self.duration_s,
            policy=self.policy,
            **self._options(),
        )

    def judge(self, simulation: LagSimulation) -> LagVerdict:
        """Hold a simulation of this scenario against its objective."""
        return judge_lag(simulation, self.objective)

    def compare(self, simulation: LagSimulation | None = None) -> PolicyComparison:
        """Play the scenario with as many members as it has, and with each of its policies.

        Parameters
        ----------
        simulation : LagSimulation, optional
            What `simulate` gave, so that ``policy`` is not played again.

        Returns
        -------
        PolicyComparison
            The group as it is comes first, unless a policy says the same. Only the outcome of
            the best policy keeps its simulation.

        Raises
        ------
        ValueError
            If there is no policy, or no objective to compare them by.
        """
        if not self.policies:
            raise ValueError("policies must hold at least one to compare, got none")
        if self.objective is None:
            raise ValueError("objective must be given to compare policies by, got none")
        as_is = FixedMembers(self.members)
        names = [policy.name for policy in self.policies]
        first = () if as_is.name in names else (as_is,)
        played = {}
        policy = self.policy
        if policy is not None and starting_members(policy, self.members) != self.members:
            policy = None  # in a comparison it starts with another number
        if simulation is not None and policy is not None:
            played[policy.name] = simulation
        return compare_policies(
            [*first, *self.policies],
            self.arrivals,
            member=self.member,
            members=self.members,
            duration_s=self.duration_s,
            lag_objective_records=self.objective.lag_records,
            lag_objective_s=self.objective.oldest_unread_s,
            allowed_fraction=self.objective.except_for_s / self.duration_s,
            keep="best",
            played=played,
            **self._options(),
        )

    def __repr__(self) -> str:
        """Say how large it is and how long."""
        return (
            f"Scenario(partitions={self.partitions:,}, members={self.members:,}, "
            f"duration_s={self.duration_s:,g}, events={len(self.events):,}, "
            f"policies={len(self.policies):,})"
        )

    def _options(self) -> Any:
        return {
            "shares": self.shares,
            "step_s": self.step_s,
            "protocol": self.protocol,
            "membership": self.membership,
            "assignor": self.assignor,
            "settings": self.settings,
            "barrier_s": self.barrier_s,
            "restore_s": self.restore_s,
            "events": self.events,
            "retention_s": self.retention_s,
            "initial_lag_records": self.initial_lag_records,
        }


def scenario_of(
    given: Mapping[str, Any],
    *,
    read_trace: ReadTrace | None = None,
    place_keys: PlaceKeys | None = None,
) -> Scenario:
    """Read a scenario from what a TOML file says.

    The tables are ``[topic]``, ``[arrivals]``, ``[group]`` and ``[member]``, and if wanted
    ``[settings]``, ``[[event]]``, ``[[policy]]`` and ``[objective]``; beside them stand
    ``duration``, ``step`` and ``title``. Values are text with a unit: ``"5000 records/s"``,
    ``"10 min"``. Settings of Kafka, KEDA and Kubernetes have the names they have there. Without
    a ``step`` it is 1 s, or more where that makes more than 5 million rows times partitions.

    Parameters
    ----------
    given : mapping
        What `tomllib.load` gives.
    read_trace : callable, optional
        Reads the file that ``trace`` of ``[arrivals]`` names, as `read_arrivals` does, which
        takes its name and ``most_gap_s``; without it the rates must stand in the scenario itself.
    place_keys : callable, optional
        Takes the number of partitions, gives what each carries, such as
        ``lambda partitions: place(keys, partitions)``; without it, and without ``shares``, all
        partitions carry the same.

    Returns
    -------
    Scenario
        The same, checked: ``simulate`` and ``compare`` play it out.

    Raises
    ------
    ValueError
        If a table or key is missing or not known, or a value has another type or unit than it
        should; the message is one line that names table and key.

    Examples
    --------
    >>> import tomllib
    >>> from kafka_sizing.consumers.scenario import scenario_of
    >>> text = '''
    ... duration = "1 h"
    ... topic = { partitions = 12 }
    ... arrivals = { rate = "1000 records/s" }
    ... group = { members = 6 }
    ... member = { rate = "250 records/s" }
    ...
    ... [[event]]
    ... kind = "slowdown"
    ... at = "10 min"
    ... for = "10 min"
    ... '''
    >>> scenario = scenario_of(tomllib.loads(text))
    >>> round(scenario.simulate().peak_lag_records)
    600000
    """
    top = Section.of("the scenario", given, (*_TOP, *_TABLES))
    missing = next((table for table in _NEEDED if table not in given), None)
    if missing is not None:
        raise ValueError(f"the scenario must hold a table [{missing}], got none")
    general = top.arguments(_TOP)
    if general.get("step_s", 0.0) > general["duration_s"]:
        raise ValueError(
            f"{top.where} step must be at most the duration, {given['duration']!r}, "
            f"got {given['step']!r}"
        )
    topic = Section.of("[topic]", given["topic"], _TOPIC)
    group = Section.of("[group]", given["group"], (*_GROUP, "policy"))
    shares = _shares(topic, place_keys)
    policies = policies_of(given.get("policy", []))
    policy = _chosen(group, policies)
    rules = _group(group, shares.size)
    most = max(rules["members"], 0 if policy is None else policy.most)
    general.setdefault("step_s", _step_for(general["duration_s"] * shares.size))
    return Scenario(
        arrivals=arrivals_of(given["arrivals"], read_trace, ends_s=general["duration_s"]),
        shares=shares,
        member=Section.of("[member]", given["member"], _MEMBER).made(MemberCapacity, _MEMBER),
        settings=settings_of(given.get("settings", {})),
        events=events_of(
            given.get("event", []), shares, members=most, ends_s=general["duration_s"]
        ),
        retention_s=topic.optional("retention", positive(duration)),
        objective=_objective(given, general["duration_s"]),
        policy=policy,
        policies=policies,
        **rules,
        **general,
    )


def _step_for(partition_seconds: float) -> float:
    """Choose a step that keeps rows times partitions to what is quick to play and to read."""
    return next((step for step in _STEPS_S if partition_seconds / step <= _CELLS), _STEPS_S[-1])


def _shares(topic: Section, place_keys: PlaceKeys | None) -> NDArray[np.float64]:
    """Give the part of the arrivals that each partition takes."""
    if topic.one_of("partitions", "shares") == "shares":
        if place_keys is not None:
            raise ValueError(
                f"{topic.where} must hold partitions for keys to be placed on, got shares"
            )
        return topic.made(checked_shares, {"shares": Key("shares", numbers)})
    partitions = topic.read("partitions", positive(count))
    if place_keys is not None:
        return checked_shares(place_keys(partitions))
    return np.full(partitions, 1 / partitions)


def _group(group: Section, partitions: int) -> dict[str, Any]:
    """Read how large the group is, by which rules it rebalances, and what waits for it."""
    arguments = group.arguments(_GROUP)
    waiting = arguments.get("initial_lag_records")
    if isinstance(waiting, list) and len(waiting) != partitions:
        raise ValueError(
            f"{group.where} initial_lag must be one amount, or one for each of {partitions:,} "
            f"partitions, got {len(waiting):,}"
        )
    with group.naming({"assignor": "assignor"}):
        assignor_under(arguments.get("protocol", _PROTOCOL), arguments.get("assignor"))
    return arguments


def _objective(given: Mapping[str, Any], duration_s: float) -> LagObjective | None:
    if "objective" not in given:
        return None
    section = Section.of("[objective]", given["objective"], _OBJECTIVE)
    objective = section.made(LagObjective, _OBJECTIVE)
    if objective.except_for_s >= duration_s:
        raise ValueError(
            f"{section.where} except_for must be below the duration, {given['duration']!r}, "
            f"got {section.values['except_for']!r}"
        )
    return objective


def _chosen(group: Section, policies: tuple[ScalingPolicy, ...]) -> ScalingPolicy | None:
    """Find the policy that scales the group, by its name."""
    if "policy" not in group:
        return None
    if not policies:
        raise ValueError(
            f"{group.where} policy must be the name of a [[policy]], got none of them"
        )
    name = group.read("policy", choice([policy.name for policy in policies]))
    return next(policy for policy in policies if policy.name == name)
