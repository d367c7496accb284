"""Keys and a number of records in; the records one after another, each as its key, out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_count, check_type
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.populations import DRAWINGS, Drawing

Stream = NDArray[np.int32]  # for each record the position of its key


def stream_of(
    keys: KeyLoads,
    records: int,
    *,
    drawing: Drawing = "expected",
    rng: int | np.random.Generator | None = None,
) -> Stream:
    """Write keys as a stream of records in random order.

    Parameters
    ----------
    keys : KeyLoads
        The keys; their loads weigh how often each is written. Load without a key is left out.
    records : int
        How many records there are. 1 … 2**31 - 1
    drawing : {"expected", "sampled"}, default "expected"
        ``"expected"``: every key is written as often as expected, rounded up or down so that
        the sum is right. ``"sampled"``: a multinomial draw, as if records were independent.
    rng : int, numpy.random.Generator or None, default None
        Seed or generator of the order, and of the draw; None: a new one each time.

    Returns
    -------
    ndarray of int32, shape (records,)
        The position of each record's key in ``keys``.

    Raises
    ------
    ValueError
        If a number is out of range, or no key has any load.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads
    >>> from kafka_sizing.fixes.splitting import stream_of
    >>> stream = stream_of(KeyLoads(["UA", "B6"], [75, 25]), 8, rng=1)
    >>> sorted(stream.tolist())
    [0, 0, 0, 0, 0, 0, 1, 1]
    """
    check_type("keys", keys, KeyLoads, "count_keys")
    count = check_count("records", records)
    check_choice("drawing", drawing, DRAWINGS)
    generator = np.random.default_rng(rng)
    total = float(keys.loads.sum())
    if not total:
        raise ValueError("keys must have a load to be written, got none")
    shares = keys.loads / total
    if drawing == "expected":
        times = rounded_counts(shares, count)
    else:
        times = generator.multinomial(count, shares / shares.sum())
    stream = np.repeat(np.arange(len(keys), dtype=np.int32), times)
    generator.shuffle(stream)
    return stream


def rounded_counts(shares: NDArray[np.float64], records: int) -> NDArray[np.int64]:
    """Round records × shares up or down, so that they add up to ``records``.

    Cuts a line of that many records where the running sums of the shares round to.
    """
    ends = np.floor(np.cumsum(shares) * records + 0.5).astype(np.int64)
    ends[-1] = records
    np.minimum(ends, records, out=ends)
    return np.diff(ends, prepend=0)


def counts_of(stream: Stream, keys: int) -> NDArray[np.int64]:
    """Count the records of each key."""
    return np.bincount(stream, minlength=keys)
