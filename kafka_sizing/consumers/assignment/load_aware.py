"""A `Group` and the loads of its partitions in; owners whose loads are alike out."""

from __future__ import annotations

from heapq import heapify, heapreplace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import ROUNDING
from kafka_sizing.consumers.assignment.group import Group
from kafka_sizing.consumers.assignment.ownership import NOBODY, Indices, Loads

_SPARED: Final = 0.05  # how much fuller than need be a member may stay, for fewer moves


def load_aware_owners(group: Group) -> Indices:
    """Even out the loads of members, not the numbers of their partitions.

    The heaviest partition goes first, each to the member with the least load so far: "longest
    processing time first", by which the fullest member has at most 4/3 of the least possible,
    if all subscribe to the same topics (R. L. Graham, Bounds on multiprocessing timing
    anomalies, 1969). If they do not, members are then relieved as long as that helps.

    With owners before, that only tells how even loads can be. Partitions stay where they are
    but for those that go, one at a time, from the fullest member of several partitions to the
    emptiest, until neither is more than 5 % off what packing anew makes of the fullest and the
    emptiest. If that cannot be reached, all are packed anew.
    """
    anew = _packed(group, np.full_like(group.owned, NOBODY))
    if not group.alike:
        anew = _relieved(group, anew, (np.inf, 0.0))
    kept = group.kept
    if (kept == NOBODY).all():
        return anew
    least, most = _extremes(group, anew)
    wanted = ((1 - _SPARED) * least, (1 + _SPARED) * most)
    relieved = _relieved(group, _packed(group, kept), wanted)
    return relieved if _lies_in(_extremes(group, relieved), wanted) else anew


def _packed(group: Group, kept: Indices) -> Indices:
    """Give what nobody has, heaviest first, to the subscriber with the least load."""
    owners = kept.copy()
    placed = kept != NOBODY
    loads = np.bincount(kept[placed], group.loads[placed], minlength=len(group.members)).tolist()
    sizes = np.bincount(kept[placed], minlength=len(group.members)).tolist()
    kinds, kind_of = np.unique(group.subscribed, axis=0, return_inverse=True)
    heaps: list[list[tuple[float, int, int]]] = [[] for _ in kinds]
    for member, kind in enumerate(kind_of.reshape(-1).tolist()):
        heaps[kind].append((loads[member], sizes[member], member))
    for heap in heaps:
        heapify(heap)
    readers = [[heap for heap, reads in zip(heaps, row, strict=True) if reads] for row in kinds.T]
    topic_of = group.topic_of.tolist()
    weights = group.loads.tolist()
    for partition in np.argsort(-group.loads, kind="stable").tolist():
        if owners[partition] == NOBODY:
            heap = min(readers[topic_of[partition]], key=lambda heap: heap[0])
            load, size, member = heap[0]
            owners[partition] = member
            heapreplace(heap, (load + weights[partition], size + 1, member))
    return owners


def _relieved(group: Group, owners: Indices, wanted: tuple[float, float]) -> Indices:
    """Relieve the fullest until loads lie in the wanted range, or nothing helps any more."""
    owners = owners.copy()
    while not _lies_in(_extremes(group, owners), wanted):
        loads = _member_loads(group, owners)
        giver = int(np.where(_has_several(group, owners), loads, -1.0).argmax())
        if not _relieve(group, owners, loads, giver):
            break
    return owners


def _relieve(group: Group, owners: Indices, loads: Loads, giver: int) -> bool:
    """Let a member give one partition to the emptiest that helps, perhaps for a lighter one."""
    topic_of = group.topic_of
    for taker in np.argsort(loads, kind="stable").tolist():
        gives = np.flatnonzero((owners == giver) & group.subscribed[taker, topic_of])
        takes = np.flatnonzero((owners == taker) & group.subscribed[giver, topic_of])
        takes = takes[np.argsort(group.loads[takes], kind="stable")]
        returns = np.concatenate([[0.0], group.loads[takes]])  # 0.0: nothing comes back
        gap = loads[giver] - loads[taker]
        wanted = group.loads[gives] - gap / 2  # what should come back for each
        above = np.searchsorted(returns, wanted)
        nearest = np.clip([above - 1, above], 0, takes.size)
        miss = np.abs(returns[nearest] - wanted)
        if miss.min(initial=np.inf) < gap / 2 - ROUNDING * loads[giver]:
            side, gift = np.unravel_index(int(miss.argmin()), miss.shape)
            back = nearest[side, gift]
            owners[gives[gift]] = taker
            owners[takes[back - 1 : back]] = giver  # none for 0
            return True
    return False


def _extremes(group: Group, owners: Indices) -> tuple[float, float]:
    """Give the least load, and the largest of a member that could share it."""
    loads = _member_loads(group, owners)
    return float(loads.min()), float(loads[_has_several(group, owners)].max(initial=0.0))


def _lies_in(loads: tuple[float, float], wanted: tuple[float, float]) -> bool:
    return wanted[0] <= loads[0] and loads[1] <= wanted[1]


def _has_several(group: Group, owners: Indices) -> NDArray[np.bool_]:
    return np.bincount(owners, minlength=len(group.members)) > 1


def _member_loads(group: Group, owners: Indices) -> Loads:
    return np.bincount(owners, group.loads, minlength=len(group.members)).astype(np.float64)
