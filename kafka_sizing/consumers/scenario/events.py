"""The tables ``[[event]]`` of a scenario in; what happens to the group, in order of time, out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_share
from kafka_sizing.consumers.simulation import (
    Crash,
    Deployment,
    Event,
    Join,
    Leave,
    PartitionIncrease,
    PoisonRecord,
    SharesChange,
    Slowdown,
    Stuck,
)
from kafka_sizing.consumers.simulation.events import check_event, most_members
from kafka_sizing.toml.section import Key, Section, sections
from kafka_sizing.toml.values import (
    choice,
    count,
    duration,
    number,
    numbers,
    shown,
)

_AT: Final = {"at": Key("at_s", duration)}
_MEMBER: Final = {"member": Key("member", count)}
_FOR: Final = {"for": Key("for_s", duration)}

# Those that mean the same whatever the shares of the partitions are at the time.
_PLAIN: Final[dict[str, tuple[Callable[..., Event], dict[str, Key]]]] = {
    "join": (Join, _AT),
    "leave": (Leave, _AT | _MEMBER),
    "crash": (
        Crash,
        _AT | _MEMBER | {"back_after": Key("back_after_s", duration, required=False)},
    ),
    "stuck": (Stuck, _AT | _MEMBER | _FOR),
    "deployment": (
        Deployment,
        _AT
        | {
            "restart": Key("restart_s", duration),
            "pause": Key("pause_s", duration, required=False),
        },
    ),
    "slowdown": (
        Slowdown,
        _AT
        | _FOR
        | {
            "capacity": Key("capacity_fraction", number, required=False),
            "member": Key("member", count, required=False),
        },
    ),
    "poison record": (
        PoisonRecord,
        _AT
        | {
            "partition": Key("partition", count),
            "for": Key("for_s", duration, required=False),
        },
    ),
}
_HOT: Final = _AT | {"partition": Key("partition", count), "share": Key("share", number)}
_SHARES: Final = _AT | {"shares": Key("shares", numbers)}
_MORE: Final = _AT | {
    "partitions": Key("partitions", count, required=False),
    "shares": Key("shares", numbers, required=False),
}
_OF_SHARES: Final = {"hot key": _HOT, "shares": _SHARES, "partitions": _MORE}
_KINDS: Final = (*_PLAIN, *_OF_SHARES)


def events_of(
    given: object, shares: NDArray[np.float64], *, members: int, ends_s: float
) -> tuple[Event, ...]:
    """Read what happens; the shares of the start are those a hot key is reckoned from.

    ``members`` are the most there may be without those that join.
    """
    read = [_kind_of(Section(where, table)) for where, table in sections("[[event]]", given)]
    for _, section, _ in read:
        check_before_end(section, ends_s)
    read.sort(key=lambda event: event[2])
    events: list[Event] = []
    for kind, section, _ in read:
        event = _event(kind, section, shares)
        if isinstance(event, SharesChange | PartitionIncrease):
            shares = np.asarray(event.shares)
        events.append(event)
    most = most_members(events, members)
    for event, (_, section, _) in zip(events, read, strict=True):
        with section.naming({"member": "member", "partition": "partition"}):
            check_event(event, members=most, partitions=shares.size, duration_s=ends_s)
    return tuple(events)


def check_before_end(section: Section, ends_s: float) -> None:
    """Refuse what would happen when nobody looks any more."""
    if section.read("at", duration) >= ends_s:
        came = shown(section.values["at"])
        raise section.wrong("at", f"must be before the scenario ends, got {came}")


def _kind_of(section: Section) -> tuple[str, Section, float]:
    """Tell the kind of an event and when it is; refuse keys that do not go with it."""
    kind = section.read("kind", choice(_KINDS))
    keys = _OF_SHARES[kind] if kind in _OF_SHARES else _PLAIN[kind][1]
    named = Section(f"{section.where} ({kind})", section.values)
    named.check_keys(("kind", *keys))
    return kind, named, named.read("at", duration)


def _event(kind: str, section: Section, shares: NDArray[np.float64]) -> Event:
    if kind in _PLAIN:
        make, keys = _PLAIN[kind]
        return section.made(make, keys)
    if kind == "hot key":
        return section.made(lambda **given: _hot_key(shares, **given), _HOT)
    if kind == "shares":
        return section.made(SharesChange, _SHARES)
    section.one_of("partitions", "shares")
    return section.made(_more_partitions, _MORE)


def _hot_key(
    before: NDArray[np.float64], *, at_s: float, partition: int, share: float
) -> SharesChange:
    """Give one partition a share; the others divide the rest as they did before."""
    check_count("partition", partition, least=0, most=before.size - 1)
    check_share("share", share)
    others = before.copy()
    others[partition] = 0.0
    rest = others.sum()
    if not rest and share < 1:
        raise ValueError(f"share must be 1 where no other partition has any, got {share:g}")
    shares = others * ((1 - share) / rest) if rest else others
    shares[partition] = share
    return SharesChange(at_s=at_s, shares=shares)


def _more_partitions(
    *, at_s: float, partitions: int | None = None, shares: Any = None
) -> PartitionIncrease:
    """Add partitions: all alike from then on, or with the shares given."""
    if partitions is not None:
        shares = np.full(check_count("partitions", partitions), 1 / partitions)
    return PartitionIncrease(at_s=at_s, shares=shares)
