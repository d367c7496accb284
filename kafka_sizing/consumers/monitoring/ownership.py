"""Who owned each partition at each moment in; the moments at which a rebalance showed out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.consumers.monitoring.samples import NOBODY
from kafka_sizing.consumers.monitoring.thresholds import threshold

Owners = NDArray[np.int64]


def last_owners(owner: Owners) -> Owners:
    """Fill in who owned each partition last, while nobody does for a time.

    Kafka tells of no owner while a rebalance is under way. What nobody owns from a moment on
    stays nobody's, as does what nobody owned so far.

    Parameters
    ----------
    owner : (moments, partitions) whole numbers
        Who was seen to own each partition; -1: nobody.

    Returns
    -------
    (moments, partitions) whole numbers
        The same, with the last owner where there is one again later.

    Examples
    --------
    >>> import numpy as np
    >>> from kafka_sizing.consumers.monitoring.ownership import last_owners
    >>> last_owners(np.array([-1, 3, -1, -1, 5, -1])[:, None])[:, 0].tolist()
    [-1, 3, 3, 3, 5, -1]
    """
    moments = np.arange(owner.shape[0])[:, None]
    had = owner != NOBODY
    last = np.maximum.accumulate(np.where(had, moments, 0), axis=0)
    filled = np.take_along_axis(owner, last, axis=0)
    has_again = np.logical_or.accumulate(had[::-1], axis=0)[::-1]
    return np.where(has_again, filled, NOBODY)


def rebalancing(owner: Owners) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark the moments at which a rebalance shows for the first time, and those in one.

    A partition has another owner than it had last; or most of them that had one have none, and
    get one again. A time without owners, and what it changes, are one rebalance.

    Parameters
    ----------
    owner : (moments, partitions) whole numbers
        Who was seen to own each partition; -1: nobody.

    Returns
    -------
    two arrays (moments,) of bool
        Whether a rebalance shows first, and whether one is under way, or just over.

    Examples
    --------
    >>> import numpy as np
    >>> from kafka_sizing.consumers.monitoring.ownership import rebalancing
    >>> owner = np.array([[0, 1], [0, 1], [0, 0], [0, 0], [-1, -1], [-1, -1], [2, 0], [2, 0]])
    >>> first, under_way = rebalancing(owner)
    >>> first.astype(int).tolist(), under_way.astype(int).tolist()
    ([0, 0, 1, 0, 1, 0, 0, 0], [0, 0, 1, 0, 1, 1, 1, 0])
    """
    filled = last_owners(owner)
    owned = filled != NOBODY
    hidden = (owned & (owner == NOBODY)).sum(axis=1)
    least = np.maximum(threshold("hidden_owners_share") * owned.sum(axis=1), 1)
    is_hidden = hidden >= least
    changes = np.zeros(owner.shape[0], np.bool_)
    changes[1:] = (owned[1:] & owned[:-1] & (filled[1:] != filled[:-1])).any(axis=1)
    was_hidden = np.append(False, is_hidden[:-1])
    under_way = changes | is_hidden | was_hidden
    return (changes | is_hidden) & ~was_hidden, under_way
