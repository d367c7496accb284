"""Owners and loads of each topic's partitions, as callers write them, in; checked arrays out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing._checks import nearest
from kafka_sizing._mappings import ReadOnly
from kafka_sizing.keys.loads import checked_loads

Indices = NDArray[np.int64]
Loads = NDArray[np.float64]

NOBODY: Final = -1  # in place of the index of a member
GONE: Final = -2  # the same: one that is no member any more


def joined(by_topic: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """Put the arrays of all topics one after the other."""
    return np.concatenate(list(by_topic.values()))


def frozen_owners(
    name: str, owners: Mapping[str, ArrayLike], members: Sequence[str]
) -> Mapping[str, Indices]:
    """Copy owners into read-only arrays; refuse what is no index of a member."""
    if not owners:
        raise ValueError(f"{name} must hold at least one topic, got none")
    return ReadOnly(
        {
            topic: _frozen_indices(f"{name} of topic {topic!r}", given, len(members))
            for topic, given in owners.items()
        }
    )


def frozen_loads(
    loads: Mapping[str, ArrayLike], partitions: Mapping[str, int]
) -> Mapping[str, Loads]:
    """Copy loads into read-only arrays; refuse them unless each partition has one."""
    for topic in loads:
        if topic not in partitions:
            raise ValueError(
                f"loads must be of the topics in partitions, got {topic!r}"
                f"{nearest(topic, partitions)}"
            )
    frozen = {topic: _frozen_loads(topic, loads, count) for topic, count in partitions.items()}
    if not math.isfinite(sum(float(array.sum()) for array in frozen.values())):
        raise ValueError("loads must add up to a finite total over all topics, got inf")
    return ReadOnly(frozen)


def owners_among(
    members: Sequence[str],
    members_before: Sequence[str],
    owners_before: Mapping[str, Indices],
    partitions: Mapping[str, int],
) -> dict[str, Indices]:
    """Give owners as indices into other members; GONE where an owner is not among them.

    Topics have the numbers of ``partitions`` now; what is new belongs to NOBODY.
    """
    index = {name: at for at, name in enumerate(members)}
    now = np.array([*(index.get(name, GONE) for name in members_before), NOBODY])
    owners = {topic: np.full(count, NOBODY) for topic, count in partitions.items()}
    for topic in owners.keys() & owners_before.keys():
        seen = now[owners_before[topic][: partitions[topic]]]
        owners[topic][: seen.size] = seen
    return owners


def _frozen_indices(what: str, given: ArrayLike, members: int) -> Indices:
    array = np.array(given)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{what} must be 1-D, one for each partition, got shape {array.shape}")
    if array.dtype.kind not in "iu":
        raise ValueError(f"{what} must be whole numbers, got {given!r:.60}")
    wrong = (array < NOBODY) | (array >= members)
    if wrong.any():
        at = int(wrong.argmax())
        raise ValueError(
            f"{what} must be in -1 … {members - 1:,}, got {array[at]} at partition {at:,}"
        )
    return _read_only(array.astype(np.int64))


def _frozen_loads(topic: str, loads: Mapping[str, ArrayLike], count: int) -> Loads:
    if topic not in loads:
        raise ValueError(f"loads must hold every topic of partitions, got none for {topic!r}")
    array = checked_loads(loads[topic])
    if array.size != count:
        raise ValueError(
            f"loads of topic {topic!r} must be one for each of {count:,} partitions, "
            f"got {array.size:,}"
        )
    return _read_only(array)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
