"""Unread records, who reads them and how fast in; what is read in a stretch of time out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def read_records(
    unread: NDArray[np.float64], readers: NDArray[np.int64], can_read: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Let every member read what it can of its partitions.

    A member that cannot read everything shares its capacity evenly among its partitions that
    have records, as polls go round them: nobody gets more than there is, and what is left over
    goes to the others (max-min fair).

    Parameters
    ----------
    unread : ndarray of float, shape (n_partitions,)
        Records that wait, those that arrive meanwhile included. >= 0
    readers : ndarray of int, shape (n_partitions,)
        Which member reads each partition; -1: nobody.
    can_read : ndarray of float, shape (n_members,)
        What each member can read meanwhile. [records] >= 0

    Returns
    -------
    ndarray of float, shape (n_partitions,)
        Records read.

    Examples
    --------
    >>> import numpy as np
    >>> from kafka_sizing.consumers.simulation.flow import read_records
    >>> read_records(np.array([10.0, 90, 90]), np.array([0, 0, 0]), np.array([100.0])).tolist()
    [10.0, 45.0, 45.0]
    """
    members = can_read.size
    left = np.append(can_read, 0.0)  # the last stands for nobody
    wanted = np.bincount(readers % (members + 1), weights=unread, minlength=members + 1)
    short = wanted > left
    if not short.any():
        return unread.copy()
    read = unread.copy()
    still = np.flatnonzero(short[readers])
    read[still] = 0.0
    still = still[left[readers[still]] > 0]
    while still.size:
        owners = readers[still]
        even = left / np.maximum(np.bincount(owners, minlength=members + 1), 1)
        enough = unread[still] <= even[owners]
        if not enough.any():
            read[still] = even[owners]
            break
        filled = still[enough]
        read[filled] = unread[filled]
        left -= np.bincount(readers[filled], weights=unread[filled], minlength=members + 1)
        np.maximum(left, 0.0, out=left)
        still = still[~enough]
    return read
