"""A number of keys and how unevenly they write, in; the load of each key, out."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import (
    check_choice,
    check_count,
    check_non_negative,
    check_positive,
    check_text,
)
from kafka_sizing.keys.columns import KeyColumn, bytes_of
from kafka_sizing.keys.loads import KeyLoads, loads_of_distinct
from kafka_sizing.units import LOAD_UNITS, LoadUnit

Drawing: TypeAlias = Literal["expected", "sampled"]

DRAWINGS: Final[tuple[Drawing, ...]] = ("expected", "sampled")
MOST_KEYS: Final = 10**9
MOST_RECORDS: Final = 2**53  # a float counts every whole number up to here


def zipf_keys(
    keys: int,
    *,
    exponent: float,
    total: float,
    unit: LoadUnit = "records",
    shift: float = 0.0,
    loads: Drawing = "expected",
    prefix: str = "key-",
    rng: int | np.random.Generator | None = None,
) -> KeyLoads:
    """Make keys whose shares fall as a power of their rank: share(r) ~ (r + shift)**-exponent.

    Zipf's law over a finite number of keys, and Zipf and Mandelbrot's with a shift. The key of
    rank r is the prefix and r, padded with zeros; the heaviest comes first.

    Parameters
    ----------
    keys : int
        How many keys there are. 1 … 10**9
    exponent : float
        0: all equal; 1: the second key writes half as much as the first. >= 0
    total : float
        What all keys together write, in ``unit``; a whole number if ``loads`` are sampled. > 0
    unit : {"records", "bytes", "records/s", "bytes/s"}, default "records"
        What loads are counted in; only records can be sampled.
    shift : float, default 0.0
        Added to every rank: it flattens the head and leaves the tail. >= 0
    loads : {"expected", "sampled"}, default "expected"
        ``"expected"``: ``total`` times the share. ``"sampled"``: a multinomial draw of so many
        records; keys without a record are left out, as a log would not show them.
    prefix : str, default "key-"
        What every key begins with.
    rng : int, numpy.random.Generator or None, default None
        Seed or generator of the draw; None: a new one each time.

    Returns
    -------
    KeyLoads
        The keys and their loads; a sample says its ``sample_size``.

    Raises
    ------
    ValueError
        If a number is out of range, or something else than records is to be sampled.

    Notes
    -----
    The stream ZF of Nasir et al. (*When two choices are not enough*, ICDE 2016) is
    ``zipf_keys(10_000, exponent=z, total=10_000_000)`` with z from 0.1 to 2.

    Examples
    --------
    >>> from kafka_sizing.keys import zipf_keys
    >>> zipf_keys(3, exponent=1, total=110, prefix="user-").loads.round(6).tolist()
    [60.0, 30.0, 20.0]
    >>> zipf_keys(1_000_000, exponent=1, total=10_000_000)
    KeyLoads(1,000,000 keys, total=10,000,000 records, hottest='key-0000001' 6.9 %)
    """
    n_keys = check_count("keys", keys, most=MOST_KEYS)
    check_non_negative("exponent", exponent)
    check_non_negative("shift", shift)
    ranks = np.arange(1, n_keys + 1, dtype=np.float64) + float(shift)
    weights: NDArray[np.float64] = (ranks / ranks[0]) ** -float(exponent)  # the first stays 1
    return _key_loads(weights, 1, total=total, unit=unit, loads=loads, prefix=prefix, rng=rng)


def lognormal_keys(
    keys: int,
    *,
    mean: float,
    sigma: float,
    total: float,
    unit: LoadUnit = "records",
    loads: Drawing = "expected",
    prefix: str = "key-",
    rng: int | np.random.Generator | None = None,
) -> KeyLoads:
    """Make keys that are rounded log-normal numbers: share(k) = P(k - 1/2 <= X < k + 1/2).

    X is log-normal: ln X has the mean and the standard deviation given. The key of number k is
    the prefix and k, padded with zeros, from 0; the heaviest is the one nearest to the mode.

    Parameters
    ----------
    keys : int
        Numbers 0 … keys - 1 are keys; what lies beyond is left out of the shares. 1 … 10**9
    mean, sigma : float
        Mean and standard deviation of ln X. mean finite, sigma > 0
    total : float
        What all keys together write, in ``unit``; a whole number if ``loads`` are sampled. > 0
    unit : {"records", "bytes", "records/s", "bytes/s"}, default "records"
        What loads are counted in; only records can be sampled.
    loads : {"expected", "sampled"}, default "expected"
        ``"expected"``: ``total`` times the share. ``"sampled"``: a multinomial draw of so many
        records; keys without a record are left out, as a log would not show them.
    prefix : str, default "key-"
        What every key begins with.
    rng : int, numpy.random.Generator or None, default None
        Seed or generator of the draw; None: a new one each time.

    Returns
    -------
    KeyLoads
        The keys and their loads; a sample says its ``sample_size``.

    Raises
    ------
    ValueError
        If a number is out of range, no key has a share that a float can hold, or something
        else than records is to be sampled.

    Notes
    -----
    The streams LN1 and LN2 of Nasir et al. (*The power of both choices*, ICDE 2015) have
    10,000,000 records with mean 1.789 and sigma 2.366, and mean 2.245 and sigma 1.133.

    Examples
    --------
    >>> from kafka_sizing.keys import lognormal_keys
    >>> lognormal_keys(1_000_000, mean=1.789, sigma=2.366, total=10_000_000)
    KeyLoads(1,000,000 keys, total=10,000,000 records, hottest='key-0000000' 14.7 %)
    """
    from scipy.special import ndtr

    n_keys = check_count("keys", keys, most=MOST_KEYS)
    if not np.isfinite(mean):
        raise ValueError(f"mean must be finite, got {mean!r}")
    check_positive("sigma", sigma)
    edges = (np.log(np.arange(n_keys) + 0.5) - float(mean)) / float(sigma)
    below = np.concatenate([[-np.inf], edges[:-1]])
    # Right of the middle both ends are mirrored: the far tail is a small number there, not 1
    # less nearly 1.
    mirrored = below > 0
    upper: NDArray[np.float64] = ndtr(np.where(mirrored, -below, edges))
    lower: NDArray[np.float64] = ndtr(np.where(mirrored, -edges, below))
    weights = upper - lower
    return _key_loads(weights, 0, total=total, unit=unit, loads=loads, prefix=prefix, rng=rng)


def uniform_keys(
    keys: int,
    *,
    total: float,
    unit: LoadUnit = "records",
    loads: Drawing = "expected",
    prefix: str = "key-",
    rng: int | np.random.Generator | None = None,
) -> KeyLoads:
    """Make keys that all write the same: share = 1 / keys.

    The keys are the prefix and 1 … ``keys``, padded with zeros.

    Parameters
    ----------
    keys : int
        How many keys there are. 1 … 10**9
    total : float
        What all keys together write, in ``unit``; a whole number if ``loads`` are sampled. > 0
    unit : {"records", "bytes", "records/s", "bytes/s"}, default "records"
        What loads are counted in; only records can be sampled.
    loads : {"expected", "sampled"}, default "expected"
        ``"expected"``: ``total`` times the share. ``"sampled"``: a multinomial draw of so many
        records; keys without a record are left out, as a log would not show them.
    prefix : str, default "key-"
        What every key begins with.
    rng : int, numpy.random.Generator or None, default None
        Seed or generator of the draw; None: a new one each time.

    Returns
    -------
    KeyLoads
        The keys and their loads; a sample says its ``sample_size``.

    Raises
    ------
    ValueError
        If a number is out of range, or something else than records is to be sampled.

    Examples
    --------
    >>> from kafka_sizing.keys import uniform_keys
    >>> uniform_keys(50, total=1_000, unit="records/s").effective_keys
    50.0
    """
    return zipf_keys(keys, exponent=0, total=total, unit=unit, loads=loads, prefix=prefix, rng=rng)


def _key_loads(
    weights: NDArray[np.float64],
    first: int,
    *,
    total: float,
    unit: LoadUnit,
    loads: Drawing,
    prefix: str,
    rng: int | np.random.Generator | None,
) -> KeyLoads:
    """Give keys numbered from ``first`` loads by their weights."""
    check_positive("total", total)
    check_choice("unit", unit, LOAD_UNITS)
    check_choice("loads", loads, DRAWINGS)
    check_text("prefix", prefix)
    sum_of_weights = float(weights.sum())
    if not sum_of_weights:
        raise ValueError(f"keys must reach where the load is, got none in {len(weights):,} keys")
    numbers = np.arange(first, first + len(weights))
    shares = weights / sum_of_weights
    if loads == "expected":
        return loads_of_distinct(_named(prefix, numbers, len(weights)), shares * total, unit)
    records = _sampled(shares, total, unit, rng)
    drawn = np.flatnonzero(records)
    return loads_of_distinct(
        _named(prefix, numbers[drawn], len(weights)),
        records[drawn].astype(np.float64),
        unit,
        sample_size=float(total),
    )


def _sampled(
    shares: NDArray[np.float64], total: Any, unit: LoadUnit, rng: int | np.random.Generator | None
) -> NDArray[np.int64]:
    if unit != "records":
        raise ValueError(f"unit must be 'records' for loads that are sampled, got {unit!r}")
    n_records = check_count("total", total, most=MOST_RECORDS)
    return np.random.default_rng(rng).multinomial(n_records, shares)


def _named(prefix: str, numbers: NDArray[np.int64], n_keys: int) -> KeyColumn:
    """Write every number behind the prefix, all with as many digits as the count of keys."""
    begin = np.frombuffer(bytes_of(prefix), dtype=np.uint8)
    digits = len(str(n_keys))
    width = len(begin) + digits
    table = np.empty((len(numbers), width), dtype=np.uint8)
    table[:, : len(begin)] = begin
    rest = numbers.astype(np.uint32)
    for column in range(width - 1, len(begin) - 1, -1):
        rest, digit = np.divmod(rest, np.uint32(10))
        table[:, column] = digit + ord("0")
    offsets = np.arange(0, width * (len(numbers) + 1), width, dtype=np.int64)
    return KeyColumn(table.reshape(-1), offsets)
