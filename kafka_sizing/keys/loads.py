"""Distinct keys and how much each writes in; their shares, and the heaviest, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_count, check_non_negative, check_positive
from kafka_sizing.keys.columns import KeyColumn, text_of
from kafka_sizing.keys.distinct import distinct_keys
from kafka_sizing.keys.intake import as_key_column
from kafka_sizing.units import LOAD_UNITS, LoadUnit, format_load

if TYPE_CHECKING:
    import pandas as pd

ROWS_SHOWN = 20
KEY_SHOWN = 60  # characters of a key in a repr


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShare:
    """One key, its load, and its share of the topic."""

    key: str | bytes  #: text where the key is UTF-8
    load: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class KeyLoads:
    """Each distinct key and its load.

    Parameters
    ----------
    keys : KeyColumn or any column of keys
        The distinct keys; none is null.
    loads : array_like of float, shape (n,)
        How much each key writes, in ``unit``. Finite, >= 0
    unit : {"records", "bytes", "records/s", "bytes/s"}, default "records"
        What loads are counted in.
    null_load : float, default 0.0
        Load of the records without a key, which the client spreads. >= 0
    sample_size : float, optional
        How many records were counted; where they weigh unequally, Kish's effective number
        (sum w)**2 / sum w**2. None if loads do not come from a count of records, or were added
        up by key before anyone counted.

    Raises
    ------
    ValueError
        If there is no key, a key is null or stands twice, or a load is negative or not finite.

    Examples
    --------
    >>> from kafka_sizing import KeyLoads
    >>> keys = KeyLoads(["UA", "B6", "EV"], [60, 30, 10])
    >>> keys.top(1)
    (KeyShare(key='UA', load=60.0, share=0.6),)
    >>> round(keys.effective_keys, 2)
    2.17
    """

    keys: KeyColumn
    loads: NDArray[np.float64]
    unit: LoadUnit = "records"
    null_load: float = 0.0
    sample_size: float | None = None

    def __post_init__(self) -> None:
        check_choice("unit", self.unit, LOAD_UNITS)
        keys = as_key_column(self.keys)
        loads = checked_loads(self.loads)
        if len(keys) != len(loads):
            raise ValueError(
                f"loads must hold one load per key, got {len(loads)} loads for {len(keys)} keys"
            )
        check_non_negative("null_load", self.null_load)
        refuse_wrong(np.append(loads, self.null_load), "loads", at="at position")
        if self.sample_size is not None:
            check_positive("sample_size", self.sample_size)
        _check_distinct(keys, self.null_load)
        loads.flags.writeable = False
        object.__setattr__(self, "keys", keys)
        object.__setattr__(self, "loads", loads)
        object.__setattr__(self, "null_load", float(self.null_load))

    def __len__(self) -> int:
        """Count the distinct keys."""
        return len(self.keys)

    @property
    def total(self) -> float:
        """The load of all records, those without a key included, in ``unit``."""
        return float(self.loads.sum()) + self.null_load

    @property
    def named(self) -> int:
        """How many leading entries are single keys: all of them, but in a `KeySketch`."""
        return len(self)

    @property
    def distinct_keys(self) -> float:
        """How many distinct keys there are, or about how many in a `KeySketch`."""
        return float(len(self))

    @property
    def hottest_key_share(self) -> float:
        """The share of the heaviest key that is known; 0 if none is."""
        return float(self.shares[: self.named].max(initial=0.0))

    @property
    def shares(self) -> NDArray[np.float64]:
        """Each key's part of ``total``; 0 for every key where there is no load at all."""
        total = self.total
        return self.loads / total if total else np.zeros_like(self.loads)

    @property
    def null_share(self) -> float:
        """The part of ``total`` that has no key."""
        return self.null_load / self.total if self.null_load else 0.0

    @property
    def effective_keys(self) -> float:
        """How many equally loaded keys would be as uneven: 1 / sum p**2 over keyed records."""
        return kish(self.loads) or float(len(self))

    def top(self, n: int) -> tuple[KeyShare, ...]:
        """Give the ``n`` heaviest keys, heaviest first; ties in the order of the keys."""
        check_count("n", n)
        return self.key_shares(self.heaviest(n))

    def load_errors(self, positions: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give how much more than its load each of some keys may write: 0, loads are exact."""
        return np.zeros(len(positions))

    def heaviest(self, n: int | None = None) -> NDArray[np.int64]:
        """Give the positions of the keys, or of ``n`` of them, by falling load; ties in order."""
        if n is None or n >= len(self):
            return np.argsort(-self.loads, kind="stable")
        line = np.partition(self.loads, len(self) - n)[len(self) - n]
        above = np.flatnonzero(self.loads > line)
        at_line = np.flatnonzero(self.loads == line)[: n - len(above)]
        order = np.argsort(-self.loads[above], kind="stable")
        return np.concatenate([above[order], at_line])

    def key_shares(self, positions: NDArray[np.int64]) -> tuple[KeyShare, ...]:
        """Give the keys at ``positions`` with their loads and shares."""
        total = self.total or 1.0
        return tuple(
            KeyShare(key=key_text(self.keys, at), load=load, share=load / total)
            for at, load in zip(positions.tolist(), self.loads[positions].tolist(), strict=True)
        )

    def scaled_to(self, total: float, unit: LoadUnit) -> KeyLoads:
        """Keep the shares, and let the loads add up to ``total``.

        Parameters
        ----------
        total : float
            What all keys together write, in ``unit``. > 0
        unit : {"records", "bytes", "records/s", "bytes/s"}
            What the new loads are counted in.

        Returns
        -------
        KeyLoads
            The same keys with other loads.

        Raises
        ------
        ValueError
            If ``total`` is not finite and positive, or there is no load to scale.

        Examples
        --------
        >>> from kafka_sizing import KeyLoads, MiB
        >>> KeyLoads(["a", "b"], [3, 1]).scaled_to(200 * MiB, "bytes/s")
        KeyLoads(2 keys, total=200.0 MiB/s, hottest='a' 75.0 %)
        """
        check_positive("total", total)
        check_choice("unit", unit, LOAD_UNITS)
        if not self.total:
            raise ValueError("loads must add up to more than 0 to be scaled, got 0")
        return loads_of_distinct(
            self.keys, self.shares * total, unit, self.null_share * total, self.sample_size
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per key, heaviest first: key, load, share."""
        import pandas as pd

        order = self.heaviest()
        key = np.empty(len(order), dtype=object)
        key[:] = self.keys.take(order).text()
        return pd.DataFrame(
            {
                "key": pd.Series(key, dtype=object),
                "load": self.loads[order],
                "share": self.shares[order],
            }
        )

    def __repr__(self) -> str:
        """Say how many keys there are, how much they write, and which is the hottest."""
        (hottest,) = self.top(1)
        name = repr(hottest.key)
        short = name if len(name) <= KEY_SHOWN else f"{name[:KEY_SHOWN]}…"
        return (
            f"KeyLoads({len(self):,} keys, total={format_load(self.total, self.unit)}, "
            f"hottest={short} {100 * hottest.share:.1f} %)"
        )

    def _repr_html_(self) -> str:
        order = self.heaviest(ROWS_SHOWN)
        head = loads_of_distinct(self.keys.take(order), self.loads[order], self.unit).to_frame()
        head["share"] = self.shares[order]
        more = round(self.distinct_keys) - len(order)
        rest = f"<p>… and {more:,} more keys</p>" if more else ""
        return head.to_html(index=False) + rest


def loads_of_distinct(
    keys: KeyColumn,
    loads: NDArray[np.float64],
    unit: LoadUnit,
    null_load: float = 0.0,
    sample_size: float | None = None,
) -> KeyLoads:
    """Put `KeyLoads` together from keys that are known to be distinct, without a second look."""
    made = object.__new__(KeyLoads)
    loads.flags.writeable = False
    for name, value in (
        ("keys", keys),
        ("loads", loads),
        ("unit", unit),
        ("null_load", null_load),
        ("sample_size", sample_size),
    ):
        object.__setattr__(made, name, value)
    return made


def key_text(keys: KeyColumn, at: int) -> str | bytes:
    """Show the key at a position as text where it is UTF-8."""
    return text_of(keys[at] or b"")  # KeyLoads holds no null key


def sum_by(index: NDArray[np.integer], loads: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Add up the loads of each index in 0 … n - 1."""
    sums: NDArray[np.float64] = np.bincount(index, loads, minlength=n).astype(np.float64)
    return sums


def checked_loads(loads: Any) -> NDArray[np.float64]:
    """Copy loads into a float array; refuse what is not a load."""
    floats = type(loads) is np.ndarray and loads.dtype == np.float64
    array = np.array(loads) if floats else _floats_of(loads)
    if array.ndim != 1:
        raise ValueError(f"loads must be 1-D, got {array.ndim} dimensions")
    refuse_wrong(array, "loads", at="at position")
    return array


def _floats_of(loads: Any) -> NDArray[np.float64]:
    """Read numbers of any container; what is masked is none."""
    try:
        given = np.ma.asarray(loads)
        if not given.size or given.dtype.kind in "biufO":
            return np.array(np.ma.filled(given.astype(np.float64), np.nan))
    except (TypeError, ValueError):
        pass
    except OverflowError:
        raise ValueError("loads must be finite and >= 0, got a number beyond 1.8e308") from None
    raise TypeError(f"loads must be numbers, got {loads!r:.80}")


def refuse_wrong(loads: NDArray[np.float64], name: str, *, at: str) -> None:
    """Refuse what is not a load, say where it stands, and refuse an infinite total."""
    with np.errstate(over="ignore", invalid="ignore"):
        total = float(loads.sum())
    if np.isfinite(total) and loads.min(initial=0.0) >= 0:
        return
    wrong = ~(np.isfinite(loads) & (loads >= 0))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"{name} must be finite and >= 0, got {loads[first]} {at} {first}")
    raise ValueError(f"{name} must add up to a finite total, got {total}")


def sample_size_of(unit: LoadUnit, total: float, effective: float | None) -> float | None:
    """Give the records behind loads: all that were counted, or as many as their bytes weigh.

    ``effective`` is Kish's number of the records' loads; None where each key has one row, which
    holds its total and not a record. A rate was measured, not counted.
    """
    if unit == "records":
        return total or None
    known = unit == "bytes" and effective is not None and 0 < effective < np.inf
    return effective if known else None  # squares of extreme loads may overflow, or vanish


def kish(weights: NDArray[np.float64]) -> float | None:
    """Kish's effective number of weights, (sum w)**2 / sum w**2; None if all are 0."""
    largest = weights.max(initial=0.0)
    if not largest:
        return None
    parts = weights / largest  # so that no square overflows, nor vanishes that counts
    return float(parts.sum() ** 2 / np.square(parts).sum())


def _check_distinct(keys: KeyColumn, null_load: float) -> None:
    if not len(keys):
        without = " that is not null: every record has a null key" if null_load else ""
        raise ValueError(f"keys must hold at least one key{without}, got none")
    if keys.null_positions.size:
        raise ValueError(
            f"keys must not be null, got a null key at position {keys.null_positions[0]}; "
            "null_load carries the load of records without a key"
        )
    codes = distinct_keys(keys).codes
    if codes.max() + 1 < len(keys):
        twice = int(np.flatnonzero(np.bincount(codes) > 1)[0])
        first = int(np.flatnonzero(codes == twice)[0])
        raise ValueError(
            f"keys must be distinct, got {key_text(keys, first)!r:.60} more than once; "
            "count_keys adds loads up"
        )
