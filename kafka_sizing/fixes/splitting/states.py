"""How often keys are written and how they are split in; the states that readers hold out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kafka_sizing._checks import check_count
from kafka_sizing.keys.loads import checked_loads

PAIRS_MARKED: Final = 2**28  # keys × partitions with a mark each; more are sorted


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCosts:
    """What readers hold and merge when keys lie on several partitions."""

    keys: int  #: keys with at least one record
    states: float  #: pairs of key and partition that hold something, at most
    most_fan_in: int  #: partitions to read for all of one key, at most

    @property
    def states_per_key(self) -> float:
        """Memory, as a multiple of what whole keys take; 1 without keys."""
        return self.states / self.keys if self.keys else 1.0

    @property
    def merges(self) -> float:
        """Partial results to add to another, for one result per key."""
        return self.states - self.keys

    @property
    def reason(self) -> str:
        """The states per key, in words."""
        return (
            f"at most {self.states:,.0f} states for {self.keys:,} keys, "
            f"{self.states_per_key:.3g} per key, {self.merges:,.0f} of them to merge into another"
        )


def state_costs(
    records_by_key: ArrayLike,
    *,
    tail_choices: int = 1,
    head_keys: int = 0,
    head_choices: int | None = None,
) -> StateCosts:
    """Count the states of keys that are split: sum over keys of min(records, choices).

    The heaviest ``head_keys`` have ``head_choices`` partitions each, the others
    ``tail_choices``. N choices for all is what shuffling takes, 2 partial key grouping; with
    more for the head they are N H + 2 (K - H) of W-Choices and d H + 2 (K - H) of D-Choices
    (Nasir et al., ICDE 2016), less where a key has fewer records than choices.

    Parameters
    ----------
    records_by_key : array_like of float
        How many records each key has; below 1 it counts as the chance of one. >= 0
    tail_choices : int, default 1
        On how many partitions a key may lie. >= 1
    head_keys : int, default 0
        How many of the heaviest keys have more. >= 0
    head_choices : int, optional
        On how many partitions those may lie; ``tail_choices`` if not given. >= 1

    Returns
    -------
    StateCosts
        Keys, states, and the fan-in of a reader.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from kafka_sizing.fixes.splitting import state_costs
    >>> state_costs([50, 3, 1], tail_choices=2).states
    5.0
    >>> state_costs([50, 3, 1], tail_choices=2, head_keys=1, head_choices=12).states
    15.0
    """
    records = np.sort(checked_loads(records_by_key))[::-1]
    tail = check_count("tail_choices", tail_choices)
    heavy = check_count("head_keys", head_keys, least=0)
    head = tail if head_choices is None else check_count("head_choices", head_choices)
    choices = np.where(np.arange(records.size) < heavy, head, tail)
    return StateCosts(
        keys=int(np.count_nonzero(records)),
        states=float(np.minimum(records, choices).sum()),
        most_fan_in=int(np.minimum(np.ceil(records), choices).max(initial=0)),
    )


def states_of(stream: NDArray[np.int32], placed: NDArray[np.int32], partitions: int) -> StateCosts:
    """Count the distinct pairs of key and partition."""
    keys = int(stream.max()) + 1
    pairs = stream.astype(np.int64) * partitions + placed
    if keys * partitions <= PAIRS_MARKED:
        marked = np.zeros(keys * partitions, dtype=np.bool_)
        marked[pairs] = True
        held = marked.reshape(keys, partitions).sum(axis=1)
    else:
        held = np.bincount(np.unique(pairs) // partitions, minlength=keys)
    return StateCosts(
        keys=int(np.count_nonzero(held)),
        states=float(held.sum()),
        most_fan_in=int(held.max()),
    )
