"""The names and values that are set in; those that Kafka does not know, or does not take, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from kafka_sizing.review.case import Case, NotGiven, refusal_text
from kafka_sizing.review.judging import Flaw, Judge, Outcome, named
from kafka_sizing.settings import Configuration

_SIDES: Final = ("topic", "broker", "producer", "consumer")
_ZOOKEEPER: Final = "zookeeper."  # how its properties begin


def unknown_properties(side: str, case: Case) -> Iterator[Outcome]:
    """Ask whether Kafka has a use for every name that is set."""
    for subject, configuration in _configurations(case, side):
        for name in configuration.unknown:
            if side == "broker" and name.startswith(_ZOOKEEPER):
                continue  # of those another rule tells
            yield _unknown(subject, configuration, name)


def refused_values(side: str, case: Case) -> Iterator[Outcome]:
    """Ask whether Kafka takes every value that is set."""
    for subject, configuration in _configurations(case, side):
        if side != "producer":  # of those a client refuses, another rule tells
            for name in configuration.refused:
                yield _refused(subject, name, *refusal_text(configuration, name))
    for aside in case.put_aside:
        if aside.side == side:
            yield _refused(aside.subject, aside.name, aside.summary, aside.reason)


def zookeeper_is_gone(case: Case) -> Iterator[Flaw]:
    """Ask whether brokers of 4.x are set up to start without ZooKeeper."""
    broker = case.broker
    left = [name for name in broker.given if name.startswith(_ZOOKEEPER)]
    if not left:
        return
    shown = ", ".join(broker.described(name) for name in left)
    if broker.is_set("process.roles"):
        yield Flaw(
            evidence=f"{shown}, and {broker.described('process.roles')}",
            consequence="they have no effect",
            change=f"leave {' and '.join(left)} out",
            severity="note",
            origin="set",
        )
    else:
        yield Flaw(
            evidence=f"{shown}, and process.roles is not set",
            change="move the cluster to KRaft with a release of 3.x first, then set "
            "process.roles, node.id and controller.quorum.bootstrap.servers, and leave "
            f"{' and '.join(left)} out",
            origin="set",
        )


def _refused(subject: str, name: str, summary: str, evidence: str) -> Flaw:
    return Flaw(
        subject=subject,
        summary=summary,
        evidence=evidence,
        change=f"set {name} to a value that is allowed, or leave it out",
        origin="set",
    )


def _unknown(subject: str, configuration: Configuration, name: str) -> Flaw:
    near = configuration.near(name)
    meant = f", did you mean {' or '.join(near)}?" if near else ""
    return Flaw(
        subject=subject,
        summary=f"unknown property {name}{meant}",
        evidence=f"{name}={configuration.given[name]} (set)",
        change=f"spell it {near[0]}" if near else f"leave {name} out, unless a plug-in reads it",
        severity=None if near else "note",
        origin="set",
    )


def _configurations(case: Case, side: str) -> tuple[tuple[str, Configuration], ...]:
    found = case.sides.get(side)
    if found is None:
        raise NotGiven(f"the configuration of the {side}")
    return found


def _judges() -> Mapping[str, Judge]:
    """Make a rule of each kind for each side."""
    judges: dict[str, Judge] = {}
    for kind, judge in (
        ("unknown-property", unknown_properties),
        ("refused-value", refused_values),
    ):
        for side in _SIDES:
            judges[f"{kind}-of-{side}"] = partial(judge, side)
    return {**judges, **named(zookeeper_is_gone)}


JUDGES = _judges()
