"""A client's rule and a count in; how long its records take to even out over partitions, out."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count, check_open_share, check_positive
from kafka_sizing.partitions.keyless.batches import Batching, records_per_draw
from kafka_sizing.partitions.keyless.clients import KeylessClient
from kafka_sizing.partitions.keyless.hidden import hidden_hot_partition
from kafka_sizing.partitions.keyless.runs import step_probabilities
from kafka_sizing.partitions.keyless.turns import shares_skipping


def long_run_shares(client: KeylessClient, partitions: int) -> NDArray[np.float64]:
    """Give the part of all records that each partition gets in the long run, none being slow.

    Parameters
    ----------
    client : KeylessClient
        What sends them.
    partitions : int
        How many partitions the topic has. >= 1

    Returns
    -------
    ndarray of float, shape (partitions,)
        They add up to 1.
    """
    if client.rule == "round robin, skipping":
        return shares_skipping(partitions)
    at = hidden_hot_partition(client, partitions=partitions).null_partition
    if at is None:
        return np.full(partitions, 1 / partitions)
    shares = np.zeros(partitions)
    shares[at] = 1.0
    return shares


def draws_until_even(
    client: KeylessClient,
    partitions: int,
    *,
    within_fraction: float = 0.1,
    quantile: float = 0.95,
) -> float | None:
    """Count the draws after which the largest share stays near the even one.

    With n draws the share of one partition of N is off by a part of sd sqrt(f (N - 1) / n), f
    being 1 for free draws and (N - 2) / N where the same partition is not drawn twice. Seen
    back from the end, the path of that part is a Brownian motion in 1/n, so that by the
    reflection principle it is above x at some time after n twice as likely as at n; over N
    partitions, 2 N P(Z > z) = 1 - quantile gives z, and n = f (N - 1) (z / x)**2.

    Parameters
    ----------
    client : KeylessClient
        What sends the records; one that draws partitions.
    partitions : int
        How many partitions the topic has. >= 1
    within_fraction : float, default 0.1
        How far above the even share the largest may be, as a part of it. > 0
    quantile : float, default 0.95
        How sure it shall stay within. (0, 1)

    Returns
    -------
    float or None
        Draws, of all producers together; None if the client does not draw.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> from kafka_sizing.partitions.keyless import draws_until_even, find_keyless_client
    >>> round(draws_until_even(find_keyless_client("librdkafka"), 12))
    9031
    """
    check_count("partitions", partitions)
    check_positive("within_fraction", within_fraction)
    check_open_share("quantile", quantile)
    if not client.draws:
        return None
    if partitions == 1:
        return 1.0
    z = NormalDist().inv_cdf(1 - (1 - quantile) / (2 * partitions))
    eigenvalues = np.fft.fft(step_probabilities(client.draw, partitions))[1:]
    factor = float(((1 + eigenvalues) / (1 - eigenvalues)).real.mean())
    drawn = factor * (partitions - 1) * (z / within_fraction) ** 2
    return max(drawn, partitions / within_fraction)


def predicted_evens_out_s(
    client: KeylessClient,
    batching: Batching,
    *,
    records_per_s: float,
    partitions: int,
    producers: int,
    within_fraction: float,
    quantile: float,
) -> float | None:
    """Say after which time the largest share stays near the even one, by formula. [s]

    Clients that draw: see `draws_until_even`. Clients that take turns deal each partition at
    most a batch, or a record, above the even share, per producer. None if it never happens.
    """
    shares = long_run_shares(client, partitions)
    if shares.max() * partitions > 1 + within_fraction:
        return None
    each_per_s = records_per_s / producers
    draws = draws_until_even(
        client, partitions, within_fraction=within_fraction, quantile=quantile
    )
    if draws is not None:
        return draws * records_per_draw(client, batching, each_per_s) / records_per_s
    if partitions == 1:
        return 1 / records_per_s
    above = producers * 1.0
    if client.rule == "round robin, skipping":
        above *= batching.records(each_per_s / ((partitions + 1) // 2))
    return above * partitions / within_fraction / records_per_s


def stays_even_from(
    imbalance_ratio: NDArray[np.float64], *, window_s: float, within_fraction: float
) -> float:
    """Find the end of the first window from which on the imbalance stays within. [s]

    Infinite where it is not within at the end.
    """
    outside = np.flatnonzero(imbalance_ratio > 1 + within_fraction)
    first_within = int(outside[-1]) + 1 if outside.size else 0
    if first_within == imbalance_ratio.size:
        return math.inf
    return (first_within + 1) * window_s


def quantile_of_times(times_s: list[float], quantile: float) -> float | None:
    """Give the time that this part of all times is not above; None where that is infinite."""
    rank = max(1, math.ceil(quantile * len(times_s) * (1 - 1e-12)))
    time_s = sorted(times_s)[rank - 1]
    return time_s if math.isfinite(time_s) else None
